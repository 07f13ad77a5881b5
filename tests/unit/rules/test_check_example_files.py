"""Example files: read strictly, run over the whole rulebook, and told apart from the rules they are about."""

import pytest
from rule_files import GUARDRAIL, RULE, line_of, write_pack

from rules.check import test as run_examples
from rules.check.example_files import asked_for
from rules.check.rerun import Rerun
from rules.loader import load, read
from rules.loader.example_files import Expected, as_yaml
from rules.loader.memory import Memory
from rules.loader.sources import FileKind
from rules.rulebook import Function

GOOD = """\
schema: 1
name: a broken thing at a key account
given: {signals: [broken_thing], customer: {tier: key}}
expect:
  primary: support
  collaborators: [success]
  shows: [shop.call]
  hides: [shop.upgrade]
  fires: [shop.severe, shop.renewal_call]
  silent: [shop.offer_more]
"""


def with_file(tmp_path, content, name="broken", **changed):
    folder = write_pack(tmp_path, **changed)
    (folder / "examples").mkdir(exist_ok=True)
    (folder / f"examples/{name}.yml").write_text(content, "utf-8")
    return folder


def results(folder, **more):
    reading = read([folder], **more)
    assert reading.rulebook is not None, [str(found) for found in reading.findings]
    return run_examples(reading.rulebook, (), asked_for(reading)).files


def test_right_file_passes(tmp_path):
    (result,) = results(with_file(tmp_path, GOOD))

    assert result.passed
    assert (result.id, result.name, result.line) == ("shop/broken", "a broken thing at a key account", 1)


@pytest.mark.parametrize(
    ("old", "new", "word", "expected", "actual"),
    [
        ("primary: support", "primary: account_management", "primary", ("account_management",), ("support",)),
        ("[success]", "[]", "collaborators", (), ("success",)),
        ("shows: [shop.call]", "shows: [shop.upgrade]", "shows", ("shop.upgrade",), ("not_fired", "shop.offer_more")),
        ("hides: [shop.upgrade]", "hides: [shop.call]", "hides", ("shop.call",), ("shop.renewal_call",)),
        ("fires: [shop.severe", "fires: [shop.offer_more", "fires", ("shop.offer_more",), ()),
        ("silent: [shop.offer_more]", "silent: [shop.vote]", "silent", ("shop.vote",), ()),
    ],
)
def test_each_expectation_can_fail(tmp_path, old, new, word, expected, actual):
    content = GOOD.replace(old, new)
    if word == "shows":
        content = content.replace("  hides: [shop.upgrade]\n", "")
    if word == "hides":
        content = content.replace("  shows: [shop.call]\n", "")
    if word == "fires":
        content = content.replace("  silent: [shop.offer_more]\n", "")
    (result,) = results(with_file(tmp_path, content))
    (found,) = result.mismatches

    assert not result.passed
    assert (found.word, found.expected, found.actual) == (word, expected, actual)


def test_missing_recommendation_tells_what_holds_it_back(tmp_path):
    content = (
        "schema: 1\nname: full house\ngiven: {signals: [broken_thing], customer: {seats: 10, seats_used: 10}}\n"
        "expect: {shows: [shop.upgrade]}\n"
    )
    (result,) = results(with_file(tmp_path, content))

    assert result.mismatches[0].actual == ("suppressed", "shop.no_sale")
    assert ("severity", "severe") in [(leaf.field, leaf.actual) for leaf in result.mismatches[0].leaves]


@pytest.mark.parametrize(
    ("language", "text"), [("pt-BR", "O sistema parou de funcionar hoje"), ("en", "The system stopped working today")]
)
def test_text_is_read_for_its_signals(tmp_path, language, text):
    content = GOOD.replace("signals: [broken_thing], ", "") + f"text: {text}\nlanguage: {language}\n"

    assert results(with_file(tmp_path, content))[0].passed
    calm = content.replace(text, "Tudo bem por aqui, obrigado")
    assert not results(with_file(tmp_path, calm))[0].passed


def test_experimental_rule_counts_as_fired_in_shadow(tmp_path):
    content = "schema: 1\nname: shadow\ngiven: {signals: [broken_thing], customer: {tier: key}}\n"
    content += "expect: {fires: [shop.renewal_call], hides: [shop.call]}\n"
    folder = with_file(tmp_path, content, renewal_call=RULE.replace("status: stable", "status: experimental"))

    assert results(folder)[0].passed


@pytest.mark.parametrize(
    ("content", "code", "part"),
    [
        (GOOD.replace("primary: support", "primary: suport"), "shape.not_one_of_near", "suport"),
        (GOOD.replace("expect:", "expects:"), "shape.unknown_near", "expects"),
        (GOOD.replace("shop.call]", "shop.cal]"), "example.unknown_action_near", "shop.cal]"),
        (GOOD.replace("[shop.upgrade]", "[zz.zz]"), "example.unknown_action", "zz.zz"),
        (GOOD.replace("[shop.severe,", "[shop.sever,"), "example.unknown_rule_near", "shop.sever,"),
        (GOOD.replace("[shop.offer_more]", "[qq.qq]"), "example.unknown_rule", "qq.qq"),
        (GOOD.replace("[shop.offer_more]", "[shop.severe]"), "example.both", "  silent"),
        (GOOD.replace("[success]", "[support]"), "example.both", "collaborators"),
        (GOOD[: GOOD.index("expect:")] + "expect: {}\n", "example.expects_nothing", "expect"),
        (GOOD + "text: oi\n", "example.signals_twice", "signals"),
        (GOOD + "language: en\n", "example.language_alone", "language"),
        (GOOD.replace("tier: key", "teir: key"), "condition.unknown_field_near", "teir"),
        (GOOD.replace("[broken_thing]", "[broken_thin]"), "condition.unknown_signal_near", "broken_thin]"),
        (GOOD.replace(GOOD.splitlines()[2] + "\n", ""), "shape.missing", "schema"),
        (GOOD.replace("name:", "nme:"), "shape.unknown_near", "nme"),
        (GOOD + "name: again\n", "yaml.duplicate_key", "name: again"),
    ],
)
def test_wrong_file_is_a_finding_at_its_line(tmp_path, content, code, part):
    folder = with_file(tmp_path, content)
    reading = read([folder])
    found = [finding for finding in reading.findings if finding.code == code]

    assert reading.rulebook is None
    assert found, [str(finding) for finding in reading.findings]
    assert found[0].path == str(folder / "examples/broken.yml")
    assert found[0].line == line_of(content, part)


