"""`rules check` and `rules test` on a folder of rule files, each as a process of its own, as an admin waits for it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median
from typing import Final

from plugin.bench import books
from rules.loader import SHIPPED

RULES: Final = 300
"""As many at least; the shipped ones where they are more."""
COPIES: Final = 150
ROUNDS: Final = 3
SIDECUE: Final = (sys.executable, "-m", "plugin.cli", "rules")
PARSED: Final = """
import sys, yaml
from pathlib import Path
for path in sorted(Path(sys.argv[1]).rglob("*.yml")):
    for _ in yaml.parse(path.read_bytes(), Loader=yaml.CSafeLoader): pass
"""
"""The baseline: PyYAML's C parser goes through the same files."""


def measure() -> dict[str, object]:
    """Return the CPU seconds of each command, and their ratio to parsing the same files as YAML.

    `first`: nothing is remembered of an earlier run. `again`: nothing changed since.
    """
    with tempfile.TemporaryDirectory(prefix="sidecue-bench-") as folder:
        book, shadowed, cache = (Path(folder) / name for name in ("book", "shadowed", "cache"))
        cache.mkdir()
        rules = books.write(book, RULES)
        books.write_shadowed(shadowed, rules + COPIES)
        parsing = _seconds([sys.executable, "-c", PARSED, str(book)], cache)
        commands = {
            "check_without_solver_first": (["check", "--no-solver", str(book)], True),
            "check_without_solver_again": (["check", "--no-solver", str(book)], False),
            "check_first": (["check", str(book)], True),
            "check_again": (["check", str(book)], False),
            f"check_again_with_{COPIES}_shadowed_rules_more": (["check", str(shadowed)], False),
            "test": (["test", str(book)], False),
            "test_of_the_shipped_rules_with_their_example_files": (["test", str(SHIPPED)], False),
        }
        taken = {
            name: _seconds([*SIDECUE, *arguments], cache, forgets=forgets)
            for name, (arguments, forgets) in commands.items()
        }
        return {
            "rules": rules,
            "signals": len(list(book.glob("*/signals/*.yml"))),
            "actions": len(list(book.glob("*/actions/*.yml"))),
            "files": len(list(book.rglob("*.yml"))),
            "parsing_cpu_s": round(parsing, 2),
            **{f"{name}_cpu_s": round(seconds, 2) for name, seconds in taken.items()},
            "ratio_to_parsing": {name: round(seconds / parsing, 1) for name, seconds in taken.items()},
        }


def _seconds(command: Sequence[str], cache: Path, *, forgets: bool = False) -> float:
    """Return the median CPU seconds of a process and its children."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SIDECUE_")}
    taken = []
    for _ in range(ROUNDS + 1):
        own = tempfile.mkdtemp(dir=cache) if forgets else str(cache)
        before = getrusage(RUSAGE_CHILDREN)
        subprocess.run(  # noqa: S603 - our own command
            command, env=kept | {"XDG_CACHE_HOME": own}, capture_output=True, check=True
        )
        after = getrusage(RUSAGE_CHILDREN)
        taken.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return median(taken[1:])  # the first round may have written what Python compiles
