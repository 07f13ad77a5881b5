"""The sidebar inside each helpdesk: its own proof opens it, for its own tenant's ticket, and nothing else does.

A folder whose host asks for the sidebar in its own way brings `fixtures/host_<name>.py` (and `host_<name>__<way>.py`
for each further way in which it asks):

    API_URL               the tenant's address, where it matters
    JOINS                 whether the ticket is told to the browser alone, and the page joins it there
    EXPIRES               how long a request is believed, or None where the host's proof has no time
    ONCE                  whether a request is believed once only
    LIMIT                 most bytes that the host takes, for hosts that draw (may be left out)
    settings(tenant)      what the tenant's admin told (may be left out)
    request(tenant, ticket, agent, installation, sent_at)
                          -> {method, query, headers, form, body}; what is left out is empty
    act(tenant, ticket, agent, installation, sent_at, recommendation, verdict, reason)
                          -> the same, for hosts that draw buttons of ours (left out where they draw none)
"""

import json
import os
import re
from datetime import timedelta
from urllib.parse import urlencode

import panel_cases as cases
import pytest
from contract_signing import CONNECTORS, brought
from plugin_cases import START, Clock, new_app, new_services

from connectors.base import SidebarRequest
from plugin.i18n import words
from plugin.i18n.moments import zone_named
from plugin.sessions import sign_link
from plugin.sidebar.hosted import view_of
from plugin.sidebar.names import Names
from plugin.sidebar.panel import Occasion, PanelBuilder
from plugin.store import decisions, tenants
from rules.model import EventKind, Requester, TicketChanges, TicketEvent

HOSTED = [
    file.stem.removeprefix("host_")
    for name in CONNECTORS
    for file in sorted((CONNECTORS[name].folder / "fixtures").glob(f"host_{name}*.py"))
]
JOINED = [name for name in HOSTED if brought(name, "host")["JOINS"]]
DRAWN = [name for name in CONNECTORS if CONNECTORS[name].hook("render") is not None]
PRESSED = [name for name in HOSTED if "act" in brought(name, "host")]
"""Hosts that draw buttons; where one only shows HTML, an agent acts on our own page, which its link opens."""
SECRETS = {"acme": "a-secret-of-the-tenant-acme-long-enough", "rival": "another-secret-of-the-tenant-rival-1"}
WORDS = {"acme": "Quero cancelar o contrato", "rival": "Queremos mais usuários"}
TITLES = {"acme": "t.listen", "rival": "t.more_seats"}
TICKET, AGENT = "7", "Bruna Reis"
WRITES = os.environ.get("SIDECUE_TEST_WRITE") == "1"


class Desk:
    """Two tenants of one connector, each with a ticket of the same id, behind a real application."""

    def __init__(self, services, name):
        self.services, self.name = services, name.partition("__")[0]
        self.host = brought(name, "host") or {}
        for tenant, secret in SECRETS.items():
            with services.store.write() as connection:
                tenants.add(
                    connection,
                    services.vault,
                    name=tenant,
                    connector=self.name,
                    secrets=(secret,),
                    api_key=secret,
                    now=START,
                    locale="en",
                    api_url=self.host.get("API_URL"),
                    api_token="user:token" if "API_URL" in self.host else None,
                    settings=self.host.get("settings", lambda _: {})(tenant),
                )
            self.open_ticket(tenant, TICKET)
        self.client = new_app(services).test_client()

    def tenant(self, name):
        return self.services.directory.by_name(name)

    def open_ticket(self, tenant, ticket):
        change = TicketChanges(subject="Contrato", description=WORDS[tenant], opened_at=START)
        event = TicketEvent(f"e-{ticket}", ticket, EventKind.OPENED, START, change, Requester(f"c-{tenant}"))
        with self.services.store.write() as connection:
            self.services.pipeline.take_in(connection, self.tenant(tenant), [event], START)

    def parts(self, tenant="acme", ticket=TICKET, *, sent_at=None, act=None):
        arguments = [tenant, ticket, AGENT, self.tenant(tenant).installation, sent_at or self.services.now()]
        told = self.host["act"](*arguments, *act) if act else self.host["request"](*arguments)
        return {"method": "GET", "query": {}, "headers": {}, "form": {}, "body": None} | told

    def ask(self, parts, tenant="acme"):
        body = parts["body"]
        content = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        return self.client.open(
            f"/sidebar/{self.name}/{tenant}?{urlencode(parts['query'])}",
            method=parts["method"],
            headers=parts["headers"],
            data=content if content is not None else parts["form"] or None,
        )

    def seen(self, answer, tenant="acme", ticket=TICKET):
        """Return what is in the end on the agent's screen: the page joins its ticket as its script does."""
        if answer.status_code != 200 or not self.host.get("JOINS"):
            return answer
        config = config_of(answer)
        assert TITLES[tenant] not in answer.text
        query = urlencode({"ticket": ticket, "agent": AGENT})
        address = config["panel"] + ("&" if "=" in config["panel"] else "") + query
        return self.client.get(address, headers={"Authorization": f"Bearer {config['token']}"})

    def recommendation(self, tenant="acme", ticket=TICKET):
        with self.services.store.read() as connection:
            return decisions.current(connection, self.tenant(tenant).id, ticket).recommendations[0]


