"""Folders of rule files become one rulebook, or findings with file, line and how to mend."""

# ruff: noqa: E501 - tables of cases read best with one case a line

import os
from pathlib import Path

import pytest
from rule_files import CALL, DERIVATION, GUARDRAIL, OFFER, PACK, RULE, SIGNAL, UPGRADE, VOTE, line_of, write_pack

from rules.errors import RuleFilesInvalid
from rules.loader import as_json, load, read, read_all
from rules.rulebook import Function, Kind, RuleKind, Suppress


def errors_of(*paths):
    rulebook, findings = read_all(paths)

    assert rulebook is None
    return [found for found in findings if found.is_error]


def only(findings):
    assert len(findings) == 1, [str(found) for found in findings]
    return findings[0]


def test_pack_becomes_a_rulebook(tmp_path):
    rulebook = load([write_pack(tmp_path)])

    assert list(rulebook.rules) == ["shop.no_sale", "shop.offer_more", "shop.renewal_call", "shop.severe", "shop.vote"]
    assert list(rulebook.packs) == ["shop"]
    assert list(rulebook.actions) == ["shop.call", "shop.upgrade"]
    rule = rulebook.rules["shop.renewal_call"]
    assert (rule.then.action, rule.then.lever) == ("shop.call", 1.2)
    assert rule.origin.path.endswith("shop/renewal_call.yml")
    assert [example.line for example in rule.examples] == [
        line_of(RULE, part) for part in ("name: key", "name: high", "name: small")
    ]
    guardrail = rulebook.rules["shop.no_sale"]
    assert guardrail.on_unknown_suppress
    assert isinstance(guardrail.then, Suppress)
    assert guardrail.then.kinds == (Kind.UPSELL,)
    vote = rulebook.rules["shop.vote"].then
    assert (dict(vote.votes), vote.collaborate) == ({Function.SUPPORT: 3}, (Function.SUCCESS,))
    assert rulebook.actions["shop.call"].worth.field == "customer.mrr"
    assert rulebook.signals["broken_thing"].phrases["en"] == ("stopped ~1 working",)
    assert [rule.id for rule in rulebook.rules_of(RuleKind.DERIVATION)] == ["shop.severe"]


def test_pack_and_folder_of_packs_are_the_same_rulebook(tmp_path):
    pack = write_pack(tmp_path)

    assert load([pack]).digest == load([tmp_path]).digest


