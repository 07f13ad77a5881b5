"""Rulebooks published beside real server processes: the next ticket is decided with them, and nothing is ever half."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
from plugin_cases import opened, signed
from publish_cases import entry_of, write_desk

from plugin.store import Store, rulebooks

pytestmark = pytest.mark.slow

SIDECUE = Path(sys.executable).with_name("sidecue")
WORDS = "O sistema parou de funcionar hoje"


def decide(sidecue, tenant, ticket, eventually):
    """Send a ticket and return its decision."""
    at = datetime.now(UTC).replace(microsecond=0)
    body = json.dumps(opened(ticket, WORDS, event=f"e-{ticket}", at=at, requester=ticket)).encode()
    headers = signed(body, secret=tenant["secret"], at=at)
    answer = requests.post(sidecue.url + tenant["webhook_path"], data=body, headers=headers, timeout=30)
    assert answer.status_code == 202
    return eventually(lambda: decision(sidecue, tenant, ticket), saying=f"ticket {ticket} was not decided")


def decision(sidecue, tenant, ticket):
    answer = requests.get(
        f"{sidecue.url}/api/v1/tickets/zendesk/{tenant['tenant']}/{ticket}/decision",
        headers={"Authorization": f"Bearer {tenant['api_key']}"},
        timeout=30,
    )
    return answer.json() if answer.status_code == 200 else None


def in_force(sidecue):
    return requests.get(f"{sidecue.url}/readyz", timeout=30).json()["rulebook"]


def publish(sidecue, folder, message="a change", *, expect=0):
    told = sidecue.run(
        "rules", "publish", str(folder), "-m", message, "--author", "Ana", "--format", "json", expect=expect
    )
    return json.loads(told)


def store_of(sidecue):
    return closing(Store(f"sqlite:///{sidecue.home / 'sidecue.db'}"))


@pytest.fixture
def desks(tmp_path):
    """Two whole rulebooks as folders: in one a fault is support's work, in the other success'."""
    write_desk(tmp_path / "support")
    write_desk(tmp_path / "success", "success", 2)
    return tmp_path / "support", tmp_path / "success"


def test_every_process_decides_the_next_ticket_with_the_newest_version_that_is_whole(
    new_sidecue, spare_port, desks, eventually
):
    one = new_sidecue()
    tenant = one.add_tenant("acme", "zendesk")
    other = replace(one, port=spare_port())
    versions = [publish(one, desks[0])]
    try:
        for sidecue in (one, other):
            sidecue.start()
        first = decide(one, tenant, "1", eventually)
        versions.append(publish(one, desks[1]))
        for sidecue in (one, other):
            eventually(lambda s=sidecue: in_force(s)["version"] == 2, seconds=10)
        second = decide(one, tenant, "2", eventually)
        kept = decision(one, tenant, "1")

        break_the_newest(one, desks[0])
        for sidecue in (one, other):
            eventually(lambda s=sidecue: in_force(s)["refused"], seconds=10)
        old = decide(one, tenant, "3", eventually)
        told = one.run("rules", "history", "--verify", "--lang", "en", expect=1)

        os.killpg(other.process.pid, signal.SIGKILL)
        other.process.wait(15)
        restored = json.loads(one.run("rules", "rollback", "1", "-m", "it was better", "--format", "json"))
        other.start()
        started = in_force(other)
        eventually(lambda: in_force(one)["version"] == 4, seconds=10)
        fourth = decide(one, tenant, "4", eventually)
    finally:
        for sidecue in (one, other):
            if sidecue.process is not None:
                sidecue.stop()

    support, success = (version["rulebook"] for version in versions)
    assert made_with(first) == ("support", support, 1)
    assert made_with(second) == ("success", success, 2)
    assert kept == first
    assert made_with(old) == ("success", success, 2)
    assert "version 3 (content)" in told
    assert restored["content"] == versions[0]["content"]
    assert started == {"version": 4, "digest": support, "refused": None}
    assert made_with(fourth) == ("support", support, 4)


def made_with(decided):
    return decided["primary"], decided["rulebook"], decided["rulebook_version"]


def break_the_newest(sidecue, folder):
    """Have a version in the store whose archive was tampered with, all in one commit."""
    with store_of(sidecue) as store, store.write() as connection:
        entry, packed = entry_of(write_desk(folder, note="# another one\n"))
        rulebooks.append(connection, entry, packed[:-9] + b"tampered!", rulebooks.head(connection))


def test_kill_9_of_who_publishes_leaves_all_or_nothing(new_sidecue, desks):
    sidecue = new_sidecue()
    publish(sidecue, desks[0])
    for step in ("Proving", "Keeping"):
        publisher = subprocess.Popen(
            [SIDECUE, "rules", "publish", str(desks[1]), "-m", "never told", "--lang", "en"],
            env=sidecue.environment() | {"PYTHONUNBUFFERED": "1"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert publisher.stderr is not None
        seen = next((line for line in publisher.stderr if line.startswith(step)), "")
        os.kill(publisher.pid, signal.SIGKILL)
        publisher.wait(15)
        publisher.stderr.close()
        assert seen
    verified = json.loads(sidecue.run("rules", "history", "--verify", "--format", "json"))
    done = publish(sidecue, desks[1], "told")
    listed = json.loads(sidecue.run("rules", "history", "--format", "json"))["versions"]

    assert verified["ok"]
    assert verified["versions"] in {1, 2}  # the last kill may have come after the commit
    assert done["published"] is (verified["versions"] == 1)
    assert [version["version"] for version in listed] == [1, 2]


def test_of_two_who_publish_at_once_one_wins_and_the_other_is_told(new_sidecue, desks):
    sidecue = new_sidecue()
    sidecue.run("db", "upgrade")
    publishers = [
        subprocess.Popen(
            [SIDECUE, "rules", "publish", str(folder), "-m", "mine", "--author", "Ana", "--lang", "en"],
            env=sidecue.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for folder in desks
    ]
    told = [publisher.communicate(timeout=60) for publisher in publishers]
    codes = [publisher.returncode for publisher in publishers]
    verified = json.loads(sidecue.run("rules", "history", "--verify", "--format", "json"))

    assert verified["ok"]
    assert verified["versions"] == codes.count(0)
    assert 0 in codes
    if 1 in codes:  # they did overlap
        assert "was published meanwhile" in told[codes.index(1)][1]


def test_the_shipped_rules_with_a_tenants_are_published_exported_and_read_back(new_sidecue, tmp_path):
    sidecue = new_sidecue()
    pack = sidecue.home / "packs" / "accounts"
    pack.mkdir(parents=True)
    (pack / "more_lever.yml").write_text(
        "schema: 1\noverlay: accounts.advise_renewal\nthen: {recommend: {lever: 1.3}}\n", "utf-8"
    )
    first = json.loads(sidecue.run("rules", "publish", "-m", "as shipped", "--author", "Ana", "--format", "json"))
    exported = json.loads(sidecue.run("rules", "history", "--export", str(tmp_path / "git"), "--format", "json"))
    second = json.loads(
        sidecue.run("rules", "publish", str(tmp_path / "git"), "-m", "from Git", "--author", "Bia", "--format", "json")
    )

    assert (first["published"], second["published"]) == (True, False)
    assert second["rulebook"] == first["rulebook"]
    assert exported["exported"] == sum(path.is_file() for path in (tmp_path / "git").rglob("*")) - 1
