"""Errors are told in both languages, in whichever process they were raised."""

from __future__ import annotations

import pickle

from rules.errors import RuleFilesInvalid, ToldError
from rules.loader.findings import Finding, Severity
from rules.text import LOCALES, Text


def test_an_error_goes_from_one_process_to_another_as_it_is():
    finding = Finding("file.empty", "rules/x.yml", 3, 1, Severity.ERROR)
    for error in (ToldError(Text("não há", "there is none")), RuleFilesInvalid([finding])):
        again = pickle.loads(pickle.dumps(error))  # noqa: S301 - written the line before

        assert type(again) is type(error)
        assert str(again) == str(error)
        assert [again.told(locale) for locale in LOCALES] == [error.told(locale) for locale in LOCALES]
        assert vars(again) == vars(error)
