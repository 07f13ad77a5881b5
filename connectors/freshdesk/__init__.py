"""Freshdesk: product events and automation webhooks in, an app that draws the sidebar, notes, fields and groups out."""

from connectors.freshdesk.client import client
from connectors.freshdesk.mapping import hydrate, parse
from connectors.freshdesk.signature import delivery_key, verify
from connectors.freshdesk.view import open_sidebar, render, sidebar

__all__ = ["client", "delivery_key", "hydrate", "open_sidebar", "parse", "render", "sidebar", "verify"]
