"""Which language a text is in, also when it is short or careless."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.signals import detect

PORTUGUESE = [
    "oi",
    "Olá, tudo bem?",
    "bom dia",
    "ajuda por favor",
    "nao consigo entrar no sistema",
    "boleto vencido",
    "cadê meu reembolso",
    "vc pode me ajudar?",
    "cancelamento da assinatura",
    "o app tá travando",
    "o dashboard do plano premium não carrega o report",
    "QUERO CANCELAR",
    "não",
    "qual o valor do upgrade?",
]
ENGLISH = [
    "hi",
    "help",
    "hello there",
    "cannot log in",
    "invoice is wrong",
    "why was I charged twice?",
    "the app keeps crashing",
    "cancel my account",
    "pls fix this",
    "billing question",
    "how do I export a report?",
    "refund",
    "I DONT UNDERSTAND",
    "my boss João wants to know when the São Paulo office is connected",
]


@pytest.mark.parametrize("text", PORTUGUESE)
def test_portuguese_is_told(text):
    assert detect(text, "en") == "pt-BR"


@pytest.mark.parametrize("text", ENGLISH)
def test_english_is_told(text):
    assert detect(text, "pt-BR") == "en"


@pytest.mark.parametrize("text", ["", "12345", "ok", "???", "😡😡", "\x00\udc80"])
def test_a_text_without_a_language_has_the_default(text):
    assert detect(text) == "pt-BR"
    assert detect(text, "en") == "en"


@given(st.text(max_size=200))
def test_any_text_has_a_language_and_always_the_same(text):
    assert detect(text) == detect(text)
