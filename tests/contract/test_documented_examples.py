"""What the connectors' documents tell an admin to type works as it stands."""

import json
import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from urllib.request import urlopen

import click
import jsonschema_rs
import pytest

from connectors import freshdesk, standard
from connectors.base import Delivery, Installation
from connectors.registry import FOLDER
from connectors.standard.schema import delivery_schema
from plugin.cli import main

pytestmark = pytest.mark.slow

DOCUMENTS = sorted(FOLDER.glob("*/doc.md"))
NEEDED = [tool for tool in ("sh", "curl", "openssl", "od") if shutil.which(tool) is None]


def shell_blocks(document: Path) -> list[str]:
    """Return the fenced sh blocks, without the indent of the list they stand in."""
    return [
        re.sub(r"^   ", "", block, flags=re.MULTILINE)
        for block in re.findall(r"```sh\n(.*?)```", document.read_text("utf-8"), re.DOTALL)
    ]


def shell(sidecue, **variables):
    """Return a function that runs a script beside a running Sidecue and returns what it prints."""
    environment = sidecue.environment() | {"SIDECUE": sidecue.url, **variables}

    def run(script: str) -> str:
        done = subprocess.run(
            ["/bin/sh", "-euc", script], env=environment, capture_output=True, text=True, timeout=30, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def sidebar_key(sidecue) -> str:
    (listed,) = json.loads(sidecue.run("tenants", "list", "--show-secrets", "--format", "json"))
    return listed["sidebar_key"]


def test_email_examples_hand_a_mail_over_and_open_its_sidebar(new_sidecue):
    if NEEDED:
        pytest.fail(f"the documented example needs {', '.join(NEEDED)}: `make test` installs them as root on Debian")
    sidecue = new_sidecue()
    tenant = sidecue.add_tenant("acme", "email")
    sidecue.start()
    deliver, sidebar = shell_blocks(FOLDER / "email" / "doc.md")
    mail = FOLDER / "email" / "fixtures" / "story" / "1_opened.eml"
    run = shell(
        sidecue, SECRET=tenant["secret"], SIDEBAR_KEY=sidebar_key(sidecue), MAIL=str(mail), TICKET="m1@loja.example"
    )

    first, again, link = run(deliver), run(deliver), run(sidebar)
    with urlopen(link, timeout=10) as answer:  # noqa: S310 - our own http address
        page = answer.read().decode()

    assert json.loads(first)["status"] == "accepted"
    assert json.loads(again)["status"] == "duplicate"
    assert "/m1%40loja.example/" in page


def test_standard_examples_send_a_ticket_and_open_its_sidebar(new_sidecue):
    if NEEDED:
        pytest.fail(f"the documented example needs {', '.join(NEEDED)}: `make test` installs them as root on Debian")
    sidecue = new_sidecue()
    tenant = sidecue.add_tenant("acme", "standard")
    sidecue.start()
    webhook, sidebar = shell_blocks(FOLDER / "standard" / "doc.md")
    run = shell(sidecue, SECRET=tenant["secret"], SIDEBAR_KEY=sidebar_key(sidecue))

    first, again = run(webhook), run(webhook)
    link = run(webhook + sidebar).splitlines()[-1].partition("http")
    with urlopen("http" + link[2], timeout=10) as answer:  # noqa: S310 - our own http address
        page = answer.read().decode()

    assert json.loads(first)["status"] == "accepted"
    assert json.loads(again)["status"] == "duplicate"
    assert "T-77" in page


def test_standard_deliveries_in_the_document_are_of_its_schema_and_are_read():
    document = (FOLDER / "standard" / "doc.md").read_text("utf-8")
    bodies = [block for block in re.findall(r"```json\n(.*?)```", document, re.DOTALL) if '"ticket.' in block]
    schema = jsonschema_rs.Draft202012Validator(delivery_schema())
    now = datetime(2026, 3, 2, tzinfo=UTC)
    read = [standard.parse(Delivery(each.encode(), {}, now), Installation("acme", "en"))[0] for each in bodies]

    assert [schema.is_valid(json.loads(each)) for each in bodies] == [True, True]
    assert [(each.kind.value, each.changes.language, len(each.messages)) for each in read] == [
        ("opened", "en", 1),
        ("replied", "pt-BR", 1),
    ]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.parent.name)
def test_documents_name_only_commands_and_options_that_are_there(document):
    """Every `sidecue …` in code, its continued lines with it."""
    text = document.read_text("utf-8").replace("\\\n", " ")
    told = re.findall(r"(?:`|^ +)sidecue ([^`\n]+)", text, re.MULTILINE)

    assert told
    for line in told:
        command: click.Command = main
        words = line.split()
        while isinstance(command, click.Group):
            found = command.get_command(click.Context(command), words.pop(0))
            assert found is not None, line
            command = found
        known = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= known, line


def test_freshdesk_template_in_its_document_is_the_shipped_one_and_names_the_ticket_to_read():
    folder = FOLDER / "freshdesk"
    shipped = (folder / "automation_template.json").read_text("utf-8")
    shown = re.search(r"```json\n(.*?)```", (folder / "doc.md").read_text("utf-8"), re.DOTALL)[1]
    body = shipped.replace("{{ticket.id}}", "9041").encode()
    asked = freshdesk.hydrate(Delivery(body, {}, datetime(2026, 3, 2, tzinfo=UTC)), Installation("acme", "en"))

    assert json.loads(shown) == json.loads(shipped)
    assert [each.path for each in asked] == ["/api/v2/tickets/9041", "/api/v2/tickets/9041/conversations"]


def test_freshdesk_reads_an_automations_ticket_each_time_it_is_named():
    """Its body holds nothing but the number, so what comes later looks like what came before."""
    body = b'{"sidecue_template": 1, "ticket_id": "9041"}'
    first, later = (Delivery(body, {}, datetime(2026, 3, 2, hour, tzinfo=UTC)) for hour in (9, 10))

    assert freshdesk.delivery_key(first) != freshdesk.delivery_key(later)
