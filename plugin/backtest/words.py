"""The words in which a backtest is told, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from rules.text import Locale, Text

WORDS: Final[Mapping[str, Text]] = {
    "title": Text("Teste com o histórico", "Backtest"),
    "lead": Text(
        "O que as regras “{after}” teriam decidido sobre chamados já decididos, em comparação com “{before}”.",
        "What the rules “{after}” would have decided about tickets of the past, compared with “{before}”.",
    ),
    "as_then": Text(
        "Cada chamado conta uma vez, com a última decisão do período, os fatos, o relógio e as taxas de aceitação "
        "daquele momento. Nada do que se soube depois foi usado.",
        "Each ticket counts once, with its last decision of the period and the facts, the clock and the acceptance "
        "rates of that moment. Nothing that was learned later was used.",
    ),
    "read_same": Text(
        "As duas versões leem os textos do mesmo modo: valem os sinais lidos na época.",
        "Both read texts alike: the signals are as they were read then.",
    ),
    "read_again": Text(
        "As duas versões leem textos de modo diferente: {count} conversas foram lidas de novo por ambas, só com o que "
        "o cliente já havia escrito.",
        "The two read texts differently: {count} conversations were read again by both, with no more than the customer "
        "had written by then.",
    ),
    "unread": Text(
        "Atenção: os sinais de {count} chamados são os lidos na época, porque os textos não estão à mão. Mudanças nas "
        "frases dos sinais não aparecem neles.",
        "Mind: the signals of {count} tickets are those read then, because their texts are not at hand. Changes to the "
        "phrases of signals do not show in them.",
    ),
    "guessed": Text(
        "Em {count} decisões antigas não se guardou a taxa de aceitação do que não foi mostrado: conta como nunca "
        "mostrado.",
        "{count} old decisions do not hold the acceptance rates of what was not shown: it counts as never shown.",
    ),
    "screened": Text(
        "{decided} chamados foram decididos pelas duas versões; para os outros {same} está provado que nada muda.",
        "{decided} tickets were decided by both; for the other {same} it is proved that nothing changes.",
    ),
    "same_rules": Text("As duas versões são iguais.", "The two are the same rulebook."),
    "nothing": Text("Nenhuma decisão muda.", "No decision changes."),
    "no_cases": Text(
        "Não há decisões neste histórico: escolha outro período ou outro arquivo.",
        "There are no decisions in this history: choose another period or another file.",
    ),
    "before": Text("Antes", "Before"),
    "after": Text("Depois", "After"),
    "change": Text("Diferença", "Change"),
    "tickets": Text("Chamados", "Tickets"),
    "ticket": Text("Chamado", "Ticket"),
    "changed": Text("Decisões que mudam", "Decisions that change"),
    "period": Text("Período", "Period"),
    "of_tickets": Text("{count} de {whole} chamados ({share})", "{count} of {whole} tickets ({share})"),
    "budgets": Text("Limites", "Budgets"),
    "budget": Text("Limite", "Budget"),
    "used": Text("Usado", "Used"),
    "allowed": Text("Permitido", "Allowed"),
    "kept": Text("dentro do limite", "kept"),
    "broken": Text("limite ultrapassado", "over budget"),
    "what_changes": Text("O que muda", "What changes"),
    "aspect": Text("Aspecto", "Aspect"),
    "aspect.primary": Text("Área responsável", "Whose work it is"),
    "aspect.collaborators": Text("Áreas que ajudam", "Who helps"),
    "aspect.triage": Text("Precisa de triagem", "Needs triage"),
    "aspect.confidence": Text("Certeza", "Confidence"),
    "aspect.derived": Text("O que se deduz", "What is derived"),
    "aspect.added": Text("Recomendação nova", "Recommendation added"),
    "aspect.removed": Text("Recomendação retirada", "Recommendation removed"),
    "aspect.reranked": Text("Outra ordem", "Another order"),
    "aspect.task": Text("Outro prazo ou responsável", "Another due time or owner"),
    "aspect.held": Text("O que fica retido", "What is held back"),
    "aspect.wording": Text("Só outras palavras", "Other words"),
    "aspect.trace": Text("Outras regras disparam", "Other rules fire"),
    "measure.guardrail.released": Text("Liberado por um guardrail", "Released by a guardrail"),
    "measure.guardrail.caught": Text("Retido por um guardrail", "Caught by a guardrail"),
    "silent": Text("não muda nenhuma decisão", "changes no decision"),
    "by_function": Text("Trabalho por área", "Work by function"),
    "function": Text("Área", "Function"),
    "along": Text("Ajuda em", "Helps with"),
    "recommendations": Text("Recomendações", "Recommendations"),
    "due_in_a_day": Text("Para 24 horas", "Due in 24 hours"),
    "mean_due_hours": Text("Prazo médio (horas)", "Mean due time (hours)"),
    "besides": Text("Além disso", "Besides"),
    "to_triage": Text("Para triagem", "To be triaged"),
    "fallbacks": Text("Só o procedimento padrão", "Standard procedure only"),
    "moved": Text("Chamados que mudam de área", "Tickets that change hands"),
    "actions": Text("Recomendações por ação", "Recommendations by action"),
    "action": Text("Ação", "Action"),
    "added": Text("Novas", "Added"),
    "removed": Text("Retiradas", "Removed"),
    "reranked": Text("Reordenadas", "Re-ranked"),
    "guardrails": Text("Guardrails", "Guardrails"),
    "guardrail": Text("Guardrail", "Guardrail"),
    "held_back": Text("Recomendações retidas", "Recommendations held back"),
    "released": Text("Liberadas", "Released"),
    "caught": Text("Agora retidas", "Now caught"),
    "rules": Text("Regras", "Rules"),
    "rule": Text("Regra", "Rule"),
    "version": Text("Versão", "Version"),
    "fired_before": Text("Disparou antes", "Fired before"),
    "fired_after": Text("Dispara depois", "Fires after"),
    "shown_before": Text("Mostrada antes", "Shown before"),
    "shown_after": Text("Mostrada depois", "Shown after"),
    "in_shadow": Text("{count} em experiência", "{count} in shadow"),
    "not_there": Text("não existe", "not there"),
    "other_rules": Text("As outras {count} regras contam o mesmo", "The other {count} rules count the same"),
    "never_fired": Text("Regras que nunca disparam neste histórico", "Rules that never fire on this history"),
    "never_shown": Text("Regras que disparam e nunca são mostradas", "Rules that fire and are never shown"),
    "mostly": Text("{times} vezes: {stage} ({by})", "{times} times: {stage} ({by})"),
    "list": Text("Chamados que mudam", "Tickets that change"),
    "days": Text("Chamados por dia, e quantos mudam", "Tickets by day, and how many change"),
    "as_table": Text("Os mesmos números em tabela", "The same figures as a table"),
    "certainty": Text("{share} de certeza", "{share} sure"),
    "more": Text(
        "Mais {count} chamados mudam; a lista completa está em --format json.",
        "{count} more tickets change; the whole list is in --format json.",
    ),
    "why": Text("Por quê", "Why"),
    "shown": Text("Mostrado", "Shown"),
    "held": Text("Retido", "Held back"),
    "none": Text("nada", "nothing"),
    "due": Text("em {hours} h", "in {hours} h"),
    "made_with": Text("Feito com o Sidecue", "Made with Sidecue"),
    "report": Text("Relatório: {path}", "Report: {path}"),
    "because.signal_read": Text("agora se lê o sinal “{subject}”", "the signal “{subject}” is read now"),
    "because.signal_not_read": Text("não se lê mais o sinal “{subject}”", "the signal “{subject}” is read no more"),
    "because.rule_added": Text("a regra nova “{subject}” dispara", "the new rule “{subject}” fires"),
    "because.rule_removed": Text("a regra “{subject}” não existe mais", "the rule “{subject}” is gone"),
    "because.fires_now": Text("a regra “{subject}” passa a disparar", "the rule “{subject}” fires now"),
    "because.fires_no_more": Text("a regra “{subject}” deixa de disparar", "the rule “{subject}” fires no more"),
    "because.goes_live": Text("a regra “{subject}” sai da experiência", "the rule “{subject}” leaves the shadow"),
    "because.goes_quiet": Text("a regra “{subject}” passa à experiência", "the rule “{subject}” goes into shadow"),
    "because.then_changed": Text(
        "a regra “{subject}” dispara e diz outra coisa", "the rule “{subject}” fires and says something else"
    ),
    "because.action_changed": Text("a ação “{subject}” mudou", "the action “{subject}” changed"),
    "because.calibration_changed": Text("a calibração da certeza mudou", "the calibration of confidence changed"),
}


def said(key: str, locale: Locale, **slots: object) -> str:
    """Return one of the words, with its slots filled."""
    text = WORDS[key].read(locale)
    return text.format(**slots) if slots else text
