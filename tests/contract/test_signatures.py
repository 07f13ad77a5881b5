"""Every connector lets in what its tenant's helpdesk sent, and nothing else. A new folder is tested by being there."""

import base64
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
    SCHEMES,
    SECRET,
    SHARED,
    SIGNED,
    STALE,
    STRANGER,
    TIMED,
    Request,
    Scheme,
    by_id,
)
from laws import every
from standardwebhooks import Webhook
from told_in_both import is_told_in_both

from connectors.base import Delivery, Installation
from rules.errors import SignatureInvalid

BODY = '{"id": "evt-1", "word": "ação"}'.encode()
NAMED = {scheme.id: scheme for scheme in SCHEMES}


def verify(scheme: Scheme, request: Request, secrets=(SECRET,)):
    CONNECTORS[scheme.name].module.verify(request.delivery(), scheme.installation(tuple(secrets)), NOW)


def refused(scheme: Scheme, request: Request, secrets=(SECRET,)) -> SignatureInvalid:
    with pytest.raises(SignatureInvalid) as caught:
        verify(scheme, request, secrets)
    is_told_in_both(caught.value)
    return caught.value


def signed(scheme: Scheme, secret=SECRET, sent_at=NOW, **more) -> Request:
    return scheme.sign(BODY, secret, sent_at, **more)


def with_header(request: Request, header: str, value: str | None) -> Request:
    headers = {key: each for key, each in request.headers.items() if key != header}
    return replace(request, headers=headers if value is None else headers | {header: value})


@pytest.mark.parametrize("name", CONNECTORS)
def test_folder_brings_a_signer_where_deliveries_are_signed(name):
    """fixtures/sign_<name>.py, written from the helpdesk's documents: without it nothing would prove the verifier."""
    signers = [scheme for scheme in SIGNED if scheme.name == name]

    assert bool(signers) == (CONNECTORS[name].manifest.auth != "shared_secret")


@pytest.mark.parametrize(**by_id(SCHEMES))
def test_verify_accepts_a_genuine_delivery(scheme):
    verify(scheme, signed(scheme))


@pytest.mark.parametrize(**by_id(SCHEMES))
def test_verify_accepts_the_old_secret_while_rotating(scheme):
    verify(scheme, signed(scheme, OLD_SECRET), secrets=[SECRET, OLD_SECRET])


@pytest.mark.parametrize(**by_id(SCHEMES))
@pytest.mark.parametrize("secrets", [[SECRET], [], [""]], ids=["wrong", "none", "empty"])
def test_verify_refuses_a_stranger_and_names_no_secret(scheme, secrets, caplog):
    caplog.set_level(logging.DEBUG)
    error = refused(scheme, signed(scheme, STRANGER), secrets)

    told = "".join(traceback.format_exception(error)) + str(error) + repr(error) + caplog.text
    assert SECRET not in told
    assert STRANGER not in told


@pytest.mark.parametrize(**by_id(SCHEMES))
def test_verify_refuses_a_delivery_that_proves_nothing(scheme):
    assert "missing" in str(refused(scheme, Request(BODY)))


@pytest.mark.parametrize(**by_id([scheme for scheme in SIGNED if "body" in scheme.covers]))
def test_verify_refuses_every_altered_byte(scheme):
    request = signed(scheme)
    for index in range(len(BODY)):
        altered = BODY[:index] + bytes([BODY[index] ^ 1]) + BODY[index + 1 :]
        refused(scheme, replace(request, body=altered))
    refused(scheme, replace(request, body=BODY + b" "))


@pytest.mark.parametrize(**by_id([scheme for scheme in SIGNED if "url" in scheme.covers]))
def test_verify_refuses_another_address(scheme):
    """What was signed for one address proves nothing at another."""
    request = signed(scheme)
    for url in (request.url + "&x=1", request.url.replace("acme", "other"), request.url.partition("?")[0]):
        refused(scheme, replace(request, url=url))


