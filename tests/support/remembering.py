"""The reference evaluator for many rulebooks that differ from one in little: what they share is worked out once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from rules.conditions import Condition, Exists, Op, Test, leaves
from rules.decide.strata import lay_out
from rules.engine import ReferenceEvaluator
from rules.model import Facts
from rules.rulebook import Rulebook


class Sight:
    """What some conditions see of facts. None of them tells two facts apart of which they see the same."""

    def __init__(self, conditions: Iterable[Condition]) -> None:
        self._wide: dict[str, set[str]] = defaultdict(set)
        self._items: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for condition in conditions:
            for leaf in leaves(condition):
                if isinstance(leaf, Exists):
                    for inner in leaves(leaf.where):
                        assert isinstance(inner, Test)
                        self._see(inner, self._items[leaf.collection])
                else:
                    self._see(leaf, self._wide)

    def _see(self, test: Test, seen: dict[str, set[str]]) -> None:
        if test.op is Op.SAME_AS:
            seen[test.field].update()
            self._wide[str(test.value)].update()
        else:
            seen[test.field].update(test.value if isinstance(test.value, tuple) else (test.value,))

    def of(self, facts: Facts) -> tuple[object, ...]:
        """Return what they see, to look up by: of a set only what is asked for by name."""
        values = {"signals": facts.signals, **facts.values}
        wide = [_cut(values.get(name), asked) for name, asked in self._wide.items()]
        items = [
            frozenset(
                tuple(_cut(item.get(name), asked) for name, asked in seen.items())
                for item in facts.collections.get(collection, ())
            )
            for collection, seen in self._items.items()
        ]
        return (*wide, *items)


def _cut(value: object, asked: set[str]) -> object:
    return value & asked if isinstance(value, frozenset) else value


def frozen(facts: Facts) -> tuple[object, ...]:
    """Return all that a condition can see of facts, to look up by."""
    items = sorted((name, tuple(frozenset(one.items()) for one in held)) for name, held in facts.collections.items())
    return frozenset(facts.values.items()), facts.signals, tuple(items)


class Remembering:
    """Makes evaluators for a `Decider`. Each asks what it shares with `book` once for all of them, the rest itself."""

    def __init__(self, book: Rulebook) -> None:
        self._shared = lay_out(book).conditions
        self._evaluator = ReferenceEvaluator(self._shared)
        self._fired: dict[tuple[object, ...], frozenset[str]] = {}

    def __call__(self, conditions: Mapping[str, Mapping[str, Condition]]) -> "Remembered":
        """Return the evaluator of a book's strata."""
        shared = {
            stratum: frozenset(
                name for name, condition in named.items() if self._shared.get(stratum, {}).get(name) == condition
            )
            for stratum, named in conditions.items()
        }
        own = {
            stratum: {name: condition for name, condition in named.items() if name not in shared[stratum]}
            for stratum, named in conditions.items()
        }
        return Remembered(self, shared, ReferenceEvaluator(own))

    def fired(self, stratum: str, facts: Facts) -> frozenset[str]:
        """Return the conditions of the shared book that are surely true of `facts`."""
        if stratum not in self._shared:
            return frozenset()
        key = (stratum, *frozen(facts))
        if key not in self._fired:
            self._fired[key] = self._evaluator.fired(stratum, facts)
        return self._fired[key]


class Remembered:
    """Answers as the reference evaluator does."""

    def __init__(self, whole: Remembering, shared: Mapping[str, frozenset[str]], own: ReferenceEvaluator) -> None:
        self._whole = whole
        self._shared = shared
        self._own = own

    def fired(self, stratum: str, facts: Facts) -> frozenset[str]:
        """Return the names of the stratum's conditions that are surely true of `facts`."""
        return self._whole.fired(stratum, facts) & self._shared[stratum] | self._own.fired(stratum, facts)

    def close(self) -> None:
        """Do nothing: there is nothing to free."""
