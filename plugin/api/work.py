"""The API's queue of work without a ticket: what is to be done about which customer, and what agents say about it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Response

from plugin.api.access import AccessRefused, caller_for
from plugin.api.answers import as_json
from plugin.api.endpoint import endpoint, group
from plugin.api.schemas import ProblemSchema
from plugin.api.work_schemas import WorkItemSchema, WorkPageSchema, WorkQuerySchema, WorkSaidSchema, WorkWhySchema
from plugin.problems import problem
from plugin.services import Services, services
from plugin.store import turns, work
from plugin.store.tenants import Tenant
from plugin.store.work import Listed
from rules.decide.canonical import as_document, recommendation_document
from rules.text import Text, filled

work_blueprint = group(
    "work",
    Text(
        "Trabalho sem chamado: o que fazer por qual cliente, por área.",
        "Work without a ticket: what to do about which customer, by function.",
    ),
)

_KEY_ONLY = Text(
    "Precisa da chave de API do tenant: o token da barra lateral vale para um chamado.",
    "Needs the tenant's API key: a sidebar token is for one ticket.",
)


def _tenant(here: Services, name: str) -> Tenant:
    caller = caller_for(here, name)
    if caller.ticket is not None:
        raise AccessRefused(
            "forbidden", Text("a fila exige a chave de API do tenant", "the queue needs the tenant's API key")
        )
    return caller.tenant


@endpoint(
    work_blueprint,
    "GET",
    "/work/<tenant>",
    asks=WorkQuerySchema,
    does=Text("Lista o trabalho sem chamado, por prazo.", "List work without a ticket, by due time."),
    more=_KEY_ONLY,
    gives=WorkPageSchema,
    saying=Text(
        "uma página da fila; `next` é o `after` da seguinte", "a page of the queue; `next` is the `after` of the next"
    ),
)
def read_work(asked: dict[str, Any], tenant: str) -> Response:
    """Answer with a page of the tenant's queue."""
    here = services()
    found = _tenant(here, tenant)
    with here.store.read() as connection:
        try:
            page = work.listing(
                connection,
                found.id,
                functions=asked.get("function", ()),
                states=asked.get("state") or work.LIVE,
                customer_id=asked.get("customer"),
                after=asked.get("after"),
                limit=asked["limit"],
            )
        except ValueError as error:
            return problem("invalid", str(error), errors=[{"field": "after", "why": str(error)}])
        waiting = work.counts(connection, found.id)
        evaluated_at = turns.last(connection, found.id)
    return as_json(
        {
            "items": [_document(one) for one in page.items],
            "next": page.following,
            "waiting": waiting,
            "evaluated_at": _at(evaluated_at),
        }
    )


@endpoint(
    work_blueprint,
    "GET",
    "/work/<tenant>/<item_id>",
    does=Text(
        "Lê um trabalho com a decisão por trás dele: fatos, regras e o que foi retido.",
        "Read a piece of work with the decision behind it: facts, rules, and what was held back.",
    ),
    more=_KEY_ONLY,
    gives=WorkWhySchema,
    saying=Text("o trabalho, e por quê", "the piece of work, and why"),
)
def read_work_item(tenant: str, item_id: str) -> Response:
    """Answer with one piece of work and its whole decision."""
    here = services()
    found = _tenant(here, tenant)
    with here.store.read() as connection:
        listed = work.one(connection, found.id, item_id)
    if listed is None:
        return problem("not-found", filled(work.NO_ITEM, id=item_id))
    document = as_document(listed.decision)
    document.pop("recommendations")
    return as_json(_document(listed) | {"why": document | {"rulebook_version": listed.rulebook_version}})


@endpoint(
    work_blueprint,
    "POST",
    "/work/<tenant>/<item_id>",
    takes=WorkSaidSchema,
    does=Text(
        "Diz o que houve com um trabalho: aceito, feito ou dispensado.",
        "Say what became of a piece of work: accepted, done or dismissed.",
    ),
    more=Text(
        f"{_KEY_ONLY.pt_br} O que é aceito, feito ou dispensado conta como contato: vale para os intervalos também nos "
        "chamados.",
        f"{_KEY_ONLY.en} What is accepted, done or dismissed is a contact: cooldowns on tickets count it too.",
    ),
    gives=WorkItemSchema,
    saying=Text(
        "o trabalho como está agora; dito duas vezes, fica uma só", "the work as it stands; said twice, it is kept once"
    ),
    or_else={
        409: (
            ProblemSchema,
            Text("não pode vir depois do que já foi dito", "it cannot follow what was said before"),
        )
    },
)
def say_of_work(given: dict[str, Any], tenant: str, item_id: str) -> Response:
    """Keep what an agent says about a piece of work, and answer with it."""
    here = services()
    found = _tenant(here, tenant)
    with here.store.write() as connection:
        work.say(
            connection,
            found.id,
            item_id,
            given["state"],
            agent=given["agent"],
            now=here.now(),
            reason=given.get("reason"),
            comment=given.get("comment"),
        )
        listed = work.one(connection, found.id, item_id)
    assert listed is not None  # noqa: S101 - it was just spoken about
    return as_json(_document(listed))


def _document(listed: Listed) -> dict[str, Any]:
    item = listed.item
    return {
        "id": item.id,
        "customer": {"id": listed.customer, "name": listed.name},
        "function": item.function.value,
        "decision": item.evaluation,
        "recommendations": [recommendation_document(one) for one in listed.recommendations],
        "state": item.state,
        "due_at": _at(item.due_at),
        "opened_at": _at(item.opened_at),
        "changed_at": _at(item.changed_at),
        "acted_at": _at(item.acted_at),
        "agent": item.agent,
        "reason": item.reason,
        "comment": item.comment,
    }


def _at(instant: datetime | None) -> str | None:
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ") if instant is not None else None
