"""Misspelt words: read as the word they must mean, and never where they are a word of their own."""

from __future__ import annotations

import string

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from lookalike_lists import HEADER, TARGET
from lookalike_lists import lookalikes as made_anew

from rules.rulebook import Origin, Signal, SignalExamples
from rules.signals import SignalReader, meaning
from rules.signals.clauses import HEARD
from rules.signals.misspelt import lookalikes, price
from rules.signals.words import fold, key, listed
from rules.text import Text

NONE = SignalExamples((), ())
WORDS = {
    "pt-BR": listed(
        "cancelar assinatura reembolso contrato contato renovar remover cobrança fatura mensalidade estorno atendimento"
        " problema suporte funcionalidade integração licença desconto pagamento orçamento treinamento reclamação"
        " concorrente satisfeito péssimo usuário relatório exportar acesso vencimento"
    ),
    "en": listed(
        "cancel subscription refund contract contact renewal remove charge change invoice payment billing support"
        " integration license discount training complaint competitor satisfied terrible dashboard export access"
        " expired customer upgrade downgrade password working"
    ),
}


def signal(name: str, pt_br: tuple[str, ...], en: tuple[str, ...], *, negatable: bool = True) -> Signal:
    return Signal(
        name=name,
        title=Text(name, name),
        phrases={"pt-BR": pt_br, "en": en},
        not_when={"pt-BR": (), "en": ()},
        negatable=negatable,
        clears=(),
        examples={"pt-BR": NONE, "en": NONE},
        origin=Origin(f"{name}.yml", 1),
    )


def named(language: str, word: str) -> str:
    return f"{language}:{word}"


READER = SignalReader(
    [signal(named("pt-BR", word), (word,), (), negatable=False) for word in sorted(WORDS["pt-BR"])]
    + [signal(named("en", word), (), (word,), negatable=False) for word in sorted(WORDS["en"])]
)


def edits(written: str, meant: str) -> int:
    """Optimal string alignment by the book: the table of all beginnings."""
    rows = [[0] * (len(meant) + 1) for _ in range(len(written) + 1)]
    for i in range(len(written) + 1):
        for j in range(len(meant) + 1):
            if not i or not j:
                rows[i][j] = i + j
                continue
            rows[i][j] = min(
                rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (written[i - 1] != meant[j - 1])
            )
            if i > 1 and j > 1 and written[i - 1] == meant[j - 2] and written[i - 2] == meant[j - 1]:
                rows[i][j] = min(rows[i][j], rows[i - 2][j - 2] + 1)
    return rows[-1][-1]


@st.composite
def slips(draw, word: str) -> str:
    """Return the word after one edit."""
    at = draw(st.integers(0, len(word) - 1))
    letter = draw(st.sampled_from(string.ascii_lowercase))
    return draw(
        st.sampled_from(
            [
                word[:at] + word[at + 1 :],
                word[:at] + letter + word[at:],
                word[:at] + letter + word[at + 1 :],
                word[:at] + word[at + 1 : at + 2] + word[at : at + 1] + word[at + 2 :],
            ]
        )
    )


VERBS = tuple(word[:-2] for word in lookalikes() if word.endswith(("ar", "er", "ir")))
"""What real words begin with that may be verbs: a form of theirs is no slip."""

LEXICON = [(language, word) for language, words in WORDS.items() for word in sorted(words) if len(word) >= 6]


@given(st.data())
def test_each_slip_in_a_long_word_is_read_as_the_word(data):
    language, word = data.draw(st.sampled_from(LEXICON))
    written = data.draw(slips(fold(word)))
    keys = {key(fold(other), tongue) for tongue, words in WORDS.items() for other in words}
    assume(written not in lookalikes() and key(written, "pt-BR") not in keys and key(written, "en") not in keys)
    assume(written not in HEARD["pt-BR"] | HEARD["en"])
    assume(language == "en" or not written.startswith(VERBS))
    spelt = {fold(other) for other in WORDS[language]} | HEARD[language]
    assume({other for other in spelt if edits(written, other) == 1 and len(other) >= 6} == {fold(word)})

    assert named(language, word) in READER.read([("m", written)]).signals


@given(st.sampled_from(sorted(lookalikes())))
def test_a_word_of_its_own_is_nobodys_misspelling(word):
    found = READER.read([("m", word)]).signals

    said = {tuple(name.split(":")) for name in found}
    assert all(key(word, language) == key(fold(meant), language) for language, meant in said)


@pytest.mark.parametrize(
    ("written", "never"),
    [
        ("contact", "en:contract"),
        ("contracts", "en:contact"),
        ("change", "en:charge"),
        ("charger", "en:change"),
        ("renovo", "pt-BR:remover"),
        ("removido", "pt-BR:renovar"),
        ("contato", "pt-BR:contrato"),
        ("contratos", "pt-BR:contato"),
        ("cancer", "en:cancel"),
        ("futura", "pt-BR:fatura"),
        ("excesso", "pt-BR:acesso"),
        ("wording", "en:working"),
        ("canceroso", "pt-BR:cancelar"),
        ("externo", "pt-BR:estorno"),
        ("import", "en:export"),
        ("upgraded", "en:downgrade"),
        ("boleto", "pt-BR:contrato"),
        ("desmontando", "pt-BR:desconto"),
    ],
)
def test_neighbours_are_not_confused(written, never):
    assert never not in READER.read([("m", written)]).signals


