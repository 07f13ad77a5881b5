"""The report of an evaluation, looked at: wide and narrow, light and dark, both languages, and by axe."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from labelled_cases import NOW, ROWS, write_rows

from plugin.evaluation.figures import Evaluation
from plugin.evaluation.labelled import Reading
from plugin.evaluation.report import written
from plugin.evaluation.running import Question, run
from rules.evaluation import DEFAULT_COSTS, DEFAULT_PRIOR, Floor, Tally

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def evaluation(shipped, tmp_path_factory):
    path = write_rows(tmp_path_factory.mktemp("rows") / "rows.jsonl", ROWS)
    question = Question(Reading(), NOW, Tally(dict(DEFAULT_COSTS), 10))
    outcome = run(path, shipped, question, workers=1, advance=lambda _size: None)
    floors = (Floor("en", 0.9), Floor("pt-BR", 0.5))
    return Evaluation(str(path), shipped, NOW, outcome.count, (), DEFAULT_PRIOR, floors)


@pytest.mark.parametrize(("locale", "width", "scheme"), [("en", 1280, "light"), ("pt-BR", 390, "dark")])
def test_report_fits_and_axe_finds_nothing(evaluation, watched, artefacts, tmp_path, locale, width, scheme):
    path = tmp_path / "report.html"
    path.write_text(written(evaluation, locale, texts=True), "utf-8")
    with watched(width, scheme, 900) as seen:
        seen.page.goto(path.as_uri())
        seen.page.screenshot(path=artefacts / f"evaluation-{width}-{scheme}-{locale}.png", full_page=True)
        sideways = seen.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        violations = Axe().run(seen.page).response["violations"]

    assert sideways <= 0
    assert [(found["id"], [node["html"][:120] for node in found["nodes"][:3]]) for found in violations] == []
    assert seen.asked == [path.as_uri()]
    assert seen.logged == []
