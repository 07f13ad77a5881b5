"""What a vendor asks of an app package, as `manifest/<name>/rules.json` states it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from marshmallow import Schema, ValidationError, fields, validate

from rules.errors import ToldError
from rules.text import LOCALES, Text

FOLDER: Final = Path(__file__).parent
RULES: Final = "rules.json"
APP: Final = "app"
SHARED: Final = "shared"


class RulesInvalid(ToldError):
    """A rules.json that its author has to mend; names the folder and the fault."""


@dataclass(frozen=True, slots=True)
class RuleSet:
    """One vendor's rules. A path such as `author.email` leads through objects, and by number through lists."""

    name: str
    source: str
    """Where the vendor states them."""
    at_root: tuple[str, ...]
    """Files that must lie at the root of the archive, and by which its kind is told."""
    required: Mapping[str, tuple[str, ...]]
    """File -> the paths that must hold something."""
    values: Mapping[str, Mapping[str, Any]]
    """File -> path -> the one value it may hold."""
    https: Mapping[str, tuple[str, ...]]
    """File -> the paths that must hold an https address."""
    author: Mapping[str, tuple[str, ...]]
    """File -> the paths that must name a real author."""
    keys: Mapping[str, tuple[str, ...]]
    """File -> the keys that it may have; the vendor refuses every other."""
    files: Mapping[str, tuple[str, ...]]
    """File -> the paths that must name a file of the archive."""
    locales: Mapping[str, str]
    """Locale -> its file of texts; all must have the same keys."""
    icons: Mapping[str, tuple[int, int]]
    """PNG file -> width and height in pixels."""
    app: tuple[str, ...]
    """Every file of our app, by its place in the archive: each is there because another leads to it."""


_paths = fields.Dict(
    keys=fields.String(), values=fields.List(fields.String(), validate=validate.Length(min=1)), load_default=dict
)


class RuleSetSchema(Schema):
    """The form of rules.json."""

    class Meta:
        """A key that nobody reads is a mistake of its author."""

        unknown = "raise"

    source = fields.Url(required=True, schemes={"https"})
    at_root = fields.List(fields.String(), required=True, validate=validate.Length(min=1))
    required = _paths
    values = fields.Dict(keys=fields.String(), values=fields.Dict(keys=fields.String()), load_default=dict)
    https = _paths
    author = _paths
    keys = _paths
    files = _paths
    locales = fields.Dict(
        keys=fields.String(validate=validate.OneOf(LOCALES)), values=fields.String(), load_default=dict
    )
    icons = fields.Dict(
        keys=fields.String(), values=fields.Tuple((fields.Integer(), fields.Integer())), load_default=dict
    )


def app_files(root: Path) -> Mapping[str, Path]:
    """Return the files of an app by their places in its archive."""
    paths = (path for path in sorted(root.rglob("*")) if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(root).as_posix(): path for path in paths}


def discover(folder: Path = FOLDER) -> Mapping[str, RuleSet]:
    """Return every app package's rules by the folder's name. Raise RulesInvalid."""
    found = {path.parent.name: _read(path) for path in sorted(folder.glob(f"*/{RULES}"))}
    return MappingProxyType(found)


def _read(path: Path) -> RuleSet:
    name = path.parent.name
    try:
        known: dict[str, Any] = RuleSetSchema().load(json.loads(path.read_text("utf-8")))
    except ValidationError as error:
        what = json.dumps(error.messages)
        raise RulesInvalid(
            Text(f"manifest/{name}/{RULES}: corrija {what}", f"manifest/{name}/{RULES}: mend {what}")
        ) from None
    except ValueError as error:
        raise RulesInvalid(
            Text(f"manifest/{name}/{RULES} não é JSON: {error}", f"manifest/{name}/{RULES} is not JSON: {error}")
        ) from None
    return RuleSet(
        name=name,
        source=known["source"],
        at_root=tuple(known["at_root"]),
        required={file: tuple(paths) for file, paths in known["required"].items()},
        values=known["values"],
        https={file: tuple(paths) for file, paths in known["https"].items()},
        author={file: tuple(paths) for file, paths in known["author"].items()},
        keys={file: tuple(keys) for file, keys in known["keys"].items()},
        files={file: tuple(paths) for file, paths in known["files"].items()},
        locales=known["locales"],
        icons=known["icons"],
        app=tuple(app_files(path.parent / APP)),
    )
