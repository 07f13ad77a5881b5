"""How each field is spoken of: a noun for it, and the clause that says something about it, in both languages.

A clause is written in one line for all its forms:
- `[yes|no]`: what stands when the clause affirms, and when it denies;
- `(one|many)`: what stands for one, and for several;
- a slot: `{v}` values, `{n}` a count ("at least 3"), `{m}` a measure ("é de pelo menos 3"), `{s}` a share of 1 said
  as a percentage.
A flag's clause has no slot: it affirms true and denies false. Inside a collection a clause is relative ("whose status
is paid"). A test holds both tables complete against the vocabulary.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from rules.text import Text
from rules.vocabulary import COLLECTIONS, FIELDS, NUMBERS, Field


@dataclass(frozen=True, slots=True)
class Wording:
    """`noun` is what "we know …" takes; `clause` says the field's value."""

    noun: Text
    clause: Text


@dataclass(frozen=True, slots=True)
class ItemWording:
    """How a collection is spoken of: `head` says that there is (not) an item, `unlike` that an item is not such."""

    head: Text
    unlike: Text
    fields: Mapping[str, Wording]


def _of(noun: tuple[str, str], clause: tuple[str, str] | None = None) -> tuple[Text, Text | None]:
    return Text(*noun), Text(*clause) if clause else None


