"""Every setting, in one place. All come from the environment; the README's table is this module's `SETTINGS`."""

from __future__ import annotations

import difflib
import os
import secrets
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from rules.errors import SidecueError

MIN_SECRET: Final = 32
"""Fewest characters of SIDECUE_SECRET_KEY: shorter ones can be guessed."""


class SettingsInvalid(SidecueError):
    """A setting that is unsafe, contradictory or unreadable; the text names the variable and how to mend it."""

    def __init__(self, variable: str, problem: str, mend: str) -> None:
        self.variable = variable
        super().__init__(f"{variable}: {problem}; {mend}")


@dataclass(frozen=True, slots=True)
class Setting:
    """One environment variable: its name, what holds when it is not given, and what it does."""

    name: str
    default: str
    does: str


SETTINGS: Final = (
    Setting("SIDECUE_HOME", "~/.sidecue", "folder of the database, the key and the tenant's own rule packs"),
    Setting("SIDECUE_DATABASE_URL", "sqlite:///SIDECUE_HOME/sidecue.db", "where everything is kept (a SQLite file)"),
    Setting(
        "SIDECUE_SECRET_KEY",
        "made once, kept in SIDECUE_HOME/secret.key",
        "seals credentials and signs sidebar sessions; 32 characters or more",
    ),
    Setting("SIDECUE_PACKS", "SIDECUE_HOME/packs when it exists", "folder of rule packs that overlay the shipped ones"),
    Setting("SIDECUE_PUBLIC_URL", "the address of the request", "how agents' browsers reach this server"),
    Setting("SIDECUE_THREADS", "8", "requests answered at the same time"),
    Setting("SIDECUE_MAX_BODY_BYTES", "1048576", "largest webhook that is taken"),
    Setting(
        "SIDECUE_PROACTIVE_MINUTES",
        "60",
        "how often `serve` evaluates customers without a ticket, in minutes; 0: never",
    ),
    Setting("SIDECUE_LOG_LEVEL", "info", "debug, info, warning or error"),
    Setting("SIDECUE_LOG_FORMAT", "json", "json (one object a line) or console (for people)"),
    Setting(
        "SIDECUE_LANG", "LANG, else en", "language of what `rules`, `manifest`, `tickets` and `email` say: pt-BR or en"
    ),
)

_TEST_PREFIX: Final = "SIDECUE_TEST_"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the process was told. Made by `from_environment`, or by hand in tests and tools."""

    home: Path
    database_url: str
    secret_key: str = field(repr=False)
    packs: Path | None = None
    public_url: str | None = None
    threads: int = 8
    max_body_bytes: int = 1_048_576
    proactive_minutes: int = 60
    log_level: str = "info"
    log_format: str = "json"

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read every SIDECUE_* variable; make the home folder and the secret key when they are missing.

        Raise SettingsInvalid, naming the variable, for anything unsafe, contradictory, unreadable or misspelt.
        """
        given = {
            name: value.strip()
            for name, value in (os.environ if environ is None else environ).items()
            if name.startswith("SIDECUE_") and not name.startswith(_TEST_PREFIX) and value.strip()
        }
        _refuse_unknown(given)
        home = _home(given.get("SIDECUE_HOME"))
        return cls(
            home=home,
            database_url=_database(given.get("SIDECUE_DATABASE_URL"), home),
            secret_key=_secret_key(given.get("SIDECUE_SECRET_KEY"), home),
            packs=_packs(given.get("SIDECUE_PACKS"), home),
            public_url=_public_url(given.get("SIDECUE_PUBLIC_URL")),
            threads=_number(given, "SIDECUE_THREADS", 8, 1, 128),
            max_body_bytes=_number(given, "SIDECUE_MAX_BODY_BYTES", 1_048_576, 1_024, 64 * 1_048_576),
            proactive_minutes=_number(given, "SIDECUE_PROACTIVE_MINUTES", 60, 0, 10_080),
            log_level=_choice(given, "SIDECUE_LOG_LEVEL", ("info", "debug", "warning", "error")),
            log_format=_choice(given, "SIDECUE_LOG_FORMAT", ("json", "console")),
        )

    def to_environment(self) -> dict[str, str]:
        """Return the variables from which a process of ours reads the same settings."""
        told = {
            "SIDECUE_HOME": str(self.home),
            "SIDECUE_DATABASE_URL": self.database_url,
            "SIDECUE_SECRET_KEY": self.secret_key,
            "SIDECUE_THREADS": str(self.threads),
            "SIDECUE_MAX_BODY_BYTES": str(self.max_body_bytes),
            "SIDECUE_PROACTIVE_MINUTES": str(self.proactive_minutes),
            "SIDECUE_LOG_LEVEL": self.log_level,
            "SIDECUE_LOG_FORMAT": self.log_format,
        }
        if self.packs is not None:
            told["SIDECUE_PACKS"] = str(self.packs)
        if self.public_url is not None:
            told["SIDECUE_PUBLIC_URL"] = self.public_url
        return told


