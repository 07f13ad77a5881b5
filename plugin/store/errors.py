"""What the store raises on purpose."""

from __future__ import annotations

from rules.errors import SidecueError, ToldError


class StoreError(SidecueError):
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
        super().__init__(f"there is no step {index}: the action has {steps} steps, counted from 0")


class UndoTooLate(StoreError):
    """The note is on its way or on the ticket: taking the verdict back would leave the two apart."""


class VaultSealed(StoreError):
    """Credentials that SIDECUE_SECRET_KEY does not open: it is not the key they were stored with."""


class HistoryMoved(StoreError, ToldError):
    """Another version was published meanwhile: what was checked against the one before was not kept."""
