"""quality.yml says what of the contract a connector keeps; what can be read from its folder is held against that."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from contract_folders import INSTALLATION, payloads
from contract_openapi import DESCRIBED
from contract_signing import CONNECTORS, SCHEMES

from connectors.registry import HOST_SCRIPT, LoadedConnector

REPOSITORY = Path(__file__).parents[2]
REAL_HELPDESKS = {
    connector
    for path in (REPOSITORY / "tests" / "helpdesk").glob("*.py")
    for connector in re.findall(r'add_tenant\(\s*"\w+",\s*"(\w+)"', path.read_text("utf-8"))
}
"""The connectors that the tests with real helpdesks add tenants of."""


def always(_: LoadedConnector) -> bool:
    """A point that other contract tests hold every folder to: it is done, or they fail."""
    return True


def schemes(loaded: LoadedConnector) -> list:
    return [scheme for scheme in SCHEMES if scheme.name == loaded.manifest.name]


def can(capability: str) -> Callable[[LoadedConnector], bool]:
    return lambda loaded: capability in loaded.manifest.back


def has(hook: str) -> Callable[[LoadedConnector], bool]:
    return lambda loaded: loaded.hook(hook) is not None


def finds_its_notes(loaded: LoadedConnector) -> bool:
    """`has_note` asks the helpdesk, where there is anything to ask."""
    source = (loaded.folder / "client.py").read_text("utf-8") if can("note")(loaded) else ""
    body = source.partition("def has_note(")[2].partition("\n    def ")[0]
    return "self._" in body


def shows_attachments(loaded: LoadedConnector) -> bool:
    expected = [path.with_suffix(".expected.json") for path in payloads(loaded.manifest.name, "good")]
    return any("[📎" in path.read_text("utf-8") for path in expected)


def inserts(loaded: LoadedConnector) -> bool:
    host = loaded.module.sidebar(INSTALLATION)
    folder = loaded.script_folder(host)
    scripts = [folder / HOST_SCRIPT] if folder is not None else []
    # An app that draws has `insert` only in a script of its own: all of them share what lays the panel out.
    scripts += (REPOSITORY / "manifest" / loaded.manifest.name / "app").rglob("app.js") if loaded.hook("render") else []
    script = "".join(path.read_text("utf-8") for path in scripts)
    says = host.inserts
    assert says == bool(re.search(r"\binsert\b", script)), "view.py and the script disagree about inserting replies"
    return says


POINTS: dict[str, Callable[[LoadedConnector], bool]] = {
    "signature-on-raw-bytes": lambda loaded: any(
        "body" in scheme.covers for scheme in schemes(loaded) if scheme.signer
    ),
    "constant-time-comparison": lambda loaded: any(
        scheme.signer is None or scheme.encoding != "jwt" for scheme in schemes(loaded)
    ),
    "replay-window": lambda loaded: any(scheme.expires for scheme in schemes(loaded) if scheme.signer),
    "delivery-key": always,
    "fixture-for-every-event": always,
    "named-errors": always,
    "people-told-apart": always,
    "own-notes-recognised": always,
    "attachments-as-references": shows_attachments,
    "same-story-same-decision": always,
    "probes-answered": has("handshake"),
    "note-posted-once": finds_its_notes,
    "note-edited": can("edit_note"),
    "tags-without-losing-others": can("tags"),
    "fields-written": can("fields"),
    "ticket-assigned": can("assign"),
    "rate-limits-honoured": lambda loaded: bool(loaded.manifest.back),
    "vendors-rate-kept": lambda loaded: loaded.manifest.rate is not None,
    "requests-held-to-the-vendors-description": lambda loaded: loaded.manifest.name in DESCRIBED,
    "sidebar-in-the-host": has("open_sidebar"),
    "reply-into-the-composer": inserts,
    "app-package": lambda loaded: (REPOSITORY / "manifest" / loaded.manifest.name / "rules.json").exists(),
    "least-permission-documented": always,
    "documented-for-admins": always,
    "checked-against-the-real-helpdesk": lambda loaded: loaded.manifest.name in REAL_HELPDESKS,
}
"""Point -> whether the folder keeps it, as far as a test can see."""


def quality_of(name: str) -> dict:
    return yaml.safe_load((CONNECTORS[name].folder / "quality.yml").read_text("utf-8"))


@pytest.mark.parametrize("name", CONNECTORS)
def test_quality_answers_every_point_and_says_why_not(name):
    quality = quality_of(name)

    assert list(quality) == [*POINTS, "unverified"]
    for point, answer in quality.items():
        if point == "unverified":
            assert all(isinstance(each, str) and len(each) > 10 for each in answer)
        elif answer != "done":
            assert answer.keys() == {"status", "comment"}
            assert answer["status"] in {"todo", "exempt"}
            assert len(answer["comment"]) > 10


@pytest.mark.parametrize("name", CONNECTORS)
def test_quality_says_done_of_what_is_done_and_of_nothing_else(name):
    said = {point for point, answer in quality_of(name).items() if answer == "done"}
    found = {point for point, is_kept in POINTS.items() if is_kept(CONNECTORS[name])}

    assert said == found
