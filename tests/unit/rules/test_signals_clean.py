"""Quotes, signatures and notices go; what the customer asks for stays, however it looks."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.signals import clean
from rules.signals.clean import keep

NOTICE_PT = (
    "Esta mensagem e seus anexos são confidenciais e destinam-se exclusivamente ao destinatário. Caso a tenha recebido"
    " por engano, apague-a e avise o remetente. É proibido o uso não autorizado."
)
NOTICE_EN = (
    "This e-mail and any attachments are confidential and intended solely for the individual or entity to whom they are"
    " addressed. If you have received it in error, delete it."
)
ANSWER = "Pode seguir com o cancelamento do nosso contrato."


@pytest.mark.parametrize(
    "quoted",
    [
        "Em seg., 3 de jun. de 2024 às 10:12, Suporte <ajuda@loja.example> escreveu:\n\n> Olá!\n> Deseja um upgrade?",
        "Em seg., 3 de jun. de 2024 às 10:12, Suporte <ajuda@loja.example>\nescreveu:\n\nOlá!\nDeseja um upgrade?",
        "Em 03/06/2024 10:12, Suporte escreveu:\n> Deseja um upgrade?",
        "Em 03/06/2024 às 10h12, Suporte da Loja escreveu:\nDeseja um upgrade?",
        "On Mon, Jun 3, 2024 at 10:12 AM Support <help@shop.example> wrote:\n\n> Would you like an upgrade?",
        "On Mon, Jun 3, 2024 at 10:12 AM Support of the Shop\n<help@shop.example>\nwrote:\nWould you like an upgrade?",
        "Suporte <ajuda@loja.example> escreveu:\n> Deseja um upgrade?",
        "Em 03/06/2024 10:12, Suporte escreveu:\n> Recebemos uma proposta de outra empresa",
        "-----Original Message-----\nFrom: Support\nWould you like an upgrade?",
        "-----Mensagem original-----\nDe: Suporte\nDeseja um upgrade?",
        "--- Original Message ---\nWould you like an upgrade?",
        "De: Suporte <ajuda@loja.example>\nEnviado: segunda-feira\nPara: Ana\nAssunto: RE: Plano\n\nDeseja?",
        "*De:* Suporte\n*Enviada em:* segunda-feira\n*Para:* Ana\n*Assunto:* RE: Plano\n\nDeseja um upgrade?",
        "From: Support\nSent: Monday, June 3\nTo: Ana\nSubject: RE: Plan\n\nWould you like an upgrade?",
        "________________________________\nFrom: Support\nSent: Monday\nTo: Ana\nSubject: RE: Plan\n\nUpgrade?",
        "##- Digite sua resposta acima desta linha -##\n\nDeseja um upgrade?",
        "##- Please type your reply above this line -##\n\nWould you like an upgrade?",
        "> Deseja um upgrade?\n> Responda sim ou não.",
    ],
)
def test_a_quoted_reply_is_cut(quoted):
    assert clean(f"{ANSWER}\n\n{quoted}\n") == ANSWER


@pytest.mark.parametrize(
    "ending",
    [
        "Atenciosamente,\nJoão da Silva\nGerente de Contas\nAcme Ltda.\n+55 (11) 99999-0000",
        "Att,\nMaria Souza",
        "Att.\n\nMARIA SOUZA\nACME LTDA\nmaria@acme.example",
        "Obrigada,\nMaria",
        "Desde já agradecido,\nJosé",
        "Best regards,\nJane Doe\nHead of Customer Success\nAcme Inc.\nwww.acme.example",
        "Kind regards\nJane",
        "Thanks in advance,\nJane Doe",
        "-- \nJane Doe\nAcme Inc. | +1 555 010 0000",
        "--\nMaria Souza\nTel. 11 4000-0000",
        "Enviado do meu iPhone",
        "Enviado do Yahoo Mail para iPhone",
        "Sent from my iPhone",
        "Sent from my Samsung Galaxy smartphone.",
        "Get Outlook for Android",
        "Obter o Outlook para iOS",
        "Att,\nMaria Souza\nEnviado do meu iPhone",
        NOTICE_PT,
        NOTICE_EN,
        f"AVISO LEGAL: {NOTICE_PT}",
        "Antes de imprimir, pense no meio ambiente.",
        "Please consider the environment before printing this e-mail.",
        f"Atenciosamente,\nJoão Silva\n\n{NOTICE_PT}",
    ],
)
def test_an_ending_is_cut(ending):
    assert clean(f"{ANSWER}\n\n{ending}\n") == ANSWER


@pytest.mark.parametrize(
    "text",
    [
        "Atenciosamente cancelem",
        "Atenciosamente,\ncancelem meu contrato",
        "Atenciosamente,\nCANCELEM AGORA",
        "Atenciosamente,\nJoão\nPS: quero cancelar também o segundo plano",
        "Obrigado,\nmas quero cancelar",
        "Att,\nMaria\n\nAh, e podem cancelar o boleto de maio.",
        "Best regards,\nplease cancel my plan",
        "--\nCancelamento imediato do contrato.",
        "Olá\n--\nquero cancelar",
        "Enviado do meu iPhone quero cancelar",
        "Sent from my phone: cancel it",
        "> 30 dias sem resposta, cancelem",
        "Olá\n> R$ 500 cobrados a mais, quero o estorno",
        "Bom dia\n> 100 usuários, quero upgrade",
        "De: plano Pro\nPara: plano Básico\nData: 10/05\nPodem mudar?",
        "From: Pro\nTo: Basic\nPlease change it",
        "Em 12/03 o atendente escreveu:\nnão dá para cancelar\nMas eu quero cancelar!",
        "On Monday you wrote:\nwe refund\nand nothing came",
        "Esta mensagem é confidencial: quero cancelar e não desejo que meu gerente saiba disso antes da hora.",
        "This message is confidential. I want to cancel before the intended recipient of it, my boss, sees the bill.",
        "<quero cancelar>",
        "preço < 100 e > 50",
        "Original message: cancel please",
        "Thanks",
        "Atenciosamente,\nMaria Souza",
        "Enviado do meu iPhone",
        "",
        "   ",
    ],
)
def test_a_request_is_never_cut(text):
    assert clean(text) == text.strip()


def test_a_message_that_only_quotes_is_kept():
    quoted = "> Deseja um upgrade?\n> Sim, quero."

    assert clean(quoted) == quoted


def test_an_answer_below_the_quote_is_kept():
    text = "On Mon, Jun 3, 2024 at 10:12 AM Bob <b@x.example> wrote:\n> Do you want it?\n\nNo, cancel it."

    assert clean(text) == "No, cancel it."


def test_answers_between_quoted_lines_are_kept():
    text = "Em 03/06/2024 10:12, Suporte escreveu:\n> Deseja um upgrade?\nNão.\n> Quer cancelar?\nSim, quero."

    assert clean(text) == "Não.\nSim, quero."


def test_what_is_forwarded_is_kept_without_its_head():
    text = (
        "Segue o pedido do meu sócio.\n\n---------- Forwarded message ---------\nDe: Sócio <s@x.example>\n"
        "Enviado: segunda\nAssunto: Plano\nPara: mim\n\nQuero cancelar."
    )

    assert clean(text).split() == ["Segue", "o", "pedido", "do", "meu", "sócio.", "Quero", "cancelar."]


def test_leftover_markup_is_read_as_text():
    text = (
        "<p>N&atilde;o quero&nbsp;mais</p><br/><div class='x'>can&shy;celem &#39;j&#225;&#39;</div>"
        "<style>p{color:red}</style>"
    )

    assert clean(text).split() == ["Não", "quero", "mais", "can\u00adcelem", "'já'"]


@given(st.text(alphabet=st.sampled_from("a >-<&;\n|:_#@*1p/\u0303\u200bé\r\x0b\udc80De"), max_size=80))
def test_ranges_are_in_order_inside_the_text_and_hold_words_when_the_text_does(text):
    plain, ranges = keep(text)

    assert len(plain) == len(text)
    assert all(0 <= start <= end <= len(text) for start, end in ranges)
    assert all(before[1] <= after[0] for before, after in pairwise(ranges))
    assert any(letter.isalnum() for start, end in ranges for letter in plain[start:end]) or not any(
        letter.isalnum() for letter in plain
    )
