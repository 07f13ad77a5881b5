"""Gorgias: an HTTP integration in, another one that feeds a widget, internal notes, tags, fields and teams out."""

from connectors.gorgias.client import client
from connectors.gorgias.mapping import parse
from connectors.gorgias.signature import delivery_key, verify
from connectors.gorgias.view import open_sidebar, render, sidebar

__all__ = ["client", "delivery_key", "open_sidebar", "parse", "render", "sidebar", "verify"]
