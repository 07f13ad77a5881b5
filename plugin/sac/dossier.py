"""What proves how a demand was attended: every obligation with its clock and evidence, and the record of what was said.

Given to the consumer who asks for the history, and to the authority. Internal notes are not part of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from plugin.i18n import Words
from plugin.i18n.moments import in_full
from plugin.sac import attendances
from plugin.store import customers, decisions, tickets
from plugin.store.tenants import Tenant
from rules.folding import fold
from rules.model import Author, Customer, Ticket
from rules.obligations import Attendance, Clock, Evidence, State
from rules.text import Text
from rules.vocabulary.words import VALUE_WORDS

SCHEMA: Final = 1
TITLES: Final[Mapping[str, Text]] = VALUE_WORDS["ticket.sac_running"]
"""Obligation -> what it is called."""


@dataclass(frozen=True, slots=True)
class Dossier:
    """One ticket of one tenant, as of an instant. `attendance` is None where the decree does not hold."""

    tenant: Tenant
    ticket: Ticket
    customer: Customer | None
    attendance: Attendance | None
    as_of: datetime


def of_ticket(connection: Connection, tenant: Tenant, external_id: str, now: datetime) -> Dossier | None:
    """Return the dossier of a ticket, or None when it is not there or not decided yet."""
    stored = decisions.current(connection, tenant.id, external_id)
    if stored is None:
        return None
    customer = customers.load(connection, tenant.id, stored.customer_id) if stored.customer_id is not None else None
    ticket = fold(tickets.events_of(connection, tenant.id, stored.ticket_id))
    return Dossier(tenant, ticket, customer, attendances.of_decided(connection, tenant, stored, now), now)


# --- as JSON ------------------------------------------------------------------------------------


def document(dossier: Dossier) -> dict[str, Any]:
    """Return the dossier as plain JSON values, texts in both languages, times with the tenant's offset."""
    held = dossier.attendance
    zone = ZoneInfo(dossier.tenant.time_zone)
    return {
        "schema": SCHEMA,
        "tenant": dossier.tenant.name,
        "protocol": dossier.ticket.id,
        "customer": dossier.customer.external_id if dossier.customer is not None else None,
        "as_of": _at(dossier.as_of, zone),
        "time_zone": dossier.tenant.time_zone,
        "regulated": held is not None,
        "registered_at": _at(held.registered_at, zone) if held is not None else None,
        "regime": _regime(held) if held is not None else None,
        "obligations": obligations(held, zone) if held is not None else [],
        "record": [
            {
                "id": message.id,
                "author": message.author.value,
                "sent_at": _at(message.sent_at, zone),
                "text": message.body,
            }
            for message in dossier.ticket.messages
            if message.public
        ],
        "subject": dossier.ticket.subject,
        "description": dossier.ticket.description,
    }


def obligations(attendance: Attendance, zone: ZoneInfo) -> list[dict[str, Any]]:
    """Return every clock as plain JSON values, in the decree's order."""
    return [_clock(clock, zone) for clock in attendance.clocks]


def _clock(clock: Clock, zone: ZoneInfo) -> dict[str, Any]:
    term = clock.obligation
    return {
        "id": term.id,
        "title": _text(TITLES[term.id]),
        "asks": _text(term.asks),
        "article": term.article,
        "pace": term.pace.value,
        "state": clock.state.value,
        "late": clock.late,
        "began": _evidence(clock.began, zone),
        "due_at": _at(clock.due_at, zone) if clock.due_at is not None else None,
        "met": _evidence(clock.met, zone),
        "sources": list(term.sources),
        "unverified": _text(term.unverified) if term.unverified is not None else None,
    }


def _evidence(found: Evidence | None, zone: ZoneInfo) -> dict[str, str] | None:
    return {"proof": found.proof.value, "id": found.id, "at": _at(found.at, zone)} if found is not None else None


def _regime(attendance: Attendance) -> dict[str, Any]:
    regime = attendance.regime
    return {
        "id": regime.id,
        "version": regime.version,
        "title": _text(regime.title),
        "since": regime.since.isoformat() if regime.since is not None else None,
        "unverified": _text(regime.unverified),
    }


def _text(text: Text) -> dict[str, str]:
    return {"pt-BR": text.pt_br, "en": text.en}


def _at(instant: datetime, zone: ZoneInfo) -> str:
    return instant.astimezone(zone).isoformat(timespec="seconds")


# --- to read ------------------------------------------------------------------------------------


def lines(dossier: Dossier, words: Words) -> list[str]:
    """Return the dossier as a person reads it, one line each."""
    held = dossier.attendance
    zone = ZoneInfo(dossier.tenant.time_zone)
    told = [
        words("sac.title", protocol=dossier.ticket.id, tenant=dossier.tenant.name),
        words("sac.as_of", moment=in_full(words, dossier.as_of, zone)),
    ]
    if held is None:
        return [*told, words("sac.not_regulated")]
    locale = words.locale
    registered = words("sac.registered", moment=in_full(words, held.registered_at, zone))
    told += [
        f"{held.regime.title.read(locale)} · {registered}",
        words("sac.unverified", note=held.regime.unverified.read(locale)),
    ]
    for clock in held.clocks:
        if clock.state is State.NOT_APPLICABLE:
            continue
        told += ["", f"{_capital(TITLES[clock.obligation.id].read(locale))}: {state_said(clock, words)}"]
        told += [f"  {said}" for said in _details(clock, words, zone)]
    told += ["", words("sac.record")]
    for message in dossier.ticket.messages:
        if message.public:
            who = words("sac.by_customer" if message.author is Author.CUSTOMER else "sac.by_us")
            told.append(f"  {in_full(words, message.sent_at, zone)} · {who}")
            told += [f"    {line}" for line in message.body.splitlines()]
    return told


def state_said(clock: Clock, words: Words) -> str:
    """Return how a clock stands, in a word or two."""
    if clock.late:
        return words("sac.met_late")
    return words.of("sac_state", clock.state.value)


def _details(clock: Clock, words: Words, zone: ZoneInfo) -> list[str]:
    term = clock.obligation
    said = [f"{term.asks.read(words.locale)} ({term.article})"]
    if clock.began is not None:
        said.append(
            words("sac.began", moment=in_full(words, clock.began.at, zone), evidence=_named(clock.began, words))
        )
    if clock.due_at is not None:
        said.append(
            words("sac.due", moment=f"{in_full(words, clock.due_at, zone)}", seconds=_seconds(clock.due_at, zone))
        )
    if clock.met is not None:
        said.append(words("sac.met", moment=in_full(words, clock.met.at, zone), evidence=_named(clock.met, words)))
    if term.unverified is not None:
        said.append(words("sac.unverified", note=term.unverified.read(words.locale)))
    return said


def _named(evidence: Evidence, words: Words) -> str:
    return words.of("sac_proof", evidence.proof.value, id=evidence.id)


def _seconds(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%H:%M:%S}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
