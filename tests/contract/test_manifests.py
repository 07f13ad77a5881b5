"""Every app package is what its vendor takes, the same bytes each time, and any fault in it is found."""

import copy
import dataclasses
import json
import os
import struct
import subprocess
import sys
import zlib

import pytest
import yaml
from click.testing import CliRunner
from contract_signing import CONNECTORS
from laws import every

from manifest.building import SIDEBAR_KEY, ArchiveInvalid, Filling, archive, filled, needs, unpacked
from manifest.checking import check, data_of
from manifest.rules import FOLDER, discover
from plugin.cli import main

RULES = discover()
FILLING = Filling(
    "https://sidecue.suporte.io/base", "padaria", "Suporte Sol", "ti@suporte.io", "1.2.3", "k3y-of_tenant"
)


def files(name):
    return filled(name, FILLING)


def written(name, data):
    return (yaml.safe_dump(data) if name.endswith((".yml", ".yaml")) else json.dumps(data)).encode()


def changed(held, file, path, change):
    """Return the files with what stands at a path of one of them changed by `change(holder, key)`."""
    data = copy.deepcopy(data_of(file, held[file]))
    holder = data
    *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    for key in way:
        holder = holder[key]
    change(holder, last)
    return held | {file: written(file, data)}


def put(value):
    def change(holder, key):
        holder[key] = value

    return change


def take(holder, key):
    del holder[key]


def png(width, height):
    head = struct.pack(">II5B", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + head + struct.pack(">I", zlib.crc32(b"IHDR" + head))


def first_leaf(data, path=""):
    key, value = next(iter(data.items()))
    where = f"{path}.{key}" if path else key
    return first_leaf(value, where) if isinstance(value, dict) else where


def faults(name):
    """Yield each rule of a vendor broken once: what, the files so, and the file that must be blamed."""
    rules, held = RULES[name], files(name)
    yield from faults_of_files(rules, held)
    for file, path in both(rules.required):
        yield f"{file} without {path}", changed(held, file, path, take), file
        yield f"{file} with an empty {path}", changed(held, file, path, put("")), file
    for file, path in both(rules.values):
        yield f"{file} with another {path}", changed(held, file, path, put("other")), file
        yield f"{file} with {path} left to the vendor", changed(held, file, path, take), file
    for file, path in both(rules.https):
        for url in ("http://sidecue.suporte.io/", "javascript:alert(1)", "https://user@sidecue.suporte.io/", "//x"):
            yield f"{file} with {url} at {path}", changed(held, file, path, put(url)), file
    for file, path in both(rules.author):
        for author in ("Your Company", "a@example.com", "TODO", "@AUTHOR_NAME@"):
            yield f"{file} by {author}", changed(held, file, path, put(author)), file

    for file, path in both(rules.files):
        yield f"{file} leads nowhere at {path}", changed(held, file, path, put("/nowhere.html")), file
    for file in rules.keys:
        yield f"{file} with a key of its own", changed(held, file, "brand_new", put("x")), file


def both(paths_of):
    return [(file, path) for file, paths in paths_of.items() for path in paths]


def faults_of_files(rules, held):
    for file in rules.at_root:
        yield f"{file} nested", {f"app/{each}": content for each, content in held.items()}, f"app/{file}"
    named = {*rules.at_root, *rules.required, *rules.values, *rules.locales.values(), *rules.icons}
    for file in sorted(held.keys() - {rules.at_root[0]}):
        yield f"{file} missing", {each: content for each, content in held.items() if each != file}, file
    for file in sorted(named - rules.icons.keys()):
        if file.endswith((".json", ".yml", ".yaml")):
            yield f"{file} broken", held | {file: b'{"a": '}, file
    for file in rules.locales.values():
        yield f"{file} lacks a text", changed(held, file, first_leaf(data_of(file, held[file])), take), file
    for file, (width, height) in rules.icons.items():
        yield f"{file} too small", held | {file: png(width - 1, height)}, file
        yield f"{file} no image", held | {file: b"GIF89a"}, file
    yield "a mark left", held | {"x.txt": b"open @SIDECUE_URL@"}, "x.txt"


FAULTS = [pytest.param(name, held, file, id=f"{name}: {what}") for name in RULES for what, held, file in faults(name)]


@pytest.mark.parametrize("name", RULES)
def test_app_has_nothing_to_mend(name):
    assert check(files(name), RULES[name]) == ()


@every(("name", "held", "file"), FAULTS)
def test_a_planted_fault_is_found_and_its_file_named(name, held, file):
    found = check(held, RULES[name])

    assert file in {finding.file for finding in found}
    for finding in found:
        assert finding.told("pt-BR").startswith(f"{finding.file}: ")
        assert finding.what.pt_br
        assert finding.what.en


@pytest.mark.parametrize("name", RULES)
def test_app_is_of_a_connector_and_speaks_both_languages(name):
    assert name in CONNECTORS
    assert set(RULES[name].locales) in (set(), {"pt-BR", "en"})
    assert set(RULES[name].author) <= set(RULES[name].required)


@pytest.mark.parametrize("name", RULES)
def test_two_builds_are_the_same_bytes_and_hold_what_they_were_told(name, tmp_path):
    for number in (1, 2):
        arguments = ["--url", FILLING.url, "--tenant", "padaria", "--author", "Suporte Sol <ti@suporte.io>"]
        arguments += ["--sidebar-key-file", "-"] if needs(SIDEBAR_KEY, name) else []
        done = CliRunner().invoke(
            main,
            ["manifest", "build", name, *arguments, "--out", str(tmp_path / f"{number}.zip"), "--lang", "en"],
            input=f"{FILLING.sidebar_key}\n",
        )
        assert done.exit_code == 0, done.output
    first, second = ((tmp_path / f"{number}.zip").read_bytes() for number in (1, 2))
    again = CliRunner().invoke(main, ["manifest", "check", str(tmp_path / "1.zip"), "--lang", "en"])

    assert first == second
    assert list(unpacked(first)) == sorted(unpacked(first))
    assert any(b"https://sidecue.suporte.io/base" in content for content in unpacked(first).values())
    assert again.output == f"{name}: nothing to mend\n"


@pytest.mark.parametrize("name", RULES)
def test_a_faulty_archive_is_told_in_either_language_with_its_exit_code(name, tmp_path):
    (tmp_path / "a.zip").write_bytes(archive(files(name) | {"x.txt": b"@TENANT@"}))
    told = [
        CliRunner().invoke(main, ["manifest", "check", str(tmp_path / "a.zip"), "--lang", lang])
        for lang in ("pt-BR", "en")
    ]

    assert [each.exit_code for each in told] == [1, 1]
    assert "x.txt: @TENANT@ não foi preenchido" in told[0].output
    assert "x.txt: @TENANT@ was not filled in" in told[1].output


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["build", "nobody", "--url", "https://x.io"], "there is no app of this name"),
        (["build", "zendesk", "--url", "http://x.io", "--tenant", "a"], "helpdesks open nothing but https"),
        (["build", "zendesk", "--url", 'https://x.io/"><script>', "--tenant", "a"], "helpdesks open nothing but https"),
        (["build", "zendesk", "--url", "https://[x", "--tenant", "a"], "helpdesks open nothing but https"),
        (["build", "zendesk", "--url", "https://x.io"], "give --tenant"),
        (["build", "zendesk", "--url", "https://x.io", "--tenant", 'a"b'], "this is no tenant's name"),
        (["build", "jira", "--url", "https://x.io", "--tenant", "a", "--out", "no/where/a.zip"], "cannot be written"),
        (["build", "zendesk", "--url", "https://x.io", "--tenant", "a", "--author", "Ana"], "write NAME <MAIL>"),
        (["build", "kustomer", "--url", "https://x.io", "--tenant", "a"], "give --sidebar-key-file"),
        (["build", "zendesk", "--url", "https://x.io", "--tenant", "a", "--sidebar-key-file", "-"], "holds no key"),
        (["build", "kustomer", "--url", "https://x.io", "--tenant", "a", "--sidebar-key-file", "-"], "copy all of it"),
        (
            ["build", "kustomer", "--url", "https://x.io", "--tenant", "a", "--sidebar-key-file", "no/k"],
            "cannot be rea",
        ),
        (["build", "kustomer", "--url", "https://x.io", "--tenant", "a", "--sidebar-key", "k"], "--sidebar-key-file"),
        (["check", "nothing.zip"], "neither a file nor one of the apps"),
    ],
)
def test_what_cannot_be_done_says_why(arguments, why):
    done = CliRunner().invoke(main, ["manifest", *arguments, "--lang", "en"], input='k"\n')

    assert done.exit_code == 2
    assert why in done.output


