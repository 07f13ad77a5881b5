"""The same story, told by every helpdesk in its own words, gives the same decision.

Each folder tells it in `fixtures/story/<n>_<what>.json` (or `.eml`): the deliveries by which its helpdesk would report
this mail, the agent's answer and the customer's reply (SUBJECT, OPENING, ANSWER, REPLY; their times; open at the end).
Left out of the comparison is what names things (ids of ticket, messages and people) and what not every helpdesk tells:
channel, priority, group, assignee, tags and language.
"""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from contract_folders import bodies_in, delivery_of, parse
from contract_signing import CONNECTORS

from rules import facts as facts_module
from rules.decide import Decider, canonical
from rules.folding import customer_texts, fold
from rules.model import Author, EventKind, Message, Requester, TicketChanges, TicketEvent, TicketStatus
from rules.signals import SignalReader, SpokenText

OPENED_AT = datetime(2026, 3, 2, 12, 0, 0, tzinfo=UTC)
ANSWERED_AT = datetime(2026, 3, 2, 12, 20, 0, tzinfo=UTC)
REPLIED_AT = datetime(2026, 3, 2, 13, 5, 0, tzinfo=UTC)
NOW = datetime(2026, 3, 2, 13, 15, 0, tzinfo=UTC)
SUBJECT = "Cancelamento do plano"
OPENING = "Olá, quero cancelar o meu plano. O sistema ficou fora do ar ontem e ninguém me respondeu."
ANSWER = "Olá, Marina. Vou verificar o que aconteceu e já respondo."
REPLY = "Ainda estou esperando. Se não for resolvido hoje, vou ao Procon."


def told_plainly() -> list[TicketEvent]:
    """Return the story as events, without any helpdesk."""
    agent = Message("m1", Author.AGENT, ANSWER, ANSWERED_AT)
    customer = Message("m2", Author.CUSTOMER, REPLY, REPLIED_AT)
    opening = TicketChanges(subject=SUBJECT, description=OPENING, status=TicketStatus.OPEN, opened_at=OPENED_AT)
    return [
        TicketEvent("1", "T", EventKind.OPENED, OPENED_AT, opening, Requester("C")),
        TicketEvent("2", "T", EventKind.ANSWERED, ANSWERED_AT, messages=(agent,)),
        TicketEvent("3", "T", EventKind.REPLIED, REPLIED_AT, messages=(customer,)),
    ]


@pytest.fixture(scope="module")
def decide(shipped):
    """Return a function that takes events to the bytes of their decision."""
    reader = SignalReader(shipped.signals.values())

    def decided(events) -> bytes:
        ticket = fold(events)
        said = [message for message in ticket.messages if message.body != ticket.description]
        ticket = replace(
            ticket,
            id="T",
            requester=Requester("C"),
            messages=tuple(replace(message, id=f"m{number}") for number, message in enumerate(said, 1)),
            channel=None,
            priority=None,
            group=None,
            assignee=None,
            tags=None,
            language=None,
        )
        reading = reader.read([SpokenText(*text) for text in customer_texts(ticket)], ticket.language)
        facts = facts_module.build(ticket, None, (), (), reading.signals, reading.language, False, NOW)
        return canonical(
            decider.decide(facts, reading.hits, language=reading.language, text_truncated=reading.truncated)
        )

    with Decider(shipped) as decider:
        yield decided


@pytest.mark.parametrize("name", CONNECTORS)
def test_story_gives_the_same_decision_through_every_helpdesk(name, decide):
    deliveries = bodies_in(CONNECTORS[name].folder / "fixtures" / "story")
    events = [event for path in deliveries for event in parse(name, delivery_of(path))]
    requester = fold(events).requester

    assert requester is not None
    assert requester.external_id or requester.email
    assert decide(events) == decide(told_plainly())
