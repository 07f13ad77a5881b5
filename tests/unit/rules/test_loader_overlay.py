"""Tenants add rules and change what they may, and nothing else."""

# ruff: noqa: E501 - tables of cases read best with one case a line

from pathlib import Path

import pytest
from rule_files import DERIVATION, GUARDRAIL, PACK, RULE, SIGNAL, line_of, write_pack

from rules.loader import load, read_all
from rules.rulebook import Status


@pytest.fixture
def shipped(tmp_path):
    return write_pack(tmp_path / "shipped").parent


@pytest.fixture
def tenant(tmp_path):
    folder = tmp_path / "tenant"

    def write(**files: str) -> Path:
        for name, content in files.items():
            path = folder / (name.replace("__", "/") + ".yml")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, "utf-8")
        return folder

    return write


def refused(shipped, folder):
    rulebook, findings = read_all([shipped], [folder])

    assert rulebook is None
    assert len(findings) == 1, [str(found) for found in findings]
    return findings[0]


def test_overlay_changes_the_allowed_keys_and_stays_visible(shipped, tenant):
    folder = tenant(
        shop__renewal_call=(
            "schema: 1\noverlay: shop.renewal_call\nstatus: test\ntitle: {pt-BR: Outro, en: Other}\n"
            "then: {recommend: {lever: 0.5}}\n"
        ),
        shop__actions__call='schema: 1\noverlay: shop.call\nreply: {pt-BR: "Oi.", en: "Hi."}\n',
        shop__signals__broken_thing="schema: 1\noverlay: broken_thing\nphrases: {en: [gave up the ghost]}\n",
    )
    book = load([shipped], overlays=[folder])
    rule = book.rules["shop.renewal_call"]

    assert (rule.status, rule.title.en, rule.then.lever, rule.then.action) == (Status.TEST, "Other", 0.5, "shop.call")
    assert rule.rationale.en == "A fault near the renewal."
    assert rule.origin.path == str(shipped / "shop/renewal_call.yml")
    assert rule.origin.overlay == str(folder / "shop/renewal_call.yml")
    assert book.actions["shop.call"].reply.en == "Hi."
    assert book.signals["broken_thing"].phrases["en"] == ("stopped ~1 working", "gave up the ghost")
    assert book.signals["broken_thing"].phrases["pt-BR"] == ("parou ~2 funcionar",)
    assert book.digest != load([shipped]).digest


def test_tenant_adds_rules_to_a_shipped_pack_and_packs_of_its_own(shipped, tenant):
    folder = tenant(
        shop__ours=RULE.replace("shop.renewal_call", "shop.ours"),
        own__pack=PACK.replace("shop", "own"),
        own__ours=RULE.replace("shop.renewal_call", "own.ours"),
    )
    book = load([shipped], overlays=[folder])

    assert {"shop.ours", "own.ours", "shop.renewal_call"} <= set(book.rules)
    assert book.rules["own.ours"].origin.overlay is None


