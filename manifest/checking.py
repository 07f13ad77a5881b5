"""Holds an app package to its vendor's rules: what is wrong, in which file, and how to mend it."""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final
from urllib.parse import urlsplit

import yaml

from manifest.rules import RuleSet
from rules.text import Text

Files = Mapping[str, bytes]

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_PLACEHOLDER: Final = re.compile(
    r"@[A-Z_]+@|\b(?:your|seu|sua|todo|fixme|placeholder|lorem|john doe|jane doe|acme)\b|example\.(?:com|org|net)",
    re.IGNORECASE,
)
_LEFT: Final = re.compile(rb"@(?:SIDECUE_[A-Z_]+|SIDEBAR_KEY|TENANT|VERSION|AUTHOR_[A-Z]+)@")
_NOTHING: Final = object()


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that the vendor would refuse."""

    file: str
    what: Text

    def told(self, locale: str) -> str:
        """Return the finding in one line."""
        return f"{self.file}: {self.what.pt_br if locale == 'pt-BR' else self.what.en}"


def check(files: Files, rules: RuleSet) -> tuple[Finding, ...]:
    """Return every finding about a package, by file; none when the vendor has nothing to refuse."""
    nested = _nested(files, rules)
    if nested is not None:
        return (nested,)
    found = [
        *_missing_files(files, rules),
        *_unreadable(files, rules),
        *_keys(files, rules),
        *_references(files, rules),
        *_strangers(files, rules),
        *_locales(files, rules),
        *_icons(files, rules),
        *_left_over(files),
    ]
    return tuple(sorted(found, key=lambda finding: (finding.file, finding.what.en)))


def data_of(name: str, content: bytes) -> Any:
    """Return what a JSON or YAML file holds. Raise ValueError for what is neither."""
    text = content.decode("utf-8")
    if not name.endswith((".yml", ".yaml")):
        return json.loads(text)
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from None


def _nested(files: Files, rules: RuleSet) -> Finding | None:
    """Return the one finding that explains all others: somebody packed the folder instead of what is in it."""
    first = rules.at_root[0]
    if first in files:
        return None
    inside = next((name for name in sorted(files) if name.endswith(f"/{first}")), None)
    if inside is None:
        return None
    return Finding(
        inside,
        Text(
            f"tem de estar na raiz do arquivo, como {first}: compacte o conteúdo da pasta, não a pasta",
            f"has to lie at the root of the archive, as {first}: pack what is in the folder, not the folder",
        ),
    )


def _named(rules: RuleSet) -> list[str]:
    by_file = (rules.required, rules.values, rules.https, rules.author, rules.keys, rules.files)
    return sorted({*rules.at_root, *(name for each in by_file for name in each)})


def _missing_files(files: Files, rules: RuleSet) -> Iterator[Finding]:
    for name in sorted({*_named(rules), *rules.locales.values(), *rules.icons, *rules.app} - files.keys()):
        yield Finding(name, Text("falta este arquivo", "this file is missing"))


def _unreadable(files: Files, rules: RuleSet) -> Iterator[Finding]:
    for name in sorted({*_named(rules), *rules.locales.values()} & files.keys()):
        if name.endswith((".json", ".yml", ".yaml")) and _data(files, name) is _NOTHING:
            yield Finding(name, Text("não é JSON ou YAML legível", "is no readable JSON or YAML"))


def _keys(files: Files, rules: RuleSet) -> Iterator[Finding]:
    for name, path, found in _told(files, rules.required):
        if found in (_NOTHING, None, "", [], {}):
            yield Finding(name, Text(f"falta {path}", f"{path} is missing"))
    for name, path, found in _told(files, rules.values):
        wanted = rules.values[name][path]
        # a file that is missing or unreadable, and a key that is missing, are told once
        told_of = _data(files, name) is _NOTHING or path in rules.required.get(name, ())
        if found != wanted and not (found is _NOTHING and told_of):
            told = json.dumps(wanted)
            yield Finding(name, Text(f"{path} tem de ser {told}", f"{path} has to be {told}"))


def _references(files: Files, rules: RuleSet) -> Iterator[Finding]:
    """Yield what is wrong with addresses, authors and names of files."""
    for name, path, found in _told(files, rules.https):
        if isinstance(found, str) and not _is_https(found):
            yield Finding(name, Text(f"{path} precisa de um endereço https", f"{path} needs an https address"))
    for name, path, found in _told(files, rules.author):
        if isinstance(found, str) and _PLACEHOLDER.search(found):
            yield Finding(
                name,
                Text(
                    f"{path} ainda é um exemplo: dê o autor de verdade (--author)",
                    f"{path} is still an example: give the real author (--author)",
                ),
            )
    for name, path, found in _told(files, rules.files):
        if isinstance(found, str) and found.removeprefix("/") not in files:
            yield Finding(
                name,
                Text(
                    f"{path} leva a {found}, que não está no pacote",
                    f"{path} leads to {found}, which is not in the package",
                ),
            )


def _strangers(files: Files, rules: RuleSet) -> Iterator[Finding]:
    for name, allowed in rules.keys.items():
        data = _data(files, name)
        for key in sorted(set(data) - set(allowed)) if isinstance(data, Mapping) else ():
            told = ", ".join(allowed)
            yield Finding(name, Text(f"{key} não é uma destas chaves: {told}", f"{key} is none of the keys {told}"))


def _told(files: Files, paths_of: Mapping[str, Iterable[str]]) -> Iterator[tuple[str, str, Any]]:
    """Yield file, path and what stands there for every path that a vendor has a rule about."""
    for name, paths in paths_of.items():
        for path in paths:
            yield name, path, _at(files, name, path)


def _locales(files: Files, rules: RuleSet) -> Iterator[Finding]:
    keys = {name: set(_leaves(_data(files, name))) for name in rules.locales.values() if name in files}
    every = set().union(*keys.values())
    for name, known in keys.items():
        for missing in sorted(every - known):
            yield Finding(
                name,
                Text(f"falta {missing}, que outro idioma tem", f"{missing} is missing, which another language has"),
            )


def _icons(files: Files, rules: RuleSet) -> Iterator[Finding]:
    for name, wanted in rules.icons.items():
        if name not in files:
            continue
        size = _png_size(files[name])
        if size is None:
            yield Finding(name, Text("não é uma imagem PNG", "is no PNG image"))
        elif size != tuple(wanted):
            told = f"{size[0]}×{size[1]}", f"{wanted[0]}×{wanted[1]}"  # noqa: RUF001 - how sizes are written
            yield Finding(
                name,
                Text(f"tem {told[0]} pixels, e precisa de {told[1]}", f"has {told[0]} pixels and needs {told[1]}"),
            )


def _left_over(files: Files) -> Iterator[Finding]:
    for name, content in files.items():
        for mark in sorted({found.decode() for found in _LEFT.findall(content)}):
            yield Finding(name, Text(f"{mark} não foi preenchido", f"{mark} was not filled in"))


def _data(files: Files, name: str) -> Any:
    return _read(name, files[name]) if name in files else _NOTHING


@lru_cache(maxsize=32)
def _read(name: str, content: bytes) -> Any:
    """Return what a file holds, read once for all the rules about it, and never changed; _NOTHING when unreadable."""
    try:
        return data_of(name, content)
    except ValueError:
        return _NOTHING


def _at(files: Files, name: str, path: str) -> Any:
    """Return what stands at a path of a file, or _NOTHING."""
    value = _data(files, name)
    for part in path.split("."):
        if isinstance(value, list) and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        elif isinstance(value, Mapping) and part in value:
            value = value[part]
        else:
            return _NOTHING
    return value


def _leaves(value: Any, path: str = "") -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, child in value.items():
            yield from _leaves(child, f"{path}.{key}" if path else str(key))
    elif value is not _NOTHING:
        yield path


def _is_https(value: str) -> bool:
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc


def _png_size(content: bytes) -> tuple[int, int] | None:
    """Return width and height from a PNG's header, or None for what is none."""
    if not content.startswith(_PNG) or len(content) < 24 or content[12:16] != b"IHDR":
        return None
    width, height = struct.unpack(">II", content[16:24])
    return int(width), int(height)
