"""`POST /webhooks/zendesk` (verify, store, 202) against a bare Flask endpoint that does HMAC and one INSERT."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import sqlite3
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from plugin.bench import bare, load, servers, tickets

ROUNDS = 4
REQUESTS = 500
CONNECTIONS = 8
THREADS = 8
"""Of the baseline: as many as SIDECUE_THREADS has when it is not set."""


def measure() -> dict[str, object]:
    """Return both rates and their ratio; rounds alternate, and each waits until the inbox is empty again."""
    ours: list[float] = []
    theirs: list[float] = []
    statuses: Counter[int] = Counter()
    with servers.sidecue("zendesk") as sidecue, servers.baseline(THREADS) as baseline:
        for number in range(ROUNDS + 1):
            bare_round = load.hammer(baseline.port, _bare_requests(number), connections=CONNECTIONS)
            our_round = load.hammer(sidecue.port, zendesk_requests(number, sidecue), connections=CONNECTIONS)
            drained(sidecue.database)
            statuses += our_round.statuses
            if number:  # the first round warms both up
                theirs.append(bare_round.rate)
                ours.append(our_round.rate)
    ratios = [our / their for our, their in zip(ours, theirs, strict=True)]
    return {
        "requests": sum(statuses.values()),
        "statuses": {str(status): count for status, count in sorted(statuses.items())},
        "sidecue_per_second": round(median(ours)),
        "bare_flask_per_second": round(median(theirs)),
        "ratio_median": round(median(ratios), 2),
        "ratio_lowest": round(min(ratios), 2),
    }


def _body(number: int, index: int) -> bytes:
    language, story = tickets.STORIES[index % len(tickets.STORIES)]
    ticket_id = str(1_000_000 + number * REQUESTS + index)
    at = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    return json.dumps(
        {
            "type": "zen:event-type:ticket.created",
            "account_id": 1,
            "id": f"{number:08d}-{index:08d}",
            "time": at,
            "zendesk_event_version": "2022-11-06",
            "subject": f"zen:ticket:{ticket_id}",
            "detail": {
                "id": ticket_id,
                "subject": story[:40],
                "description": story,
                "status": "NEW",
                "priority": "NORMAL",
                "requester_id": str(number * REQUESTS + index),
                "created_at": at,
                "updated_at": at,
                "tags": [language],
                "via": {"channel": "email"},
            },
            "event": {},
        }
    ).encode()


def _bare_requests(number: int) -> list[bytes]:
    stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    requests = []
    for index in range(REQUESTS):
        body = _body(number, index)
        signature = hmac.new(bare.SECRET, stamp.encode() + body, hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/json", "X-Timestamp": stamp, "X-Signature": signature}
        requests.append(load.post("/bare", headers, body))
    return requests


def zendesk_requests(number: int, sidecue: servers.Server) -> list[bytes]:
    """Return signed webhooks, each about a ticket of its own."""
    stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    secret = sidecue.tenant["secret"].encode()
    requests = []
    for index in range(REQUESTS):
        body = _body(number, index)
        signature = base64.b64encode(hmac.digest(secret, stamp.encode() + body, "sha256")).decode()
        headers = {
            "Content-Type": "application/json",
            "X-Zendesk-Webhook-Signature": signature,
            "X-Zendesk-Webhook-Signature-Timestamp": stamp,
        }
        requests.append(load.post(sidecue.tenant["webhook_path"], headers, body))
    return requests


def drained(database: Path, seconds: float = 120) -> None:
    """Wait until no delivery waits: the worker must not run while the other side is measured."""
    deadline = time.monotonic() + seconds
    with sqlite3.connect(database, timeout=10) as connection:
        while time.monotonic() < deadline:
            waiting = connection.execute("SELECT count(*) FROM delivery WHERE state = 'received'").fetchone()[0]
            if not waiting:
                return
            time.sleep(0.1)
    raise RuntimeError(f"the inbox was not empty after {seconds:g} s")
