"""Proofs, counter-examples and certificates; what a rulebook holds in vain."""

import json
import shutil
from dataclasses import fields, replace
from itertools import product

import pytest
from decide_books import action, book, derives, recommends, said, suppresses, votes
from drawn_facts import NOW

from rules.check import test as run_examples
from rules.check.example_files import asked_for
from rules.conditions import All, AnyOf, Exists, Not, Op, Test
from rules.engine import truth
from rules.facts import facts_from_given
from rules.loader import SHIPPED, load, read
from rules.loader.digest import digest
from rules.prove import PROPERTIES, Broken, Proved, Unproved, certificate_fits, prove
from rules.prove.aloud import as_condition
from rules.prove.counter import file_of
from rules.prove.proof import TAKEN_AT, verdicts
from rules.prove.property import Forbids
from rules.prove.reach import Dead, Shadow, Why, contradictory, dead, impossible, shadowed
from rules.rulebook import Function, Kind, Pack, Status
from rules.solver.smallest import smallest
from rules.solver.symbols import Symbols, given_of
from rules.text import Text


def named(*names):
    return tuple(found for found in PROPERTIES if found.id in names)


def only(rulebook, name):
    (found,) = prove(rulebook, properties=named(name)).verdicts
    return found


def test_every_property_holds_of_the_shipped_packs(shipped):
    proof = prove(shipped)

    assert proof.ok
    assert [found.property.id for found in proof.verdicts] == [found.id for found in PROPERTIES]
    assert all(isinstance(found, Proved) for found in proof.verdicts)


@pytest.mark.slow
def test_the_same_rulebook_gives_the_same_certificate_and_the_same_counter_example(shipped):
    broken = without(shipped, "guardrails.no_selling_dispute")

    assert prove(shipped).certificate() == prove(shipped).certificate()

    first, second = (only(broken, "no_selling_dispute") for _ in range(2))

    assert (first.subject, first.given) == (second.subject, second.given)


def without(rulebook, name):
    rules = {other: rule for other, rule in rulebook.rules.items() if other != name}
    return replace(rulebook, rules=rules, digest=f"{rulebook.digest} without {name}")


@pytest.mark.slow
def test_a_certificate_fits_only_what_it_was_given_for(shipped):
    certificate = json.loads(json.dumps(prove(shipped).certificate()))

    assert certificate_fits(certificate, shipped)
    assert not certificate_fits(certificate, without(shipped, "support.sop"))
    assert not certificate_fits({**certificate, "schema": 2}, shipped)
    assert not certificate_fits({}, shipped)
    fewer = {name: entry for name, entry in certificate["properties"].items() if name != "one_primary"}
    assert not certificate_fits({**certificate, "properties": fewer}, shipped)
    for changed in ({"verdict": "unknown"}, {"statement": "0" * 64}):
        one = {**certificate["properties"]["one_primary"], **changed}
        properties = {**certificate["properties"], "one_primary": one}
        assert not certificate_fits({**certificate, "properties": properties}, shipped)


@pytest.mark.slow
def test_a_proof_of_a_broken_book_certifies_nothing(shipped):
    broken = without(shipped, "guardrails.no_selling_dispute")
    proof = prove(broken)

    assert not proof.ok
    assert not certificate_fits(proof.certificate(), broken)


def test_a_statement_that_says_otherwise_has_another_digest():
    one = named("no_selling_detractor")[0]

    assert one.digest == replace(one).digest
    assert one.digest != replace(one, premise=Not(one.premise)).digest
    assert one.digest != replace(one, kinds=(Kind.UPSELL,)).digest
    assert len({found.digest for found in PROPERTIES}) == len(PROPERTIES)


def test_no_answer_in_time_is_no_pass(shipped):
    found = list(verdicts(shipped, named("one_primary"), timeout_ms=1))

    assert [type(entry) for entry in found] == [Unproved]
    assert "--timeout" in found[0].reason


