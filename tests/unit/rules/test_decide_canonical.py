"""A decision as bytes: one string for one decision, on every machine and in every process."""

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from decide_books import ALWAYS, NOW, action, book, contact, derives, facts, recommends, said, suppresses, votes
from decide_cases import acceptances, fact_sets, rulebooks, steady
from hypothesis import given
from hypothesis import strategies as st

from rules.decide import Decider, canonical, from_canonical
from rules.decide.canonical import as_document
from rules.engine import ReferenceEvaluator
from rules.errors import FactsInvalid
from rules.model import Factor, SignalHit
from rules.rulebook import Function, Kind

pytestmark = pytest.mark.slow

REPOSITORY = Path(__file__).parents[3]
HITS = (
    SignalHit("outage", "fora do ar", "pt-BR", "m1", 0, 10),
    SignalHit("price", "(price|quote)", "en", "m\ud8002", 3, 9),
)


def rich():
    """A rulebook and facts that use every part of a decision."""
    rulebook = book(
        votes("c.one", support=5, success=4, collaborate=(Function.ACCOUNT_MANAGEMENT,)),
        derives("d.one", said("outage"), severity="severe", journey_stage="renewal", customer_job="solve"),
        *(action(f"a.{name}", kind) for name, kind in zip("abcdef", Kind, strict=False)),
        action("a.quiet", reply=None, involve=(Function.SUCCESS,), cooldown_days=9),
        *(recommends(f"r.{name}", f"a.{name}", lever=1.5) for name in [*"abcdef", "quiet"]),
        suppresses("g.one", said("outage"), kinds=[Kind.RENEW], unless_false=True),
    )
    known = facts(
        "outage",
        "price",
        contacts=[contact("a.quiet", 1.25)],
        customer_mrr=0.1 + 0.2,
        customer_seats=3,
        customer_opted_out=False,
        customer_plan="Pró — “x” \ud800",
        ticket_tags=frozenset({"b", "a", "ç"}),
    )
    return rulebook, known


def decide(rulebook, known, **more):
    with Decider(rulebook, ReferenceEvaluator) as decider:
        return decider.decide(known, **more)


RICH = decide(*rich(), hits=HITS)
WITHOUT_RULES = Decider(book(), ReferenceEvaluator)


def test_canonical_bytes_are_sorted_ascii_json():
    data = canonical(decide(*rich(), hits=HITS))

    document = json.loads(data)
    assert data.isascii()
    assert data == json.dumps(document, sort_keys=True, separators=(",", ":")).encode()
    assert document["facts"]["values"]["ticket.tags"] == ["a", "b", "ç"]
    assert document["taken_at"] == "2026-03-10T12:00:00+00:00"


def test_canonical_comes_back_exactly():
    decision = decide(*rich(), hits=HITS, language="en", text_truncated=True, acceptance={"a.a": (1, 3)})

    again = from_canonical(canonical(decision))

    assert again == decision
    assert canonical(again) == canonical(decision)
    assert type(again.facts.values["customer.mrr"]) is float
    assert type(again.facts.values["customer.seats"]) is int
    assert again.trace.signals == HITS


@steady
@given(rulebooks(), fact_sets(), acceptances)
def test_every_decision_comes_back_exactly(rulebook, known, acceptance):
    decision = decide(rulebook, known, acceptance=acceptance)
    data = canonical(decision)

    assert from_canonical(data) == decision
    assert canonical(from_canonical(data.decode())) == data


def in_full(decision):
    """The definition, by the standard library alone."""
    return json.dumps(
        as_document(decision), ensure_ascii=True, allow_nan=False, separators=(",", ":"), sort_keys=True
    ).encode("ascii")


@steady
@given(rulebooks(), fact_sets(), acceptances)
def test_the_bytes_are_what_the_standard_library_writes(rulebook, known, acceptance):
    decision = decide(rulebook, known, acceptance=acceptance)

    assert canonical(decision) == in_full(decision)
    assert canonical(decision) == in_full(decision)  # what it remembers by now, too


texts = st.text(st.characters(codec=None), max_size=8)
finite = st.floats(allow_nan=False, allow_infinity=False)


@given(texts, texts, texts, finite, st.integers(), st.frozensets(texts))
def test_odd_values_are_written_as_the_standard_library_writes_them(plan, message, phrase, number, whole, tags):
    known = facts("outage", customer_plan=plan, customer_mrr=number, customer_seats=whole, ticket_tags=tags)
    decision = WITHOUT_RULES.decide(known, hits=(SignalHit("outage", phrase, "en", message, 0, 1),))
    decision = replace(decision, confidence=number, scores=dict.fromkeys(decision.scores, whole))
    for one in (decision, replace(decision, recommendations=RICH.recommendations, not_shown=RICH.not_shown)):
        assert canonical(one) == in_full(one)
    (shown, *_) = RICH.recommendations
    factors = (Factor("value", number, phrase),)
    odd = replace(decision, recommendations=(replace(shown, priority=number, factors=factors),))
    assert canonical(odd) == in_full(odd)


def test_a_number_that_json_has_not_is_refused():
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical(replace(RICH, confidence=float("nan")))


def test_the_same_instant_in_another_zone_gives_the_same_bytes():
    rulebook, known = rich()
    elsewhere = replace(known, taken_at=NOW.astimezone(timezone(timedelta(hours=-3))))

    assert canonical(decide(rulebook, elsewhere)) == canonical(decide(rulebook, known))


def test_replaying_a_stored_decision_gives_the_same_bytes():
    rulebook, known = rich()
    stored = canonical(decide(rulebook, known))

    assert canonical(decide(rulebook, from_canonical(stored).facts)) == stored


@pytest.mark.parametrize("data", [b"[]", b'{"schema": 2}', b"null", b"{", b"\xff"])
def test_foreign_bytes_are_refused(data):
    with pytest.raises(ValueError, match=r"."):
        from_canonical(data)


def test_a_clock_without_a_zone_is_refused():
    with pytest.raises(FactsInvalid, match="no time zone"):
        decide(book(), facts(taken_at=datetime(2026, 1, 1)))  # noqa: DTZ001 - the point


def test_the_digest_of_the_process_does_not_matter():
    """Two processes with other string hashes, hence other orders of sets, decide the same bytes."""
    program = (
        "import hashlib, sys; sys.path[:0] = sys.argv[1:];"
        "import test_decide_canonical as t;"
        "from rules.decide import Decider, canonical; from rules.engine import DurableEvaluator;"
        "b, f = t.rich(); d = Decider(b, DurableEvaluator);"
        "print(hashlib.sha256(canonical(d.decide(f, hits=t.HITS))).hexdigest())"
    )
    paths = [str(REPOSITORY), str(REPOSITORY / "tests/support"), str(Path(__file__).parent)]
    digests = {
        subprocess.run(
            [sys.executable, "-c", program, *paths],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
            timeout=60,
        ).stdout.strip()
        for seed in ("0", "1", "4242")
    }

    assert digests == {hashlib.sha256(canonical(decide(*rich(), hits=HITS))).hexdigest()}


def test_the_clock_and_every_due_time_are_utc():
    known = facts(taken_at=datetime(2026, 3, 10, 21, 0, tzinfo=timezone(timedelta(hours=-3))))

    decision = decide(book(recommends("r.a", "a.a", ALWAYS), action("a.a")), known)

    assert decision.taken_at == datetime(2026, 3, 11, 0, 0, tzinfo=UTC)
    assert decision.recommendations[0].due_at.utcoffset() == timedelta(0)
