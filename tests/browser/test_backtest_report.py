"""The report of a backtest, looked at: wide and narrow, light and dark, both languages, on paper, and by axe."""

from __future__ import annotations

from dataclasses import replace

import pytest
from axe_playwright_python.sync_playwright import Axe

from plugin.backtest.books import FILES, NamedBook
from plugin.backtest.report import written
from plugin.bench import past
from rules.backtest import compare, judge, parse_budget
from rules.loader import load
from rules.rulebook import Function, Status

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def compared():
    """A rulebook in which a vote is weaker, a guardrail is gone, a task is due later and a rule is in shadow."""
    before = load()
    fault = before.rules["support.fault"]
    fix = before.actions["support.fix_fault"]
    rules = {name: rule for name, rule in before.rules.items() if name != "guardrails.no_selling_detractor"}
    rules |= {
        fault.id: replace(fault, then=replace(fault.then, votes={Function.SUPPORT: 2})),
        "voice_of_customer.advise_thanks": replace(
            before.rules["voice_of_customer.advise_thanks"], status=Status.EXPERIMENTAL
        ),
    }
    actions = {**before.actions, fix.id: replace(fix, due_in_hours=30.0)}
    after = replace(before, digest="0" * 64, rules=rules, actions=actions)
    return compare(before, after, past.cases(60, before.signals, seed=5))


@pytest.fixture(scope="module")
def report(compared, tmp_path_factory):
    """Return a function that writes the report in one language, and gives its address."""
    folder = tmp_path_factory.mktemp("report")
    books = (NamedBook(FILES, compared.before), NamedBook(FILES, compared.after))
    verdicts = [judge(compared, parse_budget(text)) for text in ("changed=2%", "guardrail.caught=0")]

    def write(locale):
        path = folder / f"{locale}.html"
        path.write_text(written(compared, *books, verdicts, locale), "utf-8")
        return path.as_uri()

    return write


@pytest.mark.parametrize(
    ("locale", "width", "scheme"),
    [("pt-BR", 1280, "light"), ("en", 1280, "dark"), ("en", 390, "light"), ("pt-BR", 390, "dark")],
)
def test_report_fits_and_axe_finds_nothing(report, watched, artefacts, locale, width, scheme):
    address = report(locale)
    with watched(width, scheme, 900) as seen:
        seen.page.goto(address)
        seen.page.screenshot(path=artefacts / f"backtest-{width}-{scheme}-{locale}.png")
        sideways = seen.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        violations = Axe().run(seen.page).response["violations"]

    assert sideways <= 0
    assert [(found["id"], [node["html"][:120] for node in found["nodes"][:3]]) for found in violations] == []
    assert seen.asked == [address]
    assert seen.logged == []


def test_report_shows_figures_and_reasons(report, compared, watched):
    with watched(1280) as seen:
        page = seen.page
        page.goto(report("en"))
        first = page.locator("article").first
        tickets = page.locator("article h3").all_inner_texts()
        listed = [text.split()[1] for text in tickets]
        budgets = page.locator("#t-budgets tbody tr").all_inner_texts()

        assert page.locator(".tiles strong").first.inner_text() == str(compared.changed)
        assert listed == [difference.ticket for difference in compared.differences]
        assert "Why" in first.inner_text()
        assert "over budget" in budgets[0]
        assert "kept" in budgets[1]
        assert page.locator("tr", has_text="guardrails.no_selling_detractor").first.is_visible()


def test_report_says_numbers_and_days_as_each_language_does(report, watched):
    with watched(1280) as seen:
        seen.page.goto(report("pt-BR"))
        portuguese = seen.page.inner_text("main")
        seen.page.goto(report("en"))
        english = seen.page.inner_text("main")

    assert "5 de jan. de 2026, 08:00 UTC" in portuguese
    assert "94% de certeza" in portuguese
    assert "94% sure" in english
    assert "tickets of the past" in english


def test_report_prints(report, watched, artefacts):
    with watched(1280) as seen:
        seen.page.goto(report("pt-BR"))
        seen.page.emulate_media(media="print")
        paper = seen.page.evaluate("getComputedStyle(document.body).backgroundColor")
        seen.page.pdf(path=artefacts / "backtest.pdf")

    assert paper in {"rgb(255, 255, 255)", "rgba(0, 0, 0, 0)"}
    assert (artefacts / "backtest.pdf").read_bytes().startswith(b"%PDF")
