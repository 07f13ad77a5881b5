"""Help Scout: webhooks in, a list beside the conversation that Help Scout shows, notes, a field, inbox and user out."""

from connectors.helpscout.client import client
from connectors.helpscout.mapping import hydrate, parse
from connectors.helpscout.signature import delivery_key, verify
from connectors.helpscout.view import open_sidebar, render, sidebar

__all__ = ["client", "delivery_key", "hydrate", "open_sidebar", "parse", "render", "sidebar", "verify"]
