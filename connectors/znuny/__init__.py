"""Znuny: a requester's deliveries in; what is written back goes with the answers to them."""

from connectors.znuny.answer import reply
from connectors.znuny.client import client
from connectors.znuny.mapping import parse
from connectors.znuny.signature import delivery_key, verify
from connectors.znuny.view import open_sidebar, sidebar

__all__ = ["client", "delivery_key", "open_sidebar", "parse", "reply", "sidebar", "verify"]
