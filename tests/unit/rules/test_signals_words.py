"""When two words count as the same."""

from __future__ import annotations

import unicodedata

import pytest
from laws import every

from rules.signals.words import MAX_WORD, WORD, fold, key, written_out


def keys(words: str, language):
    return {key(word, language) for raw in words.split() for word in written_out(raw, language)}


@pytest.mark.parametrize(
    "words",
    [
        "cancelar cancelamento cancelei cancelado cancelando cancelem CANCELA",
        "renovação renovacao renovações renovar RENOVACOES",
        "cartão cartões cartao cartoes",
        "reunião reuniões reuniao",
        "possível possíveis possivel",
        "mensal mensais",
        "mensagem mensagens",
        "trocar troquei troca",
        "pagar paguei",
        "cobrança cobranças cobranca",
        "ação acção ações acções",
        "fatura factura facturas",
        "contato contacto",
        "fato facto",
        "ótimo óptimo",
        "atualizar actualizar actualização",
        "registro registo",
        "usuário utilizador",
        "assinatura subscrição subscrições",
    ],
)
def test_portuguese_inflections_and_missing_accents_are_one_word(words):
    assert len(keys(words, "pt-BR")) == 1


@pytest.mark.parametrize(
    "words",
    [
        "cancel cancels cancelled canceled cancelling cancellation",
        "renew renewal",
        "invoice invoices",
        "authorize authorise authorised authorising",
        "favorite favourite favourites",
        "license licence",
    ],
)
def test_english_inflections_are_one_word(words):
    assert len(keys(words, "en")) == 1


def test_short_function_words_keep_their_shape():
    assert key("na", "pt-BR") != key("nao", "pt-BR")


@pytest.mark.parametrize(
    ("language", "small", "others"),
    [
        ("pt-BR", "para", "parar parou parado pare parem"),
        ("pt-BR", "como", "comer comeu comando"),
        ("pt-BR", "com", "comer comeu comando"),
        ("pt-BR", "logo", "logar logado login"),
        ("pt-BR", "sob", "sobe subiu"),
        ("pt-BR", "sobre", "sobrar sobrou"),
        ("pt-BR", "parte", "partir partida"),
        ("pt-BR", "caso", "casa casei"),
        ("en", "several", "severe sever"),
        ("en", "quite", "quit quitting"),
        ("en", "important importance", "import imported"),
        ("en", "helpful", "help helped"),
        ("en", "customers", "custom customise"),
        ("en", "manager management", "manage managed"),
        ("pt-BR", "março", "marcar marcou"),
        ("pt-BR", "sábado sábados", "saber sabe"),
        ("pt-BR", "entre", "entrar entrou"),
        ("pt-BR", "notas", "notar notou"),
    ],
)
def test_a_small_word_is_not_the_verb_that_it_looks_like(language, small, others):
    assert keys(small, language).isdisjoint(keys(others, language))


@pytest.mark.parametrize("words", ["pelo pela pelos pelas", "caso casos", "parte partes", "parar parou parado pare"])
def test_words_that_are_kept_apart_still_hold_together_among_themselves(words):
    assert len(keys(words, "pt-BR")) == 1


@pytest.mark.parametrize("raw", ["don't", "don\u2019t", "DON\u00b4T", "don`t", "dont", "Don\uff07t", "don\u02bct"])
def test_every_apostrophe_and_none_is_the_same_contraction(raw):
    assert written_out(raw, "en") == ("do", "not")


@every(
    ("raw", "language", "words"),
    [
        ("vc", "pt-BR", ("voce",)),
        ("Vcs", "pt-BR", ("voces",)),
        ("tb", "pt-BR", ("tambem",)),
        ("pq", "pt-BR", ("por", "que")),
        ("porque", "pt-BR", ("por", "que")),
        ("q", "pt-BR", ("que",)),
        ("n", "pt-BR", ("nao",)),
        ("ñ", "pt-BR", ("nao",)),
        ("obg", "pt-BR", ("obrigado",)),
        ("tô", "pt-BR", ("estou",)),
        ("nãooooo", "pt-BR", ("nao",)),
        ("muuuuito", "pt-BR", ("muito",)),
        ("bbb", "pt-BR", ("bb",)),
        ("msm", "pt-BR", ("mesmo",)),
        ("qdo", "pt-BR", ("quando",)),
        ("blz", "pt-BR", ("beleza",)),
        ("hj", "pt-BR", ("hoje",)),
        ("naaaao", "pt-BR", ("nao",)),
        ("nãoo", "pt-BR", ("nao",)),
        ("pgto", "pt-BR", ("pagamento",)),
        ("plz", "en", ("please",)),
        ("thx", "en", ("thanks",)),
        ("ur", "en", ("your",)),
        ("acct", "en", ("account",)),
        ("ASAP", "en", ("as", "soon", "as", "possible")),
        ("dont", "en", ("do", "not")),
        ("wont", "en", ("will", "not")),
        ("dosent", "en", ("do", "not")),
        ("kkkkkkk", "pt-BR", ("kk",)),
        ("ééééé", "pt-BR", ("ee",)),
        ("qqqqq", "pt-BR", ("qualquer",)),
        ("sooo", "en", ("so",)),
        ("pleeeease", "en", ("please",)),
        ("bbb", "en", ("bb",)),
        ("AAAA", "en", ("aa",)),
        ("uuu", "en", ("uu",)),
        ("b", "en", ("b",)),
        ("d'água", "pt-BR", ("d", "agua")),
        ("pls", "en", ("please",)),
        ("u", "en", ("you",)),
        ("cant", "en", ("can", "not")),
        ("cannot", "en", ("can", "not")),
        ("won't", "en", ("will", "not")),
        ("doesn't", "en", ("do", "not")),
        ("I'd", "en", ("i", "would")),
        ("customer's", "en", ("customer",)),
        ("wanna", "en", ("want", "to")),
        ("e-mail", "en", ("email",)),
        ("E-mails", "pt-BR", ("emails",)),
        ("its", "en", ("its",)),
        ("ill", "en", ("ill",)),
    ],
)
def test_abbreviations_are_written_out(raw, language, words):
    assert written_out(raw, language) == words


@pytest.mark.parametrize(
    "raw",
    [
        "não",
        "NÃO",
        unicodedata.normalize("NFD", "não"),
        "n\u200bão",
        "ｎãｏ",
        "\U0001d427\U0001d41a\U0001d428",
        "na\u0303\u00ado",
    ],
)
def test_folding_sees_through_spellings_of_the_same_letters(raw):
    assert fold(raw) == "nao"


def test_words_end_at_punctuation_hyphen_and_underscore():
    found = [match.group() for match in WORD.finditer("pós-venda, foo_bar/x. e-mail 'quote' 1.000,50")]

    assert found == ["pós", "venda", "foo", "bar", "x", "e-mail", "quote", "1", "000", "50"]


def test_a_run_of_letters_that_is_no_word_is_not_stemmed():
    run = "a" * (MAX_WORD + 1) + "mente"

    assert key(run, "pt-BR") == run


def test_short_words_keep_their_silent_letters():
    assert key("apto", "pt-BR") != key("ato", "pt-BR")
