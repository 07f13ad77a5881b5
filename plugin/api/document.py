"""The OpenAPI document in one language.

Whatever a person reads in it is declared as a `Text`, where the route or the field stands; nothing is looked up by key,
so there is no text without its translation.
"""

from __future__ import annotations

import json
from typing import Any, Final

from flask import Response, request
from flask_smorest import Api  # type: ignore[import-untyped]  # it has no types

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
    """flask-smorest, with errors as this project answers them and its document in both languages."""

    ERROR_SCHEMA = ProblemSchema

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
        body = json.dumps(in_language(self.spec.to_dict(), locale), ensure_ascii=False, indent=2)
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
