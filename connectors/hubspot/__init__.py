"""HubSpot: signed batches of ids in, their tickets and messages fetched, notes, properties and owners out."""

from connectors.hubspot.client import client
from connectors.hubspot.mapping import hydrate, parse
from connectors.hubspot.signature import delivery_key, verify
from connectors.hubspot.view import sidebar

__all__ = ["client", "delivery_key", "hydrate", "parse", "sidebar", "verify"]
