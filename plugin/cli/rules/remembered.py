"""Where the `rules` commands keep what they found faultless: in SIDECUE_HOME, else in the user's cache."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from rules.loader.faultless import Faultless


def place(environ: Mapping[str, str]) -> Path:
    """Return the file: beneath SIDECUE_HOME when that is a folder, else XDG_CACHE_HOME, else ~/.cache."""
    named = environ.get("SIDECUE_HOME", "").strip()
    home = Path(os.path.expanduser(named)) if named else None  # noqa: PTH111 - pathlib raises where there is no home
    if home is not None and home.is_dir():
        return home / "cache" / "faultless.txt"
    cache = environ.get("XDG_CACHE_HOME", "")
    if not os.path.isabs(cache):  # noqa: PTH117 - an empty text is no path; the standard passes over relative ones
        cache = os.path.expanduser("~/.cache")  # noqa: PTH111 - see above
    return Path(cache) / "sidecue" / "faultless.txt"


@contextmanager
def remembered() -> Iterator[Faultless]:
    """Yield what was found faultless before; what is found to be so meanwhile is kept, whatever else is wrong."""
    faultless = Faultless(place(os.environ))
    try:
        yield faultless
    finally:
        faultless.keep()