def test_example_files_do_not_change_the_digest_nor_use_a_signal(tmp_path):
    plain = load([write_pack(tmp_path / "a")])
    folder = with_file(tmp_path / "b", GOOD)

    assert load([folder]).digest == plain.digest


def test_file_may_be_given_alone_or_as_a_folder(tmp_path):
    folder = with_file(tmp_path, GOOD)

    for path in (folder / "examples/broken.yml", folder / "examples"):
        reading = read([path], context=[tmp_path])
        assert [example.name for example in asked_for(reading)] == ["a broken thing at a key account"]
    lone = tmp_path / "lone.yml"
    lone.write_text(GOOD, "utf-8")
    assert [example.id for example in asked_for(read([lone], context=[tmp_path]))] == ["lone"]


def test_examples_of_the_context_are_neither_run_nor_read(tmp_path):
    folder = with_file(tmp_path, "a: [")
    mine = tmp_path / "mine.yml"
    mine.write_text(GUARDRAIL.replace("shop.no_sale", "own.mine"), "utf-8")
    reading = read([mine], context=[folder])

    assert reading.rulebook is not None
    assert asked_for(reading) == ()


def test_tenants_example_takes_the_place_of_the_shipped_one(tmp_path):
    shipped = with_file(tmp_path / "shipped", GOOD).parent
    own = tmp_path / "tenant/shop/examples"
    own.mkdir(parents=True)
    (own / "broken.yml").write_text(GOOD.replace("a broken thing", "our broken thing"), "utf-8")
    reading = read([shipped], [tmp_path / "tenant"])

    assert [example.name for example in asked_for(reading)] == ["our broken thing at a key account"]


def test_written_example_reads_back_as_it_was(tmp_path):
    given = {
        "signals": frozenset({"broken_thing"}),
        "customer": {"tier": "key", "mrr": 5000.5, "opted_out": False, "plan": 'no: #1 "x"', "segment": "true"},
        "subscriptions": ({"seats": 3},),
    }  # fmt: skip
    expect = Expected(Function.SUPPORT, (Function.SUCCESS,), hides=("shop.upgrade",), fires=("shop.severe",))
    text = as_yaml("found: by a search", given, expect, ["Counter-example\nof a property"])
    folder = with_file(tmp_path, text)
    (example,) = asked_for(read([folder]))

    assert text.startswith("# Counter-example of a property\nschema: 1\n")
    assert (example.name, example.expect) == ("found: by a search", expect)
    assert example.given["customer"] == given["customer"]
    assert (example.given["signals"], example.given["subscriptions"]) == (["broken_thing"], [{"seats": 3}])
    assert results(folder)[0].passed


def test_only_what_changed_is_read_again_and_run_again(tmp_path):
    folder = with_file(tmp_path, GOOD)
    memory, rerun = Memory(), Rerun()

    def round_():
        reading = read([folder], memory=memory)
        return reading, *rerun.test(reading, reading.rulebook)

    first, report, ran = round_()
    assert ran == ("shop.no_sale", "shop.offer_more", "shop.renewal_call", "shop.severe", "shop.vote", "shop/broken")
    assert report.ok
    second, again, ran = round_()
    assert ran == ()
    assert again == report
    assert all(second.drafts[key] is draft for key, draft in first.drafts.items())

    (folder / "renewal_call.yml").write_text(RULE.replace("mrr: 10}", "mrr: 5000}"), "utf-8")
    third, broken, ran = round_()
    assert ran == ("shop.renewal_call",)
    assert [result.example for result in broken.failures] == ["small account"]
    assert len(broken.results) == len(report.results)
    changed = {key for key, draft in third.drafts.items() if draft is not second.drafts[key]}
    assert changed == {(FileKind.RULE, "shop.renewal_call")}

    (folder / "renewal_call.yml").write_text(RULE.replace("at_least: 5000", "at_least: 5"), "utf-8")
    assert round_()[2] == ("shop.renewal_call", "shop/broken")
    (folder / "examples/broken.yml").unlink()
    _, report, ran = round_()
    assert (ran, report.files) == ((), ())


def test_file_written_twice_in_one_tick_is_read_again_when_told(tmp_path):
    folder = write_pack(tmp_path)
    memory = Memory()
    before = read([folder], memory=memory)
    path = folder / "vote.yml"
    same = path.stat()
    path.write_text(path.read_text("utf-8").replace("support: 3", "support: 4"), "utf-8")
    import os  # noqa: PLC0415 - only this test bends a clock

    os.utime(path, ns=(same.st_atime_ns, same.st_mtime_ns))

    assert read([folder], memory=memory).rulebook.digest == before.rulebook.digest
    memory.forget({path})
    assert read([folder], memory=memory).rulebook.digest != before.rulebook.digest
