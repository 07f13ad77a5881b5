"""Proofs that a request is the helpdesk's: secrets and MACs compared in constant time, times held to a window.

Every function raises SignatureInvalid, says what is wrong and never quotes a secret or what was given.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, Literal, Protocol

from connectors.base import Installation
from rules.errors import SignatureInvalid
from rules.text import Text, filled

TOLERANCE: Final = timedelta(minutes=5)
"""How far a request's own timestamp may lie from our clock, either side."""
SECRET_HEADER: Final = "X-Sidecue-Secret"  # noqa: S105 - the name of a header
MAX_HEADER: Final = 4_000
_UNITS: Final = {"s": Text("segundos", "seconds"), "ms": Text("milissegundos", "milliseconds")}
_NO_UNIX_TIME: Final = Text(
    "o cabeçalho {header} não é um tempo unix em {unit} inteiros",
    "the header {header} is not a unix time in whole {unit}",
)
MISMATCH: Final = Text(
    "a assinatura não confere: outro segredo, outro algoritmo ou um pedido alterado",
    "the signature does not match: another secret, another algorithm or an altered request",
)

Algorithm = Literal["sha1", "sha256"]
Encoding = Literal["hex", "base64"]

_DECODERS: Final[Mapping[Encoding, Callable[[str], bytes]]] = {
    "hex": binascii.unhexlify,  # bytes.fromhex would pass over white space
    "base64": lambda text: base64.b64decode(text, validate=True),
}


class Asked(Protocol):
    """A delivery or a host's request."""

    def header(self, name: str) -> str | None:
        """Return a header by its name in any case."""


class AskedByPath(Asked, Protocol):
    """A delivery, whose path may end in a secret."""

    @property
    def path_secret(self) -> str | None:
        """What the path ends in, or None."""


def required_header(request: Asked, name: str) -> str:
    """Return a header that has to be there, and is of a sane length."""
    value = request.header(name)
    if not value:
        raise SignatureInvalid(Text(f"falta o cabeçalho {name}", f"the header {name} is missing"))
    if len(value) > MAX_HEADER:
        raise SignatureInvalid(Text(f"o cabeçalho {name} é longo demais", f"the header {name} is too long"))
    return value


def require_secrets(secrets: Sequence[str]) -> None:
    """Raise when there is no secret to compare with: an empty one would let anybody in."""
    if not any(secrets):
        raise SignatureInvalid(
            Text("não há segredo configurado para este tenant", "no secret is configured for this tenant")
        )


def require_hmac(  # noqa: PLR0913 - the parts of a signature scheme, by keyword
    request: Asked,
    secrets: Sequence[str],
    *,
    header: str,
    algorithm: Algorithm,
    encoding: Encoding,
    signed: bytes,
    prefix: str = "",
) -> None:
    """Require that `header` holds `prefix` and the HMAC of `signed` under one of the secrets."""
    require_secrets(secrets)
    given = mac_given(request, header, encoding=encoding, prefix=prefix)
    if not same_hmac(signed, [given], keys_of(secrets), algorithm):
        raise SignatureInvalid(MISMATCH)


def mac_given(request: Asked, header: str, *, encoding: Encoding, prefix: str = "") -> bytes:
    """Return the bytes of the MAC in a header."""
    value = required_header(request, header)
    if not value.startswith(prefix):
        raise SignatureInvalid(
            Text(f"o cabeçalho {header} não começa com {prefix}", f"the header {header} does not begin with {prefix}")
        )
    try:
        return _DECODERS[encoding](value.removeprefix(prefix))
    except (binascii.Error, ValueError):
        raise SignatureInvalid(
            Text(f"o cabeçalho {header} não está em {encoding}", f"the header {header} is not {encoding}")
        ) from None


