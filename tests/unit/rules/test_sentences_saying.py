"""Conditions as they are read aloud, written down by hand in both languages."""

import pytest
from laws import every

from rules.conditions import All, AnyOf, Exists, Not, Op, Test
from rules.loader.conditions import parse_condition
from rules.sentences import as_data, say
from rules.sentences.frames import Asks, frames
from rules.sentences.wording import ITEM_WORDING, WORDING
from rules.text import LOCALES
from rules.vocabulary import COLLECTIONS, FIELDS, Type

OUTAGE = Test("signals", Op.HAS, "outage")
SEVERE = Test("severity", Op.IS, "severe")
VIP = Test("ticket.is_vip", Op.IS, True)
LEAF = {
    # numbers
    "customer.mrr equals 5000.0": ("the monthly revenue is exactly 5,000", "a receita mensal é de exatamente 5.000"),
    "customer.mrr above 1234.5": ("the monthly revenue is more than 1,234.5", "a receita mensal é maior que 1.234,5"),
    "customer.usage_change_pct at_most -30.0": (
        "the change in usage is at most -30%",
        "a variação de uso é de no máximo -30%",
    ),
    "customer.seat_utilisation at_least 0.07": (
        "the seat utilisation is at least 7%",
        "o uso dos usuários contratados é de pelo menos 7%",
    ),
    "customer.days_to_renewal between (0, 90)": (
        "the renewal is between 0 and 90 days away",
        "faltam entre 0 e 90 dias para a renovação",
    ),
    "customer.days_to_renewal below 1": (
        "the renewal is less than 1 day away",
        "falta menos de 1 dia para a renovação",
    ),
    "ticket.reopen_count at_least 1": (
        "the ticket was reopened at least 1 time",
        "o chamado foi reaberto pelo menos 1 vez",
    ),
    "ticket.age_hours above 1.5": ("the ticket is more than 1.5 hours old", "o chamado tem mais de 1,5 hora"),
    # closed values
    "severity is 'severe'": ("the severity is severe", "a gravidade é crítica"),
    "severity in ('high', 'severe')": ("the severity is high or severe", "a gravidade é alta ou crítica"),
    "severity in ('high',)": ("the severity is any of these: high", "a gravidade é algo disto: alta"),
    "severity not_in ('high', 'low')": ("the severity is neither high nor low", "a gravidade não é nem alta nem baixa"),
    "ticket.status not_in ('new', 'open', 'on_hold')": (
        "the ticket's status is none of these: new, open and on hold",
        "a situação do chamado não é nada disto: nova, aberta e em espera",
    ),
    "customer.nps_class in ('detractor', 'passive')": (
        "the customer is an NPS detractor or passive",
        "o cliente é detrator ou neutro no NPS",
    ),
    "decision.primary is 'success'": (
        "the work belongs to customer success",
        "o trabalho é de sucesso do cliente",
    ),
    # texts
    "ticket.product is 'crm'": ("the ticket's product is “crm”", "o produto do chamado é “crm”"),
    "customer.plan same_as 'ticket.plan_mentioned'": (
        "the customer's plan is the same as the plan mentioned in the ticket",
        "o plano do cliente é igual ao plano citado no chamado",
    ),
    "customer.plan same_as 'customer.currency'": (
        "the customer's plan is the same as the customer's currency",
        "o plano do cliente é igual à moeda do cliente",
    ),
    # flags
    "customer.opted_out is True": ("the customer opted out of offers", "o cliente recusou ofertas"),
    "customer.opted_out is False": ("the customer did not opt out of offers", "o cliente não recusou ofertas"),
    "customer.open_dispute is False": ("no charge is in dispute", "não há contestação em aberto"),
    "customer.is_prospect is True": ("the customer has not bought yet", "o cliente ainda não comprou"),
    # sets
    "signals has 'outage'": ("the text says `outage`", "o texto diz `outage`"),
    "signals has_any ('a', 'b', 'c')": ("the text says `a`, `b` or `c`", "o texto diz `a`, `b` ou `c`"),
    "signals has_all ('a', 'b')": ("the text says `a` and `b`", "o texto diz `a` e `b`"),
    "signals has_none ('a',)": ("the text does not say `a`", "o texto não diz `a`"),
    "signals has_none ('a', 'b')": ("the text says neither `a` nor `b`", "o texto não diz nem `a` nem `b`"),
    "signals has_none ('a', 'b', 'c')": (
        "the text says none of these: `a`, `b` and `c`",
        "o texto não diz nada disto: `a`, `b` e `c`",
    ),
    "ticket.tags has_all ('a',)": (
        "the ticket is tagged all of these: “a”",
        "o chamado está marcado com tudo isto: “a”",
    ),
    # known
    "customer.nps known True": ("we know the NPS answer", "sabemos a nota NPS"),
    "customer.opted_out known False": (
        "we do not know whether the customer opted out of offers",
        "não sabemos se o cliente recusou ofertas",
    ),
}
TREE = [
    (
        All((SEVERE, VIP)),
        ["the severity is severe, and the ticket is marked as VIP"],
        ["a gravidade é crítica, e o chamado está marcado como VIP"],
    ),
    (
        AnyOf((OUTAGE, All((SEVERE, VIP)))),
        ["the text says `outage`, or both the severity is severe and the ticket is marked as VIP"],
        ["o texto diz `outage`, ou então tanto a gravidade é crítica quanto o chamado está marcado como VIP"],
    ),
    (
        All((OUTAGE, AnyOf((SEVERE, VIP)))),
        ["the text says `outage`, and either the severity is severe, or the ticket is marked as VIP"],
        ["o texto diz `outage`, e além disso ou a gravidade é crítica, ou o chamado está marcado como VIP"],
    ),
    (
        All((AnyOf((SEVERE, VIP)), OUTAGE)),
        [
            "all of these are true:",
            "- the severity is severe, or the ticket is marked as VIP",
            "- the text says `outage`",
        ],
        [
            "todas estas condições valem:",
            "- a gravidade é crítica, ou o chamado está marcado como VIP",
            "- o texto diz `outage`",
        ],
    ),
    (
        Not(AnyOf((Not(All((SEVERE,))), VIP))),
        [
            "none of these is true:",
            "- not all of these are true:",
            "  - the severity is severe",
            "- the ticket is marked as VIP",
        ],
        [
            "nenhuma destas condições vale:",
            "- nem todas estas condições valem:",
            "  - a gravidade é crítica",
            "- o chamado está marcado como VIP",
        ],
    ),
    (
        Not(SEVERE),
        ["the severity is not severe"],
        ["a gravidade não é crítica"],
    ),
    (
        Not(VIP),
        ["it is not true that the ticket is marked as VIP"],
        ["não é verdade que o chamado está marcado como VIP"],
    ),
    (
        Not(Test("customer.days_to_renewal", Op.BETWEEN, (0, 90))),
        ["the renewal is not between 0 and 90 days away"],
        ["não faltam entre 0 e 90 dias para a renovação"],
    ),
    (
        Not(Test("customer.cancellation", Op.IN, ("requested", "confirmed"))),
        ["the cancellation is not requested or confirmed"],
        ["o cancelamento não está solicitado ou confirmado"],
    ),
    (
        Exists(
            "subscriptions",
            All((Test("product", Op.SAME_AS, "ticket.product"), Test("status", Op.IS, "active"))),
        ),
        ["the customer has a subscription whose product is the same as the ticket's product and that is active"],
        ["o cliente tem uma assinatura cujo produto é igual ao produto do chamado e que está ativa"],
    ),
    (
        Not(Exists("promises", Test("kept", Op.IS, False))),
        ["the customer has no promise of ours that was not kept"],
        ["o cliente não tem nenhuma promessa nossa que não foi cumprida"],
    ),
    (
        Exists("invoices", AnyOf((Test("amount", Op.ABOVE, 1e6), All((Test("product", Op.KNOWN, False),))))),
        [
            "the customer has an invoice that meets at least one of these conditions:",
            "- whose amount is more than 1,000,000",
            "- that meets all of these conditions:",
            "  - of which we do not know the product",
        ],
        [
            "o cliente tem uma fatura que atende a pelo menos uma destas condições:",
            "- cujo valor é maior que 1.000.000",
            "- que atende a todas estas condições:",
            "  - de que não sabemos o produto",
        ],
    ),
]


