"""Which mails a machine sent by itself, as their headers say: RFC 3834, RFC 3464, RFC 8098, RFC 2919, Exchange.

Such a mail is acknowledged, counted and named, and no message of a ticket. Subjects tell nothing: a customer may write
about an "automatic reply".
"""

from __future__ import annotations

from email.message import EmailMessage
from typing import Final

from connectors.email.reading import all_raw, header, raw_header

AUTO_REPLY: Final = "auto_reply"
BOUNCE: Final = "bounce"
RECEIPT: Final = "read_receipt"
REPORT: Final = "report"
BULK: Final = "bulk"
LIST: Final = "mailing_list"

_REPORTS: Final = {"delivery-status": BOUNCE, "disposition-notification": RECEIPT}
_PRECEDENCE: Final = {"bulk": BULK, "junk": BULK, "list": LIST, "auto_reply": AUTO_REPLY}
_AUTO_HEADERS: Final = ("x-autoreply", "x-autorespond", "x-autoresponder")


def sent_by_a_machine(mail: EmailMessage, desk: frozenset[str]) -> str | None:
    """Return what kind of automatic mail it is, or None for one that somebody wrote.

    `desk`: the desk's own addresses. A list of that name (`support@acme.example` has the id `support.acme.example`) is
    how the desk gets its mail, as with a group of Google's, and says nothing of who wrote.
    """
    if mail.get_content_type() == "multipart/report":
        return _REPORTS.get(str(mail.get_param("report-type", "")).lower(), REPORT)
    submitted = header(mail, "auto-submitted").partition(";")[0].strip().lower()
    if submitted not in {"", "no"} or _suppresses_all(mail) or any(raw_header(mail, name) for name in _AUTO_HEADERS):
        return AUTO_REPLY
    if any(raw.strip() == "<>" for raw in all_raw(mail, "return-path")):
        return BOUNCE
    own_list = _is_list_of(mail, desk)
    if not own_list and raw_header(mail, "list-id"):
        return LIST
    precedence = _PRECEDENCE.get(header(mail, "precedence").lower())
    return None if own_list else precedence


def _suppresses_all(mail: EmailMessage) -> bool:
    """Tell whether a mail forbids every automatic answer: machines do. Outlook has people forbid some of them."""
    told = header(mail, "x-auto-response-suppress").lower()
    return "all" in {word.strip() for word in told.split(",")}


def _is_list_of(mail: EmailMessage, desk: frozenset[str]) -> bool:
    listed = raw_header(mail, "list-id").rpartition("<")[2].partition(">")[0].strip().lower()
    return listed in {address.replace("@", ".") for address in desk}
