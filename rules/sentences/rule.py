"""A whole rule said aloud: what it is, when it holds, what follows, why it exists and who answers for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from rules.conditions import Op, Test
from rules.rulebook import Classify, Derive, Function, Kind, Recommend, Rule, Rulebook, RuleKind, Status, Suppress
from rules.sentences.grammar import GRAMMAR
from rules.sentences.rule_words import KIND_NAMES, STATUS_MEANINGS, STATUS_NAMES
from rules.sentences.saying import say
from rules.sentences.spelling import number
from rules.text import Locale, Text
from rules.vocabulary.words import KIND_WORDS

_SAID: Final[Mapping[str, Text]] = {
    "is": Text("{id}, versão {version}: {kind}, {status}", "{id}, version {version}: {kind}, {status}"),
    "when": Text("Quando {condition}", "When {condition}"),
    "then": Text("então {consequence}.", "then {consequence}."),
    "gives": Text("{function} recebe {votes}", "{function} gets {votes}"),
    "takes": Text("{function} perde {votes}", "{function} loses {votes}"),
    "vote": Text("1 voto", "1 vote"),
    "votes": Text("{count} votos", "{count} votes"),
    "collaborates": Text("{functions} trabalha junto", "{functions} works along"),
    "collaborate": Text("{functions} trabalham junto", "{functions} work along"),
    "recommend": Text("recomende “{title}” ({id})", "recommend “{title}” ({id})"),
    "lever": Text(", com o peso multiplicado por {lever}", ", with its rank multiplied by {lever}"),
    "suppress": Text("retenha {what}", "hold back {what}"),
    "kinds": Text("toda recomendação destes tipos: {kinds}", "every recommendation of these kinds: {kinds}"),
    "kind": Text("toda recomendação deste tipo: {kinds}", "every recommendation of this kind: {kinds}"),
    "actions": Text("estas ações: {actions}", "these actions: {actions}"),
    "action": Text("esta ação: {actions}", "this action: {actions}"),
    "also": Text("; e também ", "; and also "),
    "tell": Text("Ao atendente se diz: “{reason}”", "The agent is told: “{reason}”"),
    "unknown_suppresses": Text(
        "Enquanto não se souber se é assim, ela retém do mesmo modo.",
        "While it is not known whether this is so, it holds back all the same.",
    ),
    "unknown_passes": Text(
        "Enquanto não se souber se é assim, ela não retém nada.",
        "While it is not known whether this is so, it holds nothing back.",
    ),
    "why": Text("Por quê: {rationale}", "Why: {rationale}"),
    "answers": Text("Responde por ela: {owner}. Escrita em {origin}.", "Owner: {owner}. Written in {origin}."),
    "overlaid": Text("{path}:{line}, alterada por {overlay}", "{path}:{line}, changed by {overlay}"),
    "deprecated": Text("Aposentada desde {since}: {reason}", "Deprecated since {since}: {reason}"),
    "replaced": Text("No lugar dela: {rules}.", "In its place: {rules}."),
}

_WORKERS: Final[Mapping[Function, Text]] = {
    Function.SUPPORT: Text("o atendimento", "support"),
    Function.SUCCESS: Text("o sucesso do cliente", "customer success"),
    Function.ACCOUNT_MANAGEMENT: Text("a gestão de contas", "account management"),
}


def say_rule(rule: Rule, rulebook: Rulebook, locale: Locale) -> str:
    """Return the rule as a person would read it to others, in several lines.

    Signals and actions are called by the titles that `rulebook` gives them.
    """
    return "\n".join(_RuleSpeaker(rulebook, locale).lines(rule))


class _RuleSpeaker:
    def __init__(self, rulebook: Rulebook, locale: Locale) -> None:
        self._book = rulebook
        self._locale: Locale = locale

    def lines(self, rule: Rule) -> Iterator[str]:
        """Yield the rule line by line."""
        kind, status = KIND_NAMES[rule.kind].read(self._locale), STATUS_NAMES[rule.status].read(self._locale)
        yield rule.title.read(self._locale)
        yield self._said("is", id=rule.id, version=rule.version, kind=kind, status=status)
        yield from self._standing(rule)
        yield ""
        condition = say(rule.when, self._locale, self._book.signals)
        yield self._said("when", condition=condition) + ("" if "\n" in condition else ",")
        yield self._said("then", consequence=self._consequence(rule))
        if isinstance(rule.then, Suppress):
            yield self._said("tell", reason=rule.then.reason.read(self._locale))
        if rule.kind is RuleKind.GUARDRAIL:
            yield self._said("unknown_suppresses" if rule.on_unknown_suppress else "unknown_passes")
        yield ""
        yield self._said("why", rationale=rule.rationale.read(self._locale))
        yield self._said("answers", owner=rule.owner, origin=self._origin(rule))

    def _standing(self, rule: Rule) -> Iterator[str]:
        """Yield what is to be known about a rule that is not simply in force."""
        if rule.deprecation is not None:
            yield self._said(
                "deprecated", since=rule.deprecation.since, reason=rule.deprecation.reason.read(self._locale)
            )
            if rule.deprecation.replaced_by:
                yield self._said("replaced", rules=self._listed(rule.deprecation.replaced_by))
        elif rule.status is not Status.STABLE:
            yield STATUS_MEANINGS[rule.status].read(self._locale)

    def _said(self, key: str, **slots: object) -> str:
        return _SAID[key].read(self._locale).format(**slots)

    def _listed(self, words: Iterable[str]) -> str:
        found = list(words)
        if len(found) < 2:
            return "".join(found)
        return f"{', '.join(found[:-1])} {GRAMMAR[self._locale].and_} {found[-1]}"

    def _origin(self, rule: Rule) -> str:
        origin = rule.origin
        if origin.overlay is None:
            return f"{origin.path}:{origin.line}"
        return self._said("overlaid", path=origin.path, line=origin.line, overlay=origin.overlay)

    def _consequence(self, rule: Rule) -> str:
        match rule.then:
            case Derive(values):
                facts = (say(Test(name, Op.IS, value), self._locale) for name, value in values.items())
                return self._listed(facts)
            case Classify():
                return self._listed(self._votes(rule.then))
            case Recommend(action, lever):
                title = self._action(action)
                said = self._said("recommend", title=title, id=action)
                return said if lever == 1 else said + self._said("lever", lever=number(lever, self._locale))
            case Suppress(kinds, actions):
                return self._said("suppress", what=self._said("also").join(self._held(kinds, actions)))

    def _votes(self, then: Classify) -> Iterator[str]:
        for function, votes in then.votes.items():
            count = abs(votes)
            said = self._said("vote") if count == 1 else self._said("votes", count=count)
            yield self._said("gives" if votes >= 0 else "takes", function=self._function(function), votes=said)
        if then.collaborate:
            key = "collaborates" if len(then.collaborate) == 1 else "collaborate"
            yield self._said(key, functions=self._listed(map(self._function, then.collaborate)))

    def _held(self, kinds: tuple[Kind, ...], actions: tuple[str, ...]) -> Iterator[str]:
        if kinds:
            listed = self._listed(KIND_WORDS[kind].read(self._locale) for kind in kinds)
            yield self._said("kind" if len(kinds) == 1 else "kinds", kinds=listed)
        if actions:
            listed = self._listed(f"“{self._action(action)}”" for action in actions)
            yield self._said("action" if len(actions) == 1 else "actions", actions=listed)

    def _function(self, function: Function) -> str:
        return _WORKERS[function].read(self._locale)

    def _action(self, action: str) -> str:
        """Return the title; a part of a rulebook may name an action that is in another part."""
        found = self._book.actions.get(action)
        return found.title.read(self._locale) if found is not None else action
