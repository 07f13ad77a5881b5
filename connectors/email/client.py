"""Nothing goes back: Sidecue sends no mail."""

from __future__ import annotations

from connectors.base import Client, Installation


def client(installation: Installation) -> Client | None:
    """Return None: there is no API to call."""
    del installation
    return None
