"""Histories from files and folders, worked by one process or several: the same bytes come out."""

import errno
import json
import os
import subprocess
import sys
import tracemalloc
from datetime import UTC, datetime

import pytest
from backtest_cases import cases, rulebook
from decide_books import said, votes
from laws import counts
from plugin_cases import signal

from plugin.backtest import saved
from plugin.backtest.batches import HistoryInvalid
from plugin.backtest.books import FILES, NamedBook
from plugin.backtest.document import as_document
from plugin.backtest.running import run
from plugin.backtest.sources import MAX_LINE_BYTES, FileHistory
from rules.backtest import CHUNK
from rules.backtest.comparator import decided
from rules.decide import Decider
from rules.decide.canonical import as_document as decision_document
from rules.rulebook import Rulebook

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
BEFORE = rulebook()
AFTER = rulebook("after", c_price=votes("c.price", said("price"), account_management=5), r_listen=None)
REPEATS = 37


def document(comparison):
    books = (NamedBook(FILES, comparison.before), NamedBook(FILES, comparison.after))
    return json.dumps(as_document(comparison, *books, [], "en"), sort_keys=True)


@pytest.fixture
def decisions(tmp_path):
    """Every case, decided and written as canonical decisions; enough of them for two batches."""
    return written(tmp_path, REPEATS)


def written(tmp_path, repeats):
    path = tmp_path / "decisions.jsonl"
    with Decider(BEFORE) as decider, path.open("w", encoding="utf-8") as out:
        lines = [
            json.dumps({"id": case.ticket, "decision": decision_document(decided(decider, case))}) for case in cases()
        ]
        for repeat in range(repeats):
            out.writelines(line.replace('{"id": "', f'{{"id": "{repeat}-') + "\n" for line in lines)
    return FileHistory(path, NOW)


@pytest.mark.slow
def test_the_number_of_workers_makes_no_difference(tmp_path):
    history = written(tmp_path, 75)  # three batches
    one, two = (run(BEFORE, AFTER, history, workers=workers) for workers in (1, 2))

    assert one.cases == 75 * len(cases()) > 2 * CHUNK
    assert one.changed > 0
    assert document(one) == document(two)


@pytest.mark.parametrize("repeats", counts(quick=3, thorough=REPEATS))
def test_a_saved_history_gives_the_same(tmp_path, repeats):
    folder, decisions = tmp_path / "kept", written(tmp_path, repeats)
    unfinished = saved.begun(folder)
    direct = run(BEFORE, AFTER, decisions, workers=1, save=unfinished)
    kept = saved.finish(unfinished, folder)
    history = saved.opened(folder)
    again = run(BEFORE, AFTER, history, workers=1)

    assert kept == history.total == direct.cases
    assert document(again) == document(direct)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_saved_history_takes_the_place_of_an_older_one_and_of_nothing_else(tmp_path):
    folder, decisions = tmp_path / "kept", written(tmp_path, 2)
    for _ in range(2):
        unfinished = saved.begun(folder)
        run(BEFORE, BEFORE, FileHistory(decisions.path, NOW), workers=1, save=unfinished)
        saved.finish(unfinished, folder)
    other = tmp_path / "other"
    other.mkdir()
    (other / "letter.txt").write_text("mine", "utf-8")

    assert saved.opened(folder).total == 2 * len(cases())
    with pytest.raises(HistoryInvalid, match="neither empty nor a saved history"):
        saved.begun(other)
    assert (other / "letter.txt").read_text("utf-8") == "mine"


def save(decisions, folder):
    unfinished = saved.begun(folder)
    run(BEFORE, BEFORE, FileHistory(decisions.path, NOW), workers=1, save=unfinished)
    return unfinished


