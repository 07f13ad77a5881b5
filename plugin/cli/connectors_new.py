"""`sidecue connectors new`: a connector that is whole and does little, to be changed into a helpdesk's own."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import click

from plugin.cli.errors import UsageFault
from plugin.cli.options import LANG, language
from rules.text import Text, filled

SKELETON: Final = Path(__file__).with_name("new_connector")
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{1,39}")
_END: Final = ".in"
_NO_NAME: Final = Text(
    "{name}: use de 2 a 40 letras minúsculas, algarismos e _, e comece por letra (como my_desk)",
    "{name}: use 2 to 40 small letters, digits and _, the first one a letter (like my_desk)",
)
_THERE: Final = Text(
    "{target} já existe, e nada é sobrescrito: escolha outro nome, ou altere o que está lá",
    "{target} is there already, and nothing is overwritten: choose another name, or change it",
)
_NOT_WRITTEN: Final = Text(
    "não é possível gravar {target}: {why}; indique outra pasta com --in",
    "{target} cannot be written: {why}; name another folder with --in",
)
_WROTE: Final = Text(
    "escrito: {target}\na seguir: CONTRIBUTING.md, Add a connector",
    "written: {target}\nnext: CONTRIBUTING.md, Add a connector",
)


@click.command("new")
@click.argument("name")
@click.option(
    "--in",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Package of connectors to write to; else the one that Sidecue's own are in.",
)
@LANG
def new(name: str, folder: Path | None, lang: str | None) -> None:
    """Write the folder of a new connector NAME; it keeps the contract from the start, and says what is to be done.

    Nothing is overwritten. `pytest tests/contract -k NAME` shows that it is whole.
    """
    from connectors.registry import FOLDER  # noqa: PLC0415 - `connectors --help` imports no connector

    if _NAME.fullmatch(name) is None:
        raise UsageFault(filled(_NO_NAME, name=name))
    package = (folder or FOLDER).resolve()
    target = package / name
    if target.exists():
        raise UsageFault(filled(_THERE, target=target))
    title = name.replace("_", " ").title()
    marks = {
        "@NAME@": name,
        "@TITLE@": title,
        "@HOST@": f"{name.replace('_', '-')}.example",
        "@PACKAGE@": f"{package.name}.{name}",
    }
    try:
        if not (package / "__init__.py").exists():
            package.mkdir(parents=True, exist_ok=True)
            (package / "__init__.py").write_text('"""Connectors of our own."""\n', "utf-8")
        for source in sorted(SKELETON.rglob(f"*{_END}")):
            path = target / source.relative_to(SKELETON).with_name(source.name.removesuffix(_END))
            text = source.read_text("utf-8")
            for mark, told in marks.items():
                text = text.replace(mark, told)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
    except OSError as error:
        raise UsageFault(filled(_NOT_WRITTEN, target=target, why=error.strerror)) from None
    click.echo(_WROTE.read(language(lang)).format(target=target))
