import pytest
from plugin_cases import START, Clock, commented, deliver, new_app, new_services, new_tenant, opened

from plugin.store import decisions, feedback, outbox
from plugin.store.errors import NotFound, UndoTooLate, VerdictRefused
from rules.model import Function


@pytest.fixture
def services(tmp_path):
    made = new_services(tmp_path, Clock())
    yield made
    made.store.close()


@pytest.fixture
def tenant(services):
    added = new_tenant(services)
    deliver(new_app(services).test_client(), opened())
    services.worker.drain()
    return added


@pytest.fixture
def connection(services, tenant):
    with services.store.write() as opened_connection:
        yield opened_connection


def current(connection, tenant, ticket="7"):
    return decisions.current(connection, tenant.id, ticket)


def first(connection, tenant):
    return current(connection, tenant).recommendations[0]


def give(connection, tenant, verdict, recommendation_id=None):
    chosen = recommendation_id or first(connection, tenant).id
    return feedback.give(connection, tenant, chosen, verdict, None, None, "Ana", START)


def undo(connection, tenant):
    return feedback.undo(connection, tenant, first(connection, tenant).id, "Ana", START)


def test_a_verdict_is_kept_once(connection, tenant):
    given = [give(connection, tenant, "accepted") for _ in range(3)]

    assert [told.changed for told in given] == [True, False, False]
    assert first(connection, tenant).state == "accepted"


def test_a_verdict_is_a_visible_change(connection, tenant):
    before = current(connection, tenant).revision
    give(connection, tenant, "dismissed")

    assert current(connection, tenant).revision == before + 1


@pytest.mark.parametrize(
    ("said", "then"), [("accepted", "dismissed"), ("done", "accepted"), ("handed_over", "dismissed")]
)
def test_a_verdict_that_contradicts_the_last_one_is_refused(connection, tenant, said, then):
    give(connection, tenant, said)
    with pytest.raises(VerdictRefused, match="undone"):
        give(connection, tenant, then)


def test_undo_goes_back_one_verdict_at_a_time(connection, tenant):
    give(connection, tenant, "dismissed")
    give(connection, tenant, "done")
    states = [undo(connection, tenant).state, undo(connection, tenant).state]
    with pytest.raises(VerdictRefused, match="no verdict"):
        undo(connection, tenant)

    assert states == ["dismissed", "open"]


def enqueue(connection, tenant, ref="sc_" + "a" * 20):
    outbox.enqueue(
        connection,
        ref=ref,
        tenant_id=tenant.id,
        ticket="7",
        recommendation_id=first(connection, tenant).id,
        kind="note",
        content={"text": "x"},
        due_at=START,
    )


def test_undo_takes_the_note_back(connection, tenant):
    give(connection, tenant, "accepted")
    enqueue(connection, tenant)
    undo(connection, tenant)

    assert outbox.counts(connection)["cancelled"] == 1


def test_undo_comes_too_late_when_the_note_has_left(connection, tenant):
    give(connection, tenant, "accepted")
    enqueue(connection, tenant)
    outbox.lease(connection, "me", START, 1)
    with pytest.raises(UndoTooLate):
        undo(connection, tenant)

    assert first(connection, tenant).state == "accepted"


def test_feedback_of_another_tenant_finds_nothing(services, tenant):
    other = new_tenant(services, "other", secret="another-secret-of-another-tenant")
    with services.store.write() as connection:
        mine = first(connection, tenant).id
        for attempt in (
            lambda: give(connection, other, "accepted", mine),
            lambda: feedback.undo(connection, other, mine, "Eve", START),
            lambda: feedback.tick(connection, other, mine, [0]),
            lambda: feedback.correct(connection, other, current(connection, tenant).id, Function.SUPPORT, "Eve", START),
        ):
            with pytest.raises(NotFound):
                attempt()


def test_verdict_and_steps_stay_when_the_ticket_is_decided_anew(services, tenant):
    with services.store.write() as connection:
        old = first(connection, tenant).id
        give(connection, tenant, "accepted")
        feedback.tick(connection, tenant, old, [1, 0, 1])
        feedback.correct(connection, tenant, current(connection, tenant).id, Function.SUPPORT, "Ana", START)
    deliver(new_app(services).test_client(), commented(words="e está fora do ar"))
    services.worker.drain()
    with services.store.write() as connection:
        stored = current(connection, tenant)
        kept = next(found for found in stored.recommendations if found.recommendation.action == "t.listen")
        on_old_id = give(connection, tenant, "done", old)

    assert kept.id != old
    assert (kept.state, kept.steps_done) == ("accepted", (0, 1))
    assert stored.correction["primary"] == "support"
    assert (on_old_id.recommendation_id, on_old_id.state) == (kept.id, "done")


def test_agreeing_takes_a_correction_back(connection, tenant):
    decision_id = current(connection, tenant).id
    feedback.correct(connection, tenant, decision_id, Function.SUPPORT, "Ana", START)
    corrected = current(connection, tenant).correction
    feedback.correct(connection, tenant, decision_id, Function.SUCCESS, "Ana", START)

    assert corrected == {"primary": "support", "by": "Ana", "at": START.isoformat()}
    assert current(connection, tenant).correction is None


def test_what_was_shown_counts_once_and_only_on_other_tickets(services, tenant):
    with services.store.write() as connection:
        stored = current(connection, tenant)
        shown = [decisions.mark_shown(connection, tenant.id, stored.id, START) for _ in range(2)]
        own = decisions.contacts_of_customer(connection, tenant.id, stored.customer_id, START, but=stored.ticket_id)
        elsewhere = decisions.contacts_of_customer(connection, tenant.id, stored.customer_id, START, but=0)

    assert shown == [1, 0]
    assert own == []
    assert elsewhere == [{"action": "t.listen", "kind": "retain", "days_ago": 0.0, "outcome": "shown"}]


def test_acceptance_counts_tickets_not_decisions(services, tenant):
    client = new_app(services).test_client()
    for ticket in ("8", "9"):
        deliver(client, opened(ticket, event=f"e-{ticket}", requester=ticket))
    services.worker.drain()
    with services.store.write() as connection:
        for ticket in ("7", "8", "9"):
            decisions.mark_shown(connection, tenant.id, current(connection, tenant, ticket).id, START)
        give(connection, tenant, "accepted")
    deliver(client, commented(words="e está fora do ar"))
    services.worker.drain()
    with services.store.read() as connection:
        counted = decisions.acceptance(connection, tenant.id)

    assert counted == {"t.listen": (1, 3)}
