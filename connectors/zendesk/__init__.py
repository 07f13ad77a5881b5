"""Zendesk Support: event and trigger webhooks in, an app in the ticket sidebar, notes, tags, fields and groups out."""

from connectors.zendesk.client import client
from connectors.zendesk.mapping import parse
from connectors.zendesk.signature import delivery_key, verify
from connectors.zendesk.view import open_sidebar, sidebar

__all__ = ["client", "delivery_key", "open_sidebar", "parse", "sidebar", "verify"]
