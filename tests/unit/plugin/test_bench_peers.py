"""The contest with other engines: its workload is the stated one, and its verdicts can be bad."""

from __future__ import annotations

import json
import sys
from statistics import mean

import pytest

from plugin.bench.peers import contest, own, workload
from rules.engine import ReferenceEvaluator
from rules.vocabulary import Type


@pytest.fixture(scope="module")
def made():
    return workload.make(300, 200)


def test_workload_has_the_stated_fields():
    kinds = [field.type for field in own.vocabulary().values()]

    assert [kinds.count(kind) for kind in (Type.INTEGER, Type.NUMBER, Type.ENUM, Type.FLAG, Type.SET)] == [
        12,
        4,
        14,
        6,
        4,
    ]


@pytest.mark.slow
def test_workload_rules_are_as_stated(made):
    groups = [group for rule in made["rules"] for group in rule["all"]]
    fired = mean(len(workload.expected(made["rules"], ticket)) for ticket in made["tickets"])

    assert {len(rule["all"]) for rule in made["rules"]} == {2, 3, 4}
    assert 0.10 < mean(len(group) == 2 for group in groups) < 0.20
    assert workload.FIRING[0] <= fired <= workload.FIRING[1]


@pytest.mark.slow
def test_workload_leaves_out_three_fields_of_ten(made):
    left = sum(map(len, made["absent"])) / sum(map(len, made["tickets"]))

    assert 0.67 < left < 0.73


def test_workload_is_the_same_every_time():
    assert workload.make(20, 5) == workload.make(20, 5)


@pytest.mark.slow
def test_workload_means_what_the_conditions_mean(made):
    conditions = {rule["id"]: own.condition(rule) for rule in made["rules"]}
    reference = ReferenceEvaluator({"book": conditions}, fields=own.vocabulary())
    for ticket in (*made["tickets"][:40], *made["absent"][:40]):
        assert sorted(reference.fired("book", own.facts_of(ticket))) == sorted(workload.expected(made["rules"], ticket))


@pytest.mark.slow
def test_contest_finds_sidecue_right_with_all_fields_and_without_some():
    table = contest.measure(None, sizes=(60,), rounds=1)["60 rules"]

    assert isinstance(table["sidecue"]["all fields"], float)
    assert isinstance(table["sidecue"]["30 % absent"], float)


FORGETFUL = """
from plugin.bench.peers.contestant import serve
from plugin.bench.peers.workload import expected
def engine(rules):
    seen = []
    def fires(ticket):
        seen.append(ticket)
        if len(seen) == 6:
            raise KeyError("count_3")
        return [*expected(rules, ticket), *(["r_never"] if len(seen) == 4 else [])]
    return fires
serve(engine)
"""


def test_contest_gives_no_figure_to_an_engine_that_is_wrong(tmp_path):
    made = workload.make(20, 8)
    path = tmp_path / "workload.json"
    path.write_text(json.dumps(made), "utf-8")
    expected = [sorted(workload.expected(made["rules"], ticket)) for ticket in made["tickets"]]
    with contest._started([sys.executable, "-c", FORGETFUL]) as process:
        one = contest.Contestant("forgetful", process)
        one.ask({"load": str(path)})

        assert not contest._is_right(one, "tickets", expected)
    assert one.verdicts["tickets"] == "wrong on 1, raises on 1 of 8"
    assert contest._ratio(one, one, "tickets") is None
