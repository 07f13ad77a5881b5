"""The words in which a fit is told, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from rules.text import Locale, Text

WORDS: Final[Mapping[str, Text]] = {
    "missing": Text(
        "este comando precisa de numpy e scipy; instale com: pip install 'sidecue[fit]' (falta {name})",
        "this command needs numpy and scipy; install them with: pip install 'sidecue[fit]' ({name} is missing)",
    ),
    "shipped": Text(
        "{path} pertence ao programa instalado e a próxima atualização apagaria a mudança; dê uma pasta de pacotes sua",
        "{path} belongs to the installed program and the next update would undo the change; give packs of your own",
    ),
    "too_few": Text(
        "não há chamados bastantes: são {count}, e é preciso deixar uma parte de fora; dê ao menos {least}",
        "there are too few tickets: {count}, and some have to be left out; give at least {least}",
    ),
    "one_sided": Text(
        "todas as decisões saíram {outcome}: a certeza só se mede onde há acertos e erros; dê mais chamados",
        "all decisions came out {outcome}: confidence can only be measured where some are right and some wrong; give "
        "more tickets",
    ),
    "not_all": Text(
        "{file}: {why}; nem todos os arquivos foram gravados: confira a pasta e execute de novo",
        "{file}: {why}; not every file was written: mend the folder and run it again",
    ),
    "unwritten": Text(
        "{file}: {why}; nada foi gravado: confira a pasta e execute de novo",
        "{file}: {why}; nothing was written: mend the folder and run it again",
    ),
    "right_ones": Text("certas", "right"),
    "wrong_ones": Text("erradas", "wrong"),
    "lead": Text("{count} chamados rotulados de {file}", "{count} labelled tickets of {file}"),
    "left_out.source": Text(
        "Cada número vem de chamados de uma origem que ficou fora do ajuste ({folds} origens, uma de cada vez).",
        "Every figure is of tickets whose source was left out of the fit ({folds} sources, one at a time).",
    ),
    "left_out.part": Text(
        "Cada número vem de chamados que ficaram fora do ajuste ({folds} partes, uma de cada vez). As linhas não dizem "
        "de onde vêm; com “source” o teste é mais duro e mais honesto.",
        "Every figure is of tickets that were left out of the fit ({folds} parts, one at a time). The rows do not say "
        "where they come from; with a “source” the trial is harder and more honest.",
    ),
    "before": Text("Antes", "Before"),
    "after": Text("Depois", "After"),
    "accuracy": Text("Acurácia", "Accuracy"),
    "macro_f1": Text("F1 macro", "Macro-F1"),
    "tickets": Text("Chamados", "Tickets"),
    "source": Text("Origem fora", "Source left out"),
    "part": Text("Parte fora", "Part left out"),
    "no_source": Text("(sem origem)", "(no source)"),
    "whole": Text("Tudo", "All"),
    "moved": Text(
        "{mended} chamados passam a ser decididos certo, {broken} deixam de ser.",
        "{mended} tickets come to be decided rightly, {broken} no longer are.",
    ),
    "votes": Text("Votos propostos", "Proposed votes"),
    "rule": Text("Regra", "Rule"),
    "function": Text("Área", "Function"),
    "fired": Text("Disparos", "Fired"),
    "few": Text(
        "Com menos de {fewest} disparos, estas regras ficam como estão: {rules}",
        "With fewer than {fewest} firings these rules stay as they are: {rules}",
    ),
    "nothing": Text(
        "Nenhuma mudança de votos muda uma decisão para melhor: nada a propor.",
        "No change of votes changes a decision for the better: there is nothing to propose.",
    ),
    "does_not_help": Text(
        "Fora do ajuste os votos novos não ajudam: nada é proposto.",
        "Outside of the fit the new votes do not help: nothing is proposed.",
    ),
    "spoils": Text(
        "Com os votos novos, `rules check` acharia erros: nada é proposto.",
        "With the new votes `rules check` would find errors: nothing is proposed.",
    ),
    "written": Text("{path}: gravado", "{path}: written"),
    "accept": Text(
        "Nada foi gravado. Leia o diff; --write o aplica.", "Nothing was written. Read the diff; --write applies it."
    ),
    "calibration": Text("Calibração da certeza", "Calibration of confidence"),
    "calibration_lead": Text(
        "Quão honesta é a certeza em {count} chamados rotulados de {file}, {right} deles decididos certo.",
        "How honest confidence is on {count} labelled tickets of {file}, {right} of them decided rightly.",
    ),
    "at_prior": Text("Com a mistura {shares}.", "In the mix {shares}."),
    "calibration_error": Text("Erro de calibração", "Calibration error"),
    "calibration_means": Text(
        "diferença média entre a certeza dita e a taxa de acerto, em {bins} faixas de mesma largura",
        "mean gap between the confidence told and the share that is right, over {bins} bins of equal width",
    ),
    "log_loss": Text("Perda logarítmica", "Log loss"),
    "brier": Text("Escore de Brier", "Brier score"),
    "figure": Text("Número", "Figure"),
    "intercept": Text("Intercepto", "Intercept"),
    "margin": Text("Margem", "Margin"),
    "strength": Text("Força", "Strength"),
    "numbers": Text("Os três números", "The three numbers"),
    "formula": Text(
        "certeza = 1 / (1 + exp(−(intercepto + margem · (maior − segundo) + força · maior)))",  # noqa: RUF001 - a minus sign
        "confidence = 1 / (1 + exp(−(intercept + margin · (top − second) + strength · top)))",  # noqa: RUF001 - the same
    ),
    "no_better": Text(
        "A calibração em vigor explica estes chamados tão bem quanto: nada é proposto.",
        "The calibration in force explains these tickets as well: nothing is proposed.",
    ),
    "reliability_means": Text(
        "Cada ponto reúne as decisões de uma faixa de certeza. Na diagonal, a certeza dita é a taxa de acerto.",
        "Each point gathers the decisions of one stretch of confidence. On the diagonal what is told is what is right.",
    ),
    "confidence": Text("Certeza", "Confidence"),
    "stretch": Text("Faixa de certeza", "Stretch of confidence"),
    "right_share": Text("Acerto", "Right"),
    "report": Text("Relatório: {path}", "Report: {path}"),
    "made_with": Text("Feito com o Sidecue", "Made with Sidecue"),
}


def said(key: str, locale: Locale, **slots: object) -> str:
    """Return one of the words, with its slots filled."""
    text = WORDS[key].read(locale)
    return text.format(**slots) if slots else text
