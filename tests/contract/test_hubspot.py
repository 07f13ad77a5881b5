"""HubSpot's own example of its signatures, and what only this connector does."""

from datetime import UTC, datetime, timedelta

import pytest

from connectors import hubspot
from connectors.base import Delivery, Installation
from rules.errors import SignatureInvalid
from rules.model import TicketStatus

SECRET = "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy"
URL = "https://www.example.com/webhook_uri"
BODY = b"{'example_field':'example_value'}"
SENT_AT = datetime.fromtimestamp(1_693_657_560, UTC)
V3 = {
    "x-hubspot-signature-v3": "K36dawei4A+QBNolUOqo7s91KQDWQ5MXZ/QufNYuk/Y=",
    "x-hubspot-request-timestamp": "1693657560000",
}
V2 = {
    "x-hubspot-signature": "4fe4e3a7d3cf09db53be39d0a58130e2aaba074ec123a9e355b876a689a1c383",
    "x-hubspot-signature-version": "v2",
}
V1 = {
    "x-hubspot-signature": "69fc6631a867edd4f9e9e627fc5c1148e3fbdd8b21837b6d2b8901c1fa57f750",
    "x-hubspot-signature-version": "v1",
}


def verify(headers, now=SENT_AT):
    delivery = Delivery(BODY, headers, now, method="POST", url=URL)
    hubspot.verify(delivery, Installation("acme", "en", secrets=(SECRET,)), now)


@pytest.mark.parametrize("headers", [V1, V2, V3, {**V1, **V3}], ids=["v1", "v2", "v3", "v1 and v3"])
def test_hubspots_published_example_is_genuine(headers):
    verify(headers)


@pytest.mark.parametrize(
    "headers",
    [
        {**V1, "x-hubspot-signature-version": "v2"},
        {**V2, "x-hubspot-signature-version": "v1"},
        {**V1, "x-hubspot-signature-version": "v3"},
        {**V1, **V3, "x-hubspot-signature-v3": "K36dawei4A+QBNolUOqo7s91KQDWQ5MXZ/QufNYuk/A="},
    ],
    ids=["v1 as v2", "v2 as v1", "unknown version", "a wrong v3 beside a right v1"],
)
def test_the_newest_version_that_a_delivery_brings_is_the_one_that_counts(headers):
    with pytest.raises(SignatureInvalid):
        verify(headers)


def test_version_3_is_out_of_its_time_even_beside_an_older_one():
    with pytest.raises(SignatureInvalid, match="5 minutes"):
        verify({**V1, **V3}, SENT_AT + timedelta(minutes=6))


@pytest.mark.parametrize(
    ("stages", "stage", "status"),
    [
        ("99817=pending, 99820 = Closed", "99820", TicketStatus.CLOSED),
        ("99817=pending", "99817", TicketStatus.PENDING),
        ("4=open", "4", TicketStatus.OPEN),
        ("99817=nonsense,,=", "99817", TicketStatus.OPEN),
        ("", "4", TicketStatus.CLOSED),
    ],
)
def test_stages_of_the_accounts_own_mean_what_the_tenant_told(stages, stage, status):
    document = {"id": "7", "properties": {"createdate": "2026-03-02T12:00:00Z", "hs_pipeline_stage": stage}}
    body = b'[{"subscriptionType": "ticket.creation", "objectId": 7}]'
    delivery = Delivery(body, {}, SENT_AT, documents={"ticket:7": document})
    _, state = hubspot.parse(delivery, Installation("acme", "en", settings={"stages": stages}))

    assert state.changes.status is status


def test_what_happened_in_another_account_is_none_of_this_tenants():
    """One app may serve several accounts, which share its client secret."""
    body = (
        b'[{"subscriptionType": "ticket.creation", "objectId": 7, "portalId": 1},'
        b' {"subscriptionType": "ticket.creation", "objectId": 8, "portalId": 62515}]'
    )
    asked = hubspot.hydrate(Delivery(body, {}, SENT_AT), Installation("acme", "en", settings={"portal_id": "62515"}))

    assert [each.name for each in asked] == ["ticket:8"]
