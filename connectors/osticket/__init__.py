"""osTicket: the shipped plugin's deliveries in; what is written back goes with the answers to them."""

from connectors.osticket.answer import reply
from connectors.osticket.client import client
from connectors.osticket.mapping import parse
from connectors.osticket.signature import delivery_key, verify
from connectors.osticket.view import sidebar

__all__ = ["client", "delivery_key", "parse", "reply", "sidebar", "verify"]
