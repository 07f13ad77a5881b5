"""The columns of a file of past tickets, by their English and their Portuguese names, and the words in them."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from rules.errors import ToldError
from rules.model import Author, Channel, Priority
from rules.text import Text, shortened


class HeaderInvalid(ToldError):
    """The columns of a file are not those of a history; the text says which, and how to mend it."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name in both languages, as people write it, and what it holds."""

    name: str
    pt_br: str
    holds: Text


COLUMNS: Final = (
    Column("ticket", "chamado", Text("id do chamado no helpdesk", "the ticket's id in the helpdesk")),
    Column("sent_at", "enviado_em", Text("quando foi escrito", "when it was written")),
    Column("text", "texto", Text("o que foi escrito", "what was written")),
    Column("subject", "assunto", Text("assunto do chamado", "the ticket's subject")),
    Column("message", "mensagem", Text("id da mensagem", "the message's id")),
    Column("author", "autor", Text("cliente, atendente ou sistema", "customer, agent or system")),
    Column("public", "pública", Text("não: nota interna", "no: an internal note")),
    Column("priority", "prioridade", Text("baixa, normal, alta ou urgente", "low, normal, high or urgent")),
    Column("channel", "canal", Text("por onde o cliente escreveu", "where the customer wrote")),
    Column("language", "idioma", Text("pt-BR ou en", "pt-BR or en")),
    Column("product", "produto", Text("produto de que se trata", "the product it is about")),
    Column("tags", "etiquetas", Text("separadas por vírgula", "separated by commas")),
    Column("group", "equipe", Text("equipe responsável", "the group in charge")),
    Column("csat", "nota", Text("satisfação, de 1 a 5", "satisfaction, 1 to 5")),
    Column("requester", "solicitante", Text("id do cliente no helpdesk", "the customer's id in the helpdesk")),
    Column("name", "nome", Text("nome do cliente", "the customer's name")),
    Column("email", "e-mail", Text("e-mail do cliente", "the customer's e-mail")),
    Column("phone", "telefone", Text("telefone do cliente", "the customer's phone")),
    Column("opened_at", "aberto_em", Text("quando o chamado foi aberto", "when the ticket was opened")),
)
REQUIRED: Final = ("ticket", "sent_at", "text")

AUTHORS: Final[Mapping[str, Author]] = {
    **{author.value: author for author in Author},
    "cliente": Author.CUSTOMER,
    "atendente": Author.AGENT,
    "sistema": Author.SYSTEM,
}
PRIORITIES: Final[Mapping[str, Priority]] = {
    **{priority.value: priority for priority in Priority},
    "baixa": Priority.LOW,
    "alta": Priority.HIGH,
    "urgente": Priority.URGENT,
}
CHANNELS: Final[Mapping[str, Channel]] = {
    **{channel.value: channel for channel in Channel},
    "e_mail": Channel.EMAIL,
    "telefone": Channel.PHONE,
    "redes_sociais": Channel.SOCIAL,
    "pesquisa": Channel.SURVEY,
    "mensagens": Channel.MESSAGING,
    "loja": Channel.STORE,
}
ANSWERS: Final[Mapping[str, bool]] = {
    "yes": True, "true": True, "1": True, "sim": True, "verdadeiro": True,
    "no": False, "false": False, "0": False, "nao": False, "falso": False,
}  # fmt: skip

_LONGEST_SHOWN: Final = 400
_ODD: Final = re.compile(r"[^a-z0-9]+")


@cache
def plain(word: str) -> str:
    """Return a name as it compares: small letters without accents, anything between words as one underscore."""
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", word) if not unicodedata.combining(sign))
    return _ODD.sub("_", bare.casefold()).strip("_")


_BY_NAME: Final = {plain(name): column.name for column in COLUMNS for name in (column.name, column.pt_br)}


@dataclass(frozen=True, slots=True)
class Header:
    """Which column each name of a file stands for (None: not one of ours), in the order of the file."""

    names: Sequence[str]
    columns: Sequence[str | None]

    @property
    def unread(self) -> Sequence[str]:
        """The names that mean nothing to us."""
        return [name for name, column in zip(self.names, self.columns, strict=True) if column is None]


def header(names: Iterable[str]) -> Header:
    """Return what the names of a file's columns stand for. Raise HeaderInvalid when one is missing or there twice."""
    given = tuple(names)
    if not any(name.strip() for name in given):
        raise HeaderInvalid(
            Text(
                "a primeira linha está vazia; ela nomeia as colunas, como chamado,enviado_em,texto",
                "the first line is empty; it names the columns, as ticket,sent_at,text",
            )
        )
    columns = tuple(_BY_NAME.get(plain(name)) for name in given)
    for column in COLUMNS:
        twice = [name for name, meant in zip(given, columns, strict=True) if meant == column.name]
        if len(twice) > 1:
            both = ", ".join(map(repr, twice))
            raise HeaderInvalid(
                Text(
                    f"{both}: são a mesma coluna duas vezes; deixe só uma",
                    f"{both} are the same column twice; leave one of them",
                )
            )
        if column.name in REQUIRED and not twice:
            shown = shortened(", ".join(map(repr, given)), _LONGEST_SHOWN)
            raise HeaderInvalid(
                Text(
                    f"falta a coluna {column.pt_br!r} (ou {column.name!r}); o arquivo tem {shown}",
                    f"the column {column.name!r} (or {column.pt_br!r}) is missing; the file has {shown}",
                )
            )
    return Header(given, columns)


def column_of(name: str) -> str | None:
    """Return the column that a name in either language stands for, or None."""
    return _BY_NAME.get(plain(name))


def nearest(name: str) -> str | None:
    """Return the column's name that somebody may have meant, in the language it looks like, or None."""
    known = [shown for column in COLUMNS for shown in (column.name, column.pt_br)]
    alike = difflib.get_close_matches(name.casefold(), known, n=1, cutoff=0.75)
    return alike[0] if alike else None
