"""What one file says about another: does it exist, may it be read here, does it go in a circle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rules.loader.build import Draft
from rules.loader.example_files import BookExample
from rules.loader.findings import Finding
from rules.loader.sources import FileKind
from rules.loader.yaml_strict import Place
from rules.rulebook import Action, Derive, Recommend, Rule, Status, Suppress
from rules.text import Text
from rules.vocabulary import COLLECTIONS, FIELDS, Purpose, Source, nearest

Drafts = Mapping[tuple[FileKind, str], Draft]


def check(drafts: Drafts) -> list[Finding]:
    """Return a finding for every reference that does not hold."""
    names = {kind: tuple(id_ for found, id_ in drafts if found is kind) for kind in FileKind}
    findings: list[Finding] = []
    for draft in drafts.values():
        findings += _signals(draft, names[FileKind.SIGNAL])
        match draft.item:
            case Rule() as rule:
                findings += _rule(draft, rule, drafts, names)
            case Action() as action:
                findings += _actions(draft, action.conflicts_with, ("conflicts_with",), names[FileKind.ACTION])
                findings += _itself(draft, action.conflicts_with, ("conflicts_with",))
                findings += _purposes(draft, action, draft)
            case BookExample() as example:
                findings += _expected(draft, example, names)
        findings += _needs(draft, names[FileKind.PACK])
    return findings + _cycles(drafts)


def _signals(draft: Draft, known: tuple[str, ...]) -> Iterator[Finding]:
    for name, place in draft.signals:
        if name in known:
            continue
        near = nearest(name, known)
        if near:
            yield draft.finding("condition.unknown_signal_near", place, signal=name, near=near)
        else:
            yield draft.finding("condition.unknown_signal", place, signal=name)


def _rule(draft: Draft, rule: Rule, drafts: Drafts, names: Mapping[FileKind, tuple[str, ...]]) -> Iterator[Finding]:
    match rule.then:
        case Recommend(action):
            place: Place = ("then", "recommend", "action")
            found = drafts.get((FileKind.ACTION, action))
            if found is None:
                yield _unknown_action(draft, action, place, names[FileKind.ACTION])
            elif isinstance(found.item, Action):
                yield from _purposes(draft, found.item, found)
        case Suppress(_, actions):
            yield from _actions(draft, actions, ("then", "suppress", "actions"), names[FileKind.ACTION])
    if rule.deprecation is not None:
        yield from _replaced(draft, rule.deprecation.replaced_by, drafts, names[FileKind.RULE])


def _replaced(draft: Draft, ids: tuple[str, ...], drafts: Drafts, known: tuple[str, ...]) -> Iterator[Finding]:
    """Yield a finding for each replacement that nobody can go over to. So a chain of them never goes in a circle."""
    place: Place = ("deprecated", "replaced_by")
    yield from _itself(draft, ids, place)
    for index, id_ in enumerate(ids):
        here = (*place, index)
        found = drafts.get((FileKind.RULE, id_))
        if found is None:
            near = nearest(id_, known)
            code = "reference.unknown_rule_near" if near else "reference.unknown_rule"
            yield draft.finding(code, here, id=id_, near=near or "")
        elif id_ != draft.id and isinstance(found.item, Rule) and found.item.status is Status.DEPRECATED:
            yield draft.finding("reference.not_live", here, id=id_, instead=instead(found.item))


def instead(rule: Rule) -> Text:
    """Return what stands in a deprecated rule's place, in words."""
    ids = rule.deprecation.replaced_by if rule.deprecation is not None else ()
    return Text(", ".join(ids) or "nada", ", ".join(ids) or "nothing")


def _actions(draft: Draft, ids: tuple[str, ...], place: Place, known: tuple[str, ...]) -> Iterator[Finding]:
    for index, id_ in enumerate(ids):
        if id_ not in known:
            yield _unknown_action(draft, id_, (*place, index), known)


