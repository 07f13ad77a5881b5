"""`/webhooks/<connector>/<tenant>`: prove a delivery genuine, keep it, answer. The work is done later.

What a helpdesk sends to see whether anybody is there (a GET or HEAD, a challenge, a ping) is answered by the connector
and not kept.

202 accepted · 200 duplicate · 401 not genuine · 404 no such webhook · 413 too large · 415 not the connector's media
type · 422 genuine but unreadable (kept) · 503 the store cannot take it now. After a 2xx nothing is lost.
"""

from __future__ import annotations

import json
import time
from typing import Final
from urllib.parse import quote

import structlog
from flask import Blueprint, Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from connectors.base import Delivery, Order, Reply
from connectors.registry import LoadedConnector
from plugin.ingest.first_look import first_look
from plugin.outbox.ways import way_of
from plugin.problems import problem, unavailable
from plugin.services import Services, services
from plugin.store import deliveries, outbox
from plugin.store.deliveries import Receipt
from plugin.store.errors import StoreUnavailable
from plugin.store.tenants import Tenant
from rules.errors import HelpdeskFailed, MediaTypeInvalid, PayloadInvalid, SignatureInvalid

blueprint = Blueprint("webhooks", __name__)
log = structlog.get_logger(__name__)

CARRY_SECONDS: Final = 2.0
CARRY_POLL_SECONDS: Final = 0.02
_NOBODY: Final = "unknown"


@blueprint.route("/webhooks/<connector>/<tenant>", methods=["GET", "HEAD", "POST"])
@blueprint.route("/webhooks/<connector>/<tenant>/<path_secret>", methods=["GET", "HEAD", "POST"])
def receive(connector: str, tenant: str, path_secret: str | None = None) -> Response:
    """Take one delivery in."""
    here = services()
    try:
        return _receive(here, connector, tenant, path_secret)
    except StoreUnavailable as error:
        log.warning("store unavailable", error=str(error))
        _count(here, connector, "unavailable")
        return unavailable()


def _receive(here: Services, connector: str, name: str, path_secret: str | None) -> Response:
    loaded = here.connectors.get(connector)
    # The tenant is looked up even for an unknown connector: neither the answer nor its time tells which of them is not.
    tenant = here.directory.by_name(name)
    if loaded is None or tenant is None or tenant.connector != connector:
        _count(here, connector, "unknown")
        return problem("webhook-unknown")
    if path_secret is not None and loaded.manifest.auth == "signature":
        _count(here, connector, "unknown")
        return problem("webhook-unknown")  # nothing stands behind the tenant's name here
    body = _body(here.settings.max_body_bytes)
    if body is None:
        _count(here, connector, "too_large")
        return problem("too-large", limit_bytes=here.settings.max_body_bytes)
    delivery = Delivery(
        body=body,
        headers={header.lower(): value for header, value in request.headers.items()},
        received_at=here.now(),
        path_secret=path_secret,
        method=request.method,
        url=public_url(here),
    )
    if request.method != "POST":
        return _probed(here, loaded, tenant, delivery)
    if request.mimetype not in loaded.manifest.media_types:
        return _not_its_media_type(here, loaded)
    try:
        loaded.module.verify(delivery, tenant.installation, delivery.received_at)
    except MediaTypeInvalid:
        return _not_its_media_type(here, loaded)
    except HelpdeskFailed as error:  # the keys that would prove it cannot be had now
        log.warning("delivery cannot be proved now", connector=connector, tenant=name, reason=str(error))
        _count(here, connector, "unavailable")
        return unavailable()
    except SignatureInvalid as error:
        log.info("signature invalid", connector=connector, tenant=name, reason=str(error))
        _count(here, connector, "signature_invalid")
        return problem("signature-invalid", error.text)
    return _shaken(here, loaded, tenant, delivery) or _keep(here, loaded, tenant, delivery)


def public_url(here: Services) -> str:
    """Return the whole address of the request as its sender wrote it, whatever proxies made of it on the way."""
    # Never request.url: it decodes what its sender encoded, and signed so.
    base = here.settings.public_url or request.root_url.rstrip("/")
    return base + quote(request.path, safe="/%:@!$&'()*+,;=~") + query_string()


def query_string() -> str:
    """Return the request's query with its question mark, as it was sent; empty when there is none."""
    query = request.query_string.decode("latin-1")
    return f"?{query}" if query else ""


