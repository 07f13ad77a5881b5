"""Every app package, its files run as they are uploaded: drawn in Chromium on stand-ins for the vendor's own scripts.

A stand-in is written from the vendor's documents and types (`vendors/`). What a vendor's servers do with an app's
request (carry out a template, sign it, add a header) is done here; then it reaches the application itself.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import panel_cases as cases
import pytest
import yaml
from playwright.sync_api import expect
from plugin_cases import new_app, new_services

from connectors.kustomer.view import SDK
from connectors.registry import discover
from manifest.building import Filling, filled
from manifest.rules import FOLDER
from plugin.store import decisions, tenants

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

SIDECUE = "https://sidecue.suporte.io"
VENDORS = Path(__file__).with_name("vendors")
KINDS = {"html": "text/html", "css": "text/css", "svg": "image/svg+xml", "png": "image/png", "json": "application/json"}
SECRET = "a-secret-of-the-tenant-long-enough"
PLACES = ("freshdesk", "hubspot", "jira", "kustomer", "zoho_desk")
SETTINGS = {"hubspot": {"portal_id": "62515"}}
SAYS = {
    "en": {"whose": "Success", "dismiss": "Does not apply", "reason": "Bad timing"},
    "pt-BR": {"whose": "Sucesso", "dismiss": "Não se aplica", "reason": "Não é o momento"},
}


@dataclass
class Desk:
    """The application, with a tenant on each helpdesk, and what was asked of it."""

    services: object
    seed: type
    client: object = None
    asked: list = field(default_factory=list)
    tickets: int = 900

    def ticket(self, name, taken=None):
        """Return the number of a new ticket that is decided so."""
        self.tickets += 1
        self.seed(None, {}, self.services.store, self.tenant(name).id).decide(
            str(self.tickets), taken or cases.decision()
        )
        return self.tickets

    def tenant(self, name):
        return self.services.directory.by_name(f"mesa-{name}")

    def key(self, name):
        return self.tenant(name).installation.sidebar_keys[0]

    def state(self, name, ticket):
        with self.services.store.read() as connection:
            return decisions.current(connection, self.tenant(name).id, str(ticket)).recommendations[0].state

    def ask(self, route, url, headers, body, *, wrapped=False):
        """Pass a request of an app on to the application, and its answer back, which some vendors wrap."""
        self.asked.append(json.loads(body))
        answer = self.client.post(url.removeprefix(SIDECUE), headers=headers, data=body)
        content = json.dumps({"response": answer.text, "statusCode": answer.status_code}) if wrapped else answer.data
        route.fulfill(status=answer.status_code, content_type=answer.content_type, body=content)


@pytest.fixture(scope="module")
def desk(tmp_path_factory, seed):
    folder = tmp_path_factory.mktemp("apps")
    services = new_services(folder, lambda: datetime.now(UTC), connectors=discover(), public_url=SIDECUE)
    for name in PLACES:
        with services.store.write() as connection:
            tenants.add(
                connection,
                services.vault,
                name=f"mesa-{name}",
                connector=name,
                secrets=(SECRET,),
                api_key=SECRET,
                now=datetime.now(UTC),
                locale="en",
                settings=SETTINGS.get(name, {}),
            )
    yield Desk(services, seed, new_app(services).test_client())
    services.store.close()


def files_of(name, key=None):
    return filled(name, Filling(SIDECUE, f"mesa-{name}", "Suporte Sol", "ti@suporte.io", "1.0.0", key))


def answer(route, content, name):
    kind = KINDS.get(name.rpartition(".")[2], "text/javascript")
    route.fulfill(content_type=kind, body=content)


@pytest.fixture(params=["en", "pt-BR"])
def locale(request):
    return request.param


@dataclass
class Freshdesk:
    """Serves the app's files and carries out its templates, as Freshworks do."""

    desk: Desk
    origin = "https://acme.freshdesk.com"
    start = "/app/index.html"

    def __post_init__(self):
        self.files = files_of("freshdesk")
        self.key = self.desk.key("freshdesk")

    def serve(self, route, path):
        if path == "/vendors/freshworks.js":
            answer(route, (VENDORS / "freshworks.js").read_bytes(), path)
        elif path.startswith("/passed-on/"):
            template = json.loads(self.files["config/requests.json"])[path.rpartition("/")[2]]["schema"]
            told = json.dumps(template["headers"]).replace("<%= iparam.sidebar_key %>", self.key)
            self.desk.ask(route, template["path"], json.loads(told), route.request.post_data)
        else:
            answer(route, self.files[path[1:]].replace(b"{{{appclient}}}", b"/vendors/freshworks.js"), path)


