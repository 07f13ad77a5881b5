"""What machines ask: `/healthz` the process answers, `/readyz` it can take work, `/metrics` for Prometheus."""

from __future__ import annotations

import json
import shutil
from typing import Final

from flask import Blueprint, Response
from prometheus_client import CONTENT_TYPE_LATEST

from plugin.services import Services, services
from plugin.store.errors import StoreError

blueprint = Blueprint("health", __name__)

LEAST_FREE_BYTES: Final = 32 * 1_048_576
"""Less room than this on the database's disk, and the next deliveries could not be kept."""


@blueprint.get("/healthz")
def healthz() -> Response:
    """Whether the process answers at all."""
    return _answer(200, {"status": "ok"})


@blueprint.get("/readyz")
def readyz() -> Response:
    """Whether a delivery would be kept and worked on now; 503 says what is missing.

    `rulebook` says which one decides, and which newer one was refused: the one before goes on, so this stays ready.
    """
    here = services()
    checks = _checks(here)
    ready = all(state == "ok" for state in checks.values())
    status = "ready" if ready else "not ready"
    return _answer(200 if ready else 503, {"status": status, "checks": checks, "rulebook": here.books.state()})


@blueprint.get("/metrics")
def metrics() -> Response:
    """Everything Prometheus asks for."""
    here = services()
    return Response(here.metrics.expose(here.store), content_type=CONTENT_TYPE_LATEST)


def _checks(here: Services) -> dict[str, str]:
    checks = {
        "store": "ok",
        "disk": "ok" if shutil.disk_usage(here.settings.home).free > LEAST_FREE_BYTES else "nearly full",
        "worker": "ok" if here.worker.alive else "not running",
        "sender": "ok" if here.sender.alive else "not running",
        "rulebook watch": "ok" if here.book_watch.alive else "not running",
    }
    try:
        if not here.store.is_current():
            checks["store"] = "not migrated: run sidecue db upgrade"
        else:
            with here.store.write():
                pass
    except StoreError:
        checks["store"] = "cannot be written now"
    return checks


def _answer(status: int, body: dict[str, object]) -> Response:
    answer = Response(json.dumps(body), status=status, content_type="application/json")
    answer.headers["Cache-Control"] = "no-store"
    return answer
