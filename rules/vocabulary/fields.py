"""Every field that a rule may read of the ticket, the customer, the text and the decision."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from rules.rulebook import Function
from rules.text import Text
from rules.vocabulary.field import ANY_PURPOSE, SERVE_ONLY, Changeable, Field, Source, Type

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
OBLIGATIONS: Final = (
    "answer",
    "history",
    "cancellation",
    "suspended_charge",
    "protocol",
    "no_repeating",
    "no_selling",
    "record",
    "recording",
)
"""What the SAC decree asks of an attendance; `rules.obligations` says how long each of them runs."""


def _ticket(name: str, kind: Type, pt_br: str, en: str, **more: object) -> Field:
    source = more.pop("source", Source.TICKET)
    return Field(f"ticket.{name}", kind, source, Text(pt_br, en), **more)  # type: ignore[arg-type]  # keywords of Field, passed on


def _customer(name: str, kind: Type, source: Source, pt_br: str, en: str, **more: object) -> Field:
    return Field(f"customer.{name}", kind, source, Text(pt_br, en), **more)  # type: ignore[arg-type]  # keywords of Field, passed on


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
        "status",
        Type.ENUM,
        "Situação",
        "Status",
        values=("new", "open", "pending", "on_hold", "solved", "closed"),
        changeable=Changeable.YES,
    ),
    _ticket(
        "priority",
        Type.ENUM,
        "Prioridade",
        "Priority",
        values=("low", "normal", "high", "urgent"),
        changeable=Changeable.YES,
    ),
    _ticket("language", Type.ENUM, "Idioma", "Language", values=("pt-BR", "en")),
    _ticket("product", Type.TEXT, "Produto", "Product", changeable=Changeable.WHEN_UNKNOWN),
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
    _ticket("is_vip", Type.FLAG, "Marcado como VIP", "Marked as VIP", changeable=Changeable.WHEN_UNKNOWN),
    _ticket("tags", Type.SET, "Etiquetas", "Tags", changeable=Changeable.YES),
    # why a decision is taken
    Field(
        "occasion",
        Type.ENUM,
        Source.ASKED,
        Text("Ocasião da decisão", "Occasion of the decision"),
        values=("ticket", "schedule"),
    ),
    # ticket: the clocks of the SAC decree, of regulated tenants and customers only; asked for to keep them, not to sell
    _ticket(
        "sac_running",
        Type.SET,
        "Obrigações do SAC em aberto",
        "SAC obligations pending",
        source=Source.OBLIGATIONS,
        values=OBLIGATIONS,
        purposes=SERVE_ONLY,
    ),
    _ticket(
        "sac_overdue",
        Type.SET,
        "Obrigações do SAC vencidas",
        "SAC obligations overdue",
        source=Source.OBLIGATIONS,
        values=OBLIGATIONS,
        purposes=SERVE_ONLY,
    ),
    _ticket(
        "sac_met",
        Type.SET,
        "Obrigações do SAC cumpridas",
        "SAC obligations met",
        source=Source.OBLIGATIONS,
        values=OBLIGATIONS,
        purposes=SERVE_ONLY,
    ),
    _ticket(
        "sac_answer_hours_left",
        Type.NUMBER,
        "Prazo da resposta (SAC)",
        "Time left to answer (SAC)",
        source=Source.OBLIGATIONS,
        unit="hours",
        purposes=SERVE_ONLY,
    ),
    _ticket(
        "sac_history_hours_left",
        Type.NUMBER,
        "Prazo do histórico (SAC)",
        "Time left to deliver the history (SAC)",
        source=Source.OBLIGATIONS,
        unit="hours",
        purposes=SERVE_ONLY,
    ),
    # text
    Field("signals", Type.SET, Source.TEXT, Text("Sinais no texto", "Signals in the text"), retention_days=730),
    # customer: stated by a CRM, billing system or import
    _customer(
        "tier",
        Type.ENUM,
        Source.STATED,
        "Porte",
        "Tier",
        values=("standard", "key", "enterprise"),
        changeable=Changeable.WHEN_UNKNOWN,
    ),
    _customer("segment", Type.TEXT, Source.STATED, "Segmento", "Segment", changeable=Changeable.WHEN_UNKNOWN),
    _customer("plan", Type.TEXT, Source.STATED, "Plano", "Plan", changeable=Changeable.YES),
    _customer(
        "lifecycle",
        Type.ENUM,
        Source.STATED,
        "Fase do cliente",
        "Lifecycle",
        values=("prospect", "trial", "onboarding", "active", "churned"),
        changeable=Changeable.WHEN_UNKNOWN,
    ),
    _customer(
        "mrr",
        Type.NUMBER,
        Source.STATED,
        "Receita mensal",
        "Monthly revenue",
        unit="currency/month",
        minimum=0,
        changeable=Changeable.WHEN_UNKNOWN,
    ),
    _customer(
        "currency", Type.TEXT, Source.STATED, "Moeda", "Currency", unit="ISO 4217", changeable=Changeable.WHEN_UNKNOWN
    ),
    _customer(
        "seats", Type.INTEGER, Source.STATED, "Usuários contratados", "Seats", minimum=0, changeable=Changeable.YES
    ),
    _customer(
        "seats_used", Type.INTEGER, Source.STATED, "Usuários ativos", "Seats used", minimum=0, changeable=Changeable.YES
    ),
    _customer(
        "seat_utilisation",
        Type.NUMBER,
        Source.STATED,
        "Uso dos usuários contratados",
        "Seat utilisation",
        unit="share of seats, 1 = all",
        minimum=0,
        changeable=Changeable.WHEN_UNKNOWN,
    ),
    _customer(
        "days_to_renewal",
        Type.INTEGER,
        Source.CLOCK,
        "Dias até a renovação",
        "Days to renewal",
        unit="days",
        changeable=Changeable.WHEN_UNKNOWN,
    ),
    _customer(
        "tenure_days",
        Type.INTEGER,
        Source.CLOCK,
        "Tempo de casa",
        "Tenure",
        unit="days",
        minimum=0,
        changeable=Changeable.WHEN_UNKNOWN,
    ),
    _customer(
        "days_since_login",
        Type.INTEGER,
        Source.CLOCK,
        "Dias sem acessar",
        "Days since login",
        unit="days",
        minimum=0,
        changeable=Changeable.WHEN_UNKNOWN,
    ),
    _customer(
        "usage_change_pct",
        Type.NUMBER,
        Source.STATED,
        "Variação de uso",
        "Usage change",
        unit="per cent against the 30 days before",
        changeable=Changeable.WHEN_UNKNOWN,
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
    _customer(
        "nps_followed_up",
        Type.FLAG,
        Source.STATED,
        "Resposta do NPS tratada",
        "NPS answer followed up",
        changeable=Changeable.YES,
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
    _customer(
        "health",
        Type.ENUM,
        Source.STATED,
        "Saúde da conta",
        "Health",
        values=("poor", "average", "good"),
        changeable=Changeable.YES,
    ),
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
    _customer(
        "overdue_invoices",
        Type.INTEGER,
        Source.STATED,
        "Faturas vencidas",
        "Overdue invoices",
        minimum=0,
        changeable=Changeable.YES,
    ),
    _customer(
        "days_overdue",
        Type.INTEGER,
        Source.STATED,
        "Dias em atraso",
        "Days overdue",
        unit="days",
        minimum=0,
        changeable=Changeable.YES,
    ),
    _customer(
        "open_dispute",
        Type.FLAG,
        Source.STATED,
        "Contestação em aberto",
        "Open dispute",
        purposes=ANY_PURPOSE,
        changeable=Changeable.YES,
    ),
    _customer(
        "cancellation",
        Type.ENUM,
        Source.STATED,
        "Cancelamento",
        "Cancellation",
        values=("none", "requested", "confirmed"),
        changeable=Changeable.YES,
    ),
    _customer(
        "regulated_sector",
        Type.FLAG,
        Source.STATED,
        "Setor regulado (SAC)",
        "Regulated sector (SAC)",
        purposes=SERVE_ONLY,  # asked for to keep the SAC rules, not to make offers,
        changeable=Changeable.WHEN_UNKNOWN,
    ),
    _customer(
        "days_since_cancellation",
        Type.INTEGER,
        Source.CLOCK,
        "Dias desde o cancelamento",
        "Days since the cancellation",
        unit="days",
        minimum=0,
        changeable=Changeable.WHEN_UNKNOWN,
    ),
    _customer(
        "opted_out", Type.FLAG, Source.STATED, "Recusou ofertas", "Opted out of offers", changeable=Changeable.YES
    ),
    _customer(
        "onboarding_pct",
        Type.NUMBER,
        Source.STATED,
        "Implantação concluída",
        "Onboarding done",
        unit="per cent",
        minimum=0,
        maximum=100,
        changeable=Changeable.YES,
    ),
    _customer(
        "days_since_onboarding_progress",
        Type.INTEGER,
        Source.CLOCK,
        "Dias sem avanço na implantação",
        "Days since onboarding moved",
        unit="days",
        minimum=0,
        changeable=Changeable.WHEN_UNKNOWN,
    ),
    _customer(
        "days_to_trial_end",
        Type.INTEGER,
        Source.CLOCK,
        "Dias até o fim do teste",
        "Days to the end of the trial",
        unit="days",
        changeable=Changeable.WHEN_UNKNOWN,
    ),
    _customer(
        "touch_every_days",
        Type.INTEGER,
        Source.STATED,
        "Cadência de contato",
        "Contact cadence",
        unit="days",
        minimum=1,
        changeable=Changeable.YES,
    ),
    _customer(
        "days_since_last_contact",
        Type.INTEGER,
        Source.CLOCK,
        "Dias sem contato",
        "Days since last contact",
        unit="days",
        minimum=0,
        changeable=Changeable.WHEN_UNKNOWN,
    ),
    _customer(
        "days_to_next_touch",
        Type.INTEGER,
        Source.CLOCK,
        "Dias até o próximo contato",
        "Days to next contact",
        unit="days",
        changeable=Changeable.WHEN_UNKNOWN,
    ),
    _customer(
        "outcome_progress",
        Type.NUMBER,
        Source.STATED,
        "Progresso do objetivo",
        "Outcome progress",
        unit="per cent of plan to date",
        minimum=0,
        changeable=Changeable.YES,
    ),
    _customer("persona", Type.TEXT, Source.STATED, "Persona", "Persona", changeable=Changeable.WHEN_UNKNOWN),
    _customer(
        "is_prospect",
        Type.FLAG,
        Source.STATED,
        "Ainda não comprou",
        "Has not bought yet",
        changeable=Changeable.WHEN_UNKNOWN,
    ),
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
