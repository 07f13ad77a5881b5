"""The schema of the documented delivery takes what the connector reads, and refuses what it refuses."""

import json

import jsonschema_rs
import pytest

from connectors.registry import FOLDER
from connectors.standard.schema import delivery_schema

FIXTURES = sorted((FOLDER / "standard" / "fixtures").rglob("*.json"))
BODIES = [path for path in FIXTURES if path.name.count(".") == 1]


@pytest.fixture(scope="module")
def schema():
    return jsonschema_rs.Draft202012Validator(delivery_schema())


@pytest.mark.parametrize("path", BODIES, ids=lambda path: path.stem)
def test_schema_takes_good_deliveries_and_refuses_bad_ones(schema, path):
    """Words are read in any case; the schema has them as the mapping writes them."""
    body = json.loads(path.read_text("utf-8").replace('"SOLVED"', '"solved"'))

    assert schema.is_valid(body) == (not path.name.startswith("bad_"))


@pytest.mark.parametrize("time", [1772460309, 1772460309000, "1772460309", "2026-03-02T14:05:09.25-03:00", None])
def test_schema_takes_every_way_to_tell_a_time(schema, time):
    assert schema.is_valid({"type": "ticket.changed", "timestamp": time, "data": {"ticket": {"id": 7}}})
