"""What two rulebooks would have decided over the same history, and where they differ.

`compare(before, after, history)` does it in one process; `Comparator` works chunks, whose `Part`s add up.

A decision depends on its facts (with the clock), on the rulebook, and on how often each action had been accepted by
then; all three are in the stored document, so that a replay knows nothing that came later. The decision of now would
rather read the texts again: it is done only where the two rulebooks read texts differently, and then with the texts of
then and by both, so that nothing but the rulebook makes a difference.
"""

from rules.backtest.budget import MEASURES, Budget, BudgetInvalid, Verdict, judge
from rules.backtest.budget import parse as parse_budget
from rules.backtest.case import Case, Conversation, case_of
from rules.backtest.causes import Because, Cause
from rules.backtest.comparator import CHUNK, Comparator, chunked, compare, reads
from rules.backtest.comparison import Comparison, Work
from rules.backtest.difference import Aspect, Difference
from rules.backtest.part import Part

__all__ = [
    "CHUNK",
    "MEASURES",
    "Aspect",
    "Because",
    "Budget",
    "BudgetInvalid",
    "Case",
    "Cause",
    "Comparator",
    "Comparison",
    "Conversation",
    "Difference",
    "Part",
    "Verdict",
    "Work",
    "case_of",
    "chunked",
    "compare",
    "judge",
    "parse_budget",
    "reads",
]