def _probed(here: Services, loaded: LoadedConnector, tenant: Tenant, delivery: Delivery) -> Response:
    """Answer a GET or HEAD, where the helpdesk sends one before it believes in an address."""
    return _shaken(here, loaded, tenant, delivery) or problem("method-not-allowed", headers={"Allow": "POST"})


def _shaken(here: Services, loaded: LoadedConnector, tenant: Tenant, delivery: Delivery) -> Response | None:
    """Return what the connector answers at once; None for a delivery that is to be kept."""
    handshake = loaded.hook("handshake")
    if handshake is None:
        return None
    try:
        reply: Reply | None = handshake(delivery, tenant.installation)
    except PayloadInvalid:
        return None  # kept, as every other delivery that cannot be read
    if reply is None:
        return None
    _count(here, loaded.manifest.name, "handshake")
    return Response(reply.body, status=reply.status, content_type=reply.media_type)


def _body(limit: int) -> bytes | None:
    """Return the request's body, or None when it is larger than the limit."""
    try:
        body = request.get_data(cache=False)
    except RequestEntityTooLarge:
        return None
    # A body of unsaid length is cut at the limit without a word.
    return None if request.content_length is None and len(body) >= limit else body


def _keep(here: Services, loaded: LoadedConnector, tenant: Tenant, delivery: Delivery) -> Response:
    connector = loaded.manifest.name
    look = first_look(loaded, delivery, tenant)
    receipt = here.inbox.receive(tenant, look.key, delivery, **look.known)
    if look.unused is not None:
        here.metrics.count_unused(connector, look.unused.event_type)
        return _answer(here, loaded, receipt)
    if look.error is not None:
        path = look.error.path
        log.info("delivery unreadable", connector=connector, tenant=tenant.name, delivery=receipt.id, path=path)
        _count(here, connector, "unreadable")
        return problem("unreadable", look.error.text, delivery=receipt.id)
    if not receipt.duplicate:
        here.worker.wake()
    return _carrying(here, loaded, tenant, delivery, receipt) or _answer(here, loaded, receipt)


def _carrying(
    here: Services, loaded: LoadedConnector, tenant: Tenant, delivery: Delivery, receipt: Receipt
) -> Response | None:
    """Return an answer that takes the ticket's orders along, where the helpdesk carries out what an answer says.

    The delivery is waited for: what it leads to can go with its own answer. One that takes longer, or comes while half
    of the server's threads wait already, leaves its orders to the next answer about the ticket.
    """
    reply, way = loaded.hook("reply"), way_of(tenant, loaded)
    if reply is None or way is None or not way.carried:
        return None
    with here.traffic.waiting() as may_wait:
        ticket = None if receipt.duplicate else _ticket_of(here, receipt.id, CARRY_SECONDS if may_wait else 0)
    orders: tuple[Order, ...] = ()
    if ticket is not None:
        with here.store.write() as connection:
            orders = outbox.take_along(connection, tenant.id, ticket, here.now())
    here.metrics.deliveries.labels(loaded.manifest.name, receipt.status).inc()
    told: Reply = reply(delivery, orders)
    return Response(told.body, status=told.status, content_type=told.media_type)


def _ticket_of(here: Services, delivery_id: str, seconds: float) -> str | None:
    """Return the ticket of a delivery once it is worked on; None when that takes longer than this."""
    until = time.monotonic() + seconds
    while True:
        with here.store.read() as connection:
            state, ticket = deliveries.outcome(connection, delivery_id)
        if state not in deliveries.OPEN_STATES:
            return ticket
        if time.monotonic() > until:
            return None
        time.sleep(CARRY_POLL_SECONDS)


def _not_its_media_type(here: Services, loaded: LoadedConnector) -> Response:
    _count(here, loaded.manifest.name, "media_type")
    return problem("media-type", accepts=list(loaded.manifest.media_types))


def _answer(here: Services, loaded: LoadedConnector, receipt: Receipt) -> Response:
    here.metrics.deliveries.labels(loaded.manifest.name, receipt.status).inc()
    return Response(
        json.dumps({"status": receipt.status, "delivery": receipt.id}),
        status=200 if receipt.duplicate else loaded.manifest.accepted,
        content_type="application/json",
    )


def _count(here: Services, connector: str, outcome: str) -> None:
    here.metrics.deliveries.labels(connector if connector in here.connectors else _NOBODY, outcome).inc()
