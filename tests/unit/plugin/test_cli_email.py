"""`sidecue email maildir` over real folders and a real store."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from click.testing import CliRunner

from plugin.cli import main
from plugin.clock import utc_now
from plugin.ingest.maildir import Maildir
from plugin.ingest.mails import Mailbox
from plugin.ingest.mails import take as take_in

KEY = "0123456789abcdef" * 3
SIDECUE = Path(sys.executable).with_name("sidecue")
COUNTED = "SELECT state, count(*) FROM delivery GROUP BY state"


def mail(number=1, head="From: ana@sol.example", body="Oi"):
    return f"{head}\nMessage-ID: <{number}@sol.example>\nSubject: {number}\n\n{body}\n".encode()


@pytest.fixture
def box(tmp_path):
    for folder in ("new", "cur", "tmp"):
        (tmp_path / "box" / folder).mkdir(parents=True)
    return tmp_path / "box"


@pytest.fixture
def put(box):
    """Put mails into `new/` as a mail server names them."""

    def call(*mails, first=1):
        for number, content in enumerate(mails, first):
            (box / "new" / f"1700000{number:03}.M1P{number}.host").write_bytes(content)

    return call


@pytest.fixture
def environ(tmp_path):
    home = {"SIDECUE_HOME": str(tmp_path / "home"), "SIDECUE_PACKS": "", "SIDECUE_SECRET_KEY": KEY}
    return home | {"SIDECUE_LANG": "", "LANG": "C"}


@pytest.fixture
def run(environ):
    def call(*arguments, expect=0, **more):
        result = CliRunner().invoke(main, list(map(str, arguments)), env=environ | more)

        assert result.exit_code == expect, result.output
        return result

    call("tenants", "add", "sol", "--connector", "email")
    return call


@pytest.fixture
def take(run, box):
    def call(*arguments, expect=0, **more):
        return run("email", "maildir", box, "--tenant", "sol", *arguments, expect=expect, **more)

    return call


@pytest.fixture
def states(environ):
    def counted():
        with closing(sqlite3.connect(Path(environ["SIDECUE_HOME"]) / "sidecue.db")) as database:
            return dict(database.execute(COUNTED))

    return counted


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_mails_are_kept_and_moved_and_known_the_next_time(take, put, box, states):
    put(mail(1), mail(2), mail(3, "From: x@y.example\nAuto-Submitted: auto-replied"))
    first = take()
    (box / "cur" / "1700000001.M1P1.host:2,").rename(box / "new" / "1700000001.M1P1.host:2,S")
    again = take()

    assert (
        first.stdout.strip() == "Mails: 3. Kept 2, known already 0, sent by machines 1 (auto_reply 1), to be seen to 0."
    )
    assert "Kept 0, known already 1" in again.stdout
    assert states() == {"received": 2, "ignored": 1}
    assert names(box / "new") == []
    assert names(box / "cur") == [
        "1700000001.M1P1.host:2,S",
        "1700000002.M1P2.host:2,",
        "1700000003.M1P3.host:2,",
    ]


def test_what_somebody_has_to_look_at_is_named_flagged_and_not_tried_for_ever(take, put, box, states):
    put(mail(1, "To: nobody@sol.example"), mail(2, body="x" * 3_000), mail(3))
    told = take(expect=1, SIDECUE_MAX_BODY_BYTES="2048")
    faults = json.loads(take("--format", "json", SIDECUE_MAX_BODY_BYTES="2048").stdout)["faults"]

    assert f"{box}/cur/1700000001.M1P1.host:2,F: From: names no author" in told.stderr
    assert f"{box}/cur/1700000002.M1P2.host:2,F: larger than SIDECUE_MAX_BODY_BYTES (2048 bytes)" in told.stderr
    assert "sidecue inbox list --state unreadable" in told.stderr
    assert states() == {"received": 1, "unreadable": 1}
    assert faults == []


@contextmanager
def as_nobody_special():
    """Be somebody whom permissions stop; root may open every file."""
    was = os.geteuid()
    if was == 0:
        os.seteuid(65_534)
    try:
        yield
    finally:
        os.seteuid(was)


def test_a_mail_that_may_not_be_opened_stays_where_it_is():
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        box, file = Path(folder), Path(folder) / "new" / "1700000001.M1P1.host"
        (box / "new").mkdir()
        (box / "cur").mkdir()
        file.write_bytes(mail(1))
        file.chmod(0)
        with as_nobody_special():
            tally = take_in(None, Mailbox(Maildir(box), None, None, 10_000), [file], utc_now, [].append)

        assert "mend its permissions" in tally.faults[0].why.en
        assert names(box / "new") == [file.name]


def test_a_mail_that_cannot_be_moved_is_named_and_is_the_same_one_the_next_time(put, box, tmp_path):
    put(mail(1, "x" * 200))
    maildir = Maildir(box)
    (box / "cur").rename(tmp_path / "elsewhere")
    (box / "cur").write_text("no folder")
    tally = take_in(None, Mailbox(maildir, None, None, 100), maildir.new.iterdir(), utc_now, [].append)

    assert ["to cur/" in fault.why.en for fault in tally.faults] == [True, False]
    assert len(names(box / "new")) == 1


def test_what_is_no_mail_file_stays_where_it_is(take, put, box, tmp_path, states):
    put(mail(1))
    (tmp_path / "secret").write_bytes(mail(2))
    (box / "new" / "1700000009.link").symlink_to(tmp_path / "secret")
    (box / "new" / "folder").mkdir()
    (box / "new" / ".hidden").write_bytes(mail(3))
    told = take(expect=1)

    assert "is no regular file" in told.stderr
    assert names(box / "new") == [".hidden", "1700000009.link", "folder"]
    assert states() == {"received": 1}


def test_nothing_in_cur_is_overwritten(take, put, box):
    put(mail(1))
    take()
    put(mail(2))
    take()

    assert names(box / "cur") == ["1700000001.M1P1.host-1:2,", "1700000001.M1P1.host:2,"]


def test_it_speaks_portuguese(take, put, run, box):
    put(mail(1), mail(2, "To: nobody@sol.example"))
    told = take("--lang", "pt-BR", expect=1)
    run("tenants", "add", "lua", "--connector", "standard")
    nobody = run("email", "maildir", box, "--tenant", "nobody", "--lang", "pt-BR", expect=2)
    other = run("email", "maildir", box, "--tenant", "lua", "--lang", "pt-BR", expect=2)
    folder = run("email", "maildir", box / "new", "--tenant", "sol", "--lang", "pt-BR", expect=1)

    assert "Mensagens: 2. Guardadas 1, já conhecidas 0, automáticas 0, a rever 1." in told.stdout
    assert "esse tenant não existe; há lua, sol" in nobody.stderr
    assert "conector standard, que não lê e-mail" in other.stderr
    assert "não é um maildir: falta a pasta new" in folder.stderr


def started(environ, box, *arguments):
    command = [SIDECUE, "email", "maildir", box, "--tenant", "sol", *arguments]
    return subprocess.Popen(
        command, env=os.environ | environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


@pytest.mark.slow
def test_killed_anywhere_nothing_is_lost_or_kept_twice(take, put, box, environ, states, eventually):
    put(*(mail(number, body="São palavras. " * 2_000) for number in range(700)))
    killed = 0
    for _ in range(4):
        process, before = started(environ, box), len(names(box / "cur"))
        eventually(lambda: process.poll() is not None or len(names(box / "cur")) > before + 20, seconds=60)  # noqa: B023 - asked at once
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=30)
        killed += process.returncode == -signal.SIGKILL
    take()

    assert killed >= 1
    assert states() == {"received": 700}
    assert (names(box / "new"), len(names(box / "cur"))) == ([], 700)


@pytest.mark.slow
def test_watching_ends_with_a_word_when_the_folder_is_taken_away(run, put, box, environ, eventually):
    put(mail(1))
    process = started(environ, box, "--watch")
    eventually(lambda: len(names(box / "cur")) == 1, seconds=60)
    shutil.rmtree(box)
    _, err = process.communicate(timeout=30)

    assert process.returncode == 1
    assert f"Error: {box} is no maildir: the folder new is missing" in err
    assert "Traceback" not in err


@pytest.mark.slow
def test_watching_takes_what_arrives_until_it_is_interrupted(run, put, box, environ, states, eventually):
    put(mail(1))
    process = started(environ, box, "--watch")
    eventually(lambda: len(names(box / "cur")) == 1, seconds=60)
    put(mail(2), mail(3, "To: nobody@sol.example"), first=2)
    eventually(lambda: len(names(box / "cur")) == 3, seconds=60)
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)

    assert process.returncode == 0
    assert out.count("Mails: ") >= 2
    assert "Watching" in err
    assert "names no author" in err
    assert states() == {"received": 2, "unreadable": 1}
