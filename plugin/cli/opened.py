"""The store as commands open it: settings read, database up to date."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from plugin.config import Settings
from plugin.store import Store
from plugin.vault import Vault


@dataclass(frozen=True, slots=True)
class Opened:
    """Settings, store and vault of one command."""

    settings: Settings
    store: Store
    vault: Vault


@contextmanager
def opened() -> Iterator[Opened]:
    """Yield the store that the environment names, created and migrated when needed."""
    settings = Settings.from_environment()
    store = Store(settings.database_url)
    try:
        store.upgrade()
        yield Opened(settings, store, Vault(settings.secret_key))
    finally:
        store.close()
