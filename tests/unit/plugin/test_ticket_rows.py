"""What a row of a ticket file states."""

import pytest

from plugin.ticket_rows import RowInvalid, parse


def test_row_keeps_what_it_states():
    row = parse('{"id": 3, "text": "a", "subject": null, "customer": {"tier": "key"}, "invoices": []}')

    assert (row.id, row.subject, row.given) == ("3", "", {"customer": {"tier": "key"}, "invoices": []})
    with pytest.raises(RowInvalid):
        parse("[" * 100_000)


@pytest.mark.parametrize("column", ["kind", "tier", "source", "primary", "test", "context", "time"])
def test_a_column_of_somebody_else_is_left_alone(column):
    assert parse(f'{{"id": "1", "text": "a", "{column}": "b"}}').given == {}


@pytest.mark.parametrize(
    ("column", "meant"),
    [("language", "lang"), ("costumer", "customer"), ("tickets", "ticket"), ("invoice", "invoices")],
)
def test_a_column_that_looks_like_a_slip_of_the_pen_is_refused(column, meant):
    with pytest.raises(RowInvalid, match=f"did you mean '{meant}'"):
        parse(f'{{"id": "1", "text": "a", "{column}": "b"}}')
