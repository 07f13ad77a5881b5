"""Where the reader of a line stands, and what would have fitted where it could not go on."""

from __future__ import annotations

from dataclasses import dataclass, field

from rules.sentences.problems import SentenceInvalid, listed
from rules.sentences.tokens import Kind, Token
from rules.text import Locale, Text
from rules.vocabulary import nearest


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
        for word in words:
            if self.tokens[at].kind not in {Kind.TEXT, Kind.NAME, Kind.OPEN} and self.tokens[at].folded == word:
                at += 1
            else:
                self.want(at, word)
                return None
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

    def want(self, at: int, word: str) -> None:
        """Remember what would have fitted here."""
        if at > self.furthest:
            self.furthest = at
            self.wanted.clear()
        if at == self.furthest:
            self.wanted[word] = None

    def refusal(self) -> SentenceInvalid:
        """Return the error about the furthest place that could be read."""
        token = self.tokens[self.furthest]
        if token.kind is Kind.OPEN:
            return self.refused(
                self.furthest,
                what=Text("Estas aspas não fecham.", "These quotes are never closed."),
                why=Text("Não se sabe onde o texto termina.", "Nobody can tell where the text ends."),
                mend=Text("Feche as aspas.", "Close the quotes."),
            )
        by_fold = {word.casefold(): word for word in self.wanted}
        folded = nearest(token.folded, by_fold) if token.said else None
        near = by_fold[folded] if folded is not None else None
        fitting = listed(self.wanted)
        return self.refused(
            self.furthest,
            what=Text(f"“{token.said}” não cabe aqui.", f"“{token.said}” does not fit here.")
            if token.said
            else Text("A frase termina antes da hora.", "The sentence ends too early."),
            why=Text(f"Aqui pode vir: {fitting}.", f"What may come here: {fitting}."),
            mend=Text(f"Você quis dizer “{near}”?", f"Did you mean “{near}”?")
            if near
            else Text("Escreva uma dessas.", "Write one of them."),
            near=near,
        )

    def refused(self, at: int, *, what: Text, why: Text, mend: Text, near: str | None = None) -> SentenceInvalid:
        """Return an error about the token at this position."""
        return SentenceInvalid(
            self.line, self.tokens[at].column, what=what, why=why, mend=mend, locale=self.locale, near=near
        )
