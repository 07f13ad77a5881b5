"""The documents that are made from the code: `python -m plugin.cli.reference` writes them all anew."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import click

from connectors.standard.schema import delivery_schema
from plugin.cli import main
from plugin.cli.helpdesks import with_table
from rules.loader import load
from rules.reference import action_schema, practices, reference, rule_schema, signal_schema
from rules.rulebook import Rulebook

REPOSITORY: Final = Path(__file__).parents[2]

_INTRODUCTION: Final = """# The command line: reference

Generated from the code by `make reference`; do not edit. Every command has `--help`.
Exit code 0 is good, 1 means findings, 2 means that the command could not be understood or could not start.
"""


def documents() -> Mapping[str, Callable[[], str]]:
    """Return every generated document: its path in the repository, and what makes its content."""
    return {
        "rules/REFERENCE.md": lambda: reference("en"),
        "rules/REFERENCE.pt-BR.md": lambda: reference("pt-BR"),
        "rules/rule.schema.json": lambda: _json(rule_schema()),
        "rules/signal.schema.json": lambda: _json(signal_schema()),
        "rules/action.schema.json": lambda: _json(action_schema()),
        "rules/PRACTICES.md": lambda: practices(_shipped(), "en"),
        "rules/PRACTICES.pt-BR.md": lambda: practices(_shipped(), "pt-BR"),
        "plugin/COMMANDS.md": commands_reference,
        "connectors/standard/delivery.schema.json": lambda: _json(delivery_schema()),
        "README.md": lambda: with_table((REPOSITORY / "README.md").read_text("utf-8")),
    }


@cache
def _shipped() -> Rulebook:
    return load()


def _json(schema: Mapping[str, Any]) -> str:
    return json.dumps(schema, ensure_ascii=False, indent=1) + "\n"


def commands_reference() -> str:
    """Return every command of `sidecue` with its arguments and options, as Markdown."""
    return "\n".join([_INTRODUCTION, *_group(main, click.Context(main, info_name="sidecue"))]).rstrip() + "\n"


def _group(group: click.Group, context: click.Context) -> Iterator[str]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None:
            continue
        below = click.Context(command, parent=context, info_name=name)
        if isinstance(command, click.Group):
            yield from _group(command, below)
        else:
            yield from _command(command, below)


def _command(command: click.Command, context: click.Context) -> Iterator[str]:
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    yield f"## {context.command_path}\n"
    yield f"```\n{usage}\n```\n"
    yield _prose(inspect.cleandoc(command.help or ""))
    rows = [_parameter(parameter, context) for parameter in command.get_params(context)]
    shown = [row for row in rows if row is not None]
    if shown:
        yield "| option | what it does |\n| --- | --- |"
        yield from (f"| `{name}` | {does} |" for name, does in shown)
        yield ""


def _prose(text: str) -> str:
    """Return the help as Markdown; click marks a paragraph that is kept as it is with a backspace."""
    paragraphs = []
    for paragraph in text.split("\n\n"):
        body = paragraph.removeprefix("\b\n")
        kept = body != paragraph
        paragraphs.append(f"```\n{body}\n```" if kept else " ".join(body.split()).replace("<", "&lt;"))
    return "\n\n".join(paragraphs) + "\n"


def _parameter(parameter: click.Parameter, context: click.Context) -> tuple[str, str] | None:
    record = parameter.get_help_record(context)
    if record is None or isinstance(parameter, click.Argument) or "--help" in parameter.opts:
        return None
    name, does = record
    return name.replace("|", "\\|"), " ".join(does.split()).replace("|", "\\|")


def write() -> None:
    """Write every generated document where it belongs."""
    for path, made in documents().items():
        (REPOSITORY / path).write_text(made(), "utf-8")


if __name__ == "__main__":
    write()
