"""An evaluation as plain data, for machines."""

from __future__ import annotations

from typing import Any, Final

from plugin.evaluation.figures import Evaluation
from rules.decide.canonical import said_at
from rules.evaluation import Confusion, Error, stands_for
from rules.evaluation.reliability import Reliability
from rules.model import Fired
from rules.rulebook import Function
from rules.text import Locale

SCHEMA: Final = 1


def as_document(evaluation: Evaluation, locale: Locale, *, texts: bool) -> dict[str, Any]:
    """Return every figure as it is, unrounded; null is a figure that has nothing to count."""
    tally, whole, prior, costs = evaluation.tally, evaluation.tally.whole, evaluation.prior, evaluation.costs
    held = evaluation.held()
    return {
        "schema": SCHEMA,
        "ok": not evaluation.refused and all(floor.is_kept for floor in held),
        "file": evaluation.file,
        "rulebook": evaluation.rulebook.digest,
        "taken_at": said_at(evaluation.now),
        **_figures(whole),
        "coverage": tally.coverage,
        "needs_triage": tally.triage,
        "mean_cost": whole.mean_cost(costs),
        "at_prior": {
            "prior": {function.value: prior[function] for function in Function},
            "accuracy": whole.accuracy_at(prior),
            "mean_cost": whole.mean_cost_at(costs, prior),
        },
        "functions": [
            {
                "function": function.value,
                "tickets": whole.expected(function),
                "decided": whole.decided(function),
                "precision": whole.precision(function),
                "precision_at_prior": whole.precision_at(function, prior),
                "recall": whole.recall(function),
                "f1": whole.f1(function),
                "coverage": tally.coverage_of(function),
            }
            for function in Function
        ],
        "confusion": {
            expected.value: {decided.value: whole.count(expected, decided) for decided in Function}
            for expected in Function
        },
        "slices": [
            {"by": by, "value": value, **_figures(found)} for (by, value), found in sorted(tally.slices.items())
        ],
        "rules": [
            {
                "rule": name,
                "in_shadow": in_shadow,
                "stands_for": sorted(stands_for(evaluation.rulebook.rules[name])),
                "fired": count.fired,
                "right": count.right,
                "precision": count.precision,
                "misled": count.misled,
            }
            for name, count, in_shadow in evaluation.rules()
        ],
        "silent_rules": evaluation.silent(),
        "calibration": reliability_document(tally.reliability),
        "asides": {
            "collaborators": {"rows": tally.asides.collaborators, "right": tally.asides.collaborators_right},
            "recommendations": {
                "rows": tally.asides.recommendations,
                "first_right": tally.asides.first,
                "all_shown": tally.asides.shown,
            },
        },
        "costs": {f"{expected}:{decided}": cost for (expected, decided), cost in sorted(costs.items())},
        "errors": [_error(error, texts=texts) for error in tally.dearest()],
        "floors": [
            {"language": one.floor.language, "least": one.floor.least, "macro_f1": one.found, "kept": one.is_kept}
            for one in held
        ],
        "refused": [
            {"line": refused.line, "id": refused.id, "error": refused.problem.read(locale)}
            for refused in evaluation.refused
        ],
    }


def reliability_document(found: Reliability) -> dict[str, Any]:
    """Return the expected calibration error and the bins it is made of."""
    return {"expected_error": found.expected_error, "bins": [one._asdict() for one in found.bins]}


def _figures(found: Confusion) -> dict[str, Any]:
    return {"tickets": found.total, "accuracy": found.accuracy, "macro_f1": found.macro_f1}


def _error(error: Error, *, texts: bool) -> dict[str, Any]:
    return {
        "line": error.line,
        "id": error.id,
        **({"text": error.text} if texts else {}),
        "expected": error.expected.value,
        "decided": error.decided.value,
        "cost": error.cost,
        "confidence": error.confidence,
        "needs_triage": error.needs_triage,
        "scores": {function.value: score for function, score in error.scores.items()},
        "signals": list(error.signals),
        "fired": [_fired(fired) for fired in error.fired],
    }


def _fired(fired: Fired) -> dict[str, Any]:
    return {
        "rule": fired.rule,
        "version": fired.version,
        "leaves": [
            {"field": leaf.field, "op": leaf.op, "expected": leaf.expected, "actual": leaf.actual, "truth": leaf.truth}
            for leaf in fired.leaves
        ],
    }
