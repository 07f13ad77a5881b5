"""`sidecue rules new`: a file that is right at once, to be changed."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click

from plugin.cli.errors import UsageFault
from plugin.cli.options import FORMAT, LANG, language
from plugin.cli.rules import skeletons
from plugin.cli.rules.options import print_json
from plugin.cli.rules.scope import scope, tenant_folder
from rules.errors import ToldError
from rules.loader import Reading, read
from rules.loader.sources import FileKind
from rules.rulebook import Pack, RuleKind
from rules.text import Locale, Text, filled

_ID: Final = re.compile(r"([a-z][a-z0-9_]{0,59})\.([a-z][a-z0-9_]{0,59})")
_RESERVED: Final = {"pack": ("signals", "actions", "examples"), "name": ("pack", "calibration")}
_KINDS: Final = {
    FileKind.RULE: Text("a regra", "the rule"),
    FileKind.SIGNAL: Text("o sinal", "the signal"),
    FileKind.ACTION: Text("a ação", "the action"),
}
_ONE_THING: Final = Text(
    "diga uma coisa a criar: PACOTE.NOME com --kind, --signal PACOTE.NOME, ou --action PACOTE.NOME",
    "name one thing to make: PACK.NAME with --kind, --signal PACK.NAME, or --action PACK.NAME",
)
_KIND_MISSING: Final = Text("uma regra precisa de --kind, um destes: {kinds}", "a rule needs --kind, one of {kinds}")
_KIND_OF_RULES: Final = Text("--kind é só para regras", "--kind is for rules only")
_NO_ID: Final = Text(
    "{id} não é um id: escreva PACOTE.NOME em minúsculas sem acento, algarismos e _, como accounts.renewal_at_risk",
    "{id} is no id: it needs PACK.NAME in small letters without accents, digits and _, like accounts.renewal_at_risk",
)
_RESERVED_ID: Final = Text(
    "{id} não pode ser: um arquivo com esse nome quer dizer outra coisa; escolha outro nome",
    "{id} cannot be: a file of that name means something else; choose another name",
)
_KNOWN: Final = Text(
    "{kind} {id} já existe, em {path}: escolha outro nome, ou mude aquele arquivo",
    "{kind} {id} exists already, in {path}: choose another name, or change that file",
)
_THERE: Final = Text(
    "{path} já existe, e nada é sobrescrito: corrija-o, ou tire-o dali",
    "{path} exists already, and nothing is overwritten: mend it, or move it away",
)
_UNWRITABLE: Final = Text(
    "{path} não pode ser gravado: {why}; escolha outra pasta com --in",
    "{path} cannot be written: {why}; choose another folder with --in",
)
_WROTE: Final = Text("escrito: {path}", "written: {path}")
_NEXT: Final = Text(
    "agora mude-o e rode: sidecue rules check {path}", "now change it, and run: sidecue rules check {path}"
)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """One thing to be made: `kind` file, of the id `pack`.`name`."""

    kind: FileKind
    pack: str
    name: str

    @property
    def id(self) -> str:
        """What must be unique among the files of its kind."""
        return self.name if self.kind is FileKind.SIGNAL else f"{self.pack}.{self.name}"

    def path(self, folder: Path) -> Path:
        """Return where its file goes."""
        inner = {FileKind.SIGNAL: "signals", FileKind.ACTION: "actions"}.get(self.kind, "")
        return folder / self.pack / inner / f"{self.name}.yml"


@click.command("new")
@click.argument("rule", required=False, metavar="[PACK.NAME]")
@click.option("--kind", type=click.Choice([kind.value for kind in RuleKind]), help="What the rule is for.")
@click.option("--signal", metavar="PACK.NAME", help="Make a signal, not a rule.")
@click.option("--action", metavar="PACK.NAME", help="Make an action, not a rule.")
@click.option(
    "--in",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of packs to write to; else the tenant's (SIDECUE_PACKS, or SIDECUE_HOME/packs).",
)
@FORMAT
@LANG
def new(  # noqa: PLR0913, PLR0917 - one parameter per option
    rule: str | None,
    kind: str | None,
    signal: str | None,
    action: str | None,
    folder: Path | None,
    form: str,
    lang: str | None,
) -> None:
    """Write a rule, signal or action that is right at once, with comments that say what to change.

    A rule begins in shadow: it is evaluated and recorded, and shows nothing until its status is changed. A
    recommendation comes with an action of the same id, unless there is one. A pack that is new gets its pack.yml.
    Nothing is overwritten, and nothing is asked.

    JSON: {"written": [path]}. Exit 2 for an id that exists already.
    """
    locale = language(lang)
    wanted = _wanted(rule, kind, signal, action)
    target = folder if folder is not None else tenant_folder(os.environ)
    reading = _around(target)
    _refuse_known(reading, wanted)
    written = _write(wanted, RuleKind(kind) if kind is not None else None, target, reading, locale)
    if form == "json":
        print_json({"written": [str(path) for path in written]})
        return
    for path in written:
        click.echo(_WROTE.read(locale).format(path=path))
    click.echo(_NEXT.read(locale).format(path=written[-1]))


def _wanted(rule: str | None, kind: str | None, signal: str | None, action: str | None) -> _Wanted:
    asked = [
        (found, id_)
        for found, id_ in ((FileKind.RULE, rule), (FileKind.SIGNAL, signal), (FileKind.ACTION, action))
        if id_ is not None
    ]
    if len(asked) != 1:
        raise UsageFault(_ONE_THING)
    ((found, id_),) = asked
    if (kind is not None) is not (found is FileKind.RULE):
        raise UsageFault(filled(_KIND_MISSING, kinds=", ".join(RuleKind)) if kind is None else _KIND_OF_RULES)
    match = _ID.fullmatch(id_)
    if match is None:
        raise UsageFault(filled(_NO_ID, id=repr(id_)))
    pack, name = match.groups()
    if pack in _RESERVED["pack"] or name in _RESERVED["name"]:
        raise UsageFault(filled(_RESERVED_ID, id=repr(id_)))
    return _Wanted(found, pack, name)


def _around(target: Path) -> Reading:
    """Return what there is already: shipped, the tenant's, and in the folder written to. Broken files are no matter."""
    meant = scope(())
    inside = [path.resolve() for path in meant.overlays]
    more = (target,) if target.is_dir() and any(target.iterdir()) and target.resolve() not in inside else ()
    return read(meant.paths, (*meant.overlays, *more))


