"""Findings about the shape of a file: its fields and their types."""

from __future__ import annotations

from typing import Final

from rules.loader.catalogue.entry import Entry, error

_FORMAT: Final = (
    "O formato é fechado, para que nada escrito seja ignorado.",
    "The format is closed, so that nothing written is ignored.",
)

SHAPE: Final[dict[str, Entry]] = {
    "shape.not_mapping": error(
        ("Aqui cabe um grupo de chaves, não {got}.", "A group of keys belongs here, not {got}."),
        ("O formato é fechado.", "The format is closed."),
        ("Escreva `chave: valor` em linhas próprias.", "Write `key: value` on lines of their own."),
    ),
    "shape.not_list": error(
        ("Aqui cabe uma lista, não {got}.", "A list belongs here, not {got}."),
        ("Pode haver vários valores.", "There may be several values."),
        ("Escreva [valor, valor].", "Write [value, value]."),
    ),
    "shape.missing": error(
        ("Falta {field}.", "{field} is missing."),
        ("Sem ele o arquivo não está completo.", "Without it the file is not whole."),
        ("Acrescente {field}.", "Add {field}."),
    ),
    "shape.unknown": error(
        ("{field} não é um campo daqui.", "{field} is not a field of this place."),
        _FORMAT,
        ("Apague-o; os campos são {names}.", "Delete it; the fields are {names}."),
    ),
    "shape.unknown_near": error(
        ("{field} não é um campo daqui.", "{field} is not a field of this place."),
        _FORMAT,
        ("Você quis dizer {near}?", "Did you mean {near}?"),
    ),
    "shape.type": error(
        ("Esperava-se {expected}, não {got}.", "Expected {expected}, found {got}."),
        (
            "Um valor do tipo errado nunca seria comparado direito.",
            "A value of the wrong type would never be compared rightly.",
        ),
        ("Escreva {expected}.", "Write {expected}."),
    ),
    "shape.number_as_text": error(
        ("Aqui cabe um texto, e {value} é lido como {got}.", "A text belongs here, and {value} is read as {got}."),
        (
            "Sem aspas, números e true/false não são texto.",
            "Without quotes, numbers and true/false are no text.",
        ),
        ('Escreva "{value}", entre aspas.', 'Write "{value}", between quotes.'),
    ),
    "shape.not_one_of": error(
        ("{value} não é um valor daqui.", "{value} is not a value of this place."),
        ("Os valores são fechados.", "The values are closed."),
        ("Escolha um destes: {allowed}.", "Choose one of: {allowed}."),
    ),
    "shape.not_one_of_near": error(
        ("{value} não é um valor daqui.", "{value} is not a value of this place."),
        ("Os valores são fechados: {allowed}.", "The values are closed: {allowed}."),
        ("Você quis dizer {near}?", "Did you mean {near}?"),
    ),
    "shape.blank": error(
        ("O texto está em branco.", "The text is blank."),
        ("Alguém vai ler este texto.", "Somebody is going to read this text."),
        ("Escreva o texto.", "Write the text."),
    ),
    "shape.too_long": error(
        (
            "O texto tem {length} caracteres; o limite é {limit}.",
            "The text has {length} characters; the limit is {limit}.",
        ),
        ("O atendente lê isto em três segundos, numa coluna estreita.", "The agent reads this in a narrow column."),
        ("Encurte para {limit} caracteres.", "Shorten it to {limit} characters."),
    ),
    "shape.out_of_range": error(
        ("{value} está fora de {low} a {high}.", "{value} is outside {low} to {high}."),
        (
            "Fora desses limites o valor não tem efeito previsível.",
            "Outside these limits the value has no foreseeable effect.",
        ),
        ("Escreva um número de {low} a {high}.", "Write a number from {low} to {high}."),
    ),
    "shape.too_few": error(
        ("Há {count}; são precisos pelo menos {limit}.", "There are {count}; at least {limit} are needed."),
        ("Com menos do que isso falta uma parte.", "With fewer a part is missing."),
        ("Acrescente até haver {limit}.", "Add until there are {limit}."),
    ),
    "shape.repeated": error(
        ("{value} aparece mais de uma vez na lista.", "{value} is in the list more than once."),
        ("A repetição não muda nada e confunde.", "The repetition changes nothing, and misleads."),
        ("Apague a repetição.", "Delete the repetition."),
    ),
    "shape.bad_name": error(
        ("{value} não serve de nome aqui.", "{value} will not do as a name here."),
        ("{form}", "{form}"),
        ("Escreva por exemplo {sample}.", "Write for example {sample}."),
    ),
    "shape.language_missing": error(
        ("Falta o texto em {language}.", "The text in {language} is missing."),
        (
            "Português e inglês são iguais aqui; nenhum é substituto do outro.",
            "Portuguese and English are equals here; neither stands in for the other.",
        ),
        ("Acrescente {language}: …", "Add {language}: …"),
    ),
    "shape.language_unknown": error(
        ("{language} não é uma língua do produto.", "{language} is not a language of the product."),
        ("Os textos existem em pt-BR e en.", "Texts exist in pt-BR and en."),
        ("Use pt-BR e en como chaves.", "Use pt-BR and en as keys."),
    ),
    "shape.then_unfit": error(
        ("Uma regra {kind} não diz {field} em `then`.", "A {kind} rule does not say {field} in `then`."),
        ("Cada tipo de regra tem a sua consequência.", "Each kind of rule has its own consequence."),
        ("Escreva {allowed}, ou mude `kind`.", "Write {allowed}, or change `kind`."),
    ),
    "shape.then_nothing": error(
        ("A regra não tem consequência.", "The rule has no consequence."),
        ("Uma regra sem efeito só confunde.", "A rule without effect only misleads."),
        ("Diga em `then` pelo menos {allowed}.", "Say at least {allowed} in `then`."),
    ),
    "shape.deprecated_missing": error(
        (
            "A regra está obsoleta e não diz desde quando e por quê.",
            "The rule is deprecated and does not say since when and why.",
        ),
        ("Quem a usava precisa saber o que a substitui.", "Whoever used it must know what replaces it."),
        (
            "Acrescente deprecated: {{since, reason, replaced_by}}.",
            "Add deprecated: {{since, reason, replaced_by}}.",
        ),
    ),
    "shape.deprecated_extra": error(
        ("`deprecated` está aqui, mas o status é {status}.", "`deprecated` is here, but the status is {status}."),
        ("As duas coisas se contradizem.", "The two contradict each other."),
        ("Ponha status: deprecated ou apague `deprecated`.", "Set status: deprecated, or delete `deprecated`."),
    ),
    "shape.guardrail_only": error(
        ("{field} só existe em guardrails.", "{field} exists in guardrails only."),
        ("Nas outras regras o desconhecido nunca dispara.", "In other rules the unknown never fires."),
        ("Apague {field}.", "Delete {field}."),
    ),
}
