"""The heart of the suite: every backend gives one answer on generated conditions, facts and whole rulebooks."""

from __future__ import annotations

import pytest
from backends import SEED, Count, hold_book_equal, hold_equal, search
from backends_books import book_cases, mixed_cases
from backends_files import FOLDER, BookCase, read

REGRESSIONS = sorted(FOLDER.glob("*.json"))


@pytest.mark.parametrize("path", REGRESSIONS, ids=lambda path: path.stem)
def test_backends_agree_on_what_was_hard_before(path):
    case = read(path)
    (hold_book_equal if isinstance(case, BookCase) else hold_equal)(case, Count())


def test_backends_agree_on_conditions():
    search(mixed_cases(), hold_equal, Count(), examples=15)


def test_backends_agree_on_rulebooks():
    search(book_cases(), hold_book_equal, Count(), examples=15)


@pytest.mark.slow
def test_backends_agree_on_a_hundred_thousand_evaluations(capsys):
    conditions, books = Count(), Count()
    search(mixed_cases(), hold_equal, conditions, examples=130)
    search(mixed_cases(collections=False), hold_equal, conditions, examples=40)
    search(book_cases(), hold_book_equal, books, examples=120)
    with capsys.disabled():  # what was looked at belongs into the report of a run that passes, too
        print(f"\nEQUALITY_SEED={SEED}: conditions {conditions}; rulebooks {books}")  # noqa: T201 - see above

    assert min(conditions.pairs.values()) >= 100_000
    assert min(books.pairs.values()) >= 20_000
