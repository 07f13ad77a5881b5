"""The sidebar inside Front, played here at Front's own address as Front's plugin SDK speaks to it.

The page takes its end of the channel from the handshake, tells the context through it, and answers calls.
"""

from __future__ import annotations

import json

import panel_cases as cases
import pytest
from playwright.sync_api import expect

from plugin.store import Store

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

FRONT = "https://app.frontapp.com"
SIDECUE = "https://sidecue.suporte.io"
SECRET = "plugin-secret-5d0c"

PAGE = """<!doctype html><title>Front</title><iframe name="app" width="400" height="900"></iframe>
<script>
const arities = { createDraft: 2, updateDraft: 3, listMessages: 2 };
let port = null;
let context = CONTEXT;
window.drafts = [];
window.handshakes = 0;
const answers = {
  listMessages: () => ({ results: [
    { id: "msg_old", date: new Date(1000) },
    { id: "msg_new", date: new Date(3000) },
    { id: "msg_mid", date: new Date(2000) },
  ] }),
  createDraft: (template) => { drafts.push(["created", template]); return { id: "dra_1" }; },
  updateDraft: (id, update) => { drafts.push([id, update]); },
};
const tell = () => {
  if (port) port.postMessage({ type: "context_update", context: { ...context, functionArities: arities } });
};
window.addEventListener("message", (event) => {
  if (event.data !== "@frontapp/ui-sdk#WebViewBridge.handshake" || event.origin !== APP_ORIGIN) return;
  handshakes += 1;
  port = event.ports[0];
  port.onmessage = ({ data }) => {
    if (data.type !== "function_call") return;
    if (data.contextId !== context.id) {
      port.postMessage({ type: "function_error", id: data.id, error: "another context" });
      return;
    }
    port.postMessage({ type: "function_result", id: data.id, value: answers[data.name](...data.args) });
  };
  tell();
});
window.select = (next) => { context = next; tell(); };
window.load = (address) => { document.querySelector("iframe").src = address; };
</script>"""


def context(ticket, number=1, draft=None):
    """Return what Front tells while one conversation, or none, is on the screen."""
    teammate = {"id": "tea_1", "name": "Bruna Reis", "username": "bruna", "email": "b@x"}
    if ticket is None:
        return {"id": f"ctx_{number}", "type": "noConversation", "teammate": teammate}
    chosen = {"id": ticket, "type": "email", "status": "open", "draftId": draft}
    return {"id": f"ctx_{number}", "type": "singleConversation", "teammate": teammate, "conversation": chosen}


@pytest.fixture(scope="module")
def desk(new_sidecue, seed):
    """A server with a tenant on Front and two decided conversations."""
    sidecue = new_sidecue()
    sidecue.add_tenant("acme", "front", "--locale", "en", "--set", f"auth_secret={SECRET}")
    (tenant,) = json.loads(sidecue.run("tenants", "list", "--show-secrets", "--format", "json"))
    store = Store(f"sqlite:///{sidecue.home / 'sidecue.db'}")
    with store.write() as connection:
        number = connection.exec_driver_sql("SELECT id FROM tenant").scalar_one()
    made = seed(sidecue, tenant, store, number)
    made.decide("cnv_930", cases.decision())
    made.decide("cnv_931", cases.unsure())
    sidecue.start()
    yield made
    store.close()


@pytest.fixture
def front(desk, watched):
    """Return a function that opens Front's page with a context on the screen and the plugin in its frame."""

    with watched(width=900, height=1000) as seen:

        def start(first, *, secret=SECRET, at=FRONT):
            html = PAGE.replace("CONTEXT", json.dumps(first)).replace("APP_ORIGIN", json.dumps(SIDECUE))
            seen.page.route(f"{at}/**", lambda route: route.fulfill(content_type="text/html", body=html))
            seen.hand_on(SIDECUE, desk.sidecue.url)
            seen.page.goto(f"{at}/open")
            seen.page.evaluate("address => load(address)", f"{SIDECUE}/sidebar/front/acme?auth_secret={secret}")
            return seen, seen.page.frame_locator("[name=app]")

        yield start


def test_front_shows_the_conversation_on_the_screen_and_follows_to_the_next(front):
    seen, shown = front(context("cnv_930"))
    expect(shown.get_by_test_id("function")).to_have_text("Success")
    seen.page.evaluate("next => select(next)", context("cnv_931", 2))
    expect(shown.get_by_test_id("ask")).to_be_visible()

    assert seen.page.evaluate("handshakes") == 1
    assert [line for line in seen.logged if line.startswith("error")] == []


def test_front_takes_the_reply_into_a_new_reply_and_into_the_open_draft(front):
    seen, shown = front(context("cnv_930"))
    shown.get_by_test_id("insert").first.click()
    expect(shown.locator("#say")).to_have_text("Reply inserted into the conversation")
    seen.page.evaluate("next => select(next)", context("cnv_930", 2, draft="dra_1"))
    shown.get_by_test_id("insert").first.click()
    seen.page.wait_for_function("drafts.length === 2")
    (how, made), (draft, update) = seen.page.evaluate("drafts")

    assert how == "created"
    assert made["replyOptions"] == {"type": "replyAll", "originalMessageId": "msg_new"}
    assert made["content"]["type"] == "text"
    assert made["content"]["body"].strip()
    assert (draft, update) == ("dra_1", {"updateMode": "insert", "content": made["content"]})


def test_front_without_a_conversation_shows_the_first_that_is_selected(front):
    seen, shown = front(context(None))
    seen.page.wait_for_function("handshakes === 1")
    seen.page.evaluate("next => select(next)", context("cnv_930", 2))

    expect(shown.get_by_test_id("function")).to_have_text("Success")


def test_front_with_another_secret_shows_nothing(front):
    _, shown = front(context("cnv_930"), secret="another")

    expect(shown.get_by_test_id("no_permission")).to_be_visible()


def test_no_other_page_may_frame_the_plugin(front):
    seen, shown = front(context("cnv_930"), at="https://frontapp.com.example.org")
    seen.page.wait_for_timeout(500)

    assert any("frame-ancestors" in line for line in seen.logged)
    assert shown.get_by_test_id("function").count() == 0
    assert seen.page.evaluate("handshakes") == 0
