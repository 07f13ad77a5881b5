"""The README's table of helpdesks: what works where, as the connectors' folders say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from connectors.base import CAPABILITIES, Installation
from connectors.registry import LoadedConnector, discover

BEGIN: Final = "<!-- helpdesks: made by `make reference` -->"
END: Final = "<!-- end of helpdesks -->"
MANIFESTS: Final = Path(__file__).parents[2] / "manifest"

_COMES: Final = {"signature": "signed", "shared_secret": "secret", "either": "signed or secret"}
_GOES: Final = {"note": "note", "edit_note": "edited note", "tags": "tags", "fields": "field", "assign": "group"}


def with_table(readme: str) -> str:
    """Return the README with its table as it must be. Raise ValueError when the marks are gone."""
    before, mark, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not mark or not end:
        raise ValueError(f"README.md lacks {BEGIN} or {END}")
    return "\n".join([before + BEGIN, *_table(), END]) + after


def _table() -> Iterator[str]:
    yield "| helpdesk | webhooks | sidebar | written back | app |"
    yield "|---|---|---|---|---|"
    for loaded in discover().values():
        manifest = loaded.manifest
        back = ", ".join(_GOES[capability] for capability in CAPABILITIES if capability in manifest.back)
        app = "yes" if (MANIFESTS / manifest.name / "rules.json").exists() else "no"
        guide = f"connectors/{manifest.name}/doc"
        name = f"[{manifest.display_name}]({guide}.md) ([pt-BR]({guide}.pt-BR.md))"
        yield f"| {name} | {_COMES[manifest.auth]} | {_sidebar(loaded)} | {back or 'no'} | {app} |"


def _sidebar(loaded: LoadedConnector) -> str:
    inserts = ", reply into the composer" if loaded.module.sidebar(Installation("", "en")).inserts else ""
    if loaded.hook("open_sidebar") is None:
        return f"page by signed link{inserts}"
    if loaded.hook("render") is not None:
        return ("page in the host, or drawn by it" if loaded.host_script is not None else "drawn by the host") + inserts
    if not loaded.manifest.frame_ancestors:
        return "page by a link in the ticket"
    return f"page in the host{inserts}"
