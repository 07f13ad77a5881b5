"""A whole rule read aloud, with everything that its file says of it."""

import pytest

from rules.conditions import Op, Test
from rules.rulebook import (
    Action,
    Classify,
    Deprecation,
    Derive,
    Function,
    Kind,
    Origin,
    Recommend,
    Rule,
    Rulebook,
    RuleKind,
    Status,
    Suppress,
    Worth,
)
from rules.sentences import parse, say_rule
from rules.sentences.rule_words import KIND_MEANINGS, KIND_NAMES, STATUS_MEANINGS, STATUS_NAMES
from rules.text import LOCALES, Text


def action(name, title):
    return Action(
        name, Kind.RENEW, Function.SUCCESS, Text(title, title), (), None, (), 1.0, Worth(None, 1.0, 1.0), Text("", ""),
        0, None, (), Origin("a.yml", 1),
    )  # fmt: skip


BOOK = Rulebook({}, {}, {"shop.call": action("shop.call", "Call them")}, {}, None, "")
VIP = Test("ticket.is_vip", Op.IS, True)


def rule(kind, then, *, status=Status.STABLE, on_unknown=False, overlay=None, deprecation=None):
    return Rule(
        "shop.rule", 3, kind, status, Text("O título", "The title"), Text("Porque sim.", "Because."), "the-owner",
        (), (), VIP, then, on_unknown, (), Origin("shop/rule.yml", 2, overlay), deprecation,
    )  # fmt: skip


def test_say_rule_reads_every_part_of_a_recommendation():
    found = rule(RuleKind.RECOMMENDATION, Recommend("shop.call", 1.25), overlay="mine/rule.yml")

    assert say_rule(found, BOOK, "en").splitlines() == [
        "The title",
        "shop.rule, version 3: recommendation, stable",
        "",
        "When the ticket is marked as VIP,",
        "then recommend “Call them” (shop.call), with its rank multiplied by 1.25.",
        "",
        "Why: Because.",
        "Owner: the-owner. Written in shop/rule.yml:2, changed by mine/rule.yml.",
    ]
    assert say_rule(found, BOOK, "pt-BR").splitlines() == [
        "O título",
        "shop.rule, versão 3: recomendação, estável",
        "",
        "Quando o chamado está marcado como VIP,",
        "então recomende “Call them” (shop.call), com o peso multiplicado por 1,25.",
        "",
        "Por quê: Porque sim.",
        "Responde por ela: the-owner. Escrita em shop/rule.yml:2, alterada por mine/rule.yml.",
    ]


@pytest.mark.parametrize(
    ("kind", "then", "english", "portuguese"),
    [
        (
            RuleKind.CLASSIFICATION,
            Classify({Function.SUCCESS: 5, Function.ACCOUNT_MANAGEMENT: -1}, (Function.SUPPORT,)),
            "then customer success gets 5 votes, account management loses 1 vote and support works along.",
            (
                "então o sucesso do cliente recebe 5 votos, a gestão de contas perde 1 voto "
                "e o atendimento trabalha junto."
            ),
        ),
        (
            RuleKind.CLASSIFICATION,
            Classify({}, (Function.SUPPORT, Function.SUCCESS)),
            "then support and customer success work along.",
            "então o atendimento e o sucesso do cliente trabalham junto.",
        ),
        (
            RuleKind.DERIVATION,
            Derive({"severity": "severe", "touchpoint": "billing"}),
            "then the severity is severe and the touchpoint is “billing”.",
            "então a gravidade é crítica e o ponto de contato é “billing”.",
        ),
        (
            RuleKind.RECOMMENDATION,
            Recommend("other.action", 1.0),
            "then recommend “other.action” (other.action).",
            "então recomende “other.action” (other.action).",
        ),
    ],
)
def test_say_rule_says_what_follows(kind, then, english, portuguese):
    assert english in say_rule(rule(kind, then), BOOK, "en").splitlines()
    assert portuguese in say_rule(rule(kind, then), BOOK, "pt-BR").splitlines()


def test_say_rule_says_what_a_guardrail_holds_back_and_what_it_does_when_nobody_knows():
    then = Suppress((Kind.UPSELL, Kind.RENEW), ("shop.call",), Text("Agora não.", "Not now."))
    firm = say_rule(rule(RuleKind.GUARDRAIL, then, on_unknown=True), BOOK, "en")
    lax = say_rule(rule(RuleKind.GUARDRAIL, then), BOOK, "pt-BR")

    assert (
        "then hold back every recommendation of these kinds: upgrade sale and renewal; "
        "and also this action: “Call them”."
    ) in firm.splitlines()
    assert "The agent is told: “Not now.”" in firm.splitlines()
    assert "While it is not known whether this is so, it holds back all the same." in firm.splitlines()
    assert "Enquanto não se souber se é assim, ela não retém nada." in lax.splitlines()


def test_say_rule_says_what_a_status_means_where_the_rule_is_not_simply_in_force():
    derive = Derive({"severity": "high"})
    retired = Deprecation("2026-11-21", Text("Velha.", "Old."), ("shop.new", "shop.newer"))
    shadow = say_rule(rule(RuleKind.DERIVATION, derive, status=Status.EXPERIMENTAL), BOOK, "en")
    old = say_rule(rule(RuleKind.DERIVATION, derive, status=Status.DEPRECATED, deprecation=retired), BOOK, "en")

    assert shadow.splitlines()[1:3] == [
        "shop.rule, version 3: derivation, experimental",
        "Evaluated and recorded, never shown.",
    ]
    assert old.splitlines()[1:4] == [
        "shop.rule, version 3: derivation, deprecated",
        "Deprecated since 2026-11-21: Old.",
        "In its place: shop.new and shop.newer.",
    ]


@pytest.mark.parametrize("locale", LOCALES)
def test_every_shipped_rule_is_read_aloud_with_the_condition_that_it_has(shipped, locale):
    book = shipped
    opening = {"en": "When ", "pt-BR": "Quando "}[locale]
    closing = {"en": "\nthen ", "pt-BR": "\nentão "}[locale]
    for found in book.rules.values():
        said = say_rule(found, book, locale)
        condition = said.split(opening, 1)[1].split(closing)[0].removesuffix(",")

        assert parse(condition, locale, book.signals) == found.when
        assert found.title.read(locale) in said


def test_every_kind_and_status_has_its_words():
    for words in (KIND_NAMES, KIND_MEANINGS):
        assert set(words) == set(RuleKind)
    for words in (STATUS_NAMES, STATUS_MEANINGS):
        assert set(words) == set(Status)
