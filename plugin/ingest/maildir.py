"""A maildir as the one who reads it sees it: mails arrive whole in `new/`, and are in `cur/` once somebody has them.

The names follow maildir(5): a unique part, then `:2,` and one letter for each flag. `F` is what mail programs show as a
star.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

from rules.errors import ToldError
from rules.text import Text, filled

FLAGGED: Final = "F"
_ARRIVED: Final = re.compile(r"\d{1,15}")
_NO_MAILDIR: Final = Text(
    "{path} não é um maildir: falta a pasta {missing}. Informe a pasta que contém new, cur e tmp",
    "{path} is no maildir: the folder {missing} is missing. Name the folder that holds new, cur and tmp",
)


class MaildirInvalid(ToldError):
    """A folder that is no maildir."""


class Maildir:
    """One maildir; the folders within it (`.Sent`) are maildirs of their own."""

    def __init__(self, path: Path) -> None:
        """Raise MaildirInvalid for a folder that is none."""
        self.path: Final = path
        self.new: Final = path / "new"
        self._cur: Final = path / "cur"
        self._require()

    def _require(self) -> None:
        for folder in (self.new, self._cur):
            if not folder.is_dir():
                raise MaildirInvalid(filled(_NO_MAILDIR, path=self.path, missing=folder.name))

    def waiting(self) -> list[Path]:
        """Return the mails that nobody has yet, in the order in which they arrived, as far as their names tell it.

        Raise MaildirInvalid when it is no maildir any more: somebody took the folder away.
        """
        self._require()
        with os.scandir(self.new) as entries:
            names = [entry.name for entry in entries if not entry.name.startswith(".") and not entry.is_dir()]
        return [self.new / name for name in sorted(names, key=_arrived)]

    def took(self, mail: Path, flag: str = "") -> Path | None:
        """Put a mail into `cur/`, flagged where somebody has to look, and return where it is; None when it was gone."""
        unique, _, flags = mail.name.partition(":2,")
        all_flags = "".join(sorted({*flags, *flag}))
        target = self._cur / f"{unique}:2,{all_flags}"
        copies = 0
        while target.exists():  # put back by hand, say; what is there already is not overwritten
            copies += 1
            target = self._cur / f"{unique}-{copies}:2,{all_flags}"
        try:
            mail.rename(target)
        except FileNotFoundError:
            return None
        return target


def _arrived(name: str) -> tuple[int, str]:
    seconds = _ARRIVED.match(name)
    return int(seconds[0]) if seconds else 0, name
