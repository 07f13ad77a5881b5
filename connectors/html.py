"""HTML to the plain text a person would read in it. Total: no input makes it fail."""

from __future__ import annotations

import re
from html import unescape
from typing import Final

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
MAX_QUOTES: Final = 10

# A `>` within a quoted attribute does not end its tag; where quotes do not pair, the first `>` does.
_TAG: Final = re.compile(
    r"""<(?P<slash>/?)(?P<name>[a-zA-Z][a-zA-Z0-9]{0,19})"""
    r"""(?P<rest>(?>(?:[\s/:-](?:[^<>"']|"[^"<]*"|'[^'<]*')*+)?)|(?:[\s/:-][^<>]{0,8000})?)>"""
)
_CLOSINGS: Final = {tag: re.compile(rf"</{tag}\b[^<>]*>?", re.IGNORECASE) for tag in sorted(RAW)}
_DECLARATION: Final = re.compile(r"<[!?][^<>]{0,8000}>")
_HREF: Final = re.compile(r"""(?<![\w-])href\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_ALT: Final = re.compile(r"""(?<![\w-])alt\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_LONG_NUMBER: Final = re.compile(r"&#[0-9]{8,};?")
_SPACES: Final = re.compile(r"[ \t\r\n\f\v\u00a0]+")
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


class _Reader:
    """Collects lines; a tag that is never closed, or closed twice, changes only the layout.

    The standard library's HTMLParser takes minutes for 400,000 characters of unclosed tags; this one is linear.
    """

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._line: list[str] = []
        self._line_quotes = 0
        self._dropping: tuple[str, int] | None = None
        self._quotes = 0
        self._pre = 0
        self._lists: list[int | None] = []
        self._link: tuple[str, int] | None = None

    def read(self, html: str) -> None:
        """Take in the whole text."""
        position = 0
        while (opening := html.find("<", position)) >= 0:
            self._text(html[position:opening])
            if html.startswith("<!--", opening):
                end = html.find("-->", opening)
                position = len(html) if end < 0 else end + 3
            elif found := _TAG.match(html, opening):
                position = found.end()
                tag, attributes = found["name"].lower(), found["rest"]
                closes, is_empty = found["slash"] == "/", attributes.rstrip().endswith("/")
                if tag in RAW:
                    position = position if closes or is_empty else _end_of_raw(html, position, tag)
                else:
                    self._tag(tag, attributes, closes=closes, is_empty=is_empty)
            elif found := _DECLARATION.match(html, opening):
                position = found.end()
            else:
                self._text("<")
                position = opening + 1
        self._text(html[position:])

    def _tag(self, tag: str, attributes: str, *, closes: bool, is_empty: bool) -> None:
        if self._dropping is not None and self._dropping[0] == "head" and tag not in IN_HEAD | {"head"}:
            self._dropping = None
        if self._dropping is not None or tag in DROPPED:
            self._drop(tag, closes=closes, is_empty=is_empty)
        elif closes:
            self._close(tag)
        else:
            self._open(tag, attributes)

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

    def _text(self, text: str) -> None:
        if text and self._dropping is None:
            self._add(_unescaped(text))

    def result(self) -> str:
        self._end_line()
        return re.sub(r"\n{3,}", "\n\n", "\n".join(self._lines)).strip("\n")

    def _add(self, text: str) -> None:
        if self._pre:
            first, *others = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
            self._put(first)
            for line in others:
                self._end_line(forced=True)
                self._put(line)
            return
        collapsed = _SPACES.sub(" ", text)
        if not self._line or self._line[-1].endswith(" "):
            collapsed = collapsed.lstrip(" ")
        self._put(collapsed)

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
        self._put(f"{indent}- " if number is None else f"{indent}{number}. ")
        if number is not None:
            self._lists[-1] = number + 1

    def _end_link(self) -> None:
        if self._link is None:
            return
        address, start = self._link
        self._link = None
        shown = "".join(self._line[start:]).strip()
        target = address.removeprefix("mailto:").strip()
        if address.startswith(("http://", "https://", "mailto:")) and target.rstrip("/") not in (
            shown,
            shown.rstrip("/"),
        ):
            self._space()
            self._put(f"({target})")

    def _end_line(self, *, forced: bool = False) -> None:
        text = "".join(self._line).rstrip()
        if text or forced:
            prefix = "> " * (self._line_quotes if self._line else self._quotes)
            self._lines.append(f"{prefix}{text}".rstrip())
        self._line.clear()
        if self._link is not None:
            self._link = (self._link[0], 0)

    def _blank(self) -> None:
        self._end_line()
        if self._lines and self._lines[-1]:
            self._lines.append("")


def _attribute(pattern: re.Pattern[str], attributes: str) -> str:
    found = pattern.search(attributes)
    return "" if found is None else _unescaped(next((group for group in found.groups() if group), ""))


def _unescaped(text: str) -> str:
    """Return the text with its character references read; one of too many digits is no character of any alphabet."""
    return unescape(_LONG_NUMBER.sub("\ufffd", text))


def _end_of_raw(html: str, position: int, tag: str) -> int:
    """Return where a tag ends whose content is no HTML; the end of the text when nobody closes it."""
    closing = _CLOSINGS[tag].search(html, position)
    return len(html) if closing is None else closing.end()
