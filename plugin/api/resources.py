"""The API's routes: a ticket's decision, what agents say about it, and what is known about customers."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, request

from plugin.api.access import AccessRefused, caller_for, caller_of, renew
from plugin.api.answers import as_json
from plugin.api.customer_facts import CustomerFactsInvalid, customer_of
from plugin.api.endpoint import endpoint, group
from plugin.api.sac_schemas import DossierSchema
from plugin.api.schemas import (
    CorrectedSchema,
    CorrectSchema,
    CustomerSchema,
    DecisionSchema,
    FeedbackSchema,
    PendingSchema,
    ProblemSchema,
    RecordedSchema,
    StatedSchema,
    WouldChangeSchema,
)
from plugin.feedback import Said, Voice, correct, record
from plugin.problems import asked_locale, problem
from plugin.sac import attendances
from plugin.sac import dossier as dossiers
from plugin.services import services
from plugin.store import customers, decisions, sights, tickets
from plugin.store.decisions import StoredDecision
from plugin.store.errors import CustomerInvalid
from plugin.what_if import Busy, RulesChanged
from rules.decide.canonical import as_document
from rules.model import Function
from rules.text import Text

decisions_blueprint = group(
    "decisions",
    Text("De quem é o chamado, e o que fazer agora.", "Whose work a ticket is, and what to do next."),
)
feedback_blueprint = group(
    "feedback",
    Text(
        "O que os agentes dizem das recomendações e das decisões.",
        "What agents say about recommendations and decisions.",
    ),
)
customers_blueprint = group(
    "customers",
    Text(
        "Fatos sobre clientes, vindos de um CRM ou sistema de cobrança.",
        "Facts about customers, from a CRM or billing system.",
    ),
)


def _etag(revision: int) -> str:
    return f'"{revision}"'


@endpoint(
    decisions_blueprint,
    "GET",
    "/tickets/<connector>/<tenant>/<path:external_id>/decision",
    does=Text("Lê a decisão atual de um chamado.", "Read the current decision of a ticket."),
    more=Text(
        "Envie o ETag da última resposta em If-None-Match: enquanto nada mudar, a resposta é um 304 vazio. Com o token "
        "da barra lateral, um chamado que ainda não chegou está pendente; com a chave de API, não é encontrado.",
        "Send the ETag of the last answer as If-None-Match: as long as nothing changed, the answer is an empty 304. "
        "With a sidebar token, a ticket that has not arrived yet is pending; with the API key it is not found.",
    ),
    gives=DecisionSchema,
    saying=Text("a decisão atual; o ETag é a revisão dela", "the current decision; ETag is its revision"),
    or_else={
        202: (
            PendingSchema,
            Text(
                "ainda não decidido: pergunte de novo depois de Retry-After",
                "not decided yet: ask again after Retry-After",
            ),
        ),
        304: (
            None,
            Text(
                "nada mudou desde a revisão em If-None-Match",
                "nothing changed since the revision in If-None-Match",
            ),
        ),
    },
)
def read_decision(connector: str, tenant: str, external_id: str) -> Response:
    """Answer with a ticket's decision, with an empty 304 when it is the one seen, or with pending."""
    here = services()
    caller = caller_for(here, tenant, connector)
    if not caller.may_see(external_id):
        raise AccessRefused(
            "forbidden", Text("este token foi feito para outro chamado", "this token was made for another ticket")
        )
    seen = request.headers.get("If-None-Match", "")
    with here.store.read() as connection:
        revision = tickets.revision(connection, caller.tenant.id, external_id)
        if revision is not None and seen and _etag(revision) in seen:
            answer = Response(status=304)
            answer.headers["ETag"] = _etag(revision)
            return renew(here, caller, answer)
        stored = decisions.current(connection, caller.tenant.id, external_id) if revision is not None else None
        last = sights.last_event(connection, caller.tenant.id, stored.ticket_id) if stored is not None else None
        held = attendances.of_decided(connection, caller.tenant, stored, here.now()) if stored is not None else None
    if stored is None:
        if revision is None and caller.ticket is None:
            return problem(
                "not-found",
                Text("nenhuma entrega sobre este chamado chegou", "no delivery about this ticket has come in"),
            )
        answer = as_json({"status": "pending"}, 202)
        answer.headers["Retry-After"] = "1"
        return renew(here, caller, answer)
    obligations = dossiers.obligations(held, ZoneInfo(caller.tenant.time_zone)) if held is not None else []
    answer = as_json(_document(stored, last) | {"obligations": obligations})
    answer.headers["ETag"] = _etag(stored.revision)
    return renew(here, caller, answer)


