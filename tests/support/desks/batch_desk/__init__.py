"""A helpdesk that signs method and address, sends batches of ids, shakes hands, and carries out what an answer says."""

import hashlib
import hmac
import json
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from connectors.base import Reply, Resource, SidebarHost, digest
from connectors.http import HelpdeskApi
from connectors.proof import require_hmac
from connectors.registry import read_manifest
from rules.errors import EventUnsupported, HelpdeskFailed, PayloadInvalid
from rules.model import EventKind, Requester, TicketChanges, TicketEvent
from rules.text import Text

HERE = Path(__file__).parent


def signature(secret, method, url, body):
    return hmac.new(secret.encode(), method.encode() + url.encode() + body, hashlib.sha256).hexdigest()


def verify(delivery, installation, now):
    if delivery.header("X-Batch-Keys") == "gone":
        raise HelpdeskFailed(
            Text("as chaves do fornecedor não podem ser buscadas", "the vendor's keys cannot be fetched"),
            retryable=True,
        )
    signed = delivery.method.encode() + delivery.url.encode() + delivery.body
    require_hmac(
        delivery, installation.secrets, header="X-Batch-Signature", algorithm="sha256", encoding="hex", signed=signed
    )


def delivery_key(delivery):
    return f"body:{digest(delivery.body)}"


def handshake(delivery, installation):
    if delivery.method != "POST":
        return Reply()
    challenge = delivery.header("X-Batch-Challenge")
    return Reply(challenge.encode()) if challenge else None


def hydrate(delivery, installation):
    asked = []
    for each in delivery.batch:
        if not isinstance(each, dict) or "ticket" not in each:
            raise PayloadInvalid(Text("precisa de tickets", "needs tickets"))
        if each["ticket"] == "unused":
            raise EventUnsupported("unused")
        if "inline" in each:
            continue
        name = f"ticket:{each['ticket']}"
        if name not in delivery.documents:
            asked.append(Resource(name, f"/tickets/{quote(str(each['ticket']), safe='')}"))
        elif (told := delivery.documents[name]) and f"person:{told['person']}" not in delivery.documents:
            asked.append(Resource(f"person:{told['person']}", f"/people/{told['person']}"))
    return [*{each.name: each for each in asked}.values()]


def parse(delivery, installation):
    events = []
    for each in delivery.batch:
        ticket = each.get("inline") or delivery.documents[f"ticket:{each['ticket']}"]
        if ticket is None:
            continue
        person = {"name": "Ana"} if "inline" in each else delivery.documents[f"person:{ticket['person']}"]
        at = datetime.fromtimestamp(ticket["at"], UTC)
        changes = TicketChanges(subject="x", description=ticket["text"], opened_at=at, tags=frozenset(ticket["tags"]))
        requester = Requester(str(ticket["person"]), name=person["name"])
        event_id = f"{each['ticket']}-{ticket['at']}"
        events.append(TicketEvent(event_id, str(each["ticket"]), EventKind.OPENED, at, changes, requester))
    return events


class BatchClient:
    def __init__(self, api):
        self._api = api

    def fetch(self, resource):
        return self._api.document(resource)


def client(installation):
    api = HelpdeskApi.of(installation, read_manifest(HERE))
    return BatchClient(api) if api is not None else None


def sidebar(installation):
    return SidebarHost(())


def reply(delivery, orders):
    told = [{"do": order.kind, **order.content} for order in orders]
    return Reply(json.dumps(told).encode(), "application/json")
