"""Findings of the solver: what no facts can meet, what never has an effect, and holes in the guardrails."""

from __future__ import annotations

from typing import Final

from rules.loader.catalogue.entry import Entry, error, warning

PROOF: Final[dict[str, Entry]] = {
    "proof.contradictory": error(
        ("Nenhum fato pode atender ao `when` de {rule}.", "No facts can meet the `when` of {rule}."),
        (
            "As condições se excluem; a regra nunca fará nada.",
            "The conditions exclude each other; the rule will never do anything.",
        ),
        (
            "Corrija a condição que exclui as outras, ou apague a regra.",
            "Correct the condition that excludes the others, or delete the rule.",
        ),
    ),
    "proof.unreachable_branch": error(
        ("Nenhum fato pode entrar neste ramo do `any`.", "No facts can meet this branch of the `any`."),
        (
            "Com o resto da condição ele se exclui; ninguém jamais chega a ele.",
            "The rest of the condition excludes it; nobody will ever reach it.",
        ),
        ("Corrija o ramo, ou apague-o.", "Correct the branch, or delete it."),
    ),
    "proof.never_fires": warning(
        ("A regra {rule} nunca dispara neste conjunto.", "The rule {rule} never fires in this rulebook."),
        (
            "O que as outras regras derivam e decidem nunca atende ao seu `when`.",
            "What the other rules derive and decide never meets its `when`.",
        ),
        (
            "Veja que campo derivado ou decidido ela espera, e que regra o daria.",
            "Look which derived or decided field it waits for, and which rule would give it.",
        ),
    ),
    "proof.not_applicable": warning(
        (
            "A regra {rule} nunca dispara onde a ação {action} se aplica.",
            "The rule {rule} never fires where the action {action} applies.",
        ),
        (
            "O `when` da regra e o `needs` da ação se excluem.",
            "The rule's `when` and the action's `needs` exclude each other.",
        ),
        ("Corrija um dos dois, ou recomende outra ação.", "Correct one of the two, or recommend another action."),
    ),
    "proof.held_back": warning(
        (
            "Sempre que a regra {rule} dispara, um guardrail detém a ação {action}.",
            "Whenever the rule {rule} fires, a guardrail holds the action {action} back.",
        ),
        ("O agente nunca verá o que ela recomenda.", "No agent will ever see what it recommends."),
        (
            "Recomende fora do que o guardrail cobre, ou apague a regra.",
            "Recommend outside what the guardrail covers, or delete the rule.",
        ),
    ),
    "proof.shadowed": warning(
        (
            "A regra {rule} só dispara quando {by} dispara, que traz o mesmo.",
            "The rule {rule} only fires when {by} fires, which brings the same about.",
        ),
        ("Sem ela nada seria decidido de outro modo.", "Without it nothing would be decided otherwise."),
        ("Apague-a, ou diga nela o que {by} não diz.", "Delete it, or let it say what {by} does not."),
    ),
    "proof.hole": error(
        ("Não vale que “{statement}” ({subject}).", "It does not hold that “{statement}” ({subject})."),
        ("Estes fatos mostram: {given}.", "These facts show it: {given}."),
        (
            "Feche o furo na regra que devia ter detido isto; `rules prove --write-examples DIR` dá um exemplo.",
            "Close it in the rule that should have held this back; `rules prove --write-examples DIR` says how.",
        ),
    ),
    "proof.undecided": error(
        ("O solver não respondeu a tempo.", "The solver gave no answer in time."),
        ("Não saber não é provar: {reason}.", "Not knowing is not proving: {reason}."),
        (
            "Rode `sidecue rules prove --timeout` com mais tempo, ou simplifique as regras.",
            "Run `sidecue rules prove --timeout` with more time, or make the rules simpler.",
        ),
    ),
}
