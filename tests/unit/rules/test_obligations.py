"""The clocks of the SAC decrees, to the second around every limit."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.folding import TICKET_TEXT, fold
from rules.loader import SHIPPED, load
from rules.model import Author, Channel, EventKind, Message, SignalHit, TicketChanges, TicketEvent, TicketStatus
from rules.obligations import REGIMES, Deed, Proof, State, attend, regime_on, values_of, wake_at
from rules.obligations.calendar import business_days, calendar_days, day_begins, kept_days, kept_years
from rules.text import LOCALES
from rules.vocabulary import OBLIGATIONS

SAO_PAULO, LISBON, NEW_YORK = ZoneInfo("America/Sao_Paulo"), ZoneInfo("Europe/Lisbon"), ZoneInfo("America/New_York")
HAVANA, APIA, AZORES = ZoneInfo("America/Havana"), ZoneInfo("Pacific/Apia"), ZoneInfo("Atlantic/Azores")
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
T0 = datetime(2026, 3, 10, 15, 30, tzinfo=UTC)  # a Tuesday, 12:30 in São Paulo


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


class Story:
    """A ticket as it is lived, one event after the other."""

    def __init__(self, opened_at=T0, **changes):
        self.events, self.hits, self.deeds = [], [], []
        self._add(EventKind.OPENED, opened_at, TicketChanges(status=TicketStatus.OPEN, **changes))

    def _add(self, kind, at, changes=None, messages=()):
        event = TicketEvent(f"e{len(self.events)}", "77", kind, at, changes or TicketChanges(), messages=messages)
        self.events.append(event)
        return self

    def becomes(self, at, status):
        return self._add(EventKind.CHANGED, at, TicketChanges(status=status))

    def says(self, at, body="text", author=Author.AGENT, *signals, public=True):
        name = f"m{len(self.events)}"
        self.hits += [SignalHit(signal, "phrase", "pt-BR", name, 0, 1) for signal in signals]
        return self._add(EventKind.ANSWERED, at, messages=(Message(name, author, body, at, public=public),))

    def asks(self, at, *signals):
        return self.says(at, "text", Author.CUSTOMER, *signals)

    def opens_with(self, *signals):
        self.hits += [SignalHit(signal, "phrase", "pt-BR", TICKET_TEXT, 0, 1) for signal in signals]
        return self

    def does(self, at, action):
        self.deeds.append(Deed(action, f"f{len(self.deeds)}", at))
        return self

    def at(self, now, zone=SAO_PAULO):
        return attend(fold(self.events), self.events, self.hits, self.deeds, zone, now)

    def clock(self, name, now, zone=SAO_PAULO):
        return self.at(now, zone).clock(name)


# --- terms in local calendars -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "zone", "due"),
    [
        pytest.param(utc(2026, 3, 10, 15, 30), SAO_PAULO, utc(2026, 3, 17, 2, 59, 59), id="the first day counts"),
        pytest.param(utc(2026, 3, 10, 3, 0, 0), SAO_PAULO, utc(2026, 3, 17, 2, 59, 59), id="first second of the day"),
        pytest.param(utc(2026, 3, 10, 2, 59, 59), SAO_PAULO, utc(2026, 3, 16, 2, 59, 59), id="last second of the 9th"),
        pytest.param(utc(2026, 3, 10, 2, 59, 59), UTC, utc(2026, 3, 16, 23, 59, 59), id="the same second in UTC"),
        pytest.param(utc(2024, 2, 26, 12), SAO_PAULO, utc(2024, 3, 4, 2, 59, 59), id="over 29 February"),
        pytest.param(utc(2023, 2, 26, 12), SAO_PAULO, utc(2023, 3, 5, 2, 59, 59), id="over 28 February"),
        pytest.param(utc(2026, 12, 28, 12), SAO_PAULO, utc(2027, 1, 4, 2, 59, 59), id="over the year"),
        # Brazil's clocks went forward at midnight on 4 November 2018: that day began at 01:00, three hours after UTC's
        pytest.param(utc(2018, 10, 28, 12), SAO_PAULO, utc(2018, 11, 4, 2, 59, 59), id="to the eve of summer time"),
        pytest.param(utc(2018, 10, 29, 12), SAO_PAULO, utc(2018, 11, 5, 1, 59, 59), id="into summer time"),
        # and back at midnight on 17 February 2019: the 16th had 25 hours
        pytest.param(utc(2019, 2, 10, 12), SAO_PAULO, utc(2019, 2, 17, 2, 59, 59), id="through the day of 25 hours"),
        pytest.param(utc(2019, 2, 9, 12), SAO_PAULO, utc(2019, 2, 16, 1, 59, 59), id="to the day before it"),
        pytest.param(utc(2026, 3, 23, 12), LISBON, utc(2026, 3, 29, 22, 59, 59), id="Lisbon, into summer time"),
        pytest.param(utc(2026, 10, 19, 12), LISBON, utc(2026, 10, 25, 23, 59, 59), id="Lisbon, out of summer time"),
        pytest.param(utc(2026, 11, 1, 12), NEW_YORK, utc(2026, 11, 8, 4, 59, 59), id="New York, out of summer time"),
        # Havana's midnight of 1 November 2026 comes twice: the day begins with the first
        pytest.param(utc(2026, 10, 25, 12), HAVANA, utc(2026, 11, 1, 3, 59, 59), id="Havana, midnight twice"),
        # Samoa had no 30 December 2011
        pytest.param(utc(2011, 12, 23, 20), APIA, utc(2011, 12, 30, 9, 59, 59), id="Samoa, to the day that was not"),
    ],
)
def test_seven_calendar_days_end_with_the_last_local_second(start, zone, due):
    assert calendar_days(start, 7, zone) == due


@pytest.mark.parametrize(
    ("start", "due"),
    [
        (utc(2022, 8, 1, 12), utc(2022, 8, 6, 2, 59, 59)),  # Monday to Friday
        (utc(2022, 8, 5, 12), utc(2022, 8, 12, 2, 59, 59)),  # Friday: to Thursday
        (utc(2022, 8, 6, 12), utc(2022, 8, 13, 2, 59, 59)),  # Saturday counts for nothing
        (utc(2022, 8, 7, 12), utc(2022, 8, 13, 2, 59, 59)),
    ],
)
def test_five_business_days_leave_weekends_out(start, due):
    assert business_days(start, 5, SAO_PAULO) == due


def test_what_is_kept_is_kept_to_the_end_of_the_later_day():
    assert kept_days(T0, 90, SAO_PAULO) == utc(2026, 6, 9, 2, 59, 59)
    assert kept_years(T0, 2, SAO_PAULO) == utc(2028, 3, 11, 2, 59, 59)
    assert kept_years(utc(2024, 2, 29, 12), 2, SAO_PAULO) == utc(2026, 3, 2, 2, 59, 59)


@given(
    hours=st.integers(0, 45 * 8_766),
    zone=st.sampled_from((SAO_PAULO, LISBON, NEW_YORK, HAVANA, AZORES, UTC)),
    count=st.integers(1, 30),
)
def test_a_term_ends_where_the_next_local_day_begins(hours, zone, count):
    """The oracle asks only what date a clock on the wall shows, a second before and after."""
    start = utc(1990, 1, 1) + hours * HOUR
    due = calendar_days(start, count, zone)

    first = start.astimezone(zone).date()
    assert due.astimezone(zone).date() == first + (count - 1) * DAY
    assert (due + SECOND).astimezone(zone).date() > due.astimezone(zone).date()
    assert due.microsecond == 0


@given(st.dates(date(1990, 1, 1), date(2035, 1, 1)), st.sampled_from((SAO_PAULO, LISBON, HAVANA, AZORES)))
def test_a_local_day_begins_once_and_not_before(day, zone):
    begins = day_begins(day, zone)

    assert begins.astimezone(zone).date() == day
    assert (begins - SECOND).astimezone(zone).date() < day


# --- the answer ---------------------------------------------------------------------------------

DUE = utc(2026, 3, 17, 2, 59, 59)


@pytest.mark.parametrize(
    ("now", "state"), [(DUE - SECOND, "running"), (DUE, "running"), (DUE + SECOND, "overdue"), (T0, "running")]
)
def test_the_answer_is_overdue_a_second_after_its_last(now, state):
    clock = Story().clock("answer", now)

    assert (clock.state, clock.due_at, clock.began.id, clock.began.proof) == (state, DUE, "e0", Proof.EVENT)


@pytest.mark.parametrize(("solved", "late"), [(DUE - SECOND, False), (DUE, False), (DUE + SECOND, True)])
def test_a_solved_ticket_with_an_answer_is_met_in_time_or_late(solved, late):
    told = Story().says(T0 + HOUR).becomes(solved, TicketStatus.SOLVED)

    clock = told.clock("answer", solved + DAY)

    assert (clock.state, clock.late, clock.met.id, clock.met.at) == (State.MET, late, "e2", solved)


def test_an_answer_that_follows_the_solving_is_the_evidence():
    clock = Story().becomes(T0 + HOUR, TicketStatus.SOLVED).says(T0 + 2 * HOUR).clock("answer", T0 + DAY)

    assert (clock.state, clock.met.proof, clock.met.at) == (State.MET, Proof.MESSAGE, T0 + 2 * HOUR)


@pytest.mark.parametrize(
    "story",
    [
        pytest.param(lambda: Story().becomes(T0 + HOUR, TicketStatus.CLOSED), id="closed in silence"),
        pytest.param(lambda: Story().says(T0 + HOUR), id="written to, not solved"),
        pytest.param(
            lambda: Story().says(T0 + HOUR, public=False).becomes(T0 + 2 * HOUR, TicketStatus.SOLVED),
            id="a note inside",
        ),
        pytest.param(
            lambda: Story().asks(T0 + HOUR).becomes(T0 + 2 * HOUR, TicketStatus.SOLVED), id="the customer's own words"
        ),
    ],
)
def test_what_does_not_tell_the_consumer_meets_nothing(story):
    assert story().clock("answer", DUE).state is State.RUNNING


def solved_and_reopened(again):
    return Story().says(T0 + HOUR).becomes(T0 + 2 * HOUR, TicketStatus.SOLVED).becomes(again, TicketStatus.OPEN)


@pytest.mark.parametrize("again", [T0 + 3 * HOUR, DUE])
def test_a_ticket_reopened_within_its_term_is_the_same_demand(again):
    clock = solved_and_reopened(again).clock("answer", DUE + SECOND)

    assert (clock.state, clock.began.at, clock.due_at) == (State.OVERDUE, T0, DUE)


def test_a_ticket_reopened_after_its_term_is_a_new_demand():
    again = DUE + SECOND
    clock = solved_and_reopened(again).clock("answer", again)

    assert (clock.state, clock.began.id, clock.began.at) == (State.RUNNING, "e3", again)
    assert clock.due_at == utc(2026, 3, 24, 2, 59, 59)


def test_an_agents_word_that_it_is_done_is_evidence():
    clock = Story().does(T0 + HOUR, "regulated_sac.conclude_answer").clock("answer", T0 + DAY)

    assert (clock.state, clock.met.proof, clock.met.id) == (State.MET, Proof.FEEDBACK, "f0")


# --- what the customer asks for -----------------------------------------------------------------


def test_the_record_is_due_five_days_from_the_message_that_asks():
    asked = T0 + 3 * DAY
    story = Story().asks(asked, "history_request")

    assert story.clock("history", asked).due_at == utc(2026, 3, 18, 2, 59, 59)
    assert story.clock("history", asked).began.proof is Proof.MESSAGE
    assert story.clock("history", utc(2026, 3, 18, 3)).state is State.OVERDUE


def test_the_record_asked_for_again_before_it_came_keeps_its_first_term():
    story = Story().asks(T0 + DAY, "history_request").asks(T0 + 2 * DAY, "history_request")

    assert story.clock("history", T0 + 3 * DAY).began.at == T0 + DAY


def test_the_record_asked_for_again_after_it_came_is_a_new_request():
    story = (
        Story()
        .asks(T0 + DAY, "history_request")
        .does(T0 + 2 * DAY, "regulated_sac.send_history")
        .asks(T0 + 4 * DAY, "recording_request")
    )

    clock = story.clock("history", T0 + 4 * DAY)

    assert (clock.state, clock.began.at) == (State.RUNNING, T0 + 4 * DAY)


@pytest.mark.parametrize(
    ("signal", "name", "action"),
    [
        ("cancel_request", "cancellation", "regulated_sac.cancel_at_once"),
        ("dispute_charge", "suspended_charge", "regulated_sac.suspend_charge"),
    ],
)
def test_what_is_due_at_once_is_due_with_the_request(signal, name, action):
    story = Story().opens_with(signal)

    assert story.clock(name, T0).state is State.RUNNING
    assert story.clock(name, T0).due_at == T0
    assert story.clock(name, T0 + SECOND).state is State.OVERDUE
    assert story.does(T0, action).clock(name, T0 + DAY).late is False


def test_nothing_asked_for_is_not_applicable():
    states = {clock.obligation.id: clock.state for clock in Story().at(T0).clocks}

    assert states == {
        "answer": State.RUNNING,
        "protocol": State.RUNNING,
        "no_repeating": State.RUNNING,
        "no_selling": State.RUNNING,
    } | dict.fromkeys(("history", "cancellation", "suspended_charge", "record", "recording"), State.NOT_APPLICABLE)


# --- what stands, and what is kept --------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "met"),
    [("O protocolo é 77.", True), ("protocolo (77)", True), ("pedido 1776 e 778", False), ("anotado", False)],
)
def test_the_protocol_is_met_by_a_message_with_the_number(body, met):
    clock = Story().says(T0 + HOUR, body).clock("protocol", T0 + DAY)

    assert (clock.state is State.MET, clock.due_at) == (met, None)


def test_selling_waits_until_the_last_demand_is_met():
    story = Story().opens_with("history_request").does(T0 + HOUR, "regulated_sac.conclude_answer")
    assert story.clock("no_selling", T0 + DAY).state is State.RUNNING

    story.does(T0 + 2 * HOUR, "regulated_sac.send_history")
    assert story.clock("no_selling", T0 + DAY).met.at == T0 + 2 * HOUR
    assert story.clock("no_repeating", T0 + DAY).state is State.MET


def test_the_record_is_kept_two_years_from_the_solution():
    solved = T0 + DAY
    story = Story().says(T0 + HOUR).becomes(solved, TicketStatus.SOLVED)
    until = utc(2028, 3, 12, 2, 59, 59)

    assert story.clock("record", solved).due_at == until
    assert story.clock("record", until).state is State.RUNNING
    assert story.clock("record", until + SECOND).met.proof is Proof.TERM


def test_a_recording_is_of_phone_calls_only():
    assert Story(channel=Channel.EMAIL).clock("recording", T0).state is State.NOT_APPLICABLE
    clock = Story(channel=Channel.PHONE).clock("recording", T0)
    assert (clock.state, clock.due_at) == (State.RUNNING, utc(2026, 6, 9, 2, 59, 59))


# --- the decree ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("opened", "regime", "due"),
    [
        (utc(2022, 10, 3, 2, 59, 59), "decree_6523", utc(2022, 10, 8, 2, 59, 59)),
        (utc(2022, 10, 3, 3, 0, 0), "decree_11034", utc(2022, 10, 10, 2, 59, 59)),
    ],
)
def test_the_decree_is_that_of_the_local_day_of_registration(opened, regime, due):
    attendance = Story(opened).at(opened)

    assert (attendance.regime.id, attendance.clock("answer").due_at) == (regime, due)


def test_the_old_decree_never_gives_more_time_to_answer():
    """Which is why the day on which the new one begins is no way to be milder."""
    for start in (utc(2022, 9, 1, 12) + day * DAY for day in range(60)):
        assert business_days(start, 5, SAO_PAULO) <= calendar_days(start, 7, SAO_PAULO)


def test_every_obligation_says_what_is_not_verified_in_both_languages():
    assert regime_on(date(2026, 1, 1)).id == "decree_11034"
    assert set(regime_on(date(2026, 1, 1)).obligations) == set(OBLIGATIONS)
    for regime in REGIMES:
        texts = [regime.title, regime.unverified]
        for obligation in regime.obligations.values():
            assert obligation.id in OBLIGATIONS
            assert obligation.sources
            texts += [obligation.asks, obligation.unverified]
        assert all(text.read(locale).strip() for text in texts for locale in LOCALES)


# --- purity, and what rules read ----------------------------------------------------------------


@given(st.randoms(use_true_random=False))
def test_the_clocks_do_not_depend_on_the_order_in_which_events_came(rng: random.Random):
    story = solved_and_reopened(DUE + DAY).asks(DUE + 2 * DAY, "cancel_request", "history_request")
    known = story.at(DUE + 3 * DAY)

    rng.shuffle(story.events)
    story.events += rng.sample(story.events, 2)

    assert story.at(DUE + 3 * DAY) == known


def test_rules_read_the_clocks():
    story = Story().opens_with("cancel_request")
    now = DUE + SECOND - 47 * HOUR

    values = values_of(story.at(now), now)

    assert values == {
        "ticket.sac_running": frozenset({"answer", "cancellation", "protocol", "no_repeating", "no_selling"}),
        "ticket.sac_overdue": frozenset({"cancellation"}),
        "ticket.sac_met": frozenset(),
        "ticket.sac_answer_hours_left": 47.0,
    }


def test_rules_read_hours_below_zero_once_the_term_is_over():
    now = DUE + SECOND + 2 * HOUR

    assert values_of(Story().at(now), now)["ticket.sac_answer_hours_left"] == -2.0


def test_a_ticket_is_woken_for_each_warning_and_for_the_end():
    over = DUE + SECOND
    story = Story()

    assert wake_at(story.at(T0), T0) == over - 48 * HOUR
    assert wake_at(story.at(over - 48 * HOUR), over - 48 * HOUR) == over - 24 * HOUR
    assert wake_at(story.at(DUE), DUE) == over
    assert wake_at(story.at(over), over) is None


def test_what_begins_and_proves_a_clock_is_in_the_shipped_packs():
    book = load([SHIPPED])
    found = [obligation for regime in REGIMES for obligation in regime.obligations.values()]

    assert {name for obligation in found for name in obligation.signals} <= set(book.signals)
    assert {name for obligation in found for name in obligation.done_by} <= set(book.actions)