@pytest.mark.parametrize(
    ("file", "content", "code", "line", "mend"),
    [
        ("no_sale", "schema: 1\noverlay: shop.no_sale\nstatus: test\n", "overlay.guardrail", 2, "guardrail of your own"),
        ("x", "schema: 1\noverlay: shop.renewal_cal\nstatus: test\n", "overlay.unknown_near", 2, "mean shop.renewal_call?"),
        ("x", "schema: 1\noverlay: a.b\nstatus: test\n", "overlay.unknown", 2, "write the whole file"),
        ("x", "schema: 1\noverlay: shop.renewal_call\nwhen: {customer.tier: key}\n", "overlay.key", 3, "changes status, title"),
        ("x", "schema: 1\noverlay: shop.vote\nthen: {recommend: {lever: 2}}\n", "overlay.unfit", 3, "Delete `then`."),
        ("x", "schema: 1\noverlay: shop.severe\nstatus: deprecated\n", "overlay.weakens", 3, "Delete the change"),
        ("signals/x", "schema: 1\noverlay: broken_thing\nnot_when: {en: [broken clock]}\n", "overlay.weakens", 3, "signal or rule of your own"),
        ("actions/x", "schema: 1\noverlay: shop.call\ncooldown_days: 1\n", "overlay.key", 3, "steps, reply"),
        ("renewal_call", RULE, "id.duplicate", 2, "overlay: shop.renewal_call"),
        ("pack", "schema: 1\noverlay: shop.shop\n", "overlay.place", 2, "write the whole file"),
    ],
)  # fmt: skip
def test_forbidden_overlay_is_refused_at_its_line_with_the_mend(shipped, tenant, file, content, code, line, mend):
    folder = tenant(**{f"shop__{file.replace('/', '__')}": content})
    found = refused(shipped, folder)

    assert (found.code, found.path, found.line) == (code, str(folder / f"shop/{file}.yml"), line)
    assert mend in found.mend("en")


def test_signal_no_guardrail_stands_on_may_be_narrowed(tmp_path, tenant):
    shipped = write_pack(
        tmp_path / "free",
        signals__other=SIGNAL.replace("broken_thing", "other"),
        severe=DERIVATION.replace("{has: broken_thing}", "{has: other}").replace("[broken_thing]", "[other]"),
    ).parent
    narrowed = "schema: 1\noverlay: {}\nnot_when: {{en: [broken clock]}}\n"
    folder = tenant(shop__signals__broken_thing=narrowed.format("broken_thing"))

    assert load([shipped], overlays=[folder]).signals["broken_thing"].not_when["en"][-1] == "broken clock"


def test_guardrail_that_waits_for_a_signal_to_be_absent_is_not_weakened_by_more_phrases(tmp_path, tenant):
    guardrail = GUARDRAIL.replace("customer.opted_out: true", "signals: {has_none: [broken_thing]}")
    shipped = write_pack(tmp_path / "absent", no_sale=guardrail).parent
    folder = tenant(shop__signals__broken_thing="schema: 1\noverlay: broken_thing\nphrases: {en: [broke down]}\n")
    found = refused(shipped, folder)

    assert (found.code, found.line) == ("overlay.weakens", 3)
    assert "shop.no_sale" in found.what("en")


CLEARING = SIGNAL.replace("name: broken_thing", "name: fine_again").replace(
    "negatable: true", "negatable: true\nclears: [broken_thing]"
)


def test_signal_that_clears_what_a_guardrail_stands_on_is_not_widened(tmp_path, tenant):
    shipped = write_pack(tmp_path / "cleared", signals__fine_again=CLEARING).parent
    folder = tenant(shop__signals__fine_again="schema: 1\noverlay: fine_again\nphrases: {en: [good morning]}\n")
    found = refused(shipped, folder)

    assert (found.code, found.line) == ("overlay.weakens", 3)
    assert "shop.no_sale" in found.what("en")


def test_tenant_signal_may_not_clear_what_a_guardrail_stands_on(shipped, tenant):
    folder = tenant(shop__signals__fine_again=CLEARING)
    found = refused(shipped, folder)

    assert (found.code, found.path) == ("overlay.weakens", str(folder / "shop/signals/fine_again.yml"))
    assert (found.line, found.column) == (line_of(CLEARING, "clears:"), len("clears: [") + 1)
    assert "shop.no_sale" in found.what("en")


IMPLYING = SIGNAL.replace("name: broken_thing", "name: all_broken").replace(
    "negatable: true", "negatable: true\nimplies: [broken_thing]"
)


def test_tenant_signal_may_imply_what_a_guardrail_stands_on(shipped, tenant):
    folder = tenant(shop__signals__all_broken=IMPLYING)

    assert load([shipped], overlays=[folder]).signals["all_broken"].implies == ("broken_thing",)