@dataclass
class HubSpot:
    """Runs the card, and passes its requests on with the account's number and a signature, as HubSpot's servers do."""

    desk: Desk
    origin = "https://app.hubspot.com"
    start = "/card.html"
    page = """<!doctype html><title>HubSpot</title><script type="importmap">{"imports": {
      "react": "/vendors/react.js", "@hubspot/ui-extensions": "/vendors/hubspot.js"}}</script>
      <main id="card"></main><script type="module" src="/app/cards/SidecueCard.jsx"></script>"""

    def __post_init__(self):
        self.files = files_of("hubspot")
        self.key = SECRET

    def context(self, ticket, locale):
        user = {"id": 501, "firstName": "Bruna", "lastName": "Reis", "email": "bruna@acme.io", "locale": locale.lower()}
        return {"location": "helpdesk.sidebar", "crm": {"objectId": ticket, "objectTypeId": "0-5"}, "user": user}

    def serve(self, route, path):
        if path == self.start:
            answer(route, self.page, path)
        elif path.startswith("/vendors/"):
            answer(route, (VENDORS / path.rpartition("/")[2]).read_bytes(), path)
        elif path == "/passed-on":
            self.pass_on(route)
        else:
            answer(route, self.files[f"src{path}"], path)

    def pass_on(self, route):
        told = parse_qs(urlsplit(route.request.url).query)["url"][0]
        url = f"{told}?{urlencode({'userId': '501', 'portalId': '62515', 'appId': '177001'})}"
        body, stamp = route.request.post_data, str(int(time.time() * 1000))
        mac = hmac.new(self.key.encode(), f"POST{url}{body}{stamp}".encode(), hashlib.sha256)
        signature = base64.b64encode(mac.digest()).decode()
        headers = {"X-HubSpot-Signature-v3": signature, "X-HubSpot-Request-Timestamp": stamp}
        self.desk.ask(route, url, headers | {"Content-Type": "application/json"}, body)


@dataclass
class ZohoDesk:
    """Serves the widget's files, and passes its requests on to the addresses that the manifest names."""

    desk: Desk
    origin = "https://extension.zappsusercontent.com"
    start = "/app/widget.html"
    sdk = b"https://js.zohostatic.com/support/developer_sdk/v1/js/ZohoDeskClientSDK.min.js"

    def __post_init__(self):
        self.files = files_of("zoho_desk")
        self.key = self.desk.key("zoho_desk")
        self.manifest = json.loads(self.files["plugin-manifest.json"])

    def context(self, ticket, locale):
        tag = {"en": "en", "pt-BR": "pt"}[locale]
        names = [each["name"] for each in self.manifest["config"]]
        config = [{"name": name, "value": self.key, "defaultValue": None} for name in names]
        told = {"ticket.id": str(ticket), "user.fullName": "Bruna Reis", "extension.config": config}
        texts = json.loads(self.files[f"app/translations/{tag}.json"])
        return {"locale": tag, "texts": texts, "told": told}

    def serve(self, route, path):
        if path == "/vendors/zoho.js":
            answer(route, (VENDORS / "zoho.js").read_bytes(), path)
        elif path == "/passed-on":
            told = json.loads(route.request.post_data)
            assert told["url"].startswith(tuple(self.manifest["whiteListedDomains"]))
            self.desk.ask(route, told["url"], told["headers"], json.dumps(told["postBody"]), wrapped=True)
        else:
            answer(route, self.files[path[1:]].replace(self.sdk, b"/vendors/zoho.js"), path)


