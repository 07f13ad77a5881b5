"""The same events give the same ticket, whatever way they come."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import strategies as st
from laws import law

from rules.folding import TICKET_TEXT, customer_texts, fold
from rules.model import (
    Author,
    Channel,
    EventKind,
    Message,
    Priority,
    Requester,
    Ticket,
    TicketChanges,
    TicketEvent,
    TicketStatus,
)

T0 = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def at(minutes: int) -> datetime:
    return T0 + timedelta(minutes=minutes)


def event(identity: str, minutes: int, kind=EventKind.CHANGED, **given) -> TicketEvent:
    requester = given.pop("requester", None)
    messages = given.pop("messages", ())
    return TicketEvent(identity, "42", kind, at(minutes), TicketChanges(**given), requester, messages)


def message(identity: str, minutes: int, author=Author.CUSTOMER, body="oi", *, public=True) -> Message:
    return Message(identity, author, body, at(minutes), public)


# --- the laws -----------------------------------------------------------------------------------

names = st.sampled_from(["Ana", "Bia"])
minutes = st.integers(0, 4)  # few instants, so that many are equal
messages = st.builds(
    message,
    st.sampled_from(["m1", "m2", "m3"]),
    minutes,
    st.sampled_from(Author),
    st.sampled_from(["oi", "quero cancelar"]),
    public=st.booleans(),
)
changes = st.builds(
    TicketChanges,
    subject=st.none() | names,
    description=st.none() | names,
    status=st.none() | st.sampled_from(TicketStatus),
    priority=st.none() | st.sampled_from(Priority),
    tags=st.none() | st.frozensets(st.sampled_from("abc")),
    is_vip=st.none() | st.booleans(),
    opened_at=st.none() | minutes.map(at),
)
requesters = st.builds(Requester, external_id=st.none() | names, name=st.none() | names, email=st.none() | names)


@st.composite
def histories(draw):
    """Events of one ticket. Some share an id though they differ, as a careless helpdesk's do."""
    return [
        TicketEvent(
            draw(st.sampled_from([f"e{number}", "same"])),
            "42",
            draw(st.sampled_from(EventKind)),
            at(draw(minutes)),
            draw(changes),
            draw(st.none() | requesters),
            tuple(draw(st.lists(messages, max_size=2))),
        )
        for number in range(draw(st.integers(1, 6)))
    ]


@law(quick=30, thorough=100, history=histories(), data=st.data())
def test_fold_minds_neither_order_nor_repetition_nor_batches(history, data):
    repeated = history + data.draw(st.lists(st.sampled_from(history), max_size=4))
    shuffled = data.draw(st.permutations(repeated))
    cut = data.draw(st.integers(0, len(shuffled)))

    assert fold(shuffled) == fold(history)
    assert fold(iter(shuffled[cut:] + shuffled[:cut])) == fold(history)


@law(quick=30, thorough=100, history=histories())
def test_fold_orders_messages_and_keeps_each_once(history):
    ticket = fold(history)

    ordered = [(each.sent_at, each.id) for each in ticket.messages]
    assert ordered == sorted(ordered)
    assert len({each.id for each in ticket.messages}) == len(ticket.messages)


# --- what it says -------------------------------------------------------------------------------


def test_fold_gives_the_latest_value_of_each_field_however_late_it_comes():
    ticket = fold(
        [
            event("b", 10, status=TicketStatus.PENDING, priority=Priority.HIGH),
            event("a", 0, EventKind.OPENED, subject="Ajuda", status=TicketStatus.NEW, channel=Channel.EMAIL),
            event("c", 5, status=TicketStatus.OPEN, tags=frozenset({"vip"})),
        ]
    )

    assert (ticket.status, ticket.priority, ticket.subject) == (TicketStatus.PENDING, Priority.HIGH, "Ajuda")
    assert (ticket.channel, ticket.tags) == (Channel.EMAIL, {"vip"})
    assert (ticket.opened_at, ticket.updated_at) == (at(0), at(10))


def test_fold_lets_the_greater_id_win_within_one_instant():
    ticket = fold([event("b", 0, subject="depois"), event("a", 0, subject="antes")])

    assert ticket.subject == "depois"


def test_fold_keeps_what_nobody_says_at_its_default():
    assert fold([event("a", 0)]) == Ticket(id="42", updated_at=at(0))


def test_fold_takes_falsy_values_as_said():
    ticket = fold([event("a", 0, is_vip=True, csat=5, subject="x"), event("b", 1, is_vip=False, csat=0, subject="")])

    assert (ticket.is_vip, ticket.csat, ticket.subject) == (False, 0, "")


