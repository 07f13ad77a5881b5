"""Zendesk Support: event webhooks and trigger webhooks in, internal notes out."""

from connectors.zendesk.client import client
from connectors.zendesk.mapping import parse
from connectors.zendesk.signature import delivery_key, verify
from connectors.zendesk.view import sidebar

__all__ = ["client", "delivery_key", "parse", "sidebar", "verify"]
