"""Folders of rule files -> one immutable rulebook, or everything that is wrong with them."""

from __future__ import annotations

import stat
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from rules.errors import RuleFilesInvalid
from rules.loader import overlay, phrases, references, yaml_strict
from rules.loader.build import Draft, Overlay, build
from rules.loader.digest import digest
from rules.loader.faultless import Faultless, unless_known
from rules.loader.findings import Finding, finding, in_order
from rules.loader.memory import Memory
from rules.loader.sources import FileKind, Layer, PackFolder, SourceFile, Sources, Ways, discover
from rules.rulebook import Action, Calibration, Pack, Rule, Rulebook, Signal
from rules.text import Text

SHIPPED: Final = Path(__file__).resolve().parent.parent / "packs"

UNFITTED: Final = Calibration(intercept=-0.5, margin=0.6, strength=0.15, fitted_on="not fitted: these packs bring none")
"""Used when no layer brings a calibration.yml, as in a pack that is checked on its own."""

_NO_FILE: Final = Text("não é um arquivo comum", "it is no ordinary file")


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything that came of reading: the rulebook (None after an error), the findings, and the drafts behind it.

    `own` are the drafts as their files have them, before any overlay. `folders` are the packs that were asked for
    whole. `files` counts the files asked for, without those read as context.
    """

    rulebook: Rulebook | None
    findings: tuple[Finding, ...]
    drafts: Mapping[tuple[FileKind, str], Draft]
    overlays: tuple[Draft, ...]
    files: int
    own: Mapping[tuple[FileKind, str], Draft]
    folders: tuple[PackFolder, ...]


def load(paths: Sequence[Path] | None = None, *, overlays: Sequence[Path] = ()) -> Rulebook:
    """Return the rulebook of the packs at `paths` (None: the shipped ones) with the tenants' `overlays` laid over.

    Raise RuleFilesInvalid with every finding when one of them is an error.
    """
    rulebook, findings = read_all(paths, overlays)
    if rulebook is None:
        raise RuleFilesInvalid([found for found in findings if found.is_error])
    return rulebook


def read_all(
    paths: Sequence[Path] | None = None, overlays: Sequence[Path] = ()
) -> tuple[Rulebook | None, tuple[Finding, ...]]:
    """Return the rulebook, or None when a finding is an error, and every finding in file order."""
    reading = read(paths, overlays)
    return reading.rulebook, reading.findings


def read(
    paths: Sequence[Path] | None = None,
    overlays: Sequence[Path] = (),
    context: Sequence[Path] = (),
    memory: Memory | None = None,
    faultless: Faultless | None = None,
) -> Reading:
    """Read the files of all layers; of those in `memory` only what changed, and no phrases that are `faultless`.

    `context` is what the files at `paths` may refer to; a pack, rule, signal or action that they hold themselves
    takes the place of its namesake there. Nothing in a file makes this raise.
    """
    ways = Ways()
    layers = [
        discover(context, Layer.CONTEXT, ways),
        discover([SHIPPED] if paths is None else paths, Layer.BASE, ways),
        discover(overlays, Layer.TENANT, ways),
    ]
    files = _unshadowed(layers, ways)
    findings = [found for layer in layers for found in layer.findings]
    drafts: dict[tuple[FileKind, str], Draft] = {}
    changes: list[Draft] = []
    drafted = partial(_draft, faultless=faultless)
    lost = False
    for source in files:
        draft, problems = drafted(source) if memory is None else memory.get(source, drafted)
        findings += problems
        if draft is None:
            lost = True
        elif isinstance(draft.item, Overlay):
            changes.append(draft)
        else:
            findings += _add(drafts, draft)
    findings += _pack_files([folder for layer in layers for folder in layer.folders], drafts, findings)
    whole, refused = overlay.overlaid(drafts, changes)
    findings += refused
    if not lost:  # with a file missing from the picture these would blame files that are right
        findings += references.check(whole)
    ordered = in_order(findings)
    rulebook = None if any(found.is_error for found in ordered) else _rulebook(whole)
    asked = sum(source.layer is not Layer.CONTEXT for source in files)
    folders = tuple(folder for layer in layers[Layer.BASE :] for folder in layer.folders)
    frozen = MappingProxyType(whole), tuple(changes), asked, MappingProxyType(drafts), folders
    return Reading(rulebook, ordered, *frozen)


def _unshadowed(layers: Sequence[Sources], ways: Ways) -> list[SourceFile]:
    """Return the files of all layers without context packs that the base brings itself."""
    base = {folder.id for folder in layers[Layer.BASE].folders if folder.has_pack_file}
    seen = {ways.real(source.path) for layer in layers[Layer.BASE :] for source in layer.files}
    context: dict[tuple[str | None, str], SourceFile] = {}
    owner: dict[str | None, Path] = {}
    for source in layers[Layer.CONTEXT].files:
        path = ways.real(source.path)
        if source.pack in base or path in seen:
            continue
        folder = path.parent
        folder = folder.parent if source.kind in {FileKind.SIGNAL, FileKind.ACTION} else folder
        if owner.setdefault(source.pack, folder) == folder:  # the nearest of several packs of one name
            context[source.pack, str(source.path)] = source
    return [*context.values(), *layers[Layer.BASE].files, *layers[Layer.TENANT].files]


def _draft(source: SourceFile, faultless: Faultless | None) -> tuple[Draft | None, list[Finding]]:
    try:
        found = source.path.stat()
        if not stat.S_ISREG(found.st_mode):  # a pipe would be waited for
            return None, [finding("file.unreadable", source.shown, 1, 1, problem=_NO_FILE)]
        size = found.st_size
        if size > yaml_strict.MAX_BYTES:
            limit = yaml_strict.MAX_BYTES
            return None, [finding("file.too_large", source.shown, 1, 1, size=size, limit=limit)]
        raw = source.path.read_bytes()
    except OSError as problem:
        return None, [finding("file.unreadable", source.shown, 1, 1, problem=problem.strerror or "?")]
    try:
        document = yaml_strict.read(source.shown, raw)
    except RuleFilesInvalid as problem:
        return None, list(problem.findings)
    draft, findings = build(document, source)
    if draft is not None and draft.kind is FileKind.SIGNAL:
        findings += unless_known(faultless, "phrases", raw, partial(phrases.check, document))
    return draft, findings


def _add(drafts: dict[tuple[FileKind, str], Draft], draft: Draft) -> list[Finding]:
    held = drafts.get(draft.key)
    replaces = held is not None and held.layer is Layer.CONTEXT and draft.layer is not Layer.CONTEXT
    if held is None or replaces or draft.kind is FileKind.CALIBRATION:
        drafts[draft.key] = draft
        return []
    if draft.layer is Layer.CONTEXT:
        return []  # the nearer one counts
    if draft.kind is FileKind.PACK and draft.layer is Layer.TENANT:
        return []  # a tenant's folder may say again which pack it adds to
    if draft.kind is FileKind.EXAMPLE and held.layer is Layer.BASE and draft.layer is Layer.TENANT:
        drafts[draft.key] = draft  # a tenant who changes what the packs do says so in the example's place
        return []
    key = "name" if draft.kind is FileKind.SIGNAL else "id"
    return [draft.finding("id.duplicate", (key,), id=draft.id, other=held.document.path)]


def _pack_files(
    folders: Iterable[PackFolder], drafts: Mapping[tuple[FileKind, str], Draft], findings: Iterable[Finding]
) -> list[Finding]:
    """Return a finding for every folder that is no pack in any layer."""
    broken = {found.path for found in findings}
    return [
        finding("pack.missing", folder.shown, 1, 1, pack=folder.id)
        for folder in folders
        if (FileKind.PACK, folder.id) not in drafts
        and not folder.has_pack_file
        and str(Path(folder.shown) / "pack.yml") not in broken
    ]


def _rulebook(drafts: Mapping[tuple[FileKind, str], Draft]) -> Rulebook:
    packs = _of(drafts, Pack)
    signals = _of(drafts, Signal)
    actions = _of(drafts, Action)
    rules = _of(drafts, Rule)
    calibration = next(iter(_of(drafts, Calibration).values()), UNFITTED)
    name = digest(rules.values(), signals.values(), actions.values(), calibration)
    return Rulebook(packs, signals, actions, rules, calibration, name)


def _of(drafts: Mapping[tuple[FileKind, str], Draft], kind: type[Any]) -> Mapping[str, Any]:
    found = {id_: draft.item for (_, id_), draft in drafts.items() if isinstance(draft.item, kind)}
    return MappingProxyType(dict(sorted(found.items())))
