"""What only Zoho Desk does: a token beside the secret that covers no body, and access tokens that are kept."""

import json
from datetime import timedelta

import jwt
import pytest
from contract_desks import DeskServer
from contract_signing import CONNECTORS, NOW, SECRET, STRANGER, brought, served
from cryptography.hazmat.primitives.asymmetric import rsa

from connectors.base import Delivery, Installation, Note
from connectors.budget import Budget, Rate
from connectors.http import HelpdeskApi
from connectors.zoho_desk.access import AccessTokens
from connectors.zoho_desk.client import TOKENS, accounts_of
from rules.errors import HelpdeskFailed, SignatureInvalid

BODY = b'[{"eventType": "Ticket_Add", "payload": {"id": "1"}}]'
ORGANIZATION, WEBHOOK = "650012345", "31138000001300001"
GIVEN = "id:secret:refresh"


@pytest.fixture(scope="module")
def keys():
    """Return Zoho's key and a stranger's, made anew."""
    return [rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2)]


@pytest.fixture(scope="module")
def address(keys):
    """Return an address that serves Zoho's key set."""
    public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(keys[0].public_key()))
    return served(json.dumps({"keys": [{**public, "kid": "z1", "use": "sig"}]}).encode())


def token_of(key, sent_at=NOW, **claims):
    told = {"iss": f"orgId:{ORGANIZATION}", "aud": f"webhookId:{WEBHOOK}", "iat": sent_at}
    told |= {"exp": sent_at + timedelta(minutes=5)} | claims
    return jwt.encode({name: each for name, each in told.items() if each}, key, "RS256", headers={"kid": "z1"})


def verify(address, token, path_secret=SECRET, **settings):
    settings = {"org_id": ORGANIZATION, "webhook_id": WEBHOOK} | settings
    told = Installation("acme", "en", api_url=address, secrets=(SECRET,), settings=settings)
    headers = {} if token is None else {"x-zdesk-jwt": token}
    CONNECTORS["zoho_desk"].module.verify(Delivery(BODY, headers, NOW, path_secret), told, NOW)


def test_secret_and_token_together_open(address, keys):
    verify(address, token_of(keys[0]))


def test_the_token_alone_opens_nothing_for_its_body_is_anybodys(address, keys):
    for wrong in (None, STRANGER):
        with pytest.raises(SignatureInvalid, match="secret"):
            verify(address, token_of(keys[0]), wrong)


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "orgId:1"},
        {"aud": "webhookId:1"},
        {"iss": None},
        {"aud": None},
        {"exp": None},
        {"iat": None},
        {"sent_at": NOW - timedelta(minutes=7)},
        {"sent_at": NOW + timedelta(minutes=7)},
    ],
    ids=lambda claims: "-".join(f"{name}" for name in claims),
)
def test_a_token_for_others_or_out_of_its_time_is_refused(address, keys, claims):
    with pytest.raises(SignatureInvalid):
        verify(address, token_of(keys[0], **claims))


def test_a_missing_strangers_or_unsigned_token_is_refused(address, keys):
    unsigned = jwt.encode({"iss": f"orgId:{ORGANIZATION}", "aud": f"webhookId:{WEBHOOK}"}, None, "none")
    for token in (None, "", "x.y.z", unsigned, token_of(keys[1]), token_of(keys[0])[:-4]):
        with pytest.raises(SignatureInvalid):
            verify(address, token)


def test_a_webhook_that_is_told_without_its_organization_opens_nothing(address, keys):
    with pytest.raises(SignatureInvalid, match="org_id"):
        verify(address, token_of(keys[0]), org_id="")


def test_a_ticket_that_is_gone_says_nothing():
    gone = Delivery(BODY, {}, NOW, documents={"ticket:1": None})

    assert CONNECTORS["zoho_desk"].module.parse(gone, Installation("acme", "en")) == []


def test_keys_that_cannot_be_fetched_let_nobody_in(keys):
    with pytest.raises(SignatureInvalid, match="data center"):
        verify("http://127.0.0.1:9", token_of(keys[0]))


