"""A whole rulebook over columns: its strata one after another, each reading what those before it said.

What a stratum does with the rules that fired is told here a second time, over columns: `rules.decide` says it for one
ticket, and the suite holds the two equal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import polars as pl

from rules.bulk import texts
from rules.bulk.columns import Columns
from rules.bulk.evaluate import BulkEvaluator
from rules.bulk.leaves import any_of
from rules.bulk.table import sets_column
from rules.conditions import Condition
from rules.errors import EngineFailed, FactsInvalid
from rules.rulebook import Classify, Derive, Function, Rule, RuleKind, Status
from rules.text import Text
from rules.vocabulary import COLLECTIONS, FIELDS, Collection, Field, Type

DECISION: Final = "decision."
PRIMARY: Final = "decision.primary"
FUNCTIONS: Final = "decision.functions"


class Strata(Protocol):
    """A rulebook laid out: what `rules.decide.strata.lay_out` returns."""

    @property
    def layers(self) -> Sequence[str]:
        """The derivation strata in order."""

    @property
    def conditions(self) -> Mapping[str, Mapping[str, Condition]]:
        """Stratum -> rule id -> what is asked."""

    @property
    def rules(self) -> Mapping[str, Rule]:
        """The live rules by id."""

    @property
    def turned(self) -> frozenset[str]:
        """Guardrails of which the opposite is asked: they hold where it is not surely true."""


@dataclass(frozen=True, slots=True)
class Voting:
    """How votes make a decision. `share` is (numerator, denominator) of the top score; `precedence` breaks ties."""

    precedence: tuple[Function, ...]
    threshold: int
    share: tuple[int, int]


@dataclass(frozen=True, slots=True)
class FiredRules:
    """What the strata made of each row.

    `fired`: a column of booleans per rule id, experimental ones included: they fire without any effect.
    `scores`: a column of integers per function in order of precedence. `primary`: whose work it is.
    `columns`: the facts with the derived fields, `decision.primary` and `decision.functions`.
    """

    fired: pl.DataFrame
    scores: pl.DataFrame
    primary: pl.Series
    needs_triage: pl.Series
    columns: Columns


class BulkStrata:
    """Runs all strata of one rulebook over columns. Immutable, and safe to use from any thread.

    Raise EngineFailed for a condition or a derivation that cannot be evaluated.
    """

    def __init__(
        self,
        strata: Strata,
        voting: Voting,
        *,
        fields: Mapping[str, Field] = FIELDS,
        collections: Mapping[str, Collection] = COLLECTIONS,
    ) -> None:
        if sorted(voting.precedence) != sorted(Function):
            raise EngineFailed(f"precedence must name each of {', '.join(Function)} once")
        self._strata = strata
        self._voting = voting
        self._fields = fields
        self._evaluator = BulkEvaluator(strata.conditions, fields=fields, collections=collections)
        self._derived = {layer: self._derivations(layer) for layer in strata.layers}

    def fired_rules(self, columns: Columns) -> FiredRules:
        """Return what the rulebook makes of each row.

        Raise FactsInvalid where a derivation would have to be weighed against a stated value that has no rank.
        """
        columns = columns.without_fields([name for name in self._fields if name.startswith(DECISION)])
        found: list[pl.DataFrame] = []
        for layer in self._strata.layers:
            fired = self._evaluator.fired(layer, columns)
            columns = columns.with_fields(
                self._derive(self._fields[name], fired, makers, columns)
                for name, makers in self._derived[layer].items()
            )
            found.append(fired)
        fired = self._fired(RuleKind.CLASSIFICATION, columns)
        scores, decided = self._vote(fired)
        columns = columns.with_fields([decided[PRIMARY], decided[FUNCTIONS]])
        guardrails = self._fired(RuleKind.GUARDRAIL, columns)
        turned = [~pl.col(name) for name in guardrails.columns if name in self._strata.turned]
        found += [fired, self._fired(RuleKind.RECOMMENDATION, columns), guardrails.with_columns(turned)]
        return FiredRules(
            pl.concat(found, how="horizontal"), scores, decided[PRIMARY], decided["needs_triage"], columns
        )

    def _fired(self, kind: RuleKind, columns: Columns) -> pl.DataFrame:
        stratum = kind.value
        if stratum not in self._strata.conditions:
            return pl.DataFrame(height=len(columns))
        return self._evaluator.fired(stratum, columns)

    # --- derivations ----------------------------------------------------------------------------

    def _derivations(self, layer: str) -> dict[str, list[tuple[str, str]]]:
        """Return field -> (rule, value) of the rules that have an effect, in id order."""
        derived: dict[str, list[tuple[str, str]]] = {}
        for rule in _effective(self._strata, layer):
            if isinstance(rule.then, Derive):
                for name, value in rule.then.values.items():
                    field = self._fields.get(name)
                    if field is None or not (
                        field.type is Type.TEXT or (field.type is Type.ENUM and value in field.values)
                    ):
                        raise EngineFailed(f"rule {rule.id!r}: {value!r} cannot be derived as {name!r}")
                    derived.setdefault(name, []).append((rule.id, value))
        return derived

    @staticmethod
    def _derive(field: Field, fired: pl.DataFrame, makers: Sequence[tuple[str, str]], columns: Columns) -> pl.Series:
        """Return the column of a derived field: the strongest value said, or of a field without order the first."""
        frame = fired.select(rule for rule, _ in makers)
        if field.name in columns.wide.frame.columns:
            frame = frame.with_columns(columns.wide.frame[field.name].cast(pl.String).alias("@held"))
        else:
            frame = frame.with_columns(pl.lit(None, dtype=pl.String).alias("@held"))
        held = pl.col("@held")
        if field.type is Type.ENUM:
            weighed = any_of([pl.col(rule) for rule, _ in makers])
            if frame.select((weighed & held.is_not_null() & ~held.is_in(field.values)).any()).item():
                raise FactsInvalid(
                    Text(
                        f"{field.name}: um valor informado não é um destes: {', '.join(field.values)}",
                        f"{field.name}: a stated value is none of {', '.join(field.values)}",
                    )
                )
            said = [
                pl.when(any_of([held == value, *(pl.col(rule) for rule, other in makers if other == value)])).then(
                    pl.lit(value)
                )
                for value in reversed(field.values)
            ]
            strongest = pl.coalesce([*said, held])
        else:
            said = [pl.when(pl.col(rule)).then(pl.lit(texts.written(value))) for rule, value in makers]
            strongest = pl.coalesce([held, *said])
        found = frame.select(strongest.alias(field.name)).to_series()
        return found.cast(pl.Enum(found.drop_nulls().unique().sort()))

    # --- votes ----------------------------------------------------------------------------------

    def _vote(self, fired: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Return the scores, and what they decide: `decision.primary`, `decision.functions` and `needs_triage`."""
        votes: dict[Function, list[pl.Expr]] = {function: [] for function in self._voting.precedence}
        named: dict[Function, list[pl.Expr]] = {function: [] for function in self._voting.precedence}
        for rule in _effective(self._strata, RuleKind.CLASSIFICATION.value):
            if isinstance(rule.then, Classify):
                for function, number in rule.then.votes.items():
                    votes[function].append(pl.col(rule.id).cast(pl.Int64) * number)
                for function in rule.then.collaborate:
                    named[function].append(pl.col(rule.id))
        numbered = fired.with_columns(pl.lit(0, dtype=pl.Int64).alias("@nobody"))
        scores = numbered.select(
            pl.sum_horizontal(pl.col("@nobody"), *cast).alias(function.value) for function, cast in votes.items()
        )
        return scores, _decide(
            scores,
            numbered.select(
                any_of([pl.col("@nobody") > 0, *who]).alias(function.value) for function, who in named.items()
            ),
            self._voting,
        )


