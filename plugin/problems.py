"""Every error of the web interface, as RFC 9457 problem details (application/problem+json).

`type` is stable and meant for programs; `title` and `mend` are for people, in the language they ask for.
No detail ever quotes a secret or what a customer wrote.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import structlog
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from plugin.store.errors import StoreUnavailable
from rules.text import LOCALES, Locale, Text, locale_for

MEDIA_TYPE: Final = "application/problem+json"
RETRY_AFTER_SECONDS: Final = 5

FAILED: Final = Text("falha interna: {kind} em {place}", "{kind} at {place}")
"""A fault of ours, as an operator sees it, by the place that `place` tells."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem: its status, what it is, and how to mend it."""

    status: int
    title: Text
    mend: Text


KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        "request-invalid": Kind(
            400,
            Text("A requisição não pode ser lida", "The request cannot be read"),
            Text("Confira o endereço, os parâmetros e o corpo.", "Check the address, the parameters and the body."),
        ),
        "signature-invalid": Kind(
            401,
            Text("A assinatura não confere", "The signature does not hold"),
            Text(
                "Confira se o segredo do webhook é o do tenant e se o relógio do servidor está certo.",
                "Check that the webhook's secret is the tenant's, and that the server's clock is right.",
            ),
        ),
        "credential-invalid": Kind(
            401,
            Text("A credencial não abre isto", "The credential does not open this"),
            Text(
                "Abra o chamado de novo, ou use a chave de API do tenant.", "Open the ticket again, or use the API key."
            ),
        ),
        "forbidden": Kind(
            403,
            Text("Não permitido", "Not allowed"),
            Text("A credencial vale para outro chamado ou tenant.", "The credential is for another ticket or tenant."),
        ),
        "not-found": Kind(
            404,
            Text("Não há nada neste endereço", "There is nothing at this address"),
            Text("Confira o endereço.", "Check the address."),
        ),
        "webhook-unknown": Kind(
            404,
            Text("Não há webhook neste endereço", "There is no webhook at this address"),
            Text(
                "Use o endereço que `sidecue tenants list --show-secrets` mostra.",
                "Use the address that `sidecue tenants list --show-secrets` shows.",
            ),
        ),
        "method-not-allowed": Kind(
            405,
            Text("Este endereço não atende a este método", "This address does not take this method"),
            Text("Confira o método no manual da API.", "Check the method in the API's manual."),
        ),
        "conflict": Kind(
            409,
            Text("O pedido contradiz o estado atual", "The request contradicts the present state"),
            Text("Recarregue e tente de novo.", "Load it again and retry."),
        ),
        "too-large": Kind(
            413,
            Text("O corpo é grande demais", "The body is too large"),
            Text(
                "Envie só o chamado, sem anexos, ou aumente SIDECUE_MAX_BODY_BYTES no servidor.",
                "Send the ticket alone, without attachments, or raise SIDECUE_MAX_BODY_BYTES on the server.",
            ),
        ),
        "media-type": Kind(
            415,
            Text(
                "O tipo de conteúdo não é o que este endereço aceita", "The content type is not one this address takes"
            ),
            Text("Envie em um dos tipos listados em accepts.", "Send it in one of the types listed under accepts."),
        ),
        "unreadable": Kind(
            422,
            Text("A entrega é autêntica, mas ilegível", "The delivery is genuine but unreadable"),
            Text(
                "Ela foi guardada para exame: veja `sidecue inbox list --state unreadable`.",
                "It was kept for inspection: see `sidecue inbox list --state unreadable`.",
            ),
        ),
        "invalid": Kind(
            422,
            Text("Um valor não serve", "A value does not fit"),
            Text("Corrija o que `errors` aponta.", "Mend what `errors` names."),
        ),
        "too-many-requests": Kind(
            429,
            Text("Pedidos demais", "Too many requests"),
            Text("Espere um pouco.", "Wait a little."),
        ),
        "internal": Kind(
            500,
            Text("Algo falhou deste lado", "Something failed on this side"),
            Text(
                "Tente de novo; se persistir, veja o log do servidor.", "Try again; if it stays, see the server's log."
            ),
        ),
        "busy": Kind(
            503,
            Text("Outra pergunta está sendo respondida", "Another question is being answered"),
            Text("Pergunte de novo em instantes.", "Ask again in a moment."),
        ),
        "store-unavailable": Kind(
            503,
            Text("O banco de dados não pode receber agora", "The database cannot take it now"),
            Text("Nada foi guardado: envie de novo em instantes.", "Nothing was kept: send it again in a moment."),
        ),
    }
)

_BY_STATUS: Final[Mapping[int, str]] = MappingProxyType(
    {
        400: "request-invalid",
        401: "credential-invalid",
        403: "forbidden",
        404: "not-found",
        405: "method-not-allowed",
        409: "conflict",
        413: "too-large",
        415: "media-type",
        422: "invalid",
        429: "too-many-requests",
        503: "store-unavailable",
    }
)


def problem(
    slug: str,
    detail: Text | str | None = None,
    *,
    headers: Mapping[str, str] | None = None,
    status: int | None = None,
    **more: Any,
) -> Response:
    """Return the answer for one kind of problem; `more` are members of its own (RFC 9457, 3.2).

    A `detail` in both languages is told in the one that is asked for; what the library that reads a body says of its
    members, by their names, is English.
    """
    kind = KINDS[slug]
    locale = asked_locale()
    body: dict[str, Any] = {
        "type": f"urn:sidecue:problem:{slug}",
        "title": kind.title.read(locale),
        "status": status or kind.status,
        "mend": kind.mend.read(locale),
    }
    if detail is not None:
        body["detail"] = detail.read(locale) if isinstance(detail, Text) else detail
    body.update(more)
    answer = Response(json.dumps(body, ensure_ascii=False), status=body["status"], content_type=MEDIA_TYPE)
    answer.headers["Content-Language"] = locale
    answer.headers["Cache-Control"] = "no-store"
    for name, value in (headers or {}).items():
        answer.headers[name] = value
    return answer


def unavailable() -> Response:
    """Return the 503 of a store that cannot take a write now."""
    return problem("store-unavailable", headers={"Retry-After": str(RETRY_AFTER_SECONDS)})


def register(app: Flask) -> None:
    """Have every error of the app answered as a problem."""

    @app.errorhandler(StoreUnavailable)
    def _store(error: StoreUnavailable) -> Response:
        log.warning("store unavailable", error=str(error), endpoint=request.endpoint)
        return unavailable()

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> Response:
        status = error.code or 500
        if status < 400:  # a redirect is no problem
            return Response(response=error.get_response().response, status=status, headers=error.get_response().headers)
        slug = _BY_STATUS.get(status, "request-invalid" if status < 500 else "internal")
        kept = {name: value for name, value in error.get_headers() if name in {"Allow", "Retry-After"}}
        return problem(slug, headers=kept, status=status)

    @app.errorhandler(Exception)
    def _unexpected(error: Exception) -> Response:
        # The type and the place, never the message: it may quote what a customer wrote.
        log.error("request failed", endpoint=request.endpoint, error=type(error).__name__, at=place(error))
        return problem("internal")


def place(error: BaseException) -> str:
    """Return file:line where an exception was raised, without its message."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace is not None else "?"


def asked_locale() -> Locale:
    """Return the language that the request asks for."""
    return locale_for(request.accept_languages.best_match(LOCALES), default="en")
