"""`sidecue inbox`: an operator sees what became of each delivery, and why, in the language asked for."""

import json

import pytest
from click.testing import CliRunner
from plugin_cases import Clock, deliver, new_app, new_services, new_tenant, opened

from plugin.cli import main
from plugin.store import Store, deliveries, migrating


@pytest.fixture
def services(tmp_path):
    made = new_services(tmp_path, Clock())
    yield made
    made.store.close()


@pytest.fixture
def run(tmp_path):
    environ = {"SIDECUE_HOME": str(tmp_path), "SIDECUE_PACKS": "", "SIDECUE_SECRET_KEY": "0123456789abcdef" * 3}

    def call(*arguments):
        done = CliRunner().invoke(main, ["inbox", "list", *arguments], env=environ)
        assert done.exit_code == 0, done.output
        return done.output

    return call


def test_why_a_delivery_came_to_nothing_is_told_in_the_language_asked_for(services, run):
    new_tenant(services)
    client = new_app(services).test_client()
    deliver(client, opened() | {"type": "zen:event-type:user.created"})
    deliver(client, opened(event="ev-2") | {"time": "hoje"})
    portuguese, english = run("--lang", "pt-BR"), run("--lang", "en")
    told = json.loads(run("--lang", "pt-BR", "--format", "json"))

    assert (
        "  ignored  chamado -  tentativas 0  o tipo de evento 'zen:event-type:user.created' não é usado" in portuguese
    )
    assert "  unreadable  chamado -  tentativas 0  time: precisa de um instante ISO 8601" in portuguese
    assert "  ignored  ticket -  attempts 0  event type 'zen:event-type:user.created' is not used" in english
    assert "  unreadable  ticket -  attempts 0  time: needs an ISO 8601 time" in english
    assert {row["error"] in portuguese for row in told} == {True}


def test_reasons_from_before_there_were_two_languages_are_still_told(tmp_path):
    store = Store(f"sqlite:///{tmp_path / 'old.db'}")
    with store.write() as connection:
        migrating.command.upgrade(migrating.configuration(connection), "0007")
        connection.exec_driver_sql(
            "INSERT INTO tenant (name, connector, locale, regulated, credentials, back, created_at)"
            " VALUES ('acme', 'zendesk', 'en', 0, x'', '{}', '2026-03-02 12:00:00.000000')"
        )
        for number, (state, kind, error) in enumerate(
            [("unreadable", None, "id: needs an id, got 'x'"), ("ignored", "agent's", None), ("received", None, None)]
        ):
            connection.exec_driver_sql(
                "INSERT INTO delivery (id, tenant_id, key, received_at, headers, body, state, attempts, due_at,"
                " event_type, error) VALUES (?, 1, ?, '2026-03-02 12:00:00.000000', '{}', x'', ?, 0,"
                " '2026-03-02 12:00:00.000000', ?, ?)",
                (f"dl_{number}", str(number), state, kind, error),
            )
    store.upgrade()
    with store.read() as connection:
        told = {row.id: row.error for row in deliveries.listing(connection)}
    store.close()

    assert (told["dl_0"].pt_br, told["dl_0"].en) == ("id: needs an id, got 'x'",) * 2
    assert told["dl_1"].en == "event type 'agent''s' is not used by this connector"
    assert told["dl_1"].pt_br == "o tipo de evento 'agent''s' não é usado por este conector"
    assert told["dl_2"] is None
