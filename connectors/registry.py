"""Which connectors there are: every folder with a connector.json, and every entry point of third parties.

There is no list to edit. What a folder says of itself is read at the start; its code is imported when a tenant uses it.
A connector that is not whole raises, with its folder's name in the message.
"""

from __future__ import annotations

import functools
import importlib
import importlib.util
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, cast
from urllib.parse import quote

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from connectors.base import CAPABILITIES, HOOKS, PORT, Connector, Installation, Manifest, Setting, SidebarHost
from connectors.budget import Rate
from connectors.http import API_HOST, host_allowed
from connectors.settings import KINDS, origin_of
from rules.errors import ConnectorError
from rules.text import LOCALES, Text

FOLDER: Final = Path(__file__).parent
ENTRY_POINTS: Final = "sidecue.connectors"
STAGES: Final = ("alpha", "beta", "stable")
AUTHS: Final = ("signature", "shared_secret", "either")
API_URL: Final = "api_url"
"""What `needs` calls the address of the helpdesk's API, which is no setting."""
HOST_SCRIPT: Final = "host.js"
"""The part of a folder that runs in the agent's browser: it speaks to the host that frames the page."""
FRAME: Final = FOLDER / "frame"
"""Holds the script for pages that know our own words; it is no connector."""


class ConnectorInvalid(ConnectorError):
    """A connector folder that its author has to mend; names the folder."""


@dataclass(frozen=True)
class LoadedConnector:
    """A connector: what its folder says of it, and its code, which is imported when it is first asked for."""

    manifest: Manifest
    folder: Path
    module_name: str

    @functools.cached_property
    def module(self) -> Connector:
        """What fills the port. Raise ConnectorInvalid, naming the folder, when it is not whole."""
        module = _import(self.module_name, self.folder.name)
        missing = [name for name in PORT if not callable(getattr(module, name, None))]
        if missing:
            raise ConnectorInvalid(
                Text(
                    f"falta em connectors/{self.folder.name}/__init__.py: {', '.join(missing)}, que connectors/base.py "
                    "pede",
                    f"connectors/{self.folder.name}/__init__.py lacks {', '.join(missing)}: connectors/base.py asks "
                    "for them",
                )
            )
        return cast("Connector", module)

    def hook(self, name: str) -> Callable[..., Any] | None:
        """Return one of HOOKS, or None when the connector does not offer it."""
        if name not in HOOKS:
            raise ValueError(f"{name!r} is none of {', '.join(HOOKS)}")
        found: Callable[..., Any] | None = getattr(self.module, name, None)
        return found

    @property
    def host_script(self) -> Path | None:
        """The folder's host.js, or None: then the page does not speak to the host."""
        path = self.folder / HOST_SCRIPT
        return path if path.is_file() else None

    def script_folder(self, host: SidebarHost) -> Path | None:
        """Return where the script for this host lies: the folder, or FRAME for a page that knows our own words."""
        if self.host_script is not None:
            return self.folder
        return FRAME if host.framed else None


class _Strict(Schema):
    class Meta:
        """A key that nobody reads is a mistake of its author."""

        unknown = "raise"


class TextSchema(_Strict):
    """A text in both languages."""

    pt_br = fields.String(required=True, data_key="pt-BR", validate=validate.Length(min=1))
    en = fields.String(required=True, validate=validate.Length(min=1))


class SettingSchema(_Strict):
    """One entry of `settings`."""

    name = fields.String(required=True, validate=validate.Regexp(r"^[a-z][a-z0-9_]{1,39}$"))
    kind = fields.String(required=True, validate=validate.OneOf(list(KINDS)))
    does = fields.Nested(TextSchema, required=True)
    secret = fields.Boolean(load_default=False)


class RateSchema(_Strict):
    """The form of `rate`."""

    requests = fields.Integer(required=True, strict=True, validate=validate.Range(min=1))
    seconds = fields.Float(required=True, validate=validate.Range(min=1))
    source = fields.Url(required=True, schemes={"https"})


