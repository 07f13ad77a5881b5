"""The OpenAPI document in one language.

Whatever a person reads in it is declared as a `Text`, where the route or the field stands; nothing is looked up by key,
so there is no text without its translation.
"""

from __future__ import annotations

import json
import threading
from typing import Any, Final

from flask import Flask, Response, request
from flask_smorest import Api, Blueprint  # type: ignore[import-untyped]  # it has no types

from plugin.api.schemas import ProblemSchema
from plugin.problems import MEDIA_TYPE
from rules.text import Locale, Text, locale_for

DEFAULT: Final[Locale] = "en"

SECURITY: Final = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": Text(
            "a chave de API do tenant (tenant inteiro), ou o token de uma página da barra lateral (só o chamado dela)",
            "the tenant's API key (whole tenant), or the token of a sidebar page (its ticket only)",
        ),
    }
}


class ProblemApi(Api):  # type: ignore[misc]  # the same
    """flask-smorest, with errors as this project answers them and its document in both languages.

    The document is put together when it is first asked for: few processes ever are, and it takes as long as all else
    that an application is made of.
    """

    ERROR_SCHEMA = ProblemSchema

    def __init__(self, app: Flask, **options: Any) -> None:
        self._undescribed: list[Blueprint] = []
        self._describing = threading.Lock()
        super().__init__(app, **options)

    def register_blueprint(self, blp: Blueprint) -> None:
        """Serve the routes of a blueprint, and describe them in the document."""
        self._app.extensions["flask-smorest"]["blp_name_to_api"][blp.name] = self
        self._app.register_blueprint(blp)
        self._undescribed.append(blp)

    def document(self, locale: Locale) -> dict[str, Any]:
        """Return the OpenAPI document in one language."""
        with self._describing:
            for blp in self._undescribed:
                blp.register_views_in_doc(self, self._app, self.spec, name=blp.name, parameters=None)
                self.spec.tag({"name": blp.name, "description": blp.description})
            self._undescribed.clear()
            document: dict[str, Any] = in_language(self.spec.to_dict(), locale)
        return document

    def _register_error_handlers(self) -> None:
        """Leave errors to `plugin.problems`: one form of error for webhooks, sidebar and API."""

    def _register_responses(self) -> None:
        """Describe the one answer that flask-smorest adds to every route; its own is in English only."""
        answer = {
            "description": Text("qualquer outro erro", "any other error"),
            "content": {MEDIA_TYPE: {"schema": ProblemSchema}},
        }
        self.spec.components.response(self.DEFAULT_ERROR_RESPONSE_NAME, answer, lazy=True)

    def _register_pagination_header(self) -> None:
        """Leave paging out: no route has pages."""

    def _openapi_json(self) -> Response:
        """Serve the document in the language that `lang` asks for, else in English."""
        locale = locale_for(request.args.get("lang"), DEFAULT)
        body = json.dumps(self.document(locale), ensure_ascii=False, indent=2)
        answer = Response(body, content_type="application/json")
        answer.headers["Content-Language"] = locale
        return answer


def in_language(part: Any, locale: Locale) -> Any:
    """Return a document, or a part of it, with every `Text` read in `locale`."""
    if isinstance(part, Text):
        return part.read(locale)
    if isinstance(part, dict):
        return {name: in_language(inner, locale) for name, inner in part.items()}
    if isinstance(part, list | tuple):
        return [in_language(inner, locale) for inner in part]
    return part
