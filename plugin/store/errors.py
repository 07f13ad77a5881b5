"""What the store raises on purpose."""

from __future__ import annotations

from typing import Final

from rules.errors import ToldError
from rules.text import Text, filled

_NO_STEP: Final = Text(
    "não há o passo {index}: a ação tem {steps} passos, contados a partir de 0",
    "there is no step {index}: the action has {steps} steps, counted from 0",
)


class StoreError(ToldError):
    """Base of everything the store raises on purpose."""


class StoreUnavailable(StoreError):
    """The database cannot take the transaction now (locked, disk full, read-only). Nothing of it was kept."""


class TenantExists(StoreError):
    """There is a tenant of this name already."""


class TenantInvalid(StoreError):
    """A tenant that must not be stored: its name, connector or credentials do not fit."""


class CustomerInvalid(StoreError):
    """A customer that must not be stored under this id."""


class NotFound(StoreError):
    """There is no such row for this tenant."""


class VerdictRefused(StoreError):
    """The recommendation is in a state in which this verdict makes no sense."""


class StepUnknown(StoreError):
    """A step is ticked off that the action has not. `position` is where it stands among the indexes given, from 0."""

    def __init__(self, position: int, index: int, steps: int) -> None:
        self.position = position
        super().__init__(filled(_NO_STEP, index=index, steps=steps))


class UndoTooLate(StoreError):
    """The note is on its way or on the ticket: taking the verdict back would leave the two apart."""


class VaultSealed(StoreError):
    """Credentials that SIDECUE_SECRET_KEY does not open: it is not the key they were stored with."""


class HistoryMoved(StoreError):
    """Another version was published meanwhile: what was checked against the one before was not kept."""
