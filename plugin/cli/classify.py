"""`sidecue classify`: a file of tickets in, a file of decisions out. Streams: memory does not grow with the file."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

import click

from plugin.cli.errors import UsageFault

if TYPE_CHECKING:
    from plugin.cli.answers import RowJudge

MAX_LINE_BYTES: Final = 4 * 1024 * 1024
_DASH: Final = "-"
_BOM: Final = b"\xef\xbb\xbf"


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True), metavar="FILE.jsonl")
@click.option(
    "--out", type=click.Path(dir_okay=False, allow_dash=True), metavar="F", help="Where to write the answers."
)
@click.option(
    "--packs",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    multiple=True,
    metavar="DIR",
    help="Folder of rule packs laid over the shipped ones; repeat for more. "
    "Not given: SIDECUE_PACKS, else the folder `packs` in SIDECUE_HOME.",
)
@click.option("--now", metavar="ISO", help="The clock of the whole run, like 2026-03-10T12:00:00Z. Not given: now.")
def classify(file: str, out: str | None, packs: tuple[Path, ...], now: str | None) -> None:
    """Decide every ticket of FILE.jsonl (- for the standard input), one JSON object a line.

    \b
    {"id": "1", "text": "…", "subject": "…", "lang": "pt-BR",
     "customer": {"tier": "key", "days_to_renewal": 41}, "ticket": {"channel": "email"},
     "subscriptions": [{"product": "crm", "status": "active"}]}

    Only id and text are required. The keys of customer and ticket are the vocabulary's names without their prefix;
    customer also takes the dates renewal_on, customer_since, last_login_on, nps_answered_on, last_contact_on,
    next_touch_on, onboarding_progress_on, trial_ends_on and cancelled_on. null is "not known". Other columns are left
    alone.

    The answers come in the order of the rows. A row that cannot be decided becomes {"id", "line", "error"}; all others
    are still done, and the exit code is then 1.
    """  # noqa: D301 - click reads the mark \b, it is no escape of ours
    clock = _clock(now)
    _spare_the_input(file, out)
    # Late: engine, lexicons and YAML take longer to import than --help may take.
    from plugin.cli.answers import RowJudge  # noqa: PLC0415 - see above
    from plugin.cli.rules.scope import tenant_packs  # noqa: PLC0415 - see above
    from rules.loader import load  # noqa: PLC0415 - see above

    tenant = tenant_packs(os.environ)
    judge = RowJudge.of(load(overlays=packs or ((tenant,) if tenant is not None else ())), clock)
    try:
        with _source(file) as source, _sink(out) as sink, _progress(file, out) as advance:
            decided, refused = _answer_all(source, sink, judge, advance, flush=file == _DASH)
    finally:
        judge.close()
    click.echo(f"{decided + refused} rows: {decided} decided, {refused} with an error", err=True)
    raise SystemExit(1 if refused else 0)


def _answer_all(
    source: BinaryIO, sink: BinaryIO, judge: RowJudge, advance: Callable[[int], None], *, flush: bool
) -> tuple[int, int]:
    """Answer every row; return how many were decided and how many were refused."""
    from plugin.cli.answers import encode, refusal  # noqa: PLC0415 - as above
    from plugin.ticket_rows import RowInvalid  # noqa: PLC0415 - as above

    decided = refused = 0
    for number, line, size in _lines(source):
        advance(size)
        if not line.strip():
            continue
        try:
            if len(line) > MAX_LINE_BYTES:
                raise RowInvalid(f"the line is longer than {MAX_LINE_BYTES} bytes; shorten its text")  # noqa: TRY301 - one of the row's faults like any other
            answer = judge.answer(line)
        except RowInvalid as error:
            answer = refusal(number, error)
            refused += 1
        else:
            decided += 1
        sink.write(encode(answer))
        if flush:  # somebody may be waiting at the other end of a pipe
            sink.flush()
    sink.flush()
    return decided, refused


def _lines(source: BinaryIO) -> Iterator[tuple[int, bytes, int]]:
    """Yield (number, line without its end, size in bytes). A line that is too long comes cut, still too long."""
    number = 0
    while line := source.readline(MAX_LINE_BYTES + 1):
        number += 1
        size = len(line)
        if size > MAX_LINE_BYTES and not line.endswith(b"\n"):
            while rest := source.readline(65_536):  # skipped, never kept: the memory stays flat
                size += len(rest)
                if rest.endswith(b"\n"):
                    break
        else:
            line = line.removesuffix(b"\n")
        yield number, line.removeprefix(_BOM) if number == 1 else line, size


def _clock(text: str | None) -> datetime:
    if text is None:
        return datetime.now(UTC)
    try:
        clock = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageFault(f"--now {text!r} is no instant; write one like 2026-03-10T12:00:00Z") from error
    if clock.tzinfo is None:
        raise UsageFault(f"--now {text!r} has no time zone; end it with Z for UTC")
    return clock.astimezone(UTC)


def _spare_the_input(file: str, out: str | None) -> None:
    """Raise UsageFault when the answers would overwrite the rows."""
    if _DASH not in (file, out) and out is not None and Path(out).is_file() and Path(out).samefile(file):
        raise UsageFault("--out names the file that is read, which would be lost; name another one")


@contextlib.contextmanager
def _source(file: str) -> Iterator[BinaryIO]:
    if file == _DASH:
        yield sys.stdin.buffer
    else:
        with Path(file).open("rb") as source:
            yield source


@contextlib.contextmanager
def _sink(out: str | None) -> Iterator[BinaryIO]:
    if out is None or out == _DASH:
        yield sys.stdout.buffer
    else:
        with contextlib.ExitStack() as stack:
            try:
                sink = stack.enter_context(Path(out).open("wb"))
            except OSError as error:
                raise UsageFault(f"--out {out}: {error.strerror}; name a file in a folder that exists") from error
            yield sink


@contextlib.contextmanager
def _progress(file: str, out: str | None) -> Iterator[Callable[[int], None]]:
    """Yield what takes note of the bytes read: it draws a bar when somebody watches and nothing is in its way."""
    if not sys.stderr.isatty() or (out in {None, _DASH} and sys.stdout.isatty()):
        yield lambda _size: None
        return
    from rich.console import Console  # noqa: PLC0415 - only for somebody who watches
    from rich.progress import Progress  # noqa: PLC0415 - as above

    total = None if file == _DASH else Path(file).stat().st_size
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("classify", total=total)
        yield lambda size: progress.advance(task, size)
