"""What a note says, and how one gets into the outbox."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import Connection

from plugin.store import outbox
from plugin.store.tenants import Tenant
from rules.model import Recommendation
from rules.rulebook import Function
from rules.text import Locale, Text

UNDO_SECONDS: Final = 5
"""How long a note waits, so that the agent can take the verdict back."""

_ACCEPTED: Final = Text(
    "Sidecue: {agent} aceitou a recomendação “{title}” ({function}).",
    "Sidecue: {agent} accepted the recommendation “{title}” ({function}).",
)
_WHY: Final = Text("Por quê: {reason}", "Why: {reason}")
_BENEFIT: Final = Text("Benefício: {benefit}", "Benefit: {benefit}")
_STEPS: Final = Text("Passos:", "Steps:")
_INVOLVE: Final = Text("Envolver: {functions}", "Involve: {functions}")
_DUE: Final = Text("Prazo: {due} UTC", "Due: {due} UTC")
_RULES: Final = Text("Regras: {rules}", "Rules: {rules}")
_REF: Final = Text("Referência: {ref}", "Reference: {ref}")
_FUNCTIONS: Final = {
    Function.SUPPORT: Text("Atendimento", "Support"),
    Function.SUCCESS: Text("Sucesso do cliente", "Success"),
    Function.ACCOUNT_MANAGEMENT: Text("Gestão de contas", "Account management"),
}


class NoteState(StrEnum):
    """What will become of the note about an acceptance."""

    WAITING = "waiting"  # it will be posted
    NO_API = "no_api"  # the tenant gave no API address: the verdict is kept, no note is posted


def enqueue_acceptance(  # noqa: PLR0913 - a row's columns, by keyword
    connection: Connection,
    tenant: Tenant,
    *,
    ticket: str,
    recommendation_id: str,
    recommendation: Recommendation,
    agent: str,
    now: datetime,
) -> NoteState:
    """Have the helpdesk told that `agent` accepted this, in five seconds. Call it in the verdict's transaction.

    Call it only when the verdict is new (`Given.changed`): each call is one note.
    """
    if tenant.api_url is None:
        return NoteState.NO_API
    ref = outbox.new_ref()
    outbox.enqueue(
        connection,
        ref=ref,
        tenant_id=tenant.id,
        ticket=ticket,
        recommendation_id=recommendation_id,
        text=compose(tenant.locale, agent, recommendation, ref),
        due_at=now + timedelta(seconds=UNDO_SECONDS),
    )
    return NoteState.WAITING


def compose(locale: Locale, agent: str, accepted: Recommendation, ref: str) -> str:
    """Return the note: who accepted what, why, and what follows. It ends with `ref`."""
    lines = [
        _ACCEPTED.read(locale).format(
            agent=" ".join(agent.split()),
            title=accepted.title.read(locale),
            function=_FUNCTIONS[accepted.function].read(locale),
        ),
        _WHY.read(locale).format(reason=accepted.reason.read(locale)),
        _BENEFIT.read(locale).format(benefit=accepted.benefit.read(locale)),
    ]
    if accepted.steps:
        lines.append(_STEPS.read(locale))
        lines.extend(f"{number}. {step.read(locale)}" for number, step in enumerate(accepted.steps, start=1))
    if accepted.involve:
        functions = ", ".join(_FUNCTIONS[function].read(locale) for function in accepted.involve)
        lines.append(_INVOLVE.read(locale).format(functions=functions))
    day = "%d/%m/%Y %H:%M" if locale == "pt-BR" else "%Y-%m-%d %H:%M"
    lines.append(_DUE.read(locale).format(due=accepted.due_at.strftime(day)))
    lines.append(_RULES.read(locale).format(rules=", ".join(accepted.rules)))
    lines.append(_REF.read(locale).format(ref=ref))
    return "\n".join(lines)
