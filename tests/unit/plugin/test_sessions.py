from datetime import timedelta

import pytest
from plugin_cases import START, new_settings

from plugin import sessions
from plugin.sessions import CredentialInvalid, SidebarSession, issue_token, open_link, read_token, sign_link

KEY = "the api key of a tenant"
LATER = START + timedelta(hours=1)


def link(**changed):
    given = {"connector": "zendesk", "tenant": "acme", "ticket": "7", "agent": "Ana Lima"} | changed
    return sign_link(KEY, *given.values(), LATER)


def test_a_link_lets_its_agent_look_at_its_ticket():
    assert open_link([KEY], "zendesk", "acme", link(), START) == SidebarSession("acme", "7", "Ana Lima")


@pytest.mark.parametrize(
    "changed",
    [
        {"ticket": "8"},
        {"agent": "Bob"},
        {"expires": "9999999999"},
        {"signature": ""},
        {"signature": "é"},
        {"ticket": ""},
        {"agent": "Ana\nLima"},
        {"ticket": "7" * 400},
    ],
)
def test_an_altered_link_opens_nothing(changed):
    with pytest.raises(CredentialInvalid):
        open_link([KEY], "zendesk", "acme", link() | changed, START)


def test_a_link_that_opens_once_is_signed_with_what_says_so():
    given = sign_link(KEY, "zendesk", "acme", "7", "Ana Lima", LATER, once="x1")

    assert open_link([KEY], "zendesk", "acme", given, START) == SidebarSession("acme", "7", "Ana Lima")
    for changed in (given | {"once": "x2"}, given | {"once": ""}, {k: v for k, v in given.items() if k != "once"}):
        with pytest.raises(CredentialInvalid):
            open_link([KEY], "zendesk", "acme", changed, START)
    with pytest.raises(CredentialInvalid):
        open_link([KEY], "zendesk", "acme", link() | {"once": "x1"}, START)


def test_a_link_of_one_tenant_opens_no_other():
    with pytest.raises(CredentialInvalid):
        open_link([KEY], "zendesk", "other", link(), START)
    with pytest.raises(CredentialInvalid):
        open_link(["the key of the other"], "zendesk", "acme", link(), START)


def test_an_expired_link_says_so():
    with pytest.raises(CredentialInvalid) as caught:
        open_link([KEY], "zendesk", "acme", link(), LATER + timedelta(seconds=2))

    assert caught.value.expired


def test_a_link_for_ever_is_refused():
    query = sign_link(KEY, "zendesk", "acme", "7", "Ana", START + timedelta(days=2))
    with pytest.raises(CredentialInvalid, match="next day"):
        open_link([KEY], "zendesk", "acme", query, START)


def test_parts_cannot_be_moved_across_their_border():
    one = sign_link(KEY, "zendesk", "acme", "7\nAna", "x", 2_000_000_000)["signature"]
    other = sign_link(KEY, "zendesk", "acme", "7", "Ana\nx", 2_000_000_000)["signature"]

    assert one == other  # the signature alone cannot tell them apart, so open_link refuses line breaks


def test_a_token_comes_back_as_its_session(tmp_path):
    settings = new_settings(tmp_path)

    assert read_token(settings, issue_token(settings, "acme", "7", "Ana")) == SidebarSession("acme", "7", "Ana")


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "é", "W10.aaaa.bbbb"])
def test_what_is_no_token_is_refused(tmp_path, token):
    with pytest.raises(CredentialInvalid):
        read_token(new_settings(tmp_path), token)


def test_a_token_of_another_key_or_of_yesterday_is_refused(tmp_path, monkeypatch):
    settings = new_settings(tmp_path)
    token = issue_token(settings, "acme", "7", "Ana")
    monkeypatch.setattr(sessions, "TOKEN_SECONDS", -1)
    with pytest.raises(CredentialInvalid) as caught:
        read_token(settings, token)

    assert caught.value.expired
