"""A Request Tracker 5 of its own, from Debian's packages: own configuration, own database, own folder, loopback.

What the packages brought for the whole machine (`/etc/request-tracker5`, its database, its caches) is not touched.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

CONNECTOR = Path(__file__).parents[2] / "connectors" / "request_tracker"
PREPARE = Path(__file__).parents[1] / "helpdesk" / "request_tracker" / "prepare.pl"
SERVER = Path("/usr/share/request-tracker5/libexec/rt-server")
SETUP = Path("/usr/sbin/rt-setup-database-5")
PACKAGES = "request-tracker5 rt5-db-sqlite rt5-standalone"
PANEL = Path("html/Callbacks/Sidecue/Ticket/Elements/ShowSummary/RightColumnTop")
WORKERS = ("--max-workers", "1", "--max-reqs-per-child", "10000")
START_SECONDS = 60
CONFIGURATION = """
Set($rtname, 'rt.example');
Set($Organization, 'rt.example');
Set($WebDomain, '127.0.0.1');
Set($WebPort, {port});
Set($WebBaseURL, 'http://127.0.0.1:{port}');
Set($WebPath, '');
Set($Timezone, 'America/Sao_Paulo');
Set(@LexiconLanguages, 'en', 'pt_BR');
Set($BcryptCost, 10);
Set($DatabaseType, 'SQLite');
Set($DatabaseName, '{folder}/rt.db');
Set($MailCommand, sub {{ 1 }});
Set($LogToSyslog, undef);
Set($LogToSTDERR, 'error');
$RT::VarPath = $RT::LocalPath = '{folder}';
$RT::MasonDataDir = '{folder}/mason';
$RT::MasonSessionDir = '{folder}/sessions';
$RT::MasonLocalComponentRoot = '{folder}/html';
1;
"""


def missing() -> str | None:
    """Return why there can be no Request Tracker here, or None."""
    tried = ["perl", "-MDBD::SQLite", "-MStarlet", "-e", "1"]
    if SERVER.exists() and SETUP.exists() and not subprocess.run(tried, capture_output=True, check=False).returncode:
        return None
    return f"Request Tracker 5 is not installed: apt-get install --no-install-recommends {PACKAGES}"


@dataclass
class RequestTracker:
    """One installation in a folder; `prepared` is what prepare.pl printed."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None
    prepared: Any = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        return (self.folder / "server.log").read_text("utf-8", errors="replace")

    def environment(self) -> dict[str, str]:
        # A folder that is not there: no file of the machine's own configuration is read.
        own = {"RT_SITE_CONFIG": str(self.folder / "site.pm"), "RT_SITE_CONFIG_DIR": str(self.folder / "none")}
        return os.environ | own

    def prepare(self, rights: tuple[str, ...]) -> None:
        """Make the database, the people and what they may."""
        for each in ("mason", "sessions"):
            (self.folder / each).mkdir()
        (self.folder / "site.pm").write_text(CONFIGURATION.format(port=self.port, folder=self.folder), "utf-8")
        self._run(SETUP, "--action", "init", "--skip-create")
        self.prepared = json.loads(self._run("perl", PREPARE, *rights))

    def _run(self, *command: str | Path) -> str:
        done = subprocess.run(command, env=self.environment(), capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self) -> None:
        """Start the server and wait until it answers."""
        with (self.folder / "server.log").open("wb") as log:
            self.process = subprocess.Popen(
                # one worker, for good: each puts RT's scripts and styles together anew
                [SERVER, "--host", "127.0.0.1", "--port", str(self.port), *WORKERS],
                env=self.environment(),
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            assert self.process.poll() is None, self.log
            try:
                if requests.get(f"{self.url}/NoAuth/Login.html", timeout=START_SECONDS).ok:
                    return
            except requests.ConnectionError:
                time.sleep(0.1)
        raise AssertionError(f"Request Tracker was not ready:\n{self.log}")

    def stop(self) -> None:
        """Stop it by SIGTERM; on SIGINT, as root, it would hand the machine's own folder to the web server's user."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=15)

    def sign_in(self, name: str, password: str) -> tuple[str, str]:
        """Return the name and value of the cookie that RT gives to somebody who signs in."""
        given = {"user": name, "pass": password}
        answer = requests.post(f"{self.url}/NoAuth/Login.html", data=given, allow_redirects=False, timeout=60)
        assert f'"Name":"{name}"' in answer.text or answer.is_redirect, answer.text
        return next(iter(answer.cookies.items()))

    def add_scrip(self, code: str, queue: str | None = None) -> None:
        """Add a scrip, for all queues or for one, by the form and with the choices that doc.md names."""
        cookies = dict([self.sign_in("root", "password")])
        headers = {"Referer": f"{self.url}/Admin/"}
        where = {"Queue": str(self.prepared["queues"][queue])} if queue else {"Global": "1"}
        address = f"{self.url}/Admin/Scrips/Create.html"
        form = requests.get(address, params=where, cookies=cookies, headers=headers, timeout=60).text
        asked = {
            "ScripCondition": "On Transaction",
            "ScripAction": "User Defined",
            "Template": "Blank",
            "Stage": "Normal",
        }
        chosen = {name: _option(form, name, label) for name, label in asked.items()}
        texts = {"Description": "Sidecue", "CustomPrepareCode": "1;", "CustomCommitCode": code.replace("\n", "\r\n")}
        given = {"Queue": "", "Global": "", "SetEnabled": "1", "Enabled": "1", "Create": "Create"} | where
        answer = requests.post(address, data=given | chosen | texts, cookies=cookies, headers=headers, timeout=60)
        assert "Scrip Created" in answer.text, answer.text

    def call(self, method: str, path: str, body: Any = None, *, who: str = "ana", **query: str) -> Any:
        """Call REST2 in somebody's name and return what it answers; fail when it is no 2xx."""
        answer = requests.request(
            method,
            f"{self.url}/REST/2.0{path}",
            json=body,
            params=query,
            headers={"Authorization": f"token {self.prepared['users'][who]['token']}"},
            timeout=30,
        )
        assert answer.ok, f"{answer.status_code} {answer.text}\n{self.log}"
        return answer.json()

    def mail(self, message: bytes) -> None:
        """Hand in a mail as rt-mailgate does."""
        form = {"action": "correspond", "queue": "Atendimento"}
        files = {"message": (None, message)}
        answer = requests.post(f"{self.url}/REST/1.0/NoAuth/mail-gateway", data=form, files=files, timeout=30)
        assert answer.text.startswith("ok"), answer.text

    def comments(self, ticket: int | str) -> list[dict[str, str]]:
        """Return a ticket's comments through REST2, oldest first: who wrote and what."""
        found = []
        for row in self.call("GET", f"/ticket/{ticket}/history", fields="Type,Creator", per_page="100")["items"]:
            if row["Type"] == "Comment":
                parts = self.call("GET", f"/transaction/{row['id']}/attachments", fields="Content")["items"]
                found.append({"by": row["Creator"]["id"], "text": "".join(part["Content"] for part in parts)})
        return found


def scrip(address: str, secret: str) -> str:
    """Return the scrip as an admin would paste it: the shipped text with the two values of the first lines."""
    return _filled(
        (CONNECTOR / "scrip.pl").read_text("utf-8"),
        {"https://sidecue.example.org/webhooks/request_tracker/acme": address, "SECRET": secret},
    )


def panel(url: str, tenant: str, sidebar_key: str) -> str:
    """Return the panel's file likewise."""
    return _filled(
        (CONNECTOR / "panel.html").read_text("utf-8"),
        {"https://sidecue.example.org": url, "acme": tenant, "SIDEBAR_KEY": sidebar_key},
    )


def _option(form: str, name: str, label: str) -> str:
    """Return the value of the option that a form shows under this label."""
    select = re.search(rf'<select[^>]*name="{name}".*?</select>', form, re.DOTALL)
    assert select is not None, form
    found = re.search(rf'<option value="([^"]*)"[^>]*>\s*{re.escape(label)}\s*</option>', select[0])
    assert found is not None, select[0]
    return found[1]


def _filled(text: str, values: dict[str, str]) -> str:
    for shown, own in values.items():
        text, times = re.subn(rf"= '{re.escape(shown)}';", f"= '{own}';", text)
        assert times == 1, shown
    return text
