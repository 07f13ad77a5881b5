"""What is ordered when something was decided or said, and how each order is carried out at the helpdesk."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection

from connectors.base import CAPABILITIES, Note
from plugin.outbox.note import decided_text
from plugin.outbox.ways import Way
from plugin.store import outbox
from plugin.store.decisions import StoredDecision
from plugin.store.outbox import LeasedOrder
from plugin.store.tenants import Tenant
from rules.errors import HelpdeskFailed
from rules.model import Function
from rules.text import Text

TAG: Final = "sidecue_"
"""What our tags begin with; a ticket carries at most one of them."""
SETTLES_AFTER: Final = timedelta(seconds=5)
"""How long a decision's note waits: events come in bursts, and each decision takes the place of the one before."""


def tag_of(function: Function) -> str:
    """Return the tag that says whose work a ticket is."""
    return f"{TAG}{function.value}"


def decided(  # noqa: PLR0913 - by keyword
    connection: Connection,
    tenant: Tenant,
    way: Way,
    stored: StoredDecision,
    *,
    now: datetime,
    due_at: datetime | None = None,
) -> None:
    """Order what the tenant wants to see of a decision, or of its correction, in the helpdesk itself.

    What the newest order says already is not ordered again.
    """
    primary = Function(stored.correction["primary"]) if stored.correction else stored.decision.primary
    wanted: dict[str, dict[str, Any]] = {}
    if tenant.back.tags and "tags" in way.can:
        others = sorted(tag_of(function) for function in Function if function is not primary)
        wanted["tags"] = {"add": [tag_of(primary)], "remove": others}
    if tenant.back.field_name is not None and "fields" in way.can:
        wanted["fields"] = {"name": tenant.back.field_name, "value": primary.value}
    for kind, content in wanted.items():
        before = outbox.newest(connection, tenant.id, stored.ticket, kind)
        if before is None or before[1] != content:
            _order(connection, tenant, way, stored.ticket, kind, content, due_at or now)
    if tenant.back.notes == "decided" and "note" in way.can:
        _decision_note(connection, tenant, way, stored, now)


def handed_over(  # noqa: PLR0913, PLR0917 - a row's columns, in the order every caller knows
    connection: Connection,
    tenant: Tenant,
    way: Way,
    ticket: str,
    to: Function,
    recommendation_id: str,
    due_at: datetime,
) -> bool:
    """Order the ticket into the group of the function that an agent handed it over to; False when there is none."""
    group = tenant.back.groups.get(to.value)
    if group is None or "assign" not in way.can:
        return False
    outbox.supersede(connection, tenant.id, ticket, "assign")
    outbox.enqueue(
        connection,
        ref=outbox.new_ref(),
        tenant_id=tenant.id,
        ticket=ticket,
        kind="assign",
        content={"group": group},
        due_at=due_at,
        recommendation_id=recommendation_id,
        carried=way.carried,
    )
    return True


def carry_out(client: Any, order: LeasedOrder) -> bool:
    """Do what was ordered and return True; False when an earlier attempt, whose answer was lost, had done it.

    Everything but a note is the same done twice, so only a note is looked for first.
    """
    missing = [method for method in CAPABILITIES[order.kind] if not hasattr(client, method)]
    if missing:
        raise HelpdeskFailed(
            Text(
                f"o conector deste helpdesk não faz {order.kind!r} (ou não faz mais)",
                f"this helpdesk's connector cannot do {order.kind!r} (any more)",
            ),
            retryable=False,
        )
    content = order.content
    match order.kind:
        case "note":
            if order.attempts > 1 and client.has_note(order.ticket, order.ref):
                return False
            client.post_note(order.ticket, Note(order.ref, content["text"]))
        case "edit_note":
            client.edit_note(order.ticket, Note(content["note"], content["text"]))
        case "tags":
            client.change_tags(order.ticket, add=frozenset(content["add"]), remove=frozenset(content["remove"]))
        case "fields":
            client.set_field(order.ticket, content["name"], content["value"])
        case "assign":
            client.assign(order.ticket, group=content.get("group"), assignee=content.get("assignee"))
    return True


def _decision_note(connection: Connection, tenant: Tenant, way: Way, stored: StoredDecision, now: datetime) -> None:
    """Order the note that tells a decision: kept true where the helpdesk lets a note be edited, else written once."""
    kind = "edit_note" if "edit_note" in way.can else "note"
    ref = outbox.new_ref()
    before = outbox.note_of(connection, tenant.id, stored.ticket, kind)
    if before is not None and kind == "note":
        return
    note = before if before is not None else ref
    text = decided_text(stored, tenant.locale, note)
    newest = outbox.newest(connection, tenant.id, stored.ticket, kind)
    if newest is None or newest[1].get("text") != text:
        # An answer is there at once or not at all: what it is to carry cannot wait for the burst to end.
        due_at = now if way.carried else now + SETTLES_AFTER
        _order(connection, tenant, way, stored.ticket, kind, {"note": note, "text": text}, due_at, ref)


def _order(  # noqa: PLR0913, PLR0917 - a row's columns, in the order every caller knows
    connection: Connection,
    tenant: Tenant,
    way: Way,
    ticket: str,
    kind: str,
    content: Mapping[str, Any],
    due_at: datetime,
    ref: str | None = None,
) -> None:
    if kind != "note":  # a note says something, the other kinds set something
        outbox.supersede(connection, tenant.id, ticket, kind)
    outbox.enqueue(
        connection,
        ref=ref or outbox.new_ref(),
        tenant_id=tenant.id,
        ticket=ticket,
        kind=kind,
        content=content,
        due_at=due_at,
        carried=way.carried,
    )
