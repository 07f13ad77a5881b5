"""What was found faultless is not looked at again, and no fault is ever passed over for it."""

import os
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest
from rule_files import RULE, SIGNAL, write_pack

from rules.check import check
from rules.loader import load
from rules.loader.faultless import MOST, Faultless

ALL_WELL = """\
schema: 1
name: all_well
title: {pt-BR: Resolvido, en: Solved}
phrases:
  pt-BR: [resolvido agora]
  en: [solved now]
negatable: true
clears: [broken_thing]
examples:
  pt-BR: {match: [Tudo resolvido agora], no_match: [Nada feito]}
  en: {match: [All is solved now], no_match: [Nothing done]}
"""


@pytest.fixture
def code(tmp_path):
    """Return a folder of code that nobody has touched for a long time."""
    folder = tmp_path / "code"
    folder.mkdir()
    write_code(folder, "look()")
    return folder


def write_code(folder, content):
    path = folder / "looks.py"
    path.write_text(content, "utf-8")
    os.utime(path, (0, 0))


@pytest.fixture
def open_again(tmp_path, code):
    """Open what is kept, as the next run does."""
    return lambda: Faultless(tmp_path / "cache" / "faultless.txt", code)


def keep(open_again, *contents):
    faultless = open_again()
    for content in contents:
        faultless.add(faultless.key("phrases", content))
    faultless.keep()


def knows(open_again, content, kind="phrases"):
    faultless = open_again()
    return faultless.key(kind, content) in faultless


def found(folder, open_again):
    """Check as a run does; return what it finds and whether that is what a run without memory finds."""
    faultless = open_again()
    report = check([folder], solver=False, faultless=faultless)
    faultless.keep()

    assert report.findings == check([folder], solver=False).findings
    return [finding.code for finding in report.findings]


def test_what_is_added_is_known_in_the_next_run_only_to_its_owner(open_again, tmp_path):
    keep(open_again, b"one")

    assert knows(open_again, b"one")
    assert not knows(open_again, b"onE")
    assert not knows(open_again, b"one", kind="signal")
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["faultless.txt"]
    assert (tmp_path / "cache" / "faultless.txt").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "cache").stat().st_mode & 0o777 == 0o700


def test_every_part_of_a_right_pack_is_known_after_a_check(open_again, tmp_path):
    folder = write_pack(tmp_path)

    assert found(folder, open_again) == []
    kept = (tmp_path / "cache" / "faultless.txt").read_text("ascii").splitlines()
    book = load([folder])
    assert len(kept) == len(set(kept)) == 2 * len(book.signals) + len(book.rules)
    assert found(folder, open_again) == []
    assert (tmp_path / "cache" / "faultless.txt").read_text("ascii").splitlines() == kept


@pytest.mark.parametrize(
    ("broken", "codes"),
    [
        ({"signals__broken_thing": SIGNAL.replace("stopped working today", "stopped working again")}, []),
        ({"signals__broken_thing": SIGNAL.replace("stopped working today", "is on fire today")}, ["signal.not_found"]),
        ({"signals__broken_thing": SIGNAL.replace("- stopped", "- (stopped")}, ["signal.phrase"]),
        ({"renewal_call": RULE.replace("mrr: 10}", "mrr: 5000}")}, ["example.failed"]),
        ({"renewal_call": RULE.replace("mrr: 6000}", "mrr: 5000, tier: key}")}, ["example.branch_idle"]),
        ({"renewal_call": RULE.replace("at_least: 5000", "at_least: 6001")}, None),
    ],
)
def test_what_changed_is_looked_at_again_and_a_fault_every_time(open_again, tmp_path, broken, codes):
    assert found(write_pack(tmp_path), open_again) == []
    folder = write_pack(tmp_path, **broken)
    first = found(folder, open_again)

    assert codes is None or first == codes
    assert codes == [] or first
    assert found(folder, open_again) == first
    assert found(write_pack(tmp_path), open_again) == []


def test_signal_is_read_again_when_another_one_that_clears_it_changes(open_again, tmp_path):
    folder = write_pack(tmp_path, signals__all_well=ALL_WELL)
    assert found(folder, open_again) == []

    write_pack(tmp_path, signals__all_well=ALL_WELL.replace("solved now]", "solved now, working today]", 1))
    assert found(folder, open_again) == ["signal.not_found"]
    (finding,) = check([folder], solver=False, faultless=open_again()).findings
    assert finding.path.endswith("broken_thing.yml")


def test_overlaid_signal_is_remembered_as_it_was_read(open_again, tmp_path):
    folder = write_pack(tmp_path)
    change = tmp_path / "tenant" / "shop" / "signals" / "more.yml"
    change.parent.mkdir(parents=True)

    def codes(text):
        content = f'schema: 1\noverlay: broken_thing\nexamples: {{en: {{match: ["{text}"], no_match: []}}}}\n'
        change.write_text(content, "utf-8")
        faultless = open_again()
        report = check([folder], [tmp_path / "tenant"], solver=False, faultless=faultless)
        faultless.keep()
        return [finding.code for finding in report.findings]

    assert codes("The system stopped working again") == []
    assert codes("The system is on fire") == ["signal.not_found"]
    assert codes("The system is on fire") == ["signal.not_found"]


