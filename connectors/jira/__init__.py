"""Jira Service Management: an admin's webhook in, internal comments, labels, one field and the assignee out."""

from connectors.jira.client import client
from connectors.jira.mapping import hydrate, parse
from connectors.jira.signature import delivery_key, verify
from connectors.jira.view import sidebar

__all__ = ["client", "delivery_key", "hydrate", "parse", "sidebar", "verify"]
