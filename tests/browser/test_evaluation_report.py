"""The reports of an evaluation and of a calibration, looked at: wide and narrow, in both languages, and by axe."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from decide_books import book, votes
from labelled_cases import NOW, ROWS, SUCCESS, SUPPORT, write_rows

from plugin.evaluation.figures import Evaluation
from plugin.evaluation.labelled import Reading
from plugin.evaluation.report import written
from plugin.evaluation.running import Question, run
from plugin.fitting.report import page
from plugin.fitting.told_confidence import Told, with_origin
from rules.evaluation import DEFAULT_COSTS, DEFAULT_PRIOR, Floor, Tally
from rules.fitting.confidence import calibrate
from rules.fitting.evidence import PARTS, Evidence, Pattern
from rules.rulebook import Calibration

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def evaluation(shipped, tmp_path_factory):
    path = write_rows(tmp_path_factory.mktemp("rows") / "rows.jsonl", ROWS)
    question = Question(Reading(), NOW, Tally(dict(DEFAULT_COSTS), 10))
    outcome = run(path, shipped, question, workers=1, advance=lambda _size: None)
    floors = (Floor("en", 0.9), Floor("pt-BR", 0.5))
    return Evaluation(str(path), shipped, NOW, outcome.count, (), DEFAULT_PRIOR, floors)


@pytest.fixture(scope="module")
def told():
    """A calibration fitted to decisions that were less sure than they are right."""
    calibration = Calibration(-3.0, 0.1, 0.1, "guessed")
    rulebook = book(votes("c.sure", support=5), votes("c.unsure", support=3, success=2), calibration=calibration)
    evidence = Evidence()
    for number in range(200):
        name, times = ("c.sure", 10) if number % 2 else ("c.unsure", 3)
        right = SUPPORT if number // 2 % times else SUCCESS
        evidence.counts[Pattern(frozenset({name}), right, "ab"[number % 2], number % PARTS)] += 1
    found = calibrate(evidence, rulebook)
    return Told("rows.jsonl", found, with_origin(found, "rows.jsonl", None), calibration, DEFAULT_PRIOR)


@pytest.mark.parametrize(("locale", "width", "scheme"), [("en", 1280, "light"), ("pt-BR", 390, "dark")])
@pytest.mark.parametrize("kind", ["evaluation", "calibration"])
def test_report_fits_and_axe_finds_nothing(evaluation, told, watched, artefacts, tmp_path, kind, locale, width, scheme):
    path = tmp_path / "report.html"
    content = written(evaluation, locale, texts=True) if kind == "evaluation" else page(told, locale)
    path.write_text(content, "utf-8")
    with watched(width, scheme, 900) as seen:
        seen.page.goto(path.as_uri())
        seen.page.screenshot(path=artefacts / f"{kind}-{width}-{scheme}-{locale}.png", full_page=True)
        sideways = seen.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        violations = Axe().run(seen.page).response["violations"]

    assert sideways <= 0
    assert [(found["id"], [node["html"][:120] for node in found["nodes"][:3]]) for found in violations] == []
    assert seen.asked == [path.as_uri()]
    assert seen.logged == []
