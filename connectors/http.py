"""Calls to a helpdesk's API: where they may go, how long they may take, and what each failure means."""

from __future__ import annotations

import base64
import ipaddress
import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

import requests
import urllib3

from connectors.base import Installation, Manifest, Resource
from connectors.budget import Budget
from rules.errors import HelpdeskBusy, HelpdeskFailed
from rules.text import Text, filled

CONNECT_TIMEOUT: Final = 5.0
READ_TIMEOUT: Final = 20.0
TOTAL_TIMEOUT: Final = 60.0
"""Seconds for an answer's body: a server that drips it byte by byte does not hold a worker for longer."""
MAX_RESPONSE: Final = 10_000_000
"""Bytes of an answer; a ticket with a thousand long messages stays below."""
DEFAULT_PAUSE: Final = 60.0
LONGEST_PAUSE: Final = 86_400.0
RETRYABLE: Final = frozenset({408, 409, 425})
"""Besides 5xx: too slow, somebody else is writing to the ticket right now, too early. All of them pass."""
_PRINTABLE: Final = re.compile(r"[\x20-\x7e]+")
_NAME: Final = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?\.?")
"""Host names, in the form the wire has: a last label without a letter would be an address in disguise."""
API_HOST: Final = "{api_url}"
_NOT_ALLOWED: Final = Text(
    "{place} não é um endereço que este conector possa chamar: precisa de https e de um dos hosts {hosts}; corrija a "
    "--api-url do tenant",
    "{place} is not an address this connector may call: it needs https and one of the hosts {hosts}; mend the tenant's "
    "--api-url",
)
_UNREADABLE: Final = Text("um endereço ilegível", "an unreadable address")
_ANSWERED: Final = Text("{what}: o helpdesk respondeu {status}{hint}", "{what}: the helpdesk answered {status}{hint}")
_ELSEWHERE: Final = Text(
    "; ele aponta para outro lugar, e redirecionamentos não são seguidos: corrija --api-url",
    "; it points elsewhere, and redirects are not followed: mend --api-url",
)
_HINTS: Final[Mapping[int, Text]] = {
    **dict.fromkeys((301, 302, 303, 307, 308), _ELSEWHERE),
    401: Text(
        "; ele não aceita as credenciais: corrija --api-token", "; it does not accept the credentials: mend --api-token"
    ),
    403: Text(
        "; falta às credenciais a permissão que doc.md nomeia",
        "; the credentials lack the permission that doc.md names",
    ),
    404: Text(
        "; ele não conhece o chamado, ou --api-url está errada", "; it does not know the ticket, or --api-url is wrong"
    ),
}
"""Status -> what it means as a rule, and how to mend it."""