def _effective(strata: Strata, stratum: str) -> Iterable[Rule]:
    """Yield the rules of a stratum that have an effect when they fire, in id order."""
    for name in sorted(strata.conditions.get(stratum, ())):
        rule = strata.rules[name]
        if rule.status is not Status.EXPERIMENTAL:
            yield rule


def _decide(scores: pl.DataFrame, named: pl.DataFrame, voting: Voting) -> pl.DataFrame:
    """Return primary and functions. `named`: functions that a fired rule names whatever their score."""
    order = [function.value for function in voting.precedence]
    numerator, denominator = voting.share
    top = pl.max_horizontal(order)
    needs_triage = top < voting.threshold
    first = pl.coalesce([pl.when(pl.col(name) == top).then(pl.lit(name)) for name in order])
    primary = pl.when(needs_triage).then(pl.lit(Function.SUPPORT.value)).otherwise(first)
    decided = scores.select(primary.cast(pl.Enum(sorted(order))).alias(PRIMARY), needs_triage.alias("needs_triage"))
    shares = scores.select(
        ((pl.col(name) > 0) & (pl.col(name) * denominator >= top * numerator)).alias(name) for name in order
    )
    # every set of functions has a number: a bit per function
    works = [(shares[name] | named[name] | (decided[PRIMARY] == name)) for name in sorted(order)]
    bits = [worked.cast(pl.UInt32) * (1 << index) for index, worked in enumerate(works)]
    picked = sum(bits[1:], bits[0])
    every_set = [
        [name for index, name in enumerate(sorted(order)) if number >> index & 1] for number in range(1 << len(order))
    ]
    return decided.with_columns(sets_column(FUNCTIONS, every_set, picked, pl.Enum(sorted(order))))
