"""What every error comes from that the project raises on purpose, and those errors that several layers share.

SidecueError
├── EngineFailed                durable-rules refused or broke; this evaluation has no result
└── ToldError                   whatever a person reads, in both languages
    ├── RuleFilesInvalid        rule, signal or action files their author has to mend
    ├── FactsInvalid            a value that does not fit the vocabulary
    └── ConnectorError
        ├── SignatureInvalid    the delivery cannot be proved to come from the helpdesk (401)
        │   └── HostRequestInvalid  neither can a request for the sidebar, or it came too late or twice
        ├── MediaTypeInvalid    not the connector's media type (415)
        ├── PayloadInvalid      genuine, but not readable (422, kept for inspection)
        ├── EventUnsupported    genuine and readable, of a type this connector does not use
        ├── MappingInvalid      a tenant's mapping file its author has to mend
        └── HelpdeskFailed      the helpdesk's API did not take what we sent
            └── HelpdeskBusy    it asked us to come back later
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from rules.text import LOCALES, Locale, Text, filled, placed

if TYPE_CHECKING:
    from rules.loader.findings import Finding

_UNUSED: Final = Text(
    "o tipo de evento {type!r}{but} não é usado por este conector",
    "event type {type!r}{but} is not used by this connector",
)
_BUT: Final = Text(" ({but})", " ({but})")


class SidecueError(Exception):
    """Base of everything raised on purpose; `str()` says what, where, why and how to mend."""


class ToldError(SidecueError):
    """An error that a person reads, in both languages: for people in theirs, for logs in English, which is `str()`."""

    def __init__(self, text: Text) -> None:
        self.text = text
        super().__init__(text.en)

    def told(self, locale: Locale) -> str:
        """Return what, where, why and how to mend in one line."""
        return self.text.read(locale)

    def __reduce__(self) -> tuple[Any, ...]:
        """Go from one process to another as it is: what it was made of is not what it says."""
        return _as_it_was, (type(self), self.args, self.__dict__)


def _as_it_was(kind: type[ToldError], args: tuple[Any, ...], held: dict[str, Any]) -> ToldError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(held)
    return error


class RuleFilesInvalid(ToldError):
    """A rulebook that must not be used, with every finding that says why."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__(Text(*("\n".join(found.told(locale) for found in self.findings) for locale in LOCALES)))


class FactsInvalid(ToldError):
    """A fact whose name or value the vocabulary does not know."""


class EngineFailed(SidecueError):
    """The engine gave no result for these facts; its session is clean again."""


class ConnectorError(ToldError):
    """Base of everything a connector raises on purpose. Never carries a secret."""


class SignatureInvalid(ConnectorError):
    """The delivery cannot be proved to come from the helpdesk."""


class HostRequestInvalid(SignatureInvalid):
    """A host's request for the sidebar that shows nothing. `expired` says that a new one from the same place would."""

    def __init__(self, text: Text, *, expired: bool = False) -> None:
        self.expired = expired
        super().__init__(text)


class MediaTypeInvalid(ConnectorError):
    """The delivery is not in the media type that this helpdesk sends."""


class PayloadInvalid(ConnectorError):
    """The delivery is genuine but cannot be read; `path` names the place in the payload."""

    def __init__(self, text: Text, *, path: str = "") -> None:
        self.path = path
        super().__init__(placed(path, text) if path else text)


class EventUnsupported(ConnectorError):
    """A genuine event of a type that the connector does not use. Acknowledged, counted, named.

    `but` says what is odd about this one where its type alone is used otherwise. `event_type` is how machines count it
    (a metric's label, a column of the store), so that its words are English whoever looks.
    """

    def __init__(self, event_type: str, but: Text | None = None) -> None:
        self.event_type = event_type if but is None else f"{event_type} ({but.en})"
        super().__init__(filled(_UNUSED, type=event_type, but=filled(_BUT, but=but) if but is not None else ""))


class MappingInvalid(ConnectorError):
    """A mapping file that cannot be compiled, or that misses a required key."""


class HelpdeskFailed(ConnectorError):
    """The helpdesk's API did not take the request.

    `retryable` says whether the same request may succeed later (a network fault, a 5xx); `status` is what the helpdesk
    answered, None when it did not.
    """

    def __init__(self, text: Text, *, retryable: bool, status: int | None = None) -> None:
        self.retryable = retryable
        self.status = status
        super().__init__(text)


class HelpdeskBusy(HelpdeskFailed):
    """The helpdesk asked for a pause (429, or 503 with Retry-After), in seconds."""

    def __init__(self, text: Text, *, retry_after: float) -> None:
        self.retry_after = retry_after
        super().__init__(text, retryable=True)
