"""Every connector lets in what its tenant's helpdesk sent, and nothing else. A new folder is tested by being there."""

import base64
import hashlib
import hmac
import logging
import traceback
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from contract_signing import (
    CONNECTORS,
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
from rules.errors import SignatureInvalid

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


@pytest.mark.parametrize("name", CONNECTORS)
def test_folder_brings_a_signer_where_deliveries_are_signed(name):
    """fixtures/sign_<name>.py, written from the helpdesk's documents: without it nothing would prove the verifier."""
    assert name in SIGNERS


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
        "v1,====",
        "v1,None",
        "v1," + "A" * 44 + "\n",
        "none",
        "null",
    ],
)
def test_verify_refuses_a_malformed_signature(name, value):
    refused(name, with_header(signed(name), SIGNATURE_HEADER[name], value))


def altered(name, change) -> Request:
    """Return a signed request whose signature, without what stands before a comma, has been changed."""
    request, header = signed(name), SIGNATURE_HEADER[name]
    before, comma, mac = request.headers[header].rpartition(",")

    return with_header(request, header, before + comma + change(mac))


@pytest.mark.parametrize("name", SIGNED)
@pytest.mark.parametrize(
    "change",
    [
        lambda mac: mac[:-1],
        lambda mac: mac[:4],
        lambda mac: mac[: len(mac) // 2],
        lambda mac: mac[1:],
        lambda mac: mac + "A",
        lambda mac: mac + mac,
        lambda mac: f"{mac},{mac}",
        lambda mac: f"{mac}, {mac}",
        lambda mac: mac + "\x00",
    ],
)
def test_verify_refuses_what_is_nearly_the_signature(name, change):
    """Cut, lengthened, or sent twice (a proxy joins equal headers by a comma)."""
    refused(name, altered(name, change))


@pytest.mark.parametrize("name", ["zendesk", "standard"])
@pytest.mark.parametrize(
    "change",
    [
        lambda mac: mac.rstrip("="),
        lambda mac: mac + "=",
        lambda mac: mac.swapcase(),
        lambda mac: mac[:20] + "\n" + mac[20:],
        lambda mac: mac[:20] + "%" + mac[20:],
        lambda mac: base64.b64decode(mac).hex(),
        lambda mac: base64.b64encode(base64.b64decode(mac)[:16]).decode(),
        lambda mac: base64.b64encode(base64.b64decode(mac) + b"x").decode(),
        lambda mac: base64.b64encode(mac.encode()).decode(),
    ],
)
def test_verify_refuses_other_writings_of_a_base64_signature(name, change):
    refused(name, altered(name, change))


@pytest.mark.parametrize("name", SIGNED)
@pytest.mark.parametrize("secret", ["", "\udce9", "whsec_", "whsec_\udce9", "\x00", "whsec_AAAA"])
def test_verify_with_a_secret_that_is_none_lets_nobody_in(name, secret):
    """A key of no bytes would be known to everybody."""
    refused(name, signed(name, ""), [secret])
    refused(name, signed(name), [secret])
    refused(name, signed(name, ""), [secret, SECRET])


@pytest.mark.parametrize("name", SIGNED)
def test_verify_takes_the_whole_window_and_not_a_second_more(name):
    for seconds in (-300, 300):
        verify(name, signed(name, sent_at=NOW + timedelta(seconds=seconds)))
    for seconds in (-301, 301, -86_400 * 2, 86_400 * 2, 10**9):
        refused(name, signed(name, sent_at=NOW + timedelta(seconds=seconds)))


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
    "stamp",
    [
        "2026-03-02T15:00:00",
        "now",
        "1772463600",
        "2026-13-02T15:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "2026-03-02T15:00:00Z ",
        " 2026-03-02T15:00:00Z",
        "2026-03-02 15:00:00Z",
        "20260302T150000Z",
        "2026-W10-1T15:00:00Z",
        "2026-03-02T15:00:00+00",
        "2026-03-02T15:00Z",
        "2026-03-02T15:00:60Z",
        "2026-03-02",
        "2026-03-02T15:00:00z",
        "\u0662026-03-02T15:00:00Z",
        "2026-03-02T15:00:00Z\x00",
        "2026-03-02T15:00:00Z\n",
    ],
)
def test_verify_zendesk_refuses_a_timestamp_that_is_no_instant(stamp):
    """Signed rightly, so that only the timestamp's form is at fault."""

    mac = base64.b64encode(hmac.digest(SECRET.encode(), stamp.encode() + BODY, "sha256")).decode()
    headers = {SIGNATURE_HEADER["zendesk"]: mac, TIMESTAMP_HEADER["zendesk"]: stamp}

    assert "ISO 8601" in str(refused("zendesk", Request(BODY, headers)))


@pytest.mark.parametrize(
    "stamp",
    ["2026-03-02T15:00:00Z", "2026-03-02T15:00:00.5Z", "2026-03-02T15:00:00.123456789Z", "2026-03-02T12:00:00-03:00"],
)
def test_verify_zendesk_takes_fractions_and_offsets(stamp):
    mac = base64.b64encode(hmac.digest(SECRET.encode(), stamp.encode() + BODY, "sha256")).decode()

    verify("zendesk", Request(BODY, {SIGNATURE_HEADER["zendesk"]: mac, TIMESTAMP_HEADER["zendesk"]: stamp}))


