"""Zoho Desk: webhooks that only hint at what is fetched, a widget that draws, comments, a field and the agent out."""

from connectors.zoho_desk.client import client
from connectors.zoho_desk.mapping import hydrate, parse
from connectors.zoho_desk.signature import delivery_key, handshake, verify
from connectors.zoho_desk.view import open_sidebar, render, sidebar

__all__ = [
    "client",
    "delivery_key",
    "handshake",
    "hydrate",
    "open_sidebar",
    "parse",
    "render",
    "sidebar",
    "verify",
]
