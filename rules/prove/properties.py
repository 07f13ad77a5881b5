"""What must hold of a whole rulebook whatever the facts, stated once more, apart from the guardrails that see to it.

The premises are written over the vocabulary and the signals, not taken from the guardrail files: a guardrail that loses
a branch is caught because this does not. Where the product's words leave a doubt, they are read in favour of the
customer: a detractor without a date counts as recent, an overdue invoice as a dispute, a churned customer as one who
has cancelled, and what another open ticket says counts like what this one says.
"""

from __future__ import annotations

from typing import Final

from rules.conditions import All, AnyOf, Condition, Exists, Not, Op, Test
from rules.prove.property import SELLING, Demands, Forbids, NeverBlocked, OnePrimary, Property, PurposeKept
from rules.rulebook import Function, Kind
from rules.text import Text
from rules.vocabulary import Purpose

_REQUEST: Final = "cancel_request"
_CANCELLATION: Final = "customer.cancellation"


def _said(*signals: str) -> Test:
    return Test("signals", Op.HAS_ANY, signals)


def _said_elsewhere(*signals: str) -> Exists:
    return Exists("open_tickets", Test("signals", Op.HAS_ANY, signals))


def _said_anywhere(*signals: str) -> AnyOf:
    return AnyOf((_said(*signals), _said_elsewhere(*signals)))


def _is(field: str, value: str | bool) -> Test:  # noqa: FBT001 - a value of the domain
    return Test(field, Op.IS, value)


def _unknown(field: str) -> Test:
    return Test(field, Op.KNOWN, value=False)


_PAYMENTS_DOWN: Final = Test("signals", Op.HAS_ALL, ("payments_affected", "urgency"))
_SEVERE: Final = AnyOf(
    (
        _is("severity", "severe"),
        _said_anywhere("outage", "severe_failure"),
        _PAYMENTS_DOWN,
        Exists("open_tickets", AnyOf((_is("severity", "severe"), _PAYMENTS_DOWN))),
    )
)
_LEAVING: Final = AnyOf(
    (
        Test(_CANCELLATION, Op.IN, ("requested", "confirmed")),
        _is("customer.lifecycle", "churned"),
        _said_anywhere(_REQUEST),
    )
)
_DETRACTOR: Final = All(
    (
        AnyOf((_is("customer.nps_class", "detractor"), Test("customer.nps", Op.AT_MOST, 6))),
        AnyOf((Test("customer.days_since_nps", Op.AT_MOST, 90), _unknown("customer.days_since_nps"))),
    )
)
_COMPLAINT: Final = _said_anywhere("complaint", "regulator_mention")
_DISPUTE: Final = AnyOf(
    (
        _is("customer.open_dispute", True),
        Test("customer.overdue_invoices", Op.ABOVE, 0),
        Test("customer.days_overdue", Op.ABOVE, 0),
        Exists("invoices", Test("status", Op.NOT_IN, ("open", "paid"))),
        _said_anywhere("dispute_charge", "duplicate_charge"),
    )
)
_OPTED_OUT: Final = AnyOf((_is("customer.opted_out", True), _said_anywhere("opt_out_request")))
_PROSPECT: Final = AnyOf(
    (
        _is("customer.is_prospect", True),
        _is("customer.lifecycle", "prospect"),
        All((_said("prospect_interest"), _unknown("customer.is_prospect"))),
    )
)
_SAC_WAITS: Final = AnyOf(
    (
        Test("ticket.sac_running", Op.HAS_ANY, ("answer", "history", "cancellation", "suspended_charge")),
        All(
            (
                _is("customer.regulated_sector", True),
                Exists("open_tickets", Test("age_hours", Op.AT_LEAST, 0)),
            )
        ),
    )
)
_SAC_CANCELLATION: Final = Test("ticket.sac_running", Op.HAS, "cancellation")
_SAC_CANCELS: Final = All((_SAC_CANCELLATION, _is("customer.regulated_sector", True)))
_NOT_CONFIRMED: Final = AnyOf((Not(_is(_CANCELLATION, "confirmed")), _unknown(_CANCELLATION)))
_NOT_ON_RECORD: Final = AnyOf((_is(_CANCELLATION, "none"), _unknown(_CANCELLATION)))
_UNREGISTERED: Final = All((_said(_REQUEST), _NOT_ON_RECORD))
_UNREGISTERED_ANYWHERE: Final = All((_said_anywhere(_REQUEST), _NOT_ON_RECORD))

# --- the properties -----------------------------------------------------------------------------

RULES_ALONE: Final = Text(
    "Só nas regras: as leis do código não entram na prova.",
    "On the rules alone: the laws of code take no part in the proof.",
)


def _no_selling(name: str, guardrail: str, premise: Condition, pt_br: str, en: str) -> Forbids:
    statement = Text(
        f"Nenhuma venda (upsell, cross_sell, expand) {pt_br}.", f"No selling (upsell, cross_sell, expand) {en}."
    )
    return Forbids(name, statement, RULES_ALONE, premise, SELLING, f"guardrails.{guardrail}")


