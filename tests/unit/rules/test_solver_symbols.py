"""The solver's reading of conditions and facts, held equal to the reference evaluator's."""

import math

import z3
from engine_cases import NOW, cases
from hypothesis import strategies as st
from laws import law

from rules.engine import truth
from rules.errors import FactsInvalid, SidecueError
from rules.facts import facts_from_given
from rules.solver.lines import Line
from rules.solver.symbols import Symbols, given_of
from rules.vocabulary import FIELDS


def solved(symbols, *formulas):
    """A solver that can meet the formulas, or None when nothing can."""
    solver = symbols.logic.solver()
    solver.add(*formulas)
    return solver if solver.check() == z3.sat else None


@law(quick=4, thorough=60, case=cases(conditions=6, facts=8))
def test_symbols_say_what_the_reference_says(case):
    symbols = Symbols(case.conditions.values())
    for facts in case.facts:
        model = solved(symbols, symbols.pinned(facts)).model()
        for condition in case.conditions.values():
            surely = z3.is_true(model.eval(symbols.surely(condition), model_completion=True))
            surely_not = z3.is_true(model.eval(symbols.surely_not(condition), model_completion=True))
            expected = truth(condition, facts)

            assert (surely, surely_not) == (expected is True, expected is False), (condition, facts)


@law(quick=4, thorough=60, case=cases(conditions=4, facts=1))
def test_a_model_is_facts_of_which_the_reference_says_the_same(case):
    conditions = list(case.conditions.values())
    symbols = Symbols(conditions)
    for condition in conditions:
        for formula, expected in ((symbols.surely(condition), True), (symbols.surely_not(condition), False)):
            found = solved(symbols, symbols.well_formed(), formula)
            if found is not None:
                facts = symbols.facts(found.model(), NOW)

                assert truth(condition, facts) is expected
                assert facts_from_given(given_of(facts), NOW) == facts


@law(quick=4, thorough=40, case=cases(conditions=4, facts=6))
def test_facts_that_the_vocabulary_accepts_are_a_model(case):
    symbols = Symbols(case.conditions.values())
    for facts in case.facts:
        try:
            accepted = facts_from_given(given_of(facts), NOW)
        except SidecueError:
            continue

        assert solved(symbols, symbols.well_formed(), symbols.pinned(accepted)) is not None


def test_every_region_of_a_number_has_its_shortest_number_and_empty_ones_have_none():
    seats, mrr, score = FIELDS["customer.seats"], FIELDS["customer.mrr"], FIELDS["ticket.csat"]

    assert Line.of(seats, [3, 4]).values == (0, 3, None, 4, 5)
    assert Line.of(mrr, [0.1, math.nextafter(0.1, 1)]).values == (0.0, 0.1, None, math.nextafter(0.1, 1), 1.0)
    assert Line.of(mrr, [0.25, 0.5]).values == (0.0, 0.25, 0.3, 0.5, 1.0)
    assert Line.of(score, [0, 1, 5, 2.5]).values == (None, None, None, 1, 2, None, 3, 5, None)
    assert Line.of(mrr, [1e300]).values == (0.0, None, None)


@law(
    quick=100,
    thorough=1_000,
    name=st.sampled_from(["customer.seats", "customer.mrr", "customer.nps", "customer.usage_change_pct"]),
    constants=st.lists(st.one_of(st.integers(-50, 50), st.floats(-50, 50)), max_size=6),
    number=st.one_of(st.integers(-60, 60), st.floats(-60, 60)),
)
def test_no_condition_tells_a_number_from_the_one_that_stands_for_it(name, constants, number):
    line = Line.of(FIELDS[name], constants)
    try:
        value = FIELDS[name].accept(number)
    except FactsInvalid:
        return
    instead = line.values[line.place(value)]

    assert instead is not None
    assert FIELDS[name].accept(instead) == instead
    assert [(value < c, value <= c) for c in constants] == [(instead < c, instead <= c) for c in constants]
