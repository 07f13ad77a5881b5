"""`sidecue tenants`: what is told about a helpdesk, changed later, and rotated without a gap."""

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner
from plugin_cases import KEY, SECRET, START, Clock, deliver, new_app, new_services, new_tenant, opened

from plugin.cli import main
from plugin.store import tenants

API = ("--api-url", "https://acme.zendesk.com/", "--api-token", "a@acme.example:t0ken")


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("SIDECUE_HOME", str(tmp_path))

    def invoke(*arguments, expect=0):
        done = CliRunner().invoke(main, ["tenants", *arguments])
        assert done.exit_code == expect, done.output
        return done.output

    return invoke


def told(output):
    return json.loads(output)


def test_what_is_written_back_is_told_and_changed(run):
    added = told(run("add", "acme", "--connector", "zendesk", *API, "--tags", "--field", "36001", "--format", "json"))
    changed = told(
        run(
            *("set", "acme", "--notes", "off", "--no-tags", "--group", "success=77", "--group", "support=78"),
            *("--format", "json"),
        )
    )
    back = told(run("set", "acme", "--field", "", "--group", "support=", "--format", "json"))

    assert added["writes_back"] == ["notes: accepted", "tags", "field: 36001"]
    assert changed["writes_back"] == ["field: 36001", "group of success: 77", "group of support: 78"]
    assert back["writes_back"] == ["group of success: 77"]
    assert "secret" not in changed


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (
            ("--set", "org=1"),
            "--set org: Any tool (Standard Webhooks) asks for nothing of that name; what it asks for: page_url (",
        ),
        (("--set", "page_url=desk.test"), "--set page_url: 'desk.test' will not do; write it as https://host"),
        (("--tags",), "--tags: Any tool (Standard Webhooks) cannot be written that"),
        (("--group", "success=1"), "--group: Any tool (Standard Webhooks) cannot be written that"),
        (("--notes", "sometimes"), "is not one of"),
        ((), "say what is to change"),
    ],
)
def test_what_a_helpdesk_cannot_do_is_refused_by_name(run, arguments, why):
    run("add", "desk", "--connector", "standard")

    assert why in run("set", "desk", *arguments, expect=2)


def test_what_a_helpdesk_lacks_is_asked_for_at_once_and_hinders_no_other_change(run):
    api = ("--api-url", "https://desk.zoho.com", "--api-token", "t")

    refused = run("add", "acme", "--connector", "zoho_desk", *api, expect=2)
    assert "--api-url does not work without --set org_id=… (the organization's number" in refused
    run("add", "acme", "--connector", "zoho_desk")
    assert "without --set org_id=… (" in run("set", "acme", "--set", "webhook_id=31", expect=2)
    assert "without --set org_id=… (" in run("set", "acme", *api, expect=2)
    run("set", "acme", *api, "--set", "org_id=650012345")
    run("set", "acme", "--set", "webhook_id=31", "--locale", "en")
    assert "--api-url does not work without --set org_id" in run("set", "acme", "--set", "org_id=", expect=2)
    run("set", "acme", "--locale", "pt-BR")


def test_what_is_told_wrongly_is_explained_in_the_language_of_the_admin(run, monkeypatch):
    monkeypatch.setenv("SIDECUE_LANG", "pt-BR")

    refused = run("add", "acme", "--connector", "znuny", "--set", "time_zone=Brasilia", expect=2)

    assert refused == (
        "Erro: --set time_zone: 'Brasilia' não serve; use um nome da lista da IANA, como America/Sao_Paulo, "
        "Europe/Lisbon ou UTC\n"
    )


@pytest.mark.parametrize(
    ("connector", "url", "why"),
    [
        ("front", "https://front.evil.test", "Front is called by https at api2.frontapp.com, *.api.frontapp.com"),
        ("zendesk", "http://acme.zendesk.com", "Zendesk Support is called by https at *.zendesk.com"),
        ("zammad", "http://169.254.169.254", "Zammad is called at a host name or an address in its usual writing"),
        ("znuny", "https://znuny.acme.test", "Znuny is never called"),
    ],
)
def test_an_address_that_would_never_be_called_is_refused_at_once(run, connector, url, why):
    given = ("--api-url", url, "--api-token", "t")

    assert why in run("add", "acme", "--connector", connector, *given, expect=2)
    run("add", "acme", "--connector", connector)
    assert why in run("set", "acme", *given, expect=2)


def test_a_group_needs_a_function_that_there_is(run):
    run("add", "acme", "--connector", "zendesk", *API)

    assert "FUNCTION one of support" in run("set", "acme", "--group", "sales=1", expect=2)


def test_a_rotation_shows_the_new_secret_and_until_when_the_old_one_opens(run):
    before = told(run("add", "acme", "--connector", "zendesk", "--format", "json"))
    after = told(run("rotate-secret", "acme", "--keep-old", "2d", "--format", "json"))

    assert after["secret"] == after["api_key"] != before["secret"]
    assert after["sidebar_key"] != before["sidebar_key"]
    assert after["old_secret_until"]
    assert "write it as 30m" in run("rotate-secret", "acme", "--keep-old", "soon", expect=2)
    assert "there is no tenant 'other'" in run("rotate-secret", "other", expect=2)


def test_a_shared_secret_changes_without_the_api_key_unless_that_is_asked_for(run):
    before = told(run("add", "desk", "--connector", "django_helpdesk", "--format", "json"))
    after = told(run("rotate-secret", "desk", "--format", "json"))
    again = told(run("rotate-secret", "desk", "--api-key", "--format", "json"))

    assert after["api_key"] == before["api_key"] != again["api_key"]
    assert after["secret"] not in (before["secret"], again["secret"])
    assert after["webhook_path"].endswith(after["secret"])


def test_both_secrets_open_until_the_old_one_ends(tmp_path):
    services = new_services(tmp_path, Clock())
    new_tenant(services)
    client = new_app(services).test_client()
    with services.store.write() as connection:
        tenants.rotate(
            connection,
            services.vault,
            "acme",
            START,
            secret="the-new-secret-of-acme",
            api_key="the-new-secret-of-acme",
            old_until=START + timedelta(hours=1),
        )

    def statuses(number):
        services.directory.forget()
        now = services.now()
        return [
            deliver(client, opened(event=f"{secret}-{number}"), secret=secret, at=now).status_code
            for secret in (SECRET, "the-new-secret-of-acme")
        ]

    within = statuses(1)
    services.now.move(minutes=59)
    nearly = statuses(2)
    services.now.move(minutes=1)

    assert (within, nearly, statuses(3)) == ([202, 202], [202, 202], [401, 202])
    services.store.close()


def test_a_tenant_from_before_rotation_is_read_and_rotated(tmp_path):
    services = new_services(tmp_path, Clock())
    tenant = new_tenant(services)
    old = services.vault.seal({"secrets": ["s-1"], "api_key": "k-1", "api_token": None})
    with services.store.write() as connection:
        connection.exec_driver_sql("UPDATE tenant SET credentials = ?, back = '{}' WHERE id = ?", (old, tenant.id))
        read = tenants.by_name(connection, services.vault, "acme", START)
        rotated = tenants.rotate(
            connection, services.vault, "acme", START, secret="s-2", api_key=None, old_until=START + timedelta(days=1)
        )

    assert (read.secrets, read.api_keys, read.back) == (("s-1",), ("k-1",), tenants.Back())
    assert (rotated.secrets, rotated.api_keys) == (("s-2", "s-1"), ("k-1",))
    assert KEY not in repr(rotated)
    services.store.close()