@endpoint(
    decisions_blueprint,
    "GET",
    "/tickets/<connector>/<tenant>/<path:external_id>/dossier",
    does=Text(
        "Lê o dossiê do SAC de um chamado: cada obrigação com a sua prova, e o registro.",
        "Read the SAC dossier of a ticket: every obligation with its evidence, and the record.",
    ),
    more=Text(
        "Precisa da chave de API do tenant: o dossiê traz o que foi escrito ao consumidor e por ele.",
        "Needs the tenant's API key: the dossier holds what was written to the consumer, and by them.",
    ),
    gives=DossierSchema,
    saying=Text("o dossiê, como está agora", "the dossier as it stands now"),
)
def read_dossier(connector: str, tenant: str, external_id: str) -> Response:
    """Answer with a ticket's dossier. Only the tenant's API key may."""
    here = services()
    caller = caller_for(here, tenant, connector)
    if caller.ticket is not None:
        raise AccessRefused(
            "forbidden", Text("o dossiê exige a chave de API do tenant", "the dossier needs the tenant's API key")
        )
    with here.store.read() as connection:
        made = dossiers.of_ticket(connection, caller.tenant, external_id, here.now())
    if made is None:
        return problem(
            "not-found",
            Text(
                "não há esse chamado, ou ele ainda não foi decidido",
                "there is no such ticket, or it is not decided yet",
            ),
        )
    return as_json(dossiers.document(made))


def _document(stored: StoredDecision, last: sights.LastEvent | None) -> dict[str, Any]:
    document = as_document(stored.decision)
    by_action = {row.recommendation.action: row for row in stored.recommendations}
    kept = [
        entry
        | {
            "id": by_action[entry["action"]].id,
            "rank": by_action[entry["action"]].rank,
            "state": by_action[entry["action"]].state,
            "steps_done": list(by_action[entry["action"]].steps_done),
        }
        for entry in document["recommendations"]
        if entry["action"] in by_action
    ]
    return document | {
        "id": stored.id,
        "ticket": stored.ticket,
        "revision": stored.revision,
        "rulebook_version": stored.rulebook_version,
        "last_event": {"id": last.id, "kind": last.kind} if last is not None else None,
        "correction": dict(stored.correction) if stored.correction is not None else None,
        "recommendations": kept,
    }


@endpoint(
    feedback_blueprint,
    "POST",
    "/recommendations/<recommendation_id>/feedback",
    takes=FeedbackSchema,
    does=Text(
        "Dá um veredito sobre uma recomendação, marca os passos dela, ou ambos.",
        "Give a verdict on a recommendation, tick its steps off, or both.",
    ),
    more=Text(
        "Vereditos: accepted (deixa uma nota interna no chamado, uma só), dismissed (com um motivo), handed_over (com "
        "`to`), done; `undone` desfaz o último enquanto a nota dele não saiu.",
        "Verdicts: accepted (leaves an internal note on the ticket, once), dismissed (with a reason), handed_over "
        "(with `to`), done; `undone` takes the last one back while its note has not left.",
    ),
    gives=RecordedSchema,
    saying=Text("o que vale agora; dito duas vezes, fica uma só", "what stands now; said twice, it is kept once"),
    or_else={
        409: (
            ProblemSchema,
            Text(
                "não pode vir depois do que já foi dito, ou a nota já saiu",
                "it cannot follow what was said before, or its note has left",
            ),
        )
    },
)
def give_feedback(given: dict[str, Any], recommendation_id: str) -> Response:
    """Keep an agent's verdict, the steps done, or both, and answer with what stands."""
    here = services()
    with here.store.read() as connection:
        owner = sights.owner_of_recommendation(connection, recommendation_id)
    caller = caller_of(here, owner)
    assert owner is not None  # noqa: S101 - caller_of refuses without one
    said = Said(
        verdict=given.get("verdict"),
        reason=given.get("reason"),
        comment=given.get("comment"),
        steps_done=given.get("steps_done"),
        to=Function(given["to"]) if "to" in given else None,
    )
    agent = caller.agent if caller.ticket is not None else given.get("agent", caller.agent)
    kept = record(here, Voice(caller.tenant, owner.ticket, agent), recommendation_id, said)
    answer = as_json(
        {
            "recommendation": kept.recommendation_id,
            "state": kept.state,
            "steps_done": list(kept.steps_done),
            "revision_before": kept.revision_before,
            "revision": kept.revision,
        }
    )
    return renew(here, caller, answer)


