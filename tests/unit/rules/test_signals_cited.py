"""What a message cites of ours is not its sender's wish; what it cites of others and of screens is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.signals import clean
from rules.signals.cited import cited


def stretches(text):
    return [text[start:end] for start, end in cited(text)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('Your bot told me, and I quote, "great news, it has arrived". It has not.', "great news, it has arrived"),
        ('On 3 May you wrote: "we have refunded it". Nothing came.', "we have refunded it"),
        ("The agent said \u201cjust cancel it\u201d and hung up.", "just cancel it"),
        ('O robô de vocês disse: "sua conta foi encerrada". Não pedi isso.', "sua conta foi encerrada"),
        ("O atendente respondeu «vou cancelar» e nada.", "vou cancelar"),
        ('Vocês me mandaram "quer fazer um upgrade?" pela terceira vez.', "quer fazer um upgrade?"),
        ('Ignore the mail with "cancel everything" in the subject.', "cancel everything"),
        ('Desconsiderem o e-mail com "cancela tudo" no assunto.', "cancela tudo"),
        ('Thank you for the "instant" activation, two days ago.', "instant"),
        ('Parabéns pelo "upgrade" do roteador.', "upgrade"),
        ('I got your newsletter ("Cancel anytime, no questions asked!"). Nice.', "Cancel anytime, no questions asked!"),
        ('Recebi a propaganda de vocês: "cancele quando quiser".', "cancele quando quiser"),
        ('Mandei um e-mail com o assunto "cancelar" por engano.', "cancelar"),
    ],
)
def test_words_of_ours_and_names_of_mails_are_cited(text, said):
    assert stretches(text) == [said]
    assert said not in clean(text)


@pytest.mark.parametrize(
    "text",
    [
        'My boss said "cancel it", so please do.',
        'I wrote to you "cancel my plan" in May and you ignored me.',
        'I told your agent "I want to leave" and meant it.',
        'It shows "cannot connect" on every till.',
        'The screen says "payment declined".',
        'We want the "Pro" plan.',
        'A newsletter of ours says "closed" where it should not.',
        'On your site "Pro" costs less.',
        'My customer writes: "your shop let me pay twice".',
        'Meu chefe disse "pode cancelar".',
        'Eu disse a vocês: "quero cancelar".',
        'Pedi ao atendente "cancele hoje" e ele desligou.',
        'Aparece "erro 500" quando salvo.',
        'Quero o plano "Equipe".',
        'You promised a call. Now it says "access denied".',
        'Thanks for your help. I want the "Team" plan.',
        'the 32" screen and the 27" one both flicker',
    ],
)
def test_wishes_passed_on_screens_and_names_stay(text):
    assert stretches(text) == []
    assert clean(text) == text


def test_a_message_that_is_nothing_but_a_citation_is_kept():
    assert clean('"cancel it" in the subject'.partition(" in")[0]) == '"cancel it"'


@given(st.text(alphabet=st.sampled_from('you said "\u201c\u201d«».\n ab'), max_size=120))
def test_stretches_are_in_order_and_never_overlap(text):
    ends = [edge for stretch in cited(text) for edge in stretch]

    assert ends == sorted(ends)
    assert all(0 <= edge <= len(text) for edge in ends)
