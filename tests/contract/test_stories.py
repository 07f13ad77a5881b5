"""Both languages are equals: a story told in either gets the same decision, and the right one.

Each file of `tests/stories` is a story; `tests/support/stories.py` says how to write one.
"""

from __future__ import annotations

from collections import Counter

import pytest
from laws import every
from stories import DIFFICULTIES, THEMES, Teller, ending, in_short, stories

from rules.text import LOCALES

STORIES = stories()
FEWEST = 80


@pytest.fixture(scope="module")
def teller(shipped):
    made = Teller(shipped)
    yield made
    made.decider.close()


@every("story", STORIES, ids=lambda story: story.name)
def test_story_ends_alike_in_both_languages_and_as_it_should(teller, story):
    portuguese, english = (teller.decide(story, locale) for locale in LOCALES)
    expect, found = story.expect, ending(english)
    seen = f"\npt-BR: {in_short(portuguese)}\nen: {in_short(english)}"

    assert found == ending(portuguese), seen
    assert found.primary == expect["primary"], seen
    assert set(found.collaborators) == set(expect["collaborators"]), seen
    assert found.shown[:1] == (expect["first"],), seen
    assert found.held_back >= set(expect.get("holds_back", ())), seen


def test_stories_are_told_in_words_of_their_own():
    texts = Counter(
        " ".join(message.text.split()) for story in STORIES for locale in LOCALES for message in story.messages(locale)
    )

    assert [text for text, times in texts.items() if times > 1] == []


def test_stories_try_every_theme_and_every_difficulty():
    assert len(STORIES) >= FEWEST
    assert {story.theme for story in STORIES} == set(THEMES)
    assert {story.difficulty for story in STORIES} == set(DIFFICULTIES)
