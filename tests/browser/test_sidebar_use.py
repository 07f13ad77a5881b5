"""The sidebar in use: by mouse, by keyboard, while the ticket goes on, and what it loads."""

from __future__ import annotations

import gzip
import re
from datetime import UTC, datetime

import panel_cases as cases
import pytest
from playwright.sync_api import expect

from plugin.store import customers, decisions, outbox
from rules.decide import Decider
from rules.facts import facts_from_given
from rules.loader import load
from rules.model import Customer, EventKind

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

LIMIT = 40 * 1024


@pytest.fixture
def ticket(seeded, request):
    """A decided ticket of this test's own."""
    name = f"use-{request.node.name}"[:120]
    seeded.decide(name, cases.decision())
    return name


def row_of(seeded, ticket, rank=1):
    with seeded.store.read() as connection:
        return decisions.current(connection, seeded.tenant_id, ticket).recommendations[rank - 1]


def correction_of(seeded, ticket):
    with seeded.store.read() as connection:
        kept = decisions.current(connection, seeded.tenant_id, ticket).correction
    return kept["primary"] if kept else None


def errors(seen):
    return [line for line in seen.logged if line.startswith(("error", "warning"))]


def first(page):
    return page.get_by_test_id("recommendation").first


def test_accepting_is_recorded_and_said_and_leaves_one_note(seeded, watched, ticket):
    with watched() as seen:
        seen.page.goto(seeded.link(ticket))
        first(seen.page).get_by_test_id("accept").click()
        expect(first(seen.page).locator(".verdict")).to_contain_text("Accepted. The note goes to the ticket.")
        expect(seen.page.locator("#say")).to_have_text("Recommendation accepted")
        row = row_of(seeded, ticket)

        assert row.state == "accepted"
        with seeded.store.read() as connection:
            assert outbox.state_of(connection, seeded.tenant_id, row.id) == "waiting"
        assert not errors(seen)


def test_undo_is_offered_for_five_seconds_and_takes_the_note_back(seeded, watched, ticket):
    with watched() as seen:
        page = seen.page
        page.clock.install()
        page.goto(seeded.link(ticket))
        first(page).get_by_test_id("accept").click()
        expect(first(page).get_by_test_id("undo")).to_be_visible()
        first(page).get_by_test_id("undo").click()
        expect(first(page).get_by_test_id("accept")).to_be_visible()
        row = row_of(seeded, ticket)
        with seeded.store.read() as connection:
            note = outbox.state_of(connection, seeded.tenant_id, row.id)

        first(page).get_by_test_id("accept").click()
        expect(first(page).get_by_test_id("undo")).to_be_visible()
        page.clock.run_for(6000)

        expect(first(page).get_by_test_id("undo")).to_be_hidden()
        assert (row.state, note) == ("open", "cancelled")
        assert not errors(seen)


def test_dismissing_asks_for_the_reason(seeded, watched, ticket):
    with watched() as seen:
        page = seen.page
        page.goto(seeded.link(ticket, lang="pt-BR"))
        first(page).get_by_test_id("dismiss").click()
        page.get_by_role("group", name="Por que não se aplica?").get_by_role("button", name="Não é o momento").click()
        expect(first(page).locator(".verdict")).to_contain_text("Não se aplica")

        assert row_of(seeded, ticket).state == "dismissed"
        assert not errors(seen)


def test_handing_over_names_to_whom(seeded, watched, ticket):
    with watched() as seen:
        page = seen.page
        page.goto(seeded.link(ticket))
        first(page).get_by_test_id("hand-over").click()
        page.get_by_role("group", name="Hand over to which function?").get_by_role("button", name="Support").click()
        expect(page.locator("#say")).to_have_text("Handed over to Support")

        assert row_of(seeded, ticket).state == "handed_over"


