"""Every state of the sidebar, looked at: both widths, light and dark, both languages, and by axe."""

from __future__ import annotations

import panel_cases as cases
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from rules.model import EventKind

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

WIDTHS = {1280: 900, 360: 760}
SCHEMES = {"pt-BR": "light", "en": "dark"}
"""The colours that each language is looked at in: they change nothing of the words, nor the words of them."""
SERIOUS = {"serious", "critical"}


def decided(page, seeded, lang):
    page.goto(seeded.link("decided", lang=lang))


def told(page, seeded, lang):
    decided(page, seeded, lang)
    page.get_by_test_id("whose-why").click()
    page.get_by_test_id("why").first.locator("summary").click()
    page.locator(".reply summary").first.click()
    page.get_by_test_id("others").locator("summary").click()


def choosing(page, seeded, lang):
    decided(page, seeded, lang)
    page.get_by_test_id("correct").click()
    page.get_by_test_id("dismiss").first.click()


def handing_over(page, seeded, lang):
    decided(page, seeded, lang)
    page.get_by_test_id("hand-over").first.click()


def settled(page, seeded, lang):
    page.goto(seeded.link("settled", lang=lang))


def unsure(page, seeded, lang):
    page.goto(seeded.link("unsure", lang=lang))
    expect(page.get_by_test_id("ask").get_by_role("button")).to_have_count(3)


def nothing(page, seeded, lang):
    page.goto(seeded.link("nothing", lang=lang))
    expect(page.get_by_test_id("nothing")).to_be_visible()


def empty(page, seeded, lang):
    page.goto(seeded.link("empty", lang=lang))
    expect(page.get_by_test_id("nothing")).to_be_visible()


def corrected(page, seeded, lang):
    page.goto(seeded.link("corrected", lang=lang))


def long(page, seeded, lang):
    page.goto(seeded.link("long", lang=lang))


def thinking(page, seeded, lang):
    page.goto(seeded.link("not-there-yet", lang=lang))
    expect(page.get_by_test_id("thinking")).to_be_visible()


def waiting(page, seeded, lang):
    page.clock.install()
    page.goto(seeded.link("not-there-yet", lang=lang))
    for _ in range(20):
        page.clock.run_for(1000)
        page.wait_for_timeout(20)
    expect(page.locator(".later")).to_be_visible()


def loading(page, seeded, lang):
    decided(page, seeded, lang)
    other = "en" if lang == "pt-BR" else "pt-BR"
    page.route("**/sidebar/**", lambda _: None)  # an answer that does not come
    page.locator(f'.foot a[hreflang="{other}"]').click()
    expect(page.locator(".skeleton")).to_be_visible()


def updated(page, seeded, lang):
    ticket = f"updated-{lang}"
    seeded.decide(ticket, cases.decision())
    page.goto(seeded.link(ticket, lang=lang))
    seeded.decide(ticket, cases.nothing_specific(), EventKind.REPLIED)
    expect(page.get_by_test_id("news")).to_be_visible()


def stale(page, seeded, lang):
    page.clock.install()
    page.route("**/api/**", lambda route: route.abort())
    decided(page, seeded, lang)
    for _ in range(12):
        page.clock.run_for(1000)
        page.wait_for_timeout(20)
    expect(page.locator(".news.stale")).to_be_visible()


def error(page, seeded, lang):
    decided(page, seeded, lang)
    page.route("**/sidebar/**", lambda route: route.fulfill(status=503, body=""))
    page.locator(".foot a[hreflang]").last.click()
    expect(page.get_by_test_id("error")).to_be_visible()


def refused(page, seeded, lang):
    page.goto(seeded.link("decided", lang=lang))
    row = page.get_by_test_id("recommendation").first
    page.route("**/feedback", lambda route: route.abort())
    row.get_by_test_id("accept").click()
    expect(row.locator(".failed")).to_be_visible()


def signed_out(page, seeded, lang):
    page.goto(seeded.link("decided", lang=lang, seconds=-5))
    expect(page.get_by_test_id("signed_out")).to_be_visible()


def no_permission(page, seeded, lang):
    page.goto(seeded.link("decided", lang=lang, signature="0" * 64))
    expect(page.get_by_test_id("no_permission")).to_be_visible()


