"""Generated cases for the backends: facts mixed with one another, and rulebooks whose derivations read one another."""

from __future__ import annotations

from dataclasses import replace

from backends_files import BookCase
from decide_books import book, derives, recommends, suppresses, votes
from engine_cases import NOW, SIGNALS, WIDE, cases, pools, records, tests_of, trees
from hypothesis import strategies as st

from rules.conditions import Exists
from rules.model import Facts
from rules.rulebook import Function, Kind, Status
from rules.vocabulary import COLLECTIONS, FIELDS, Source, Type

BASE = tuple(tuple(field for field in group if field.source not in (Source.DERIVED, Source.DECISION)) for group in WIDE)
CHAIN = tuple(FIELDS[name] for name in ("severity", "journey_stage", "customer_job", "horizon", "touchpoint"))
"""Derived fields; a rule that derives one reads those before it only, so that there is no cycle."""
DECIDED = tuple(field for field in FIELDS.values() if field.source is Source.DECISION)
STATUSES = (Status.STABLE, Status.STABLE, Status.TEST, Status.EXPERIMENTAL, Status.DEPRECATED)


def mixed(drawn: tuple[Facts, ...]) -> tuple[Facts, ...]:
    """Return the facts, and three more of each: with another's collections, with half forgotten, with both.

    Drawing facts costs far more than evaluating them, and the rules were drawn to meet any of these values.
    """
    found = list(drawn)
    for index, one in enumerate(drawn):
        other = drawn[index - 1]
        half = {name: value for place, (name, value) in enumerate(sorted(one.values.items())) if place % 2 == index % 2}
        items = {
            name: tuple(
                {key: value for place, (key, value) in enumerate(sorted(item.items())) if (place + number) % 3}
                for number, item in enumerate(held)
            )
            for name, held in one.collections.items()
        }
        found.append(Facts(one.values, other.signals, other.collections, NOW))
        found.append(Facts(half, one.signals, items, NOW))
        found.append(Facts(other.values | half, frozenset(), items, NOW))
    return tuple(found)


def mixed_cases(**how):
    """Draw cases with four times the facts."""
    return cases(**how).map(lambda case: replace(case, facts=mixed(case.facts)))


_BY_GROUP = [[st.sampled_from(group) for group in BASE if group][start:] for start in range(4)]
"""Facts drawn at random over the whole vocabulary, close to where rules draw their lines."""
_STARTS = st.sampled_from(range(len(_BY_GROUP)))
_COLLECTIONS = st.sampled_from(sorted(COLLECTIONS))
_DEPTHS = st.sampled_from((0, 1, 2))
_STATUSES = st.sampled_from(STATUSES)
_FLAGS = st.booleans()
_DERIVATIONS = st.integers(2, 7)
_PLACES = st.integers(0, len(CHAIN) - 1)
_CLASSIFICATIONS = st.integers(0, 4)
_CASTS = st.dictionaries(st.sampled_from([function.value for function in Function]), st.integers(-5, 5))
_ALONG = st.lists(st.sampled_from(Function), max_size=1)
_KINDS = st.sampled_from(Kind)
_SAID = st.frozensets(st.sampled_from(SIGNALS), max_size=3)


@st.composite
def book_cases(draw, *, facts: int = 8):
    """Draw a rulebook with rules in every stratum, and facts that share a handful of fields with it."""
    base = tuple(dict.fromkeys(draw(group) for group in _BY_GROUP[draw(_STARTS)]))
    fields = (*base, *CHAIN, *DECIDED)
    shared = draw(pools(fields))
    collection = COLLECTIONS[draw(_COLLECTIONS)]
    inside = tuple(collection.fields.values())
    within = draw(pools(inside))
    texts = tuple(value for field in fields if field.type in (Type.TEXT, Type.ENUM) for value in shared[field.name][:1])
    within |= {field.name: within[field.name] + texts for field in inside if field.type in (Type.TEXT, Type.ENUM)}

    def condition(known):
        wide = tests_of(known, shared, known)
        exists = st.builds(Exists, st.just(collection.name), trees(tests_of(inside, within, known), 1))
        return draw(trees(st.one_of(wide, wide, wide, exists), draw(_DEPTHS)))

    def status():
        return draw(_STATUSES)

    rules = []
    for number in range(draw(_DERIVATIONS)):
        place = draw(_PLACES)
        value = draw(st.sampled_from(shared[CHAIN[place].name]))
        when = condition((*base, *CHAIN[:place], *CHAIN[:place]))
        rules.append(derives(f"d.{number}", when, status=status(), **{CHAIN[place].name: value}))
    for number in range(draw(_CLASSIFICATIONS)):
        cast = draw(_CASTS)
        along = draw(_ALONG)
        when = condition((*base, *CHAIN))
        rules.append(votes(f"c.{number}", when, status=status(), collaborate=along, **cast))
    for number in range(2):
        rules.append(recommends(f"r.{number}", "support.sop", condition((*fields, *DECIDED)), status=status()))
        unless_false = draw(_FLAGS)
        when = condition((*fields, *DECIDED))
        kinds = [draw(_KINDS)]
        rules.append(suppresses(f"g.{number}", when, kinds=kinds, unless_false=unless_false, status=status()))
    items = st.lists(records(inside, within), max_size=3).map(tuple)
    one = st.builds(
        lambda values, signals, held: Facts(values, signals, {collection.name: held}, NOW),
        records(tuple(field for field in fields if field.name != "signals"), shared),
        _SAID,
        items,
    )
    return BookCase(book(*rules), mixed(tuple(draw(st.lists(one, min_size=facts, max_size=facts)))))
