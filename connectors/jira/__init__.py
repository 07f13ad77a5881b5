"""Jira Service Management: a webhook in, a panel beside the request, comments, labels, a field, the assignee out."""

from connectors.jira.client import client
from connectors.jira.mapping import hydrate, parse
from connectors.jira.signature import delivery_key, verify
from connectors.jira.view import open_sidebar, render, sidebar

__all__ = ["client", "delivery_key", "hydrate", "open_sidebar", "parse", "render", "sidebar", "verify"]
