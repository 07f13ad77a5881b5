"""The sidebar over HTTP: who gets in, what every state answers, and what the page may load."""

from __future__ import annotations

import gzip
import json
import re
import time
from html.parser import HTMLParser

import panel_cases as cases
import plugin_cases as plugin
import pytest

from plugin import sessions
from plugin.sessions import issue_token, sign_link
from plugin.store import decisions

SDK = "https://static.zdassets.com"
LIMIT = 40 * 1024


class Tags(HTMLParser):
    """Every tag of a page with its attributes."""

    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def all(self, tag):
        return [attributes for name, attributes in self.found if name == tag]


@pytest.fixture
def clock():
    return plugin.Clock()


@pytest.fixture
def here(tmp_path, clock):
    made = plugin.new_services(tmp_path, clock)
    yield made
    made.stop()


@pytest.fixture
def tenant(here):
    return plugin.new_tenant(here)


@pytest.fixture
def client(here, tenant):
    return plugin.new_app(here).test_client()


@pytest.fixture
def decided(here, client):
    """A ticket that came in by webhook and was decided."""
    assert plugin.deliver(client, plugin.opened("7", "Quero cancelar o contrato")).status_code == 202
    here.worker.drain()
    return "7"


def link(tenant, clock, ticket="7", agent="Bruna", seconds=600, **more):
    until = int(clock().timestamp()) + seconds
    return sign_link(tenant.api_key, tenant.connector, tenant.name, ticket, agent, until) | more


def page(client, query, **more):
    return client.get("/sidebar/zendesk/acme", query_string=query, **more)


def config_of(answer):
    return json.loads(re.search(r'id="config">(.*?)</script>', answer.text, re.DOTALL)[1])


def kind(answer):
    return re.search(r'id="panel" data-kind="(\w+)"', answer.text)[1]


@pytest.mark.usefixtures("decided")
def test_signed_link_opens_the_decided_panel(client, tenant, clock):
    answer = page(client, link(tenant, clock))

    assert answer.status_code == 200
    assert kind(answer) == "decided"
    assert 'data-testid="function">Sucesso<' in answer.text
    assert answer.headers["ETag"] == config_of(answer)["etag"]


@pytest.mark.usefixtures("decided")
def test_a_link_that_opens_once_does_so_for_its_own_tenant_and_either_key(client, tenant, clock):
    until = int(clock().timestamp()) + 120
    for key in (tenant.api_key, tenant.sidebar_keys[0]):
        once = sign_link(key, tenant.connector, tenant.name, "7", "Bruna", until, once=f"n-{key[:5]}")
        seen = [page(client, once), page(client, once)]

        assert [answer.status_code for answer in seen] == [200, 401]
        assert [kind(answer) for answer in seen] == ["decided", "signed_out"]
        again = {"Authorization": f"Bearer {config_of(seen[0])['token']}"}
        assert kind(page(client, {"ticket": "7", "agent": "Bruna"}, headers=again)) == "decided"


@pytest.mark.usefixtures("decided")
def test_host_may_post_the_link_instead(client, tenant, clock):
    answer = client.post("/sidebar/zendesk/acme", data=link(tenant, clock))

    assert kind(answer) == "decided"


@pytest.mark.usefixtures("decided")
def test_api_key_opens_the_panel_for_a_host_that_fetches_it(client, tenant):
    answer = page(client, {"ticket": "7", "agent": "Bruna"}, headers={"Authorization": f"Bearer {tenant.api_key}"})

    assert kind(answer) == "decided"


@pytest.mark.usefixtures("decided")
def test_page_carries_a_token_that_opens_it_again(client, tenant, clock):
    token = config_of(page(client, link(tenant, clock)))["token"]

    again = page(client, {"ticket": "7"}, headers={"Authorization": f"Bearer {token}"})

    assert kind(again) == "decided"


@pytest.mark.usefixtures("decided")
def test_token_does_not_open_the_page_for_ever(here, client, tenant):
    long_ago = int(time.time()) - sessions.LONGEST_SESSION_SECONDS
    token = issue_token(here.settings, "acme", "7", "Bruna", began=long_ago)

    answer = page(client, {"ticket": "7"}, headers={"Authorization": f"Bearer {token}"})

    assert (answer.status_code, kind(answer)) == (401, "signed_out")


