"""The manual and its document: every text in both languages."""

from __future__ import annotations

import html

import plugin_cases as plugin
import pytest

from rules.text import LOCALES

DOCUMENT = "/api/openapi.json"
READ_BY_PEOPLE = frozenset({"description", "summary"})


@pytest.fixture
def here(tmp_path):
    made = plugin.new_services(tmp_path, plugin.Clock())
    yield made
    made.stop()


@pytest.fixture
def client(here):
    return plugin.new_app(here).test_client()


def texts(part, path=""):
    """Every text that a person reads in a document, under where it stands."""
    if isinstance(part, list):
        part = dict(enumerate(part))
    found = {}
    for name, inner in part.items():
        here = f"{path}/{name}"
        if name in READ_BY_PEOPLE and isinstance(inner, str):
            found[here] = inner
        elif isinstance(inner, dict | list):
            found |= texts(inner, here)
    return found


def without_texts(part):
    if isinstance(part, dict):
        return {
            name: without_texts(inner)
            for name, inner in part.items()
            if not (name in READ_BY_PEOPLE and isinstance(inner, str))
        }
    return [without_texts(inner) for inner in part] if isinstance(part, list) else part


def test_document_has_every_text_in_both_languages(client):
    portuguese, english = (texts(client.get(f"{DOCUMENT}?lang={locale}").json) for locale in LOCALES)

    assert len(english) > 30
    assert list(portuguese) == list(english)
    assert not {where: text for where, text in portuguese.items() if text == english[where] or not text.strip()}


def test_document_says_the_same_of_the_interface_in_both_languages(client):
    portuguese, english = (without_texts(client.get(f"{DOCUMENT}?lang={locale}").json) for locale in LOCALES)

    assert portuguese == english


@pytest.mark.parametrize("asked", ["", "?lang=en", "?lang=fr", "?lang="])
def test_document_is_in_english_unless_asked_otherwise(client, asked):
    answer = client.get(f"{DOCUMENT}{asked}", headers={"Accept-Language": "pt-BR"})

    assert answer.headers["Content-Language"] == "en"
    assert answer.json == client.get(f"{DOCUMENT}?lang=en").json


@pytest.mark.parametrize("locale", LOCALES)
def test_page_shows_the_texts_of_its_language_and_none_of_the_other(client, locale):
    other = next(one for one in LOCALES if one != locale)
    page = html.unescape(client.get(f"/api/docs?lang={locale}").text)
    shown, foreign = (
        {text for where, text in texts(client.get(f"{DOCUMENT}?lang={one}").json).items() if "/tags/" not in where}
        for one in (locale, other)
    )

    assert f'<html lang="{locale}">' in page
    assert not {text for text in shown if text not in page}
    assert not {text for text in foreign if text in page}


def test_page_links_to_the_document_in_its_language(client):
    assert f'href="{DOCUMENT}?lang=pt-BR"' in client.get("/api/docs", headers={"Accept-Language": "pt"}).text


def test_document_names_no_form_that_no_route_uses(client):
    document = client.get(DOCUMENT).json
    used = str(document)

    assert not {name for name in document["components"]["schemas"] if f"#/components/schemas/{name}'" not in used}
