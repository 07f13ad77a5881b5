"""What an error says, held to both languages: neither is the other's, and names are the same in both."""

import re

from rules.errors import ToldError

NAMES = re.compile(
    r"(?<!\w)'[^']*'(?!\w)"  # what somebody wrote
    r"|--[a-z-]+"  # an option
    r"|https?://\S+?(?=[\s;,?)])"
    r"|[\w\[\]-]+(?:[._:/][\w\[\]-]+)+"  # a path, an instant, a file
    r"|\b[A-Z][A-Za-z]*(?:-[A-Z][A-Za-z]*)+"  # a header
    r"|\d+"
)
ENGLISH = re.compile(r"\b(?:the|is|are|has|needs|got|not|of|and|with|which|there|that|this)\b", re.IGNORECASE)


def is_told_in_both(error: ToldError) -> None:
    """Hold an error to both languages; `str()` is the English one."""
    portuguese, english = error.text.pt_br, error.text.en

    assert str(error) == english == error.told("en")
    assert error.told("pt-BR") == portuguese != english
    assert sorted(NAMES.findall(portuguese)) == sorted(NAMES.findall(english))
    assert ENGLISH.search(NAMES.sub("", portuguese)) is None
