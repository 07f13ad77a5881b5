"""From a maildir into the inbox: kept durably first, and only then moved from `new/` to `cur/`.

Interrupted anywhere, the same call goes on: what was kept and not moved yet is the same delivery the next time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from connectors.base import Delivery
from connectors.registry import LoadedConnector
from plugin.ingest.first_look import FirstLook, first_look
from plugin.ingest.maildir import FLAGGED, Maildir
from plugin.store import Store, deliveries
from plugin.store.tenants import Tenant
from rules.text import Text, filled

TOGETHER: Final = 50
"""Mails that are written with one wait for the disk."""
_TOGETHER_BYTES: Final = 8_000_000
_TOO_LARGE: Final = Text(
    "maior que SIDECUE_MAX_BODY_BYTES ({limit} bytes): aumente e devolva o arquivo a new/",
    "larger than SIDECUE_MAX_BODY_BYTES ({limit} bytes): raise it, and put the file back into new/",
)
_NO_FILE: Final = Text(
    "não é um arquivo comum: fica em new/; remova-o", "is no regular file: it is left in new/; remove it"
)
_NOT_OPENED: Final = Text(
    "não pode ser lido ({why}): fica em new/; ajuste as permissões",
    "cannot be opened ({why}): it is left in new/; mend its permissions",
)
_NOT_MOVED: Final = Text(
    "não pode ser movido para cur/ ({why}): fica em new/; ajuste cur/, no mesmo disco e com permissão de escrita",
    "cannot be moved to cur/ ({why}): it is left in new/; mend cur/, on the same disk and writable",
)
_GONE: Final = Text(
    "outro programa moveu este arquivo antes de ser lido: dê ao Sidecue um maildir só dele",
    "another program moved this file before it was read: give Sidecue a maildir of its own",
)


@dataclass(frozen=True, slots=True)
class Fault:
    """A mail that somebody has to look at: where it is now, and why. `kept`: it is in the inbox, as unreadable."""

    file: Path
    why: Text
    kept: bool = False


@dataclass(slots=True)
class Tally:
    """What became of the mails that were looked at."""

    kept: int = 0
    known: int = 0
    unused: Counter[str] = field(default_factory=Counter)
    """What machines sent by themselves, by kind."""
    faults: list[Fault] = field(default_factory=list)

    @property
    def mails(self) -> int:
        """How many mails were looked at."""
        return self.kept + self.known + self.unused.total() + len(self.faults)


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A maildir, and the tenant whose mail it holds. A mail may have `limit` bytes."""

    maildir: Maildir
    tenant: Tenant
    loaded: LoadedConnector
    limit: int


@dataclass(frozen=True, slots=True)
class _Opened:
    file: Path
    delivery: Delivery
    look: FirstLook


def take(
    store: Store, mailbox: Mailbox, files: Sequence[Path], now: Callable[[], datetime], advance: Callable[[int], None]
) -> Tally:
    """Bring mails of `new/` into the inbox, in their order, and return what became of them.

    What cannot be read is kept, too, and flagged in `cur/`; so is one that is too large, which is not kept. What cannot
    be opened is left where it is. `advance` is told how many files are done. Raise StoreUnavailable; what was kept by
    then is moved.
    """
    tally = Tally()
    batch: list[_Opened] = []
    for file in files:
        opened = _open(mailbox, file, now, tally)
        if opened is not None:
            batch.append(opened)
        if len(batch) >= TOGETHER or sum(len(each.delivery.body) for each in batch) >= _TOGETHER_BYTES:
            _keep(store, mailbox, batch, tally)
            batch.clear()
        advance(1)
    _keep(store, mailbox, batch, tally)
    return tally


def _open(mailbox: Mailbox, file: Path, now: Callable[[], datetime], tally: Tally) -> _Opened | None:
    try:
        if file.is_symlink() or not file.is_file():
            gone = not file.is_symlink() and not file.exists()
            tally.faults.append(Fault(file, _GONE if gone else _NO_FILE))
            return None
        if file.stat().st_size > mailbox.limit:
            moved = _moved(mailbox, file, FLAGGED, tally)
            tally.faults.append(Fault(moved or file, filled(_TOO_LARGE, limit=mailbox.limit)))
            return None
        body = file.read_bytes()
    except FileNotFoundError:
        tally.faults.append(Fault(file, _GONE))
        return None
    except OSError as error:
        tally.faults.append(Fault(file, filled(_NOT_OPENED, why=error.strerror)))
        return None
    delivery = Delivery(body, {}, now())
    return _Opened(file, delivery, first_look(mailbox.loaded, delivery, mailbox.tenant))


def _moved(mailbox: Mailbox, file: Path, flag: str, tally: Tally) -> Path | None:
    """Move a mail to `cur/`. One that cannot be moved is a fault by itself, and is looked at again the next time."""
    try:
        return mailbox.maildir.took(file, flag)
    except OSError as error:
        tally.faults.append(Fault(file, filled(_NOT_MOVED, why=error.strerror)))
        return None


def _keep(store: Store, mailbox: Mailbox, batch: Sequence[_Opened], tally: Tally) -> None:
    if not batch:
        return
    with store.write() as connection:
        duplicates = [
            deliveries.insert(
                connection,
                tenant_id=mailbox.tenant.id,
                key=each.look.key,
                headers={},
                body=each.delivery.body,
                now=each.delivery.received_at,
                **each.look.known,
            ).duplicate
            for each in batch
        ]
    for each, duplicate in zip(batch, duplicates, strict=True):
        look = each.look
        moved = _moved(mailbox, each.file, FLAGGED if look.error is not None else "", tally)
        if duplicate:
            tally.known += 1
        elif look.error is not None:
            tally.faults.append(Fault(moved or each.file, look.error.text, kept=True))
        elif look.unused is not None:
            tally.unused[look.unused.event_type] += 1
        else:
            tally.kept += 1
