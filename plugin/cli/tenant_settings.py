"""What `--set NAME=VALUE` tells a connector, held to what its folder asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from plugin.cli.errors import UsageFault
from rules.text import LOCALES, Text, filled, shortened

if TYPE_CHECKING:
    from connectors.base import Manifest, Setting

_SHOWN: Final = 60
"""Characters of a wrong value that an error shows."""
_UNREAD: Final = Text("--set {given}: escreva NOME=VALOR", "--set {given}: write NAME=VALUE")
_UNKNOWN: Final = Text(
    "--set {name}: {desk} não pede nada com esse nome{near}; o que pede: {asked}",
    "--set {name}: {desk} asks for nothing of that name{near}; what it asks for: {asked}",
)
_NEAR: Final = Text(" (seria {near}?)", " (did you mean {near}?)")
_NOTHING: Final = Text("nada", "nothing")
_TWICE: Final = Text(
    "--set {name}: está duas vezes; informe um só valor", "--set {name}: stands here twice; give one value"
)
_WRONG: Final = Text("--set {name}: {part!r} não serve; {form}", "--set {name}: {part!r} will not do; {form}")
_WRONG_UNSEEN: Final = Text("--set {name}: o valor não serve; {form}", "--set {name}: the value will not do; {form}")
_MISSING: Final = Text(
    "{what} não funciona sem {lacking}: informe o que falta",
    "{what} does not work without {lacking}: give what is missing",
)
_THE_API: Final = "--api-url"
_OF_SETTING: Final = Text("--set {name}=… ({does})", "--set {name}=… ({does})")
_AND: Final = Text("{before} e {last}", "{before} and {last}")


def settings_of(manifest: Manifest, told: Sequence[str]) -> dict[str, str]:
    """Return `--set` as a mapping; an empty value takes a setting back.

    Raise UsageFault for a name that the connector does not know, one that stands there twice, and a value that is not
    written as its kind is. A secret is not shown.
    """
    known = {setting.name: setting for setting in manifest.settings}
    found: dict[str, str] = {}
    for pair in told:
        name, equals, value = pair.partition("=")
        if not equals:
            raise UsageFault(filled(_UNREAD, given=_unread(pair, known)))
        if name not in known:
            raise UsageFault(_unknown(manifest, shortened(name, _SHOWN)))
        if name in found:
            raise UsageFault(filled(_TWICE, name=name))
        if value:
            _require_kind(known[name], value)
        found[name] = value
    return found


def require_whole(manifest: Manifest, settings: Mapping[str, str], api_url: str | None) -> None:
    """Raise UsageFault when something that is told does nothing without something that is not."""
    from connectors.registry import API_URL  # noqa: PLC0415 - `tenants --help` needs no connector

    told = {name for name, value in settings.items() if value} | ({API_URL} if api_url else set())
    named: dict[str, Text | str] = {API_URL: _THE_API}
    named |= {each.name: filled(_OF_SETTING, name=each.name, does=each.does) for each in manifest.settings}
    for what, needed in manifest.needs.items():
        lacking = [named[name] for name in needed if name not in told]
        if what in told and lacking:
            *before, last = lacking
            listed = filled(_AND, before=before[0], last=last) if before else last
            shown = _THE_API if what == API_URL else f"--set {what}"
            raise UsageFault(filled(_MISSING, what=shown, lacking=listed))


def _require_kind(setting: Setting, value: str) -> None:
    from connectors.settings import KINDS  # noqa: PLC0415 - as above

    kind = KINDS[setting.kind]
    part = kind.wrong(value)
    if part is not None and (setting.secret or not kind.shown):
        raise UsageFault(filled(_WRONG_UNSEEN, name=setting.name, form=kind.form))
    if part is not None:
        raise UsageFault(filled(_WRONG, name=setting.name, part=shortened(part, _SHOWN), form=kind.form))


def _unread(pair: str, known: Iterable[str]) -> str:
    """Return what may be shown of a setting without its sign: the name that it begins with, for the rest is a value."""
    name = max((name for name in known if pair.startswith(name)), key=len, default="")
    return name if name == pair else f"{name}…"


def _unknown(manifest: Manifest, name: str) -> Text:
    from rules.vocabulary import nearest  # noqa: PLC0415 - for a slip alone

    near = nearest(name, [each.name for each in manifest.settings])
    asked = Text(
        *(", ".join(f"{each.name} ({each.does.read(locale)})" for each in manifest.settings) for locale in LOCALES)
    )
    return filled(
        _UNKNOWN,
        name=name,
        desk=manifest.display_name,
        near=filled(_NEAR, near=near) if near else "",
        asked=asked if manifest.settings else _NOTHING,
    )
