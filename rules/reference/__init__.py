"""What is written about the rule language, made from the code: the reference and the schemas for editors."""

from rules.reference.json_schema import action_schema, rule_schema, signal_schema
from rules.reference.markdown import reference

__all__ = ["action_schema", "reference", "rule_schema", "signal_schema"]
