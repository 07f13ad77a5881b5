"""The rulebooks that `sidecue bench rules` measures with: as many rules as asked for, and nothing wrong with them."""

from __future__ import annotations

import pytest

from plugin.bench import books
from rules.check import check

MORE = 20


@pytest.mark.slow
def test_book_has_as_many_rules_with_names_of_their_own_and_no_error(shipped, tmp_path):
    wanted = len(shipped.rules) + MORE

    assert books.write(tmp_path / "book", wanted) == wanted

    report = check([tmp_path / "book"])
    assert report.ok
    assert len(report.rulebook.rules) == wanted
    assert len(report.rulebook.signals) > len(shipped.signals)


@pytest.mark.slow
def test_book_of_copies_is_shadowed(shipped, tmp_path):
    wanted = len(shipped.rules) + MORE

    assert books.write_shadowed(tmp_path / "book", wanted) == wanted

    report = check([tmp_path / "book"])
    assert {found.code for found in report.findings} == {"proof.shadowed"}


@pytest.mark.slow
@pytest.mark.parametrize("write", [books.write, books.write_shadowed])
def test_book_is_never_smaller_than_what_ships(shipped, tmp_path, write):
    assert write(tmp_path / "book", 1) == len(shipped.rules)
