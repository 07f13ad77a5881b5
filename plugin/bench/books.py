"""Rulebooks as large as a team's may become, as folders of rule files: the shipped packs, and more of their kind.

The more are copies with signals of their own that recommend, vote and hold back as their models do. Or they are copies
under ids of their own alone, each shadowed by its model, which is the worst that a solver can be asked about.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import yaml

from rules.check import locks
from rules.loader import SHIPPED, load, read, yaml_strict
from rules.loader.versions import FILE_NAME
from rules.rulebook import Pack, Rule, Rulebook, RuleKind, Signal
from rules.signals import PhraseInvalid, compile_phrase
from rules.text import Locale

Plain = Any
"""What a file holds, as plain Python."""

_OF_SIGNALS: Final = frozenset({"signals", "clears", "implies"})
"""Beneath these keys a text is the name of a signal. Elsewhere it may be a word that somebody says."""


class _Dumper(yaml.CSafeDumper):
    """Writes what was read as it was read."""


_Dumper.add_representer(yaml_strict.TypedNumber, lambda dumper, number: dumper.represent_float(float(number)))


def write(folder: Path, rules: int) -> int:
    """Write a folder of packs with that many rules, the shipped ones at least; return how many there are."""
    shipped = _Shipped(folder)
    book = shipped.book
    models = [rule for rule in book.rules if shipped.may_be_copied(rule)]
    missing, number = rules - len(book.rules), 2
    while missing > 0:
        shipped.copy(models[:missing], number)
        missing -= len(models)
        number += 1
    shipped.lock()
    return max(rules, len(book.rules))


def write_shadowed(folder: Path, rules: int) -> int:
    """Write as many rules, each beyond the shipped ones a copy under an id of its own; return how many there are."""
    shipped = _Shipped(folder)
    models = list(shipped.book.rules)
    for index in range(rules - len(models)):
        number, place = divmod(index, len(models))
        shipped.copy_rule(models[place], number + 2)
    shipped.lock()
    return max(rules, len(models))


class _Shipped:
    """The shipped packs, copied to a folder, and copies of their parts beside them."""

    def __init__(self, folder: Path) -> None:
        # no example files: what they say of a text holds of the shipped rules, and the copies read it too
        shutil.copytree(SHIPPED, folder, ignore=shutil.ignore_patterns(FILE_NAME, "examples"))
        self._folder = folder
        self.book: Rulebook = load()
        self._rules = _files(self.book.rules)
        self._signals = _files(self.book.signals)
        self._packs = _files(self.book.packs)
        # half of them: teams look at the same words for more than one purpose
        self._own = frozenset(sorted(self.book.signals)[::2])

    def may_be_copied(self, rule: str) -> bool:
        """Tell whether a copy with signals of its own says something else than the rule."""
        when = self._rules[rule]["when"]
        adds_up = self.book.rules[rule].kind is RuleKind.CLASSIFICATION
        return adds_up or (not self._own.isdisjoint(_signals(when)) and not _holds_back(when))

    def copy_rule(self, rule: str, number: int) -> None:
        """Write the rule once more under its id and a number."""
        own = f"{rule}_{number}"
        self._put("", own, {**self._rules[rule], "id": own})

    def copy(self, rules: Sequence[str], number: int) -> None:
        """Write the rules once more, with the signals that they speak of, under names that end in the number."""
        packs = {pack: f"{pack}_{number}" for pack in self.book.packs}
        ids = {id_: f"{packs[id_.partition('.')[0]]}.{id_.partition('.')[2]}" for id_ in self.book.rules}
        signals = {name: f"{name}_{number}" for name in self._own}
        for pack, file in self._packs.items():
            self._put("", f"{packs[pack]}.pack", {**file, "id": packs[pack], "needs": [*packs]})
        files = [self._rules[rule] for rule in rules]
        for file in files:
            self._put("", ids[file["id"]], {**_renamed(file, signals), "id": ids[file["id"]]})
        for name in sorted(self._spoken_of(files) & signals.keys()):
            pack = Path(self.book.signals[name].origin.path).parent.parent.name
            file = {**_renamed(self._signals[name], signals), "name": signals[name]}
            for side in ("phrases", "not_when"):
                file[side] = {
                    language: [_own_phrase(phrase, number, language) for phrase in phrases]
                    for language, phrases in file.get(side, {}).items()
                }
            self._put("signals", f"{packs[pack]}.{signals[name]}", file)

    def _spoken_of(self, files: Iterable[Plain]) -> set[str]:
        """Return the signals that the files speak of, and those that these speak of in their turn."""
        found: set[str] = set()
        new = {name for file in files for name in _signals(file)}
        while new:
            found |= new
            new = {name for known in new for name in _signals(self._signals[known])} - found
        return found

    def lock(self) -> None:
        """Write the locks of all packs."""
        locks.write(read([self._folder]))

    def _put(self, part: str, id_: str, file: Plain) -> None:
        pack, _, name = id_.partition(".")
        path = self._folder / pack / part / f"{name}.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.dump(file, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=120), "utf-8")


def _files(items: Mapping[str, Rule] | Mapping[str, Signal] | Mapping[str, Pack]) -> Plain:
    return {
        name: yaml_strict.read(path, Path(path).read_bytes()).data
        for name, path in ((name, item.origin.path) for name, item in items.items())
    }


def _own_phrase(phrase: str, number: int, language: Locale) -> str:
    """Return a phrase that says the same in one more way, where there is room for one."""
    own = phrase.replace("(", f"(variante{number}|", 1)
    try:
        compile_phrase(own, language)
    except PhraseInvalid:
        return phrase
    return own


def _signals(found: Plain, *, named: bool = False) -> Iterator[str]:
    """Yield the signals that a file, or a part of it, speaks of."""
    if isinstance(found, Mapping):
        for key, value in found.items():
            yield from _signals(value, named=named or key in _OF_SIGNALS)
    elif isinstance(found, list):
        for value in found:
            yield from _signals(value, named=named)
    elif named and isinstance(found, str):
        yield found


def _holds_back(when: Plain) -> bool:
    """Tell whether a condition, or a part of it, asks for something that is not so."""
    if isinstance(when, Mapping):
        return not when.keys().isdisjoint({"not", "none", "has_none"}) or any(map(_holds_back, when.values()))
    return isinstance(when, list) and any(map(_holds_back, when))


def _renamed(found: Plain, signals: Mapping[str, str], *, named: bool = False) -> Plain:
    """Return the file, or a part of it, with signals of its own. What holds the model back holds the copy back too."""
    if isinstance(found, Mapping):
        return {
            key: [*value, *(signals[name] for name in value if name in signals)]
            if key == "has_none"
            else _renamed(value, signals, named=named or key in _OF_SIGNALS)
            for key, value in found.items()
        }
    if isinstance(found, list):
        return [_renamed(value, signals, named=named) for value in found]
    return signals.get(found, found) if named and isinstance(found, str) else found
