"""Which connectors the contract tests hold to their promises, and how a genuine delivery of each is made.

All that `discover` finds: shipped, and installed by entry points. One that is written elsewhere and not installed yet
is tested with them by `SIDECUE_TEST_CONNECTORS=/path/to/package`, a package whose sub-folders are connectors.

A connector that is signed brings its signer, `fixtures/sign_<name>.py` (and `sign_<name>__<scheme>.py` for each further
way in which its helpdesk signs); for a shared secret there is nothing to sign. A signer offers:

    SIGNATURE_HEADER      what the signature stands in, lower case
    TIMESTAMP_HEADER      what the signed time stands in, or None
    ALGORITHM             "sha256" (the default), "sha1" …; `sign` takes it as `algorithm` when others are tried
    ENCODING              "base64" (the default), "hex" or "jwt"
    COVERS                what the signature covers: {"body"} (the default), with "url" and "method", or nothing
    EXPIRES               whether it is refused out of its time; the default is whether there is a TIMESTAMP_HEADER
    SETTINGS, KEYS        what the tenant told; the JSON Web Key Set that the tenant's address serves
    sign(body, secret, sent_at, [algorithm], [url], [method]) -> headers
"""

import functools
import inspect
import os
import runpy
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from connectors.base import Delivery, Installation
from connectors.registry import LoadedConnector, discover

NOW = datetime(2026, 3, 2, 15, 0, 0, tzinfo=UTC)
SECRET = "dGVzdC1zZWNyZXQtb2YtdGhlLWNvbnRyYWN0"
OLD_SECRET = "the-secret-before-it-was-rotated"
STRANGER = "a-secret-nobody-was-given"
STALE = NOW - timedelta(minutes=5, seconds=1)
FUTURE = NOW + timedelta(minutes=5, seconds=1)
URL = "https://sidecue.example.org/webhooks/tool/acme?from=desk"


@dataclass(frozen=True)
class Request:
    """The parts of one webhook request."""

    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    path_secret: str | None = None
    url: str = URL
    method: str = "POST"

    def delivery(self) -> Delivery:
        return Delivery(self.body, self.headers, NOW, self.path_secret, self.method, self.url)


@dataclass(frozen=True)
class Scheme:
    """One way in which a helpdesk proves its deliveries."""

    id: str
    name: str
    signer: Mapping[str, Any] | None

    @property
    def signature_header(self) -> str:
        return self.signer["SIGNATURE_HEADER"]

    @property
    def timestamp_header(self) -> str | None:
        return self.signer.get("TIMESTAMP_HEADER")

    @property
    def algorithm(self) -> str:
        return self.signer.get("ALGORITHM", "sha256")

    @property
    def encoding(self) -> str:
        return self.signer.get("ENCODING", "base64")

    @property
    def covers(self) -> frozenset[str]:
        return frozenset(self.signer.get("COVERS", {"body"}))

    @property
    def expires(self) -> bool:
        return self.signer.get("EXPIRES", self.timestamp_header is not None)

    def sign(self, body: bytes, secret: str = SECRET, sent_at: datetime = NOW, **more: str) -> Request:
        """Return a genuine request; what is not signed brings its secret in the path."""
        request = Request(body, {"content-type": "application/json"})
        if self.signer is None:
            return Request(body, request.headers, path_secret=secret)
        known = {"url": request.url, "method": request.method} | more
        taken = inspect.signature(self.signer["sign"]).parameters
        headers = self.signer["sign"](
            body, secret, sent_at, **{name: value for name, value in known.items() if name in taken}
        )
        return Request(body, request.headers | headers)

    def installation(self, secrets: tuple[str, ...]) -> Installation:
        signer = self.signer or {}
        keys = signer.get("KEYS")
        return Installation(
            "acme",
            "en",
            api_url=served(keys) if keys else None,
            secrets=secrets,
            settings=signer.get("SETTINGS", {}),
        )


@functools.cache
def served(content: bytes) -> str:
    """Serve these bytes at every address of a loopback port, for as long as the tests run."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


def _found() -> Mapping[str, LoadedConnector]:
    elsewhere = os.environ.get("SIDECUE_TEST_CONNECTORS")
    if not elsewhere:
        return discover()
    package = Path(elsewhere).resolve()
    sys.path.insert(0, str(package.parent))
    return {**discover(), **discover(package, package.name)}


def _schemes() -> list[Scheme]:
    found = []
    for name, loaded in CONNECTORS.items():
        files = sorted((loaded.folder / "fixtures").glob(f"sign_{name}*.py"))
        found += [Scheme(file.stem.removeprefix("sign_"), name, runpy.run_path(str(file))) for file in files]
        if loaded.manifest.auth != "signature":
            found.append(Scheme(f"{name}__secret" if files else name, name, None))
    return found


def brought(name: str, kind: str) -> Mapping[str, Any] | None:
    """Return what a folder's fixtures/<kind>_<name>.py offers, or None where there is none.

    After two underscores a name says which of several: `helpscout__iframe`.
    """
    file = CONNECTORS[name.partition("__")[0]].folder / "fixtures" / f"{kind}_{name}.py"
    return _run(file) if file.exists() else None


@functools.cache
def _run(file: Path) -> Mapping[str, Any]:
    return runpy.run_path(str(file))


def by_id(schemes: list[Scheme]) -> dict[str, Any]:
    """Return the arguments of a parametrisation over schemes."""
    return {"argnames": "scheme", "argvalues": schemes, "ids": [scheme.id for scheme in schemes]}


CONNECTORS = _found()
SCHEMES = _schemes()
SIGNED = [scheme for scheme in SCHEMES if scheme.signer is not None]
SHARED = [scheme for scheme in SCHEMES if scheme.signer is None]
TIMED = [scheme for scheme in SIGNED if scheme.timestamp_header is not None]
