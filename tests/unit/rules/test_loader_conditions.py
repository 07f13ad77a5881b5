"""Conditions become the tree, or say everything that is wrong with them."""

import pytest
from laws import every

from rules.conditions import All, AnyOf, Exists, Not, Op, Test
from rules.errors import RuleFilesInvalid
from rules.loader import parse_condition, yaml_strict
from rules.loader.conditions import MAX_DEPTH, MAX_QUESTIONS, ConditionReader
from rules.rulebook import RuleKind


def findings_of(text, kind=RuleKind.RECOMMENDATION):
    document = yaml_strict.read("f.yml", text)
    reader = ConditionReader(document, kind)

    assert reader.read(document.data, ()) is None
    return reader.findings


def test_condition_becomes_the_tree():
    condition = parse_condition(
        {
            "all": [
                {"signals": {"has_any": ["outage", "severe_failure"]}},
                {"customer.days_to_renewal": {"between": [0, 90]}},
                {"any": [{"customer.tier": "key"}, {"customer.mrr": {"at_least": 5000}}]},
                {"not": {"customer.opted_out": True}},
                {"exists": {"in": "subscriptions", "where": {"product": {"same_as": "ticket.product"}, "seats": 3}}},
                {"none": {"in": "invoices", "where": {"status": {"not_in": ["paid"]}}}},
                {"customer.nps": {"known": False}},
            ]
        }
    )

    assert condition == All(
        (
            Test("signals", Op.HAS_ANY, ("outage", "severe_failure")),
            Test("customer.days_to_renewal", Op.BETWEEN, (0, 90)),
            AnyOf((Test("customer.tier", Op.IS, "key"), Test("customer.mrr", Op.AT_LEAST, 5000.0))),
            Not(Test("customer.opted_out", Op.IS, value=True)),
            Exists(
                "subscriptions",
                All((Test("product", Op.SAME_AS, "ticket.product"), Test("seats", Op.EQUALS, 3))),
            ),
            Not(Exists("invoices", Test("status", Op.NOT_IN, ("paid",)))),
            Test("customer.nps", Op.KNOWN, value=False),
        )
    )


@every(
    ("text", "code", "column", "mend"),
    [
        ("customer.optd_out: true", "condition.unknown_field_near", 1, "Did you mean customer.opted_out?"),
        ("customer.mrr: {atleast: 5}", "condition.unknown_op_near", 16, "Did you mean at_least?"),
        ("customer.mrr: {is: 5}", "condition.op_unfit", 16, "equals, above, at_least, below, at_most, between, known"),
        ("customer.mrr: {has: 5}", "condition.op_unfit", 16, "Use one of: equals"),
        ("customer.mrr: {zzz: 5}", "condition.unknown_op", 16, "Use one of: equals"),
        ("customer.mrr: much", "condition.value_unfit", 15, "Write a number from 0 up."),
        ("customer.nps: 11", "condition.value_unfit", 15, "Write a whole number from 0 to 10."),
        ("customer.nps: 7.5", "condition.value_unfit", 15, "a whole number"),
        ("customer.tier: keyy", "condition.value_unfit_near", 16, "Did you mean key?"),
        ("customer.tier: zzz", "condition.value_unfit", 16, "one of: standard, key, enterprise"),
        ("customer.opted_out: no", "condition.value_unfit", 21, "true or false"),
        ("customer.opted_out: [true]", "condition.test_missing", 21, "is: true"),
        ("customer.days_to_renewal: {between: [90, 0]}", "condition.between", 37, "between: [lower, higher]"),
        ("customer.days_to_renewal: {between: [1]}", "condition.between", 37, "between: [lower, higher]"),
        ("customer.days_to_renewal: {between: 3}", "condition.list_needed", 37, "between: [value, value]"),
        ("customer.tier: {in: key}", "condition.list_needed", 21, "in: [value, value]"),
        ("customer.tier: {in: []}", "condition.empty", 17, "Add a condition"),
        ("customer.tier: {in: [key, key]}", "shape.repeated", 27, "Delete the repetition."),
        ("customer.tier: [key]", "condition.test_missing", 16, "customer.tier: {in: [key]}"),
        ("customer.tier: {known: maybe}", "condition.value_unfit", 24, "true or false"),
        ("customer.tier: {}", "condition.empty", 16, "Add a condition"),
        ("customer.tier: {is: key, in: [key]}", "condition.several", 16, "Put each into an item"),
        ("signals: outage", "condition.test_missing", 10, "signals: {has: outage}"),
        ("signals: {has: [outage]}", "condition.value_unfit", 16, "Write a text."),
        ("ticket.product: {same_as: ticket.prodct}", "condition.same_as_unknown", 27, "ticket.product"),
        ("ticket.product: {same_as: ticket.product}", "condition.same_as_unfit", 27, "same type"),
        ("ticket.product: {same_as: customer.mrr}", "condition.same_as_unfit", 27, "same type"),
        ("ticket.status: {same_as: ticket.priority}", "condition.same_as_unfit", 26, "same type"),
        ("subscriptions: {status: active}", "condition.collection_as_field", 1, "exists: {in: subscriptions"),
        ("exists: {in: subscription, where: {status: active}}", "condition.unknown_collection", 14, "subscriptions"),
        ("exists: {in: subscriptions}", "condition.part_missing", 1, "exists: {in: subscriptions, where"),
        ("none: {in: invoices, where: {stat: open}}", "condition.unknown_field_near", 30, "Did you mean status?"),
        ("none: {in: invoices, when: 1, where: {status: open}}", "shape.unknown", 22, "in, where"),
        (
            "none: {in: invoices, where: {exists: {in: promises, where: {kept: true}}}}",
            "condition.nested_collection",
            30,
            "item of `all`",
        ),
        ("all: []", "condition.empty", 1, "Add a condition"),
        ("any: {a: b}", "shape.not_list", 6, "[value, value]"),
        ("not: [customer.opted_out]", "condition.shape", 6, "customer.tier"),
        ("[a]", "condition.shape", 1, "customer.tier"),
        ("{}", "condition.empty", 1, "Add a condition"),
    ],
)
def test_fault_is_named_where_it_stands_and_how_to_mend_it(text, code, column, mend):
    found = findings_of(text)[0]

    assert (found.code, found.line, found.column) == (code, 1, column)
    assert mend in found.mend("en")
    assert all((found.what("pt-BR"), found.why("pt-BR"), found.mend("pt-BR")))