def test_ticks_are_kept_and_there_again(seeded, watched, ticket):
    with watched() as seen:
        page = seen.page
        page.goto(seeded.link(ticket))
        page.get_by_label("Register the request and give its number").first.check()
        expect(page.locator("#say")).to_have_text("Step kept")
        page.reload()

        expect(page.get_by_label("Register the request and give its number").first).to_be_checked()
        assert row_of(seeded, ticket).steps_done == (1,)


def test_reply_is_copied_in_the_customers_language_and_it_is_said(seeded, watched, ticket):
    with watched() as seen:
        page = seen.page
        page.goto(seeded.link(ticket))
        first(page).get_by_test_id("insert").click()
        expect(first(page).get_by_test_id("insert")).to_contain_text("Reply copied")

        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied.startswith("Olá, Ana. Registrei seu pedido de cancelamento.")


def test_correcting_is_one_click_and_one_choice_and_can_be_undone(seeded, watched, ticket):
    with watched() as seen:
        page = seen.page
        page.goto(seeded.link(ticket))
        page.get_by_test_id("correct").click()
        page.locator("#whose-fix").get_by_role("button", name="Support").click()
        expect(page.get_by_test_id("function")).to_have_text("Support")
        kept = correction_of(seeded, ticket)
        page.get_by_test_id("undo-correction").click()
        expect(page.get_by_test_id("function")).to_have_text("Success")

        assert (kept, correction_of(seeded, ticket)) == ("support", None)
        assert not errors(seen)


def test_unsure_decision_is_settled_by_the_agent(seeded, watched, request):
    seeded.decide(request.node.name, cases.unsure())
    with watched() as seen:
        page = seen.page
        page.goto(seeded.link(request.node.name))
        page.get_by_test_id("ask").get_by_role("button", name="Support").click()
        expect(page.get_by_test_id("ask")).to_have_count(0)
        expect(page.get_by_test_id("function")).to_have_text("Support")

        assert correction_of(seeded, request.node.name) == "support"


def test_everything_works_by_keyboard(seeded, watched, ticket):
    with watched() as seen:
        page = seen.page
        page.goto(seeded.link(ticket))

        def tab_to(test_id):
            for _ in range(40):
                page.keyboard.press("Tab")
                if page.evaluate("document.activeElement.dataset.testid") == test_id:
                    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
                    assert outline == "solid", test_id
                    return
            pytest.fail(f"{test_id} cannot be reached with Tab")

        tab_to("accept")
        page.keyboard.press("Enter")
        expect(first(page).get_by_test_id("undo")).to_be_focused()
        accepted = row_of(seeded, ticket).state
        page.keyboard.press("Enter")
        expect(first(page).get_by_test_id("accept")).to_be_focused()

        tab_to("dismiss")
        page.keyboard.press("Enter")
        expect(page.locator("#reasons-1")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator("#reasons-1")).to_be_hidden()
        expect(first(page).get_by_test_id("dismiss")).to_be_focused()
        page.keyboard.press("Space")
        tab_to("hand-over")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(first(page)).to_have_attribute("data-state", "dismissed")

        page.keyboard.press("Control+Home")
        page.evaluate("document.activeElement.blur()")
        tab_to("correct")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.get_by_test_id("function")).to_have_text("Support")

        assert accepted == "accepted"
        assert row_of(seeded, ticket).state == "dismissed"
        assert correction_of(seeded, ticket) == "support"


def test_order_of_reading_is_the_order_of_tabbing(seeded, watched, ticket):
    with watched() as seen:
        page = seen.page
        page.goto(seeded.link(ticket))
        reached = []
        for _ in range(10):
            page.keyboard.press("Tab")
            reached.append(page.evaluate("document.activeElement.getBoundingClientRect().top"))

    assert reached == sorted(reached)


