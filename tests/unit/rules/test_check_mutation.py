"""Small faults in rules, and whether an example notices."""

from dataclasses import replace
from types import MappingProxyType

import pytest
from hypothesis import strategies as st
from laws import law
from rule_files import GUARDRAIL, OFFER, RULE, VOTE, line_of, write_pack

from rules.check import test as run_examples
from rules.check.example_files import asked_for
from rules.check.mutants import CHANGES, mutants
from rules.check.mutation import mutate
from rules.check.normal import normal
from rules.check.witnesses import bench
from rules.conditions import All, AnyOf, Exists, Not, Op, Test
from rules.engine import truth
from rules.loader import SHIPPED, read
from rules.loader.sources import FileKind
from rules.model import Facts

FILE = """\
schema: 1
name: success takes a broken thing
given: {signals: [broken_thing], customer: {tier: key}}
expect:
  primary: success
  shows: [shop.call]
"""


SUCCESS = VOTE.replace("{support: 3}, collaborate: [success]", "{success: 3}, collaborate: [support]")


def reading_of(folder):
    reading = read([folder])
    assert reading.rulebook is not None, [str(found) for found in reading.findings]
    return reading


def score_of(folder, rule):
    reading = reading_of(folder)
    (score,) = mutate(bench(reading, reading.rulebook, {rule})).rules
    return score


def mutants_of(tmp_path, content, name):
    draft = reading_of(write_pack(tmp_path, **{name: content})).drafts[FileKind.RULE, f"shop.{name}"]
    return mutants(draft.item, draft.document)


def said(found):
    return [(mutant.change, mutant.before, mutant.after) for mutant in found]


def test_mutants_of_a_rule_are_all_there_in_file_order(tmp_path):
    found = mutants_of(tmp_path, RULE, "renewal_call")

    signal, tier = "signals: {has: broken_thing}", "customer.tier: {in: [key, enterprise]}"
    mrr = "customer.mrr: {at_least: 5000}"
    inner = f"any: [{tier}, {mrr}]"
    whole = f"all: [{signal}, {inner}]"
    assert said(found) == [
        ("group", whole, "any" + whole.removeprefix("all")),
        ("dropped", signal, None),
        ("dropped", inner, None),
        ("negated", signal, f"not: {{{signal}}}"),
        ("group", inner, "all" + inner.removeprefix("any")),
        ("dropped", tier, None),
        ("dropped", mrr, None),
        ("negated", tier, f"not: {{{tier}}}"),
        ("value", tier, "customer.tier: {in: [key, enterprise, standard]}"),
        ("member", "customer.tier: key", None),
        ("member", "customer.tier: enterprise", None),
        ("negated", mrr, f"not: {{{mrr}}}"),
        ("edge", mrr, "customer.mrr: {above: 5000}"),
        ("bound", mrr, "customer.mrr: {at_least: 5001}"),
        ("bound", mrr, "customer.mrr: {at_least: 4999}"),
        ("consequence", "action: shop.call", None),
    ]
    assert found[13].line == line_of(RULE, "- customer.mrr")
    assert found[-1].line == line_of(RULE, "recommend:")
    assert {mutant.change for mutant in found} <= set(CHANGES)


@pytest.mark.parametrize(
    ("when", "change", "after"),
    [
        ("{customer.seat_utilisation: {at_least: 0.95}}", "bound", "customer.seat_utilisation: {at_least: 0.96}"),
        ("{customer.seat_utilisation: {at_least: 0.5}}", "bound", "customer.seat_utilisation: {at_least: 0.4}"),
        ("{customer.tenure_days: {below: 3}}", "edge", "customer.tenure_days: {at_most: 3}"),
        ("{customer.days_to_renewal: {between: [0, 90]}}", "bound", "customer.days_to_renewal: {between: [-1, 90]}"),
        ("{customer.days_to_renewal: {between: [0, 90]}}", "bound", "customer.days_to_renewal: {between: [0, 91]}"),
        ("{customer.tier: key}", "value", "customer.tier: enterprise"),
        ("{customer.tier: {known: true}}", "negated", "customer.tier: {known: false}"),
        ("{signals: {has_all: [broken_thing, other]}}", "quantity", "signals: {has_any: [broken_thing, other]}"),
        ("{none: {in: subscriptions, where: {seats: 3}}}", "negated", "exists: {in: subscriptions, where: {seats: 3}}"),
        ("{exists: {in: subscriptions, where: {seats: 3}}}", "bound", "seats: 4"),
    ],
)  # fmt: skip
def test_each_kind_of_test_has_its_faults(tmp_path, when, change, after):
    content = VOTE.replace("{signals: {has: broken_thing}}", when, 1)
    content = content[: content.index("examples:")]
    folder = write_pack(tmp_path, vote=content)
    signal = (folder / "signals/broken_thing.yml").read_text("utf-8")
    (folder / "signals/other.yml").write_text(signal.replace("broken_thing", "other"), "utf-8")
    draft = reading_of(folder).drafts[FileKind.RULE, "shop.vote"]

    assert (change, after) in {(mutant.change, mutant.after) for mutant in mutants(draft.item, draft.document)}


