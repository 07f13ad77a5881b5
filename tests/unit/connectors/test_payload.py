import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from told_in_both import is_told_in_both

from connectors.base import Delivery, digest, note_ref, read_json
from connectors.payload import CUT, MAX_DEPTH, Reader, cut, instant
from rules.errors import PayloadInvalid


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "not JSON"),
        (b'{"a": "\xff"}', "not UTF-8: byte 7"),
        (b'{"a": NaN}', "NaN is not a JSON number"),
        (b'{"a": -Infinity}', "-Infinity is not a JSON number"),
        (b'{"a": 1e999}', "too large"),
        (b'{"a": ' + b"9" * 5_000 + b"}", "too many digits"),
        (b'{"a": 1, "a": 1}', "the key 'a' is given twice"),
        (b'{"a": [{"b": {}, "c": 1, "b": {}}]}', "the key 'b' is given twice"),
        (rb'{"a": 1, "\u0061": 2}', "the key 'a' is given twice"),
        (b'{"' + b"x" * 900 + b'": 1, "' + b"x" * 900 + b'": 2}', "the key 'x{40}' is given twice"),
        (b"[]", "a list"),
        (b"null", "nothing"),
        (b'"x"', "a text"),
        (b'{"a": 1} x', "not JSON"),
        (b'{"a":' + b"[" * 10_000 + b"]" * 10_000 + b"}", "nested deeper"),
        (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, "nested deeper"),
        (b'{"a":' + b"[" * MAX_DEPTH + b"]" * MAX_DEPTH + b"}", "nested deeper"),
    ],
)
def test_read_json_names_what_is_wrong(body, told):
    with pytest.raises(PayloadInvalid, match=told) as caught:
        read_json(body)

    is_told_in_both(caught.value)


def test_read_json_allows_nesting_up_to_the_limit_and_many_small_ones():
    deep = b'{"a":' + b"[" * (MAX_DEPTH - 2) + b"]" * (MAX_DEPTH - 2) + b"}"

    assert read_json(deep)["a"] is not None
    assert len(read_json(json.dumps({"a": [{}] * 500}).encode())["a"]) == 500


def test_read_json_replaces_what_no_store_can_hold():
    assert read_json(rb'{"a\ud800": ["\udfff x \u0000", "\ud83d\ude00"]}') == {"a\ufffd": ["\ufffd x \ufffd", "😀"]}


def test_read_json_takes_a_byte_order_mark():
    assert read_json('\ufeff{"a": 1}'.encode()) == {"a": 1}


@settings(derandomize=True, max_examples=150)
@given(st.binary(max_size=60))
def test_read_json_gives_an_object_or_a_named_error(body):
    try:
        value = read_json(body)
    except PayloadInvalid:
        value = {}

    assert isinstance(value, dict)


def test_cut_marks_what_it_cuts_and_keeps_line_ends_plain():
    assert cut("a\r\nb\rc", 10) == "a\nb\nc"
    assert cut("x" * 11, 10) == "x" * 6 + CUT
    assert len(cut("x" * 200_000, 1_000)) == 1_000


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-02T15:00:00Z", datetime(2026, 3, 2, 15, tzinfo=UTC)),
        ("2026-03-02T12:00:00.123456789-03:00", datetime(2026, 3, 2, 15, 0, 0, 123456, tzinfo=UTC)),
        ("2026-03-02T15:00Z", datetime(2026, 3, 2, 15, tzinfo=UTC)),
        ("2026-03-02T15:00:00", None),
        ("9999-12-31T23:59:59-23:00", None),
        ("yesterday", None),
    ],
)
def test_instant_needs_an_offset(text, expected):
    assert instant(text) == expected


@pytest.mark.parametrize(
    ("value", "expected"), [(7, "7"), (" a1 ", "a1"), (0, "0"), (10**40, str(10**40)), ("x" * 150, "x" * 150)]
)
def test_identifier_takes_ids_of_any_type(value, expected):
    assert Reader(value, "id").identifier() == expected


@pytest.mark.parametrize("value", [None, True, 1.5, "", "  ", [], {}, "x" * 151, 10**200])
def test_identifier_refuses_what_names_nothing(value):
    with pytest.raises(PayloadInvalid) as caught:
        Reader(value, "ticket.id").identifier()

    assert caught.value.path == "ticket.id"


def test_reader_names_the_place_and_never_the_text():
    with pytest.raises(PayloadInvalid) as caught:
        Reader({"ticket": {"notes": [{"at": "minha senha é 123"}]}}).at("ticket").at("notes").items()[0].at(
            "at"
        ).instant()

    assert caught.value.path == "ticket.notes[0].at"
    assert "senha" not in str(caught.value)


def test_reader_treats_null_and_missing_alike():
    for value in ({}, {"a": None}, None):
        reader = Reader(value).at("a")
        assert reader.absent
        assert reader.at("b").at("c").absent
        assert reader.items() == []
        assert reader.maybe_text() is None
        assert reader.texts() is None


def test_digest_does_not_see_the_order_of_keys():
    assert digest({"a": 1, "b": [2]}) == digest({"b": [2], "a": 1})
    assert digest({"a": 1}) != digest({"a": "1"})
    assert digest(b"x") != digest(b"y")


@pytest.mark.parametrize(
    "text", ["sc_00000000000000000000 e depois\n{ref}", "{ref}", "Aceito por Ana. {ref}\n", "x\r\n{ref}  \n\n"]
)
def test_note_ref_is_the_one_a_note_ends_with(text):
    assert note_ref(text.format(ref="sc_0123456789abcdef0123")) == "sc_0123456789abcdef0123"


@pytest.mark.parametrize(
    "text",
    [
        "sc_0123456789abcdef01234",
        "xsc_0123456789abcdef0123",
        "SC_0123456789ABCDEF0123",
        "sc_0123456789abcdef0123 diz quem aceitou; o cliente quer cancelar",
        "sc_0123456789abcdef0123." + " " * 300,
        "",
    ],
)
def test_note_ref_passes_over_texts_that_only_mention_a_note(text):
    assert note_ref(text) is None


def test_delivery_tells_no_content_and_no_secret():
    delivery = Delivery(b"corpo", {"authorization": "Bearer s3cret"}, datetime(2026, 3, 2, tzinfo=UTC), "s3cret")

    assert "s3cret" not in repr(delivery)
    assert "corpo" not in repr(delivery)