@dataclass
class Jira:
    """Runs the panel in one frame and the app's function in another, as Forge keeps browser and servers apart."""

    desk: Desk
    origin = "https://acme.atlassian.net"
    start = "/panel.html"
    page = """<!doctype html><title>Jira</title><script type="importmap">{"imports": {"react": "/vendors/react.js",
      "@forge/react": "/vendors/forge_react.js", "@forge/bridge": "/vendors/forge_bridge.js"}}</script>
      <main id="panel"></main><iframe id="function" src="/function.html" hidden></iframe>
      <script>document.getElementById("function").onload = () => import("/src/frontend/index.jsx");</script>"""
    function = """<!doctype html><script type="importmap">{"imports": {
      "@forge/resolver": "/vendors/forge_function.js", "@forge/api": "/vendors/forge_function.js"}}</script>
      <script>globalThis.process = { env: { SIDECUE_KEY: "@KEY@" } };</script>
      <script type="module">import { handler } from "/src/index.js";
      window.run = (functionKey, payload, context) => handler({ call: { functionKey, payload }, context });</script>"""

    def __post_init__(self):
        self.files = files_of("jira")
        self.key = self.desk.key("jira")
        manifest = yaml.safe_load(self.files["manifest.yml"])
        self.allowed = [each["address"] for each in manifest["permissions"]["external"]["fetch"]["backend"]]

    def context(self, ticket, locale):
        issue = {"id": str(ticket), "key": "SUP-7", "type": "Service Request"}
        extension = {"type": "jira:issueContext", "issue": issue, "project": {"id": "10000", "key": "SUP"}}
        return {"accountId": "5b10", "locale": {"en": "en-US"}.get(locale, locale), "extension": extension}

    def serve(self, route, path):
        pages = {self.start: self.page, "/function.html": self.function.replace("@KEY@", self.key)}
        if path in pages:
            answer(route, pages[path], path)
        elif path.startswith("/vendors/"):
            answer(route, (VENDORS / path.rpartition("/")[2]).read_bytes(), path)
        elif path == "/jira/rest/api/3/myself":
            answer(route, json.dumps({"accountId": "5b10", "displayName": "Bruna Reis"}), "myself.json")
        elif path == "/passed-on":
            url = parse_qs(urlsplit(route.request.url).query)["url"][0]
            assert url.startswith(tuple(self.allowed))
            self.desk.ask(route, url, route.request.headers, route.request.post_data)
        else:
            answer(route, self.files[path[1:]], path)


HOSTS = {"freshdesk": Freshdesk, "hubspot": HubSpot, "jira": Jira, "zoho_desk": ZohoDesk}


@pytest.fixture
def drawn(desk, watched):
    """Return a function that opens a helpdesk's app beside a ticket, in the language of its agent."""
    opened = []

    def draw(name, ticket, locale="en", key=None):
        host = HOSTS[name](desk)
        host.key = key or host.key
        desk.asked.clear()
        window = watched(width=360, height=1000, locale=locale)
        opened.append(window)
        seen = window.__enter__()  # closed below, when the test is over
        told = {"ticket": ticket, "context": host.context(ticket, locale) if hasattr(host, "context") else None}
        seen.page.add_init_script(f"Object.assign(window, {json.dumps(told)});")
        seen.page.route(f"{host.origin}/**", lambda route: host.serve(route, urlsplit(route.request.url).path))
        seen.page.goto(host.origin + host.start)
        return seen

    yield draw
    for window in opened:
        window.__exit__(None, None, None)