def test_change_is_told_within_two_seconds_and_never_swapped_in(seeded, watched, ticket):
    with watched() as seen:
        page = seen.page
        page.clock.install(time=0)
        page.goto(seeded.link(ticket))
        expect(first(page)).to_be_visible()
        with page.expect_response("**/api/**"):
            page.clock.pause_at(600_000)
        before = page.locator("#panel").inner_text()
        box = first(page).bounding_box()
        seeded.decide(ticket, cases.nothing_specific(), EventKind.REPLIED)
        expect(page.get_by_test_id("news")).to_be_hidden()
        page.clock.run_for(2000)  # on the page's own clock, which stands still but for this
        expect(page.get_by_test_id("news")).to_contain_text("Updated: the customer replied")

        assert page.locator("#panel").inner_text() == before
        assert first(page).bounding_box() == box
        page.get_by_test_id("show").click()
        expect(page.get_by_test_id("function")).to_have_text("Support")
        expect(page.get_by_test_id("news")).to_be_hidden()
        assert not errors(seen)


def test_colleagues_verdict_is_told_as_theirs_and_our_own_is_no_news(seeded, watched, ticket):
    with watched() as seen, watched() as other:
        seen.page.goto(seeded.link(ticket))
        other.page.goto(seeded.link(ticket))
        first(other.page).get_by_test_id("accept").click()
        expect(seen.page.get_by_test_id("news")).to_contain_text("a colleague acted here")

        expect(other.page.get_by_test_id("news")).to_be_hidden()


def test_decision_appears_by_itself_when_the_panel_was_there_first(seeded, watched, request):
    with watched() as seen:
        page = seen.page
        page.goto(seeded.link(request.node.name))
        expect(page.get_by_test_id("thinking")).to_be_visible()
        seeded.decide(request.node.name, cases.decision())

        expect(page.get_by_test_id("function")).to_have_text("Success")
        assert not errors(seen)


def test_panel_comes_back_from_a_lost_server(seeded, watched, ticket):
    with watched() as seen:
        page = seen.page
        page.goto(seeded.link(ticket))
        page.route("**/api/**", lambda route: route.abort())
        expect(page.locator(".news.stale")).to_contain_text("No contact with the server since")
        page.unroute("**/api/**")
        page.get_by_test_id("show").click()

        expect(page.get_by_test_id("news")).to_be_hidden()


def test_hidden_panel_asks_rarely(seeded, watched, ticket):
    with watched() as seen:
        page = seen.page
        page.clock.install()
        page.goto(seeded.link(ticket))
        page.evaluate(
            """() => {
              Object.defineProperty(document, "hidden", { get: () => true });
              document.dispatchEvent(new Event("visibilitychange"));
            }"""
        )
        page.clock.run_for(2000)
        page.wait_for_timeout(200)
        seen.asked.clear()
        page.clock.run_for(25_000)
        page.wait_for_timeout(200)

        assert not [url for url in seen.asked if "/api/" in url]


def test_language_can_be_switched_without_leaving(seeded, watched, ticket):
    with watched() as seen:
        page = seen.page
        page.goto(seeded.link(ticket, lang="en"))
        page.locator('.foot a[hreflang="pt-BR"]').click()
        expect(page.get_by_test_id("function")).to_have_text("Sucesso")

        assert page.evaluate("document.documentElement.lang") == "pt-BR"
        assert page.title().startswith("Sidecue: o que fazer")


def test_session_that_ends_while_open_says_so(seeded, watched, ticket):
    with watched() as seen:
        page = seen.page
        page.goto(seeded.link(ticket))
        page.route("**/api/**", lambda route: route.fulfill(status=401, body="{}"))

        expect(page.get_by_test_id("signed_out")).to_be_visible()


def test_panel_is_read_without_javascript(seeded, watched, ticket):
    with watched(java_script_enabled=False) as seen:
        seen.page.goto(seeded.link(ticket))

        expect(seen.page.get_by_test_id("function")).to_have_text("Success")
        expect(seen.page.locator(".noscript")).to_be_visible()


