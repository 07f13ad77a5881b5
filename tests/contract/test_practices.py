"""Every practice that the packs promise is embodied by a rule, and the table of them says which."""

from __future__ import annotations

from dataclasses import replace

import pytest
from laws import every

from rules.reference import practices, unembodied
from rules.reference.practices import EMBODIED, PRACTICES
from rules.rulebook import Status
from rules.text import LOCALES


@pytest.fixture
def book(shipped):
    return shipped


def without(book, practice):
    return replace(
        book,
        rules={
            id_: replace(rule, practice=tuple(name for name in rule.practice if name != practice))
            for id_, rule in book.rules.items()
        },
    )


def test_every_practice_that_the_packs_promise_has_a_rule(book):
    assert unembodied(book) == ()


@every("practice", EMBODIED)
def test_a_practice_that_loses_its_rules_is_noticed(book, practice):
    assert unembodied(without(book, practice)) == (practice,)


def test_a_rule_in_shadow_embodies_nothing(book):
    waiting = replace(book, rules={id_: replace(rule, status=Status.EXPERIMENTAL) for id_, rule in book.rules.items()})

    assert unembodied(waiting) == EMBODIED


def test_every_practice_that_a_rule_names_has_a_title(book):
    named = {practice for rule in book.rules.values() for practice in rule.practice}

    assert named - set(PRACTICES) == set()
    assert set(EMBODIED) <= set(PRACTICES)


@pytest.mark.parametrize("locale", LOCALES)
def test_the_table_names_each_rule_of_each_practice_with_an_example_on_both_sides(book, locale):
    sections = practices(book, locale).split("\n## ")[1:]
    found = {section.partition(":")[0]: section for section in sections}

    for rule in book.rules.values():
        for practice in rule.practice:
            row = next(line for line in found[practice].splitlines() if f"`{rule.id}`" in line)
            assert rule.title.read(locale) in row
            assert next(example.name for example in rule.examples if example.matches) in row
            assert next(example.name for example in rule.examples if not example.matches) in row
