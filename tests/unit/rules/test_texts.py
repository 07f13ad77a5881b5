"""Texts in the code: each is written in both languages, and what is filled in is the same in both."""

import ast
import re
from pathlib import Path
from string import Formatter

ROOT = Path(__file__).parents[3]
CODE = ("connectors", "manifest", "plugin", "rules")


def texts():
    """Yield every `Text` that the code writes out: its place, and both languages as syntax."""
    for file in sorted(path for folder in CODE for path in (ROOT / folder).rglob("*.py")):
        source = file.read_text("utf-8")
        if "Text(" not in source:
            continue
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Text":
                written = [each for each in node.args if isinstance(each, ast.Constant | ast.JoinedStr)]
                if len(written) == len(node.args) == 2:
                    yield f"{file.relative_to(ROOT)}:{node.lineno}", *written


def slots(written):
    """Return the names of what is to be filled in; an f-string is filled where it stands."""
    if isinstance(written, ast.JoinedStr) or "{" not in written.value:
        return set()
    return {name for _, name, _, _ in Formatter().parse(written.value) if name and name.isidentifier()}


def prose(written):
    """Return the words of a text without what is filled in."""
    parts = written.values if isinstance(written, ast.JoinedStr) else [written]
    return re.sub(r"\{[^{}]*\}", "", "".join(part.value for part in parts if isinstance(part, ast.Constant)))


def test_every_text_is_filled_alike_in_both_languages():
    odd = [place for place, portuguese, english in texts() if slots(portuguese) != slots(english)]

    assert odd == []


def test_no_sentence_is_the_same_in_both_languages():
    """Names, units and patterns may be one in both; three words of prose may not."""
    same = [
        f"{place}: {prose(portuguese)}"
        for place, portuguese, english in texts()
        if prose(portuguese) == prose(english) and len(re.findall(r"\b[a-z]{3,}\b", prose(portuguese))) > 2
    ]

    assert same == []
