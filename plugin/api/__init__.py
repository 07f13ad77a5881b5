"""The JSON API under /api/v1, its OpenAPI document at /api/openapi.json, and its manual at /api/docs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flask import Flask, Response
from werkzeug.exceptions import UnprocessableEntity

from plugin.api import manual
from plugin.api.access import AccessRefused
from plugin.api.document import SECURITY, ProblemApi
from plugin.api.endpoint import BodyRefused
from plugin.api.resources import customers_blueprint, decisions_blueprint, feedback_blueprint
from plugin.api.work import work_blueprint
from plugin.problems import asked_locale, problem
from plugin.store.errors import NotFound, StepUnknown, UndoTooLate, VerdictRefused
from rules.text import placed


def register(app: Flask) -> None:
    """Add the API to an application."""
    app.config.update(
        API_TITLE="Sidecue",
        API_VERSION="1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/api",
        OPENAPI_JSON_PATH="openapi.json",
    )
    api = ProblemApi(app, spec_kwargs={"components": {"securitySchemes": SECURITY}, "security": [{"bearer": []}]})
    for blueprint in (decisions_blueprint, feedback_blueprint, customers_blueprint, work_blueprint):
        api.register_blueprint(blueprint)
    app.register_blueprint(manual.blueprint)
    app.extensions["sidecue-openapi"] = api

    @app.errorhandler(AccessRefused)
    @app.errorhandler(BodyRefused)
    def _refused(error: AccessRefused | BodyRefused) -> Response:
        return error.response()

    @app.errorhandler(NotFound)
    def _missing(error: NotFound) -> Response:
        return problem("not-found", error.text)

    @app.errorhandler(VerdictRefused)
    @app.errorhandler(UndoTooLate)
    def _conflict(error: VerdictRefused | UndoTooLate) -> Response:
        return problem("conflict", error.text)

    @app.errorhandler(StepUnknown)
    def _step(error: StepUnknown) -> Response:
        field = f"steps_done.{error.position}"
        errors = [{"field": field, "why": error.told(asked_locale())}]
        return problem("invalid", placed(field, error.text), errors=errors)

    @app.errorhandler(UnprocessableEntity)
    def _invalid(error: UnprocessableEntity) -> Response:
        messages = getattr(error, "data", {}).get("messages", {})
        faults = [{"field": field, "why": why} for field, why in _flat(messages.get("json", messages), "")]
        detail = "; ".join(f"{fault['field']}: {fault['why']}" for fault in faults)
        return problem("invalid", detail, errors=faults)


def _flat(messages: Any, path: str) -> Iterator[tuple[str, str]]:
    """Yield (field, why) of marshmallow's nested messages."""
    if isinstance(messages, Mapping):
        for name, inner in messages.items():
            # marshmallow's own word for what stands under a key of a mapping; nobody wrote it
            inside = path if name == "value" and path else f"{path}.{name}" if path else str(name)
            yield from _flat(inner, inside)
    elif isinstance(messages, list):
        for inner in messages:
            yield from _flat(inner, path)
    else:
        yield path, str(messages)
