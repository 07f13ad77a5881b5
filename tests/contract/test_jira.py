"""What only Jira does: it knows people and no groups, and names its fields by id."""

import pytest
from contract_desks import DeskServer
from contract_signing import CONNECTORS, brought

from rules.errors import HelpdeskFailed


@pytest.fixture
def running():
    server = DeskServer()
    yield server.open(brought("jira", "desk"))
    server.close()


@pytest.fixture
def client(running):
    return CONNECTORS["jira"].module.client(running.installation())


def test_a_group_is_the_person_who_gets_what_is_handed_over_and_an_assignee_comes_before_it(running, client):
    client.assign(running.ticket, group="person-of-success")
    handed_over = running.desk.given_to(running.ticket)
    client.assign(running.ticket, group="person-of-success", assignee="somebody-named")

    assert handed_over == (None, "person-of-success")
    assert running.desk.given_to(running.ticket) == (None, "somebody-named")


def test_a_note_is_found_on_a_later_page(running, client):
    ref = "sc_0123456789abcdef0123"
    running.desk.comments += [{"id": str(number), "body": "de colega", "public": False} for number in range(120)]
    running.desk.comments.append({"id": "999", "body": f"Bruna aceitou.\n{ref}", "public": False})

    assert client.has_note(running.ticket, ref)


@pytest.mark.parametrize("name", ["summary", "customfield_", "customfield_10050/../x", "Trabalho"])
def test_nothing_but_a_custom_field_is_written(running, client, name):
    with pytest.raises(HelpdeskFailed, match="customfield_10050"):
        client.set_field(running.ticket, name, "success")

    assert running.asked == []
