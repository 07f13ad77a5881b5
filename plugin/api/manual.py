"""`/api/docs`: the OpenAPI document as a page of our own. Nothing is loaded from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from flask import Blueprint, Response, current_app, request
from jinja2 import Environment, PackageLoader, StrictUndefined

from plugin.api.document import DEFAULT
from plugin.i18n import words
from plugin.sidebar.assets import assets, serving
from rules.text import locale_for

ASSETS: Final = "/assets/api"
STATIC: Final = Path(__file__).parent / "static"

blueprint = Blueprint("manual", __name__)
blueprint.register_blueprint(serving("manual-files", ASSETS, STATIC))

_environment: Final = Environment(
    loader=PackageLoader("plugin.api"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=StrictUndefined,
    auto_reload=False,
)


@blueprint.get("/api/docs")
def read() -> Response:
    """Return the manual."""
    asked = request.args.get("lang") or request.accept_languages.best_match(("en", "pt-BR", "pt"))
    t = words(locale_for(asked, DEFAULT))
    document = current_app.extensions["sidecue-openapi"].document(t.locale)
    schemas: Mapping[str, Any] = document["components"]["schemas"]
    html = _environment.get_template("api/manual.html").render(
        t=t,
        document=document,
        schemas=schemas,
        stylesheet=f"{ASSETS}/{assets(STATIC)['manual.css'].digest}/manual.css",
    )
    answer = Response(html, content_type="text/html; charset=utf-8")
    answer.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    )
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
