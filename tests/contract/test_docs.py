"""The documents cannot drift: what they list is what the code has."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from connectors.registry import discover
from plugin.cli import main
from plugin.config import SETTINGS

REPOSITORY = Path(__file__).parents[2]
README = (REPOSITORY / "README.md").read_text("utf-8")
ARCHITECTURE = (REPOSITORY / "ARCHITECTURE.md").read_text("utf-8")
DOCUMENTS = sorted(REPOSITORY.glob("*.md")) + sorted(REPOSITORY.glob("connectors/*/doc*.md"))


def commands(group: click.Group, before: str = "") -> set[str]:
    context = click.Context(group)
    found: set[str] = set()
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            found |= commands(command, f"{before}{name} ")
        else:
            found.add(f"{before}{name}")
    return found


def told_commands() -> set[str]:
    """Read the README's line of commands: `rules check|test` stands for two."""
    line = next(line for line in README.splitlines() if line.startswith("`serve`"))
    told: set[str] = set()
    for entry in re.findall(r"`([^`]+)`", line.split(". ")[0]):
        *group, names = entry.split(" ")
        told |= {" ".join([*group, name]) for name in names.split("|")}
    return told


def test_readme_lists_every_setting_as_the_code_has_it():
    rows = [f"| `{setting.name}` | {setting.default} | {setting.does} |" for setting in SETTINGS]

    assert "\n".join(rows) in README


def test_readme_lists_every_command():
    assert told_commands() == commands(main)


def test_readme_links_every_connector_by_its_guides_in_both_languages():
    for name in discover():
        assert f"(connectors/{name}/doc.md)" in README
        assert f"(connectors/{name}/doc.pt-BR.md)" in README


def test_readme_names_only_make_targets_that_are_there():
    makefile = (REPOSITORY / "Makefile").read_text("utf-8")
    for target in re.findall(r"\bmake ([a-z][a-z-]+)", README + (REPOSITORY / "CONTRIBUTING.md").read_text("utf-8")):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_document_links_only_to_files_that_are_there(document):
    for target in re.findall(r"\]\(([^)#]+)\)", document.read_text("utf-8")):
        if "://" not in target:
            assert (document.parent / target).exists(), target


def test_architecture_names_only_modules_that_are_there():
    for module in re.findall(r"\b(?:plugin|connectors|rules)(?:\.[a-z_]+)+", ARCHITECTURE):
        path = REPOSITORY.joinpath(*module.split("."))
        attribute_of = path.parent.with_suffix(".py"), path.parent / "__init__.py"
        is_there = path.is_dir() or path.with_suffix(".py").exists() or any(found.exists() for found in attribute_of)
        assert is_there, module


def test_no_document_speaks_of_this_machine():
    for document in DOCUMENTS:
        assert "/work/" not in document.read_text("utf-8"), document