def test_tenant_signal_may_not_imply_what_a_guardrail_must_not_see(tmp_path, tenant):
    guardrail = GUARDRAIL.replace("customer.opted_out: true", "signals: {has_none: [broken_thing]}")
    shipped = write_pack(tmp_path / "absent", no_sale=guardrail).parent
    found = refused(shipped, tenant(shop__signals__all_broken=IMPLYING))

    assert (found.code, found.line) == ("overlay.weakens", line_of(IMPLYING, "implies:"))
    assert "shop.no_sale" in found.what("en")


def test_signal_that_implies_what_a_guardrail_stands_on_is_not_narrowed(tmp_path, tenant):
    shipped = write_pack(tmp_path / "implied", signals__all_broken=IMPLYING).parent
    folder = tenant(shop__signals__all_broken="schema: 1\noverlay: all_broken\nnot_when: {en: [broken clock]}\n")
    found = refused(shipped, folder)

    assert (found.code, found.line) == ("overlay.weakens", 3)
    assert "shop.no_sale" in found.what("en")


def test_guardrail_that_holds_back_no_sale_is_not_weakened_either(tmp_path, tenant):
    call = GUARDRAIL.replace("kinds: [upsell]", "kinds: [retain]").replace(
        "customer.opted_out: true", "signals: {has: broken_thing}"
    )
    shipped = write_pack(
        tmp_path / "retain",
        no_sale=call,
        severe=DERIVATION.replace("{has: broken_thing}", "{has: other}").replace("[broken_thing]", "[other]"),
        signals__other=SIGNAL.replace("broken_thing", "other"),
    ).parent
    folder = tenant(shop__signals__broken_thing="schema: 1\noverlay: broken_thing\nnot_when: {en: [broken clock]}\n")

    assert refused(shipped, folder).code == "overlay.weakens"


CALM = (
    DERIVATION.replace("shop.severe", "shop.calm")
    .replace("{has: broken_thing}", "{has_none: [broken_thing]}")
    .replace("severity: severe", "severity: none")
    .replace("  - name: said\n    given: {signals: [broken_thing]}\n    expect: match", "  - name: said\n    given: {signals: [broken_thing]}\n    expect: no_match")
    .replace("  - name: not said\n    given: {}\n    expect: no_match", "  - name: not said\n    given: {}\n    expect: match")
)  # fmt: skip


def test_more_phrases_for_what_makes_it_severe_weaken_nothing(tmp_path, tenant):
    shipped = write_pack(tmp_path / "calm", calm=CALM).parent
    folder = tenant(shop__signals__broken_thing="schema: 1\noverlay: broken_thing\nphrases: {en: [broke down]}\n")

    assert load([shipped], overlays=[folder]).signals["broken_thing"].phrases["en"][-1] == "broke down"


def test_phrases_of_a_signal_that_calms_what_a_guardrail_reads_are_not_widened(tmp_path, tenant):
    calm = CALM.replace("{has_none: [broken_thing]}", "{has: all_well}").replace("[broken_thing]", "[all_well]")
    well = SIGNAL.replace("broken_thing", "all_well")
    shipped = write_pack(tmp_path / "calm", calm=calm, signals__all_well=well).parent
    folder = tenant(shop__signals__all_well="schema: 1\noverlay: all_well\nphrases: {en: [hello]}\n")
    found = refused(shipped, folder)  # severity unknown held the sale back; severity none does not

    assert (found.code, found.line) == ("overlay.weakens", 3)


@pytest.mark.parametrize(
    ("asked", "key"),
    [
        ("severity: none", "phrases"),
        ("severity: {known: false}", "phrases"),
        ("severity: {not_in: [none, low]}", "not_when"),
    ],
)
def test_signal_is_held_by_what_the_guardrail_asks_of_the_value_it_leads_to(tmp_path, tenant, asked, key):
    guardrail = GUARDRAIL.replace("severity: severe\n    - customer", f"{asked}\n    - customer")
    shipped = write_pack(tmp_path / "calm", calm=CALM, no_sale=guardrail).parent
    folder = tenant(shop__signals__broken_thing=f"schema: 1\noverlay: broken_thing\n{key}: {{en: [broke down]}}\n")

    assert refused(shipped, folder).code == "overlay.weakens"


