"""`sidecue rules backtest`: what another rulebook would have decided about the tickets of the past."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import click

from plugin.backtest import running, summary
from plugin.backtest.batches import HistoryInvalid
from plugin.backtest.books import BookUnknown, NamedBook, Shelf
from plugin.backtest.document import as_document
from plugin.backtest.sources import FileHistory, History, StoreHistory
from plugin.cli.errors import UsageFault
from plugin.cli.opened import Opened, opened
from plugin.cli.options import FORMAT, LANG, language
from plugin.cli.rules.labelled import NO_FOLDER
from plugin.cli.rules.options import print_json, print_lines, read_files, rulebook_of
from plugin.cli.rules.scope import scope
from plugin.clock import InstantInvalid, stated_instant, utc_now
from plugin.parallel import cores
from plugin.store.history import Period
from rules.backtest import Budget, BudgetInvalid, Comparison, judge, parse_budget, reads
from rules.text import Locale, Text, filled

if TYPE_CHECKING:
    from rules.rulebook import Rulebook

_OF_THE_STORE: Final = Text(
    "--tenant, --since e --until escolhem decisões do banco de dados; --history indica outras: use só uma das formas",
    "--tenant, --since and --until choose decisions of the store; --history names others: use one of the two",
)
_NO_INSTANT: Final = Text(
    "{option} {text!r} {why}; um dia como 2026-03-01 também serve",
    "{option} {text!r} {why}; a day like 2026-03-01 will do as well",
)
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class Chosen(NamedTuple):
    """Which decisions of the store are meant, as the options say it."""

    tenant: str | None
    since: str | None
    until: str | None


@click.command("backtest")
@click.option("--from", "old", metavar="A", help="Rules of before. Not given: the published ones, else the files.")
@click.option("--to", "new", metavar="B", help="Rules of after. Not given: the shipped packs and the tenant's folder.")
@click.option(
    "--history",
    "source",
    type=click.Path(exists=True, path_type=Path),
    metavar="FILE|DIR",
    help="Decisions to replay: JSONL, or a folder that --save-history wrote. Not given: those in the store.",
)
@click.option("--tenant", metavar="T", help="Only decisions of this tenant.")
@click.option("--since", metavar="D", help="Only decisions from this day or instant on, like 2026-03-01 (UTC).")
@click.option("--until", metavar="D", help="Only decisions until this day, which counts, or before this instant.")
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE.html", help="Write a report.")
@click.option(
    "--save-history",
    "save",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Keep the history as columns, for --history of the next run.",
)
@click.option("--budget", "limits", multiple=True, metavar="M=N", help="Exit 1 when more changes; repeatable.")
@click.option(
    "--workers", type=click.IntRange(1, 256), metavar="N", help="How many processes. Not given: one for each core."
)
@FORMAT
@LANG
def backtest(  # noqa: PLR0913 - the options of the command
    *,
    old: str | None,
    new: str | None,
    source: Path | None,
    tenant: str | None,
    since: str | None,
    until: str | None,
    report: Path | None,
    save: Path | None,
    limits: tuple[str, ...],
    workers: int | None,
    form: str,
    lang: str | None,
) -> None:
    """Replay the decisions of the past with other rules, and say what comes out otherwise.

    A and B are each a folder of packs, or what was published: `published`, a version like @3, or the start of a
    rulebook's digest. A folder takes the place of the shipped packs it holds; inside the tenant's folder it is laid
    over them.

    Every ticket counts once, with its last decision of the period, and is decided with the facts, the clock and the
    acceptance counts of then; nothing that was learned later is used. Where A and B read texts differently, both read
    what the customer had written by then.

    \b
    A line of a JSONL history is one of
      {"id": ticket, "decision": {…}}   a stored decision, in its canonical form
      {"id": …, "text": …, …}           a row as for `classify`; its clock is "taken_at", else now

    \b
    A budget limits tickets (a count, or a share of all tickets):
      changed primary collaborators triage confidence derived task held wording trace
    or recommendations (a count, or a share of those shown before):
      added removed reranked guardrail.released guardrail.caught
    as in --budget changed=2% --budget guardrail.released=0

    JSON: {"schema", "ok", "from", "to", "history", "budgets", "measures", "functions", "moved", "totals", "rules",
    "never_fired", "never_shown", "actions", "guardrails", "changed": [{"ticket", "taken_at", "aspects", "before",
    "after", "added", "removed", "reranked", "because"}]}. Exit 1 when a budget is not kept.
    """  # noqa: D301 - click reads the mark \b, it is no escape of ours
    locale = language(lang)
    budgets = [_budget(limit) for limit in limits]
    if source is not None and (tenant or since or until):
        raise UsageFault(_OF_THE_STORE)
    if report is not None and not report.parent.is_dir():
        raise UsageFault(filled(NO_FOLDER, folder=report.parent), option="--report")
    with ExitStack() as stack:
        store = _once(stack)
        shelf = Shelf(lambda folder: _files(folder, form, locale), lambda: (store().settings, store().store))
        try:
            before = shelf.book(old) if old is not None else shelf.in_force()
            after = shelf.book(new)
            history = _history(source, store, Chosen(tenant, since, until), (before, after))
        except (BookUnknown, HistoryInvalid) as error:
            raise UsageFault(error.text) from error
        comparison = _run(before, after, history, workers or cores(), save)
    verdicts = [judge(comparison, budget) for budget in budgets]
    if report is not None:
        from plugin.backtest.report import written  # noqa: PLC0415 - Jinja, only for those who want a report

        report.write_text(written(comparison, before, after, verdicts, locale), "utf-8")
    if form == "json":
        print_json(as_document(comparison, before, after, verdicts, locale))
    else:
        print_lines(summary.lines(comparison, before, after, verdicts, locale))
        if report is not None:
            click.echo(summary.said("report", locale, path=report))
    raise SystemExit(0 if all(verdict.is_kept for verdict in verdicts) else 1)


def _run(before: NamedBook, after: NamedBook, history: History, workers: int, save: Path | None) -> Comparison:
    """Work the history, with a progress bar when somebody watches, and put what is saved in its place at the end."""
    books = (before.rulebook, after.rulebook)
    if save is None:
        with _progress(history) as advance:
            return running.run(*books, history, workers=workers, advance=advance)
    from plugin.backtest import saved  # noqa: PLC0415 - Polars is slow to import, and most runs save nothing

    try:
        unfinished = saved.begun(save)
    except HistoryInvalid as error:
        raise UsageFault(error.text) from error
    try:
        with _progress(history) as advance:
            comparison = running.run(*books, history, workers=workers, save=unfinished, advance=advance)
        saved.finish(unfinished, save)
    finally:
        saved.abandon(unfinished)
    return comparison


def _history(
    source: Path | None, store: Callable[[], Opened], chosen: Chosen, books: tuple[NamedBook, NamedBook]
) -> History:
    """Return the decisions to replay. Raise HistoryInvalid or UsageFault."""
    if source is None:
        before, after = books
        return StoreHistory(store().store, _period(store(), chosen), reads(before.rulebook) != reads(after.rulebook))
    if source.is_dir():
        from plugin.backtest import saved  # noqa: PLC0415 - Polars is slow to import, and JSONL needs none

        return saved.opened(source)
    return FileHistory(source, utc_now())


def _period(store: Opened, chosen: Chosen) -> Period:
    tenant_id = None
    if chosen.tenant is not None:
        from plugin.store import tenants  # noqa: PLC0415 - only where a tenant is named

        with store.store.read() as connection:
            found = tenants.by_name(connection, store.vault, chosen.tenant, utc_now())
        if found is None:
            raise UsageFault(filled(tenants.NO_TENANT, name=chosen.tenant))
        tenant_id = found.id
    since = _instant(chosen.since, "--since") if chosen.since is not None else None
    until = _instant(chosen.until, "--until", ends=True) if chosen.until is not None else None
    return Period(tenant_id, since, until)


def _instant(text: str, option: str, *, ends: bool = False) -> datetime:
    """Return the instant of a day's beginning (its end, with `ends`), or the instant itself."""
    is_day = _DAY.fullmatch(text) is not None
    try:
        instant = stated_instant(text, zone=UTC if is_day else None)
    except InstantInvalid as error:
        raise UsageFault(filled(_NO_INSTANT, option=option, text=text, why=error.text)) from error
    return instant + timedelta(days=ends and is_day)


