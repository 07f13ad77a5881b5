"""What denies a phrase and what only looks like it. Each line of the tables in `rules.signals.negation` is here."""

from __future__ import annotations

import pytest
from laws import every

from rules.rulebook import Origin, Signal, SignalExamples
from rules.signals import SignalReader
from rules.text import Text

NONE = SignalExamples((), ())


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


READER = SignalReader(
    [
        signal(
            "wants_to_cancel",
            (
                "(quero|gostaria|preciso|vamos|vou) ~3 (cancelar|encerrar)",
                "(cancelar|cancelamento) ~2 (plano|contrato|assinatura)",
            ),
            ("(want|need|would like|will) ~3 (cancel|close)", "cancel ~2 (plan|account|subscription)"),
        ),
        signal(
            "cannot_enter",
            ("não (consigo|estou conseguindo) ~2 (acessar|entrar)", "sem acesso"),
            ("(can not|unable to) ~2 (log in|login|sign in)", "not able to ~2 (log in|login)"),
        ),
        signal("praises", ("(satisfeito|recomendo|adorei)",), ("(satisfied|recommend|happy with)",)),
        signal("asks_price", ("preço",), ("price",), negatable=False),
    ]
)


def says(name: str, text: str) -> bool:
    return name in READER.read([("m", text)]).signals


@every(
    "text",
    [
        "não quero cancelar",
        "I don't want to renew, cancel or change the plan",
        "não quero renovar, encerrar ou cancelar",
        "sei cancelar o plano, não foi isso que perguntei",
        "eu já sei como cancelar a assinatura",
        "I know how to cancel the plan, thank you",
        "We already know how to cancel a subscription",
        "NÃO QUERO CANCELAR!",
        "nao quero cancelar",
        "n quero cancelar meu plano",
        "Eu não quero mais cancelar o plano",
        "nunca quis o cancelamento do plano",
        "jamais vou cancelar",
        "não quero nunca mais cancelar",
        "não quero nem cancelar nem mudar",
        "não estou pensando em cancelar meu plano",
        "não pretendo de forma alguma cancelar o contrato",
        "Não, não quero cancelar",
        "gostaria que vocês não cancelem meu plano",
        "quero cancelar não",
        "vou cancelar o plano não!",
        "não acho que quero cancelar",
        "eu não disse que quero cancelar",
        "sem cancelar meu plano",
        "sem intenção de cancelar o contrato",
        "ninguém vai cancelar o plano",
        "por que não quero cancelar? porque gosto",
        "I don't want to cancel",
        "I don\u2019t want to cancel",
        "i dont want to cancel",
        "I DO NOT WANT TO CANCEL",
        "we never wanted to cancel",
        "I no longer want to cancel",
        "I really do not at all want to cancel",
        "I would not like to cancel my plan",
        "please do not cancel my account",
        "I never said that I want to cancel",
        "I don't think I want to cancel",
        "there is no need to cancel my account",
        "we have no intention of cancelling our plan",
        "without cancelling my subscription",
        "nobody wants to cancel the account",
        "I won't cancel my subscription",
        "não quero cancel my plan",
        "em nenhum momento disse que queria cancelar meu plano",
        "de jeito nenhum quero cancelar",
        "em hipótese alguma vou cancelar",
        "nenhum cancelamento de contrato foi pedido",
        "de jeito nenhum vou querer cancelar",
        "under no circumstances cancel my plan",
        "vocês não podem cancelar meu plano",
        "peço que não cancelem a assinatura do plano",
        "espero não precisar cancelar o contrato",
        "I am not looking to cancel my subscription, just a question",
        "this is not about cancelling my account",
        "I would rather not cancel my account",
        "I don't think you can cancel my plan",
    ],
)
def test_a_denied_wish_does_not_count(text):
    assert not says("wants_to_cancel", text)


@every(
    "text",
    [
        "quero cancelar",
        "Não, quero cancelar",
        "Não gostei do atendimento. Quero cancelar",
        "Não gostei do atendimento, quero cancelar",
        "não gostei do atendimento quero cancelar",
        "não funciona mas quero cancelar direito",
        "Nunca funcionou e quero cancelar",
        "Não resolve, porém vou cancelar",
        "não só quero cancelar como quero meu dinheiro de volta",
        "não apenas quero cancelar: exijo reembolso",
        "não vejo a hora de cancelar meu plano",
        "não deixem de cancelar meu plano",
        "não se esqueçam de cancelar o contrato",
        "por que vocês não cancelam logo meu plano",
        "pq vcs n cancelam meu plano",
        "por que não cancelar meu plano agora?",
        "não consigo cancelar meu plano",
        "não estou conseguindo cancelar a assinatura",
        "não sei como cancelar o plano",
        "nem sei como cancelar o plano",
        "sei que posso cancelar o plano e quero",
        "do you know how to cancel my plan?",
        "it does not work, cancel plan or refund me",
        "não tem como cancelar o contrato?",
        "não é que eu não queira cancelar meu plano",
        "sem dúvida quero cancelar",
        "quero cancelar sem multa",
        "estou sem resposta e quero cancelar",
        "se não resolverem quero cancelar",
        "quero cancelar, não aguento mais",
        "cancelamento do plano ou não?",
        "I want to cancel",
        "No, I want to cancel",
        "I don't like it. I want to cancel",
        "I do not like it I want to cancel",
        "It never worked, but I want to cancel properly",
        "It does not work and I want to cancel",
        "not only do I want to cancel but I want my money back",
        "I can't wait to cancel my subscription",
        "don't forget to cancel my plan",
        "do not hesitate to cancel my plan",
        "why don't you cancel my plan already",
        "why not cancel my plan?",
        "I can't cancel my subscription",
        "I am not able to cancel my account",
        "I don't know how to cancel my account",
        "It's not that I don't want to cancel",
        "no doubt I want to cancel",
        "I no longer use it so I want to cancel",
        "If you do not fix this I will cancel",
        "I have not had an answer because you cancelled my account",
        "não 😡 quero cancelar",
        "não preciso mais do sistema podem cancelar o contrato",
        "nem adianta ligar quero cancelar",
        "já que vocês não respondem vou cancelar o contrato",
        "não obtive retorno, portanto preciso cancelar meu contrato",
        "I don't need it anymore please cancel my account",
        "it does not work can you cancel my plan",
        "I've never been so disappointed, cancel my subscription now",
        "no one answers please cancel my plan",
    ],
)
def test_what_only_looks_like_a_denial_counts(text):
    assert says("wants_to_cancel", text)


@pytest.mark.parametrize(
    "text",
    [
        "não consigo acessar",
        "Desde ontem não estou conseguindo entrar no sistema",
        "estou sem acesso",
        "can't log in",
        "cant login",
        "I cannot sign in anymore",
        "I'm not able to log in",
        "não, não consigo acessar",
    ],
)
def test_the_words_of_the_phrase_itself_never_deny_it(text):
    assert says("cannot_enter", text)


@pytest.mark.parametrize(
    "text",
    [
        "não estou satisfeito",
        "não recomendo",
        "Nunca adorei isso",
        "nem um pouco satisfeito",
        "I'm not satisfied",
        "I can't recommend this",
        "I would never recommend you",
        "not really happy with it",
    ],
)
def test_denied_praise_does_not_count(text):
    assert not says("praises", text)


def test_a_signal_that_is_not_negatable_counts_all_the_same():
    assert says("asks_price", "não sei o preço")
