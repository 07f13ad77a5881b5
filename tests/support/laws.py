"""One law: tried twice, on few examples in every run and on many in a slow test; or held over every row of a table."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

import pytest
from hypothesis import example, given, settings

STEADY = settings(derandomize=True, deadline=None, database=None)
"""The same examples in every run."""
PARAM = type(pytest.param())


def counts(*, quick: int, thorough: int) -> list[Any]:
    """Return the parameters of a test that does something so often, in every run and in a slow one."""
    return [pytest.param(quick, id="quick"), pytest.param(thorough, id="thorough", marks=pytest.mark.slow)]


def slow_but(quick: Collection[Any], every: Iterable[Any]) -> list[Any]:
    """Return `every` parameter, all of them slow but the `quick` ones."""
    return [one if one in quick else pytest.param(one, marks=pytest.mark.slow) for one in every]


def law(
    *, quick: int, thorough: int, profile: settings = STEADY, always: Collection[Mapping[str, Any]] = (), **drawn: Any
) -> Callable[..., Any]:
    """Make two tests of a function: `quick` examples of what is `drawn`, and in a slow one `thorough`.

    `always`: examples that both try besides.
    What the function takes besides is fixtures and parameters, as of any test.
    """

    def tests_of(holds: Callable[..., None]) -> Callable[..., None]:
        def test(examples, **others):
            def look(**found):
                holds(**others, **found)

            for found in always:
                look = example(**found)(look)
            settings(profile, max_examples=examples)(given(**drawn)(look))()

        test = _taking(test, holds, "examples", drawn)
        return pytest.mark.parametrize("examples", counts(quick=quick, thorough=thorough))(test)

    return tests_of


def every(
    names: str | tuple[str, ...], rows: Iterable[Any], *, ids: Callable[[Any], str] = ascii
) -> Callable[..., Any]:
    """Make one test of what holds for every row of a table, columns and rows as `pytest.mark.parametrize` takes them.

    Each row that fails is told by its number and its name, and none hides the next. Fixtures are one for all rows: the
    rows must not change them. (A test has a price of its own, in two processes: often more than what a row asks.)
    """
    columns = (names,) if isinstance(names, str) else names
    told = [(row if isinstance(row, PARAM) else pytest.param(*(row if len(columns) > 1 else (row,)))) for row in rows]

    def test_of(holds: Callable[..., None]) -> Callable[..., None]:
        def test(subtests, **others):
            assert told, "a table without a row proves nothing"
            for number, row in enumerate(told):
                with subtests.test(f"{number}: {row.id or ', '.join(ids(value)[:40] for value in row.values)}"):
                    holds(**others, **dict(zip(columns, row.values, strict=True)))

        return _taking(test, holds, "subtests", columns)

    return test_of


def _taking(test: Callable[..., None], holds: Callable[..., None], first: str, given: Collection[str]) -> Any:
    """Return `test` named as `holds` is and taking its parameters, but those that are `given`, after a `first` one."""
    beside = [one for name, one in inspect.signature(holds).parameters.items() if name not in given]
    test.__name__, test.__qualname__, test.__module__ = holds.__name__, holds.__qualname__, holds.__module__
    test.__doc__ = holds.__doc__
    asked = inspect.Parameter(first, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    test.__signature__ = inspect.Signature([asked, *beside])
    test.pytestmark = list(getattr(holds, "pytestmark", ()))
    return test
