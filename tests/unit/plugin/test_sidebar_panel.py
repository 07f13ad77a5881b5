"""What the panel says about a decision."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from unicodedata import normalize

import panel_cases as cases
import pytest

from plugin.i18n import words
from plugin.i18n.moments import zone_named
from plugin.sidebar.names import Names
from plugin.sidebar.panel import Occasion, PanelBuilder
from rules.model import Fired, Function, Kind, NotShown, RuleKind, Stage, Text


def build(stored, locale="en", **more):
    occasion = Occasion(cases.NOW, zone_named(None, locale), "4711", "Bruna", **{"requester": "Ana Lima"} | more)
    return PanelBuilder(words(locale), Names(None, locale)).build(stored, occasion)


def test_panel_names_whose_work_with_whom_and_how_sure():
    whose = build(cases.stored(cases.decision())).whose

    assert whose.primary.name == "Success"
    assert [part.name for part in whose.collaborators] == ["Account management"]
    assert (whose.share, whose.level, whose.asks) == ("86%", "high", False)


@pytest.mark.parametrize(("confidence", "level"), [(0.75, "high"), (0.749, "medium"), (0.5, "medium"), (0.49, "low")])
def test_panel_says_certainty_in_words(confidence, level):
    assert build(cases.stored(cases.decision(confidence=confidence))).whose.level == level


def test_panel_never_claims_to_be_wholly_certain():
    assert build(cases.stored(cases.decision(confidence=0.9999))).whose.share == "99%"


def test_panel_asks_when_the_decision_is_unsure_or_needs_triage():
    assert build(cases.stored(cases.unsure())).whose.asks
    assert build(cases.stored(cases.decision(confidence=0.4))).whose.asks
    assert build(cases.stored(cases.decision(needs_triage=True))).whose.asks


@pytest.mark.parametrize("confidence", [0.38, 0.65, 0.9])
def test_panel_claims_no_certainty_of_what_it_asks(confidence):
    whose = build(cases.stored(cases.decision(confidence=confidence, needs_triage=True))).whose

    assert (whose.level, whose.share) == ("low", None)


def test_panel_does_not_ask_again_once_an_agent_answered():
    stored = cases.stored(cases.unsure(), correction={"primary": "support", "by": "Bruna", "at": "x"})

    whose = build(stored).whose

    assert not whose.asks
    assert whose.corrected_by == "Bruna"
    assert whose.was is None


def test_correction_takes_the_place_of_the_decision_and_says_what_it_was():
    stored = cases.stored(cases.decision(), correction={"primary": "account_management", "by": "Bruna", "at": "x"})

    panel = build(stored)

    assert panel.whose.primary.slug == "account_management"
    assert panel.whose.was.name == "Success"
    assert panel.whose.collaborators == ()
    assert [part.slug for part in panel.cards[0].hand_over_to] == ["support", "success"]


def test_votes_come_highest_first_with_their_share_of_the_highest():
    votes = build(cases.stored(cases.decision())).whose.votes

    assert [(vote.part.slug, vote.score, vote.width) for vote in votes] == [
        ("success", 6, 100),
        ("account_management", 4, 67),
        ("support", 1, 17),
    ]


def test_strip_holds_only_facts_that_the_rules_looked_at():
    panel = build(cases.stored(cases.decision()), "pt-BR")

    assert panel.customer == "Ana Lima · Pro"
    assert panel.facts == ("renova em 41 dias", "3 falhas graves em 30 dias", "R$\N{NO-BREAK SPACE}5.200 por mês")


def test_strip_names_the_customer_beside_the_requester_once():
    assert build(cases.stored(cases.decision()), customer="Padaria Sol").customer == "Ana Lima · Padaria Sol · Pro"
    assert build(cases.stored(cases.decision()), customer="Ana Lima").customer == "Ana Lima · Pro"


def test_first_unsettled_card_is_unfolded_and_only_that():
    stored = cases.stored(cases.decision(), states=("dismissed", "accepted", "open"))

    assert [card.unfolded for card in build(stored).cards] == [False, True, False]


def test_no_card_is_unfolded_when_all_are_settled():
    stored = cases.stored(cases.decision(), states=("done", "dismissed", "handed_over"))

    assert not any(card.unfolded for card in build(stored).cards)


def test_steps_keep_their_ticks():
    card = build(cases.stored(cases.decision(), steps_done=(0, 2))).cards[0]

    assert [step.done for step in card.steps] == [True, False, True]


def test_reply_is_in_the_customers_language_whatever_the_agent_reads():
    card = build(cases.stored(cases.decision()), "en").cards[0]

    assert card.title == "Register the cancellation request"
    assert card.reply.startswith("Olá, Ana. Registrei seu pedido")
    assert card.reply.endswith("Bruna")
    assert card.reply_lang == "pt-BR"


@pytest.mark.parametrize(
    "requester", [None, "", " ", "ana.lima@example.com", "+55 11 91234-5678", "#4711", "LIMA, Ana"]
)
def test_reply_takes_its_fallbacks_when_nobody_knows_the_names(requester):
    card = build(cases.stored(cases.decision()), requester=requester).cards[0]

    assert card.reply.startswith("Olá, tudo bem. Registrei")


@pytest.mark.parametrize("first", ["José", "Jose\u0301", "Ana-Maria", "D\u2019Ávila", "Łukasz"])
def test_reply_greets_by_every_kind_of_name(first):
    card = build(cases.stored(cases.decision()), requester=f"{first} Lima").cards[0]

    assert card.reply.startswith(f"Olá, {normalize('NFC', first)}. Registrei")


def test_reply_is_not_signed_with_an_address():
    occasion = Occasion(cases.NOW, zone_named(None, "en"), "4711", "bruna@example.com", requester="Ana Lima")
    card = PanelBuilder(words("en"), Names(None, "en")).build(cases.stored(cases.decision()), occasion).cards[0]

    assert "@" not in card.reply


def test_due_time_that_passed_is_late():
    occasion = Occasion(cases.NOW + timedelta(hours=4), zone_named(None, "en"), "4711", "Bruna")
    panel = PanelBuilder(words("en"), Names(None, "en")).build(cases.stored(cases.decision()), occasion)

    assert [card.overdue for card in panel.cards] == [True, False, False]


def test_guardrails_say_what_they_held_back_and_why():
    assert build(cases.stored(cases.decision()), "en").held_back == ("Sale held back: cancellation requested",)
    assert build(cases.stored(cases.decision()), "pt-BR").held_back == ("Venda suspensa: cancelamento pedido",)


def test_one_guardrail_that_held_two_sales_back_is_said_once():
    once = cases.decision().not_shown[0]
    twice = (once, replace(once, action="accounts.more_seats", kind=Kind.EXPAND))

    assert len(build(cases.stored(cases.decision(not_shown=twice))).held_back) == 1


@pytest.mark.parametrize(
    ("reason", "said"), [("NPS detractor.", "NPS detractor"), ("Open complaint.", "open complaint"), ("A", "A")]
)
def test_guardrail_reason_reads_as_a_clause(reason, said):
    held = replace(cases.decision().not_shown[0], reason=Text(reason, reason))

    assert build(cases.stored(cases.decision(not_shown=(held,)))).held_back == (f"Sale held back: {said}",)


def test_others_tell_stage_reason_and_conditions_but_no_experiments():
    experiment = NotShown("success.new", Kind.ADOPT, (), Stage.SHADOW, "x", Text("x", "x"))
    shown = cases.decision(not_shown=(*cases.decision().not_shown, experiment))

    others = build(cases.stored(shown), "en").others

    assert [(other.title, other.stage) for other in others] == [
        ("Upgrade offer", "Held back by a guardrail"),
        ("Ask for review", "Below the first three"),
    ]
    assert others[0].lines[0].seen == "Cancel request"


def test_fallback_is_said_to_be_nothing_specific():
    assert build(cases.stored(cases.nothing_specific())).nothing_specific
    assert build(cases.stored(cases.empty())).nothing_specific
    assert not build(cases.stored(cases.decision())).nothing_specific


def test_rules_of_another_stratum_do_not_explain_whose_work_it_is():
    fired = (Fired("x.guard", 1, RuleKind.GUARDRAIL, ()), Fired("x.vote", 1, RuleKind.CLASSIFICATION, ()))
    decision = cases.decision(trace=replace(cases.decision().trace, fired=fired))

    assert [rule.title for rule in build(cases.stored(decision)).whose.rules] == ["Vote"]


@pytest.mark.parametrize("primary", list(Function))
@pytest.mark.parametrize("locale", ["pt-BR", "en"])
def test_every_function_has_its_name(primary, locale):
    assert build(cases.stored(cases.decision(primary=primary)), locale).whose.primary.name
