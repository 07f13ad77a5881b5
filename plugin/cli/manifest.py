"""`sidecue manifest`: app packages for helpdesks that host a sidebar."""

from __future__ import annotations

import json
import re
import sys
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from plugin.cli.errors import UsageFault
from plugin.cli.options import FORMAT, LANG, language
from rules.text import Locale, Text

if TYPE_CHECKING:
    from manifest.checking import Finding
    from manifest.rules import RuleSet

_AUTHOR: Final = re.compile(r"\s*([^<>]+?)\s*<([^<>\s@]+@[^<>\s@]+)>\s*")
_URL: Final = re.compile(
    r"https://([A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~/-]*)?", re.ASCII
)
"""Our address, of letters that mean the same in JSON, HTML and YAML."""
_KEY: Final = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_DASH: Final = "-"
_ASKED: Final = Text("Chave da barra lateral (não aparece)", "Sidebar key (it is not shown)")
_GOOD: Final = Text("{name}: nada a corrigir", "{name}: nothing to mend")
_WROTE: Final = Text("escrito: {path} ({size} bytes)", "written: {path} ({size} bytes)")
_FOUND: Final = Text(
    "{count} coisa(s) a corrigir; as regras: {source}", "{count} thing(s) to mend; the rules: {source}"
)


@click.group("manifest")
def manifest() -> None:
    """App packages for helpdesks that host a sidebar."""


@manifest.command()
@click.argument("name")
@click.option(
    "--url", required=True, help="Your Sidecue's address as browsers know it: https://host or https://host/path."
)
@click.option("--tenant", help="The tenant whose tickets the app shows; not every app is made for one.")
@click.option(
    "--sidebar-key-file",
    "key_file",
    type=click.Path(allow_dash=True),
    help="Its first line is the tenant's sidebar key, for apps that ask nobody for it; - reads or asks for the key.",
)
@click.option("--author", help="Who answers for the app, as NAME <MAIL>; Sidecue at your address when not given.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Where to write it [sidecue-NAME.zip].")
@LANG
def build(  # noqa: PLR0913, PLR0917 - what an app is made of
    name: str,
    url: str,
    tenant: str | None,
    key_file: str | None,
    author: str | None,
    out: Path | None,
    lang: str | None,
) -> None:
    """Write the app package for the helpdesk NAME; the same input always gives the same bytes."""
    from manifest import building  # noqa: PLC0415 - `manifest --help` needs none of it
    from manifest.checking import check as findings_of  # noqa: PLC0415 - the same
    from plugin.store.tenants import NAME  # noqa: PLC0415 - the same

    locale = language(lang)
    rules = _rules(name)
    host = _host(url)
    if tenant is None and building.needs(building.TENANT, name):
        raise UsageFault(
            Text(
                f"o aplicativo de {name} é feito para um tenant: informe --tenant (sidecue tenants list mostra todos)",
                f"the app for {name} is made for one tenant: give --tenant (sidecue tenants list shows them all)",
            )
        )
    if tenant is not None and NAME.fullmatch(tenant) is None:
        raise UsageFault(
            Text(
                f"--tenant {tenant}: isso não é nome de tenant (sidecue tenants list mostra todos)",
                f"--tenant {tenant}: this is no tenant's name (sidecue tenants list shows them all)",
            )
        )
    sidebar_key = _key(name, key_file, locale, needed=building.needs(building.SIDEBAR_KEY, name))
    writer, mail = _author(author, host)
    files = building.filled(name, building.Filling(url, tenant, writer, mail, version("sidecue"), sidebar_key))
    findings = findings_of(files, rules)
    if findings:
        _tell(findings, rules, locale)
        raise click.exceptions.Exit(1)
    path = out or Path(f"sidecue-{name}.zip")
    content = building.archive(files)
    try:
        if sidebar_key is not None:
            path.touch(0o600)  # nobody else of this machine reads the key in it
            if path.is_file():  # one that was there before
                path.chmod(0o600)
        path.write_bytes(content)
    except OSError as error:
        raise UsageFault(
            Text(
                f"--out {path}: não é possível gravar ({error.strerror}); indique um arquivo em pasta que exista",
                f"--out {path}: cannot be written ({error.strerror}); name a file in a folder that exists",
            )
        ) from error
    click.echo(_WROTE.read(locale).format(path=path, size=len(content)))


