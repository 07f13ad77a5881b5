"""Email: raw messages (RFC 5322) in, as a mail server's pipe or a maildir hands them over; nothing goes back."""

from connectors.email.client import client
from connectors.email.mapping import parse
from connectors.email.signature import delivery_key, verify
from connectors.email.view import sidebar

__all__ = ["client", "delivery_key", "parse", "sidebar", "verify"]
