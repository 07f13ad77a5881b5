"""Commands as an operator types them: what they print, and how they fail."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("commands")]

SIDECUE = Path(sys.executable).with_name("sidecue")


@pytest.fixture(scope="module")
def sidecue(new_sidecue):
    return new_sidecue()


def refused(sidecue, *arguments, code):
    """Run a command that must fail, and return its one line on standard error."""
    done = subprocess.run(
        [SIDECUE, *arguments],
        env=sidecue.environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    lines = [line for line in done.stderr.splitlines() if line.startswith("Error: ")]
    assert (done.returncode, len(lines), "Traceback" in done.stderr) == (code, 1, False), done.stderr
    return lines[0]


def test_add_prints_what_the_helpdesk_needs(sidecue):
    signed = sidecue.add_tenant("acme", "zendesk", "--locale", "en", "--sac")
    shared = sidecue.add_tenant("desk", "django_helpdesk", "--secret", "given-by-the-operator-1")
    standard = sidecue.add_tenant("tool", "standard")

    assert signed["webhook_path"] == "/webhooks/zendesk/acme"
    assert (signed["locale"], signed["sac"], signed["api_key"]) == ("en", True, signed["secret"])
    assert shared["webhook_path"] == "/webhooks/django_helpdesk/desk/given-by-the-operator-1"
    assert shared["api_key"] != shared["secret"]
    assert standard["secret"].startswith("whsec_")


def test_list_hides_secrets_unless_asked(sidecue):
    sidecue.add_tenant("hidden", "django_helpdesk", "--secret", "a-secret-in-the-path-1")
    quiet, told = sidecue.run("tenants", "list"), sidecue.run("tenants", "list", "--show-secrets", "--format", "json")

    assert "a-secret-in-the-path-1" not in quiet
    assert "/webhooks/django_helpdesk/hidden/a-secret-in-the-path-1" in {
        row["webhook_path"] for row in json.loads(told)
    }


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("x", "--connector", "nothing"), 2, "there are"),
        (("X!", "--connector", "zendesk"), 1, "without accents"),
        (("x", "--connector", "zendesk", "--api-url", "https://x.example"), 2, "belong together"),
        (("x", "--connector", "django_helpdesk", "--secret", "a/b"), 2, "webhook's path"),
        (("x", "--connector", "zendesk", "--api-url", "x.example", "--api-token", "t"), 2, "https://host"),
    ],
)
def test_add_refuses_what_cannot_work(sidecue, arguments, code, told):
    assert told in refused(sidecue, "tenants", "add", *arguments, code=code)


def test_add_refuses_the_same_name_twice(sidecue):
    sidecue.add_tenant("twice", "zendesk")

    assert "choose another name" in refused(sidecue, "tenants", "add", "twice", "--connector", "zendesk", code=1)


def test_mapping_is_checked_when_it_is_given(sidecue, tmp_path):
    (tmp_path / "m.yml").write_text("ticket: {id: 'a ||'}")
    given = ("tenants", "add", "mapped", "--connector", "standard", "--mapping", str(tmp_path / "m.yml"))

    assert "m.yml" in refused(sidecue, *given, code=1)


def test_inbox_of_a_fresh_installation_is_empty(sidecue):
    assert sidecue.run("inbox", "list").strip() == "The inbox is empty."
    assert json.loads(sidecue.run("inbox", "list", "--format", "json")) == []
    assert "0 to be worked on again" in sidecue.run("inbox", "retry", "--all")


def test_inbox_names_a_delivery_it_does_not_have(sidecue):
    assert "no delivery" in refused(sidecue, "inbox", "retry", "dl_nope", code=1)
    assert "no delivery" in refused(sidecue, "inbox", "drop", "dl_nope", code=1)
    assert "say which" in refused(sidecue, "inbox", "retry", code=2)


def test_db_upgrade_may_be_run_again(sidecue):
    assert "version" in sidecue.run("db", "upgrade")
    assert "is at version" in sidecue.run("db", "upgrade")


def test_help_names_every_command(sidecue):
    told = sidecue.run("--help")

    assert all(name in told for name in ("serve", "tenants", "inbox", "db", "rules", "classify", "demo"))


def test_serve_refuses_a_port_in_use(sidecue):
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        told = refused(sidecue, "serve", "--port", str(port), code=2)

    assert f"127.0.0.1:{port}" in told
    assert "another --port" in told


@pytest.mark.parametrize(
    ("setting", "value", "told"),
    [
        ("SIDECUE_HOME", "/proc/nowhere", "SIDECUE_HOME"),
        ("SIDECUE_SECRET_KEY", "short", "random characters"),
        ("SIDECUE_DATABASE_URL", "postgresql://x/y", "sqlite"),
        ("SIDECUE_THREDS", "4", "did you mean SIDECUE_THREADS"),
    ],
)
def test_serve_refuses_a_bad_setting(new_sidecue, setting, value, told):
    assert told in refused(new_sidecue(**{setting: value}), "serve", code=2)


def test_serve_refuses_a_file_that_is_no_database(new_sidecue):
    sidecue = new_sidecue()
    (sidecue.home / "sidecue.db").write_bytes(b"these are not the bytes of a database, whatever they are" * 100)

    assert "SIDECUE_DATABASE_URL" in refused(sidecue, "serve", "--port", str(sidecue.port), code=2)


def test_serve_refuses_the_key_of_another_installation(new_sidecue):
    sidecue = new_sidecue()
    sidecue.add_tenant("acme", "zendesk")
    (sidecue.home / "secret.key").write_text("Zk3x9Qm2Lr7Vt5Yw8Bn4Hs6Jd1Fg0PaCeUiOoTr")

    assert "SIDECUE_SECRET_KEY" in refused(sidecue, "serve", "--port", str(sidecue.port), code=2)


def test_serve_refuses_rules_that_are_wrong(new_sidecue):
    sidecue = new_sidecue()
    pack = sidecue.home / "packs" / "mine"
    pack.mkdir(parents=True)
    (pack / "pack.yml").write_text("schema: 1\nid: other\n")

    assert "pack.yml" in refused(sidecue, "serve", "--port", str(sidecue.port), code=1)
