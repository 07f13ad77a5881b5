"""The sidebar for hosts that draw it themselves: the panel as plain texts, and what the agent did there."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from urllib.parse import quote, urlencode

import structlog

from connectors.base import HostAction
from connectors.hosted import Choice, HostedCard, View
from plugin.feedback import REASONS, VERDICTS, Said, Voice, record
from plugin.i18n import Words
from plugin.services import Services
from plugin.sessions import SidebarSession, sign_link
from plugin.sidebar.panel import Card, Panel, Whose
from plugin.store import sights
from plugin.store.errors import StoreError
from plugin.store.tenants import Tenant

LINK_LASTS: Final = timedelta(hours=1)
"""How long the link to our own page opens it; a host asks again whenever the ticket is opened."""

_LABELS: Final = (
    "accept",
    "done",
    "dismiss",
    "dismiss_ask",
    "why",
    "reply",
    "insert",
    "steps",
    "due",
    "benefit",
    "conditions",
)

log = structlog.get_logger(__name__)


def act(here: Services, tenant: Tenant, session: SidebarSession, action: HostAction) -> None:
    """Record what the agent did in the host's own sidebar; what cannot be recorded leaves everything as it was.

    Said twice it is kept once. A recommendation of another ticket is nobody's to speak about here.
    """
    if action.verdict not in VERDICTS or action.verdict == "handed_over":
        log.info("hosted verdict unknown", tenant=tenant.name)
        return
    with here.store.read() as connection:
        owner = sights.owner_of_recommendation(connection, action.recommendation)
    if owner is None or (owner.tenant_id, owner.ticket) != (tenant.id, session.ticket):
        log.warning("hosted verdict about another ticket", tenant=tenant.name, ticket=session.ticket)
        return
    reason = action.reason if action.reason in REASONS else "other"
    said = Said(action.verdict, reason=reason if action.verdict == "dismissed" else None)
    try:
        record(here, Voice(tenant, session.ticket, session.agent or tenant.connector), action.recommendation, said)
    except StoreError as error:
        log.info("hosted verdict not recorded", tenant=tenant.name, reason=type(error).__name__)


def link(here: Services, tenant: Tenant, session: SidebarSession, base: str) -> str:
    """Return the address of our own page for this ticket and agent; `base` is our address as browsers know it."""
    until = here.now() + LINK_LASTS
    agent = session.agent or tenant.connector
    query = sign_link(tenant.api_key, tenant.connector, tenant.name, session.ticket, agent, until)
    return f"{base}/sidebar/{quote(tenant.connector)}/{quote(tenant.name)}?{urlencode(query)}"


def view_of(t: Words, panel: Panel | None, link: str, *, notes: bool) -> View:
    """Return the panel as texts; None while nothing is decided. `notes`: accepting leaves a note on the ticket."""
    labels = {name: t(f"panel.{name}") for name in _LABELS} | {"open": t("hosted.open"), "back": t("hosted.back")}
    reasons = tuple(Choice(reason, t.of("reason", reason)) for reason in REASONS)
    if panel is None:
        return View(
            state="thinking",
            locale=t.locale,
            title=t("hosted.title"),
            whose="",
            with_whom="",
            certainty="",
            customer="",
            facts=(),
            message=f"{t('state.thinking')}. {t('state.thinking_hint')}",
            cards=(),
            held_back=(),
            reasons=reasons,
            words=labels,
            link=link,
        )
    whose = panel.whose
    return View(
        state=_state(panel),
        locale=t.locale,
        title=t("hosted.title"),
        whose=t("panel.ask_guess", function=whose.primary.name) if whose.asks else whose.primary.name,
        with_whom=_with_whom(t, whose),
        certainty=_certainty(t, whose),
        customer=panel.customer,
        facts=panel.facts,
        message=_message(t, panel),
        cards=tuple(_card(t, card, notes=notes) for card in panel.cards),
        held_back=panel.held_back,
        reasons=reasons,
        words=labels,
        link=link,
    )


def _state(panel: Panel) -> str:
    if panel.whose.asks:
        return "unsure"
    return "nothing" if panel.nothing_specific else "decided"


def _with_whom(t: Words, whose: Whose) -> str:
    if whose.corrected_by:
        return t("panel.corrected", agent=whose.corrected_by)
    names = ", ".join(part.name for part in whose.collaborators)
    return f"{t('panel.with')} {names}" if names else ""


def _certainty(t: Words, whose: Whose) -> str:
    if whose.corrected_by:
        return ""
    level = t("panel.certainty", level=t.of("certainty", whose.level))
    return f"{whose.share} · {level}" if whose.share else level


def _message(t: Words, panel: Panel) -> str:
    if panel.whose.asks:
        return f"{t('panel.ask')} {t('panel.ask_hint')}"
    if not panel.nothing_specific:
        return ""
    hint = t("panel.nothing_hint", function=panel.whose.primary.name) if panel.cards else t("panel.nothing_at_all")
    return f"{t('panel.nothing')}. {hint}"


def _card(t: Words, card: Card, *, notes: bool) -> HostedCard:
    accepted_only = card.state == "accepted" and not notes
    told = "" if card.state == "open" else t("verdict.accepted_only" if accepted_only else f"verdict.{card.state}")
    conditions = [f"{line.label}: {line.seen}" for rule in card.rules for line in rule.lines]
    return HostedCard(
        id=card.id,
        rank=card.rank,
        title=card.title,
        kind=card.kind,
        function=card.part.name,
        due=f"{t('panel.overdue') if card.overdue else t('panel.due')} {card.due.text}",
        steps=tuple(step.text for step in card.steps),
        reply=card.reply,
        reason=card.reason,
        benefit=card.benefit,
        conditions=tuple(dict.fromkeys(conditions)),
        state=card.state,
        told=told,
    )
