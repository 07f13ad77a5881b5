"""HTML to the plain text a person would read in it. Total: no input makes it fail."""

from __future__ import annotations

import re
from functools import lru_cache
from html import unescape
from typing import Final, NamedTuple

SPACED: Final = frozenset({"p", "blockquote", "ul", "ol", "table", "pre", "h1", "h2", "h3", "h4", "h5", "h6"})
"""Tags with a blank line before and after."""
LISTS: Final = frozenset({"ul", "ol"})
GROUPS: Final = frozenset(
    {"address", "article", "aside", "details", "div", "figure", "footer", "form", "header", "main"}
)
ENTRIES: Final = frozenset({"caption", "dd", "dl", "dt", "fieldset", "figcaption", "hr", "li", "nav", "section", "tr"})
BLOCKS: Final = SPACED | GROUPS | ENTRIES
"""Tags that begin and end a line."""
INLINE: Final = frozenset({"a", "br", "img", "td", "th"})
RAW: Final = frozenset({"script", "style", "title", "iframe"})
"""Tags whose content is no HTML: nothing in it counts but their own end."""
DROPPED: Final = RAW | {"head", "template", "noscript", "object", "svg"}
IN_HEAD: Final = RAW | {"base", "html", "link", "meta", "noscript", "object", "template"}
"""Tags a head may hold; any other ends a head that nobody closed."""
SHAPING: Final = BLOCKS | INLINE
"""Tags that change how the text is laid out."""
MAX_QUOTES: Final = 10

