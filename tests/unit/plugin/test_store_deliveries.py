from datetime import timedelta

import pytest
from plugin_cases import START, Clock, new_services, new_tenant

from plugin.store import deliveries
from plugin.store.errors import NotFound
from rules.text import Text

BROKE = Text("quebrou", "it broke")
LATER = START + timedelta(seconds=1)


@pytest.fixture
def services(tmp_path):
    made = new_services(tmp_path, Clock())
    yield made
    made.store.close()


@pytest.fixture
def tenant(services):
    return new_tenant(services)


@pytest.fixture
def connection(services, tenant):
    with services.store.write() as opened:
        yield opened


def insert(connection, tenant, key="k-1", *, now=START, **more):
    return deliveries.insert(connection, tenant_id=tenant.id, key=key, headers={}, body=b"{}", now=now, **more)


def state_of(connection, delivery_id):
    return next(found.state for found in deliveries.listing(connection) if found.id == delivery_id)


def test_insert_keeps_one_delivery_per_key(connection, tenant):
    first, second = insert(connection, tenant), insert(connection, tenant)

    assert (first.duplicate, second.duplicate, first.id == second.id) == (False, True, True)


def test_insert_tells_long_keys_apart_by_their_end(connection, tenant):
    first, second = insert(connection, tenant, "x" * 500 + "a"), insert(connection, tenant, "x" * 500 + "b")

    assert not second.duplicate
    assert first.id != second.id


def test_insert_takes_a_key_that_no_text_column_can_hold(connection, tenant):
    receipts = [insert(connection, tenant, "\ud800 half"), insert(connection, tenant, "\ud800 half")]

    assert [receipt.duplicate for receipt in receipts] == [False, True]


def test_the_same_key_of_two_tenants_is_two_deliveries(services, tenant):
    other = new_tenant(services, "other")
    with services.store.write() as connection:
        receipts = [insert(connection, tenant), insert(connection, other)]

    assert [receipt.duplicate for receipt in receipts] == [False, False]


def test_lease_gives_a_delivery_to_one_owner_at_a_time(connection, tenant):
    insert(connection, tenant)
    mine = deliveries.lease(connection, "me", START, 10)
    theirs = deliveries.lease(connection, "them", LATER, 10)

    assert (len(mine), mine[0].attempts, theirs) == (1, 1, ())


def test_lease_gives_it_to_another_when_it_ran_out(connection, tenant):
    insert(connection, tenant)
    deliveries.lease(connection, "me", START, 10)
    after = START + deliveries.LEASE + timedelta(seconds=1)
    theirs = deliveries.lease(connection, "them", after, 10)

    assert theirs[0].attempts == 2
    assert not deliveries.holds(connection, theirs[0].id, "me", after)
    assert deliveries.holds(connection, theirs[0].id, "them", after)


def test_lease_takes_the_oldest_first(connection, tenant):
    when = [START + timedelta(milliseconds=number) for number in range(5)]
    ids = [insert(connection, tenant, f"k-{number}", now=now).id for number, now in enumerate(when)]
    taken = [leased.id for leased in deliveries.lease(connection, "me", LATER, 3)]

    assert taken == ids[:3]


def test_fail_has_it_tried_again_when_due(connection, tenant):
    insert(connection, tenant)
    leased = deliveries.lease(connection, "me", START, 1)[0]
    told = deliveries.fail(connection, leased.id, "me", BROKE, START + timedelta(seconds=5), START)
    early = deliveries.lease(connection, "me", LATER, 1)
    due = deliveries.lease(connection, "me", START + timedelta(seconds=5), 1)

    assert (told, early, due[0].attempts) == (True, (), 2)


def test_fail_by_an_owner_who_lost_the_lease_changes_nothing(connection, tenant):
    insert(connection, tenant)
    leased = deliveries.lease(connection, "me", START, 1)[0]

    assert not deliveries.fail(connection, leased.id, "somebody", BROKE, None, START)
    assert state_of(connection, leased.id) == "received"


def test_release_does_not_count_the_attempt(connection, tenant):
    insert(connection, tenant)
    leased = deliveries.lease(connection, "me", START, 1)[0]
    deliveries.release(connection, leased.id, "me")

    assert deliveries.lease(connection, "them", START, 1)[0].attempts == 1


def test_retry_brings_the_dead_back(connection, tenant):
    insert(connection, tenant)
    leased = deliveries.lease(connection, "me", START, 1)[0]
    deliveries.fail(connection, leased.id, "me", BROKE, None, START)
    dead = state_of(connection, leased.id)
    number = deliveries.retry(connection, LATER, leased.id)

    assert (dead, number, state_of(connection, leased.id)) == ("dead", 1, "received")


def test_retry_names_why_nothing_is_to_be_retried(connection, tenant):
    receipt = insert(connection, tenant)
    with pytest.raises(NotFound, match="is received"):
        deliveries.retry(connection, START, receipt.id)
    with pytest.raises(NotFound, match="no delivery"):
        deliveries.retry(connection, START, "dl_nope")


def test_drop_deletes_what_nobody_should_work_on_and_keeps_what_is_decided(connection, tenant):
    unreadable = insert(connection, tenant, "a", state="unreadable")
    decided = insert(connection, tenant, "b", state="decided")
    deliveries.drop(connection, unreadable.id)
    with pytest.raises(NotFound, match="record"):
        deliveries.drop(connection, decided.id)

    assert [found.id for found in deliveries.listing(connection)] == [decided.id]


def test_listing_and_counts_show_states(connection, tenant):
    insert(connection, tenant, "a", state="ignored", event_type="agent.changed")
    insert(connection, tenant, "b")

    assert [found.event_type for found in deliveries.listing(connection, states=("ignored",))] == ["agent.changed"]
    assert {state: number for state, number in deliveries.counts(connection).items() if number} == {
        "received": 1,
        "ignored": 1,
    }


def test_ask_again_is_asked_once_until_done_and_no_operator_sees_it(connection, tenant):
    for _ in range(3):
        deliveries.ask_again(connection, tenant.id, 5, START)
    leased = deliveries.lease(connection, "me", START, 10)
    shown = deliveries.listing(connection)
    deliveries.forget(connection, leased[0].id)
    deliveries.ask_again(connection, tenant.id, 5, START)

    assert [found.again for found in leased] == [5]
    assert shown == ()
    assert len(deliveries.lease(connection, "me", START, 10)) == 1


def test_ask_again_is_possible_after_one_failed_for_good(connection, tenant):
    deliveries.ask_again(connection, tenant.id, 5, START)
    leased = deliveries.lease(connection, "me", START, 1)[0]
    deliveries.fail(connection, leased.id, "me", BROKE, None, START)
    deliveries.ask_again(connection, tenant.id, 5, START)

    assert len(deliveries.lease(connection, "me", START, 1)) == 1