@endpoint(
    decisions_blueprint,
    "GET",
    "/recommendations/<recommendation_id>/would-change",
    does=Text(
        "Diz a menor mudança de fatos que tiraria a recomendação da tela.",
        "Tell the smallest change of the facts that would take the recommendation off the screen.",
    ),
    more=Text(
        "Só de fatos que alguém consegue mudar ou descobrir; cada mudança é decidida de novo antes de ser dita.",
        "Only of facts that somebody can change or find out; every change is decided again before it is told.",
    ),
    gives=WouldChangeSchema,
    saying=Text("a resposta, nos dois idiomas", "the answer, in both languages"),
    or_else={
        409: (
            ProblemSchema,
            Text(
                "o chamado já foi decidido de novo, ou as regras mudaram",
                "the ticket was decided again since, or the rules have changed",
            ),
        ),
        503: (
            ProblemSchema,
            Text(
                "outra pergunta está sendo respondida: tente de novo", "another question is being answered: ask again"
            ),
        ),
    },
)
def read_would_change(recommendation_id: str) -> Response:
    """Answer what would take a recommendation of the current decision off the screen."""
    here = services()
    with here.store.read() as connection:
        owner = sights.owner_of_recommendation(connection, recommendation_id)
        caller = caller_of(here, owner)
        assert owner is not None  # noqa: S101 - caller_of refuses without one
        stored = decisions.current(connection, caller.tenant.id, owner.ticket)
    rows = stored.recommendations if stored is not None else ()
    action = next((row.recommendation.action for row in rows if row.id == recommendation_id), None)
    if stored is None or action is None:
        return problem(
            "conflict", Text("o chamado foi decidido de novo depois disso", "the ticket was decided again since")
        )
    try:
        told = here.what_if.answer(stored, action)
    except RulesChanged as error:
        return problem("conflict", error.text)
    except Busy as error:
        return problem("busy", error.text, headers={"Retry-After": "1"})
    answer = as_json(
        {
            "recommendation": recommendation_id,
            "action": told.action,
            "would_be_shown": told.would_be_shown,
            "verdict": told.verdict,
            "sentence": told.sentences,
        }
    )
    return renew(here, caller, answer)


@endpoint(
    feedback_blueprint,
    "POST",
    "/decisions/<decision_id>/correction",
    takes=CorrectSchema,
    does=Text(
        "Diz de quem é o chamado, no lugar da decisão; null desfaz isso.",
        "Say whose work a ticket is, instead of the decision; null takes that back.",
    ),
    gives=CorrectedSchema,
    saying=Text("a correção que vale agora", "the correction that stands now"),
)
def correct_decision(given: dict[str, Any], decision_id: str) -> Response:
    """Keep whose work an agent says the ticket is, and answer with the correction that stands."""
    here = services()
    with here.store.read() as connection:
        owner = sights.owner_of_decision(connection, decision_id)
    caller = caller_of(here, owner)
    assert owner is not None  # noqa: S101 - caller_of refuses without one
    agent = caller.agent if caller.ticket is not None else given.get("agent", caller.agent)
    primary = Function(given["primary"]) if given["primary"] is not None else None
    kept = correct(here, Voice(caller.tenant, owner.ticket, agent), decision_id, primary)
    answer = as_json(
        {
            "decision": kept.decision_id,
            "primary": kept.primary,
            "revision_before": kept.revision_before,
            "revision": kept.revision,
        }
    )
    return renew(here, caller, answer)


@endpoint(
    customers_blueprint,
    "PUT",
    "/customers/<tenant>/<path:external_id>",
    takes=CustomerSchema,
    does=Text(
        "Diz o que se sabe de um cliente, sob o id que ele tem no helpdesk ou no CRM.",
        "State what is known about a customer, under the id the helpdesk or the CRM has for them.",
    ),
    more=Text(
        "Precisa da chave de API do tenant: um token da barra lateral fala por um agente em um chamado, não por um "
        "sistema de cobrança.",
        "Needs the tenant's API key: a sidebar token speaks for an agent on one ticket, not for a billing system.",
    ),
    gives=StatedSchema,
    saying=Text(
        "guardado; os chamados abertos do cliente foram decididos de novo",
        "kept; the customer's open tickets were decided again",
    ),
)
def state_customer(given: dict[str, Any], tenant: str, external_id: str) -> Response:
    """Keep a customer's facts and decide their open tickets again. Only the tenant's API key may."""
    here = services()
    caller = caller_for(here, tenant)
    if caller.ticket is not None:
        raise AccessRefused(
            "forbidden",
            Text("os dados de clientes exigem a chave de API do tenant", "customer facts need the tenant's API key"),
        )
    try:
        customer = customer_of(external_id, given)
        with here.store.write() as connection:
            row_id = customers.put(connection, caller.tenant.id, customer, here.now())
            decided = here.pipeline.decide_again(connection, caller.tenant, row_id, here.now())
    except CustomerFactsInvalid as error:
        return problem("invalid", error.text, errors=[fault.as_json(asked_locale()) for fault in error.faults])
    except CustomerInvalid as error:
        return problem("invalid", error.text, errors=[{"field": "external_id", "why": error.told(asked_locale())}])
    return as_json({"customer": external_id, "tickets_decided": decided})
