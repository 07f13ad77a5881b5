"""Request Tracker: a scrip's posts in, comments, custom fields, queues and owners out, our page framed in RT's."""

from connectors.request_tracker.client import client
from connectors.request_tracker.mapping import parse
from connectors.request_tracker.signature import delivery_key, verify
from connectors.request_tracker.view import sidebar

__all__ = ["client", "delivery_key", "parse", "sidebar", "verify"]
