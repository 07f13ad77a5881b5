"""What Znuny does with an answer: its invoker Ticket::Generic carries out the directives that the JSON holds.

Read in its source (`Kernel/GenericInterface/Invoker/Ticket/Generic.pm`): it takes them in the order of their names, in
the name of the user with the id 1, and leaves out every later one when one fails. So the note, whose name comes first,
is never lost to a queue that does not exist.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from connectors.base import Delivery, Order, Reply

NOTE: Final = "OTRS_TicketArticleAdd"
FIELD: Final = "OTRS_TicketDynamicFieldSet_"
OWNER: Final = "OTRS_TicketOwnerSet"
QUEUE: Final = "OTRS_TicketQueueSet"
SIGNED: Final = "Sidecue"


def reply(delivery: Delivery, orders: Sequence[Order]) -> Reply:
    """Return the directives that carry these orders out; an empty object for none, because Znuny wants JSON.

    An answer holds each directive once: several notes become one article, and of two values for one field, or two
    queues, the later order counts.
    """
    del delivery  # Znuny applies an answer to the ticket that it asked about
    notes = [order.content["text"] for order in orders if order.kind == "note"]
    directives: dict[str, Any] = {NOTE: _article("\n\n".join(notes))} if notes else {}
    for order in orders:
        directives |= _directives(order)
    return Reply(json.dumps(directives, ensure_ascii=False).encode("utf-8"), "application/json")


def _directives(order: Order) -> dict[str, str]:
    content = order.content
    match order.kind:
        case "fields":
            return {f"{FIELD}{content['name']}": content["value"]}
        case "assign":
            wanted = {OWNER: content.get("assignee"), QUEUE: content.get("group")}
            return {name: value for name, value in wanted.items() if value is not None}
        case _:
            return {}


def _article(body: str) -> dict[str, Any]:
    """Return an internal article of an agent, about which Znuny tells nobody.

    Subject and Body are what the invoker asks for; without HistoryType and HistoryComment Znuny stores no article.
    """
    return {
        "Subject": SIGNED,
        "Body": body,
        "From": SIGNED,
        "SenderType": "agent",
        "IsVisibleForCustomer": 0,
        "MimeType": "text/plain",
        "Charset": "utf-8",
        "HistoryType": "AddNote",
        "HistoryComment": SIGNED,
        "NoAgentNotify": 1,
    }