class ManifestSchema(_Strict):
    """The form of connector.json."""

    name = fields.String(required=True, validate=validate.Regexp(r"^[a-z][a-z0-9_]{1,39}$"))
    display_name = fields.String(required=True, validate=validate.Length(min=1, max=60))
    owner = fields.String(required=True, validate=validate.Length(min=1))
    docs_url = fields.Url(required=True, schemes={"https"})
    auth = fields.String(required=True, validate=validate.OneOf(AUTHS))
    media_types = fields.List(
        fields.String(validate=validate.Regexp(r"^[a-z]+/[a-z0-9.+-]+$")),
        required=True,
        validate=validate.Length(min=1),
    )
    event_types = fields.List(
        fields.String(validate=validate.Regexp(r"^[A-Za-z][A-Za-z0-9_.:-]*$")),
        required=True,
        validate=validate.Length(min=1),
    )
    allowed_hosts = fields.List(
        fields.String(validate=validate.Regexp(r"^(\{api_url\}|(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+)$")), required=True
    )
    frame_ancestors = fields.List(
        fields.String(validate=validate.Regexp(r"^(\{[a-z][a-z0-9_]*\}|https://(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+)$")),
        required=True,
    )
    locales = fields.List(
        fields.String(validate=validate.OneOf(LOCALES)), required=True, validate=validate.Length(min=1)
    )
    stage = fields.String(required=True, validate=validate.OneOf(STAGES))
    back = fields.List(fields.String(validate=validate.OneOf(list(CAPABILITIES))), load_default=list)
    rate = fields.Nested(RateSchema, load_default=None, allow_none=True)
    settings = fields.List(fields.Nested(SettingSchema), load_default=list)
    needs = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.String(), required=True, validate=validate.Length(min=1)),
        load_default=dict,
    )
    accepted = fields.Integer(strict=True, validate=validate.OneOf((200, 202)), load_default=202)

    @validates_schema
    def _frame_ancestors_are_told(self, data: Mapping[str, Any], **_: object) -> None:
        told = {API_HOST, *(f"{{{each['name']}}}" for each in data["settings"] if each["kind"] == "url")}
        unknown = [source for source in data["frame_ancestors"] if source.startswith("{") and source not in told]
        if unknown:
            raise ValidationError(f"{unknown[0]} is none of {', '.join(sorted(told))}", "frame_ancestors")

    @validates_schema
    def _needs_can_be_told(self, data: Mapping[str, Any], **_: object) -> None:
        told = {API_URL, *(setting["name"] for setting in data["settings"])}
        unknown = {name for key, names in data["needs"].items() for name in (key, *names)} - told
        if unknown:
            raise ValidationError(f"{min(unknown)} is none of {', '.join(sorted(told))}", "needs")


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
        raise ConnectorInvalid(
            Text(f"{place} não pode ser lido: {error.strerror}", f"{place} cannot be read: {error.strerror}")
        ) from None
    except ValidationError as error:
        what = json.dumps(error.messages, ensure_ascii=False)
        raise ConnectorInvalid(Text(f"{place}: corrija {what}", f"{place}: mend {what}")) from None
    except ValueError as error:
        raise ConnectorInvalid(Text(f"{place} não é JSON: {error}", f"{place} is not JSON: {error}")) from None
    if known["name"] != folder.name:
        raise ConnectorInvalid(
            Text(
                f"{place}: name é {known['name']!r}, mas a pasta é {folder.name!r}; deixe os dois iguais",
                f"{place}: name is {known['name']!r}, but the folder is {folder.name!r}; make them equal",
            )
        )
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in known.items()}
    values["rate"] = Rate(**known["rate"]) if known["rate"] else None
    values["settings"] = tuple(
        Setting(each["name"], each["kind"], Text(**each["does"]), each["secret"]) for each in known["settings"]
    )
    values["needs"] = MappingProxyType({key: tuple(names) for key, names in known["needs"].items()})
    return Manifest(**values)


