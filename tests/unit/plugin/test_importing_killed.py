"""An import that is killed outright, while rows are kept and while tickets are decided, goes on and loses nothing."""

import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from past_cases import DAY, bring, judges_of_book, past, settle
from plugin_cases import START, Clock, new_services, new_tenant

REPOSITORY = Path(__file__).parents[3]
ROWS = [
    {
        "ticket": str(number % 30),
        "sent_at": (START - (60 - number % 40) * DAY).isoformat(),
        "text": ("quero cancelar", "fora do ar", "mais usuários")[number % 3],
        "requester": str(number % 7) if number % 5 else None,
    }
    for number in range(90)
]
PROGRAM = """
import sys
from past_cases import BOOK
from plugin_cases import START
from plugin.importing import deciding
from plugin.importing.rows import Batch, Clock, event_of
from plugin.importing.taking import Tally, take
from plugin.store import Store
from test_rows import ROWS

def hold(_number):
    print("kept", flush=True)
    sys.stdin.read()

url, tenant_id, what = sys.argv[1], int(sys.argv[2]), sys.argv[3]
store = Store(url)
if what == "take":
    events = [event_of(one, Clock(START)) for one in ROWS]
    take(store, tenant_id, [Batch(tuple(events[at : at + 40]), (), 1) for at in (0, 40, 80)], Tally(), hold)
else:
    deciding._ENOUGH = 2
    deciding.decide(store, deciding.Desk(url, tenant_id, False, BOOK, None), workers=2, advance=hold)
"""


@pytest.fixture
def services(tmp_path):
    made = new_services(tmp_path, Clock(), judges_of_book)
    with closing(made.store):
        yield made


def killed(services, tenant, what, folder):
    """Run what a command does until something is on disk, then kill its process; return those that it had started."""
    (folder / "test_rows.py").write_text(f"ROWS = {ROWS!r}\n", "utf-8")
    paths = os.pathsep.join(map(str, (REPOSITORY, REPOSITORY / "tests" / "support", folder)))
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, services.store.url, str(tenant.id), what],
        env={**os.environ, "PYTHONPATH": paths},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdout.readline() == "kept\n"
        children = [int(one) for one in Path(f"/proc/{running.pid}/task/{running.pid}/children").read_text().split()]
        running.send_signal(signal.SIGKILL)
        assert running.wait() == -signal.SIGKILL
    return children


@pytest.mark.slow
def test_an_import_that_is_killed_goes_on_and_loses_nothing(services, tmp_path):
    whole, cut = new_tenant(services, "whole"), new_tenant(services, "cut")
    assert bring(services, whole, ROWS).new == 90
    assert settle(services, whole) == 30

    killed(services, cut, "take", tmp_path)
    again = bring(services, cut, ROWS)
    assert (again.new, again.known) == (50, 40)

    started = killed(services, cut, "decide", tmp_path)
    assert 0 < len(past(services, cut)) < 30
    settle(services, cut)

    assert past(services, cut) == past(services, whole)
    assert len(started) >= 2
    _all_end(started)


def _all_end(processes):
    """Processes of a command that was killed notice it, and end."""
    for _ in range(500):
        if not any(Path(f"/proc/{one}").exists() for one in processes):
            return
        time.sleep(0.02)
    raise AssertionError(f"these go on: {processes}")
