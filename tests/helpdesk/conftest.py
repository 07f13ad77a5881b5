"""A real django-helpdesk in an environment of its own, wired to a real Sidecue as its document says."""

from __future__ import annotations

import json
import os
import subprocess
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import pytest
import requests

REPOSITORY = Path(__file__).parents[2]
DESK = Path(__file__).parent / "desk"
DESK_PYTHON = REPOSITORY / ".venv-helpdesk" / "bin" / "python"

AGENT, PASSWORD = "ana", "uma-senha-de-teste"
MAKE_AGENT_AND_QUEUE = """
from django.contrib.auth.models import User
from helpdesk.models import CustomField, Queue
User.objects.create_superuser({agent!r}, "ana@desk.example", {password!r})
Queue.objects.create(
    title="Atendimento", slug="atendimento", email_address="atendimento@desk.example", allow_public_submission=True,
    allow_email_submission=True, email_box_type="local", email_box_local_dir={mail!r}, email_box_interval=0,
)
Queue.objects.create(title="Sucesso", slug="sucesso")
CustomField.objects.create(name="sidecue_team", label="Time", data_type="varchar", max_length=40, staff_only=True)
CustomField.objects.create(name="plano", label="Plano", data_type="list", list_values="Pro\\nTeam")
"""


@dataclass(frozen=True)
class Desk:
    """A running django-helpdesk and the Sidecue that it is connected to."""

    url: str
    sidecue: Any
    tenant: dict[str, Any]
    manage: Callable[..., str]
    mail: Path
    """The queue's mailbox: what is put here has been sent to the helpdesk; `manage("get_email")` reads it."""
    key: str = field(repr=False)
    """What the app in its ticket page signs with."""
    agent: str = AGENT
    password: str = PASSWORD

    def api(self, method: str, path: str, **request: Any) -> Any:
        """Ask the helpdesk's own API, as somebody else than Sidecue would, and return the JSON of its answer."""
        answer = requests.request(
            method, f"{self.url}/helpdesk/api/{path}", auth=(AGENT, PASSWORD), timeout=20, **request
        )
        assert answer.ok, f"{answer.status_code} {answer.text[:500]}"
        return answer.json()


def sidebar_key(sidecue: Any, tenant: str) -> str:
    """Return what an operator copies from `tenants list --show-secrets`."""
    listed = json.loads(sidecue.run("tenants", "list", "--show-secrets", "--format", "json"))
    return next(row["sidebar_key"] for row in listed if row["tenant"] == tenant)


def unpack_app(sidecue: Any, data: Path) -> None:
    """Make the app for the ticket page as its document says, and unpack it."""
    made = data / "app.zip"
    for_whom = ("--url", "https://sidecue.suporte.io", "--tenant", "desk")
    sidecue.run("manifest", "build", "django_helpdesk", *for_whom, "--out", str(made))
    zipfile.ZipFile(made).extractall(data / "app")


@pytest.fixture(scope="session")
def desk(
    tmp_path_factory: pytest.TempPathFactory, spare_port: Callable[[], int], new_lasting_sidecue: Callable[..., Any]
) -> Iterator[Desk]:
    """Start both; each knows the other only by what an operator would have typed."""
    if not DESK_PYTHON.exists():
        pytest.fail(f"{DESK_PYTHON} is missing: run `make test`, which makes the helpdesk's environment")
    port = spare_port()
    data = tmp_path_factory.mktemp("desk")
    url = f"http://127.0.0.1:{port}"
    sidecue = new_lasting_sidecue()
    tenant = sidecue.add_tenant(
        "desk",
        "django_helpdesk",
        "--locale",
        "pt-BR",
        "--api-url",
        f"{url}/helpdesk/api",
        "--api-token",
        f"{AGENT}:{PASSWORD}",
    )
    sidecue.start()
    unpack_app(sidecue, data)
    environment = os.environ | {
        # The app lies beside the project, as its document says; here the project is not ours to write into.
        "PYTHONPATH": str(data / "app"),
        "DESK_DATA": str(data),
        # The helpdesk reads these two from its environment and splits them; one address has nothing to split.
        "HELPDESK_NEW_TICKET_WEBHOOK_URLS": sidecue.url + tenant["webhook_path"],
        "HELPDESK_FOLLOWUP_WEBHOOK_URLS": sidecue.url + tenant["webhook_path"],
        "SIDECUE_URL": sidecue.url,
        "SIDECUE_SIDEBAR_KEY": sidebar_key(sidecue, tenant["tenant"]),
    }

    def manage(*arguments: str, expect: int = 0, **changed: str) -> str:
        done = subprocess.run(
            [DESK_PYTHON, "manage.py", *arguments],
            cwd=DESK,
            env=environment | changed,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == expect, done.stdout + done.stderr
        return done.stdout if expect == 0 else done.stderr

    manage("migrate", "--verbosity", "0")
    (data / "mail").mkdir()
    setup = MAKE_AGENT_AND_QUEUE.format(agent=AGENT, password=PASSWORD, mail=f"{data / 'mail'}/")
    manage("shell", "--verbosity", "0", "--command", setup)
    with (data / "server.log").open("wb") as log:
        server = subprocess.Popen(
            # --insecure: serve the helpdesk's own CSS and scripts without DEBUG
            [DESK_PYTHON, "manage.py", "runserver", "--noreload", "--insecure", f"127.0.0.1:{port}"],
            cwd=DESK,
            env=environment,
            stdout=log,
            stderr=log,
        )
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            with urlopen(f"{url}/helpdesk/", timeout=1):  # noqa: S310 - our own http address
                break
        except (URLError, OSError):
            time.sleep(0.1)
    yield Desk(url, sidecue, tenant, manage, data / "mail", environment["SIDECUE_SIDEBAR_KEY"])
    server.terminate()
    server.wait(timeout=10)
