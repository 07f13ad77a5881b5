"""Publishing as a whole, with the solver: what holds is kept with its certificate, what does not is refused."""

import json

import pytest
from click.testing import CliRunner
from plugin_cases import lay_database
from publish_cases import NOW, certificate_of, put_in, write_desk
from rule_files import UPGRADE

from plugin.cli import main
from plugin.publish import find, publish, rollback, verify
from plugin.publish.errors import NotProved, PublishRefused
from plugin.publish.reading import files_of
from plugin.store import Store
from plugin.store.errors import HistoryMoved
from rules.loader import load
from rules.loader.digest import canonical_json
from rules.prove import PROPERTIES, certificate_fits

SELLS = """\
schema: 1
id: desk.sell
version: 1
kind: recommendation
status: stable
title: {pt-BR: Oferecer mais, en: Offer more}
rationale: {pt-BR: Algo quebrou., en: Something broke.}
owner: cx
practice: []
when: {signals: {has: broken_thing}}
then:
  recommend: {action: desk.upgrade}
examples:
  - name: said
    given: {signals: [broken_thing]}
    expect: match
  - name: not said
    given: {}
    expect: no_match
"""


DESK_UPGRADE = UPGRADE.replace("shop.", "desk.").replace("needs: {customer.seats: {known: true}}\n", "")


@pytest.fixture
def store(tmp_path):
    lay_database(tmp_path / "sidecue.db")
    made = Store(f"sqlite:///{tmp_path / 'sidecue.db'}")
    yield made
    made.close()


def put(store, tmp_path, layers, step=lambda _: None):
    return publish(store, tmp_path, layers, author="Ana", message="a change", now=NOW, step=step)


def selling(folder):
    """A rulebook that sells to whoever has a fault, whatever else is so."""
    layers = write_desk(folder)
    (layers.base / "desk" / "sell.yml").write_text(SELLS)
    (layers.base / "desk" / "actions").mkdir()
    (layers.base / "desk" / "actions" / "upgrade.yml").write_text(
        UPGRADE.replace("shop.", "desk.").replace("needs: {customer.seats: {known: true}}\n", "")
    )
    return layers


def test_what_is_proved_is_kept_with_its_certificate(store, tmp_path):
    layers = write_desk(tmp_path / "a")
    steps = []
    done = put(store, tmp_path, layers, steps.append)
    again = put(store, tmp_path, layers)
    changed = put(store, tmp_path, write_desk(tmp_path / "b", "success", 2))

    assert (done.is_new, again.is_new, changed.version.number) == (True, False, 2)
    assert steps == ["checking", "testing", "proving", "keeping"]
    assert certificate_fits(json.loads(done.version.certificate), load([layers.base]))
    assert verify(store, tmp_path).ok


def test_a_comment_is_a_new_version_with_the_same_digest(store, tmp_path):
    first = put(store, tmp_path, write_desk(tmp_path / "a")).version
    second = put(store, tmp_path, write_desk(tmp_path / "b", note="# why\n")).version

    assert (second.number, second.digest) == (2, first.digest)
    assert second.files != first.files


@pytest.mark.slow
def test_a_book_that_breaks_a_property_is_refused_with_a_counter_example(store, tmp_path, monkeypatch):
    with pytest.raises(NotProved) as refused:
        put(store, tmp_path, selling(tmp_path / "a"))
    monkeypatch.setenv("SIDECUE_HOME", str(tmp_path))
    asked = ("rules", "publish", str(tmp_path / "a"), "-m", "x", "--author", "Ana")
    told = CliRunner().invoke(main, [*asked, "--lang", "en"])
    found = json.loads(CliRunner().invoke(main, [*asked, "--format", "json"]).stdout)

    assert not refused.value.proof.ok
    assert told.exit_code == 1
    assert "desk.upgrade" in told.stdout
    assert "broken_thing" in told.stdout
    assert "nothing was published" in told.stdout
    assert found["reason"] == "proof"
    assert {entry["verdict"] for entry in found["properties"]} == {"broken"}
    with store.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM rulebook_content").scalar_one() == 0


def test_who_was_overtaken_while_proving_keeps_nothing(store, tmp_path):
    other = write_desk(tmp_path / "b", "success", 2)

    def overtaken(step):
        if step == "proving" and find_or_none(store) is None:
            put(store, tmp_path, other)

    with pytest.raises(HistoryMoved, match="version 1 was published meanwhile"):
        put(store, tmp_path, write_desk(tmp_path / "a"), overtaken)

    assert find(store).number == 1
    assert verify(store, tmp_path).ok


def change(store, statement):
    with store.write() as connection:
        for table in ("version", "content"):
            connection.exec_driver_sql(f"DROP TRIGGER rulebook_{table}_no_update")
        connection.exec_driver_sql(statement)


def test_a_changed_row_is_mended_by_publishing_the_same_files_again(store, tmp_path):
    layers = write_desk(tmp_path / "a")
    put(store, tmp_path, layers)
    change(store, "UPDATE rulebook_version SET author = 'Eve'")
    done = put(store, tmp_path, layers)

    assert (done.is_new, done.version.number) == (True, 2)
    assert files_of(store, done.version)
    assert verify(store, tmp_path).broken.number == 1