@pytest.mark.parametrize("name", [name for name in RULES if RULES[name].author])
def test_an_authors_name_stays_a_text_whatever_is_in_it(name):
    held = filled(name, dataclasses.replace(FILLING, author_name='Ana "Nina" \\ Sol'))
    (file, (path, *_)), *_ = RULES[name].author.items()
    told = data_of(file, held[file])
    for key in path.split("."):
        told = told[key]

    assert told == 'Ana "Nina" \\ Sol'
    assert check(held, RULES[name]) == ()


@pytest.mark.parametrize("there_before", [False, True])
def test_a_package_that_holds_the_key_is_for_its_owner_alone(there_before, tmp_path):
    path = tmp_path / "app.zip"
    if there_before:
        path.touch(0o644)
    key = tmp_path / "key"
    key.write_text(f"{FILLING.sidebar_key}\nof the tenant padaria\n")
    arguments = ["--url", FILLING.url, "--tenant", "padaria", "--sidebar-key-file", str(key), "--out", str(path)]
    done = CliRunner().invoke(main, ["manifest", "build", "kustomer", *arguments])

    assert (done.exit_code, path.stat().st_mode & 0o777) == (0, 0o600)


@pytest.mark.slow
def test_a_person_is_asked_for_the_sidebar_key_and_sees_nothing_of_it(tmp_path):
    """A terminal of its own, as a person has it."""
    person, terminal = os.openpty()
    command = [sys.executable, "-m", "plugin.cli", "manifest", "build", "kustomer", "--url", FILLING.url]
    command += ["--tenant", "padaria", "--sidebar-key-file", "-", "--lang", "pt-BR", "--out", str(tmp_path / "a.zip")]
    build = subprocess.Popen(command, stdin=terminal, stdout=terminal, stderr=terminal, start_new_session=True)
    os.close(terminal)
    shown = b""
    while b"(n\xc3\xa3o aparece): " not in shown:
        shown += os.read(person, 1_000)
    os.write(person, f"{FILLING.sidebar_key}\n".encode())
    while b"bytes)" not in shown:
        shown += os.read(person, 1_000)
    os.close(person)

    assert build.wait(timeout=30) == 0
    assert FILLING.sidebar_key.encode() not in shown
    assert any(FILLING.sidebar_key.encode() in each for each in unpacked((tmp_path / "a.zip").read_bytes()).values())


def test_the_sidebar_key_is_in_no_repr():
    assert FILLING.sidebar_key not in repr(FILLING)


def test_what_is_no_archive_is_named():
    with pytest.raises(ArchiveInvalid, match="no zip"):
        unpacked(b"PK nothing")


def test_every_folder_with_an_app_has_rules():
    assert {path.parent.name for path in FOLDER.glob("*/app")} == set(RULES)
