"""The sidebar page at 100 requests a second, and what it weighs on the wire."""

from __future__ import annotations

import gzip
import re
import time
from datetime import UTC, datetime
from urllib.parse import urlencode

from plugin.bench import load, servers, webhooks
from plugin.sessions import sign_link

PER_SECOND = 100
SECONDS = 20


def measure() -> dict[str, object]:
    """Return latencies in milliseconds at a steady rate, and the gzipped bytes of the page with all its assets."""
    with servers.sidecue("zendesk") as sidecue:
        request = webhooks.zendesk_requests(1, sidecue)[0]
        load.hammer(sidecue.port, [request], connections=1)
        webhooks.drained(sidecue.database)
        time.sleep(0.5)
        ticket = str(1_000_000 + webhooks.REQUESTS)
        expires = int(datetime.now(UTC).timestamp()) + 3600
        query = sign_link(sidecue.tenant["api_key"], "zendesk", "bench", ticket, "ana", expires)
        path = f"/sidebar/zendesk/bench?{urlencode(query)}"
        page = load.get(path)
        with load.Connection(sidecue.port) as connection:
            weight = _weight(connection, path)
        load.pace(sidecue.port, page, per_second=PER_SECOND, seconds=2)
        answers = load.pace(sidecue.port, page, per_second=PER_SECOND, seconds=SECONDS)
    return {
        "requests": sum(answers.statuses.values()),
        "statuses": {str(status): count for status, count in sorted(answers.statuses.items())},
        "p50_ms": round(load.percentile(answers.latencies, 0.50) * 1e3, 1),
        "p99_ms": round(load.percentile(answers.latencies, 0.99) * 1e3, 1),
        "gzipped_bytes_in_all": weight,
    }


def _weight(connection: load.Connection, path: str) -> int:
    status, _, page = connection.fetch(load.get(path))
    if status != 200:
        raise RuntimeError(f"the sidebar answered {status}")
    assets = set(re.findall(r'(?:src|href)="(/[^"#]+)"', page.decode()))
    bodies = [page] + [connection.fetch(load.get(asset))[2] for asset in sorted(assets)]
    return sum(len(gzip.compress(body)) for body in bodies)
