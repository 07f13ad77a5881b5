"""One law, tried twice: on few examples in every run, on many in a slow test beside it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

import pytest
from hypothesis import example, given, settings

STEADY = settings(derandomize=True, deadline=None, database=None)
"""The same examples in every run."""


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
        beside = [one for name, one in inspect.signature(holds).parameters.items() if name not in drawn]

        def test(examples, **others):
            def look(**found):
                holds(**others, **found)

            for found in always:
                look = example(**found)(look)
            settings(profile, max_examples=examples)(given(**drawn)(look))()

        test.__name__, test.__qualname__, test.__module__ = holds.__name__, holds.__qualname__, holds.__module__
        test.__doc__ = holds.__doc__
        examples = inspect.Parameter("examples", inspect.Parameter.POSITIONAL_OR_KEYWORD)
        test.__signature__ = inspect.Signature([examples, *beside])
        test.pytestmark = list(getattr(holds, "pytestmark", ()))
        return pytest.mark.parametrize("examples", counts(quick=quick, thorough=thorough))(test)

    return tests_of
