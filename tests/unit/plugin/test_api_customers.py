"""Customer facts by the API, and the manual."""

from __future__ import annotations

import re

import plugin_cases as plugin
import pytest

from plugin.store import customers, decisions
from rules.vocabulary import COLLECTIONS, CUSTOMER_DATES, FIELDS, Source


@pytest.fixture
def here(tmp_path):
    made = plugin.new_services(tmp_path, plugin.Clock())
    yield made
    made.stop()


@pytest.fixture
def tenant(here):
    return plugin.new_tenant(here)


@pytest.fixture
def client(here, tenant):
    return plugin.new_app(here).test_client()


@pytest.fixture
def put(client, tenant):
    def state(external_id="500", **stated):
        return client.put(
            f"/api/v1/customers/acme/{external_id}",
            json=stated,
            headers={"Authorization": f"Bearer {tenant.api_key}"},
        )

    return state


def kept(here, tenant, external_id="500"):
    with here.store.read() as connection:
        return customers.by_external_id(connection, tenant.id, external_id)


def faults(answer):
    return {fault["field"]: fault for fault in answer.json["errors"]}


def test_customer_facts_are_kept_whole(here, tenant, put):
    answer = put(
        name="Padaria Sol",
        email="ana@padariasol.example",
        attributes={"mrr": 890, "plan": "Pro", "seats": 12.0, "opted_out": False},
        dates={"renewal_on": "2026-04-20"},
        collections={"subscriptions": [{"product": "crm", "status": "active", "seats": 12}]},
    )
    customer = kept(here, tenant)

    assert answer.json == {"customer": "500", "tickets_decided": 0}
    assert customer.attributes == {"mrr": 890.0, "plan": "Pro", "seats": 12, "opted_out": False}
    assert str(customer.dates["renewal_on"]) == "2026-04-20"
    assert customer.collections["subscriptions"][0]["status"] == "active"


def test_what_is_not_stated_any_more_is_forgotten(here, tenant, put):
    put(attributes={"mrr": 890})
    put(attributes={"plan": "Pro"})

    assert kept(here, tenant).attributes == {"plan": "Pro"}


def test_new_facts_decide_the_customers_open_tickets_again(here, client, tenant, put):
    plugin.deliver(client, plugin.opened("7"))
    here.worker.drain()

    answer = put(attributes={"plan": "Pro"})

    assert answer.json["tickets_decided"] == 1
    with here.store.read() as connection:
        decided = decisions.current(connection, tenant.id, "7")
    assert decided.customer_id is not None


@pytest.mark.parametrize(
    ("stated", "field", "nearest"),
    [
        ({"attributes": {"mmr": 3}}, "attributes.mmr", "mrr"),
        ({"attributes": {"mrr": "much"}}, "attributes.mrr", None),
        ({"attributes": {"mrr": -1}}, "attributes.mrr", None),
        ({"attributes": {"mrr": True}}, "attributes.mrr", None),
        ({"attributes": {"mrr": None}}, "attributes.mrr", None),
        ({"attributes": {"mrr": [1]}}, "attributes.mrr", None),
        ({"attributes": {"tier": "enterprize"}}, "attributes.tier", "enterprise"),
        ({"attributes": {"days_to_renewal": 41}}, "attributes.days_to_renewal", "renewal_on"),
        ({"attributes": {"tickets_30d": 2}}, "attributes.tickets_30d", None),
        ({"attributes": {"plan": "x" * 1001}}, "attributes.plan", None),
        ({"dates": {"renewal": "2026-01-01"}}, "dates.renewal", "renewal_on"),
        ({"dates": {"renewal_on": "tomorrow"}}, "dates.renewal_on", None),
        ({"collections": {"subscription": []}}, "collections.subscription", "subscriptions"),
        ({"collections": {"open_tickets": []}}, "collections.open_tickets", None),
        ({"collections": {"invoices": [{"state": "open"}]}}, "collections.invoices[0].state", "status"),
        ({"collections": {"invoices": [{"status": "late"}]}}, "collections.invoices[0].status", None),
        ({"collections": {"invoices": [{}] * 501}}, "collections.invoices", None),
        ({"email": "not an address"}, "email", None),
        ({"surname": "x"}, "surname", None),
    ],
)
def test_fact_that_does_not_fit_names_the_field_and_the_nearest(put, stated, field, nearest):
    answer = put(**stated)

    assert answer.status_code == 422
    assert field in faults(answer)
    assert faults(answer)[field].get("nearest") == nearest


