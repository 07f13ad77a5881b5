"""`sidecue serve`: granian in front, one worker process with several threads behind, both ended together."""

from __future__ import annotations

import errno
import http.client
import json
import math
import multiprocessing
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Mapping
from multiprocessing.connection import wait
from typing import Any, Final

from plugin import logs
from plugin.config import Settings
from plugin.store import Store, StoreError, rulebooks, tenants
from plugin.store.errors import VaultSealed
from plugin.vault import Vault
from rules.errors import ToldError
from rules.text import Locale, Text, filled, placed

STOP_SECONDS: Final = 9
"""A worker process that has not ended by then, after SIGTERM, is killed: whatever it held, the next start takes up."""

PATIENCE_SECONDS: Final = 15
"""How long a start may take before it is said, once, what is missing."""

APPLICATION: Final = "plugin.wsgi:application"

_GRANIAN_LOGS: Final[dict[str, Any]] = {
    "version": 1,
    "disable_existing_loggers": False,
    "loggers": {
        "_granian": {"level": "WARNING", "propagate": True},
        "granian.access": {"level": "WARNING", "propagate": True},
    },
}

_READY: Final = Text("O Sidecue está pronto: {where}\n", "Sidecue is ready: {where}\n")
_NOT_READY: Final = Text("O Sidecue ainda não está pronto: {missing}\n", "Sidecue is not ready yet: {missing}\n")
_DATABASE: Final = Text(
    "banco de dados {url}: {why}; confira se o arquivo é um banco do Sidecue, se a pasta permite escrita e se há "
    "espaço no disco, ou indique outro em SIDECUE_DATABASE_URL",
    "database {url}: {why}; check that the file is a database of Sidecue, that its folder is writable and the disk not "
    "full, or name another with SIDECUE_DATABASE_URL",
)
_NO_HOST: Final = Text(
    "--host {host}: esta máquina não tem esse endereço ({why}); tente 127.0.0.1",
    "--host {host}: this machine has no such address ({why}); try 127.0.0.1",
)
_NOT_FREE: Final = Text("não é possível atender em {host}:{port}: {why}", "{host}:{port} cannot be listened on: {why}")
_WHY: Final[Mapping[int, Text]] = {
    errno.EADDRINUSE: Text(
        "outro programa já atende ali; encerre-o, ou escolha outra --port",
        "another program listens there; stop it, or choose another --port",
    ),
    errno.EACCES: Text(
        "portas abaixo de 1024 exigem mais direitos; escolha uma --port a partir de 1024",
        "ports below 1024 need more rights; choose a --port from 1024 on",
    ),
    errno.EADDRNOTAVAIL: Text(
        "esta máquina não tem esse endereço; tente --host 127.0.0.1",
        "this machine has no such address; try --host 127.0.0.1",
    ),
}


class CannotServe(ToldError):
    """The server cannot start; the text says what, where, why and how to mend it."""


def run(  # noqa: PLR0913 - what a server is told
    settings: Settings,
    host: str,
    port: int,
    locale: Locale,
    *,
    application: str = APPLICATION,
    on_ready: Callable[[str], None] | None = None,
) -> None:
    """Serve until told to stop (SIGTERM, SIGINT); create and migrate the database first. Say so in `locale`.

    `application` names the WSGI factory that the worker process calls. `on_ready` is called once, with the address,
    when /readyz says that work can be taken. Raise CannotServe, SettingsInvalid or RuleFilesInvalid before anything
    listens; leave with exit code 1 when the worker process fails again and again.
    """
    logs.configure(settings.log_level, settings.log_format)
    _prepare(settings)
    _require_free(host, port)
    os.environ.update(settings.to_environment())  # how the worker process learns of them
    multiprocessing.set_start_method("spawn", force=True)  # a forked copy of our threads' locks could hang it
    from granian import Granian  # noqa: PLC0415 - half the commands never serve
    from granian.constants import Interfaces  # noqa: PLC0415 - the same
    from granian.log import LogLevels  # noqa: PLC0415 - the same

    server = Granian(
        target=application,
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=settings.threads,
        websockets=False,
        log_level=LogLevels.error,
        log_dictconfig=_GRANIAN_LOGS,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
    )
    stopping = threading.Event()
    server.on_shutdown(stopping.set)
    announcer = threading.Thread(target=_announce, args=(host, port, locale, stopping, on_ready), daemon=True)
    announcer.start()
    try:
        server.serve()
    finally:
        stopping.set()


