"""What the plugin reads in an answer: the texts of internal notes, and the department that a ticket goes to."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from connectors.base import Delivery, Order, Reply


def reply(delivery: Delivery, orders: Sequence[Order]) -> Reply:
    """Return what the plugin is to do with the ticket that it told of; of two departments the later order counts."""
    del delivery  # the plugin applies an answer to the ticket that it told of
    told: dict[str, Any] = {}
    notes = [order.content["text"] for order in orders if order.kind == "note"]
    groups = [order.content.get("group") for order in orders if order.kind == "assign"]
    departments = [group for group in groups if group is not None]
    if notes:
        told["notes"] = notes
    if departments:
        told["department_id"] = departments[-1]
    return Reply(json.dumps(told, ensure_ascii=False).encode("utf-8"), "application/json")
