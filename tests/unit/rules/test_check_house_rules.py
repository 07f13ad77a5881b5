"""What a rulebook must prove before anybody is advised by it."""

# ruff: noqa: E501 - tables of cases read best with one case a line

import pytest
from laws import every
from rule_files import CALL, GUARDRAIL, OFFER, RULE, SIGNAL, line_of, write_pack

from rules.check import check
from rules.check import test as run_examples
from rules.check.examples import leaf_in_words
from rules.loader import load
from rules.loader.catalogue import CATALOGUE
from rules.model import LeafResult
from rules.signals import SignalReader, meaning
from rules.text import LOCALES


def only(report):
    assert len(report.findings) == 1, [str(found) for found in report.findings]
    return report.findings[0]


def test_right_pack_has_no_findings(tmp_path):
    report = check([write_pack(tmp_path)])

    assert report.findings == ()
    assert report.ok
    assert report.files == 9


def test_right_files_are_judged_beside_broken_ones(tmp_path):
    folder = write_pack(
        tmp_path,
        vote="a: [",
        renewal_call=RULE.replace("mrr: 10}", "mrr: 5000}"),
        actions__call=CALL.replace("|there}", "}"),
        signals__broken_thing=SIGNAL.replace("The system stopped working today", "The system is on fire"),
    )
    report = check([folder])

    assert not report.ok
    assert report.rulebook is None
    assert [found.code for found in report.findings] == [
        "reply.no_fallback",
        "example.failed",
        "signal.not_found",
        "yaml.syntax",
    ]


def test_pack_without_pack_file_is_judged_all_the_same(tmp_path):
    folder = write_pack(tmp_path, renewal_call=RULE.replace("mrr: 10}", "mrr: 5000}"))
    (folder / "pack.yml").unlink()

    assert [found.code for found in check([folder]).findings] == ["pack.missing", "example.failed"]


BOTH = RULE.replace("{tier: key}}", "{tier: key, mrr: 6000}}").replace("{mrr: 6000}}", "{tier: key, mrr: 7000}}")


@pytest.mark.parametrize(
    ("file", "content", "code", "part", "mend"),
    [
        ("renewal_call", RULE.replace("{tier: key}}", "{tier: standard}}"), "example.failed", "- name: key account", "Correct `when`"),
        ("renewal_call", RULE.replace("mrr: 10}", "mrr: 5000}"), "example.failed", "- name: small", "what it expects"),
        ("renewal_call", RULE[: RULE.index("  - name: small")], "example.side_missing", "examples:", "expect: no_match"),
        ("offer_more", OFFER[: OFFER.index("examples:")], "example.side_missing", "schema", "expect: match"),
        ("renewal_call", RULE.replace("name: high revenue", "name: key account"), "example.same_name", "- name: key account\n    given: {signals: [broken_thing], customer: {mrr", "another name"),
        ("renewal_call", RULE.replace("{mrr: 6000}", "{tier: enterprise}"), "example.branch_unmet", "- customer.mrr", "this branch alone"),
        ("renewal_call", BOTH, "example.branch_idle", "- customer.tier", "this branch alone"),
        ("actions__call", CALL.replace("{requester.first_name|there}", "{requester.first_nam|there}"), "reply.unknown_slot_near", 'en: "Hello', "requester.first_name?"),
        ("actions__call", CALL.replace("{requester.first_name|there}", "{zzz|there}"), "reply.unknown_slot", 'en: "Hello', "agent.name or ticket.id"),
        ("actions__call", CALL.replace("|there}", "}"), "reply.no_fallback", 'en: "Hello', "{requester.first_name|fallback}"),
        ("actions__call", CALL.replace("|there}", "| }"), "reply.no_fallback", 'en: "Hello', "{requester.first_name|fallback}"),
        ("actions__call", CALL.replace("|there}", "|there"), "reply.braces", 'en: "Hello', "{ticket.id|your ticket}"),
        ("actions__other", CALL.replace("shop.call", "shop.other"), "action.unused", "id:", "a rule that recommends it"),
        ("signals__other", SIGNAL.replace("broken_thing", "other"), "signal.unread", "name:", "delete the file"),
        ("signals__broken_thing", SIGNAL.replace("The system stopped working today", "The system is on fire"), "signal.not_found", "match: [The system is", "phrases.en"),
        ("signals__broken_thing", SIGNAL.replace("O sistema funciona bem", "Parou de funcionar"), "signal.found", "no_match: [Parou", "not_when.pt-BR"),
        ("signals__broken_thing", SIGNAL.replace("    no_match: [Everything works well]\n", ""), "signal.side_missing", "en:\n    match", "examples.en.no_match"),
        ("offer_more", OFFER.replace("seat_utilisation: {at_least: 0.9}", "how_to_30d: {at_least: 3}").replace("seat_utilisation: 0.95", "how_to_30d: 4").replace("seat_utilisation: 0.5", "how_to_30d: 1"), "signal.not_defined", "when:", "signals/how_to_question.yml"),
    ],
)  # fmt: skip
def test_house_rule_is_broken_at_its_line_with_the_mend(tmp_path, file, content, code, part, mend):
    folder = write_pack(tmp_path, **{file: content})
    found = [finding for finding in check([folder]).findings if finding.code == code]

    assert found, code
    assert found[0].path == str(folder / (file.replace("__", "/") + ".yml"))
    assert found[0].line == line_of(content, part)
    assert mend in found[0].mend("en")


