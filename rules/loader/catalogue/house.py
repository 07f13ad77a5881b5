"""Findings of the house rules: examples, reach, and what nobody uses."""

from __future__ import annotations

from typing import Final

from rules.loader.catalogue.entry import Entry, error, warning

HOUSE: Final[dict[str, Entry]] = {
    "example.side_missing": error(
        ("Não há exemplo com expect: {side}.", "There is no example with expect: {side}."),
        (
            "Uma regra prova com exemplos quando vale e quando não vale.",
            "A rule proves by examples when it holds and when it does not.",
        ),
        ("Acrescente um exemplo com expect: {side}.", "Add an example with expect: {side}."),
    ),
    "example.same_name": error(
        ("Outro exemplo desta regra já se chama {name}.", "Another example of this rule is already called {name}."),
        ("Num relatório não se saberia qual falhou.", "A report could not say which one failed."),
        ("Dê outro nome.", "Give it another name."),
    ),
    "example.failed": error(
        (
            "O exemplo {name} espera {expected} e deu {actual}.",
            "The example {name} expects {expected} and came out {actual}.",
        ),
        ("Decidiu: {leaves}.", "What decided: {leaves}."),
        (
            "Corrija `when`, os fatos do exemplo ou o que ele espera.",
            "Correct `when`, the facts of the example, or what it expects.",
        ),
    ),
    "example.disagreement": error(
        (
            "Os dois avaliadores discordam no exemplo {name}.",
            "The two evaluators disagree on the example {name}.",
        ),
        (
            "O motor diz {engine}, a referência diz {reference}: é um defeito do produto.",
            "The engine says {engine}, the reference says {reference}: that is a defect of the product.",
        ),
        (
            "Escreva a condição de outra forma e avise os mantenedores com este arquivo.",
            "Write the condition in another way, and send the maintainers this file.",
        ),
    ),
    "example.facts": error(
        ("Os fatos do exemplo não cabem: {problem}.", "The facts of the example do not fit: {problem}."),
        ("Nenhum chamado real teria esses fatos.", "No real ticket could have these facts."),
        ("Corrija `given`.", "Correct `given`."),
    ),
    "example.branch_unmet": error(
        (
            "Nenhum exemplo com expect: match entra neste ramo do `any`.",
            "No example with expect: match meets this branch of the `any`.",
        ),
        (
            "Talvez o ramo nunca seja alcançado; ninguém provou que é.",
            "The branch may never be reached; nobody has proved that it is.",
        ),
        (
            "Acrescente um exemplo que só este ramo torna verdadeiro, ou apague o ramo.",
            "Add an example that this branch alone makes true, or delete the branch.",
        ),
    ),
    "example.branch_idle": error(
        (
            "Em todo exemplo que entra neste ramo do `any`, outro ramo já bastava.",
            "In every example that meets this branch of the `any`, another branch was enough.",
        ),
        (
            "Se outro ramo sempre basta, este não muda nada.",
            "If another branch is always enough, this one changes nothing.",
        ),
        (
            "Acrescente um exemplo que só este ramo torna verdadeiro, ou apague o ramo.",
            "Add an example that this branch alone makes true, or delete the branch.",
        ),
    ),
    "signal.side_missing": error(
        (
            "Não há exemplo {side} em {language}.",
            "There is no {side} example in {language}.",
        ),
        (
            "Um sinal prova nas duas línguas o que acha e o que não confunde.",
            "A signal proves in both languages what it finds and what it does not mistake.",
        ),
        (
            "Acrescente um texto em examples.{language}.{side}.",
            "Add a text under examples.{language}.{side}.",
        ),
    ),
    "signal.not_found": error(
        ("O sinal {signal} não é achado neste texto.", "The signal {signal} is not found in this text."),
        ("Ele está entre os exemplos que devem ser achados.", "It is among the examples that must be found."),
        (
            "Acrescente uma expressão em phrases.{language}, ou mude o exemplo.",
            "Add a phrase under phrases.{language}, or change the example.",
        ),
    ),
    "signal.found": error(
        ("O sinal {signal} é achado neste texto.", "The signal {signal} is found in this text."),
        (
            "Ele está entre os exemplos que não devem ser achados; pegou a expressão {phrase}.",
            "It is among the examples that must not be found; the phrase {phrase} met it.",
        ),
        (
            "Estreite a expressão ou acrescente uma em not_when.{language}.",
            "Narrow the phrase, or add one under not_when.{language}.",
        ),
    ),
    "signal.not_defined": error(
        ("Nenhum pacote define o sinal {signal}.", "No pack defines the signal {signal}."),
        ("O campo {field} conta os chamados com ele.", "The field {field} counts the tickets that have it."),
        ("Crie signals/{signal}.yml.", "Create signals/{signal}.yml."),
    ),
    "signal.unread": warning(
        ("Nenhuma regra lê o sinal {signal}.", "No rule reads the signal {signal}."),
        ("Ele é procurado em cada chamado, sem efeito.", "It is looked for in every ticket, without effect."),
        ("Use-o numa regra ou apague o arquivo.", "Use it in a rule, or delete the file."),
    ),
    "action.unused": warning(
        ("Nenhuma regra recomenda a ação {action}.", "No rule recommends the action {action}."),
        ("Nenhum atendente vai vê-la.", "No agent will ever see it."),
        (
            "Escreva uma regra que a recomende ou apague o arquivo.",
            "Write a rule that recommends it, or delete the file.",
        ),
    ),
    "engine.refused": error(
        ("O motor não aceita esta condição: {problem}.", "The engine does not take this condition: {problem}."),
        ("A regra nunca seria avaliada.", "The rule would never be evaluated."),
        ("Divida-a em duas regras ou simplifique os `any`.", "Split it into two rules, or simplify its `any` parts."),
    ),
}
