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

from rules.errors import ToldError
from rules.text import Text, filled

MIN_SECRET: Final = 32
"""Fewest characters of SIDECUE_SECRET_KEY: shorter ones can be guessed."""

PROBLEMS: Final[Mapping[str, Text]] = {
    "unknown": Text(
        "{variable}: esse ajuste não existe; {mend}",
        "{variable}: there is no such setting; {mend}",
    ),
    "no_home": Text(
        "{variable}: não é possível criar {home} ({why}); indique uma pasta em que este usuário possa gravar",
        "{variable}: {home} cannot be made ({why}); name a folder this user may write to",
    ),
    "closed_home": Text(
        "{variable}: não é possível gravar em {home}; indique uma pasta em que este usuário possa gravar, ou mude "
        "o dono dela",
        "{variable}: {home} is not writable; name a folder this user may write to, or change its owner",
    ),
    "no_url": Text(
        "{variable}: não é a URL de um banco de dados; escreva sqlite:////caminho/sidecue.db",
        "{variable}: it is no database URL; write sqlite:////path/to/sidecue.db",
    ),
    "no_sqlite": Text(
        "{variable}: esta versão não atende a {backend}; escreva sqlite:////caminho/arquivo.db",
        "{variable}: {backend} is not supported by this version; write sqlite:////path/to/file.db",
    ),
    "in_memory": Text(
        "{variable}: um banco de dados em memória perde todos os chamados com o processo; indique um arquivo: "
        "sqlite:////caminho/arquivo.db",
        "{variable}: a database in memory loses every ticket with the process; name a file: sqlite:////path/to/file.db",
    ),
    "no_folder": Text(
        "{variable}: {folder} não é uma pasta em que este usuário possa gravar; crie-a, ou indique outra",
        "{variable}: {folder} is not a folder this user may write to; make it, or name another",
    ),
    "weak_key": Text(
        "{variable}: é fácil demais de adivinhar ({length} caracteres); informe {least} caracteres aleatórios ou "
        "mais, ou deixe-a de fora e uma é criada",
        "{variable}: it is too easy to guess ({length} characters); give {least} random characters or more, or "
        "unset it and one is made",
    ),
    "key_unwritten": Text(
        "{variable}: não é possível gravar {path} ({why}); informe a variável, ou conserte a pasta",
        "{variable}: {path} cannot be written ({why}); set the variable, or mend the folder",
    ),
    "key_unread": Text(
        "{variable}: não é possível ler {path}; conserte o dono ou o conteúdo do arquivo",
        "{variable}: {path} cannot be read; mend the file's owner or content",
    ),
    "key_open": Text(
        "{variable}: outros usuários podem ler {path} (modo {mode}); execute: chmod 600 {path}",
        "{variable}: {path} can be read by other users (mode {mode}); run: chmod 600 {path}",
    ),
    "key_cut": Text(
        "{variable}: {path} não tem a chave inteira; restaure-o de um backup, ou apague-o e uma chave é criada",
        "{variable}: {path} holds no whole key; restore it from a backup, or delete it and one is made",
    ),
    "no_packs": Text(
        "{variable}: {folder} não é uma pasta; indique a pasta dos pacotes, ou deixe-a de fora",
        "{variable}: {folder} is no folder; name the folder that holds the packs, or unset it",
    ),
    "no_address": Text(
        "{variable}: {given!r} não é um endereço da web; escreva https://host ou https://host/caminho",
        "{variable}: {given!r} is no web address; write https://host or https://host/path",
    ),
    "unencrypted": Text(
        "{variable}: os links da barra lateral viajariam sem criptografia; use https://, menos para esta máquina",
        "{variable}: sidebar links would travel unencrypted; use https:// for any host but this machine",
    ),
    "no_number": Text(
        "{variable}: {raw!r} não serve; informe um número inteiro de {least} a {most}",
        "{variable}: {raw!r} does not fit; give a whole number from {least} to {most}",
    ),
    "no_choice": Text(
        "{variable}: {raw!r} não é uma opção; informe um destes valores: {choices}",
        "{variable}: {raw!r} is not a choice; give one of {choices}",
    ),
}
"""What can be wrong with a setting, and how to mend it."""
_NEAR: Final = Text("seria {near}?", "did you mean {near}?")
_UNSET: Final = Text("deixe-o de fora (o README lista todos)", "unset it (the README lists every setting)")