@pytest.mark.parametrize(
    ("file", "content", "old", "new", "code", "part", "mend"),
    [
        ("renewal_call", RULE, "owner:", "ownr:", "shape.unknown_near", "ownr", "Did you mean owner?"),
        ("renewal_call", RULE, "version: 1", "version: one", "shape.type", "version", "a whole number"),
        ("renewal_call", RULE, "version: 1", "version: 0", "shape.out_of_range", "version", "from 1 to 100000"),
        ("renewal_call", RULE, "kind: recom", "kind: rekom", "shape.not_one_of_near", "kind", "mean recommendation?"),
        ("renewal_call", RULE, "status: stable", "status: x1", "shape.not_one_of", "status", "experimental, test, stable"),
        ("renewal_call", RULE, ", en: Renewal at risk", "", "shape.language_missing", "title", "Add en: …"),
        ("renewal_call", RULE, "en: Renewal at", "fr: a, en: b", "shape.language_unknown", "title", "pt-BR and en"),
        ("renewal_call", RULE, "Renewal at risk", "x" * 81, "shape.too_long", "title", "to 80 characters"),
        ("renewal_call", RULE, "Renewal at risk", "12", "shape.number_as_text", "title", '"12"'),
        ("renewal_call", RULE, "Renewal at risk", '" "', "shape.blank", "title", "Write the text."),
        ("renewal_call", RULE, "practice: [A75]", "practice: A75", "shape.not_list", "practice", "[value, value]"),
        ("renewal_call", RULE, "[A75]", "[A75, A75]", "shape.repeated", "practice", "Delete the repetition."),
        ("renewal_call", RULE, "[A75]", "[seventy]", "shape.bad_name", "practice", "A75"),
        ("renewal_call", RULE, "id: shop.ren", "id: shop.sen", "id.mismatch", "id:", "shop.renewal_call"),
        ("renewal_call", RULE, "action: shop.call,", "action: shop.cal,", "reference.unknown_action_near", "recommend:", "shop.call?"),
        ("renewal_call", RULE, "lever: 1.2", "lever: 9", "shape.out_of_range", "recommend:", "from 0.1 to 5"),
        ("renewal_call", RULE, "recommend:", "suppress:", "shape.then_unfit", "suppress", "Write recommend"),
        ("renewal_call", RULE, "status: stable", "status: deprecated", "shape.deprecated_missing", "status", "since, reason"),
        ("renewal_call", RULE, "when:", "on_unknown: suppress\nwhen:", "shape.guardrail_only", "on_unknown", "Delete on_unknown."),
        ("renewal_call", RULE, "{has: broken_thing}", "{has: broken_thin}", "condition.unknown_signal_near", "has:", "broken_thing?"),
        ("renewal_call", RULE, "[broken_thing]", "[zzz]", "condition.unknown_signal", "given: {sig", "signals/zzz.yml"),
        ("renewal_call", RULE, "tier: key}}", "teir: key}}", "condition.unknown_field_near", "teir", "mean tier?"),
        ("renewal_call", RULE, "expect: match", "expect: mach", "shape.not_one_of_near", "expect: mach", "mean match?"),
        ("renewal_call", RULE, "owner: account", "owner: [a]\n#", "shape.type", "owner", "a text"),
        ("severe", DERIVATION, "severity: severe", "severity: sever", "condition.value_unfit_near", "then", "mean severe?"),
        ("severe", DERIVATION, "{severity: severe}", "{customer.tier: key}", "derive.not_derived", "then", "severity, journey_stage"),
        ("severe", DERIVATION, "{severity: severe}", "{}", "shape.then_nothing", "then", "derive: {field: value}"),
        ("vote", VOTE, "{support: 3}", "{suport: 3}", "shape.unknown_near", "then", "mean support?"),
        ("vote", VOTE, "{support: 3}", "{support: 9}", "shape.out_of_range", "then", "from -5 to 5"),
        ("no_sale", GUARDRAIL, "kinds: [upsell]\n", "", "shape.then_nothing", "suppress:", "kinds: [upsell]"),
        ("no_sale", GUARDRAIL, "[upsell]", "[upsel]", "shape.not_one_of_near", "kinds", "mean upsell?"),
        ("no_sale", GUARDRAIL, "kinds: [upsell]", "actions: [zzz.x9]", "reference.unknown_action", "actions", "actions/"),
        ("actions__call", CALL, "customer.mrr", "customer.tier", "worth.not_a_number", "value:", "such as customer.mrr"),
        ("actions__call", CALL, "due_in_hours: 4", "due_in_hours: 0", "shape.out_of_range", "due_in", "from 0.01"),
        ("actions__call", CALL, "  - {pt-BR: Anote., en: Take notes.}\n", "", "shape.too_few", "steps", "at least 2|until there are 2"),
        ("actions__call", CALL, "cooldown_days: 7", "cooldown_days: 7\nconflicts_with: [shop.call]", "reference.itself", "conflicts", "Delete the reference."),
        ("actions__upgrade", UPGRADE, "{known: true}", "{knwn: true}", "condition.unknown_op_near", "needs", "mean known?"),
        ("signals__broken_thing", SIGNAL, "name: broken", "name: brken", "id.mismatch", "name", "broken_thing"),
        ("signals__broken_thing", SIGNAL, "negatable: true", "negatable: yes", "shape.type", "negatable", "true or false"),
        ("signals__broken_thing", SIGNAL, "negatable: true", "negatable: true\nclears: [gone]", "condition.unknown_signal", "clears", "signals/gone.yml"),
        ("signals__broken_thing", SIGNAL, "stopped ~1", "(stopped ~1", "signal.phrase", "(stopped", "(a|b)"),
        ("signals__broken_thing", SIGNAL, "negatable: true", "negatable: true\nimplies: [gone]", "condition.unknown_signal", "implies", "signals/gone.yml"),
        ("pack", PACK, '"1.0.0"', "1.0", "shape.number_as_text", "version", "1.0"),
        ("pack", PACK, "id: shop", "id: shoe", "id.mismatch", "id:", "shop"),
        ("pack", PACK, "[customer.tier]", "[crm]", "pack.unknown_need", "needs", "vocabulary field"),
    ],
)  # fmt: skip
def test_broken_file_is_refused_at_its_line_with_the_mend(tmp_path, file, content, old, new, code, part, mend):
    assert old in content
    broken = content.replace(old, new, 1)
    folder = write_pack(tmp_path, **{file: broken})
    found = [finding for finding in errors_of(folder) if finding.code == code][0]  # noqa: RUF015 - the list is the message when it is empty

    assert found.path == str(folder / (file.replace("__", "/") + ".yml"))
    assert found.line == line_of(broken, part)
    assert any(piece in found.mend("en") for piece in mend.split("|"))
    assert str(found).startswith(f"{found.path}:{found.line}:{found.column}: error {code}: ")


