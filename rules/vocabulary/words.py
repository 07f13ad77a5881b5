"""What every closed value is called, in both languages: on pages, in sentences, in the generated documents.

A Portuguese word agrees with the title of its field ("Situação: aberta"). Within a field no two words are alike, and
none holds a comma, an "or" or an "and": sentences are read back.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from rules.text import Text

_FUNCTION: Final = {
    "support": Text("atendimento", "support"),
    "success": Text("sucesso do cliente", "customer success"),
    "account_management": Text("gestão de contas", "account management"),
}
_SEVERITY: Final = {
    "none": Text("nenhuma", "none"),
    "low": Text("baixa", "low"),
    "high": Text("alta", "high"),
    "severe": Text("crítica", "severe"),
}
_OBLIGATION: Final = {
    "answer": Text("resposta à demanda", "answer to the demand"),
    "history": Text("entrega do histórico", "delivery of the record"),
    "cancellation": Text("cancelamento imediato", "immediate cancellation"),
    "suspended_charge": Text("suspensão da cobrança", "suspension of the charge"),
    "protocol": Text("número de protocolo", "protocol number"),
    "no_repeating": Text("não pedir que repita", "no repeating of the demand"),
    "no_selling": Text("não ofertar na espera", "no selling while waiting"),
    "record": Text("guarda do registro", "keeping of the record"),
    "recording": Text("guarda da gravação", "keeping of the recording"),
}
_KIND: Final = {
    "resolve": Text("solução", "solution"),
    "inform": Text("informação", "information"),
    "adopt": Text("adoção", "adoption"),
    "retain": Text("retenção", "retention"),
    "win_back": Text("reconquista", "win-back"),
    "renew": Text("renovação", "renewal"),
    "upsell": Text("venda de upgrade", "upgrade sale"),
    "cross_sell": Text("venda de outro produto", "sale of another product"),
    "expand": Text("venda de expansão", "expansion sale"),
    "advocate": Text("pedido de indicação", "request for advocacy"),
    "recover": Text("recuperação", "recovery"),
    "comply": Text("obrigação", "obligation"),
}

VALUE_WORDS: Final[Mapping[str, Mapping[str, Text]]] = MappingProxyType(
    {
        "ticket.channel": {
            "email": Text("e-mail", "email"),
            "chat": Text("chat", "chat"),
            "phone": Text("telefone", "phone"),
            "web": Text("site", "web"),
            "social": Text("rede social", "social media"),
            "survey": Text("pesquisa", "survey"),
            "messaging": Text("mensagem", "messaging"),
            "api": Text("API", "API"),
            "store": Text("loja", "store"),
        },
        "ticket.status": {
            "new": Text("nova", "new"),
            "open": Text("aberta", "open"),
            "pending": Text("pendente", "pending"),
            "on_hold": Text("em espera", "on hold"),
            "solved": Text("resolvida", "solved"),
            "closed": Text("fechada", "closed"),
        },
        "ticket.priority": {
            "low": Text("baixa", "low"),
            "normal": Text("normal", "normal"),
            "high": Text("alta", "high"),
            "urgent": Text("urgente", "urgent"),
        },
        "ticket.language": {
            "pt-BR": Text("português", "Portuguese"),
            "en": Text("inglês", "English"),
        },
        "ticket.sac_running": _OBLIGATION,
        "ticket.sac_overdue": _OBLIGATION,
        "ticket.sac_met": _OBLIGATION,
        "occasion": {
            "ticket": Text("chamado", "ticket"),
            "schedule": Text("agenda", "schedule"),
        },
        "customer.tier": {
            "standard": Text("padrão", "standard"),
            "key": Text("conta-chave", "key account"),
            "enterprise": Text("enterprise", "enterprise"),
        },
        "customer.lifecycle": {
            "prospect": Text("prospect", "prospect"),
            "trial": Text("teste", "trial"),
            "onboarding": Text("implantação", "onboarding"),
            "active": Text("ativa", "active"),
            "churned": Text("ex-cliente", "churned"),
        },
        "customer.nps_class": {
            "detractor": Text("detrator", "detractor"),
            "passive": Text("neutro", "passive"),
            "promoter": Text("promotor", "promoter"),
        },
        "customer.health": {
            "poor": Text("ruim", "poor"),
            "average": Text("média", "average"),
            "good": Text("boa", "good"),
        },
        "customer.cancellation": {
            "none": Text("sem solicitação", "not asked for"),
            "requested": Text("solicitado", "requested"),
            "confirmed": Text("confirmado", "confirmed"),
        },
        "severity": _SEVERITY,
        "journey_stage": {
            "awareness": Text("descoberta", "awareness"),
            "consideration": Text("consideração", "consideration"),
            "purchase": Text("compra", "purchase"),
            "onboarding": Text("implantação", "onboarding"),
            "use": Text("uso", "use"),
            "doubt": Text("dúvida", "doubt"),
            "maintenance": Text("manutenção", "maintenance"),
            "renewal": Text("renovação", "renewal"),
            "repurchase": Text("recompra", "repurchase"),
            "cancelled": Text("cancelamento", "cancellation"),
        },
        "customer_job": {
            "compare": Text("comparar", "compare"),
            "ask": Text("perguntar", "ask"),
            "complete_task": Text("concluir uma tarefa", "complete a task"),
            "solve": Text("resolver um problema", "solve a problem"),
        },
        "horizon": {
            "strategic": Text("estratégico", "strategic"),
            "thirty_days": Text("de 30 dias", "30 days"),
            "now": Text("imediato", "now"),
        },
        "decision.primary": _FUNCTION,
        "decision.functions": _FUNCTION,
        "subscriptions.status": {
            "trial": Text("em teste", "on trial"),
            "active": Text("ativa", "active"),
            "paused": Text("pausada", "paused"),
            "cancelled": Text("cancelada", "cancelled"),
        },
        "open_tickets.severity": _SEVERITY,
        "open_tickets.primary": _FUNCTION,
        "invoices.status": {
            "open": Text("em aberto", "open"),
            "paid": Text("paga", "paid"),
            "overdue": Text("vencida", "overdue"),
            "disputed": Text("contestada", "disputed"),
        },
        "contacts.kind": _KIND,
        "contacts.outcome": {
            "shown": Text("só mostrada", "only shown"),
            "accepted": Text("aceita", "accepted"),
            "dismissed": Text("dispensada", "dismissed"),
            "done": Text("concluída", "done"),
        },
        "outcomes.status": {
            "behind": Text("atrasado", "behind"),
            "on_track": Text("no prazo", "on track"),
            "reached": Text("alcançado", "reached"),
        },
    }
)
"""Field (an item's as `<collection>.<field>`) -> value -> its word."""

FUNCTION_WORDS: Final[Mapping[str, Text]] = MappingProxyType(_FUNCTION)
KIND_WORDS: Final[Mapping[str, Text]] = MappingProxyType(_KIND)