def test_votes_and_collaborators_have_faults_too(tmp_path):
    found = said(mutants_of(tmp_path, VOTE, "vote"))

    assert found[-2:] == [("vote", "support: 3", "support: -3"), ("consequence", "success", None)]


def test_guardrail_has_the_fault_of_its_on_unknown(tmp_path):
    turned = mutants_of(tmp_path / "a", GUARDRAIL, "no_sale")
    plain = mutants_of(tmp_path / "b", GUARDRAIL.replace("on_unknown: suppress\n", ""), "no_sale")

    assert ("on_unknown", "on_unknown: suppress", None) in said(turned)
    assert ("on_unknown", "", "on_unknown: suppress") in said(plain)
    assert turned[[mutant.change for mutant in turned].index("on_unknown")].rule.on_unknown_suppress is False


def test_fault_that_changes_nothing_is_equivalent_and_not_counted(tmp_path):
    # the signals of a text are always known, so on_unknown changes nothing here
    content = GUARDRAIL[: GUARDRAIL.index("when:")] + (
        "when: {signals: {has: broken_thing}}\non_unknown: suppress\n"
        "then:\n  suppress:\n    kinds: [upsell]\n    reason: {pt-BR: a, en: b}\n"
        "examples:\n  - name: said\n    given: {signals: [broken_thing]}\n    expect: match\n"
        "  - name: not said\n    given: {}\n    expect: no_match\n"
    )
    score = score_of(write_pack(tmp_path, no_sale=content), "shop.no_sale")
    equivalent = [verdict.mutant.change for verdict in score.verdicts if verdict.mutant.equivalent]

    assert equivalent == ["on_unknown"]
    assert score.counted == len(score.verdicts) - 1
    assert "on_unknown" not in {mutant.change for mutant in score.survivors()}


def test_two_faults_of_one_meaning_are_one_mutant(tmp_path):
    # above 4 of a whole number is at_least 5, so edge and bound meet
    content = OFFER.replace("customer.seat_utilisation: {at_least: 0.9}", "customer.tenure_days: {at_least: 4}")
    content = content.replace("seat_utilisation: 0.95", "tenure_days: 4").replace(
        "seat_utilisation: 0.5", "tenure_days: 3"
    )

    assert [mutant.after for mutant in mutants_of(tmp_path, content, "offer_more")][:4] == [
        "not: {customer.tenure_days: {at_least: 4}}",
        "customer.tenure_days: {above: 4}",
        "customer.tenure_days: {at_least: 3}",
        None,
    ]


def test_example_at_the_bound_notices_a_shifted_bound(tmp_path):
    far = score_of(write_pack(tmp_path / "far"), "shop.renewal_call")
    near = RULE.replace("{mrr: 6000}", "{mrr: 5000}").replace("mrr: 10}", "mrr: 4999}")
    close = score_of(write_pack(tmp_path / "near", renewal_call=near), "shop.renewal_call")
    bounds = {"bound", "edge"}

    assert {mutant.change for mutant in far.survivors()} >= bounds
    assert not {mutant.change for mutant in close.survivors()} & bounds
    noticed = {verdict.mutant.after: verdict.noticed_by for verdict in close.verdicts}
    assert noticed["customer.mrr: {at_least: 5001}"] == "high revenue"
    assert noticed["customer.mrr: {at_least: 4999}"] == "small account"


