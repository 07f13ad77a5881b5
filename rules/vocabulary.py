"""The typed vocabulary: every field a rule may read, in one registry.

The checker, the fact encoder, the engine, the docs and the examples are derived from it; nothing else names a field.
A new field is one line here (and, when it is worked out, one line in `rules.facts`).
Retention and purpose follow LGPD: a fact may be used only for what it was collected for.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from rules.conditions import Op, Scalar
from rules.errors import FactsInvalid
from rules.rulebook import Function, Kind
from rules.text import Text


class Type(StrEnum):
    """What a field holds."""

    INTEGER = "integer"
    NUMBER = "number"
    ENUM = "enum"  # text with closed values, weakest first where they have an order
    TEXT = "text"
    FLAG = "flag"
    SET = "set"  # of text


class Source(StrEnum):
    """Where a field's value comes from."""

    TICKET = "ticket"  # the helpdesk says so
    CLOCK = "clock"  # worked out from a date and the decision's clock
    STATED = "stated"  # a CRM, billing system or import says so
    HISTORY = "history"  # worked out from the customer's other tickets
    TEXT = "text"  # read in the messages
    DERIVED = "derived"  # a derivation rule says so
    DECISION = "decision"  # the classification stratum says so


class Purpose(StrEnum):
    """What a field was collected for (LGPD art. 6 I). Offers may read only fields with `SELL`."""

    SERVE = "serve"
    SELL = "sell"


SERVE_ONLY: Final = frozenset({Purpose.SERVE})
ANY_PURPOSE: Final = frozenset({Purpose.SERVE, Purpose.SELL})

NUMERIC: Final = frozenset({Op.EQUALS, Op.ABOVE, Op.AT_LEAST, Op.BELOW, Op.AT_MOST, Op.BETWEEN})
OPS: Final[Mapping[Type, frozenset[Op]]] = MappingProxyType(
    {
        Type.INTEGER: NUMERIC | {Op.KNOWN},
        Type.NUMBER: NUMERIC | {Op.KNOWN},
        Type.ENUM: frozenset({Op.IS, Op.IN, Op.NOT_IN, Op.SAME_AS, Op.KNOWN}),
        Type.TEXT: frozenset({Op.IS, Op.IN, Op.NOT_IN, Op.SAME_AS, Op.KNOWN}),
        Type.FLAG: frozenset({Op.IS, Op.KNOWN}),
        Type.SET: frozenset({Op.HAS, Op.HAS_ANY, Op.HAS_ALL, Op.HAS_NONE, Op.KNOWN}),
    }
)

MAX_TEXT_BYTES: Final = 1_000
"""Longest text value of a fact; far below the 60,000 bytes that the engine compares rightly."""
MAX_NUMBER: Final = 1e15


@dataclass(frozen=True, slots=True)
class Field:
    """One word of the vocabulary. `retention_days` counts from the last time the value was stated."""

    name: str
    type: Type
    source: Source
    title: Text
    unit: str | None = None
    values: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    purposes: frozenset[Purpose] = ANY_PURPOSE
    retention_days: int = 730

    def accept(self, value: object) -> Scalar | frozenset[str]:
        """Return `value` as this field holds it, or raise FactsInvalid saying what would fit."""
        match self.type:
            case Type.FLAG if isinstance(value, bool):
                return value
            case Type.INTEGER | Type.NUMBER:
                return self._number(value)
            case Type.ENUM if isinstance(value, str) and value in self.values:
                return value
            case Type.TEXT if isinstance(value, str) and len(value.encode("utf-8", "surrogatepass")) <= MAX_TEXT_BYTES:
                return value
            case Type.SET if isinstance(value, list | tuple | set | frozenset):
                items = frozenset(item for item in value if isinstance(item, str))
                if len(items) == len(set(map(repr, value))):
                    return items
        raise FactsInvalid(f"{self.name}: {value!r} does not fit: it {self._wanted(value)}")

    def _number(self, value: object) -> int | float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise FactsInvalid(f"{self.name}: {value!r} does not fit: it {self._wanted(value)}")
        problem = self._out_of_range(value)
        if problem is None and self.type is Type.INTEGER and int(value) != value:
            problem = "needs a whole number"
        if problem is not None:
            raise FactsInvalid(f"{self.name}: {value!r} does not fit: it {problem}")
        return int(value) if self.type is Type.INTEGER else float(value) + 0.0  # -0.0 is 0.0: equal facts, equal bytes

    def _wanted(self, value: object) -> str:
        match self.type:
            case Type.ENUM:
                near = nearest(str(value), self.values)
                return f"is one of {', '.join(self.values)}" + (f"; did you mean {near!r}?" if near else "")
            case Type.TEXT:
                return f"needs a text of at most {MAX_TEXT_BYTES} bytes"
            case Type.FLAG:
                return "needs true or false"
            case Type.SET:
                return "needs a list of texts"
            case Type.INTEGER:
                return "needs a whole number"
            case Type.NUMBER:
                return "needs a number"

    def _out_of_range(self, value: float) -> str | None:
        if not abs(value) <= MAX_NUMBER:  # NaN compares false
            return "needs a finite number"
        if self.minimum is not None and value < self.minimum:
            return f"is at least {self.minimum:g}"
        if self.maximum is not None and value > self.maximum:
            return f"is at most {self.maximum:g}"
        return None


