"""osTicket's API creates tickets and can do nothing with them: what is to be done goes with answers (`answer.py`)."""

from __future__ import annotations

from connectors.base import Client, Installation


def client(installation: Installation) -> Client | None:
    """Return None: there is nothing to call."""
    del installation
    return None
