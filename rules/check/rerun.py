"""Examples run again and again while somebody edits: only those that a change could make come out otherwise."""

from __future__ import annotations

from dataclasses import dataclass, field

from rules.check.example_files import FileResult, asked_for
from rules.check.examples import ExampleResult
from rules.check.report import TestReport, test
from rules.loader import Reading
from rules.loader.example_files import BookExample
from rules.loader.sources import Layer
from rules.rulebook import Rule, Rulebook, Status


@dataclass(slots=True)
class Rerun:
    """Runs examples and keeps how they came out.

    A rule's own examples depend on that rule alone; an example file depends on the whole rulebook.
    """

    _rules: dict[str, tuple[Rule, tuple[ExampleResult, ...]]] = field(default_factory=dict)
    _files: dict[str, tuple[str, BookExample, FileResult]] = field(default_factory=dict)

    def test(self, reading: Reading, rulebook: Rulebook) -> tuple[TestReport, tuple[str, ...]]:
        """Return how every example that was asked for comes out, and the ids of the rules and files run for it."""
        rules = {
            draft.id: draft.item
            for _, draft in sorted(reading.drafts.items())
            if isinstance(draft.item, Rule)
            and draft.layer is not Layer.CONTEXT
            and draft.item.status is not Status.DEPRECATED
        }
        files = {example.id: example for example in asked_for(reading)}
        changed = {id_ for id_, rule in rules.items() if id_ not in self._rules or self._rules[id_][0] != rule}
        stale = [
            example
            for id_, example in files.items()
            if id_ not in self._files or self._files[id_][:2] != (rulebook.digest, example)
        ]
        found = test(rulebook, changed, stale)
        results: dict[str, list[ExampleResult]] = {id_: [] for id_ in changed}
        for result in found.results:
            results[result.rule].append(result)
        self._rules = {
            id_: (rule, tuple(results[id_]) if id_ in changed else self._rules[id_][1]) for id_, rule in rules.items()
        }
        ran = {result.id: result for result in found.files}
        self._files = {
            id_: (rulebook.digest, example, ran[id_] if id_ in ran else self._files[id_][2])
            for id_, example in files.items()
        }
        whole = TestReport(
            tuple(result for _, held in self._rules.values() for result in held),
            tuple(result for _, _, result in self._files.values()),
        )
        return whole, (*sorted(changed), *(example.id for example in stale))
