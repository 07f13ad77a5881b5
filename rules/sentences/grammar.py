"""The words that hold clauses together, in both languages. What clauses themselves say is in `wording`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from rules.conditions import Op
from rules.text import Locale


@dataclass(frozen=True, slots=True)
class Headers:
    """What stands above a list of clauses, by how many of them hold."""

    all: str
    any: str
    not_all: str
    none: str


@dataclass(frozen=True, slots=True)
class Grammar:
    """One language. `count` and `measure` hold one `#` per number; `one_to_two` widens the singular to below 2."""

    count: Mapping[Op, str]
    measure: Mapping[Op, str]
    one_to_two: bool
    and_: str
    or_: str
    either: tuple[str, str]
    """Opens and joins an `any` at the end of a sentence whose other parts all hold."""
    both: tuple[str, str]
    """Opens and joins an `all` of two at the end of a sentence of alternatives."""
    neither: tuple[str, str]
    any_of: str
    all_of: str
    none_of: str
    none_denies: bool
    """Whether "neither" and "none of" want the denying verb (não diz nem … nem …)."""
    nothing: str
    """What stands for an empty list."""
    not_true: str
    """Denies a whole clause."""
    same_as: str
    """`#` is the one noun, `@` the other."""
    known: str
    known_of_item: str
    headers: Headers
    item_headers: Headers


_ENGLISH_NUMBERS: Final = {
    Op.EQUALS: "exactly #",
    Op.ABOVE: "more than #",
    Op.AT_LEAST: "at least #",
    Op.BELOW: "less than #",
    Op.AT_MOST: "at most #",
    Op.BETWEEN: "between # and #",
}

GRAMMAR: Final[Mapping[Locale, Grammar]] = {
    "pt-BR": Grammar(
        count={
            Op.EQUALS: "exatamente #",
            Op.ABOVE: "mais de #",
            Op.AT_LEAST: "pelo menos #",
            Op.BELOW: "menos de #",
            Op.AT_MOST: "no máximo #",
            Op.BETWEEN: "entre # e #",
        },
        measure={
            Op.EQUALS: "de exatamente #",
            Op.ABOVE: "maior que #",
            Op.AT_LEAST: "de pelo menos #",
            Op.BELOW: "menor que #",
            Op.AT_MOST: "de no máximo #",
            Op.BETWEEN: "de # a #",
        },
        one_to_two=True,
        and_="e",
        or_="ou",
        either=("além disso ou", ", ou"),
        both=("então tanto", "quanto"),
        neither=("nem", "nem"),
        any_of="algo disto:",
        all_of="tudo isto:",
        none_of="nada disto:",
        none_denies=True,
        nothing="nada",
        not_true="não é verdade que",
        same_as="# [é|não é] igual @",
        known="[sabemos|não sabemos] @",
        known_of_item="de que [sabemos|não sabemos] @",
        headers=Headers(
            "todas estas condições valem",
            "pelo menos uma destas condições vale",
            "nem todas estas condições valem",
            "nenhuma destas condições vale",
        ),
        item_headers=Headers(
            "que atende a todas estas condições",
            "que atende a pelo menos uma destas condições",
            "que não atende a todas estas condições",
            "que não atende a nenhuma destas condições",
        ),
    ),
    "en": Grammar(
        count=_ENGLISH_NUMBERS,
        measure=_ENGLISH_NUMBERS,
        one_to_two=False,
        and_="and",
        or_="or",
        either=("either", ", or"),
        both=("both", "and"),
        neither=("neither", "nor"),
        any_of="any of these:",
        all_of="all of these:",
        none_of="none of these:",
        none_denies=False,
        nothing="nothing",
        not_true="it is not true that",
        same_as="# [is|is not] the same as @",
        known="we [know|do not know] @",
        known_of_item="of which we [know|do not know] @",
        headers=Headers(
            "all of these are true",
            "at least one of these is true",
            "not all of these are true",
            "none of these is true",
        ),
        item_headers=Headers(
            "that meets all of these conditions",
            "that meets at least one of these conditions",
            "that does not meet all of these conditions",
            "that meets none of these conditions",
        ),
    ),
}
