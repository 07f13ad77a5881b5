"""Real server processes on loopback for the benchmarks, in folders that go away with them."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from plugin.bench import bare, load

START_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Server:
    """A running server, and for ours the tenant that was added and the database it writes to."""

    port: int
    database: Path
    tenant: dict[str, Any]


@contextmanager
def sidecue(connector: str) -> Iterator[Server]:
    """Run `sidecue serve` with one tenant of this connector."""
    with tempfile.TemporaryDirectory(prefix="sidecue-bench-") as folder:
        environment = _environment() | {"SIDECUE_HOME": folder, "SIDECUE_LOG_LEVEL": "warning"}
        command = [sys.executable, "-m", "plugin.cli"]
        added = subprocess.run(  # noqa: S603 - our own command
            [*command, "tenants", "add", "bench", "--connector", connector, "--format", "json"],
            env=environment,
            capture_output=True,
            check=True,
        )
        port = spare_port()
        with _running([*command, "serve", "--host", "127.0.0.1", "--port", str(port)], environment, port):
            yield Server(port, Path(folder) / "sidecue.db", json.loads(added.stdout))


@contextmanager
def baseline(threads: int) -> Iterator[Server]:
    """Run the bare endpoint on the same server software with as many threads as ours."""
    with tempfile.TemporaryDirectory(prefix="sidecue-bench-") as folder:
        database = Path(folder) / "bare.db"
        port = spare_port()
        command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--factory", "--no-ws"]
        command += ["--blocking-threads", str(threads), "--port", str(port), "plugin.bench.bare:application"]
        environment = _environment() | {bare.DATABASE: str(database)}
        with _running(command, environment, port):
            yield Server(port, database, {})


def spare_port() -> int:
    """Return a loopback port nobody listens on."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("SIDECUE_")}


@contextmanager
def _running(command: list[str], environment: dict[str, str], port: int) -> Iterator[None]:
    process = subprocess.Popen(  # noqa: S603 - our own command
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait(process, port)
        yield
    finally:
        process.terminate()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with load.Connection(port) as connection:
                if connection.ask(load.get("/readyz")) == 200:
                    return
        except (OSError, IndexError, ValueError):
            time.sleep(0.05)
    raise RuntimeError(f"the server did not get ready on port {port}; run its command by hand to see why")