def test_ticket_that_has_not_arrived_is_thinking(client, tenant, clock):
    answer = page(client, link(tenant, clock, ticket="8"))

    assert (answer.status_code, kind(answer)) == (200, "thinking")
    assert config_of(answer)["etag"] is None
    assert "ETag" not in answer.headers


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"seconds": -1}, (401, "signed_out")),
        ({"signature": "0" * 64}, (403, "no_permission")),
        ({"ticket": "8", "signature": "0" * 64}, (403, "no_permission")),
        ({"agent": "Mallory", "signature": "é"}, (403, "no_permission")),
    ],
)
@pytest.mark.usefixtures("decided")
def test_link_that_is_over_or_altered_shows_why(client, tenant, clock, change, expected):
    answer = page(client, link(tenant, clock, **change))

    assert (answer.status_code, kind(answer)) == expected
    assert 'id="config"' not in answer.text
    assert "Sucesso" not in answer.text


@pytest.mark.usefixtures("decided")
def test_altered_ticket_does_not_open_another(client, tenant, clock):
    answer = page(client, link(tenant, clock, ticket="8") | {"ticket": "7"})

    assert (answer.status_code, kind(answer)) == (403, "no_permission")


def test_link_without_a_ticket_says_what_is_missing(client, tenant):
    assert kind(page(client, {})) == "incomplete"


@pytest.mark.parametrize("path", ["/sidebar/zendesk/nobody", "/sidebar/standard/acme", "/sidebar/nothing/acme"])
def test_unknown_installation_is_said(client, tenant, path):
    answer = client.get(path, query_string={"ticket": "7"})

    assert (answer.status_code, kind(answer)) == (404, "unknown")


@pytest.mark.usefixtures("decided")
def test_token_of_one_tenant_does_not_open_another(here, client, tenant):
    plugin.new_tenant(here, "other", secret="another-secret-altogether-for-other")
    for name, ticket in (("other", "7"), ("acme", "8")):
        token = issue_token(here.settings, name, ticket, "Mallory")

        answer = page(client, {"ticket": "7"}, headers={"Authorization": f"Bearer {token}"})

        assert "Sucesso" not in answer.text


@pytest.mark.usefixtures("decided")
def test_link_of_one_tenant_does_not_open_another(here, client, tenant, clock):
    other = plugin.new_tenant(here, "other", secret="another-secret-altogether-for-other")

    answer = page(client, link(other, clock))

    assert kind(answer) == "no_permission"


