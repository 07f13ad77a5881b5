"""Which conditions of a rule its examples turn on."""

import itertools

import pytest
from hypothesis import strategies as st
from laws import law
from rule_files import RULE, VOTE, line_of, write_pack

from rules.check.coverage import cover
from rules.check.witnesses import bench
from rules.loader import SHIPPED, read
from rules.text import LOCALES


def coverage_of(folder, only=None):
    reading = read([folder])
    assert reading.rulebook is not None, [str(found) for found in reading.findings]
    return cover(bench(reading, reading.rulebook, only))


def rule_of(tmp_path, when, examples, name="vote"):
    """Return the cover of a classification with this `when` and these (given, expect) examples."""
    head = VOTE[: VOTE.index("when:")]
    listed = "".join(
        f"  - name: example {index}\n    given: {facts}\n    expect: {expect}\n"
        for index, (facts, expect) in enumerate(examples)
    )
    content = f"{head}when:\n{when}then: {{classify: {{support: 3}}}}\nexamples:\n{listed}"
    folder = write_pack(tmp_path, **{name: content})
    return content, coverage_of(folder, {f"shop.{name}"}).rules[0]


def sides(cover_):
    """Return (words, whether it decides when true, when false) of each leaf."""
    return [(leaf.words, leaf.when_true is not None, leaf.when_false is not None) for leaf in cover_.leaves]


def test_leaf_that_never_decides_is_reported_and_the_others_are_not(tmp_path):
    when = """\
  all:
    - signals: {has: broken_thing}
    - any:
        - customer.tier: key
        - customer.mrr: {at_least: 100}
"""
    content, found = rule_of(
        tmp_path,
        when,
        [
            ("{signals: [broken_thing], customer: {tier: key, mrr: 200}}", "match"),
            ("{signals: [broken_thing], customer: {tier: standard, mrr: 200}}", "match"),
            ("{signals: [broken_thing], customer: {tier: standard, mrr: 99}}", "no_match"),
            ("{signals: [], customer: {tier: standard, mrr: 200}}", "no_match"),
        ],
    )

    assert sides(found) == [
        ("signals: {has: broken_thing}", True, True),
        ("customer.tier: key", False, True),
        ("customer.mrr: {at_least: 100}", True, True),
    ]
    assert (found.covered, len(found.leaves), round(found.percent, 1)) == (2, 3, 66.7)
    assert [(leaf.line, leaf.column) for leaf in found.leaves] == [
        (line_of(content, "- signals: {has"), 7),
        (line_of(content, "- customer.tier"), 11),
        (line_of(content, "- customer.mrr"), 11),
    ]
    assert found.leaves[2].when_true == "example 1"
    assert found.leaves[2].when_false == "example 2"


def test_same_question_asked_twice_decides_in_neither_place(tmp_path):
    when = "  any:\n    - customer.tier: key\n    - customer.tier: key\n"
    _, found = rule_of(
        tmp_path, when, [("{customer: {tier: key}}", "match"), ("{customer: {tier: standard}}", "no_match")]
    )

    assert sides(found) == [("customer.tier: key", False, True)] * 2


def test_unknown_is_not_false_and_covers_nothing(tmp_path):
    when = "  customer.tier: key\n"
    _, unknown = rule_of(tmp_path / "a", when, [("{customer: {tier: key}}", "match"), ("{}", "no_match")])
    _, known = rule_of(
        tmp_path / "b", when, [("{customer: {tier: key}}", "match"), ("{customer: {tier: standard}}", "no_match")]
    )

    assert sides(unknown) == [("customer.tier: key", True, False)]
    assert sides(known) == [("customer.tier: key", True, True)]


def test_example_that_fails_covers_nothing(tmp_path):
    when = "  customer.tier: key\n"
    _, found = rule_of(
        tmp_path, when, [("{customer: {tier: key}}", "no_match"), ("{customer: {tier: standard}}", "no_match")]
    )

    assert sides(found) == [("customer.tier: key", False, True)]


def test_leaf_under_not_decides_the_other_way_round(tmp_path):
    when = "  not:\n    customer.tier: key\n"
    _, found = rule_of(
        tmp_path, when, [("{customer: {tier: key}}", "no_match"), ("{customer: {tier: standard}}", "match")]
    )

    assert (found.leaves[0].when_true, found.leaves[0].when_false) == ("example 0", "example 1")


def test_guardrail_that_suppresses_on_unknown_is_judged_by_what_it_does(tmp_path):
    found = coverage_of(write_pack(tmp_path), {"shop.no_sale"}).rules[0]

    # "nobody knows" covers nothing; "opted out" decides, for without it the guardrail would be surely lifted
    assert sides(found) == [("severity: severe", True, True), ("customer.opted_out: true", True, True)]


@pytest.mark.parametrize("word", ["exists", "none"])
def test_leaf_inside_a_collection_is_flipped_for_one_item_at_a_time(tmp_path, word):
    when = f"  {word}:\n    in: subscriptions\n    where: {{status: active, seats: {{above: 5}}}}\n"
    met, unmet = ("match", "no_match") if word == "exists" else ("no_match", "match")
    two_short = "{subscriptions: [{status: active, seats: 5}, {status: trial, seats: 9}]}"
    content, found = rule_of(
        tmp_path,
        when,
        [
            # two items are met: neither of them decides alone
            ("{subscriptions: [{status: active, seats: 6}, {status: active, seats: 7}]}", met),
            (two_short, unmet),
        ],
    )

    assert sides(found) == [
        ("subscriptions: status: active", False, True),
        ("subscriptions: seats: {above: 5}", False, True),
    ]
    assert found.leaves[1].line == line_of(content, "where:")
    _, again = rule_of(
        tmp_path / "more", when, [("{subscriptions: [{status: active, seats: 6}, {}]}", met), (two_short, unmet)]
    )
    assert [leaf.covered for leaf in again.leaves] == [True, True]


