"""The sidebar inside Help Scout, played here at Help Scout's own address with the messages of its JavaScript SDK."""

from __future__ import annotations

import json

import panel_cases as cases
import pytest
from playwright.sync_api import expect

from plugin.store import Store

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

HELPSCOUT = "https://secure.helpscout.net"
SIDECUE = "https://sidecue.suporte.io"

PAGE = """<!doctype html><title>Help Scout</title>
<iframe name="app-12-34" width="400" height="900"></iframe><iframe name="sibling"></iframe>
<script>
const frame = document.querySelector("iframe");
const user = { id: 256, firstName: "Bruna", lastName: "Reis", email: "b@x" };
let conversation = { id: 930, number: 15473, subject: "Contrato" };
window.asked = [];
const tell = () => frame.contentWindow.postMessage({ type: "SEND_APP_CONTEXT", conversation, user }, APP_ORIGIN);
window.addEventListener("message", (event) => {
  if (event.origin !== APP_ORIGIN) return;
  asked.push(event.data);
  if (event.data.type === "GET_APP_CONTEXT" && !SILENT) tell();
});
window.select = (id) => { conversation = { id }; tell(); };
window.load = (address) => { frame.src = address; };
</script>"""


@pytest.fixture(scope="module")
def desk(new_sidecue, seed):
    """A server with a tenant on Help Scout and two decided conversations."""
    sidecue = new_sidecue()
    sidecue.add_tenant("acme", "helpscout", "--secret", "secret-of-the-webhook-5d0c", "--locale", "en")
    (tenant,) = json.loads(sidecue.run("tenants", "list", "--show-secrets", "--format", "json"))
    store = Store(f"sqlite:///{sidecue.home / 'sidecue.db'}")
    with store.write() as connection:
        number = connection.exec_driver_sql("SELECT id FROM tenant").scalar_one()
    made = seed(sidecue, tenant, store, number)
    made.decide("930", cases.decision())
    made.decide("931", cases.unsure())
    sidecue.start()
    yield made
    store.close()


@pytest.fixture
def helpscout(desk, watched):
    """Return a function that opens Help Scout's page with the app in its frame."""

    with watched(width=900, height=1000) as seen:

        def start(*, key=desk.tenant["sidebar_key"], silent=False):
            html = PAGE.replace("APP_ORIGIN", json.dumps(SIDECUE)).replace("SILENT", json.dumps(silent))
            seen.page.route(f"{HELPSCOUT}/**", lambda route: route.fulfill(content_type="text/html", body=html))
            seen.hand_on(SIDECUE, desk.sidecue.url)
            seen.page.goto(f"{HELPSCOUT}/conversation/930")
            address = f"{SIDECUE}/sidebar/helpscout/acme?key={key}&conversation-id=930"
            seen.page.evaluate("address => load(address)", address)
            return seen, seen.page.frame_locator("[name=app-12-34]")

        yield start


def test_helpscout_shows_the_conversation_on_the_screen_and_follows_to_the_next(helpscout):
    seen, shown = helpscout()
    expect(shown.get_by_test_id("function")).to_have_text("Success")
    seen.page.evaluate("select(931)")
    expect(shown.get_by_test_id("ask")).to_be_visible()

    assert seen.page.evaluate("asked") == [
        {"type": "SET_APP_HEIGHT", "value": 640, "appId": "12-34", "iframeId": "app-12-34"},
        {"type": "GET_APP_CONTEXT", "appId": "12-34", "iframeId": "app-12-34"},
    ]
    assert [line for line in seen.logged if line.startswith("error")] == []


def test_helpscout_page_believes_the_window_above_it_alone(helpscout):
    seen, shown = helpscout(silent=True)
    expect(shown.get_by_test_id("joining")).to_be_visible()
    seen.page.wait_for_function("asked.length === 2")
    sibling = next(frame for frame in seen.page.frames if frame.name == "sibling")
    sibling.evaluate("parent.frames[0].postMessage({ type: 'SEND_APP_CONTEXT', conversation: { id: 930 } }, '*')")
    seen.page.evaluate("frame.contentWindow.postMessage({ type: 'SEND_APP_CONTEXT' }, '*')")
    seen.page.wait_for_timeout(300)
    expect(shown.get_by_test_id("joining")).to_be_visible()
    seen.page.evaluate("select(930)")

    expect(shown.get_by_test_id("function")).to_have_text("Success")


def test_helpscout_address_with_another_key_shows_a_page_that_says_so(helpscout):
    _, shown = helpscout(key="another")

    expect(shown.get_by_test_id("no_permission")).to_be_visible()