def test_a_changed_archive_is_never_published_again_as_if_it_were_whole(store, tmp_path):
    put(store, tmp_path, write_desk(tmp_path / "a"))
    change(store, "UPDATE rulebook_content SET archive = x'00'")
    with pytest.raises(PublishRefused, match="restore the database from a backup"):
        put(store, tmp_path, write_desk(tmp_path / "b"))
    done = put(store, tmp_path, write_desk(tmp_path / "c", note="# anew\n"))

    assert (done.is_new, done.version.number) == (True, 2)
    assert files_of(store, done.version)


def find_or_none(store):
    from plugin.store import rulebooks  # noqa: PLC0415 - one use

    with store.read() as connection:
        return rulebooks.newest(connection)


def put_in_before(store, layers, properties=PROPERTIES[1:], **changed):
    """Add a version whose certificate says less than one of today."""
    digest = load([layers.base], overlays=layers.overlays).digest
    return put_in(store, layers, **{"certificate": certificate_of(digest, properties)} | changed)


def restore(store, tmp_path, number):
    steps = []
    done = rollback(store, tmp_path, number, author="Bia", message="back", now=NOW, step=steps.append)
    return done.version, steps


def test_a_rollback_to_what_was_proved_otherwise_proves_it_again(store, tmp_path):
    first = put_in_before(store, write_desk(tmp_path / "a"))
    put_in(store, write_desk(tmp_path / "b", "success", 2))
    before = verify(store, tmp_path)
    restored, steps = restore(store, tmp_path, 1)
    after = verify(store, tmp_path)

    assert steps == ["proving"]
    assert (restored.digest, restored.content, restored.restores) == (first.digest, first.content, 1)
    assert certificate_fits(json.loads(restored.certificate), load([tmp_path / "a" / "base"]))
    assert (before.ok, before.proved_otherwise) == (True, (1,))
    assert (after.ok, after.proved_otherwise) == (True, (1,))


def test_a_rollback_to_what_was_proved_as_today_proves_nothing_again(store, tmp_path):
    first = put_in(store, write_desk(tmp_path / "a"))
    put_in(store, write_desk(tmp_path / "b", "success", 2))
    restored, steps = restore(store, tmp_path, 1)

    assert steps == []
    assert restored.certificate == first.certificate
    assert verify(store, tmp_path).proved_otherwise == ()


@pytest.mark.slow
def test_a_rollback_to_what_breaks_a_property_of_today_is_refused_with_a_counter_example(store, tmp_path, monkeypatch):
    put_in_before(store, selling(tmp_path / "a"), ())
    put_in(store, write_desk(tmp_path / "b", "success", 2))
    with pytest.raises(NotProved) as refused:
        restore(store, tmp_path, 1)
    monkeypatch.setenv("SIDECUE_HOME", str(tmp_path))
    asked = ("rules", "rollback", "1", "-m", "x", "--author", "Bia")
    told = CliRunner().invoke(main, [*asked, "--lang", "en"])
    found = json.loads(CliRunner().invoke(main, [*asked, "--format", "json"]).stdout)

    assert not refused.value.proof.ok
    assert find(store).number == 2
    assert told.exit_code == 1
    assert "broken_thing" in told.stdout
    assert "nothing was published" in told.stdout
    assert (found["ok"], found["reason"]) == (False, "proof")


def test_a_rollback_to_what_another_sidecue_read_otherwise_keeps_what_was_proved_now(store, tmp_path):
    layers = write_desk(tmp_path / "a")
    theirs = {"digest": "0" * 64, "certificate": certificate_of("0" * 64), "sidecue": "0.0.1"}
    put_in(store, layers, **theirs)
    put_in(store, write_desk(tmp_path / "b", "success", 2))
    restored, steps = restore(store, tmp_path, 1)
    found = verify(store, tmp_path)

    assert steps == ["proving"]
    assert restored.digest == load([layers.base]).digest
    assert (found.ok, found.reread, found.proved_otherwise) == (True, (1,), ())


def test_a_certificate_of_another_solver_is_said_and_no_break(store, tmp_path, monkeypatch):
    layers = write_desk(tmp_path / "a")
    older = json.loads(certificate_of(load([layers.base]).digest))
    older["solver"]["version"] = "1.2.3"
    put_in(store, layers, certificate=canonical_json(older).decode())
    monkeypatch.setenv("SIDECUE_HOME", str(tmp_path))
    told = CliRunner().invoke(main, ["rules", "history", "--verify", "--lang", "en"])
    found = json.loads(CliRunner().invoke(main, ["rules", "history", "--verify", "--format", "json"]).stdout)

    assert told.exit_code == 0
    assert "proved otherwise than this Sidecue proves: 1" in told.stdout
    assert (found["ok"], found["proved_otherwise"]) == (True, [1])
