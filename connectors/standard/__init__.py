"""Any tool that can send Standard Webhooks: what its payload means is said by a mapping file, without code."""

from connectors.standard.client import client
from connectors.standard.expressions import check_mapping, read_mapping
from connectors.standard.mapping import parse
from connectors.standard.signature import delivery_key, verify
from connectors.standard.view import sidebar

__all__ = ["check_mapping", "client", "delivery_key", "parse", "read_mapping", "sidebar", "verify"]
