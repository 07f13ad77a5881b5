"""Who wrote a mail and whom it is about: the desk's own people told apart from customers, by the tenant's settings.

The headers are taken at their word, as every mail desk takes them: who writes under a false From is believed to be it.
"""

from __future__ import annotations

from dataclasses import dataclass
from email.message import EmailMessage

from connectors.base import Installation
from connectors.email.reading import Address, addresses
from connectors.settings import listed
from rules.errors import PayloadInvalid
from rules.text import Text


@dataclass(frozen=True, slots=True)
class Desk:
    """What the tenant told of itself: `addresses` that customers write to, `people` by address or domain."""

    addresses: frozenset[str]
    people: frozenset[str]

    def owns(self, email: str) -> bool:
        """Tell whether an address is the desk's or one of its people's. A domain stands for those below it, too."""
        domain = email.rpartition("@")[2]
        above = [domain] + [domain[at + 1 :] for at, letter in enumerate(domain) if letter == "."]
        return email in self.people or self.is_desk(email) or any(each in self.people for each in above)

    def is_desk(self, email: str) -> bool:
        """Tell whether customers write to this address, whatever detail it carries (`support+123@…`)."""
        return without_detail(email) in self.addresses


@dataclass(frozen=True, slots=True)
class People:
    """`author` wrote; `customer` is whom the ticket is about, None for a mail among the desk's own people."""

    author: Address
    by_agent: bool
    customer: Address | None


def desk_of(installation: Installation) -> Desk:
    """Return what the settings say of the desk."""
    told = installation.settings
    return Desk(
        frozenset(without_detail(each) for each in listed(told.get("addresses", "").lower())),
        frozenset(each.removeprefix("@") for each in listed(told.get("agents", "").lower())),
    )


def people_of(mail: EmailMessage, desk: Desk) -> People:
    """Return who wrote and who is the customer. Raise PayloadInvalid for a mail that names no author.

    Where a form or a shop sends for a customer (From the desk's own, Reply-To a stranger's) the customer wrote. Else a
    customer's Reply-To counts before From, because that is whom an answer reaches (RFC 5322, 3.6.2).
    """
    senders = addresses(mail, "from") or addresses(mail, "sender") or addresses(mail, "return-path")
    if not senders:
        raise PayloadInvalid(
            Text(
                "não diz quem escreveu: não há endereço em From, Sender nem Return-Path; se foi uma pessoa, "
                "acrescente uma linha From e entregue a mensagem de novo",
                "names no author: no address stands in From, Sender or Return-Path; if somebody wrote it, add a "
                "From line and hand it over again",
            ),
            path="From",
        )
    sender = senders[0]
    strangers = [each for each in addresses(mail, "reply-to") if not desk.owns(each.email)]
    if strangers:
        customer = Address(strangers[0].name or sender.name, strangers[0].email)
        return People(customer, by_agent=False, customer=customer)
    if not desk.owns(sender.email):
        return People(sender, by_agent=False, customer=sender)
    return People(sender, by_agent=True, customer=_addressed(mail, desk))


def detail_of(email: str) -> str | None:
    """Return what stands behind the plus of an address (RFC 5233), or None."""
    local = email.rpartition("@")[0]
    _, plus, detail = local.partition("+")
    return detail if plus and detail else None


def without_detail(email: str) -> str:
    """Return an address without its detail: `support+123@acme.example` reaches `support@acme.example`."""
    local, _, domain = email.rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def _addressed(mail: EmailMessage, desk: Desk) -> Address | None:
    """Return the first stranger a mail is sent to."""
    return next((each for each in addresses(mail, "to", "cc") if not desk.owns(each.email)), None)
