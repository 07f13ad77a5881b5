"""The figures of an evaluation against scikit-learn."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, f1_score, precision_recall_fscore_support

from rules.evaluation import Confusion
from rules.rulebook import Function

pytestmark = pytest.mark.slow

COUNTS = st.dictionaries(
    st.tuples(st.sampled_from(Function), st.sampled_from(Function)), st.integers(1, 40), min_size=1
)


@given(COUNTS)
def test_figures_are_those_of_scikit_learn(counts):
    pairs = [pair for pair, count in counts.items() for _ in range(count)]
    confusion = Confusion(Counter(counts))
    right, given_ = zip(*pairs, strict=True)
    names = list(Function)
    precision, recall, f1, support = precision_recall_fscore_support(right, given_, labels=names, zero_division=0)

    assert confusion.accuracy == pytest.approx(accuracy_score(right, given_))
    assert confusion.macro_f1 == pytest.approx(f1_score(right, given_, average="macro", zero_division=0))
    for index, function in enumerate(names):
        assert confusion.expected(function) == support[index]
        assert confusion.precision(function) in (None, pytest.approx(precision[index]))
        assert confusion.recall(function) in (None, pytest.approx(recall[index]))
        assert confusion.f1(function) in (None, pytest.approx(f1[index]))
