"""House rules beyond the format: what a rulebook must prove before anybody is advised by it."""

from rules.check.examples import ExampleResult
from rules.check.report import Report, TestReport, check, test

__all__ = ["ExampleResult", "Report", "TestReport", "check", "test"]
