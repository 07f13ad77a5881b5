"""Which rulebook a process decides with, while others publish."""

import gc
import sqlite3
import threading
from contextlib import closing

import pytest
from plugin_cases import Clock, deliver, new_app, new_services, new_tenant, opened
from publish_cases import NOW, put_in, write_desk

from plugin.judges import Judges
from plugin.publish import rollback
from plugin.publish.books import Books, NothingReadable
from plugin.publish.watch import BookWatch
from plugin.store import decisions
from rules.decide import Decider
from rules.engine import DurableEvaluator, ReferenceEvaluator
from rules.errors import EngineFailed
from rules.loader import load
from rules.signals import SignalReader

WORDS = "O sistema parou de funcionar hoje"


@pytest.fixture
def services(tmp_path):
    made = new_services(tmp_path, Clock())
    yield made
    made.store.close()


def decide(services, ticket):
    """Have a ticket come in and be decided; return what is stored of it."""
    client = new_app(services).test_client()
    if services.directory.by_name("acme") is None:
        new_tenant(services)
    deliver(client, opened(ticket, WORDS, event=f"e-{ticket}", requester=ticket))
    services.worker.drain()
    with services.store.read() as connection:
        return decisions.current(connection, 1, ticket)


def spoil(tmp_path, number):
    with closing(sqlite3.connect(tmp_path / "sidecue.db")) as connection:
        connection.execute("DROP TRIGGER rulebook_content_no_update")
        connection.execute(
            "UPDATE rulebook_content SET archive = x'00' "
            "WHERE digest = (SELECT content FROM rulebook_version WHERE number = ?)",
            (number,),
        )
        connection.commit()


def test_before_anything_is_published_the_files_decide(services):
    stored = decide(services, "1")

    assert services.books.look() is False
    assert (stored.rulebook_version, services.books.state()["version"]) == (None, None)


def test_the_next_ticket_is_decided_with_the_newest_version_and_says_so(services, tmp_path):
    put_in(services.store, write_desk(tmp_path / "a"))
    first = decide(services, "1")
    published = put_in(services.store, write_desk(tmp_path / "b", "success", 2))
    taken = services.books.look()
    second = decide(services, "2")

    assert taken
    assert (first.decision.primary, first.rulebook_version) == ("support", 1)
    assert (second.decision.primary, second.rulebook_version) == ("success", 2)
    assert second.decision.rulebook == published.digest == services.books.state()["digest"]


def test_an_open_ticket_keeps_its_decision_until_something_happens_on_it(services, tmp_path):
    put_in(services.store, write_desk(tmp_path / "a"))
    decide(services, "1")
    put_in(services.store, write_desk(tmp_path / "b", "success", 2))
    services.books.look()
    with services.store.read() as connection:
        kept = decisions.current(connection, 1, "1")

    assert (kept.decision.primary, kept.rulebook_version) == ("support", 1)


def test_nothing_new_is_nothing_to_do(services, tmp_path):
    put_in(services.store, write_desk(tmp_path / "a"))
    looks = [services.books.look() for _ in range(3)]

    assert looks == [True, False, False]


def test_a_version_that_is_not_whole_is_refused_once_and_the_one_before_goes_on(services, tmp_path):
    put_in(services.store, write_desk(tmp_path / "a"))
    services.books.look()
    put_in(services.store, write_desk(tmp_path / "b", "success", 2))
    spoil(tmp_path, 2)
    looks = [services.books.look(), services.books.look()]
    stored = decide(services, "1")
    state = services.books.state()
    metrics = services.metrics.expose(services.store).decode()

    assert looks == [False, False]
    assert (stored.decision.primary, stored.rulebook_version) == ("support", 1)
    assert (state["version"], state["refused"]["version"]) == (1, 2)
    assert "content" in state["refused"]["why"]
    assert 'sidecue_rulebooks_total{outcome="refused"} 1.0' in metrics
    assert "sidecue_rulebook_version 1.0" in metrics


def test_a_version_that_the_disk_does_not_take_is_tried_again_until_it_does(services, tmp_path):
    put_in(services.store, write_desk(tmp_path / "a"))
    services.books.look()
    shelf = services.settings.home / "rulebooks"
    shelf.rename(tmp_path / "aside")
    shelf.write_text("no folder can be made here")
    put_in(services.store, write_desk(tmp_path / "b", "success", 2))
    full = [services.books.look() for _ in range(9)]
    while_full = services.books.state()
    shelf.unlink()
    mended = [services.books.look() for _ in range(9)]
    state = services.books.state()

    assert not any(full)
    assert (while_full["version"], while_full["refused"]["version"]) == (1, 2)
    assert "cannot be written" in while_full["refused"]["why"]
    assert mended.count(True) == 1
    assert (state["version"], state["refused"]) == (2, None)
    assert 'sidecue_rulebooks_total{outcome="refused"} 1.0' in services.metrics.expose(services.store).decode()


def test_a_process_that_starts_on_a_full_disk_decides_once_there_is_room(services, tmp_path):
    put_in(services.store, write_desk(tmp_path / "a"))
    home = tmp_path / "another"
    home.write_text("no folder can be made here")
    started = Books(services.store, home, services.metrics, lambda: pytest.fail("the files are not in force"))
    with pytest.raises(NothingReadable, match="cannot be written"):
        started.holder.judges()
    home.unlink()
    decides = started.holder.judges()

    assert decides.version == 1
    assert started.state()["refused"] is None


