"""Facts stored as columns come back as they were, from memory and from Parquet; what cannot be stored is refused."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from datetime import datetime, timedelta, timezone

import polars as pl
import pytest
from engine_agreement import HOSTILE, facts
from engine_cases import NOW, cases
from hypothesis import strategies as st
from laws import law

from rules.bulk import texts
from rules.bulk.columns import FACTS_FILE, Columns
from rules.decide.canonical import facts_document
from rules.errors import FactsInvalid
from rules.model import Facts

NUMBERS = (
    *(0, 1, -1, 2**53 + 1, 2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 10**30, 10**5_000, 0.0, -0.0, 1.0, 0.1, 1e300),
    *(5e-324, math.inf, -math.inf, 2.0**63),
)


def as_bytes(found: Facts) -> str:
    """Return the facts as text in which 1 and 1.0, 0.0 and -0.0 differ. `signals` among the values are nobody's."""
    values = {name: value for name, value in found.values.items() if name != "signals"}
    return json.dumps(facts_document(Facts(values, found.signals, found.collections, found.taken_at)), sort_keys=True)


@law(quick=5, thorough=60, case=cases(conditions=1, facts=6))
def test_facts_come_back_as_they_were(tmp_path_factory, case):
    columns = Columns.of(case.facts)
    folder = tmp_path_factory.mktemp("columns")
    columns.write_parquet(folder)
    stored = Columns.read_parquet(folder)
    expected = list(map(as_bytes, case.facts))

    assert expected == [as_bytes(columns.facts(row)) for row in range(len(columns))]
    assert expected == list(map(as_bytes, columns))
    assert expected == list(map(as_bytes, stored))


def test_numbers_of_any_size_and_kind_come_back(tmp_path):
    # json writes no int of 5,000 digits: told apart by type and repr of the exact value
    tried = [facts({"customer.mrr": n, "customer.seats": n}, subscriptions=[{"mrr": n}, {}]) for n in NUMBERS]
    Columns.of(tried).write_parquet(tmp_path)
    for found in (Columns.of(tried), Columns.read_parquet(tmp_path)):
        for number, one in zip(NUMBERS, found, strict=True):
            values = (*one.values.values(), one.collections["subscriptions"][0]["mrr"])

            assert [(type(number), number, math.copysign(1, number) if number < 10**300 else 1)] * 3 == [
                (type(value), value, math.copysign(1, value) if value < 10**300 else 1) for value in values
            ]


def test_hostile_texts_come_back(tmp_path):
    tried = [
        facts({"ticket.product": t, "ticket.tags": frozenset({t, "a"})}, [t], invoices=[{"product": t}])
        for t in HOSTILE
    ]
    Columns.of(tried).write_parquet(tmp_path)

    assert tried == list(Columns.of(tried))
    assert tried == list(Columns.read_parquet(tmp_path))


@law(quick=80, thorough=300, text=st.text(st.characters() | st.sampled_from("\\ud8\ud800\udfff0"), max_size=12))
def test_written_texts_are_utf8_and_read_back(text):
    assert texts.read(texts.written(text)) == text
    assert texts.written(text).encode("utf-8").decode("utf-8") == texts.written(text)


def test_a_collection_that_is_not_given_is_no_empty_one(tmp_path):
    tried = [facts(), facts(invoices=[]), facts(invoices=[{}]), facts(invoices=[], promises=[{"kept": True}])]
    Columns.of(tried).write_parquet(tmp_path)

    assert [one.collections for one in Columns.of(tried)][:3] == [{}, {"invoices": ()}, {"invoices": ({},)}]
    assert tried == list(Columns.read_parquet(tmp_path))
    assert sorted(path.name for path in tmp_path.iterdir()) == [FACTS_FILE, "invoices.parquet", "promises.parquet"]


def test_equal_facts_are_equal_files(tmp_path):
    one = facts({"ticket.product": "crm", "customer.mrr": 1.5}, ["b", "a", "c"])
    other = facts({"customer.mrr": 1.5, "ticket.product": "crm"}, ["c", "b", "a"])
    for name, found in (("one", one), ("other", other)):
        Columns.of([found]).write_parquet(tmp_path / name)

    assert (tmp_path / "one" / FACTS_FILE).read_bytes() == (tmp_path / "other" / FACTS_FILE).read_bytes()


def test_no_facts_at_all_are_stored_too(tmp_path):
    Columns.of([]).write_parquet(tmp_path)

    assert (len(Columns.read_parquet(tmp_path)), list(Columns.read_parquet(tmp_path))) == (0, [])