@dataclass(frozen=True, slots=True)
class Collection:
    """A list of items a rule may look into with `exists` and `none`."""

    name: str
    title: Text
    source: Source
    fields: Mapping[str, Field]


def nearest(name: str, names: Iterable[str]) -> str | None:
    """Return the valid name most like `name`, or None when none is near."""
    found = difflib.get_close_matches(name, list(names), n=1, cutoff=0.6)
    return found[0] if found else None


FUNCTIONS: Final = tuple(function.value for function in Function)
SEVERITIES: Final = ("none", "low", "high", "severe")
STAGES: Final = (
    "awareness",
    "consideration",
    "purchase",
    "onboarding",
    "use",
    "doubt",
    "maintenance",
    "renewal",
    "repurchase",
    "cancelled",
)


def _ticket(name: str, kind: Type, pt_br: str, en: str, **more: object) -> Field:
    source = more.pop("source", Source.TICKET)
    return Field(f"ticket.{name}", kind, source, Text(pt_br, en), **more)  # type: ignore[arg-type]  # keywords of Field, passed on


def _customer(name: str, kind: Type, source: Source, pt_br: str, en: str, **more: object) -> Field:
    return Field(f"customer.{name}", kind, source, Text(pt_br, en), **more)  # type: ignore[arg-type]  # keywords of Field, passed on


def _item(name: str, kind: Type, pt_br: str, en: str, **more: object) -> Field:
    return Field(name, kind, Source.STATED, Text(pt_br, en), **more)  # type: ignore[arg-type]  # keywords of Field, passed on


