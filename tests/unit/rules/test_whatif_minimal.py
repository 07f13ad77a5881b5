"""The change that is given out is the smallest one: held against an oracle that tries every change there is."""

import pytest
from laws import slow_but
from whatif_cases import CLOSED, OPEN, drawn_case, flips, shown

from rules.decide import Decider
from rules.engine import ReferenceEvaluator
from rules.vocabulary import FIELDS
from rules.whatif import Verdict, WhatIf
from rules.whatif.edits import edited

MIXED = {**CLOSED, **OPEN}


def answers(case, fields):
    """Return every action's answer, asked once."""
    with Decider(case.rulebook) as decider:
        inquiry = WhatIf(decider).about(decider.decide(case.facts))
        return {name: inquiry.change(name, fields=fields, tries=500) for name in sorted(case.rulebook.actions)}


def check_flips(case, answer):
    """The change flips the decision of the reference evaluator too."""
    edits = {changed.spot: changed.after for changed in answer.change.changed}
    with Decider(case.rulebook, ReferenceEvaluator) as decider:
        after = decider.decide(edited(case.facts, edits))

        assert (answer.action in shown(after)) is answer.shows
        assert after == answer.change.decision


def as_edits(answer):
    return {(changed.spot.name, changed.spot.item): changed.after for changed in answer.change.changed}


def steps(case, edits):
    """How far apart the values lie in the order of their field; an unknown one is one step from every other."""
    total = 0
    for (name, item), after in edits.items():
        before = case.now((name, item))
        values = case.domains[name]
        total += 1 if before is None else abs(values.index(after) - values.index(before))
    return total


@pytest.mark.parametrize("seed", slow_but(range(5), range(30)))
def test_change_of_closed_values_is_the_smallest_and_the_nearest(seed):
    case = drawn_case(seed, CLOSED, 4)
    by_trying = flips(case, 4)

    for name, answer in answers(case, 4).items():
        if name not in by_trying:
            assert answer.verdict is Verdict.NOTHING, (seed, name)
            continue
        count, ways = by_trying[name]
        assert answer.verdict is Verdict.FOUND, (seed, name)
        assert len(answer.change.changed) == count, (seed, name)
        assert as_edits(answer) in ways, (seed, name)
        nearest = min(steps(case, way) for way in ways)
        as_near = [way for way in ways if steps(case, way) == nearest]
        first = min(as_near, key=lambda way: sorted(list(FIELDS).index(field) for field, _ in way))
        assert steps(case, as_edits(answer)) == nearest, (seed, name)
        assert set(as_edits(answer)) == set(first), (seed, name)
        check_flips(case, answer)


@pytest.mark.parametrize("seed", slow_but((1000, 1006, 1011), range(1000, 1030)))
def test_change_of_numbers_texts_and_items_is_the_smallest(seed):
    case = drawn_case(seed, MIXED)
    by_trying = flips(case, 2)

    for name, answer in answers(case, 2).items():
        if answer.change is not None:
            check_flips(case, answer)
        was_tried = answer.change is not None and all(
            after in case.domains[field] for (field, _), after in as_edits(answer).items()
        )
        if name in by_trying:
            count = by_trying[name][0]
            found = len(answer.change.changed)
            assert found == count if was_tried else found <= count, (seed, name)
        else:
            # only a value beyond those tried may do it
            assert answer.verdict in {Verdict.NOTHING, Verdict.NOT_WITHIN} or not was_tried, (seed, name)
