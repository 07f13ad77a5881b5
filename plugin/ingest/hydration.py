"""Deliveries that only name what they are about are made whole by asking the helpdesk, outside any transaction."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final, cast

from connectors.base import Delivery, Fetches, Installation
from connectors.registry import LoadedConnector
from rules.errors import HelpdeskFailed, PayloadInvalid
from rules.text import Text

MOST_ROUNDS: Final = 5
"""How often one document may lead to the next: an event to its ticket, that to its requester, and so on."""
MOST_DOCUMENTS: Final = 300
"""Most documents of one delivery; the largest batch of any vendor names a hundred tickets."""


def made_whole(loaded: LoadedConnector, delivery: Delivery, installation: Installation) -> Delivery:
    """Return the delivery with every document that its connector asks for.

    Raise HelpdeskFailed or HelpdeskBusy when the helpdesk cannot be asked, and what `hydrate` raises.
    """
    hydrate = loaded.hook("hydrate")
    if hydrate is None:
        return delivery
    for _ in range(MOST_ROUNDS):
        missing = hydrate(delivery, installation)
        if not missing:
            return delivery
        if len(delivery.documents) + len(missing) > MOST_DOCUMENTS:
            raise PayloadInvalid(
                Text(f"nomeia mais de {MOST_DOCUMENTS} documentos", f"names more than {MOST_DOCUMENTS} documents")
            )
        client = _client(loaded, installation)
        fetched = {resource.name: client.fetch(resource) for resource in missing}
        delivery = replace(delivery, documents={**delivery.documents, **fetched})
    raise PayloadInvalid(
        Text(
            f"um documento levou a outro mais de {MOST_ROUNDS} vezes",
            f"one document led to the next more than {MOST_ROUNDS} times",
        )
    )


def _client(loaded: LoadedConnector, installation: Installation) -> Fetches:
    client: Any = loaded.module.client(installation)
    if client is None or not hasattr(client, "fetch"):
        raise HelpdeskFailed(
            Text(
                f"{loaded.manifest.display_name} só nomeia os chamados nas entregas, e o tenant "
                f"{installation.tenant} não tem o endereço da API em que buscá-los: sidecue tenants set --api-url "
                "… --api-token …",
                f"{loaded.manifest.display_name} only names tickets in its deliveries, and tenant "
                f"{installation.tenant} has no API address to fetch them from: sidecue tenants set --api-url … "
                "--api-token …",
            ),
            retryable=False,
        )
    return cast("Fetches", client)
