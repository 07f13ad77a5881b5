"""Load for a server on this machine: as fast as it goes, or at a steady rate; plain sockets, so it costs little."""

from __future__ import annotations

import math
import socket
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

TIMEOUT = 30


@dataclass(frozen=True, slots=True)
class Answers:
    """What came back: how many of each status, how long it all took, and each answer's latency in seconds."""

    statuses: Counter[int]
    seconds: float
    latencies: tuple[float, ...]

    @property
    def rate(self) -> float:
        """Answers per second."""
        return sum(self.statuses.values()) / self.seconds


def post(path: str, headers: dict[str, str], body: bytes) -> bytes:
    """Return an HTTP/1.1 POST as the bytes on the wire."""
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def get(path: str, headers: dict[str, str] | None = None) -> bytes:
    """Return an HTTP/1.1 GET as the bytes on the wire."""
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


def hammer(port: int, requests: Sequence[bytes], *, connections: int = 8) -> Answers:
    """Send every request as fast as answers come, over that many connections at once."""
    latencies: list[list[tuple[int, float]]] = [[] for _ in range(connections)]

    def send(mine: list[tuple[int, float]], share: Sequence[bytes]) -> None:
        with Connection(port) as connection:
            for request in share:
                begun = time.perf_counter()
                status = connection.ask(request)
                mine.append((status, time.perf_counter() - begun))

    threads = [
        threading.Thread(target=send, args=(latencies[number], requests[number::connections]))
        for number in range(connections)
    ]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - begun
    answers = [answer for mine in latencies for answer in mine]
    return Answers(Counter(status for status, _ in answers), seconds, tuple(taken for _, taken in answers))


def pace(port: int, request: bytes, *, per_second: float, seconds: float, connections: int = 8) -> Answers:
    """Send the request at a steady rate. Latency counts from the moment it was due, so that a stall is not hidden."""
    answers: list[tuple[int, float]] = []
    total = int(per_second * seconds)
    turn = iter(range(total))
    lock = threading.Lock()
    begun = time.perf_counter() + 0.05

    def send() -> None:
        with Connection(port) as connection:
            while True:
                with lock:
                    number = next(turn, None)
                if number is None:
                    return
                due = begun + number / per_second
                time.sleep(max(0.0, due - time.perf_counter()))
                status = connection.ask(request)
                answers.append((status, time.perf_counter() - due))

    threads = [threading.Thread(target=send) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Answers(
        Counter(status for status, _ in answers),
        time.perf_counter() - begun,
        tuple(taken for _, taken in answers),
    )


class Connection:
    """One kept-alive connection to loopback."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._file = self._socket.makefile("rb")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        self._socket.close()

    def ask(self, request: bytes) -> int:
        """Send one request, read the whole answer, return its status."""
        return self.fetch(request)[0]

    def fetch(self, request: bytes) -> tuple[int, dict[str, str], bytes]:
        """Send one request and return status, headers (lower case) and body."""
        self._socket.sendall(request)
        status = int(self._file.readline().split(b" ", 2)[1])
        headers: dict[str, str] = {}
        while (line := self._file.readline().strip()) != b"":
            name, _, value = line.partition(b":")
            headers[name.decode().lower()] = value.strip().decode()
        if headers.get("transfer-encoding") == "chunked":
            body = b""
            while size := int(self._file.readline(), 16):
                body += self._file.read(size)
                self._file.readline()
            self._file.readline()
            return status, headers, body
        return status, headers, self._file.read(int(headers.get("content-length", 0)))


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least `share` of the values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * share) - 1)]
