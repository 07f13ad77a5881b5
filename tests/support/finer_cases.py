"""Matters of support, billing and the customer's voice, each with the advice that is its own.

Every sentence is written for this table and stands in no rule or signal file.
"""

from __future__ import annotations

from typing import Final

from border_cases import ACCOUNTS, ACTIVE, SELLING, SUCCESS, SUPPORT, Case

ACCESS: Final = (
    Case(
        "no longer knows the password",
        (
            "Me esqueci da senha do portal, e agora?",
            "Podem me mandar o link para criar outra senha? não lembro da minha senha",
        ),
        ("I've forgotten my password for the portal, what now?", "Please reset my password, I can't remember it"),
        SUPPORT,
        customer=ACTIVE,
        shown=("support.reset_password",),
        hidden=("support.restore_access", *SELLING),
    ),
    Case(
        "the second factor keeps them out",
        ("O autenticador pede um código que nunca é aceito", "Formatei o celular e fiquei sem o código de verificação"),
        ("The authenticator wants a code that is never accepted", "I wiped my phone and have no verification code now"),
        SUPPORT,
        customer=ACTIVE,
        shown=("support.restore_second_factor",),
    ),
    Case(
        "somebody took the account over",
        (
            "Hackearam a nossa conta e trocaram a senha",
            "Tem gente estranha logada na minha conta, outra pessoa usando meu usuário",
        ),
        (
            "Our account was hacked and they changed the password",
            "There is a stranger using my login, someone else is in",
        ),
        SUPPORT,
        customer=ACTIVE,
        shown=("support.secure_account",),
        hidden=SELLING,
    ),
    Case(
        "asks for a permission",
        ("Preciso que deem ao Rui permissão de administrador", "A Bia não tem permissão para abrir o financeiro"),
        ("Please give Rui administrator permission", "Bea has no permission to open the finance module"),
        SUPPORT,
        customer=ACTIVE,
        shown=("support.grant_permission",),
    ),
)

FAULTS: Final = (
    Case(
        "data are gone",
        ("Desapareceram os registros de presença da turma", "Perdemos o cadastro de produtos depois da manutenção"),
        ("The class attendance records have vanished", "We lost the product records after the maintenance"),
        SUPPORT,
        customer=ACTIVE,
        shown=("support.restore_data",),
    ),
    Case(
        "an integration is broken",
        ("A integração com o banco falhou, os extratos não sincronizam", "O webhook de pedidos parou de enviar"),
        ("The bank integration failed, statements do not sync", "The orders webhook stopped sending"),
        SUPPORT,
        customer=ACTIVE,
        shown=("support.reconnect_integration",),
    ),
    Case(
        "the new version broke it",
        ("Depois do update de domingo o leitor não funciona", "A nova versão quebrou os meus filtros"),
        ("Since Sunday's update the scanner does not work", "The new release broke my filters"),
        SUPPORT,
        customer=ACTIVE,
        shown=("support.roll_back_update",),
    ),
    Case(
        "a leak is reported",
        ("Acreditamos que houve vazamento de dados de alunos", "Vazaram os dados dos nossos pacientes num fórum"),
        ("We believe student data has been leaked", "Our patients' data was exposed on a forum, a data breach"),
        SUPPORT,
        (ACCOUNTS,),
        customer={**ACTIVE, "tier": "key"},
        shown=("support.contain_security_incident",),
        hidden=SELLING,
    ),
    Case(
        "there is a way round it",
        (
            "O relatório dá erro, mas por enquanto estou fazendo na mão",
            "No computador trava; pelo celular consigo usar",
        ),
        ("The report fails, but for now I am doing it by hand", "It freezes on the desktop; on my phone it works"),
        SUPPORT,
        customer=ACTIVE,
        shown=("support.confirm_workaround",),
    ),
)