# field -> (its noun, pt-BR and en), (its clause, pt-BR and en): without a clause, "<noun> is <value>"
_MAIN: Final[Mapping[str, tuple[Text, Text | None]]] = {
    "ticket.channel": _of(("o canal do chamado", "the ticket's channel")),
    "ticket.status": _of(("a situação do chamado", "the ticket's status")),
    "ticket.priority": _of(("a prioridade do chamado", "the ticket's priority")),
    "ticket.language": _of(("o idioma do chamado", "the ticket's language")),
    "ticket.product": _of(("o produto do chamado", "the ticket's product")),
    "ticket.plan_mentioned": _of(("o plano citado no chamado", "the plan mentioned in the ticket")),
    "ticket.age_hours": _of(
        ("a idade do chamado", "the ticket's age"),
        ("o chamado [tem|não tem] {n} (hora|horas)", "the ticket [is|is not] {n} (hour|hours) old"),
    ),
    "ticket.reopen_count": _of(
        ("quantas vezes o chamado foi reaberto", "how many times the ticket was reopened"),
        (
            "o chamado [foi|não foi] reaberto {n} (vez|vezes)",
            "the ticket [was|was not] reopened {n} (time|times)",
        ),
    ),
    "ticket.reply_count": _of(
        ("quantas vezes o cliente respondeu", "how many times the customer replied"),
        (
            "o cliente [respondeu|não respondeu] {n} (vez|vezes)",
            "the customer [replied|did not reply] {n} (time|times)",
        ),
    ),
    "ticket.hours_to_first_reply": _of(
        ("a espera até a primeira resposta", "the wait for the first answer"),
        (
            "a primeira resposta [levou|não levou] {n} (hora|horas)",
            "the first answer [took|did not take] {n} (hour|hours)",
        ),
    ),
    "ticket.csat": _of(("a nota do atendimento", "the ticket's CSAT")),
    "ticket.is_vip": _of(
        ("se o chamado está marcado como VIP", "whether the ticket is marked as VIP"),
        ("o chamado [está|não está] marcado como VIP", "the ticket [is|is not] marked as VIP"),
    ),
    "ticket.tags": _of(
        ("as etiquetas do chamado", "the ticket's tags"),
        ("o chamado [está|não está] marcado com {v}", "the ticket [is|is not] tagged {v}"),
    ),
    "occasion": _of(
        ("a ocasião da decisão", "the occasion of the decision"),
        ("a decisão [parte|não parte] de {v}", "the decision [comes|does not come] from the {v}"),
    ),
    "ticket.sac_running": _of(
        ("as obrigações do SAC em aberto", "the pending SAC obligations"),
        ("o SAC [ainda deve|não deve mais] {v}", "the SAC decree [still asks|no longer asks] for {v}"),
    ),
    "ticket.sac_overdue": _of(
        ("as obrigações do SAC vencidas", "the overdue SAC obligations"),
        (
            "o prazo do SAC [venceu|não venceu] para {v}",
            "the SAC decree's term [is over|is not over] for {v}",
        ),
    ),
    "ticket.sac_met": _of(
        ("as obrigações do SAC cumpridas", "the SAC obligations met"),
        ("o SAC [já tem|não tem] {v}", "the SAC decree [has been given|has not been given] {v}"),
    ),
    "ticket.sac_answer_hours_left": _of(
        ("o prazo da resposta do SAC", "the time left to answer under the SAC decree"),
        (
            "a resposta do SAC [vence|não vence] em {n} (hora|horas)",
            "the SAC answer [is|is not] due in {n} (hour|hours)",
        ),
    ),
    "ticket.sac_history_hours_left": _of(
        ("o prazo do histórico do SAC", "the time left to deliver the history under the SAC decree"),
        (
            "o histórico do SAC [vence|não vence] em {n} (hora|horas)",
            "the SAC history [is|is not] due in {n} (hour|hours)",
        ),
    ),
    "signals": _of(
        ("o texto do chamado", "the ticket's text"),
        ("o texto [diz|não diz] {v}", "the text [says|does not say] {v}"),
    ),
    "customer.tier": _of(("o porte do cliente", "the customer's tier")),
    "customer.segment": _of(("o segmento do cliente", "the customer's segment")),
    "customer.plan": _of(("o plano do cliente", "the customer's plan")),
    "customer.lifecycle": _of(("a fase do cliente", "the customer's lifecycle stage")),
    "customer.mrr": _of(("a receita mensal", "the monthly revenue")),
    "customer.currency": _of(("a moeda do cliente", "the customer's currency")),
    "customer.seats": _of(
        ("quantos usuários o cliente contratou", "how many seats the customer has"),
        (
            "o cliente [tem|não tem] {n} (usuário contratado|usuários contratados)",
            "the customer [has|does not have] {n} (seat|seats)",
        ),
    ),
    "customer.seats_used": _of(
        ("quantos usuários estão ativos", "how many seats are in use"),
        (
            "o cliente [tem|não tem] {n} (usuário ativo|usuários ativos)",
            "the customer [uses|does not use] {n} (seat|seats)",
        ),
    ),
    "customer.seat_utilisation": _of(
        ("o uso dos usuários contratados", "the seat utilisation"),
        (
            "o uso dos usuários contratados [é|não é] {s}%",
            "the seat utilisation [is|is not] {s}%",
        ),
    ),
    "customer.days_to_renewal": _of(
        ("quanto falta para a renovação", "how far away the renewal is"),
        (
            "[|não ](falta|faltam) {n} (dia|dias) para a renovação",
            "the renewal [is|is not] {n} (day|days) away",
        ),
    ),
    "customer.tenure_days": _of(
        ("o tempo de casa do cliente", "how long the customer has been with us"),
        (
            "o cliente [está|não está] conosco há {n} (dia|dias)",
            "the customer [has|has not] been with us for {n} (day|days)",
        ),
    ),
    "customer.days_since_login": _of(
        ("a data do último acesso", "when the last login was"),
        ("o último acesso [foi|não foi] há {n} (dia|dias)", "the last login [was|was not] {n} (day|days) ago"),
    ),
    "customer.usage_change_pct": _of(
        ("a variação de uso", "the change in usage"),
        ("a variação de uso [é|não é] {m}%", "the change in usage [is|is not] {m}%"),
    ),
    "customer.nps": _of(("a nota NPS", "the NPS answer")),
    "customer.nps_class": _of(
        ("a classe NPS do cliente", "the customer's NPS class"),
        ("o cliente [é|não é] {v} no NPS", "the customer [is|is not] an NPS {v}"),
    ),
    "customer.days_since_nps": _of(
        ("quando o cliente respondeu ao NPS", "when the NPS survey was answered"),
        (
            "o NPS [foi|não foi] respondido há {n} (dia|dias)",
            "the NPS survey [was|was not] answered {n} (day|days) ago",
        ),
    ),
    "customer.nps_followed_up": _of(
        ("se a resposta do NPS foi tratada", "whether the NPS answer was followed up"),
        ("a resposta do NPS [foi|não foi] tratada", "the NPS answer [was|was not] followed up"),
    ),
    "customer.csat_avg": _of(("o CSAT médio", "the average CSAT")),
    "customer.ces": _of(("o esforço do cliente", "the customer effort score")),
    "customer.health": _of(("a saúde da conta", "the account's health")),
    "customer.open_tickets": _of(
        ("quantos chamados abertos o cliente tem", "how many open tickets the customer has"),
        (
            "o cliente [tem|não tem] {n} (chamado aberto|chamados abertos)",
            "the customer [has|does not have] {n} open (ticket|tickets)",
        ),
    ),
    "customer.tickets_30d": _of(
        ("quantos chamados o cliente abriu em 30 dias", "how many tickets the customer opened in 30 days"),
        (
            "o cliente [abriu|não abriu] {n} (chamado|chamados) em 30 dias",
            "the customer [opened|did not open] {n} (ticket|tickets) in 30 days",
        ),
    ),
    "customer.reopened_30d": _of(
        ("quantas reaberturas o cliente teve em 30 dias", "how many reopenings the customer had in 30 days"),
        (
            "o cliente [teve|não teve] {n} (reabertura|reaberturas) em 30 dias",
            "the customer [had|did not have] {n} (reopening|reopenings) in 30 days",
        ),
    ),
    "customer.severe_incidents_30d": _of(
        (
            "quantas falhas graves o cliente teve em 30 dias",
            "how many severe incidents the customer had in 30 days",
        ),
        (
            "o cliente [teve|não teve] {n} (falha grave|falhas graves) em 30 dias",
            "the customer [had|did not have] {n} severe (incident|incidents) in 30 days",
        ),
    ),
    "customer.how_to_30d": _of(
        (
            "quantas dúvidas de uso o cliente teve em 30 dias",
            "how many how-to questions the customer asked in 30 days",
        ),
        (
            "o cliente [teve|não teve] {n} (dúvida|dúvidas) de uso em 30 dias",
            "the customer [asked|did not ask] {n} how-to (question|questions) in 30 days",
        ),
    ),
    "customer.overdue_invoices": _of(
        ("quantas faturas vencidas o cliente tem", "how many overdue invoices the customer has"),
        (
            "o cliente [tem|não tem] {n} (fatura vencida|faturas vencidas)",
            "the customer [has|does not have] {n} overdue (invoice|invoices)",
        ),
    ),
    "customer.days_overdue": _of(
        ("o atraso do cliente", "how long the customer is overdue"),
        (
            "o cliente [está|não está] com {n} (dia|dias) de atraso",
            "the customer [is|is not] {n} (day|days) overdue",
        ),
    ),
    "customer.open_dispute": _of(
        ("se há contestação em aberto", "whether a charge is in dispute"),
        ("[há|não há] contestação em aberto", "[a|no] charge is in dispute"),
    ),
    "customer.cancellation": _of(
        ("a situação do cancelamento", "the state of the cancellation"),
        ("o cancelamento [está|não está] {v}", "the cancellation [is|is not] {v}"),
    ),
    "customer.days_since_cancellation": _of(
        ("quando o cliente cancelou", "when the customer cancelled"),
        (
            "o cliente [cancelou|não cancelou] há {n} (dia|dias)",
            "the customer [cancelled|did not cancel] {n} (day|days) ago",
        ),
    ),
    "customer.regulated_sector": _of(
        ("se o cliente é de setor regulado", "whether the customer is in a regulated sector"),
        ("o cliente [é|não é] de setor regulado", "the customer [is|is not] in a regulated sector"),
    ),
    "customer.opted_out": _of(
        ("se o cliente recusou ofertas", "whether the customer opted out of offers"),
        ("o cliente [recusou|não recusou] ofertas", "the customer [opted|did not opt] out of offers"),
    ),
    "customer.onboarding_pct": _of(
        ("o andamento da implantação", "how far the onboarding is"),
        ("a implantação [está|não está] {n}% concluída", "the onboarding [is|is not] {n}% done"),
    ),
    "customer.days_since_onboarding_progress": _of(
        ("quando a implantação avançou", "when the onboarding last moved"),
        (
            "a implantação [avançou|não avançou] há {n} (dia|dias)",
            "the onboarding [moved|did not move] {n} (day|days) ago",
        ),
    ),
    "customer.days_to_trial_end": _of(
        ("quanto falta para o fim do teste", "how far away the end of the trial is"),
        (
            "o teste [termina|não termina] em {n} (dia|dias)",
            "the trial [ends|does not end] in {n} (day|days)",
        ),
    ),
    "customer.touch_every_days": _of(
        ("a cadência de contato", "the contact cadence"),
        (
            "o plano [pede|não pede] um contato a cada {n} (dia|dias)",
            "the plan [asks|does not ask] for a contact every {n} (day|days)",
        ),
    ),
    "customer.days_since_last_contact": _of(
        ("quando foi o último contato", "when the last contact was"),
        ("o último contato [foi|não foi] há {n} (dia|dias)", "the last contact [was|was not] {n} (day|days) ago"),
    ),
    "customer.days_to_next_touch": _of(
        ("quanto falta para o próximo contato", "how far away the next contact is"),
        (
            "o próximo contato [é|não é] em {n} (dia|dias)",
            "the next contact [is|is not] {n} (day|days) away",
        ),
    ),
    "customer.outcome_progress": _of(
        ("o progresso do objetivo", "the progress towards the goal"),
        (
            "o progresso do objetivo [é|não é] {m}% do planejado",
            "the progress towards the goal [is|is not] {m}% of plan",
        ),
    ),
    "customer.persona": _of(("a persona", "the persona")),
    "customer.is_prospect": _of(
        ("se o cliente já comprou", "whether the customer has bought"),
        (
            "o cliente [ainda não|já] comprou",
            "the customer has [not bought yet|bought already]",
        ),
    ),
    "severity": _of(("a gravidade", "the severity")),
    "journey_stage": _of(("a etapa da jornada", "the journey stage")),
    "customer_job": _of(
        ("o que o cliente quer", "what the customer wants"),
        ("o cliente [quer|não quer] {v}", "the customer [wants|does not want] to {v}"),
    ),
    "horizon": _of(("o horizonte", "the horizon")),
    "touchpoint": _of(("o ponto de contato", "the touchpoint")),
    "decision.primary": _of(
        ("a área responsável", "the function in charge"),
        ("o trabalho [é|não é] de {v}", "the work [belongs|does not belong] to {v}"),
    ),
    "decision.functions": _of(
        ("as áreas envolvidas", "the functions involved"),
        ("o trabalho [envolve|não envolve] {v}", "the work [involves|does not involve] {v}"),
    ),
}

