"""A file is cut into batches of whole lines, however its bytes come."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from plugin.cli import batches as module
from plugin.cli.batches import batches

MARK = b"\xef\xbb\xbf"


class Trickle:
    """A source that gives so many bytes at a time, as a pipe does."""

    def __init__(self, content, sizes):
        self._left = content
        self._sizes = iter(sizes)

    def read1(self, most):
        size = min(next(self._sizes, most), most)
        found, self._left = self._left[:size], self._left[size:]
        return found


@example(lines=[MARK], ends=False, sizes=[])
@given(
    lines=st.lists(st.binary(max_size=12).filter(lambda line: b"\n" not in line), max_size=12),
    ends=st.booleans(),
    sizes=st.lists(st.integers(1, 20), max_size=40),
)
def test_every_line_is_in_one_batch_in_its_place(lines, ends, sizes):
    content = b"\n".join(lines) + b"\n" * (ends and bool(lines))

    found = list(batches(Trickle(content, sizes)))

    *expected, rest = content.split(b"\n")
    expected += [rest] if rest else []
    expected[:1] = [first.removeprefix(MARK) for first in expected[:1]]
    assert [line for batch in found for line in batch.lines] == expected
    assert [batch.first for batch in found] == [
        1 + sum(len(before.lines) for before in found[:at]) for at in range(len(found))
    ]
    assert sum(batch.size for batch in found) == len(content)


def test_a_line_without_end_is_not_kept_whole(monkeypatch):
    monkeypatch.setattr(module, "MAX_LINE_BYTES", 100)

    (endless, after) = list(batches(Trickle(b"a" * 90_000 + b"\nb", [1_000] * 100)))

    assert (len(endless.lines), after.lines) == (1, (b"b",))
    assert 100 < len(endless.lines[0]) <= 100 + 1 + 1_000
    assert endless.size + after.size == 90_002