def config_of(answer):
    return json.loads(re.search(r'<script type="application/json" id="config">(.*?)</script>', answer.text)[1])


def shows_nothing(answer):
    return answer.status_code in {400, 401, 403, 404} and not any(title in answer.text for title in TITLES.values())


@pytest.fixture(scope="module")
def open_desk(tmp_path_factory):
    """Return a function that starts a connector's desk, for tests that change nothing there one and the same."""
    services, shared = [], {}

    def start(name, *, fresh=False):
        if fresh or name not in shared:
            made = new_services(tmp_path_factory.mktemp(name), Clock(), connectors=CONNECTORS)
            services.append(made)
            desk = Desk(made, name)
            if fresh:
                return desk
            shared[name] = desk
        shared[name].services.now.move(seconds=1)  # a host's proof may be believed once only
        return shared[name]

    yield start
    for made in services:
        made.store.close()


@pytest.fixture
def desk(open_desk):
    """Return a function that gives a desk in which nothing is changed."""
    return open_desk


@pytest.fixture
def fresh_desk(open_desk):
    """Return a function that gives a desk of the test's own."""
    return lambda name: open_desk(name, fresh=True)


@pytest.mark.parametrize("name", CONNECTORS)
def test_folder_plays_its_host_where_the_host_asks_in_its_own_way(name):
    """fixtures/host_<name>.py, written from the vendor's documents: without it nothing would prove `open_sidebar`."""
    assert (name in HOSTED) == (CONNECTORS[name].hook("open_sidebar") is not None)
    assert bool(CONNECTORS[name].host_script) == any(each.partition("__")[0] == name for each in JOINED)
    if name in DRAWN:
        assert name in HOSTED


@pytest.mark.parametrize("name", CONNECTORS)
def test_nobody_sees_anything_without_a_proof(name, desk):
    here = desk(name)
    for method in ("GET", "POST"):
        for query in (
            "",
            f"?ticket={TICKET}&agent=Mallory",
            f"?ticket={TICKET}&signature=",
            "?key=&token=&signature=x",
        ):
            assert shows_nothing(here.client.open(f"/sidebar/{name}/acme{query}", method=method))
        assert shows_nothing(here.client.open(f"/sidebar/{name}/acme", method=method, json={"ticket": {"id": TICKET}}))


@pytest.mark.parametrize("name", CONNECTORS)
def test_a_link_of_ours_opens_its_own_tenants_ticket_alone(name, desk):
    here = desk(name)
    until = here.services.now() + timedelta(minutes=10)
    query = sign_link(SECRETS["acme"], name, "acme", TICKET, AGENT, until)
    page = here.client.get(f"/sidebar/{name}/acme?{urlencode(query)}")
    token = {"Authorization": f"Bearer {config_of(page)['token']}"}

    assert TITLES["acme"] in page.text
    assert TITLES["rival"] not in page.text
    assert shows_nothing(here.client.get(f"/sidebar/{name}/rival?{urlencode(query)}"))
    assert shows_nothing(here.client.get(f"/sidebar/{name}/rival?ticket={TICKET}", headers=token))
    assert TITLES["acme"] in here.client.get(f"/sidebar/{name}/acme?ticket=8", headers=token).text  # still ticket 7


