"""Ready replies: every slot filled, in the customer's language."""

import pytest
from decide_books import facts
from decide_cases import steady
from hypothesis import given
from hypothesis import strategies as st

from rules.decide import fill
from rules.decide.reply import SLOTS, slots
from rules.text import Text

NBSP = "\u00a0"


def filled(template, locale="pt-BR", names=None, **values):
    return fill(Text(template, template), locale, facts(**values), names or {})


@pytest.mark.parametrize(
    ("slot", "locale", "values", "expected"),
    [
        ("customer.plan", "pt-BR", {"customer_plan": "Pro"}, "Pro"),
        ("customer.plan", "en", {}, "x"),
        ("customer.plan", "en", {"customer_plan": "  "}, "x"),
        ("ticket.product", "en", {"ticket_product": "CRM {customer.plan|y}"}, "CRM {customer.plan|y}"),
        ("customer.mrr", "pt-BR", {"customer_mrr": 1234.5, "customer_currency": "BRL"}, f"R${NBSP}1.234,50"),
        ("customer.mrr", "en", {"customer_mrr": 1234.5, "customer_currency": "BRL"}, "R$1,234.50"),
        ("customer.mrr", "en", {"customer_mrr": 1234.5, "customer_currency": "usd"}, "$1,234.50"),
        ("customer.mrr", "en", {"customer_mrr": 1234.5}, "x"),
        ("customer.mrr", "en", {"customer_mrr": 1234.5, "customer_currency": "reais"}, "x"),
        ("customer.seats", "pt-BR", {"customer_seats": 12000}, "12.000"),
        ("customer.seats", "en", {"customer_seats": 12000}, "12,000"),
        ("customer.seats", "en", {"customer_seats": 0}, "0"),
        ("customer.csat_avg", "pt-BR", {"customer_csat_avg": 4.256}, "4,26"),
        ("customer.seat_utilisation", "pt-BR", {"customer_seat_utilisation": 0.925}, "92%"),
        ("customer.days_to_renewal", "en", {"customer_days_to_renewal": 41}, "41"),
        ("customer.renewal_on", "pt-BR", {"customer_days_to_renewal": 41}, "20 de abril de 2026"),
        ("customer.renewal_on", "en", {"customer_days_to_renewal": 41}, "April 20, 2026"),
        ("customer.last_login_on", "en", {"customer_days_since_login": 9}, "March 1, 2026"),
        ("customer.renewal_on", "en", {}, "x"),
        ("customer.opted_out", "pt-BR", {"customer_opted_out": False}, "não"),
        ("customer.opted_out", "en", {"customer_opted_out": True}, "yes"),
        ("customer.tier", "pt-BR", {"customer_tier": "key"}, "x"),
        ("ticket.tags", "en", {"ticket_tags": frozenset({"vip_internal"})}, "x"),
        ("nobody.knows", "en", {}, "x"),
    ],
)
def test_fill_says_a_value_as_the_customer_reads_it(slot, locale, values, expected):
    text = filled(f"[{{{slot}|x}}]", locale, **values)

    assert text.replace("\u202f", NBSP) in {f"[{expected}]", f"[{expected.replace(NBSP, ' ')}]"}


def test_fill_puts_names_in_and_only_where_they_are_asked_for():
    names = {"requester.first_name": "Ana", "agent.name": " Rui \n Sá ", "ticket.id": "", "customer.plan": "no"}
    template = (
        "Olá {requester.first_name|cliente}, aqui é {agent.name|a equipe} "
        "({ticket.id|seu chamado}, {customer.plan|plano})"
    )

    assert filled(template, names=names) == "Olá Ana, aqui é Rui Sá (seu chamado, plano)"
    assert filled(template) == "Olá cliente, aqui é a equipe (seu chamado, plano)"


def test_fill_reads_the_language_asked_for():
    assert fill(Text("Olá", "Hello"), "en", facts(), {}) == "Hello"


def test_slots_lists_what_a_template_asks_for():
    assert slots("a {customer.plan|b} {ticket.id|c d}") == (("customer.plan", "b"), ("ticket.id", "c d"))


@steady
@given(
    st.sampled_from(sorted(SLOTS)),
    st.dictionaries(
        st.sampled_from(sorted(SLOTS)),
        st.booleans() | st.integers(-(10**15), 10**15) | st.floats(-1e15, 1e15) | st.text() | st.frozensets(st.text()),
    ),
    st.dictionaries(st.sampled_from(["requester.first_name", "agent.name", "ticket.id"]), st.text()),
    st.sampled_from(["pt-BR", "en"]),
)
def test_fill_never_leaves_an_empty_place(slot, values, names, locale):
    text = fill(Text(f"{{{slot}|x}}", f"{{{slot}|x}}"), locale, facts(**values), names)

    assert text.strip()
    assert text != f"{{{slot}|x}}"
