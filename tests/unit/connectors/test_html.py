import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from laws import slow_but

from connectors.html import looks_like_html, to_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("Ol&aacute;,<br>quero <b>cancelar</b>   o\ncontrato.", "Olá,\nquero cancelar o contrato."),
        ("<p>um</p><p>dois</p>", "um\n\ndois"),
        ("<div>um</div><div>dois</div>", "um\ndois"),
        ("<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>", "- a\n- b\n  - c"),
        ("<ol><li>a<li>b</ol>", "1. a\n2. b"),
        ("x<blockquote>antes<blockquote>mais</blockquote></blockquote>y", "x\n\n> antes\n\n> > mais\n\ny"),
        ('<a href="https://x.test/a">aqui</a>', "aqui (https://x.test/a)"),
        ("<a href=https://x.test/>https://x.test</a>", "https://x.test"),
        ('<a href="mailto:a@x.test">a@x.test</a>', "a@x.test"),
        ('<a href="javascript:alert(1)">aqui</a>', "aqui"),
        ("a<script>if (a < b) c()</script>b<style>p{}</style>c<!-- d -->e", "abce"),
        ("<head><title>t</title><body>fim", "fim"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("<table><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></table>", "1 2\n3"),
        ('<img alt="logo"> a &lt;b&gt; 1 < 2', "logo a <b> 1 < 2"),
        ("</p></ul></blockquote></a></script>a", "a"),
        ("<p>a <script>never closed", "a"),
        ("<o:p>a</o:p><x-y>b", "ab"),
        ("<", "<"),
        ("a <!-- never closed", "a"),
        ("", ""),
        ("<p>&#" + "9" * 5_000 + ";a&#0;b&#x41;", "\ufffda\ufffdbA"),
        ("<a href='https://x.test/&#" + "9" * 5_000 + "'>a</a>", "a (https://x.test/\ufffd)"),
        ('<a title="a > b" href="https://x.test">q</a>', "q (https://x.test)"),
        ("<img alt='1 > 2'><p title=it's>a</p>", "1 > 2\n\na"),
        ('<a data-href="https://y.test" href="https://x.test">q</a>', "q (https://x.test)"),
        ('<script>var s = "<!--";</script>a', "a"),
        ('<script>w("<script>x");</SCRIPT >a', "a"),
        ("<style>a{}<style></style>a<style/>b", "ab"),
        ("<svg><title>t</title><path/></svg>a", "a"),
        ("<head><meta x><title><div></title><div>a</div>", "a"),
        ("<object><object>x</object>y</object>a", "a"),
    ],
)
def test_to_text_reads_as_a_person_would(html, text):
    assert to_text(html) == text


@pytest.mark.parametrize("html", ["<p>a", "x<br/>y", "<!DOCTYPE html>", '<div class="a">', "</span>"])
def test_looks_like_html_sees_tags(html):
    assert looks_like_html(html)


@pytest.mark.parametrize("text", ["a < b", "<ana@example.org>", "1 <2> 3", "<plano>", "->"])
def test_looks_like_html_leaves_plain_text(text):
    assert not looks_like_html(text)


PIECES = [
    "<p>",
    "</p>",
    "<ul>",
    "<li>",
    "</ol>",
    "<a href='",
    "<blockquote>",
    "</blockquote>",
    "<!--",
    "-->",
    "<script>",
]


@settings(derandomize=True, max_examples=200)
@given(st.lists(st.sampled_from([*PIECES, "</script>", "&#", "&amp", "<pre>", "\n", "x", '"', ">", "<"]), max_size=25))
def test_to_text_is_total_and_leaves_no_loose_space(pieces):
    text = to_text("".join(pieces))

    assert "\n\n\n\n" not in text
    assert not text.startswith("\n\n")


@pytest.mark.parametrize(
    "piece",
    slow_but(
        ["<div>", "<li>", "&#"],
        [
            "<a href='",
            "<!--",
            "<div>",
            "<a href=x>b",
            "<svg>",
            "<li>",
            "<",
            "&#",
            "<body x='<",
            "b</a>",
            '<a "',
            "<p",
            "</script>",
            "<title>",
        ],
    ),
)
def test_to_text_takes_time_in_step_with_its_input(piece):
    """An e-mail made to be slow must not hold a worker. (The bound is wide: it tells linear from quadratic.)"""
    started = time.process_time()
    to_text(piece * (400_000 // len(piece)))

    assert time.process_time() - started < 10
