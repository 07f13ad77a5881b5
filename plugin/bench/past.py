"""A made-up history of any length for benchmarks and tests: the same seed gives the same decisions of the past."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from rules.backtest import Case
from rules.facts import facts_from_given
from rules.model import Function, Kind
from rules.vocabulary import FIELDS, SEVERITIES, Type

BEGINNING: Final = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
_FIGURES: Final = {
    "days_to_renewal": (-20, 400),
    "tenure_days": (0, 2_500),
    "days_since_login": (0, 90),
    "nps": (0, 10),
    "days_since_nps": (0, 200),
    "ces": (1, 7),
    "open_tickets": (0, 6),
    "tickets_30d": (0, 9),
    "reopened_30d": (0, 3),
    "severe_incidents_30d": (0, 2),
    "how_to_30d": (0, 7),
    "overdue_invoices": (0, 3),
    "days_overdue": (0, 60),
    "seats": (1, 60),
    "seats_used": (0, 60),
}
_SHARE_KNOWN: Final = 0.6


def cases(count: int, signals: Iterable[str], *, seed: int = 1) -> Iterator[Case]:
    """Yield `count` decisions of the past, one to three of `signals` said in most of them, a minute apart.

    About two thirds of what might be known of a customer is known.
    """
    chance = random.Random(seed)  # noqa: S311 - no secret: a workload that comes out the same every time
    names = sorted(signals)
    actions = (
        "expansion.upgrade_offer",
        "retention.retention_call",
        "voice_of_customer.ask_for_review",
        "support.fix_fault",
    )
    for number in range(count):
        said = chance.sample(names, min(len(names), chance.choice((0, 1, 1, 1, 2, 2, 3))))
        given: dict[str, object] = {
            "signals": said,
            "ticket": _ticket(chance),
            "customer": _customer(chance),
            "open_tickets": [
                {
                    "signals": chance.sample(names, 1),
                    "severity": chance.choice(SEVERITIES),
                    "age_hours": float(chance.randint(1, 300)),
                    "primary": chance.choice(tuple(Function)).value,
                }
                for _ in range(chance.choice((0, 0, 0, 1, 2)))
            ],
            "contacts": [
                {
                    "action": chance.choice(actions),
                    "kind": chance.choice(tuple(Kind)).value,
                    "days_ago": float(chance.randint(0, 80)),
                    "outcome": "shown",
                }
                for _ in range(chance.choice((0, 0, 0, 0, 1, 3)))
            ],
        }
        acceptance = {action: (chance.randint(0, 5), chance.randint(5, 40)) for action in actions}
        facts = facts_from_given(given, BEGINNING + timedelta(minutes=number))
        yield Case(f"T{number:06}", facts, language=chance.choice(("pt-BR", "en")), acceptance=acceptance)


def _ticket(chance: random.Random) -> dict[str, object]:
    return {
        "channel": chance.choice(FIELDS["ticket.channel"].values),
        "status": "open",
        "language": chance.choice(FIELDS["ticket.language"].values or ("pt-BR", "en")),
        "age_hours": round(chance.uniform(0, 200), 2),
        "reopen_count": chance.choice((0, 0, 0, 1, 2)),
        "reply_count": chance.choice((0, 0, 1, 2, 5)),
    }


def _customer(chance: random.Random) -> dict[str, object]:
    known: dict[str, object] = {}
    for name, field in FIELDS.items():
        group, _, key = name.partition(".")
        if group != "customer" or chance.random() > _SHARE_KNOWN:
            continue
        if key in _FIGURES:
            known[key] = chance.randint(*_FIGURES[key])
        elif field.type is Type.FLAG:
            known[key] = chance.random() < 0.15
        elif field.type is Type.ENUM:
            known[key] = chance.choice(field.values)
    if chance.random() < _SHARE_KNOWN:
        known |= {"mrr": float(chance.randint(50, 20_000)), "currency": "BRL", "plan": chance.choice(("basic", "pro"))}
    return known
