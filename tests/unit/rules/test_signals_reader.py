"""Signals of whole conversations: hard negatives, later words, limits, and any text there may be."""

from __future__ import annotations

import random
import unicodedata
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.rulebook import Origin, Signal, SignalExamples
from rules.signals import MAX_CHARS, PhraseInvalid, SignalReader, SpokenText
from rules.text import Text

NONE = SignalExamples((), ())


def signal(name, pt_br=(), en=(), *, not_pt_br=(), not_en=(), clears=(), implies=()):
    return Signal(
        name=name,
        title=Text(name, name),
        phrases={"pt-BR": tuple(pt_br), "en": tuple(en)},
        not_when={"pt-BR": tuple(not_pt_br), "en": tuple(not_en)},
        negatable=True,
        clears=tuple(clears),
        examples={"pt-BR": NONE, "en": NONE},
        origin=Origin(f"{name}.yml", 1),
        implies=tuple(implies),
    )


SIGNALS = (
    signal(
        "cancel",
        ["(quero|vou|preciso) ~3 cancelar", "rescisão"],
        ["(want|need) ~3 cancel", "cancel ~2 (plan|account)"],
        not_pt_br=["(cancelar|rescisão) ~4 (reunião|consulta)"],
        not_en=["cancel ~3 meeting"],
    ),
    signal(
        "stays",
        ["(desisti|mudei de ideia)", "não quero mais cancelar"],
        ["changed my mind", "keep ~2 (plan|account)"],
        clears=["cancel"],
    ),
    signal("price", ["(quanto custa|preço|valor)"], ["(how much|price|pricing)"]),
    signal("slow", ["(lento|lentidão|trav*)"], ["(slow|freez*)"]),
)
READER = SignalReader(SIGNALS)


def signals(*texts, **options):
    return READER.read([SpokenText(str(number), text) for number, text in enumerate(texts)], **options).signals


# --- what is found ------------------------------------------------------------------------------


def test_a_hit_says_the_phrase_the_message_and_the_place_in_the_original():
    text = "Oi!\n> citação\nNa\u0303o sei, mas quero, por favor, can\u200bce\u0301lar\u200b tudo."
    reading = READER.read([("m1", text)])

    (hit,) = reading.hits
    assert (hit.signal, hit.phrase, hit.language, hit.message_id) == (
        "cancel",
        "(quero|vou|preciso) ~3 cancelar",
        "pt-BR",
        "m1",
    )
    assert text[hit.start : hit.end].startswith("quero, por favor, can")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("I said that I have lent them the key to my room", False),  # "lent" has the stem of "lento"
        ("I would like to know why it is so lento today", True),
        ("ele ficou muito lento depois da troca", True),
        ("ficou lenta", True),
    ],
)
def test_one_word_of_a_clear_text_is_no_form_of_a_word_of_the_other_language(text, found):
    assert ("slow" in signals(text)) is found


def test_each_phrase_of_a_message_is_evidence_once_and_hits_are_in_order():
    reading = READER.read([("a", "preço? preço! quero cancelar. Rescisão. quero cancelar"), ("b", "preço")])

    assert [(hit.message_id, hit.signal, hit.start) for hit in reading.hits] == [
        ("a", "price", 0),
        ("a", "cancel", 14),
        ("a", "cancel", 30),
        ("b", "price", 0),
    ]


def test_mixed_text_is_looked_at_in_both_languages():
    assert signals("Olá, how much custa? o sistema freezing e travando, I want to cancel") == {
        "price",
        "slow",
        "cancel",
    }


def test_a_given_language_does_not_hide_the_other_one():
    assert signals("quero cancelar", language="en") == {"cancel"}


@pytest.mark.parametrize(
    "text",
    [
        "quero. cancelar",
        "quero! Cancelar",
        "quero\n\ncancelar",
        "quero…\ncancelar",
        "Quero\n- cancelar",
        "quero? cancelar",
    ],
)
def test_no_phrase_reaches_across_the_end_of_a_sentence(text):
    assert signals(text) == frozenset()


@pytest.mark.parametrize("text", ["parou.quero cancelar", "PAROU.QUERO CANCELAR", "não abre!quero cancelar"])
def test_a_space_left_out_after_a_full_stop_is_none_the_less_a_new_sentence(text):
    assert signals(text) == {"cancel"}
    assert signals(text.replace("quero cancelar", "cancelar").replace("QUERO CANCELAR", "cancelar")) == frozenset()


@pytest.mark.parametrize("text", ["quero.cancelar", "QUERO.CANCELAR"])
def test_no_phrase_reaches_across_a_full_stop_without_a_space(text):
    assert signals(text) == frozenset()


