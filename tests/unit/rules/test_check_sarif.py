"""SARIF as its specification asks for it, and as code scanning reads it."""

import json
import re
from pathlib import Path
from string import Formatter
from urllib.parse import unquote

import pytest
from rule_files import CALL, RULE, VOTE, write_pack

from rules.check import check
from rules.check.sarif import as_sarif
from rules.loader.catalogue import CATALOGUE
from rules.loader.findings import finding
from rules.text import LOCALES

BROKEN = {
    "renewal_call": RULE.replace("mrr: 10}", "mrr: 5000}"),
    "actions__call": CALL.replace("|there}", "}"),
    "vote": "schema: 1\nschema: 1\n",
    "alone": VOTE.replace("shop.vote", "shop.alone").replace("{has: broken_thing}", "{has: broken_thong}"),
}


def must_be_sarif(log):
    """Hold a log to what SARIF 2.1.0 demands (MUST, SHALL) of the properties that are used here."""
    assert set(log) == {"$schema", "version", "runs"}
    assert log["version"] == "2.1.0"
    assert re.fullmatch(r"https://\S+sarif\S*2\.1\.0\S*\.json", log["$schema"])
    for run in log["runs"]:
        allowed = {"tool", "language", "columnKind", "originalUriBaseIds", "invocations", "results"}
        assert set(run) <= allowed
        assert re.fullmatch(r"[a-zA-Z]{2}(-[a-zA-Z]{2})?", run["language"])
        assert run["columnKind"] in {"utf16CodeUnits", "unicodeCodePoints"}
        assert all(isinstance(one["executionSuccessful"], bool) for one in run["invocations"])
        driver = run["tool"]["driver"]
        assert driver["name"]
        ids = [descriptor["id"] for descriptor in driver["rules"]]
        assert len(ids) == len(set(ids))
        for descriptor in driver["rules"]:
            must_be_descriptor(descriptor)
        for result in run["results"]:
            must_be_result(result, ids, run["originalUriBaseIds"])


def must_be_descriptor(descriptor):
    for name in ("shortDescription", "fullDescription", "help"):
        must_be_message(descriptor[name])
    assert descriptor["shortDescription"]["text"].endswith(".")
    assert descriptor["defaultConfiguration"]["level"] in {"none", "note", "warning", "error"}
    tags = descriptor["properties"]["tags"]
    assert len(tags) == len(set(tags))


def must_be_message(message):
    assert isinstance(message["text"], str)
    assert message["text"].strip()
    assert set(message) <= {"text", "markdown"}


def must_be_result(result, ids, bases):
    assert ids[result["ruleIndex"]] == result["ruleId"]
    assert result["level"] in {"none", "note", "warning", "error"}
    must_be_message(result["message"])
    assert len(result["locations"]) == 1
    place = result["locations"][0]["physicalLocation"]
    assert place["region"]["startLine"] >= 1
    assert place["region"]["startColumn"] >= 1
    artifact = place["artifactLocation"]
    assert re.fullmatch(r"[A-Za-z0-9\-._~:/%!$&'()*+,;=@]+", artifact["uri"]), "a URI has no other characters"
    if "uriBaseId" in artifact:
        assert artifact["uriBaseId"] in bases
        assert not artifact["uri"].startswith(("/", "file:"))
        assert ".." not in artifact["uri"].split("/")
    else:
        assert artifact["uri"].startswith("file:///")
    assert all(isinstance(value, str) for value in result["partialFingerprints"].values())


def log_of(folder, root, locale="en"):
    return as_sarif(check([folder]).findings, locale, root, "1.2.3")


def results_of(folder, root):
    return log_of(folder, root)["runs"][0]["results"]


