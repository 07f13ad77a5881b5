"""Customers to whom nothing may be sold, drawn by the thousand: every reason alone and several at once.

The reasons are those of the house, written apart from the guardrail files: each names ways in which it may be known,
from what is stored about the customer or from what they write. All of them beg for an upgrade in the same message.
"""

import random
from itertools import combinations

BEGS = {
    "pt-BR": (
        "Precisamos de um recurso premium com urgência e queremos fazer o upgrade ainda hoje.",
        "Qual plano superior inclui o módulo de automação? Queremos contratar o mais completo.",
        "Nosso plano não inclui os relatórios avançados. Podem me vender o plano maior?",
        "Quero fazer upgrade e adicionar mais vinte usuários para bater a nossa meta de vendas.",
    ),
    "en": (
        "We need a premium feature and want to upgrade this very day.",
        "Which higher plan includes the automation module? We want to buy the largest one.",
        "Our plan does not include advanced reports. Can you sell me the bigger plan?",
        "I want to upgrade and add twenty more seats to reach our sales goal.",
    ),
}


def customer(**known):
    return {"customer": known}


def elsewhere(**item):
    return {"open_tickets": [{"signals": [], **item}]}


def written(pt_br, en):
    return {"pt-BR": pt_br, "en": en}


REASONS = {
    "a complaint is open": (
        elsewhere(signals=["complaint"]),
        elsewhere(signals=["regulator_mention"]),
        written(
            "Quero registrar uma reclamação: o atendimento de vocês foi péssimo.",
            "I want to file a complaint: your service was terrible.",
        ),
        written("Vou abrir uma queixa no Procon.", "I will report you to the consumer protection agency."),
    ),
    "a severe incident is open": (
        elsewhere(severity="severe"),
        elsewhere(signals=["outage"]),
        elsewhere(signals=["severe_failure"]),
        written("O sistema está fora do ar para todo mundo.", "The system is down for everybody."),
        written("Perdemos todos os dados da empresa.", "We lost all our data."),
    ),
    "the customer is leaving": (
        customer(cancellation="requested"),
        customer(cancellation="confirmed"),
        customer(lifecycle="churned"),
        elsewhere(signals=["cancel_request"]),
        written("Quero cancelar minha assinatura.", "I want to cancel my subscription."),
        written(
            "Se isso continuar, vamos procurar outro fornecedor.", "If this goes on we will look for another provider."
        ),
    ),
    "the customer was a detractor": (
        customer(nps=0),
        customer(nps=6, days_since_nps=90),
        customer(nps_class="detractor"),
        customer(nps_class="detractor", days_since_nps=1),
    ),
    "a charge is disputed or overdue": (
        customer(open_dispute=True),
        customer(overdue_invoices=1),
        customer(days_overdue=3),
        {"invoices": [{"status": "paid"}, {"status": "overdue"}]},
        {"invoices": [{"status": "disputed"}]},
        elsewhere(signals=["dispute_charge"]),
        elsewhere(signals=["duplicate_charge"]),
        written("Não reconheço esta cobrança e quero contestá-la.", "I do not recognise this charge and dispute it."),
        written("Fui cobrado duas vezes.", "I was charged twice."),
    ),
    "the customer opted out": (
        customer(opted_out=True),
        elsewhere(signals=["opt_out_request"]),
        written("Não quero mais receber ofertas.", "I do not want to receive offers any more."),
    ),
    "the person has not bought": (
        customer(is_prospect=True),
        customer(lifecycle="prospect"),
    ),
}
"""Reason -> ways to know it: facts as examples of rules give them, or words in both languages."""

_BESIDE = {
    "tier": ("standard", "key", "enterprise"),
    "lifecycle": ("trial", "onboarding", "active", "active"),
    "health": ("poor", "average", "good", "good"),
    "seat_utilisation": (0.5, 0.9, 1.0),
    "days_to_renewal": (-3, 0, 30, 60, 90, 300),
    "mrr": (0, 900, 50_000),
    "usage_change_pct": (-60, 0, 35),
    "tenure_days": (3, 45, 700),
    "nps": (7, 9, 10),
    "outcome_progress": (0.2, 1.0),
    "regulated_sector": (True, False),
}
"""What else may be known: most of it invites to sell."""


def drawn(count, seed):
    """Yield (reasons, ways, begging text, locale, given): every reason alone, every two together, then any of them."""
    rng = random.Random(seed)  # noqa: S311 - drawn for tests, not for secrets
    alone = [(reason,) for reason in REASONS]
    pairs = list(combinations(REASONS, 2))
    for number in range(count):
        chosen = (alone, pairs)[number % 2][number // 2 % len((alone, pairs)[number % 2])]
        if number % 10 == 9:
            chosen = tuple(rng.sample(sorted(REASONS), rng.randint(3, 5)))
        ways = tuple(rng.choice(REASONS[reason]) for reason in chosen)
        locale = rng.choice(tuple(BEGS))
        yield chosen, ways, rng.choice(BEGS[locale]), locale, _given(ways, rng)


def _given(ways, rng):
    beside = {name: rng.choice(values) for name, values in _BESIDE.items() if rng.random() < 0.6}
    given = {"customer": beside, "open_tickets": [], "invoices": []}
    for way in ways:
        given["customer"] |= way.get("customer", {})
        given["open_tickets"] = [*given["open_tickets"], *way.get("open_tickets", [])]
        given["invoices"] = [*given["invoices"], *way.get("invoices", [])]
    return given


def words(ways, locale):
    """Return what the customer writes of the reasons."""
    return tuple(way[locale] for way in ways if locale in way)