@pytest.mark.parametrize(
    ("written", "means"),
    [
        ("cancelra", "pt-BR:cancelar"),
        ("cancelamneto", "pt-BR:cancelar"),
        ("cancelamnto", "pt-BR:cancelar"),
        ("caancelando", "pt-BR:cancelar"),
        ("asinaturas", "pt-BR:assinatura"),
        ("reembolssos", "pt-BR:reembolso"),
        ("CONTARTO", "pt-BR:contrato"),
        ("mensaliddade", "pt-BR:mensalidade"),
        ("integrasões", "pt-BR:integração"),
        ("reclmaçoes", "pt-BR:reclamação"),
        ("cancelation", "en:cancel"),
        ("cancellaton", "en:cancel"),
        ("subscritpions", "en:subscription"),
        ("chagred", "en:charge"),
        ("satified", "en:satisfied"),
        ("acess", "en:access"),
        ("accesss", "en:access"),
        ("billling", "en:billing"),
        ("billlng", "en:billing"),
        ("pasword", "en:password"),
        ("Upgarding", "en:upgrade"),
        ("pas\u200bsowrd", "en:password"),
    ],
)
def test_inflected_forms_are_read_through_a_slip(written, means):
    assert means in READER.read([("m", written)]).signals


@pytest.mark.parametrize("written", ["plna", "cont", "acces5", "x" * 40, "ca1ncelar", "cncl"])
def test_short_words_and_what_is_no_word_are_left_alone(written):
    assert not READER.read([("m", written)]).signals


def test_of_two_words_equally_near_none_is_meant():
    reader = SignalReader([signal("one", ("marcador",), ()), signal("two", ("mercador",), ())])

    assert not reader.read([("m", "morcador")]).signals


LEAVES = signal("leaves", ("(quero|vamos|gostaria) ~3 (cancelar|encerrar)",), ("(want|like) ~3 (cancel|terminate)",))
PRAISES = signal("praises", ("recomendo", "satisfeito"), ("recommend", "satisfied"))
SCOPED = SignalReader([LEAVES, PRAISES])
MEANT = meaning([LEAVES, PRAISES])
SENTENCES = (
    "não gostaria de cancelar o plano",
    "gostaria de cancelar o plano",
    "não recomendo para ninguém",
    "não estou satisfeito, quero encerrar",
    "nenhum motivo: gostaria de encerrar hoje",
    "não fiquei satisfeito porém quero cancelar",
    "não pretendemos, não queremos que digam que gostaria de cancelar",
    "I would not like to terminate the contract",
    "I would like to terminate it because nobody answers",
    "nobody is satisfied therefore we want to cancel",
    "I am not satisfied although you recommend it",
    "we do not want anybody to cancel",
)


@given(st.data())
def test_a_slip_leaves_the_scope_of_a_negation_as_it_is(data):
    sentence = data.draw(st.sampled_from(SENTENCES))
    spoken = sentence.replace(",", " ,").replace(":", " :").split()
    heard = {"cancelar", "encerrar", "cancel", "terminate", "recomendo", "satisfeito", "recommend", "satisfied"}
    heard |= {"gostaria", "queremos", "nenhum", "ninguém", "nobody", "porém", "because", "therefore", "although"}
    at = data.draw(st.sampled_from([at for at, word in enumerate(spoken) if word in heard and len(word) >= 6]))
    written = data.draw(slips(fold(spoken[at])))
    language = "en" if " the " in sentence or sentence.startswith(("I ", "we ", "nobody ")) else "pt-BR"
    meant = MEANT(written, language)
    assume(meant == fold(spoken[at]))

    changed = " ".join([*spoken[:at], written, *spoken[at + 1 :]])

    assert SCOPED.read([("m", changed)]).signals == SCOPED.read([("m", sentence)]).signals


def test_a_word_of_another_signal_is_no_slip_for_a_reader_of_one():
    one, two = signal("one", ("plimadora",), ()), signal("two", ("plimadera",), ())

    assert SignalReader([one]).read([("m", "plimadera")]).signals == {"one"}
    assert not SignalReader([one], meaning([one, two])).read([("m", "plimadera")]).signals


def test_a_hit_names_the_phrase_and_the_very_letters_that_were_written():
    text = "Oi 😡\u200b, gostaria de CANCELRA já"

    (hit,) = SCOPED.read([("m", text)]).hits

    assert hit.phrase == "(quero|vamos|gostaria) ~3 (cancelar|encerrar)"
    assert text[hit.start : hit.end] == "gostaria de CANCELRA"


@given(st.text("abc", max_size=6), st.text("abc", max_size=6))
def test_a_price_is_named_for_one_edit_and_no_more(written, meant):
    assert (price(written, meant) is not None) == (edits(written, meant) == 1)


@pytest.mark.slow
def test_the_list_of_lookalikes_is_what_the_method_makes():
    assert TARGET.read_text("ascii") == HEADER + "\n".join(made_anew()) + "\n"
