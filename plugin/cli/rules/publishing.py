"""`sidecue rules publish` and `rollback`: put a rulebook in force, for good or until the next one."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import click

from plugin.cli.errors import UsageFault
from plugin.cli.opened import opened
from plugin.cli.options import FORMAT, LANG, Option, language
from plugin.cli.rules import publish_words as words
from plugin.cli.rules import say_testing
from plugin.cli.rules.options import print_findings, print_json, print_lines
from plugin.clock import utc_now
from plugin.publish import Layers, PublishedVersion, PublishRefused, publish, rollback
from plugin.publish.archive import files_layers
from plugin.publish.errors import ChecksFailed, ExamplesFailed, MeaningChanged, NotProved
from plugin.publish.folders import is_export, layers_of
from rules.loader import SHIPPED, as_json
from rules.text import Locale, filled

FOLDERS: Final[Option] = click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
MESSAGE: Final[Option] = click.option("-m", "--message", required=True, help="What changes, and why; kept for good.")
AUTHOR: Final[Option] = click.option("--author", help="Who answers for it; else the user of this computer.")


@click.command("publish")
@FOLDERS
@MESSAGE
@AUTHOR
@FORMAT
@LANG
def publish_rules(paths: tuple[Path, ...], message: str, author: str | None, form: str, lang: str | None) -> None:
    """Check, test and prove the rules, keep them as a version, and put it in force in every running process.

    Without PATH the shipped packs and the tenant's folder are published; with PATHs, folders of packs, these are laid
    over the shipped ones instead of the tenant's folder. A PATH written by `rules history --export` is a whole
    rulebook.

    Servers take the version within 2 seconds, without a restart; a decision under way ends with the rules it began
    with, and open tickets keep their decision until something happens on them. What is published counts from then on,
    whatever the files say. `classify`, `explain` and `check` go on reading files.

    JSON: {"ok": true, "published": bool (false: nothing changed), "version": n, "kind", "restores", "rulebook",
    "files", "content", "author", "message", "created_at", "sidecue", "parent", "hash"}; refused: {"ok": false,
    "reason": "checks" with "findings" as in `check`, "examples" with what `test` gives, "meaning" with "rules": [id],
    or "proof" with "properties": [{"property", "verdict" (broken|unknown), "subject", "given", "reason"}]}. Exit 1 when
    it is refused.
    """
    locale = language(lang)
    with opened() as here:
        layers = _layers(paths, here.settings.packs)
        try:
            done = publish(
                here.store,
                here.settings.home,
                layers,
                author=author or _user(),
                message=message,
                now=utc_now(),
                step=_telling(form, locale),
            )
        except PublishRefused as refused:
            if not _tell_refused(refused, form, locale):
                raise
            raise SystemExit(1) from refused
    _tell(done, "published", form, locale)


@click.command("rollback")
@click.argument("number", type=click.IntRange(1))
@MESSAGE
@AUTHOR
@FORMAT
@LANG
def rollback_rules(number: int, message: str, author: str | None, form: str, lang: str | None) -> None:
    """Put version NUMBER in force again: a new version with its files.

    One whose certificate does not say everything that is proved today is proved again first.

    JSON as of `publish`. Exit 1 when there is no such version, when it is not whole any more, or when it is not proved.
    """
    locale = language(lang)
    with opened() as here:
        try:
            done = rollback(
                here.store,
                here.settings.home,
                number,
                author=author or _user(),
                message=message,
                now=utc_now(),
                step=_telling(form, locale),
            )
        except PublishRefused as refused:
            if not _tell_refused(refused, form, locale):
                raise
            raise SystemExit(1) from refused
    _tell(done, "restored", form, locale)


def _layers(paths: tuple[Path, ...], tenant: Path | None) -> Layers:
    for path in paths:
        if not path.is_dir():
            raise UsageFault(filled(words.WORDS["not_whole"], path=path))
    whole = [path for path in paths if is_export(path)]
    if not whole:
        return Layers(SHIPPED, paths) if paths else files_layers(tenant)
    if len(paths) > 1:
        raise UsageFault(filled(words.WORDS["alone"], path=whole[0]))
    return layers_of(whole[0])


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user need not have a name
        raise UsageFault(words.WORDS["nameless"]) from None


def _telling(form: str, locale: Locale) -> Callable[[str], None]:
    """Return what tells a person, on standard error, what is being done."""
    if form == "json":
        return lambda _: None
    return lambda step: click.echo(words.word(f"step.{step}", locale), err=True)


def _tell(done: PublishedVersion, key: str, form: str, locale: Locale) -> None:
    version = done.version
    if form == "json":
        print_json({"ok": True, "published": done.is_new, **words.version_json(version)})
        return
    slots = {"number": version.number, "digest": version.digest[: words.SHORT], "author": version.author}
    click.echo(words.word(key if done.is_new else "unchanged", locale, restores=version.restores, **slots))


def _tell_refused(refused: PublishRefused, form: str, locale: Locale) -> bool:
    """Say why nothing was published, in full; False when its own text says it all."""
    content: dict[str, Any] = {"ok": False}
    match refused:
        case ChecksFailed(report=report):
            content |= {"reason": "checks", "findings": as_json(report.findings, locale)}
            lines = [words.word("checks_failed", locale)]
            if form == "text":
                print_findings(report.findings, locale)
        case ExamplesFailed(report=tested):
            content |= {"reason": "examples", **say_testing.report_json(tested)}
            lines = [*say_testing.report_lines(tested, 0.0, locale), words.word("examples_failed", locale)]
        case MeaningChanged(rules=rules):
            content |= {"reason": "meaning", "rules": list(rules)}
            lines = [words.word("meaning_changed", locale, rule=rule) for rule in rules]
        case NotProved(proof=proof):
            content |= {"reason": "proof", "properties": words.proof_json(proof)}
            lines = [*words.proof_lines(proof, locale), words.word("not_proved", locale)]
        case _:
            return False
    if form == "json":
        print_json(content)
    else:
        print_lines(lines)
    return True
