"""What an admin may have to tell besides address and credentials: the kinds of values, and how each is written.

`connector.json` states the kind of every setting. It is held when it is given (`sidecue tenants add`), so that nobody
learns of a slip from the first delivery; what reads a setting later reads it by what stands here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from rules.model import TicketStatus
from rules.text import Text

SLOT: Final = "{ticket}"
"""Where a ticket's number stands in a marker."""
STATUSES: Final[Mapping[str, TicketStatus]] = MappingProxyType({status.value: status for status in TicketStatus})
_HOST: Final = re.compile(r"[a-z0-9._:-]+")


@dataclass(frozen=True, slots=True)
class Kind:
    """How values of one kind are written. `wrong` returns the part that is not written so, as an error may show it.

    None stands for a good value.
    """

    wrong: Callable[[str], str | None]
    form: Text
    shown: bool = True
    """Whether an error may show what was given."""


def listed(told: str) -> Sequence[str]:
    """Return the parts of a list, which commas or semicolons separate."""
    return [part for each in told.replace(";", ",").split(",") if (part := each.strip())]


def statuses_of(told: str) -> dict[str, TicketStatus]:
    """Return what the statuses or stages of a helpdesk mean, by their names. What is no status is passed over."""
    pairs = (each.partition("=") for each in listed(told))
    known = ((name.strip(), STATUSES.get(word.strip().lower())) for name, _, word in pairs)
    return {name: status for name, status in known if status is not None}


def pem_of(told: str) -> str:
    """Return a key as it stands in a file, however its line ends came through a command line."""
    return told.replace("\\n", "\n").strip() + "\n"


def origin_of(url: str | None) -> str | None:
    """Return scheme, host and port of an address, as a policy of a page names them; None for what is no address."""
    try:
        parts = urlsplit(url or "")
        port = parts.port
    except ValueError:
        return None
    # A policy ends at a semicolon: no other character of a host may be in it.
    if parts.scheme not in ("http", "https") or not _HOST.fullmatch(parts.hostname or ""):
        return None
    assert parts.hostname is not None  # noqa: S101 - it matched
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}" + (f":{port}" if port else "")


def bare_address(told: str) -> str:
    """Return what somebody gave as an address, for an error to show: without user, password and query."""
    return re.sub(r"\?.*", "?…", re.sub(r"^(\w+://)?.*@", r"\1…@", told, flags=re.DOTALL), flags=re.DOTALL)


def _whole(pattern: str) -> Callable[[str], str | None]:
    """Return what holds a value to a pattern."""
    good = re.compile(pattern)
    return lambda told: None if good.fullmatch(told) else told


def _each(pattern: str) -> Callable[[str], str | None]:
    """Return what holds every part of a list to a pattern; a list has one part at least."""
    part_wrong = _whole(pattern)
    return lambda told: next((part for part in listed(told) or [told] if part_wrong(part) is not None), None)


def _no_address(told: str) -> str | None:
    good = re.fullmatch(r"https?://[^\s/?#@]+(?:/[^\s?#]*)?", told) is not None and origin_of(told) is not None
    return None if good else bare_address(told)


def _no_time_zone(told: str) -> str | None:
    try:
        ZoneInfo(told)
    except (KeyError, ValueError, OSError):
        return told
    return None


def _no_public_key(told: str) -> str | None:
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 - it is slow to load
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey  # noqa: PLC0415 - the same
    from cryptography.hazmat.primitives.serialization import load_pem_public_key  # noqa: PLC0415 - the same

    try:
        return None if isinstance(load_pem_public_key(pem_of(told).encode()), RSAPublicKey) else told
    except (ValueError, UnsupportedAlgorithm):
        return told


def _no_marker(told: str) -> str | None:
    return None if told.count(SLOT) == 1 and told.isprintable() and told.replace(SLOT, "").strip() else told


def _no_statuses(told: str) -> str | None:
    seen: set[str] = set()
    for each in listed(told) or [told]:
        name, _, word = (part.strip() for part in each.partition("="))
        if not name or word.lower() not in STATUSES or name.lower() in seen:
            return each
        seen.add(name.lower())
    return None


_ADDRESS: Final = r"[^\s@<>]+@[^\s@<>]+"
KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        "text": Kind(
            _whole(r"(?!\s)[^\x00-\x1f\x7f]{1,500}(?<!\s)"),
            Text(
                "escreva uma só linha, de até 500 caracteres, sem espaços nas pontas",
                "write a single line of at most 500 characters, without spaces at its ends",
            ),
        ),
        "number": Kind(
            _whole("[1-9][0-9]{0,19}"),
            Text("escreva só os algarismos, como 4711", "write its digits alone, such as 4711"),
        ),
        "url": Kind(
            _no_address,
            Text(
                "escreva https://host ou https://host/caminho, sem usuário nem parâmetros",
                "write it as https://host or https://host/path, without user or query",
            ),
        ),
        "time_zone": Kind(
            _no_time_zone,
            Text(
                "use um nome da lista da IANA, como America/Sao_Paulo, Europe/Lisbon ou UTC",
                "use a name of the IANA list, such as America/Sao_Paulo, Europe/Lisbon or UTC",
            ),
        ),
        "public_key": Kind(
            _no_public_key,
            Text(
                "informe a chave pública RSA inteira, em PEM, de -----BEGIN PUBLIC KEY----- "
                "até -----END PUBLIC KEY-----",
                "give the whole RSA public key as PEM, from -----BEGIN PUBLIC KEY----- to -----END PUBLIC KEY-----",
            ),
            shown=False,  # it may be the private one
        ),
        "addresses": Kind(
            _each(_ADDRESS),
            Text(
                "escreva endereços separados por vírgula, como suporte@acme.example,vendas@acme.example",
                "write addresses separated by commas, such as support@acme.example,sales@acme.example",
            ),
        ),
        "people": Kind(
            _each(rf"{_ADDRESS}|@?[^\s@<>]+\.[^\s@<>]+|@[^\s@<>]+"),
            Text(
                "escreva endereços ou domínios separados por vírgula, como bruno@acme.example,acme.example",
                "write addresses or domains separated by commas, such as bruno@acme.example,acme.example",
            ),
        ),
        "marker": Kind(
            _no_marker,
            Text(
                f"escreva {SLOT} uma vez, no lugar do número, com algo em volta, como [#{SLOT}]",
                f"write {SLOT} once, where the number stands, with something around it, such as [#{SLOT}]",
            ),
        ),
        "statuses": Kind(
            _no_statuses,
            Text(
                "escreva pares NOME=STATUS separados por vírgula, cada nome uma vez; STATUS é um destes: "
                + ", ".join(STATUSES),
                "write pairs NAME=STATUS separated by commas, each name once; STATUS is one of " + ", ".join(STATUSES),
            ),
        ),
    }
)
