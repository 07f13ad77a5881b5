"""The engines of a comparison that never comes about are freed: their memory is not Python's."""

from dataclasses import replace

import durable_rules_engine
import pytest
from backtest_cases import rulebook
from decide_books import recommends, said
from plugin_cases import signal

from plugin.judges import judges_of
from rules.backtest import Comparator
from rules.errors import SidecueError


@pytest.fixture
def live(monkeypatch):
    """The rulesets that the C engine holds: each is made by its create_ruleset and freed by its delete_ruleset."""
    held = set()
    create, delete = durable_rules_engine.create_ruleset, durable_rules_engine.delete_ruleset

    def creating(*arguments):
        handle = create(*arguments)
        held.add(handle)
        return handle

    def deleting(handle):
        delete(handle)
        held.remove(handle)

    monkeypatch.setattr(durable_rules_engine, "create_ruleset", creating)
    monkeypatch.setattr(durable_rules_engine, "delete_ruleset", deleting)
    return held


def unreadable(book):
    """The same rules, with a phrase that no reader takes."""
    return replace(book, digest="unreadable", signals={"cancel": signal("cancel", "~2", "~2")})


def unlaid(book):
    """The same rules, and one that recommends what there is not."""
    return replace(book, digest="unlaid", rules={**book.rules, "r.x": recommends("r.x", "a.gone", said("cancel"))})


@pytest.mark.parametrize(
    "fails",
    [
        lambda book: Comparator(book, unlaid(book)),
        lambda book: Comparator(book, unreadable(book)),
        lambda book: judges_of(unreadable(book)),
    ],
    ids=["the second engine", "the second reader", "a server's reader"],
)
def test_what_fails_halfway_leaves_no_engine_behind(live, fails):
    with pytest.raises(SidecueError):
        fails(rulebook())

    assert live == set()


def test_a_comparator_frees_both_engines(live):
    with Comparator(rulebook(), rulebook("after")):
        held = len(live)

    assert held > 1
    assert live == set()