_FIELDS: Final = (
    # ticket: what the helpdesk says
    _ticket(
        "channel",
        Type.ENUM,
        "Canal",
        "Channel",
        values=("email", "chat", "phone", "web", "social", "survey", "messaging", "api", "store"),
    ),
    _ticket(
        "status", Type.ENUM, "Situação", "Status", values=("new", "open", "pending", "on_hold", "solved", "closed")
    ),
    _ticket("priority", Type.ENUM, "Prioridade", "Priority", values=("low", "normal", "high", "urgent")),
    _ticket("language", Type.ENUM, "Idioma", "Language", values=("pt-BR", "en")),
    _ticket("product", Type.TEXT, "Produto", "Product"),
    _ticket("plan_mentioned", Type.TEXT, "Plano citado", "Plan mentioned"),
    _ticket("age_hours", Type.NUMBER, "Idade do chamado", "Ticket age", source=Source.CLOCK, unit="hours", minimum=0),
    _ticket("reopen_count", Type.INTEGER, "Reaberturas", "Times reopened", minimum=0),
    _ticket("reply_count", Type.INTEGER, "Respostas do cliente", "Customer replies", minimum=0),
    _ticket(
        "hours_to_first_reply",
        Type.NUMBER,
        "Espera até a primeira resposta",
        "Wait for the first answer",
        unit="hours",
        minimum=0,
    ),
    _ticket("csat", Type.INTEGER, "Nota do atendimento", "CSAT", unit="1 to 5", minimum=1, maximum=5),
    _ticket("is_vip", Type.FLAG, "Marcado como VIP", "Marked as VIP"),
    _ticket("tags", Type.SET, "Etiquetas", "Tags"),
    # text
    Field("signals", Type.SET, Source.TEXT, Text("Sinais no texto", "Signals in the text"), retention_days=730),
    # customer: stated by a CRM, billing system or import
    _customer("tier", Type.ENUM, Source.STATED, "Porte", "Tier", values=("standard", "key", "enterprise")),
    _customer("segment", Type.TEXT, Source.STATED, "Segmento", "Segment"),
    _customer("plan", Type.TEXT, Source.STATED, "Plano", "Plan"),
    _customer(
        "lifecycle",
        Type.ENUM,
        Source.STATED,
        "Fase do cliente",
        "Lifecycle",
        values=("prospect", "trial", "onboarding", "active", "churned"),
    ),
    _customer("mrr", Type.NUMBER, Source.STATED, "Receita mensal", "Monthly revenue", unit="currency/month", minimum=0),
    _customer("currency", Type.TEXT, Source.STATED, "Moeda", "Currency", unit="ISO 4217"),
    _customer("seats", Type.INTEGER, Source.STATED, "Usuários contratados", "Seats", minimum=0),
    _customer("seats_used", Type.INTEGER, Source.STATED, "Usuários ativos", "Seats used", minimum=0),
    _customer(
        "seat_utilisation",
        Type.NUMBER,
        Source.STATED,
        "Uso dos usuários contratados",
        "Seat utilisation",
        unit="share of seats, 1 = all",
        minimum=0,
    ),
    _customer("days_to_renewal", Type.INTEGER, Source.CLOCK, "Dias até a renovação", "Days to renewal", unit="days"),
    _customer("tenure_days", Type.INTEGER, Source.CLOCK, "Tempo de casa", "Tenure", unit="days", minimum=0),
    _customer(
        "days_since_login", Type.INTEGER, Source.CLOCK, "Dias sem acessar", "Days since login", unit="days", minimum=0
    ),
    _customer(
        "usage_change_pct",
        Type.NUMBER,
        Source.STATED,
        "Variação de uso",
        "Usage change",
        unit="per cent against the 30 days before",
    ),
    _customer("nps", Type.INTEGER, Source.STATED, "Nota NPS", "NPS answer", minimum=0, maximum=10),
    _customer(
        "nps_class",
        Type.ENUM,
        Source.STATED,
        "Classe NPS",
        "NPS class",
        values=("detractor", "passive", "promoter"),
    ),
    _customer(
        "days_since_nps", Type.INTEGER, Source.CLOCK, "Dias desde o NPS", "Days since NPS", unit="days", minimum=0
    ),
    _customer("csat_avg", Type.NUMBER, Source.STATED, "CSAT médio", "Average CSAT", minimum=1, maximum=5),
    _customer(
        "ces",
        Type.NUMBER,
        Source.STATED,
        "Esforço do cliente",
        "Customer effort",
        unit="1 easy to 7 hard",
        minimum=1,
        maximum=7,
    ),
    _customer("health", Type.ENUM, Source.STATED, "Saúde da conta", "Health", values=("poor", "average", "good")),
    _customer("open_tickets", Type.INTEGER, Source.HISTORY, "Chamados abertos", "Open tickets", minimum=0),
    _customer("tickets_30d", Type.INTEGER, Source.HISTORY, "Chamados em 30 dias", "Tickets in 30 days", minimum=0),
    _customer("reopened_30d", Type.INTEGER, Source.HISTORY, "Reaberturas em 30 dias", "Reopened in 30 days", minimum=0),
    _customer(
        "severe_incidents_30d",
        Type.INTEGER,
        Source.HISTORY,
        "Falhas graves em 30 dias",
        "Severe incidents in 30 days",
        minimum=0,
    ),
    _customer(
        "how_to_30d",
        Type.INTEGER,
        Source.HISTORY,
        "Dúvidas de uso em 30 dias",
        "How-to questions in 30 days",
        minimum=0,
    ),
    _customer("overdue_invoices", Type.INTEGER, Source.STATED, "Faturas vencidas", "Overdue invoices", minimum=0),
    _customer("days_overdue", Type.INTEGER, Source.STATED, "Dias em atraso", "Days overdue", unit="days", minimum=0),
    _customer("open_dispute", Type.FLAG, Source.STATED, "Contestação em aberto", "Open dispute", purposes=ANY_PURPOSE),
    _customer(
        "cancellation",
        Type.ENUM,
        Source.STATED,
        "Cancelamento",
        "Cancellation",
        values=("none", "requested", "confirmed"),
    ),
    _customer(
        "regulated_sector",
        Type.FLAG,
        Source.STATED,
        "Setor regulado (SAC)",
        "Regulated sector (SAC)",
        purposes=SERVE_ONLY,  # asked for to keep the SAC rules, not to make offers
    ),
    _customer("opted_out", Type.FLAG, Source.STATED, "Recusou ofertas", "Opted out of offers"),
    _customer(
        "onboarding_pct",
        Type.NUMBER,
        Source.STATED,
        "Implantação concluída",
        "Onboarding done",
        unit="per cent",
        minimum=0,
        maximum=100,
    ),
    _customer(
        "outcome_progress",
        Type.NUMBER,
        Source.STATED,
        "Progresso do objetivo",
        "Outcome progress",
        unit="per cent of plan to date",
        minimum=0,
    ),
    _customer("persona", Type.TEXT, Source.STATED, "Persona", "Persona"),
    _customer("is_prospect", Type.FLAG, Source.STATED, "Ainda não comprou", "Has not bought yet"),
    # derived, weakest value first: of several derivations the strongest holds
    Field("severity", Type.ENUM, Source.DERIVED, Text("Gravidade", "Severity"), values=SEVERITIES),
    Field("journey_stage", Type.ENUM, Source.DERIVED, Text("Etapa da jornada", "Journey stage"), values=STAGES),
    Field(
        "customer_job",
        Type.ENUM,
        Source.DERIVED,
        Text("O que o cliente quer", "Customer job"),
        values=("compare", "ask", "complete_task", "solve"),
    ),
    Field(
        "horizon",
        Type.ENUM,
        Source.DERIVED,
        Text("Horizonte", "Horizon"),
        values=("strategic", "thirty_days", "now"),
    ),
    Field("touchpoint", Type.TEXT, Source.DERIVED, Text("Ponto de contato", "Touchpoint")),
    # decided by the classification stratum; only recommendations and guardrails may read them
    Field("decision.primary", Type.ENUM, Source.DECISION, Text("De quem é", "Whose work"), values=FUNCTIONS),
    Field(
        "decision.functions",
        Type.SET,
        Source.DECISION,
        Text("Áreas envolvidas", "Functions involved"),
        values=FUNCTIONS,
    ),
)