# the vote is for support, with success along, when something broke
@pytest.mark.parametrize(
    ("asked", "held", "free"),
    [
        ("decision.primary: support", "not_when", "phrases"),
        ("decision.primary: success", "phrases", "not_when"),
        ("decision.primary: {not_in: [support, success]}", "phrases", "not_when"),
        ("decision.primary: account_management", "phrases", "not_when"),
        ("decision.functions: {has: support}", "not_when", "phrases"),
        ("decision.functions: {has_none: [account_management]}", "not_when", "phrases"),
        ("decision.functions: {has_none: [support, success]}", "phrases", "not_when"),
        ("decision.functions: {has: success}", "not_when", None),  # named by the rule, and out-voted by it
        ("not: {decision.primary: support}", "phrases", "not_when"),
    ],
)
def test_signal_is_held_by_the_votes_behind_whose_work_a_guardrail_asks_for(tmp_path, tenant, asked, held, free):
    guardrail = GUARDRAIL.replace("severity: severe\n    - customer", f"{asked}\n    - customer")
    shipped = write_pack(tmp_path / "decided", no_sale=guardrail).parent
    overlay = "schema: 1\noverlay: broken_thing\n{}: {{en: [broke down]}}\n"
    found = refused(shipped, tenant(shop__signals__broken_thing=overlay.format(held)))

    assert found.code == "overlay.weakens"
    assert "shop.no_sale" in found.what("en")
    if free is not None:
        assert load([shipped], overlays=[tenant(shop__signals__broken_thing=overlay.format(free))])


@pytest.mark.parametrize(
    ("asked", "held"), [("decision.primary: support", True), ("decision.primary: account_management", False)]
)
def test_vote_that_a_guardrail_stands_on_is_not_switched_off(tmp_path, tenant, asked, held):
    guardrail = GUARDRAIL.replace("severity: severe\n    - customer", f"{asked}\n    - customer")
    shipped = write_pack(tmp_path / "decided", no_sale=guardrail).parent
    folder = tenant(shop__vote="schema: 1\noverlay: shop.vote\nstatus: experimental\n")

    assert [found.code for found in read_all([shipped], [folder])[1]] == ["overlay.weakens"] * held


def test_overlay_of_a_deprecated_rule_names_what_stands_in_its_place(tmp_path, tenant):
    deprecated = RULE.replace("status: stable", "status: deprecated").replace(
        "when:", "deprecated: {since: 2026-01-01, reason: {pt-BR: a, en: b}, replaced_by: [shop.offer_more]}\nwhen:", 1
    )
    shipped = write_pack(tmp_path / "old", renewal_call=deprecated).parent
    folder = tenant(shop__renewal_call="schema: 1\noverlay: shop.renewal_call\ntitle: {pt-BR: a, en: b}\n")
    rulebook, (found,) = read_all([shipped], [folder])

    assert rulebook is not None
    assert (found.code, found.severity, found.line, found.column) == ("overlay.deprecated", "warning", 2, 10)
    assert "since 2026-01-01" in found.what("en")
    assert "shop.offer_more" in found.mend("en")
    assert rulebook.rules["shop.renewal_call"].deprecation.replaced_by == ("shop.offer_more",)


def test_two_overlays_of_one_rule_are_refused(shipped, tenant):
    content = "schema: 1\noverlay: shop.renewal_call\nstatus: test\n"
    folder = tenant(shop__one=content, shop__two=content)
    found = refused(shipped, folder)

    assert found.code == "overlay.twice"
    assert str(folder / "shop/one.yml") in found.what("en")