@pytest.mark.parametrize("name", HOSTS)
def test_an_app_draws_the_panel_in_the_agents_language_and_records_what_they_press(name, locale, desk, drawn):
    ticket, says = desk.ticket(name), SAYS[locale]
    seen = drawn(name, ticket, locale)
    expect(seen.page.get_by_role("heading").first).to_have_text(says["whose"])
    link = seen.page.get_by_role("link").last
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    expect(link).to_have_attribute("href", re.compile(f"^{SIDECUE}/sidebar/{name}/mesa-{name}"))
    expect(seen.page.get_by_role("button", name=says["reason"])).to_have_count(0)
    seen.page.get_by_role("button", name=says["dismiss"]).first.click()
    seen.page.get_by_role("button", name=says["reason"]).click()
    expect(seen.page.get_by_role("button", name=says["reason"])).to_have_count(0)

    assert desk.state(name, ticket) == "dismissed"
    assert [line for line in seen.logged if line.startswith("error")] == []
    first, second = desk.asked
    assert first == {"ticket": str(ticket), "agent": "Bruna Reis", "locale": locale}
    assert second["action"]["verdict"] == "dismissed"


@pytest.mark.parametrize("name", HOSTS)
def test_an_app_with_another_key_says_whom_to_ask_and_asks_again(name, desk, drawn):
    seen = drawn(name, desk.ticket(name), key="another-key-of-somebody-else")
    expect(seen.page.locator("main")).to_contain_text("Sidecue did not answer")
    expect(seen.page.locator("main")).to_contain_text(SIDECUE)
    with seen.page.expect_response(re.compile("passed-on")) as again:
        seen.page.get_by_role("button", name="Try again").click()

    assert again.value.status == 401
    assert len(desk.asked) == 2
    assert seen.page.get_by_role("heading").count() == 0


def test_every_app_with_a_script_of_its_own_is_run():
    """Freshdesk's server part is run by itself, below; django-helpdesk's script in the real one (tests/helpdesk)."""
    scripts = {path.relative_to(FOLDER).parts[0] for path in FOLDER.glob("*/app/**/*.js*") if path.suffix != ".json"}

    assert scripts == {*HOSTS, "django_helpdesk"}


def test_freshdesks_app_opens_the_reply_editor_with_the_ready_reply_in_it(desk, drawn):
    seen = drawn("freshdesk", desk.ticket("freshdesk"))
    seen.page.get_by_role("button", name="Insert reply").first.click()
    seen.page.wait_for_function("window.replied")
    shown = seen.page.locator("article pre").first.text_content()
    read = seen.page.evaluate("() => { document.body.innerHTML = replied; return document.body.innerText; }")

    assert read == shown
    assert len(desk.asked) == 1


def test_freshdesks_app_shows_the_reply_to_be_copied_where_the_editor_cannot_be_opened(desk, drawn):
    seen = drawn("freshdesk", desk.ticket("freshdesk"))
    expect(seen.page.locator("article pre").first).to_be_hidden()
    seen.page.evaluate("window.closed_editor = true")
    seen.page.get_by_role("button", name="Insert reply").first.click()

    expect(seen.page.locator("article pre").first).to_be_visible()


def test_freshdesks_server_part_relays_events_without_its_secrets_and_without_the_actors_record(watched):
    with watched() as seen:
        told = relayed(seen.page)
    known = {"event": "onTicketCreate", "timestamp": 1.5, "domain": "acme.freshdesk.com", "account_id": "5"}

    assert told == [
        ["relay", known | {"region": "US", "data": {"ticket": {"id": 7}, "requester": {"id": 8}}}],
        ["relay", known | {"region": "US", "data": {"conversation": {"id": 1}}}],
    ]


