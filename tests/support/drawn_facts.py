"""Facts drawn at random over the whole vocabulary, close to where rules draw their lines."""

import random
from datetime import UTC, datetime

from rules.facts import facts_from_given
from rules.vocabulary import COLLECTIONS, FIELDS, Source, Type

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
NUMBERS = (0, 1, 2, 3, 5, 6, 7, 9, 10, 13, 14, 30, 31, 60, 61, 89, 90, 91, 100, 365, 5_000)
TEXTS = ("crm", "erp", "pro", "basic")


def drawn_givens(rulebook, count, seed, *, known=0.3):
    """Yield `count` givens; each field is known with the chance `known`."""
    rng = random.Random(seed)  # noqa: S311 - drawn for tests, not for secrets
    signals = sorted(rulebook.signals)
    for _ in range(count):
        given = {"signals": rng.sample(signals, rng.choice((0, 1, 1, 2, 2, 3, 5)))}
        for field in FIELDS.values():
            if field.name == "signals" or field.source is Source.DECISION or rng.random() > known:
                continue
            if field.source is Source.DERIVED and rng.random() > known:
                continue
            group, _, name = field.name.partition(".")
            value = drawn_value(field, rng, signals)
            if name:
                given.setdefault(group, {})[name] = value
            else:
                given[group] = value
        for collection in COLLECTIONS.values():
            given[collection.name] = [
                {f.name: drawn_value(f, rng, signals) for f in collection.fields.values() if rng.random() < 0.6}
                for _ in range(rng.choice((0, 0, 1, 2)))
            ]
        yield given


def drawn_value(field, rng, signals):
    match field.type:
        case Type.FLAG:
            return rng.random() < 0.5
        case Type.ENUM:
            return rng.choice(field.values)
        case Type.TEXT:
            return rng.choice(TEXTS)
        case Type.SET:
            return rng.sample(list(field.values) or signals, 2)
    low = field.minimum if field.minimum is not None else -30
    high = field.maximum if field.maximum is not None else 5_000
    value = rng.choice([number for number in (*NUMBERS, -30, -31) if low <= number <= high])
    return value if field.type is Type.INTEGER else value + rng.choice((0.0, 0.0, 0.9)) * (value + 0.9 <= high)


def drawn_facts(rulebook, count, seed, *, known=0.3):
    return [facts_from_given(given, NOW) for given in drawn_givens(rulebook, count, seed, known=known)]
