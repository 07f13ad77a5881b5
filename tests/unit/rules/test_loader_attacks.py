"""What an author may get wrong, and what they are told: where, what, why and how to mend it, in both languages."""

# ruff: noqa: E501 - tables of cases read best with one case a line

import re
from pathlib import Path

import pytest
from rule_files import CALL, DERIVATION, GUARDRAIL, PACK, RULE, SIGNAL, VOTE, write_pack

from rules.loader import read_all
from rules.text import LOCALES

OWNER, VERSION, TIER, MRR, HAS = (
    "owner: account-management",
    "version: 1",
    "customer.tier: {in: [key, enterprise]}",
    "{at_least: 5000}",
    "{has: broken_thing}",
)
THEN = "recommend: {action: shop.call, lever: 1.2}"
TITLE = "title: {pt-BR: Renovação em risco, en: Renewal at risk}"

CASES = [
    # scalars that other readers of YAML take for something else
    ("renewal_call", RULE, VERSION, "version: 1.0", "shape.type", "1.0", "a whole number"),
    ("renewal_call", RULE, VERSION, 'version: "1"', "shape.type", '"1"', "a whole number"),
    ("renewal_call", RULE, VERSION, "version: 01", "shape.type", "01", "a whole number"),
    ("renewal_call", RULE, VERSION, "version: 0x1", "shape.type", "0x1", "a whole number"),
    ("renewal_call", RULE, VERSION, "version: 1_000", "shape.type", "1_000", "a whole number"),
    ("renewal_call", RULE, VERSION, "version: +1", "shape.type", "+1", "a whole number"),
    ("renewal_call", RULE, VERSION, "version: 1e3", "shape.type", "1e3", "a whole number"),
    ("renewal_call", RULE, VERSION, "version: .inf", "shape.type", ".inf", "a whole number"),
    ("renewal_call", RULE, VERSION, "version: yes", "shape.type", "yes", "a whole number"),
    ("renewal_call", RULE, VERSION, "version: ~", "shape.type", "~", "a whole number"),
    ("renewal_call", RULE, VERSION, "version: 99999999999999999999", "yaml.number_too_long", "9999", "15 digits"),
    ("renewal_call", RULE, VERSION, "version:\nx: 1", "yaml.no_value", "\nx: 1", "Write the value"),
    ("renewal_call", RULE, VERSION, "version: 1\nversion: 2", "yaml.duplicate_key", "version: 2", "Delete one"),
    ("renewal_call", RULE, OWNER, "owner: 1.10", "shape.number_as_text", "1.10", 'Write "1.10"'),
    ("renewal_call", RULE, OWNER, "owner: true", "shape.number_as_text", "true", 'Write "true"'),
    ("renewal_call", RULE, OWNER, "owner: !!str 5", "yaml.tag", "!!str", "use quotes"),
    ("renewal_call", RULE, OWNER, "owner: &a x", "yaml.anchor", "&a", "Write the value out"),
    ("renewal_call", RULE, OWNER, 'owner: "\\u0000"', "file.control_character", '"\\u0000"', "Delete the character"),
    ("renewal_call", RULE, OWNER, 'owner: "  "', "shape.blank", '"  "', "Write the text"),
    ("renewal_call", RULE, "schema: 1", "<<: {a: 1}\nschema: 1", "yaml.merge", "<<", "Write the keys out"),
    ("renewal_call", RULE, "schema: 1", "schema: 1\n---\nschema: 1", "yaml.several_documents", "---", "a file of its own"),
    ("renewal_call", RULE, "schema: 1", "schema: 1\n\tx: 1", "yaml.tab", "\tx", "Use spaces"),
    ("renewal_call", RULE, "schema: 1", "schema: 2", "shape.not_one_of", "2", "Choose one of: 1"),
    # closed values and shapes
    ("renewal_call", RULE, "practice: [A75]", "practice: [A75, A76, A75]", "shape.repeated", "A75]", "Delete the repetition"),
    ("renewal_call", RULE, "practice: [A75]", "practice: A75", "shape.not_list", "A75", "[value, value]"),
    ("renewal_call", RULE, "practice: [A75]", "practice: [a75]", "shape.bad_name", "a75", "Write for example A75"),
    ("renewal_call", RULE, "status: stable", "status: Stable", "shape.not_one_of_near", "Stable", "Did you mean stable?"),
    ("renewal_call", RULE, "kind: recommendation", "kind: guardrail", "shape.then_unfit", "recommend:", "Write suppress"),
    ("renewal_call", RULE, "expect: no_match", "expect: not_match", "shape.not_one_of_near", "not_match", "Did you mean no_match?"),
    ("renewal_call", RULE, "expect: no_match", "expect: false", "shape.not_one_of", "false", "match, no_match"),
    ("renewal_call", RULE, TITLE, "title: Renewal", "shape.not_mapping", "Renewal", "`key: value`"),
    ("renewal_call", RULE, TITLE, "title: {pt-BR: Risco}", "shape.language_missing", "title:", "Add en:"),
    ("renewal_call", RULE, TITLE, f"title: {{pt-BR: a, en: {'x' * 200}}}", "shape.too_long", "xxxx", "80 characters"),
    ("renewal_call", RULE, THEN, "recommend: {action: shop.cal, lever: 1.2}", "reference.unknown_action_near", "shop.cal,", "Did you mean shop.call?"),
    ("renewal_call", RULE, THEN, "recommend: shop.call", "shape.not_mapping", "shop.call", "`key: value`"),
    ("renewal_call", RULE, THEN, "recommend: {action: shop.call, lever: 1000}", "shape.out_of_range", "1000", "from 0.1 to 5"),
    # conditions
    ("renewal_call", RULE, HAS, "{hass: broken_thing}", "condition.unknown_op_near", "hass", "Did you mean has?"),
    ("renewal_call", RULE, HAS, "broken_thing", "condition.test_missing", "broken_thing", "{has: broken_thing}"),
    ("renewal_call", RULE, HAS, "[broken_thing]", "condition.test_missing", "[broken_thing]", "{has_any: [broken_thing]}"),
    ("renewal_call", RULE, HAS, "{has: [broken_thing]}", "condition.value_unfit", "[broken_thing]", "Write a text"),
    ("renewal_call", RULE, HAS, "{has: broken_thng}", "condition.unknown_signal_near", "broken_thng", "Did you mean broken_thing?"),
    ("renewal_call", RULE, HAS, "{has_any: []}", "condition.empty", "has_any", "delete has_any"),
    ("renewal_call", RULE, HAS, "{has: a, has_any: [b]}", "condition.several", "{has: a", "`all` or of `any`"),
    ("renewal_call", RULE, "signals: {has", "signal: {has", "condition.unknown_field_near", "signal: ", "Did you mean signals?"),
    ("renewal_call", RULE, TIER, "customer.tier: {in: [key, entreprise]}", "condition.value_unfit_near", "entreprise", "Did you mean enterprise?"),
    ("renewal_call", RULE, TIER, "customer.tier: {at_least: key}", "condition.op_unfit", "at_least: key", "is, in, not_in"),
    ("renewal_call", RULE, TIER, "customer.tier: {in: key}", "condition.list_needed", "key}", "in: [value, value]"),
    ("renewal_call", RULE, TIER, "exists: {in: subscription, where: {status: active}}", "condition.unknown_collection", "subscription,", "subscriptions"),
    ("renewal_call", RULE, TIER, "exists: {in: subscriptions, where: {sttus: active}}", "condition.unknown_field_near", "sttus", "Did you mean status?"),
    ("renewal_call", RULE, TIER, "exists: {in: subscriptions, wher: {status: active}}", "condition.part_missing", "exists:", "where: {status: active}"),
    ("renewal_call", RULE, TIER, "exists: {in: subscriptions, where: {product: {same_as: invoices.product}}}", "condition.same_as_item", "invoices.product", "ticket.product"),
    ("renewal_call", RULE, TIER, "exists: {in: subscriptions, where: {seats: {same_as: customer.seats}}}", "condition.op_unfit", "same_as", "equals, above"),
    ("renewal_call", RULE, TIER, "exists: {in: subscriptions, where: {exists: {in: invoices, where: {status: open}}}}", "condition.nested_collection", "exists: {in: invoices", "Put it beside"),
    ("renewal_call", RULE, TIER, "subscriptions: {status: active}", "condition.collection_as_field", "subscriptions:", "exists: {in: subscriptions"),
    ("renewal_call", RULE, TIER, "all: {customer.tier: key}", "shape.not_list", "{customer.tier: key}", "[value, value]"),
    ("renewal_call", RULE, TIER, "not: []", "condition.shape", "[]", "Write for example"),
    ("renewal_call", RULE, MRR, '{at_least: "5000"}', "condition.value_unfit", '"5000"', "a number from 0 up"),
    ("renewal_call", RULE, MRR, "{at_least: -5}", "condition.value_unfit", "-5", "a number from 0 up"),
    ("renewal_call", RULE, MRR, "{between: [5, 3]}", "condition.between", "[5, 3]", "[lower, higher]"),
    ("renewal_call", RULE, MRR, "{between: 5}", "condition.list_needed", "5}", "between: [value, value]"),
    ("renewal_call", RULE, MRR, "{known: yes}", "condition.value_unfit", "yes", "true or false"),
    # facts of examples
    ("renewal_call", RULE, "{tier: standard, mrr: 10}", "{tier: standard, mr: 10}", "condition.unknown_field_near", "mr: 10", "Did you mean mrr?"),
    ("renewal_call", RULE, "{tier: standard, mrr: 10}", '{tier: standard, mrr: "10"}', "condition.value_unfit", '"10"', "a number from 0 up"),
    ("renewal_call", RULE, "customer: {tier: standard, mrr: 10}", "custmer: {}", "condition.unknown_field_near", "custmer", "Did you mean customer?"),
    # strata
    ("severe", DERIVATION, "severity: severe", "severity: sever", "condition.value_unfit_near", "sever}", "Did you mean severe?"),
    ("severe", DERIVATION, "severity: severe", "severty: severe", "derive.not_derived_near", "severty", "Did you mean severity?"),
    ("severe", DERIVATION, "severity: severe", "decision.primary: support", "derive.not_derived", "decision.primary", "journey_stage"),
    ("severe", DERIVATION, "{signals: {has: broken_thing}}", "{severity: low}", "derive.cycle", "severity: low", "at the source"),
    ("severe", DERIVATION, "{signals: {has: broken_thing}}", "{decision.primary: support}", "condition.too_early", "decision.primary", "recommendation or guardrail"),
    ("vote", VOTE, "{signals: {has: broken_thing}}", "{not: {decision.functions: {has: support}}}", "condition.too_early", "decision.functions", "recommendation or guardrail"),
    ("vote", VOTE, "{signals: {has: broken_thing}}", "{none: {in: open_tickets, where: {primary: {same_as: decision.primary}}}}", "condition.too_early", "same_as", "recommendation or guardrail"),
    # consequences, signals, actions, packs
    ("vote", VOTE, "support: 3", "support: 9", "shape.out_of_range", "9", "from -5 to 5"),
    ("vote", VOTE, "support: 3", "suport: 3", "shape.unknown_near", "suport", "Did you mean support?"),
    ("vote", VOTE, "support: 3", "support: 2.5", "shape.type", "2.5", "a whole number"),
    ("vote", VOTE, "[success]", "[succes]", "shape.not_one_of_near", "succes]", "Did you mean success?"),
    ("no_sale", GUARDRAIL, "on_unknown: suppress", "on_unknown: fire", "shape.not_one_of", "fire", "suppress"),
    ("no_sale", GUARDRAIL, "kinds: [upsell]", "kinds: []", "shape.too_few", "kinds", "at least 1"),
    ("no_sale", GUARDRAIL, "kinds: [upsell]", "actions: [shop.upgrad]", "reference.unknown_action_near", "shop.upgrad", "Did you mean shop.upgrade?"),
    ("signals__broken_thing", SIGNAL, "parou ~2 funcionar", "parou ~12 funcionar", "signal.phrase", "~12", "use ~1 to ~8"),
    ("signals__broken_thing", SIGNAL, "parou ~2 funcionar", "(parou|quebrou tudo", "signal.phrase", "(parou", "open and close"),
    ("signals__broken_thing", SIGNAL, "negatable: true", "negatable: yes", "shape.type", "yes", "true or false"),
    ("actions__call", CALL, "due_in_hours: 4", "due_in_hours: four", "shape.type", "four", "a number"),
    ("actions__call", CALL, "customer.mrr, mult", "customer.tier, mult", "worth.not_a_number", "customer.tier", "customer.mrr"),
    ("actions__call", CALL, "customer.mrr, mult", "customer.mr, mult", "condition.unknown_field_near", "customer.mr,", "Did you mean customer.mrr?"),
    ("pack", PACK, 'version: "1.0.0"', "version: 1.0", "shape.number_as_text", "1.0", "between quotes"),
    ("pack", PACK, 'version: "1.0.0"', "version: 1.0.0-beta", "shape.bad_name", "1.0.0-beta", '"1.0.0"'),
    ("pack", PACK, "needs: [customer.tier]", "needs: [customer.teir]", "pack.unknown_need_near", "customer.teir", "Did you mean customer.tier?"),
]  # fmt: skip