def relayed(page):
    """Return what the server part sends when a ticket, and then a conversation, comes."""
    return page.evaluate(
        """async (script) => {
          const sent = [], made = {};
          const $request = { invokeTemplate: async (name, { body }) => sent.push([name, JSON.parse(body)]) };
          const exports = new Function("$request", "exports", script + "; return exports;")($request, made);
          const event = { event: "onTicketCreate", timestamp: 1.5, domain: "acme.freshdesk.com", account_id: "5",
            region: "US", iparams: { webhook_secret: "s3cret" }, currentHost: {} };
          await exports.relayTicket({ ...event, data: { ticket: { id: 7 }, requester: { id: 8 }, actor: { id: 9 } } });
          await exports.relayConversation({ ...event, data: { conversation: { id: 1 }, actor: { id: 9 } } });
          return sent;
        }""",
        files_of("freshdesk")["server/server.js"].decode(),
    )


def test_zohos_widget_goes_on_to_the_ticket_that_the_agent_goes_to(desk, drawn):
    page = drawn("zoho_desk", desk.ticket("zoho_desk", cases.unsure())).page
    expect(page.get_by_role("link")).to_be_visible()
    page.evaluate("id => { context.told['ticket.id'] = id; heard.ticket_Shift(); }", str(desk.ticket("zoho_desk")))

    expect(page.get_by_role("heading").first).to_have_text("Success")
    expect(page.get_by_role("main")).to_have_accessible_name("Sidecue: whose work this ticket is, and what to do next")


def test_jiras_function_has_the_ticket_from_atlassian_and_its_key_stays_with_it(desk, drawn):
    ticket = desk.ticket("jira")
    page = drawn("jira", ticket).page
    page.get_by_role("button", name="Why?").first.click()
    expect(page.get_by_text("What for: The customer knows where the request stands")).to_be_visible()
    page.evaluate(
        "() => document.getElementById('function').contentWindow.run('panel', { ticket: '1', locale: 'en' }, context)"
    )

    assert [each["ticket"] for each in desk.asked] == [str(ticket)] * 2
    assert desk.key("jira") not in page.content()
    assert all("SIDECUE_KEY" not in text.decode() for name, text in files_of("jira").items() if "frontend" in name)


KUSTOMER = "https://acme.kustomerapp.com"


def test_kustomers_card_opens_by_the_address_in_the_apps_definition_and_follows_the_agent(desk, watched):
    first, second = str(desk.ticket("kustomer")), str(desk.ticket("kustomer", cases.unsure()))
    definition = json.loads(files_of("kustomer", desk.key("kustomer"))["sidecue.json"])
    address = re.search(r'<DynamicCard src="([^"]+)" ', definition["kviews"][0]["template"])[1]
    card = f"{address}&{urlencode({'parentUrl': KUSTOMER, 'id': 'card-1'})}"
    html = f'<title>Kustomer</title><iframe name="card" width="400" height="900" src="{escape(card)}"></iframe>'
    sdk = (VENDORS / "kustomer.js").read_text("utf-8").replace("TICKET", first)

    def pass_on(route):
        """Hand a request of the framed page to the application, with its answer's policy."""
        asked = route.request
        told = desk.client.open(
            asked.url.removeprefix(SIDECUE), method=asked.method, headers=asked.headers, data=asked.post_data
        )
        route.fulfill(status=told.status_code, headers=dict(told.headers), body=told.data)

    with watched(width=900, height=1000) as seen:
        seen.page.route(f"{KUSTOMER}/**", lambda route: route.fulfill(content_type="text/html", body=html))
        seen.page.route(f"{SIDECUE}/**", pass_on)
        seen.page.route(SDK, lambda route: route.fulfill(content_type="text/javascript", body=sdk))
        seen.page.goto(f"{KUSTOMER}/app/conversations")
        shown = seen.page.frame_locator("[name=card]")
        expect(shown.get_by_test_id("function")).to_have_text("Success")
        told = {"type": "conversation", "conversation": {"id": second}}
        seen.page.evaluate("told => frames[0].postMessage(told, '*')", told)
        expect(shown.get_by_test_id("ask")).to_be_visible()

        assert [line for line in seen.logged if line.startswith("error")] == []
