"""Histories for backtests: tickets on a small rulebook, told by plain rows that an oracle reads."""

from dataclasses import replace

from decide_books import NOW, action, book, derives, facts, recommends, said, suppresses, votes

from rules.backtest import Case
from rules.conditions import All, AnyOf, Not, Op, Test
from rules.rulebook import Function, Kind


def seats(op, value):
    return Test("customer.seats", op, value)


def rules():
    """The rules of before, by id: cancelling, failing and growing customers."""
    parts = [
        votes("c.cancel", said("cancel"), success=4),
        votes("c.outage", said("outage"), support=4),
        votes("c.price", said("price"), account_management=4),
        derives("d.severe", said("outage"), severity="severe"),
        recommends("r.listen", "a.listen", said("cancel")),
        recommends("r.restore", "a.restore", said("outage")),
        recommends("r.grow", "a.grow", All((said("price"), seats(Op.AT_LEAST, 10)))),
        recommends("r.quote", "a.quote", said("price"), lever=0.9),
        suppresses("g.no_sale", AnyOf((said("cancel"), Test("severity", Op.IS, "severe"))), kinds=(Kind.UPSELL,)),
        action("a.listen", Kind.RETAIN, function=Function.SUCCESS),
        action("a.restore", Kind.RESOLVE, due_in_hours=4.0),
        action("a.grow", Kind.UPSELL, function=Function.ACCOUNT_MANAGEMENT),
        action("a.quote", Kind.INFORM, function=Function.ACCOUNT_MANAGEMENT, due_in_hours=48.0),
    ]
    return {part.id: part for part in parts}


def rulebook(digest="before", **changes):
    """The rulebook of before with some parts changed, by id with `_` for the dot; None takes one away."""
    parts = rules()
    for name, change in changes.items():
        key = name.replace("_", ".", 1)
        if change is None:
            del parts[key]
        else:
            parts[key] = change
    return replace(book(*parts.values()), digest=digest)


ROWS = [
    {"id": f"{signals or 'nothing'}-{number}", "signals": signals.split("+") if signals else [], "seats": number}
    for signals in ("", "cancel", "outage", "price", "cancel+price", "outage+price", "cancel+outage")
    for number in (None, 0, 9, 10, 12, 14, 15, 40)
]
"""Every combination of what is said and how many seats are known."""


def case(row):
    known = {} if row["seats"] is None else {"customer_seats": row["seats"]}
    return Case(row["id"], facts(*row["signals"], taken_at=row.get("at", NOW), **known))


def cases(rows=ROWS):
    return [case(row) for row in rows]


def turned_round(condition):
    """The same condition with the parts of every `all` and `any` in the opposite order."""
    match condition:
        case All(parts):
            return All(tuple(turned_round(part) for part in reversed(parts)))
        case AnyOf(parts):
            return AnyOf(tuple(turned_round(part) for part in reversed(parts)))
        case Not(part):
            return Not(turned_round(part))
        case leaf:
            return leaf
