"""A JSON answer as every route of the API gives it."""

from __future__ import annotations

import json
from typing import Any

from flask import Response


def as_json(body: dict[str, Any], status: int = 200) -> Response:
    """Return an answer that nobody keeps: what is true of a ticket or customer changes."""
    answer = Response(json.dumps(body, ensure_ascii=False), status=status, content_type="application/json")
    answer.headers["Cache-Control"] = "no-store"
    return answer
