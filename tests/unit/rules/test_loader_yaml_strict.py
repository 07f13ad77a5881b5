"""YAML is read as it was typed, and what would surprise is refused with its line and column."""

import pytest

from rules.errors import RuleFilesInvalid
from rules.loader import yaml_strict


def refused(text):
    with pytest.raises(RuleFilesInvalid) as caught:
        yaml_strict.read("f.yml", text)
    return caught.value.findings


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("no", "no"),
        ("on", "on"),
        ("Yes", "Yes"),
        ("~", "~"),
        ("null", "null"),
        ("1.10.2", "1.10.2"),
        ("2024-01-01", "2024-01-01"),
        ("12:30", "12:30"),
        ("0x1F", "0x1F"),
        ("1e3", "1e3"),
        ("1_000", "1_000"),
        (".5", ".5"),
        (".inf", ".inf"),
        ("True", "True"),
        ("true", True),
        ("false", False),
        ("-12", -12),
        ("0", 0),
        ("007", "007"),
        ("01.5", "01.5"),
        ("1.10", yaml_strict.TypedNumber("1.10")),
        ('"1"', "1"),
        ("'true'", "true"),
        ('""', ""),
    ],
)
def test_scalar_is_what_was_typed(typed, value):
    read = yaml_strict.read("f.yml", f"a: {typed}\n").data

    assert read == {"a": value}
    assert type(read["a"]) is type(value)


def test_decimal_number_remembers_how_it_was_typed():
    read = yaml_strict.read("f.yml", "a: 1.10\n").data["a"]

    assert (read, read.typed) == (1.1, "1.10")


def test_document_knows_where_every_key_and_value_stands():
    document = yaml_strict.read("f.yml", "a:\n  b: [1, {c: x}]\n")

    assert document.value_at(("a", "b", 1, "c")) == (2, 14)
    assert document.key_at(("a", "b", 1, "c")) == (2, 11)
    assert document.value_at(("a", "b", 1, "missing")) == (2, 10)
    assert document.value_at(("nowhere",)) == (1, 1)


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ("a: 1\nb: 2\na: 3\n", "yaml.duplicate_key", 3, 1),
        ("a: &x 1\n", "yaml.anchor", 1, 4),
        ("a: 1\nb: *x\n", "yaml.alias", 2, 4),
        ("a:\n  <<: {b: 1}\n", "yaml.merge", 2, 3),
        ("a: !!str 1\n", "yaml.tag", 1, 4),
        ("a: !!python/object:os.system {}\n", "yaml.tag", 1, 4),
        ("a: 1\n3: 2\n", "yaml.key_not_text", 2, 1),
        ("true: 2\n", "yaml.key_not_text", 1, 1),
        ("? {a: 1}\n: 2\n", "yaml.key_not_text", 1, 3),
        ("a: 1\n---\nb: 2\n", "yaml.several_documents", 2, 1),
        ("a:\n\tb: 1\n", "yaml.tab", 2, 1),
        ("a: b: c\n", "yaml.syntax", 1, 5),
        ("a: [1\n", "yaml.syntax", 2, 1),
        ("a:\nb: 1\n", "yaml.no_value", 1, 3),
        ("a: 12345678901234567890\n", "yaml.number_too_long", 1, 4),
        ('a: "x\\0y"\n', "file.control_character", 1, 4),
        ("a: x\x00y\n", "file.control_character", 1, 5),
        ("a: x\u2028y\n", "file.control_character", 1, 5),
        ("", "file.empty", 1, 1),
        ("# only a comment\n", "file.empty", 1, 1),
    ],
)
def test_surprise_is_refused_where_it_stands(text, code, line, column):
    found = refused(text)[0]

    assert (found.code, found.line, found.column) == (code, line, column)
    assert found.place == f"f.yml:{line}:{column}"


def test_duplicate_key_names_the_first_one_and_how_to_mend():
    (found,) = refused("a: 1\nb: 2\na: 3\n")

    assert "line 1" in found.why("en")
    assert found.mend("en") == "Delete one of them."
    assert found.mend("pt-BR") == "Apague uma delas."


def test_every_duplicate_is_found_in_one_run():
    found = refused("a: 1\na: 2\nb: {c: 1, c: 2}\n")

    assert [(f.line, f.params["key"]) for f in found] == [(2, "a"), (3, "c")]


def test_bytes_that_are_no_utf8_are_refused_with_their_place():
    (found,) = refused("a: olá\nb: ".encode() + b"\xff\xfe\n")

    assert (found.code, found.line, found.column) == ("file.not_utf8", 2, 4)


def test_binary_file_is_refused():
    (found,) = refused(bytes(range(256)))

    assert found.code == "file.not_utf8"


def test_byte_order_mark_and_windows_lines_are_taken():
    assert yaml_strict.read("f.yml", b"\xef\xbb\xbfa: 1\r\nb: x\r\n").data == {"a": 1, "b": "x"}


@pytest.mark.parametrize("text", ["[" * 41 + "]" * 41, "{a: " * 41 + "1" + "}" * 41, "- " * 41 + "x"])
def test_nesting_has_a_limit(text):
    assert refused(text)[0].code == "yaml.too_deep"


def test_nesting_of_a_hundred_thousand_costs_no_stack():
    assert refused("[" * 100_000)[0].code == "yaml.too_deep"


def test_size_has_a_limit():
    (found,) = refused("a: " + "x" * yaml_strict.MAX_BYTES)

    assert found.code == "file.too_large"
    assert str(yaml_strict.MAX_BYTES) in found.what("en")
