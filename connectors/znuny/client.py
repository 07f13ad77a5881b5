"""Znuny is never called: what is to be done goes with the answers to its deliveries (`answer.py`)."""

from __future__ import annotations

from connectors.base import Client, Installation


def client(installation: Installation) -> Client | None:
    """Return None: there is nothing to call."""
    del installation
    return None
