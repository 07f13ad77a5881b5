"""Zammad: triggers' webhooks in, one internal note kept true, tags, fields, groups and owners out; no sidebar."""

from connectors.zammad.client import client
from connectors.zammad.mapping import parse
from connectors.zammad.signature import delivery_key, verify
from connectors.zammad.view import sidebar

__all__ = ["client", "delivery_key", "parse", "sidebar", "verify"]