def test_faults_in_then_are_noticed_by_example_files(tmp_path):
    folder = write_pack(tmp_path, vote=SUCCESS)
    alone = score_of(folder, "shop.vote")
    (folder / "examples").mkdir()
    (folder / "examples/broken.yml").write_text(FILE, "utf-8")
    helped = score_of(folder, "shop.vote")

    assert [mutant.change for mutant in alone.survivors()] == ["vote", "consequence"]
    assert [mutant.before for mutant in helped.survivors()] == ["support"]
    assert [v.noticed_by for v in helped.verdicts if v.mutant.change == "vote"] == ["success takes a broken thing"]
    recommended = score_of(folder, "shop.renewal_call").verdicts[-1]
    assert (recommended.mutant.before, recommended.noticed_by) == ("action: shop.call", "success takes a broken thing")


def live_failures(reading, mutant):
    """Return the examples that fail with the mutant in the place of its rule, by the live engine."""
    rules = MappingProxyType({**reading.rulebook.rules, mutant.rule.id: mutant.rule})
    report = run_examples(replace(reading.rulebook, rules=rules), {mutant.rule.id}, asked_for(reading))
    return [result.example for result in report.failures] + [result.name for result in report.file_failures]


def verdicts_of(folder):
    reading = reading_of(folder)
    found = mutate(bench(reading, reading.rulebook))
    return reading, [verdict for score in found.rules for verdict in score.verdicts]


def check_verdicts(reading, verdicts):
    survivors = 0
    for verdict in verdicts:
        failures = live_failures(reading, verdict.mutant)
        if verdict.noticed_by is None:
            survivors += 1
            assert failures == [], (verdict.mutant.rule.id, verdict.mutant.before, verdict.mutant.after)
        else:
            assert verdict.noticed_by in failures, (verdict.mutant.rule.id, verdict.mutant.before)
    return survivors


def test_survivors_really_pass_every_example_and_the_others_fail_the_named_one(tmp_path):
    folder = write_pack(tmp_path, vote=SUCCESS)
    (folder / "examples").mkdir()
    (folder / "examples/broken.yml").write_text(FILE, "utf-8")
    reading, verdicts = verdicts_of(folder)

    survivors = check_verdicts(reading, verdicts)
    assert 0 < survivors < len(verdicts)


@pytest.mark.slow
def test_verdicts_on_a_shipped_pack_hold_by_the_live_engine():
    reading = read([SHIPPED / "guardrails"], context=[SHIPPED])
    found = mutate(bench(reading, reading.rulebook))
    verdicts = [verdict for score in found.rules for verdict in score.verdicts if verdict.mutant.in_when]

    assert check_verdicts(reading, verdicts[::8]) > 0
    assert found.percent > 60


def test_mutants_are_the_same_every_time(tmp_path):
    folder = write_pack(tmp_path)

    assert said(v.mutant for v in verdicts_of(folder)[1]) == said(v.mutant for v in verdicts_of(folder)[1])


# --- the normal form -----------------------------------------------------------------------------