def test_failing_example_tells_what_decided_with_its_value(tmp_path):
    content = RULE.replace("{tier: key}}", "{tier: standard}}")
    failed = next(f for f in check([write_pack(tmp_path, renewal_call=content)]).findings if f.code == "example.failed")

    assert failed.what("en") == "The example key account expects match and came out no_match."
    assert failed.why("en") == (
        "What decided: customer.tier in (key, enterprise) [standard]; customer.mrr at_least 5000 [unknown]."
    )
    assert "desconhecido" in failed.why("pt-BR")


def test_warnings_do_not_forbid_the_rulebook(tmp_path):
    report = check([write_pack(tmp_path, actions__other=CALL.replace("shop.call", "shop.other"))])

    assert only(report).code == "action.unused"
    assert report.ok


def test_guardrail_that_suppresses_on_unknown_matches_what_nobody_knows(tmp_path):
    content = GUARDRAIL.replace("on_unknown: suppress\n", "")
    found = only(check([write_pack(tmp_path, no_sale=content)]))

    assert (found.code, found.params["name"]) == ("example.failed", "nobody knows")


def test_branch_inside_a_collection_is_proved_too(tmp_path):
    content = OFFER.replace(
        "{customer.seat_utilisation: {at_least: 0.9}}",
        "\n  exists:\n    in: subscriptions\n    where:\n      any:\n        - status: trial\n        - seats: {above: 5}",
    )
    content = content.replace("customer: {seat_utilisation: 0.95}", "subscriptions: [{status: trial, seats: 1}]")
    content = content.replace("customer: {seat_utilisation: 0.5}", "subscriptions: [{status: active, seats: 1}]")
    found = only(check([write_pack(tmp_path, offer_more=content)]))

    assert (found.code, found.line) == ("example.branch_unmet", line_of(content, "- seats:"))


