"""`sidecue demo` as somebody who has just cloned the project sees it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("demo")]

SIDECUE = Path(sys.executable).with_name("sidecue")


@pytest.fixture(scope="module")
def demo(tmp_path_factory, spare_port):
    """A running demo in a folder of its own, faster than life."""
    port, home = spare_port(), tmp_path_factory.mktemp("demo")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SIDECUE_")}
    log = home / "demo.log"
    with log.open("wb") as told:
        process = subprocess.Popen(
            [SIDECUE, "demo", "--port", str(port), "--speed", "6"],
            env=environment | {"HOME": str(home), "TMPDIR": str(home)},
            stdout=told,
            stderr=told,
            start_new_session=True,
        )
    deadline = time.monotonic() + 60
    while "/demo" not in log.read_text("utf-8"):
        assert process.poll() is None, log.read_text("utf-8")
        assert time.monotonic() < deadline, log.read_text("utf-8")
        time.sleep(0.1)
    yield f"http://127.0.0.1:{port}", log
    process.send_signal(signal.SIGINT)
    process.wait(timeout=20)
    assert not list(home.glob("sidecue-demo-*")), "the temporary home was left behind"


def test_demo_prints_its_address_and_fills_by_itself(demo, watched, artefacts):
    address, log = demo
    with watched(1280, height=800) as seen:
        page = seen.page
        page.goto(f"{address}/demo?lang=pt-BR")
        expect(page.get_by_test_id("inbox").get_by_role("button").nth(3)).to_be_visible()
        panel = page.frame_locator("iframe[title=Sidecue]")
        expect(panel.get_by_test_id("function")).to_be_visible()
        expect(page.get_by_test_id("happened")).to_contain_text("decidido em")
        page.screenshot(path=artefacts / "demo-1280.png")

        assert f"{address}/demo" in log.read_text("utf-8")
        assert all(url.startswith((address, "data:")) for url in seen.asked)
        assert not [line for line in seen.logged if line.startswith("error")]


def test_accepted_recommendation_leaves_its_note_in_the_conversation(demo, watched, artefacts):
    with watched(1280, height=800) as seen:
        page = seen.page
        page.goto(f"{demo[0]}/demo?lang=pt-BR")
        ticket = page.get_by_test_id("inbox").get_by_role("button", name="Cancelamento do contrato").first
        number = re.search(r"#(\d+)", ticket.inner_text()).group(1)
        ticket.click()
        # The frame still shows the ticket before this one until its own page has come.
        expect(page.locator("iframe[title=Sidecue]")).to_have_attribute("src", re.compile(rf"ticket={number}\b"))
        panel = page.frame_locator(f"iframe[title=Sidecue][src*='ticket={number}']")
        page.wait_for_function(
            "number => document.querySelector('iframe[title=Sidecue]').contentWindow.location.search.includes(number)",
            arg=f"ticket={number}",
        )
        panel.get_by_test_id("accept").first.click()
        expect(panel.get_by_test_id("undo").first).to_be_visible()
        expect(page.get_by_test_id("conversation").locator(".note")).to_contain_text("Joana aceitou a recomendação")
        page.screenshot(path=artefacts / "demo-accepted.png")

        expect(page.get_by_test_id("conversation").locator(".note")).to_have_count(1)


@pytest.mark.parametrize("look", [(1280, "dark", "en"), (360, "light", "pt-BR"), (360, "dark", "en")], ids=str)
def test_demo_looks_whole_and_axe_finds_nothing_serious(demo, watched, artefacts, look):
    width, scheme, lang = look
    with watched(width, scheme, height=800) as seen:
        page = seen.page
        page.goto(f"{demo[0]}/demo?lang={lang}")
        expect(page.frame_locator("iframe[title=Sidecue]").get_by_test_id("function")).to_be_visible()
        page.screenshot(path=artefacts / f"demo-{width}-{scheme}-{lang}.png", full_page=True)
        found = [
            (violation["id"], [node["html"][:100] for node in violation["nodes"]])
            for violation in Axe().run(page).response["violations"]
            if violation["impact"] in {"serious", "critical"}
        ]

        assert not found
        assert page.evaluate("document.documentElement.scrollWidth") <= width
