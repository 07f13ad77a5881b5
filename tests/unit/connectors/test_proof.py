import base64
import hashlib
import hmac
from datetime import UTC, datetime

import pytest

from connectors.base import Delivery, HostRequest, Installation
from connectors.budget import Budget, Rate
from connectors.payload import with_attachments
from connectors.proof import require_hmac, require_sidebar_key, same_sha256, unix_time
from rules.errors import HelpdeskBusy, SignatureInvalid

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
SIGNED = b"what is signed"


def delivery(value: str | None) -> Delivery:
    return Delivery(b"{}", {} if value is None else {"x-sign": value}, NOW)


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
@pytest.mark.parametrize("encoding", ["hex", "base64"])
@pytest.mark.parametrize("prefix", ["", "sha1="])
def test_require_hmac_takes_each_writing_and_no_other(algorithm, encoding, prefix):
    mac = hmac.new(b"s3cret", SIGNED, algorithm).digest()
    texts = {"hex": mac.hex(), "base64": base64.b64encode(mac).decode()}
    scheme = {"header": "X-Sign", "algorithm": algorithm, "encoding": encoding, "signed": SIGNED, "prefix": prefix}

    require_hmac(delivery(prefix + texts[encoding]), ["new", "s3cret"], **scheme)
    other = texts["hex" if encoding == "base64" else "base64"]
    for wrong in (prefix + other, "x" + prefix + texts[encoding], prefix + texts[encoding] + "\n", None, ""):
        with pytest.raises(SignatureInvalid, match=r"X-Sign|does not match"):
            require_hmac(delivery(wrong), ["s3cret"], **scheme)
    with pytest.raises(SignatureInvalid, match="no secret"):
        require_hmac(delivery(prefix + texts[encoding]), [""], **scheme)


def test_plain_digests_are_compared_whole():
    right = hashlib.sha256(b"secret" + SIGNED).digest()

    assert same_sha256([b"other", b"secret" + SIGNED], right)
    assert not same_sha256([b"secret" + SIGNED], right[:16])
    assert not same_sha256([], right)


@pytest.mark.parametrize(("value", "unit"), [("1772463600", "s"), ("1772463600000", "ms")])
def test_unix_times_are_read_in_their_unit(value, unit):
    assert unix_time(value, header="X-Time", unit=unit) == NOW


@pytest.mark.parametrize("value", ["", "-1", "1.5", " 1772463600", "9" * 16, "1e9", "١٧٧٢٤٦٣٦٠٠"])
def test_unix_times_that_are_none_are_named(value):
    with pytest.raises(SignatureInvalid, match="X-Time"):
        unix_time(value, header="X-Time", unit="ms")


def test_sidebar_key_opens_for_either_of_two_and_for_nothing_else():
    known = Installation("acme", "en", sidebar_keys=("new", "old"))
    for key in ("new", "old"):
        require_sidebar_key(key, known)
    for key in ("", None, "other", "ne"):
        with pytest.raises(SignatureInvalid):
            require_sidebar_key(key, known)
    with pytest.raises(SignatureInvalid):
        require_sidebar_key("", Installation("acme", "en", sidebar_keys=("",)))


def test_no_secret_stands_in_the_repr_of_what_connectors_are_given():
    told = repr(
        Installation(
            "acme",
            "en",
            api_token="s3cret-1",
            secrets=("s3cret-2",),
            sidebar_keys=("s3cret-3",),
            settings={"a": "s3cret-4"},
        )
    ) + repr(
        HostRequest(
            "POST", "https://x/?key=s3cret-5", {"a": "s3cret-6"}, {"b": "s3cret-7"}, {"c": "s3cret-8"}, b"s3cret-9"
        )
    )

    assert "s3cret" not in told


def test_budget_gives_a_window_no_more_calls_than_it_may_have():
    clock = [0.0]
    budget = Budget(Rate(3, 10.0, "https://vendor.example/limits"), lambda: clock[0])
    granted: list[float] = []
    waits: list[float] = []
    for step in range(400):
        clock[0] = step * 0.37
        try:
            budget.take()
            granted.append(clock[0])
        except HelpdeskBusy as error:
            waits.append(error.retry_after)

    assert len(granted) > 40
    assert all(0 < wait <= 10 for wait in waits)
    for begin in granted:
        assert sum(begin <= each < begin + 10 for each in granted) <= 3


def test_attachments_are_named_under_the_text_or_stand_alone():
    assert with_attachments("Segue a foto.", ["nota fiscal.pdf", " "]) == "Segue a foto.\n[📎 nota fiscal.pdf]"
    assert with_attachments("", ["a.png", "b\nc.png"]) == "[📎 a.png]\n[📎 b c.png]"
