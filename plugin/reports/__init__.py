"""Reports as one HTML file each: no network, no script; for screens, for paper, and for being read aloud.

The look and the parts that every report has are here; what a report says is with its subject.
"""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

_FOLDER: Final = Path(__file__).parent


def rendered(templates: Path, name: str, **told: object) -> str:
    """Return a template of a folder filled; it may import the shared `frame.html`, and `told` what it tells."""
    style = (_FOLDER / "static" / "report.css").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    environment = Environment(
        loader=FileSystemLoader([templates, _FOLDER / "templates"]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name).render(style=style, style_digest=digest, **told)