@pytest.mark.slow
def test_a_counter_example_says_as_little_as_can_be(shipped):
    opted = only(without(shipped, "guardrails.no_offers_after_opt_out"), "no_selling_after_opt_out")
    win_back = only(without(shipped, "guardrails.no_win_back_before_confirmation"), "win_back_after_cancellation")

    assert opted.subject == "expansion.upgrade_offer"
    assert opted.given == {"signals": ["opt_out_request", "premium_need"]}
    assert win_back.subject == "win_back"  # no rule does it today: it is what the next one might
    assert win_back.given == {}


def test_what_code_still_holds_back_is_told_and_is_broken_all_the_same(shipped):
    bold = recommends("success.bold", "retention.win_back_call", said("praise"))
    rules = {**without(shipped, "guardrails.no_win_back_before_confirmation").rules, bold.id: bold}
    found = only(replace(shipped, rules=rules), "win_back_after_cancellation")

    assert isinstance(found, Broken)
    assert (found.subject, found.given) == ("retention.win_back_call", {"signals": ["praise"]})
    assert found.kept_by == "law.win_back_after_cancellation"


def test_a_field_may_not_be_read_through_a_derivation_either(shipped):
    regulated = Test("customer.regulated_sector", Op.IS, value=True)
    told = derives("support.told", regulated, touchpoint="bank")
    sells = recommends("accounts.sells", "expansion.upgrade_offer", Test("touchpoint", Op.IS, "bank"))
    found = only(replace(shipped, rules={**shipped.rules, told.id: told, sells.id: sells}), "purpose_kept")

    assert isinstance(found, Broken)
    assert (found.subject, found.given) == ("accounts.sells", {"customer": {"regulated_sector": True}})


def test_a_rule_in_shadow_reads_what_it_likes(shipped):
    """It sells nothing; and the action that it would show may apply because of another rule."""
    regulated = Test("customer.regulated_sector", Op.IS, value=True)
    sells = recommends("accounts.sells", "expansion.upgrade_offer", regulated)
    shadow = replace(sells, status=Status.EXPERIMENTAL)

    assert isinstance(only(replace(shipped, rules={**shipped.rules, sells.id: sells}), "purpose_kept"), Broken)
    assert isinstance(only(replace(shipped, rules={**shipped.rules, shadow.id: shadow}), "purpose_kept"), Proved)


def test_a_property_that_asks_otherwise_has_another_digest():
    one = named("no_selling_detractor")[0]
    revised = type("Forbids", (Forbids,), {"revision": one.revision + 1})(
        **{name.name: getattr(one, name.name) for name in fields(one)}
    )

    assert revised.digest != one.digest


# --- the smallest -------------------------------------------------------------------------------

GOOD = Test("customer.health", Op.IS, "good")
MANY = Test("customer.seats", Op.AT_LEAST, 3)
PAID = Exists("invoices", Test("status", Op.IS, "paid"))
CONDITIONS = {
    "either of two": AnyOf((All((said("a"), said("b"))), GOOD)),
    "fields before items": AnyOf((PAID, All((GOOD, said("a"))))),
    "one item for two looks": All((PAID, Exists("invoices", Test("status", Op.KNOWN, value=True)))),
    "two items": All((PAID, Exists("invoices", Test("status", Op.IS, "open")))),
    "a number far out": All((MANY, Test("customer.seats", Op.BELOW, 5))),
    "not known": All((Not(Test("customer.opted_out", Op.KNOWN, value=True)), AnyOf((MANY, GOOD)), said("a"))),
    "what follows is free": Test("customer.nps_class", Op.IS, "passive"),
    "an empty set that is known": Test("ticket.tags", Op.HAS_NONE, ("vip",)),
    "none of nothing": Not(PAID),
}
DOMAIN = {
    "signals": [(), ("a",), ("b",), ("a", "b")],
    "health": [None, "poor", "good"],
    "seats": [None, 0, 2, 3, 4, 5],
    "nps": [None, 0, 7, 9],
    "nps_class": [None, "detractor", "passive"],
    "opted_out": [None, True, False],
    "tags": [None, [], ["vip"]],
    "invoices": [[], [{}], [{"status": "open"}], [{"status": "paid"}], [{"status": "open"}, {"status": "paid"}]],
}


