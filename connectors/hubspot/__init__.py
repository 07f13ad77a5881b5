"""HubSpot: signed batches of ids in, fetched; a card that draws the sidebar; notes, properties and owners out."""

from connectors.hubspot.client import client
from connectors.hubspot.mapping import hydrate, parse
from connectors.hubspot.signature import delivery_key, verify
from connectors.hubspot.view import open_sidebar, render, sidebar

__all__ = ["client", "delivery_key", "hydrate", "open_sidebar", "parse", "render", "sidebar", "verify"]
