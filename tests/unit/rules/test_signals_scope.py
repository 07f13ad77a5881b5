"""How far a negation goes: questions, conditions, echoes and sentences run on into each other, in both languages."""

from __future__ import annotations

import pytest
from laws import every

from rules.rulebook import Origin, Signal, SignalExamples
from rules.signals import SignalReader
from rules.text import Text

NONE = SignalExamples((), ())


def signal(name: str, pt_br: tuple[str, ...], en: tuple[str, ...]) -> Signal:
    return Signal(
        name=name,
        title=Text(name, name),
        phrases={"pt-BR": pt_br, "en": en},
        not_when={"pt-BR": (), "en": ()},
        negatable=True,
        clears=(),
        examples={"pt-BR": NONE, "en": NONE},
        origin=Origin(f"{name}.yml", 1),
    )


READER = SignalReader(
    [
        signal(
            "leaves",
            ("(cancelar|encerrar|rescindir)", "(remover|excluir|apagar) ~2 conta", "parem de cobrar"),
            ("(cancel|terminate)", "(close|remove|delete) ~2 account", "stop charging"),
        ),
        signal(
            "threatens",
            ("(se|caso) ~8 (cancelo|cancelamos|vou cancelar|vamos cancelar|cancelem)",),
            ("(if|unless) ~8 (cancel|cancelling)",),
        ),
        signal("praises", ("(recomendo|satisfeito)",), ("(recommend|satisfied)",)),
        signal("has_account", ("(conta|boleto|acesso)",), ("(account|invoice|access)",)),
    ]
)


def signals_of(text: str) -> frozenset[str]:
    return READER.read([("m", text)]).signals


WISHED_PT = (
    # Not knowing is no denial.
    "não sei como cancelar",
    "Não sei se cancelo",
    "não sei onde cancelar o plano",
    "ainda não sei o que fazer para cancelar",
    "não sei quem pode me ajudar a cancelar",
    "não sei nem por onde começar para encerrar o contrato",
    "não entendo por que não consigo cancelar",
    "não entendi como se faz para cancelar a assinatura",
    "não faço ideia de como cancelar isso",
    "não faço a menor ideia de onde cancelar",
    "não encontro onde cancelar minha conta",
    "não achei como excluir minha conta",
    "não ficou claro como rescindir",
    "não me explicaram como cancelar",
    "ninguém sabe me dizer como cancelar",
    "ninguém explica onde a gente cancela",
    "sem saber como cancelar fico pagando",
    "não lembro qual era o caminho para cancelar",
    # The condition is denied, its consequence is not.
    "se não resolverem, cancelo",
    "se não resolverem cancelo",
    "se isso não for resolvido hoje vou cancelar",
    "caso não haja retorno eu cancelo",
    "se ninguém me responder eu vou cancelar",
    "caso vocês não consertem a gente cancela",
    "se não tiver desconto cancelamos amanhã",
    "se não derem um jeito nós vamos rescindir",
    "se não for resolvido cancelem o plano",
    "se não, vou cancelar",
    "resolvam hoje se não vou cancelar",
    "se vocês não cancelarem minha assinatura eu procuro o banco",
    "se não cancelarem até sexta eu reclamo",
    "caso não cancelem hoje vou ao banco",
    "se meu plano não for cancelado eu reclamo",
    "o site não deixa cancelar",
    "não consigo falar com ninguém para cancelar",
    "não encontro a opção de cancelar",
    "não achei nenhum botão para encerrar a conta",
    "não está sendo possível cancelar",
    "não sei nem se cancelo",
    "quando não funciona direito eu cancelo mesmo",
    # Run on without punctuation.
    "não vale a pena cancela minha conta",
    "não gostei cancelem",
    "não gostei cancela por favor",
    "não atendeu o que eu esperava cancelem o contrato",
    "nunca funcionou direito encerrem minha conta",
    "não uso mais o sistema cancele por gentileza",
    "não serviu pra mim excluam minha conta",
    "não presta rescindam logo esse contrato",
    "não resolveram nada cancelo hoje mesmo",
    "não vale o preço parem de cobrar",
    "não tem suporte eu cancelo",
    "não quero mais nada, cancela",
    "não quero mais nada cancela",
    "não quero saber de mais nada não, cancela logo",
    "não quero mais cancelem por favor",
    "ninguém nunca resolve nada, cancela",
    "não é justo a gente vai cancelar",
    # Questions that ask for the thing.
    "vocês não podem cancelar?",
    "Vocês não podem cancelar isso para mim, por favor?",
    "você não poderia cancelar a assinatura?",
    "não podem encerrar o contrato por aí?",
    "não dá pra cancelar por aqui?",
    "não teria como cancelar pelo site?",
    "por que vocês não cancelam de uma vez?",
    "não seria possível cancelar hoje?",
    "não posso cancelar pelo aplicativo?",
    # Two negations that lead into each other.
    "não posso não cancelar",
    "não tem como não cancelar",
    "não disse para não cancelar",
)