def leaf(written):
    field, op, value = written.split(" ", 2)
    return Test(field, Op(op), eval(value, {"__builtins__": {}}))  # noqa: S307 - literals of this file


@every("written", LEAF)
def test_say_reads_a_leaf_aloud(written):
    english, portuguese = LEAF[written]

    assert say(leaf(written), "en") == english
    assert say(leaf(written), "pt-BR") == portuguese


@pytest.mark.parametrize(("condition", "english", "portuguese"), TREE)
def test_say_reads_a_tree_aloud(condition, english, portuguese):
    assert say(condition, "en").split("\n") == english
    assert say(condition, "pt-BR").split("\n") == portuguese


def test_say_makes_a_list_of_what_would_be_a_long_sentence():
    tags = Test("ticket.tags", Op.HAS_ANY, tuple(f"a rather long tag number {number}" for number in range(5)))

    assert say(tags, "en").count("\n") == 0
    assert say(All((tags, tags)), "en").splitlines()[0] == "all of these are true:"


@pytest.mark.parametrize("locale", LOCALES)
def test_say_tells_every_text_apart_in_one_line(locale):
    texts = ["a", "A", " a", "a\n", "a\\n", "“a”", '"a"', "a\\", "a\u00a0", "a\u2028", "\ud800", "", "\\u{41}"]
    said = {say(Test("ticket.product", Op.IS, text), locale) for text in texts}

    assert len(said) == len(texts)
    assert all(len(sentence.splitlines()) == 1 for sentence in said)


