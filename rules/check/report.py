"""Load, hold to the house rules, run every example: one report."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rules.check import branches, examples, house, locks, replies, signals
from rules.check.examples import ExampleResult
from rules.check.trial import CHECKED_AT, Trial
from rules.errors import EngineFailed
from rules.loader import Reading, read
from rules.loader.build import Draft
from rules.loader.digest import canonical_json, condition
from rules.loader.example_files import BookExample
from rules.loader.faultless import Faultless
from rules.loader.findings import Finding, in_order
from rules.rulebook import Rule, Rulebook, Status

if TYPE_CHECKING:
    from rules.check.example_files import FileResult


@dataclass(frozen=True, slots=True)
class Report:
    """Everything there is to mend. `rulebook` is None when the files could not be read into one.

    `files` counts the files asked for; the rulebook may hold more, read as context. `reading` is what they hold.
    """

    rulebook: Rulebook | None
    findings: tuple[Finding, ...]
    files: int
    reading: Reading

    @property
    def ok(self) -> bool:
        """Whether the rulebook may be used: nothing worse than a warning."""
        return self.rulebook is not None and not any(found.is_error for found in self.findings)


@dataclass(frozen=True, slots=True)
class TestReport:
    """Every example of every rule that was run, in rule and file order, and every example file."""

    __test__ = False  # not a test case, whatever pytest thinks of the name

    results: tuple[ExampleResult, ...]
    files: tuple[FileResult, ...] = ()

    @property
    def failures(self) -> tuple[ExampleResult, ...]:
        """The examples that came out otherwise than they expect."""
        return tuple(result for result in self.results if not result.passed)

    @property
    def file_failures(self) -> tuple[FileResult, ...]:
        """The example files that came out otherwise than they expect."""
        return tuple(result for result in self.files if not result.passed)

    @property
    def ok(self) -> bool:
        """Whether every example came out as it expects."""
        return not self.failures and not self.file_failures


def check(
    paths: Sequence[Path] | None = None,
    overlays: Sequence[Path] = (),
    context: Sequence[Path] = (),
    *,
    solver: bool = True,
    faultless: Faultless | None = None,
) -> Report:
    """Return every finding about the files at `paths` (None: the shipped packs) and the tenants' `overlays`.

    `context` is read only to know what the files may refer to; its own examples are not run. Without the `solver`
    nothing is said of rules in vain and of holes in the guardrails. Phrases and examples that are `faultless` are not
    tried again.
    """
    reading = read(paths, overlays, context, faultless=faultless)
    found = in_order([*reading.findings, *_house_rules(reading, faultless)])
    if solver and reading.rulebook is not None:
        from rules.check import solver as proofs  # noqa: PLC0415 - Z3 is slow to import, and not everybody asks for it

        found = in_order([*found, *proofs.check(reading, reading.rulebook, found)])
    return Report(reading.rulebook, found, reading.files, reading)


def test(
    rulebook: Rulebook,
    only: Collection[str] | None = None,  # noqa: PT028 - it is no test case
    files: Iterable[BookExample] = (),  # noqa: PT028 - the same
) -> TestReport:
    """Run the examples of the rules (of those in `only`) and example `files`, by the live engine and the reference.

    Examples of deprecated rules are not run. Raise EngineFailed when the engine takes a condition or fact for none
    of its own; `check` says where.
    """
    rules = [
        rule
        for rule in rulebook.rules.values()
        if rule.status is not Status.DEPRECATED and (only is None or rule.id in only)
    ]
    from rules.check import example_files  # noqa: PLC0415 - needs all that decides; a check does not

    with Trial.of(rules) as trial:
        results = tuple(result for rule in rules for result in examples.run(rule, trial, CHECKED_AT))
    return TestReport(results, example_files.run(rulebook, files))


def _house_rules(reading: Reading, faultless: Faultless | None) -> Iterable[Finding]:
    """Yield what the house rules find; next to broken files, what can be said of each right one by itself."""
    if reading.rulebook is not None:
        yield from house.check(reading, reading.rulebook)
    yield from replies.check(reading)
    yield from signals.check(reading, faultless)
    yield from locks.check(reading)
    yield from _examples(list(house.live_rules(reading)), faultless)


def _examples(rules: list[tuple[Draft, Rule]], faultless: Faultless | None) -> Iterable[Finding]:
    """Yield the findings about the examples of the rules that are not known to have none."""
    keys = {} if faultless is None else {rule.id: faultless.key("rule", _content(rule)) for _, rule in rules}
    new = rules if faultless is None else [(draft, rule) for draft, rule in rules if keys[rule.id] not in faultless]
    if not new:
        return
    taken, refused, trial = _tried(new)
    with trial:
        yield from refused
        for draft, rule in taken:
            found = [*examples.check(draft, rule, trial), *branches.check(draft, rule, CHECKED_AT)]
            if faultless is not None and not found:
                faultless.add(keys[rule.id])
            yield from found


def _content(rule: Rule) -> bytes:
    """Return everything that decides how the rule's examples come out."""
    given = [[example.name, example.matches, dict(example.given)] for example in rule.examples]
    return canonical_json([rule.kind.value, rule.on_unknown_suppress, condition(rule.when), given])


def _tried(rules: list[tuple[Draft, Rule]]) -> tuple[list[tuple[Draft, Rule]], list[Finding], Trial]:
    """Return the rules that the engine takes, a finding for each that it does not, and the trial of the former."""
    try:
        return rules, [], Trial.of([rule for _, rule in rules])
    except EngineFailed:
        found = [(draft, rule, examples.refusal(draft, rule)) for draft, rule in rules]
        taken = [(draft, rule) for draft, rule, refused in found if refused is None]
        return taken, [refused for _, _, refused in found if refused is not None], Trial.of([r for _, r in taken])