FIELDS: Final[Mapping[str, Field]] = MappingProxyType({field.name: field for field in _FIELDS})


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
                _item("product", Type.TEXT, "Produto", "Product"),
                _item("plan", Type.TEXT, "Plano", "Plan"),
                _item("status", Type.ENUM, "Situação", "Status", values=("trial", "active", "paused", "cancelled")),
                _item("seats", Type.INTEGER, "Usuários", "Seats", minimum=0),
                _item("mrr", Type.NUMBER, "Receita mensal", "Monthly revenue", minimum=0),
                _item("days_to_renewal", Type.INTEGER, "Dias até a renovação", "Days to renewal", unit="days"),
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
                _item("status", Type.ENUM, "Situação", "Status", values=("open", "paid", "overdue", "disputed")),
                _item("amount", Type.NUMBER, "Valor", "Amount", minimum=0),
                _item("days_overdue", Type.INTEGER, "Dias em atraso", "Days overdue", unit="days", minimum=0),
                _item("product", Type.TEXT, "Produto", "Product"),
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
                _item("days_to_due", Type.INTEGER, "Dias até o prazo", "Days to due", unit="days"),
                _item("kept", Type.FLAG, "Cumprida", "Kept"),
            ),
            _collection(
                "outcomes",
                "Objetivos do cliente",
                "Customer outcomes",
                Source.STATED,
                _item("status", Type.ENUM, "Situação", "Status", values=("behind", "on_track", "reached")),
                _item("days_to_target", Type.INTEGER, "Dias até a meta", "Days to target", unit="days"),
            ),
        )
    }
)

CUSTOMER_DATES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "renewal_on": "customer.days_to_renewal",
        "customer_since": "customer.tenure_days",
        "last_login_on": "customer.days_since_login",
        "nps_answered_on": "customer.days_since_nps",
    }
)
"""Date stated about a customer -> the field that the clock makes of it."""

WELL_KNOWN_SIGNALS: Final[Mapping[str, str]] = MappingProxyType({"customer.how_to_30d": "how_to_question"})
"""History counters that count tickets by a signal -> that signal. The shipped packs must define it."""


def accept(name: str, value: object) -> Scalar | frozenset[str]:
    """Return `value` as the field `name` holds it.

    Raise FactsInvalid for a field there is not, or a value that does not fit.
    """
    field = FIELDS.get(name)
    if field is None:
        near = nearest(name, FIELDS)
        raise FactsInvalid(f"there is no field {name!r}" + (f"; did you mean {near!r}?" if near else ""))
    return field.accept(value)
