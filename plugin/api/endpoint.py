"""One route of the API: what it takes, what it gives, and what the manual says of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final, TypeVar

from flask import Request, Response
from flask_smorest import Blueprint  # type: ignore[import-untyped]  # it has no types
from marshmallow import RAISE, Schema
from webargs.flaskparser import FlaskParser

from connectors.base import read_json
from plugin.api.access import bearer
from plugin.api.schemas import ProblemSchema
from plugin.problems import problem
from rules.errors import PayloadInvalid, ToldError
from rules.text import Text

View = TypeVar("View", bound=Callable[..., Response])

PREFIX: Final = "/api/v1"
_REFUSALS: Final[dict[int, Text]] = {
    401: Text("a credencial falta, está errada ou venceu", "the credential is missing, wrong or over"),
    403: Text("a credencial vale para outro chamado ou tenant", "the credential is for another ticket or tenant"),
    404: Text("não existe, ou quem chama não pode ver", "there is none, or it is not the caller's to see"),
}
_BODY_REFUSALS: Final[dict[int, Text]] = {
    400: Text("o corpo não é um objeto JSON legível", "the body is no JSON object that can be read"),
    415: Text("o corpo não foi enviado como application/json", "the body is not sent as application/json"),
    422: Text("um valor não serve; `errors` diz quais", "a value does not fit; `errors` names each"),
}

_QUERY_REFUSALS: Final = {422: _BODY_REFUSALS[422]}


class BodyRefused(ToldError):
    """The request's body is not what the route takes. `slug` is the kind of problem."""

    def __init__(self, slug: str, detail: Text) -> None:
        self.slug = slug
        super().__init__(detail)

    def response(self) -> Response:
        """Return the refusal as a problem."""
        more: dict[str, Any] = {"accepts": ["application/json"]} if self.slug == "media-type" else {}
        return problem(self.slug, self.text, **more)


class StrictParser(FlaskParser):
    """Reads bodies as webhooks' are read: what is no JSON object is refused, never taken for an empty one.

    A parameter of the query that nobody reads is a mistake of its writer too.
    """

    DEFAULT_UNKNOWN_BY_LOCATION = {**FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION, "query": RAISE}  # noqa: RUF012 - as in webargs

    def load_json(self, req: Request, schema: Schema) -> Any:  # noqa: ARG002 - webargs calls it so
        """Return the JSON object of the request's body. Raise BodyRefused."""
        if not req.is_json:
            raise BodyRefused("media-type", _BODY_REFUSALS[415])
        try:
            return read_json(req.get_data())
        except PayloadInvalid as error:
            raise BodyRefused("request-invalid", error.text) from None


class _Group(Blueprint):  # type: ignore[misc]  # flask-smorest has no types
    ARGUMENTS_PARSER = StrictParser()


def group(name: str, description: Text) -> Any:
    """Return a group of routes. Who brings no credential is refused before anything is read."""
    blueprint = _Group(name, __name__, url_prefix=PREFIX, description=description)

    @blueprint.before_request  # type: ignore[untyped-decorator]  # flask-smorest has no types
    def _credential_first() -> None:
        bearer()

    return blueprint


def endpoint(  # noqa: PLR0913 - by keyword, as the manual reads
    blueprint: Any,
    method: str,
    rule: str,
    *,
    does: Text,
    more: Text | None = None,
    gives: type[Schema],
    saying: Text,
    takes: type[Schema] | None = None,
    asks: type[Schema] | None = None,
    or_else: Mapping[int, tuple[type[Schema] | None, Text]] | None = None,
) -> Callable[[View], View]:
    """Add a view to a group: its JSON body checked by `takes`, its query by `asks`, every answer in the manual.

    The manual says what it `does`, and `more` of it below; the view's docstring is for who reads the code.
    """
    told_first = {"summary": does} | ({"description": more} if more is not None else {})

    def added(view: View) -> View:
        told: Any = view
        refusals = _REFUSALS | (_BODY_REFUSALS if takes is not None else _QUERY_REFUSALS if asks is not None else {})
        for status, refusal in refusals.items():
            told = _alternative(blueprint, status, ProblemSchema, refusal)(told)
        for status, (schema, said) in (or_else or {}).items():
            told = _alternative(blueprint, status, schema, said)(told)
        told = blueprint.response(HTTPStatus.OK, gives, description=saying)(told)
        if takes is not None:
            told = blueprint.arguments(takes)(told)
        if asks is not None:
            told = blueprint.arguments(asks, location="query")(told)
        told = blueprint.doc(**told_first)(told)
        blueprint.route(rule, methods=[method])(told)
        return view

    return added


def _alternative(blueprint: Any, status: int, schema: type[Schema] | None, said: Text) -> Callable[[Any], Any]:
    media_type = "application/problem+json" if schema is ProblemSchema else None
    decorator: Callable[[Any], Any] = blueprint.alt_response(
        status, schema=schema, description=said, content_type=media_type
    )
    return decorator
