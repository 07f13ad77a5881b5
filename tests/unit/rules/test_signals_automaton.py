"""The automaton finds exactly what a matcher finds that tries everything, and never takes long for it."""

from __future__ import annotations

import random
from dataclasses import dataclass

import pytest
from hypothesis import strategies as st
from laws import law

from rules.signals.automaton import Automaton
from rules.signals.phrases import compile_phrase
from rules.signals.stream import streams

WORDS = ("boleto", "multa", "prazo", "login", "tela")
"""Words whose keys differ from one another and that begin with no other's first letters."""


# --- the naive matcher: phrases as trees, tried word by word ------------------------------------


@dataclass(frozen=True)
class Word:
    text: str

    def __str__(self):
        return self.text


@dataclass(frozen=True)
class Prefix:
    text: str

    def __str__(self):
        return self.text + "*"


@dataclass(frozen=True)
class Gap:
    most: int

    def __str__(self):
        return f"~{self.most}"


@dataclass(frozen=True)
class Group:
    alternatives: tuple

    def __str__(self):
        return "(" + "|".join(" ".join(map(str, items)) for items in self.alternatives) + ")"


def ends(items, tokens, at):
    """Yield every index behind the last word when `items` are met from `at` on. None is a sentence end."""
    if not items:
        yield at
        return
    head, rest = items[0], items[1:]
    for behind in steps_over(head, tokens, at):
        yield from ends(rest, tokens, behind)


def steps_over(head, tokens, at):
    """Yield every index behind one item that is met at `at`."""
    token = tokens[at] if at < len(tokens) else None
    match head:
        case Word(text) if token == text:
            yield at + 1
        case Prefix(text) if token is not None and token.startswith(text):
            yield at + 1
        case Gap(most):
            yield from (at + skipped for skipped in range(most + 1) if None not in tokens[at : at + skipped])
        case Group(alternatives):
            for alternative in alternatives:
                yield from ends(alternative, tokens, at)


def naive(items, tokens):
    """Return the last index of every match with the first index of the nearest beginning."""
    nearest = {}
    for first in range(len(tokens)):
        for behind in ends(items, tokens, first):
            nearest[behind - 1] = max(first, nearest.get(behind - 1, first))
    return nearest


# --- phrases and texts to try -------------------------------------------------------------------

words = st.sampled_from(WORDS).map(Word) | st.sampled_from([word[:3] for word in WORDS[:2]]).map(Prefix)


def rows(item):
    """Items in a row, gaps only between two of them."""
    return st.lists(st.tuples(item, st.none() | st.integers(1, 8).map(Gap)), min_size=1, max_size=4).map(
        lambda pairs: tuple(
            part
            for number, (head, gap) in enumerate(pairs)
            for part in ((head, gap) if gap and number < len(pairs) - 1 else (head,))
        )
    )


phrases = rows(
    st.recursive(words, lambda inner: st.lists(rows(inner), min_size=1, max_size=2).map(tuple).map(Group), max_leaves=5)
)
texts = st.lists(st.sampled_from([*WORDS, "boletos", "outra", None]), max_size=40)


def read(automaton, tokens):
    text = " ".join("fim ." if token is None else token for token in tokens)
    # "fim" is a word of no phrase; the naive matcher must see it too.
    portuguese, _ = streams(text, ((0, len(text)),), automaton.analyser())
    return portuguese


HARD = (
    {"trees": [(Word("boleto"), Gap(1), Word("boleto"), Gap(8), Prefix("bol"))], "tokens": ["boleto"] * 14},
    {"trees": [(Word("multa"), Gap(2), Word("tela"))], "tokens": ["multa", None, "tela"]},
)


@law(quick=25, thorough=100, always=HARD, trees=st.lists(phrases, min_size=1, max_size=4), tokens=texts)
def test_the_automaton_finds_what_trying_everything_finds(trees, tokens):
    automaton = Automaton([compile_phrase(" ".join(map(str, items)), "pt-BR") for items in trees])
    stream = read(automaton, tokens)
    spelt = [unit.word or None for unit in stream.units]
    # The stem of "boletos" is that of "boleto"; its first letters are too.
    stems = ["boleto" if word == "boletos" else word for word in spelt]
    expected = {
        (number, last): first for number, items in enumerate(trees) for last, first in naive(items, stems).items()
    }

    found = {(match.phrase, match.last): match.first for match in automaton.scan(stream).matches}

    assert found == expected


@law(quick=25, thorough=100, trees=st.lists(phrases, min_size=1, max_size=3), tokens=texts)
def test_the_pieces_of_a_match_are_words_of_its_phrase_in_their_order(trees, tokens):
    automaton = Automaton([compile_phrase(" ".join(map(str, items)), "pt-BR") for items in trees])
    stream = read(automaton, tokens)

    for match in automaton.scan(stream).matches:
        flat = [index for piece in match.pieces for index in piece]
        assert flat == sorted(flat)
        assert all(
            stream.units[index].number or stream.units[index].alone
            for first, last in match.pieces
            for index in range(first, last + 1)
        )


# --- the cost -----------------------------------------------------------------------------------


def steps(automaton, text):
    return automaton.scan(streams(text, ((0, len(text)),), automaton.analyser())[0]).steps


@pytest.mark.parametrize(
    "phrase",
    [
        "boleto ~8 boleto ~8 boleto ~8 boleto",
        "(boleto|bol*) ~8 (boleto|bol*) ~8 multa",
        "boleto boleto boleto ~8 boleto",
    ],
)
def test_a_text_made_to_be_hard_takes_steps_in_line_with_its_length(phrase):
    automaton = Automaton([compile_phrase(phrase, "pt-BR")])

    short, long = (steps(automaton, "boleto " * count) for count in (200, 2_000))

    assert long <= 10.5 * short
    assert long < 2_000 * 150


def test_the_number_of_phrases_does_not_count_where_their_words_are_not():
    rng = random.Random(7)  # noqa: S311 -- made-up words, no secret
    letters = "bcdfglmnprst"

    def made_up():
        return "".join(rng.choice(letters) + rng.choice("aeiou") for _ in range(4)) + "z"

    few, many = (
        Automaton(
            [compile_phrase("quero ~3 multa", "pt-BR")]
            + [compile_phrase(f"quero ~3 {made_up()} ~2 {made_up()}", "pt-BR") for _ in range(count)]
        )
        for count in (29, 2_999)
    )
    text = "eu quero saber por que a multa veio de novo no boleto deste mês. " * 20

    assert steps(few, text) == steps(many, text)


def test_an_automaton_without_phrases_finds_nothing():
    automaton = Automaton([])

    assert automaton.scan(read(automaton, ["boleto"])).matches == ()


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("boleto", [0]),
        ("boleto prazo", [0, 1]),
        ("boleto xyz multa", [0, 2]),
        ("boleto multa tela", [0, 1, 2]),
        ("boleto xyz multa tela", [0, 2]),
        ("boleto login", [0]),
    ],
)
def test_alternatives_that_begin_alike_are_each_found(text, last):
    alternatives = "(boleto ~2 multa|boleto|boleto prazo|boleto multa tela|boleto login* multa)"
    automaton = Automaton([compile_phrase(alternatives, "pt-BR")])
    stream = streams(text, [(0, len(text))], automaton.analyser())[0]

    assert [match.last - 1 for match in automaton.scan(stream).matches] == last  # the first item opens the sentence
