"""Sentences as people type them: what does not matter, and what is said of one that cannot be read."""

import random
import unicodedata

import pytest
from sentence_cases import Dice, Maker

from rules.conditions import All, AnyOf, Not, Op, Test
from rules.rulebook import Origin, Signal
from rules.sentences import SentenceInvalid, parse, say
from rules.text import LOCALES, Text

SEVERE = Test("severity", Op.IS, "severe")
VIP = Test("ticket.is_vip", Op.IS, True)


@pytest.fixture(scope="module")
def signals(shipped):
    return shipped.signals


def signal(name, title):
    return Signal(name, Text(title, title), {}, {}, False, (), {}, Origin("x.yml", 1))


def refused(sentence, locale, signals=None):
    with pytest.raises(SentenceInvalid) as problem:
        parse(sentence, locale, signals)
    return problem.value


@pytest.mark.parametrize(
    "sentence",
    [
        "The severity is severe, and the ticket is marked as VIP.",
        "  the severity is SEVERE ,  and the ticket is marked as vip  ",
        "all of these are true:\n\n   - the severity is severe\n   - the ticket is marked as VIP.\n",
    ],
)
def test_capitals_spaces_and_full_stops_do_not_matter(sentence):
    assert parse(sentence, "en") == All((SEVERE, VIP))


def test_straight_quotes_and_ungrouped_numbers_are_understood():
    assert parse('the ticket\'s product is "c\\"rm"', "en") == Test("ticket.product", Op.IS, 'c"rm')
    assert parse("a receita mensal é maior que 12345,50", "pt-BR") == Test("customer.mrr", Op.ABOVE, 12345.5)


@pytest.mark.parametrize(
    ("written", "locale"),
    [
        ("a receita mensal é maior que 0.500", "pt-BR"),
        ("a receita mensal é maior que 012.345", "pt-BR"),
        ("the monthly revenue is more than 0,500", "en"),
        ("the monthly revenue is more than \u0663", "en"),
        ("the monthly revenue is more than \uff11\uff10", "en"),
    ],
)
def test_a_number_that_may_mean_another_one_is_refused(written, locale):
    assert ("um número, como" if locale == "pt-BR" else "a number, such as") in refused(written, locale).told(locale)


def test_what_editors_change_in_words_is_understood():
    split = unicodedata.normalize("NFD", "o cancelamento não está solicitado")

    assert split != unicodedata.normalize("NFC", split)
    assert parse(split, "pt-BR") == Not(Test("customer.cancellation", Op.IS, "requested"))
    assert parse("the ticket\u2019s status is open", "en") == Test("ticket.status", Op.IS, "open")


@pytest.mark.parametrize(
    ("one", "other"), [("caf\u00e9", "cafe\u0301"), ("a", "a\ufe0f"), ("ab", "a\u3164b"), ("\u00c5", "\u212b")]
)
@pytest.mark.parametrize("locale", LOCALES)
def test_texts_that_look_alike_are_told_apart_by_eye(locale, one, other):
    said = [say(Test("ticket.product", Op.IS, text), locale) for text in (one, other)]

    assert said[0].isprintable()
    assert len(said[1]) > len(said[0]) + 4  # spelt out
    assert [parse(sentence, locale).value for sentence in said] == [one, other]


def test_an_ending_group_may_be_written_as_a_list_too():
    listed = (
        "all of these are true:\n- the severity is severe\n- at least one of these is true:\n"
        "  - the severity is severe\n  - the ticket is marked as VIP"
    )

    assert parse(listed, "en") == All((SEVERE, AnyOf((SEVERE, VIP))))


def test_signals_go_by_title_or_by_name(signals):
    leaves = Test("signals", Op.HAS, "leave_threat")

    assert parse("the text says “Threatens to leave”", "en", signals) == leaves
    assert parse("the text says `leave_threat`", "en", signals) == leaves


@pytest.mark.parametrize("other", ["wants to CANCEL", "Wants  to cancel!", "Wants to\u00a0cancel"])
def test_signals_whose_titles_sound_alike_go_by_name(other):
    alike = {"a": signal("a", "Wants to cancel"), "b": signal("b", other)}
    found = [Test("signals", Op.HAS, name) for name in alike]
    said = [say(condition, "en", alike) for condition in found]

    assert said == ["the text says `a`", "the text says `b`"]
    assert [parse(sentence, "en", alike) for sentence in said] == found


def test_a_title_may_be_written_with_other_capitals(signals):
    assert parse("the text says “THREATENS TO LEAVE”", "en", signals) == Test("signals", Op.HAS, "leave_threat")


def test_signals_that_share_a_title_go_by_name():
    twins = {name: signal(name, title) for name, title in (("a", "Same"), ("b", "Same"), ("c", "a"))}
    for name in ("a", "b", "c", "Same"):
        condition = Test("signals", Op.HAS, name)

        assert parse(say(condition, "en", twins), "en", twins) == condition
    assert say(Test("signals", Op.HAS, "a"), "en", twins) == "the text says `a`"
    assert say(Test("signals", Op.HAS, "c"), "en", twins) == "the text says “a”"


