"""A sentence read back: the exact inverse of `say`, and a teacher where a sentence says nothing.

Recursive descent over the frames that `say` fills. What a clause means is judged by the loader, as if it stood in a
file: ranges, values, closed lists and limits are its findings, at the clause's line and column.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from rules.conditions import All, AnyOf, Condition, Exists, Not, Test
from rules.loader.conditions import ConditionReader
from rules.loader.findings import Finding
from rules.loader.yaml_strict import Document, Plain
from rules.rulebook import RuleKind, Signal
from rules.sentences.clauses import Clauses, Read
from rules.sentences.cursor import Cursor
from rules.sentences.grammar import GRAMMAR, Headers
from rules.sentences.names import SignalNames
from rules.sentences.plain import as_data
from rules.sentences.problems import Fault, SentenceInvalid
from rules.sentences.tokens import tokens_of, words_of
from rules.sentences.wording import ITEM_WORDING
from rules.text import Locale, Text

MAX_BYTES: Final = 256 * 1024
MAX_NESTING: Final = 60
"""Lists and denials inside each other; the loader's own limit is far lower and says so better."""


def parse(sentence: str, locale: Locale, signals: Mapping[str, Signal] | None = None) -> Condition:
    """Return the condition that a sentence of `say` says.

    Capitals, a full stop and straight quotes do not matter. Raise SentenceInvalid with what is wrong, where, why and
    how to mend it.
    """
    return _Reader(sentence, locale, signals).whole()


@dataclass(frozen=True, slots=True)
class _Line:
    """One line: the column of its bullet (-1 of the first line), and the cursor over its words."""

    indent: int
    cursor: Cursor

    @property
    def is_header(self) -> bool:
        tokens = self.cursor.tokens
        return len(tokens) > 1 and tokens[-2].said == ":"


