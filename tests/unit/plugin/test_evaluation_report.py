"""The report of an evaluation as text: what is said, in which language, and what is never said."""

import re
from collections import Counter
from pathlib import Path

import pytest
from decide_books import book, said, votes
from labelled_cases import ACCOUNTS, NOW, SUCCESS, SUPPORT, judged

from plugin import reports
from plugin.evaluation import report, summary
from plugin.evaluation.figures import Evaluation
from plugin.evaluation.running import Refused
from plugin.evaluation.words import WORDS
from plugin.reports.reliability import points
from rules.evaluation import DEFAULT_COSTS, DEFAULT_PRIOR, Floor, Reliability, Tally
from rules.text import LOCALES, Text

BOOK = book(
    votes("s.fault", said("fault"), support=4),
    votes("s.leave", said("leave"), success=5),
    votes("s.helps", said("vip"), collaborate=("account_management",)),
    votes("s.never", said("nothing"), support=1),
)


def evaluation(*cases, **more):
    tally = Tally(DEFAULT_COSTS, 10)
    for case in cases:
        tally.take(case, BOOK)
    return Evaluation("/home/somebody/rows.jsonl", BOOK, NOW, tally, **{"refused": (), "prior": DEFAULT_PRIOR, **more})


CASES = [
    *(judged(SUPPORT, SUPPORT, fired=["s.fault"], line=n, slices=(("language", "en"),)) for n in range(1, 9)),
    judged(SUCCESS, SUCCESS, fired=["s.leave"], line=9, slices=(("language", "pt-BR"),)),
    judged(SUCCESS, SUPPORT, fired=["s.fault", "s.helps"], line=10, slices=(("language", "pt-BR"),), signals=["fault"]),
    judged(ACCOUNTS, ACCOUNTS, line=11, slices=(("language", "en"),), confidence=0.55),
]


def cells(html, name):
    found = re.search(rf"<tr><th scope=\"row\">{re.escape(name)}.*?</tr>", html, re.DOTALL)
    assert found is not None, name
    texts = re.findall(r"<td class=\"figure[^\"]*\" data-label=\"[^\"]*\">(.*?)</td>", found[0], re.DOTALL)
    return [re.sub(r"<[^>]+>", "", text).strip() for text in texts]


def test_tables_hold_the_figures():
    html = report.written(evaluation(*CASES), "en", texts=False)

    assert cells(html, "Support")[:2] == ["8", "88.9%"]
    assert cells(html, "language: pt-BR") == ["2", "50.0%", "0.333"]
    assert cells(html, "title of s.fault (en)") == ["9", "8", "88.9%", "1", "Support"]
    assert cells(html, "title of s.helps (en)") == ["1", "0", "—", "0", "none"]
    assert cells(html, "50% – 60%") == ["1", "55.0%", "100.0%"]  # noqa: RUF001 - a dash between numbers
    assert "title of s.never (en)" in html


def test_an_error_is_told_with_what_it_rests_on_and_texts_only_when_asked_for():
    quiet, loud = (report.written(evaluation(*CASES), "en", texts=texts) for texts in (False, True))

    assert "Line 10, ticket t10: was Success, went to Support (cost 5, 70.0% sure)" in quiet
    assert "title of s.fault (en) (Support +4)" in quiet
    assert "words" not in quiet.split("</style>")[1]
    assert "<blockquote>words</blockquote>" in loud


def test_where_the_file_lies_is_not_told():
    assert "somebody" not in report.written(evaluation(*CASES), "en", texts=True)


def test_both_languages_say_everything():
    english, portuguese = (report.written(evaluation(*CASES), locale, texts=False) for locale in ("en", "pt-BR"))

    assert "era Sucesso, foi a Atendimento" in portuguese
    assert "50,0%" in portuguese
    assert "(en)" not in portuguese
    assert "(pt)" not in english


def test_floors_and_refused_rows_are_told():
    refused = (Refused(4, "x", Text("não serve", "does not do")),)
    html = report.written(
        evaluation(*CASES, floors=(Floor("en", 0.5), Floor("es", 0.1)), refused=refused), "en", texts=False
    )

    assert "✓ Macro-F1 of en: 1.000, at least 0.500 — kept" in html
    assert "✗ Macro-F1 of es: no ticket, at least 0.100 — not reached" in html
    assert "could not be evaluated and were left out: 1." in html


def test_a_file_without_a_usable_row_says_so():
    html = report.written(evaluation(), "en", texts=False)

    assert "No row could be evaluated" in html
    assert "<table" not in html


def test_a_name_that_looks_like_markup_is_only_a_name():
    odd = judged(SUCCESS, SUPPORT, slices=(("source", "<img src=x>"),), line=1)
    html = report.written(evaluation(odd, *CASES), "en", texts=True)

    assert "<img" not in html
    assert "&lt;img" in html


@pytest.mark.parametrize("locale", LOCALES)
def test_the_summary_tells_what_the_report_tells(locale):
    lines = list(summary.lines(evaluation(*CASES), locale, texts=False))

    assert any("s.fault" in line and line.split()[1:3] == ["9", "8"] for line in lines)
    assert not [line for line in lines if re.search(r"\{[a-z_]+\}", line)]


def test_every_word_is_used():
    folders = [Path(report.__file__).parent, Path(reports.__file__).parent]
    source = "".join(
        path.read_text("utf-8")
        for folder in folders
        for kind in ("*.py", "templates/*.html")
        for path in folder.glob(kind)
    )
    commands = folders[0].parent / "cli" / "rules"
    source += "".join((commands / name).read_text("utf-8") for name in ("evaluating.py", "labelled.py"))
    for key in WORDS:
        source = source.replace(f'"{key}": Text', "")
    unused = [key for key in WORDS if not re.search(rf"[\"']{re.escape(key)}[\"']", source)]

    assert [key for key in unused if not key.startswith("by.")] == []


def test_points_stand_where_their_stretch_says():
    low, high = points(Reliability.of([(0.42, False, 1), *[(0.95, True, 1)] * 4]))

    assert (low.x, low.y, high.x, high.y) == (42.0, 100.0, 95.0, 0.0)
    assert high.radius == 2 * low.radius
    assert Counter(point.stretch.decisions for point in (low, high)) == {1: 1, 4: 1}
