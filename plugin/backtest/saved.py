"""A history kept as columns in a folder, for backtests that are run again and again.

    history.json        {"sidecue_history": 1, "parts": [how many cases each part holds]}, written last
    000000/ …           a part each: the facts as `rules.bulk.columns` writes them, and cases.parquet beside them: a
                        row per ticket in the same order (ticket, language, text_truncated, is_whole, is_counted, and
                        `acceptance` as JSON)

Texts are not kept: of what customers wrote there is only which signals were read in it then.
"""

from __future__ import annotations

import json
import re
import secrets
import shutil
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl

from plugin.backtest.batches import HistoryInvalid, Worked
from rules.backtest import Case
from rules.bulk import texts
from rules.bulk.columns import Columns
from rules.errors import FactsInvalid
from rules.model import Facts
from rules.signals import SignalReader
from rules.text import Text, filled

MARK: Final = "history.json"
SCHEMA: Final = 1
_CASES: Final = "cases.parquet"
_OURS: Final = re.compile(rf"{re.escape(MARK)}|[0-9]{{6}}(?:/[^/]+\.parquet)?")
"""What there is in a saved history, from its folder on."""
_COLUMNS: Final = pl.Schema(
    {
        "ticket": pl.String,
        "language": pl.String,
        "text_truncated": pl.Boolean,
        "is_whole": pl.Boolean,
        "is_counted": pl.Boolean,
        "acceptance": pl.String,
    }
)
_NOT_READ: Final = Text(
    "{folder}: não pode ser lido ({why}); salve o histórico de novo",
    "{folder}: it cannot be read ({why}); save the history again",
)
_APART: Final = Text(
    "{folder}: os arquivos não combinam entre si; salve o histórico de novo",
    "{folder}: its files do not fit together; save the history again",
)
_NONE: Final = Text(
    "{folder}: não há histórico salvo nessa pasta; grave um com --save-history",
    "{folder}: there is no saved history in it; write one with --save-history",
)
_OTHER_VERSION: Final = Text(
    "{folder}: foi salvo por outra versão do Sidecue; salve o histórico de novo",
    "{folder}: it was saved by another version of Sidecue; save the history again",
)
_NOT_WRITTEN: Final = Text(
    "{folder}: não é possível gravar ({why}); indique uma pasta em que este usuário possa gravar",
    "{folder}: it cannot be written ({why}); name a folder this user may write to",
)
_NOT_PLACED: Final = Text(
    "{folder}: não é possível pôr o histórico no lugar ({why}); indique outra pasta",
    "{folder}: the history cannot be put in its place ({why}); name another folder",
)
_TAKEN: Final = Text(
    "{folder}: não está vazia nem guarda um histórico salvo; indique outra pasta",
    "{folder}: it is neither empty nor a saved history; name another folder",
)
_BESIDES: Final = Text(
    "{folder}: além de um histórico salvo, a pasta guarda {inside}; tire-o de lá, ou indique outra pasta",
    "{folder}: besides a saved history it holds {inside}; move that away, or name another folder",
)


@dataclass(frozen=True, slots=True)
class SavedBatch:
    """One part of a saved history; `cases` is how many it should hold."""

    folder: Path
    cases: int

    def __len__(self) -> int:
        return self.cases

    def work(self, reader: SignalReader) -> Worked:  # noqa: ARG002 - nothing is left to read
        """Return its cases with their columns. Raise HistoryInvalid for a part that is not as it was written."""
        try:
            columns = Columns.read_parquet(self.folder)
            frame = pl.read_parquet(self.folder / _CASES)
        except (OSError, pl.exceptions.PolarsError, FactsInvalid) as error:
            raise HistoryInvalid(filled(_NOT_READ, folder=self.folder, why=error)) from None
        if frame.schema != _COLUMNS or len(columns) != frame.height or len(columns) != self.cases:
            raise HistoryInvalid(filled(_APART, folder=self.folder))
        found = zip(columns, frame.iter_rows(named=True), strict=True)
        return Worked([_case(facts, row) for facts, row in found], columns)


@dataclass(frozen=True, slots=True)
class SavedHistory:
    """A folder that `finish` closed."""

    folder: Path
    sizes: tuple[int, ...]

    @property
    def total(self) -> int:
        """How many cases it holds."""
        return sum(self.sizes)

    def batches(self) -> Generator[SavedBatch, None, None]:
        """Yield its parts in order."""
        for number, size in enumerate(self.sizes):
            yield SavedBatch(self.folder / f"{number:06}", size)


