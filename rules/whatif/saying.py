"""An answer in words: "If the open dispute were “no” (now: “yes”), “Offer the upgrade” would be shown."."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from rules.rulebook import Action, Signal
from rules.sentences import say as say_condition
from rules.sentences.spelling import number
from rules.text import Locale
from rules.vocabulary import Field
from rules.vocabulary.words import VALUE_WORDS
from rules.whatif.change import Answer, Changed, Verdict
from rules.whatif.edits import Value
from rules.whatif.words import NOUNS, SENTENCES

_SHARE: Final = "share of "
_PER_CENT: Final = "per cent"
_PLURAL: Final = ("os ", "as ")


def say(answer: Answer, action: Action, locale: Locale, signals: Mapping[str, Signal] | None = None) -> str:
    """Return the answer as one or two sentences. `signals` gives their titles."""
    title = action.title.read(locale)
    end = "shown" if answer.shows else "gone"
    if answer.change is not None:
        changes = _word("and", locale).join(_said(found, "were", locale) for found in answer.change.changed)
        sentence = _word(end, locale, changes=changes, title=title)
        return " ".join([sentence, *(_said(found, "follows", locale) for found in answer.change.follows)])
    sentence = _word(f"{answer.verdict.value}.{end}", locale, title=title, fields=answer.fields, tries=answer.tries)
    if answer.verdict is not Verdict.NOTHING:
        return sentence
    if not answer.obstacles:
        return f"{sentence} {_word('order', locale)}"
    facts = "; ".join(say_condition(condition, locale, signals) for condition in answer.obstacles)
    return f"{sentence} {_word('in_the_way' if answer.shows else 'keeps', locale, facts=facts)}"


def _said(changed: Changed, key: str, locale: Locale) -> str:
    noun = NOUNS[changed.spot.name]
    several = noun.pt_br.startswith(_PLURAL)
    after = _word("any_other", locale) if changed.any_other else value_in_words(changed, changed.after, locale)
    before = value_in_words(changed, changed.before, locale)
    return _word(
        f"{key}.several" if several else key,
        locale,
        noun=noun.read(locale).format(n=changed.spot.item + 1),
        after=after,
        before=before if changed.before is None else f"“{before}”",
    )


def value_in_words(changed: Changed, value: Value | None, locale: Locale) -> str:
    """Return a value as people call it: its word, yes or no, a number with its unit where the noun has none."""
    field: Field = changed.spot.described
    if value is None:
        return _word("unknown", locale)
    if isinstance(value, bool):
        return _word("yes" if value else "no", locale)
    if isinstance(value, frozenset):
        return ", ".join(sorted(value)) or _word("empty", locale)
    if isinstance(value, str):
        words = VALUE_WORDS.get(changed.spot.name, {})
        return words[value].read(locale) if value in words else value
    unit = field.unit or ""
    share = unit.startswith(_SHARE)
    return number(value, locale, share=share) + ("%" if share or unit.startswith(_PER_CENT) else "")


def _word(key: str, locale: Locale, **slots: object) -> str:
    return SENTENCES[key].read(locale).format(**slots)
