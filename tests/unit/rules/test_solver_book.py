"""A symbolic rulebook, held equal to the stages of the decision on drawn facts and on books made to be awkward."""

import pytest
import z3
from decide_books import action, book, derives, facts, recommends, said, suppresses, votes
from drawn_facts import drawn_facts
from laws import counts, slow_but

from rules.conditions import All, AnyOf, Exists, Not, Op, Test
from rules.decide import Decider
from rules.decide.classify import SHARE, THRESHOLD
from rules.engine import ReferenceEvaluator, truth
from rules.errors import SidecueError
from rules.model import Facts
from rules.rulebook import Function, Kind, Status
from rules.solver.book import SymbolicBook

ORDERS = (
    tuple(Function),
    (Function.ACCOUNT_MANAGEMENT, Function.SUPPORT, Function.SUCCESS),
)


def symbolic(rulebook, precedence=tuple(Function), also=()):
    return SymbolicBook(rulebook, precedence, threshold=THRESHOLD, share=SHARE, also=also)


def by_decider(rulebook, found, precedence=tuple(Function)):
    """What the stages of the decision say: fired, votes, primary, works, eligible, applicable, suppressed."""
    with Decider(rulebook, ReferenceEvaluator, precedence=precedence) as decider:
        derived, record = decider.derive(found)
        classified, classification, more = decider.classify(derived)
        record = record.then(more)
        candidates, more = decider.propose(classified)
        record = record.then(more)
        forbidden, more = decider.guard(classified)
        record = record.then(more)
    met = {
        candidate.action.id
        for candidate in candidates
        if candidate.action.needs is None or truth(candidate.action.needs, classified) is True
    }
    rules_only = [ban for ban in forbidden if not ban.by.startswith("law.")]
    banned = {
        name
        for name, found in rulebook.actions.items()
        if any(found.kind in ban.kinds or name in ban.actions for ban in rules_only)
    }
    return {
        "fired": {entry.rule for entry in (*record.fired, *record.shadow)},
        "votes": dict(classification.scores),
        "primary": {classification.primary},
        "works": {classification.primary, *classification.collaborators},
        "eligible": {candidate.action.id for candidate in candidates},
        "applicable": met,
        "suppressed": banned,
        "suitable": met - banned,
    }


def by_solver(symbols, found):
    solver = symbols.symbols.logic.solver()
    solver.add(symbols.well_formed(), symbols.pinned(found))

    assert solver.check() == z3.sat

    model = solver.model()

    def holding(formulas):
        return {name for name in formulas.names if z3.is_true(model.eval(formulas[name], model_completion=True))}

    names = ("fired", "primary", "works", "eligible", "applicable", "suppressed", "suitable")
    sums = {name: model.eval(symbols.votes[name], model_completion=True).as_long() for name in symbols.votes.names}
    return {"votes": sums, **{name: holding(getattr(symbols, name)) for name in names}}


@pytest.mark.slow
@pytest.mark.parametrize("count", counts(quick=10, thorough=60))
@pytest.mark.parametrize("precedence", ORDERS, ids=("shipped order", "another order"))
def test_a_symbolic_book_says_what_the_stages_say_of_the_shipped_packs(shipped, precedence, count):
    symbols = symbolic(shipped, precedence)
    for found in drawn_facts(shipped, count, seed=precedence[0]):
        assert by_solver(symbols, found) == by_decider(shipped, found, precedence), found


