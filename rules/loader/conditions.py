"""`when`, `needs` and `where`: from plain data to the condition tree, every leaf checked by the vocabulary."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from rules.conditions import All, AnyOf, Condition, Exists, Not, Op, Scalar, Test
from rules.errors import FactsInvalid, RuleFilesInvalid
from rules.loader.findings import Finding, Param
from rules.loader.shapes import kind_of, shown
from rules.loader.yaml_strict import Document, Place, Plain
from rules.rulebook import RuleKind
from rules.text import Text
from rules.vocabulary import COLLECTIONS, FIELDS, NUMBERS, OPS, TEXTS, Collection, Field, Source, Type, nearest

MAX_DEPTH: Final = 8
MAX_QUESTIONS: Final = 40
MAX_LIST: Final = 100

_LISTS: Final = frozenset({Op.IN, Op.NOT_IN, Op.HAS_ANY, Op.HAS_ALL, Op.HAS_NONE})
_WORDS: Final = ("all", "any", "not", "exists", "none")

TYPE_NAMES: Final[Mapping[Type, Text]] = {
    Type.INTEGER: Text("um número inteiro", "a whole number"),
    Type.NUMBER: Text("um número", "a number"),
    Type.ENUM: Text("um de vários valores fechados", "one of several closed values"),
    Type.TEXT: Text("um texto", "a text"),
    Type.FLAG: Text("true ou false", "true or false"),
    Type.SET: Text("um conjunto de textos", "a set of texts"),
}


@dataclass(slots=True)
class ConditionReader:
    """Reads the conditions of one file; what it saw stays with it for the checks across files.

    `kind` is the stratum the condition is evaluated in (an action's `needs` is read as a recommendation's).
    """

    document: Document
    kind: RuleKind
    findings: list[Finding] = field(default_factory=list)
    signals: list[tuple[str, Place]] = field(default_factory=list)
    """Every signal named, with its place."""
    reads: list[tuple[str, Place]] = field(default_factory=list)
    """Every field read (an item's field as `<collection>.<field>`), with its place."""
    _questions: int = 0

    def read(self, raw: Plain, place: Place) -> Condition | None:
        """Return the condition at `place`, or None when `findings` says why not."""
        before = len(self.findings)
        self._questions = 0
        condition = self._condition(raw, place, None, 1)
        if self._questions > MAX_QUESTIONS:
            self._refuse("condition.too_large", place, on_key=True, count=self._questions, limit=MAX_QUESTIONS)
        return condition if len(self.findings) == before else None

    def _refuse(self, code: str, place: Place, *, on_key: bool = False, **params: Param) -> None:
        self.findings.append(self.document.finding(code, place, on_key=on_key, **params))

    def _condition(self, raw: Plain, place: Place, inside: Collection | None, depth: int) -> Condition | None:
        if depth > MAX_DEPTH:
            self._refuse("condition.too_deep", place, limit=MAX_DEPTH)
            return None
        if not isinstance(raw, dict):
            self._refuse("condition.shape", place, got=kind_of(raw))
            return None
        if not raw:
            self._refuse("condition.empty", place, word=str(place[-1]) if place else "when")
            return None
        if len(raw) > 1:
            self._refuse("condition.several", place, count=len(raw), keys=", ".join(raw))
            for name, value in raw.items():  # what is wrong inside is said in the same run
                self._entry(name, value, (*place, name), inside, depth)
            return None
        ((name, value),) = raw.items()
        return self._entry(name, value, (*place, name), inside, depth)

    def _entry(self, name: str, value: Plain, place: Place, inside: Collection | None, depth: int) -> Condition | None:
        match name:
            case "all" | "any":
                return self._group(name, value, place, inside, depth)
            case "not":
                part = self._condition(value, place, inside, depth + 1)
                return Not(part) if part is not None else None
            case "exists" | "none":
                found = self._exists(name, value, place, inside, depth)
                return Not(found) if found is not None and name == "none" else found
        return self._leaf(name, value, place, inside)

    def _group(self, word: str, raw: Plain, place: Place, inside: Collection | None, depth: int) -> Condition | None:
        if not isinstance(raw, list):
            self._refuse("shape.not_list", place, got=kind_of(raw))
            return None
        if not raw:
            self._refuse("condition.empty", place, on_key=True, word=word)
            return None
        parts = []
        for index, item in enumerate(raw):
            part = self._condition(item, (*place, index), inside, depth + 1)
            if part is not None:
                parts.append(part)
        if len(parts) != len(raw):
            return None
        return All(tuple(parts)) if word == "all" else AnyOf(tuple(parts))

    def _exists(self, word: str, raw: Plain, place: Place, inside: Collection | None, depth: int) -> Exists | None:
        if inside is not None:
            self._refuse("condition.nested_collection", place, on_key=True)
            return None
        if not isinstance(raw, dict) or "in" not in raw or "where" not in raw:
            self._refuse("condition.part_missing", place, on_key=True, word=word)
            return None
        for extra in raw.keys() - {"in", "where"}:
            names = "in, where"
            self._refuse("shape.unknown", (*place, extra), on_key=True, field=extra, names=names)
        name = raw["in"]
        collection = COLLECTIONS.get(name) if isinstance(name, str) else None
        if collection is None:
            self._unknown("condition.unknown_collection", (*place, "in"), shown(name), COLLECTIONS)
            return None
        self.reads.append((collection.name, (*place, "in")))
        where = self._where(raw["where"], (*place, "where"), collection, depth + 1)
        return Exists(collection.name, where) if where is not None else None

    def _where(self, raw: Plain, place: Place, inside: Collection, depth: int) -> Condition | None:
        """Read what an item must be: several keys describe one item, so all of them count."""
        if not isinstance(raw, dict) or len(raw) < 2:
            return self._condition(raw, place, inside, depth)
        parts = [self._entry(name, value, (*place, name), inside, depth) for name, value in raw.items()]
        met = tuple(part for part in parts if part is not None)
        return All(met) if len(met) == len(parts) else None

    def _unknown(self, code: str, place: Place, name: str, names: Iterable[str], *, on_key: bool = False) -> None:
        known = tuple(names)
        near = nearest(name, known)
        if near and code == "condition.unknown_field":
            self._refuse(f"{code}_near", place, on_key=on_key, field=name, near=near)
        else:
            self._refuse(code, place, on_key=on_key, field=name, names=", ".join((near,) if near else known))

    def _leaf(self, name: str, raw: Plain, place: Place, inside: Collection | None) -> Test | None:
        self._questions += 1
        fields = inside.fields if inside is not None else FIELDS
        found = fields.get(name)
        if found is None:
            if inside is None and name in COLLECTIONS:
                self._refuse("condition.collection_as_field", place, on_key=True, field=name)
            else:
                words = () if inside is not None else _WORDS
                self._unknown("condition.unknown_field", place, name, (*fields, *words), on_key=True)
            return None
        full = f"{inside.name}.{name}" if inside is not None else name
        self._reading(full, found, place)
        if not isinstance(raw, dict):
            return self._bare(found, name, raw, place)
        if len(raw) != 1:
            if raw:
                self._refuse("condition.several", place, count=len(raw), keys=", ".join(raw))
            else:
                self._refuse("condition.empty", place, word=name)
            return None
        ((word, value),) = raw.items()
        op = self._op(found, word, (*place, word))
        if op is None:
            return None
        test = self._test(found, op, value, (*place, word))
        if test is None:
            return None
        self._name_signals(full, test, (*place, word))
        return Test(name, op, test)

    def _reading(self, full: str, found: Field, place: Place) -> None:
        self.reads.append((full, place))
        early = (RuleKind.DERIVATION, RuleKind.CLASSIFICATION)
        if found.source is Source.DECISION and self.kind in early:
            self._refuse("condition.too_early", place, on_key=True, field=full, kind=RuleKind.CLASSIFICATION.value)

    def _bare(self, found: Field, name: str, raw: Plain, place: Place) -> Test | None:
        """Read `field: value`: `is` for text, closed values and flags, `equals` for numbers."""
        if found.type is Type.SET or isinstance(raw, list):
            listed = isinstance(raw, list)
            op = {Type.SET: "has_any" if listed else "has"}.get(found.type, "in")
            sample = f"{op}: {'[' + ', '.join(map(shown, raw)) + ']' if isinstance(raw, list) else shown(raw)}"
            if found.type in {Type.FLAG, *NUMBERS}:
                sample = "is: true" if found.type is Type.FLAG else "between: [0, 90]"
            named = TYPE_NAMES[found.type]
            self._refuse("condition.test_missing", place, field=found.name, type=named, sample=sample)
            return None
        op_used = Op.EQUALS if found.type in NUMBERS else Op.IS
        value = self._scalar(found, raw, place)
        return Test(name, op_used, value) if value is not None else None

    def _op(self, found: Field, word: str, place: Place) -> Op | None:
        allowed = tuple(op.value for op in Op if op in OPS[found.type])
        named = TYPE_NAMES[found.type]
        listed = ", ".join(allowed)
        if word in allowed:
            return Op(word)
        near = nearest(word, allowed)
        code = (
            "condition.op_unfit" if word in set(Op) else "condition.unknown_op_near" if near else "condition.unknown_op"
        )
        self._refuse(code, place, on_key=True, op=word, field=found.name, type=named, allowed=listed, near=near or "")
        return None

    def _test(self, found: Field, op: Op, raw: Plain, place: Place) -> Scalar | tuple[Scalar, ...] | None:
        if op is Op.KNOWN:
            if isinstance(raw, bool):
                return raw
            expected = TYPE_NAMES[Type.FLAG]
            self._refuse("condition.value_unfit", place, value=shown(raw), field="known", expected=expected)
            return None
        if op is Op.SAME_AS:
            return self._same_as(found, raw, place)
        if op is Op.BETWEEN:
            return self._between(found, raw, place)
        if op in _LISTS:
            return self._list(found, op, raw, place)
        return self._scalar(found, raw, place)

    def _same_as(self, found: Field, raw: Plain, place: Place) -> str | None:
        other = FIELDS.get(raw) if isinstance(raw, str) else None
        if other is None:
            named, _, item = str(raw).partition(".")
            of_items = named in COLLECTIONS and item in COLLECTIONS[named].fields
            near = (None if of_items else nearest(shown(raw), FIELDS)) or "ticket.product"
            code = "condition.same_as_item" if of_items else "condition.same_as_unknown"
            self._refuse(code, place, field=shown(raw), near=near)
            return None
        self._reading(other.name, other, place)
        reason = None
        if other.type not in TEXTS:
            reason = Text(
                f"{other.name} contém {TYPE_NAMES[other.type].pt_br}, {found.name} não.",
                f"{other.name} holds {TYPE_NAMES[other.type].en}, {found.name} does not.",
            )
        elif found.values and other.values and not set(found.values) & set(other.values):
            reason = Text("Eles não têm nenhum valor em comum.", "They have no value in common.")
        elif other is found:
            reason = Text("É o mesmo campo.", "It is the same field.")
        if reason is not None:
            self._refuse("condition.same_as_unfit", place, field=found.name, other=other.name, reason=reason)
            return None
        return other.name

    def _between(self, found: Field, raw: Plain, place: Place) -> tuple[Scalar, ...] | None:
        if not isinstance(raw, list):
            self._refuse("condition.list_needed", place, op=Op.BETWEEN.value)
            return None
        ends = [self._scalar(found, item, (*place, index)) for index, item in enumerate(raw)]
        if any(end is None for end in ends):
            return None
        low, high = (ends[0], ends[-1]) if ends else (None, None)
        if len(ends) != 2 or not isinstance(low, int | float) or not isinstance(high, int | float) or low > high:
            self._refuse("condition.between", place, low=shown(low), high=shown(high))
            return None
        return (low, high)

    def _list(self, found: Field, op: Op, raw: Plain, place: Place) -> tuple[Scalar, ...] | None:
        if not isinstance(raw, list):
            self._refuse("condition.list_needed", place, op=op.value)
            return None
        if not raw:
            self._refuse("condition.empty", place, on_key=True, word=op.value)
            return None
        if len(raw) > MAX_LIST:
            self._refuse("condition.too_large", place, on_key=True, count=len(raw), limit=MAX_LIST)
            return None
        values: list[Scalar] = []
        for index, item in enumerate(raw):
            value = self._scalar(found, item, (*place, index))
            if value is not None and value in values:
                self._refuse("shape.repeated", (*place, index), value=shown(item))
            elif value is not None:
                values.append(value)
        return tuple(values) if len(values) == len(raw) else None

    def _scalar(self, found: Field, raw: Plain, place: Place) -> Scalar | None:
        """Return one value as the field holds it (for a set: one of its members)."""
        wrong = misfit(self.document, found, raw, place)
        if wrong is not None:
            self.findings.append(wrong)
            return None
        if found.type is Type.SET:
            return str(raw)
        accepted = found.accept(raw)
        return None if isinstance(accepted, frozenset) else accepted

    def _name_signals(self, full: str, value: Scalar | tuple[Scalar, ...], place: Place) -> None:
        if full not in {"signals", "open_tickets.signals"} or isinstance(value, bool):
            return
        if isinstance(value, tuple):
            self.signals.extend((str(item), (*place, index)) for index, item in enumerate(value))
        else:
            self.signals.append((str(value), place))


def misfit(document: Document, found: Field, raw: Plain, place: Place) -> Finding | None:
    """Return None when `raw` is a value (of a set: a member) of the field, else the finding at `place`."""
    if _fits(found, raw):
        return None
    value, expected = shown(raw), _expected(found)
    near = nearest(value, found.values) if found.values else None
    if near:
        return document.finding(
            "condition.value_unfit_near", place, value=value, field=found.name, expected=expected, near=near
        )
    return document.finding("condition.value_unfit", place, value=value, field=found.name, expected=expected)


def _fits(found: Field, raw: Plain) -> bool:
    if found.type is Type.SET:
        return isinstance(raw, str) and raw.strip() != "" and (not found.values or raw in found.values)
    try:
        found.accept(raw)
    except FactsInvalid:
        return False
    return True


def _expected(found: Field) -> Text:
    if found.values:
        listed = ", ".join(found.values)
        return Text(f"um destes: {listed}", f"one of: {listed}")
    if found.type is Type.SET:
        return Text("um texto", "a text")
    named = TYPE_NAMES[found.type]
    match (found.minimum, found.maximum):
        case (None, None):
            return named
        case (low, None):
            return Text(f"{named.pt_br} a partir de {low:g}", f"{named.en} from {low:g} up")
        case (None, high):
            return Text(f"{named.pt_br} até {high:g}", f"{named.en} up to {high:g}")
        case (low, high):
            return Text(f"{named.pt_br} de {low:g} a {high:g}", f"{named.en} from {low:g} to {high:g}")


def parse_condition(raw: Plain, *, kind: RuleKind = RuleKind.RECOMMENDATION, path: str = "<condition>") -> Condition:
    """Return the condition tree of plain data, as a rule file would hold it under `when`.

    Raise RuleFilesInvalid with every finding; their positions are (1, 1), for there is no file.
    """
    reader = ConditionReader(Document(path, raw, {}, {}), kind)
    condition = reader.read(raw, ())
    if condition is None:
        raise RuleFilesInvalid(reader.findings)
    return condition
