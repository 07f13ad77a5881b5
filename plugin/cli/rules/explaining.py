"""`sidecue rules explain`: why a ticket is decided so, why not otherwise, what would change it; or one rule aloud."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from plugin.cli.errors import UsageFault
from plugin.cli.options import FORMAT, LANG, language
from plugin.cli.rules import say
from plugin.cli.rules.aloud import read_aloud
from plugin.cli.rules.options import leaves_json, print_json, print_lines, read_files, rulebook_of
from plugin.cli.rules.scope import scope
from plugin.ticket_rows import RowInvalid, facts_of, parse
from rules.decide import Decider, Explanation, NothingToExplain, canonical, why, why_not
from rules.errors import FactsInvalid
from rules.model import Decision, Stage
from rules.rulebook import Recommend, Rulebook, Status
from rules.signals import SignalReader
from rules.text import Locale, Text, filled

_RULE_ALONE = Text(
    "--rule vai com um chamado; para ouvir uma regra, dê só o nome dela",
    "--rule goes with a ticket; to hear a rule, name it alone",
)

_ALL_ALONE = Text(
    "--all acompanha um chamado; para ouvir uma regra, informe só o nome dela",
    "--all goes with a ticket; to hear a rule, name it alone",
)
_ONE_OR_ALL = Text(
    "--rule pergunta por uma, --all por todas: informe só uma das opções",
    "--rule asks about one, --all about every one: give one of them",
)
_NOT_READ = Text(
    "{ticket}: {why}; informe um arquivo que possa ser lido", "{ticket}: {why}; name a file that may be read"
)


@click.command("explain")
@click.argument("ticket_or_rule")
@click.option("--rule", "name", help="Of a ticket: only why (not) this rule or action.")
@click.option("--all", "every", is_flag=True, help="Of a ticket: what would change it for every recommendation.")
@FORMAT
@LANG
def explain(ticket_or_rule: str, name: str | None, every: bool, form: str, lang: str | None) -> None:  # noqa: FBT001 - click passes it
    """Say why a ticket is decided as it is, why not otherwise, and what would change it; or read one rule aloud.

    A ticket is a file with one JSON object as for `classify` (id, text, subject, lang, customer, ticket, and the
    collections of the vocabulary), or `-`. Anything that is no file is the id of a rule, such as `retention.cancel`.

    What would change it is the smallest change of facts that somebody can change (see "can be changed" in the reference
    of the rules), decided again before it is printed. It is asked of what is shown, of what a guardrail, a limit or the
    order keeps back, and of the few nearest of the rest; of everything with --all.

    JSON of a ticket: {"id", "decision": {…}, "why": [explanation], "why_not": [explanation], "would_change": [answer]};
    explanation = {"subject", "stage", "by", "reason", "rules", "leaves"}. With --rule {"id", "primary", "explanation":
    explanation, "would_change": answer or null}.

    answer = {"action", "would_be_shown", "verdict", "sentence", "fields", "tries", "changed": [change], "follows":
    [change], "shown_then": [action], "obstacles": [{"condition", "sentence"}]}; verdict = found, nothing (no change of
    what can be changed does it; obstacles say why), not_within (no change of up to "fields" facts does it) or gave_up
    (after "tries" changes); change = {"field", "item", "before", "after", "any_other"}; item counts from 0.

    JSON of a rule: {"rule", "version", "kind", "status", "when": {…}, "sentence": {language: text}, "aloud":
    {language: text}}.
    """
    locale = language(lang)
    if ticket_or_rule != "-" and not Path(ticket_or_rule).exists():
        if name is not None:
            raise UsageFault(_RULE_ALONE)
        if every:
            raise UsageFault(_ALL_ALONE)
        read_aloud(ticket_or_rule, form, locale)
        return
    if name is not None and every:
        raise UsageFault(_ONE_OR_ALL)
    _explain_ticket(ticket_or_rule, name, form, locale, every=every)


def _explain_ticket(ticket: str, name: str | None, form: str, locale: Locale, *, every: bool) -> None:
    try:
        with click.open_file(ticket, "rb") as opened:
            row = parse(opened.read())
    except OSError as problem:
        raise UsageFault(filled(_NOT_READ, ticket=ticket, why=problem.strerror)) from problem
    except RowInvalid as problem:
        raise UsageFault(problem.text, option=ticket) from problem
    rulebook = rulebook_of(read_files(scope(()), form, locale))
    reader = SignalReader(rulebook.signals.values())
    try:
        facts, reading = facts_of(row, reader, datetime.now(UTC).replace(microsecond=0))
    except FactsInvalid as problem:
        raise UsageFault(problem.text, option=ticket) from problem
    with Decider(rulebook) as decider:
        decision = decider.decide(facts, reading.hits, reading.language, reading.truncated)
        if name is not None:
            _explain_one(decider, decision, row.id, name, form, locale)
        else:
            _explain_all(decider, decision, row.id, form, locale, every=every)


def _explain_all(  # noqa: PLR0913 - what a command was told
    decider: Decider, decision: Decision, ticket: str, form: str, locale: Locale, *, every: bool
) -> None:
    from plugin.cli.rules import would_change  # noqa: PLC0415 - it imports the solver, which reading a rule does without

    rulebook = decider.rulebook
    shown = [why(decision, found.action) for found in decision.recommendations]
    fallen = _fallen(rulebook, decision)
    answers = would_change.answers(decider, decision, would_change.asked_about(decision, fallen, every=every))
    if form == "json":
        entries = {
            "why": [_explained(e, locale) for e in shown],
            "why_not": [_explained(e, locale) for e in fallen],
            "would_change": [would_change.as_json(answer, rulebook, locale) for answer in answers],
        }
        print_json({"id": ticket, "decision": json.loads(canonical(decision)), **entries})
        return
    print_lines(say.decision_lines(ticket, decision, locale))
    if fallen:
        click.echo(f"\n{say.word('why_not', locale)}:")
        print_lines(line for found in fallen for line in say.explanation_lines(found, locale))
    if answers:
        click.echo(f"\n{say.word('would_change', locale)}:")
        print_lines(would_change.lines(answers, rulebook, locale))


def _explain_one(decider: Decider, decision: Decision, ticket: str, name: str, form: str, locale: Locale) -> None:  # noqa: PLR0913, PLR0917 - what a command was told
    from plugin.cli.rules import would_change  # noqa: PLC0415 - it imports the solver, which reading a rule does without

    rulebook = decider.rulebook
    try:
        found = why_not(rulebook, decision, name)
    except NothingToExplain as problem:
        raise UsageFault(problem.text, option="--rule") from problem
    answers = would_change.answers(decider, decision, _action_of(rulebook, name))
    if form == "json":
        entry = _explained(found, locale)
        told = [would_change.as_json(answer, rulebook, locale) for answer in answers]
        identity = {"id": ticket, "primary": decision.primary.value}
        print_json({**identity, "explanation": entry, "would_change": told[0] if told else None})
        return
    print_lines(say.explanation_lines(found, locale))
    if answers:
        click.echo(f"\n{say.word('would_change', locale)}:")
        print_lines(would_change.lines(answers, rulebook, locale))


def _action_of(rulebook: Rulebook, name: str) -> tuple[str, ...]:
    """Return the action that a name means, or that a rule of this name recommends; none for other rules."""
    if name in rulebook.actions:
        return (name,)
    then = rulebook.rules[name].then
    return (then.action,) if isinstance(then, Recommend) else ()


def _fallen(rulebook: Rulebook, decision: Decision) -> list[Explanation]:
    """Return where each recommendation that is not shown fell out; the stages nearest to being shown first."""
    shown = {found.action for found in decision.recommendations}
    actions = {
        rule.then.action
        for rule in rulebook.rules.values()
        if isinstance(rule.then, Recommend) and rule.status is not Status.DEPRECATED
    }
    found = [why_not(rulebook, decision, action) for action in sorted(actions - shown)]
    order = list(Stage)
    return sorted(found, key=lambda entry: -order.index(entry.stage) if entry.stage is not None else 1)


def _explained(found: Explanation, locale: Locale) -> dict[str, Any]:
    return {
        "subject": found.subject,
        "stage": found.stage.value if found.stage is not None else None,
        "by": found.by,
        "reason": found.reason.read(locale),
        "rules": list(found.rules),
        "leaves": leaves_json(found.leaves),
    }
