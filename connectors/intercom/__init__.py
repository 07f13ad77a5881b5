"""Intercom: notifications of conversations and tickets in, a canvas in the inbox, notes, tags, attributes out."""

from connectors.intercom.client import client
from connectors.intercom.mapping import parse
from connectors.intercom.signature import delivery_key, handshake, verify
from connectors.intercom.view import open_sidebar, render, sidebar

__all__ = ["client", "delivery_key", "handshake", "open_sidebar", "parse", "render", "sidebar", "verify"]
