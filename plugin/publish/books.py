"""Which rulebook this process decides with: the newest published version that can be read, else the files."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import structlog

from plugin.judges import DeciderHolder, Judges, judges_of
from plugin.metrics import Metrics
from plugin.problems import place
from plugin.publish.archive import Layers
from plugin.publish.errors import FolderUnwritable, VersionBroken
from plugin.publish.publishing import differs
from plugin.publish.reading import files_of, rulebook_of
from plugin.store import Store, rulebooks
from plugin.store.errors import StoreUnavailable
from plugin.store.rulebooks import Head, Version
from rules.errors import SidecueError, ToldError
from rules.text import Text, filled

_MOST_LEFT_OUT: Final = 16
"""Looks: four seconds between two tries on a disk that stays full."""

_NOTHING_READABLE: Final = Text(
    "nenhum dos {versions} conjuntos de regras publicados pode ser usado ({why}); veja o que há de errado com "
    "`sidecue rules history --verify`, e publique de novo: sidecue rules publish -m MENSAGEM",
    "none of the {versions} published rulebooks can be used ({why}); see what is wrong with "
    "`sidecue rules history --verify`, and publish again: sidecue rules publish -m MESSAGE",
)

log = structlog.get_logger(__name__)


class NothingReadable(ToldError):
    """There are published versions, and not one of them can be used."""

    def __init__(self, versions: int, why: Text | str) -> None:
        super().__init__(filled(_NOTHING_READABLE, versions=versions, why=why))


@dataclass(frozen=True, slots=True)
class Refused:
    """A version that was not taken, and why; what was in force before still is."""

    version: int
    why: str


def require_readable(store: Store, home: Path) -> None:
    """Raise NothingReadable when there are published versions, and none can be used."""
    with store.read() as connection:
        versions = rulebooks.all(connection)
    why: Text | None = None
    for version in reversed(versions):
        try:
            rulebook_of(home, version, files_of(store, version))
        except (VersionBroken, FolderUnwritable) as error:
            why = why or error.text
        else:
            return
    if why is not None:
        raise NothingReadable(len(versions), why)


@dataclass(slots=True)
class _Patience:
    """How many looks are left out before a version is tried again: 1, 2, 4, at most _MOST_LEFT_OUT."""

    head: Head
    pause: int = 0
    left: int = 0

    def lose(self) -> None:
        """Wait longer."""
        self.pause = min(2 * self.pause, _MOST_LEFT_OUT) or 1
        self.left = self.pause

    def waits(self, head: Head) -> bool:
        """Tell whether this look is left out; a newer version is tried at once."""
        if head != self.head or self.left == 0:
            return False
        self.left -= 1
        return True


class Books:
    """Keeps `holder` on the newest version that can be read. `look` may be called from any thread."""

    def __init__(self, store: Store, home: Path, metrics: Metrics, unpublished: Callable[[], Judges]) -> None:
        self._store = store
        self._home = home
        self._metrics = metrics
        self._unpublished = unpublished
        self._seen: Head | None = None
        self._patience: _Patience | None = None
        self._turn = threading.Lock()
        self.refused: Refused | None = None
        self.holder = DeciderHolder(self._first)

    def look(self) -> bool:
        """Take a version that was published since; return whether another rulebook is in force now.

        One that cannot be read is refused, and not looked at again: only a newer one can mend it; but a disk that is
        full, or did not give its files, is asked again. Raise StoreUnavailable when the store cannot say.
        """
        with self._turn:
            with self._store.read() as connection:
                head = rulebooks.head(connection)
                if head is None or head == self._seen:
                    return False
                if self._patience is not None and self._patience.waits(head):
                    return False
                version = rulebooks.newest(connection)
            assert version is not None  # noqa: S101 - its head was read in the same moment
            judges = self._read(version)
            if judges is None:
                return False
            self._seen = version.head
            self._patience = self.refused = None
            self.holder.put(judges)
            self._tell(judges)
            return True

    def state(self) -> dict[str, Any]:
        """Return what is in force, and what was refused, as plain values; nothing is loaded for it."""
        judges, refused = self.holder.held, self.refused
        return {
            "version": judges.version if judges is not None else None,
            "digest": judges.rulebook.digest if judges is not None else None,
            "refused": asdict(refused) if refused is not None else None,
        }

    def compare(self, layers: Layers) -> None:
        """Say in the log whether the files on disk are others than the published ones, which alone count."""
        number = self.holder.judges().version
        if number is None:
            return
        with self._store.read() as connection:
            version = rulebooks.by_number(connection, number)
        if version is not None and differs(version, layers):
            log.warning(
                "rule files differ from the published rulebook, which is in force; publish them, or leave them",
                version=number,
                packs=str(layers.base),
                tenant=", ".join(map(str, layers.overlays)) or None,
            )

    def _first(self) -> Judges:
        """Return the newest version that can be read; of no version at all, the files."""
        with self._store.read() as connection:
            versions = rulebooks.all(connection)
        self._patience = self.refused = None
        for version in reversed(versions):
            judges = self._read(version)
            if judges is not None:
                if self._patience is None:
                    self._seen = versions[-1].head
                self._tell(judges)
                return judges
        if versions:
            raise NothingReadable(len(versions), self.refused.why if self.refused is not None else "")
        return self._unpublished()

    def _read(self, version: Version) -> Judges | None:
        """Return the judges of a version; None, and `refused` says why, when it must not or cannot be used now."""
        try:
            book = rulebook_of(self._home, version, files_of(self._store, version))
            return judges_of(book, version.number)
        except StoreUnavailable:
            raise
        except (FolderUnwritable, OSError, MemoryError) as error:
            self._cannot(version, str(error) or type(error).__name__)
        except Exception as error:  # noqa: BLE001 - whatever it is, the one in force must go on
            self._seen = version.head
            why = str(error) if isinstance(error, SidecueError) else f"{type(error).__name__} at {place(error)}"
            log.error("published rulebook refused; the one in force stays", version=version.number, why=why)  # noqa: TRY400 - said without values
            self._metrics.rulebooks.labels("refused").inc()
            if self.refused is None or version.number > self.refused.version:
                self.refused = Refused(version.number, why)
        return None

    def _cannot(self, version: Version, why: str) -> None:
        """Say, once, that the machine does not give a version that may be whole; it is looked at again."""
        if self._patience is None or self._patience.head != version.head:
            self._patience = _Patience(version.head)
        self._patience.lose()
        if self.refused == Refused(version.number, why):
            return
        log.warning("published rulebook cannot be read now; the one in force stays", version=version.number, why=why)
        self._metrics.rulebooks.labels("refused").inc()
        if self.refused is None or version.number >= self.refused.version:
            self.refused = Refused(version.number, why)

    def _tell(self, judges: Judges) -> None:
        log.info("rulebook in force", version=judges.version, digest=judges.rulebook.digest)
        self._metrics.rulebook_version.set(judges.version or 0)
        self._metrics.rulebooks.labels("taken").inc()