def place(content, old, new, part):
    """The line and column, from 1, at which `part` stands in what was put into the file, or else in the whole file."""
    whole = content.replace(old, new, 1)
    at = content.index(old) + new.index(part) if part in new else whole.index(part)
    return whole[:at].count("\n") + 1, at - whole.rfind("\n", 0, at)


@pytest.mark.parametrize(("name", "content", "old", "new", "code", "part", "mend"), CASES)
def test_each_mistake_is_told_at_its_line_and_column(tmp_path, name, content, old, new, code, part, mend):
    assert old in content
    folder = write_pack(tmp_path, **{name: content.replace(old, new, 1)})
    findings = {found.code: found for found in read_all([folder])[1]}
    found = findings[code]

    assert (found.line, found.column) == place(content, old, new, part)
    assert Path(found.path) == folder / (name.replace("__", "/") + ".yml")
    assert mend in f"{found.what('en')} {found.why('en')} {found.mend('en')}"


@pytest.mark.parametrize(("name", "content", "old", "new", "code", "part", "mend"), CASES)
def test_each_mistake_is_told_in_whole_sentences_of_both_languages(tmp_path, name, content, old, new, code, part, mend):
    folder = write_pack(tmp_path, **{name: content.replace(old, new, 1)})

    for found in read_all([folder])[1]:
        said = {locale: (found.what(locale), found.why(locale), found.mend(locale)) for locale in LOCALES}
        assert said["pt-BR"][1:] != said["en"][1:]
        for sentence in (*said["pt-BR"], *said["en"]):
            assert re.match(r"[`\"\[{$<a-zA-Z0-9À-ú_~=+.-]", sentence)
            assert sentence.rstrip().endswith((".", "?", "…", "}"))
            assert not re.search(r"\bNone\b(?! of)", sentence)
            assert "['" not in sentence
