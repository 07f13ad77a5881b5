"""Stories: one thing that happened to a customer, told in Portuguese and in English, and what is right to do.

A story is a file in `tests/stories`:

    theme: support             # the pack whose work it tries
    difficulty: quoted         # plain, long, several_intents, quoted, negated, sarcastic or indirect
    given:                     # what is known besides the words, as in the examples of rules (may be left out)
      customer: {tier: key}
    pt-BR:
      subject: …               # may be left out
      messages: ["…", "…"]     # the customer's, the first one first
    en: …
    expect:
      primary: support
      collaborators: []        # all of them, in any order
      first: support.fix_fault # the recommendation on top
      holds_back: [upsell]     # kinds that guardrails keep from being shown, at least these (may be left out)
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rules.decide import Decider
from rules.facts import facts_from_given
from rules.loader import yaml_strict
from rules.model import Decision, Stage
from rules.signals import SignalReader, SpokenText
from rules.text import LOCALES

FOLDER = Path(__file__).parent.parent / "stories"
NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
THEMES = (
    *("support", "billing", "success", "retention", "accounts", "expansion"),
    *("voice_of_customer", "regulated_sac", "journey", "guardrails"),
)
DIFFICULTIES = ("plain", "long", "several_intents", "quoted", "negated", "sarcastic", "indirect")
KEYS = {"theme", "difficulty", "given", "expect", *LOCALES}
TOLD = {"subject", "messages"}
EXPECTED = {"primary", "collaborators", "first", "holds_back"}


@dataclass(frozen=True)
class Story:
    """One story as its file has it."""

    name: str
    theme: str
    difficulty: str
    given: dict
    told: dict
    expect: dict

    def messages(self, locale):
        """Return what the customer wrote: the subject goes with the first message, as in a mail."""
        first, *more = self.told[locale]["messages"]
        subject = self.told[locale].get("subject", "")
        texts = ["\n\n".join(part for part in (subject, first) if part), *more]
        return [SpokenText(str(number), text) for number, text in enumerate(texts)]


@dataclass(frozen=True)
class Ending:
    """What of a decision must be the same whatever language a story is told in."""

    primary: str
    collaborators: tuple[str, ...]
    shown: tuple[str, ...]
    held_back: frozenset[str]


def stories():
    """Return every story, by name."""
    return [story(path) for path in sorted(FOLDER.glob("*.yml"))]


def story(path):
    data = yaml_strict.read(str(path), path.read_bytes()).data
    assert data.keys() <= KEYS, f"{path.name}: {sorted(data.keys() - KEYS)} is no key of a story"
    assert data.keys() >= KEYS - {"given"}, f"{path.name}: {sorted(KEYS - {'given'} - data.keys())} is missing"
    assert data["theme"] in THEMES, f"{path.name}: theme is one of {', '.join(THEMES)}"
    assert data["difficulty"] in DIFFICULTIES, f"{path.name}: difficulty is one of {', '.join(DIFFICULTIES)}"
    for locale in LOCALES:
        assert data[locale].keys() <= TOLD, f"{path.name}: {locale} has a subject and messages"
        assert data[locale]["messages"], f"{path.name}: {locale} needs a message"
    assert data["expect"].keys() <= EXPECTED, (
        f"{path.name}: {sorted(data['expect'].keys() - EXPECTED)} is no expectation"
    )
    assert data["expect"].keys() >= {"primary", "collaborators", "first"}, f"{path.name}: expect says too little"
    told = {locale: data[locale] for locale in LOCALES}
    return Story(path.stem, data["theme"], data["difficulty"], data.get("given", {}), told, data["expect"])


class Teller:
    """Decides stories with one rulebook."""

    def __init__(self, rulebook):
        self.rulebook = rulebook
        self.reader = SignalReader(rulebook.signals.values())
        self.decider = Decider(rulebook)

    def decide(self, told, locale) -> Decision:
        """Return the decision when the helpdesk does not say the language."""
        reading = self.reader.read(told.messages(locale), None)
        assert reading.language == locale, f"{told.name}: {locale} was taken for {reading.language}"
        ticket = {"language": reading.language, **told.given.get("ticket", {})}
        given = {"customer": {}, **told.given, "ticket": ticket, "signals": reading.signals}
        facts = facts_from_given(given, NOW)
        return self.decider.decide(facts, reading.hits, reading.language, reading.truncated)


def ending(decision) -> Ending:
    return Ending(
        decision.primary.value,
        tuple(function.value for function in decision.collaborators),
        tuple(entry.action for entry in decision.recommendations),
        frozenset(entry.kind.value for entry in decision.not_shown if entry.stage is Stage.SUPPRESSED),
    )


def in_short(decision) -> str:
    """Return what one needs to see when a story ends otherwise."""
    fired = ", ".join(entry.rule for entry in decision.trace.fired)
    signals = ", ".join(sorted(decision.facts.signals)) or "no signal"
    held = ", ".join(f"{entry.action} ({entry.by})" for entry in decision.not_shown)
    return f"{ending(decision)}\n  signals: {signals}\n  fired: {fired}\n  not shown: {held}"
