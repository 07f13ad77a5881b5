"""Notes reach a real HTTP server once, whatever it answers."""

from datetime import timedelta

import pytest
from plugin_cases import START, Clock, new_services, new_tenant
from small_desk import SmallDesk

from plugin.outbox.sender import MAX_ATTEMPTS, retry_at
from plugin.store import outbox

pytestmark = pytest.mark.slow

REF = "sc_" + "a" * 20


@pytest.fixture
def desk():
    made = SmallDesk()
    yield made
    made.close()


@pytest.fixture
def services(tmp_path):
    made = new_services(tmp_path, Clock())
    yield made
    made.store.close()


@pytest.fixture
def tenant(services, desk):
    return new_tenant(services, "desk", "django_helpdesk", api_url=desk.url, api_token="ana:secret")


def enqueue(services, tenant, ref=REF, *, due_at=START):
    with services.store.write() as connection:
        outbox.enqueue(
            connection,
            ref=ref,
            tenant_id=tenant.id,
            ticket="7",
            recommendation_id=f"r_{ref}",
            kind="note",
            content={"text": f"Ana aceitou. {ref}"},
            due_at=due_at,
        )


def states(services):
    with services.store.read() as connection:
        return {state: number for state, number in outbox.counts(connection).items() if number}


def later(services, **by):
    """Move the clock, and let the helpdesks have rested meanwhile."""
    services.now.move(**by)
    services.sender._circuits.clear()


def test_a_note_is_posted_once_and_not_before_it_is_due(services, tenant, desk):
    enqueue(services, tenant, due_at=START + timedelta(seconds=5))
    early = services.sender.drain()
    later(services, seconds=5)
    done = [services.sender.drain(), services.sender.drain()]

    assert (early, done, states(services)) == (0, [1, 0], {"sent": 1})
    assert desk.notes == [f"Ana aceitou. {REF}"]


def test_a_cancelled_note_is_never_posted(services, tenant, desk):
    enqueue(services, tenant)
    with services.store.write() as connection:
        outbox.cancel(connection, tenant.id, [f"r_{REF}"], "note")
    services.sender.drain()

    assert (desk.notes, states(services)) == ([], {"cancelled": 1})


def test_a_note_whose_answer_was_lost_is_found_and_not_posted_again(services, tenant, desk):
    desk.faults = [(502, {}, True)]
    enqueue(services, tenant)
    services.sender.drain()
    between = states(services)
    later(services, seconds=3)
    services.sender.drain()

    assert (between, states(services), len(desk.notes)) == ({"waiting": 1}, {"sent": 1}, 1)


def test_a_note_that_was_not_taken_is_posted_again(services, tenant, desk):
    desk.faults = [(503, {}, False), (500, {}, False)]
    enqueue(services, tenant)
    for _ in range(3):
        services.sender.drain()
        later(services, seconds=10)

    assert (states(services), len(desk.notes)) == ({"sent": 1}, 1)


def test_a_busy_helpdesk_is_left_alone_for_as_long_as_it_asks(services, tenant, desk):
    desk.faults = [(429, {"Retry-After": "90"}, False)]
    enqueue(services, tenant)
    services.sender.drain()
    later(services, seconds=89)
    too_early = services.sender.drain()
    later(services, seconds=1)
    services.sender.drain()

    assert (too_early, states(services), len(desk.notes)) == (0, {"sent": 1}, 1)


def test_a_refused_note_is_dead_at_once(services, tenant, desk):
    desk.faults = [(403, {}, False)]
    enqueue(services, tenant)
    services.sender.drain()

    assert states(services) == {"dead": 1}


def test_a_helpdesk_that_stays_away_is_given_up_in_the_end(services, tenant, desk):
    desk.faults = [(503, {}, False)] * 50
    enqueue(services, tenant)
    attempts = 0
    for _ in range(30):
        attempts += services.sender.drain()
        later(services, hours=2)

    assert (attempts, states(services)) == (MAX_ATTEMPTS, {"dead": 1})


def test_retries_wait_longer_up_to_an_hour():
    waits = [(retry_at(attempts, START) - START).total_seconds() for attempts in (1, 2, 3, 11)]

    assert waits == [2, 4, 8, 2048]
    assert max(retry_at(attempts, START) - START for attempts in range(1, MAX_ATTEMPTS)) <= timedelta(hours=1)


def test_a_tenant_without_api_any_more_has_its_note_declared_dead(services):
    silent = new_tenant(services, "silent", "django_helpdesk")
    enqueue(services, silent)
    services.sender.drain()

    assert states(services) == {"dead": 1}


def test_a_broken_helpdesk_rests_while_others_get_their_notes(services, tenant, desk):
    broken = new_tenant(services, "broken", "django_helpdesk", api_url="http://127.0.0.1:9", api_token="a:b")
    for number in range(5):
        enqueue(services, broken, f"sc_{number:020x}", due_at=START - timedelta(minutes=1))
        enqueue(services, tenant, f"sc_{number + 100:020x}")
    attempts = services.sender.drain()

    assert len(desk.notes) == 5
    assert attempts == 6  # one at the broken one, then it rests


def test_a_slow_helpdesk_holds_up_only_itself(services, tenant, desk, eventually):
    slow = SmallDesk()
    slow.delay.clear()
    other = new_tenant(services, "slow", "django_helpdesk", api_url=slow.url, api_token="a:b")
    for number in range(6):
        enqueue(services, other, f"sc_{number:020x}", due_at=START - timedelta(minutes=1))
    enqueue(services, tenant)
    services.sender.start()
    eventually(lambda: desk.notes, saying="the other tenant's note was held up")
    slow.delay.set()
    eventually(lambda: states(services) == {"sent": 7}, saying="the slow one's notes did not follow")
    services.stop()
    slow.close()

    assert len(slow.notes) == 6


def test_leases_are_one_per_tenant(services, tenant):
    for number in range(3):
        enqueue(services, tenant, f"sc_{number:020x}")
    with services.store.write() as connection:
        taken = [len(outbox.lease(connection, "me", START, 5)) for _ in range(2)]

    assert taken == [1, 0]


def test_a_reference_is_known_to_its_tenant_alone(services, tenant):
    other = new_tenant(services, "other")
    enqueue(services, tenant)
    with services.store.read() as connection:
        known = [outbox.knows(connection, found.id, REF) for found in (tenant, other)]

    assert known == [True, False]
