"""Every connector lets in what its tenant's helpdesk sent, and nothing else. A new folder is tested by being there."""

import base64
import hashlib
import hmac
import logging
import traceback
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from contract_signing import (
    FUTURE,
    NOW,
    OLD_SECRET,
    SECRET,
    SIGNATURE_HEADER,
    SIGNERS,
    STALE,
    STRANGER,
    TIMESTAMP_HEADER,
    Request,
)
from standardwebhooks import Webhook

from connectors.base import Delivery
from connectors.registry import discover
from rules.errors import SignatureInvalid

CONNECTORS = discover()
SIGNED = [name for name, loaded in CONNECTORS.items() if loaded.manifest.auth == "signature"]
SHARED = [name for name, loaded in CONNECTORS.items() if loaded.manifest.auth == "shared_secret"]
BODY = '{"id": "evt-1", "word": "ação"}'.encode()


def verify(name, request: Request, secrets=(SECRET,)):
    delivery = Delivery(request.body, request.headers, NOW, request.path_secret)
    CONNECTORS[name].module.verify(delivery, secrets=list(secrets), now=NOW)


def refused(name, request: Request, secrets=(SECRET,)) -> SignatureInvalid:
    with pytest.raises(SignatureInvalid) as caught:
        verify(name, request, secrets)
    return caught.value


def signed(name, secret=SECRET, sent_at=NOW, **more) -> Request:
    return SIGNERS[name](BODY, secret, sent_at, **more)


def with_header(request: Request, header: str, value: str | None) -> Request:
    headers = {key: each for key, each in request.headers.items() if key != header}
    return replace(request, headers=headers if value is None else headers | {header: value})


def test_every_connector_has_an_independent_signer():
    """A connector without one would be let through untested."""
    assert CONNECTORS.keys() == SIGNERS.keys()


@pytest.mark.parametrize("name", CONNECTORS)
def test_verify_accepts_a_genuine_delivery(name):
    verify(name, signed(name))


@pytest.mark.parametrize("name", CONNECTORS)
def test_verify_accepts_the_old_secret_while_rotating(name):
    verify(name, signed(name, OLD_SECRET), secrets=[SECRET, OLD_SECRET])


@pytest.mark.parametrize("name", CONNECTORS)
@pytest.mark.parametrize("secrets", [[SECRET], [], [""]], ids=["wrong", "none", "empty"])
def test_verify_refuses_a_stranger_and_names_no_secret(name, secrets, caplog):
    caplog.set_level(logging.DEBUG)
    error = refused(name, signed(name, STRANGER), secrets)

    told = "".join(traceback.format_exception(error)) + str(error) + repr(error) + caplog.text
    assert SECRET not in told
    assert STRANGER not in told


@pytest.mark.parametrize("name", CONNECTORS)
def test_verify_refuses_a_delivery_that_proves_nothing(name):
    assert "missing" in str(refused(name, Request(BODY)))


@pytest.mark.parametrize("name", SIGNED)
def test_verify_refuses_every_altered_byte(name):
    request = signed(name)
    for index in range(len(BODY)):
        altered = BODY[:index] + bytes([BODY[index] ^ 1]) + BODY[index + 1 :]
        refused(name, replace(request, body=altered))
    refused(name, replace(request, body=BODY + b" "))


@pytest.mark.parametrize("name", SIGNED)
@pytest.mark.parametrize("header", ["signature", "timestamp"])
def test_verify_refuses_a_missing_header(name, header):
    missing = {"signature": SIGNATURE_HEADER, "timestamp": TIMESTAMP_HEADER}[header][name]

    assert missing in str(refused(name, with_header(signed(name), missing, None))).lower()
    assert missing in str(refused(name, with_header(signed(name), missing, ""))).lower()


@pytest.mark.parametrize("name", SIGNED)
@pytest.mark.parametrize(
    "value",
    [
        "x",
        "v1",
        "v1,",
        ",",
        "====",
        "v1,%%%",
        "ação",
        "\udce9",
        "a" * 10_000,
        "v1,a b",
        " ",
        "\x00",
        "v2,AAAA",
    ],
)
def test_verify_refuses_a_malformed_signature(name, value):
    refused(name, with_header(signed(name), SIGNATURE_HEADER[name], value))


@pytest.mark.parametrize("name", SIGNED)
@pytest.mark.parametrize("algorithm", [hashlib.sha1, hashlib.sha512, hashlib.md5])
def test_verify_refuses_another_algorithm(name, algorithm):
    refused(name, signed(name, algorithm=algorithm))


@pytest.mark.parametrize("name", SIGNED)
@pytest.mark.parametrize("sent_at", [STALE, FUTURE], ids=["stale", "future"])
def test_verify_refuses_a_signature_out_of_its_time(name, sent_at):
    assert "clock" in str(refused(name, signed(name, sent_at=sent_at)))


