"""`sidecue rules list`: the rules in force, and where each was written."""

from __future__ import annotations

from typing import Any, Final

import click

from plugin.cli.errors import UsageFault
from plugin.cli.options import FORMAT, LANG, language
from plugin.cli.rules import say
from plugin.cli.rules.options import print_json, read_files, rulebook_of
from plugin.cli.rules.scope import scope
from rules.rulebook import Rule, RuleKind
from rules.text import Locale, Text, filled

_NO_PACK: Final = Text("não há o pacote {pack!r}; há {packs}", "there is no pack {pack!r}; the packs are {packs}")


@click.command("list")
@click.option("--kind", type=click.Choice([kind.value for kind in RuleKind]), help="Only rules of this kind.")
@click.option("--pack", help="Only rules of this pack.")
@FORMAT
@LANG
def list_rules(kind: str | None, pack: str | None, form: str, lang: str | None) -> None:
    """List the rules in force, the tenant's included, with where each was written.

    JSON: {"digest": hex, "rules": [{"id", "version", "kind", "status", "title", "pack", "owner", "path", "line",
    "overlay" (the tenant's file that changes it, or null), "deprecated" ({"since", "reason", "replaced_by"} or
    null)}]}.
    """
    locale = language(lang)
    rulebook = rulebook_of(read_files(scope(()), form, locale))
    if pack is not None and pack not in rulebook.packs:
        raise UsageFault(filled(_NO_PACK, pack=pack, packs=", ".join(rulebook.packs)))
    found = [
        rule
        for rule in rulebook.rules.values()
        if kind in {None, rule.kind.value} and pack in {None, rule.id.partition(".")[0]}
    ]
    if form == "json":
        print_json({"digest": rulebook.digest, "rules": [_listed(rule, locale) for rule in found]})
        return
    rows = [
        (
            rule.id,
            f"v{rule.version}",
            rule.kind.value,
            rule.status.value,
            rule.title.read(locale),
            _origin(rule, locale),
        )
        for rule in found
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(5)] if rows else []
    for row in rows:
        click.echo("  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[5]]))


def _origin(rule: Rule, locale: Locale) -> str:
    """Return where a rule was written, what changes it, and what stands in its place."""
    found = f"{rule.origin.path}:{rule.origin.line}"
    if rule.origin.overlay is not None:
        found = f"{found} + {rule.origin.overlay}"
    if rule.deprecation is not None:
        instead = ", ".join(rule.deprecation.replaced_by) or say.word("none", locale)
        found = f"{found} ({say.word('instead', locale, rules=instead)})"
    return found


def _listed(rule: Rule, locale: Locale) -> dict[str, Any]:
    gone = rule.deprecation
    return {
        "id": rule.id,
        "version": rule.version,
        "kind": rule.kind.value,
        "status": rule.status.value,
        "title": rule.title.read(locale),
        "pack": rule.id.partition(".")[0],
        "owner": rule.owner,
        "path": rule.origin.path,
        "line": rule.origin.line,
        "overlay": rule.origin.overlay,
        "deprecated": None
        if gone is None
        else {"since": gone.since, "reason": gone.reason.read(locale), "replaced_by": list(gone.replaced_by)},
    }