def _files(folder: Path | None, form: str, locale: Locale) -> Rulebook:
    """Return the rulebook of a folder, or of the working files; without one, end the command with the findings."""
    if folder is not None:
        from plugin.publish.folders import is_export, layers_of  # noqa: PLC0415 - only for folders
        from rules.loader import load  # noqa: PLC0415 - the same

        if is_export(folder):
            layers = layers_of(folder)
            return load([layers.base], overlays=layers.overlays)
    return rulebook_of(read_files(scope((folder,) if folder is not None else ()), form, locale))


def _once(stack: ExitStack) -> Callable[[], Opened]:
    """Return what opens the store when it is first asked for: many backtests need none."""
    return cache(lambda: stack.enter_context(opened()))


def _budget(text: str) -> Budget:
    try:
        return parse_budget(text)
    except BudgetInvalid as error:
        raise UsageFault(error.text, option="--budget") from error


@contextmanager
def _progress(history: History) -> Iterator[Callable[[int], None]]:
    """Yield what takes note of the cases that are done: it draws a bar when somebody watches."""
    if not sys.stderr.isatty():
        yield lambda _cases: None
        return
    from rich.console import Console  # noqa: PLC0415 - only for somebody who watches
    from rich.progress import Progress  # noqa: PLC0415 - as above

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("backtest", total=history.total)
        yield lambda cases: progress.advance(task, cases)