def test_changed_code_forgets_everything(open_again, code):
    keep(open_again, b"one")
    write_code(code, "looK()")
    assert not knows(open_again, b"one")

    write_code(code, "look()")
    assert knows(open_again, b"one")
    (code / "more.py").write_text("", "utf-8")
    assert not knows(open_again, b"one")

    (code / "more.py").unlink()
    assert knows(open_again, b"one")
    (code / "words.txt").write_text("look", "utf-8")
    assert not knows(open_again, b"one")


def test_nothing_is_kept_of_code_that_was_changed_meanwhile(open_again, code):
    faultless = open_again()
    faultless.add(faultless.key("phrases", b"one"))
    write_code(code, "look(again)")
    faultless.keep()
    write_code(code, "look()")

    assert not knows(open_again, b"one")


def test_nothing_is_kept_of_code_younger_than_the_process_or_without_sources(open_again, code):
    (code / "looks.py").touch()
    keep(open_again, b"one")
    assert not knows(open_again, b"one")

    (code / "looks.py").unlink()
    keep(open_again, b"one")
    assert not knows(open_again, b"one")


def _cut(content):
    return content[:-10]


def _no_end(content):
    return content.rstrip(b"\n")


def _upper(content):
    return content.upper()


def _other(content):
    return b"\0" + content


def _swollen(content):
    return content * (MOST + 1)


def _empty(_):
    return b""


@pytest.mark.parametrize("damage", [_cut, _no_end, _upper, _other, _swollen, _empty])
def test_damaged_file_is_passed_over_and_written_anew(open_again, tmp_path, damage):
    path = tmp_path / "cache" / "faultless.txt"
    keep(open_again, b"one")
    path.write_bytes(damage(path.read_bytes()))

    assert not knows(open_again, b"one")
    keep(open_again, b"two")
    assert knows(open_again, b"two")
    assert len(path.read_bytes()) == 65


def _group_may_write(path):
    path.chmod(0o620)


def _pipe(path):
    path.unlink()
    os.mkfifo(path)


def _link(path):
    path.rename(path.with_name("elsewhere"))
    path.symlink_to("elsewhere")


def _folder(path):
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("make", [_group_may_write, _pipe, _link, _folder])
def test_only_an_ordinary_file_of_our_own_is_believed(open_again, tmp_path, make):
    keep(open_again, b"one")
    make(tmp_path / "cache" / "faultless.txt")

    assert not knows(open_again, b"one")
    keep(open_again, b"two")
    assert knows(open_again, b"two") is (make is not _folder)


def test_where_nothing_can_be_written_everything_is_found_all_the_same(tmp_path, code):
    (tmp_path / "file").write_text("", "utf-8")
    folder = write_pack(tmp_path, signals__broken_thing=SIGNAL.replace("stopped working today", "is on fire"))

    assert found(folder, lambda: Faultless(tmp_path / "file" / "faultless.txt", code)) == ["signal.not_found"]
    assert (tmp_path / "file").read_text("utf-8") == ""


def test_what_was_not_asked_for_the_longest_is_forgotten_first(open_again, tmp_path):
    contents = [str(number).encode() for number in range(MOST)]
    keep(open_again, *contents)
    faultless = open_again()
    assert faultless.key("phrases", contents[0]) in faultless
    faultless.add(faultless.key("phrases", b"new"))
    faultless.keep()

    assert (tmp_path / "cache" / "faultless.txt").stat().st_size == 65 * MOST
    assert knows(open_again, b"new")
    assert knows(open_again, contents[0])
    assert not knows(open_again, contents[1])
    assert knows(open_again, contents[2])


def test_runs_side_by_side_keep_what_both_found(open_again):
    one, other = open_again(), open_again()
    one.add(one.key("phrases", b"one"))
    other.add(other.key("phrases", b"other"))
    one.keep()
    other.keep()

    assert knows(open_again, b"one")
    assert knows(open_again, b"other")


def write_often(path, code, name):
    for number in range(50):
        faultless = Faultless(path, code)
        faultless.add(faultless.key("phrases", f"{name}{number}".encode()))
        faultless.keep()


def test_two_processes_at_once_leave_a_whole_file(tmp_path, code):
    path = tmp_path / "cache" / "faultless.txt"
    with ProcessPoolExecutor(2, get_context("fork")) as pool:
        for done in [pool.submit(write_often, path, code, name) for name in ("one", "other")]:
            done.result()

    lines = path.read_text("ascii").split("\n")
    assert lines.pop() == ""
    assert {len(line) for line in lines} == {64}
    assert len(lines) >= 50
    assert [found.name for found in path.parent.iterdir()] == ["faultless.txt"]