DENIED_PT = (
    "não precisa cancelar não",
    "não quero cancelar não",
    "não cancela não!",
    "não cancelem não, por favor",
    "não vou cancelar nada não",
    "não quero cancelar coisa nenhuma não",
    "não não cancela",
    "não, não, não cancelem",
    "precisa cancelar não",
    "sem necessidade de cancelar",
    "não há necessidade de cancelar",
    "não vejo necessidade de cancelar",
    "nunca pedi para cancelar",
    "eu nunca pedi pra vocês cancelarem",
    "ninguém nunca pediu para cancelar",
    "não tenho nenhuma intenção de cancelar",
    "não quero nenhum cancelamento",
    "não pedi nem quero cancelar",
    "não quero saber como cancelar",
    "não perguntei como cancelar",
    "não preciso saber onde cancelar",
    "não é sobre como cancelar",
    "não quero que o banco cancele minha conta",
    "não quero que vocês cancelem",
    "não deixem ninguém cancelar o contrato",
    "não de forma alguma cancelem",
    "não simplesmente cancelem",
    "se eu não cancelar o que acontece",
    "se eu não quiser mais cancelar",
    "vocês não podem cancelar meu plano",
    "vocês não podem cancelar sem avisar, certo?",
    "não fui eu quem cancelou",
    "não quero cancela",
    "não pretendo mais cancelar",
    "não foi pedido cancelamento",
    "não vou cancelar nem se pedirem",
    "não deixem cancelar o plano",
    "não sou eu quem cancela",
    "não é para eu cancelar",
    "não autorizei cancela",
    "o sistema não é o que cancela",
    "não quero que a gente cancele",
    "não pedi a ninguém para cancelar",
    "não disse em lugar nenhum para cancelar",
    "não tenho nenhum motivo para cancelar",
    "ninguém aqui vai cancelar",
)

WISHED_EN = (
    "I don't know how to cancel",
    "we do not know what we should do to remove the trial account",
    "I don't know where to cancel",
    "I still don't really know how I can cancel",
    "not sure how to cancel",
    "I'm not sure whether to cancel",
    "I don't know if I should cancel",
    "I do not understand why I can't cancel",
    "I don't understand how one cancels this",
    "I can't figure out where to close my account",
    "I have no idea how to cancel",
    "no clue what I must click to delete my account",
    "nobody told me how to cancel",
    "nobody can tell me where to cancel",
    "it is not clear how to terminate the contract",
    "I never found out how to cancel",
    "I didn't find where to delete my account",
    "without knowing how to cancel I keep paying",
    "dunno how to cancel",
    # The condition is denied, its consequence is not.
    "if you don't fix this I will cancel",
    "If you don't fix this, I will cancel",
    "if it isn't fixed by Friday we cancel",
    "if you do not answer today I am cancelling",
    "if nobody calls me back we're going to cancel",
    "unless you fix it, cancel my account",
    "unless you fix it cancel my account",
    "if you cannot fix it cancel my account",
    "if you can't give me a discount please cancel",
    "if this does not improve I have to cancel",
    "fix it today, if not I will cancel",
    "if not, cancel it",
    "if you don't cancel my plan today I will call my bank",
    "if my plan is not cancelled by Monday I call my bank",
    "it doesn't let me cancel",
    "I don't see the option to cancel",
    "I found no way to cancel",
    "we did not manage to cancel",
    "if it is not solved we shall terminate the contract",
    "when it does not load I just cancel",
    # Run on without punctuation.
    "it isn't worth it cancel my account",
    "I did not like it cancel please",
    "I don't need this anymore cancel my subscription",
    "it never worked properly close my account",
    "this does not do what I need delete my account now",
    "not happy with it cancel everything",
    "it does not work I am cancelling",
    "it isn't for us we are cancelling today",
    "I don't use it terminate my contract",
    "not worth the price stop charging me",
    "I never log in anyway just cancel it",
    "I don't want anything else cancel it",
    "it doesn't fit our team I'd like to cancel",
    # Questions that ask for the thing.
    "why don't you cancel it",
    "Why don't you just cancel it?",
    "can't you cancel it?",
    "can't you just cancel it for me",
    "couldn't you cancel my plan?",
    "won't you cancel it for me, please?",
    "didn't I ask you to cancel?",
    "haven't you cancelled it yet?",
    "isn't it possible to cancel online?",
    "is it not possible to cancel?",
    "why can't I cancel?",
    "why haven't you cancelled it",
    # Two negations that lead into each other.
    "I cannot not cancel",
    "I did not say not to cancel",
)