class _Reader:
    """Reads one sentence."""

    def __init__(self, sentence: str, locale: Locale, signals: Mapping[str, Signal] | None) -> None:
        self._locale: Locale = locale
        self._grammar = GRAMMAR[locale]
        self._clauses = Clauses(locale, SignalNames(signals or {}, locale))
        if len(sentence.encode("utf-8", "surrogatepass")) > MAX_BYTES:
            raise SentenceInvalid(1, 1, _TOO_LONG, locale)
        self._lines = [
            self._line(number, text) for number, text in enumerate(sentence.split("\n"), start=1) if text.strip()
        ]
        self._at = 0

    def whole(self) -> Condition:
        """Return the condition; nothing may be left over."""
        if not self._lines:
            raise SentenceInvalid(1, 1, _EMPTY, self._locale)
        condition = self._condition(None, -1, 0)
        if self._at < len(self._lines):
            left = self._lines[self._at]
            raise left.cursor.refused(0, _LEFT_OVER)
        self._judge(condition, self._lines[0].cursor, 0)
        return condition

    def _line(self, number: int, text: str) -> _Line:
        indent = len(text) - len(text.lstrip())
        bulleted = text[indent : indent + 2] == "- "
        start = indent + 2 if bulleted else indent
        return _Line(indent if bulleted else -1, Cursor(number, tokens_of(text, start), self._locale))

    # lists

    def _condition(self, inside: str | None, indent: int, depth: int) -> Condition:
        """Read the line at hand, and the list under it when it is a header."""
        line = self._lines[self._at]
        self._at += 1
        if line.indent != indent or depth > MAX_NESTING:
            raise line.cursor.refused(0, _TOO_DEEP if depth > MAX_NESTING else _INDENT)
        if not line.is_header:
            found, at = self._sentence(line.cursor, 0, inside)
            if not line.cursor.at_end(at):
                raise self._cannot_go_on(line.cursor, at)
            return found
        return self._header(line, 0, inside, depth)

    def _header(self, line: _Line, at: int, inside: str | None, depth: int) -> Condition:
        cursor = line.cursor
        denied = cursor.words(at, words_of(self._denial(inside)))
        if denied is not None:
            if depth > MAX_NESTING:
                raise cursor.refused(at, _TOO_DEEP)
            return Not(self._header(line, denied, inside, depth + 1))
        if inside is None:
            head = self._clauses.head(cursor, at)
            if head is not None:
                denies, collection, after = head
                found = Exists(collection, self._header(line, after, collection, depth + 1))
                return Not(found) if denies else found
        headers: Headers = self._grammar.headers if inside is None else self._grammar.item_headers
        for said, group, denies in (
            (headers.all, All, False),
            (headers.any, AnyOf, False),
            (headers.not_all, All, True),
            (headers.none, AnyOf, True),
        ):
            after_words = cursor.words(at, (*words_of(said), ":"))
            if after_words is not None and cursor.at_end(after_words):
                parts = tuple(self._parts(line, inside, depth))
                return Not(group(parts)) if denies else group(parts)
        raise cursor.refusal()

    def _parts(self, header: _Line, inside: str | None, depth: int) -> list[Condition]:
        parts: list[Condition] = []
        if self._at >= len(self._lines) or self._lines[self._at].indent <= header.indent:
            return parts
        indent = self._lines[self._at].indent
        while self._at < len(self._lines) and self._lines[self._at].indent > header.indent:
            parts.append(self._condition(inside, indent, depth + 1))
        return parts

    def _denial(self, inside: str | None) -> str:
        return self._grammar.not_true if inside is None else ITEM_WORDING[inside].unlike.read(self._locale)

    # sentences

    def _sentence(self, cursor: Cursor, at: int, inside: str | None) -> tuple[Condition, int]:
        """Read clauses that one word joins; a main sentence may end in a group of the other kind."""
        first, at = self._simple(cursor, at, inside, 0)
        parts = [first]
        kind: type[All | AnyOf] | None = None
        for_items = inside is not None
        while True:
            found = self._joint(cursor, at, for_items=for_items)
            if found is None or (for_items and not self._clauses.begins(cursor, found[1], inside)):
                break
            joined, after = found
            if kind is not None and joined is not kind:
                if for_items:
                    break
                raise cursor.refused(at, _MIXED)
            kind, at = joined, after
            last = None if for_items else self._last_group(cursor, at, kind)
            if last is not None:
                group, at = last
                parts.append(group)
                break
            part, at = self._simple(cursor, at, inside, 0)
            parts.append(part)
        return (parts[0] if kind is None else kind(tuple(parts))), at

    def _joint(self, cursor: Cursor, at: int, *, for_items: bool) -> tuple[type[All | AnyOf], int] | None:
        comma = () if for_items else (",",)
        for kind, word in ((All, self._grammar.and_), (AnyOf, self._grammar.or_)):
            after = cursor.words(at, (*comma, word))
            if after is not None:
                return kind, after
        return None

    def _last_group(self, cursor: Cursor, at: int, kind: type[All | AnyOf]) -> tuple[Condition, int] | None:
        opening, joiner = self._grammar.either if kind is All else self._grammar.both
        after = cursor.words(at, words_of(opening))
        if after is None:
            return None
        first, after = self._simple(cursor, after, None, 0)
        parts = [first]
        joint = words_of(joiner)
        while (more := cursor.words(after, joint)) is not None:
            part, after = self._simple(cursor, more, None, 0)
            parts.append(part)
        if len(parts) < 2:
            raise cursor.refusal()
        return (AnyOf(tuple(parts)) if kind is All else All(tuple(parts))), after

    def _simple(self, cursor: Cursor, at: int, inside: str | None, depth: int) -> tuple[Condition, int]:
        denied = cursor.words(at, words_of(self._denial(inside)))
        if denied is not None:
            if depth > MAX_NESTING:
                raise cursor.refused(at, _TOO_DEEP)
            part, after = self._simple(cursor, denied, inside, depth + 1)
            return Not(part), after
        head = self._clauses.head(cursor, at) if inside is None else None
        read = self._clauses.read(cursor, at, inside)
        if head is not None and (read is None or head[2] > read.after):
            denies, collection, after = head
            where, after = self._sentence(cursor, after, collection)
            found = Exists(collection, where)
            return (Not(found) if denies else found), after
        if read is None:
            raise cursor.refusal()
        return self._judged(read, cursor, at, inside), read.after

    def _cannot_go_on(self, cursor: Cursor, at: int) -> SentenceInvalid:
        cursor.want(at, self._grammar.and_)
        return cursor.refusal()

    # what the loader has to say

    def _judged(self, read: Read, cursor: Cursor, at: int, inside: str | None) -> Condition:
        """Return the leaf as the loader reads it."""
        content = read.content
        test = Test(read.field, content.op, content.value)
        whole: Condition = test if inside is None else Exists(inside, test)
        found = self._judge(whole, cursor, at)
        leaf = found.where if isinstance(found, Exists) else found
        return Not(leaf) if content.denied else leaf

    def _judge(self, condition: Condition, cursor: Cursor, at: int) -> Condition:
        data: Plain = as_data(condition)
        reader = ConditionReader(Document("", data, {}, {}), RuleKind.GUARDRAIL)
        found = reader.read(data, ())
        if found is None:
            raise self._finding(reader.findings[0], cursor, at)
        return found

    def _finding(self, finding: Finding, cursor: Cursor, at: int) -> SentenceInvalid:
        what, why, mend = (Text(told("pt-BR"), told("en")) for told in (finding.what, finding.why, finding.mend))
        return cursor.refused(at, Fault(what, why, mend))


