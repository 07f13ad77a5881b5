"""Which connectors there are: every folder with a connector.json, and every entry point of third parties.

There is no list to edit. A connector that is not whole stops the start, with its folder's name in the message.
"""

from __future__ import annotations

import functools
import importlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, cast
from urllib.parse import quote, urlsplit

from marshmallow import Schema, ValidationError, fields, validate

from connectors.base import Connector, Installation, Manifest
from connectors.http import API_HOST, host_allowed
from rules.errors import ConnectorError
from rules.text import LOCALES

FOLDER: Final = Path(__file__).parent
ENTRY_POINTS: Final = "sidecue.connectors"
PORT: Final = ("verify", "delivery_key", "parse", "client", "sidebar")
STAGES: Final = ("alpha", "beta", "stable")


class ConnectorInvalid(ConnectorError):
    """A connector folder that its author has to mend; names the folder."""


@dataclass(frozen=True, slots=True)
class LoadedConnector:
    """A connector that is whole: its manifest, the module that fills the port, and the folder that holds the rest."""

    manifest: Manifest
    module: Connector
    folder: Path = FOLDER


class ManifestSchema(Schema):
    """The form of connector.json."""

    class Meta:
        """A key that nobody reads is a mistake of its author."""

        unknown = "raise"

    name = fields.String(required=True, validate=validate.Regexp(r"^[a-z][a-z0-9_]{1,39}$"))
    display_name = fields.String(required=True, validate=validate.Length(min=1, max=60))
    owner = fields.String(required=True, validate=validate.Length(min=1))
    docs_url = fields.Url(required=True, schemes={"https"})
    auth = fields.String(required=True, validate=validate.OneOf(["signature", "shared_secret"]))
    media_types = fields.List(
        fields.String(validate=validate.Regexp(r"^[a-z]+/[a-z0-9.+-]+$")),
        required=True,
        validate=validate.Length(min=1),
    )
    event_types = fields.List(
        fields.String(validate=validate.Regexp(r"^[a-z][a-z0-9_.]*$")), required=True, validate=validate.Length(min=1)
    )
    allowed_hosts = fields.List(
        fields.String(validate=validate.Regexp(r"^(\{api_url\}|(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+)$")), required=True
    )
    frame_ancestors = fields.List(
        fields.String(validate=validate.Regexp(r"^(\{api_url\}|https://(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+)$")),
        required=True,
    )
    locales = fields.List(
        fields.String(validate=validate.OneOf(LOCALES)), required=True, validate=validate.Length(min=1)
    )
    stage = fields.String(required=True, validate=validate.OneOf(STAGES))


@functools.cache
def read_manifest(folder: Path) -> Manifest:
    """Return what a folder's connector.json says, or raise ConnectorInvalid naming folder, key and fault.

    Read once for a process: every sidebar asks for it.
    """
    place = f"connectors/{folder.name}/connector.json"
    try:
        raw = json.loads((folder / "connector.json").read_text("utf-8"))
        known: dict[str, Any] = ManifestSchema().load(raw)
    except OSError as error:
        raise ConnectorInvalid(f"{place} cannot be read: {error.strerror}") from None
    except ValidationError as error:
        raise ConnectorInvalid(f"{place}: {json.dumps(error.messages, ensure_ascii=False)}") from None
    except ValueError as error:
        raise ConnectorInvalid(f"{place} is not JSON: {error}") from None
    if known["name"] != folder.name:
        raise ConnectorInvalid(
            f"{place}: name is {known['name']!r}, but the folder is {folder.name!r}; make them equal"
        )
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in known.items()}
    return Manifest(**values)


def discover(folder: Path = FOLDER, package: str = "connectors") -> Mapping[str, LoadedConnector]:
    """Return every connector by its name, in the order of the names, or raise ConnectorInvalid.

    A sub-folder with a connector.json is one; so is the package that an entry point of the group
    `sidecue.connectors` names, when a connector.json stands beside its `__init__.py`.
    """
    found: dict[str, LoadedConnector] = {}
    for manifest_file in sorted(folder.glob("*/connector.json")):
        loaded = _load(manifest_file.parent, f"{package}.{manifest_file.parent.name}")
        found[loaded.manifest.name] = loaded
    for entry_point in sorted(entry_points(group=ENTRY_POINTS), key=lambda each: each.name):
        module = _import(entry_point.value, entry_point.value)
        loaded = _load(Path(cast("str", module.__file__)).parent, entry_point.value)
        if loaded.manifest.name in found:
            raise ConnectorInvalid(
                f"two connectors are named {loaded.manifest.name!r}; one of them comes from the entry point "
                f"{entry_point.value}: uninstall it or rename its folder"
            )
        found[loaded.manifest.name] = loaded
    return MappingProxyType(dict(sorted(found.items())))


def webhook_path(manifest: Manifest, tenant: str, secret: str) -> str:
    """Return the path the helpdesk posts to. Only where nothing is signed does it end in the secret."""
    path = f"/webhooks/{manifest.name}/{quote(tenant, safe='')}"
    return f"{path}/{quote(secret, safe='')}" if manifest.auth == "shared_secret" else path


def allowed_host(manifest: Manifest, installation: Installation, url: str) -> bool:
    """Tell whether this connector may call `url` for this tenant."""
    return host_allowed(url, patterns=manifest.allowed_hosts, api_url=installation.api_url)


def frame_ancestors(manifest: Manifest, installation: Installation) -> tuple[str, ...]:
    """Return the CSP sources that may frame the sidebar, `{api_url}` replaced by the origin the tenant gave."""
    origin = _origin(installation.api_url)
    return tuple(
        source
        for source in (origin if pattern == API_HOST else pattern for pattern in manifest.frame_ancestors)
        if source is not None
    )


def _origin(url: str | None) -> str | None:
    try:
        parts = urlsplit(url or "")
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}" + (f":{port}" if port else "")


def _load(folder: Path, module_name: str) -> LoadedConnector:
    manifest = read_manifest(folder)
    module = _import(module_name, folder.name)
    missing = [name for name in PORT if not callable(getattr(module, name, None))]
    if missing:
        raise ConnectorInvalid(
            f"connectors/{folder.name}/__init__.py lacks {', '.join(missing)}: connectors/base.py asks for them"
        )
    return LoadedConnector(manifest, cast("Connector", module), folder)


def _import(module_name: str, folder: str) -> Any:
    try:
        return importlib.import_module(module_name)
    except Exception as error:
        raise ConnectorInvalid(f"connectors/{folder} cannot be imported: {type(error).__name__}: {error}") from error