def test_faults_of_several_files_are_found_in_one_run(tmp_path):
    folder = write_pack(
        tmp_path,
        renewal_call=RULE.replace("owner:", "ownr:"),
        vote=VOTE.replace("support: 3", "support: 9"),
        actions__call="a: [",
    )

    assert {found.path.rpartition("/")[2] for found in errors_of(folder)} == {
        "renewal_call.yml",
        "vote.yml",
        "call.yml",
    }


def test_position_of_a_broken_phrase_is_inside_the_phrase(tmp_path):
    folder = write_pack(tmp_path, signals__broken_thing=SIGNAL.replace("stopped ~1 working", "stopped ~9 working", 1))
    found = only(errors_of(folder))

    assert (found.line, found.column) == (line_of(SIGNAL, "stopped ~1"), len("    - stopped ") + 1)
    assert "~1" in found.mend("en")


def test_duplicate_id_names_the_other_file(tmp_path):
    folder = write_pack(tmp_path)
    other = tmp_path / "store"
    (other / "signals").mkdir(parents=True)
    (other / "pack.yml").write_text(PACK.replace("shop", "store"), "utf-8")
    (other / "signals/broken_thing.yml").write_text(SIGNAL, "utf-8")
    found = only(errors_of(tmp_path))

    assert found.code == "id.duplicate"
    assert found.path == str(other / "signals/broken_thing.yml")
    assert str(folder / "signals/broken_thing.yml") in found.what("en")


def test_derivations_that_go_in_a_circle_are_refused_with_the_circle(tmp_path):
    horizon = DERIVATION.replace("shop.severe", "shop.soon").replace("severity: severe", "horizon: now")
    horizon = horizon.replace("{signals: {has: broken_thing}}", "{severity: severe}")
    severe = DERIVATION.replace(
        "{signals: {has: broken_thing}}", "{any: [{signals: {has: broken_thing}}, {horizon: now}]}"
    )
    found = errors_of(write_pack(tmp_path, soon=horizon, severe=severe))

    assert [(f.code, f.line) for f in found] == [
        ("derive.cycle", line_of(severe, "when:")),
        ("derive.cycle", line_of(horizon, "when:")),
    ]
    assert "severity → horizon → severity" in found[0].what("en")
    assert "signals or fields at the source" in found[0].mend("en")


def test_rule_that_sells_may_not_read_what_was_not_collected_to_sell(tmp_path):
    offer = OFFER.replace("{customer.seat_utilisation: {at_least: 0.9}}", "{customer.regulated_sector: false}")
    found = only(errors_of(write_pack(tmp_path, offer_more=offer)))

    assert (found.code, found.line) == ("purpose.violation", line_of(offer, "when:"))
    assert "Take customer.regulated_sector out of the condition" in found.mend("en")


def test_needs_of_an_action_that_sells_are_held_to_purposes_too(tmp_path):
    upgrade = UPGRADE.replace("{customer.seats: {known: true}}", "{customer.regulated_sector: false}")
    found = only(errors_of(write_pack(tmp_path, actions__upgrade=upgrade)))

    assert (found.code, found.line) == ("purpose.violation", line_of(upgrade, "needs:"))


