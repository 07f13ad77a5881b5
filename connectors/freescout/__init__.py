"""FreeScout: webhooks of its API module in, its sidebar webhook answered with HTML, notes and assignment out."""

from connectors.freescout.client import client
from connectors.freescout.mapping import hydrate, parse
from connectors.freescout.signature import delivery_key, verify
from connectors.freescout.view import open_sidebar, render, sidebar

__all__ = ["client", "delivery_key", "hydrate", "open_sidebar", "parse", "render", "sidebar", "verify"]
