"""Roundup: a detector of ours posts issues, notes go into a class of their own; keywords, fields and assignees out."""

from connectors.roundup.client import client
from connectors.roundup.mapping import parse
from connectors.roundup.signature import delivery_key, verify
from connectors.roundup.view import sidebar

__all__ = ["client", "delivery_key", "parse", "sidebar", "verify"]