@pytest.mark.parametrize("name", HOSTED)
def test_the_hosts_genuine_request_shows_its_ticket(name, desk):
    here = desk(name)
    answer = here.seen(here.ask(here.parts()))

    assert answer.status_code == 200
    assert TITLES["acme"] in answer.text
    assert TITLES["rival"] not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def forgeries(parts):
    """Yield requests in which one thing that was told has been taken out or changed."""
    for place in ("query", "headers", "form"):
        for key, value in parts[place].items():
            rest = {each: told for each, told in parts[place].items() if each != key}
            yield f"{place}.{key} is gone", parts | {place: rest}
            middle = len(value) // 2
            other = value[:middle] + ("x" if value[middle] != "x" else "y") + value[middle + 1 :]
            yield f"{place}.{key} is another", parts | {place: rest | {key: other}}
    if isinstance(parts["body"], bytes):
        yield "the body is gone", parts | {"body": b"{}"}
        yield (
            "the body is another",
            parts | {"body": parts["body"].replace(b'"7"', b'"8"').replace(b": 7", b": 8") + b" "},
        )
    elif parts["body"] is not None:
        for key in parts["body"]:
            yield f"body.{key} is gone", parts | {"body": {k: v for k, v in parts["body"].items() if k != key}}


@pytest.mark.parametrize("name", HOSTED)
def test_a_forged_request_of_the_host_shows_nothing(name, desk):
    """What is left out or changed is either no part of the proof, or the request is refused."""
    here, refused = desk(name), []
    for number in range(len(list(forgeries(here.parts())))):
        what, forged = list(forgeries(here.parts()))[number]
        answer = here.seen(here.ask(forged))
        if shows_nothing(answer):
            refused.append(what)
        else:
            assert answer.status_code == 200, what
            assert TITLES["rival"] not in answer.text, what
        here.services.now.move(seconds=1)

    assert refused


@pytest.mark.parametrize("name", HOSTED)
def test_a_request_signed_for_another_tenant_shows_nothing(name, desk):
    here = desk(name)
    theirs = here.parts("rival")

    assert shows_nothing(here.ask(theirs, "acme"))
    assert shows_nothing(here.ask(here.parts("acme"), "rival"))


@pytest.mark.parametrize("name", [name for name in HOSTED if brought(name, "host")["EXPIRES"] is not None])
def test_a_request_out_of_its_time_shows_nothing(name, desk):
    here, lasts = desk(name), brought(name, "host")["EXPIRES"]
    now = here.services.now()
    late, early = now - lasts - timedelta(minutes=2), now + lasts + timedelta(minutes=2)

    assert shows_nothing(here.ask(here.parts(sent_at=late)))
    assert shows_nothing(here.ask(here.parts(sent_at=early)))


@pytest.mark.parametrize("name", [name for name in HOSTED if brought(name, "host")["ONCE"]])
def test_a_request_that_was_used_shows_nothing_a_second_time(name, desk):
    here = desk(name)
    parts = here.parts()

    assert here.ask(parts).status_code == 200
    assert shows_nothing(here.ask(parts))


@pytest.mark.parametrize("name", JOINED)
def test_a_page_that_joins_goes_on_to_other_tickets_of_its_tenant_and_to_no_other_tenants(name, desk):
    here = desk(name)
    here.open_ticket("acme", "8")
    joining = config_of(here.ask(here.parts()))
    bearer = {"Authorization": f"Bearer {joining['token']}"}
    first = here.client.get(f"/sidebar/{here.name}/acme?ticket=7&agent=B", headers=bearer)
    inside = {"Authorization": f"Bearer {config_of(first)['token']}"}
    second = here.client.get(f"/sidebar/{here.name}/acme?ticket=8&agent=B", headers=inside)

    assert joining["host"]["module"].endswith("/host.js")
    assert [page.status_code for page in (first, second)] == [200, 200]
    assert config_of(second)["poll"].endswith("/8/decision")
    assert here.client.get(config_of(second)["poll"], headers=inside).status_code == 403  # a token is one ticket's
    assert here.client.get(joining["poll"].replace("//", "/7/"), headers=bearer).status_code == 403
    assert shows_nothing(here.client.get(f"/sidebar/{here.name}/rival?ticket=7&agent=B", headers=inside))
    assert shows_nothing(here.client.get(f"/sidebar/{here.name}/acme", headers=bearer))


@pytest.mark.parametrize("name", JOINED)
def test_host_script_is_served_by_its_digest_alone(name, desk):
    here = desk(name)
    address = config_of(here.ask(here.parts()))["host"]["module"]
    script = here.client.get(address)

    assert "export async function connect" in script.text
    assert script.content_type.startswith("text/javascript")
    assert here.client.get(address.replace("host.js", "connector.json")).status_code == 404
    assert here.client.get(f"/assets/host/{here.name}/000000000000/host.js").status_code == 404


