"""`sidecue rules history`: what was published, by whom and why; whether it is whole; and a version as files."""

from __future__ import annotations

import json
from pathlib import Path

import click

from plugin.cli.errors import UsageFault
from plugin.cli.opened import Opened, opened
from plugin.cli.options import FORMAT, LANG, language
from plugin.cli.rules import publish_words as words
from plugin.cli.rules.options import print_json, print_lines
from plugin.publish import PUBLISHED, find, verify
from plugin.publish.archive import files_layers
from plugin.publish.folders import export as write_files
from plugin.publish.publishing import differs
from plugin.publish.reading import files_of
from plugin.store import rulebooks
from plugin.store.rulebooks import Version
from rules.text import Locale


@click.command("history")
@click.option("--show", metavar="VERSION", help="One version whole: its number, or the start of its rulebook digest.")
@click.option(
    "--export",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Write the files of --show (else of the version in force) to DIR, for Git and for `rules publish DIR`.",
)
@click.option("--verify", "verifies", is_flag=True, help="Hold every stored byte against the chain of hashes.")
@FORMAT
@LANG
def history(show: str | None, export: Path | None, verifies: bool, form: str, lang: str | None) -> None:  # noqa: FBT001 - an option
    """List what was published: number, when, rules, who, why; the newest is in force.

    JSON: {"ok": true, "in_force": n or null, "files_differ": bool (the files on disk are others), "versions": [as of
    `publish`]}. With --show the version with its "certificate"; with --export also "folder" and "exported" (how many
    files). With --verify {"ok": bool, "versions": n, "broken": {"version", "part", "problem"} or null, "reread": [n],
    "proved_otherwise": [n]}, the last two the versions that another Sidecue published and this one reads otherwise, and
    those whose certificate is of other properties, or by another solver, than this Sidecue's. Exit 1 when it is broken.
    """
    if verifies and (show or export):
        raise UsageFault(words.WORDS["verify_alone"])
    locale = language(lang)
    with opened() as here:
        if verifies:
            _verify(here, form, locale)
        elif export is not None:
            _export(here, find(here.store, show or PUBLISHED), export, form, locale)
        elif show is not None:
            _show(find(here.store, show), form, locale)
        else:
            _list(here, form, locale)


def _list(here: Opened, form: str, locale: Locale) -> None:
    with here.store.read() as connection:
        versions = rulebooks.all(connection)
    newest = versions[-1] if versions else None
    differ = newest is not None and differs(newest, files_layers(here.settings.packs))
    if form == "json":
        listed = [words.version_json(version) for version in versions]
        number = newest.number if newest is not None else None
        print_json({"ok": True, "in_force": number, "files_differ": differ, "versions": listed})
        return
    print_lines(words.version_line(one, locale, in_force=one is newest) for one in reversed(versions))
    if newest is None:
        click.echo(words.word("empty", locale))
    if differ:
        click.echo(words.word("differs", locale))


def _show(version: Version, form: str, locale: Locale) -> None:
    if form == "json":
        print_json({"ok": True, **words.version_json(version), "certificate": json.loads(version.certificate)})
        return
    print_lines(words.version_lines(version, locale))


def _export(here: Opened, version: Version, folder: Path, form: str, locale: Locale) -> None:
    files = files_of(here.store, version)
    write_files(files, folder)
    if form == "json":
        exported = {"folder": str(folder), "exported": len(files)}
        print_json({"ok": True, **words.version_json(version), **exported})
        return
    click.echo(words.word("exported", locale, number=version.number, folder=folder, files=len(files)))


def _verify(here: Opened, form: str, locale: Locale) -> None:
    found = verify(here.store, here.settings.home)
    if form == "json":
        broken = found.broken
        where = (
            {"version": broken.number, "part": broken.part, "problem": broken.problem.read(locale)} if broken else None
        )
        notes = {"reread": list(found.reread), "proved_otherwise": list(found.proved_otherwise)}
        print_json({"ok": found.ok, "versions": found.versions, "broken": where, **notes})
    else:
        print_lines(words.verified_lines(found, locale))
    raise SystemExit(0 if found.ok else 1)