def unknown(page, seeded, lang):
    page.goto(f"{seeded.sidecue.url}/sidebar/zendesk/nobody?ticket=1&lang={lang}")
    expect(page.get_by_test_id("unknown")).to_be_visible()


STATES = [
    decided, told, choosing, handing_over, settled, unsure, nothing, empty, corrected, long, thinking, waiting,
    loading, updated, stale, error, refused, signed_out, no_permission, unknown,
]  # fmt: skip


@pytest.mark.parametrize("lang", ["pt-BR", "en"])
@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_state_is_whole_in_every_look(seeded, watched, artefacts, state, lang):
    with watched(reduced_motion="reduce") as seen:
        state(seen.page, seeded, lang)

        assert seen.page.locator("main").inner_text().strip()
        scheme = SCHEMES[lang]
        seen.page.emulate_media(color_scheme=scheme)
        for width, height in WIDTHS.items():
            seen.page.set_viewport_size({"width": width, "height": height})
            picture = f"sidebar-{state.__name__}-{width}-{scheme}-{lang}.png"
            seen.page.screenshot(path=artefacts / picture, full_page=True)

            assert not overflows(seen.page)
        assert not found_by_axe(seen.page)


@pytest.mark.parametrize("state", [told, choosing, unsure, long, settled], ids=lambda state: state.__name__)
def test_state_fits_a_narrow_panel_and_twice_the_text(seeded, watched, artefacts, state):
    with watched(320) as seen:
        state(seen.page, seeded, "pt-BR")
        seen.page.screenshot(path=artefacts / f"sidebar-{state.__name__}-320.png", full_page=True)
        narrow = overflows(seen.page)
        seen.page.evaluate("document.documentElement.style.fontSize = '32px'")
        seen.page.set_viewport_size({"width": 640, "height": 900})
        seen.page.screenshot(path=artefacts / f"sidebar-{state.__name__}-zoom.png", full_page=True)

        assert not narrow
        assert not overflows(seen.page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(seeded, watched, scheme):
    with watched(400, scheme) as seen:
        told(seen.page, seeded, "en")
        ratios = seen.page.evaluate(CONTRASTS)

    assert len(ratios) > 30
    assert not [found for found in ratios if found["ratio"] < 4.5]


def test_manual_is_readable_and_has_nothing_serious(seeded, watched, artefacts):
    for scheme in ("light", "dark"):
        with watched(1280, scheme) as seen:
            seen.page.goto(f"{seeded.sidecue.url}/api/docs")
            seen.page.screenshot(path=artefacts / f"api-docs-{scheme}.png")

            assert not found_by_axe(seen.page)
            assert not [line for line in seen.logged if line.startswith("error")]


def found_by_axe(page):
    """What axe calls serious or critical, with the elements."""
    results = Axe().run(page)
    return [
        (violation["id"], [node["html"][:120] for node in violation["nodes"]])
        for violation in results.response["violations"]
        if violation["impact"] in SERIOUS
    ]


def overflows(page):
    """Elements that stick out of the page at the side."""
    return page.evaluate(
        """() => [...document.querySelectorAll("main *, .news *")].filter((one) => {
            const box = one.getBoundingClientRect();
            return box.width > 1 && !one.closest(".sr, .sprite") && box.right > innerWidth + 1;
        }).map((one) => one.outerHTML.slice(0, 100))"""
    )


CONTRASTS = """() => {
  const channel = (value) => {
    value /= 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  const colour = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const ground = (one) => {
    for (let at = one; at; at = at.parentElement) {
      const found = colour(getComputedStyle(at).backgroundColor);
      if (found.length < 4 || found[3] > 0.99) return found;
    }
    return [255, 255, 255];
  };
  const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  const told = [];
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim();
    const one = walker.currentNode.parentElement;
    if (!text || !one.checkVisibility() || one.closest(".sr, script, template")) continue;
    const [a, b] = [light(colour(getComputedStyle(one).color)), light(ground(one))].sort((x, y) => y - x);
    told.push({ text: text.slice(0, 40), ratio: (a + 0.05) / (b + 0.05) });
  }
  return told;
}"""