@pytest.mark.parametrize("text", ["quero loja.example.com cancelar", "quero faq.pdf cancelar", "quero 3.5 cancelar"])
def test_a_full_stop_in_an_address_ends_nothing(text):
    assert signals(text) == {"cancel"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("estou a tentar exportar", True),
        ("estamos sempre a tentar", False),
        ("estou tentando exportar", True),
        ("estou à espera", False),
        ("não estou a tentar nada", False),
    ],
)
def test_portugals_progressive_is_brazils_gerund(text, said):
    reader = SignalReader([signal("tries", ["(estou|estamos) tentando"]), signal("waits", ["estou espera"])])

    assert reader.read([("m", text)]).signals == (frozenset({"tries"}) if said else frozenset())


def test_a_phrase_in_portugals_progressive_is_found_as_it_is_written():
    reader = SignalReader([signal("tries", ["estou a tentar"])])

    (hit,) = reader.read([("m", "Olá, estou a tentar sair")]).hits

    assert (hit.start, hit.end) == (5, 19)


@pytest.mark.parametrize(
    "text", ["quero\ncancelar", "quero, sim, cancelar", "quero (já) cancelar", "quero Sr. cancelar"]
)
def test_other_punctuation_only_parts_words(text):
    assert signals(text) == {"cancel"}


# --- hard negatives -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "quero cancelar a reunião",
        "preciso cancelar a nossa consulta de hoje",
        "I need to cancel the meeting",
        "rescisão da reunião",
    ],
)
def test_a_hard_negative_takes_the_hit_that_it_overlaps(text):
    assert signals(text) == frozenset()


def test_a_hard_negative_takes_every_hit_of_its_clause():
    assert signals("preciso cancelar logo o plano da rescisão da consulta") == frozenset()


@pytest.mark.parametrize(
    "text",
    [
        "quero cancelar a reunião. Quero cancelar o plano também",
        "quero cancelar a reunião, e também quero cancelar tudo",
        "quero cancelar a reunião mas vou cancelar o plano",
    ],
)
def test_a_hard_negative_leaves_the_other_clauses_alone(text):
    assert signals(text) == {"cancel"}


# --- later words --------------------------------------------------------------------------------


def test_a_later_message_takes_the_signal_back():
    assert signals("quero cancelar", "mudei de ideia") == {"stays"}


def test_later_words_of_the_same_message_take_it_back():
    assert signals("Quero cancelar. Aliás, mudei de ideia.") == {"stays"}


def test_earlier_words_take_nothing_back():
    assert signals("desisti de esperar, quero cancelar") == {"stays", "cancel"}


def test_a_still_later_hit_brings_it_back():
    reading = READER.read([("1", "quero cancelar"), ("2", "mudei de ideia"), ("3", "agora vou cancelar mesmo")])

    assert "cancel" in reading.signals
    assert [hit.message_id for hit in reading.hits if hit.signal == "cancel"] == ["3"]


def test_what_a_clearing_phrase_contains_it_clears():
    assert signals("não quero mais cancelar") == {"stays"}


def test_what_is_not_named_stands():
    assert signals("qual o preço? quero cancelar", "changed my mind") == {"price", "stays"}


NARROW = SignalReader(
    (
        *SIGNALS,
        signal("erased", ["apagou ~2 dados"], ["(wiped|erased) ~2 data"], implies=["lost", "cancel"]),
        signal("lost", ["perdemos tudo"], ["lost everything"], implies=["slow"]),
    )
)


def test_a_narrow_signal_says_the_wider_ones_at_the_same_place():
    reading = NARROW.read([SpokenText("1", "It wiped all data.")])

    assert {(hit.signal, hit.start, hit.end) for hit in reading.hits} == {
        (name, len("It "), len("It wiped all data")) for name in ("erased", "lost", "cancel")
    }


def test_what_is_implied_implies_nothing_more_and_what_is_denied_nothing_at_all():
    assert NARROW.read([SpokenText("1", "we lost everything")]).signals == {"lost", "slow"}
    assert NARROW.read([SpokenText("1", "a atualização não apagou dados")]).signals == frozenset()


def test_what_is_implied_is_taken_back_like_what_is_said():
    assert NARROW.read([SpokenText("1", "It erased our data"), SpokenText("2", "changed my mind")]).signals == {
        "erased",
        "lost",
        "stays",
    }


