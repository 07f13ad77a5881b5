"""The C stemmers stem as Snowball's own Python ones do, in any thread."""

import random
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st
from snowballstemmer.english_stemmer import EnglishStemmer
from snowballstemmer.portuguese_stemmer import PortugueseStemmer

from rules.loader import SHIPPED
from rules.signals.stemmers import stem

ORACLES = {"en": EnglishStemmer, "pt-BR": PortugueseStemmer}
ENDINGS = {
    "pt-BR": "ção ções mente ável ível ância ência ando endo íssimo eza ismo ista amento idade ivo osa ar er ir aram"
    " eriam ais ões s es logia ução mos eis ém içá ês uê gu",
    "en": "ing ed ies ational fulness ness ly ment able ible ance ence ize ise ism iti ous ive eed ingly ogist y s es"
    " 's ying ied 'll",
}


@pytest.mark.slow
@pytest.mark.parametrize("language", ORACLES)
def test_every_word_of_the_shipped_packs_has_the_same_stem(language):
    files = sorted(SHIPPED.rglob("*.yml"))
    words = sorted({word for path in files for word in re.findall(r"[^\W\d_]+", path.read_text("utf-8").lower())})
    oracle = ORACLES[language]()

    assert len(words) > 3_000
    assert {word: stem(word, language) for word in words} == {word: oracle.stemWord(word) for word in words}


@pytest.mark.parametrize("language", ORACLES)
def test_made_up_words_with_the_languages_endings_have_the_same_stem(language):
    rng = random.Random(11)  # noqa: S311 - made-up words, no secret
    letters = "abcdefghijlmnopqrstuvxz" + "áàãâéêíóôõúç" * (language == "pt-BR")
    endings = ENDINGS[language].split()
    words = ["".join(rng.choices(letters, k=rng.randint(1, 8))) + rng.choice(endings) for _ in range(5_000)]
    oracle = ORACLES[language]()

    assert [stem(word, language) for word in words] == [oracle.stemWord(word) for word in words]


@given(word=st.text(st.characters(codec="utf-8"), max_size=12), language=st.sampled_from(sorted(ORACLES)))
def test_any_text_has_the_same_stem(word, language):
    assert stem(word, language) == ORACLES[language]().stemWord(word)


def test_threads_do_not_disturb_one_another():
    words = ["cancelamento", "renovações", "possibilidade", "nationally", "cancellation", "a"] * 200
    pairs = [(word, language) for word in words for language in sorted(ORACLES)]
    expected = [stem(*pair) for pair in pairs]

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: [stem(*pair) for pair in pairs], range(16)))

    assert found == [expected] * 16
