"""Findings about example files: what a whole rulebook is expected to make of a situation."""

from __future__ import annotations

from typing import Final

from rules.loader.catalogue.entry import Entry, error

_NEVER_TRUE: Final = (
    "O exemplo esperaria algo que nenhuma decisão pode ter.",
    "The example would expect what no decision can have.",
)

EXAMPLES: Final[dict[str, Entry]] = {
    "example.signals_twice": error(
        ("O exemplo dá um texto e também sinais.", "The example gives a text, and signals as well."),
        (
            "Os sinais são lidos no texto; os escritos à parte o contradiriam sem que se visse.",
            "The signals are read in the text; those written beside it would contradict it unseen.",
        ),
        ("Apague `given.signals` ou o `text`.", "Delete `given.signals`, or the `text`."),
    ),
    "example.language_alone": error(
        ("Há uma língua e nenhum texto.", "There is a language and no text."),
        ("A língua diz como ler o `text`.", "The language says how to read the `text`."),
        (
            "Acrescente `text`; a língua do chamado é given.ticket.language.",
            "Add `text`; the language of the ticket is given.ticket.language.",
        ),
    ),
    "example.expects_nothing": error(
        ("O exemplo não espera nada.", "The example expects nothing."),
        ("Ele passaria com qualquer regra.", "It would pass with any rules."),
        (
            "Escreva primary, collaborators, shows, hides, fires ou silent.",
            "Write primary, collaborators, shows, hides, fires or silent.",
        ),
    ),
    "example.both": error(
        ("{id} já está em {wanted}.", "{id} is already under {wanted}."),
        ("As duas coisas nunca valem juntas.", "The two never hold together."),
        ("Apague um dos dois.", "Delete one of the two."),
    ),
    "example.unknown_rule": error(
        ("Não existe a regra {id}.", "There is no rule {id}."),
        _NEVER_TRUE,
        ("Escreva o id de uma regra, como em `rules list`.", "Write the id of a rule, as in `rules list`."),
    ),
    "example.unknown_rule_near": error(
        ("Não existe a regra {id}.", "There is no rule {id}."),
        _NEVER_TRUE,
        ("Você quis dizer {near}?", "Did you mean {near}?"),
    ),
    "example.unknown_action": error(
        ("Não existe a ação {id}.", "There is no action {id}."),
        _NEVER_TRUE,
        ("Escreva o id de um arquivo de actions/.", "Write the id of a file under actions/."),
    ),
    "example.unknown_action_near": error(
        ("Não existe a ação {id}.", "There is no action {id}."),
        _NEVER_TRUE,
        ("Você quis dizer {near}?", "Did you mean {near}?"),
    ),
}
