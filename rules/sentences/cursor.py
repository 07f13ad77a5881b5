"""Where the reader of a line stands, and what would have fitted where it could not go on."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from rules.sentences.problems import Fault, SentenceInvalid, listed
from rules.sentences.tokens import Kind, Token
from rules.text import Locale, Text
from rules.vocabulary import nearest

A_TEXT: Final = "“…”"
_BEFORE_MARK: Final = re.compile(r" (?=[,:])")


@dataclass(slots=True)
class Cursor:
    """One line's tokens. Positions are indexes of tokens; `wanted` holds what was tried at the furthest of them."""

    line: int
    tokens: tuple[Token, ...]
    locale: Locale
    furthest: int = 0
    wanted: dict[str, None] = field(default_factory=dict)

    def words(self, at: int, words: tuple[str, ...]) -> int | None:
        """Return the position after these words, or None when something else stands there."""
        for index, word in enumerate(words):
            if self.tokens[at].folded != word:
                self.want(at, _BEFORE_MARK.sub("", " ".join(words[index:])))
                return None
            at += 1
        return at

    def token(self, at: int, kind: Kind, named: str) -> Token | None:
        """Return the token when it is of this kind; `named` is what to ask for when it is not."""
        if self.tokens[at].kind is kind:
            return self.tokens[at]
        self.want(at, named)
        return None

    def at_end(self, at: int) -> bool:
        """Tell whether the line is read to its end."""
        return self.tokens[at].kind is Kind.END

    def want(self, at: int, *words: str) -> None:
        """Remember what would have fitted here."""
        if at > self.furthest:
            self.furthest = at
            self.wanted.clear()
        if at == self.furthest:
            self.wanted.update(dict.fromkeys(words))

    def refusal(self) -> SentenceInvalid:
        """Return the error about the furthest place that could be read."""
        token = self.tokens[self.furthest]
        if token.kind is Kind.OPEN:
            return self.refused(self.furthest, _OPEN)
        by_fold = {word.partition(" ")[0].casefold(): word.partition(" ")[0] for word in self.wanted}
        by_fold |= {word.casefold(): word for word in self.wanted}
        folded = nearest(token.said.casefold(), by_fold) if token.said else None
        near = by_fold[folded] if folded is not None else None
        fitting = listed(self.wanted)
        unquoted = near is None and A_TEXT in self.wanted and token.kind in {Kind.WORD, Kind.NUMBER}
        fault = Fault(
            what=_UNFIT.filled(_marked(token.said)) if token.said else _TOO_EARLY,
            why=_MAY_COME.filled(fitting),
            mend=_MEANT.filled(_marked(near)) if near else _QUOTE.filled(token.said) if unquoted else _WRITE_ONE,
            near=near,
        )
        return self.refused(self.furthest, fault)

    def refused(self, at: int, fault: Fault) -> SentenceInvalid:
        """Return an error about the token at this position."""
        return SentenceInvalid(self.line, self.tokens[at].column, fault, self.locale)


@dataclass(frozen=True, slots=True)
class _Told:
    """A text in both languages with one gap."""

    text: Text

    def filled(self, content: str) -> Text:
        """Return the text with its gap filled."""
        return Text(self.text.pt_br.format(content), self.text.en.format(content))


def _marked(said: str) -> str:
    return said if said[0] in '“`"' else f"“{said}”"


_OPEN: Final = Fault(
    Text("Estas aspas não fecham.", "These quotes are never closed."),
    Text("Não se sabe onde o texto termina.", "Nobody can tell where the text ends."),
    Text("Feche as aspas.", "Close the quotes."),
)
_UNFIT: Final = _Told(Text("{} não cabe aqui.", "{} does not fit here."))
_TOO_EARLY: Final = Text("A frase termina antes da hora.", "The sentence ends too early.")
_MAY_COME: Final = _Told(Text("Aqui pode vir: {}.", "What may come here: {}."))
_MEANT: Final = _Told(Text("Você quis dizer {}?", "Did you mean {}?"))
_QUOTE: Final = _Told(Text("Escreva o texto entre aspas: “{}”.", "Put the text into quotes: “{}”."))
_WRITE_ONE: Final = Text("Escreva um destes.", "Write one of these.")