def host_allowed(url: str, *, patterns: Sequence[str], api_url: str | None) -> bool:
    r"""Tell whether a connector may call `url`: the guard against requests that go where the tenant never pointed.

    `patterns` are host names, `*.example.com` for every host below, and `{api_url}` for host and port the tenant gave.
    The scheme is https, or http where the tenant's own address is http or the host is this machine.
    A loopback address the tenant gave is allowed for every connector: a helpdesk on the same machine.
    Never allowed: hosts that two readers of an address could read differently (`evil.test\.example.com`), addresses in
    any but their usual writing (2130706433, 0x7f.1), and those where clouds keep credentials (link-local).
    """
    target, own = _split(url), _split(api_url or "")
    if target is None or "@" in target.netloc or not _plain_host(target.hostname or ""):
        return False
    same_place = own is not None and _place(target) == _place(own)
    on_this_machine = is_loopback(target.hostname or "")
    if target.scheme != "https":
        plain_by_choice = same_place and own is not None and own.scheme == "http"
        if target.scheme != "http" or not (plain_by_choice or on_this_machine):
            return False
    if same_place and on_this_machine:
        return True
    return any(same_place if pattern == API_HOST else _meets(target, pattern) for pattern in patterns)


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address is this machine by its own writing; no name is looked up."""
    if host.rstrip(".").lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _plain_host(host: str) -> bool:
    """Tell whether a host is a name of plain letters, or an address in its usual writing that a helpdesk may have."""
    if _NAME.fullmatch(host):
        return len(host) <= 253
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        if address.scope_id is not None:
            return False
        address = address.ipv4_mapped or address
    return not (address.is_link_local or address.is_unspecified or address.is_multicast)


def pause_asked(value: str | None, now: datetime) -> float:
    """Return the seconds a Retry-After header asks for, given in seconds or as an HTTP date.

    DEFAULT_PAUSE when it is missing or unreadable; never negative, never more than a day.
    """
    text = (value or "").strip()
    seconds = DEFAULT_PAUSE
    if text.isascii() and text.isdigit():
        seconds = float(text[:12])
    elif text:
        try:
            moment = parsedate_to_datetime(text)
            seconds = (moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds()
        except (ValueError, OverflowError):
            seconds = DEFAULT_PAUSE
    return min(max(seconds, 0.0), LONGEST_PAUSE)


def basic(credentials: str) -> str:
    """Return the Authorization header for `user:password`."""
    return "Basic " + base64.b64encode(credentials.encode("utf-8")).decode("ascii")


class _Authorization(requests.auth.AuthBase):
    """Sets the header; given as `auth`, it also keeps requests from looking into ~/.netrc."""

    def __init__(self, value: str | None) -> None:
        self._value = value

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._value:
            request.headers["Authorization"] = self._value
        return request


class HelpdeskApi:
    """The API of one helpdesk installation. No message and no repr holds a credential or a body.

    Redirects are never followed: where the answer comes from is decided here, not by who answers.
    `headers` go with every request (a version, a token that is no Authorization); `budget` counts every one.
    """

    def __init__(  # noqa: PLR0913 - by keyword, as the parts of a connection are told
        self,
        *,
        api_url: str,
        allowed_hosts: Sequence[str],
        authorization: str | None,
        headers: Mapping[str, str] | None = None,
        budget: Budget | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        total_timeout: float = TOTAL_TIMEOUT,
    ) -> None:
        self._api_url = api_url.rstrip("/")
        self._allowed_hosts = tuple(allowed_hosts)
        self._authorization = authorization
        self._headers = dict(headers or {})
        self._budget = budget
        self._clock = clock
        self._total_timeout = total_timeout

    def __repr__(self) -> str:
        return f"HelpdeskApi({self._place_of(self._api_url)!r})"

    @classmethod
    def of(
        cls,
        installation: Installation,
        manifest: Manifest,
        *,
        authorization: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> HelpdeskApi | None:
        """Return the API of a tenant's helpdesk; None when the tenant gave no address."""
        if not installation.api_url:
            return None
        return cls(
            api_url=installation.api_url,
            allowed_hosts=manifest.allowed_hosts,
            authorization=authorization,
            headers=headers,
            budget=installation.budget,
        )

    def document(self, resource: Resource) -> Any:
        """Return a document of the API, or None when there is none (404, 410). Raise as `call` does otherwise."""
        try:
            return self.call("GET", resource.path, query=resource.query or None)
        except HelpdeskFailed as error:
            if error.status in (404, 410):
                return None
            raise

    def call(  # noqa: PLR0913 - the parts of an HTTP request
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        reads: bool = True,
    ) -> Any:
        """Send one request and return the JSON of its answer; None when it is empty, or nobody `reads` it.

        Raises:
            HelpdeskBusy: 429, or 503 with Retry-After, or the vendor's rate is used up; says for how many seconds.
            HelpdeskFailed: everything else but a 2xx; `retryable` on network faults and 5xx.
        """
        url = self._api_url + path
        if not host_allowed(url, patterns=self._allowed_hosts, api_url=self._api_url):
            place, hosts = self._place_of(url) or _UNREADABLE, ", ".join(self._allowed_hosts)
            raise HelpdeskFailed(filled(_NOT_ALLOWED, place=place, hosts=hosts), retryable=False)
        what = f"{method} {self._place_of(url)}{urlsplit(url).path}"
        given = [*self._headers.values(), self._authorization or "-"]
        if not all(_PRINTABLE.fullmatch(each) for each in given):
            # http.client would refuse it too, with the credentials in its message.
            raise HelpdeskFailed(
                Text(
                    f"{what}: as credenciais têm um caractere que nenhum cabeçalho pode ter; informe --api-token de "
                    "novo",
                    f"{what}: the credentials hold a character that no header may hold; set --api-token again",
                ),
                retryable=False,
            )
        if self._budget is not None:
            self._budget.take()
        try:
            with requests.Session() as session:
                session.trust_env = not is_loopback(urlsplit(url).hostname or "")
                with session.request(
                    method,
                    url,
                    params=query,
                    data=None if body is None else json.dumps(body, ensure_ascii=False).encode("utf-8"),
                    headers={"Accept": "application/json", "Content-Type": "application/json"}
                    | self._headers
                    | dict(headers or {}),
                    auth=_Authorization(self._authorization),
                    timeout=(CONNECT_TIMEOUT, READ_TIMEOUT),
                    allow_redirects=False,
                    stream=True,
                ) as response:
                    self._check(response, what)
                    answer = self._read(response, what)
                    return _decoded(answer, what) if reads else None
        except (requests.exceptions.InvalidURL, requests.exceptions.MissingSchema, UnicodeError):
            raise HelpdeskFailed(
                Text(
                    f"{what}: o endereço não pode ser chamado; corrija --api-url",
                    f"{what}: the address cannot be called; mend --api-url",
                ),
                retryable=False,
            ) from None
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            raise HelpdeskFailed(
                Text(f"{what}: sem resposta ({type(error).__name__})", f"{what}: no answer ({type(error).__name__})"),
                retryable=True,
            ) from None

    def _check(self, response: requests.Response, what: str) -> None:
        status = response.status_code
        asked = response.headers.get("Retry-After")
        if status == 429 or (status == 503 and asked is not None):
            raise HelpdeskBusy(
                Text(
                    f"{what}: o helpdesk respondeu {status} e pediu uma pausa",
                    f"{what}: the helpdesk answered {status} and asked for a pause",
                ),
                retry_after=pause_asked(asked, self._clock()),
            )
        if 200 <= status < 300:
            return
        raise HelpdeskFailed(
            filled(_ANSWERED, what=what, status=status, hint=_HINTS.get(status, "")),
            retryable=status >= 500 or status in RETRYABLE,
            status=status,
        )

    def _read(self, response: requests.Response, what: str) -> bytes:
        deadline = time.monotonic() + self._total_timeout
        chunks: list[bytes] = []
        size = 0
        # read1 gives what has come; read and iter_content would wait until all they asked for is there.
        while chunk := response.raw.read1(65_536, decode_content=True):
            size += len(chunk)
            if size > MAX_RESPONSE:
                raise HelpdeskFailed(
                    Text(
                        f"{what}: a resposta tem mais de {MAX_RESPONSE} bytes",
                        f"{what}: the answer is larger than {MAX_RESPONSE} bytes",
                    ),
                    retryable=False,
                )
            if time.monotonic() > deadline:
                raise HelpdeskFailed(
                    Text(f"{what}: a resposta demorou demais", f"{what}: the answer took too long"), retryable=True
                )
            chunks.append(chunk)
        return b"".join(chunks)

    @staticmethod
    def _place_of(url: str) -> str | None:
        parts = _split(url)
        return None if parts is None else parts.netloc.rpartition("@")[2]


def _decoded(answer: bytes, what: str) -> Any:
    if not answer.strip():
        return None
    try:
        return json.loads(answer)
    except (ValueError, RecursionError):
        raise HelpdeskFailed(
            Text(
                f"{what}: a resposta não é JSON; --api-url é o endereço da API?",
                f"{what}: the answer is not JSON; is --api-url the API's address?",
            ),
            retryable=False,
        ) from None


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts if parts.hostname and parts.scheme in ("http", "https") else None


def _place(parts: SplitResult) -> tuple[str, int]:
    return (parts.hostname or "").rstrip("."), parts.port or (443 if parts.scheme == "https" else 80)


def _meets(target: SplitResult, pattern: str) -> bool:
    host, port = _place(target)
    if target.scheme != "https" or port != 443:
        return False
    return host.endswith(pattern[1:]) and len(host) >= len(pattern) if pattern.startswith("*.") else host == pattern