@pytest.mark.parametrize("place", ["letter.txt", "000000/letter.txt", "000009/letter.txt", "letters/a.txt"])
def test_a_saved_history_with_something_else_in_it_is_not_replaced(tmp_path, place):
    folder, decisions = tmp_path / "kept", written(tmp_path, 1)
    saved.finish(save(decisions, folder), folder)
    late = save(decisions, folder)
    (folder / place).parent.mkdir(exist_ok=True)
    (folder / place).write_text("mine", "utf-8")

    with pytest.raises(HistoryInvalid, match="besides a saved history"):
        saved.begun(folder)
    with pytest.raises(HistoryInvalid, match="besides a saved history"):
        saved.finish(late, folder)
    assert (folder / place).read_text("utf-8") == "mine"
    assert saved.opened(folder).total == len(cases())


@pytest.mark.parametrize("content", ['{"parts": []}', "[]", "x"])
def test_a_folder_with_another_history_json_is_not_replaced(tmp_path, content):
    (tmp_path / "history.json").write_text(content, "utf-8")

    with pytest.raises(HistoryInvalid, match="neither empty nor a saved history"):
        saved.begun(tmp_path)


def test_an_older_history_stays_whole_until_the_newer_one_is_in_its_place(tmp_path, monkeypatch):
    folder, decisions = tmp_path / "kept", written(tmp_path, 1)
    saved.finish(save(decisions, folder), folder)
    late = save(written(tmp_path, 2), folder)
    rename = os.rename

    def failing(source, target, **more):
        if str(source) == str(late):
            raise OSError(errno.EIO, "input/output error")
        rename(source, target, **more)

    monkeypatch.setattr(os, "rename", failing)
    with pytest.raises(HistoryInvalid, match="cannot be put in its place"):
        saved.finish(late, folder)
    kept = saved.opened(folder)
    monkeypatch.undo()
    saved.finish(late, folder)

    assert kept.total == len(cases())
    assert saved.opened(folder).total == 2 * len(cases())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["decisions.jsonl", "kept"]


def test_a_link_to_a_saved_history_leads_to_the_newer_one(tmp_path):
    decisions = written(tmp_path, 1)
    (tmp_path / "disk").mkdir()
    (tmp_path / "kept").symlink_to(tmp_path / "disk")
    for _ in range(2):
        saved.finish(save(decisions, tmp_path / "kept"), tmp_path / "kept")

    assert (tmp_path / "kept").is_symlink()
    assert saved.opened(tmp_path / "kept").total == len(cases())


def test_a_folder_without_a_history_is_refused(tmp_path):
    with pytest.raises(HistoryInvalid, match="there is no saved history in it"):
        saved.opened(tmp_path)


@pytest.mark.slow
def test_a_part_that_was_changed_is_refused(decisions, tmp_path):
    folder = tmp_path / "kept"
    unfinished = saved.begun(folder)
    run(BEFORE, BEFORE, decisions, workers=1, save=unfinished)
    saved.finish(unfinished, folder)
    (folder / "000001" / "cases.parquet").write_bytes((folder / "000000" / "cases.parquet").read_bytes())

    with pytest.raises(HistoryInvalid, match=r"000001: its files do not fit together"):
        run(BEFORE, BEFORE, saved.opened(folder), workers=1)


def rows(tmp_path, *lines):
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines), "utf-8")
    return FileHistory(path, NOW)


def test_a_line_that_is_too_long_is_refused_before_it_is_read_whole(tmp_path):
    path = tmp_path / "long.jsonl"
    with path.open("wb") as out:
        out.write(b"\n")
        out.truncate(16 * MAX_LINE_BYTES)
    tracemalloc.start()
    with pytest.raises(HistoryInvalid, match=r"long\.jsonl:2: the line is longer"):
        run(BEFORE, BEFORE, FileHistory(path, NOW), workers=1)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert most < 4 * MAX_LINE_BYTES


def with_signals(book, phrase):
    found = signal("cancel", phrase, phrase)
    return Rulebook(book.packs, {"cancel": found}, book.actions, book.rules, book.calibration, phrase)


