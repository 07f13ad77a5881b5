"""Custom attributes in Chatwoot: set beside the others where the release can, else with the others as they stood."""

import pytest
from contract_desks import DeskServer
from contract_signing import CONNECTORS, brought


@pytest.fixture(scope="module")
def running():
    server = DeskServer()
    yield server.open(brought("chatwoot", "desk"))
    server.close()


def set_while_a_colleague_works(running, moment, *, merges):
    """Set our attribute while, before one of the requests, a colleague changes one and adds another; return calls."""
    running.desk = running.module["Desk"](merges=merges)
    begun = len(running.asked)

    def meanwhile(number):
        if number - begun == moment:
            running.desk.attributes |= {"plano": "Max", "origem": "feira"}

    running.meanwhile = meanwhile
    CONNECTORS["chatwoot"].module.client(running.installation()).set_field(running.ticket, "trabalho", "success")
    running.meanwhile = lambda _: None
    return len(running.asked) - begun


def test_what_colleagues_change_meanwhile_stays(running):
    calls = set_while_a_colleague_works(running, 0, merges=True)
    assert running.desk.attributes == {"plano": "Pro", "trabalho": "success"}
    for moment in range(1, calls + 1):
        set_while_a_colleague_works(running, moment, merges=True)
        assert running.desk.attributes == {"plano": "Max", "origem": "feira", "trabalho": "success"}


def test_a_release_that_replaces_all_of_them_gets_them_back(running):
    set_while_a_colleague_works(running, 0, merges=False)
    assert running.desk.attributes == {"plano": "Pro", "trabalho": "success"}
    set_while_a_colleague_works(running, 1, merges=False)
    assert running.desk.attributes == {"plano": "Max", "origem": "feira", "trabalho": "success"}