@pytest.mark.parametrize("name", PRESSED)
def test_what_the_agent_does_in_a_drawn_sidebar_is_kept_and_shown(name, fresh_desk):
    here = fresh_desk(name)
    row = here.recommendation()
    answer = here.ask(here.parts(act=(row.id, "dismissed", "bad_timing")))

    assert answer.status_code == 200
    assert here.recommendation().state == "dismissed"
    assert words("en")("verdict.dismissed") in answer.text


@pytest.mark.parametrize("name", PRESSED)
def test_nobody_speaks_about_another_tickets_recommendation(name, fresh_desk):
    here = fresh_desk(name)
    here.open_ticket("acme", "8")
    for theirs in (here.recommendation("rival"), here.recommendation("acme", "8")):
        here.ask(here.parts(act=(theirs.id, "accepted", None)))

    assert here.recommendation("rival").state == here.recommendation("acme", "8").state == "open"


@pytest.mark.parametrize("name", PRESSED)
def test_a_forged_action_does_nothing(name, fresh_desk):
    here = fresh_desk(name)
    parts = here.parts(act=(here.recommendation().id, "accepted", None))
    for what, forged in forgeries(parts):
        if shows_nothing(here.ask(forged)):
            assert here.recommendation().state == "open", what


STATES = {
    "decided": cases.decision,
    "unsure": cases.unsure,
    "nothing": cases.nothing_specific,
    "thinking": None,
}


def view(state, locale, link="https://sidecue.example.org/sidebar/x/acme?ticket=7&signature=s"):
    t = words(locale)
    if STATES[state] is None:
        return view_of(t, None, link, notes=True)
    occasion = Occasion(cases.NOW, zone_named(None, locale), TICKET, AGENT, "Ana Lima", "Padaria Sol")
    panel = PanelBuilder(t, Names(None, locale)).build(cases.stored(STATES[state]()), occasion)
    return view_of(t, panel, link, notes=True)


@pytest.mark.parametrize("locale", ["pt-BR", "en"])
@pytest.mark.parametrize("state", STATES)
def test_view_says_in_its_state_what_the_page_says(state, locale):
    told = view(state, locale)

    assert told.state == state
    assert bool(told.cards) == (state != "thinking")
    assert bool(told.message) == (state != "decided")
    assert all(card.title and card.due and card.reason and not card.told for card in told.cards)


@pytest.mark.parametrize("locale", ["pt-BR", "en"])
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("name", DRAWN)
def test_render_of_a_known_decision_equals_its_golden_file(name, state, locale):
    """SIDECUE_TEST_WRITE=1 writes the files; read them before you commit them."""
    reply = CONNECTORS[name].hook("render")(view(state, locale), SidebarRequest(TICKET, AGENT, locale))
    is_json = "json" in reply.media_type
    text = reply.body.decode("utf-8")
    shown = json.dumps(json.loads(text), ensure_ascii=False, indent=2) + "\n" if is_json else text.rstrip() + "\n"
    golden = CONNECTORS[name].folder / "fixtures" / "render" / f"{state}.{locale}.{'json' if is_json else 'html'}"
    if WRITES:
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(shown, "utf-8")

    assert reply.status == 200
    assert shown == golden.read_text("utf-8")


@pytest.mark.parametrize("name", DRAWN)
def test_render_lets_no_text_become_markup_and_keeps_to_the_hosts_limit(name):
    hostile = '<script>alert(1)</script><img src=x onerror="x">&' + "ç" * 3_000
    told = cases.with_long_words(hostile)
    occasion = Occasion(cases.NOW, zone_named(None, "en"), TICKET, AGENT, hostile, hostile)
    panel = PanelBuilder(words("en"), Names(None, "en")).build(cases.stored(told), occasion)
    reply = CONNECTORS[name].hook("render")(
        view_of(words("en"), panel, "https://x/?a=1&b=2", notes=True), SidebarRequest(TICKET, AGENT, "en")
    )
    said = reply.body.decode("utf-8")
    texts = said if "json" not in reply.media_type else "".join(markup_in(json.loads(said)))

    assert "<script" not in texts
    assert "<img" not in texts
    assert len(reply.body) <= brought(name, "host").get("LIMIT", 1_000_000)


def markup_in(value, key=""):
    """Yield what a host takes for HTML in a JSON answer: the texts under `html`."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield from markup_in(each, name)
    elif isinstance(value, list):
        for each in value:
            yield from markup_in(each, key)
    elif isinstance(value, str) and "html" in key.lower():
        yield value