# collection -> head, unlike, and its fields as above
_ITEMS: Final[Mapping[str, tuple[Text, Text, Mapping[str, tuple[Text, Text | None]]]]] = {
    "subscriptions": (
        Text("o cliente [tem uma|não tem nenhuma] assinatura", "the customer has [a|no] subscription"),
        Text("diferente de uma", "unlike one"),
        {
            "product": _of(("o produto", "the product")),
            "plan": _of(("o plano", "the plan")),
            "status": _of(("a situação", "the status"), ("que [está|não está] {v}", "that [is|is not] {v}")),
            "seats": _of(
                ("o número de usuários", "the number of seats"),
                ("que [tem|não tem] {n} (usuário|usuários)", "that [has|does not have] {n} (seat|seats)"),
            ),
            "mrr": _of(("a receita mensal", "the monthly revenue")),
            "days_to_renewal": _of(
                ("a data de renovação", "the renewal date"),
                ("que [renova|não renova] em {n} (dia|dias)", "that [renews|does not renew] in {n} (day|days)"),
            ),
        },
    ),
    "open_tickets": (
        Text("o cliente [tem|não tem nenhum] outro chamado aberto", "the customer has [another|no other] open ticket"),
        Text("diferente de um", "unlike one"),
        {
            "signals": _of(
                ("o texto", "the text"),
                ("cujo texto [diz|não diz] {v}", "whose text [says|does not say] {v}"),
            ),
            "severity": _of(("a gravidade", "the severity")),
            "primary": _of(
                ("a área responsável", "the function in charge"),
                ("que [é|não é] trabalho de {v}", "that [belongs|does not belong] to {v}"),
            ),
            "age_hours": _of(
                ("a idade", "the age"),
                ("que [tem|não tem] {n} (hora|horas)", "that [is|is not] {n} (hour|hours) old"),
            ),
        },
    ),
    "invoices": (
        Text("o cliente [tem uma|não tem nenhuma] fatura", "the customer has [an|no] invoice"),
        Text("diferente de uma", "unlike one"),
        {
            "status": _of(("a situação", "the status"), ("que [está|não está] {v}", "that [is|is not] {v}")),
            "amount": _of(("o valor", "the amount")),
            "days_overdue": _of(
                ("o atraso", "the delay"),
                (
                    "que [está|não está] com {n} (dia|dias) de atraso",
                    "that [is|is not] {n} (day|days) overdue",
                ),
            ),
            "product": _of(("o produto", "the product")),
        },
    ),
    "contacts": (
        Text("o cliente [já recebeu uma|não recebeu nenhuma] oferta", "the customer was shown [an|no] offer"),
        Text("diferente de uma", "unlike one"),
        {
            "action": _of(("a ação", "the action")),
            "kind": _of(("o tipo", "the kind")),
            "days_ago": _of(
                ("a data", "the date"),
                ("que [foi|não foi] mostrada há {n} (dia|dias)", "that [was|was not] shown {n} (day|days) ago"),
            ),
            "outcome": _of(("o resultado", "the outcome"), ("que [foi|não foi] {v}", "that [was|was not] {v}")),
        },
    ),
    "promises": (
        Text("o cliente [tem uma|não tem nenhuma] promessa nossa", "the customer has [a|no] promise of ours"),
        Text("diferente de uma", "unlike one"),
        {
            "days_to_due": _of(
                ("o prazo", "the deadline"),
                ("que [vence|não vence] em {n} (dia|dias)", "that [is|is not] due in {n} (day|days)"),
            ),
            "kept": _of(
                ("se foi cumprida", "whether it was kept"),
                ("que [foi|não foi] cumprida", "that [was|was not] kept"),
            ),
        },
    ),
    "outcomes": (
        Text("o cliente [tem um|não tem nenhum] objetivo", "the customer has [a|no] goal"),
        Text("diferente de um", "unlike one"),
        {
            "status": _of(("a situação", "the status"), ("que [está|não está] {v}", "that [is|is not] {v}")),
            "days_to_target": _of(
                ("a data da meta", "the target date"),
                (
                    "cuja meta [está|não está] a {n} (dia|dias)",
                    "whose target [is|is not] {n} (day|days) away",
                ),
            ),
        },
    ),
}


def subject(noun: Text) -> Text:
    """Return an item's noun as the subject of a relative clause: the amount -> whose amount."""
    article, _, rest = noun.pt_br.partition(" ")
    return Text(f"{'cuja' if article == 'a' else 'cujo'} {rest}", f"whose {noun.en.removeprefix('the ')}")


def _wording(field: Field, written: tuple[Text, Text | None], *, relative: bool) -> Wording:
    noun, clause = written
    if clause is None:
        about = subject(noun) if relative else noun
        slot = "{m}" if field.type in NUMBERS else "{v}"
        clause = Text(f"{about.pt_br} [é|não é] {slot}", f"{about.en} [is|is not] {slot}")
    return Wording(noun, clause)


WORDING: Final[Mapping[str, Wording]] = MappingProxyType(
    {name: _wording(FIELDS[name], written, relative=False) for name, written in _MAIN.items()}
)
ITEM_WORDING: Final[Mapping[str, ItemWording]] = MappingProxyType(
    {
        name: ItemWording(
            head,
            unlike,
            MappingProxyType(
                {key: _wording(COLLECTIONS[name].fields[key], one, relative=True) for key, one in fields.items()}
            ),
        )
        for name, (head, unlike, fields) in _ITEMS.items()
    }
)
