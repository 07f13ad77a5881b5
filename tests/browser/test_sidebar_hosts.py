"""The sidebar inside its helpdesks, as each of them frames it: origin, handshake, token and policy are the real ones.

The host's page is played here: Chatwoot's from another loopback origin, Zendesk's at its own address with a stand-in
for its app framework that speaks to the page around it.
"""

from __future__ import annotations

import json
import re
import threading
import time
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jwt
import panel_cases as cases
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from playwright.sync_api import expect

from plugin.store import Store, decisions

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

ZENDESK = "https://acme.zendesk.com"
SIDECUE = "https://sidecue.suporte.io"
SDK = "https://static.zdassets.com/zendesk_app_framework_sdk/2.0/zaf_sdk.min.js"

CHATWOOT_PAGE = """<!doctype html><title>Chatwoot</title>
<iframe id="app" width="400" height="900"></iframe><iframe id="sibling" src="/sibling"></iframe>
<script>
const frame = document.getElementById("app");
let current = { id: TICKET };
const tell = () => frame.contentWindow.postMessage(JSON.stringify({ event: "appContext", data: {
  conversation: current, contact: { id: 812 }, currentAgent: { id: 7, name: "Bruno Reis", email: "b@x" } } }), "*");
window.asked = 0;
window.addEventListener("message", (event) => {
  if (event.data !== "chatwoot-dashboard-app:fetch-info") return;
  window.asked += 1;
  if (!SILENT) tell();
});
window.goTo = (id) => { current = { id }; tell(); };
frame.src = ADDRESS;
</script>"""

ZENDESK_PAGE = """<!doctype html><title>Zendesk</title>
<textarea id="composer"></textarea><iframe name="app" width="400" height="900"></iframe>
<form id="first" method="post" target="app"><input name="token"></form>
<script>
const answers = {
  get: () => ({ "ticket.id": TICKET, currentUser: { id: 501, name: "Bruna Reis" }, errors: {} }),
  invoke: (name, value) => { if (name === "ticket.editor.insert") document.getElementById("composer").value += value; },
};
window.addEventListener("message", (event) => {
  const { zaf, id, args } = event.data || {};
  if (!zaf || event.origin !== APP_ORIGIN) return;
  event.source.postMessage({ zaf: "answer", id, value: answers[zaf](...args) }, event.origin);
});
window.load = (address, token) => {
  const form = document.getElementById("first");
  form.action = address;
  form.token.value = token;
  form.submit();
};
</script>"""

ZAF = """
window.ZAFClient = { init() {
  const told = new URLSearchParams(location.search);
  if (!told.get("origin") || !told.get("app_guid")) return false;
  let next = 0;
  const waits = new Map();
  window.addEventListener("message", (event) => {
    if (event.origin !== told.get("origin") || event.data?.zaf !== "answer") return;
    waits.get(event.data.id)(event.data.value);
  });
  const ask = (zaf) => (...args) => new Promise((resolve) => {
    next += 1;
    waits.set(next, resolve);
    window.parent.postMessage({ zaf, id: next, args }, told.get("origin"));
  });
  return { get: ask("get"), invoke: ask("invoke") };
} };
"""


@pytest.fixture(scope="module")
def outside():
    """Return a function that serves a host's page at a loopback origin of its own, and gives that origin."""
    servers = []

    def serve(pages):
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                content = pages.get(self.path, "<!doctype html>").encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="module")
def desks(new_sidecue, seed, outside, key):
    """A server with a tenant on each helpdesk, two decided tickets in each, and the pages that frame it."""
    sidecue, pages = new_sidecue(), {}
    host = outside(pages)
    pem = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    api = ("--api-url", host, "--api-token", "token")
    sidecue.add_tenant("loja", "chatwoot", *api, "--locale", "en", "--set", "account_id=1")
    more = ("--api-url", ZENDESK, "--api-token", "a:b", "--locale", "en", "--set", "app_installation=4711")
    sidecue.add_tenant("acme", "zendesk", *more, "--set", f"app_public_key={pem.decode()}")
    listed = json.loads(sidecue.run("tenants", "list", "--show-secrets", "--format", "json"))
    tenants = {row["tenant"]: row for row in listed}
    store = Store(f"sqlite:///{sidecue.home / 'sidecue.db'}")
    with store.write() as connection:
        ids = dict(connection.exec_driver_sql("SELECT name, id FROM tenant").all())
    made = {name: seed(sidecue, tenants[name], store, ids[name]) for name in tenants}
    for one in made.values():
        one.decide("930", cases.decision())
        one.decide("931", cases.unsure())
    sidecue.start()
    address = f"{sidecue.url}/sidebar/chatwoot/loja?key={tenants['loja']['sidebar_key']}"

    def page(ticket="930", address=address, *, silent=False):
        values = {"TICKET": json.dumps(int(ticket)), "SILENT": json.dumps(silent), "ADDRESS": json.dumps(address)}
        return re.sub("|".join(values), lambda found: values[found[0]], CHATWOOT_PAGE)

    pages |= {"/930": page(), "/silent": page(silent=True), "/wrong": page(address=address[:-4] + "aaaa")}
    made["chatwoot page"], made["host"] = page, host
    yield made
    store.close()


def state_of(desk, ticket):
    with desk.store.read() as connection:
        return decisions.current(connection, desk.tenant_id, ticket).recommendations[0].state


def panel(page, name="app"):
    return page.frame_locator(f"#{name}, [name={name}]")