DENIED_EN = (
    "there is no need to cancel",
    "no need to cancel",
    "you need not cancel it",
    "you don't need to cancel it",
    "I never asked to cancel",
    "I never asked you to cancel",
    "I didn't ask anyone to cancel",
    "nobody asked to cancel",
    "I haven't decided to cancel",
    "I don't want to know how to cancel",
    "I did not ask how to cancel",
    "I'm not asking how to cancel",
    "this is not about how to cancel",
    "please do not under any circumstances cancel my account",
    "do not accidentally cancel my account",
    "don't let anyone cancel my account",
    "do not ever cancel it",
    "don't you dare cancel my account",
    "please don't, I repeat, don't cancel",
    "if I don't cancel what happens",
    "if I do not want to cancel what do I do",
    "if I don't decide to cancel",
    "you can keep it, I won't cancel",
    "I do not think we should cancel",
    "I don't believe I asked to cancel",
    "I do not see the need to cancel",
    "we have never intended to cancel",
    "not cancelling, just asking",
    "no plans to cancel",
    "no no do not cancel",
    "I would never cancel",
    "nor do we intend to cancel",
    "can you please not cancel my plan yet?",
    "you won't cancel my account, will you?",
    "I am not sure we are cancelling",
    "do not go and cancel it",
    "I did not say in any way to cancel",
    "I don't want them to cancel my account",
)


@every("text", [*WISHED_PT, *WISHED_EN])
def test_a_negation_elsewhere_leaves_the_wish_alone(text):
    assert "leaves" in signals_of(text)


@every("text", [*DENIED_PT, *DENIED_EN])
def test_a_negation_that_reaches_the_wish_denies_it(text):
    assert "leaves" not in signals_of(text)


@pytest.mark.parametrize(
    "text",
    [
        "se não resolverem, cancelo",
        "se não resolverem cancelo",
        "se isso não for resolvido hoje vou cancelar",
        "caso não melhore nós cancelamos",
        "se ninguém responder cancelem",
        "if you don't fix this I will cancel",
        "if you do not fix it, cancel",
        "if nothing is done and nobody answers, I cancel",
        "unless you fix it, cancel my account",
    ],
)
def test_a_negation_inside_a_phrase_denies_only_its_own_clause(text):
    assert "threatens" in signals_of(text)


@pytest.mark.parametrize(
    "text",
    ["se acontecer de novo não vou cancelar", "caso melhore eu não cancelo", "if it works I will not cancel"],
)
def test_a_denied_consequence_is_no_threat(text):
    assert "threatens" not in signals_of(text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("praises", "I don't know whether we are satisfied"),
        ("has_account", "ainda não criei conta"),
        ("has_account", "não recebi boleto"),
    ],
)
def test_what_is_doubted_or_missing_is_not_there(name, text):
    assert name not in signals_of(text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("has_account", "I did not get the invoice"),
        ("has_account", "we never received our invoice"),
        ("has_account", "still no access"),
        ("has_account", "no access yet"),
        ("has_account", "ainda não recebi o boleto"),
        ("has_account", "nunca chegou o boleto"),
        ("has_account", "continuo sem acesso"),
        ("leaves", "you still have not cancelled it"),
        ("leaves", "it has not been terminated yet"),
        ("leaves", "vocês ainda não cancelaram"),
        ("leaves", "não foi cancelado ainda?"),
    ],
)
def test_what_is_awaited_is_spoken_of(name, text):
    assert name in signals_of(text)


@pytest.mark.parametrize(
    "text",
    [
        "ainda não decidi cancelar",
        "I have not cancelled yet",
        "we have not decided to cancel yet",
        "não vamos cancelar ainda",
        "no way we cancel",
    ],
)
def test_what_one_has_not_done_yet_is_no_wish(text):
    assert "leaves" not in signals_of(text)