class SettingsInvalid(ToldError):
    """A setting that is unsafe, contradictory or unreadable; the text names the variable and how to mend it."""

    def __init__(self, variable: str, problem: str, **slots: object) -> None:
        self.variable = variable
        super().__init__(filled(PROBLEMS[problem], variable=variable, **slots))


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
    Setting("SIDECUE_LANG", "LANG, else en", "language of what the commands say: pt-BR or en"),
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
            raise SettingsInvalid(name, "unknown", mend=filled(_NEAR, near=near[0]) if near else _UNSET)


def _home(given: str | None) -> Path:
    home = Path(given).expanduser() if given else Path("~/.sidecue").expanduser()
    if not home.is_absolute():
        home = Path.cwd() / home
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsInvalid("SIDECUE_HOME", "no_home", home=home, why=error.strerror) from error
    if not os.access(home, os.W_OK | os.X_OK):
        raise SettingsInvalid("SIDECUE_HOME", "closed_home", home=home)
    return home


def _database(given: str | None, home: Path) -> str:
    if given is None:
        return f"sqlite:///{home / 'sidecue.db'}"
    variable = "SIDECUE_DATABASE_URL"
    try:
        url = make_url(given)
    except ArgumentError as error:
        raise SettingsInvalid(variable, "no_url") from error
    if url.get_backend_name() != "sqlite":
        raise SettingsInvalid(variable, "no_sqlite", backend=url.get_backend_name())
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise SettingsInvalid(variable, "in_memory")
    folder = Path(url.database).resolve().parent
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        raise SettingsInvalid(variable, "no_folder", folder=folder)
    return given


def _secret_key(given: str | None, home: Path) -> str:
    if given is not None:
        if len(given) < MIN_SECRET or len(set(given)) < 8:
            raise SettingsInvalid("SIDECUE_SECRET_KEY", "weak_key", length=len(given), least=MIN_SECRET)
        return given
    path = home / "secret.key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _kept_key(path)
    except OSError as error:
        raise SettingsInvalid("SIDECUE_SECRET_KEY", "key_unwritten", path=path, why=error.strerror) from error
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
        raise SettingsInvalid("SIDECUE_SECRET_KEY", "key_unread", path=path) from error
    if mode & 0o077:
        raise SettingsInvalid("SIDECUE_SECRET_KEY", "key_open", path=path, mode=f"{mode:o}")
    if len(kept) < MIN_SECRET:
        raise SettingsInvalid("SIDECUE_SECRET_KEY", "key_cut", path=path)
    return kept


def _packs(given: str | None, home: Path) -> Path | None:
    if given is None:
        folder = home / "packs"
        return folder if folder.is_dir() else None
    folder = Path(given).expanduser().resolve()
    if not folder.is_dir():
        raise SettingsInvalid("SIDECUE_PACKS", "no_packs", folder=folder)
    return folder


def _public_url(given: str | None) -> str | None:
    if given is None:
        return None
    parts = urlsplit(given)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise SettingsInvalid("SIDECUE_PUBLIC_URL", "no_address", given=given)
    if parts.scheme == "http" and parts.hostname not in {"localhost", "127.0.0.1", "::1"}:
        raise SettingsInvalid("SIDECUE_PUBLIC_URL", "unencrypted")
    return given.rstrip("/")


def _number(given: Mapping[str, str], name: str, otherwise: int, least: int, most: int) -> int:
    raw = given.get(name)
    if raw is None:
        return otherwise
    if not raw.isascii() or not raw.isdigit() or not least <= int(raw) <= most:
        raise SettingsInvalid(name, "no_number", raw=raw, least=least, most=most)
    return int(raw)


def _choice(given: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    raw = given.get(name, choices[0]).lower()
    if raw not in choices:
        raise SettingsInvalid(name, "no_choice", raw=raw, choices=", ".join(choices))
    return raw
