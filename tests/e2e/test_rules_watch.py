"""`sidecue rules test --watch` as a real process over real files."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from rule_files import RULE, write_pack

pytestmark = pytest.mark.slow

SIDECUE = [sys.executable, "-m", "plugin.cli"]
WAITS = "waiting for changes"


class Watched:
    """A watching process and everything that it printed so far."""

    def __init__(self, command: list[str], environment: dict[str, str], stdout: int, read_from: int) -> None:
        self.process = subprocess.Popen(
            command, env=environment, stdout=stdout, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL
        )
        os.close(stdout)
        self.printed = ""
        self._reader = threading.Thread(target=self._read, args=(read_from,), daemon=True)
        self._reader.start()

    def _read(self, source: int) -> None:
        while True:
            try:
                chunk = os.read(source, 65_536)
            except OSError:  # what a terminal says when its last writer has gone
                chunk = b""
            if not chunk:
                os.close(source)
                return
            self.printed += chunk.decode("utf-8", "replace")

    def interrupt(self) -> int:
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(timeout=15)
        self._reader.join(timeout=15)
        return code


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_pack(tmp_path)


@pytest.fixture
def watch(tmp_path: Path, folder: Path) -> Iterator[Callable[..., Watched]]:
    started: list[Watched] = []

    def start(*arguments: str, terminal: bool = False) -> Watched:
        read_from, write_to = pty.openpty() if terminal else os.pipe()
        environment = {name: value for name, value in os.environ.items() if not name.startswith("SIDECUE_")}
        environment |= {"SIDECUE_HOME": str(tmp_path / "home"), "LANG": "C.UTF-8", "TERM": "xterm"}
        command = [*SIDECUE, "rules", "test", str(folder), "--watch", *arguments]
        started.append(Watched(command, environment, write_to, read_from))
        return started[-1]

    yield start
    for watched in started:
        if watched.process.poll() is None:
            watched.process.kill()
            watched.process.wait(timeout=15)


def rounds(watched: Watched) -> list[str]:
    """Return what each finished round printed."""
    return watched.printed.split(WAITS)[:-1]


def test_every_edit_runs_what_it_touches_and_broken_files_are_waited_for(watch, folder, eventually):
    watched = watch()

    def after(count):
        eventually(lambda: len(rounds(watched)) >= count, seconds=30, saying=f"no round {count}: {watched.printed}")
        return rounds(watched)[count - 1]

    def after_any(count):
        """Return what rounds from this one on print, once the file is known: its folder may have a round of its own."""
        eventually(lambda: "shop/new" in "".join(rounds(watched)[count - 1 :]), seconds=30, saying=watched.printed)
        return "".join(rounds(watched)[count - 1 :])

    assert "13 examples of 5 rules; 0 failed" in after(1)

    path = folder / "renewal_call.yml"
    path.write_text(RULE.replace("mrr: 10}", "mrr: 5000}"), "utf-8")
    failed = after(2)
    assert "examples run: 1: shop.renewal_call" in failed
    assert "example “small account” expects no_match, came out match" in failed
    assert "13 examples of 5 rules; 1 failed" in failed

    path.write_text("schema: 1\nschema: 1\n", "utf-8")
    broken = after(3)
    assert f"{path}:2:1: error yaml.duplicate_key" in broken
    assert "make no rulebook" in broken

    # as editors do: a new file in the place of the old one
    (folder / ".renewal_call.new").write_text(RULE, "utf-8")
    (folder / ".renewal_call.new").replace(path)
    mended = after(4)
    assert "examples run: 1: shop.renewal_call" in mended
    assert "13 examples of 5 rules; 0 failed" in mended

    (folder / "examples").mkdir()
    (folder / "examples/new.yml").write_text(
        "schema: 1\nname: new\ngiven: {signals: [broken_thing]}\nexpect: {primary: support}\n", "utf-8"
    )
    assert "examples run: 1: shop/new" in after_any(5)

    # whole folders come and go, with nothing said of their files
    (folder / "examples").rename(folder.parent / ".aside")
    eventually(lambda: "13 examples" in rounds(watched)[-1] and "example files" not in rounds(watched)[-1])
    (folder.parent / ".aside").rename(folder / "examples")
    eventually(lambda: "1 example files; 0 failed" in rounds(watched)[-1])

    assert watched.interrupt() == 0
    assert "Traceback" not in watched.printed
    assert "\x1b" not in watched.printed


def test_screen_is_cleared_on_a_terminal(watch, eventually):
    watched = watch("--lang", "pt-BR", "--coverage", terminal=True)
    eventually(lambda: "esperando mudanças" in watched.printed, seconds=30, saying=watched.printed)

    assert watched.printed.count("\x1b[2J") == 1
    assert "Folhas que os exemplos decidem" in watched.printed
    assert watched.interrupt() == 0