def test_chatwoot_shows_the_conversation_on_the_screen_and_follows_to_the_next(desks, watched, eventually):
    with watched(width=900, height=1000) as seen:
        seen.page.goto(f"{desks['host']}/930")
        shown = panel(seen.page)
        expect(shown.get_by_test_id("function")).to_have_text("Success")
        shown.get_by_test_id("accept").first.click()
        expect(shown.locator(".verdict").first).to_contain_text("Accepted")
        eventually(lambda: state_of(desks["loja"], "930") == "accepted")
        seen.page.evaluate("goTo(931)")
        expect(shown.get_by_test_id("ask")).to_be_visible()
        seen.page.evaluate("goTo(930)")
        expect(shown.get_by_test_id("function")).to_have_text("Success")

        assert seen.page.evaluate("asked") >= 1
        assert [line for line in seen.logged if line.startswith("error")] == []
        assert all(address.startswith((desks["host"], desks["loja"].sidecue.url)) for address in seen.asked)


def test_chatwoot_page_believes_the_window_above_it_alone(desks, watched):
    """A frame beside ours, even of the host's own origin, names no conversation."""
    with watched(width=900, height=1000) as seen:
        seen.page.goto(f"{desks['host']}/silent")
        expect(panel(seen.page).get_by_test_id("joining")).to_be_visible()
        told = json.dumps({"event": "appContext", "data": {"conversation": {"id": 930}, "currentAgent": {}}})
        sibling = next(frame for frame in seen.page.frames if frame.url.endswith("/sibling"))
        sibling.evaluate("told => window.parent.frames[0].postMessage(told, '*')", told)
        for nonsense in (
            "{",
            "[]",
            '{"event": "appContext"}',
            '{"event": "other", "data": {"conversation": {"id": 1}}}',
        ):
            seen.page.evaluate("told => window.frames[0].postMessage(told, '*')", nonsense)
        time.sleep(0.3)
        expect(panel(seen.page).get_by_test_id("joining")).to_be_visible()
        seen.page.evaluate("goTo(930)")
        expect(panel(seen.page).get_by_test_id("function")).to_have_text("Success")


def test_chatwoot_address_with_another_key_shows_nothing(desks, watched):
    with watched(width=900, height=1000) as seen:
        seen.page.goto(f"{desks['host']}/wrong")

        expect(panel(seen.page).get_by_test_id("no_permission")).to_be_visible()


def test_no_other_page_may_frame_the_sidebar(desks, outside, watched):
    elsewhere = outside({"/": desks["chatwoot page"]()})
    with watched(width=900, height=1000) as seen:
        seen.page.goto(elsewhere)
        seen.page.wait_for_timeout(500)

        assert any("frame-ancestors" in line for line in seen.logged)
        assert panel(seen.page).get_by_test_id("function").count() == 0


def token(key, **claims):
    now = datetime.now(UTC)
    told = {
        "iss": "acme.zendesk.com",
        "aud": f"{ZENDESK}/api/v2/apps/installations/4711.json",
        "iat": now,
        "exp": now + timedelta(minutes=5),
    }
    return jwt.encode(told | claims, key, "RS256")


@pytest.fixture
def zendesk(desks, watched):
    """Open Zendesk's page at its own address, with the app's frame in it."""
    html = ZENDESK_PAGE.replace("TICKET", "930").replace("APP_ORIGIN", json.dumps(SIDECUE))

    with watched(width=900, height=1000) as seen:
        seen.page.route(f"{ZENDESK}/**", lambda route: route.fulfill(content_type="text/html", body=html))
        seen.hand_on(SIDECUE, desks["acme"].sidecue.url)
        seen.page.route(SDK, lambda route: route.fulfill(content_type="text/javascript", body=ZAF))
        seen.page.goto(f"{ZENDESK}/agent/tickets/930")
        address = f"{SIDECUE}/sidebar/zendesk/acme?origin={ZENDESK}&app_guid=6f1d-1"
        yield seen, lambda given: seen.page.evaluate("([address, token]) => load(address, token)", [address, given])


def opened(seen, load, key):
    """Have Zendesk load the app until it is there, and return the token that opened it.

    Once in four whole runs nothing came into the frame; why is not known. A person would load the ticket again, which
    brings a new token.
    """
    for attempts_left in (2, 1, 0):
        given = token(key)
        load(given)
        try:
            expect(panel(seen.page).get_by_test_id("function")).to_have_text("Success", timeout=10_000)
        except AssertionError:
            if not attempts_left:
                raise
        else:
            break
    return given


def test_zendesk_opens_the_panel_by_its_token_and_takes_the_reply_into_its_composer(zendesk, key):
    seen, load = zendesk
    opened(seen, load, key)
    shown = panel(seen.page)
    expect(shown.get_by_test_id("insert").first).to_contain_text("Insert reply")
    shown.get_by_test_id("insert").first.click()
    expect(shown.locator("#say")).to_have_text("Reply inserted into the conversation")

    assert seen.page.locator("#composer").input_value().strip()
    assert [line for line in seen.logged if line.startswith("error")] == []


def test_zendesk_token_that_was_used_or_is_of_another_app_shows_nothing(zendesk, key):
    seen, load = zendesk
    used = opened(seen, load, key)
    load(used)
    expect(panel(seen.page).get_by_test_id("signed_out")).to_be_visible()
    load(token(key, aud=f"{ZENDESK}/api/v2/apps/installations/9.json"))
    expect(panel(seen.page).get_by_test_id("no_permission")).to_be_visible()
    load(token(rsa.generate_private_key(public_exponent=65537, key_size=2048)))
    expect(panel(seen.page).get_by_test_id("no_permission")).to_be_visible()
