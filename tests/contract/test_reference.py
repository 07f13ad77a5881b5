"""The generated documents are what the code makes of itself, and the schemas take and refuse what the loader does."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import click
import jsonschema_rs
import pytest
from sentence_cases import Dice, Maker

from plugin.cli import main
from plugin.cli.reference import REPOSITORY, documents
from rules.conditions import Op
from rules.loader import SHIPPED
from rules.loader.yaml_strict import read
from rules.reference import action_schema, rule_schema, signal_schema
from rules.reference.words import (
    CHANGEABLE,
    COLUMNS,
    CONSEQUENCES,
    GROUPS,
    HEADINGS,
    LIMITS,
    MEANINGS,
    PURPOSES,
    SOURCES,
    UNITS,
    WHEN_UNKNOWN,
)
from rules.rulebook import Kind, RuleKind, Status
from rules.sentences import as_data
from rules.text import Text
from rules.vocabulary import COLLECTIONS, FIELDS, Changeable, Purpose, Source

SIGNALS = sorted(SHIPPED.glob("*/signals/*.yml"))
ACTIONS = sorted(SHIPPED.glob("*/actions/*.yml"))
RULES = sorted(path for path in SHIPPED.glob("*/*.yml") if path.name != "pack.yml")
ALL_FIELDS = [*FIELDS.values(), *(field for found in COLLECTIONS.values() for field in found.fields.values())]


def data(path: Path):
    # through JSON, as an editor sees it: our own numbers remember how they were typed
    return json.loads(json.dumps(read(str(path), path.read_bytes()).data))


def validator(schema):
    return jsonschema_rs.Draft202012Validator(schema)


@pytest.fixture(scope="module")
def of_rules():
    return validator(rule_schema())


@pytest.mark.parametrize("path", documents())
def test_document_is_what_the_code_makes(path):
    assert (REPOSITORY / path).read_text("utf-8") == documents()[path](), "run `make reference`"


@pytest.mark.parametrize("path", ["rules/REFERENCE.md", "rules/REFERENCE.pt-BR.md"])
def test_reference_names_everything_the_language_has(path):
    text = (REPOSITORY / path).read_text("utf-8")
    wanted = [
        *FIELDS,
        *COLLECTIONS,
        *Op,
        *RuleKind,
        *Status,
        *Kind,
        *(value for field in ALL_FIELDS for value in field.values),
    ]
    wanted += [name for found in COLLECTIONS.values() for name in found.fields]
    for name in wanted:
        assert f"`{name}`" in text, name


def test_commands_are_all_there_with_every_option():
    text = (REPOSITORY / "plugin/COMMANDS.md").read_text("utf-8")

    def walk(command, path):
        if isinstance(command, click.Group):
            for name in command.list_commands(click.Context(command)):
                yield from walk(command.get_command(click.Context(command), name), f"{path} {name}")
        else:
            yield path, command

    for path, command in walk(main, "sidecue"):
        section = text.split(f"\n## {path}\n", 1)[1].split("\n## ", 1)[0]
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert f"`{parameter.opts[0]}" in section, (path, parameter.opts)
        assert "\\" not in (command.help or ""), f"{path}: an escape is shown as it is written"


def test_words_of_the_reference_are_complete():
    assert set(SOURCES) == set(Source)
    assert set(PURPOSES) == set(Purpose)
    assert set(CHANGEABLE) == set(Changeable)
    assert set(MEANINGS) == set(WHEN_UNKNOWN) == set(Op)
    assert set(CONSEQUENCES) == set(RuleKind)
    assert set(UNITS) == {field.unit for field in ALL_FIELDS if field.unit is not None}
    for table in (SOURCES, PURPOSES, CHANGEABLE, MEANINGS, WHEN_UNKNOWN, UNITS, GROUPS, HEADINGS, COLUMNS, LIMITS):
        for entry in table.values():
            assert isinstance(entry, Text)
            assert entry.pt_br.strip()
            assert entry.en.strip()


@pytest.mark.parametrize(
    ("schema", "paths"), [(rule_schema, RULES), (signal_schema, SIGNALS), (action_schema, ACTIONS)]
)
def test_schema_takes_every_shipped_file(schema, paths):
    check = validator(schema())

    assert len(paths) > 30
    for path in paths:
        assert [str(error) for error in check.iter_errors(data(path))] == [], path


def test_schema_takes_every_condition_the_loader_takes(of_rules):
    maker = Maker(Dice(20261121))
    rule = data(SHIPPED / "retention" / "cancel.yml")
    for _ in range(300):
        condition = json.loads(json.dumps(as_data(maker.condition())).replace("\\ud800", "?"))

        assert of_rules.is_valid(rule | {"when": condition}), condition


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "recomendation"},
        {"version": 0},
        {"status": None},
        {"titel": {"pt-BR": "a", "en": "b"}},
        {"title": {"en": "only English"}},
        {"when": {"customer.teir": "key"}},
        {"when": {"customer.tier": "kye"}},
        {"when": {"customer.tier": {"above": 3}}},
        {"when": {"customer.mrr": "much"}},
        {"when": {"customer.nps": 11}},
        {"when": {"signals": ["cancel_request"]}},
        {"when": {"all": []}},
        {"when": {"severity": "high", "customer.tier": "key"}},
        {"when": {"exists": {"in": "invoices", "where": {"status": "lost"}}}},
        {"when": {"customer.plan": {"same_as": "customer.mrr"}}},
        {"then": {"classify": {"support": 6}}},
        {"then": {"recommend": {"action": "success.sop"}}},
        {"examples": [{"name": "a", "given": {"customer": {"teir": "key"}}, "expect": "match"}]},
        {"examples": [{"name": "a", "given": {"customer": {"customer_job": "ask"}}, "expect": "match"}]},
        {"examples": [{"name": "a", "given": {}, "expect": "maybe"}]},
    ],
)
def test_schema_refuses_what_the_loader_refuses(of_rules, change):
    rule = copy.deepcopy(data(SHIPPED / "retention" / "cancel.yml"))

    assert of_rules.is_valid(rule)
    assert not of_rules.is_valid(rule | change)


def test_schema_takes_a_tenants_overlay_and_nothing_it_may_not_change(of_rules):
    overlay = {"schema": 1, "overlay": "retention.cancel", "status": "test"}

    assert of_rules.is_valid(overlay)
    assert not of_rules.is_valid(overlay | {"when": {"severity": "high"}})