# --- language -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tag", "text", "language"),
    [
        ("pt-BR", "I want to cancel", "pt-BR"),
        ("pt_PT", "I want to cancel", "pt-BR"),
        ("en-US", "quero cancelar", "en"),
        ("es", "I want to cancel", "en"),
        (None, "quero cancelar", "pt-BR"),
        ("", "I want to cancel", "en"),
        (None, "123", "pt-BR"),
    ],
)
def test_the_language_is_the_tickets_own_or_detected(tag, text, language):
    assert READER.read([("m", text)], tag).language == language


def test_the_default_language_is_the_callers():
    assert READER.read([("m", "123")], default="en").language == "en"


# --- limits -------------------------------------------------------------------------------------


def test_a_long_message_is_read_up_to_the_limit_and_says_so():
    reading = READER.read([("m", "quero cancelar. " + "blá " * 60_000 + "preço")])

    assert reading.signals == {"cancel"}
    assert reading.truncated


def test_a_short_message_is_read_whole_beside_long_ones():
    long = "blá " * 10_000
    reading = READER.read([("1", long), ("2", "quero cancelar"), ("3", "preço " + long), ("4", "está lento")])

    assert reading.signals == {"cancel", "price", "slow"}
    assert reading.truncated


def test_a_long_quoted_history_cuts_nothing_of_the_customers():
    history = "".join(f"> linha {number} do histórico\n" for number in range(5_000))
    reading = READER.read([("m", "quero cancelar\n\nEm 03/06/2024 10:12, Suporte <a@b.example> escreveu:\n" + history)])

    assert reading.signals == {"cancel"}
    assert not reading.truncated


def test_of_very_many_messages_the_first_and_the_newest_are_read():
    texts = ["quanto custa"] + ["está lento"] * 2 + ["nada"] * 200 + ["quero cancelar"]
    reading = READER.read([(str(number), text) for number, text in enumerate(texts)])

    assert reading.signals == {"price", "cancel"}
    assert reading.truncated


def test_no_message_and_no_text_say_nothing():
    assert READER.read([]).hits == ()
    assert READER.read([("m", "")]).signals == frozenset()
    assert not READER.read([("m", "x" * MAX_CHARS)]).truncated


# --- any text -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        unicodedata.normalize("NFD", "não é só isso: QUERO CANCELAR já"),
        "quero\tcancelar",
        "quero\x00cancelar",
        "\u202equero\u202c cancelar",
        "quero 😡 cancelar 😡",
        "quero cancelar".translate({code: code + 0xFEE0 for code in range(0x61, 0x7B)}),  # full width
        "quero\udc80 cancelar\ud800",
        "“quero cancelar”",
        "*quero* _cancelar_",
        "QUEEEERO CANCELAAAAR",
        "quero&nbsp;cancelar",
        "<b>quero</b> cancel&#97;r",
        "\ufeffquero can\u00adce\u200dlar",
    ],
)
def test_the_words_are_found_however_they_are_written(text):
    assert signals(text) == {"cancel"}


WORDS = (
    "quero não cancelar mas e vou preço reunião desisti . , ! \n \n\n > > -- Att, I want to cancel not don\u2019t can't"
    " meeting \u0301 \u200b \udc80 \x00 😡 مرحبا <br> &atilde; De: Em 10:12 escreveu: wrote: keep plan"
)
words = st.sampled_from(WORDS.split(" "))


@given(texts=st.lists(st.lists(words, max_size=25).map(" ".join) | st.text(max_size=60), max_size=4))
def test_any_text_is_read_to_hits_inside_it(texts):
    messages = [(str(number), text) for number, text in enumerate(texts)]
    reading = READER.read(messages)

    assert reading.signals == {hit.signal for hit in reading.hits}
    for hit in reading.hits:
        assert 0 <= hit.start < hit.end <= len(texts[int(hit.message_id)])


@given(texts=st.lists(st.lists(words, max_size=25).map(" ".join), max_size=3))
def test_the_order_of_the_signals_given_changes_nothing(texts):
    messages = [(str(number), text) for number, text in enumerate(texts)]

    assert SignalReader(reversed(SIGNALS)).read(messages) == READER.read(messages)


def test_threads_share_a_reader():
    rng = random.Random(3)  # noqa: S311 -- made-up texts, no secret
    texts = [
        " ".join(
            rng.choices(
                ["quero", "não", "cancelar", "preço", "lento", "want", "cancel", "mudei", "de", "ideia", ".", ","], k=30
            )
        )
        for _ in range(200)
    ]
    expected = [READER.read([("m", text)]) for text in texts]
    fresh = SignalReader(SIGNALS)

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda text: fresh.read([("m", text)]), texts))

    assert found == expected


def test_a_bad_phrase_keeps_the_reader_from_being_built():
    with pytest.raises(PhraseInvalid):
        SignalReader([signal("bad", ["quero ~9 cancelar"])])
