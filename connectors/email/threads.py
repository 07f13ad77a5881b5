"""Which ticket a mail belongs to (RFC 5322, 3.6.4).

References begins with the mail that began the conversation, and every answer carries it on: its message id is the
ticket's id. Where that mail is not known, any other that is named leads to the ticket, so an answer with nothing but
In-Reply-To finds it, too. Then comes what the desk itself wrote, where the tenant says how it writes: a detail in its
address (`support+123@…`) or a marker in the subject. A mail with none of these begins a ticket. Equal subjects mean
nothing: two customers may write "Invoice".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Final

from connectors.base import Installation, digest
from connectors.email.people import Desk, detail_of
from connectors.email.reading import addresses, header, message_ids, raw_header, short
from connectors.settings import SLOT
from rules.errors import PayloadInvalid
from rules.text import Text

MAX_BEFORE: Final = 50
"""Mails of a conversation that are looked for."""
_NUMBER: Final = "([A-Za-z0-9][A-Za-z0-9-]{0,39})"
_NUMBER_WHOLE: Final = re.compile(_NUMBER)


@dataclass(frozen=True, slots=True)
class Thread:
    """What a mail says of the conversation it is in, as ids of tickets."""

    own: str
    """The mail itself."""
    before: tuple[str, ...]
    """The mails it follows up: the one that began the conversation, then the others, the last one first."""
    number: str | None
    """The desk's own number."""

    @property
    def ticket(self) -> str | None:
        """The ticket's id, as far as the mail tells it; None for one that begins a ticket."""
        return self.before[0] if self.before else self.number

    @property
    def found_by(self) -> tuple[str, ...]:
        """What leads to the ticket, best first."""
        return (*self.before, self.number) if self.number is not None else self.before

    def known_as(self, *, by_agent: bool) -> tuple[str, ...]:
        """Return what leads to the ticket from now on; a number only when the desk wrote it: anybody can guess one."""
        names = [self.own, *self.before[:1]]
        if self.number is not None and by_agent:
            names.append(self.number)
        return tuple(dict.fromkeys(names))


def thread_of(mail: EmailMessage, desk: Desk, installation: Installation, said: object) -> Thread:
    """Return what a mail says of its conversation. `said`: what it says at all, its name where it has no message id."""
    own = message_ids(raw_header(mail, "message-id"))
    listed = [*message_ids(raw_header(mail, "references")), *message_ids(raw_header(mail, "in-reply-to"))]
    before = dict.fromkeys(named(each) for each in (*listed[:1], *reversed(listed[1:])))
    return Thread(
        own=named(own[0]) if own else f"unnamed@{digest(said)}",
        before=tuple(before)[:MAX_BEFORE],
        number=_in_address(mail, desk) or _in_subject(mail, installation.settings.get("marker", "")),
    )


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
            Text(
                f"o ajuste marker do tenant precisa de {SLOT} e de algo em volta: escreva-o como [#{SLOT}], com "
                "sidecue tenants set, e depois sidecue inbox retry --all",
                f"the tenant's setting marker needs {SLOT} and something around it: write it as [#{SLOT}], with "
                "sidecue tenants set, then sidecue inbox retry --all",
            )
        )
    found = re.search(re.escape(before) + _NUMBER + re.escape(after), header(mail, "subject"))
    return found[1] if found else None