_EMPTY: Final = Fault(
    what=Text("Não há frase.", "There is no sentence."),
    why=Text("Uma condição diz ao menos uma coisa.", "A condition says at least one thing."),
    mend=Text("Escreva, por exemplo: a gravidade é alta.", "Write, for example: the severity is high."),
)
_TOO_LONG: Final = Fault(
    what=Text("A frase é longa demais.", "The sentence is too long."),
    why=Text("Nenhuma regra precisa de tanto texto.", "No rule needs that much text."),
    mend=Text("Divida a regra em várias.", "Split the rule into several."),
)
_LEFT_OVER: Final = Fault(
    what=Text("Esta linha não pertence a nada.", "This line belongs to nothing."),
    why=Text(
        "Só sob uma linha que termina em dois-pontos há uma lista.",
        "Only a line that ends in a colon has a list under it.",
    ),
    mend=Text(
        "Recue a linha com “- ” sob a sua lista, ou apague-a.", "Indent it with “- ” under its list, or delete it."
    ),
)
_INDENT: Final = Fault(
    what=Text("O recuo desta linha não é o da sua lista.", "This line is not indented like its list."),
    why=Text("Pelo recuo se vê a que lista ela pertence.", "The indent tells which list it belongs to."),
    mend=Text("Alinhe o “- ” com o da linha irmã.", "Line its “- ” up with that of its sisters."),
)
_TOO_DEEP: Final = Fault(
    what=Text("Há listas demais umas dentro das outras.", "Too many lists stand inside each other."),
    why=Text("Ninguém acompanharia.", "Nobody could follow."),
    mend=Text("Divida a regra em várias.", "Split the rule into several."),
)
_MIXED: Final = Fault(
    what=Text("A frase mistura “e” com “ou”.", "The sentence mixes “and” with “or”."),
    why=Text("Não se saberia o que vai junto.", "Nobody could tell what belongs together."),
    mend=Text(
        "Escreva uma lista: “pelo menos uma destas condições vale:”, e cada condição numa linha com “- ”.",
        "Write a list: “at least one of these is true:”, and each condition on a line with “- ”.",
    ),
)
