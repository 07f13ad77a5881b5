"""The index leaves nothing out that holds, and vouches for nothing that does not; durable-rules decides the rest."""

from __future__ import annotations

import itertools
import math
from bisect import bisect_right
from contextlib import closing

import durable_rules_engine
import pytest
from engine_agreement import agreed, facts
from engine_cases import NOW, REAL, WHOLE, cases
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from laws import counts, law

from rules.conditions import All, AnyOf, Condition, Exists, Not, Op, Test
from rules.engine import DurableEvaluator, ReferenceEvaluator, truth
from rules.engine.compile import compile_stratum
from rules.engine.encode import rank, steps
from rules.engine.formula import ENVELOPE
from rules.engine.index import MOST_LOOKS, Index
from rules.engine.live import MOST_ANSWERS
from rules.engine.masks import MOST_INTERVALS
from rules.engine.names import WARM, PageNames, fnv1a
from rules.errors import EngineFailed
from rules.model import Facts
from rules.vocabulary import COLLECTIONS, FIELDS

PROFILE = settings(
    database=None,
    deadline=None,
    derandomize=False,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


UNKNOWN = dict.fromkeys((*FIELDS, *(name for collection in COLLECTIONS.values() for name in collection.fields)))
"""Every field of a ticket or an item, given as nothing."""


class Candidates:
    """An index of some levels, with the owners of its bits."""

    def __init__(self, levels, encoding, told=()):
        self.lines = [line for level in levels for page in level for line in page.lines.values()]
        self.answers = encoding.answers()
        parts = {line.owner for line in self.lines if line.is_part}
        self.told = {*told, *parts}
        self.index = Index(encoding, [line.atoms for line in self.lines], sorted(self.told))

    def of(self, values) -> set[str]:
        """Return the owners of the candidates; none of them reads what is unknown, given as nothing or not given."""
        found = self.index.candidates(values)
        candidates = list(self._candidates(found))
        assert found == self.index.candidates(UNKNOWN | values)
        for line in candidates:
            for prop in line.reads:
                assert prop in self.told or self.answers[prop](values) is not None
        return {line.owner for line in candidates}

    def vouched(self, values) -> set[str]:
        """Return the owners of those that the index vouches for; they read what they can read only, if there is one.

        What others tell is not settled here: a line that reads it is left out.
        """
        found = set()
        for line in self._candidates(self.index.candidates(values) & self.index.vouched):
            if self.told.isdisjoint(line.reads):
                read = tuple(place.of(self.answers[prop](values)) for prop, place in line.reads.items())

                assert line.sole in {None, read}
                found.add(line.owner)
        return found

    def _candidates(self, mask):
        return (line for number, line in enumerate(self.lines) if mask >> number & 1)


def values_of(facts: Facts):
    return {**facts.values, "signals": facts.signals}


@law(quick=4, thorough=40, profile=PROFILE, case=cases())
def test_no_condition_that_holds_is_left_out_and_none_vouched_for_that_does_not(case):
    """Neither on the ticket nor on an item: with unknown fields, not, any, exists, joins, parts and levels."""
    plan = compile_stratum(case.conditions, case.limits)
    ticket = Candidates(plan.levels, plan.wide, [name for found in plan.collections for name in found.outcomes])
    for one in case.facts:
        held = {name for name, condition in case.conditions.items() if truth(condition, one)}

        assert held <= ticket.of(values_of(one))
        assert ticket.vouched(values_of(one)) - ticket.told <= held
    for found in plan.collections:
        nodes = [node for condition in case.conditions.values() for node in exists_in(condition)]
        nodes = list(dict.fromkeys(node for node in nodes if node.collection == found.collection))
        items = Candidates(found.levels, found.items)
        for one in case.facts:
            for item in one.collections.get(found.collection, ()):
                alone = Facts(one.values, one.signals, {found.collection: (item,)}, NOW)
                held = {name for name, node in zip(found.outcomes, nodes, strict=True) if truth(node, alone)}

                assert held <= items.of(item)
                assert items.vouched(item) - items.told <= held


def test_where_there_is_no_end_of_given_fields_the_candidates_are_the_same():
    """What to look at is kept for some sets of fields; for the others everything is looked at."""
    conditions = {"many": Test("customer.seats", Op.AT_LEAST, 5), "none": Test("customer.nps", Op.KNOWN, value=False)}
    plan = compile_stratum(conditions, ENVELOPE)
    ticket = Candidates(plan.levels, plan.wide)
    asked = [{"customer.seats": 7}, {"customer.seats": 3, "customer.nps": 9}, {}]
    fresh = [ticket.of(values) for values in asked]

    for number in range(MOST_LOOKS):
        ticket.of({f"field {number}": 1})

    late = [ticket.of({**values, "one more": 1}) for values in asked]
    assert late == fresh == [{"many", "none"}, set(), {"none"}]


def exists_in(condition: Condition):
    match condition:
        case Exists():
            yield condition
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from exists_in(part)
        case Not(part):
            yield from exists_in(part)


# --- numbers ------------------------------------------------------------------------------------

ANY_NUMBER = st.one_of(st.sampled_from((*WHOLE, *REAL)), st.integers(), st.floats(allow_nan=False))


@law(
    quick=100,
    thorough=300,
    profile=PROFILE,
    drawn=st.sets(ANY_NUMBER, max_size=8),
    numbers=st.lists(ANY_NUMBER, max_size=12),
)
def test_steps_find_the_rank_of_every_number(drawn, numbers):
    constants = tuple(sorted(drawn))
    whole, real = steps(constants)
    near = [close for one in constants if math.isfinite(one) for close in (one, int(one) - 1, int(one) + 1)]
    tried = [*numbers, *near]
    tried += [math.nextafter(one, way) for one in constants if abs(one) < 1e300 for way in (-math.inf, math.inf)]
    for number in tried:
        if isinstance(number, int):
            assert bisect_right(whole, number) == rank(constants, number)
        elif math.isfinite(number):
            assert bisect_right(real, number) == rank(constants, number)


def test_steps_of_numbers_past_the_floats():
    constants = (-math.inf, -(10**400), -1, 10**400, math.inf)
    whole, real = steps(constants)

    assert [bisect_right(whole, number) for number in (-(10**500), -(10**400), 0, 10**400, 10**500)] == [2, 3, 6, 7, 8]
    assert [bisect_right(real, number) for number in (-1.7e308, -1.0, 1.7e308)] == [4, 5, 6]


def test_intervals_may_have_holes_anywhere():
    def but(number: int) -> Condition:
        return Not(Test("customer.seats", Op.EQUALS, number))

    band = Test("customer.seats", Op.BETWEEN, (5, 9))
    conditions = {
        "low end": All((band, but(5))),
        "high end": All((band, but(9))),
        "both": All((band, but(5), but(9), but(7))),
        "outside": All((band, but(4), but(10))),
        "only": All((Test("customer.seats", Op.BETWEEN, (7, 7)), but(7))),
        "near": All((Test("customer.seats", Op.BETWEEN, (6, 7)), but(6))),
    }

    agreed(conditions, *(facts({"customer.seats": number}) for number in range(3, 12)), facts())


def test_questions_about_no_members_are_let_through():
    conditions = {
        f"{op}{negated}": Not(test) if negated else test
        for op in (Op.HAS_ALL, Op.HAS_ANY, Op.HAS_NONE)
        for test in [Test("ticket.tags", op, ())]
        for negated in (False, True)
    }
    known = [facts({"ticket.tags": frozenset(tags)}) for tags in ((), ("a",))]

    assert [len(found) for found in agreed(conditions, *known, facts())] == [3, 3, 0]


def test_infinite_facts_are_placed_rightly():
    conditions = {f"{number}": Test("customer.mrr", Op.ABOVE, number) for number in (-math.inf, 0, 1e300, 10**400)}
    conditions |= {f"not {name}": Not(test) for name, test in conditions.items()}

    agreed(conditions, *(facts({"customer.mrr": number}) for number in (math.inf, -math.inf, 1e308, 5, 10**401)))


def test_very_many_constants_share_masks_and_fire_as_ever():
    conditions = {f"{number}": Test("customer.seats", Op.EQUALS, number) for number in range(2_000)}
    plan = compile_stratum(conditions, ENVELOPE)
    candidates = Candidates(plan.levels, plan.wide)
    masks = {id(mask) for numbers in candidates.index._numbers for mask in numbers.masks}

    assert len(masks) <= MOST_INTERVALS
    assert candidates.index.vouched == 0
    assert {"1234"} < candidates.of({"customer.seats": 1_234})
    assert agreed(conditions, facts({"customer.seats": 1_234}), facts()) == [{"1234"}, set()]


# --- durable-rules has the last word --------------------------------------------------------------

APPROXIMATE = {
    "same": Test("ticket.product", Op.SAME_AS, "customer.plan"),
    "two tags": All((Test("ticket.tags", Op.HAS, "a"), Test("ticket.tags", Op.HAS, "b"))),
    "all of": Test("ticket.tags", Op.HAS_ALL, ("a", "b", "c")),
    "very many": Test("ticket.tags", Op.HAS_ALL, ("a", "a1", "a2", "a3", "z")),
    "not all of": Not(Test("ticket.tags", Op.HAS_ALL, ("a", "b"))),
    "any of each": All((Test("ticket.tags", Op.HAS_ANY, ("a", "b")), Test("ticket.tags", Op.HAS_ANY, ("c", "d", "e")))),
    "join": Exists("subscriptions", Test("product", Op.SAME_AS, "ticket.product")),
}


@pytest.mark.parametrize("remembers", [True, False])
def test_what_the_index_lets_through_is_refused_by_durable_rules(remembers):
    values = {"ticket.product": "crm", "customer.plan": "pro", "ticket.tags": frozenset({"a"})}
    more = {**values, "ticket.tags": frozenset({"a", "a1", "a2", "a3", "b"})}
    near, all_tags = (facts(found, subscriptions=[{"product": "erp"}]) for found in (values, more))
    plan = compile_stratum(APPROXIMATE, ENVELOPE)
    outcomes = [name for found in plan.collections for name in found.outcomes]
    candidates = Candidates(plan.levels, plan.wide, outcomes)
    with closing(DurableEvaluator({"only": APPROXIMATE}, remembers=remembers)) as durable:
        for _ in range(3):
            assert durable.fired("only", near) == {"not all of"}
            assert durable.fired("only", all_tags) == {"two tags"}

    assert candidates.of(values) == {"same", "not all of", "join"}
    assert candidates.of(more) == {"same", "two tags", "very many", "not all of", "join"}
    assert candidates.vouched(more) == {"two tags"}


class LetsEverythingThrough(Index):
    """An index that rules nothing out, and so vouches for nothing."""

    def __init__(self, *given):
        super().__init__(*given)
        self.vouched = 0

    def candidates(self, values):
        super().candidates(values)
        return self.every


@pytest.mark.parametrize("remembers", [True, False])
def test_an_index_that_rules_nothing_out_changes_no_answer(remembers, monkeypatch):
    monkeypatch.setattr("rules.engine.live.Index", LetsEverythingThrough)
    conditions = {f"{op} {number}": Test("customer.seats", op, number) for op in ORDER for number in range(20)}
    conditions |= {f"not {name}": Not(test) for name, test in conditions.items()}
    conditions |= {f"both {number}": All((conditions[f"above {number}"], VIP)) for number in range(20)}
    conditions |= {f"tier {tier}": Test("customer.tier", Op.IS, tier) for tier in ("key", "enterprise")}
    tried = [
        facts({"customer.seats": seats, "ticket.is_vip": vip, "customer.tier": tier})
        for seats in range(-1, 21)
        for vip, tier in ((True, "key"), (False, "standard"))
    ]
    reference = ReferenceEvaluator({"only": conditions})
    with closing(DurableEvaluator({"only": conditions}, remembers=remembers)) as durable:
        assert isinstance(durable._strata["only"]._asking.index, LetsEverythingThrough)
        assert [durable.fired("only", one) for one in tried] == [reference.fired("only", one) for one in tried]


ORDER = (Op.EQUALS, Op.ABOVE, Op.AT_LEAST, Op.BELOW, Op.AT_MOST)
VIP = Test("ticket.is_vip", Op.IS, True)


def test_durable_rules_is_asked_what_the_index_does_not_vouch_for_and_only_that():
    """Without its ruleset the engine cannot be asked: what needs no engine is still answered."""
    both = Test("ticket.tags", Op.HAS_ALL, ("a", "b"))
    conditions = {"vip": VIP, "seats": Test("customer.seats", Op.ABOVE, 5), "not both": Not(both)}
    durable = DurableEvaluator({"only": conditions})
    for page in durable._strata["only"]._pages:
        durable_rules_engine.delete_ruleset(page._handle)

    assert durable.fired("only", facts({"customer.seats": 3})) == frozenset()
    assert durable.fired("only", facts({"customer.seats": 6, "ticket.is_vip": True})) == {"seats", "vip"}
    with pytest.raises(EngineFailed, match="durable-rules"):
        durable.fired("only", facts({"ticket.tags": frozenset({"a"})}))


def test_the_same_question_is_put_to_durable_rules_once():
    durable = DurableEvaluator({"only": {"not both": Not(Test("ticket.tags", Op.HAS_ALL, ("a", "b")))}})

    assert durable.fired("only", facts({"ticket.tags": frozenset({"a"})})) == {"not both"}
    durable_rules_engine.delete_ruleset(durable._strata["only"]._pages[0]._handle)
    assert durable.fired("only", facts({"ticket.tags": frozenset({"b", "c"})})) == {"not both"}
    with pytest.raises(EngineFailed, match="durable-rules"):
        durable.fired("only", facts({"ticket.tags": frozenset({"a", "b"})}))


class SaysNo:
    """durable-rules as it would be if it fired nothing but the warm-up, until it is `well`."""

    def __init__(self) -> None:
        self.well = False

    def __getattr__(self, name):
        return getattr(durable_rules_engine, name)

    def start_action_for_state(self, handle, state):
        found = durable_rules_engine.start_action_for_state(handle, state)
        return found if self.well or found is None or WARM in found[1] else None


def test_nothing_holds_that_durable_rules_has_not_fired(monkeypatch):
    """Not even what the index vouches for. What the engine said no to stays so, what it was not asked yet is asked."""
    engine = SaysNo()
    monkeypatch.setattr("rules.engine.page.durable", engine)
    active = Exists("subscriptions", Test("status", Op.IS, "active"))
    one = facts({"ticket.is_vip": True}, subscriptions=[{"status": "active"}])
    with closing(DurableEvaluator({"only": {"vip": VIP, "active": active}})) as evaluator:
        assert evaluator.fired("only", facts({"ticket.is_vip": True})) == frozenset()
        engine.well = True

        assert evaluator.fired("only", one) == {"active"}


def test_an_evaluator_that_does_not_remember_asks_every_time():
    durable = DurableEvaluator({"only": {"vip": VIP}}, remembers=False)
    vip = facts({"ticket.is_vip": True})

    assert durable.fired("only", vip) == {"vip"}
    durable_rules_engine.delete_ruleset(durable._strata["only"]._pages[0]._handle)
    with pytest.raises(EngineFailed, match="durable-rules"):
        durable.fired("only", vip)


def test_no_more_answers_are_remembered_than_fit():
    """Six numbers that lie on either side of a hole: sixty-four questions that one line can put."""
    names = ("seats", "open_tickets", "tickets_30d", "how_to_30d", "tenure_days", "days_to_renewal")
    holed = [
        part
        for name in names
        for part in (
            Test(f"customer.{name}", Op.ABOVE, 3),
            Not(Test(f"customer.{name}", Op.EQUALS, 5)),
        )
    ]
    conditions = {
        "it": All(tuple(holed)),
        "bands": All(tuple(Test(f"customer.{name}", Op.BETWEEN, (5, 9)) for name in names)),
    }
    tried = [
        facts({f"customer.{name}": number for name, number in zip(names, found, strict=True)})
        for found in itertools.product((4, 6), repeat=len(names))
    ]
    tried += [facts({f"customer.{name}": number for name in names}) for number in (3, 5, 9, 10)]
    reference = ReferenceEvaluator({"only": conditions})
    with closing(DurableEvaluator({"only": conditions})) as durable:
        for _ in range(2):
            assert [durable.fired("only", one) for one in tried] == [reference.fired("only", one) for one in tried]

        counts = [len(line.answers) for line in durable._strata["only"]._asking.lines]

    assert 0 < max(counts) <= MOST_ANSWERS < 2 ** len(names)


# --- adversarial books --------------------------------------------------------------------------


def adversarial(size: int) -> dict[str, dict[str, Condition]]:
    seats = [Test("customer.seats", Op.AT_LEAST, number % 700) for number in range(size)]
    unknown = ("customer.seats", "customer.tier", "ticket.is_vip", "ticket.tags", "ticket.product")
    return {
        "one field": {f"{index}": test for index, test in enumerate(seats)},
        "one field, negated": {f"{index}": Not(test) for index, test in enumerate(seats)},
        "all alike": {f"{index}": All((seats[5], VIP)) for index in range(size)},
        "nothing to test": {
            f"{index}": (All(()), AnyOf(()), Not(All(())), Not(AnyOf(())))[index % 4] for index in range(500)
        },
        "only unknown": {f"{index}": Test(unknown[index % 5], Op.KNOWN, False) for index in range(500)},
        "only not": {
            f"{index}": Not(AnyOf((seats[index], Test("ticket.tags", Op.HAS, f"t{index % 9}"), VIP)))
            for index in range(500)
        },
        "never": {f"{index}": All((seats[5], Not(seats[5]), VIP)) for index in range(100)},
    }


@pytest.mark.parametrize("size", counts(quick=800, thorough=3_000))
@pytest.mark.parametrize("name", adversarial(500))
def test_adversarial_books_fire_as_the_reference_says(name, size):
    conditions = adversarial(size)[name]
    tried = [
        facts({"customer.seats": seats, "ticket.is_vip": vip, "ticket.tags": frozenset({"t1"})})
        for seats, vip in ((0, True), (5, True), (350, False), (10_000, True))
    ]

    agreed(conditions, *tried, facts(), facts({"customer.tier": "key", "ticket.product": "crm"}))


def test_part_that_nobody_reads_is_no_trouble():
    """The inner `all` is cut into parts before it is found to stand beside an `any` of nothing."""
    wide = [AnyOf(tuple(Test("signals", Op.HAS, f"{group}_{number}") for number in range(30))) for group in range(2)]
    conditions = {"never": All((All(tuple(wide)), AnyOf(()))), "vip": VIP}

    assert agreed(conditions, facts({"ticket.is_vip": True}, ["0_1", "1_1"])) == [{"vip"}]


def test_part_that_is_settled_on_two_levels_is_waited_for():
    def wide(group: str) -> AnyOf:
        return AnyOf(tuple(Test("signals", Op.HAS, f"{group}{number}") for number in range(30)))

    deep = AnyOf((*wide("a").parts, All((wide("b"), wide("c")))))
    conditions = {"with another": All((deep, wide("d"))), "alone": All((deep, VIP))}
    values = {"ticket.is_vip": True}
    tried = [facts(values, signals) for signals in (["b1", "c1", "d1"], ["a1", "d1"], ["b1", "d1"], ["b1", "c1"])]

    assert agreed(conditions, *tried) == [{"with another", "alone"}, {"with another", "alone"}, set(), {"alone"}]


def test_condition_may_be_named_like_a_part():
    wide = [AnyOf(tuple(Test("signals", Op.HAS, f"{group}_{number}") for number in range(30))) for group in range(2)]
    conditions = {"p_part_0": All(tuple(wide)), "p_part_1": VIP}
    tried = [facts(signals=["0_3", "1_4"]), facts({"ticket.is_vip": True}, ["0_3"])]

    assert agreed(conditions, *tried) == [{"p_part_0"}, {"p_part_1"}]


# --- names --------------------------------------------------------------------------------------


def test_names_on_a_page_are_distinct_and_lie_apart():
    """A page of 60: four gates, and under each the first tests of 15 rules, no two in one of the engine's 32 places."""
    names = PageNames()
    gates = [names.gate(group) for group in range(4)]
    first = [names.test(rule, 0) for rule in range(60)]
    other = [names.test(rule, place) for rule in range(60) for place in (1, 2)]
    other += [names.other(rule, role) for rule in range(60) for role in ("item", "wide", "joined")]
    every = [*gates, *first, *other, "id", "sid", "kind", "_1"]

    assert len({fnv1a(name) for name in every}) == len(every)
    for group in range(4):
        places = [fnv1a(name) % 32 for name in first[15 * group : 15 * group + 15]]

        assert sorted(places) == list(range(2, 32, 2))
        assert not {fnv1a(name) % 32 for name in (*other, *gates, "id", "sid")} & set(places)
    assert names.test(7, 1) == names.test(7, 1) != names.test(8, 1)
