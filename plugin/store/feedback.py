"""What agents say about recommendations and classifications. Nothing is overwritten: a verdict can be undone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, insert, select, update

from plugin.store import outbox, tickets
from plugin.store.errors import NotFound, StepUnknown, UndoTooLate, VerdictRefused
from plugin.store.rows import storable, storable_or_none
from plugin.store.schema import decision, feedback, recommendation, ticket
from plugin.store.tenants import Tenant
from rules.decide.canonical import from_canonical
from rules.model import Function
from rules.obligations import Deed
from rules.text import Text, filled

_NEXT: Final[Mapping[str, frozenset[str]]] = {
    "open": frozenset({"accepted", "dismissed", "handed_over", "done"}),
    "dismissed": frozenset({"accepted", "handed_over", "done"}),
    "handed_over": frozenset({"accepted", "done"}),
    "accepted": frozenset({"handed_over", "done"}),
    "done": frozenset(),
}
"""State -> the verdicts that may follow it; anything else has to be undone first."""

ORDERED: Final[Mapping[str, str]] = {"accepted": "note", "handed_over": "assign"}
"""Verdict -> what may have been ordered at the helpdesk because of it."""
_TOO_LATE: Final[Mapping[str, Text]] = {
    "note": Text(
        "a nota sobre isso já está no chamado, ou a caminho dele; responda com outro veredito",
        "the note about it is on the ticket already, or on its way; answer with another verdict",
    ),
    "assign": Text(
        "o chamado já está no outro grupo, ou a caminho dele; responda com outro veredito",
        "the ticket is in the other group already, or on its way; answer with another verdict",
    ),
}
_REFUSED: Final = Text(
    "a recomendação está no estado {state} e não passa a {verdict} sem antes ser desfeita",
    "the recommendation is {state}; it cannot become {verdict} before that is undone",
)
_NOTHING_TO_UNDO: Final = Text("não há veredito a desfazer", "there is no verdict to undo")
_NO_DECISION: Final = Text("não há a decisão {id!r}", "there is no decision {id!r}")
_NO_RECOMMENDATION: Final = Text("não há a recomendação {id!r}", "there is no recommendation {id!r}")
VERDICTS: Final = ("accepted", "dismissed", "handed_over", "done")


@dataclass(frozen=True, slots=True)
class Given:
    """What a verdict led to. `changed` is False when it had been given before: do nothing twice.

    `recommendation_id` is the one that counts: the current decision's, when the one asked for was superseded.
    """

    recommendation_id: str
    ticket: str
    state: str
    changed: bool


def give(  # noqa: PLR0913, PLR0917 - who said what about what, and when
    connection: Connection,
    tenant: Tenant,
    recommendation_id: str,
    verdict: str,
    reason: str | None,
    comment: str | None,
    agent: str,
    now: datetime,
) -> Given:
    """Record an agent's verdict. Raise NotFound, or VerdictRefused when it cannot follow what was said before."""
    row = _live(connection, tenant.id, recommendation_id)
    if verdict == row.state:
        return Given(row.id, row.external_id, row.state, changed=False)
    if verdict not in _NEXT[row.state]:
        raise VerdictRefused(filled(_REFUSED, state=row.state, verdict=verdict))
    _record(connection, row, verdict, agent, now, reason=reason, comment=comment)
    return _become(connection, row, verdict)


def undo(connection: Connection, tenant: Tenant, recommendation_id: str, agent: str, now: datetime) -> Given:
    """Take the last verdict back, and its note with it.

    Raise NotFound, VerdictRefused when there is nothing to undo, UndoTooLate when the note has left.
    """
    row = _live(connection, tenant.id, recommendation_id)
    said = _standing(connection, row)
    if not said:
        raise VerdictRefused(_NOTHING_TO_UNDO)
    before = said[-2] if len(said) > 1 else "open"
    ordered = ORDERED.get(said[-1])
    if ordered is not None and not outbox.cancel(connection, tenant.id, _ids_of_action(connection, row), ordered):
        raise UndoTooLate(_TOO_LATE[ordered])
    _record(connection, row, "undone", agent, now)
    return _become(connection, row, before)


def tick(connection: Connection, tenant: Tenant, recommendation_id: str, steps_done: Sequence[int]) -> Given:
    """Keep which steps are done (indexes from 0). Raise NotFound, or StepUnknown for one that the action has not."""
    row = _live(connection, tenant.id, recommendation_id)
    steps = _number_of_steps(connection, row)
    for position, index in enumerate(steps_done):
        if not 0 <= index < steps:
            raise StepUnknown(position, index, steps)
    done = sorted(set(steps_done))
    if done == row.steps_done:
        return Given(row.id, row.external_id, row.state, changed=False)
    connection.execute(update(recommendation).where(recommendation.c.id == row.id).values(steps_done=done))
    tickets.touch(connection, row.ticket_id)
    return Given(row.id, row.external_id, row.state, changed=True)