def test_overlay_is_held_to_the_house_rules_in_its_own_file(tmp_path):
    shipped = write_pack(tmp_path / "shipped").parent
    folder = tmp_path / "tenant" / "shop"
    (folder / "actions").mkdir(parents=True)
    (folder / "signals").mkdir()
    (folder / "actions/call.yml").write_text(
        'schema: 1\noverlay: shop.call\nreply: {pt-BR: "{a}", en: "ok"}\n', "utf-8"
    )
    (folder / "signals/broken_thing.yml").write_text(
        "schema: 1\noverlay: broken_thing\nphrases: {en: [gave up ghost]}\n"
        "examples:\n  en:\n    match: [it gave up the ghost, it gave up ghost]\n",
        "utf-8",
    )
    report = check([shipped], [tmp_path / "tenant"])

    assert [(found.code, found.path.rpartition("/")[2], found.line, found.column) for found in report.findings] == [
        ("reply.no_fallback", "call.yml", 3, 16),
        ("reply.unknown_slot", "call.yml", 3, 16),
        ("signal.not_found", "broken_thing.yml", 6, 13),
    ]


def test_context_is_not_judged(tmp_path):
    write_pack(tmp_path / "beside", renewal_call=RULE.replace("mrr: 10}", "mrr: 5000}"))
    mine = tmp_path / "mine.yml"
    mine.write_text(OFFER.replace("shop.offer_more", "shop.mine"), "utf-8")
    report = check([mine], context=[tmp_path / "beside"])

    assert report.findings == ()
    assert report.files == 1


def test_examples_are_run_and_may_be_chosen_by_rule(tmp_path):
    book = load([write_pack(tmp_path, renewal_call=RULE.replace("mrr: 10}", "mrr: 5000}"))])
    report = run_examples(book)
    (failure,) = report.failures

    assert len(report.results) == 13
    assert (failure.rule, failure.example, failure.expected, failure.actual) == (
        "shop.renewal_call",
        "small account",
        False,
        True,
    )
    assert failure.line == line_of(RULE, "- name: small")
    assert [(leaf.field, leaf.actual) for leaf in failure.leaves] == [
        ("signals", ("broken_thing",)),
        ("customer.mrr", 5000.0),
    ]
    assert run_examples(book, {"shop.severe"}).ok
    assert len(run_examples(book, {"shop.severe"}).results) == 2


def test_deprecated_rules_are_not_run(tmp_path):
    gone = "status: deprecated\ndeprecated: {since: 2026-01-01, reason: {pt-BR: a, en: b}, replaced_by: []}"
    content = RULE.replace("status: stable", gone).replace("mrr: 10}", "mrr: 5000}")
    folder = write_pack(tmp_path, renewal_call=content)

    assert [found.code for found in check([folder]).findings if found.is_error] == []
    assert run_examples(load([folder])).ok


@every("code", sorted(CATALOGUE))
def test_catalogue_says_all_three_in_both_languages(code):
    entry = CATALOGUE[code]
    filled_by_params = {"{form}", "{reason}"}

    for text in (entry.what, entry.why, entry.mend):
        for locale in LOCALES:
            said = text.read(locale)
            assert said.startswith(("{", "`", "between", "same_as")) or said[0].isupper()
            assert said.endswith((".", "?", "…", "}"))
        assert text.pt_br != text.en or text.pt_br in filled_by_params


def test_a_leaf_in_words_does_not_round_the_value_that_decided():
    leaf = LeafResult("customer.mrr", "at_least", 5000.0, 4_999.999_9, truth=False)

    assert leaf_in_words(leaf, "unknown") == "customer.mrr at_least 5000 [4999.9999]"


@pytest.mark.slow
def test_reading_a_signal_alone_finds_what_reading_all_signals_finds(shipped):
    signals = shipped.signals.values()
    whole, meant = SignalReader(signals), meaning(tuple(signals))

    for signal in signals:
        alone = SignalReader([signal, *(other for other in signals if signal.name in other.clears)], meant)
        own = {phrase for phrases in signal.phrases.values() for phrase in phrases}  # others may imply it by theirs
        for locale, sides in signal.examples.items():
            for text in (*sides.match, *sides.no_match):
                hits = [
                    [
                        hit
                        for hit in reader.read([("m", text)], locale).hits
                        if hit.signal == signal.name and hit.phrase in own
                    ]
                    for reader in (alone, whole)
                ]

                assert hits[0] == hits[1]
