"""The packs that we ship keep every rule of the house, and say everything in both languages."""

from __future__ import annotations

import re

import pytest

from rules.check import check
from rules.conditions import Op, Test, leaves
from rules.loader import SHIPPED
from rules.rulebook import Kind, RuleKind, Suppress
from rules.text import LOCALES, Text
from rules.vocabulary import WELL_KNOWN_SIGNALS

SLOT = re.compile(r"\{([^{}|]*)(\|([^{}]*))?\}")
FALLBACKS = ("support.triage", "support.sop", "success.sop", "accounts.sop")
FEWEST_EXAMPLES = 3


@pytest.fixture(scope="module")
def report():
    return check([SHIPPED])


@pytest.fixture(scope="module")
def book(report):
    assert report.rulebook is not None
    return report.rulebook


def texts(book):
    """Every text that a person reads, with the place it stands in."""
    for pack in book.packs.values():
        yield pack.id, pack.title
    for signal in book.signals.values():
        yield signal.name, signal.title
    for rule in book.rules.values():
        yield rule.id, rule.title
        yield rule.id, rule.rationale
        if isinstance(rule.then, Suppress):
            yield rule.id, rule.then.reason
    for action in book.actions.values():
        yield action.id, action.title
        yield action.id, action.benefit
        yield from ((action.id, step) for step in action.steps)
        if action.reply is not None:
            yield action.id, action.reply


def test_shipped_packs_have_no_finding(report):
    assert [str(finding) for finding in report.findings] == []


def test_shipped_texts_differ_between_the_languages_and_never_shout(book):
    same = [(place, text) for place, text in texts(book) if text.pt_br == text.en]
    loud = [(place, text) for place, text in texts(book) if "!" in text.pt_br + text.en]

    assert same == []
    assert loud == []


def test_shipped_signals_have_examples_and_hard_negatives_in_both_languages(book):
    thin = [
        (signal.name, locale)
        for signal in book.signals.values()
        for locale in LOCALES
        if locale not in signal.examples
        or min(len(signal.examples[locale].match), len(signal.examples[locale].no_match)) < FEWEST_EXAMPLES
        or not signal.not_when.get(locale)
    ]

    assert thin == []


def test_shipped_signals_are_all_read_by_some_rule(book):
    read = " ".join(repr(rule.when) for rule in book.rules.values())

    assert [name for name in book.signals if f"'{name}'" not in read] == []
    assert set(WELL_KNOWN_SIGNALS.values()) <= set(book.signals)


def test_shipped_actions_are_all_recommended_or_fallbacks(book):
    recommended = {rule.then.action for rule in book.rules_of(RuleKind.RECOMMENDATION)}

    assert set(FALLBACKS) <= set(book.actions)
    assert set(book.actions) - recommended - set(FALLBACKS) == set()


def test_shipped_actions_tell_steps_and_a_reply_whose_slots_have_fallbacks(book):
    for action in book.actions.values():
        assert len(action.steps) >= 2, action.id
        assert isinstance(action.reply, Text), action.id
        for locale in LOCALES:
            slots = SLOT.findall(action.reply.read(locale))
            assert slots, action.id
            assert all(fallback.strip() for _, _, fallback in slots), action.id


def test_shipped_rules_name_the_practice_they_embody(book):
    assert [rule.id for rule in book.rules.values() if not rule.practice] == []


def test_shipped_guardrails_hold_back_every_selling_kind(book):
    selling = {kind for kind in Kind if kind.sells}
    partial = [
        rule.id
        for rule in book.rules_of(RuleKind.GUARDRAIL)
        if isinstance(rule.then, Suppress) and selling & set(rule.then.kinds) and not selling <= set(rule.then.kinds)
    ]

    assert partial == []


def test_shipped_rules_of_the_regulated_service_say_what_they_rest_on(book):
    duty = Test("customer.regulated_sector", Op.IS, value=True)
    bound = [rule for rule in book.rules_of(RuleKind.RECOMMENDATION) if duty in leaves(rule.when)]

    assert bound
    assert [rule.id for rule in bound if not rule.references] == []
