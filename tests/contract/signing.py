"""Which connectors the contract tests hold to their promises, and how a genuine delivery of each is made.

All that `discover` finds: shipped, and installed by entry points. One that is written elsewhere and not installed yet
is tested with them by `SIDECUE_TEST_CONNECTORS=/path/to/package`, a package whose sub-folders are connectors.
A connector that is signed brings its signer, `fixtures/sign_<name>.py`; for a shared secret there is nothing to sign.
"""

import functools
import hashlib
import os
import runpy
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from connectors.registry import LoadedConnector, discover

NOW = datetime(2026, 3, 2, 15, 0, 0, tzinfo=UTC)
SECRET = "dGVzdC1zZWNyZXQtb2YtdGhlLWNvbnRyYWN0"
OLD_SECRET = "the-secret-before-it-was-rotated"
STRANGER = "a-secret-nobody-was-given"
STALE = NOW - timedelta(minutes=5, seconds=1)
FUTURE = NOW + timedelta(minutes=5, seconds=1)


@dataclass(frozen=True)
class Request:
    """The parts of one signed webhook request."""

    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    path_secret: str | None = None


def _found() -> Mapping[str, LoadedConnector]:
    elsewhere = os.environ.get("SIDECUE_TEST_CONNECTORS")
    if not elsewhere:
        return discover()
    package = Path(elsewhere).resolve()
    sys.path.insert(0, str(package.parent))
    return {**discover(), **discover(package, package.name)}


def _signed(sign: Callable[..., dict[str, str]], body: bytes, secret: str, sent_at: datetime, **more) -> Request:
    algorithm = more.get("algorithm", hashlib.sha256)
    return Request(body, {"content-type": "application/json"} | sign(body, secret, sent_at, algorithm().name))


def _shared(body: bytes, secret: str, sent_at: datetime) -> Request:
    return Request(body, {"content-type": "application/json"}, path_secret=secret)


CONNECTORS = _found()
SIGNERS: dict[str, Callable[..., Request]] = {}
SIGNATURE_HEADER: dict[str, str] = {}
TIMESTAMP_HEADER: dict[str, str] = {}
for _name, _loaded in CONNECTORS.items():
    _file = _loaded.folder / "fixtures" / f"sign_{_name}.py"
    if _loaded.manifest.auth == "shared_secret":
        SIGNERS[_name] = _shared
    elif _file.exists():
        _signer = runpy.run_path(str(_file))
        SIGNERS[_name] = functools.partial(_signed, _signer["sign"])
        SIGNATURE_HEADER[_name] = _signer["SIGNATURE_HEADER"]
        TIMESTAMP_HEADER[_name] = _signer["TIMESTAMP_HEADER"]