def test_verify_zendesk_lets_nobody_move_the_border_between_timestamp_and_body():
    """Timestamp and body are signed as one text; a shorter timestamp would leave its end in the body."""
    stamp = "2026-03-02T15:00:00.250+00:00"
    mac = base64.b64encode(hmac.digest(SECRET.encode(), stamp.encode() + BODY, "sha256")).decode()
    for border in (len(stamp) - 3, len(stamp) - 6, 19, 16, 10):
        headers = {SIGNATURE_HEADER["zendesk"]: mac, TIMESTAMP_HEADER["zendesk"]: stamp[:border]}
        refused("zendesk", Request(stamp[border:].encode() + BODY, headers))


@pytest.mark.parametrize(
    "stamp",
    [
        "2026-03-02T15:00:00Z",
        "1772463600000",
        " 1772463600",
        "1772463600.0",
        "1772463600.5",
        "-1",
        "9" * 12,
        "9" * 40,
        "\u0661\u0667\u0667\u0662\u0664\u0666\u0663\u0666\u0660\u0660",
    ],
)
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


@pytest.mark.parametrize("version", ["v1a", "v2", "v", "none", "V1", "v1 ", ""])
def test_verify_standard_takes_the_right_digest_under_its_own_version_only(version):
    mac = signed("standard").headers["webhook-signature"].partition(",")[2]

    refused("standard", with_header(signed("standard"), "webhook-signature", f"{version},{mac}"))


def test_verify_standard_reads_no_more_signatures_than_a_rotation_needs():
    right = signed("standard").headers["webhook-signature"]
    other = signed("standard", STRANGER).headers["webhook-signature"]

    verify("standard", with_header(signed("standard"), "webhook-signature", " ".join([*[other] * 19, right])))
    refused("standard", with_header(signed("standard"), "webhook-signature", " ".join([*[other] * 20, right])))


def test_verify_standard_names_a_secret_that_is_half_base64():
    secret = "whsec_" + base64.b64encode(SECRET.encode()).decode()
    damaged = secret[:20] + "%" + secret[20:]

    assert "base64" in str(refused("standard", signed("standard"), [damaged]))


@pytest.mark.parametrize("name", ["zendesk", "standard"])
@pytest.mark.parametrize("kind", ["signature", "timestamp"])
def test_verify_works_on_no_header_without_end(name, kind):
    header = {"signature": SIGNATURE_HEADER, "timestamp": TIMESTAMP_HEADER}[kind][name]

    assert "too long" in str(refused(name, with_header(signed(name), header, "A" * 10_000)))


@pytest.mark.parametrize("name", CONNECTORS)
def test_verify_compares_in_constant_time(name, monkeypatch):
    """How long a comparison takes cannot be tested; that it is the one made for this can."""
    compared = []
    genuine = hmac.compare_digest
    monkeypatch.setattr(hmac, "compare_digest", lambda one, other: compared.append(one) or genuine(one, other))
    verify(name, signed(name), [OLD_SECRET, SECRET])

    assert len(compared) >= 2


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


def key_of(name, request: Request) -> str:
    return CONNECTORS[name].module.delivery_key(Delivery(request.body, request.headers, NOW, request.path_secret))


@pytest.mark.parametrize("name", CONNECTORS)
def test_delivery_key_is_the_same_for_a_retry(name):
    assert key_of(name, signed(name)) == key_of(name, SIGNERS[name](BODY, SECRET, FUTURE))


@pytest.mark.parametrize("name", CONNECTORS)
@pytest.mark.parametrize("altered", [BODY.replace(b"evt-1", b"evt-2"), BODY.replace(b"word", b"term")])
def test_delivery_key_differs_for_another_body_even_under_the_same_id(name, altered):
    """What a helpdesk sends under an id it used before is still something it said."""
    assert key_of(name, signed(name)) != key_of(name, replace(signed(name), body=altered))


@pytest.mark.parametrize("name", CONNECTORS)
@pytest.mark.parametrize("body", [BODY, b'{"id": 7}', b"{}"])
def test_delivery_key_hangs_on_nothing_that_is_not_proved(name, body):
    """Otherwise a replay under another id would be a new delivery, or could take the place of one to come."""
    request = SIGNERS[name](body, SECRET, NOW)
    for header in request.headers:
        other = with_header(request, header, "another")
        try:
            verify(name, other)
        except SignatureInvalid:
            continue
        assert key_of(name, other) == key_of(name, request)


@pytest.mark.parametrize("name", CONNECTORS)
@pytest.mark.parametrize("body", [b"", b"\xff", b"[]", b'{"id": 5}', b'{"id": ""}', b"[" * 10_000])
def test_delivery_key_is_total(name, body):
    key = CONNECTORS[name].module.delivery_key(Delivery(body, {}, NOW))

    assert 0 < len(key) <= 200