@pytest.mark.parametrize(**by_id([scheme for scheme in SIGNED if "method" in scheme.covers]))
def test_verify_refuses_another_method(scheme):
    refused(scheme, replace(signed(scheme), method="PUT"))


@pytest.mark.parametrize(**by_id(SIGNED))
def test_verify_refuses_a_missing_header(scheme):
    for header in filter(None, (scheme.signature_header, scheme.timestamp_header)):
        for value in (None, ""):
            told = str(refused(scheme, with_header(signed(scheme), header, value))).lower()
            # where one header's presence decides between two schemes, the other scheme says what does not hold
            assert header in told or "does not match" in told or "secret is missing" in told


@pytest.mark.parametrize(**by_id(SIGNED))
@every(
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
def test_verify_refuses_a_malformed_signature(scheme, value):
    refused(scheme, with_header(signed(scheme), scheme.signature_header, value))


def altered(scheme, change) -> Request:
    """Return a signed request whose signature, without what stands before a comma, has been changed."""
    request, header = signed(scheme), scheme.signature_header
    before, comma, mac = request.headers[header].rpartition(",")

    return with_header(request, header, before + comma + change(mac))


@pytest.mark.parametrize(**by_id(SIGNED))
@every(
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
def test_verify_refuses_what_is_nearly_the_signature(scheme, change):
    """Cut, lengthened, or sent twice (a proxy joins equal headers by a comma)."""
    refused(scheme, altered(scheme, change))


@pytest.mark.parametrize(**by_id([scheme for scheme in SIGNED if scheme.encoding == "base64"]))
@every(
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
def test_verify_refuses_other_writings_of_a_base64_signature(scheme, change):
    refused(scheme, altered(scheme, change))


@pytest.mark.parametrize(**by_id(SIGNED))
@every("secret", ["", "\udce9", "whsec_", "whsec_\udce9", "\x00", "whsec_AAAA"])
def test_verify_with_a_secret_that_is_none_lets_nobody_in(scheme, secret):
    """A key of no bytes would be known to everybody."""
    refused(scheme, signed(scheme, ""), [secret])
    refused(scheme, signed(scheme), [secret])
    refused(scheme, signed(scheme, ""), [secret, SECRET])


@pytest.mark.parametrize(**by_id([scheme for scheme in SIGNED if scheme.encoding == "hex"]))
@every(
    "change",
    [
        lambda mac: mac + "0",
        lambda mac: mac + "00",
        lambda mac: mac[:20] + " " + mac[20:],
        lambda mac: mac[:20] + "\n" + mac[20:],
        lambda mac: mac[:20] + "g" + mac[21:],
        lambda mac: mac[: len(mac) // 2 & ~1],
    ],
)
def test_verify_refuses_other_writings_of_a_hex_signature(scheme, change):
    refused(scheme, altered(scheme, change))


@pytest.mark.parametrize(**by_id(TIMED))
def test_verify_takes_the_whole_window_and_not_a_second_more(scheme):
    for seconds in (-300, 300):
        verify(scheme, signed(scheme, sent_at=NOW + timedelta(seconds=seconds)))
    for seconds in (-301, 301, -86_400 * 2, 86_400 * 2, 10**9):
        refused(scheme, signed(scheme, sent_at=NOW + timedelta(seconds=seconds)))


@pytest.mark.parametrize(**by_id([scheme for scheme in SIGNED if scheme.encoding != "jwt"]))
@every("algorithm", ["sha1", "sha256", "sha512", "md5"])
def test_verify_takes_its_own_algorithm_alone(scheme, algorithm):
    if algorithm == scheme.algorithm:
        verify(scheme, signed(scheme, algorithm=algorithm))
    else:
        refused(scheme, signed(scheme, algorithm=algorithm))


@pytest.mark.parametrize(**by_id([scheme for scheme in SIGNED if scheme.expires]))
@pytest.mark.parametrize("sent_at", [STALE, FUTURE], ids=["stale", "future"])
def test_verify_refuses_a_signature_out_of_its_time(scheme, sent_at):
    assert "clock" in str(refused(scheme, signed(scheme, sent_at=sent_at)))


@pytest.mark.parametrize(**by_id(TIMED))
def test_verify_covers_the_timestamp_by_the_signature(scheme):
    fresh, stale = signed(scheme), signed(scheme, sent_at=STALE)
    header = scheme.timestamp_header

    refused(scheme, with_header(stale, header, fresh.headers[header]))


@every(
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
    headers = {NAMED["zendesk"].signature_header: mac, NAMED["zendesk"].timestamp_header: stamp}

    assert "ISO 8601" in str(refused(NAMED["zendesk"], Request(BODY, headers)))


@pytest.mark.parametrize(
    "stamp",
    ["2026-03-02T15:00:00Z", "2026-03-02T15:00:00.5Z", "2026-03-02T15:00:00.123456789Z", "2026-03-02T12:00:00-03:00"],
)
def test_verify_zendesk_takes_fractions_and_offsets(stamp):
    mac = base64.b64encode(hmac.digest(SECRET.encode(), stamp.encode() + BODY, "sha256")).decode()

    verify(
        NAMED["zendesk"],
        Request(BODY, {NAMED["zendesk"].signature_header: mac, NAMED["zendesk"].timestamp_header: stamp}),
    )


def test_verify_zendesk_lets_nobody_move_the_border_between_timestamp_and_body():
    """Timestamp and body are signed as one text; a shorter timestamp would leave its end in the body."""
    stamp = "2026-03-02T15:00:00.250+00:00"
    mac = base64.b64encode(hmac.digest(SECRET.encode(), stamp.encode() + BODY, "sha256")).decode()
    for border in (len(stamp) - 3, len(stamp) - 6, 19, 16, 10):
        headers = {NAMED["zendesk"].signature_header: mac, NAMED["zendesk"].timestamp_header: stamp[:border]}
        refused(NAMED["zendesk"], Request(stamp[border:].encode() + BODY, headers))


@every(
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

    refused(NAMED["standard"], Request(BODY, headers))


def test_verify_standard_takes_one_of_several_signatures_and_a_whsec_secret():
    """A sender that rotates lists several; `whsec_` secrets are base64 of the key."""

    right = signed(NAMED["standard"]).headers["webhook-signature"]
    other = signed(NAMED["standard"], STRANGER).headers["webhook-signature"]
    request = with_header(signed(NAMED["standard"]), "webhook-signature", f"v1a,bm90IGZvciB1cw== {other} {right}")

    verify(NAMED["standard"], request)
    verify(NAMED["standard"], request, secrets=["whsec_" + base64.b64encode(SECRET.encode()).decode()])
    refused(NAMED["standard"], request, secrets=["whsec_not base64"])


@every("version", ["v1a", "v2", "v", "none", "V1", "v1 ", ""])
def test_verify_standard_takes_the_right_digest_under_its_own_version_only(version):
    mac = signed(NAMED["standard"]).headers["webhook-signature"].partition(",")[2]

    refused(NAMED["standard"], with_header(signed(NAMED["standard"]), "webhook-signature", f"{version},{mac}"))


def test_verify_standard_reads_no_more_signatures_than_a_rotation_needs():
    right = signed(NAMED["standard"]).headers["webhook-signature"]
    other = signed(NAMED["standard"], STRANGER).headers["webhook-signature"]

    verify(
        NAMED["standard"], with_header(signed(NAMED["standard"]), "webhook-signature", " ".join([*[other] * 19, right]))
    )
    refused(
        NAMED["standard"], with_header(signed(NAMED["standard"]), "webhook-signature", " ".join([*[other] * 20, right]))
    )


def test_verify_standard_names_a_secret_that_is_half_base64():
    secret = "whsec_" + base64.b64encode(SECRET.encode()).decode()
    damaged = secret[:20] + "%" + secret[20:]

    assert "base64" in str(refused(NAMED["standard"], signed(NAMED["standard"]), [damaged]))


@pytest.mark.parametrize(**by_id(SIGNED))
def test_verify_works_on_no_header_without_end(scheme):
    for header in filter(None, (scheme.signature_header, scheme.timestamp_header)):
        assert "too long" in str(refused(scheme, with_header(signed(scheme), header, "A" * 10_000)))


@pytest.mark.parametrize(**by_id([scheme for scheme in SCHEMES if scheme.signer is None or scheme.encoding != "jwt"]))
def test_verify_compares_in_constant_time(scheme, monkeypatch):
    """How long a comparison takes cannot be tested; that it is the one made for this can."""
    compared = []
    genuine = hmac.compare_digest
    monkeypatch.setattr(hmac, "compare_digest", lambda one, other: compared.append(one) or genuine(one, other))
    verify(scheme, signed(scheme), [OLD_SECRET, SECRET])

    assert len(compared) >= 2


def test_verify_standard_agrees_with_the_reference_library():

    secret = "whsec_c2VjcmV0IG9mIHRoZSByZWZlcmVuY2U="
    now = datetime.now(UTC)
    signature = Webhook(secret).sign("msg_9", now, BODY.decode())
    headers = {"webhook-id": "msg_9", "webhook-timestamp": str(int(now.timestamp())), "webhook-signature": signature}

    installation = Installation("acme", "en", secrets=(secret,))
    CONNECTORS["standard"].module.verify(Delivery(BODY, headers, now), installation, now)


@pytest.mark.parametrize(**by_id(SHARED))
@pytest.mark.parametrize(
    "request_",
    [
        Request(BODY, {"x-sidecue-secret": SECRET}),
        Request(BODY, {"authorization": f"Bearer {SECRET}"}),
        Request(BODY, {}, path_secret=SECRET),
    ],
    ids=["header", "bearer", "path"],
)
def test_verify_takes_a_shared_secret_from_path_or_header(scheme, request_):
    verify(scheme, request_)


@pytest.mark.parametrize(**by_id(SHARED))
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
def test_verify_refuses_a_shared_secret_that_is_not_equal(scheme, request_):
    refused(scheme, request_)


def key_of(scheme, request: Request) -> str:
    return CONNECTORS[scheme.name].module.delivery_key(request.delivery())


@pytest.mark.parametrize(**by_id(SCHEMES))
def test_delivery_key_is_the_same_for_a_retry(scheme):
    assert key_of(scheme, signed(scheme)) == key_of(scheme, scheme.sign(BODY, SECRET, FUTURE))


@pytest.mark.parametrize(**by_id(SCHEMES))
@every("altered", [BODY.replace(b"evt-1", b"evt-2"), BODY.replace(b"word", b"term")])
def test_delivery_key_differs_for_another_body_even_under_the_same_id(scheme, altered):
    """What a helpdesk sends under an id it used before is still something it said."""
    assert key_of(scheme, signed(scheme)) != key_of(scheme, replace(signed(scheme), body=altered))


@pytest.mark.parametrize(**by_id(SCHEMES))
@every("body", [BODY, b'{"id": 7}', b"{}"])
def test_delivery_key_hangs_on_nothing_that_is_not_proved(scheme, body):
    """Otherwise a replay under another id would be a new delivery, or could take the place of one to come."""
    request = scheme.sign(body, SECRET, NOW)
    for header in request.headers:
        other = with_header(request, header, "another")
        try:
            verify(scheme, other)
        except SignatureInvalid:
            continue
        assert key_of(scheme, other) == key_of(scheme, request)


@pytest.mark.parametrize(**by_id(SCHEMES))
@every("body", [b"", b"\xff", b"[]", b'{"id": 5}', b'{"id": ""}', b"[" * 10_000])
def test_delivery_key_is_total(scheme, body):
    key = CONNECTORS[scheme.name].module.delivery_key(Delivery(body, {}, NOW))

    assert 0 < len(key) <= 200
