"""The words in which an evaluation is told, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from rules.text import Locale, Text

WORDS: Final[Mapping[str, Text]] = {
    "title": Text("Avaliação das regras", "Evaluation of the rules"),
    "lead": Text(
        "O que as regras decidem sobre {count} chamados de {file}, comparado com o que pessoas anotaram.",
        "What the rules decide about {count} tickets of {file}, compared with what people labelled.",
    ),
    "nothing": Text(
        "Nenhuma linha pôde ser avaliada: corrija as linhas apontadas ou escolha outro arquivo.",
        "No row could be evaluated: mend the rows that are named, or choose another file.",
    ),
    "tickets": Text("Chamados", "Tickets"),
    "accuracy": Text("Acurácia", "Accuracy"),
    "macro_f1": Text("F1 macro", "Macro-F1"),
    "coverage": Text("Cobertura", "Coverage"),
    "coverage_means": Text(
        "chamados em que disparou uma regra que vota na área certa",
        "tickets in which a rule fired that votes for the right function",
    ),
    "triage": Text("Para triagem", "To be triaged"),
    "calibration_error": Text("Erro de calibração", "Calibration error"),
    "calibration_means": Text(
        "diferença média entre a certeza dita e a taxa de acerto, em {bins} faixas de mesma largura",
        "mean gap between the confidence told and the share that is right, over {bins} bins of equal width",
    ),
    "mean_cost": Text("Custo médio do erro", "Mean cost of errors"),
    "at_prior": Text("Com a mistura real de chamados", "With a realistic mix of tickets"),
    "prior": Text("Mistura suposta: {shares}", "Supposed mix: {shares}"),
    "function": Text("Área", "Function"),
    "precision": Text("Precisão", "Precision"),
    "precision_at_prior": Text("Precisão na mistura", "Precision in the mix"),
    "recall": Text("Revocação", "Recall"),
    "f1": Text("F1", "F1"),
    "by_function": Text("Por área", "By function"),
    "confusion": Text("Confusão", "Confusion"),
    "confusion_means": Text(
        "linhas: a área certa; colunas: a decidida", "rows: the right function; columns: the decided one"
    ),
    "expected": Text("Certa", "Expected"),
    "decided": Text("Decidida", "Decided"),
    "slices": Text("Por grupo", "By group"),
    "slice": Text("Grupo", "Group"),
    "rules": Text("Regras de classificação", "Classification rules"),
    "rule": Text("Regra", "Rule"),
    "stands_for": Text("Vota em", "Votes for"),
    "fired": Text("Disparos", "Fired"),
    "right": Text("Certos", "Right"),
    "misled": Text("Enganou", "Misled"),
    "rules_mean": Text(
        "certos: o chamado era da área em que a regra vota; enganou: o chamado foi por engano a essa área",
        "right: the ticket was the work of the function the rule votes for; misled: it went there wrongly",
    ),
    "in_shadow": Text("em experiência", "in shadow"),
    "silent": Text("Regras que não dispararam", "Rules that did not fire"),
    "errors": Text("Erros mais caros", "Dearest errors"),
    "no_errors": Text("Nenhum erro.", "No error."),
    "error": Text(
        "Linha {line}, chamado {id}: era {expected}, foi a {decided} (custo {cost}, {certainty} de certeza)",
        "Line {line}, ticket {id}: was {expected}, went to {decided} (cost {cost}, {certainty} sure)",
    ),
    "scores": Text("Votos", "Votes"),
    "signals": Text("Sinais", "Signals"),
    "fired_rules": Text("Regras que dispararam", "Rules that fired"),
    "none": Text("nenhum", "none"),
    "no_rules": Text("nenhuma", "none"),
    "needs_triage": Text("vai para triagem", "goes to triage"),
    "costs": Text("Custos supostos: {costs}", "Supposed costs: {costs}"),
    "collaborators": Text("Áreas que ajudam como esperado", "Collaborators as expected"),
    "first": Text("Primeira recomendação como esperado", "First recommendation as expected"),
    "shown": Text("Todas as recomendações esperadas mostradas", "Every expected recommendation shown"),
    "of": Text("{count} de {whole} ({share})", "{count} of {whole} ({share})"),
    "refused": Text(
        "Linhas que não puderam ser avaliadas e ficaram de fora: {count}.",
        "Rows that could not be evaluated and were left out: {count}.",
    ),
    "refused_line": Text("{file}:{line}: {problem}", "{file}:{line}: {problem}"),
    "floor": Text("F1 macro de {name}: {found}, mínimo {least}", "Macro-F1 of {name}: {found}, at least {least}"),
    "floor_all": Text("todos", "all"),
    "floor_none": Text("nenhum chamado", "no ticket"),
    "kept": Text("atingido", "kept"),
    "broken": Text("não atingido", "not reached"),
    "floors": Text("Mínimos", "Floors"),
    "reliability": Text("A certeza é honesta?", "Is the confidence honest?"),
    "reliability_means": Text(
        "Cada ponto reúne as decisões de uma faixa de certeza. Na diagonal, a certeza dita é a taxa de acerto.",
        "Each point gathers the decisions of one stretch of confidence. On the diagonal what is told is what is right.",
    ),
    "confidence": Text("Certeza", "Confidence"),
    "these_rules": Text("Estas regras", "These rules"),
    "by.language": Text("idioma", "language"),
    "by.source": Text("origem", "source"),
    "by.tier": Text("nível", "tier"),
    "right_share": Text("Acerto", "Right"),
    "stretch": Text("Faixa de certeza", "Stretch of confidence"),
    "report": Text("Relatório: {path}", "Report: {path}"),
    "made_with": Text("Feito com o Sidecue", "Made with Sidecue"),
    "rulebook": Text("Regras", "Rulebook"),
}


def said(key: str, locale: Locale, **slots: object) -> str:
    """Return one of the words, with its slots filled."""
    text = WORDS[key].read(locale)
    return text.format(**slots) if slots else text
