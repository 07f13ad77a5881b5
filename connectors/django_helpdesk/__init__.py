"""django-helpdesk: its two webhooks in, internal follow-ups out."""

from connectors.django_helpdesk.client import client
from connectors.django_helpdesk.mapping import parse
from connectors.django_helpdesk.signature import delivery_key, verify
from connectors.django_helpdesk.view import sidebar

__all__ = ["client", "delivery_key", "parse", "sidebar", "verify"]
