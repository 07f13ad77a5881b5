"""Further rows of the border-case table: how people really write, and what only looks like a request.

Written before the phrases were looked at; a row stands here because it once came out wrong.
"""

from __future__ import annotations

from typing import Final

from border_cases import ACCOUNTS, ACTIVE, SELLING, SUCCESS, SUPPORT, Case

LEAVING: Final = ("retention.register_cancellation", "retention.ask_reason")
HAPPY: Final = {**ACTIVE, "nps": 10, "days_since_nps": 4}

SPOKEN: Final = (
    Case(
        "asks to leave without the usual words",
        (
            "Bom dia, como faço pra parar de pagar? não uso mais isso",
            "dá baixa no meu cadastro por favor, n vou usar mais",
            "como eu excluo meu perfil definitivamente?",
            "ja pedi 3 vezes pra cancelar e ngm cancela",
            "n qro mais, cancela pf",
            "Não pretendo continuar como cliente",
            "Fechei minha loja, não faz sentido continuar pagando, cancelem",
            "Desejo interromper a assinatura a partir de hoje",
        ),
        (
            "I have no idea how one gets rid of the trial account here",
            "This email is our formal notice of termination of the agreement dated 2 March.",
            "cancle my membership asap",
            "I want out of my plan",
            "I signed up by mistake, kindly delete the profile and stop billing me",
            "we've decided not to continue with the product, please proceed with the cancellation",
            "Take us off the service, effective today",
            "Please stop taking money from my card and cancel",
        ),
        SUCCESS,
        customer=ACTIVE,
        first="retention.register_cancellation",
        hidden=(*SELLING, "kind:win_back", "kind:renew"),
    ),
    Case(
        "asks why nobody has cancelled yet",
        (
            "Ninguém aqui usa mais a ferramenta, então resolvi cancelar",
            "Depois de conversar com meu sócio resolvemos rescindir",
        ),
        (
            "It is of no use to us any longer, so why don't you cancel it?",
            "Nobody opens the tool here. Cancel it please",
            "How many times must I ask, can't you just cancel it?",
        ),
        SUCCESS,
        customer=ACTIVE,
        first="retention.register_cancellation",
        hidden=(*SELLING, "kind:win_back", "kind:renew"),
    ),
    Case(
        "a system that keeps going down, and the competitor waiting",
        (
            "Terceira vez que cai só hoje, assim eu vou para a concorrência",
            "A plataforma vive caindo, estamos pensando em mudar de fornecedor",
        ),
        (
            "It crashed again this morning, third time, we are going to switch to a competitor",
            "Your app keeps crashing, we are thinking about leaving",
        ),
        SUPPORT,
        (SUCCESS,),
        customer=ACTIVE,
        hidden=(*SELLING, "kind:renew", "retention.register_cancellation"),
    ),
    Case(
        "the price drives the customer away",
        (
            "Com o aumento da mensalidade a gente vai acabar tendo que sair",
            "Ficou caro demais depois do reajuste, vamos ter que sair",
        ),
        (
            "The new price is beyond us, I'm afraid we will have to leave",
            "It got too expensive for a shop of our size, we'll have to leave",
        ),
        SUCCESS,
        (ACCOUNTS,),
        customer=ACTIVE,
        hidden=(*SELLING, "kind:renew", "retention.register_cancellation"),
    ),
    Case(
        "it is the support that is slow, not the product",
        (
            "Nota 4 de vocês hoje. O atendimento demora dias para cada passo.",
            "O suporte anda muito lento, espero desde segunda",
        ),
        (
            "Four out of ten. Your support takes ages.",
            "Your helpdesk is slow, I have waited since Monday",
        ),
        SUPPORT,
        customer=ACTIVE,
        hidden=("support.fix_fault", *SELLING),
    ),
    Case(
        "what only sounds like one of these",
        (
            "Se resolverem a dúvida da nota amanhã cancelo a reunião. Como emito a nota em lote?",
            "O vencimento cai no feriado. Como mudo a data no cadastro de um cliente?",
        ),
        (
            "The call on Monday clashes with lunch, cancel it please. How do I export a list?",
            "This order came in twice, can't you cancel it? How do I find its number?",
        ),
        SUPPORT,
        customer=ACTIVE,
        hidden=("retention.register_cancellation", "support.fix_fault", *SELLING),
    ),
    Case(
        "a Portuguese customer leaves",
        (
            "Podes cancelar a minha subscrição a partir do fim do mês?",
            "Já não preciso do vosso serviço, anulem a subscrição por favor",
        ),
        ("Please turn off the automatic renewal of my plan", "Please don't renew our plan when it runs out of time"),
        SUCCESS,
        customer={**ACTIVE, "days_to_renewal": 60},
        collaborators=(ACCOUNTS,),
        first="retention.register_cancellation",
        hidden=("kind:renew", *SELLING),
    ),
    Case(
        "a look-alike: cancelling something of one's own business",
        (
            "Um cliente meu quer cancelar a compra dele, como registro o estorno no sistema de vocês?",
            "Como cancelo um pedido dentro do sistema?",
            "Como cancelo o envio de um e-mail marketing agendado?",
            "Não sei como excluir um contato da conta",
        ),
        (
            "One of my customers wants to cancel her booking, where do I record that, how do I do it?",
            "How do I cancel a scheduled report?",
            "How do I cancel a scheduled marketing e-mail?",
            "How do I turn off auto-renew for my customers' plans, where do I find the setting?",
        ),
        SUPPORT,
        customer=ACTIVE,
        ticket={"channel": "chat"},
        hidden=(*LEAVING, "kind:retain"),
    ),
    Case(
        "cancelled before and is still charged",
        ("Cancelei em janeiro e continuam debitando", "Cancelei a assinatura mês passado e sigo sendo cobrado"),
        ("I cancelled in January and you keep debiting me", "We cancelled our plan weeks ago and were billed again"),
        SUPPORT,
        customer=ACTIVE,
        shown=("billing.check_charge",),
        hidden=(*LEAVING, *SELLING),
    ),
    Case(
        "is close to leaving",
        (
            "to quase desistindo de vcs",
            "Sinceramente penso em largar a plataforma",
            "Se não melhorar eu vou ter que ir para outro",
            "estou pensando em não continuar no ano que vem",
        ),
        (
            "I'm this close to leaving you guys",
            "We are reconsidering whether to stay with you",
            "I'm not sure it is worth staying with you",
            "Management wants me to look at other tools",
        ),
        SUCCESS,
        customer=ACTIVE,
        shown=("retention.retention_call",),
        hidden=(*SELLING, "kind:advocate", "kind:renew"),
    ),
    Case(
        "a rival's price tempts",
        (
            "O concorrente me ofereceu metade do preço, estou tentado a mudar",
            "o preço do outro é menor, vou pro concorrente",
        ),
        (
            "Your rival offered us half the price and we are tempted to go",
            "At that price I'll have to go somewhere else",
        ),
        SUCCESS,
        (ACCOUNTS,),
        customer=ACTIVE,
        shown=("retention.retention_call",),
        hidden=(*SELLING, "kind:renew"),
    ),
    Case(
        "a fault, and the next one is the last",
        (
            "O sistema caiu de novo. Mais uma dessa e a gente troca de fornecedor.",
            "Toda hora cai a conexão. Se não resolverem até sexta eu cancelo.",
            "Toda semana trava na hora de fechar venda, estou pensando em ir pro concorrente",
        ),
        (
            "The app froze again. One more time and we are moving to another vendor.",
            "The connection drops all the time. If it isn't fixed by Friday I'll cancel.",
            "reports have been broken for days, I'm ready to leave",
        ),
        SUPPORT,
        (SUCCESS,),
        customer=ACTIVE,
        shown=("support.recover_complaint",),
        hidden=(*SELLING, "kind:advocate"),
    ),
    Case(
        "the team no longer uses it",
        (
            "a equipe parou de usar o sistema",
            "faz dois meses que ninguém aqui usa",
            "Minha equipe não aderiu à ferramenta",
        ),
        ("the team stopped using the system", "adoption is really low on our side", "My team never took to the tool"),
        SUCCESS,
        customer=ACTIVE,
        shown=("success.ask_usage_motive",),
        hidden=("support.run_incident", *SELLING),
    ),
    Case(
        "a fault told by what is seen",
        (
            "O botão de salvar não faz nada",
            "a tela fica branca quando abro o pedido",
            "o app fecha sozinho no meu celular",
            "Os números do dashboard estão errados",
            "o upload fica em 99% e nao termina",
            "a busca não encontra nada",
            "O ficheiro não descarrega",
            "A foto não sobe",
            "Não estou recebendo as notificações",
            "o som não sai na chamada",
            "A agenda duplicou todos os compromissos",
            "a impressora fiscal não comunica",
        ),
        (
            "The save button does nothing",
            "Confirmation emails don't reach my customers",
            "the app closes by itself on my phone",
            "Dashboard numbers are wrong",
            "my contacts are gone",
            "upload hangs at 99%",
            "search returns nothing",
            "Video keeps buffering",
            "The export fails halfway through",
            "Camera stays black in meetings",
            "The calendar duplicated all entries",
            "the coupon won't apply in the cart",
        ),
        SUPPORT,
        customer=ACTIVE,
        shown=("support.fix_fault",),
        hidden=("kind:upsell", "kind:renew", *LEAVING),
    ),
    Case(
        "kept outside",
        ("Fiquei trancado fora da conta", "aparece 'acesso negado' pra mim", "Preciso renovar minha senha, expirou"),
        ("says my user is locked", "two-factor code is rejected", "My password needs to be renewed, the link expired"),
        SUPPORT,
        customer=ACTIVE,
        one_of=("support.restore_access", "support.unlock_account", "support.restore_second_factor"),
        hidden=("kind:renew", *LEAVING),
    ),
    Case(
        "money that does not add up",
        (
            "a nota fiscal veio com cnpj errado",
            "paguei e continua aparecendo em aberto",
            "Veio valor diferente do combinado na fatura",
            "tem uma cobrança estranha de R$ 39 no meu extrato",
        ),
        (
            "You billed us too much",
            "I paid but it still shows as overdue",
            "There's a charge on my card I never authorised",
            "The amount on the invoice isn't what we agreed",
        ),
        SUPPORT,
        customer=ACTIVE,
        one_of=("billing.check_charge", "billing.match_payment"),
        hidden=LEAVING,
    ),
    Case(
        "a question that names no “how”",
        (
            "Qual o formato do arquivo para importação?",
            "Excluí um usuário por engano, dá pra recuperar?",
            "Qual a diferença entre arquivar e excluir?",
        ),
        (
            "not sure how the date filter works",
            "Can emails be scheduled?",
            "What's the difference between archive and delete?",
        ),
        SUPPORT,
        customer=ACTIVE,
        shown=("support.answer_how_to",),
        hidden=LEAVING,
    ),
    Case(
        "praise that is none",
        (
            "parabéns, mais uma semana sem resposta de vocês",
            "Sensacional, terceira vez que perco meu relatório. Parabéns.",
            "Que ótimo serviço hein, cobraram duas vezes e ninguém responde",
        ),
        (
            "great job, another week without an answer from you",
            "Fantastic, third time I lose my report. Congratulations.",
            "Oh wonderful, it crashed again. Brilliant software.",
        ),
        SUPPORT,
        customer=HAPPY,
        hidden=("kind:advocate", *SELLING),
    ),
    Case(
        "a smaller plan in other words",
        ("da pra baixar meu plano? ta pesado", "tá caro demais pra gente, tem um plano mais simples?"),
        ("We need fewer seats, from 20 to 10", "it's too pricey for us, is there a simpler plan?"),
        ACCOUNTS,
        (SUCCESS,),
        customer=ACTIVE,
        shown=("accounts.change_plan",),
        hidden=LEAVING,
    ),
    Case(
        "new and lost",
        (
            "É meu primeiro dia na ferramenta, o que faço primeiro?",
            "Contratamos semana passada e ainda não conseguimos começar",
        ),
        (
            "It's my first day with the tool, what should I do first?",
            "We are rolling it out and need help migrating our data",
        ),
        SUCCESS,
        customer=ACTIVE,
        shown=("success.onboarding_session",),
        hidden=LEAVING,
    ),
    Case(
        "a promoter with a dispute on another ticket is asked for nothing",
        ("Adorei a atualização do sistema, parabéns", "o atendimento da Júlia foi sensacional"),
        ("Love the update, well done", "Julia's help was outstanding"),
        SUCCESS,
        customer=HAPPY,
        given={"open_tickets": [{"signals": ["dispute_charge"], "severity": "none"}]},
        hidden=("kind:advocate", *SELLING),
    ),
    Case(
        "no renewal talk while another ticket is on fire",
        ("Quais as condições para renovar?", "gostaria de antecipar a renovação"),
        ("What are the terms to renew?", "we'd like to renew early"),
        ACCOUNTS,
        customer={**ACTIVE, "days_to_renewal": 20},
        given={"open_tickets": [{"signals": ["outage"], "severity": "severe"}]},
        shown=("accounts.sop",),
        hidden=("kind:renew", *SELLING),
    ),
)

