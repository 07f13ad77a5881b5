"""The store as commands open it: settings read, database up to date."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from plugin.cli.errors import UsageFault
from plugin.clock import utc_now
from plugin.config import Settings
from plugin.store import Store, tenants
from plugin.store.tenants import Tenant
from plugin.vault import Vault
from rules.text import Text, filled

_NO_TENANT: Final = Text(
    "--tenant {name}: esse tenant não existe; há {known}. Crie um: sidecue tenants add NOME --connector C",
    "--tenant {name}: there is no such tenant; there are {known}. Add one: sidecue tenants add NAME --connector C",
)
_NONE: Final = Text("nenhum ainda", "none yet")
NONE_YET: Final = Text(
    "Nenhum tenant ainda. Crie um: sidecue tenants add NOME --connector C",
    "No tenant yet. Add one: sidecue tenants add NAME --connector C",
)


def no_tenant(name: str, known: Iterable[str]) -> Text:
    """Return what is told of a `--tenant` that there is not."""
    return filled(_NO_TENANT, name=name, known=", ".join(known) or _NONE)


@dataclass(frozen=True, slots=True)
class Opened:
    """Settings, store and vault of one command."""

    settings: Settings
    store: Store
    vault: Vault

    def tenant(self, name: str) -> Tenant:
        """Return the tenant that `--tenant` names. Raise UsageFault when there is none."""
        now = utc_now()
        with self.store.read() as connection:
            found = tenants.by_name(connection, self.vault, name, now)
            if found is not None:
                return found
            known = [one.name for one in tenants.all(connection, self.vault, now)]
        raise UsageFault(no_tenant(name, known))


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