@manifest.command()
@click.argument("what", metavar="NAME|FILE")
@FORMAT
@LANG
def check(what: str, form: str, lang: str | None) -> None:
    """Hold an app package to its vendor's rules: the one of this installation by NAME, or an archive by FILE."""
    from manifest import building  # noqa: PLC0415 - `manifest --help` needs none of it
    from manifest.checking import check as findings_of  # noqa: PLC0415 - the same
    from manifest.rules import discover  # noqa: PLC0415 - the same

    locale = language(lang)
    known = discover()
    if what in known:
        filling = building.Filling(
            "https://sidecue.invalid", "tenant", "Sidecue", "sidecue@sidecue.invalid", version("sidecue"), "key"
        )
        rules, findings = known[what], findings_of(building.filled(what, filling), known[what])
    elif Path(what).is_file():
        files = building.unpacked(Path(what).read_bytes())
        # Two vendors may call their file by one name: the archive is of the kind with which least is wrong.
        rules, findings = min(
            ((each, findings_of(files, each)) for each in known.values()), key=lambda pair: len(pair[1])
        )
    else:
        names = ", ".join(known)
        raise UsageFault(
            Text(
                f"{what} não é arquivo nem um destes aplicativos: {names}",
                f"{what} is neither a file nor one of the apps {names}",
            )
        )
    if form == "json":
        told = [{"file": each.file, "pt-BR": each.what.pt_br, "en": each.what.en} for each in findings]
        click.echo(json.dumps({"app": rules.name, "findings": told}, ensure_ascii=False, indent=2))
    elif findings:
        _tell(findings, rules, locale)
    else:
        click.echo(_GOOD.read(locale).format(name=rules.name))
    if findings:
        raise click.exceptions.Exit(1)


def _tell(findings: tuple[Finding, ...], rules: RuleSet, locale: Locale) -> None:
    for each in findings:
        click.echo(each.told(locale))
    click.echo(_FOUND.read(locale).format(count=len(findings), source=rules.source))


def _rules(name: str) -> RuleSet:
    from manifest.rules import discover  # noqa: PLC0415 - `manifest --help` needs none of it

    known = discover()
    if name not in known:
        names = ", ".join(known)
        raise UsageFault(
            Text(
                f"{name}: não há aplicativo com esse nome; há {names}",
                f"{name}: there is no app of this name; there are {names}",
            )
        )
    return known[name]


def _host(url: str) -> str:
    found = _URL.fullmatch(url)
    if found is None:
        from connectors.settings import bare_address  # noqa: PLC0415 - for a slip alone

        shown = bare_address(url)
        raise UsageFault(
            Text(
                f"--url {shown}: escreva https://host ou https://host/caminho; os helpdesks só abrem https",
                f"--url {shown}: write https://host or https://host/path; helpdesks open nothing but https",
            )
        )
    return found[1].lower()


def _key(name: str, file: str | None, locale: Locale, *, needed: bool) -> str | None:
    """Return the sidebar key where the app holds it. Raise UsageFault for one too many, none, or what is no key."""
    if needed and file is None:
        raise UsageFault(
            Text(
                f"o aplicativo de {name} leva a chave da barra lateral: informe --sidebar-key-file"
                " (sidecue tenants list --show-secrets mostra a chave)",
                f"the app for {name} holds the sidebar key: give --sidebar-key-file"
                " (sidecue tenants list --show-secrets shows the key)",
            )
        )
    if file is None:
        return None
    if not needed:
        raise UsageFault(
            Text(
                f"o aplicativo de {name} não leva a chave: ele a pede na instalação, ou dispensa; "
                "tire --sidebar-key-file",
                f"the app for {name} holds no key: it asks for it when installed, or needs none; "
                "drop --sidebar-key-file",
            )
        )
    key = _first_line(file, locale).strip()
    if not _KEY.fullmatch(key):
        raise UsageFault(
            Text(
                f"--sidebar-key-file {file}: a chave, na primeira linha, tem letras, algarismos, - e _; copie toda",
                f"--sidebar-key-file {file}: the key, on the first line, has letters, digits, - and _; copy all of it",
            )
        )
    return key


def _first_line(file: str, locale: Locale) -> str:
    """Return what a secret's file says; `-` is the standard input, where a person is asked and sees nothing of it."""
    if file == _DASH and sys.stdin is None:  # closed, which says as little as an empty one
        return ""
    if file == _DASH and sys.stdin.isatty():
        return str(click.prompt(_ASKED.read(locale), hide_input=True, err=True))
    try:
        with click.open_file(file, encoding="utf-8") as source:
            return str(source.readline())
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "UTF-8"
        raise UsageFault(
            Text(
                f"--sidebar-key-file {file}: não é possível ler ({why}); indique um arquivo com a chave",
                f"--sidebar-key-file {file}: cannot be read ({why}); name a file that holds the key",
            )
        ) from error


def _author(given: str | None, host: str) -> tuple[str, str]:
    if given is None:
        return "Sidecue", f"sidecue@{host}"
    found = _AUTHOR.fullmatch(given)
    if found is None:
        raise UsageFault(Text(f"--author {given}: escreva NOME <E-MAIL>", f"--author {given}: write NAME <MAIL>"))
    return found[1], found[2]
