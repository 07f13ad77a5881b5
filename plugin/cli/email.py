"""`sidecue email`: mail out of a maildir, for servers that pipe nothing into programs."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from plugin.cli.errors import UsageFault
from plugin.cli.opened import Opened, opened
from plugin.cli.options import FORMAT, LANG, language
from plugin.cli.progress import progress
from rules.text import Locale, Text, filled

if TYPE_CHECKING:
    from plugin.ingest.maildir import Maildir
    from plugin.ingest.mails import Mailbox, Tally

MEDIA_TYPE: Final = "message/rfc822"
"""What a connector takes that reads mails."""
_LOOK_MS: Final = 5_000
"""How often `--watch` looks even when nothing told it to: not every file system tells."""
_PAUSE_SECONDS: Final = 5
_WORDS: Final[dict[str, Text]] = {
    "mails": Text("mensagens", "mails"),
    "summary": Text(
        "Mensagens: {mails}. Guardadas {kept}, já conhecidas {known}, automáticas {unused}{kinds}, a rever {faults}.",
        "Mails: {mails}. Kept {kept}, known already {known}, sent by machines {unused}{kinds}, to be seen to {faults}.",
    ),
    "unreadable": Text(
        "O que não pôde ser lido está guardado na caixa de entrada: veja com sidecue inbox list --state unreadable, "
        "descarte com sidecue inbox drop ID",
        "What could not be read is kept in the inbox: see it with sidecue inbox list --state unreadable, drop it with "
        "sidecue inbox drop ID",
    ),
    "watching": Text("Observando {path}; Ctrl-C encerra", "Watching {path}; Ctrl-C ends it"),
    "again": Text("{error}; nova tentativa em instantes", "{error}; trying again in a moment"),
    "no_mail": Text(
        "--tenant {name}: é do conector {connector}, que não lê e-mail. Crie um: "
        "sidecue tenants add NOME --connector email",
        "--tenant {name}: is of the connector {connector}, which reads no mail. Add one: "
        "sidecue tenants add NAME --connector email",
    ),
}


@click.group()
def email() -> None:
    """Take mail in."""


@email.command()
@click.argument("path", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--tenant", "name", required=True, help="Whose mail it is (sidecue tenants list).")
@click.option("--watch", is_flag=True, help="Go on with what arrives, until Ctrl-C.")
@FORMAT
@LANG
def maildir(path: Path, name: str, form: str, lang: str | None, *, watch: bool) -> None:
    """Take the mails in PATH/new into the inbox, where `serve` works on them.

    A mail is moved to PATH/cur once it is kept on disk, so whatever interrupts it, the same command goes on, and a mail
    that comes twice is one. What cannot be read is kept all the same, named with its file and the reason, and flagged
    (F) in cur. A mail that is too large is flagged too, and not kept; one that cannot be opened stays in new. In these
    cases the exit code is 1.

    Only new is looked at: for mails of the past move them there.
    """
    from plugin.ingest.maildir import Maildir  # noqa: PLC0415 - `email --help` needs no store

    locale = language(lang)
    with opened() as here:
        mailbox = _mailbox(here, Maildir(path), name)
        if watch:
            _watch(here, mailbox, form, locale)
            return
        tally = _round(here, mailbox, mailbox.maildir.waiting(), locale)
    _tell(tally, form, locale)
    sys.exit(1 if tally.faults else 0)


def _round(here: Opened, mailbox: Mailbox, files: list[Path], locale: Locale) -> Tally:
    from plugin.clock import utc_now  # noqa: PLC0415 - as above
    from plugin.ingest.mails import take  # noqa: PLC0415 - the same

    with progress(_WORDS["mails"].read(locale), len(files)) as advance:
        return take(here.store, mailbox, files, utc_now, advance)


def _watch(here: Opened, mailbox: Mailbox, form: str, locale: Locale) -> None:
    """Take in what is there and what arrives, until interrupted; what has to stay in `new/` is named once."""
    from watchfiles import watch  # noqa: PLC0415 - only for `--watch`

    from plugin.store.errors import StoreUnavailable  # noqa: PLC0415 - as above

    stuck: set[Path] = set()
    click.echo(_WORDS["watching"].read(locale).format(path=mailbox.maildir.path), err=True)
    try:
        # the first round, too, comes out of the watcher: what arrives while it runs is not missed
        for _ in watch(
            mailbox.maildir.new,
            recursive=False,
            rust_timeout=_LOOK_MS,
            yield_on_timeout=True,
            raise_interrupt=True,
        ):
            stuck.intersection_update(mailbox.maildir.waiting())
            files = [file for file in mailbox.maildir.waiting() if file not in stuck]
            try:
                tally = _round(here, mailbox, files, locale)
            except StoreUnavailable as error:
                click.echo(_WORDS["again"].read(locale).format(error=error), err=True)
                time.sleep(_PAUSE_SECONDS)
                continue
            stuck.update(fault.file for fault in tally.faults)
            if tally.mails:
                _tell(tally, form, locale)
    except KeyboardInterrupt:
        click.echo(err=True)


def _mailbox(here: Opened, found: Maildir, name: str) -> Mailbox:
    from connectors.registry import discover  # noqa: PLC0415 - as above
    from plugin.ingest.mails import Mailbox  # noqa: PLC0415 - the same

    tenant = here.tenant(name)
    loaded = discover()[tenant.connector]
    if MEDIA_TYPE not in loaded.manifest.media_types:
        raise UsageFault(filled(_WORDS["no_mail"], name=name, connector=tenant.connector))
    return Mailbox(found, tenant, loaded, here.settings.max_body_bytes)


def _tell(tally: Tally, form: str, locale: Locale) -> None:
    """Name what somebody has to look at, then count everything."""
    for fault in tally.faults:
        click.echo(f"{fault.file}: {fault.why.read(locale)}", err=True)
    if any(fault.kept for fault in tally.faults):
        click.echo(_WORDS["unreadable"].read(locale), err=True)
    if form == "json":
        told = {"mails": tally.mails, "kept": tally.kept, "known": tally.known, "unused": dict(tally.unused)}
        faults = [
            {"file": str(fault.file), "why": fault.why.read(locale), "kept": fault.kept} for fault in tally.faults
        ]
        click.echo(json.dumps({**told, "faults": faults}, ensure_ascii=False, indent=2))
        return
    kinds = ", ".join(f"{kind} {number}" for kind, number in sorted(tally.unused.items()))
    click.echo(
        _WORDS["summary"]
        .read(locale)
        .format(
            mails=tally.mails,
            kept=tally.kept,
            known=tally.known,
            unused=tally.unused.total(),
            kinds=f" ({kinds})" if kinds else "",
            faults=len(tally.faults),
        )
    )
