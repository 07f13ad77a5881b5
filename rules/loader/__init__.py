"""Rule files -> the rulebook, or findings that say what to mend."""

from rules.loader.conditions import parse_condition
from rules.loader.findings import Finding, Severity, as_json
from rules.loader.load import SHIPPED, Reading, load, read, read_all

__all__ = ["SHIPPED", "Finding", "Reading", "Severity", "as_json", "load", "parse_condition", "read", "read_all"]