def test_fold_unites_the_requester_field_by_field():
    ticket = fold(
        [
            event("a", 0, requester=Requester(external_id="7", name="Ana", email="ana@velho.example")),
            event("b", 1, requester=Requester(email="ana@novo.example")),
        ]
    )

    assert ticket.requester == Requester(external_id="7", name="Ana", email="ana@novo.example")


@pytest.mark.parametrize(
    ("statuses", "count"),
    [
        ("new open solved open", 1),
        ("new open solved closed open", 1),
        ("solved open closed pending", 2),
        ("open pending on_hold open", 0),
        ("open solved", 0),
        ("solved solved open open", 1),
        ("closed", 0),
    ],
)
def test_fold_counts_how_often_a_finished_ticket_came_back(statuses, count):
    events = [event(f"e{number}", number, status=TicketStatus(name)) for number, name in enumerate(statuses.split())]

    assert fold(events[::-1]).reopen_count == count


def test_fold_dates_the_first_public_answer_of_an_agent_after_the_opening():
    ticket = fold(
        [
            event(
                "a",
                0,
                EventKind.OPENED,
                messages=(
                    message("m0", 0, Author.AGENT),
                    message("m1", 1, Author.SYSTEM),
                    message("m2", 2, Author.AGENT, public=False),
                    message("m4", 9, Author.AGENT),
                    message("m3", 7, Author.AGENT),
                ),
            )
        ]
    )

    assert ticket.first_answer_at == at(7)


def test_fold_opens_the_ticket_at_the_earliest_instant_told():
    ticket = fold([event("b", 9, EventKind.OPENED), event("a", 20, opened_at=at(3)), event("c", 1)])

    assert ticket.opened_at == at(3)


def test_fold_takes_an_edited_message_as_last_told():
    ticket = fold(
        [event("b", 9, messages=(message("m", 0, body="editada"),)), event("a", 1, messages=(message("m", 0),))]
    )

    assert [each.body for each in ticket.messages] == ["editada"]


def test_fold_refuses_nothing_and_events_of_two_tickets():
    with pytest.raises(ValueError, match="at least one event"):
        fold([])
    with pytest.raises(ValueError, match="several tickets"):
        fold([event("a", 0), replace(event("b", 0), ticket_id="43")])


# --- what the customer said ---------------------------------------------------------------------


def ticket(*messages: Message, subject="Plano", description="Quero cancelar") -> Ticket:
    return Ticket(id="42", subject=subject, description=description, messages=messages)


def test_customer_texts_begin_with_subject_and_description():
    texts = customer_texts(ticket(message("m1", 1, body="E agora?")))

    assert texts == ((TICKET_TEXT, "Plano\n\nQuero cancelar"), ("m1", "E agora?"))


def test_customer_texts_read_the_description_once_however_it_is_wrapped():
    texts = customer_texts(
        ticket(message("m1", 0, body=" Quero\ncancelar \n"), message("m2", 1, body="Quero cancelar"))
    )

    assert texts == ((TICKET_TEXT, "Plano\n\nQuero cancelar"), ("m2", "Quero cancelar"))


def test_customer_texts_hold_only_what_the_customer_said_in_public():
    texts = customer_texts(
        ticket(
            message("m1", 1, Author.AGENT, "Posso oferecer um desconto?"),
            message("m2", 2, Author.SYSTEM, "Fechado"),
            message("m3", 3, body="rascunho", public=False),
            message("m4", 4, body="  "),
            message("m5", 5, body="Não, obrigada"),
        )
    )

    assert [text.message_id for text in texts] == [TICKET_TEXT, "m5"]


def test_customer_texts_leave_out_a_description_that_an_agent_wrote():
    texts = customer_texts(
        ticket(message("m1", 0, Author.AGENT, "Quero cancelar"), message("m2", 1, body="Não pedi isso"))
    )

    assert texts == ((TICKET_TEXT, "Plano"), ("m2", "Não pedi isso"))


def test_customer_texts_keep_what_an_agent_wrote_down_for_a_silent_customer():
    texts = customer_texts(ticket(message("m1", 0, Author.AGENT, "Quero cancelar")))

    assert texts == ((TICKET_TEXT, "Plano\n\nQuero cancelar"),)


@pytest.mark.parametrize(("subject", "description", "expected"), [("", "b", "b"), ("a", "", "a"), ("a", " ", "a")])
def test_customer_texts_join_only_what_is_there(subject, description, expected):
    assert customer_texts(ticket(subject=subject, description=description)) == ((TICKET_TEXT, expected),)


def test_customer_texts_of_an_empty_ticket_are_none():
    assert customer_texts(ticket(subject="", description="")) == ()
