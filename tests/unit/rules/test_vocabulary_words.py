"""Every closed value has a word, and words and titles can be told apart: sentences are read back."""

from collections import Counter

import pytest
from laws import every

from rules.rulebook import Function, Kind
from rules.text import LOCALES
from rules.vocabulary import COLLECTIONS, FIELDS
from rules.vocabulary.words import FUNCTION_WORDS, KIND_WORDS, VALUE_WORDS

CLOSED = {name: field.values for name, field in FIELDS.items() if field.values} | {
    f"{name}.{key}": field.values
    for name, collection in COLLECTIONS.items()
    for key, field in collection.fields.items()
    if field.values
}
NAMESPACES = {
    "fields and collections": [*FIELDS.values(), *COLLECTIONS.values()],
    **{name: list(collection.fields.values()) for name, collection in COLLECTIONS.items()},
}


def test_every_closed_value_has_a_word_and_no_other_has():
    said = {name: set(words) for name, words in VALUE_WORDS.items()}

    assert said == {name: set(values) for name, values in CLOSED.items()}


def test_functions_and_kinds_have_words():
    assert set(FUNCTION_WORDS) == {function.value for function in Function}
    assert set(KIND_WORDS) == {kind.value for kind in Kind}


@pytest.mark.parametrize("locale", LOCALES)
@every("name", CLOSED)
def test_words_of_a_field_are_all_different_and_hold_nothing_that_joins(name, locale):
    words = [word.read(locale) for word in VALUE_WORDS[name].values()]

    assert len({word.casefold() for word in words}) == len(words)
    for word in words:
        assert word == word.strip()
        assert not {"or", "and", "ou", "e", "nor", "nem"} & set(word.split()), word
        assert not set(',:;."“”`') & set(word), word


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("namespace", NAMESPACES)
def test_titles_of_one_place_are_all_different(namespace, locale):
    titles = Counter(entry.title.read(locale).casefold() for entry in NAMESPACES[namespace])

    assert [title for title, count in titles.items() if count > 1] == []