def enumerated():
    for signals, health, seats, nps, nps_class, opted_out, tags, invoices in product(*DOMAIN.values()):
        stated = {"health": health, "seats": seats, "nps": nps, "nps_class": nps_class, "opted_out": opted_out}
        customer = {name: value for name, value in stated.items() if value is not None}
        given = {"signals": list(signals), "customer": customer, "invoices": invoices}
        yield facts_from_given({**given, **({"ticket": {"tags": tags}} if tags is not None else {})}, NOW)


def size(given):
    """What is known, counted by hand: fields, signals, tags, items and what is known of them."""
    count = len(given.get("signals", ()))
    for group in ("customer", "ticket"):
        count += sum(1 + (len(value) if isinstance(value, list) else 0) for value in given.get(group, {}).values())
    return count + sum(1 + len(item) for item in given.get("invoices", ()))


@pytest.fixture(scope="module")
def every_fact():
    return [(facts, size(given_of(facts))) for facts in enumerated()]


@pytest.mark.slow
@pytest.mark.parametrize("name", CONDITIONS)
def test_no_facts_of_a_small_domain_are_smaller(name, every_fact):
    condition = CONDITIONS[name]
    symbols = Symbols([condition])
    model = smallest(symbols, [symbols.surely(condition)])
    found = symbols.facts(model, NOW)

    assert truth(condition, found) is True
    assert size(given_of(found)) == min(count for facts, count in every_fact if truth(condition, facts) is True)


@pytest.mark.slow
@pytest.mark.parametrize("name", CONDITIONS)
def test_a_small_domain_and_the_solver_agree_on_what_implies_what(name, every_fact):
    one = CONDITIONS[name]
    for other in CONDITIONS.values():
        refuted = any(truth(one, facts) is True and truth(other, facts) is not True for facts, _ in every_fact)

        exclusive = impossible({"one without the other": All((one, Not(other)))})
        met = any(truth(one, facts) is True and truth(other, facts) is False for facts, _ in every_fact)

        assert bool(exclusive) is not met, other

        rules = book(
            suppresses("a.one", one, kinds=(Kind.UPSELL,)),
            suppresses("b.other", other, kinds=(Kind.UPSELL,)),
            action("x", Kind.UPSELL),
        )
        implied = any(found.rule == "a.one" for found in shadowed(rules))
        twins = not refuted and any(found == Shadow("b.other", "a.one") for found in shadowed(rules))

        assert (implied or twins) is not refuted, other


# --- in vain ------------------------------------------------------------------------------------

BOTH = All((Test("customer.mrr", Op.ABOVE, 10), Test("customer.mrr", Op.AT_MOST, 10)))
COMPLETED = All((Test("customer.nps", Op.KNOWN, value=True), Test("customer.nps_class", Op.KNOWN, value=False)))
NOWHERE = Exists("invoices", All((Test("status", Op.IS, "paid"), Test("status", Op.IS, "open"))))


def test_what_nobody_can_meet_is_contradictory():
    rules = book(
        votes("a.fine", said("x"), support=1),
        votes("b.number", BOTH, support=1),
        votes("c.item", NOWHERE, support=1),
        votes("d.between", Test("customer.seats", Op.BETWEEN, (5, 4)), support=1),
        votes("e.gap", All((Test("customer.seats", Op.ABOVE, 1), Test("customer.seats", Op.BELOW, 2))), support=1),
        votes("f.range", Test("customer.nps", Op.ABOVE, 10), support=1),
        suppresses("g.unknown", BOTH, kinds=(Kind.UPSELL,), unless_false=True),
        recommends("h.completed", "x", COMPLETED),
        action("x", Kind.INFORM),
    )

    assert contradictory(rules) == ("b.number", "c.item", "d.between", "e.gap", "f.range", "g.unknown", "h.completed")


