"""When Python looks for garbage, while one kind of work makes and drops very many things.

What reads and decides a ticket makes some thousand objects and drops them with the last reference. Only objects that
refer to each other in a circle have to be looked for, and there are hardly any: so it is done seldom, and never among
what was there before.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_STAYING: Final = 100_000
"""New objects that stay before they are looked through: some ten megabytes of them."""


@contextmanager
def collected_seldom() -> Iterator[None]:
    """Look for garbage seldom while the block runs, and as before behind it."""
    before, theirs = gc.get_threshold(), gc.get_freeze_count()
    collect_seldom()
    try:
        yield
    finally:
        gc.set_threshold(*before)
        if not theirs:
            gc.unfreeze()


def collect_seldom() -> None:
    """Look for garbage seldom from now on, for the life of a process that does one kind of work."""
    if not gc.get_freeze_count():  # whoever runs it may have frozen what is theirs
        gc.freeze()
    gc.set_threshold(_STAYING, *gc.get_threshold()[1:])