PROPERTIES: Final[tuple[Property, ...]] = (
    _no_selling(
        "no_selling_severe_incident",
        "no_selling_severe_incident",
        _SEVERE,
        "com falha grave aberta, neste chamado ou em outro",
        "with a severe incident open, on this ticket or another",
    ),
    _no_selling(
        "no_selling_while_leaving",
        "no_selling_while_leaving",
        _LEAVING,
        "com cancelamento pedido ou confirmado, no cadastro ou em qualquer chamado aberto",
        "with a cancellation pending or confirmed, on record or on any open ticket",
    ),
    _no_selling(
        "no_selling_detractor",
        "no_selling_detractor",
        _DETRACTOR,
        "a quem foi detrator nos últimos 90 dias; sem data conhecida, conta como recente",
        "to a detractor of the last 90 days; without a known date it counts as recent",
    ),
    _no_selling(
        "no_selling_open_complaint",
        "no_selling_open_complaint",
        _COMPLAINT,
        "com reclamação aberta, neste chamado ou em outro",
        "with a complaint open, on this ticket or another",
    ),
    _no_selling(
        "no_selling_dispute",
        "no_selling_dispute",
        _DISPUTE,
        "com cobrança contestada ou vencida",
        "with a charge disputed or overdue",
    ),
    _no_selling(
        "no_selling_after_opt_out",
        "no_offers_after_opt_out",
        _OPTED_OUT,
        "a quem recusou ofertas",
        "after an opt-out",
    ),
    _no_selling(
        "no_selling_to_prospects",
        "no_selling_to_prospects",
        _PROSPECT,
        "a quem ainda não comprou, ou parece não ter comprado",
        "to somebody who has not bought yet, or seems not to have",
    ),
    Forbids(
        "win_back_after_cancellation",
        Text(
            "Reconquista só depois do cancelamento confirmado; desconhecido não é confirmado.",
            "Win-back only after a confirmed cancellation; unknown is not confirmed.",
        ),
        RULES_ALONE,
        _NOT_CONFIRMED,
        (Kind.WIN_BACK,),
        "guardrails.no_win_back_before_confirmation",
    ),
    Demands(
        "cancellation_registered",
        Text(
            "Quem pede o cancelamento e não o tem registrado recebe a ação que o registra.",
            "Whoever asks to cancel, with nothing on record, gets the action that registers it.",
        ),
        Text(
            "Que `comply` venha antes de tudo na ordem é lei do código; que a ação esteja lá, provam as regras.",
            "That `comply` ranks above all else is a law of code; that the action is there, the rules prove.",
        ),
        _UNREGISTERED,
        _REQUEST,
        ("retention.register_cancellation", "regulated_sac.cancel_at_once"),
    ),
    Forbids(
        "no_retention_before_registration",
        Text(
            "Nenhuma oferta de retenção antes de registrado o cancelamento pedido; perguntar o motivo não é oferta.",
            "No retention offer before a cancellation asked for is on record; asking for the reason is no offer.",
        ),
        RULES_ALONE,
        _UNREGISTERED_ANYWHERE,
        (Kind.RETAIN,),
        "guardrails.cancellation_first",
        ("retention.ask_reason",),
    ),
    Forbids(
        "no_selling_while_sac_waits",
        Text(
            "No SAC, nenhuma venda (upsell, cross_sell, expand) enquanto um prazo corre ou um chamado está aberto.",
            "Under the SAC decree, no selling (upsell, cross_sell, expand) while a term runs or a ticket is open.",
        ),
        RULES_ALONE,
        _SAC_WAITS,
        SELLING,
        "regulated_sac.no_selling_while_waiting",
        only_there=True,
    ),
    Forbids(
        "cancelled_before_retained",
        Text(
            "No SAC, nenhuma retenção nem reconquista antes de cumprido o cancelamento pedido.",
            "Under the SAC decree, no retention and no win-back before a cancellation asked for is carried out.",
        ),
        RULES_ALONE,
        _SAC_CANCELLATION,
        (Kind.RETAIN, Kind.WIN_BACK),
        "regulated_sac.cancelled_before_retained",
        only_there=True,
    ),
    Demands(
        "sac_cancels_at_once",
        Text(
            "No SAC, até um cancelamento pedido ser cumprido, a ação que o cumpre é recomendada e nada a detém.",
            "Under the SAC decree, until a cancellation asked for is carried out, the action for it is recommended and "
            "nothing holds it back.",
        ),
        Text(
            "Que `comply` venha antes de tudo na ordem é lei do código; que a ação esteja lá, provam as regras.",
            "That `comply` ranks above all else is a law of code; that the action is there, the rules prove.",
        ),
        _SAC_CANCELS,
        _REQUEST,
        ("regulated_sac.cancel_at_once",),
        "regulated_sac",
    ),
    NeverBlocked(
        "service_never_blocked",
        Text(
            "Nenhum guardrail detém um dever (comply) nem o atendimento do suporte (resolve, inform, recover).",
            "No guardrail holds back a duty (comply), or support's service (resolve, inform, recover).",
        ),
        RULES_ALONE,
        (Kind.COMPLY,),
        (Kind.RESOLVE, Kind.INFORM, Kind.RECOVER),
        Function.SUPPORT,
    ),
    OnePrimary(
        "one_primary",
        Text(
            "Cada chamado tem exatamente uma área principal.",
            "Every ticket has exactly one primary function.",
        ),
        Text(
            "Na soma dos votos, no desempate e na triagem, leis do código; a prova os refaz com estes votos.",
            "On summing votes, breaking ties and triage, laws of code; the proof restates them with these votes.",
        ),
    ),
    PurposeKept(
        "purpose_kept",
        Text(
            "Nenhuma regra ou ação de venda lê, nem pelo que é derivado, um campo que não foi coletado para vender.",
            "No selling rule or action reads, even through what is derived, a field that was not collected to sell.",
        ),
        Text(
            "Na leitura das condições, não no solver. De quem é o chamado não conta: encaminhar é atender.",
            "On reading the conditions, not on the solver. Whose work a ticket is does not count: routing is serving.",
        ),
        Purpose.SELL,
    ),
)
