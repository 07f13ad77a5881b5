"""What `sidecue connectors new` writes keeps the contract before anybody changes a line of it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from plugin.cli import main

REPOSITORY = Path(__file__).parents[2]


def run(*arguments):
    return CliRunner().invoke(main, ["connectors", *arguments])


@pytest.mark.slow
def test_a_new_connector_keeps_the_contract_and_the_house_rules(tmp_path):
    package = tmp_path / "our_desks"
    made = run("new", "my_desk", "--in", str(package))
    environment = os.environ | {"SIDECUE_TEST_CONNECTORS": str(package), "PYTHONDONTWRITEBYTECODE": "1"}
    tried = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "tests/contract",
            "-k",
            "my_desk",
            "-m",
            "not slow",
        ],
        cwd=REPOSITORY,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    ruff = Path(sys.executable).with_name("ruff")
    config = ["--no-cache", "--config", str(REPOSITORY / "pyproject.toml")]
    linted = [
        subprocess.run([ruff, *what, *config, package], capture_output=True, text=True, timeout=60, check=False)
        for what in (["check"], ["format", "--check"])
    ]

    assert made.exit_code == 0, made.output
    assert tried.returncode == 0, tried.stdout[-4000:]
    assert " passed" in tried.stdout
    assert [each.returncode for each in linted] == [0, 0], [each.stdout for each in linted]


@pytest.mark.parametrize(
    ("name", "why"), [("My-Desk", "small letters"), ("zendesk", "there already"), ("x" * 60, "small")]
)
def test_a_name_that_cannot_be_is_refused(name, why):
    done = run("new", name)

    assert done.exit_code == 2
    assert why in done.output


FIXTURES = REPOSITORY / "connectors" / "zendesk" / "fixtures"


def test_replay_shows_what_a_delivery_becomes():
    (event,) = json.loads(run("replay", str(FIXTURES / "ticket_created.json"), "--connector", "zendesk").output)

    assert event["kind"] == "opened"
    assert event["changes"]["subject"]


def test_replay_reads_what_the_tenant_would_have_told():
    answered = str(REPOSITORY / "connectors" / "email" / "fixtures" / "answered.eml")
    kinds = [
        json.loads(run("replay", answered, "--connector", "email", *told).output)[-1]["kind"]
        for told in ((), ("--set", "agents=acme.example"))
    ]

    assert kinds == ["replied", "answered"]
    assert "asks for" in run("replay", answered, "--connector", "email", "--set", "x=1").output


def test_replay_names_what_is_wrong_and_what_cannot_be():
    bad = run("replay", str(FIXTURES / "bad_no_type.json"), "--connector", "zendesk")
    portuguese = run("replay", str(FIXTURES / "bad_no_type.json"), "--connector", "zendesk", "--lang", "pt-BR")
    nobody = run("replay", str(FIXTURES / "trigger.json"), "--connector", "nobody")
    header = run("replay", str(FIXTURES / "trigger.json"), "--connector", "zendesk", "--header", "x")

    assert (bad.exit_code, nobody.exit_code, header.exit_code) == (1, 2, 2)
    assert "Error: type: needs a text" in bad.output
    assert "Erro: type: precisa de um texto" in portuguese.output
    assert "write NAME=VALUE" in header.output


def test_looking_which_connectors_there_are_imports_none():
    code = (
        "import sys; from connectors.registry import discover; found = discover(); "
        "print(len(found), sorted(name for name in found if f'connectors.{name}' in sys.modules)); "
        "_ = found['zendesk'].module; "
        "print(sorted(name for name in found if f'connectors.{name}' in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True)

    first, second = done.stdout.splitlines()
    assert first.endswith(" []")
    assert second == "['zendesk']"


def test_a_server_imports_the_connectors_of_its_tenants_and_no_other(tmp_path):
    """A folder that nobody uses costs a server the reading of its connector.json, and nothing else."""
    code = (
        "import sys; from pathlib import Path; from plugin_cases import Clock, new_app, new_services, new_tenant; "
        "services = new_services(Path(sys.argv[1]), Clock()); new_tenant(services, connector='jira'); "
        "new_app(services); services.start(); services.stop(); "
        "loaded = {one.split('.')[1] for one in sys.modules if one.startswith('connectors.')}; "
        "print(len(services.connectors) > 1, sorted(services.connectors.keys() & loaded))"
    )
    paths = os.pathsep.join(map(str, (REPOSITORY, REPOSITORY / "tests" / "support")))
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path],
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    assert done.stdout.splitlines()[-1] == "True ['jira']"
