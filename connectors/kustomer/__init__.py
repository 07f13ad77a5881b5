"""Kustomer: outbound webhooks in, a card beside the conversation, notes and custom attributes out."""

from connectors.kustomer.client import client
from connectors.kustomer.mapping import hydrate, parse
from connectors.kustomer.signature import delivery_key, verify
from connectors.kustomer.view import open_sidebar, sidebar

__all__ = ["client", "delivery_key", "hydrate", "open_sidebar", "parse", "sidebar", "verify"]