def test_an_instant_is_kept_in_utc():
    there = datetime(2026, 3, 1, 2, 30, 0, 123_456, tzinfo=timezone(timedelta(hours=-3)))
    (found,) = Columns.of([Facts({}, frozenset(), {}, there)])

    assert there == found.taken_at
    assert found.taken_at.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("given_facts", "says"),
    [
        (facts({"customer.seats": True}), "customer.seats: True does not fit: it needs a number"),
        (facts({"customer.seats": "3"}), "customer.seats: '3' does not fit"),
        (facts({"customer.mrr": math.nan}), "customer.mrr: nan does not fit"),
        (facts({"customer.seats": math.nan}), "customer.seats: nan does not fit"),
        (facts({"customer.opted_out": 1}), "customer.opted_out: 1 does not fit: it needs true or false"),
        (facts({"ticket.product": 3}), "ticket.product: 3 does not fit: it needs a text"),
        (facts({"ticket.channel": frozenset({"email"})}), "ticket.channel"),
        (facts({"ticket.tags": "vip"}), "ticket.tags: 'vip' does not fit: it needs a set of texts"),
        (facts({"ticket.tags": frozenset({1})}), "ticket.tags: 1 does not fit: it needs a set of texts"),
        (facts({"custmer.mrr": 1.0}), "no field 'custmer.mrr'; did you mean 'customer.mrr'"),
        (facts(invoices=[{"amount": "1"}]), "invoices: amount: '1' does not fit"),
        (facts(invoices=[{"amuont": 1.0}]), "invoices: there is no field 'amuont'; did you mean 'amount'"),
        (facts(bills=[{}]), "no collection 'bills'"),
        (Facts({}, frozenset(), {}, datetime(2026, 1, 1)), "no time zone"),  # noqa: DTZ001 - what is refused
    ],
)
def test_what_fits_no_column_is_refused_by_name(given_facts, says):
    with pytest.raises(FactsInvalid, match=says):
        Columns.of([facts(), given_facts])


def test_there_is_no_row_before_the_first_or_past_the_last():
    columns = Columns.of([facts()])
    for row in (-1, 1):
        with pytest.raises(IndexError):
            columns.facts(row)


# --- files ----------------------------------------------------------------------------------------


def written(folder, **columns):
    """Write facts and change some columns of the file, as another program might."""
    Columns.of([facts({"customer.mrr": 1.0, "ticket.product": "crm"}, ["a"], invoices=[{}])] * 2).write_parquet(folder)
    frame = pl.read_parquet(folder / FACTS_FILE).with_columns(
        pl.Series(name, values) for name, values in columns.items()
    )
    frame.write_parquet(folder / FACTS_FILE, metadata={"sidecue_facts": "1"})
    return folder


def test_plain_columns_of_another_program_are_read(tmp_path):
    folder = written(tmp_path, **{"ticket.product": ["crm", None], "signals": [["b", "a"], []]})
    found = list(Columns.read_parquet(folder))

    assert [one.values for one in found] == [{"customer.mrr": 1.0, "ticket.product": "crm"}, {"customer.mrr": 1.0}]
    assert [frozenset("ab"), frozenset()] == [one.signals for one in found]


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"customer.mrr": ["1", "2"]}, "'customer.mrr' does not fit number"),
        ({"customer.mrr": [1.0, math.nan]}, "nan"),
        ({"customer.mmr": [1.0, 2.0]}, "did you mean 'customer.mrr'"),
        ({"@exact.customer.mrr": ["0x1", "nan"]}, "nan, which is no number"),
        ({"signals": [["a", "a"], []]}, "twice"),
        ({"signals": [["a"], None]}, "have no signals"),
        ({"ticket.tags": [[1], []]}, "not lists of texts"),
        ({"@items.bills": [0, 0]}, "no collection 'bills'"),
        ({"@items.invoices": pl.Series([0, 2], dtype=pl.UInt32)}, "write the whole folder again"),
        ({"@taken_at": [1, 2]}, "@taken_at"),
    ],
)
def test_a_file_that_was_changed_is_refused_by_name(tmp_path, columns, says):
    with pytest.raises(FactsInvalid, match=says) as refused:
        Columns.read_parquet(written(tmp_path, **columns))

    assert str(tmp_path) in str(refused.value)


def test_a_file_of_something_else_is_refused(tmp_path):
    path = tmp_path / FACTS_FILE
    for content in (None, b"", b"no parquet"):
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(FactsInvalid, match=r"facts\.parquet"):
            Columns.read_parquet(tmp_path)
    pl.DataFrame({"@taken_at": [NOW]}).write_parquet(path)
    with pytest.raises(FactsInvalid, match="not facts of schema 1"):
        Columns.read_parquet(tmp_path)


@pytest.mark.slow
def test_polars_is_loaded_by_nobody_who_does_not_ask_for_it():
    modules = "plugin.cli, plugin.serve, plugin.services, rules.decide, rules.loader, rules.check, rules.bulk"
    asked = f"import {modules}, sys; sys.exit('polars' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", asked], check=False).returncode == 0
