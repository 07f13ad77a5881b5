"""An evaluator over its life: threads, hot swaps, closing, and memory that comes back."""

from __future__ import annotations

import gc
import itertools
import threading
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import durable_rules_engine
import pytest
from laws import counts

from rules.conditions import All, AnyOf, Condition, Exists, Not, Op, Test
from rules.engine import DurableEvaluator, Evaluator, ReferenceEvaluator
from rules.errors import EngineFailed
from rules.model import Facts
from rules.text import Text
from rules.vocabulary import Collection, Field, Source, Type

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
PAGE_BYTES = 4096


def book(level: int = 0) -> dict[str, dict[str, Condition]]:
    """Return two strata whose outcome depends on the facts and on `level`."""
    plain: dict[str, Condition] = {
        f"{level} seats {number}": All(
            (
                Test("customer.seats", Op.AT_LEAST, number + level),
                AnyOf((Test("customer.tier", Op.IN, ("key", "enterprise")), Test("signals", Op.HAS, f"s{number}"))),
            )
        )
        for number in range(15)
    }
    joined: dict[str, Condition] = {
        "same product": Exists("subscriptions", Test("product", Op.SAME_AS, "ticket.product")),
        "nothing overdue": Not(Exists("invoices", Test("days_overdue", Op.ABOVE, level))),
    }
    return {"plain": plain, "joined": joined}


def facts_of(number: int) -> Facts:
    return Facts(
        {"customer.seats": number % 40, "customer.tier": ("key", "standard")[number % 2], "ticket.product": "crm"},
        frozenset({f"s{number % 15}"}),
        {
            "subscriptions": ({"product": "crm" if number % 3 else "erp"}, {}),
            "invoices": ({"days_overdue": number % 5},) * (number % 4),
        },
        NOW,
    )


