import base64
import json
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from connectors.tokens import FRESH_SECONDS, PATIENCE_SECONDS, KeySet, claims_of, key_id_of, published
from rules.errors import HelpdeskFailed, HostRequestInvalid, SignatureInvalid

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
KEY, OTHER = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
AUDIENCE = "https://acme.example/installations/7"


def public(key) -> str:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, form).decode()


def token(key=KEY, *, algorithm="RS256", headers=None, **claims) -> str:
    told = {"aud": AUDIENCE, "iss": "acme.example", "iat": NOW, "exp": NOW + timedelta(minutes=5)} | claims
    return jwt.encode({name: each for name, each in told.items() if each is not None}, key, algorithm, headers)


def read(given, keys=None, now=NOW):
    return claims_of(given, keys or [public(KEY)], now=now, audience=AUDIENCE, issuer="acme.example")


def test_a_genuine_token_is_read_by_either_key():
    assert read(token(sub="9"))["sub"] == "9"
    assert read(token(sub="9"), [public(OTHER), public(KEY)])["sub"] == "9"


@pytest.mark.parametrize(
    "given",
    [
        "",
        "x.y.z",
        "a" * 10_000,
        token(OTHER),
        token(aud="https://other.example/installations/7"),
        token(aud=None),
        token(iss="other.example"),
        token(exp=None),
        token(iat=NOW + timedelta(minutes=3), exp=NOW + timedelta(minutes=9)),
        token(exp=NOW + timedelta(days=2)),
        jwt.encode({"aud": AUDIENCE, "iss": "acme.example", "exp": NOW + timedelta(minutes=5)}, "s" * 32, "HS256"),
        token()[:-8] + "AAAAAAAA",
    ],
)
def test_any_other_token_is_refused(given):
    with pytest.raises(HostRequestInvalid) as caught:
        read(given)

    assert not caught.value.expired


def test_a_token_without_algorithm_is_refused():
    head = base64.urlsafe_b64encode(json.dumps({"alg": "none", "typ": "JWT"}).encode()).decode().rstrip("=")
    with pytest.raises(HostRequestInvalid):
        read(f"{head}.{token().split('.')[1]}.")


def test_a_public_key_is_no_shared_secret():
    """The old trick: a token signed by HMAC with the text of the public key."""
    head = base64.urlsafe_b64encode(b'{"alg":"HS256","typ":"JWT"}').decode().rstrip("=")
    with pytest.raises(HostRequestInvalid):
        read(f"{head}.{token().split('.')[1]}.AAAA")


def test_a_token_that_is_over_says_so():
    assert read(token(), now=NOW + timedelta(minutes=5, seconds=59))
    with pytest.raises(HostRequestInvalid, match="clock") as caught:
        read(token(), now=NOW + timedelta(minutes=6))

    assert caught.value.expired


def jwks(*keys) -> dict:
    listed = [json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key())) | {"kid": name} for name, key in keys]
    return {"keys": [*listed, {"kty": "EC", "kid": "e"}, {"kty": "RSA", "kid": "broken"}, None]}


def test_key_set_is_fetched_once_and_anew_for_a_new_key_but_not_for_every_stranger():
    clock, asked, served = [0.0], [], [jwks(("k1", KEY))]

    def fetch():
        asked.append(clock[0])
        return served[-1]

    keys = KeySet(fetch, lambda: clock[0])
    first = keys.keys_for("k1")
    for _ in range(5):
        assert keys.keys_for("stranger") == ()
    served.append(jwks(("k1", KEY), ("k2", OTHER)))
    clock[0] = PATIENCE_SECONDS
    second = keys.keys_for("k2")
    clock[0] = PATIENCE_SECONDS + FRESH_SECONDS
    keys.keys_for("k1")

    assert asked == [0.0, PATIENCE_SECONDS, PATIENCE_SECONDS + FRESH_SECONDS]
    assert claims_of(token(), first, now=NOW, audience=AUDIENCE)
    assert claims_of(token(OTHER), second, now=NOW, audience=AUDIENCE)
    assert len(keys.keys_for(None)) == 2


def test_key_set_that_is_none_is_named():
    with pytest.raises(HelpdeskFailed, match="key set"):
        KeySet(list).keys_for("k")


def test_key_set_comes_from_an_allowed_host_only(desk):
    desk.answer = lambda _: (200, {}, jwks(("k1", KEY)))

    assert KeySet(published(desk.url, "/.well-known/jwks.json", allowed_hosts=["*.zoho.com"])).keys_for("k1")
    assert desk.asked[0].path == "/.well-known/jwks.json"
    with pytest.raises(HelpdeskFailed, match="may call"):
        KeySet(published("https://evil.example", "/x", allowed_hosts=["*.zoho.com"])).keys_for("k1")


def test_key_id_is_read_before_anything_is_believed():
    assert key_id_of(token(headers={"kid": "k1"})) == "k1"
    assert key_id_of(token()) is None
    with pytest.raises(SignatureInvalid):
        key_id_of("nothing")