def address(host: str, port: int) -> str:
    """Return the address a person types: a server on every interface is reached by this machine's own."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104 - compared
    return f"http://{shown}:{port}"


def end_with_parent(stop: Callable[[], object]) -> None:
    """Have this process end when the one that started it is gone: no orphan keeps the port or the inbox.

    The parent's end of a pipe closes when it dies, even by kill -9; waiting for that needs no polling.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        wait([parent.sentinel])
        if parent.exitcode is None or os.getppid() != parent.pid:
            threading.Timer(STOP_SECONDS, os._exit, args=(1,)).start()
            signal.raise_signal(signal.SIGTERM)
            stop()
            os._exit(1)

    threading.Thread(target=watch, name="sidecue-parent-watch", daemon=True).start()


def _prepare(settings: Settings) -> None:
    store = Store(settings.database_url)
    try:
        store.upgrade()
        with store.read() as connection:
            tenants.require_key(connection, Vault(settings.secret_key))
        _require_rulebook(store, settings)
    except VaultSealed as error:
        raise CannotServe(placed("SIDECUE_SECRET_KEY", error.text)) from None
    except StoreError as error:
        raise CannotServe(filled(_DATABASE, url=settings.database_url, why=error.text)) from None
    finally:
        store.close()


def _require_rulebook(store: Store, settings: Settings) -> None:
    """Raise RuleFilesInvalid or NothingReadable when the worker process would find no rulebook to decide with."""
    with store.read() as connection:
        published = rulebooks.head(connection) is not None
    if published:
        from plugin.publish.books import require_readable  # noqa: PLC0415 - slow to import, and often not needed

        require_readable(store, settings.home)
    elif settings.packs is not None:
        from rules.loader import load  # noqa: PLC0415 - only a tenant's own rules can be wrong

        load(overlays=(settings.packs,))


def _require_free(host: str, port: int) -> None:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise CannotServe(filled(_NO_HOST, host=host, why=error)) from None
    family, kind, protocol, _, where = found[0]
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a port that is only winding down is free
        try:
            probe.bind(where)
        except OSError as error:
            why = _WHY.get(error.errno or 0, error.strerror)
            raise CannotServe(filled(_NOT_FREE, host=host, port=port, why=why)) from None


def _announce(
    host: str, port: int, locale: Locale, stopping: threading.Event, on_ready: Callable[[str], None] | None
) -> None:
    where = address(host, port)
    patience = time.monotonic() + PATIENCE_SECONDS
    while not stopping.wait(0.05):
        missing = _missing(where)
        if missing is None:
            sys.stdout.write(_READY.read(locale).format(where=where))
            sys.stdout.flush()
            if on_ready is not None:
                on_ready(where)
            return
        if missing and time.monotonic() > patience:
            sys.stderr.write(_NOT_READY.read(locale).format(missing=missing))
            sys.stderr.flush()
            patience = math.inf


def _missing(where: str) -> str | None:
    """Return what /readyz says is missing: None when nothing is, an empty text when nobody answers yet."""
    connection = http.client.HTTPConnection(where.removeprefix("http://"), timeout=2)
    try:
        connection.request("GET", "/readyz")
        answer = connection.getresponse()
        if answer.status == http.HTTPStatus.OK:
            return None
        checks = json.loads(answer.read()).get("checks", {})
        return ", ".join(f"{name} {state}" for name, state in checks.items() if state != "ok")
    except (OSError, http.client.HTTPException, ValueError):
        return ""
    finally:
        connection.close()