def _refuse_unknown(given: Mapping[str, str]) -> None:
    known = [setting.name for setting in SETTINGS]
    for name in sorted(given):
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            raise SettingsInvalid(
                name,
                "there is no such setting",
                f"did you mean {near[0]}?" if near else "unset it (the README lists every setting)",
            )


def _home(given: str | None) -> Path:
    home = Path(given).expanduser() if given else Path("~/.sidecue").expanduser()
    if not home.is_absolute():
        home = Path.cwd() / home
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsInvalid(
            "SIDECUE_HOME", f"{home} cannot be made ({error.strerror})", "name a folder this user may write to"
        ) from error
    if not os.access(home, os.W_OK | os.X_OK):
        raise SettingsInvalid(
            "SIDECUE_HOME", f"{home} is not writable", "name a folder this user may write to, or change its owner"
        )
    return home


def _database(given: str | None, home: Path) -> str:
    if given is None:
        return f"sqlite:///{home / 'sidecue.db'}"
    variable = "SIDECUE_DATABASE_URL"
    try:
        url = make_url(given)
    except ArgumentError as error:
        raise SettingsInvalid(variable, "it is no database URL", "write sqlite:////path/to/sidecue.db") from error
    if url.get_backend_name() != "sqlite":
        raise SettingsInvalid(
            variable, f"{url.get_backend_name()} is not supported by this version", "write sqlite:////path/to/file.db"
        )
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise SettingsInvalid(
            variable,
            "a database in memory loses every ticket with the process",
            "name a file: sqlite:////path/to/file.db",
        )
    folder = Path(url.database).resolve().parent
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        raise SettingsInvalid(variable, f"{folder} is not a folder this user may write to", "make it, or name another")
    return given


def _secret_key(given: str | None, home: Path) -> str:
    if given is not None:
        if len(given) < MIN_SECRET or len(set(given)) < 8:
            raise SettingsInvalid(
                "SIDECUE_SECRET_KEY",
                f"it is too easy to guess ({len(given)} characters)",
                f"give {MIN_SECRET} random characters or more, or unset it and one is made",
            )
        return given
    path = home / "secret.key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _kept_key(path)
    except OSError as error:
        raise SettingsInvalid(
            "SIDECUE_SECRET_KEY", f"{path} cannot be written ({error.strerror})", "set the variable, or mend the folder"
        ) from error
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        made = secrets.token_urlsafe(48)
        file.write(made)
        file.flush()
        os.fsync(file.fileno())
    return made


def _kept_key(path: Path) -> str:
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        kept = path.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsInvalid(
            "SIDECUE_SECRET_KEY", f"{path} cannot be read", "mend the file's owner or content"
        ) from error
    if mode & 0o077:
        raise SettingsInvalid(
            "SIDECUE_SECRET_KEY", f"{path} can be read by other users (mode {mode:o})", f"run: chmod 600 {path}"
        )
    if len(kept) < MIN_SECRET:
        raise SettingsInvalid(
            "SIDECUE_SECRET_KEY",
            f"{path} holds no whole key",
            "restore it from a backup, or delete it and one is made",
        )
    return kept


def _packs(given: str | None, home: Path) -> Path | None:
    if given is None:
        folder = home / "packs"
        return folder if folder.is_dir() else None
    folder = Path(given).expanduser().resolve()
    if not folder.is_dir():
        raise SettingsInvalid(
            "SIDECUE_PACKS", f"{folder} is no folder", "name the folder that holds the packs, or unset it"
        )
    return folder


def _public_url(given: str | None) -> str | None:
    if given is None:
        return None
    parts = urlsplit(given)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise SettingsInvalid(
            "SIDECUE_PUBLIC_URL", f"{given!r} is no web address", "write https://host or https://host/path"
        )
    if parts.scheme == "http" and parts.hostname not in {"localhost", "127.0.0.1", "::1"}:
        raise SettingsInvalid(
            "SIDECUE_PUBLIC_URL", "sidebar links would travel unencrypted", "use https:// for any host but this machine"
        )
    return given.rstrip("/")


def _number(given: Mapping[str, str], name: str, otherwise: int, least: int, most: int) -> int:
    raw = given.get(name)
    if raw is None:
        return otherwise
    if not raw.isascii() or not raw.isdigit() or not least <= int(raw) <= most:
        raise SettingsInvalid(name, f"{raw!r} does not fit", f"give a whole number from {least} to {most}")
    return int(raw)


def _choice(given: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    raw = given.get(name, choices[0]).lower()
    if raw not in choices:
        raise SettingsInvalid(name, f"{raw!r} is not a choice", f"give one of {', '.join(choices)}")
    return raw