@pytest.mark.parametrize("haste", [1, 1_000_000], ids=["the first solver gives up at once", "it may take its time"])
def test_rules_that_never_have_an_effect_are_dead_and_no_others(haste, monkeypatch):
    monkeypatch.setattr("rules.prove.reach._HASTE", haste)
    rules = book(
        derives("a.low", said("x"), severity="low"),
        votes("b.waits", Test("severity", Op.IS, "high"), support=3),
        votes("c.low", Test("severity", Op.IN, ("low", "high")), support=3),
        votes("d.early", Test("decision.primary", Op.IS, "support"), support=3),
        recommends("e.voted", "x", Test("decision.primary", Op.IS, "success")),
        recommends("f.needs", "needy", said("y")),
        recommends("g.held", "sold", said("z")),
        recommends("h.shadow", "sold", said("z"), status=Status.EXPERIMENTAL),
        recommends("i.fine", "sold", said("w")),
        recommends("j.severe", "x", Test("severity", Op.IS, "severe")),
        suppresses("k.g", said("z"), kinds=(Kind.UPSELL,)),
        action("x", Kind.INFORM),
        action("needy", Kind.INFORM, needs=Not(said("y"))),
        action("sold", Kind.UPSELL),
    )

    assert dead(rules) == (
        Dead("b.waits", Why.NEVER_FIRES),  # only low is ever derived
        Dead("d.early", Why.NEVER_FIRES),
        Dead("e.voted", Why.NEVER_FIRES),  # nothing votes for success
        Dead("f.needs", Why.NOT_APPLICABLE),
        Dead("g.held", Why.HELD_BACK),
        Dead("j.severe", Why.NEVER_FIRES),
    )
    assert contradictory(rules) == ()


def test_rules_that_another_one_stands_for_are_shadowed_and_no_others():
    rules = book(
        recommends("a.wide", "x", AnyOf((said("x"), said("y"))), lever=1.0),
        recommends("b.narrow", "x", said("x"), lever=1.0),
        recommends("c.louder", "x", said("x"), lever=2.0),
        recommends("d.other", "y", said("x")),
        recommends("e.twin", "y", All((said("x"),))),
        votes("f.votes", said("x"), support=1),
        votes("g.votes", said("x"), support=1),  # they add up
        votes("h.along", said("x"), collaborate=(Function.SUCCESS,)),
        votes("i.along", All((said("x"), said("y"))), collaborate=(Function.SUCCESS,)),
        derives("j.high", said("x"), severity="high"),
        derives("k.low", said("x"), severity="low"),
        derives("l.higher", said("x"), severity="severe", status=Status.EXPERIMENTAL),
        suppresses("m.all", said("x"), kinds=(Kind.UPSELL, Kind.EXPAND)),
        suppresses("n.one", said("x"), actions=("sold",)),
        suppresses("o.more", said("x"), kinds=(Kind.RENEW,)),
        action("x"),
        action("y"),
        action("sold", Kind.UPSELL),
    )

    assert shadowed(rules) == (
        Shadow("b.narrow", "c.louder"),
        Shadow("e.twin", "d.other"),
        Shadow("i.along", "h.along"),
        Shadow("k.low", "j.high"),
        Shadow("n.one", "m.all"),
    )


@pytest.mark.slow
def test_the_shipped_packs_hold_nothing_in_vain(shipped):
    assert (contradictory(shipped), dead(shipped), shadowed(shipped)) == ((), (), ())


# --- kinds, whoever writes the next rule --------------------------------------------------------


def test_where_the_guardrails_are_a_kind_nobody_proposes_must_be_held_back_too():
    rules = book(suppresses("guardrails.no_offers_after_opt_out", Test("customer.opted_out", Op.IS, value=True),
                            kinds=(Kind.UPSELL, Kind.CROSS_SELL)))  # fmt: skip
    pack = Pack("guardrails", Text("x", "x"), "cx", "1.0.0", next(iter(rules.rules.values())).origin)

    assert isinstance(only(rules, "no_selling_after_opt_out"), Proved)

    found = only(replace(rules, packs={"guardrails": pack}), "no_selling_after_opt_out")

    assert isinstance(found, Broken)
    assert isinstance(found.property, Forbids)
    assert found.subject in {"upsell", "cross_sell", "expand"}


