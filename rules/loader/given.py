"""The facts of an example, checked by the vocabulary with the place of every fault."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from rules.loader.conditions import misfit
from rules.loader.findings import Finding
from rules.loader.shapes import kind_of, shown
from rules.loader.yaml_strict import Document, Place, Plain
from rules.vocabulary import COLLECTIONS, FIELDS, Field, Type, nearest

_GROUPS: Final[Mapping[str, Mapping[str, Field]]] = {
    group: {name.removeprefix(f"{group}."): found for name, found in FIELDS.items() if name.startswith(f"{group}.")}
    for group in ("ticket", "customer", "decision")
}
_ALONE: Final = tuple(name for name in FIELDS if "." not in name)
_TOP: Final = (*_ALONE, *_GROUPS, *COLLECTIONS)


@dataclass(slots=True)
class GivenReader:
    """Reads the `given` of one file's examples; `signals` are the ones named, with their places."""

    document: Document
    findings: list[Finding] = field(default_factory=list)
    signals: list[tuple[str, Place]] = field(default_factory=list)

    def read(self, raw: Plain, place: Place) -> Mapping[str, Plain]:
        """Return the facts at `place`; what is wrong with them is in `findings`."""
        if not isinstance(raw, dict):
            self.findings.append(self.document.finding("shape.not_mapping", place, got=kind_of(raw)))
            return {}
        for name, value in raw.items():
            here = (*place, name)
            if name in _GROUPS:
                self._item(_GROUPS[name], value, here)
            elif name in COLLECTIONS:
                self._items(name, value, here)
            elif name in _TOP:
                self._value(FIELDS[name], value, here)
            else:
                self._unknown(name, _TOP, here)
        return raw

    def _items(self, name: str, raw: Plain, place: Place) -> None:
        if not isinstance(raw, list):
            self.findings.append(self.document.finding("shape.not_list", place, got=kind_of(raw)))
            return
        for index, item in enumerate(raw):
            self._item(COLLECTIONS[name].fields, item, (*place, index))

    def _item(self, fields: Mapping[str, Field], raw: Plain, place: Place) -> None:
        if not isinstance(raw, dict):
            self.findings.append(self.document.finding("shape.not_mapping", place, got=kind_of(raw)))
            return
        for name, value in raw.items():
            found = fields.get(name)
            if found is None:
                self._unknown(name, tuple(fields), (*place, name))
            else:
                self._value(found, value, (*place, name))

    def _value(self, found: Field, raw: Plain, place: Place) -> None:
        if found.type is not Type.SET:
            self._fits(found, raw, place)
            return
        if not isinstance(raw, list):
            self.findings.append(self.document.finding("shape.not_list", place, got=kind_of(raw)))
            return
        for index, member in enumerate(raw):
            self._fits(found, member, (*place, index))
            if found.name == "signals" and isinstance(member, str):
                self.signals.append((member, (*place, index)))

    def _fits(self, found: Field, raw: Plain, place: Place) -> None:
        wrong = misfit(self.document, found, raw, place)
        if wrong is not None:
            self.findings.append(wrong)

    def _unknown(self, name: str, names: tuple[str, ...], place: Place) -> None:
        near = nearest(name, names)
        if near:
            code = "condition.unknown_field_near"
            self.findings.append(self.document.finding(code, place, on_key=True, field=shown(name), near=near))
        else:
            code, listed = "condition.unknown_field", ", ".join(names)
            self.findings.append(self.document.finding(code, place, on_key=True, field=shown(name), names=listed))