TAKEN_BACK: Final = (
    ("Quero cancelar a assinatura.", "Mudei de ideia."),
    ("Peço o cancelamento do contrato.", "esquece, vou ficar"),
    ("cancelem meu plano", "Pode desconsiderar meu pedido anterior."),
    ("quero cancelar minha conta", "deixa quieto, resolvi continuar"),
    ("Solicito o cancelamento do contrato", "Conversei com o time e vamos manter"),
    ("Quero encerrar minha conta.", "Oi, voltei atrás, não precisa cancelar"),
    ("I want to cancel my subscription.", "changed my mind"),
    ("Please terminate our contract.", "Never mind, we'll stay."),
    ("cancel my plan", "oops, sent by mistake, ignore that message"),
    ("I want to cancel", "On second thought, let's keep it"),
    ("cancel my subscription", "actually no need to cancel"),
    ("Close my account.", "Hi, I take it back, don't cancel"),
)
"""A request to leave, and the later message that takes it back."""

STILL_LEAVING: Final = (
    ("Mudei de ideia sobre o treinamento.", "Quero cancelar a assinatura."),
    ("Quero cancelar minha conta", "Mudei de ideia, pode manter", "Não, agora é sério: cancelem minha assinatura"),
    ("cancelem o plano", "Não mudei de ideia, podem prosseguir."),
    ("Quero cancelar a assinatura.", "Mudei de ideia quanto ao reembolso. A assinatura é para encerrar mesmo."),
    ("I changed my mind about the training.", "Please cancel my subscription."),
    ("Cancel my account", "I changed my mind, keep it", "No, this time I mean it: cancel my subscription"),
    ("cancel my plan", "I haven't changed my mind, go ahead."),
    ("I want to cancel my subscription.", "Never mind the refund, how long does it take?"),
)
"""Conversations at whose end the request to leave stands."""
