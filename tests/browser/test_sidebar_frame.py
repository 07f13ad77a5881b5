"""The sidebar in a page of somebody's own: what connectors/standard/doc.md gives to be pasted, as it stands there."""

from __future__ import annotations

import json
import re
import time
from urllib.parse import parse_qs, urlsplit

import panel_cases as cases
import pytest
from playwright.sync_api import expect

from connectors.registry import FOLDER
from plugin.store import Store, decisions

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

TOOL = "https://tool.example.org"
SIDECUE = "https://sidecue.suporte.io"
DOCUMENT = (FOLDER / "standard" / "doc.md").read_text("utf-8")
PAGE = '<!doctype html><title>Tool</title><textarea id="reply">Hello. </textarea>'


def block(language):
    """Return the document's block of this language, without the indent of the list that it stands in."""
    return re.sub(r"^   ", "", re.search(rf"```{language}\n(.*?)```", DOCUMENT, re.DOTALL)[1], flags=re.MULTILINE)


@pytest.fixture(scope="module")
def desk(new_sidecue, seed):
    """A server with a tenant of Standard Webhooks, one with another, and two decided tickets."""
    sidecue = new_sidecue()
    sidecue.add_tenant("acme", "standard", "--locale", "pt-BR", "--set", f"page_url={TOOL}/tickets")
    (tenant,) = json.loads(sidecue.run("tenants", "list", "--show-secrets", "--format", "json"))
    store = Store(f"sqlite:///{sidecue.home / 'sidecue.db'}")
    with store.write() as connection:
        number = connection.exec_driver_sql("SELECT id FROM tenant").scalar_one()
    made = seed(sidecue, tenant, store, number)
    made.decide("T-77", cases.decision())
    made.decide("T-78", cases.unsure())
    sidecue.start()
    yield made
    store.close()


@pytest.fixture
def address(desk, monkeypatch):
    """Return the function that the document has an admin's server call."""
    for name, value in {"SIDECUE": SIDECUE, "TENANT": "acme", "SIDEBAR_KEY": desk.tenant["sidebar_key"]}.items():
        monkeypatch.setenv(name, value)
    space: dict = {}
    exec(block("python"), space)  # noqa: S102 - our own document
    return space["sidecue_address"]


@pytest.fixture
def tool(desk, address, watched):
    """Return a function that opens the tool's page with a ticket on the screen."""
    with watched(width=900, height=1000) as seen:

        def answer(route):
            asked = urlsplit(route.request.url)
            if asked.path != "/sidecue-address":
                return route.fulfill(content_type="text/html", body=PAGE + block("html"))
            return route.fulfill(
                content_type="text/plain", body=address(parse_qs(asked.query)["ticket"][0], "Bia", "en")
            )

        def start(ticket="T-77", at=TOOL):
            seen.page.route(f"{at}/**", answer)
            seen.hand_on(SIDECUE, desk.sidecue.url)
            seen.page.goto(f"{at}/tickets/open")
            seen.page.evaluate("ticket => showInSidecue(ticket)", ticket)
            return seen, seen.page.frame_locator("#sidecue")

        yield start


def test_pasted_frame_shows_the_ticket_takes_the_verdict_and_the_reply_and_goes_on(desk, tool, eventually, artefacts):
    seen, shown = tool()
    expect(shown.locator("html")).to_have_attribute("lang", "en")
    expect(shown.get_by_test_id("function")).to_have_text("Success")
    shown.get_by_test_id("insert").first.click()
    expect(shown.locator("#say")).to_have_text("Reply inserted into the conversation")
    shown.get_by_test_id("accept").first.click()
    eventually(lambda: state_of(desk, "T-77") == "accepted")
    seen.page.screenshot(path=artefacts / "frame-in-a-page.png")
    reply = shown.locator("blockquote").first.text_content()
    seen.page.evaluate("ticket => showInSidecue(ticket)", "T-78")
    expect(shown.get_by_test_id("ask")).to_be_visible()

    assert seen.page.locator("#reply").input_value() == f"Hello. {reply}"
    assert seen.page.evaluate("history.length") == 2
    assert [line for line in seen.logged if line.startswith("error")] == []
    assert desk.tenant["sidebar_key"] not in seen.page.content() + "".join(seen.asked)


def state_of(desk, ticket):
    with desk.store.read() as connection:
        return decisions.current(connection, desk.tenant_id, ticket).recommendations[0].state


def test_reply_goes_to_the_clipboard_where_the_page_does_not_take_it(tool):
    seen, shown = tool()
    expect(shown.get_by_test_id("function")).to_have_text("Success")
    seen.page.evaluate("document.getElementById('reply').remove()")  # its listener fails, and answers nothing
    shown.get_by_test_id("insert").first.click()
    expect(shown.locator("#say")).to_contain_text("Reply copied")


def test_an_answer_of_another_window_is_not_believed(tool):
    """A frame beside ours, of the tool's own origin, says all the time that the reply was taken."""
    seen, shown = tool()
    expect(shown.get_by_test_id("function")).to_have_text("Success")
    seen.page.evaluate("""() => {
      document.getElementById("reply").remove();
      const said = 'parent.frames[0].postMessage({ sidecue: "inserted", id: 1 }, "*")';
      document.body.appendChild(document.createElement("iframe")).srcdoc =
        `<script>setInterval(() => { ${said}; parent.said = true; }, 20)</script>`;
    }""")
    seen.page.wait_for_function("window.said")
    shown.get_by_test_id("insert").first.click()
    expect(shown.locator("#say")).to_contain_text("Reply copied")


def test_a_link_that_was_used_altered_or_is_late_shows_nothing(desk, address, browser, monkeypatch):
    good = address("T-77", "Bia", "en").replace(SIDECUE, desk.sidecue.url)
    with monkeypatch.context() as earlier:
        now = time.time()
        earlier.setattr(time, "time", lambda: now - 180)
        late = address("T-77", "Bia", "en").replace(SIDECUE, desk.sidecue.url)
    page = browser.new_page()
    told = {}
    for what, link in {
        "first": good,
        "used": good,
        "late": late,
        "another ticket": address("T-77", "Bia", "en").replace("T-77", "T-78").replace(SIDECUE, desk.sidecue.url),
    }.items():
        status = page.goto(link).status
        told[what] = (status, page.locator("#panel").get_attribute("data-kind"))
    page.close()

    assert told == {
        "first": (200, "decided"),
        "used": (401, "signed_out"),
        "late": (401, "signed_out"),
        "another ticket": (403, "no_permission"),
    }


def test_no_other_page_may_frame_it(tool):
    seen, shown = tool(at="https://tool.example.com")
    seen.page.wait_for_timeout(500)

    assert any("frame-ancestors" in line for line in seen.logged)
    assert shown.get_by_test_id("function").count() == 0
