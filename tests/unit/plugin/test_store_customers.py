from datetime import date

import pytest
from plugin_cases import START, Clock, new_services, new_tenant

from plugin.store import customers, tickets
from plugin.store.errors import CustomerInvalid
from rules.model import Customer, Requester, Ticket


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


def resolve(connection, tenant, **who):
    return customers.resolve(connection, tenant.id, Requester(**who), START)


def put(connection, tenant, external_id, **known):
    return customers.put(connection, tenant.id, Customer(external_id, **known), START)


def test_resolve_finds_the_same_customer_by_id_and_by_email(connection, tenant):
    first = resolve(connection, tenant, external_id="500", email="Ana@Sol.example")

    assert resolve(connection, tenant, external_id="500") == first
    assert resolve(connection, tenant, email=" ana@sol.EXAMPLE ") == first


def test_resolve_knows_nobody_without_an_identity(connection, tenant):
    assert resolve(connection, tenant, name="Ana") is None


def test_resolve_prefers_the_stated_id_over_the_email(connection, tenant):
    by_id = put(connection, tenant, "500", email="a@x.example")
    put(connection, tenant, "600", email="b@x.example")

    assert resolve(connection, tenant, external_id="500", email="b@x.example") == by_id


def test_resolve_trusts_no_email_that_two_stated_customers_share(connection, tenant):
    stated = {put(connection, tenant, name, email="office@x.example") for name in ("1", "2")}

    assert resolve(connection, tenant, external_id="9", email="office@x.example") not in stated


def test_customers_of_two_tenants_never_meet(services, tenant):
    other = new_tenant(services, "other")
    with services.store.write() as connection:
        mine = resolve(connection, tenant, email="ana@sol.example")
        theirs = resolve(connection, other, email="ana@sol.example")
        seen = customers.load(connection, other.id, mine)

    assert mine != theirs
    assert seen is None


def test_put_takes_over_the_tickets_of_the_requester_it_turns_out_to_be(connection, tenant):
    met = resolve(connection, tenant, external_id="500", email="ana@sol.example")
    ticket = tickets.append_events(connection, tenant.id, "7", [], START)
    tickets.save_ticket(connection, tenant.id, ticket.ticket_id, Ticket("7"), customer_id=met, digest={}, now=START)
    stated = put(connection, tenant, "crm-1", email="ANA@sol.example", attributes={"mrr": 900.0})

    assert tickets.by_external_id(connection, tenant.id, "7").customer_id == stated
    assert resolve(connection, tenant, external_id="500", email="ana@sol.example") == stated
    assert customers.load(connection, tenant.id, met) is None


def test_put_replaces_what_was_stated_before(connection, tenant):
    put(connection, tenant, "1", attributes={"mrr": 5.0, "plan": "pro"})
    row = put(
        connection,
        tenant,
        "1",
        attributes={"mrr": 6.0},
        dates={"renewal_on": date(2026, 4, 1)},
        collections={"subscriptions": ({"product": "crm"},)},
    )
    known = customers.load(connection, tenant.id, row)

    assert known.attributes == {"mrr": 6.0}
    assert known.dates == {"renewal_on": date(2026, 4, 1)}
    assert known.collections == {"subscriptions": ({"product": "crm"},)}


@pytest.mark.parametrize("external_id", ["", "  ", "requester:5", "email:a@b.example"])
def test_put_refuses_an_id_that_passes_for_an_unknown_requester(connection, tenant, external_id):
    with pytest.raises(CustomerInvalid):
        put(connection, tenant, external_id)


def test_names_with_half_a_character_are_kept_without_it(connection, tenant):
    row = resolve(connection, tenant, external_id="5\ud8000", name="An\ud800a\x00")

    assert customers.load(connection, tenant.id, row).name == "An?a\N{REPLACEMENT CHARACTER}"