def _expected(draft: Draft, example: BookExample, names: Mapping[FileKind, tuple[str, ...]]) -> Iterator[Finding]:
    """Yield a finding for each action and rule that an example file names and nobody has."""
    for word, ids, kind in (
        ("shows", example.expect.shows, FileKind.ACTION),
        ("hides", example.expect.hides, FileKind.ACTION),
        ("fires", example.expect.fires, FileKind.RULE),
        ("silent", example.expect.silent, FileKind.RULE),
    ):
        for index, id_ in enumerate(ids):
            if id_ not in names[kind]:
                near = nearest(id_, names[kind])
                code = f"example.unknown_{kind.value}" + ("_near" if near else "")
                yield draft.finding(code, ("expect", word, index), id=id_, near=near or "")


def _unknown_action(draft: Draft, id_: str, place: Place, known: tuple[str, ...]) -> Finding:
    near = nearest(id_, known)
    if near:
        return draft.finding("reference.unknown_action_near", place, id=id_, near=near)
    return draft.finding("reference.unknown_action", place, id=id_)


def _itself(draft: Draft, ids: tuple[str, ...], place: Place) -> Iterator[Finding]:
    for index, id_ in enumerate(ids):
        if id_ == draft.id:
            yield draft.finding("reference.itself", (*place, index), id=id_)


def _needs(draft: Draft, packs: tuple[str, ...]) -> Iterator[Finding]:
    known = {*packs, *FIELDS, *COLLECTIONS}
    for index, name in enumerate(draft.needs):
        if name not in known:
            near = nearest(name, known)
            code = "pack.unknown_need_near" if near else "pack.unknown_need"
            yield draft.finding(code, ("needs", index), name=name, near=near or "")


def _purposes(draft: Draft, action: Action, of_action: Draft) -> Iterator[Finding]:
    """Hold a selling action to the fields that were collected to sell, in its rules and its own `needs`."""
    if not action.kind.sells:
        return
    for name, place in draft.reads:
        if not may_sell(name):
            yield draft.finding(
                "purpose.violation", place, on_key=True, action=of_action.id, kind=action.kind.value, field=name
            )


def may_sell(name: str) -> bool:
    """Tell whether a field (an item's as `<collection>.<field>`) may be read to sell."""
    collection, _, item = name.partition(".")
    if collection in COLLECTIONS and item:
        return Purpose.SELL in COLLECTIONS[collection].fields[item].purposes
    return name not in FIELDS or Purpose.SELL in FIELDS[name].purposes


def _cycles(drafts: Drafts) -> list[Finding]:
    """Return a finding for every derivation rule that stands on a circle of derived fields."""
    edges: dict[str, set[str]] = {}
    rules: list[tuple[Draft, Rule, Derive]] = []
    for draft in drafts.values():
        if isinstance(draft.item, Rule) and isinstance(draft.item.then, Derive):
            if draft.item.status is Status.DEPRECATED:
                continue
            rules.append((draft, draft.item, draft.item.then))
            for derived in draft.item.then.values:
                edges.setdefault(derived, set()).update(_derived_reads(draft))
    findings = []
    for draft, _, then in rules:
        for name, place in draft.reads:
            for derived in then.values:
                way = _way(edges, name, derived) if name in _derived_reads(draft) else None
                if way is not None:
                    cycle = " → ".join((derived, *way))
                    findings.append(draft.finding("derive.cycle", place, on_key=True, cycle=cycle))
    return findings


def _derived_reads(draft: Draft) -> set[str]:
    return {name for name, _ in draft.reads if name in FIELDS and FIELDS[name].source is Source.DERIVED}


def _way(edges: Mapping[str, set[str]], start: str, goal: str) -> tuple[str, ...] | None:
    """Return the shortest way from `start` to `goal` along the edges, both included, or None."""
    ways: list[tuple[str, ...]] = [(start,)]
    seen = {start}
    for way in ways:
        if way[-1] == goal:
            return way
        for after in sorted(edges.get(way[-1], ())):
            if after not in seen:
                seen.add(after)
                ways.append((*way, after))
    return None
