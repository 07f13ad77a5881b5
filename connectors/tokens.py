"""JSON Web Tokens that a helpdesk signs with RS256, by a key the admin gave or by the key set it publishes.

Time is asked of the caller's clock and not of the library's: a request means the same whenever it is read again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from connectors.http import HelpdeskApi
from connectors.proof import MAX_HEADER, TOLERANCE
from rules.errors import HelpdeskFailed, HostRequestInvalid, SignatureInvalid
from rules.text import Text, filled

ALGORITHMS: Final = ("RS256",)
"""Nothing else is ever tried: what a token says of its own algorithm is not asked."""
FRESH_SECONDS: Final = 3_600.0
"""How long a published key set is believed without asking again."""
PATIENCE_SECONDS: Final = 60.0
"""How often at most a key that is not in the set has it fetched anew: strangers can name any key."""
FETCH_SECONDS: Final = 5.0
LONGEST_LIFE: Final = timedelta(hours=24)
LEEWAY: Final = timedelta(seconds=60)
"""How far two clocks may be apart."""
_NO_KEY: Final = Text(
    "não há chave configurada que possa provar o token", "no key is configured that could prove the token"
)
_NO_TOKEN: Final = Text("o token não vale ({why})", "the token does not hold ({why})")


def claims_of(  # noqa: PLR0913 - what a token has to be, by keyword
    token: str,
    keys: Sequence[Any],
    *,
    now: datetime,
    audience: str | None = None,
    issuer: str | None = None,
    needs: Sequence[str] = ("exp",),
) -> dict[str, Any]:
    """Return what a token says, or raise HostRequestInvalid for one that none of the keys signed or that is over.

    `keys`: public keys as PEM texts or as `KeySet.keys_for` returns them. Times are held to `now`; a token without an
    end, where `needs` does not ask for one, is believed for TOLERANCE from when it was issued.
    """
    import jwt  # noqa: PLC0415 - it loads a tenth of a second of cryptography, and few requests bring a token

    if not token or len(token) > 2 * MAX_HEADER:
        raise HostRequestInvalid(Text("o token falta ou é longo demais", "the token is missing or too long"))
    asked = {"verify_exp": False, "verify_iat": False, "verify_nbf": False, "require": list(needs)}
    options = {**asked, "verify_aud": audience is not None, "verify_iss": issuer is not None}
    refused = _NO_KEY
    for key in keys:
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=list(ALGORITHMS),
                audience=audience,
                issuer=issuer,
                options=options,  # type: ignore[arg-type]  # a TypedDict that cannot be built from parts
            )
        except (jwt.PyJWTError, ValueError, TypeError) as error:
            refused = filled(_NO_TOKEN, why=type(error).__name__)
            continue
        _require_time(claims, now)
        return claims
    raise HostRequestInvalid(refused)


def key_id_of(token: str) -> str | None:
    """Return which key a token says it is signed with; raise SignatureInvalid for what is no token."""
    import jwt  # noqa: PLC0415 - as above

    try:
        named = jwt.get_unverified_header(token).get("kid")
    except (jwt.PyJWTError, ValueError):
        raise SignatureInvalid(Text("o token não pode ser lido", "the token cannot be read")) from None
    return named if isinstance(named, str) else None


class KeySet:
    """The keys a vendor publishes (JWKS): fetched when first needed, kept for an hour, fetched anew for a new key.

    Thread-safe. `fetch` returns the document as JSON and raises HelpdeskFailed, as `published` makes it.
    """

    def __init__(self, fetch: Callable[[], Any], monotonic: Callable[[], float] = time.monotonic) -> None:
        self._fetch = fetch
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._keys: Mapping[str, Any] = {}
        self._asked = -FRESH_SECONDS

    def keys_for(self, key_id: str | None) -> tuple[Any, ...]:
        """Return the key of this name; every key for a token that names none. Raise HelpdeskFailed."""
        with self._lock:
            age = self._monotonic() - self._asked
            known = key_id is None or key_id in self._keys
            if age >= FRESH_SECONDS or (not known and age >= PATIENCE_SECONDS):
                self._keys = _read(self._fetch())
                self._asked = self._monotonic()
            return tuple(key for name, key in self._keys.items() if key_id in (None, name))


def published(base: str, path: str, *, allowed_hosts: Sequence[str]) -> Callable[[], Any]:
    """Return what fetches a key set from below `base`: an allowed host, or one on this machine for trying out."""
    api = HelpdeskApi(api_url=base, allowed_hosts=allowed_hosts, authorization=None, total_timeout=FETCH_SECONDS)
    return lambda: api.call("GET", path)


def _read(document: Any) -> dict[str, Any]:
    import jwt  # noqa: PLC0415 - as above

    listed = document.get("keys") if isinstance(document, Mapping) else None
    if not isinstance(listed, list):
        raise HelpdeskFailed(
            Text("o que o fornecedor enviou não é um conjunto de chaves", "what the vendor sent is no key set"),
            retryable=True,
        )
    found = {}
    for number, each in enumerate(listed):
        if not isinstance(each, Mapping) or each.get("kty") != "RSA":
            continue
        try:
            found[str(each.get("kid") or number)] = jwt.PyJWK(dict(each), algorithm="RS256").key
        except (jwt.PyJWTError, ValueError, TypeError):
            continue  # a key of another kind, for others
    return found


def _require_time(claims: Mapping[str, Any], now: datetime) -> None:
    begins, ends = _instant(claims, "iat") or _instant(claims, "nbf"), _instant(claims, "exp")
    if begins is not None and begins > now + LEEWAY:
        raise HostRequestInvalid(
            Text(
                "o token é do futuro: foi repetido, ou um dos dois relógios está errado",
                "the token is of the future: it was replayed, or one of the two clocks is wrong",
            )
        )
    if ends is None:
        if begins is None:
            raise HostRequestInvalid(
                Text(
                    "o token não diz quando foi emitido nem quando vence",
                    "the token says neither when it was issued nor when it ends",
                )
            )
        ends = begins + TOLERANCE
    if ends <= now - LEEWAY:
        raise HostRequestInvalid(
            Text("o token venceu pelo relógio deste servidor", "the token is over by this server's clock"), expired=True
        )
    if ends > now + LONGEST_LIFE:
        raise HostRequestInvalid(Text("o token dura mais de um dia", "the token lasts longer than a day"))


def _instant(claims: Mapping[str, Any], name: str) -> datetime | None:
    value = claims.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 10**11:
        raise HostRequestInvalid(Text(f"o {name} do token não é um instante", f"the token's {name} is no time"))
    return datetime.fromtimestamp(value, UTC)
