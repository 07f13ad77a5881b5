"""Decisions built by hand, one for each thing the panel has to show."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from plugin.store.decisions import StoredDecision, StoredRecommendation
from rules.model import (
    Decision,
    Factor,
    Facts,
    Fired,
    Function,
    Kind,
    LeafResult,
    NotShown,
    Recommendation,
    RuleKind,
    Stage,
    Text,
    Trace,
)

NOW = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)


def leaf(field, op, expected, actual, *, truth=True):
    return LeafResult(field, op, expected, actual, truth)


def recommended(action, kind, function, title, *, due=3.0, reply=None, involve=(), rules=(), steps=None):
    return Recommendation(
        action=action,
        kind=kind,
        function=function,
        rules=rules,
        title=title,
        steps=steps
        or (
            Text("Confirmar quem é o titular da conta", "Confirm who holds the account"),
            Text("Registrar o pedido e informar o protocolo", "Register the request and give its number"),
        ),
        reply=reply,
        involve=involve,
        due_at=NOW + timedelta(hours=due),
        benefit=Text(
            "O cliente sabe onde está o pedido e não precisa repetir a história.",
            "The customer knows where the request stands and need not repeat the story.",
        ),
        reason=Text(
            "Um pedido de cancelamento é registrado antes de qualquer conversa sobre permanência.",
            "A cancellation request is registered before any talk about staying.",
        ),
        priority=1.0,
        factors=(Factor("propensity", 0.5, "no history"),),
    )


def decision(**changes):
    made = Decision(
        primary=Function.SUCCESS,
        collaborators=(Function.ACCOUNT_MANAGEMENT,),
        scores={Function.SUPPORT: 1, Function.SUCCESS: 6, Function.ACCOUNT_MANAGEMENT: 4},
        confidence=0.86,
        needs_triage=False,
        is_fallback=False,
        journey_stage="renewal",
        customer_job="complete_task",
        recommendations=(
            recommended(
                "retention.register_cancellation",
                Kind.COMPLY,
                Function.SUCCESS,
                Text("Registrar o pedido de cancelamento", "Register the cancellation request"),
                reply=Text(
                    "Olá, {requester.first_name|tudo bem}. Registrei seu pedido de cancelamento. O protocolo é "
                    "{ticket.id|o deste chamado}.\nVocê recebe a confirmação por e-mail hoje.\n\n"
                    "{agent.name|Equipe de atendimento}",
                    "Hello {requester.first_name|there}. I registered your cancellation request. Its number is "
                    "{ticket.id|this ticket's}.\nYou get the confirmation by email today.\n\n"
                    "{agent.name|The support team}",
                ),
                involve=(Function.ACCOUNT_MANAGEMENT,),
                rules=("retention.advise_registration",),
                steps=(
                    Text("Confirmar que quem pede é o titular", "Confirm that the account holder asks"),
                    Text("Registrar o pedido e informar o protocolo", "Register the request and give its number"),
                    Text("Dizer o prazo e a multa, se houver", "State the notice period and the fee, if any"),
                ),
            ),
            recommended(
                "success.understand_reason",
                Kind.RETAIN,
                Function.SUCCESS,
                Text("Ligar para entender o motivo da saída", "Call to understand why they leave"),
                due=26,
                rules=("retention.advise_retention_call",),
            ),
            recommended(
                "accounts.renewal_review",
                Kind.RENEW,
                Function.ACCOUNT_MANAGEMENT,
                Text("Rever o contrato com a gestão de contas", "Review the contract with account management"),
                due=70,
                involve=(Function.SUCCESS,),
                rules=("accounts.advise_renewal",),
            ),
        ),
        not_shown=(
            NotShown(
                "expansion.upgrade_offer",
                Kind.UPSELL,
                ("expansion.advise_upgrade",),
                Stage.SUPPRESSED,
                "guardrails.no_selling_while_leaving",
                Text("Cancelamento pedido.", "Cancellation requested."),
                (leaf("signals", "has_any", ("cancel_request",), ("cancel_request",)),),
            ),
            NotShown(
                "voice_of_customer.ask_for_review",
                Kind.ADVOCATE,
                ("voice_of_customer.advise_review",),
                Stage.RANK,
                "rank",
                Text("Três outras têm prioridade.", "Three others come first."),
            ),
        ),
        trace=Trace(
            language="pt-BR",
            signals=(),
            fired=(
                Fired(
                    "retention.cancel",
                    1,
                    RuleKind.CLASSIFICATION,
                    (leaf("signals", "has_any", ("cancel_request", "leave_threat"), ("cancel_request",)),),
                ),
                Fired(
                    "retention.leaving_with_contract",
                    2,
                    RuleKind.CLASSIFICATION,
                    (leaf("customer.days_to_renewal", "between", (0, 90), 41),),
                ),
                Fired(
                    "retention.advise_registration",
                    1,
                    RuleKind.RECOMMENDATION,
                    (
                        leaf("signals", "has_any", ("cancel_request",), ("cancel_request",)),
                        leaf("customer.cancellation", "is", "none", "none"),
                    ),
                ),
                Fired(
                    "retention.advise_retention_call",
                    3,
                    RuleKind.RECOMMENDATION,
                    (
                        leaf("customer.days_to_renewal", "at_most", 90, 41),
                        leaf("customer.severe_incidents_30d", "at_least", 2, 3),
                        leaf("customer.mrr", "at_least", 1000, 5200.0),
                    ),
                ),
            ),
            shadow=(),
            derived={"journey_stage": "renewal"},
            text_truncated=False,
        ),
        facts=Facts(
            values={
                "customer.plan": "Pro",
                "customer.currency": "BRL",
                "customer.mrr": 5200.0,
                "customer.days_to_renewal": 41,
                "customer.severe_incidents_30d": 3,
                "customer.cancellation": "none",
                "customer.opted_out": False,
                "customer.tenure_days": 730,
            },
            signals=frozenset({"cancel_request"}),
            collections={},
            taken_at=NOW,
        ),
        rulebook="0" * 64,
        taken_at=NOW,
    )
    return replace(made, **changes)


def unsure():
    return decision(
        primary=Function.SUPPORT,
        collaborators=(),
        scores={Function.SUPPORT: 1, Function.SUCCESS: 1, Function.ACCOUNT_MANAGEMENT: 0},
        confidence=0.38,
        needs_triage=True,
        is_fallback=True,
        recommendations=(
            recommended(
                "support.triage",
                Kind.INFORM,
                Function.SUPPORT,
                Text("Perguntar ao cliente do que ele precisa", "Ask the customer what they need"),
                reply=Text("Olá. Pode me contar um pouco mais?", "Hello. Could you tell me a little more?"),
            ),
        ),
        not_shown=(),
        trace=replace(decision().trace, fired=()),
    )


def nothing_specific():
    return decision(
        primary=Function.SUPPORT,
        collaborators=(),
        scores={Function.SUPPORT: 4, Function.SUCCESS: 0, Function.ACCOUNT_MANAGEMENT: 0},
        confidence=0.81,
        is_fallback=True,
        recommendations=(
            recommended(
                "support.sop",
                Kind.RESOLVE,
                Function.SUPPORT,
                Text("Seguir o procedimento de suporte", "Follow the support procedure"),
                due=8,
            ),
        ),
        not_shown=(),
        trace=replace(decision().trace, fired=decision().trace.fired[:1]),
    )


def empty():
    return replace(nothing_specific(), recommendations=())


def with_long_words(word):
    """Titles and steps of one word that no column is wide enough for."""
    made = decision()
    first, *rest = made.recommendations
    long = Text(f"{word} {word}", f"{word} {word}")
    return replace(made, recommendations=(replace(first, title=long, steps=(long, long), reply=long), *rest))


def moved(taken, now):
    """The same decision, taken `now`: a browser's clock cannot be told to stand still on the server."""
    by = now - NOW
    return replace(
        taken,
        recommendations=tuple(replace(one, due_at=one.due_at + by) for one in taken.recommendations),
        facts=replace(taken.facts, taken_at=now),
        taken_at=now,
    )


def stored(taken, *, states=(), steps_done=(), correction=None, revision=3):
    """The decision as the store gives it; `states` of its recommendations, the rest open."""
    said = [*states, *["open"] * (len(taken.recommendations) - len(states))]
    return StoredDecision(
        id="d_00000000000000000001",
        ticket_id=1,
        ticket="4711",
        customer_id=1,
        revision=revision,
        taken_at=taken.taken_at,
        decision=taken,
        recommendations=tuple(
            StoredRecommendation(
                f"r_{rank:020}", rank, said[rank - 1], tuple(steps_done) if rank == 1 else (), None, one
            )
            for rank, one in enumerate(taken.recommendations, 1)
        ),
        correction=correction,
    )
