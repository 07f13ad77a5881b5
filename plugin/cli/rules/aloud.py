"""`sidecue rules explain RULE`: one rule read aloud."""

from __future__ import annotations

from typing import Any

import click

from plugin.cli.errors import UsageFault
from plugin.cli.rules.options import print_json, read_files, rulebook_of
from plugin.cli.rules.scope import scope
from rules.rulebook import Rule, Rulebook
from rules.sentences import as_data, say, say_rule
from rules.text import LOCALES, Locale, Text, filled
from rules.vocabulary import nearest

_NO_SUCH = Text("não há arquivo nem regra {name!r}{hint}", "there is no file and no rule {name!r}{hint}")
_NEAR = Text("; você quis dizer {near!r}?", "; did you mean {near!r}?")
_LIST = Text("; `sidecue rules list` mostra as que há", "; `sidecue rules list` shows those there are")


def read_aloud(name: str, form: str, locale: Locale) -> None:
    """Print the rule `name`; a name there is not ends the command with the nearest one there is."""
    rulebook = rulebook_of(read_files(scope(()), form, locale))
    rule = rulebook.rules.get(name)
    if rule is None:
        near = nearest(name, rulebook.rules)
        hint = filled(_NEAR, near=near) if near else _LIST
        raise UsageFault(filled(_NO_SUCH, name=name, hint=hint))
    if form == "json":
        print_json(_told(rule, rulebook))
    else:
        click.echo(say_rule(rule, rulebook, locale))


def _told(rule: Rule, rulebook: Rulebook) -> dict[str, Any]:
    return {
        "rule": rule.id,
        "version": rule.version,
        "kind": rule.kind.value,
        "status": rule.status.value,
        "when": as_data(rule.when),
        "sentence": {locale: say(rule.when, locale, rulebook.signals) for locale in LOCALES},
        "aloud": {locale: say_rule(rule, rulebook, locale) for locale in LOCALES},
    }
