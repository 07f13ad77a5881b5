"""`sidecue classify`: a file of tickets in, a file of decisions out. Streams: memory does not grow with the file."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, Self

import click

from plugin.cli.errors import RunFault, UsageFault
from plugin.cli.options import LANG, language
from plugin.clock import InstantInvalid, stated_instant, utc_now
from rules.text import Locale, Text, filled

if TYPE_CHECKING:
    from plugin.cli.batches import Answered, Complaint

_DASH: Final = "-"
_STDIN: Final = 0
_WORTH_A_PROCESS: Final = 1024 * 1024
"""Bytes of a file for which starting one more process pays."""
_SHOWN: Final = 10
"""Most broken rows that are named on the screen; the answers name them all."""
_INTERRUPTED: Final = 128 + 2
_PIPE_CLOSED: Final = 128 + 13
"""Exit codes as a shell has them for the signals INT and PIPE."""

_WORDS: Final[dict[str, Text]] = {
    "input": Text("entrada padrão", "standard input"),
    "output": Text("a saída padrão", "the standard output"),
    "progress": Text("{task.fields[rows]} linhas", "{task.fields[rows]} rows"),
    "summary": Text(
        "{rows} linhas: {decided} decididas, {refused} com erro",
        "{rows} rows: {decided} decided, {refused} with an error",
    ),
    "more": Text(
        "e mais {number}; cada uma tem um 'error' entre as respostas",
        "and {number} more; each has an 'error' among the answers",
    ),
    "interrupted": Text(
        "Interrompido: as linhas depois destas ficam sem resposta.", "Interrupted: the rows after these have no answer."
    ),
    "closed": Text(
        "a entrada padrão está fechada; informe um arquivo, ou redirecione um para ela",
        "the standard input is closed; give a file, or redirect one into it",
    ),
    "broken": Text(
        "um processo terminou sozinho após {rows} linhas, em geral por falta de memória; tente de novo com --jobs 1",
        "a process ended by itself after {rows} rows, as a rule for want of memory; try again with --jobs 1",
    ),
    "no_room": Text(
        "{place}: {why}; cerca de {rows} linhas foram gravadas, a última talvez em parte. "
        "Libere espaço ou indique outro lugar, e execute de novo",
        "{place}: {why}; about {rows} rows are written, the last of them perhaps in part. "
        "Make room or name another place, and run it again",
    ),
    "now": Text("--now {text!r} {why}", "--now {text!r} {why}"),
    "same": Text(
        "--out indica o arquivo que é lido, que se perderia; indique outro",
        "--out names the file that is read, which would be lost; name another one",
    ),
    "not_read": Text(
        "{file}: {why}; informe um arquivo que possa ser lido", "{file}: {why}; name a file that may be read"
    ),
    "not_written": Text(
        "--out {out}: {why}; indique um arquivo em pasta que exista",
        "--out {out}: {why}; name a file in a folder that exists",
    ),
}


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
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="Processes at work. Not given: one per core for a long file, one for the standard input.",
)
@LANG
def classify(  # noqa: PLR0913, PLR0917 - one parameter per option
    file: str, out: str | None, packs: tuple[Path, ...], now: str | None, jobs: int | None, lang: str | None
) -> None:
    """Decide every ticket of FILE.jsonl (- for the standard input), one JSON object a line.

    \b
    {"id": "1", "text": "…", "subject": "…", "lang": "pt-BR",
     "customer": {"tier": "key", "days_to_renewal": 41}, "ticket": {"channel": "email"},
     "subscriptions": [{"product": "crm", "status": "active"}]}

    Only id and text are required. The keys of customer and ticket are the vocabulary's names without their prefix;
    customer also takes the dates renewal_on, customer_since, last_login_on and nps_answered_on. null is "not known".
    Other columns are left alone.

    The answers come in the order of the rows. A row that cannot be decided becomes {"id", "line", "error"}; all others
    are still done, and the exit code is then 1.
    """  # noqa: D301 - click reads the mark \b, it is no escape of ours
    locale = language(lang)
    clock = _clock(now)
    if file == _DASH and sys.stdin is None:
        raise UsageFault(_WORDS["closed"])
    _spare_the_input(file, out)
    # Late: engine, lexicons and YAML take longer to import than --help may take.
    from plugin.cli.batches import answers, batches  # noqa: PLC0415 - see above
    from plugin.cli.rules.scope import tenant_packs  # noqa: PLC0415 - see above
    from rules.loader import load  # noqa: PLC0415 - see above

    tenant = tenant_packs(os.environ)
    rulebook = load(overlays=packs or ((tenant,) if tenant is not None else ()))
    tally = _Tally(file, locale)
    with (
        _source(file) as source,
        _stopping(tally, out),
        _Interrupts() as interrupts,
        _sink(out) as sink,
        _progress(file, out, locale) as advance,
        contextlib.closing(answers(rulebook, clock, batches(source), workers=jobs or _workers(file))) as results,
    ):
        for result in results:
            with interrupts.held_back():
                _write(sink, result.text)
                if file == _DASH:  # somebody may be waiting at the other end of a pipe
                    sink.flush()
                tally.add(result)
            advance(result.size, tally.rows)
        sink.flush()
    tally.tell()
    raise SystemExit(1 if tally.refused else 0)


class _Tally:
    """What became of the rows. Keeps the first complaints only, so that it does not grow."""

    def __init__(self, file: str, locale: Locale) -> None:
        self.locale = locale
        self.decided = 0
        self.refused = 0
        self._file = _WORDS["input"].read(locale) if file == _DASH else file
        self._complaints: list[Complaint] = []

    @property
    def rows(self) -> int:
        return self.decided + self.refused

    def add(self, result: Answered) -> None:
        """Count one batch."""
        self.decided += result.decided
        self.refused += len(result.complaints)
        self._complaints += result.complaints[: _SHOWN - len(self._complaints)]

    def tell(self) -> None:
        """Name the first broken rows, and say how many rows there were."""
        for line, what in self._complaints:
            click.echo(f"{self._file}:{line}: {what.read(self.locale)}", err=True)
        if self.refused > _SHOWN:
            self.say("more", number=self.refused - _SHOWN)
        self.say("summary", rows=self.rows, decided=self.decided, refused=self.refused)

    def say(self, what: str, **slots: int) -> None:
        """Print one of _WORDS beside the answers."""
        click.echo(_WORDS[what].read(self.locale).format(**slots), err=True)


def _write(sink: BinaryIO, text: bytes) -> None:
    """Write all of it: a write into a pipe that a signal meets returns early, whatever the buffer."""
    left = memoryview(text)
    while left:
        left = left[sink.write(left) :]


class _Interrupts:
    """Lets an interrupt wait until what is being written stands there whole; a second one does not wait."""

    def __init__(self) -> None:
        self._writing = False
        self._waiting = False

    def __enter__(self) -> Self:
        self._before = signal.signal(signal.SIGINT, self._interrupted)
        return self

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGINT, self._before)

    def _interrupted(self, _number: int, _frame: object) -> None:
        if not self._writing or self._waiting:
            raise KeyboardInterrupt
        self._waiting = True

    @contextlib.contextmanager
    def held_back(self) -> Iterator[None]:
        """Raise KeyboardInterrupt at the end, not before, when one comes."""
        self._writing = True
        yield
        self._writing = False
        if self._waiting:
            raise KeyboardInterrupt


@contextlib.contextmanager
def _stopping(tally: _Tally, out: str | None) -> Iterator[None]:
    """End in one line when somebody interrupts, when nobody reads on, or when there is no more room."""
    from concurrent.futures.process import BrokenProcessPool  # noqa: PLC0415 - only when something is at work

    try:
        yield
    except KeyboardInterrupt:
        tally.tell()
        tally.say("interrupted")
        raise SystemExit(_INTERRUPTED) from None
    except BrokenPipeError:
        # Whoever read the answers has enough; what is still held back must not be tried again at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(_PIPE_CLOSED) from None
    except BrokenProcessPool:
        raise RunFault(filled(_WORDS["broken"], rows=tally.rows)) from None
    except OSError as error:
        place = _WORDS["output"] if out in {None, _DASH} else f"--out {out}"
        raise RunFault(filled(_WORDS["no_room"], place=place, why=error.strerror, rows=tally.rows)) from error


def _workers(file: str) -> int:
    """Return how many processes a file is worth."""
    from plugin.parallel import cores  # noqa: PLC0415 - only here

    return 1 if file == _DASH else min(cores(), 1 + Path(file).stat().st_size // _WORTH_A_PROCESS)


def _clock(text: str | None) -> datetime:
    if text is None:
        return utc_now()
    try:
        return stated_instant(text)
    except InstantInvalid as error:
        raise UsageFault(filled(_WORDS["now"], text=text, why=error.text)) from error


def _spare_the_input(file: str, out: str | None) -> None:
    """Raise UsageFault when the answers would overwrite the rows, also those that a shell redirects into us."""
    if out in {None, _DASH} or not Path(out).is_file():
        return
    read = os.fstat(_STDIN) if file == _DASH else Path(file).stat()
    if os.path.samestat(read, Path(out).stat()):
        raise UsageFault(_WORDS["same"])


@contextlib.contextmanager
def _source(file: str) -> Iterator[BinaryIO]:
    if file == _DASH:
        yield sys.stdin.buffer
        return
    with contextlib.ExitStack() as stack:
        try:
            source = stack.enter_context(Path(file).open("rb"))
        except OSError as error:
            raise UsageFault(filled(_WORDS["not_read"], file=file, why=error.strerror)) from error
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
                raise UsageFault(filled(_WORDS["not_written"], out=out, why=error.strerror)) from error
            yield sink


@contextlib.contextmanager
def _progress(file: str, out: str | None, locale: Locale) -> Iterator[Callable[[int, int], None]]:
    """Yield what takes note of the bytes and the rows so far: a bar when somebody watches and nothing is in its way."""
    if not sys.stderr.isatty() or (out in {None, _DASH} and sys.stdout.isatty()):
        yield lambda _size, _rows: None
        return
    from rich import progress  # noqa: PLC0415 - only for somebody who watches
    from rich.console import Console  # noqa: PLC0415 - as above

    total = None if file == _DASH else Path(file).stat().st_size
    with progress.Progress(
        progress.BarColumn(),
        progress.TaskProgressColumn(),
        progress.TextColumn(_WORDS["progress"].read(locale)),
        progress.TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    ) as bar:
        task = bar.add_task("classify", total=total, rows=0)
        yield lambda size, rows: bar.update(task, advance=size, rows=rows)
