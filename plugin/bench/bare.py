"""The baseline of the webhook benchmark: the least a Flask endpoint can do, an HMAC and one INSERT."""

from __future__ import annotations

import hashlib
import hmac
import os
import sqlite3
import threading
from typing import Final

from flask import Flask, request

SECRET: Final = b"the secret of the baseline"
DATABASE: Final = "SIDECUE_TEST_BARE_DATABASE"


def application() -> Flask:
    """Return the app; the database file is named by the environment."""
    path = os.environ[DATABASE]
    app = Flask(__name__)
    local = threading.local()
    with sqlite3.connect(path) as first:
        first.execute("PRAGMA journal_mode=WAL")
        first.execute("CREATE TABLE IF NOT EXISTS delivery (id INTEGER PRIMARY KEY, body BLOB NOT NULL)")

    def connection() -> sqlite3.Connection:
        opened: sqlite3.Connection | None = getattr(local, "connection", None)
        if opened is None:
            opened = local.connection = sqlite3.connect(path, isolation_level=None, timeout=5)
            opened.execute("PRAGMA synchronous=FULL")  # on disk before the answer, as ours is
        return opened

    @app.get("/readyz")
    def ready() -> dict[str, str]:
        return {"status": "ready"}

    @app.post("/bare")
    def take() -> tuple[dict[str, str], int]:
        body = request.get_data()
        given = request.headers.get("X-Signature", "")
        signed = request.headers.get("X-Timestamp", "").encode() + body
        if not hmac.compare_digest(hmac.new(SECRET, signed, hashlib.sha256).hexdigest(), given):
            return {"status": "refused"}, 401
        connection().execute("INSERT INTO delivery (body) VALUES (?)", (body,))
        return {"status": "accepted"}, 202

    return app