CRM = Exists("open_tickets", Test("severity", Op.SAME_AS, "severity"))
MINE = Exists("open_tickets", Test("primary", Op.SAME_AS, "decision.primary"))
TWO = ({"severity": "low"}, {"primary": "support"})
AWKWARD = {
    "strongest wins, stated values take part": book(
        derives("a.high", said("one"), severity="high"),
        derives("b.low", said("two"), severity="low"),
        derives("c.shadow", said("two"), severity="severe", status=Status.EXPERIMENTAL),
        votes("d.vote", Test("severity", Op.IN, ("high", "severe")), support=3),
    ),
    "texts keep the first, by layer and id": book(
        derives("b.first", said("one"), touchpoint="first"),
        derives("c.second", said("two"), touchpoint="second"),
        derives("a.late", Test("severity", Op.IS, "high"), touchpoint="late"),
        derives("z.high", said("two"), severity="high"),
        votes("d.vote", Test("touchpoint", Op.IS, "late"), success=4),
        votes("e.vote", Test("touchpoint", Op.NOT_IN, ("first", "x")), support=2),
    ),
    "the decision is unknown until it is taken": book(
        derives("a.d", Test("decision.primary", Op.KNOWN, value=False), horizon="now"),
        votes("b.v", Not(Test("decision.primary", Op.IS, "support")), success=5),
        votes("c.v", AnyOf((Test("decision.functions", Op.HAS, "success"), said("one"))), account_management=3),
        recommends("d.r", "act", Test("decision.primary", Op.IS, "account_management")),
        recommends("e.r", "act", Test("decision.functions", Op.HAS_ALL, ("support", "success"))),
        action("act", Kind.INFORM),
    ),
    "joins with what is derived and decided": book(
        derives("a.d", AnyOf((CRM, said("one"))), horizon="now"),
        derives("b.d", said("two"), severity="high"),
        votes("c.v", said("one"), success=4),
        recommends("d.r", "act", All((MINE, Not(CRM)))),
        recommends("e.r", "other", CRM),
        action("act", Kind.INFORM, needs=MINE),
        action("other", Kind.UPSELL, needs=Test("severity", Op.KNOWN, value=True)),
    ),
    "guardrails that hold unless surely false, in shadow, and no more": book(
        recommends("a.r", "sell"),
        recommends("b.r", "call", said("one")),
        recommends("c.r", "hidden", status=Status.EXPERIMENTAL),
        suppresses("d.g", Test("customer.opted_out", Op.IS, value=True), kinds=(Kind.UPSELL,), unless_false=True),
        suppresses("e.g", said("two"), kinds=(Kind.UPSELL,), actions=("call",), status=Status.EXPERIMENTAL),
        suppresses("f.g", said("three"), actions=("call",)),
        suppresses("g.g", said("one"), kinds=(Kind.UPSELL,), status=Status.DEPRECATED),
        action("sell", Kind.UPSELL),
        action("call", Kind.RECOVER),
        action("hidden", Kind.INFORM),
    ),
    "votes for and against, ties and triage": book(
        votes("a.v", said("one"), support=2, success=2, account_management=2),
        votes("b.v", said("two"), support=-5, account_management=1),
        votes("c.v", said("three"), collaborate=(Function.SUCCESS,)),
        votes("d.v", Test("customer.opted_out", Op.IS, value=True), success=1),
    ),
}


@pytest.mark.parametrize("name", slow_but([*AWKWARD][-2:], AWKWARD))
def test_a_symbolic_book_says_what_the_stages_say_of_awkward_books(name):
    rulebook = AWKWARD[name]
    symbols = symbolic(rulebook)
    for signals in ((), ("one",), ("two",), ("one", "two"), ("one", "two", "three"), ("three",)):
        for severity in (None, "low", "high", "severe"):
            for items in ((), ({"severity": "high", "primary": "success"},), TWO):
                for opted in (None, True, False):
                    values = {"severity": severity, "customer.opted_out": opted, "touchpoint": opted and "first"}
                    held = {key: value for key, value in values.items() if value is not None}
                    held |= {"touchpoint": "x"} if opted is False else {}
                    found = Facts(held, frozenset(signals), {"open_tickets": items}, facts().taken_at)

                    assert by_solver(symbols, found) == by_decider(rulebook, found), found


def test_derivations_that_wait_for_one_another_are_refused():
    rulebook = book(
        derives("a.d", Test("severity", Op.IS, "high"), horizon="now"),
        derives("b.d", Test("horizon", Op.IS, "now"), severity="high"),
    )
    with pytest.raises(SidecueError, match="wait for one another"):
        symbolic(rulebook)


def test_a_condition_that_the_book_was_not_built_of_is_refused():
    symbols = symbolic(book(votes("a.v", said("one"), support=2)))
    with pytest.raises(SidecueError, match="build them of this one too"):
        symbols.surely(said("another"))
    with pytest.raises(SidecueError, match="build them of this one too"):
        symbols.surely(Exists("invoices", Test("status", Op.IS, "paid")))
    with pytest.raises(SidecueError, match="build them of this one too"):
        symbols.surely(Test("customer.mrr", Op.ABOVE, 3))
