"""`sidecue proactive`: success before the ticket."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import click

from plugin.cli.errors import UsageFault
from plugin.cli.opened import NONE_YET, Opened, no_tenant, opened
from plugin.cli.options import FORMAT, LANG, language
from plugin.cli.progress import progress
from plugin.clock import InstantInvalid, stated_instant, utc_now
from rules.text import Locale, Text, filled

if TYPE_CHECKING:
    from plugin.judges import Judges
    from plugin.store.tenants import Tenant

_WORDS: Final[dict[str, Text]] = {
    "customers": Text("clientes", "customers"),
    "turn": Text(
        "{tenant}  clientes {customers}  abertos {opened}  renovados {renewed}  sem motivo {gone}  à espera {waiting}",
        "{tenant}  customers {customers}  opened {opened}  renewed {renewed}  gone {gone}  waiting {waiting}",
    ),
    "taken": Text(
        "{tenant}  outro processo avalia os clientes dele agora; nada foi feito",
        "{tenant}  another process evaluates its customers right now; nothing was done",
    ),
    "invalid": Text(
        "  cliente {customer}: {why}; avaliado sem o que foi informado",
        "  customer {customer}: {why}; evaluated without what is stated",
    ),
    "as_of": Text(
        "--as-of {given!r} {why}; uma data como 2026-12-31 também serve",
        "--as-of {given!r} {why}; a date like 2026-12-31 will do as well",
    ),
}


@click.group()
def proactive() -> None:
    """Evaluate customers without a ticket: usage, renewals, onboarding, detractors, overdue contacts."""


@proactive.command()
@click.option("--tenant", "names", multiple=True, help="Only this tenant (may be given several times); else all.")
@click.option(
    "--as-of",
    help="Evaluate as if it were this date or instant, such as 2026-12-31; else now. The queues change all the same.",
)
@FORMAT
@LANG
def run(names: tuple[str, ...], as_of: str | None, form: str, lang: str | None) -> None:
    """Evaluate every customer now and bring the work queues up to date. `serve` does so by itself.

    Run twice it adds nothing the second time; work whose reason is gone is closed. Exit code 1: some customer's facts
    do not fit (they are named, and evaluated without), or another process evaluates a tenant right now.
    """
    from plugin.store import customers  # noqa: PLC0415 - the same

    locale = language(lang)
    now = _instant(as_of) if as_of is not None else utc_now()
    with opened() as here:
        found = _tenants(here, names)
        with here.store.read() as connection:
            total = sum(customers.count(connection, tenant.id) for tenant in found)
        judges = _judges(here) if found else None
        with progress(_WORDS["customers"].read(locale), total) as advance:
            told = [_turn(here, tenant, judges, now, advance, locale) for tenant in found if judges is not None]
    if form == "json":
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        _print(told, locale)
    if any(one["invalid"] or not one["evaluated"] for one in told):
        sys.exit(1)


def _judges(here: Opened) -> Judges:
    """Return what decides: the published rulebook, as in the server, else the files."""
    from plugin.judges import judges_of_files  # noqa: PLC0415 - as above
    from plugin.metrics import Metrics  # noqa: PLC0415 - the same
    from plugin.publish.books import Books  # noqa: PLC0415 - the same

    settings = here.settings
    return Books(here.store, settings.home, Metrics(), lambda: judges_of_files(settings.packs)).holder.judges()


def _turn(  # noqa: PLR0913, PLR0917 - a turn, and who is told of it
    here: Opened, tenant: Tenant, judges: Judges, now: datetime, advance: Callable[[int], None], locale: Locale
) -> dict[str, Any]:
    from plugin.proactive.evaluating import Tally, TurnLost, TurnTaken, evaluate  # noqa: PLC0415 - the same
    from plugin.services import process_name  # noqa: PLC0415 - the same

    evaluated, tally = True, Tally()
    try:
        tally = evaluate(
            here.store,
            tenant,
            judges,
            owner=process_name(),
            now=now,
            clock=utc_now,
            advance=advance,
        )
    except (TurnTaken, TurnLost):
        evaluated = False
    invalid = [{"customer": customer, "why": why.read(locale)} for customer, why in tally.invalid]
    return {"tenant": tenant.name, "evaluated": evaluated, **asdict(tally), "invalid": invalid}


def _tenants(here: Opened, names: tuple[str, ...]) -> list[Tenant]:
    from plugin.store import tenants  # noqa: PLC0415 - the same

    with here.store.read() as connection:
        known = {tenant.name: tenant for tenant in tenants.all(connection, here.vault, utc_now())}
    for name in names:
        if name not in known:
            raise UsageFault(no_tenant(name, known))
    return [known[name] for name in dict.fromkeys(names) or sorted(known)]


def _instant(given: str) -> datetime:
    try:
        return stated_instant(given, zone=UTC)
    except InstantInvalid as error:
        raise UsageFault(filled(_WORDS["as_of"], given=given, why=error.text)) from error


def _print(told: list[dict[str, Any]], locale: Locale) -> None:
    if not told:
        click.echo(NONE_YET.read(locale))
    for one in told:
        if not one["evaluated"]:
            click.echo(_WORDS["taken"].read(locale).format(**one), err=True)
            continue
        click.echo(_WORDS["turn"].read(locale).format(**one))
        for fault in one["invalid"]:
            click.echo(_WORDS["invalid"].read(locale).format(**fault), err=True)
