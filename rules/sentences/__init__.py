"""Conditions and rules read aloud, in Portuguese and English, and sentences read back to conditions."""

from rules.sentences.plain import as_data
from rules.sentences.problems import SentenceInvalid
from rules.sentences.reading import parse
from rules.sentences.rule import say_rule
from rules.sentences.saying import say

__all__ = ["SentenceInvalid", "as_data", "parse", "say", "say_rule"]
