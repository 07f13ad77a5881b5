"""What `tenants add` and `tenants set` are told, checked against what the connector can do."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from plugin.cli.errors import UsageFault
from rules.rulebook import Function
from rules.text import Text, filled

if TYPE_CHECKING:
    from connectors.base import Manifest
    from connectors.registry import LoadedConnector
    from plugin.store.tenants import Back

Command = TypeVar("Command", bound=Callable[..., Any])

NOTES: Final = ("accepted", "decided", "off")
_DURATION: Final = re.compile(r"(\d{1,4})([mhd])")
_UNITS: Final = {"m": "minutes", "h": "hours", "d": "days"}
_NO_CONNECTOR: Final = Text(
    "--connector {name}: esse conector não existe; há {known}",
    "--connector {name}: there is no such connector; there are {known}",
)
_CALLED: Final = Text("--api-url {given}: {desk} {where}", "--api-url {given}: {desk} {where}")
_BY_HTTPS: Final = Text("só atende por https em {hosts}", "is called by https at {hosts}")
_AT_A_HOST: Final = Text(
    "só atende em um nome de host ou endereço na grafia usual, não em um deste tipo",
    "is called at a host name or an address in its usual writing, and at none of this kind",
)
_NEVER: Final = Text(
    "nunca é chamado: deixe --api-url e --api-token de fora", "is never called: leave --api-url and --api-token out"
)
_NO_DURATION: Final = Text(
    "--keep-old {given}: escreva como 30m, 24h, 7d, ou 0 para encerrar já o segredo antigo",
    "--keep-old {given}: write it as 30m, 24h, 7d, or 0 to end the old secret at once",
)
_CANNOT: Final = Text(
    "{option}: isso não pode ser escrito em {desk}; o que pode: {can}",
    "{option}: {desk} cannot be written that; what can be written back: {can}",
)
_NO_GROUP: Final = Text(
    "--group {given}: escreva FUNÇÃO=ID, com FUNÇÃO igual a um destes valores: {functions}",
    "--group {given}: write FUNCTION=ID, FUNCTION one of {functions}",
)
_NOTHING: Final = Text("nada", "nothing")
_OPTIONS: Final = (
    click.option("--api-url", help="The helpdesk's API, for what is written back; without it nothing is."),
    click.option("--api-token", help="The credential for that API."),
    click.option(
        "--set",
        "told",
        multiple=True,
        metavar="NAME=VALUE",
        help="What the connector asks to be told besides (its doc.md says what); an empty VALUE takes it back.",
    ),
    click.option(
        "--notes",
        type=click.Choice(NOTES),
        help="When an internal note is written: about what was accepted, about each decision, or never.",
    ),
    click.option("--tags/--no-tags", default=None, help="Whether a tag says whose work the ticket is."),
    click.option("--field", metavar="NAME", help="The custom field that says so; an empty NAME takes it back."),
    click.option(
        "--group",
        "groups",
        multiple=True,
        metavar="FUNCTION=ID",
        help="The helpdesk's group for tickets handed over to a function; an empty ID takes it back.",
    ),
)


def connector_named(name: str) -> LoadedConnector:
    """Return the connector that `--connector` names. Raise UsageFault when there is none."""
    from connectors.registry import discover  # noqa: PLC0415 - `tenants --help` needs no connector

    connectors = discover()
    if name not in connectors:
        raise UsageFault(filled(_NO_CONNECTOR, name=name, known=", ".join(connectors)))
    return connectors[name]


def about_the_helpdesk(command: Command) -> Command:
    """Add the options about the helpdesk and what is written back to it."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def api_url_of(manifest: Manifest, given: str | None) -> str | None:
    """Return an API address without a slash at its end. Raise UsageFault for one that the connector may not call."""
    from connectors.http import host_allowed  # noqa: PLC0415 - only when an address is given
    from connectors.settings import KINDS  # noqa: PLC0415 - the same

    if given is None:
        return None
    if (wrong := KINDS["url"].wrong(given)) is not None:
        raise UsageFault(KINDS["url"].form, option=f"--api-url {wrong}")
    if not host_allowed(given, patterns=manifest.allowed_hosts, api_url=given):
        raise UsageFault(filled(_CALLED, given=given, desk=manifest.display_name, where=_called(manifest)))
    return given.rstrip("/")


def _called(manifest: Manifest) -> Text:
    """Return where a connector's helpdesk is called."""
    hosts = ", ".join(host for host in manifest.allowed_hosts if not host.startswith("{"))
    if hosts:
        return filled(_BY_HTTPS, hosts=hosts)
    return _AT_A_HOST if manifest.allowed_hosts else _NEVER


def back_of(  # noqa: PLR0913 - what was told, by keyword
    manifest: Manifest,
    before: Back,
    *,
    notes: str | None,
    tags: bool | None,
    field: str | None,
    groups: Sequence[str],
) -> Back:
    """Return what goes back to the helpdesk now. Raise UsageFault for what the connector cannot do."""
    _require(manifest, "note", wanted=notes in ("accepted", "decided"), option=f"--notes {notes}")
    _require(manifest, "tags", wanted=bool(tags), option="--tags")
    _require(manifest, "fields", wanted=bool(field), option="--field")
    _require(manifest, "assign", wanted=bool(groups), option="--group")
    return replace(
        before,
        notes=notes or before.notes,
        tags=before.tags if tags is None else tags,
        field_name=before.field_name if field is None else field or None,
        groups=_groups(before.groups, groups),
    )


def duration_of(given: str) -> timedelta:
    """Return `30m`, `24h` or `7d` as a duration; `0` is none. Raise UsageFault for anything else."""
    if given == "0":
        return timedelta(0)
    found = _DURATION.fullmatch(given)
    if found is None:
        raise UsageFault(filled(_NO_DURATION, given=given))
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def _require(manifest: Manifest, capability: str, *, wanted: bool, option: str) -> None:
    if wanted and capability not in manifest.back:
        can = ", ".join(manifest.back) or _NOTHING
        raise UsageFault(filled(_CANNOT, option=option, desk=manifest.display_name, can=can))


def _groups(before: Mapping[str, str], given: Sequence[str]) -> dict[str, str]:
    functions = [function.value for function in Function]
    found = dict(before)
    for pair in given:
        function, equals, group = pair.partition("=")
        if not equals or function not in functions:
            raise UsageFault(filled(_NO_GROUP, given=pair, functions=", ".join(functions)))
        found[function] = group
    return {function: group for function, group in found.items() if group}