def require_secret(request: AskedByPath, secrets: Sequence[str], *, header: str = SECRET_HEADER) -> None:
    """Require one of the secrets where nothing is signed.

    The first place that holds anything is the one that counts: the path, `header`, `Authorization: Bearer`.
    """
    require_secrets(secrets)
    given = request.path_secret or request.header(header) or bearer(request)
    if not given:
        raise SignatureInvalid(
            Text(
                f"falta o segredo: o lugar dele é o fim do caminho ou o cabeçalho {header}",
                f"the secret is missing: it belongs at the end of the path or in the header {header}",
            )
        )
    if not same_secret(given, secrets):
        raise SignatureInvalid(
            Text(
                "o segredo não é o deste tenant; `sidecue tenants list --show-secrets` mostra o caminho a usar",
                "the secret is not this tenant's; `sidecue tenants list --show-secrets` shows the path to use",
            )
        )


def bearer(request: Asked) -> str | None:
    """Return the credential of `Authorization: Bearer`, or None."""
    scheme, _, value = (request.header("Authorization") or "").partition(" ")
    return value.strip() if scheme.lower() == "bearer" else None


def same_secret(given: str | None, secrets: Sequence[str]) -> bool:
    """Compare in constant time with every secret, so that the time tells neither which nor how much of it was right."""
    offered = (given or "").encode("utf-8", "surrogatepass")
    matches = [hmac.compare_digest(offered, secret.encode("utf-8", "surrogatepass")) for secret in secrets if secret]
    return any(matches)


def same_hmac(signed: bytes, given: Sequence[bytes], keys: Sequence[bytes], algorithm: Algorithm = "sha256") -> bool:
    """Tell whether one signature is the HMAC of `signed` under one of the keys; all are always compared."""
    # HMAC fills a short key up with zeros: one of nothing but zeros is the empty key, which everybody knows.
    expected = [hmac.digest(key, signed, algorithm) for key in keys if key.strip(b"\x00")]
    return _any_same(expected, given)


def same_sha256(texts: Sequence[bytes], given: bytes) -> bool:
    """Tell whether `given` is the plain SHA-256 of one of the texts (a secret followed by what it vouches for)."""
    return _any_same([hashlib.sha256(text).digest() for text in texts], [given])


def keys_of(secrets: Sequence[str]) -> list[bytes]:
    """Return secrets as the keys of an HMAC: their UTF-8 bytes."""
    return [secret.encode("utf-8", "surrogatepass") for secret in secrets if secret]


def unix_time(value: str, *, header: str, unit: Literal["s", "ms"]) -> datetime:
    """Return the instant that a header gives as whole unix seconds or milliseconds."""
    digits = 12 if unit == "s" else 15
    if not (value.isascii() and value.isdigit() and len(value) <= digits):
        raise SignatureInvalid(filled(_NO_UNIX_TIME, header=header, unit=_UNITS[unit]))
    try:
        return datetime.fromtimestamp(int(value) / (1 if unit == "s" else 1_000), UTC)
    except (ValueError, OverflowError, OSError):
        raise SignatureInvalid(
            Text(f"o cabeçalho {header} não é um instante", f"the header {header} is no time")
        ) from None


def require_fresh(sent_at: datetime, now: datetime) -> None:
    """Require that a request was sent at most TOLERANCE ago, and not in the future."""
    if abs(now - sent_at) > TOLERANCE:
        raise SignatureInvalid(
            Text(
                f"o horário da entrega está a mais de {TOLERANCE.seconds // 60} minutos do relógio deste servidor: "
                "é uma repetição, ou um dos dois relógios está errado",
                f"the delivery's timestamp is more than {TOLERANCE.seconds // 60} minutes from this server's "
                "clock: a replay, or one of the two clocks is wrong",
            )
        )


def require_sidebar_key(given: str | None, installation: Installation) -> None:
    """Require the key that the admin put into the host (`tenants list --show-secrets`), for `open_sidebar`."""
    if not given or not same_secret(given, installation.sidebar_keys):
        raise SignatureInvalid(
            Text(
                "a chave da barra lateral falta ou não é a deste tenant",
                "the sidebar key is missing or is not this tenant's",
            )
        )


def _any_same(expected: Sequence[bytes], given: Sequence[bytes]) -> bool:
    matches = [hmac.compare_digest(one, other) for one in expected for other in given]
    return any(matches)
