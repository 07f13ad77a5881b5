"""What an admin may write, and what they are told when it is not a phrase."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.signals import PhraseInvalid, compile_phrase
from rules.signals.phrases import MAX_SEQUENCES
from rules.text import LOCALES


def ways(phrase, state=0):
    """Every way through the phrase's graph from a state on, as rows of arcs."""
    if state in phrase.ends:
        yield ()
    for arc in phrase.arcs[state]:
        for further in ways(phrase, arc.to):
            yield (arc, *further)


def shown(source: str, language="pt-BR") -> set[str]:
    """The ways as texts: `~n` before a word is its gap, `*` after it a prefix."""
    return {
        " ".join(
            (f"~{arc.gap} " if arc.gap else "") + " ".join(arc.keys) + ("*" if arc.is_prefix else "") for arc in way
        )
        for way in ways(compile_phrase(source, language))
    }


def test_alternatives_are_multiplied_out():
    assert shown("(want|need) ~3 (cancel|close account)", "en") == {
        "want ~3 cancel",
        "want ~3 close account",
        "need ~3 cancel",
        "need ~3 close account",
    }


def test_groups_nest_and_hold_gaps_and_prefixes():
    assert shown("(a (b|c ~2 d)|expir*) plano") == {"a b plan", "a c ~2 d plan", "expir* plan"}


def test_equal_ways_are_kept_once():
    assert len(list(ways(compile_phrase("(cancelar|cancelamento|CANCELEI) plano", "pt-BR")))) == 1


@given(
    groups=st.lists(
        st.lists(st.lists(st.sampled_from(["boleto", "não", "vc", "tela", "de"]), min_size=1, max_size=2), min_size=1),
        min_size=1,
        max_size=2,
    )
)
def test_blanks_in_a_group_change_nothing(groups):
    def written(alternative_space, bar):
        return " ".join("(" + bar.join(alternative_space.join(words) for words in group) + ")" for group in groups)

    try:
        close = shown("boleto " + written(" ", "|"))
    except PhraseInvalid as problem:
        close = problem.code
    try:
        wide = shown("boleto " + written("  ", " | "))
    except PhraseInvalid as problem:
        wide = problem.code

    assert close == wide


def test_a_graph_grows_with_the_words_of_its_phrase():
    group = "(" + "|".join(f"palavra{number}" for number in range(10)) + ")"
    phrase = compile_phrase(f"{group} ~2 {group} ~2 {group}", "pt-BR")

    assert len(list(ways(phrase))) == 1_000
    assert sum(map(len, phrase.arcs)) == 30


def test_abbreviations_accents_and_hyphens_read_as_they_do_in_a_text():
    assert shown("vc NÃO recebeu pós-venda") == shown("voce nao recebeu pos venda")


def test_a_contraction_counts_as_its_words():
    assert shown("don't work", "en") == shown("do not work", "en")


@pytest.mark.parametrize(
    ("source", "code", "position"),
    [
        ("", "empty", 0),
        ("   ", "empty", 0),
        ("cancelar (|plano)", "empty_alternative", 10),
        ("cancelar (plano|)", "empty_alternative", 16),
        ("cancelar ()", "empty_alternative", 10),
        ("~2 cancelar", "gap_at_edge", 0),
        ("cancelar plano ~2", "gap_at_edge", 15),
        ("quero (cancelar ~2|encerrar) plano", "gap_at_edge", 16),
        ("quero (~2 cancelar|encerrar)", "gap_at_edge", 7),
        ("quero ~2 ~3 cancelar", "gap_twice", 9),
        ("quero ~9 cancelar", "gap_size", 6),
        ("quero ~0 cancelar", "gap_size", 6),
        ("quero ~ cancelar", "gap_size", 6),
        ("quero ~999999999999 cancelar", "gap_size", 6),
        ("quero ~٣ cancelar", "gap_size", 6),
        ("quero (cancelar|encerrar", "unbalanced", 6),
        ("quero cancelar)", "unbalanced", 14),
        ("quero cancelar | encerrar", "bar_outside", 15),
        ("quero cancelar!", "character", 14),
        ("quero, cancelar", "character", 5),
        ('"quero cancelar"', "character", 0),
        ("quero \udc80 cancelar", "character", 6),
        ("quero \x00cancelar", "character", 6),
        ("ca* plano", "prefix", 0),
        ("cancel*ar plano", "character", 6),
        ("e-mail* novo", "prefix", 0),
        ("não", "too_broad", 0),
        ("(cancelar|de para)", "too_broad", 0),
        ("o que", "too_broad", 0),
    ],
)
def test_a_bad_phrase_is_refused_at_its_place(source, code, position):
    with pytest.raises(PhraseInvalid) as refused:
        compile_phrase(source, "pt-BR")

    assert (refused.value.code, refused.value.position) == (code, position)


def test_too_many_combinations_are_refused_before_they_are_made():
    group = "(" + "|".join(f"palavra{number}" for number in range(50)) + ")"

    with pytest.raises(PhraseInvalid) as refused:
        compile_phrase(" ".join([group] * 12), "pt-BR")

    assert refused.value.code == "too_many"
    assert str(MAX_SEQUENCES) in str(refused.value)


def test_deep_nesting_is_refused():
    with pytest.raises(PhraseInvalid):
        compile_phrase("(" * 5_000 + "cancelar" + ")" * 5_000, "pt-BR")


def test_a_refusal_says_what_and_how_to_mend_in_both_languages():
    with pytest.raises(PhraseInvalid) as refused:
        compile_phrase("quero ~9 cancelar", "pt-BR")

    assert refused.value.what("pt-BR") == "o intervalo ~9 não vai de 1 a 8 palavras"
    assert refused.value.what("en") == "the gap ~9 is not from 1 to 8 words"
    assert refused.value.mend("pt-BR") != refused.value.mend("en")
    assert "character 7" in str(refused.value)


@pytest.mark.parametrize("source", ["how do I", "can I", "where is"])
def test_question_words_and_modal_verbs_say_enough(source):
    assert shown(source, "en")


@given(
    source=st.text(alphabet=st.sampled_from("ab çã(|)~*123 -'!\x00"), max_size=40), language=st.sampled_from(LOCALES)
)
def test_any_text_is_a_phrase_or_is_refused_with_a_place_inside_it(source, language):
    try:
        phrase = compile_phrase(source, language)
    except PhraseInvalid as problem:
        refused, phrase = problem, None
    else:
        refused = None

    if refused:
        assert 0 <= refused.position <= len(source)
        assert refused.what("pt-BR")
        assert refused.mend("en")
    else:
        assert all(arc.gap == 0 for arc in phrase.arcs[0])
        assert any(ways(phrase))
