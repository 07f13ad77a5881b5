"""A real Roundup in an environment of its own, and what people do with it: by mail, by REST, on the command line.

Installed as connectors/roundup/doc.md says, word for word: its settings, its line of the page, its commands.
"""

import json
import os
import quopri
import re
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import requests

REPOSITORY = Path(__file__).parents[2]
BIN = REPOSITORY / ".venv-roundup" / "bin"
INSTALLED = BIN.with_name(".installed")
WHY_NOT = BIN.with_name("why-not")
FOLDER = REPOSITORY / "connectors" / "roundup"
CUSTOMER, AGENT = ("joana", "joana-de-teste"), ("ana", "ana-de-teste")
MAILBOX = "atendimento@desk.example"
CONFIG = """
[main]
admin_email = admin@desk.example
# quick to check: nothing here is worth guessing
password_pbkdf2_default_rounds = 1000
[tracker]
name = Atendimento
web = {url}/
email = {mailbox}
[web]
secret_key = only-for-this-test-and-long-enough-for-it
[rdbms]
backend = sqlite
[mail]
domain = desk.example
host = 127.0.0.1
debug = mail.txt
[logging]
filename = roundup.log
level = INFO
"""
PEOPLE = """
create user username=joana password=joana-de-teste roles=User address=joana@padaria.example realname=Joana
create user username=ana password=ana-de-teste roles=User address=ana@desk.example realname=Ana
create keyword name=vip
{as_documented}
commit
"""


def why_not() -> str | None:
    """Return why there is no Roundup to test with, or None when there is one."""
    if INSTALLED.exists():
        return None
    said = WHY_NOT.read_text("utf-8").strip().splitlines() if WHY_NOT.exists() else []
    return f"Roundup is not installed: {said[-1] if said else '`make test` does it'}"


