"""Decisions of the past: what they were taken from, and that taking them again gives the same bytes."""

import json
from dataclasses import replace

import pytest
from backtest_cases import cases, rulebook
from decide_books import facts
from decide_cases import acceptances, fact_sets, rulebooks, steady
from hypothesis import given, settings
from plugin_cases import signal

from rules.backtest import Case, Conversation, case_of, compare
from rules.backtest.case import read_again
from rules.backtest.comparator import decided
from rules.decide import Decider, canonical, from_canonical
from rules.engine import ReferenceEvaluator
from rules.model import SignalHit
from rules.signals import SignalReader, SpokenText

HOW_TO = signal("how_to_question", "como faço", "how do i")
CANCEL = signal("cancel", "quero cancelar", "want to cancel")


@pytest.mark.slow
@settings(steady, max_examples=40)
@given(rulebooks(), fact_sets(), acceptances)
def test_a_stored_decision_is_taken_again_to_the_byte(rulebook, known, acceptance):
    hits = (SignalHit("outage", "fora do ar", "pt-BR", "m1", 0, 10),)
    with Decider(rulebook, ReferenceEvaluator) as decider:
        stored = canonical(decider.decide(known, hits, "en", text_truncated=True, acceptance=acceptance))
        again = decided(decider, case_of("7", from_canonical(stored)))

    assert canonical(again) == stored


def test_a_case_knows_the_acceptance_of_what_was_not_shown():
    counts = {"a.never_shown": (2, 9), "a.listen": (1, 4)}
    with Decider(rulebook()) as decider:
        decision = decider.decide(facts("cancel"), acceptance=counts)
    case = case_of("7", from_canonical(canonical(decision)))

    assert case.acceptance == counts
    assert case.is_whole


def test_an_old_decision_gives_the_acceptance_of_what_it_showed_and_is_counted_as_a_guess():
    with Decider(rulebook()) as decider:
        document = json.loads(canonical(decider.decide(facts("cancel"), acceptance={"a.listen": (1, 4)})))
    del document["trace"]["acceptance"]
    case = case_of("7", from_canonical(json.dumps(document)))

    assert case.acceptance == {"a.listen": (1, 4)}
    assert not case.is_whole
    assert compare(rulebook(), rulebook(), [case]).part.guessed == 1


def test_an_old_decision_ranked_without_counts_is_whole():
    with Decider(rulebook()) as decider:
        case = case_of("7", decider.decide(facts("cancel")))

    assert case.acceptance == {}
    assert case.is_whole


def test_facts_that_the_vocabulary_has_no_more_are_left_out():
    with Decider(rulebook()) as decider:
        document = json.loads(canonical(decider.decide(facts("cancel", customer_seats=3))))
    document["facts"]["values"]["customer.shoe_size"] = 44
    document["facts"]["collections"]["shoes"] = [{"size": 44}]
    case = case_of("7", from_canonical(json.dumps(document)))

    assert case.facts.values == {"customer.seats": 3}
    assert set(case.facts.collections) == {"contacts"}


def test_texts_are_read_by_both_where_they_read_differently():
    before = replace(rulebook(), signals={"cancel": CANCEL})
    after = replace(rulebook("after"), signals={"cancel": signal("cancel", "tchau", "goodbye")})
    said = Conversation((SpokenText("m1", "Quero cancelar. Obrigado."),), "pt-BR")
    left = Conversation((SpokenText("m1", "Tchau, até nunca mais."),), "pt-BR")
    history = [Case("stays", facts("cancel"), conversation=said), Case("leaves", facts(), conversation=left)]
    found = compare(before, after, history)
    causes = {d.ticket: {(cause.because, cause.subject) for cause in d.causes} for d in found.differences}

    assert found.part.read_again == 2
    assert found.part.unread == 0
    assert ("signal_not_read", "cancel") in causes["stays"]
    assert ("signal_read", "cancel") in causes["leaves"]


def test_a_case_without_texts_keeps_the_signals_of_then_and_is_counted():
    before = replace(rulebook(), signals={"cancel": CANCEL})
    after = replace(rulebook("after"), signals={"cancel": signal("cancel", "tchau", "goodbye")})
    found = compare(before, after, cases())

    assert found.part.unread == len(cases())
    assert found.changed == 0


def test_signals_that_only_got_another_title_are_not_read_again():
    before = replace(rulebook(), signals={"cancel": CANCEL})
    after = replace(rulebook("after"), signals={"cancel": replace(CANCEL, title=HOW_TO.title)})
    found = compare(before, after, cases())

    assert found.part.unread == found.part.read_again == 0


@pytest.mark.parametrize(
    ("words", "signals", "age", "counted", "expected"),
    [
        ("How do I export?", (), 3.0, True, 3),
        ("Hello", ("how_to_question",), 3.0, True, 1),
        ("How do I export?", ("how_to_question",), 3.0, True, 2),
        ("How do I export?", (), 720.0, True, 2),  # opened 30 days ago: out of the window
        ("How do I export?", (), 719.99, True, 3),
        ("How do I export?", (), 3.0, False, 2),  # stated by a file: nobody worked it out
    ],
)
def test_reading_again_moves_the_counter_of_tickets_that_say_it(words, signals, age, counted, expected):
    known = facts(*signals, customer_how_to_30d=2, ticket_age_hours=age)
    said = Conversation((SpokenText("m1", words),), "en")
    again = read_again(Case("7", known, conversation=said, is_counted=counted), SignalReader([HOW_TO]))

    assert again.facts.values["customer.how_to_30d"] == expected
    assert again.facts.taken_at == known.taken_at


def test_reading_again_needs_the_texts():
    with pytest.raises(ValueError, match="texts of ticket 7"):
        read_again(Case("7", facts()), SignalReader([HOW_TO]))