@pytest.mark.parametrize(
    ("desk", "accounts"),
    [
        ("https://desk.zoho.com", "https://accounts.zoho.com"),
        ("https://desk.zoho.com.au/", "https://accounts.zoho.com.au"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
    ],
)
def test_tokens_are_asked_for_in_the_same_data_center(desk, accounts):
    assert accounts_of(desk) == accounts


@pytest.fixture
def running():
    server = DeskServer()
    opened = server.open(brought("zoho_desk", "desk"))
    yield opened
    TOKENS.forget(opened.url, opened.module["API_TOKEN"])
    server.close()


def asked(running):
    return [each.path for each in running.asked].count("/oauth/v2/token")


def test_an_access_token_is_used_for_as_long_as_it_holds(running):
    module, clock = running.module, [0.0]
    running.desk.lasts = 3_600
    accounts = HelpdeskApi(api_url=running.url, allowed_hosts=["{api_url}"], authorization=None)
    tokens = AccessTokens(lambda: clock[0])

    def take():
        tokens.token(accounts, running.url, module["API_TOKEN"])
        return asked(running)

    first, again = take(), take()
    clock[0] = 3_599.0 - 300.0
    before_its_end = take()
    clock[0] = 3_600.0
    after = take()
    tokens.forget(running.url, module["API_TOKEN"])

    assert (first, again, before_its_end, after, take()) == (1, 1, 1, 2, 3)


def test_a_token_that_zoho_does_not_accept_any_more_is_asked_for_anew(running):
    running.desk.lasts = 3_600
    client = CONNECTORS["zoho_desk"].module.client(running.installation())
    client.assign(running.ticket, assignee="1")
    running.faults = [(401, {}, False)]
    with pytest.raises(HelpdeskFailed):
        client.assign(running.ticket, assignee="2")
    client.assign(running.ticket, assignee="3")

    assert asked(running) == 2
    assert running.desk.given_to(running.ticket) == (None, "3")


def test_asking_for_a_token_counts_against_the_budget_too(running):
    budget = Budget(Rate(2, 60.0, "https://vendor.example/limits"), lambda: 0.0)
    CONNECTORS["zoho_desk"].module.client(running.installation(budget)).post_note(running.ticket, Note("sc_1", "x"))

    with pytest.raises(HelpdeskFailed, match="may be asked"):
        budget.take()


@pytest.mark.parametrize("given", ["", "one", "one:two", "one:two:three:four", "one::three"])
def test_credentials_of_another_form_are_told_without_being_told(running, given):
    accounts = HelpdeskApi(api_url=running.url, allowed_hosts=["{api_url}"], authorization=None)
    with pytest.raises(HelpdeskFailed, match="CLIENT_ID:CLIENT_SECRET:REFRESH_TOKEN") as caught:
        AccessTokens().token(accounts, running.url, given)

    assert "three" not in str(caught.value)


def test_credentials_that_zoho_does_not_know_are_told_without_being_told(running):
    accounts = HelpdeskApi(api_url=running.url, allowed_hosts=["{api_url}"], authorization=None)
    with pytest.raises(HelpdeskFailed, match="data center") as caught:
        AccessTokens().token(accounts, running.url, GIVEN)

    assert "refresh" not in str(caught.value)


@pytest.mark.parametrize("name", ["function", "cf_", "cf_a/b", "assigneeId"])
def test_nothing_but_a_custom_field_is_written(running, name):
    client = CONNECTORS["zoho_desk"].module.client(running.installation())
    with pytest.raises(HelpdeskFailed, match="cf_function"):
        client.set_field(running.ticket, name, "success")

    assert running.asked == []


def test_a_group_is_the_agent_who_gets_what_is_handed_over(running):
    client = CONNECTORS["zoho_desk"].module.client(running.installation())
    client.assign(running.ticket, group="7")
    handed_over = running.desk.given_to(running.ticket)
    client.assign(running.ticket, group="7", assignee="8")

    assert handed_over == (None, "7")
    assert running.desk.given_to(running.ticket) == (None, "8")