TIERS = ("standard", "key", "enterprise")
LEAVES = st.one_of(
    st.builds(
        Test,
        st.just("customer.nps"),
        st.sampled_from([Op.EQUALS, Op.ABOVE, Op.AT_LEAST, Op.BELOW, Op.AT_MOST]),
        st.sampled_from([-1, 0, 1, 5, 9, 10, 11]),
    ),
    st.builds(
        Test,
        st.just("customer.nps"),
        st.just(Op.BETWEEN),
        st.sampled_from([(0, 5), (5, 5), (1, 9), (0, 10), (-1, 6), (-1, 0), (9, 11)]),
    ),
    st.builds(Test, st.just("customer.tier"), st.just(Op.IS), st.sampled_from(TIERS)),
    st.builds(
        Test,
        st.just("customer.tier"),
        st.sampled_from([Op.IN, Op.NOT_IN]),
        st.lists(st.sampled_from(TIERS), min_size=1, unique=True).map(tuple),
    ),
    st.builds(Test, st.just("customer.opted_out"), st.just(Op.IS), st.booleans()),
    st.builds(Test, st.sampled_from(["customer.tier", "customer.nps", "signals"]), st.just(Op.KNOWN), st.booleans()),
    st.builds(Test, st.just("signals"), st.just(Op.HAS), st.sampled_from("ab")),
    st.builds(
        Test,
        st.just("signals"),
        st.sampled_from([Op.HAS_ANY, Op.HAS_ALL, Op.HAS_NONE]),
        st.lists(st.sampled_from("abc"), min_size=1, unique=True).map(tuple),
    ),
    st.builds(
        Exists,
        st.just("subscriptions"),
        st.builds(Test, st.just("seats"), st.sampled_from([Op.ABOVE, Op.AT_LEAST]), st.sampled_from([0, 1])),
    ),
)
CONDITIONS = st.recursive(
    LEAVES,
    lambda below: st.one_of(
        st.builds(Not, below),
        st.builds(All, st.lists(below, min_size=1, max_size=3).map(tuple)),
        st.builds(AnyOf, st.lists(below, min_size=1, max_size=3).map(tuple)),
    ),
    max_leaves=6,
)
FACTS = st.builds(
    lambda nps, tier, out, signals, seats: Facts(
        {
            name: value
            for name, value in (("customer.nps", nps), ("customer.tier", tier), ("customer.opted_out", out))
            if value is not None
        },
        frozenset(signals),
        {"subscriptions": tuple({} if count is None else {"seats": count} for count in seats)},
        None,
    ),
    st.sampled_from([None, 0, 1, 5, 6, 9, 10]),
    st.sampled_from([None, *TIERS]),
    st.sampled_from([None, True, False]),
    st.sets(st.sampled_from("abc")),
    st.lists(st.sampled_from([None, 0, 1, 2]), max_size=2),
)


@law(quick=50, thorough=200, condition=CONDITIONS, tried=st.lists(FACTS, min_size=1, max_size=6))
def test_normal_form_is_surely_true_of_the_same_facts(condition, tried):
    written_anew = normal(condition)

    for facts in tried:
        assert (truth(written_anew, facts) is True) is (truth(condition, facts) is True)
    assert normal(written_anew) == written_anew


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Test("customer.nps", Op.ABOVE, 4), Test("customer.nps", Op.AT_LEAST, 5)),
        (Not(Test("customer.nps", Op.ABOVE, 4)), Test("customer.nps", Op.BELOW, 5)),
        (Test("customer.nps", Op.AT_LEAST, 0), Test("customer.nps", Op.KNOWN, True)),
        (Test("customer.tier", Op.NOT_IN, ("key",)), Test("customer.tier", Op.IN, ("enterprise", "standard"))),
        (Not(Test("customer.tier", Op.IS, "key")), Test("customer.tier", Op.NOT_IN, ("key",))),
        (Test("signals", Op.HAS_ALL, ("a",)), Test("signals", Op.HAS_ANY, ("a",))),
        (All((AnyOf((Test("signals", Op.HAS, "a"),)),)), Test("signals", Op.HAS, "a")),
        (Test("customer.nps", Op.BETWEEN, (-1, 6)), Test("customer.nps", Op.BETWEEN, (0, 6))),
        (Test("customer.nps", Op.BETWEEN, (7, 11)), Test("customer.nps", Op.AT_LEAST, 7)),
        (Test("customer.nps", Op.BETWEEN, (-1, 11)), Test("customer.nps", Op.KNOWN, True)),
        (Test("customer.nps", Op.BETWEEN, (-1, 0)), Test("customer.nps", Op.EQUALS, 0)),
        (Not(Test("customer.nps", Op.EQUALS, 0)), Test("customer.nps", Op.ABOVE, 0)),
        (Not(Test("customer.nps", Op.EQUALS, 11)), Test("customer.nps", Op.KNOWN, True)),
        (Test("customer.csat_avg", Op.BETWEEN, (1.5, 6.0)), Test("customer.csat_avg", Op.AT_LEAST, 1.5)),
    ],
)  # fmt: skip
def test_one_meaning_has_one_normal_form(one, other):
    assert normal(one) == normal(other)
