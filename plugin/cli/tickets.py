"""`sidecue tickets`: the past of a team, so that Sidecue can be tried before it is connected to anything."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from plugin.cli.errors import UsageFault
from plugin.cli.opened import Opened, opened
from plugin.cli.options import FORMAT, LANG, language
from plugin.cli.progress import progress
from rules.text import Locale, Text, filled

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from plugin.importing.taking import Tally
    from plugin.store.tenants import Tenant

_WORDS: Final[dict[str, Text]] = {
    "rows": Text("linhas", "rows"),
    "tickets": Text("chamados", "tickets"),
    "summary": Text(
        "{rows} linhas: {imported} importadas, {known} já conhecidas, {left} de chamados que o helpdesk informa, "
        "{refused} recusadas; {decided} chamados decididos",
        "{rows} rows: {imported} imported, {known} known already, {left} of tickets the helpdesk tells of, "
        "{refused} refused; {decided} tickets decided",
    ),
    "more": Text("e mais {number} linhas que não podem ser lidas", "and {number} more rows that cannot be read"),
    "unread": Text("Colunas que não são lidas: {named}", "Columns that are not read: {named}"),
    "near": Text("{name} (seria {near}?)", "{name} (did you mean {near}?)"),
    "interrupted": Text(
        "Interrompido: o que foi contado acima está guardado. Execute o mesmo comando de novo para continuar.",
        "Interrupted: what is counted above is kept. Run the same command again to go on.",
    ),
    "no_format": Text(
        "{file}: o nome não termina em {formats}; dê um nome que diga o que ele contém",
        "{file}: its name ends in none of {formats}; name it by what it holds",
    ),
    "not_read": Text(
        "{file}: {why}; informe um arquivo que possa ser lido", "{file}: {why}; name a file that may be read"
    ),
    "no_zone": Text(
        "--time-zone {given}: esse fuso não existe; escreva um como America/Sao_Paulo",
        "--time-zone {given}: there is no such zone; write one like America/Sao_Paulo",
    ),
}
_INTERRUPTED: Final = 128 + 2
"""Exit code as a shell has it for the signal INT."""
_WORTH_A_PROCESS: Final = 1_000
"""Tickets for which starting one more process pays."""


@click.group()
def tickets() -> None:
    """Bring in tickets of the past."""


@tickets.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE.csv|FILE.jsonl")
@click.option("--tenant", "name", required=True, help="Whose tickets they are (sidecue tenants list).")
@click.option("--decide", is_flag=True, help="Decide each ticket as of its last message, for `rules backtest`.")
@click.option("--time-zone", "zone", metavar="ZONE", help="Zone of times that name none, like America/Sao_Paulo.")
@click.option("--jobs", type=click.IntRange(min=1), metavar="N", help="Processes that decide. Not given: one per core.")
@FORMAT
@LANG
def import_(  # noqa: PLR0913, PLR0917 - one parameter per option
    file: Path, name: str, zone: str | None, jobs: int | None, form: str, lang: str | None, *, decide: bool
) -> None:
    """Import tickets of the past: a CSV file (separated by comma, semicolon or tab) or JSON objects, one a line.

    A row is one ticket or one message of a ticket. Columns may be named in English or in Portuguese; ticket, sent_at
    and text are required. What a row says holds from its sent_at on.

    \b
    ticket      chamado      the ticket's id in the helpdesk
    sent_at     enviado_em   when it was written: 2026-03-10T12:00:00Z
    text        texto        what was written; HTML becomes text
    subject     assunto      the ticket's subject
    message     mensagem     the message's id
    author      autor        customer (default), agent or system;
                             cliente, atendente, sistema
    public      pública      no (não) for an internal note
    priority    prioridade   low, normal, high, urgent;
                             baixa, normal, alta, urgente
    channel     canal        email, chat, phone, web, social, survey,
                             messaging, api, store; telefone,
                             redes sociais, pesquisa, mensagens, loja
    language    idioma       pt-BR or en
    product     produto      the product it is about
    tags        etiquetas    separated by commas
    group       equipe       the group in charge
    csat        nota         satisfaction, 1 to 5
    requester   solicitante  the customer's id in the helpdesk
    name        nome         the customer's name
    email       e-mail       the customer's e-mail
    phone       telefone     the customer's phone
    opened_at   aberto_em    when the ticket was opened

    Other columns are named and left alone; a status is not read, because an export says how a ticket ended, not how it
    stood at each message. A row that cannot be read is named with its line; all others are still kept, and the exit
    code is then 1. Doing it twice changes nothing, and after an interruption the same command goes on.

    What is imported is over: no note is written, no work is opened, and no sidebar shows it as a recommendation.
    A ticket that the helpdesk itself tells of is left as it is.
    """  # noqa: D301 - click reads the mark \b, it is no escape of ours
    from plugin.clock import utc_now  # noqa: PLC0415 - `tickets --help` needs no store
    from plugin.importing.rows import FORMATS, Clock, batches  # noqa: PLC0415 - the same
    from plugin.importing.taking import Tally, take  # noqa: PLC0415 - the same

    locale = language(lang)
    if file.suffix.lower() not in FORMATS:
        raise UsageFault(filled(_WORDS["no_format"], file=file, formats=", ".join(FORMATS)))
    clock = Clock(utc_now(), _zone(zone))
    tally = Tally()
    decided = 0
    with opened() as here:
        tenant = here.tenant(name)
        try:
            with progress(_WORDS["rows"].read(locale), file.stat().st_size) as advance:
                take(here.store, tenant.id, batches(file, clock), tally, advance)
            if decide:
                decided = _decided(here, tenant, jobs, locale)
        except OSError as error:
            raise UsageFault(filled(_WORDS["not_read"], file=file, why=error.strerror)) from error
        except KeyboardInterrupt:
            _tell(file, tally, locale)
            click.echo(_WORDS["interrupted"].read(locale), err=True)
            raise SystemExit(_INTERRUPTED) from None
    _tell(file, tally, locale)
    told: dict[str, Any] = {
        "rows": tally.rows,
        "imported": tally.new,
        "known": tally.known,
        "left": tally.left,
        "refused": tally.refused,
        "decided": decided,
    }
    click.echo(json.dumps(told, indent=2) if form == "json" else _WORDS["summary"].read(locale).format(**told))
    sys.exit(1 if tally.refused else 0)


def _tell(file: Path, tally: Tally, locale: Locale) -> None:
    """Name the first rows that were refused, and the columns that nobody reads."""
    from plugin.importing.columns import nearest  # noqa: PLC0415 - as above

    for fault in tally.faults:
        click.echo(f"{file}:{fault.line}: {fault.what.read(locale)}", err=True)
    if tally.refused > len(tally.faults):
        click.echo(_WORDS["more"].read(locale).format(number=tally.refused - len(tally.faults)), err=True)
    if tally.unread:
        named = ", ".join(_meant(name, nearest(name), locale) for name in tally.unread)
        click.echo(_WORDS["unread"].read(locale).format(named=named), err=True)


def _meant(name: str, near: str | None, locale: Locale) -> str:
    return repr(name) if near is None else _WORDS["near"].read(locale).format(name=repr(name), near=repr(near))


def _decided(here: Opened, tenant: Tenant, jobs: int | None, locale: Locale) -> int:
    from plugin.importing import deciding  # noqa: PLC0415 - as above
    from plugin.judges import judges_of_files  # noqa: PLC0415 - the same
    from plugin.metrics import Metrics  # noqa: PLC0415 - the same
    from plugin.parallel import cores  # noqa: PLC0415 - the same
    from plugin.publish.books import Books  # noqa: PLC0415 - the same
    from plugin.store import imported  # noqa: PLC0415 - the same

    with here.store.read() as connection:
        waiting = imported.waiting(connection, tenant.id)
    if not waiting:
        return 0
    settings = here.settings
    judges = Books(here.store, settings.home, Metrics(), lambda: judges_of_files(settings.packs)).holder.judges()
    desk = deciding.Desk(here.store.url, tenant.id, tenant.regulated, judges.rulebook, judges.version)
    workers = jobs or min(cores(), 1 + waiting // _WORTH_A_PROCESS)
    with progress(_WORDS["tickets"].read(locale), waiting) as advance:
        return deciding.decide(here.store, desk, workers=workers, advance=advance)


def _zone(given: str | None) -> ZoneInfo | None:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # noqa: PLC0415 - as above

    if given is None:
        return None
    try:
        return ZoneInfo(given)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UsageFault(filled(_WORDS["no_zone"], given=given)) from None
