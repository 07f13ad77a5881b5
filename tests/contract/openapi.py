"""Requests held against the vendors' own OpenAPI descriptions, which are no part of the project."""

import functools
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import yaml

FOLDER = Path(__file__).parents[2].parent / "shared" / "data" / "openapi"
DESCRIBED = {
    "chatwoot": ["chatwoot-swagger-4.16.1-fork.json"],
    "front": ["front-core-api.json"],
    "hubspot": ["hubspot-crm-notes-v3.json", "hubspot-crm-tickets-v3.json"],
    "intercom": ["intercom-2.15.yaml"],
}
ABSENT = f"no OpenAPI descriptions: the folder {FOLDER} is not on this machine"


@functools.cache
def read(name: str) -> dict[str, Any]:
    text = (FOLDER / name).read_text("utf-8")
    return yaml.load(text, Loader=yaml.CSafeLoader) if name.endswith(".yaml") else json.loads(text)


@functools.cache
def routes(connector: str) -> tuple[tuple[re.Pattern[str], str, str, str], ...]:
    """Return every route as (what its paths look like, method, path, description), the most literal first."""
    found = []
    for name in DESCRIBED[connector]:
        base = read(name).get("servers", [{}])[0].get("url", "/").rstrip("/")
        prefix = re.sub(r"^https?://[^/]+", "", base)
        for path, item in read(name)["paths"].items():
            pattern = re.compile(re.sub(r"\\\{[^}]+\\\}", "[^/]+", re.escape(prefix + path)))
            found += [(pattern, method.upper(), path, name) for method in item if method != "parameters"]
    return tuple(sorted(found, key=lambda route: route[2].count("{")))


def faults(connector: str, method: str, path: str, query: dict[str, str], body: Any) -> Iterator[str]:
    """Yield what the vendor's description would not take of a request."""
    for pattern, known, template, name in routes(connector):
        if known == method and pattern.fullmatch(path):
            yield from _faults(name, method, template, query, body)
            return
    yield f"{method} {path}: the description knows no such route"


def _faults(name: str, method: str, template: str, query: dict[str, str], body: Any) -> Iterator[str]:
    description = read(name)
    item = description["paths"][template]
    operation = item[method.lower()]
    told = [_resolved(description, each) for each in [*item.get("parameters", []), *operation.get("parameters", [])]]
    known = {each["name"] for each in told if each["in"] == "query"}
    needed = {each["name"] for each in told if each["in"] == "query" and each.get("required")}
    for parameter in sorted(query.keys() - known):
        yield f"{method} {template}: no parameter {parameter}"
    for parameter in sorted(needed - query.keys()):
        yield f"{method} {template}: the parameter {parameter} is missing"
    wanted = _resolved(description, operation.get("requestBody") or {})
    if not wanted:
        if body is not None:
            yield f"{method} {template}: takes no body"
        return
    schema = wanted["content"]["application/json"]["schema"]
    for error in _validator(name, json.dumps(schema)).iter_errors(body):
        yield f"{method} {template}: {error.message}"


def _resolved(description: dict[str, Any], value: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in value:
        found: Any = description
        for part in value["$ref"].removeprefix("#/").split("/"):
            found = found[part.replace("~1", "/").replace("~0", "~")]
        value = found
    return value


@functools.cache
def _validator(name: str, schema: str) -> Any:
    """Return a validator that takes no key which the description does not name."""
    components = _plain(read(name).get("components", {}))
    whole = {"components": components, "allOf": [_plain(json.loads(schema))], "unevaluatedProperties": False}
    return jsonschema_rs.Draft202012Validator(whole)


def _plain(value: Any) -> Any:
    """Return an OpenAPI schema as JSON Schema: what may be null says so among its types."""
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if not isinstance(value, dict):
        return value
    plain = {key: _plain(each) for key, each in value.items() if key not in ("example", "examples")}
    if plain.pop("nullable", False) and isinstance(plain.get("type"), str):
        plain["type"] = [plain["type"], "null"]
        if "enum" in plain:
            plain["enum"] = [*plain["enum"], None]
    return plain
