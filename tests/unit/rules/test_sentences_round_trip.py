"""What is said is read back as the same condition: the whole vocabulary, both languages, no ambiguity."""

import pytest
from laws import law
from sentence_cases import Dice, Maker, conditions, size

from rules.conditions import Exists, Not, Test
from rules.loader.conditions import MAX_DEPTH, MAX_QUESTIONS, parse_condition
from rules.sentences import as_data, parse, say
from rules.sentences.clauses import Clauses
from rules.sentences.cursor import Cursor
from rules.sentences.names import SignalNames
from rules.sentences.tokens import tokens_of
from rules.text import LOCALES

SEED = 20261121
COUNTED = 3_000


def depth(condition):
    match condition:
        case Test():
            return 1
        case Not(part):
            return depth(part) + 1
        case Exists(_, where):
            return depth(where) + 1
    return 1 + max(depth(part) for part in condition.parts)


@law(quick=25, thorough=100, condition=conditions())
def test_what_is_said_is_read_back(condition):
    assert parse_condition(as_data(condition)) == condition
    for locale in LOCALES:
        sentence = say(condition, locale)

        assert parse(sentence, locale) == condition
        assert say(parse(sentence, locale), locale) == sentence


@pytest.mark.slow
@pytest.mark.parametrize("locale", LOCALES)
def test_three_thousand_conditions_are_read_back_to_the_type_of_every_number(shipped, locale):
    maker = Maker(Dice(SEED), ("Sinal ç", "a.b", *shipped.signals))
    leaves = deepest = largest = 0
    for index in range(COUNTED):
        condition = maker.condition()
        signals = shipped.signals if index % 2 else None

        assert repr(parse(say(condition, locale, signals), locale, signals)) == repr(condition)
        leaves += size(condition)
        largest = max(largest, size(condition))
        deepest = max(deepest, depth(condition))
    assert (deepest, largest) == (MAX_DEPTH, MAX_QUESTIONS)
    assert leaves > 3 * COUNTED


def test_every_condition_that_is_made_is_one_the_loader_takes():
    maker = Maker(Dice(SEED))
    for _ in range(300):
        condition = maker.condition()

        assert repr(parse_condition(as_data(condition))) == repr(condition)


@pytest.mark.parametrize("locale", LOCALES)
def test_a_clause_has_one_reading_only(locale):
    maker = Maker(Dice(SEED))
    clauses = Clauses(locale, SignalNames({}, locale))
    for _ in range(2_000):
        leaf = maker.leaf()
        cursor = Cursor(1, tokens_of(say(leaf, locale), 0), locale)
        readings = {repr(found) for found in clauses.readings(cursor, 0, None) if cursor.at_end(found.after)}

        assert len(readings) == 1, (leaf, readings)


@pytest.mark.slow
@pytest.mark.parametrize("locale", LOCALES)
def test_every_shipped_condition_is_read_back(shipped, locale):
    conditions_of = [rule.when for rule in shipped.rules.values()]
    conditions_of += [action.needs for action in shipped.actions.values() if action.needs is not None]
    for condition in conditions_of:
        for signals in (None, shipped.signals):
            assert parse(say(condition, locale, signals), locale, signals) == condition