def test_page_asks_nobody_else_and_weighs_little(seeded, watched, ticket):
    bodies = []
    with watched() as seen:
        # playwright hangs something on the handler, and a built-in method takes nothing
        seen.page.on("response", lambda answer: bodies.append(answer))  # noqa: PLW0108 - see above
        seen.page.goto(seeded.link(ticket))
        seen.page.wait_for_timeout(300)
        loaded = [answer.body() for answer in bodies if "/api/" not in answer.url and answer.ok]
        weight = sum(len(gzip.compress(body)) for body in loaded)

        assert all(url.startswith((seeded.sidecue.url, "data:")) for url in seen.asked)
        assert len(loaded) == 3
        assert weight < LIMIT
        assert not seen.page.context.cookies()
        assert not errors(seen)


def test_readme_picture(seeded, watched, artefacts, ticket):
    with watched(400, "light", height=640, device_scale_factor=2) as seen:
        seen.page.goto(seeded.link(ticket, lang="en"))
        seen.page.locator("main").screenshot(path=artefacts / "sidebar.png")

        expect(first(seen.page)).to_be_visible()


def test_what_would_change_it_is_told_on_demand_by_keyboard_too(seeded, watched, request):
    ticket = f"use-{request.node.name}"[:120]
    with Decider(load()) as decider:
        given = {"signals": ["cancel_request"], "customer": {"lifecycle": "active"}}
        seeded.decide(ticket, decider.decide(facts_from_given(given, datetime.now(UTC))))
    with watched() as seen:
        seen.page.goto(seeded.link(ticket))
        card = first(seen.page)
        card.get_by_test_id("why").locator("summary").press("Enter")
        button = card.get_by_test_id("what-if")
        expect(card.get_by_test_id("what-if-told")).to_be_hidden()
        button.focus()
        button.press("Enter")
        told = card.get_by_test_id("what-if-told")
        expect(told).to_have_text(
            "If the regulated sector were “yes” (now: unknown), “Register the cancellation request” "
            "would no longer be shown.",
        )
        expect(seen.page.locator("#say")).to_have_text(told.inner_text())
        expect(button).to_be_focused()
        seen.page.locator('.foot a[hreflang="pt-BR"]').click()
        seen.page.locator("html[lang='pt-BR']").wait_for()
        again = first(seen.page)
        again.get_by_test_id("why").locator("summary").click()
        again.get_by_test_id("what-if").click()
        expect(again.get_by_test_id("what-if-told")).to_contain_text("Se o setor regulado fosse “sim”")

        assert not errors(seen)


def test_what_would_change_it_says_when_the_rules_are_others(seeded, watched, ticket):
    with watched() as seen:
        seen.page.goto(seeded.link(ticket))
        card = first(seen.page)
        card.get_by_test_id("why").locator("summary").click()
        card.get_by_test_id("what-if").click()
        expect(card.get_by_test_id("what-if-told")).to_contain_text("show the new recommendations first")


@pytest.fixture
def regulated(seeded):
    """The customer of every ticket, regulated for as long as a test runs."""

    def state(**attributes):
        with seeded.store.write() as connection:
            customer = Customer("500", name="Padaria Sol", attributes=attributes)
            customers.put(connection, seeded.tenant_id, customer, datetime.now(UTC))

    state(regulated_sector=True)
    yield
    state()


@pytest.mark.parametrize(("zone", "told"), [("America/Sao_Paulo", r"23:59$"), ("Europe/Lisbon", r"23:59 GMT-3$")])
def test_terms_stay_in_the_tenants_zone_which_is_named_abroad(seeded, watched, ticket, regulated, zone, told):
    with watched(timezone_id=zone) as seen:
        seen.page.goto(seeded.link(ticket))
        due = seen.page.get_by_test_id("sac").locator("time").first

        expect(due).to_have_text(re.compile(told))
        expect(due).to_have_attribute("title", re.compile(r"23:59:59 GMT-3|11:59:59.PM GMT-3"))
        assert not errors(seen)
