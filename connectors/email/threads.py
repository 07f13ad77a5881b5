"""Which ticket a mail belongs to (RFC 5322, 3.6.4).

References begins with the mail that began the conversation, and every answer carries it on: its message id is the
ticket's id. In-Reply-To stands in where there is none. Then comes what the desk itself wrote, where the tenant says how
it writes: a detail in its address (`support+123@…`) or a marker in the subject. A mail with none of these begins a
ticket. Equal subjects mean nothing: two customers may write "Invoice".
"""

from __future__ import annotations

import re
from email.message import EmailMessage
from typing import Final

from connectors.base import Installation, digest
from connectors.email.people import Desk, detail_of
from connectors.email.reading import addresses, header, message_ids, raw_header, short
from rules.errors import PayloadInvalid

SLOT: Final = "{ticket}"
_NUMBER: Final = "([A-Za-z0-9][A-Za-z0-9-]{0,39})"
_NUMBER_WHOLE: Final = re.compile(_NUMBER)


def ticket_of(mail: EmailMessage, desk: Desk, installation: Installation) -> str | None:
    """Return the id of the ticket that a mail says it belongs to; None for one that begins a ticket."""
    before = message_ids(raw_header(mail, "references")) or message_ids(raw_header(mail, "in-reply-to"))
    if before:
        return named(before[0])
    return _in_address(mail, desk) or _in_subject(mail, installation.settings.get("marker", ""))


def id_of(mail: EmailMessage, said: object) -> str:
    """Return what names a mail: its message id, or a digest of what it says where it has none."""
    own = message_ids(raw_header(mail, "message-id"))
    return named(own[0]) if own else f"unnamed@{digest(said)}"


def named(message_id: str) -> str:
    """Return a message id as the id of a ticket, never to be taken for a number that the desk wrote."""
    if not short(message_id):
        return f"long@{digest(message_id)}"
    return message_id if "@" in message_id else f"@{message_id}"


def _in_address(mail: EmailMessage, desk: Desk) -> str | None:
    for address in addresses(mail, "to", "cc", "delivered-to", "x-original-to"):
        detail = detail_of(address.email) if desk.is_desk(address.email) else None
        if detail is not None and _NUMBER_WHOLE.fullmatch(detail):
            return detail
    return None


def _in_subject(mail: EmailMessage, marker: str) -> str | None:
    if not marker.strip():
        return None
    before, slot, after = marker.strip().partition(SLOT)
    if not slot or not before + after:
        raise PayloadInvalid(
            f"the tenant's setting marker needs {SLOT} and something around it: write it as [#{SLOT}], with "
            "sidecue tenants set, then sidecue inbox retry --all"
        )
    found = re.search(re.escape(before) + _NUMBER + re.escape(after), header(mail, "subject"))
    return found[1] if found else None
