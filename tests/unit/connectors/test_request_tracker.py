"""What Request Tracker's folder cannot show by fixtures: settings, order within a second, words that do not count."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.base import Delivery, Installation
from connectors.request_tracker.mapping import parse
from rules.folding import fold
from rules.model import Priority, TicketStatus

FIXTURES = Path(__file__).parents[3] / "connectors" / "request_tracker" / "fixtures"
RECEIVED_AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


def body_of(name: str) -> dict:
    return json.loads((FIXTURES / f"{name}.json").read_text("utf-8"))


def parsed(body: dict, **settings: str):
    delivery = Delivery(json.dumps(body).encode(), {}, RECEIVED_AT)
    return parse(delivery, Installation("acme", "pt-BR", settings=settings))


def test_custom_fields_that_the_admin_names_are_product_and_tags():
    (state,) = parsed(body_of("ticket"), product_field="Produto", tags_field="Etiquetas")

    assert state.changes.product == "Caixa Fácil"
    assert state.changes.tags == {"vip", "cobrança"}


def test_a_named_field_without_a_value_means_no_product_and_no_tags():
    body = body_of("ticket")
    body["ticket"]["fields"] = {}
    (state,) = parsed(body, product_field="Produto", tags_field="Etiquetas")

    assert state.changes.product is None
    assert state.changes.tags == frozenset()


@pytest.mark.parametrize("reverse", [False, True])
def test_of_two_changes_within_one_second_the_later_transaction_counts(reverse):
    """One request that changes priority and status is two posts, each with the state at its moment."""
    bodies = []
    for number, status in ((99, "new"), (100, "stalled")):
        body = body_of("ticket")
        body["cause"] |= {"id": number}
        body["ticket"] |= {"status": status}
        bodies.append(body)
    if reverse:
        bodies.reverse()

    assert fold([event for body in bodies for event in parsed(body)]).status is TicketStatus.PENDING


def test_a_customers_comment_with_a_reference_is_not_taken_for_ours():
    body = body_of("message__own_note")
    body["messages"][0]["creator"] = body["ticket"]["requestors"][0]

    assert parsed(body)[0].messages[0].note_ref is None


@pytest.mark.parametrize(
    ("number", "priority"),
    [
        (0, None),
        (1, Priority.LOW),
        (24, Priority.LOW),
        (25, Priority.NORMAL),
        (74, Priority.NORMAL),
        (75, Priority.HIGH),
    ],
)
def test_priority_is_the_nearest_of_the_three_that_request_tracker_names(number, priority):
    body = body_of("ticket")
    body["ticket"]["priority"] = number

    assert parsed(body)[0].changes.priority is priority
