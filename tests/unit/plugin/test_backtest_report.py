"""The report and the summary as text: what is said, in which language, and what is never said."""

import re

import pytest
from backtest_cases import cases, rulebook
from decide_books import recommends, said, votes

from plugin.backtest import report, summary
from plugin.backtest.books import FILES, NamedBook
from plugin.backtest.words import WORDS
from rules.backtest import MEASURES, Aspect, Because, compare, judge, parse_budget
from rules.conditions import All, Op, Test
from rules.text import LOCALES

BEFORE = rulebook()
AFTER = rulebook(
    "after",
    r_grow=recommends("r.grow", "a.grow", All((said("price"), Test("customer.seats", Op.AT_LEAST, 15)))),
    c_price=votes("c.price", said("price"), account_management=5),
)


@pytest.fixture(scope="module")
def compared():
    return compare(BEFORE, AFTER, cases())


def page(comparison, locale="en", budgets=()):
    books = (NamedBook(FILES, comparison.before), NamedBook(FILES, comparison.after))
    return report.written(comparison, *books, [judge(comparison, parse_budget(text)) for text in budgets], locale)


def row(html, name):
    """The cells of the table row with this name, as text."""
    head = rf"<tr><th scope=\"row\">[^<]*<span class=\"quiet\">{re.escape(name)}</span>"
    found = re.search(rf"{head}.*?</tr>", html, re.DOTALL)
    assert found is not None, name
    cells = re.findall(r"<td class=\"figure\".*?</td>", found[0], re.DOTALL)
    return [re.sub(r"<[^>]+>", "", cell).strip() for cell in cells]


def test_tables_hold_the_figures_of_the_comparison(compared):
    html = page(compared)

    assert row(html, "r.grow") == ["15", "6", "5", "2", "−9"]  # noqa: RUF001 - a minus sign
    assert row(html, "a.grow") == ["5", "2", "0", "3", "0"]
    assert row(html, "g.no_sale") == ["10", "4", "0", "0"]
    assert "24 of 56 tickets (42.86%)" in html


def test_a_changed_ticket_says_before_after_and_why(compared):
    html = page(compared)
    article = re.search(r"<article>\s*<h3>Ticket price-12 .*?</article>", html, re.DOTALL)[0]
    text = " ".join(re.sub(r"<[^>]+>", " ", article).split())

    assert "Mar 10, 2026, 12:00 PM UTC" in text
    assert "− do a.grow (en)" in text  # noqa: RUF001 - a minus sign
    assert "the rule “title of r.grow (en)” fires no more: Seats 12 (the rule asks for at least 15)" in text
    assert "the rule “title of c.price (en)” fires and says something else" in text


def test_both_languages_say_everything(compared):
    english, portuguese = page(compared, "en"), page(compared, "pt-BR")

    assert "a regra “title of r.grow (pt)” deixa de disparar" in portuguese
    assert "24 de 56 chamados (42,86%)" in portuguese
    assert "(pt)" not in english
    assert "(en)" not in portuguese


def test_every_word_exists_for_every_aspect_cause_and_measure():
    keys = {f"aspect.{aspect}" for aspect in Aspect} | {f"because.{one}" for one in Because}

    assert keys <= set(WORDS)
    assert {name for name in MEASURES if "." in name} <= {key.removeprefix("measure.") for key in WORDS}


def test_every_word_is_used():
    folder = report._FOLDER
    source = "".join(path.read_text("utf-8") for path in [*folder.glob("*.py"), *folder.glob("templates/*.html")])
    source += (folder.parent / "cli" / "rules" / "backtesting.py").read_text("utf-8")
    for key in WORDS:
        source = source.replace(f'"{key}": Text', "")
    unused = [key for key in WORDS if not re.search(rf"[\"']{re.escape(key)}[\"']", source)]

    assert [key for key in unused if not key.startswith(("aspect.", "because."))] == []


def test_a_name_that_looks_like_markup_is_only_a_name():
    odd = '<img src="x" onerror="alert(1)">'
    found = compare(BEFORE, AFTER, [type(case)(f"{odd}{case.ticket}", case.facts) for case in cases()])
    html = page(found)

    assert "<img" not in html
    assert "&lt;img" in html


def test_a_long_list_ends_where_it_says(compared, monkeypatch):
    monkeypatch.setattr(report, "MOST_LISTED", 5)
    html = page(compared)

    assert html.count("<article>") == 5
    assert "19 more tickets change" in html


def test_an_empty_history_says_so():
    html = page(compare(BEFORE, AFTER, []), budgets=["changed=0"])

    assert "There are no decisions in this history" in html
    assert "<table" not in html


@pytest.mark.parametrize("locale", LOCALES)
def test_the_summary_tells_what_the_report_tells(compared, locale):
    books = (NamedBook(FILES, BEFORE), NamedBook(FILES, AFTER))
    verdicts = [judge(compared, parse_budget("removed=2"))]
    lines = list(summary.lines(compared, *books, verdicts, locale))

    assert any("24" in line and "56" in line for line in lines)
    assert "  r.grow: 15 → 6" in lines
    assert lines[-1].startswith("removed=2: 3 — ")