# --- counter-examples as files ------------------------------------------------------------------

FAULTS = {
    "no_selling_detractor": ("guardrails/no_selling_detractor.yml", "at_most: 90", "at_most: 30"),
    "no_selling_after_opt_out": ("guardrails/no_offers_after_opt_out.yml", "status: stable", "status: experimental"),
    "no_selling_severe_incident": ("guardrails/no_selling_severe_incident.yml", "kinds: [upsell, ", "kinds: ["),
    "cancellation_registered": (
        "retention/advise_registration.yml",
        "customer.regulated_sector: false",
        "ticket.is_vip: true",
    ),
    "no_retention_before_registration": ("guardrails/cancellation_first.yml", "retention.offer_alternative, ", ""),
    "service_never_blocked": ("guardrails/no_offers_after_opt_out.yml", "win_back]", "win_back, comply]"),
}


@pytest.mark.slow
@pytest.mark.parametrize("names", [[*FAULTS][:-1], [*FAULTS][-1:]], ids=["five files", "one of these again"])
def test_counter_example_files_fail_until_their_holes_are_mended(names, tmp_path):
    packs = shutil.copytree(SHIPPED, tmp_path / "packs")
    right = {}
    for file, part, wrong in (FAULTS[name] for name in names):
        right[file] = (packs / file).read_text("utf-8")

        assert right[file].count(part) >= 1

        (packs / file).write_text(right[file].replace(part, wrong, 1), "utf-8")
    rulebook = load([packs])
    written = {}
    for name in names:
        found = only(rulebook, name)

        assert isinstance(found, Broken), name

        place, text = file_of(found, rulebook)
        (packs / place).parent.mkdir(exist_ok=True)
        (packs / place).write_text(text, "utf-8")
        written[name] = f"{place.parts[0]}/{place.stem}"

    assert len(set(written.values())) == len(names)
    ours = frozenset(written.values())  # examples of the packs' own may notice the faults as well
    assert failing(packs) & ours == ours

    for name in names:  # each hole alone is what its own example tells of
        (packs / FAULTS[name][0]).write_text(right[FAULTS[name][0]], "utf-8")
        del written[name]

        assert failing(packs) & ours == set(written.values()), name
    assert failing(packs) == set()


def failing(packs):
    reading = read([packs])
    return {result.id for result in run_examples(reading.rulebook, (), asked_for(reading)).file_failures}


def test_a_hole_that_a_law_of_code_hides_has_no_failing_example(shipped):
    bold = recommends("success.bold", "retention.win_back_call", said("praise"))
    rules = {**without(shipped, "guardrails.no_win_back_before_confirmation").rules, bold.id: bold}
    holed = replace(shipped, rules=rules)

    assert file_of(only(holed, "win_back_after_cancellation"), holed) is None


@pytest.mark.parametrize(
    "given",
    [
        {"signals": ["a", "b"], "customer": {"nps": 3, "opted_out": False}},
        {"severity": "high", "ticket": {"tags": []}},
        {"open_tickets": [{"signals": ["x"], "severity": "low"}, {"age_hours": 2.5}]},
    ],
)
def test_facts_said_as_a_condition_meet_it(given):
    condition = as_condition(given)

    assert truth(condition, facts_from_given(given, TAKEN_AT)) is True
    assert truth(condition, facts_from_given({}, TAKEN_AT)) is not True


def test_the_digest_that_a_certificate_names_covers_what_the_proof_reads(shipped):
    """A guardrail that no longer suppresses what is unknown has another digest: an old certificate does not fit it."""
    parts = (shipped.signals.values(), shipped.actions.values(), shipped.calibration)
    rule = shipped.rules["guardrails.no_win_back_before_confirmation"]
    for changed in (replace(rule, on_unknown_suppress=False), replace(rule, status=Status.EXPERIMENTAL)):
        rules = {**shipped.rules, rule.id: changed}

        assert digest(rules.values(), *parts) != shipped.digest
