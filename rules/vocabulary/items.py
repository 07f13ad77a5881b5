"""Every collection that a rule may look into with `exists` and `none`, and the fields of its items."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from rules.rulebook import Kind
from rules.text import Text
from rules.vocabulary.field import Changeable, Collection, Field, Source, Type
from rules.vocabulary.fields import FUNCTIONS, SEVERITIES


def _item(name: str, kind: Type, pt_br: str, en: str, **more: object) -> Field:
    return Field(name, kind, Source.STATED, Text(pt_br, en), **more)  # type: ignore[arg-type]  # keywords of Field, passed on


def _collection(name: str, pt_br: str, en: str, source: Source, *fields: Field) -> Collection:
    return Collection(name, Text(pt_br, en), source, MappingProxyType({field.name: field for field in fields}))


COLLECTIONS: Final[Mapping[str, Collection]] = MappingProxyType(
    {
        found.name: found
        for found in (
            _collection(
                "subscriptions",
                "Assinaturas",
                "Subscriptions",
                Source.STATED,
                _item("product", Type.TEXT, "Produto", "Product", changeable=Changeable.WHEN_UNKNOWN),
                _item("plan", Type.TEXT, "Plano", "Plan", changeable=Changeable.YES),
                _item(
                    "status",
                    Type.ENUM,
                    "Situação",
                    "Status",
                    values=("trial", "active", "paused", "cancelled"),
                    changeable=Changeable.YES,
                ),
                _item("seats", Type.INTEGER, "Usuários", "Seats", minimum=0, changeable=Changeable.YES),
                _item(
                    "mrr",
                    Type.NUMBER,
                    "Receita mensal",
                    "Monthly revenue",
                    minimum=0,
                    changeable=Changeable.WHEN_UNKNOWN,
                ),
                _item(
                    "days_to_renewal",
                    Type.INTEGER,
                    "Dias até a renovação",
                    "Days to renewal",
                    unit="days",
                    changeable=Changeable.WHEN_UNKNOWN,
                ),
            ),
            _collection(
                "open_tickets",
                "Outros chamados abertos",
                "Other open tickets",
                Source.HISTORY,
                _item("signals", Type.SET, "Sinais", "Signals"),
                _item("severity", Type.ENUM, "Gravidade", "Severity", values=SEVERITIES),
                _item("primary", Type.ENUM, "De quem é", "Whose work", values=FUNCTIONS),
                _item("age_hours", Type.NUMBER, "Idade", "Age", unit="hours", minimum=0),
            ),
            _collection(
                "invoices",
                "Faturas",
                "Invoices",
                Source.STATED,
                _item(
                    "status",
                    Type.ENUM,
                    "Situação",
                    "Status",
                    values=("open", "paid", "overdue", "disputed"),
                    changeable=Changeable.YES,
                ),
                _item("amount", Type.NUMBER, "Valor", "Amount", minimum=0, changeable=Changeable.WHEN_UNKNOWN),
                _item(
                    "days_overdue",
                    Type.INTEGER,
                    "Dias em atraso",
                    "Days overdue",
                    unit="days",
                    minimum=0,
                    changeable=Changeable.YES,
                ),
                _item("product", Type.TEXT, "Produto", "Product", changeable=Changeable.WHEN_UNKNOWN),
            ),
            _collection(
                "contacts",
                "Ofertas já mostradas",
                "Offers shown before",
                Source.HISTORY,
                _item("action", Type.TEXT, "Ação", "Action"),
                _item(
                    "kind",
                    Type.ENUM,
                    "Tipo",
                    "Kind",
                    values=tuple(kind.value for kind in Kind),
                ),
                _item("days_ago", Type.NUMBER, "Há quantos dias", "Days ago", unit="days", minimum=0),
                _item("outcome", Type.ENUM, "Resultado", "Outcome", values=("shown", "accepted", "dismissed", "done")),
            ),
            _collection(
                "promises",
                "Promessas feitas",
                "Promises made",
                Source.STATED,
                _item(
                    "days_to_due",
                    Type.INTEGER,
                    "Dias até o prazo",
                    "Days to due",
                    unit="days",
                    changeable=Changeable.WHEN_UNKNOWN,
                ),
                _item("kept", Type.FLAG, "Cumprida", "Kept", changeable=Changeable.YES),
            ),
            _collection(
                "outcomes",
                "Objetivos do cliente",
                "Customer outcomes",
                Source.STATED,
                _item(
                    "status",
                    Type.ENUM,
                    "Situação",
                    "Status",
                    values=("behind", "on_track", "reached"),
                    changeable=Changeable.YES,
                ),
                _item(
                    "days_to_target",
                    Type.INTEGER,
                    "Dias até a meta",
                    "Days to target",
                    unit="days",
                    changeable=Changeable.WHEN_UNKNOWN,
                ),
            ),
        )
    }
)
