"""What is said of changes, in both languages: a noun for every field that can change, and the sentences.

A Portuguese noun has its article, which tells whether its verb is a plural. Tests hold the table complete.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from rules.text import Text

NOUNS: Final[Mapping[str, Text]] = MappingProxyType(
    {
        "ticket.status": Text("a situação do chamado", "the ticket's status"),
        "ticket.priority": Text("a prioridade do chamado", "the ticket's priority"),
        "ticket.product": Text("o produto do chamado", "the ticket's product"),
        "ticket.is_vip": Text("a marca de VIP", "the VIP mark"),
        "ticket.tags": Text("as etiquetas do chamado", "the ticket's tags"),
        "customer.tier": Text("o porte do cliente", "the customer's tier"),
        "customer.segment": Text("o segmento do cliente", "the customer's segment"),
        "customer.plan": Text("o plano do cliente", "the customer's plan"),
        "customer.lifecycle": Text("a fase do cliente", "the customer's lifecycle stage"),
        "customer.mrr": Text("a receita mensal", "the monthly revenue"),
        "customer.currency": Text("a moeda do cliente", "the customer's currency"),
        "customer.seats": Text("os usuários contratados", "the seats"),
        "customer.seats_used": Text("os usuários ativos", "the seats used"),
        "customer.seat_utilisation": Text("o uso dos usuários contratados", "the seat utilisation"),
        "customer.days_to_renewal": Text("os dias até a renovação", "the days to renewal"),
        "customer.tenure_days": Text("os dias de casa", "the days with us"),
        "customer.days_since_login": Text("os dias sem acessar", "the days since the last login"),
        "customer.usage_change_pct": Text("a variação de uso", "the change in usage"),
        "customer.nps_followed_up": Text("o tratamento da resposta do NPS", "the follow-up of the NPS answer"),
        "customer.health": Text("a saúde da conta", "the account's health"),
        "customer.open_tickets": Text("os chamados abertos", "the open tickets"),
        "customer.overdue_invoices": Text("as faturas vencidas", "the overdue invoices"),
        "customer.days_overdue": Text("os dias em atraso", "the days overdue"),
        "customer.open_dispute": Text("a contestação em aberto", "the open dispute"),
        "customer.cancellation": Text("o cancelamento", "the cancellation"),
        "customer.regulated_sector": Text("o setor regulado", "the regulated sector"),
        "customer.days_since_cancellation": Text("os dias desde o cancelamento", "the days since the cancellation"),
        "customer.opted_out": Text("a recusa de ofertas", "the opt-out of offers"),
        "customer.onboarding_pct": Text("a implantação concluída", "the onboarding done"),
        "customer.days_since_onboarding_progress": Text(
            "os dias sem avanço na implantação", "the days since the onboarding moved"
        ),
        "customer.days_to_trial_end": Text("os dias até o fim do teste", "the days to the end of the trial"),
        "customer.touch_every_days": Text("a cadência de contato", "the contact cadence"),
        "customer.days_since_last_contact": Text("os dias sem contato", "the days since the last contact"),
        "customer.days_to_next_touch": Text("os dias até o próximo contato", "the days to the next contact"),
        "customer.outcome_progress": Text("o progresso do objetivo", "the progress towards the goal"),
        "customer.persona": Text("a persona", "the persona"),
        "customer.is_prospect": Text("a indicação de que ainda não comprou", "the mark that nothing was bought yet"),
        "subscriptions.product": Text("o produto da assinatura {n}", "the product of subscription {n}"),
        "subscriptions.plan": Text("o plano da assinatura {n}", "the plan of subscription {n}"),
        "subscriptions.status": Text("a situação da assinatura {n}", "the status of subscription {n}"),
        "subscriptions.seats": Text("os usuários da assinatura {n}", "the seats of subscription {n}"),
        "subscriptions.mrr": Text("a receita mensal da assinatura {n}", "the monthly revenue of subscription {n}"),
        "subscriptions.days_to_renewal": Text(
            "os dias até a renovação da assinatura {n}", "the days to renewal of subscription {n}"
        ),
        "invoices.status": Text("a situação da fatura {n}", "the status of invoice {n}"),
        "invoices.amount": Text("o valor da fatura {n}", "the amount of invoice {n}"),
        "invoices.days_overdue": Text("os dias em atraso da fatura {n}", "the days overdue of invoice {n}"),
        "invoices.product": Text("o produto da fatura {n}", "the product of invoice {n}"),
        "promises.days_to_due": Text("os dias até o prazo da promessa {n}", "the days to the deadline of promise {n}"),
        "promises.kept": Text("o cumprimento da promessa {n}", "the keeping of promise {n}"),
        "outcomes.status": Text("a situação do objetivo {n}", "the status of goal {n}"),
        "outcomes.days_to_target": Text("os dias até a meta do objetivo {n}", "the days to the target of goal {n}"),
    }
)
"""Full name of a field -> its noun; `{n}` is the item's number, from 1."""

SENTENCES: Final[Mapping[str, Text]] = MappingProxyType(
    {
        "were": Text("{noun} fosse “{after}” (hoje: {before})", "{noun} were “{after}” (now: {before})"),
        "were.several": Text("{noun} fossem “{after}” (hoje: {before})", "{noun} were “{after}” (now: {before})"),
        "follows": Text(
            "Com isso, {noun} passaria de {before} a “{after}”.",
            "With that, {noun} would go from {before} to “{after}”.",
        ),
        "follows.several": Text(
            "Com isso, {noun} passariam de {before} a “{after}”.",
            "With that, {noun} would go from {before} to “{after}”.",
        ),
        "shown": Text("Se {changes}, “{title}” seria mostrada.", "If {changes}, “{title}” would be shown."),
        "gone": Text(
            "Se {changes}, “{title}” deixaria de ser mostrada.", "If {changes}, “{title}” would no longer be shown."
        ),
        "nothing.shown": Text(
            "Nada do que se pode mudar faria mostrar “{title}”.", "Nothing that can be changed would show “{title}”."
        ),
        "nothing.gone": Text(
            "Nada do que se pode mudar tiraria “{title}” da tela.",
            "Nothing that can be changed would take “{title}” off the screen.",
        ),
        "in_the_way": Text("No caminho: {facts}.", "In the way: {facts}."),
        "keeps": Text("O que a mantém: {facts}.", "What keeps it: {facts}."),
        "order": Text(
            "Decidem os limites de contato, um conflito ou a ordem.",
            "Contact limits, a conflict or the order decide.",
        ),
        "not_within.shown": Text(
            "Nenhuma mudança de até {fields} fatos faria mostrar “{title}”.",
            "No change of up to {fields} facts would show “{title}”.",
        ),
        "not_within.gone": Text(
            "Nenhuma mudança de até {fields} fatos tiraria “{title}” da tela.",
            "No change of up to {fields} facts would take “{title}” off the screen.",
        ),
        "gave_up.shown": Text(
            "A busca do que faria mostrar “{title}” parou após {tries} tentativas: pode haver uma mudança assim.",
            "The search for what would show “{title}” stopped after {tries} tries: there may be such a change.",
        ),
        "gave_up.gone": Text(
            "A busca do que tiraria “{title}” da tela parou após {tries} tentativas: pode haver uma mudança assim.",
            "The search for what would take “{title}” off the screen stopped after {tries} tries: there may be such a "
            "change.",
        ),
        "and": Text(" e ", " and "),
        "unknown": Text("não informado", "unknown"),
        "yes": Text("sim", "yes"),
        "no": Text("não", "no"),
        "empty": Text("nenhuma", "none"),
        "any_other": Text("qualquer outro", "any other"),
    }
)
