"""`proactive run`, `sac dossier` and `tenants set` as people type them."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from plugin_cases import lay_database

from plugin.cli import main
from plugin.clock import utc_now
from plugin.store import Store, customers, tenants, turns
from rules.model import Customer


@pytest.fixture
def store(tmp_path, monkeypatch):
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("SIDECUE_HOME", str(home))
    monkeypatch.delenv("SIDECUE_PACKS", raising=False)
    lay_database(home / "sidecue.db")
    made = Store(f"sqlite:///{home / 'sidecue.db'}")
    yield made
    made.close()


def run(*arguments, code=0):
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == code, done.output
    return done.stdout if code == 0 else done.output


def state(store, name, **attributes):
    with store.write() as connection:
        customers.put(connection, 1, Customer(name, attributes=attributes), utc_now())


@pytest.mark.slow
def test_a_run_says_what_came_of_it_and_a_second_one_adds_nothing(store):
    run("tenants", "add", "acme", "--connector", "zendesk")
    state(store, "500", lifecycle="active", usage_change_pct=-60)

    first = json.loads(run("proactive", "run", "--tenant", "acme", "--format", "json"))
    second = run("proactive", "run")

    assert first == [
        {
            "tenant": "acme",
            "evaluated": True,
            "customers": 1,
            "opened": 1,
            "renewed": 0,
            "gone": 0,
            "waiting": 1,
            "invalid": [],
        }
    ]
    assert second == "acme  customers 1  opened 0  renewed 0  gone 0  waiting 1\n"


@pytest.mark.slow
def test_what_was_left_out_ends_in_exit_code_1_and_is_named(store):
    run("tenants", "add", "acme", "--connector", "zendesk")
    state(store, "500", usage_change_pct="much")
    assert "customer 500: customer.usage_change_pct" in run("proactive", "run", code=1)

    with store.write() as connection:
        turns.take(connection, 1, "another process", utc_now())
    assert "another process" in run("proactive", "run", code=1)


@pytest.mark.usefixtures("store")
def test_what_cannot_be_meant_is_refused_with_exit_code_2():
    run("tenants", "add", "acme", "--connector", "zendesk")

    assert "there are acme" in run("proactive", "run", "--tenant", "acmee", code=2)
    assert "2026-12-31" in run("proactive", "run", "--as-of", "soon", code=2)
    assert "say what is to change" in run("tenants", "set", "acme", code=2)


def test_a_tenant_comes_under_the_decree_and_leaves_it(store):
    run("tenants", "add", "acme", "--connector", "zendesk", "--sac")
    told = json.loads(run("tenants", "set", "acme", "--no-sac", "--time-zone", "Europe/Lisbon", "--format", "json"))

    assert (told["sac"], told["time_zone"]) == (False, "Europe/Lisbon")
    assert "IANA" in run("tenants", "set", "acme", "--time-zone", "Lisboa", code=1)
    with store.read() as connection:
        assert connection.execute(tenants.tenant.select()).one().regulated is False


@pytest.mark.usefixtures("store")
def test_a_dossier_of_nothing_says_so():
    run("tenants", "add", "acme", "--connector", "zendesk")

    assert "no decided ticket" in run("sac", "dossier", "acme", "7", code=1)
    assert "tenants list" in run("sac", "dossier", "acmee", "7", code=1)


@pytest.mark.slow
@pytest.mark.usefixtures("store")
def test_a_tenant_named_twice_is_evaluated_once():
    run("tenants", "add", "acme", "--connector", "zendesk")

    told = json.loads(run("proactive", "run", "--tenant", "acme", "--tenant", "acme", "--format", "json"))

    assert [one["tenant"] for one in told] == ["acme"]


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize("day", ["tomorrow", "0001-01-01", "9999-12-31", "0001-01-01T00:00+14:00"])
def test_a_day_that_cannot_be_reckoned_with_is_refused(day):
    run("tenants", "add", "acme", "--connector", "zendesk")

    assert f"--as-of {day!r} is " in run("proactive", "run", "--as-of", day, code=2)