@pytest.mark.parametrize(
    ("sentence", "line", "column", "near"),
    [
        ("the severity is hihg", 1, 17, "high"),
        ("the severity is high or sever", 1, 25, "severe"),
        ("the custmer opted out of offers", 1, 5, "customer"),
        ("severity is high", 1, 1, "the severity"),
        ("the ticket is marked as VIP, adn the severity is high", 1, 30, "and"),
        ("all of these are true:\n- the severity is high\n- the tickt is marked as VIP", 3, 7, "ticket"),
        ("the text says “Threatens to leve”", 1, 15, "“Threatens to leave”"),
        ("the customer has an invoice that is overdu", 1, 37, "overdue"),
        ("at least one of these is tru:\n- the severity is high", 1, 26, "true:"),
        ("the severity is", 1, 16, None),
        ("the ticket was reopened at least x times", 1, 34, None),
        ("the monthly revenue is more than 1.234,5", 1, 34, None),
    ],
)
def test_a_word_that_does_not_fit_is_told_with_place_and_nearest_word(signals, sentence, line, column, near):
    problem = refused(sentence, "en", signals)

    assert (problem.line, problem.column, problem.fault.near) == (line, column, near)


def test_the_error_says_what_where_why_and_how_to_mend_in_both_languages():
    english = refused("the severity is hihg", "en")
    portuguese = refused("a gravidade é alto", "pt-BR")

    assert str(english) == (
        "line 1, column 17: “hihg” does not fit here. What may come here: none · low · high · severe · "
        "any of these: · all of these: · none of these: · neither · …. Did you mean “high”?"
    )
    assert str(portuguese) == (
        "linha 1, coluna 15: “alto” não cabe aqui. Aqui pode vir: nenhuma · baixa · alta · crítica · "
        "algo disto: · tudo isto: · nada disto: · nem · …. Você quis dizer “alta”?"
    )
    assert english.told("pt-BR").startswith("linha 1, coluna 17: “hihg” não cabe aqui.")


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("", "There is no sentence."),
        ("the ticket's product is crm", "Put the text into quotes: “crm”."),
        ("the ticket's product is “crm", "These quotes are never closed."),
        ("the severity is high, and the severity is low, or the ticket is marked as VIP", "mixes “and” with “or”"),
        ("the severity is high\n- the severity is low", "This line belongs to nothing."),
        ("all of these are true:\n- the severity is high\n  - the severity is low", "not indented like its list"),
        ("it is not true that " * 70 + "the severity is high", "stand inside each other"),
        ("x" * 300_000, "The sentence is too long."),
    ],
)
def test_other_faults_are_told_in_their_own_words(sentence, said):
    assert said in str(refused(sentence, "en"))


@pytest.mark.parametrize(
    ("sentence", "column", "said"),
    [
        ("the severity is high, and the NPS answer is exactly 12", 27, "a whole number from 0 to 10"),
        ("the renewal is between 9 and 3 days away", 1, "There is nothing from 9 to 3."),
        ("the severity is high or high", 1, "more than once"),
        ("the renewal is at least 1.5 days away", 1, "a whole number"),
        ("the ticket's status is the same as the severity", 1, "no value in common"),
        ("the customer has an invoice whose amount is less than -1", 29, "a number from 0 up"),
        ("all of these are true:", 1, "is empty"),
        ("the text says any of these: nothing", 1, "is empty"),
        (f"the NPS answer is exactly {'9' * 5_000}", 27, "a number"),
    ],
)
def test_what_the_loader_refuses_is_refused_in_its_words(sentence, column, said):
    problem = refused(sentence, "en")

    assert problem.column == column
    assert said in str(problem)


def test_too_many_conditions_are_refused_as_in_a_file():
    sentence = "at least one of these is true:\n" + "\n".join(["- the severity is high"] * 41)

    assert "41" in str(refused(sentence, "en"))


def test_a_denial_binds_to_its_clause_only():
    assert parse("it is not true that the ticket is marked as VIP, or the severity is severe", "en") == AnyOf(
        (Not(VIP), SEVERE)
    )


def read(sentence, locale):
    try:
        return parse(sentence, locale)
    except SentenceInvalid as problem:
        return problem


@pytest.mark.parametrize("locale", LOCALES)
def test_a_damaged_sentence_is_refused_or_read_but_never_breaks(locale):
    dice = random.Random(20261121)  # noqa: S311 - tests, repeatable by the seed
    maker = Maker(Dice(20261121))
    for _ in range(400):
        sentence = say(maker.condition(), locale)
        at = dice.randrange(len(sentence) + 1)
        damage = dice.choice(["", ",", "“", "”", "`", "\\", "\n", "\n- ", ":", " and ", " ou ", "9", "%", "\ud800"])
        damaged = sentence[:at] + damage + sentence[at + dice.randrange(6) :]
        found = read(damaged, locale)
        if isinstance(found, SentenceInvalid):
            assert min(found.line, found.column) >= 1
        else:
            assert parse(say(found, locale), locale) == found