def resident() -> int:
    """Return the bytes of memory that this process holds."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * PAGE_BYTES


def grown(work, rounds: int) -> int:
    """Return by how many bytes the process grew over `rounds` of `work`, once it is warm."""
    for number in range(rounds // 4):
        work(number)
    gc.collect()
    before = resident()
    for number in range(rounds):
        work(number)
    gc.collect()
    return resident() - before


def test_evaluators_are_evaluators():
    for made in (DurableEvaluator, ReferenceEvaluator):
        evaluator: Evaluator = made(book())
        with closing(evaluator):
            assert evaluator.fired("joined", facts_of(0)) == {"nothing overdue"}


def test_stratum_that_was_not_given_is_a_key_error():
    with closing(DurableEvaluator({"empty": {}})) as evaluator:
        assert evaluator.fired("empty", facts_of(1)) == frozenset()
        with pytest.raises(KeyError):
            evaluator.fired("other", facts_of(1))


def test_closed_evaluator_refuses_to_answer():
    evaluator = DurableEvaluator(book())
    evaluator.close()
    evaluator.close()

    with pytest.raises(EngineFailed, match="closed"):
        evaluator.fired("plain", facts_of(1))


@pytest.mark.parametrize("remembers", [True, False])
def test_evaluator_that_the_engine_failed_answers_rightly_afterwards(remembers):
    with closing(DurableEvaluator(book(), remembers=remembers)) as evaluator:
        expected = evaluator.fired("plain", facts_of(1))
        page = evaluator._strata["plain"]._pages[0]
        for _ in range(20):
            with pytest.raises(EngineFailed):
                page.run(['{"sid":"s","id":"t","kind":"wide","p_customer_seats":1}', "{"])

            assert evaluator.fired("plain", facts_of(1)) == expected


def test_evaluation_without_its_ruleset_fails_by_name():
    evaluator = DurableEvaluator(book(), remembers=False)
    durable_rules_engine.delete_ruleset(evaluator._strata["plain"]._pages[0]._handle)

    with pytest.raises(EngineFailed, match="durable-rules"):
        evaluator.fired("plain", facts_of(1))


class Swapped:
    """An evaluator that is replaced while threads ask it, and what went wrong meanwhile."""

    def __init__(self) -> None:
        self.tried = [facts_of(number) for number in range(60)]
        self.right = {
            (level, stratum, index): ReferenceEvaluator(book(level)).fired(stratum, facts)
            for level in range(3)
            for stratum in ("plain", "joined")
            for index, facts in enumerate(self.tried)
        }
        self.current = (0, DurableEvaluator(book(0)))
        self.done = threading.Event()
        self.answers = itertools.count()
        self.wrong: list[object] = []

    def ask_on(self, start: int) -> None:
        for number in itertools.takewhile(lambda _: not self.done.is_set(), itertools.count(start)):
            level, evaluator = self.current
            asked = (level, ("plain", "joined")[number % 2], number % 60)
            try:
                found = evaluator.fired(asked[1], self.tried[asked[2]])
            except EngineFailed as error:
                if "closed" not in str(error):  # closed under its hands: it asks the next one
                    self.wrong.append(error)
                continue
            next(self.answers)
            if found != self.right[asked]:
                self.wrong.append((asked, found))

    def swap(self, level: int) -> None:
        old = self.current[1]
        self.current = (level, DurableEvaluator(book(level)))
        old.close()


@pytest.mark.parametrize("swaps", counts(quick=12, thorough=60))
def test_eight_threads_get_their_own_answers_while_the_rules_are_swapped(swaps):
    swapped = Swapped()
    threads = [threading.Thread(target=swapped.ask_on, args=(number * 7,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for number in range(swaps):
        swapped.swap(number % 3)
    swapped.done.set()
    for thread in threads:
        thread.join(timeout=30)
    swapped.current[1].close()

    assert swapped.wrong == []
    assert not any(thread.is_alive() for thread in threads)
    assert next(swapped.answers) > 15 * swaps


def test_evaluators_take_a_vocabulary_of_their_own():
    fields = {
        name: Field(name, kind, Source.STATED, Text(name, name))
        for name, kind in (("n0", Type.INTEGER), ("e0", Type.TEXT), ("t0", Type.SET), ("b0", Type.FLAG))
    }
    items = {"size": Field("size", Type.NUMBER, Source.STATED, Text("size", "size"))}
    collections = {"boxes": Collection("boxes", Text("boxes", "boxes"), Source.STATED, items)}
    conditions = {
        "plain": All((Test("n0", Op.ABOVE, 3), Test("e0", Op.IN, ("a", "b")), Test("t0", Op.HAS, "x"))),
        "flag": Not(Test("b0", Op.IS, True)),
        "box": Exists("boxes", Test("size", Op.ABOVE, 1.5)),
    }
    tried = [
        Facts({"n0": 4, "e0": "a", "t0": frozenset({"x"}), "b0": False}, frozenset(), {"boxes": ({"size": 2.0},)}, NOW),
        Facts({"n0": 3, "e0": "a", "t0": frozenset({"x"}), "b0": True}, frozenset(), {"boxes": ({"size": 1.0},)}, NOW),
    ]
    for made in (DurableEvaluator, ReferenceEvaluator):
        with closing(made({"only": conditions}, fields=fields, collections=collections)) as evaluator:
            assert [evaluator.fired("only", one) for one in tried] == [{"plain", "flag", "box"}, set()]
        with pytest.raises(EngineFailed, match=r"'plain'.*n0"):
            made({"only": conditions})
        with pytest.raises(EngineFailed, match=r"'seats'.*customer\.seats"):
            made({"only": {"seats": Test("customer.seats", Op.ABOVE, 1)}}, fields=fields, collections=collections)
        with pytest.raises(EngineFailed, match=r"'none'.*boxes"):
            made({"only": {"none": conditions["box"]}}, fields=fields, collections={})


def test_close_waits_for_the_evaluation_that_runs():
    """Closing frees the C memory; a running evaluation would read it afterwards."""
    evaluator = DurableEvaluator(book())
    failures: list[BaseException] = []

    def ask() -> None:
        try:
            for number in itertools.count():
                evaluator.fired("plain", facts_of(number))
        except EngineFailed as error:
            failures.append(error)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    evaluator.close()
    for thread in threads:
        thread.join(timeout=10)

    assert ["closed" in str(error) for error in failures] == [True] * 4


@pytest.mark.slow
@pytest.mark.parametrize("remembers", [True, False])
def test_evaluations_leave_no_memory_behind(remembers):
    with closing(DurableEvaluator(book(), remembers=remembers)) as evaluator:
        tried = [facts_of(number) for number in range(60)]

        def evaluate(number: int) -> None:
            for stratum in ("plain", "joined"):
                evaluator.fired(stratum, tried[number % 60])

        growth = grown(evaluate, 20_000)

    assert growth < 1_000_000


@pytest.mark.slow
def test_making_and_closing_evaluators_leaves_no_memory_behind():
    growth = grown(lambda number: DurableEvaluator(book(number % 3)).close(), 200)

    assert growth < 4_000_000


@pytest.mark.slow
def test_refused_rulebooks_leave_no_memory_behind():
    bad = {**book(), "bad": {"unknown field": Test("customer.teir", Op.IS, "key")}}

    def refuse(_: int) -> None:
        with pytest.raises(EngineFailed):
            DurableEvaluator(bad)

    assert grown(refuse, 200) < 2_000_000
