"""The solver's reading of conditions and facts, held equal to the reference evaluator's."""

import z3
from engine_cases import NOW, cases
from laws import law

from rules.engine import truth
from rules.errors import SidecueError
from rules.facts import facts_from_given
from rules.solver.symbols import Symbols, given_of

SATISFIED, REFUTED = z3.sat, z3.unsat


def solved(symbols, *formulas):
    solver = symbols.logic.solver()
    solver.add(*formulas)
    return solver if solver.check() == SATISFIED else None


def read(symbols, condition, facts):
    """Kleene's truth by the solver: the facts pinned, and nothing else known."""
    model = solved(symbols, symbols.pinned(facts)).model()
    surely = z3.is_true(model.eval(symbols.surely(condition), model_completion=True))
    surely_not = z3.is_true(model.eval(symbols.surely_not(condition), model_completion=True))

    assert not (surely and surely_not)
    return True if surely else False if surely_not else None


@law(quick=10, thorough=60, case=cases(conditions=6, facts=8))
def test_symbols_say_what_the_reference_says(case):
    symbols = Symbols(case.conditions.values())
    for facts in case.facts:
        model = solved(symbols, symbols.pinned(facts)).model()
        for condition in case.conditions.values():
            surely = z3.is_true(model.eval(symbols.surely(condition), model_completion=True))
            surely_not = z3.is_true(model.eval(symbols.surely_not(condition), model_completion=True))
            expected = truth(condition, facts)

            assert (surely, surely_not) == (expected is True, expected is False), (condition, facts)


@law(quick=10, thorough=60, case=cases(conditions=4, facts=1))
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


@law(quick=10, thorough=40, case=cases(conditions=4, facts=6))
def test_facts_that_the_vocabulary_accepts_are_a_model(case):
    symbols = Symbols(case.conditions.values())
    for facts in case.facts:
        try:
            accepted = facts_from_given(given_of(facts), NOW)
        except SidecueError:
            continue

        assert solved(symbols, symbols.well_formed(), symbols.pinned(accepted)) is not None