def test_nothing_is_kept_of_facts_that_do_not_fit(here, tenant, put):
    put(attributes={"plan": "Pro", "mmr": 3})

    assert kept(here, tenant) is None


def test_every_fault_is_named_at_once(put):
    answer = put(attributes={"mmr": 1, "tier": "huge"}, dates={"birthday": "2000-01-01"})

    assert set(faults(answer)) == {"attributes.mmr", "attributes.tier", "dates.birthday"}


def test_every_field_that_may_be_stated_can_be(put):
    samples = {"integer": 3, "number": 2.5, "text": "x", "flag": True}
    stated = {
        name.removeprefix("customer."): field.values[0] if field.values else samples[field.type]
        for name, field in FIELDS.items()
        if field.source is Source.STATED
    }

    answer = put(
        attributes=stated,
        dates=dict.fromkeys(CUSTOMER_DATES, "2026-01-01"),
        collections={
            name: [{item.name: item.values[0] if item.values else samples[item.type] for item in found.fields.values()}]
            for name, found in COLLECTIONS.items()
            if found.source is Source.STATED
        },
    )

    assert answer.status_code == 200, answer.text


def test_id_that_cannot_be_one_is_refused(put):
    assert put("requester:5").status_code == 422


@pytest.mark.parametrize("length", [181, 200, 3_000])
def test_id_longer_than_is_kept_is_refused(put, length):
    answer = put("x" * length, attributes={"mrr": 1})

    assert answer.status_code == 422
    assert set(faults(answer)) == {"external_id"}


def test_id_of_the_greatest_length_can_be_stated_twice(put):
    answers = [put("x" * 180, attributes={"mrr": value}) for value in (1, 2)]

    assert [answer.status_code for answer in answers] == [200, 200]


@pytest.mark.parametrize("media_type", ["application/x-www-form-urlencoded", "text/plain", ""])
def test_facts_of_another_media_type_are_refused_and_forget_nothing(here, client, tenant, put, media_type):
    put(attributes={"mrr": 890})

    answer = client.put(
        "/api/v1/customers/acme/500",
        data='{"attributes": {"mrr": 900}}',
        headers={"Authorization": f"Bearer {tenant.api_key}", "Content-Type": media_type},
    )

    assert (answer.status_code, answer.json["accepts"]) == (415, ["application/json"])
    assert kept(here, tenant).attributes == {"mrr": 890.0}


@pytest.mark.parametrize(
    "body",
    ["", "{", "[]", '{"name": "a", "name": "b"}', '{"attributes": ' * 20_000 + "1" + "}" * 20_000, b'{"name": "\xff"}'],
    ids=["empty", "cut", "list", "key twice", "nested", "not UTF-8"],
)
def test_facts_that_cannot_be_read_are_refused_and_forget_nothing(here, client, tenant, put, body):
    put(attributes={"mrr": 890})

    answer = client.put(
        "/api/v1/customers/acme/500",
        data=body,
        headers={"Authorization": f"Bearer {tenant.api_key}", "Content-Type": "application/json"},
    )

    assert (answer.status_code, answer.json["type"]) == (400, "urn:sidecue:problem:request-invalid")
    assert answer.json["detail"]
    assert kept(here, tenant).attributes == {"mrr": 890.0}


def test_manual_names_every_route_and_loads_nothing(client):
    document = client.get("/api/openapi.json").json
    page = client.get("/api/docs", headers={"Accept-Language": "pt-BR"})

    assert page.status_code == 200
    for path in document["paths"]:
        assert path in page.text
    assert not re.search(r'(src|href)="https?:', page.text)
    assert "<script" not in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]


def test_every_route_of_the_api_is_in_the_document_with_its_refusals(here, client):
    document = client.get("/api/openapi.json").json
    routes = {
        re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        for rule in plugin.new_app(here).url_map.iter_rules()
        if rule.rule.startswith("/api/v1/")
    }

    assert set(document["paths"]) == routes
    for item in document["paths"].values():
        for method, operation in item.items():
            if method in {"get", "put", "post"}:
                assert {"200", "401", "403", "404"} <= set(operation["responses"])
                assert operation["summary"]
                assert "application/problem+json" in operation["responses"]["401"]["content"]
