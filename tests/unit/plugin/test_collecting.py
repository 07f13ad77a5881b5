import gc
import subprocess
import sys

from plugin.collecting import collected_seldom

STATES = """
import gc
from plugin.collecting import collected_seldom

def state():
    return gc.get_threshold(), gc.get_freeze_count() > 0

before = state()
with collected_seldom():
    within = state()
    with collected_seldom():
        pass
    assert state() == within
assert before == state() != within, (before, within, state())
assert not before[1] and within[1]
"""


def test_all_is_as_before_behind_it():
    subprocess.run([sys.executable, "-c", STATES], check=True)


def test_what_others_have_frozen_stays_frozen():
    gc.freeze()  # as the suite does when it has collected
    with collected_seldom():
        pass

    assert gc.get_freeze_count()