@pytest.mark.usefixtures("decided")
def test_policy_lets_only_the_host_frame_and_only_ourselves_serve(client, tenant, clock):
    answer = page(client, link(tenant, clock))
    policy = dict(part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; "))

    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == "'self' https://*.zendesk.com"
    assert policy["connect-src"] == "'self'"
    assert re.fullmatch(r"'self' 'nonce-[\w-]{16}'", policy["script-src"])
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.usefixtures("decided")
def test_nonce_is_new_each_time(client, tenant, clock):
    policies = {page(client, link(tenant, clock)).headers["Content-Security-Policy"] for _ in range(3)}

    assert len(policies) == 3


@pytest.mark.usefixtures("decided")
def test_page_sets_no_cookie_and_loads_nothing_from_elsewhere(client, tenant, clock):
    answer = page(client, link(tenant, clock))
    tags = Tags(answer.text)
    loaded = [tag["src"] for tag in tags.all("script") if "src" in tag]
    loaded += [tag["href"] for tag in tags.all("link")]

    assert "Set-Cookie" not in answer.headers
    assert all(address.startswith(("/assets/sidebar/", "data:,")) for address in loaded)
    assert "style=" not in answer.text
    assert not re.search(r"\son\w+=", answer.text)


@pytest.mark.usefixtures("decided")
def test_hosts_sdk_is_loaded_only_inside_the_host(client, tenant, clock):
    inside = page(client, link(tenant, clock, app_guid="1", origin="https://acme.zendesk.com"))
    outside = page(client, link(tenant, clock))

    assert f'src="{SDK}/zendesk_app_framework_sdk/2.0/zaf_sdk.min.js"' in inside.text
    assert config_of(inside)["composer"] == "host"
    assert SDK not in outside.text
    assert config_of(outside)["composer"] == "copy"


@pytest.mark.parametrize(("lang", "expected"), [(None, "pt-BR"), ("en", "en"), ("pt", "pt-BR"), ("de", "pt-BR")])
@pytest.mark.usefixtures("decided")
def test_language_is_the_agents_or_the_tenants(client, tenant, clock, lang, expected):
    answer = page(client, link(tenant, clock) | ({"lang": lang} if lang else {}))

    assert f'<html lang="{expected}">' in answer.text


@pytest.mark.usefixtures("decided")
def test_seeing_a_recommendation_is_remembered_once(here, client, tenant, clock):
    page(client, link(tenant, clock))
    clock.move(hours=1)
    page(client, link(tenant, clock))
    with here.store.read() as connection:
        shown = decisions.current(connection, tenant.id, "7").recommendations[0].shown_at

    assert shown == plugin.START


@pytest.mark.parametrize("said", [("pt", "certeza baixa"), ("en", "low certainty")])
def test_ticket_that_says_nothing_is_asked_about_without_a_percentage(here, client, tenant, clock, said):
    lang, certainty = said
    plugin.deliver(client, plugin.opened("9", "Oi"))
    here.worker.drain()

    sure = re.search(r'<p class="sure".*?</p>', page(client, link(tenant, clock, ticket="9", lang=lang)).text)[0]

    assert sure == f'<p class="sure"><span>{certainty}</span></p>'


def test_text_of_a_customer_cannot_become_markup(here, client, tenant, clock):
    nasty = "</script><img src=x onerror=alert(1)>\"'{{7*7}}"
    plugin.deliver(client, plugin.opened("9", "Quero cancelar o contrato", requester="501"))
    client.put(
        "/api/v1/customers/acme/501",
        json={"name": nasty, "attributes": {"plan": nasty}},
        headers={"Authorization": f"Bearer {tenant.api_key}"},
    )
    here.worker.drain()

    answer = page(client, link(tenant, clock, ticket="9", agent=nasty))

    assert kind(answer) == "decided"
    assert "&lt;/script&gt;&lt;img" in answer.text
    assert "<img" not in answer.text
    assert json.loads(json.dumps(config_of(answer)))


@pytest.mark.usefixtures("decided")
def test_decision_that_cannot_be_read_is_an_error_page_with_a_code_for_the_log(here, client, tenant, clock):
    with here.store.write() as connection:
        connection.exec_driver_sql("UPDATE decision SET document = '{\"something a customer wrote'")

    answer = page(client, link(tenant, clock))

    assert (answer.status_code, kind(answer)) == (500, "error")
    assert "something a customer wrote" not in answer.text
    assert re.search(r"código [0-9a-f]{8}", answer.text)


@pytest.mark.usefixtures("decided")
def test_store_that_cannot_be_read_is_an_error_page(here, client, tenant, clock):
    with here.store.write() as connection:
        connection.exec_driver_sql("DROP TABLE ticket_event")

    answer = page(client, link(tenant, clock))

    assert (answer.status_code, kind(answer)) == (503, "error")


@pytest.mark.usefixtures("decided")
def test_everything_together_weighs_less_than_forty_kilobytes(here, client, tenant, clock):
    with here.store.write() as connection:
        row = decisions.current(connection, tenant.id, "7").ticket_id
        decisions.save(connection, tenant.id, row, cases.decision(), clock())
    answer = page(client, link(tenant, clock))
    tags = Tags(answer.text)
    addresses = [tag.get("src") or tag.get("href") for tag in (*tags.all("script"), *tags.all("link"))]
    parts = [answer.data, *(client.get(address).data for address in addresses if address and address.startswith("/"))]

    weight = sum(len(gzip.compress(part)) for part in parts)

    assert len(parts) == 3
    assert weight < LIMIT


@pytest.mark.usefixtures("decided")
def test_files_are_kept_for_ever_and_come_compressed(client, tenant, clock):
    address = re.search(r'src="(/assets/sidebar/\w+/panel\.js)"', page(client, link(tenant, clock)).text)[1]

    plain, packed = client.get(address), client.get(address, headers={"Accept-Encoding": "gzip, br"})

    assert "immutable" in plain.headers["Cache-Control"]
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert client.get(address.replace("panel.js", "../view.py")).status_code == 404
    assert client.get("/assets/sidebar/000000000000/panel.js").status_code == 404
