"""What a row of a ticket file states."""

import pytest

from plugin.ticket_rows import RowInvalid, parse


def test_row_keeps_what_it_states():
    row = parse('{"id": 3, "text": "a", "subject": null, "customer": {"tier": "key"}, "invoices": []}')

    assert (row.id, row.subject, row.given) == ("3", "", {"customer": {"tier": "key"}, "invoices": []})
    with pytest.raises(RowInvalid):
        parse("[" * 100_000)
