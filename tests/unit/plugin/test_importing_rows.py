"""Rows of past tickets: what each column means, in both languages, and what is said of a row that cannot be read."""

import csv
import io
import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from hypothesis import example, given
from hypothesis import strategies as st

from plugin.cli import main
from plugin.importing.columns import COLUMNS, HeaderInvalid
from plugin.importing.rows import MAX_LINE, Clock, batches, event_of
from plugin.ticket_rows import RowInvalid, decoded, repeated
from rules.folding import fold
from rules.model import Author, Channel, EventKind, Priority

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
CLOCK = Clock(NOW)
ROW = {"ticket": "7", "sent_at": "2026-01-05T09:00:00Z", "text": "Quero cancelar"}
ENGLISH = {
    "ticket": "7",
    "sent_at": "2026-01-05T09:00:00Z",
    "text": "It is down",
    "subject": "Help",
    "message": "m1",
    "author": "agent",
    "public": "no",
    "priority": "high",
    "channel": "social",
    "language": "en",
    "product": "crm",
    "tags": "vip, billing",
    "group": "g1",
    "csat": "2",
    "requester": "500",
    "name": "Ana",
    "email": "ana@sol.example",
    "phone": "+55 11 5550 0100",
    "opened_at": "2026-01-04T09:00:00Z",
}
WORDS = {"author": "Atendente", "public": "Não", "priority": "Alta", "channel": "Redes sociais"}


def read(folder, content, name="history.csv", clock=CLOCK):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    found = list(batches(path, clock))
    events = [event for batch in found for event in batch.events]
    faults = [(fault.line, fault.what.en) for batch in found for fault in batch.faults]
    assert sum(batch.read for batch in found) == path.stat().st_size
    return events, faults, [name for batch in found for name in batch.unread]


def as_csv(rows, delimiter=","):
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def test_every_column_is_read_and_the_portuguese_names_and_words_mean_the_same(tmp_path):
    portuguese = {column.pt_br: WORDS.get(column.name, ENGLISH[column.name]) for column in COLUMNS}

    (event,), faults, unread = read(tmp_path, as_csv([ENGLISH]))
    same, *_ = read(tmp_path, "\ufeff" + as_csv([portuguese], delimiter=";"))
    lines, *_ = read(tmp_path, json.dumps(portuguese | {"nota": 2, "etiquetas": ["billing", "vip"]}), "h.jsonl")

    assert (faults, unread) == ([], [])
    assert same == lines == [event]
    assert (event.ticket_id, event.kind, event.occurred_at) == (
        "7",
        EventKind.NOTED,
        datetime(2026, 1, 5, 9, tzinfo=UTC),
    )
    (message,) = event.messages
    assert (message.id, message.author, message.public, message.body) == ("m1", Author.AGENT, False, "It is down")
    said = event.changes
    assert (said.subject, said.priority, said.channel, said.csat) == ("Help", Priority.HIGH, Channel.SOCIAL, 2)
    assert (said.product, said.group, said.tags) == ("crm", "g1", frozenset({"vip", "billing"}))
    assert (event.requester.external_id, event.requester.email) == ("500", "ana@sol.example")
    assert fold([event]).opened_at == datetime(2026, 1, 4, 9, tzinfo=UTC)


def test_the_help_tells_every_column_in_both_languages_and_every_word():
    said = CliRunner().invoke(main, ["tickets", "import", "--help"]).output
    pairs = {tuple(line.split()[:2]) for line in said.splitlines() if line.startswith("  ")}

    assert {(column.name, column.pt_br) for column in COLUMNS} <= pairs


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"ticket": ""}, "'ticket' is empty"),
        ({"ticket": 1.5}, "it needs a text or a whole number"),
        ({"ticket": "x" * 201}, "at most 200"),
        ({"sent_at": ""}, "'sent_at' is empty"),
        ({"sent_at": "10/03/2026"}, "write an instant like 2026-03-10T12:00:00Z"),
        ({"sent_at": "2026-01-05 09:00"}, "--time-zone America/Sao_Paulo"),
        ({"sent_at": "0001-01-01T00:00:00+14:00"}, "write an instant like"),
        ({"sent_at": "2026-03-10T12:00:01Z"}, "lies ahead of now"),
        ({"sent_at": "0001-01-01T12:00:00Z"}, "is before 1970"),
        ({"opened_at": "1969-12-31T23:59:59Z"}, "is before 1970"),
        ({"text": " "}, "'text' is empty"),
        ({"text": 5}, "it needs a text"),
        ({"author": "robot"}, "write one of customer, agent, system, cliente"),
        ({"public": "perhaps"}, "write one of yes"),
        ({"priority": "P1"}, "write one of low"),
        ({"csat": "9"}, "a whole number from 1 to 5"),
        ({"csat": "good"}, "a whole number from 1 to 5"),
        ({"tags": [1]}, "a list of texts"),
    ],
)
def test_a_row_that_cannot_be_read_says_what_is_wrong_and_how_to_mend_it(row, said):
    with pytest.raises(RowInvalid) as raised:
        event_of(ROW | row, CLOCK)

    assert said in raised.value.told("en")
    assert raised.value.told("pt-BR") != raised.value.told("en")


def test_a_time_without_a_zone_is_read_in_the_zone_of_the_file():
    event = event_of(ROW | {"sent_at": "2026-01-05 09:00"}, Clock(NOW, ZoneInfo("America/Sao_Paulo")))

    assert event.occurred_at == datetime(2026, 1, 5, 12, tzinfo=UTC)


def test_line_ends_make_no_other_message():
    one, other, third = (event_of(ROW | {"text": f"Oi{end}tudo bem?"}, CLOCK) for end in ("\n", "\r\n", "\r"))

    assert one == other == third