@pytest.mark.parametrize("name", SIGNED)
def test_verify_covers_the_timestamp_by_the_signature(name):
    fresh, stale = signed(name), signed(name, sent_at=STALE)
    header = TIMESTAMP_HEADER[name]

    refused(name, with_header(stale, header, fresh.headers[header]))


@pytest.mark.parametrize(
    "stamp", ["2026-03-02T15:00:00", "now", "1772463600", "2026-13-02T15:00:00Z", "0001-01-01T00:00:00+14:00"]
)
def test_verify_zendesk_refuses_a_timestamp_that_is_no_instant(stamp):
    """Signed rightly, so that only the timestamp's form is at fault."""

    mac = base64.b64encode(hmac.digest(SECRET.encode(), stamp.encode() + BODY, "sha256")).decode()
    headers = {SIGNATURE_HEADER["zendesk"]: mac, TIMESTAMP_HEADER["zendesk"]: stamp}

    assert "ISO 8601" in str(refused("zendesk", Request(BODY, headers)))


@pytest.mark.parametrize("stamp", ["2026-03-02T15:00:00Z", "1772463600.5", "-1", "9" * 12, "9" * 40, "\u0661\u0667"])
def test_verify_standard_refuses_a_timestamp_that_is_no_unix_time(stamp):

    content = f"msg_1.{stamp}.".encode() + BODY
    mac = base64.b64encode(hmac.digest(SECRET.encode(), content, "sha256")).decode()
    headers = {"webhook-id": "msg_1", "webhook-timestamp": stamp, "webhook-signature": f"v1,{mac}"}

    refused("standard", Request(BODY, headers))


def test_verify_standard_takes_one_of_several_signatures_and_a_whsec_secret():
    """A sender that rotates lists several; `whsec_` secrets are base64 of the key."""

    right = signed("standard").headers["webhook-signature"]
    other = signed("standard", STRANGER).headers["webhook-signature"]
    request = with_header(signed("standard"), "webhook-signature", f"v1a,bm90IGZvciB1cw== {other} {right}")

    verify("standard", request)
    verify("standard", request, secrets=["whsec_" + base64.b64encode(SECRET.encode()).decode()])
    refused("standard", request, secrets=["whsec_not base64"])


def test_verify_standard_agrees_with_the_reference_library():

    secret = "whsec_c2VjcmV0IG9mIHRoZSByZWZlcmVuY2U="
    now = datetime.now(UTC)
    signature = Webhook(secret).sign("msg_9", now, BODY.decode())
    headers = {"webhook-id": "msg_9", "webhook-timestamp": str(int(now.timestamp())), "webhook-signature": signature}

    CONNECTORS["standard"].module.verify(Delivery(BODY, headers, now), secrets=[secret], now=now)


@pytest.mark.parametrize("name", SHARED)
@pytest.mark.parametrize(
    "request_",
    [
        Request(BODY, {"x-sidecue-secret": SECRET}),
        Request(BODY, {"authorization": f"Bearer {SECRET}"}),
        Request(BODY, {}, path_secret=SECRET),
    ],
    ids=["header", "bearer", "path"],
)
def test_verify_takes_a_shared_secret_from_path_or_header(name, request_):
    verify(name, request_)


@pytest.mark.parametrize("name", SHARED)
@pytest.mark.parametrize(
    "request_",
    [
        Request(BODY, {"authorization": f"Basic {SECRET}"}),
        Request(BODY, {"x-sidecue-secret": SECRET[:-1]}),
        Request(BODY, {"x-sidecue-secret": SECRET + "x"}),
        Request(BODY, {"x-sidecue-secret": SECRET}, path_secret=STRANGER),
        Request(BODY, {}, path_secret="\ud800"),
        Request(BODY, {}, path_secret=SECRET.upper()),
    ],
    ids=["basic", "shorter", "longer", "wrong-path", "surrogate", "case"],
)
def test_verify_refuses_a_shared_secret_that_is_not_equal(name, request_):
    refused(name, request_)


@pytest.mark.parametrize("name", CONNECTORS)
def test_delivery_key_is_the_same_for_a_retry_and_differs_for_another_body(name):
    key = CONNECTORS[name].module.delivery_key
    first = signed(name)
    later = SIGNERS[name](BODY, SECRET, FUTURE)
    other = with_header(
        with_header(replace(first, body=BODY.replace(b"evt-1", b"evt-2")), "webhook-id", "msg_2"), "", None
    )

    as_delivery = [Delivery(each.body, each.headers, NOW, each.path_secret) for each in (first, later, other)]
    assert key(as_delivery[0]) == key(as_delivery[1])
    assert key(as_delivery[0]) != key(as_delivery[2])


@pytest.mark.parametrize("name", CONNECTORS)
@pytest.mark.parametrize("body", [b"", b"\xff", b"[]", b'{"id": 5}', b'{"id": ""}', b"[" * 10_000])
def test_delivery_key_is_total(name, body):
    key = CONNECTORS[name].module.delivery_key(Delivery(body, {}, NOW))

    assert 0 < len(key) <= 200