def test_rule_that_does_not_sell_may_read_every_field(tmp_path):
    rule = RULE.replace("customer.tier: {in: [key, enterprise]}", "customer.regulated_sector: true")
    rule = rule.replace("tier: key", "regulated_sector: true")

    assert load([write_pack(tmp_path, renewal_call=rule)])


def test_deprecated_rule_names_what_replaces_it(tmp_path):
    deprecated = RULE.replace("status: stable", "status: deprecated").replace(
        "when:",
        "deprecated: {since: 2026-01-01, reason: {pt-BR: a, en: b}, replaced_by: [shop.offer_mre]}\nwhen:",
        1,
    )
    found = only(errors_of(write_pack(tmp_path, renewal_call=deprecated)))

    assert (found.code, found.line) == ("reference.unknown_rule_near", line_of(deprecated, "deprecated:"))
    far = only(errors_of(write_pack(tmp_path, renewal_call=deprecated.replace("shop.offer_mre", "else.where"))))
    itself = only(errors_of(write_pack(tmp_path, renewal_call=deprecated.replace("offer_mre", "renewal_call"))))
    assert (far.code, itself.code) == ("reference.unknown_rule", "reference.itself")
    right = deprecated.replace("offer_mre", "offer_more")
    rulebook = load([write_pack(tmp_path, renewal_call=right)])
    assert "shop.renewal_call" in rulebook.rules
    assert [rule.id for rule in rulebook.rules_of(RuleKind.RECOMMENDATION)] == ["shop.offer_more"]


def test_replacements_are_live_so_that_they_never_go_in_a_circle(tmp_path):
    def deprecated(content, by):
        why = f"deprecated: {{since: 2026-01-01, reason: {{pt-BR: a, en: b}}, replaced_by: [{by}]}}\nwhen:"
        return content.replace("status: stable", "status: deprecated").replace("when:", why, 1)

    one, other = deprecated(RULE, "shop.offer_more"), deprecated(OFFER, "shop.renewal_call")
    found = errors_of(write_pack(tmp_path, renewal_call=one, offer_more=other))

    assert [(problem.code, Path(problem.path).name, problem.line) for problem in found] == [
        ("reference.not_live", "offer_more.yml", line_of(other, "deprecated:")),
        ("reference.not_live", "renewal_call.yml", line_of(one, "deprecated:")),
    ]
    assert "shop.renewal_call" in found[0].what("en")
    assert "Write what stands in its place: shop.offer_more." in found[0].mend("en")


def test_single_file_and_pack_without_pack_file(tmp_path):
    folder = write_pack(tmp_path)
    (folder / "pack.yml").unlink()
    found = only(errors_of(folder))

    assert (found.code, found.path) == ("pack.missing", str(folder))
    assert "shop/pack.yml" in found.mend("en")
    assert load([folder / "severe.yml", folder / "signals" / "broken_thing.yml"]).rules


@pytest.mark.parametrize("make", [lambda path: path.mkdir(), lambda path: None])
def test_nothing_to_read_is_a_finding(tmp_path, make):
    path = tmp_path / "empty"
    make(path)
    found = only(errors_of(path))

    assert found.code in {"file.no_packs", "file.missing"}
    assert found.path == str(path)


def test_file_that_nothing_reads_is_refused(tmp_path):
    folder = write_pack(tmp_path)
    (folder / "late.yaml").write_text(RULE, "utf-8")
    (folder / "signal").mkdir()
    (folder / "signal" / "x.yml").write_text(SIGNAL, "utf-8")
    found = errors_of(folder)

    assert [(f.code, f.path.rpartition("/")[2]) for f in found] == [
        ("file.unexpected", "late.yaml"),
        ("file.unexpected", "x.yml"),
    ]


def test_binary_file_and_unreadable_file_are_findings(tmp_path):
    folder = write_pack(tmp_path)
    (folder / "severe.yml").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00")
    (folder / "vote.yml").unlink()
    (folder / "vote.yml").symlink_to(folder / "gone.yml")
    codes = {found.code for found in errors_of(folder)}

    assert codes == {"file.not_utf8", "file.unreadable"}


