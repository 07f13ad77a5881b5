"""Front: application and rule webhooks in, a plugin in the side panel, comments, tags, fields and inboxes out."""

from connectors.front.client import client
from connectors.front.mapping import hydrate, parse
from connectors.front.signature import delivery_key, handshake, verify
from connectors.front.view import open_sidebar, sidebar

__all__ = ["client", "delivery_key", "handshake", "hydrate", "open_sidebar", "parse", "sidebar", "verify"]
