"""Conditions in words."""

from __future__ import annotations

import panel_cases as cases
import pytest
from laws import every

from plugin.i18n import words
from plugin.sidebar.names import Names
from plugin.sidebar.phrases import Phrases
from rules.conditions import Op
from rules.vocabulary import COLLECTIONS, FIELDS, OPS, Type


def told(leaf, locale="en", currency=None, *, made_true=None):
    made = leaf.truth is True if made_true is None else made_true
    line = Phrases(words(locale), Names(None, locale), currency).line(leaf, made_true=made)
    text = f"{line.label}: {line.seen}" + (f" ({line.asked})" if line.asked else "")
    return text.replace("\N{NO-BREAK SPACE}", " "), line.outcome


@pytest.mark.parametrize(
    ("leaf", "pt_br", "en"),
    [
        (
            cases.leaf("customer.days_to_renewal", "between", (0, 90), 41),
            "Dias até a renovação: 41 (a regra pede de 0 a 90)",
            "Days to renewal: 41 (the rule asks for 0 to 90)",
        ),
        (
            cases.leaf("customer.mrr", "at_least", 5000, 5200.0),
            "Receita mensal: R$ 5.200 (a regra pede ao menos R$ 5.000)",
            "Monthly revenue: R$5,200 (the rule asks for at least R$5,000)",
        ),
        (
            cases.leaf("customer.tier", "in", ("key", "enterprise"), "standard", truth=False),
            "Porte: padrão (a regra pede conta-chave ou enterprise)",
            "Tier: standard (the rule asks for key account or enterprise)",
        ),
        (
            cases.leaf("customer.opted_out", "is", expected=True, actual=None, truth=None),
            "Recusou ofertas: não se sabe (a regra pede sim)",
            "Opted out of offers: not known (the rule asks for yes)",
        ),
        (
            cases.leaf("customer.opted_out", "is", expected=False, actual=False),
            "Recusou ofertas: não",
            "Opted out of offers: no",
        ),
        (
            cases.leaf("signals", "has_any", ("cancel_intent", "outage"), ("cancel_intent",)),
            "O texto diz: Cancel intent",
            "The text says: Cancel intent",
        ),
        (
            cases.leaf("signals", "has_any", ("cancel_intent", "outage"), (), truth=False),
            "O texto não diz: Cancel intent ou Outage",
            "The text does not say: Cancel intent or Outage",
        ),
        (
            cases.leaf("customer.plan", "known", expected=True, actual="Pro"),
            "Plano: informado (precisa ser conhecido)",
            "Plan: known (must be known)",
        ),
        (
            cases.leaf("decision.primary", "is", "support", "success", truth=False),
            "De quem é: Sucesso (a regra pede Atendimento)",
            "Whose work: Success (the rule asks for Support)",
        ),
        (
            cases.leaf("customer.seat_utilisation", "above", 0.9, 0.96),
            "Uso dos usuários contratados: 96% (a regra pede mais de 90%)",
            "Seat utilisation: 96% (the rule asks for more than 90%)",
        ),
        (
            cases.leaf("customer.usage_change_pct", "at_most", -30, -46.0),
            "Variação de uso: -46% (a regra pede no máximo -30%)",
            "Usage change: -46% (the rule asks for at most -30%)",
        ),
        (
            cases.leaf("open_tickets", "exists", None, None, truth=False),
            "Outros chamados abertos: nenhum atende",
            "Other open tickets: none meets it",
        ),
    ],
)
def test_condition_reads_as_a_sentence_in_both_languages(leaf, pt_br, en):
    assert told(leaf, "pt-BR", "BRL")[0] == pt_br
    assert told(leaf, "en", "BRL")[0] == en


@pytest.mark.parametrize(("truth", "outcome"), [(True, "met"), (False, "failed"), (None, "open")])
def test_condition_says_how_it_came_out(truth, outcome):
    assert told(cases.leaf("customer.nps", "above", 6, 3, truth=truth))[1] == outcome


def _values(field):
    return {
        Type.INTEGER: 3,
        Type.NUMBER: 2.5,
        Type.ENUM: field.values[0] if field.values else "x",
        Type.TEXT: "Pro",
        Type.FLAG: True,
        Type.SET: "a_tag",
    }[field.type]


@pytest.mark.parametrize("locale", ["pt-BR", "en"])
@pytest.mark.parametrize("truth", [True, False, None])
@every("name", sorted(FIELDS))
def test_every_field_and_operator_can_be_told(name, truth, locale):
    field = FIELDS[name]
    value = _values(field)
    for op in OPS[field.type]:
        several = op in {Op.BETWEEN, Op.IN, Op.NOT_IN, Op.HAS_ANY, Op.HAS_ALL, Op.HAS_NONE, Op.HAS}
        expected = (
            (value, value) if several else "customer.plan" if op is Op.SAME_AS else True if op is Op.KNOWN else value
        )
        actual = None if truth is None else (value,) if field.type is Type.SET else value

        said, _ = told(cases.leaf(name, op, expected, actual, truth=truth), locale)

        assert ": " in said
        assert "{" not in said


@pytest.mark.parametrize("name", sorted(COLLECTIONS))
def test_every_collection_can_be_told(name):
    assert told(cases.leaf(name, "exists", None, 2))[0].endswith("2 meet it")


def test_same_condition_is_told_once():
    leaf = cases.leaf("customer.nps", "above", 6, 9)

    assert len(Phrases(words("en"), Names(None, "en")).lines([leaf, leaf], made_true=True)) == 1


@pytest.mark.parametrize(
    ("leaf", "said"),
    [
        (
            cases.leaf("customer.opted_out", "is", expected=True, actual=False, truth=False),
            "Opted out of offers: no (the rule asks for no)",
        ),
        (cases.leaf("customer.nps", "at_least", 7, 3, truth=False), "NPS answer: 3 (the rule asks for less than 7)"),
        (
            cases.leaf("customer.nps", "between", (7, 8), 3, truth=False),
            "NPS answer: 3 (the rule asks for outside 7 to 8)",
        ),
        (cases.leaf("customer.plan", "is", "Pro", "Basic", truth=False), "Plan: Basic (the rule excludes Pro)"),
        (
            cases.leaf("customer.plan", "same_as", "ticket.plan_mentioned", "Basic", truth=False),
            "Plan: Basic (the rule asks for other than Plan mentioned)",
        ),
        (
            cases.leaf("customer.plan", "known", expected=True, actual=None, truth=False),
            "Plan: not known (must be unknown)",
        ),
        (cases.leaf("signals", "has", ("outage",), (), truth=False), "The text does not say: Outage"),
    ],
)
def test_condition_under_a_not_is_told_as_what_the_rule_really_asks(leaf, said):
    assert told(leaf, made_true=True) == (said, "met")


def test_guardrail_that_suppresses_because_nobody_knows_says_so():
    leaf = cases.leaf("customer.opted_out", "is", expected=True, actual=None, truth=None)

    assert told(leaf, made_true=True)[1] == "open"