def test_pipe_and_link_to_itself_are_findings(tmp_path):
    folder = write_pack(tmp_path)
    os.mkfifo(folder / "pipe.yml")
    (folder / "loop.yml").symlink_to("loop.yml")
    found = errors_of(folder)

    assert [(each.code, each.path.rpartition("/")[2]) for each in found] == [
        ("file.unreadable", "loop.yml"),
        ("file.unreadable", "pipe.yml"),
    ]
    assert "no ordinary file" in found[1].what("en")


def test_calibration_is_read_with_the_packs(tmp_path):
    write_pack(tmp_path)
    (tmp_path / "calibration.yml").write_text(
        "intercept: -1.5\nmargin: 0.75\nstrength: 0.1\nfitted_on: 80 rows\n", "utf-8"
    )

    assert load([tmp_path]).calibration.intercept == -1.5


def test_context_is_referred_to_and_gives_way(tmp_path):
    whole = write_pack(tmp_path / "shipped")
    mine = tmp_path / "mine" / "shop"
    mine.mkdir(parents=True)
    (mine / "severe.yml").write_text(DERIVATION.replace("severity: severe", "severity: high"), "utf-8")
    reading = read([mine / "severe.yml"], context=[whole.parent])

    assert reading.files == 1
    assert reading.rulebook.rules["shop.severe"].then.values == {"severity": "high"}
    assert "shop.vote" in reading.rulebook.rules


def test_invalid_rulebook_raises_with_every_finding(tmp_path):
    folder = write_pack(tmp_path, renewal_call=RULE.replace("owner:", "ownr:"))

    with pytest.raises(RuleFilesInvalid, match="Did you mean owner") as caught:
        load([folder])
    assert len(caught.value.findings) == 2


def test_findings_as_json_speak_both_languages(tmp_path):
    folder = write_pack(tmp_path, renewal_call=RULE.replace(", en: Renewal at risk", ""))
    _, findings = read_all([folder])

    assert as_json(findings, "pt-BR") == [
        {
            "code": "shape.language_missing",
            "severity": "error",
            "path": str(folder / "renewal_call.yml"),
            "line": 6,
            "column": 1,
            "what": "Falta o texto em en.",
            "why": "Português e inglês são iguais aqui; nenhum é substituto do outro.",
            "mend": "Acrescente en: …",
        }
    ]


def test_digest_is_blind_to_everything_that_changes_no_decision(tmp_path):
    more = SIGNAL.replace("    - stopped ~1 working", "    - stopped ~1 working\n    - gave up")
    reference = load([write_pack(tmp_path / "a", signals__broken_thing=more)]).digest
    lines = VOTE.splitlines(keepends=True)
    same = write_pack(
        tmp_path / "elsewhere",
        renewal_call="# a comment\n"
        + RULE.replace("practice: [A75]", "practice: [A76]").replace("key account", "other name"),
        vote="".join([*lines[8:], *lines[:8]]),
        signals__broken_thing=SIGNAL.replace("    - stopped ~1 working", "    - gave up\n    - stopped ~1 working"),
    )

    assert load([same]).digest == reference


@pytest.mark.parametrize(
    ("file", "content", "old", "new"),
    [
        ("renewal_call", RULE, "version: 1", "version: 2"),
        ("renewal_call", RULE, "status: stable", "status: test"),
        ("renewal_call", RULE, "5000", "5001"),
        ("renewal_call", RULE, "lever: 1.2", "lever: 1.3"),
        ("renewal_call", RULE, "Falha perto", "Falha junto"),
        ("no_sale", GUARDRAIL, "on_unknown: suppress\n", ""),
        ("signals__broken_thing", SIGNAL, "negatable: true", "negatable: false"),
        ("signals__broken_thing", SIGNAL, "~1 working", "~2 working"),
        ("actions__call", CALL, "cooldown_days: 7", "cooldown_days: 8"),
        ("actions__call", CALL, "we will call", "we shall call"),
    ],
)
def test_digest_changes_with_everything_that_changes_a_decision(tmp_path, file, content, old, new):
    reference = load([write_pack(tmp_path / "a")]).digest

    assert load([write_pack(tmp_path / "b", **{file: content.replace(old, new)})]).digest != reference
