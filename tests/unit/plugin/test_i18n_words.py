"""The words of the pages: both languages whole, nothing missing, nothing left over."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from string import Formatter

import pytest

from plugin.feedback import REASONS
from plugin.i18n import catalogue, words
from plugin.sidebar.page import ENDED
from rules.model import EventKind, Function, Kind, Stage
from rules.obligations import Proof, State
from rules.text import LOCALES

PLUGIN = Path(__file__).parents[3] / "plugin"
PAGES = ("sidebar", "feedback", "api", "demo", "i18n", "sac", "outbox")
SAID_IN_FULL = re.compile(r"""(?:\bt|\bwords|_words|\bsay)\(\s*["']([\w.-]+)["']""")
SAID_OF_A_GROUP = re.compile(r"""\.of\(\s*f?["']([\w.{}-]+)["']""")
GROUPS = {
    "function": [function.value for function in Function],
    "kind": [kind.value for kind in Kind],
    "stage": [stage.value for stage in Stage if stage is not Stage.SHADOW],
    "held": [kind.value for kind in Kind if not kind.sells] + ["sale"],
    "reason": list(REASONS),
    "change": [kind.value for kind in EventKind] + ["verdict", "customer"],
    "language": list(LOCALES),
    "certainty": ["high", "medium", "low"],
    "sac_state": [state.value for state in State],
    "sac_proof": [proof.value for proof in Proof],
    "badge": ["accepted", "dismissed", "handed_over", "done"],
}


def sources(*endings):
    return [path for page in PAGES for path in (PLUGIN / page).rglob("*") if path.suffix in endings]


def slots(text):
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@cache
def used_keys():
    """Every key some file names in full; scripts name theirs without the group that they are handed."""
    used = set()
    for path in sources(".py", ".html"):
        used |= {key for key in SAID_IN_FULL.findall(path.read_text("utf-8")) if "." in key}
        used |= set(re.findall(r'"([a-z_]+\.[a-z_.0-9]+)" if ', path.read_text("utf-8")))
        used |= set(re.findall(r' else "([a-z_]+\.[a-z_.0-9]+)"', path.read_text("utf-8")))
    for path in sources(".js"):
        group = "demo" if "demo" in path.parts else "script"
        used |= {f"{group}.{key}" for key in SAID_IN_FULL.findall(path.read_text("utf-8"))}
    return frozenset(used)


def test_keys_are_the_same_in_both_languages():
    portuguese, english = (catalogue(locale) for locale in LOCALES)

    assert list(portuguese) == list(english)


def test_every_text_has_the_same_slots_in_both_languages_and_is_not_blank():
    portuguese, english = (catalogue(locale) for locale in LOCALES)

    for key, entry in portuguese.items():
        other = english[key]
        assert isinstance(entry, str) == isinstance(other, str), key
        pairs = [(entry, other)] if isinstance(entry, str) else [(entry[form], other[form]) for form in entry]
        for mine, theirs in pairs:
            assert mine.strip(), key
            assert theirs.strip(), key
            assert slots(mine) | {"count"} == slots(theirs) | {"count"}, key


def test_plurals_have_the_forms_their_language_counts_with():
    for locale in LOCALES:
        for key, entry in catalogue(locale).items():
            if not isinstance(entry, str):
                assert set(entry) == {"one", "other"}, key
                assert {words(locale).babel.plural_form(count) for count in range(300)} <= set(entry), key


def test_every_key_a_page_names_is_there():
    missing = {key for key in used_keys() if key not in catalogue("en")}

    assert not missing


@pytest.mark.slow
def test_no_key_is_left_over():
    groups = {
        group.split("{")[0].rstrip(".")
        for path in sources(".py", ".html")
        for group in SAID_OF_A_GROUP.findall(path.read_text("utf-8"))
    }
    whole = {"script", "change", "badge", "verdict"}  # handed to the script as they are
    spoken = {"demo.customer", "demo.agent", "demo.note"}  # the page says who wrote a message
    by_rule = {"strip", "leaf", "held", "state"}  # looked up by the name of a field, an operator, a state
    left = {
        key
        for key in catalogue("en")
        if key not in used_keys() | spoken and key.split(".")[0] not in groups | whole | by_rule
    }

    assert not left


def test_scripts_use_every_text_they_are_handed():
    used = used_keys()
    by_verdict = {f"script.{verdict}" for verdict in ("accepted", "dismissed", "handed_over", "done")}

    for key in catalogue("en"):
        if key.startswith("script."):
            assert key in used | by_verdict, key


@pytest.mark.parametrize("group", GROUPS)
def test_closed_sets_have_a_word_for_every_value_and_no_other(group):
    assert sorted(words("en").group(group)) == sorted(GROUPS[group])


def test_states_of_a_page_have_a_title_and_a_hint():
    for state in ENDED:
        assert words("en").knows(f"state.{state}")
        assert words("en").knows(f"state.{state}_hint")


@pytest.mark.parametrize(
    ("locale", "count", "expected"),
    [
        ("pt-BR", 1, "outra não mostrada"),
        ("pt-BR", 2, "outras 2 não mostradas"),
        ("en", 1, "1 other not shown"),
        ("en", 0, "0 others not shown"),
    ],
)
def test_words_choose_the_plural(locale, count, expected):
    assert words(locale)("panel.others", count=count) == expected


def test_words_refuse_a_key_there_is_not():
    with pytest.raises(KeyError):
        words("en")("panel.nothing_of_the_kind")
