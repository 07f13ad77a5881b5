"""The workload of the benchmarks: short stories in both languages, crossed with customers of every kind."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from rules.facts import facts_from_given
from rules.model import Facts, Locale
from rules.signals import SignalReader, SpokenText

NOW: Final = datetime(2026, 11, 2, 14, 0, tzinfo=UTC)

STORIES: Final[tuple[tuple[Locale, str], ...]] = (
    (
        "pt-BR",
        "Olá, desde ontem à noite o painel não abre para ninguém. Precisamos dele para fechar o caixa.",
    ),
    ("pt-BR", "Bom dia, a fatura de outubro veio cobrada duas vezes no cartão. Podem estornar uma delas, por favor?"),
    ("pt-BR", "Queremos encerrar a assinatura no fim do mês, a equipe parou de usar o sistema. Como fazemos?"),
    ("pt-BR", "Quanto fica para incluir mais dez pessoas no nosso plano? Crescemos e precisamos de mais acessos."),
    ("pt-BR", "Como faço para exportar o relatório de vendas por filial? Procurei no menu e não encontrei."),
    ("en", "The export has been failing since this morning with an error and our month-end depends on it."),
    ("en", "We are thinking of leaving: the app has been down three times this month and nobody calls us back."),
    ("en", "Our contract is up for renewal in January, could you send us a quote for two years?"),
    ("en", "I just signed up. How do I get started and invite my team?"),
    ("en", "Love the new dashboard, it saves us an hour every day. It would be great to have a dark theme."),
)

CUSTOMERS: Final[tuple[Mapping[str, object], ...]] = (
    {},
    {"tier": "standard", "lifecycle": "active", "mrr": 180.0, "plan": "basic", "seats": 5, "seats_used": 5},
    {"tier": "key", "lifecycle": "active", "mrr": 8200.0, "days_to_renewal": 41, "nps": 9, "days_since_nps": 20},
    {
        "tier": "enterprise",
        "lifecycle": "active",
        "mrr": 30000.0,
        "days_to_renewal": 300,
        "nps": 3,
        "days_since_nps": 30,
    },
    {"lifecycle": "onboarding", "onboarding_pct": 35.0, "how_to_30d": 4, "tenure_days": 20},
    {"lifecycle": "active", "usage_change_pct": -62.0, "days_since_login": 25, "opted_out": True},
    {"lifecycle": "prospect", "is_prospect": True},
    {"lifecycle": "churned", "cancellation": "confirmed", "tenure_days": 800},
)


def facts(reader: SignalReader) -> list[Facts]:
    """Return the facts of every story told by every customer, as the pipeline would have them."""
    return [
        facts_from_given(
            {
                "signals": sorted(reader.read([SpokenText("ticket", story)], language).signals),
                "ticket": {"channel": "email", "language": language, "age_hours": 3.0, "status": "open"},
                "customer": dict(customer),
                "open_tickets": [{"severity": "low", "age_hours": 30.0}] if number % 3 == 0 else [],
            },
            NOW,
        )
        for number, ((language, story), customer) in enumerate(itertools.product(STORIES, CUSTOMERS))
    ]
