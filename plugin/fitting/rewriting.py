"""Numbers of rule files written anew; comments, order and layout stay as their author left them."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping
from typing import Final

from rules.errors import ToldError
from rules.loader import yaml_strict
from rules.rulebook import Calibration, Function
from rules.text import Text, number_text

_WHOLE: Final = re.compile(r"-?[0-9]+")
_NUMBER: Final = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_DOTTED: Final = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+")
_VOTES: Final = ("then", "classify")
_WIDTH: Final = 118


class NotRewritten(ToldError):
    """A file in a layout that cannot be written anew without risk; the text says what to change by hand."""


def with_votes(path: str, text: str, votes: Mapping[Function, int], version: int) -> str:
    """Return a rule file with these votes and this version. A vote that is new comes last.

    Raise NotRewritten when the file read again does not say exactly that.
    """
    meant = yaml_strict.read(path, text).data
    numbered = _replaced(text, yaml_strict.read(path, text).values["version",], _WHOLE, str(version))
    document = yaml_strict.read(path, numbered)
    is_flow = numbered[_offset(numbered, document.values[_VOTES])] == "{"
    written = (_flow if is_flow else _block)(document, numbered, votes)
    if isinstance(meant, dict) and isinstance(meant["then"], dict):
        meant["then"]["classify"] = {function.value: vote for function, vote in votes.items()}
        meant["version"] = version
    _hold(path, written, meant)
    return written


def with_version(path: str, text: str, version: str) -> str:
    """Return a pack's file with another version. Raise NotRewritten."""
    document = yaml_strict.read(path, text)
    written = _replaced(text, document.values["version",], _DOTTED, version)
    meant = document.data
    if isinstance(meant, dict):
        meant["version"] = version
    _hold(path, written, meant)
    return written


def with_calibration(path: str, text: str, calibration: Calibration) -> str:
    """Return a calibration file with other numbers, and with where they come from. Raise NotRewritten."""
    document = yaml_strict.read(path, text)
    written = text
    for name in ("intercept", "margin", "strength"):
        number = number_text(getattr(calibration, name))
        written = _replaced(written, document.values[name,], _NUMBER, number)
    written = _with_prose(document, written, "fitted_on", calibration.fitted_on)
    meant = document.data
    if isinstance(meant, dict):
        meant |= {name: getattr(calibration, name) for name in ("intercept", "margin", "strength", "fitted_on")}
    _hold(path, written, meant)
    return written


def calibration_file(calibration: Calibration) -> str:
    """Return a new calibration file."""
    numbers = "".join(
        f"{name}: {number_text(getattr(calibration, name))}\n" for name in ("intercept", "margin", "strength")
    )
    return f"schema: 1\n{numbers}{_prose('fitted_on', calibration.fitted_on)}"


def _flow(document: yaml_strict.Document, text: str, votes: Mapping[Function, int]) -> str:
    """Write `{support: 4, success: -1}` anew between its braces."""
    begin = _offset(text, document.values[_VOTES])
    end = text.index("}", begin)
    held = [str(place[-1]) for place in document.keys if place[:-1] == _VOTES]
    inner = text[begin + 1 : end]
    for name in held:
        if Function(name) in votes:
            inner = re.sub(rf"(\b{name}\s*:\s*)-?[0-9]+", rf"\g<1>{votes[Function(name)]}", inner)
        else:
            inner = re.sub(rf"^\s*{name}\s*:\s*-?[0-9]+\s*(?:,\s*)?|\s*,\s*{name}\s*:\s*-?[0-9]+", "", inner)
    new = [f"{function.value}: {vote}" for function, vote in votes.items() if function.value not in held]
    kept = inner.rstrip()
    joined = ", ".join(part for part in (kept.rstrip(","), *new) if part.strip())
    return text[: begin + 1] + joined + inner[len(kept) :] + text[end:]


def _block(document: yaml_strict.Document, text: str, votes: Mapping[Function, int]) -> str:
    """Write the lines `support: 4` under `classify:` anew."""
    lines = text.splitlines(keepends=True)
    held = {str(place[-1]): document.keys[place] for place in document.keys if place[:-1] == _VOTES}
    last, indent = max(held.values())[0], next(iter(held.values()))[1] - 1
    for name, (line, _) in held.items():
        if Function(name) in votes:
            lines[line - 1] = re.sub(r"(:\s*)-?[0-9]+", rf"\g<1>{votes[Function(name)]}", lines[line - 1], count=1)
    new = [f"{' ' * indent}{f.value}: {vote}\n" for f, vote in votes.items() if f.value not in held]
    if new and not lines[last - 1].endswith("\n"):
        lines[last - 1] += "\n"
    lines[last:last] = new
    gone = {line - 1 for name, (line, _) in held.items() if Function(name) not in votes}
    return "".join(line for number, line in enumerate(lines) if number not in gone)


def _with_prose(document: yaml_strict.Document, text: str, key: str, prose: str) -> str:
    """Replace a text of the file's first level, whatever its style: up to the next key, or to the end."""
    lines = text.splitlines(keepends=True)
    first = document.keys[key,][0] - 1
    later = [line - 1 for place, (line, _) in document.keys.items() if len(place) == 1 and line - 1 > first]
    end = min(later, default=len(lines))
    while end > first + 1 and (not lines[end - 1].strip() or lines[end - 1].startswith("#")):
        end -= 1  # comments and empty lines belong to what follows
    return "".join([*lines[:first], _prose(key, prose), *lines[end:]])


def _prose(key: str, prose: str) -> str:
    wrapped = textwrap.fill(prose, _WIDTH, break_long_words=False, break_on_hyphens=False)
    return f"{key}: >-\n{textwrap.indent(wrapped, '  ')}\n"


def _replaced(text: str, place: tuple[int, int], form: re.Pattern[str], value: str) -> str:
    begin = _offset(text, place)
    found = form.search(text, begin)
    if found is None:
        raise NotRewritten(
            Text(
                f"linha {place[0]}: não é possível escrever {value} ali; altere à mão",
                f"line {place[0]}: {value} cannot be written there; change it by hand",
            )
        )
    return text[: found.start()] + value + text[found.end() :]


def _offset(text: str, place: tuple[int, int]) -> int:
    line, column = place
    return sum(len(one) for one in text.splitlines(keepends=True)[: line - 1]) + column - 1


def _hold(path: str, written: str, meant: yaml_strict.Plain) -> None:
    """Raise NotRewritten unless the text says what is meant, and nothing else."""
    found = yaml_strict.read(path, written).data
    if found != meant:
        raise NotRewritten(
            Text(
                f"{path}: não é possível manter a disposição do arquivo; altere à mão para {meant}",
                f"{path}: its layout cannot be kept; change it by hand to {meant}",
            )
        )
