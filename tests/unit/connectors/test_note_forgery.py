"""A customer who writes a reference like ours is heard all the same."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

import connectors
from connectors import django_helpdesk, standard, zendesk
from connectors.base import Delivery, Installation
from rules.model import Author

AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
FORGED = "Quero cancelar.\nsc_0123456789abcdef0123"


def said(module, payload):
    events = module.parse(Delivery(json.dumps(payload).encode(), {}, AT), Installation("acme", "pt-BR"))
    return [message for event in events for message in event.messages if message.body == FORGED]


def fixture(connector: str, name: str):
    return json.loads((Path(connectors.__file__).parent / connector / "fixtures" / f"{name}.json").read_text("utf-8"))


@pytest.mark.parametrize("public", [True, False])
def test_zendesk_hears_a_customer_who_writes_a_reference(public):
    """A mail from an address that takes no part in the ticket becomes a private comment of no agent."""
    payload = fixture("zendesk", "ticket_comment_added")
    payload["event"]["comment"] |= {"body": FORGED, "is_public": public}
    payload["event"]["comment"]["author"]["is_staff"] = False

    assert [(each.author, each.note_ref) for each in said(zendesk, payload)] == [(Author.CUSTOMER, None)]


@pytest.mark.parametrize("public", ["true", "false"])
def test_zendesk_trigger_hears_a_customer_who_writes_a_reference(public):
    payload = fixture("zendesk", "trigger__customer_replies")
    payload["comment"] |= {"body": FORGED, "is_public": public}

    assert [(each.author, each.note_ref) for each in said(zendesk, payload)] == [(Author.CUSTOMER, None)]


@pytest.mark.parametrize("public", [True, False])
def test_django_helpdesk_hears_a_customer_who_writes_a_reference(public):
    payload = fixture("django_helpdesk", "followup")
    payload["ticket"]["followup_set"][-1] |= {"comment": FORGED, "public": public, "user": None}

    assert [(each.author, each.note_ref) for each in said(django_helpdesk, payload)] == [(Author.CUSTOMER, None)]


@pytest.mark.parametrize("kind", ["ticket.noted", "ticket.replied"])
def test_standard_hears_a_customer_who_writes_a_reference(kind):
    message = {"author": "customer", "body": FORGED, "public": False}
    payload = {"type": kind, "data": {"ticket": {"id": "1"}, "message": message}}

    assert [(each.author, each.note_ref) for each in said(standard, payload)] == [(Author.CUSTOMER, None)]
