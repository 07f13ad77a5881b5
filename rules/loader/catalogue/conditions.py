"""Findings about `when`, `needs`, `where` and the facts of an example."""

from __future__ import annotations

from typing import Final

from rules.loader.catalogue.entry import Entry, error

_CLOSED: Final = (
    "Uma regra só lê campos do vocabulário.",
    "A rule reads fields of the vocabulary only.",
)

CONDITIONS: Final[dict[str, Entry]] = {
    "condition.shape": error(
        ("Isto não é uma condição, e sim {got}.", "This is no condition but {got}."),
        (
            "Uma condição é `campo: teste`, ou all, any, not, exists, none.",
            "A condition is `field: test`, or all, any, not, exists, none.",
        ),
        (
            "Escreva por exemplo customer.tier: {{in: [key, enterprise]}}.",
            "Write for example customer.tier: {{in: [key, enterprise]}}.",
        ),
    ),
    "condition.several": error(
        ("Há {count} perguntas num só item ({keys}).", "There are {count} questions in one item ({keys})."),
        (
            "Não se veria se valem todas ou qualquer uma.",
            "Nobody could see whether all of them count or any of them.",
        ),
        ("Ponha cada uma num item de `all` ou de `any`.", "Put each into an item of `all` or of `any`."),
    ),
    "condition.empty": error(
        ("{word} está vazio.", "{word} is empty."),
        ("Uma condição vazia valeria sempre ou nunca.", "An empty condition would hold always or never."),
        ("Acrescente uma condição ou apague {word}.", "Add a condition, or delete {word}."),
    ),
    "condition.unknown_field": error(
        ("Não existe o campo {field}.", "There is no field {field}."),
        _CLOSED,
        ("Use um destes: {names}.", "Use one of: {names}."),
    ),
    "condition.unknown_field_near": error(
        ("Não existe o campo {field}.", "There is no field {field}."),
        _CLOSED,
        ("Você quis dizer {near}?", "Did you mean {near}?"),
    ),
    "condition.unknown_collection": error(
        ("Não existe a coleção {field}.", "There is no collection {field}."),
        _CLOSED,
        ("Use uma destas: {names}.", "Use one of: {names}."),
    ),
    "condition.collection_as_field": error(
        ("{field} é uma coleção, não um campo.", "{field} is a collection, not a field."),
        ("De uma coleção se pergunta se há um item que …", "A collection is asked whether there is an item that …"),
        (
            "Escreva exists: {{in: {field}, where: …}} ou none: {{in: {field}, where: …}}.",
            "Write exists: {{in: {field}, where: …}} or none: {{in: {field}, where: …}}.",
        ),
    ),
    "condition.nested_collection": error(
        ("Há uma coleção dentro de outra.", "There is a collection inside a collection."),
        ("`where` pergunta só aos campos do item.", "`where` asks only the fields of the item."),
        ("Ponha-a ao lado, num item de `all`.", "Put it beside, in an item of `all`."),
    ),
    "condition.unknown_op": error(
        ("Não existe o teste {op}.", "There is no test {op}."),
        ("{field} contém {type}.", "{field} holds {type}."),
        ("Use um destes: {allowed}.", "Use one of: {allowed}."),
    ),
    "condition.unknown_op_near": error(
        ("Não existe o teste {op}.", "There is no test {op}."),
        ("{field} contém {type}; os testes são {allowed}.", "{field} holds {type}; the tests are {allowed}."),
        ("Você quis dizer {near}?", "Did you mean {near}?"),
    ),
    "condition.op_unfit": error(
        ("O teste {op} não serve para {field}.", "The test {op} does not fit {field}."),
        ("{field} contém {type}.", "{field} holds {type}."),
        ("Use um destes: {allowed}.", "Use one of: {allowed}."),
    ),
    "condition.test_missing": error(
        ("Falta o teste de {field}.", "The test of {field} is missing."),
        ("{field} contém {type}.", "{field} holds {type}."),
        ("Escreva por exemplo {field}: {{{sample}}}.", "Write for example {field}: {{{sample}}}."),
    ),
    "condition.value_unfit": error(
        ("{value} não cabe em {field}.", "{value} does not fit {field}."),
        ("Nunca há um valor assim ali.", "No such value is ever there."),
        ("Escreva {expected}.", "Write {expected}."),
    ),
    "condition.value_unfit_near": error(
        ("{value} não cabe em {field}.", "{value} does not fit {field}."),
        ("Ali cabe {expected}.", "What fits there: {expected}."),
        ("Você quis dizer {near}?", "Did you mean {near}?"),
    ),
    "condition.list_needed": error(
        ("O teste {op} pede uma lista.", "The test {op} needs a list."),
        ("Ele compara com vários valores.", "It compares with several values."),
        ("Escreva {op}: [valor, valor].", "Write {op}: [value, value]."),
    ),
    "condition.between": error(
        ("between pede dois números, o menor primeiro.", "between needs two numbers, the lower first."),
        ("De {low} a {high} não há nada.", "There is nothing from {low} to {high}."),
        ("Escreva between: [menor, maior].", "Write between: [lower, higher]."),
    ),
    "condition.same_as_item": error(
        ("same_as aponta para {field}, um campo de itens.", "same_as points at {field}, a field of items."),
        (
            "Um item se compara com o chamado ou o cliente; entre duas coleções não se saberia de qual item se fala.",
            "An item is compared with the ticket or the customer; between two collections nobody could say which item.",
        ),
        (
            "Escreva um campo do chamado ou do cliente, como {near}.",
            "Write a field of the ticket or the customer, such as {near}.",
        ),
    ),
    "condition.same_as_unknown": error(
        ("same_as aponta para {field}, que não existe.", "same_as points at {field}, which does not exist."),
        _CLOSED,
        (
            "Escreva o nome de um campo do chamado ou do cliente, como {near}.",
            "Write the name of a field of the ticket or customer, such as {near}.",
        ),
    ),
    "condition.same_as_unfit": error(
        ("{field} e {other} não se comparam.", "{field} and {other} cannot be compared."),
        ("{reason}", "{reason}"),
        ("Compare com um campo do mesmo tipo.", "Compare with a field of the same type."),
    ),
    "condition.too_early": error(
        ("{field} ainda não se sabe aqui.", "{field} is not known yet here."),
        (
            "Ele só é decidido depois das regras {kind}.",
            "It is decided only after the {kind} rules.",
        ),
        (
            "Leia-o em regras recommendation ou guardrail; aqui leia os sinais e campos que o causam.",
            "Read it in recommendation or guardrail rules; here read the signals and fields that cause it.",
        ),
    ),
    "condition.too_deep": error(
        ("A condição tem mais de {limit} níveis.", "The condition has more than {limit} levels."),
        ("Ninguém a leria em voz alta.", "Nobody could read it aloud."),
        ("Divida-a em duas regras ou derive um campo.", "Split it into two rules, or derive a field."),
    ),
    "condition.too_large": error(
        (
            "A condição faz {count} perguntas; o limite é {limit}.",
            "The condition asks {count} questions; the limit is {limit}.",
        ),
        ("O motor e o leitor têm limite.", "The engine has a limit, and so has the reader."),
        ("Divida-a em duas regras ou derive um campo.", "Split it into two rules, or derive a field."),
    ),
    "condition.part_missing": error(
        ("{word} precisa de `in` e de `where`.", "{word} needs `in` and `where`."),
        ("Sem eles não se sabe o que procurar onde.", "Without them nobody knows what to look for where."),
        (
            "Escreva {word}: {{in: subscriptions, where: {{status: active}}}}.",
            "Write {word}: {{in: subscriptions, where: {{status: active}}}}.",
        ),
    ),
    "condition.unknown_signal": error(
        ("Nenhum pacote define o sinal {signal}.", "No pack defines the signal {signal}."),
        ("A condição nunca seria verdadeira.", "The condition could never be true."),
        (
            "Crie signals/{signal}.yml ou corrija o nome.",
            "Create signals/{signal}.yml, or correct the name.",
        ),
    ),
    "condition.unknown_signal_near": error(
        ("Nenhum pacote define o sinal {signal}.", "No pack defines the signal {signal}."),
        ("A condição nunca seria verdadeira.", "The condition could never be true."),
        ("Você quis dizer {near}?", "Did you mean {near}?"),
    ),
}
