"""The history held against itself: every stored byte is hashed anew, and every version is read as a rulebook."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from plugin.publish.certificates import is_of_today
from plugin.publish.errors import VersionBroken
from plugin.publish.publishing import meanings
from plugin.publish.reading import layers_of, require_link, rulebook_of, this_sidecue, unpacked
from plugin.store import Store, rulebooks
from plugin.store.rulebooks import GENESIS, Version
from rules.loader import read
from rules.loader.digest import canonical_json
from rules.text import Text, filled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from plugin.publish.archive import Files

_MISSING: Final = Text("ela falta", "it is missing")
_NOT_NEXT: Final = Text("ela não sucede a versão anterior", "it does not follow the version before")
_NO_JSON: Final = Text("não é JSON", "it is no JSON")
_NOT_CANONICAL: Final = Text("não está escrito na forma canônica", "it is not written canonically")
_OF_ANOTHER: Final = Text("é de outro conjunto de regras", "it is another rulebook's")
_RESTORES_NOT: Final = Text(
    "ela não restaura a versão que diz restaurar", "it does not restore the version that it names"
)
_NOT_AS_KEPT: Final = Text(
    "o sentido de {rule} na versão {number} não é o que foi guardado",
    "what {rule} version {number} means is not as kept",
)
_USED: Final = Text(
    "ela falta: há decisões tomadas com a versão {used}", "it is missing: decisions were taken with version {used}"
)
_NOBODYS: Final = Text("ninguém publicou {rule} na versão {number}", "nobody published {rule} version {number}")


@dataclass(frozen=True, slots=True)
class Verified:
    """What came of it: `broken` is the first link that is not as it was published, or None.

    `reread`: versions published with another Sidecue whose rules this one reads otherwise, or not at all. Their bytes
    are whole. `proved_otherwise`: versions whose certificate is of other properties, or by another solver, than
    today's; `rollback` proves the former again.
    """

    versions: int
    broken: VersionBroken | None
    reread: tuple[int, ...]
    proved_otherwise: tuple[int, ...]

    @property
    def ok(self) -> bool:
        """Whether the whole history is as it was published."""
        return self.broken is None


@dataclass(slots=True)
class _Walk:
    """One walk along the chain, and what it has seen."""

    store: Store
    home: Path
    meant: Mapping[tuple[str, int], str]
    passed: list[Version] = field(default_factory=list)
    reread: list[int] = field(default_factory=list)
    proved_otherwise: list[int] = field(default_factory=list)
    read: set[str] = field(default_factory=set)
    meanings: set[tuple[str, int]] = field(default_factory=set)
    complete: bool = True
    """Whether the meanings of every version could be worked out: another Sidecue may write them otherwise."""

    def step(self, version: Version) -> None:
        """Hold one version against the one before, its own hash, its archive and its certificate."""
        number, expected = version.number, len(self.passed) + 1
        if number != expected:
            raise VersionBroken(expected, "number", _MISSING)
        parent = self.passed[-1].hash if self.passed else GENESIS
        if version.parent != parent:
            raise VersionBroken(number, "parent", _NOT_NEXT)
        require_link(version)
        with self.store.read() as connection:
            packed = rulebooks.archive(connection, version.content)
        files = unpacked(version, packed)
        self._certificate(version)
        if version.kind == "rollback":
            self._restored(version, files)
        elif version.content not in self.read:
            self._rules(version, files)
        self.read.add(version.content)
        self.passed.append(version)

    def _certificate(self, version: Version) -> None:
        try:
            certificate = json.loads(version.certificate)
        except ValueError:
            raise VersionBroken(version.number, "certificate", _NO_JSON) from None
        if canonical_json(certificate).decode() != version.certificate:
            raise VersionBroken(version.number, "certificate", _NOT_CANONICAL)
        if not isinstance(certificate, dict) or certificate.get("rulebook") != version.digest:
            raise VersionBroken(version.number, "certificate", _OF_ANOTHER)
        if not is_of_today(certificate):
            self.proved_otherwise.append(version.number)

    def _restored(self, version: Version, files: Files) -> None:
        number = version.restores or 0
        old = self.passed[number - 1] if 0 < number <= len(self.passed) else None
        if old is None or (old.content, old.files) != (version.content, version.files):
            raise VersionBroken(version.number, "restores", _RESTORES_NOT)
        if version.digest != old.digest:
            if version.sidecue == old.sidecue:
                raise VersionBroken(version.number, "restores", _RESTORES_NOT)
            self._book(version, files)  # the same files, as another Sidecue read them when it proved them again

    def _book(self, version: Version, files: Files) -> None:
        try:
            book = rulebook_of(self.home, version, files)
        except VersionBroken:
            if version.sidecue == this_sidecue():
                raise
            self.reread.append(version.number)
            return
        if book.digest != version.digest:
            self.reread.append(version.number)

    def _rules(self, version: Version, files: Files) -> None:
        self._book(version, files)
        if version.sidecue != this_sidecue():
            self.complete = False
            return
        layers = layers_of(self.home, version, files)
        for rule, number, digest in meanings(read([layers.base], layers.overlays)):
            if self.meant.get((rule, number)) != digest:
                raise VersionBroken(version.number, "rules", filled(_NOT_AS_KEPT, rule=rule, number=number))
            self.meanings.add((rule, number))

    def end(self) -> None:
        """Look for what is there beyond the chain's end: versions that decisions name, meanings that nobody published.

        Without its newest versions a chain is still a chain; only what was done with them tells.
        """
        with self.store.read() as connection:
            used = rulebooks.last_used(connection)
        number = len(self.passed)
        if used > number:
            raise VersionBroken(number + 1, "number", filled(_USED, used=used))
        beyond = sorted(self.meant.keys() - self.meanings)
        if self.complete and beyond:
            rule, version = beyond[0]
            raise VersionBroken(number, "rules", filled(_NOBODYS, rule=rule, number=version))


def verify(store: Store, home: Path) -> Verified:
    """Recompute the whole history from what is stored, and name the first link that is broken."""
    with store.read() as connection:
        versions = rulebooks.all(connection)
        walk = _Walk(store, home, rulebooks.locks(connection))
    broken = None
    try:
        for version in versions:
            walk.step(version)
        walk.end()
    except VersionBroken as error:
        broken = error
    return Verified(len(versions), broken, tuple(walk.reread), tuple(walk.proved_otherwise))
