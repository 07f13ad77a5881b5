"""Which files the `rules` commands look at."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rules.loader import SHIPPED
from rules.loader.sources import surroundings


@dataclass(frozen=True, slots=True)
class Scope:
    """What is checked (`paths`, and `overlays` laid over it), and what it may refer to (`context`)."""

    paths: tuple[Path, ...]
    overlays: tuple[Path, ...] = ()
    context: tuple[Path, ...] = ()


def scope(paths: Sequence[Path], environ: Mapping[str, str] | None = None) -> Scope:
    """Return the scope of the paths that were given; of none, the shipped packs and the tenant's folder.

    Paths inside the tenant's folder are overlays. Any path may refer to the packs beside it and the shipped ones.
    """
    tenant = tenant_packs(os.environ if environ is None else environ)
    shipped = _near(SHIPPED)
    if not paths:
        return Scope((shipped,), (tenant,) if tenant is not None else ())
    inside = [path for path in paths if tenant is not None and path.resolve().is_relative_to(tenant.resolve())]
    base = tuple(path for path in paths if path not in inside)
    context = (*surroundings(base), shipped)
    if inside and tenant is not None:
        context = (*context, tenant)
    return Scope(base, tuple(inside), context)


def tenant_packs(environ: Mapping[str, str]) -> Path | None:
    """Return the tenant's folder of packs when there is one: SIDECUE_PACKS, else `packs` under SIDECUE_HOME."""
    found = tenant_folder(environ)
    return found if found.is_dir() else None


def tenant_folder(environ: Mapping[str, str]) -> Path:
    """Return where the tenant's folder of packs is, or would be."""
    named = environ.get("SIDECUE_PACKS", "").strip()
    home = environ.get("SIDECUE_HOME", "").strip() or "~/.sidecue"
    return Path(named).expanduser() if named else Path(home).expanduser() / "packs"


def _near(path: Path) -> Path:
    """Return the path as somebody in the current folder would write it."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
