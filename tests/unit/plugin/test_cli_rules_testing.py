"""`sidecue rules test` as people and scripts use it: what examples prove, in text and JSON."""

import json

import pytest
from click.testing import CliRunner
from rule_files import RULE, line_of, write_pack

from plugin.cli import main
from plugin.cli.rules.say_testing import below_line

pytestmark = pytest.mark.slow

FILE = """\
schema: 1
name: a broken thing
given: {signals: [broken_thing]}
expect: {primary: support, shows: [shop.upgrade], silent: [shop.severe]}
"""


SAID = "the text says `broken_thing`"


@pytest.fixture
def run(tmp_path):
    def call(*arguments, expect=0, **environ):
        home = {"SIDECUE_HOME": str(tmp_path / "home"), "SIDECUE_PACKS": "", "SIDECUE_LANG": "", "LANG": "C"}
        result = CliRunner().invoke(main, ["rules", "test", *map(str, arguments)], env=home | environ)

        assert result.exit_code == expect, result.output
        return result

    return call


@pytest.fixture
def folder(tmp_path):
    return write_pack(tmp_path)


def test_coverage_names_the_worst_rule_first_with_its_leaves(run, folder):
    lines = run(folder, "--coverage").stdout.splitlines()
    path = folder / "renewal_call.yml"
    heads = [line for line in lines if "shop." in line and " %" in line]

    assert heads[0].split() == ["66.7", "%", "2/3", "shop.renewal_call"]
    place = f"{path}:{line_of(RULE, '- signals')}:7"
    assert f"    {place}: “{SAID}”: no example turns on its being false" in lines
    assert [line.split()[-1] for line in lines if " % " in line][-2:] == ["shop", "total"]


def test_coverage_speaks_portuguese(run, folder):
    said = run(folder, "--coverage", "--lang", "pt-BR").stdout

    assert "Folhas que os exemplos decidem:" in said
    assert "nenhum exemplo muda por ela ser falsa" in said


def test_coverage_as_json_holds_every_rule_pack_and_the_total(run, folder):
    said = json.loads(run(folder, "--coverage", "--format", "json").stdout)["coverage"]

    assert said["leaves"] == 8
    assert said["packs"] == [{"pack": "shop", **{key: said[key] for key in ("percent", "covered", "leaves")}}]
    assert len(said["rules"]) == 5
    assert said["rules"][0]["uncovered"][0] == {
        "leaf": "signals: {has: broken_thing}",
        "said": SAID,
        "line": line_of(RULE, "- signals"),
        "column": 7,
        "when_true": "key account",
        "when_false": None,
    }


def test_threshold_fails_below_it_and_only_below(run, folder):
    found = json.loads(run(folder, "--coverage", "--format", "json").stdout)["coverage"]["percent"]

    run(folder, "--coverage", "--threshold", str(found))
    failed = run(folder, "--coverage", "--threshold", str(found + 0.1), expect=1)
    assert "is below" in failed.stdout.splitlines()[-1]
    assert json.loads(run(folder, "--mutate", "--threshold", "99", "--format", "json", expect=1).stdout)["ok"] is False


def test_only_all_is_shown_as_a_hundred_per_cent():
    nearly = below_line("coverage", 100 * 4_999 / 5_000, 100, "en")

    assert "99.9 % is below 100 %" in nearly
    assert "89.9 % is below 90 %" in below_line("coverage", 89.96, 90, "en")
    assert "66.7 % is below 90 %" in below_line("coverage", 200 / 3, 90, "en")


def test_threshold_needs_something_to_measure(run, folder):
    assert "--coverage or --mutate" in run(folder, "--threshold", "90", expect=2).stderr
    run(folder, "--coverage", "--threshold", "101", expect=2)


def test_mutation_lists_what_nobody_notices(run, folder):
    lines = run(folder, "--mutate").stdout.splitlines()
    place = f"{folder / 'renewal_call.yml'}:{line_of(RULE, '- customer.mrr')}:11"

    assert (
        f"    {place}: bound shifted: customer.mrr: {{at_least: 5000}} becomes customer.mrr: {{at_least: 5001}}"
        in lines
    )
    assert "Falhas pequenas que os exemplos notam:" in run(folder, "--mutate", "--lang", "pt-BR").stdout


def test_mutation_as_json_adds_up(run, folder):
    said = json.loads(run(folder, "--mutate", "--format", "json").stdout)["mutation"]
    survivors = sum(len(rule["survivors"]) for rule in said["rules"])

    assert said["counted"] - said["noticed"] == survivors > 0
    assert said["percent"] == round(100 * said["noticed"] / said["counted"], 2)
    assert {"change", "before", "after", "line", "column"} == set(said["rules"][0]["survivors"][0])


def test_failing_example_file_says_what_came_out(run, folder):
    (folder / "examples").mkdir()
    path = folder / "examples/wrong.yml"
    path.write_text(FILE, "utf-8")
    lines = run(folder, expect=1).stdout.splitlines()

    assert lines[0] == f"{path}:1: example “a broken thing” failed"
    assert "    shop.upgrade is not recommended: the rule did not fire, shop.offer_more" in lines
    assert "    the rule shop.severe fires" in lines
    assert "1 example files; 1 failed" in lines
    said = json.loads(run(folder, "--format", "json", expect=1).stdout)
    assert (said["ok"], said["failed"], said["files"], said["files_failed"]) == (False, 0, 1, 1)
    assert [found["word"] for found in said["file_failures"][0]["mismatches"]] == ["shows", "silent"]


def test_example_file_of_its_own_is_run_alone(run, folder):
    (folder / "examples").mkdir()
    path = folder / "examples/right.yml"
    path.write_text(FILE[: FILE.index("expect")] + "expect: {fires: [shop.severe]}\n", "utf-8")
    said = json.loads(run(path, "--format", "json").stdout)

    assert (said["ok"], said["rules"], said["files"]) == (True, 0, 1)


def test_broken_example_file_is_a_finding(run, folder):
    (folder / "examples").mkdir()
    (folder / "examples/wrong.yml").write_text(FILE.replace("shows", "show"), "utf-8")

    assert "wrong.yml:4:" in run(folder, expect=1).stdout


def test_watch_is_for_people(run, folder):
    assert "--format json" in run(folder, "--watch", "--format", "json", expect=2).stderr


def test_shipped_packs_pass_and_are_covered(run):
    run("--coverage", "--threshold", "95")