def test_wording_is_complete_and_names_nothing_else():
    assert set(WORDING) == set(FIELDS)
    assert {name: set(found.fields) for name, found in ITEM_WORDING.items()} == {
        name: set(collection.fields) for name, collection in COLLECTIONS.items()
    }


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("collection", [None, *COLLECTIONS])
def test_no_two_questions_are_asked_with_the_same_words(collection, locale):
    seen = {}
    for (field, asks, denies), forms in frames(locale, collection).by_question.items():
        for frame in forms:
            text = frame.filled(frame.slot.value if frame.slot else "").casefold()

            assert seen.setdefault(text, (field, asks, denies)) == (field, asks, denies), text


@pytest.mark.parametrize("locale", LOCALES)
def test_every_clause_affirms_and_denies_in_different_words(locale):
    for collection in (None, *COLLECTIONS):
        found = frames(locale, collection).by_question
        for (field, asks, denies), forms in found.items():
            others = {frame.filled() for frame in found[field, asks, not denies]}

            assert not others & {frame.filled() for frame in forms}, (collection, field, asks)


def test_nouns_of_what_can_be_compared_take_an_article_that_portuguese_contracts():
    for name, field in FIELDS.items():
        if field.type in {Type.TEXT, Type.ENUM}:
            assert WORDING[name].noun.pt_br.split(" ")[0] in {"o", "a"}, name


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_nouns_of_items_take_an_article_that_whose_replaces(collection):
    for name, wording in ITEM_WORDING[collection].fields.items():
        if COLLECTIONS[collection].fields[name].type is not Type.FLAG:
            assert wording.noun.pt_br.split(" ")[0] in {"o", "a"}, name
            assert wording.noun.en.startswith("the "), name


def test_as_data_is_what_a_rule_file_holds():
    condition = All(
        (Not(SEVERE), Not(Exists("promises", All((Test("kept", Op.IS, True), Not(Test("kept", Op.KNOWN, True)))))))
    )

    assert as_data(condition) == {
        "all": [
            {"not": {"severity": {"is": "severe"}}},
            {"none": {"in": "promises", "where": {"kept": {"is": True}, "not": {"kept": {"known": True}}}}},
        ]
    }
    assert parse_condition(as_data(condition)) == condition


def test_every_way_to_ask_is_used():
    asked = {asks for _, asks, _ in frames("en").by_question}

    assert asked == set(Asks)
