"""When to try again what failed: the inbox and the outbox wait alike, each with its own bounds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Backoff:
    """Waits that double from `first` up to `longest`, for at most `attempts` attempts."""

    attempts: int
    first: timedelta
    longest: timedelta

    def due_at(self, attempts: int, now: datetime) -> datetime | None:
        """Return when to try again after this many attempts; None after the last one."""
        if attempts >= self.attempts:
            return None
        wait: timedelta = min(self.first * 2 ** (attempts - 1), self.longest)
        return now + wait