def test_html_becomes_text():
    assert event_of(ROW | {"text": "<p>Não abre</p>"}, CLOCK).messages[0].body == "Não abre"


def test_broken_rows_of_a_csv_file_are_named_with_their_lines_and_the_others_are_read(tmp_path):
    content = (
        b"ticket,sent_at,text,stauts\n"
        b'1,2026-01-05T09:00:00Z,"two\nlines",open\n'
        b"2,2026-01-05T09:00:00Z,too,many,fields\n"
        b"\n"
        b'3,2026-01-05T09:00:00Z,"a"b,x\n'
        b"4,2026-01-05T09:00:00Z,n\xe3o,x\n"
        b"5,yesterday,text,x\n"
        b"6,2026-01-05T09:00:00Z,good,x\n"
        b'7,2026-01-05T09:00:00Z,"never closed,x\n'
    )

    events, faults, unread = read(tmp_path, content)

    assert [event.ticket_id for event in events] == ["1", "6"]
    assert events[0].messages[0].body == "two\nlines"
    assert [line for line, _ in faults] == [4, 6, 7, 8, 10]
    assert [what.split(";")[0].partition(" (")[0] for _, what in faults] == [
        "the row has 5 fields and the first line names 4 columns",
        "the quotes of this row do not pair",
        "field 3 is not UTF-8",
        "'sent_at' is 'yesterday'",
        "a quote is opened here and never closed",
    ]
    assert unread == ["stauts"]


def test_broken_lines_of_a_json_file_are_named_and_the_others_are_read(tmp_path):
    long = json.dumps(ROW | {"text": "x" * MAX_LINE})
    lines = ["{", "", "[1]", json.dumps(ROW | {"estado": "x"}), json.dumps(ROW | {"texto": "x"}), long, json.dumps(ROW)]
    lines += [json.dumps(ROW)[:-1] + ', "text": "another"}']

    events, faults, unread = read(tmp_path, "\n".join(lines), "h.ndjson")

    assert len(events) == 2
    assert events[0] == events[1]
    assert [line for line, _ in faults] == [1, 3, 5, 6, 8]
    assert faults[-1][1] == "'text' is the column 'text' a second time; leave one of them"
    assert unread == ["estado"]


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("ticket,text", "'sent_at' (or 'enviado_em') is missing; the file has 'ticket', 'text'"),
        ("", "the first line is empty"),
        (" , ", "the first line is empty"),
        ("0" * 5000, "0…"),
        ("ticket,chamado,sent_at,text", "'ticket', 'chamado' are the same column twice"),
    ],
)
def test_a_file_without_the_columns_of_a_history_is_refused(tmp_path, header, said):
    with pytest.raises(HeaderInvalid) as raised:
        read(tmp_path, header)

    assert said in raised.value.told("en")
    assert raised.value.told("pt-BR") != raised.value.told("en")


@pytest.mark.parametrize(("header", "said"), [(b'"ticket', "first line do not pair"), (b"chamad\xe3o", "not UTF-8")])
def test_a_first_line_that_cannot_be_read_says_so(tmp_path, header, said):
    with pytest.raises(RowInvalid) as raised:
        read(tmp_path, header)

    assert said in str(raised.value)


TEXTS = (
    st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), min_size=1, max_size=40)
    .map(str.strip)
    .filter(bool)
)
ROWS = st.fixed_dictionaries({"ticket": TEXTS, "sent_at": st.just(ROW["sent_at"]), "text": TEXTS, "subject": TEXTS})


@given(st.lists(ROWS, min_size=1, max_size=5), st.sampled_from(",;\t"))
def test_a_csv_file_and_a_json_file_of_the_same_rows_tell_the_same(tmp_path_factory, rows, delimiter):
    folder = tmp_path_factory.mktemp("rows")
    expected = [event_of(row, CLOCK) for row in rows]

    assert read(folder, as_csv(rows, delimiter))[:2] == (expected, [])
    assert read(folder, "\n".join(map(json.dumps, rows)), "h.jsonl")[:2] == (expected, [])


@given(ROWS, ROWS)
def test_rows_have_the_same_id_only_when_they_say_the_same(one, other):
    assert (event_of(one, CLOCK).id == event_of(other, CLOCK).id) == (one == other)


# Keys and texts of few characters, so that they meet; quotes as a writer may put them down.
QUOTING = st.text('a"\\\n', max_size=3)
NESTED = st.recursive(
    st.none() | st.integers() | st.just("\ud83d") | QUOTING,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(QUOTING, inner, max_size=2),
    max_leaves=4,
).map(json.dumps)


@st.composite
def lines_and_keys(draw):
    escapes = {"\\": "\\\\", "\n": "\\n", '"': draw(st.sampled_from(['\\"', "\\u0022"]))}

    def written(text):
        return f'"{"".join(escapes.get(letter, letter) for letter in text)}"'

    keys = draw(st.lists(QUOTING, max_size=4))
    values = [draw(NESTED | QUOTING.map(written)) for _ in keys]
    colon = draw(st.sampled_from([":", " : "]))
    return f"{{{', '.join(written(key) + colon + value for key, value in zip(keys, values, strict=True))}}}", keys


@example((r'{"a": null, "a": "\u0022\u0022"}', ["a", "a"]))
@given(lines_and_keys())
def test_every_key_that_a_line_has_twice_is_found_however_it_is_written(told):
    line, keys = told[0].encode(), told[1]

    assert sorted(repeated(line, decoded(line))) == sorted({key for key in keys if keys.count(key) > 1})