MONEY: Final = (
    Case(
        "does not know the charge",
        ("Não faço ideia do que é esse débito: não reconheço essa compra", "Apareceu uma cobrança que nunca autorizei"),
        ("I have no idea what this is, I don't recognise that purchase", "There is a charge I never authorised"),
        SUPPORT,
        customer=ACTIVE,
        shown=("billing.investigate_unknown_charge",),
        hidden=SELLING,
    ),
    Case(
        "billed after leaving",
        ("Cancelei em março e a mensalidade de abril foi cobrada", "Não sou mais assinante e continuam me cobrando"),
        ("I cancelled in March and was billed for April", "I am no longer a subscriber and you keep charging me"),
        SUPPORT,
        customer=ACTIVE,
        shown=("billing.stop_charge_after_leaving",),
        hidden=("retention.register_cancellation", *SELLING),
    ),
    Case(
        "the refund has not come",
        ("Meu estorno aprovado ainda não caiu no cartão", "Qual o andamento do meu reembolso?"),
        ("The approved refund has still not reached my card", "What is the status of my refund?"),
        SUPPORT,
        customer=ACTIVE,
        shown=("billing.tell_refund_status",),
        hidden=("billing.check_charge",),
    ),
    Case(
        "wants another due date",
        ("Gostaria de alterar o vencimento da fatura para o dia 15", "Dá para adiar a data de pagamento?"),
        ("I would like to move the due date to the 15th", "Can the payment date be postponed?"),
        SUPPORT,
        customer=ACTIVE,
        shown=("billing.change_due_date",),
    ),
    Case(
        "cannot pay all of it",
        (
            "Quero pagar a dívida aos poucos, dá para parcelar?",
            "Quero fazer um acordo das parcelas atrasadas, negociar o débito",
        ),
        ("I can't pay it all at once, may I pay the debt in instalments?", "I want a payment plan for what I owe"),
        SUPPORT,
        customer=ACTIVE,
        shown=("billing.agree_instalments",),
        hidden=SELLING,
    ),
    Case(
        "cut off and has paid",
        (
            "Suspenderam meu acesso por falta de pagamento e já quitei a fatura",
            "Paguei o boleto e a linha segue bloqueada",
        ),
        (
            "You suspended my access for non-payment and I have settled the bill",
            "I paid the invoice and the line is still blocked",
        ),
        SUPPORT,
        customer=ACTIVE,
        shown=("billing.reconnect_after_payment",),
    ),
)

TEMPERS: Final = (
    Case(
        "threatens to sue",
        ("Vou acionar meu advogado e entrar na justiça", "Se não resolverem hoje eu processo vocês, vou ao juizado"),
        ("I will instruct my solicitor and take legal action", "Fix it today or I will sue you, see you in court"),
        SUPPORT,
        (ACCOUNTS,),
        customer=ACTIVE,
        shown=("support.answer_legal_threat",),
        hidden=SELLING,
    ),
    Case(
        "a promise was not kept",
        ("Prometeram ligar na terça e ninguém ligou", "O técnico marcou às nove e ninguém apareceu"),
        (
            "You promised a call on Tuesday and nobody rang",
            "The engineer was booked for nine and nobody showed up",
        ),
        SUPPORT,
        customer=ACTIVE,
        shown=("support.keep_the_promise",),
    ),
    Case(
        "an agent was rude",
        ("A atendente foi muito grosseira comigo", "Fui destratado pelo vendedor da loja"),
        ("The agent was extremely rude to me", "Your salesman treated me like dirt, very disrespectful"),
        SUPPORT,
        customer=ACTIVE,
        shown=("support.review_service_conduct",),
        hidden=("kind:advocate", *SELLING),
    ),
    Case(
        "wants a person",
        ("Quero falar com um atendente humano", "Me passem para o supervisor, cansei desse robô"),
        ("I want to talk to a human agent", "Put me through to a supervisor, I am tired of this bot"),
        SUPPORT,
        customer=ACTIVE,
        shown=("support.hand_to_person",),
    ),
    Case(
        "complains, after low scores",
        ("Que demora absurda para responder, inaceitável", "Péssimo atendimento, uma vergonha"),
        ("This delay is unacceptable, an appalling wait", "Terrible service, it is a disgrace"),
        SUPPORT,
        (SUCCESS,),
        customer={**ACTIVE, "csat_avg": 2.0},
        hidden=SELLING,
    ),
)

