"""What is written about rules, made from the code and the packs: reference, schemas for editors, practices."""

from rules.reference.json_schema import action_schema, rule_schema, signal_schema
from rules.reference.markdown import reference
from rules.reference.practices import practices, unembodied

__all__ = ["action_schema", "practices", "reference", "rule_schema", "signal_schema", "unembodied"]
