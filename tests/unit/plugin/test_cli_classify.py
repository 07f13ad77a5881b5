"""`sidecue classify`: every row has its answer, in order, whatever the others are like."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from plugin.cli import main
from plugin.cli.batches import MAX_LINE_BYTES

pytestmark = pytest.mark.slow

REPOSITORY = Path(__file__).parents[3]
NOW = "2026-03-10T12:00:00Z"
CANCEL = {"id": "1", "text": "Quero cancelar o contrato, a equipe parou de usar o sistema."}
SEATS = {"id": "2", "text": "How much would ten more seats cost?", "lang": "en"}


@pytest.fixture(autouse=True)
def _home(tmp_path, monkeypatch):
    """A home without packs of its own."""
    monkeypatch.setenv("SIDECUE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("SIDECUE_PACKS", raising=False)


@pytest.fixture
def classify(tmp_path):
    """Run the command over the given lines (bytes, or values to be written as JSON)."""

    def run(*lines, args=()):
        encoded = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
        rows, out = tmp_path / "rows.jsonl", tmp_path / "out.jsonl"
        rows.write_bytes(b"\n".join(encoded) + b"\n")
        result = CliRunner().invoke(main, ["classify", str(rows), "--out", str(out), "--now", NOW, *args])
        answers = [json.loads(line) for line in out.read_bytes().splitlines()] if out.exists() else []
        return result, answers

    return run


def test_classify_answers_every_row_in_order(classify):
    result, (cancel, seats) = classify(CANCEL, SEATS)

    assert result.exit_code == 0, result.output
    assert result.stderr == "2 rows: 2 decided, 0 with an error\n"
    assert (cancel["id"], cancel["primary"]) == ("1", "success")
    assert (seats["id"], seats["primary"]) == ("2", "account_management")
    assert "cancel_request" in cancel["signals"]


def test_classify_gives_all_that_a_decision_says(classify):
    _, (row,) = classify({**CANCEL, "customer": {"tier": "key", "days_to_renewal": 30}})

    assert set(row) == {
        "id", "primary", "collaborators", "scores", "confidence", "needs_triage", "is_fallback", "journey_stage",
        "customer_job", "recommendations", "not_shown", "signals", "trace",
    }  # fmt: skip
    first = row["recommendations"][0]
    assert {"action", "kind", "function", "title", "reason", "due_at", "reply", "steps", "rules"} <= set(first)
    assert first["kind"] == "comply"
    assert first["due_at"] > "2026-03-10T12:00:00+00:00"
    assert not first["reply"] or "{" not in first["reply"]
    assert row["trace"]["taken_at"] == "2026-03-10T12:00:00+00:00"
    assert row["trace"]["language"] == "pt-BR"
    assert {"rule", "version", "kind", "leaves"} == set(row["trace"]["fired"][0])


def test_classify_speaks_the_language_of_the_row(classify):
    _, (cancel, leave) = classify(CANCEL, {"id": "3", "text": "I want to cancel my contract.", "lang": "en-GB"})

    assert cancel["recommendations"][0]["action"] == leave["recommendations"][0]["action"]
    assert cancel["recommendations"][0]["title"] != leave["recommendations"][0]["title"]


def test_classify_uses_what_is_known_of_ticket_and_customer(classify):
    known = {
        **SEATS,
        "subject": "Seats",
        "ticket": {"channel": "email", "tags": ["a"], "product": None},
        "customer": {"renewal_on": "2026-04-20", "last_login_on": "2026-03-01", "days_since_login": 2, "mrr": None},
        "subscriptions": [{"product": "crm", "status": "active", "plan": None}],
        "open_tickets": None,
        "label": "upsell",
    }

    result, _ = classify(known)

    assert result.exit_code == 0, result.output


WRONG = (
    ({"id": "7", "text": "x", "customer": {"teir": "key"}}, "7", "did you mean customer.tier?"),
    ({"id": 7, "text": "x", "ticket": {"ticket.channel": "email"}}, 7, "no field 'ticket.ticket.channel'"),
    ({"id": 7, "text": "x", "customer": {"mrr": "much"}}, 7, "customer.mrr: 'much' does not fit"),
    ({"id": 7, "text": "x", "customer": []}, 7, "customer: [] does not fit"),
    ({"id": 7, "text": "x", "customer": {"renewal_on": "20/04"}}, 7, "a date like 2026-12-31"),
    ({"id": 7, "text": "x", "customer": {"renewal_on": 5}}, 7, "a date like 2026-12-31"),
    ({"id": 7, "text": "x", "subscriptions": [{"statu": "active"}]}, 7, "did you mean subscriptions[0].status?"),
    ({"id": 7, "text": "x", "custmer": {}}, 7, "did you mean 'customer'?"),
    ({"id": 7, "text": None}, 7, "'text' is missing"),
    ({"id": 7, "text": 5}, 7, "'text' is 5"),
    ({"id": 7, "text": "x", "subject": ["x"]}, 7, "'subject' is ['x']"),
    ({"id": 7, "text": "x", "lang": 1}, 7, "'lang' is 1"),
    ({"text": "x"}, None, "'id' is missing"),
    ({"id": True, "text": "x"}, None, "'id' is True"),
    ({"id": {"a": 1}, "text": "x"}, None, "'id' is {'a': 1}"),
    (b"{", None, "this is not JSON"),
    (b"[]", None, "a row is an object"),
    (b'"x"', None, "a row is an object"),
    (b'{"id": "7", "text": "\xff"}', None, "byte 22 of the line is not UTF-8"),
    (b'{"id": "7", "text": "x", "customer": {"mrr": NaN}}', None, "NaN is no JSON number"),
    (b'{"id": "7", "text": "x", "customer": {"mrr": 1e999}}', "7", "needs a number from -1e+15 to 1e+15"),
    (b'{"id": "7", "text": "cancel it", "text": "thank you"}', None, "'text' stands more than once"),
    (b"[" * 100_000, None, "nested too deeply"),
    (b'{"id": ' + b"9" * 5000 + b', "text": "x"}', None, "this is not JSON"),
    (b'{"id": "7", "text": "' + b"a" * MAX_LINE_BYTES + b'"}', None, "longer than"),
)
"""(row, the id that could be read, what is said about it)"""


def test_classify_names_what_is_wrong_with_a_row_and_does_the_others(classify):
    result, answers = classify(*(line for row, _, _ in WRONG for line in (SEATS, row)), CANCEL)

    refused = answers[1::2]
    said = result.stderr.splitlines()
    assert result.exit_code == 1
    assert [line.split("rows.jsonl:")[-1] for line in said[:10]] == [
        f"{answer['line']}: {answer['error']}" for answer in refused[:10]
    ]
    assert said[10:] == [
        f"and {len(WRONG) - 10} more; each has an 'error' among the answers",
        f"{2 * len(WRONG) + 1} rows: {len(WRONG) + 1} decided, {len(WRONG)} with an error",
    ]
    assert {answer["id"] for answer in answers[0::2]} == {"1", "2"}
    assert [set(answer) for answer in refused] == [{"id", "line", "error"}] * len(WRONG)
    assert [answer["id"] for answer in refused] == [row_id for _, row_id, _ in WRONG]
    assert [answer["line"] for answer in refused] == [2 * index + 2 for index in range(len(WRONG))]
    assert [complaint for answer, (_, _, complaint) in zip(refused, WRONG, strict=True)
            if complaint not in answer["error"]] == []  # fmt: skip


def test_classify_takes_a_line_that_is_just_short_enough(classify):
    frame = len(json.dumps({"id": "7", "text": ""}))
    row = {"id": "7", "text": "a " * ((MAX_LINE_BYTES - frame) // 2)}
    line = json.dumps(row).encode()
    line += b" " * (MAX_LINE_BYTES - len(line))

    result, answers = classify(line, SEATS)

    assert len(line) == MAX_LINE_BYTES
    assert (result.exit_code, [answer["id"] for answer in answers]) == (0, ["7", "2"])
    assert answers[0]["trace"]["text_truncated"] is True


def test_classify_takes_every_text(classify):
    texts = ["", " ", "\ud800 quero cancelar", "\x00", "💩" * 1000, "a" * 200_000]

    result, answers = classify(*({"id": "\udfff", "text": text} for text in texts))

    assert (result.exit_code, [answer["id"] for answer in answers]) == (0, ["\udfff"] * len(texts))


def test_classify_passes_over_empty_lines_a_mark_and_windows_line_ends(classify):
    result, answers = classify(
        b"\xef\xbb\xbf" + json.dumps(CANCEL).encode() + b"\r", b"", b"  ", json.dumps(SEATS).encode() + b"\r"
    )

    assert (result.exit_code, [answer["id"] for answer in answers]) == (0, ["1", "2"])


def test_classify_gives_the_same_bytes_for_the_same_clock(classify, tmp_path):
    classify(CANCEL, SEATS)
    first = (tmp_path / "out.jsonl").read_bytes()
    classify(CANCEL, SEATS)

    assert (tmp_path / "out.jsonl").read_bytes() == first


def test_classify_lays_packs_over_the_shipped_ones(classify, tmp_path):
    signals = tmp_path / "mine" / "house" / "signals"
    signals.mkdir(parents=True)
    (tmp_path / "mine" / "house" / "pack.yml").write_text(
        "schema: 1\nid: house\ntitle: {pt-BR: Casa, en: House}\nowner: us\nversion: '1.0.0'\nneeds: []\n"
        "does_not_cover: {pt-BR: Resto, en: Rest}\n",
        "utf-8",
    )
    (signals / "wants_purple.yml").write_text(
        "schema: 1\nname: wants_purple\ntitle: {pt-BR: Quer roxo, en: Wants purple}\n"
        "phrases: {pt-BR: ['painel roxo'], en: ['purple panel']}\nnegatable: true\n"
        "examples:\n  pt-BR: {match: ['quero um painel roxo'], no_match: ['quero um painel']}\n"
        "  en: {match: ['a purple panel please'], no_match: ['a panel please']}\n",
        "utf-8",
    )

    result, (row,) = classify({"id": "1", "text": "Quero um painel roxo"}, args=["--packs", str(tmp_path / "mine")])

    assert result.exit_code == 0, result.output
    assert "wants_purple" in row["signals"]


def test_classify_refuses_broken_packs_before_it_writes(classify, tmp_path):
    (tmp_path / "mine" / "house").mkdir(parents=True)
    (tmp_path / "mine" / "house" / "pack.yml").write_text("schema: 1\nid: hose\n", "utf-8")

    result, answers = classify(CANCEL, args=["--packs", str(tmp_path / "mine")])

    assert (result.exit_code, answers) == (1, [])
    assert "pack.yml:" in result.stderr


@pytest.mark.parametrize(
    "clock", ["2026-03-10", "2026-03-10T12:00:00", "yesterday", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00"]
)
def test_classify_needs_a_clock_with_a_zone_within_reach(classify, clock):
    result, _ = classify(CANCEL, args=["--now", clock])

    assert result.exit_code == 2
    assert clock in result.stderr


def test_classify_never_overwrites_its_input(tmp_path):
    rows = tmp_path / "rows.jsonl"
    rows.write_text(json.dumps(CANCEL), "utf-8")

    result = CliRunner().invoke(main, ["classify", str(rows), "--out", str(rows)])

    assert result.exit_code == 2
    assert json.loads(rows.read_text("utf-8")) == CANCEL


def test_classify_never_overwrites_what_is_redirected_into_it(tmp_path):
    rows = tmp_path / "rows.jsonl"
    rows.write_text(json.dumps(CANCEL), "utf-8")
    command = [sys.executable, "-m", "plugin.cli", "classify", "-", "--out", str(rows)]

    with rows.open("rb") as redirected:
        done = subprocess.run(command, stdin=redirected, capture_output=True, check=False, cwd=REPOSITORY)

    assert done.returncode == 2
    assert b"name another one" in done.stderr
    assert json.loads(rows.read_text("utf-8")) == CANCEL


def test_classify_says_which_file_it_cannot_use(tmp_path):
    rows = tmp_path / "rows.jsonl"
    rows.write_text(json.dumps(CANCEL), "utf-8")

    missing = CliRunner().invoke(main, ["classify", str(tmp_path / "no.jsonl")])
    nowhere = CliRunner().invoke(main, ["classify", str(rows), "--out", str(tmp_path / "no" / "out.jsonl")])

    assert (missing.exit_code, nowhere.exit_code) == (2, 2)
    assert "no.jsonl" in missing.stderr
    assert "name a file in a folder that exists" in nowhere.stderr


def test_classify_reads_and_writes_pipes_row_by_row():
    """The answer to a row is there before the next row is sent."""
    with subprocess.Popen(
        [sys.executable, "-m", "plugin.cli", "classify", "-", "--now", NOW],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=REPOSITORY,
    ) as process:
        process.stdin.write(json.dumps(CANCEL).encode() + b"\n")
        process.stdin.flush()
        first = json.loads(process.stdout.readline())
        process.stdin.write(json.dumps(SEATS).encode())
        rest, errors = process.communicate(timeout=60)

    assert (first["id"], json.loads(rest)["id"], process.returncode) == ("1", "2", 0)
    assert errors == b"2 rows: 2 decided, 0 with an error\n"  # no bar where nobody watches


def test_classify_answers_the_same_with_more_processes(classify, tmp_path):
    lines = [{**(CANCEL, SEATS)[number % 2], "id": number} for number in range(1_300)]
    lines[1_234] = b"{"
    classify(*lines, args=["--jobs", "1"])
    alone = (tmp_path / "out.jsonl").read_bytes()

    result, answers = classify(*lines, args=["--jobs", "2"])

    assert (tmp_path / "out.jsonl").read_bytes() == alone
    assert [answer["id"] for answer in answers] == [*range(1_234), None, *range(1_235, 1_300)]
    assert result.exit_code == 1
    assert "rows.jsonl:1235: this is not JSON" in result.stderr


def test_classify_keeps_an_identity_of_any_length(classify):
    long = 10**30

    _, (row,) = classify({**CANCEL, "id": long})

    assert row["id"] == long


@pytest.fixture
def started(tmp_path):
    """Start the command on a file of many rows, its output and errors in pipes."""
    rows = tmp_path / "many.jsonl"
    rows.write_bytes((json.dumps(CANCEL).encode() + b"\n" + json.dumps(SEATS).encode() + b"\n") * 20_000)
    processes = []

    def start(*args, **pipes):
        process = subprocess.Popen(
            [sys.executable, "-m", "plugin.cli", "classify", str(rows), "--now", NOW, *args],
            cwd=REPOSITORY,
            bufsize=0,  # what is read here is what the command has written, to the byte
            **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **pipes},
        )
        processes.append(process)
        return process

    yield start
    for process in processes:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_classify_ends_in_a_line_when_it_is_interrupted(started, tmp_path, jobs):
    process = started("--jobs", jobs)
    first = process.stdout.readline()
    process.send_signal(signal.SIGINT)
    rest, errors = process.communicate(timeout=120)

    *counted, last = errors.decode().splitlines()
    assert (process.returncode, last) == (130, "Interrupted: the rows after these have no answer.")
    answered = [json.loads(line)["id"] for line in (first + rest).split(b"\n")[:-1]]
    assert counted == [f"{len(answered)} rows: {len(answered)} decided, 0 with an error"]
    assert answered[:2] == ["1", "2"]


def test_classify_stops_quietly_when_nobody_reads_on(started):
    process = started("--jobs", "2")
    process.stdout.readline()
    process.stdout.close()

    assert process.wait(timeout=120) == 141
    assert process.stderr.read() == b""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_classify_says_so_when_the_disk_is_full(started):
    process = started("--out", "/dev/full", "--jobs", "1")
    _, errors = process.communicate(timeout=120)

    assert process.returncode == 1
    assert errors.decode().startswith("Error: --out /dev/full: No space left on device; about ")
    assert errors.count(b"\n") == 1


def test_classify_says_so_when_a_process_is_ended(started):
    process = started("--jobs", "2")
    process.stdout.readline()
    ended = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text("ascii").split()
    workers = [pid for pid in map(int, ended) if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    os.kill(workers[0], signal.SIGKILL)
    _, errors = process.communicate(timeout=120)

    assert process.returncode == 1
    assert "as a rule for want of memory; try again with --jobs 1" in errors.decode()
    assert b"Traceback" not in errors


def test_classify_draws_a_bar_for_somebody_who_watches(started, tmp_path):
    watched, terminal = os.openpty()
    process = started("--jobs", "1", "--out", str(tmp_path / "out.jsonl"), stdout=None, stderr=terminal)
    os.close(terminal)
    seen = b""
    with contextlib.suppress(OSError):  # the terminal is gone when the command is
        while b" rows" not in seen or b"%" not in seen:
            seen += os.read(watched, 4096)
    process.send_signal(signal.SIGINT)
    process.wait(timeout=120)
    os.close(watched)

    assert b"%" in seen


def test_classify_needs_no_more_memory_for_a_longer_file(tmp_path):
    rows = tmp_path / "rows.jsonl"
    program = (
        "import resource, sys\nfrom click.testing import CliRunner\nfrom plugin.cli import main\n"
        "def run(n):\n"
        "    open(sys.argv[1], 'wb').write(open(sys.argv[1] + '.one', 'rb').read() * n)\n"
        "    r = CliRunner().invoke(main, ['classify', sys.argv[1], '--out', sys.argv[1] + '.out'])\n"
        "    assert r.exit_code == 0, r.output\n"
        "    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "run(200)\nprint(run(200), run(1500))\n"
    )
    Path(f"{rows}.one").write_text(json.dumps(CANCEL) + "\n" + json.dumps(SEATS) + "\n", "utf-8")

    done = subprocess.run(
        [sys.executable, "-c", program, str(rows)],
        check=True,
        capture_output=True,
        text=True,
        cwd=REPOSITORY,
        timeout=300,
    )

    short, long = map(int, done.stdout.split())
    assert long - short < 4 * 1024  # kilobytes; seven times the rows