VOICES: Final = (
    Case(
        "gave a low score",
        ("Na pesquisa dei nota 3, porque fiquei perdido", "Minha nota para vocês é 2"),
        ("I gave you a 3 in the survey because I felt lost", "My score for you is 2"),
        SUCCESS,
        customer=ACTIVE,
        shown=("voice_of_customer.follow_up_low_score",),
    ),
    Case(
        "finds it hard to use",
        ("O painel novo ficou muito confuso", "São cliques demais, muitos passos para fechar um pedido"),
        ("The new dashboard is very confusing", "Too many clicks just to close an order"),
        SUCCESS,
        customer=ACTIVE,
        shown=("voice_of_customer.ease_the_way",),
    ),
    Case(
        "offers a testimonial",
        ("Podemos dar um depoimento para o site de vocês", "Indiquei vocês para um colega"),
        ("We would be happy to give you a testimonial", "I have referred you to a colleague"),
        SUCCESS,
        customer={**ACTIVE, "nps": 10, "days_since_nps": 15},
        shown=("voice_of_customer.accept_testimonial",),
    ),
    Case(
        "reached a goal and says so",
        ("Estamos muito satisfeitos com o resultado, parabéns", "Adorei a plataforma"),
        ("We are very happy with the result, well done", "Love the platform"),
        SUCCESS,
        customer=ACTIVE,
        given={"outcomes": [{"status": "reached"}]},
        shown=("voice_of_customer.record_value",),
    ),
)

ASIDE: Final = (
    Case(
        "an automatic reply",
        ("Resposta automática: estou de férias até dia 20.", "Estarei ausente nesta semana, sem acesso ao e-mail."),
        (
            "Automatic reply: I am on annual leave until the 20th.",
            "I am out of the office this week with no access to email.",
        ),
        SUPPORT,
        customer=ACTIVE,
        shown=("support.set_aside",),
    ),
    Case(
        "somebody wants to sell to us",
        ("Somos uma agência e gostaríamos de apresentar nossos serviços", "Segue meu currículo para a vaga aberta"),
        ("We are an agency and would like to present our services", "Attached is my CV for the open position"),
        SUPPORT,
        customer={"lifecycle": "active"},
        shown=("support.set_aside",),
    ),
    Case(
        "it works again",
        ("O erro foi resolvido, podem fechar o chamado", "Voltou a funcionar, obrigado"),
        ("The error is fixed, you can close the ticket", "It works again, thanks"),
        SUPPORT,
        customer=ACTIVE,
        shown=("support.close_kindly",),
        hidden=("support.fix_fault",),
    ),
    Case(
        "calls off an order, not the contract",
        ("Quero cancelar o pedido 552, comprei errado", "Desisti da compra do armário, cancelem a entrega"),
        ("I want to cancel order 552, I ordered the wrong one", "Cancel my purchase of the wardrobe please"),
        SUPPORT,
        customer=ACTIVE,
        shown=("support.cancel_order",),
        hidden=("retention.register_cancellation",),
    ),
    Case(
        "renews a certificate, not the contract",
        ("Meu certificado digital vence sexta, como renovo?", "Preciso renovar o domínio do site"),
        ("My digital certificate expires on Friday, how do I renew it?", "I need to renew our site's domain"),
        SUPPORT,
        customer=ACTIVE,
        shown=("support.guide_credential_renewal",),
        hidden=("accounts.renewal_talk",),
    ),
)

FINER: Final = ACCESS + FAULTS + MONEY + TEMPERS + VOICES + ASIDE