def discover(folder: Path = FOLDER, package: str = "connectors") -> Mapping[str, LoadedConnector]:
    """Return every connector by its name, in the order of the names, or raise ConnectorInvalid. Imports none of them.

    A sub-folder with a connector.json is one; so is the package that an entry point of the group
    `sidecue.connectors` names, when a connector.json stands beside its `__init__.py`.
    """
    found: dict[str, LoadedConnector] = {}
    for manifest_file in sorted(folder.glob("*/connector.json")):
        loaded = LoadedConnector(
            read_manifest(manifest_file.parent), manifest_file.parent, f"{package}.{manifest_file.parent.name}"
        )
        found[loaded.manifest.name] = loaded
    for module in _installed(tuple(sys.path)):
        folder_of_it = _folder_of(module)
        loaded = LoadedConnector(read_manifest(folder_of_it), folder_of_it, module)
        if loaded.manifest.name in found:
            raise ConnectorInvalid(
                Text(
                    f"dois conectores têm o nome {loaded.manifest.name!r}; um deles vem do entry point {module}: "
                    "desinstale-o, ou renomeie a pasta dele",
                    f"two connectors are named {loaded.manifest.name!r}; one of them comes from the entry point "
                    f"{module}: uninstall it or rename its folder",
                )
            )
        found[loaded.manifest.name] = loaded
    return MappingProxyType(dict(sorted(found.items())))


@functools.cache
def _installed(_path: tuple[str, ...]) -> tuple[str, ...]:
    """Return the packages that entry points name. Every package on the path is opened for it: once for a process."""
    return tuple(found.value for found in sorted(entry_points(group=ENTRY_POINTS), key=lambda each: each.name))


def webhook_path(manifest: Manifest, tenant: str, secret: str) -> str:
    """Return the path the helpdesk posts to. Only where nothing is signed does it end in the secret.

    Where it is signed by newer releases alone, this is the path for those; `unsigned_path` is the one for the others.
    """
    path = f"/webhooks/{manifest.name}/{quote(tenant, safe='')}"
    return f"{path}/{quote(secret, safe='')}" if manifest.auth == "shared_secret" else path


def unsigned_path(manifest: Manifest, tenant: str, secret: str) -> str | None:
    """Return the path for releases that do not sign, where there are both; None elsewhere."""
    path = f"/webhooks/{manifest.name}/{quote(tenant, safe='')}/{quote(secret, safe='')}"
    return path if manifest.auth == "either" else None


def allowed_host(manifest: Manifest, installation: Installation, url: str) -> bool:
    """Tell whether this connector may call `url` for this tenant."""
    return host_allowed(url, patterns=manifest.allowed_hosts, api_url=installation.api_url)


def frame_ancestors(manifest: Manifest, installation: Installation) -> tuple[str, ...]:
    """Return the CSP sources that may frame the sidebar: `{api_url}` and `{setting}` as the origins the tenant gave."""
    given = {API_HOST: installation.api_url} | {f"{{{name}}}": told for name, told in installation.settings.items()}
    sources = [
        origin_of(given.get(pattern)) if pattern.startswith("{") else pattern for pattern in manifest.frame_ancestors
    ]
    return tuple(dict.fromkeys(source for source in sources if source is not None))


def _folder_of(module_name: str) -> Path:
    """Return where an installed package lies, without running its code."""
    try:
        spec = importlib.util.find_spec(module_name)
    except (ImportError, ValueError) as error:
        raise ConnectorInvalid(
            Text(
                f"connectors/{module_name} não foi encontrado: {error}",
                f"connectors/{module_name} cannot be found: {error}",
            )
        ) from None
    if spec is None or spec.origin is None:
        raise ConnectorInvalid(
            Text(
                f"connectors/{module_name} não foi encontrado: o entry point dele não nomeia um pacote",
                f"connectors/{module_name} cannot be found: its entry point names no package",
            )
        )
    return Path(spec.origin).parent


def _import(module_name: str, folder: str) -> Any:
    try:
        return importlib.import_module(module_name)
    except Exception as error:
        raise ConnectorInvalid(
            Text(
                f"connectors/{folder} não pode ser importado: {type(error).__name__}: {error}",
                f"connectors/{folder} cannot be imported: {type(error).__name__}: {error}",
            )
        ) from error