def opened(folder: Path) -> SavedHistory:
    """Return the history of a folder. Raise HistoryInvalid when it holds none."""
    try:
        said = json.loads((folder / MARK).read_text("utf-8"))
        sizes = tuple(map(int, said["parts"]))
    except (OSError, ValueError, KeyError, TypeError):
        raise HistoryInvalid(filled(_NONE, folder=folder)) from None
    if said.get("sidecue_history") != SCHEMA:
        raise HistoryInvalid(filled(_OTHER_VERSION, folder=folder))
    return SavedHistory(folder, sizes)


def begun(folder: Path) -> Path:
    """Return a new folder beside `folder` to write parts into. Raise HistoryInvalid when `folder` is something else."""
    folder = folder.resolve()
    _require_replaceable(folder)
    unfinished = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}")
    try:
        unfinished.mkdir(parents=True)
    except OSError as error:
        raise HistoryInvalid(filled(_NOT_WRITTEN, folder=folder, why=error.strerror)) from None
    return unfinished


def finish(unfinished: Path, folder: Path) -> int:
    """Put what was written in the place of `folder`, and return how many cases it holds.

    At no moment is there neither: an older history is moved aside, and deleted once the newer one is in its place.
    Raise HistoryInvalid, with everything as it was, when that cannot be.
    """
    sizes = [
        pl.scan_parquet(part / _CASES).select(pl.len()).collect().item()
        for part in sorted(unfinished.iterdir())
        if part.is_dir()
    ]
    (unfinished / MARK).write_text(json.dumps({"sidecue_history": SCHEMA, "parts": sizes}) + "\n", "utf-8")
    folder = folder.resolve()
    _require_replaceable(folder)
    older = unfinished.with_name(f"{unfinished.name}.older")
    try:
        if folder.exists():
            folder.rename(older)
        unfinished.rename(folder)
    except OSError as error:
        raise HistoryInvalid(filled(_NOT_PLACED, folder=folder, why=error.strerror)) from None
    finally:
        if older.exists() and not folder.exists():
            older.rename(folder)
    shutil.rmtree(older, ignore_errors=True)
    return sum(sizes)


def abandon(unfinished: Path) -> None:
    """Remove what was written of a history that did not come to its end."""
    shutil.rmtree(unfinished, ignore_errors=True)


def write_part(folder: Path, cases: Sequence[Case]) -> None:
    """Write one part."""
    Columns.of(case.facts for case in cases).write_parquet(folder)
    frame = pl.DataFrame(
        {
            "ticket": [texts.written(case.ticket) for case in cases],
            "language": [case.language for case in cases],
            "text_truncated": [case.text_truncated for case in cases],
            "is_whole": [case.is_whole for case in cases],
            "is_counted": [case.is_counted for case in cases],
            "acceptance": [json.dumps(dict(case.acceptance), sort_keys=True) for case in cases],
        },
        schema=_COLUMNS,
    )
    frame.write_parquet(folder / _CASES)


def _case(facts: Facts, row: dict[str, Any]) -> Case:
    return Case(
        ticket=texts.read(row["ticket"]),
        facts=facts,
        language="en" if row["language"] == "en" else "pt-BR",
        text_truncated=row["text_truncated"],
        acceptance={action: (accepted, shown) for action, (accepted, shown) in json.loads(row["acceptance"]).items()},
        is_counted=row["is_counted"],
        is_whole=row["is_whole"],
    )


def _require_replaceable(folder: Path) -> None:
    """Raise HistoryInvalid when a folder holds anything but a saved history: what is replaced is gone."""
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    if not _is_marked(folder):
        raise HistoryInvalid(filled(_TAKEN, folder=folder))
    for entry in sorted(folder.rglob("*")):
        inside = entry.relative_to(folder).as_posix()
        if entry.is_symlink() or not _OURS.fullmatch(inside):
            raise HistoryInvalid(filled(_BESIDES, folder=folder, inside=inside))


def _is_marked(folder: Path) -> bool:
    """Tell whether a folder says of itself that it is a saved history, of whatever version of Sidecue."""
    try:
        said = json.loads((folder / MARK).read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(said, dict) and "sidecue_history" in said