def test_rows_as_for_classify_are_replayed_with_their_own_clock(tmp_path):
    history = rows(
        tmp_path,
        {"id": "1", "text": "quero cancelar", "taken_at": "2026-01-05T09:00:00-03:00"},
        "",
        {"id": 2, "text": "bom dia", "customer": {"renewal_on": "2026-03-20"}},
    )
    book = with_signals(BEFORE, "cancelar")
    found = run(book, with_signals(rulebook("after", r_listen=None), "cancelar"), history, workers=1)

    assert [d.ticket for d in found.differences] == ["1"]
    assert (found.part.first, found.part.last) == (datetime(2026, 1, 5, 12, 0, tzinfo=UTC), NOW)


def test_rows_are_read_by_both_rulebooks(tmp_path):
    history = rows(tmp_path, {"id": "1", "text": "quero cancelar"}, {"id": "2", "text": "tchau"})
    found = run(with_signals(BEFORE, "cancelar"), with_signals(BEFORE, "tchau"), history, workers=1)

    assert found.part.read_again == 2
    assert [(d.ticket, d.causes[0].because) for d in found.differences] == [
        ("1", "signal_not_read"),
        ("2", "signal_read"),
    ]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{", "this is not JSON"),
        ('{"id": "1"}', "'text' is missing"),
        ('{"id": "1", "text": "a", "taken_at": "2026-01-05"}', "has no time zone"),
        ('{"id": "1", "text": "a", "taken_at": 5}', "'taken_at' 5 is no instant; write one like"),
        ('{"id": "1", "text": "a", "taken_at": "0001-01-01T00:00:00+05:00"}', "is out of reach; write an instant from"),
        ('{"id": "1", "text": "a", "customer": {"tier": "huge"}}', "tier"),
        ('{"id": "1", "decision": {"schema": 9}}', "no decision as Sidecue writes it"),
        ('{"id": "1", "decision": 7}', "no decision as Sidecue writes it"),
        ('{"schema": 1, "facts": {}}', "no decision as Sidecue writes it"),
    ],
)
def test_a_line_that_cannot_be_replayed_is_named(tmp_path, line, problem):
    history = rows(tmp_path, {"id": "0", "text": "fine"}, line)

    with pytest.raises(HistoryInvalid, match=r"rows\.jsonl:2: .*" + problem):
        run(BEFORE, BEFORE, history, workers=1)


@pytest.mark.slow
def test_a_bad_line_ends_all_workers_with_its_message(tmp_path):
    history = rows(tmp_path, *({"id": str(number), "text": "fine"} for number in range(4_100)), "{")

    with pytest.raises(HistoryInvalid, match=r"rows\.jsonl:4101: this is not JSON"):
        run(BEFORE, AFTER, history, workers=2)


def test_a_bare_decision_is_named_by_its_line(tmp_path):
    row = next(case for case in cases() if "cancel" in case.facts.signals)
    with Decider(BEFORE) as decider:
        line = json.dumps(decision_document(decided(decider, row)))
    found = run(BEFORE, AFTER, rows(tmp_path, "", line), workers=1)

    assert [d.ticket for d in found.differences] == ["2"]


@pytest.mark.parametrize(
    ("taken_at", "problem"),
    [
        ("2026-01-05T09:00:00", "has no time zone"),
        ("0001-01-01T00:00:00+05:00", "is out of reach"),
        ("9999-12-31T23:59:59+00:00", "is out of reach"),
    ],
)
def test_a_decision_taken_at_no_instant_to_decide_by_is_named(tmp_path, taken_at, problem):
    with Decider(BEFORE) as decider:
        decision = decision_document(decided(decider, cases()[0]))
    decision["facts"]["taken_at"] = taken_at
    history = rows(tmp_path, {"id": "0", "text": "fine"}, json.dumps(decision))

    with pytest.raises(HistoryInvalid, match=r"rows\.jsonl:2: .*" + problem):
        run(BEFORE, BEFORE, history, workers=1)


@pytest.mark.slow
def test_the_command_line_imports_no_columns_before_it_needs_them():
    code = "import sys, plugin.cli.rules.backtesting; sys.exit(bool({'polars', 'z3'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], env={**os.environ}, check=False)

    assert done.returncode == 0
