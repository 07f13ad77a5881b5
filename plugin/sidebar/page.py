"""The sidebar as HTML: one page with the state inside, for every state there is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from plugin.i18n import Words
from plugin.sidebar.assets import assets
from plugin.sidebar.panel import REASONS, Panel

ASSETS: Final = "/assets/sidebar"

DECIDED: Final = "decided"
THINKING: Final = "thinking"
JOINING: Final = "joining"
"""Inside a host that tells the ticket to the browser alone: the script asks it, and opens the ticket."""
ENDED: Final = ("error", "signed_out", "no_permission", "unknown", "incomplete")
"""States of a page that has no session, and asks for nothing any more."""

_environment: Final = Environment(
    loader=PackageLoader("plugin.sidebar"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=StrictUndefined,
    auto_reload=False,
)


@dataclass(frozen=True, slots=True)
class Session:
    """What the page's script needs to go on by itself."""

    token: str
    ticket: str
    last_event: str | None
    etag: str | None
    poll: str
    panel: str
    composer: str
    leaves_notes: bool
    host_scripts: Sequence[str]
    languages: Sequence[tuple[str, str]]
    host: Mapping[str, Any] | None = None
    """Inside a host with a script of its own: that module's address, and whose messages it listens to."""


def asset_address(name: str) -> str:
    """Return where a file of the sidebar is to be had, for ever."""
    return f"{ASSETS}/{assets()[name].digest}/{name}"


def render(words: Words, kind: str, *, nonce: str, panel: Panel | None, session: Session) -> str:
    """Return the page of a session: decided, thinking or joining."""
    return _environment.get_template("sidebar/page.html").render(
        t=words,
        kind=kind,
        panel=panel,
        nonce=nonce,
        config=_config(words, panel, session),
        composer=session.composer,
        scripts=session.host_scripts,
        languages=session.languages,
        verdicts=_verdicts(words, session),
        reasons=REASONS,
        asset=asset_address,
        spares=_spares(words),
    )


def render_end(words: Words, kind: str, *, nonce: str, code: str = "") -> str:
    """Return the page of a state without a session; `code` finds the failure in the log."""
    return _environment.get_template("sidebar/page.html").render(
        t=words, kind=kind, nonce=nonce, config=None, panel=None, scripts=(), asset=asset_address, code=code
    )


@cache
def _spares(words: Words) -> Markup:
    """Return the states that the script may have to show; the same for every page of a language."""
    template = _environment.get_template("sidebar/_spares.html")
    return Markup(template.render(t=words, code="@@"))  # noqa: S704 - our own template, escaped; the script fills @@ in


def _verdicts(words: Words, session: Session) -> Mapping[str, str]:
    told = {state: words.of("verdict", state) for state in ("accepted", "dismissed", "handed_over", "done")}
    if not session.leaves_notes:
        told["accepted"] = words("verdict.accepted_only")
    return told


def _config(words: Words, panel: Panel | None, session: Session) -> dict[str, Any]:
    return {
        "locale": words.locale,
        "token": session.token,
        "etag": session.etag,
        "lastEvent": session.last_event,
        "decision": panel.decision_id if panel is not None else None,
        "poll": session.poll,
        "panel": session.panel,
        "feedback": "/api/v1/recommendations/",
        "correction": f"/api/v1/decisions/{panel.decision_id}/correction" if panel is not None else None,
        "composer": session.composer,
        "host": session.host,
        "words": words.group("script"),
        "changes": words.group("change"),
        "badges": words.group("badge"),
        "verdicts": _verdicts(words, session),
    }