def test_a_newer_version_ends_the_refusal(services, tmp_path):
    put_in(services.store, write_desk(tmp_path / "a"))
    put_in(services.store, write_desk(tmp_path / "b", "success", 2))
    spoil(tmp_path, 2)
    refused = services.books.look()
    rollback(services.store, tmp_path, 1, author="Ana", message="back", now=NOW)
    taken = services.books.look()

    assert (refused, taken) == (False, True)
    assert services.books.state() | {"digest": None} == {"version": 3, "digest": None, "refused": None}


def test_a_process_that_starts_takes_the_newest_version_that_is_whole(services, tmp_path):
    put_in(services.store, write_desk(tmp_path / "a"))
    put_in(services.store, write_desk(tmp_path / "b", "success", 2))
    spoil(tmp_path, 2)
    stored = decide(services, "1")

    assert (stored.decision.primary, stored.rulebook_version) == ("support", 1)
    assert services.books.state()["refused"]["version"] == 2
    assert services.books.look() is False


def test_a_process_with_no_whole_version_does_not_start_on_other_rules(services, tmp_path):
    put_in(services.store, write_desk(tmp_path / "a"))
    spoil(tmp_path, 1)
    with pytest.raises(NothingReadable, match="history --verify"):
        services.decider_holder.judges()


def test_readyz_says_which_rulebook_decides(services, tmp_path):
    put_in(services.store, write_desk(tmp_path / "a"))
    services.start()
    put_in(services.store, write_desk(tmp_path / "b", "success", 2))
    spoil(tmp_path, 2)
    services.books.look()
    answer = new_app(services).test_client().get("/readyz")
    services.stop()

    assert answer.status_code == 200
    assert (answer.json["rulebook"]["version"], answer.json["rulebook"]["refused"]["version"]) == (1, 2)


def test_a_watch_takes_what_is_published_by_itself_and_stops_when_told(services, tmp_path, eventually):
    watch = BookWatch(services.books)
    watch.start()
    put_in(services.store, write_desk(tmp_path / "a"))
    eventually(lambda: services.books.state()["version"] == 1)
    watch.ask_to_stop()

    assert watch.join(5)
    assert not watch.alive


class SlowEvaluator:
    """The reference evaluator, which waits in the middle of each decision until it is let go."""

    begun = threading.Event()
    go_on = threading.Event()

    def __init__(self, conditions):
        self._evaluator = ReferenceEvaluator(conditions)

    def fired(self, stratum, facts):
        self.begun.set()
        assert self.go_on.wait(20)
        return self._evaluator.fired(stratum, facts)

    def close(self):
        self._evaluator.close()


def test_a_decision_under_way_ends_with_the_rulebook_it_began_with(services, tmp_path):
    old = put_in(services.store, write_desk(tmp_path / "a"))
    book = load([tmp_path / "a" / "base"])
    slow = Judges(Decider(book, SlowEvaluator), SignalReader(book.signals.values()), 1)
    services.decider_holder.put(slow)
    put_in(services.store, write_desk(tmp_path / "b", "success", 2))
    stored = []
    deciding = threading.Thread(target=lambda: stored.append(decide(services, "1")))
    deciding.start()
    assert SlowEvaluator.begun.wait(20)
    del slow
    taken = services.books.look()
    SlowEvaluator.go_on.set()
    deciding.join(20)
    (first,) = stored
    second = decide(services, "2")

    assert taken
    assert (first.decision.primary, first.decision.rulebook, first.rulebook_version) == ("support", old.digest, 1)
    assert (second.decision.primary, second.rulebook_version) == ("success", 2)


def test_the_engine_is_freed_with_the_last_one_who_decides_with_it(services, tmp_path):
    put_in(services.store, write_desk(tmp_path / "a"))
    held = services.decider_holder.judges()
    evaluator = held.decider.evaluator
    put_in(services.store, write_desk(tmp_path / "b", "success", 2))
    services.books.look()
    gc.collect()
    still = held.decider.evaluator.fired("classification", _nothing_known())
    del held
    gc.collect()

    assert isinstance(evaluator, DurableEvaluator)
    assert still == frozenset()
    with pytest.raises(EngineFailed, match="closed"):
        evaluator.fired("classification", _nothing_known())


def _nothing_known():
    from rules.facts import facts_from_given  # noqa: PLC0415 - one use

    return facts_from_given({}, NOW)


def test_two_processes_take_the_same_version(tmp_path):
    made = [new_services(tmp_path, Clock()) for _ in range(2)]
    published = put_in(made[0].store, write_desk(tmp_path / "a"))
    took = []
    threads = [threading.Thread(target=lambda books=one.books: took.append(books.look())) for one in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    states = [one.books.state() for one in made]
    for one in made:
        one.store.close()

    assert took == [True, True]
    assert states == [{"version": 1, "digest": published.digest, "refused": None}] * 2


def test_files_that_differ_from_what_is_published_are_said_at_the_start(services, tmp_path, capsys):
    layers = write_desk(tmp_path / "a")
    put_in(services.store, layers)
    services.decider_holder.judges()
    services.books.compare(layers)
    same = capsys.readouterr().out
    services.books.compare(write_desk(tmp_path / "b", "success", 2))
    other = capsys.readouterr().out

    assert "rule files differ" not in same
    assert "rule files differ" in other
    assert isinstance(services.books, Books)