def _refuse_known(reading: Reading, wanted: _Wanted) -> None:
    known = reading.drafts.get((wanted.kind, wanted.id))
    if known is not None:
        raise UsageFault(filled(_KNOWN, kind=_KINDS[wanted.kind], id=wanted.id, path=known.document.path))


def _write(wanted: _Wanted, kind: RuleKind | None, target: Path, reading: Reading, locale: Locale) -> tuple[Path, ...]:
    """Write the files and return their paths, the one that was asked for last."""
    known = reading.drafts.get((FileKind.PACK, wanted.pack))
    owner = known.item.owner if known is not None and isinstance(known.item, Pack) else wanted.pack
    files: dict[Path, str] = {}
    if known is None:
        files[target / wanted.pack / "pack.yml"] = skeletons.pack(wanted.pack, owner, locale)
    if kind is None:
        text = skeletons.signal(wanted.name, locale) if wanted.kind is FileKind.SIGNAL else None
        files[wanted.path(target)] = text if text is not None else skeletons.action(wanted.id, locale)
    else:
        if kind is RuleKind.RECOMMENDATION and (FileKind.ACTION, wanted.id) not in reading.drafts:
            action = _Wanted(FileKind.ACTION, wanted.pack, wanted.name)
            files[action.path(target)] = skeletons.action(action.id, locale)
        files[wanted.path(target)] = skeletons.rule(wanted.id, kind, owner, locale)
    there = [path for path in files if path.exists()]
    if there:
        raise UsageFault(filled(_THERE, path=there[0]))
    for path, content in files.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8") as file:
                file.write(content)
        except OSError as problem:
            raise ToldError(filled(_UNWRITABLE, path=path, why=problem.strerror)) from problem
    return tuple(files)
