"""Zoho Desk: webhooks that only hint at what is then fetched, comments, one field and the agent out."""

from connectors.zoho_desk.client import client
from connectors.zoho_desk.mapping import hydrate, parse
from connectors.zoho_desk.signature import delivery_key, handshake, verify
from connectors.zoho_desk.view import sidebar

__all__ = ["client", "delivery_key", "handshake", "hydrate", "parse", "sidebar", "verify"]