def test_every_fault_is_found_in_one_run():
    found = findings_of("all:\n  - customer.optd_out: true\n  - customer.mrr: {atleast: 5}\n  - 3\n  - signals: x\n")

    assert [f.line for f in found] == [2, 3, 4, 5]


def test_several_questions_in_one_item_are_refused_with_the_faults_inside():
    found = findings_of("all:\n  - customer.tier: key\n    customer.mrrr: 5\n")

    assert [(f.code, f.line) for f in found] == [("condition.several", 2), ("condition.unknown_field_near", 3)]


@pytest.mark.parametrize("kind", [RuleKind.DERIVATION, RuleKind.CLASSIFICATION])
def test_decision_is_not_known_before_classification(kind):
    (found,) = findings_of("decision.primary: support", kind)

    assert found.code == "condition.too_early"
    assert "recommendation or guardrail" in found.mend("en")


def test_decision_may_be_read_after_classification():
    assert parse_condition({"decision.functions": {"has": "success"}}) == Test("decision.functions", Op.HAS, "success")


def test_decision_functions_are_closed_values():
    with pytest.raises(RuleFilesInvalid, match="Did you mean success"):
        parse_condition({"decision.functions": {"has": "sucess"}})


def test_depth_and_size_have_limits():
    deep = {"customer.opted_out": True}
    for _ in range(MAX_DEPTH):
        deep = {"not": deep}
    wide = {"all": [{"customer.opted_out": True}] * (MAX_QUESTIONS + 1)}

    with pytest.raises(RuleFilesInvalid, match="more than 8 levels"):
        parse_condition(deep)
    with pytest.raises(RuleFilesInvalid, match="asks 41 questions; the limit is 40"):
        parse_condition(wide)


def test_reader_keeps_the_signals_and_fields_it_saw():
    document = yaml_strict.read(
        "f.yml",
        "any:\n  - signals: {has: a}\n  - exists: {in: open_tickets, where: {signals: {has_any: [b, c]}}}\n",
    )
    reader = ConditionReader(document, RuleKind.RECOMMENDATION)
    reader.read(document.data, ())

    assert [name for name, _ in reader.signals] == ["a", "b", "c"]
    assert [name for name, _ in reader.reads] == ["signals", "open_tickets", "open_tickets.signals"]
