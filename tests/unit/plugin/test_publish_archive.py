"""Rule files as one string of bytes, and as folders that are verified before use."""

import threading
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from publish_cases import write_desk

from plugin.publish import archive, folders
from plugin.publish.archive import Layers
from plugin.publish.errors import ArchiveInvalid
from rules.loader import SHIPPED, load

NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
PATHS = st.builds(
    lambda layer, pack, name: f"{layer}/{pack}/{name}.yml", st.sampled_from(["base", "tenant"]), NAMES, NAMES
)
FILES = st.dictionaries(PATHS, st.text(st.characters(exclude_categories=["Cs"])), max_size=8)


@given(FILES)
@settings(derandomize=True, max_examples=60, deadline=None)
def test_files_come_out_of_an_archive_as_they_went_in(files):
    packed = archive.pack(files)

    assert archive.unpack(packed) == files
    assert archive.pack(dict(reversed(files.items()))) == packed


@pytest.mark.parametrize(
    "path",
    [
        "../x.yml",
        "base/../../x.yml",
        "/etc/x.yml",
        "base/..\\x.yml",
        "base/.git/x.yml",
        "base/a/b/c/d.yml",
        "other/a/x.yml",
        "base/a/x.py",
        "base/a/\x00.yml",
        "base//x.yml",
        "C:/base/x.yml",
        "base/c:x/x.yml",
        "tenant/.yml",
    ],
)
def test_a_path_that_leads_elsewhere_is_refused(path):
    with pytest.raises(ArchiveInvalid, match="no place"):
        archive.unpack(archive.pack({path: "x"}))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{}",
        b"[]",
        b'{"files":{"base/a/b.yml":1},"schema":1}',
        b'{"schema":1,"files":{}}',
        b'{"files":{"base/a/b.yml":"x","base/a/b.yml":"x"},"schema":1}',
        b'{"files":{"base/a/b.yml":"\\ud800"},"schema":1}',
        b"[" * 100_000,
    ],
)
def test_bytes_that_no_archive_has_are_refused(raw):
    with pytest.raises(ArchiveInvalid):
        archive.unpack(zlib.compress(raw))


def test_an_archive_that_is_cut_or_followed_by_more_is_refused(tmp_path):
    packed = archive.pack(archive.collect(write_desk(tmp_path / "a")))
    for bad in (packed[:-1], packed + b"x", b"x" + packed, b""):
        with pytest.raises(ArchiveInvalid):
            archive.unpack(bad)


def test_an_archive_that_would_unpack_into_too_much_is_refused():
    bomb = zlib.compress(b" " * (2 * archive.MAX_BYTES + 10), 1)
    with pytest.raises(ArchiveInvalid):
        archive.unpack(bomb)


@pytest.mark.slow
def test_the_shipped_packs_go_through_an_archive_with_the_same_digest(tmp_path):
    files = archive.unpack(archive.pack(archive.collect(Layers(SHIPPED))))
    kept = folders.ready(tmp_path, archive.files_digest(files), files)

    assert load([kept.base], overlays=kept.overlays).digest == load().digest


def test_only_what_the_loader_reads_is_taken(tmp_path):
    layers = write_desk(tmp_path / "a")
    pack = layers.base / "desk"
    (pack / ".env").write_text("SECRET=1")
    (pack / "notes.txt").write_text("x")
    (pack / ".git").mkdir()
    (pack / ".git" / "x.yml").write_text("x")
    (pack / "versions.lock").write_text("# lock\n")

    assert sorted(archive.collect(layers)) == [
        "base/desk/pack.yml",
        "base/desk/signals/broken_thing.yml",
        "base/desk/versions.lock",
        "base/desk/vote.yml",
    ]


def test_a_pack_named_by_itself_keeps_its_place(tmp_path):
    layers = write_desk(tmp_path / "a")

    assert archive.collect(Layers(layers.base / "desk")) == archive.collect(layers)


def test_two_folders_with_another_file_in_one_place_are_refused(tmp_path):
    a, b = write_desk(tmp_path / "a"), write_desk(tmp_path / "b", "success")
    same = archive.collect(Layers(a.base, (a.base, a.base)))

    assert len(same) == 6
    with pytest.raises(ArchiveInvalid, match=r"desk/vote\.yml"):
        archive.collect(Layers(a.base, (a.base, b.base)))


@pytest.mark.parametrize("spoil", ["change", "delete", "add", "link", "whole"])
def test_a_spoilt_folder_is_mended_before_it_is_used(tmp_path, spoil):
    files = archive.collect(write_desk(tmp_path / "a"))
    digest = archive.files_digest(files)
    vote = folders.ready(tmp_path, digest, files).base / "desk" / "vote.yml"
    match spoil:
        case "change":
            vote.write_text(vote.read_text().replace("support", "success"))
        case "delete":
            vote.unlink()
        case "add":
            vote.with_name("more.yml").write_text("x")
        case "link":
            content = tmp_path / "elsewhere.yml"
            vote.rename(content)
            vote.symlink_to(content)
        case "whole":
            (tmp_path / "rulebooks" / digest).rename(tmp_path / "gone")
            (tmp_path / "rulebooks" / digest).write_text("a file")
    layers = folders.ready(tmp_path, digest, files)

    assert archive.collect(layers) == files
    assert not (layers.base / "desk" / "vote.yml").is_symlink()
    assert [entry.name for entry in (tmp_path / "rulebooks").iterdir()] == [digest]


def test_many_at_once_find_the_same_folder(tmp_path):
    files = archive.collect(write_desk(tmp_path / "a"))
    digest = archive.files_digest(files)
    found = []
    threads = [threading.Thread(target=lambda: found.append(folders.ready(tmp_path, digest, files))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 8
    assert {archive.files_digest(archive.collect(layers)) for layers in found} == {digest}


def test_export_leaves_a_git_repository_and_replaces_its_own_files(tmp_path):
    first = archive.collect(write_desk(tmp_path / "a"))
    folders.export(first | {"tenant/desk/old.yml": "x"}, tmp_path / "out")
    (tmp_path / "out" / ".git").mkdir()
    folders.export(first, tmp_path / "out")

    assert archive.collect(folders.layers_of(tmp_path / "out")) == first
    assert (tmp_path / "out" / ".git").is_dir()


def test_export_writes_through_no_link(tmp_path):
    first = archive.collect(write_desk(tmp_path / "a"))
    theirs = tmp_path / "theirs"
    (theirs / "desk").mkdir(parents=True)
    (theirs / "desk" / "vote.yml").write_text("mine")
    (theirs / "notes.json").write_text("mine")
    out = tmp_path / "out"
    out.mkdir()
    (out / "base").symlink_to(theirs)
    (out / "rulebook.json").symlink_to(theirs / "notes.json")
    folders.export(first, out)

    assert archive.collect(folders.layers_of(out)) == first
    assert not (out / "base").is_symlink()
    assert {path.read_text() for path in theirs.rglob("*") if path.is_file()} == {"mine"}


def test_export_touches_no_folder_of_somebody_else(tmp_path):
    (tmp_path / "thesis.txt").write_text("x")
    with pytest.raises(ArchiveInvalid, match="neither empty nor"):
        folders.export({"base/a/b.yml": "x"}, tmp_path)

    assert [entry.name for entry in tmp_path.iterdir()] == ["thesis.txt"]
