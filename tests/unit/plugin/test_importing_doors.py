"""A ticket that was imported and one that came by webhook, with the same words at the same times, are decided alike."""

from contextlib import closing

import pytest
from past_cases import DAY, bring, judges_of_book, past, settle
from plugin_cases import START, Clock, commented, deliver, new_app, new_services, new_tenant, opened

from plugin.store import decisions

CONVERSATIONS = [
    [(60, "customer", "A system is down today")],
    [(50, "customer", "Quero cancelar"), (49, "agent", "Pode contar o motivo?"), (47, "customer", "É o preço")],
    [(40, "customer", "Mais usuários, por favor"), (39, "customer", "Pensando bem, quero cancelar")],
    [(30, "customer", "Bom dia"), (29, "agent", "Olá, como posso ajudar?")],
    [(20, "customer", "O painel está fora do ar: <b>de novo</b>")],
]


def told(decision):
    """All that a decision says, but where in which message a phrase stands: a helpdesk has its own ids."""
    return (
        decision.primary,
        decision.collaborators,
        decision.scores,
        decision.confidence,
        decision.needs_triage,
        decision.is_fallback,
        decision.recommendations,
        decision.not_shown,
        decision.trace.fired,
        decision.trace.derived,
        {(hit.signal, hit.phrase, hit.language) for hit in decision.trace.signals},
        decision.facts,
        decision.taken_at,
    )


@pytest.fixture
def services(tmp_path):
    clock = Clock()
    made = new_services(tmp_path, clock, judges_of_book)
    with closing(made.store):
        yield made


def by_webhook(services, tenant, number, conversation):
    """Deliver each message at its time, and return the decision that stands in the end."""
    client, clock = new_app(services).test_client(), services.now
    for place, (days, author, words) in enumerate(conversation):
        clock.now = at = START - days * DAY
        known = {"event": f"{number}-{place}", "at": at}
        if place == 0:
            payload = opened(str(number), words, requester=str(number), **known)
        else:
            payload = commented(str(number), words, staff=author == "agent", comment=f"{number}-{place}", **known)
            payload["detail"] = opened(str(number), conversation[0][2], requester=str(number), **known)["detail"]
            payload["detail"]["created_at"] = (START - conversation[0][0] * DAY).isoformat()
        assert deliver(client, payload, at=at).status_code < 300
        services.worker.drain()
    with services.store.read() as connection:
        return decisions.current(connection, tenant.id, str(number)).decision


def test_both_doors_lead_to_the_same_decisions(services):
    live, old = new_tenant(services), new_tenant(services, "old")
    by_both = {str(number): by_webhook(services, live, number, one) for number, one in enumerate(CONVERSATIONS)}
    services.now.now = START
    rows = [
        {
            "ticket": str(number),
            "sent_at": (START - days * DAY).isoformat(),
            "text": words,
            "author": author,
            "requester": str(number),
            "priority": "normal",
            "channel": "email",
            "tags": "",
            **({"subject": "Contrato"} if place == 0 else {}),
        }
        for number, conversation in enumerate(CONVERSATIONS)
        for place, (days, author, words) in enumerate(conversation)
    ]
    bring(services, old, rows)
    settle(services, old)

    found = past(services, old)
    assert found.keys() == by_both.keys()
    for name, decision in by_both.items():
        assert told(found[name]) == told(decision), name