def correct(  # noqa: PLR0913, PLR0917 - a row's columns, in the order every caller knows
    connection: Connection,
    tenant: Tenant,
    decision_id: str,
    primary: Function | None,
    agent: str,
    now: datetime,
    *,
    keeps_agreement: bool = False,
) -> Mapping[str, str] | None:
    """Keep whose work the agent says it is; None takes a correction back. Raise NotFound.

    Agreeing with the decision takes a correction back too, unless `keeps_agreement`: the agent was asked, and an
    answer that is forgotten would be asked for again. When the decision was superseded meanwhile, the ticket's
    current one is corrected: the agent speaks of the ticket.
    """
    row = connection.execute(
        select(ticket.c.id, ticket.c.decision_id)
        .join(decision, decision.c.ticket_id == ticket.c.id)
        .where(decision.c.tenant_id == tenant.id, decision.c.id == decision_id)
    ).one_or_none()
    if row is None:
        raise NotFound(filled(_NO_DECISION, id=decision_id))
    live = connection.execute(select(decision).where(decision.c.id == (row.decision_id or decision_id))).one()
    agrees = primary is not None and live.primary_function == primary.value
    correction = (
        None
        if primary is None or (agrees and not keeps_agreement)
        else {"primary": primary.value, "by": storable(agent, 320), "at": now.isoformat()}
    )
    connection.execute(update(decision).where(decision.c.id == live.id).values(correction=correction))
    tickets.touch(connection, row.id)
    return correction


def deeds(connection: Connection, tenant_id: int, ticket_id: int) -> tuple[Deed, ...]:
    """Return what agents marked as done on a ticket and did not undo, under any of its decisions."""
    rows = connection.execute(
        select(feedback.c.id, feedback.c.verdict, feedback.c.given_at, recommendation.c.action)
        .join(recommendation, recommendation.c.id == feedback.c.recommendation_id)
        .where(recommendation.c.tenant_id == tenant_id, recommendation.c.ticket_id == ticket_id)
        .order_by(feedback.c.id)
    )
    standing: dict[str, list[Any]] = {}
    for row in rows:
        said = standing.setdefault(row.action, [])
        if row.verdict != "undone":
            said.append(row)
        elif said:
            said.pop()
    return tuple(
        Deed(action, str(row.id), row.given_at)
        for action, said in standing.items()
        for row in said
        if row.verdict == "done"
    )


def _live(connection: Connection, tenant_id: int, recommendation_id: str) -> Row[Any]:
    """Return the recommendation, or the same action in the ticket's current decision when that is a newer one."""
    columns = (*recommendation.c, ticket.c.external_id, ticket.c.decision_id.label("current"))
    found = select(*columns).join(ticket, ticket.c.id == recommendation.c.ticket_id)
    row = connection.execute(
        found.where(recommendation.c.tenant_id == tenant_id, recommendation.c.id == recommendation_id)
    ).one_or_none()
    if row is None:
        raise NotFound(filled(_NO_RECOMMENDATION, id=recommendation_id))
    if row.decision_id == row.current:
        return row
    newer = connection.execute(
        found.where(recommendation.c.decision_id == row.current, recommendation.c.action == row.action)
    ).one_or_none()
    return newer if newer is not None else row


def _number_of_steps(connection: Connection, row: Row[Any]) -> int:
    document = connection.execute(select(decision.c.document).where(decision.c.id == row.decision_id)).scalar_one()
    taken = from_canonical(document.encode("utf-8"))
    return next(len(one.steps) for one in taken.recommendations if one.action == row.action)


def _ids_of_action(connection: Connection, row: Row[Any]) -> tuple[str, ...]:
    same = select(recommendation.c.id).where(
        recommendation.c.tenant_id == row.tenant_id,
        recommendation.c.ticket_id == row.ticket_id,
        recommendation.c.action == row.action,
    )
    return tuple(connection.execute(same).scalars())


def _standing(connection: Connection, row: Row[Any]) -> list[str]:
    """Return the verdicts on this action that were not undone, oldest first."""
    said: list[str] = []
    verdicts = select(feedback.c.verdict).where(
        feedback.c.tenant_id == row.tenant_id, feedback.c.recommendation_id.in_(_ids_of_action(connection, row))
    )
    for verdict in connection.execute(verdicts.order_by(feedback.c.id)).scalars():
        if verdict != "undone":
            said.append(verdict)
        elif said:
            said.pop()
    return said


def _record(  # noqa: PLR0913 - a row's columns, by keyword
    connection: Connection,
    row: Row[Any],
    verdict: str,
    agent: str,
    now: datetime,
    *,
    reason: str | None = None,
    comment: str | None = None,
) -> None:
    connection.execute(
        insert(feedback).values(
            tenant_id=row.tenant_id,
            recommendation_id=row.id,
            verdict=verdict,
            reason=storable_or_none(reason, 64),
            comment=storable_or_none(comment, 500),
            agent=storable(agent, 320),
            given_at=now,
        )
    )


def _become(connection: Connection, row: Row[Any], state: str) -> Given:
    connection.execute(update(recommendation).where(recommendation.c.id == row.id).values(state=state))
    tickets.touch(connection, row.ticket_id)
    return Given(row.id, row.external_id, state, changed=True)