@pytest.mark.parametrize("locale", LOCALES)
def test_findings_are_a_log_that_the_specification_allows(tmp_path, locale):
    folder = write_pack(tmp_path, **BROKEN)
    log = log_of(folder, tmp_path, locale)
    report = check([folder])

    must_be_sarif(json.loads(json.dumps(log)))
    run = log["runs"][0]
    assert run["language"] == locale
    assert run["tool"]["driver"]["version"] == "1.2.3"
    assert [
        (
            result["ruleId"],
            result["level"],
            result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
            result["locations"][0]["physicalLocation"]["region"],
            result["message"]["text"],
        )
        for result in run["results"]
    ] == [
        (
            found.code,
            found.severity.value,
            Path(found.path).relative_to(tmp_path).as_posix(),
            {"startLine": found.line, "startColumn": found.column},
            f"{found.what(locale)} {found.why(locale)} {found.mend(locale)}",
        )
        for found in report.findings
    ]


def test_a_right_pack_is_a_log_without_results(tmp_path):
    log = log_of(write_pack(tmp_path), tmp_path)

    must_be_sarif(log)
    assert log["runs"][0]["results"] == []


def test_every_code_has_help_in_both_languages_the_readers_first():
    for code, entry in CATALOGUE.items():
        texts = [text.read(locale) for text in (entry.what, entry.why, entry.mend) for locale in LOCALES]
        slots = {name: "x" for text in texts for _, name, _, _ in Formatter().parse(text) if name}
        for locale, heading in (("en", "English"), ("pt-BR", "Português")):
            log = as_sarif([finding(code, "a.yml", 1, 1, **slots)], locale, Path("/"), "1")
            (descriptor,) = log["runs"][0]["tool"]["driver"]["rules"]
            must_be_descriptor(descriptor)

            assert descriptor["help"]["markdown"].startswith(f"### {heading}")
            assert {"### English", "### Português"} <= set(descriptor["help"]["markdown"].splitlines())
            assert "Why:" in descriptor["help"]["text"]
            assert "Por quê:" in descriptor["help"]["text"]
            assert not re.search(r"\{\w+\}", descriptor["shortDescription"]["text"])


def test_fingerprints_stay_when_lines_move_and_differ_between_findings(tmp_path):
    before = results_of(write_pack(tmp_path / "a", **BROKEN), tmp_path)
    moved = {name: "# a line\n\n" + content for name, content in BROKEN.items()}
    after = results_of(write_pack(tmp_path / "b", **moved), tmp_path)

    def marks(results):
        return [(result["ruleId"], result["partialFingerprints"]["primaryLocationLineHash"]) for result in results]

    assert marks(before) == marks(after)
    assert len(set(marks(before))) == len(before)
    assert all(re.fullmatch(r"[0-9a-f]{16}:[0-9]+", mark) for _, mark in marks(before))


def test_equal_lines_of_one_file_have_fingerprints_of_their_own(tmp_path):
    twice = RULE.replace("expect: match", "expect: mtach", 2)
    marks = [result["partialFingerprints"] for result in results_of(write_pack(tmp_path, renewal_call=twice), tmp_path)]

    assert len(marks) == 2
    assert marks[0] != marks[1]


def test_paths_are_uris(tmp_path, monkeypatch):
    folder = write_pack(tmp_path / "ações do João", vote="a: [")
    monkeypatch.chdir(tmp_path)
    inside = results_of(folder.relative_to(tmp_path), tmp_path)[0]["locations"][0]["physicalLocation"]
    outside = results_of(folder, tmp_path / "elsewhere")[0]["locations"][0]["physicalLocation"]

    assert unquote(inside["artifactLocation"]["uri"]) == "ações do João/shop/vote.yml"
    assert inside["artifactLocation"]["uri"].isascii()
    assert outside["artifactLocation"] == {"uri": (folder / "vote.yml").as_uri()}
    must_be_sarif(log_of(folder, tmp_path))
    must_be_sarif(log_of(folder, tmp_path / "elsewhere"))


def test_a_finding_about_a_file_that_is_not_there_has_a_place_all_the_same(tmp_path):
    log = log_of(tmp_path / "nowhere", tmp_path)

    must_be_sarif(log)
    assert log["runs"][0]["results"][0]["ruleId"] == "file.missing"
