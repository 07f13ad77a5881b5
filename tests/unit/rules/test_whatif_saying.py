"""Answers in words, in both languages."""

import pytest
from decide_books import NOW, action, book, recommends, said, suppresses

from rules.conditions import All, Exists, Not, Op, Test
from rules.decide import Decider
from rules.facts import facts_from_given
from rules.rulebook import Kind
from rules.text import LOCALES, Text
from rules.vocabulary import COLLECTIONS, FIELDS, Changeable
from rules.whatif import Answer, Changed, Verdict, WhatIf, say
from rules.whatif.edits import SOURCES, Spot
from rules.whatif.saying import value_in_words
from rules.whatif.words import NOUNS, SENTENCES

OFFER = action("test.offer", Kind.UPSELL, title=Text("Oferecer o plano", "Offer the plan"))


def told(when, given, *more, **how):
    rulebook = book(OFFER, recommends("r", OFFER.id, when), *more)
    with Decider(rulebook) as decider:
        answer = WhatIf(decider).about(decider.decide(facts_from_given(given, NOW))).change(OFFER.id, **how)
    return [say(answer, OFFER, locale) for locale in LOCALES]


def test_every_field_that_can_change_has_a_noun():
    wide = {field.name for field in FIELDS.values() if field.changeable is not Changeable.NO}
    items = {
        f"{collection.name}.{field.name}"
        for collection in COLLECTIONS.values()
        for field in collection.fields.values()
        if field.changeable is not Changeable.NO
    }
    follows = {name for name, sources in SOURCES.items() if not wide.isdisjoint(sources)}

    assert set(NOUNS) == wide | items | follows
    for name, noun in NOUNS.items():
        assert noun.pt_br.split()[0] in {"o", "a", "os", "as"}, name
        assert noun.en.startswith("the "), name
        assert ("{n}" in noun.pt_br) is ("{n}" in noun.en) is (name in items), name


def test_sentences_have_the_same_slots_in_both_languages():
    for key, text in SENTENCES.items():
        slots = [sorted(part.split("}")[0] for part in words.split("{")[1:]) for words in (text.pt_br, text.en)]

        assert slots[0] == slots[1], key


def test_change_is_said_with_the_value_before_and_after():
    given = {"customer": {"open_dispute": True, "lifecycle": "active"}}

    assert told(Test("customer.open_dispute", Op.IS, value=False), given) == [
        "Se a contestação em aberto fosse “não” (hoje: “sim”), “Oferecer o plano” seria mostrada.",
        "If the open dispute were “no” (now: “yes”), “Offer the plan” would be shown.",
    ]


def test_several_changes_are_joined_and_what_follows_is_said():
    when = All((Test("customer.overdue_invoices", Op.BELOW, 1), Test("customer.is_prospect", Op.IS, value=False)))
    more = Test("customer.lifecycle", Op.IS, "active")
    given = {"customer": {"overdue_invoices": 2}}

    pt_br, en = told(All((when, more)), given)
    changes, follows = en.split(". ")

    assert pt_br == (
        "Se a fase do cliente fosse “ativa” (hoje: não informado) e as faturas vencidas fossem “0” (hoje: “2”), "
        "“Oferecer o plano” seria mostrada. "
        "Com isso, a indicação de que ainda não comprou passaria de não informado a “não”."
    )
    assert changes == (
        "If the customer's lifecycle stage were “active” (now: unknown) and the overdue invoices were “0” (now: “2”), "
        "“Offer the plan” would be shown"
    )
    assert follows == "With that, the mark that nothing was bought yet would go from unknown to “no”."


def test_item_is_said_by_its_number_and_going_by_its_own_verb():
    given = {"invoices": [{"status": "paid"}, {"status": "disputed"}]}
    disputed = Exists("invoices", Test("status", Op.IS, "disputed"))

    assert told(disputed, given) == [
        "Se a situação da fatura 2 fosse “vencida” (hoje: “contestada”), “Oferecer o plano” deixaria de ser mostrada.",
        "If the status of invoice 2 were “overdue” (now: “disputed”), “Offer the plan” would no longer be shown.",
    ]


def test_nothing_names_what_is_in_the_way_or_what_keeps_it():
    assert told(said("praise"), {"customer": {"nps": 3}}) == [
        "Nada do que se pode mudar faria mostrar “Oferecer o plano”. No caminho: o texto não diz `praise`.",
        "Nothing that can be changed would show “Offer the plan”. In the way: the text does not say `praise`.",
    ]
    pt_br, en = told(said("praise"), {"signals": ["praise"]})
    assert (
        pt_br == "Nada do que se pode mudar tiraria “Oferecer o plano” da tela. O que a mantém: o texto diz `praise`."
    )
    assert en.startswith("Nothing that can be changed would take “Offer the plan” off the screen. What keeps it: ")


def test_limits_are_said_to_decide_when_no_fact_does():
    resting = {"contacts": [{"action": OFFER.id, "kind": "upsell", "days_ago": 3}] * 3}

    assert told(Not(said("praise")), resting)[1].endswith("Contact limits, a conflict or the order decide.")


def test_bounds_of_the_search_are_said():
    flags = ("open_dispute", "opted_out", "regulated_sector")
    all_three = All(tuple(Test(f"customer.{flag}", Op.IS, value=True) for flag in flags))

    assert told(all_three, {}, fields=2) == [
        "Nenhuma mudança de até 2 fatos faria mostrar “Oferecer o plano”.",
        "No change of up to 2 facts would show “Offer the plan”.",
    ]
    gave_up = Answer(OFFER.id, False, Verdict.GAVE_UP, fields=4, tries=30)
    assert "após 30 tentativas" in say(gave_up, OFFER, "pt-BR")
    assert "stopped after 30 tries" in say(gave_up, OFFER, "en")


@pytest.mark.parametrize(
    ("field", "value", "pt_br", "en"),
    [
        ("customer.seat_utilisation", 0.955, "95,5%", "95.5%"),
        ("customer.onboarding_pct", 80.0, "80%", "80%"),
        ("customer.mrr", 1234.5, "1.234,5", "1,234.5"),
        ("ticket.tags", frozenset({"b", "a"}), "a, b", "a, b"),
        ("ticket.tags", frozenset(), "nenhuma", "none"),
        ("customer.plan", "Gold", "Gold", "Gold"),
        ("customer.cancellation", "requested", "solicitado", "requested"),
        ("customer.opted_out", True, "sim", "yes"),
        ("customer.plan", None, "não informado", "unknown"),
    ],
)
def test_values_are_called_as_people_call_them(field, value, pt_br, en):
    changed = Changed(Spot(field), None, value)

    assert value_in_words(changed, value, "pt-BR") == pt_br
    assert value_in_words(changed, value, "en") == en


def test_any_other_text_is_called_so():
    given = {"customer": {"plan": "pro"}}

    assert told(Not(Test("customer.plan", Op.IS, "pro")), given) == [
        "Se o plano do cliente fosse “qualquer outro” (hoje: “pro”), “Oferecer o plano” seria mostrada.",
        "If the customer's plan were “any other” (now: “pro”), “Offer the plan” would be shown.",
    ]


def test_guardrail_in_the_way_is_said_too():
    held = suppresses("g", Test("customer.nps_class", Op.IS, "detractor"), kinds=[Kind.UPSELL])

    assert told(Not(said("x")), {"customer": {"nps": 3}}, held)[1] == (
        "Nothing that can be changed would show “Offer the plan”. In the way: the customer is an NPS detractor."
    )
