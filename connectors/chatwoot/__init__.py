"""Chatwoot: account webhooks in, a dashboard app beside the conversation, notes, labels, attributes and teams out."""

from connectors.chatwoot.client import client
from connectors.chatwoot.mapping import parse
from connectors.chatwoot.signature import delivery_key, verify
from connectors.chatwoot.view import open_sidebar, sidebar

__all__ = ["client", "delivery_key", "open_sidebar", "parse", "sidebar", "verify"]