# A `>` within a quoted attribute does not end its tag; where quotes do not pair, the first `>` does.
_REST: Final = r"""(?:(?>(?:[\s/:-](?:[^<>"']|"[^"<]*"|'[^'<]*')*+)?)|(?:[\s/:-][^<>]{0,8000})?)"""
_TAG: Final = re.compile(rf"<(?P<slash>/?)(?P<name>[a-zA-Z][a-zA-Z0-9]{{0,19}})(?P<rest>{_REST})>")
_MARKUP: Final = re.compile(
    "(<(?:"  # that all begin alike lets the search leap from one "<" to the next
    + "|".join(
        (
            # Most of a mail's tags: no attributes, and no name that raw content could follow.
            r"/?[a-hj-ru-zA-HJ-RU-Z][a-zA-Z0-9]{0,19}+>",
            r"!--(?:-?>|.*?(?:-->|\Z))",
            r"[!?][^<>]{0,8000}>",
            *(rf"(?i:{tag}(?=[\s/:>-]){_REST}(?<!/)>.*?(?:</{tag}\b[^<>]*>?|\Z))" for tag in sorted(RAW)),
            rf"/?[a-zA-Z][a-zA-Z0-9]{{0,19}}{_REST}>",
        )
    )
    + "))",
    re.DOTALL,
)
"""A comment, a declaration, a tag with its raw content, or a tag. Any other `<` is text."""
_HREF: Final = re.compile(r"""(?<![\w-])href\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_ALT: Final = re.compile(r"""(?<![\w-])alt\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_REFERENCE: Final = re.compile(r"&(?:#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[^\t\n\f <&#;]{1,32};?)")
_LONG_NUMBER: Final = re.compile(r"&#[0-9]{8,};?")
_LOOKS_LIKE: Final = re.compile(
    r"<(?:!doctype|/?(?:html|body|div|p|br|span|a|b|i|ul|ol|li|table|blockquote)\b)[^<]*>", re.IGNORECASE
)


def looks_like_html(text: str) -> bool:
    """Tell whether a text holds a tag that only HTML would hold: `a < b` and `<ana@example.org>` do not."""
    return _LOOKS_LIKE.search(text) is not None


def to_text(html: str) -> str:
    """Return what `html` says as plain text.

    Blocks and <br> become line ends, list items `- ` or `1. `, quotes lines that begin with `> `, a link its text
    followed by its address in brackets when that says more. Scripts, styles and comments are dropped,
    whitespace is collapsed outside <pre>, and at most one blank line stands between paragraphs.
    """
    reader = _Reader()
    reader.read(html)
    return reader.result()


class _Tag(NamedTuple):
    """One tag as it is written: `<a href="…">` has the name "a", and the rest as its attributes."""

    name: str
    attributes: str
    closes: bool
    is_empty: bool
    counts: bool
    """Whether it shapes the text or drops some; all others are passed over."""
    only_breaks: bool
    """Whether a line ends here, and that is all."""


class _Reader:
    """Collects lines; a tag that is never closed, or closed twice, changes only the layout.

    The standard library's HTMLParser takes minutes for 400,000 characters of unclosed tags; this one is linear.
    """

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._line: list[str] = []
        self._mark = ""
        self._line_quotes = 0
        self._dropping: tuple[str, int] | None = None
        self._quotes = 0
        self._pre = 0
        self._lists: list[int | None] = []
        self._link: tuple[str, int] | None = None

    def read(self, html: str) -> None:  # noqa: C901 - what most pieces of a mail are is done without a call
        """Take in the whole text."""
        pieces = _MARKUP.split(html)
        line = self._line
        for text, markup in zip(pieces[::2], [*pieces[1::2], ""], strict=True):
            if text and self._dropping is None:
                if self._pre or "&" in text:
                    self._add(text)
                elif line:
                    line.append(text)
                elif not text.isspace():
                    self._line_quotes = self._quotes
                    line.append(text)
            tag = _read_tag(markup) if markup else None
            if tag is None:
                continue
            if self._dropping is not None:
                self._tag(tag)
            elif tag.only_breaks:
                if line or tag.name == "br" or self._mark or self._link is not None:
                    self._end_line(forced=tag.name == "br")
            elif tag.counts:
                self._tag(tag)

    def _tag(self, read: _Tag) -> None:
        if self._dropping is not None and self._dropping[0] == "head" and read.name not in IN_HEAD | {"head"}:
            self._dropping = None
        if self._dropping is not None or read.name in DROPPED:
            self._drop(read.name, closes=read.closes, is_empty=read.is_empty)
        elif read.closes:
            self._close(read.name)
        else:
            self._open(read.name, read.attributes)

    def _drop(self, tag: str, *, closes: bool, is_empty: bool) -> None:
        name, depth = self._dropping or (tag, 0)
        if tag == name and not is_empty:
            depth += -1 if closes else 1
            self._dropping = (name, depth) if depth > 0 else None

    def _open(self, tag: str, attributes: str) -> None:
        if tag in INLINE:
            self._open_inline(tag, attributes)
        elif tag == "li":
            self._start_item()
        elif tag in SPACED and not self._lists:
            self._blank()
        elif tag in BLOCKS:
            self._end_line()
        if tag == "blockquote":
            self._quotes = min(self._quotes + 1, MAX_QUOTES)
        elif tag in LISTS:
            self._lists.append(1 if tag == "ol" else None)
        elif tag == "pre":
            self._pre += 1

    def _close(self, tag: str) -> None:
        if tag == "a":
            self._end_link()
            return
        if tag in BLOCKS:
            self._end_line()
        if tag == "blockquote":
            self._quotes = max(self._quotes - 1, 0)
        elif tag in LISTS and self._lists:
            self._lists.pop()
        elif tag == "pre":
            self._pre = max(self._pre - 1, 0)
        if tag in SPACED and not self._lists:
            self._blank()

    def _open_inline(self, tag: str, attributes: str) -> None:
        match tag:
            case "br":
                self._end_line(forced=True)
            case "a":
                self._link = (_attribute(_HREF, attributes), len(self._line))
            case "img":
                self._add(_attribute(_ALT, attributes))
            case _:
                self._space()

    def result(self) -> str:
        self._end_line()
        text = "\n".join(self._lines)
        return (re.sub(r"\n{3,}", "\n\n", text) if "\n\n\n" in text else text).strip("\n")

    def _add(self, text: str) -> None:
        if "&" in text:
            text = _unescaped(text)
        if self._pre:
            first, *others = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
            self._put(first)
            for line in others:
                self._end_line(forced=True)
                self._put(line)
        elif self._line:
            self._line.append(text)
        elif not text.isspace():
            self._line_quotes = self._quotes
            self._line.append(text)

    def _put(self, text: str) -> None:
        if not text:
            return
        if not self._line:
            self._line_quotes = self._quotes
        self._line.append(text)

    def _space(self) -> None:
        if self._line and not self._line[-1].endswith(" "):
            self._line.append(" ")

    def _start_item(self) -> None:
        self._end_line()
        number = self._lists[-1] if self._lists else None
        indent = "  " * max(min(len(self._lists), MAX_QUOTES) - 1, 0)
        self._mark = f"{indent}- " if number is None else f"{indent}{number}. "
        self._line_quotes = self._quotes
        if number is not None:
            self._lists[-1] = number + 1

    def _end_link(self) -> None:
        if self._link is None:
            return
        address, start = self._link
        self._link = None
        shown = _collapsed("".join(self._line[start:]))
        target = address.removeprefix("mailto:").strip()
        if address.startswith(("http://", "https://", "mailto:")) and target.rstrip("/") not in (
            shown,
            shown.rstrip("/"),
        ):
            self._space()
            self._put(f"({target})")

    def _end_line(self, *, forced: bool = False) -> None:
        line = self._line
        if line or self._mark or forced:
            text = line[0] if len(line) == 1 else "".join(line)
            text = text.rstrip() if self._pre else " ".join(text.split())  # as _collapsed, without the call
            if self._mark:
                text = f"{self._mark}{text}".rstrip()
            if text or forced:
                quotes = self._line_quotes if line or self._mark else self._quotes
                self._lines.append(f"{'> ' * quotes}{text}".rstrip() if quotes else text)
            line.clear()
            self._mark = ""
        if self._link is not None:
            self._link = (self._link[0], 0)

    def _blank(self) -> None:
        self._end_line()
        if self._lines and self._lines[-1]:
            self._lines.append("")


@lru_cache(maxsize=1024)
def _read_tag(markup: str) -> _Tag | None:
    """Return the tag, None for a comment, a declaration or raw content. A mail repeats a few tags over and over."""
    found = _TAG.match(markup)
    if found is None or (name := found["name"].lower()) in RAW:
        return None
    rest = found["rest"]
    return _Tag(
        name,
        rest,
        closes=found["slash"] == "/",
        is_empty=rest.rstrip().endswith("/"),
        counts=name in SHAPING or name in DROPPED,
        only_breaks=(name in GROUPS or (name in ENTRIES and name != "li") or (name == "br" and found["slash"] != "/")),
    )


def _collapsed(text: str) -> str:
    """Return the text with one space for each run of white space within it, and none around it."""
    return " ".join(text.split())


def _attribute(pattern: re.Pattern[str], attributes: str) -> str:
    found = pattern.search(attributes)
    return "" if found is None else _unescaped(next((group for group in found.groups() if group), ""))


def _unescaped(text: str) -> str:
    """Return the text with its character references read."""
    return _REFERENCE.sub(_referred, text)


def _referred(found: re.Match[str]) -> str:
    return _character(found[0])


@lru_cache(maxsize=1024)
def _character(reference: str) -> str:
    """Return what one reference stands for; one of too many digits is no character of any alphabet."""
    return unescape(_LONG_NUMBER.sub("\ufffd", reference))
