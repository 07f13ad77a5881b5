"""`sidecue outbox`: an operator sees what could not be written, why, and has it tried again."""

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner
from plugin_cases import START, Clock, new_services, new_tenant

from plugin.cli import main
from plugin.store import outbox
from rules.text import Text

WHY = Text("o helpdesk respondeu 401; corrija --api-token", "the helpdesk answered 401; mend --api-token")
LATER = START + timedelta(minutes=5)


@pytest.fixture
def services(tmp_path):
    made = new_services(tmp_path, Clock())
    yield made
    made.store.close()


@pytest.fixture
def tenant(services):
    return new_tenant(services)


@pytest.fixture
def run(tmp_path):
    environ = {"SIDECUE_HOME": str(tmp_path), "SIDECUE_PACKS": "", "SIDECUE_SECRET_KEY": "0123456789abcdef" * 3}

    def call(*arguments, expect=0):
        done = CliRunner().invoke(main, ["outbox", *arguments], env=environ | {"SIDECUE_LANG": "en"})
        assert done.exit_code == expect, done.output
        return done.output

    return call


def ordered(services, tenant, ref, kind="note", ticket="7", due_at=START, **content):
    with services.store.write() as connection:
        outbox.enqueue(
            connection, ref=ref, tenant_id=tenant.id, ticket=ticket, kind=kind, content=content, due_at=due_at
        )


def died(services, *refs):
    with services.store.write() as connection:
        for ref in refs:
            outbox.fail(connection, ref, WHY, None)


def waiting(services):
    with services.store.read() as connection:
        return {each.ref: each for each in outbox.listing(connection, states=("waiting",))}


def test_what_could_not_be_written_is_told_with_its_reason_and_without_its_text(services, tenant, run):
    ordered(services, tenant, "sc_one", text="Ana quer cancelar sc_one")
    ordered(services, tenant, "sc_two", ticket="8", text="sc_two", due_at=LATER)
    died(services, "sc_one")
    lines = run("list").splitlines()
    dead = json.loads(run("list", "--state", "dead", "--format", "json"))

    assert lines[0].startswith("sc_two  2026-03-10T")
    assert lines[1].endswith(f"acme  note  dead  ticket 7  attempts 0  {WHY.en}")
    assert lines[2] == "waiting 1  dead 1"
    assert [(each["ref"], each["connector"], each["error"]) for each in dead] == [("sc_one", "zendesk", WHY.en)]
    assert f"chamado 7  tentativas 0  {WHY.pt_br}" in run("list", "--lang", "pt-BR")
    assert "cancelar" not in "".join(lines) + json.dumps(dead)


def test_an_empty_outbox_says_so(services, run):
    assert run("list") == "The outbox is empty.\n"
    assert run("list", "--lang", "pt-BR") == "A caixa de saída está vazia.\n"


def test_a_dead_note_is_tried_again_and_looked_for_first(services, tenant, run):
    ordered(services, tenant, "sc_one", text="sc_one")
    died(services, "sc_one")

    assert run("retry", "sc_one") == "1 to be tried again\n"
    with services.store.write() as connection:
        (leased,) = outbox.lease(connection, "me", START + timedelta(days=3_650), 1)
    assert (leased.ref, leased.attempts) == ("sc_one", 2)  # `carry_out` looks for a note from the second attempt on


def test_what_a_newer_order_has_taken_the_place_of_stays_dead(services, tenant, run):
    ordered(services, tenant, "sc_old", "tags", add=["sidecue_success"])
    ordered(services, tenant, "sc_new", "tags", add=["sidecue_support"], due_at=LATER)
    ordered(services, tenant, "sc_other", "tags", ticket="8", add=["sidecue_support"])
    ordered(services, tenant, "sc_note", text="sc_note")
    died(services, "sc_old", "sc_new", "sc_other", "sc_note")

    assert run("retry", "--all") == "3 to be tried again\n"
    assert set(waiting(services)) == {"sc_new", "sc_other", "sc_note"}
    assert "a newer one has taken its place" in run("retry", "sc_old", expect=1)


def test_retry_needs_to_be_told_which(services, run):
    assert "say which" in run("retry", expect=2)
    assert "say which" in run("retry", "sc_one", "--all", expect=2)
    assert "sc_none is no dead order" in run("retry", "sc_none", expect=1)
