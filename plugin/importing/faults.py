"""What can be wrong with a row of the past and how to mend it, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from plugin.importing.columns import COLUMNS
from plugin.ticket_rows import TOO_LONG, RowInvalid
from rules.text import Text, filled

FAULTS: Final[Mapping[str, Text]] = {
    "no_ticket": Text(
        "{column} está vazio; toda linha diz a que chamado pertence",
        "{column} is empty; every row says which ticket it belongs to",
    ),
    "no_time": Text(
        "{column} está vazio; toda linha diz quando foi escrita",
        "{column} is empty; every row says when it was written",
    ),
    "no_text": Text(
        "{column} está vazio e 'assunto' também; um dos dois é necessário",
        "{column} is empty, and there is no 'subject' either; one of them is needed",
    ),
    "header_quotes": Text(
        "as aspas da primeira linha não formam pares; ela nomeia as colunas, como chamado,enviado_em,texto",
        "the quotes of the first line do not pair; it names the columns, as ticket,sent_at,text",
    ),
    "open_quote": Text(
        "uma aspa é aberta aqui e nunca fechada; feche-a, ou escreva duas vezes uma aspa dentro de um texto",
        "a quote is opened here and never closed; close it, or write a quote inside a text twice",
    ),
    "long_field": Text(
        "um campo tem mais de {limit} caracteres; em geral, uma aspa antes dele nunca foi fechada",
        "a field is longer than {limit} characters; as a rule a quote before it was never closed",
    ),
    "quotes": Text(
        "as aspas desta linha não formam pares ({said}); escreva duas vezes uma aspa dentro de um texto",
        "the quotes of this row do not pair ({said}); write a quote inside a text twice",
    ),
    "fields": Text(
        "a linha tem {fields} campos e a primeira linha nomeia {columns} colunas; "
        "ponha entre aspas o texto que contém o separador",
        "the row has {fields} fields and the first line names {columns} columns; "
        "put quotes around a text that holds the separator",
    ),
    "no_utf8": Text(
        "o campo {number} não está em UTF-8; salve o arquivo em UTF-8",
        "field {number} is not UTF-8; save the file as UTF-8",
    ),
    "long_line": TOO_LONG,
    "twice": Text(
        "{name} é a coluna {column} pela segunda vez; deixe só uma",
        "{name} is the column {column} a second time; leave one of them",
    ),
    "no_string": Text("{column} é {shown}; precisa ser um texto", "{column} is {shown}; it needs a text"),
    "no_id": Text(
        "{column} é {shown}; precisa ser um texto ou um número inteiro",
        "{column} is {shown}; it needs a text or a whole number",
    ),
    "long_id": Text(
        "{column} tem {length} caracteres; só até {limit} se distinguem",
        "{column} has {length} characters; at most {limit} are kept apart",
    ),
    "no_zone": Text(
        "{column} {shown} não diz o fuso horário; termine com Z para UTC, "
        "ou informe o fuso do arquivo: --time-zone America/Sao_Paulo",
        "{column} {shown} names no time zone; end it with Z for UTC, "
        "or say the zone of the file: --time-zone America/Sao_Paulo",
    ),
    "no_instant": Text(
        "{column} é {shown}; escreva um instante como 2026-03-10T12:00:00Z",
        "{column} is {shown}; write an instant like 2026-03-10T12:00:00Z",
    ),
    "ahead": Text(
        "{column} {shown} está no futuro; um histórico guarda o que já aconteceu",
        "{column} {shown} lies ahead of now; a history holds what has happened",
    ),
    "too_old": Text(
        "{column} {shown} é anterior a 1970; escreva quando a mensagem foi de fato enviada",
        "{column} {shown} is before 1970; write when the message was really sent",
    ),
    "no_word": Text(
        "{column} é {shown}; escreva um destes valores: {words}", "{column} is {shown}; write one of {words}"
    ),
    "no_tags": Text(
        "{column} é {shown}; escreva um texto com vírgulas ou uma lista de textos",
        "{column} is {shown}; write a text with commas, or a list of texts",
    ),
    "no_csat": Text(
        "{column} é {shown}; precisa ser um número inteiro de {low} a {high}",
        "{column} is {shown}; it needs a whole number from {low} to {high}",
    ),
}
_NAMES: Final = {column.name: Text(repr(column.pt_br), repr(column.name)) for column in COLUMNS}


def fault(what: str, column: str | None = None, **slots: object) -> RowInvalid:
    """Return the error for one of FAULTS; the column is named as each language names it."""
    if column is not None:
        slots["column"] = _NAMES[column]
    return RowInvalid(filled(FAULTS[what], **slots))