def test_worst_rule_comes_first_and_packs_are_summed(tmp_path):
    found = coverage_of(write_pack(tmp_path))

    assert found.rules[0].rule == "shop.renewal_call"
    assert [(rule.percent, rule.rule) for rule in found.rules] == sorted(
        (rule.percent, rule.rule) for rule in found.rules
    )
    assert list(found.packs()) == [("shop", found.covered, found.leaves)]
    assert found.leaves == 8


def test_example_file_counts_for_the_rules_it_names(tmp_path):
    folder = write_pack(tmp_path)
    before = coverage_of(folder, {"shop.renewal_call"}).rules[0]
    (folder / "examples").mkdir()
    (folder / "examples/quiet.yml").write_text(
        "schema: 1\nname: key customer, all well\n"
        "given: {signals: [], customer: {tier: key}}\nexpect: {silent: [shop.renewal_call]}\n",
        "utf-8",
    )
    after = coverage_of(folder, {"shop.renewal_call"}).rules[0]

    assert sides(before)[0] == ("signals: {has: broken_thing}", True, False)
    assert after.leaves[0].when_false == "key customer, all well"


def test_leaf_is_named_in_both_languages(tmp_path):
    found = coverage_of(write_pack(tmp_path), {"shop.renewal_call"}).rules[0]

    assert len({leaf.said(locale) for leaf in found.leaves for locale in LOCALES}) == 6


def test_deprecated_rules_are_left_out(tmp_path):
    gone = "status: deprecated\ndeprecated: {since: 2026-01-01, reason: {pt-BR: a, en: b}, replaced_by: []}"
    folder = write_pack(tmp_path, renewal_call=RULE.replace("status: stable", gone))

    assert "shop.renewal_call" not in {rule.rule for rule in coverage_of(folder).rules}


@pytest.mark.slow
def test_shipped_rules_are_covered():
    assert coverage_of(SHIPPED).percent >= 95


# --- against every possible table, by plain booleans --------------------------------------------------

FLAGS = ("customer.open_dispute", "customer.opted_out", "customer.regulated_sector", "ticket.is_vip")


def trees(depth):
    leaf = st.sampled_from(range(len(FLAGS)))
    if depth == 0:
        return leaf
    below = trees(depth - 1)
    return st.one_of(
        leaf,
        st.tuples(st.just("not"), below),
        st.tuples(st.sampled_from(["all", "any"]), st.lists(below, min_size=1, max_size=3)),
    )


def as_yaml(tree, indent):
    pad = " " * indent
    match tree:
        case int():
            return f"{pad}{FLAGS[tree]}: true\n"
        case ("not", part):
            return f"{pad}not:\n{as_yaml(part, indent + 2)}"
        case (word, parts):
            listed = "".join(f"{pad}  -\n{as_yaml(part, indent + 6)}" for part in parts)
            return f"{pad}{word}:\n{listed}"


def leaf_count(tree):
    match tree:
        case int():
            return 1
        case ("not", part):
            return leaf_count(part)
        case (_, parts):
            return sum(map(leaf_count, parts))


def outcome(tree, row, flipped, counter):
    match tree:
        case int():
            return row[tree] is not (next(counter) == flipped)
        case ("not", part):
            return not outcome(part, row, flipped, counter)
        case (word, parts):
            found = [outcome(part, row, flipped, counter) for part in parts]
            return all(found) if word == "all" else any(found)


def order(tree):
    match tree:
        case int():
            return [tree]
        case ("not", part):
            return order(part)
        case (_, parts):
            return [leaf for part in parts for leaf in order(part)]


@law(
    quick=8,
    thorough=40,
    tree=trees(3),
    rows=st.sets(st.tuples(*[st.booleans()] * len(FLAGS)), min_size=1, max_size=5),
)
def test_coverage_is_what_flipping_each_leaf_by_hand_says(tmp_path_factory, tree, rows):
    rows = sorted(rows)
    examples = []
    for row in rows:
        facts = {name: str(value).lower() for name, value in zip(FLAGS, row, strict=True)}
        customer = ", ".join(f"{name.partition('.')[2]}: {facts[name]}" for name in FLAGS[:3])
        held = outcome(tree, row, -1, itertools.count())
        shown = f"{{customer: {{{customer}}}, ticket: {{is_vip: {facts[FLAGS[3]]}}}}}"
        examples.append((shown, "match" if held else "no_match"))
    _, found = rule_of(tmp_path_factory.mktemp("tree"), as_yaml(tree, 2), examples)
    expected = []
    for index, flag in enumerate(order(tree)):
        turned = {
            row[flag]
            for row in rows
            if outcome(tree, row, index, itertools.count()) is not outcome(tree, row, -1, itertools.count())
        }
        expected.append((True in turned, False in turned))

    assert len(expected) == leaf_count(tree)
    assert [(true, false) for _, true, false in sides(found)] == expected
