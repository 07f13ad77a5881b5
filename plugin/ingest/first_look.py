"""What can be told of a delivery before it is kept, without asking anybody: whether it is used, and readable."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import structlog

from connectors.base import Delivery
from connectors.registry import LoadedConnector
from plugin.store.deliveries import Known
from plugin.store.tenants import Tenant
from rules.errors import EventUnsupported, PayloadInvalid

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class FirstLook:
    """What makes the delivery the same as another (`key`), and in which state it is to be kept.

    `received` is to be worked on; `ignored` is of a type that is not used; `unreadable` waits for somebody to mend it.
    """

    key: str
    state: str = "received"
    unused: EventUnsupported | None = None
    """What kind of event it is, and why it is not used."""
    error: PayloadInvalid | None = None
    """Why it cannot be read."""

    @property
    def known(self) -> Known:
        """What `deliveries.insert` is told besides key, body and headers."""
        if self.unused is not None:
            return Known(state=self.state, event_type=self.unused.event_type, error=self.unused.text)
        if self.error is not None:
            return Known(state=self.state, error=self.error.text)
        return Known(state=self.state)


def first_look(loaded: LoadedConnector, delivery: Delivery, tenant: Tenant) -> FirstLook:
    """Return how a genuine delivery is to be kept. Whatever goes wrong in a connector, it is kept to be worked on."""
    key = f"body:{hashlib.sha256(delivery.body).hexdigest()}"
    try:
        key = loaded.module.delivery_key(delivery)
        _read(loaded, delivery, tenant)
    except EventUnsupported as unused:
        return FirstLook(key, "ignored", unused=unused)
    except PayloadInvalid as error:
        return FirstLook(key, "unreadable", error=error)
    except Exception:  # whatever it was, the next one must go on
        log.exception("connector failed", connector=loaded.manifest.name, tenant=tenant.name)
    return FirstLook(key)


def _read(loaded: LoadedConnector, delivery: Delivery, tenant: Tenant) -> None:
    """Raise EventUnsupported or PayloadInvalid for what can be told before the helpdesk is asked for the rest."""
    hydrate = loaded.hook("hydrate")
    if hydrate is None or not hydrate(delivery, tenant.installation):
        loaded.module.parse(delivery, tenant.installation)
