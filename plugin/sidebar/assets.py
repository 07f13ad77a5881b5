"""The sidebar's own files: read once, compressed once, under addresses that change with their content."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from flask import Blueprint, Response, abort, request

STATIC: Final = Path(__file__).parent / "static"
MEDIA_TYPES: Final[Mapping[str, str]] = MappingProxyType(
    {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}
)
FOR_EVER: Final = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    """One file, plain and compressed."""

    content: bytes
    compressed: bytes
    media_type: str
    digest: str


@cache
def assets(folder: Path = STATIC) -> Mapping[str, Asset]:
    """Return every file of a static folder by its name."""
    found = {}
    for path in sorted(folder.iterdir()):
        if path.suffix in MEDIA_TYPES:
            content = path.read_bytes()
            found[path.name] = Asset(
                content,
                gzip.compress(content, mtime=0),
                MEDIA_TYPES[path.suffix],
                hashlib.sha256(content).hexdigest()[:12],
            )
    return MappingProxyType(found)


def serving(name: str, prefix: str, folder: Path) -> Blueprint:
    """Return a blueprint that serves a static folder at `<prefix>/<digest>/<file>`."""
    blueprint = Blueprint(name, __name__)

    @blueprint.get(f"{prefix}/<digest>/<filename>")
    def serve(digest: str, filename: str) -> Response:
        return asset(folder, digest, filename)

    return blueprint


def asset(folder: Path | None, digest: str, filename: str) -> Response:
    """Return one file of a static folder, by the digest of what it holds; 404 for any other."""
    found = assets(folder).get(filename) if folder is not None else None
    if found is None or found.digest != digest:
        abort(404)
    packed = "gzip" in request.headers.get("Accept-Encoding", "")
    answer = Response(found.compressed if packed else found.content, content_type=found.media_type)
    if packed:
        answer.headers["Content-Encoding"] = "gzip"
    answer.headers["Vary"] = "Accept-Encoding"
    answer.headers["Cache-Control"] = FOR_EVER
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
