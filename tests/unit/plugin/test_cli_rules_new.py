"""`sidecue rules new`: what it writes is right at once, and it overwrites nothing."""

import json

import pytest
from click.testing import CliRunner

from plugin.cli import main
from plugin.cli.rules import skeletons
from rules.check import check
from rules.check import test as run_examples
from rules.check.coverage import cover
from rules.check.witnesses import bench
from rules.loader import SHIPPED, read
from rules.rulebook import RuleKind, Status
from rules.text import LOCALES

pytestmark = pytest.mark.slow


def checked(packs):
    """Check what was written as `rules check` does for a path in the tenant's folder."""
    return check([], [packs], [SHIPPED])


@pytest.fixture
def packs(tmp_path):
    return tmp_path / "home" / "packs"


@pytest.fixture
def run(tmp_path):
    def call(*arguments, expect=0, **environ):
        home = {"SIDECUE_HOME": str(tmp_path / "home"), "SIDECUE_PACKS": "", "SIDECUE_LANG": "", "LANG": "C"}
        result = CliRunner().invoke(main, ["rules", "new", *map(str, arguments)], env=home | environ, input="")

        assert result.exit_code == expect, result.output
        return result

    return call


@pytest.mark.parametrize("locale", LOCALES)
def test_new_rules_of_every_kind_pass_check_wholly_and_are_covered(run, packs, locale):
    names = {kind: f"shop.first_{kind.value}" for kind in RuleKind}
    for kind, name in names.items():
        run(name, "--kind", kind.value, "--lang", locale)
    report = checked(packs)
    reading = read([SHIPPED], [packs])

    assert [str(found) for found in report.findings] == []
    for kind, name in names.items():
        rule = report.rulebook.rules[name]
        assert (rule.kind, rule.status) == (kind, Status.EXPERIMENTAL)
    assert run_examples(report.rulebook, set(names.values())).ok
    assert cover(bench(reading, reading.rulebook, names.values())).percent == 100


def test_recommendation_comes_with_its_action_and_the_pack_with_its_file(run, packs):
    said = json.loads(run("shop.first_rule", "--kind", "recommendation", "--format", "json").stdout)

    assert said["written"] == [
        str(packs / "shop/pack.yml"),
        str(packs / "shop/actions/first_rule.yml"),
        str(packs / "shop/first_rule.yml"),
    ]


def test_rule_of_a_shipped_pack_needs_no_pack_file(run, packs):
    said = json.loads(run("accounts.own_rule", "--kind", "classification", "--format", "json").stdout)

    assert said["written"] == [str(packs / "accounts/own_rule.yml")]
    assert "owner: account-management" in (packs / "accounts/own_rule.yml").read_text("utf-8")
    assert checked(packs).findings == ()


def test_new_signal_and_action_are_right_but_for_being_unused(run, packs):
    run("--signal", "shop.late_delivery")
    run("--action", "shop.say_sorry", "--lang", "pt-BR")

    assert [found.code for found in checked(packs).findings] == ["action.unused", "signal.unread"]
    assert (packs / "shop/signals/late_delivery.yml").is_file()
    assert "o que o atendente faz" in (packs / "shop/actions/say_sorry.yml").read_text("utf-8")


def test_other_folder_may_be_named(run, tmp_path):
    run("shop.first_rule", "--kind", "guardrail", "--in", tmp_path / "other")
    report = check([tmp_path / "other"], (), [SHIPPED])

    assert report.findings == ()
    assert report.files == 2
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["accounts.interest", "--kind", "classification"], "the rule accounts.interest exists already, in"),
        (["--signal", "shop.cancel_request"], "the signal cancel_request exists already, in"),
        (["--action", "accounts.executive_call"], "the action accounts.executive_call exists already, in"),
        (["Shop.Rule", "--kind", "derivation"], "no id"),
        (["norule", "--kind", "derivation"], "no id"),
        (["shop.pack", "--kind", "derivation"], "means something else"),
        (["signals.mine", "--kind", "derivation"], "means something else"),
        (["shop.first"], "needs --kind"),
        (["--signal", "shop.a", "--kind", "derivation"], "for rules only"),
        ([], "name one thing"),
        (["shop.first", "--signal", "shop.a"], "name one thing"),
    ],
)
def test_what_cannot_be_made_is_a_usage_error_and_writes_nothing(run, tmp_path, arguments, said):
    assert said in run(*arguments, expect=2).stderr
    assert not (tmp_path / "home").exists()


def test_nothing_is_overwritten(run, packs):
    run("shop.first_rule", "--kind", "derivation")
    path = packs / "shop/first_rule.yml"
    path.write_text("mine", "utf-8")

    assert "exists already" in run("shop.first_rule", "--kind", "derivation", expect=2).stderr
    assert path.read_text("utf-8") == "mine"


def test_folder_that_cannot_be_written_is_told(run, tmp_path):
    (tmp_path / "file").write_text("", "utf-8")

    assert (
        "cannot be written" in run("shop.a", "--kind", "derivation", "--in", tmp_path / "file" / "x", expect=1).stderr
    )


def test_comments_are_short_and_in_the_language_asked_for():
    for locale in LOCALES:
        for kind in RuleKind:
            content = skeletons.rule("shop.a", kind, "cx", locale)
            assert max(map(len, content.splitlines())) <= 110
            assert content.count(" # ") >= 6
    assert skeletons.rule("shop.a", RuleKind.GUARDRAIL, "cx", "en") != skeletons.rule(
        "shop.a", RuleKind.GUARDRAIL, "cx", "pt-BR"
    )
