"""What several suites share: spare ports, and a real `sidecue` in a home of its own."""

from __future__ import annotations

import gc
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from rules.loader import SHIPPED, load
from rules.loader.faultless import Faultless
from rules.loader.memory import Drafted, Memory
from rules.loader.sources import SourceFile
from rules.rulebook import Rulebook

# As many workers as cores: threads of BLAS beside them would spin for the core that another worker has.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

REPOSITORY = Path(__file__).parent.parent
SIDECUE = Path(sys.executable).with_name("sidecue")
START_SECONDS = 30
CHROMIUM = Path("/usr/bin/chromium")
MUCH = 200 * 2**20
ALL_SLOW = re.compile(r"^pytestmark = .*\bslow\b", re.MULTILINE)


def pytest_configure() -> None:
    """Have what tests start hear an interruption: a job in a shell's background ignores it, and so would they."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep what commands remember from run to run out of the user's cache."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Import no module whose tests are all slow when slow tests are left out: some import what takes seconds."""
    if "not slow" in config.option.markexpr and collection_path.suffix == ".py":
        return bool(ALL_SLOW.search(collection_path.read_text("utf-8"))) or None
    return None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the modules that have slow tests: none of these is then left to run when all others are done."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


def pytest_collection_finish() -> None:
    """Keep what was imported and collected out of the garbage collector's rounds: it stays until the end."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 5, 5)  # as often through everything as usual, and seldom through the young
    _resident_then[0] = _resident()


def pytest_runtest_logfinish() -> None:
    """Go through everything once it is much: a context of the solver is small for Python, and holds megabytes."""
    if _resident() > _resident_then[0] + MUCH:
        gc.collect()
        _resident_then[0] = _resident()


def _resident() -> int:
    """Return the bytes of memory that this process holds."""
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


_resident_then = [0]


@pytest.fixture(scope="session", autouse=True)
def shipped_files_read_once() -> Iterator[None]:
    """Have a shipped rule file read once until it is written, whoever asks for it: in one process that is hundreds."""
    loading, memory = import_module("rules.loader.load"), Memory()
    read = loading._draft

    def remembered(source: SourceFile, faultless: Faultless | None) -> Drafted:
        if source.path.absolute().is_relative_to(SHIPPED):
            return memory.get(source, partial(read, faultless=None))
        return read(source, faultless)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loading, "_draft", remembered)
        load()
        gc.freeze()  # as all else that stays until the end
        yield


@pytest.fixture(scope="session")
def shipped() -> Rulebook:
    """Return the rulebook of the shipped packs. It cannot be changed, so one serves all."""
    return load()


@pytest.fixture(scope="session")
def spare_port() -> Callable[[], int]:
    """Return a function that gives a loopback port nobody listens on."""

    def find() -> int:
        with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
            probe.bind(("127.0.0.1", 0))
            return probe.getsockname()[1]

    return find


@dataclass
class Sidecue:
    """A `sidecue` installation of its own: its command line, and its server as a real process."""

    home: Path
    port: int
    settings: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        return self.home / "server.log"

    def environment(self) -> dict[str, str]:
        # "LANG" says in which language commands speak.
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SIDECUE_") and name != "LANG"}
        return kept | {"SIDECUE_HOME": str(self.home), "HOME": str(self.home)} | self.settings

    def run(self, *arguments: str, expect: int = 0) -> str:
        """Run a command and return what it prints; fail with its whole output when its exit code is another."""
        done = subprocess.run(
            [SIDECUE, *arguments], env=self.environment(), capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == expect, (
            f"sidecue {' '.join(arguments)}: {done.returncode}\n{done.stdout}{done.stderr}"
        )
        return done.stdout

    def add_tenant(self, name: str, connector: str, *options: str) -> dict[str, Any]:
        return json.loads(self.run("tenants", "add", name, "--connector", connector, *options, "--format", "json"))

    def start(self) -> None:
        """Start the server and wait until it is ready for work."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [SIDECUE, "serve", "--host", "127.0.0.1", "--port", str(self.port)],
                env=self.environment(),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            assert self.process is not None
            if self.process.poll() is not None:
                break
            try:
                with urlopen(f"{self.url}/readyz", timeout=1) as answer:  # noqa: S310 - our own http address
                    if answer.status == 200:
                        return
            except (URLError, OSError):
                time.sleep(0.05)
        pytest.fail(f"sidecue serve was not ready:\n{self.log.read_text(errors='replace')[-4000:]}")

    def stop(self) -> int:
        """Ask the server to stop, and return its exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=15)
        self.process = None
        return code

    def kill(self) -> None:
        """Kill the server as a crash would: nothing is told, nothing is cleaned up."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(timeout=15)
        self.process = None


@contextmanager
def installations(folder: pytest.TempPathFactory, spare_port: Callable[[], int]) -> Iterator[Callable[..., Sidecue]]:
    """Give a function that makes a fresh installation; servers still running at the end are stopped."""
    made: list[Sidecue] = []

    def make(**settings: str) -> Sidecue:
        made.append(Sidecue(folder.mktemp("sidecue"), spare_port(), settings))
        return made[-1]

    try:
        yield make
    finally:
        for installation in made:
            if installation.process is not None:
                installation.kill()


@pytest.fixture(scope="module")
def new_sidecue(
    tmp_path_factory: pytest.TempPathFactory, spare_port: Callable[[], int]
) -> Iterator[Callable[..., Sidecue]]:
    """Return a function that makes a fresh installation, whose server ends with the module: an idle one costs, too."""
    with installations(tmp_path_factory, spare_port) as make:
        yield make


@pytest.fixture(scope="session")
def new_lasting_sidecue(
    tmp_path_factory: pytest.TempPathFactory, spare_port: Callable[[], int]
) -> Iterator[Callable[..., Sidecue]]:
    """Return a function that makes a fresh installation for several modules."""
    with installations(tmp_path_factory, spare_port) as make:
        yield make


@pytest.fixture(scope="session")
def artefacts() -> Path:
    """Return the folder in which tests leave pictures for people to look at."""
    folder = REPOSITORY / "tests" / "artefacts"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start the system's Chromium, once for every suite that looks at pages: two would share an event loop."""
    if not CHROMIUM.exists():
        pytest.fail(f"{CHROMIUM} is missing: install the package 'chromium' (`make test` does as root on Debian)")
    expect.set_options(timeout=20_000)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--disable-background-networking", "--no-first-run"]
        )
        yield launched
        launched.close()


@pytest.fixture
def eventually() -> Callable[..., Any]:
    """Return a function that asks until the answer is true, and returns the answer."""

    def ask(question: Callable[[], Any], *, seconds: float = 15, saying: str = "it never came true") -> Any:
        deadline = time.monotonic() + seconds
        while True:
            if answer := question():
                return answer
            if time.monotonic() > deadline:
                pytest.fail(f"{saying} (waited {seconds:g} s)")
            time.sleep(0.05)

    return ask