@dataclass
class Tracker:
    """A tracker in a folder of its own, which its server answers for on loopback."""

    home: Path
    held: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0), backlog=0))
    """Keeps the port until the server takes it: its address has to stand in many places before."""
    server: subprocess.Popen[bytes] | None = None
    secrets: tuple[str, ...] = ()
    """What was told to the detector and belongs into no log."""

    def __post_init__(self) -> None:
        self.port = self.held.getsockname()[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/desk"

    @property
    def mailed(self) -> str:
        """All that was mailed to anybody so far, as they read it: Roundup writes it into a file instead."""
        file = self.home / "mail.txt"
        return quopri.decodestring(file.read_bytes()).decode("utf-8") if file.exists() else ""

    @property
    def log(self) -> str:
        return (self.home / "roundup.log").read_text("utf-8")

    def admin(self, *arguments: str, commands: str = "") -> str:
        return self._run([BIN / "roundup-admin", "-i", self.home, *arguments], commands)

    def install(self, sidecue_url: str, tenant: dict[str, str], token: str) -> None:
        """Make the tracker, and do what the document tells an admin to do."""
        self.secrets = (tenant["secret"], tenant["sidebar_key"], token.partition(":")[2])
        self.admin("install", "classic", "sqlite")
        (self.home / "config.ini").write_text(CONFIG.format(url=self.url, mailbox=MAILBOX), "utf-8")
        document = (FOLDER / "doc.md").read_text("utf-8")
        for file in re.findall(r"^   - `(\w+/\w+\.\w+)`$", document, re.MULTILINE):
            shutil.copy(FOLDER / "tracker" / file, self.home / file)
        section = re.search(r"^ +\[sidecue\]\n(?: +\S.*\n)+", document, re.MULTILINE)[0]
        told = {"https://sidecue.example.org": sidecue_url, "acme": tenant["tenant"], "SECRET": tenant["secret"]}
        told |= {"SIDEBAR_KEY": tenant["sidebar_key"], "timeout = 2": "timeout = 0.5"}
        for sample, value in told.items():
            section = section.replace(sample, value, 1)
        with (self.home / "detectors" / "config.ini").open("a", encoding="utf-8") as settings:
            settings.write("\n" + re.sub(r"^ +", "", section, flags=re.MULTILINE))
        panel = re.search(r"^ +(<tal.*/>)$", document, re.MULTILINE)[1]
        self._edit("html/issue.item.html", '<table class="files"', panel)
        self._edit(
            "schema.py", '                assignedto=Link("user"),', f"                {self._property(document)},"
        )
        unsaid = re.search(r"`(issue\.properties[^`]+)` at the end of `schema.py`", document)[1]
        with (self.home / "schema.py").open("a", encoding="utf-8") as schema:
            schema.write(f"{unsaid}\n")
        self.admin("initialise", "admin-de-teste")
        commands = re.findall(r"^ +roundup-admin -i TRACKER (.+)$", document, re.MULTILINE)
        documented = "\n".join(commands).replace("PASSWORD", token.partition(":")[2])
        self.admin(commands=PEOPLE.format(as_documented=documented))

    def start(self) -> None:
        user = ["-u", "root"] if os.getuid() == 0 else []  # it refuses root unless it is told so
        listen = ["-n", "127.0.0.1", "-p", str(self.port)]
        self.held.close()
        with (self.home / "server.log").open("ab") as log:
            self.server = subprocess.Popen(
                [BIN / "roundup-server", *user, *listen, f"desk={self.home}"], stdout=log, stderr=log
            )
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                with urlopen(f"{self.url}/", timeout=5):  # noqa: S310 - our own http address
                    return
            except (URLError, OSError):
                time.sleep(0.05)
        raise AssertionError((self.home / "server.log").read_text("utf-8"))

    def stop(self) -> None:
        self.held.close()
        if self.server is not None:
            self.server.terminate()
            self.server.wait(timeout=10)

    def send(self, subject: str, words: str, sender: str = "Joana <joana@padaria.example>") -> None:
        """Have the mail gateway take in a mail."""
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = sender, MAILBOX, subject
        mail["Message-ID"] = f"<{time.monotonic_ns()}@padaria.example>"
        mail.set_content(words)
        self._run([BIN / "roundup-mailgw", self.home], mail.as_bytes())

    def rest(self, method: str, path: str, who: tuple[str, str] | None, body: object = None) -> requests.Response:
        """Ask Roundup's API, again where a change met another one: Sidecue writes to the same issues."""
        item = path if path.count("/") == 1 else path.rpartition("/")[0]
        for _ in range(20):
            headers = {"X-Requested-With": "test", "Origin": f"http://127.0.0.1:{self.port}"}
            if method in {"PUT", "PATCH", "DELETE"}:
                read = requests.get(f"{self.url}/rest/data/{item}", auth=who, headers=headers, timeout=30)
                headers["If-Match"] = read.json()["data"]["@etag"]
            address = f"{self.url}/rest/data/{path}"
            answer = requests.request(method, address, json=body, auth=who, headers=headers, timeout=30)
            if answer.status_code != 412:
                break
        return answer

    def open(self, title: str, words: str, **more: object) -> str:
        """Have Joana open an issue by REST, and return its number."""
        body = {"title": title, "priority": "bug", "messages": [self.message(CUSTOMER, words)], **more}
        return self._made(self.rest("POST", "issue", CUSTOMER, body))

    def say(self, issue: str, who: tuple[str, str], words: str) -> None:
        """Have somebody write a message on an issue."""
        body = {"@op": "add", "messages": [self.message(who, words)]}
        answer = self.rest("PATCH", f"issue/{issue}", who, body)
        assert answer.status_code == 200, answer.text

    def message(self, who: tuple[str, str], words: str) -> str:
        author = {CUSTOMER: "3", AGENT: "4"}[who]
        return self._made(self.rest("POST", "msg", who, {"author": author, "content": words}))

    def issue(self, number: str) -> dict:
        return self.rest("GET", f"issue/{number}?@verbose=2", AGENT).json()["data"]["attributes"]

    def notes(self, issue: str, who: tuple[str, str] | None = AGENT) -> list[str]:
        """Return the texts of an issue's notes, as this person sees them by REST."""
        answer = self.rest("GET", f"sidecue_note?issue={issue}&@fields=text", who)
        assert answer.status_code == 200, answer.text
        return [each["text"] for each in answer.json()["data"]["collection"]]

    @staticmethod
    def _made(answer: requests.Response) -> str:
        assert answer.status_code == 201, answer.text
        return answer.json()["data"]["id"]

    @staticmethod
    def _property(document: str) -> str:
        return re.search(r"such as `(area=String[^`]+)`", document)[1]

    def _edit(self, file: str, before: str, line: str) -> None:
        path = self.home / file
        text = path.read_text("utf-8")
        assert before in text
        path.write_text(text.replace(before, f"{line}\n{before}", 1), "utf-8")

    @staticmethod
    def _run(command: list, given: str | bytes) -> str:
        sent = given.encode() if isinstance(given, str) else given
        done = subprocess.run(command, input=sent, capture_output=True, timeout=60, check=False)
        said = (done.stdout + done.stderr).decode("utf-8", "replace")
        assert done.returncode == 0, said
        assert "Error" not in said, said
        return json.dumps(said)
