"""The table of the border cases: what a customer writes, what is known of them, and what must come out.

Every sentence is written for this table and stands in no rule or signal file, so that meaning is tested, not wording.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

SUPPORT, SUCCESS, ACCOUNTS = "support", "success", "account_management"
SELLING: Final = ("kind:upsell", "kind:cross_sell", "kind:expand")
"""Written as `kind:…` so that one list can forbid kinds and actions."""


@dataclass(frozen=True, slots=True)
class Case:
    """One row: messages in both languages, facts, and the decision they must lead to.

    `shown` and `hidden` are action ids, or `kind:…`; `first` is the action that must stand on top; of `one_of` at
    least one is shown, where sentences of a case ask for the same thing in kinds of their own.
    `others` are the customer's other open tickets, as items of the collection.
    """

    name: str
    pt: tuple[str, ...]
    en: tuple[str, ...]
    primary: str
    collaborators: tuple[str, ...] = ()
    customer: Mapping[str, Any] = field(default_factory=dict)
    ticket: Mapping[str, Any] = field(default_factory=dict)
    given: Mapping[str, Any] = field(default_factory=dict)
    shown: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()
    first: str | None = None
    triage: bool = False


ACTIVE: Final = {"lifecycle": "active", "tier": "standard", "days_to_renewal": 250, "cancellation": "none"}

BORDER: Final = (
    Case(
        "wants to cancel",
        (
            "Olá, decidimos encerrar nosso contrato de licenciamento, como procedo?",
            "nao vamos mais precisar da ferramenta, cancelem nossa assinatura por gentileza",
            "Boa tarde. Peço que fechem a minha conta até sexta e apaguem o cadastro.",
        ),
        (
            "Hi, we have decided to end our subscription, what do you need from me?",
            "pls shut down our account, we won't be needing the tool",
            "Kindly terminate our contract as of Friday.",
        ),
        SUCCESS,
        customer=ACTIVE,
        first="retention.register_cancellation",
        shown=("retention.ask_reason",),
        hidden=(*SELLING, "kind:win_back", "kind:renew"),
    ),
    Case(
        "wants to delete the account",
        (
            "Como apago minha conta de vez?",
            "Gostaria de excluir a conta da loja, por favor",
            "queria deletar minha conta nesse app",
        ),
        (
            "What do I click to delete my account for good?",
            "Kindly deactivate my account",
            "Please erase our account and everything in it",
        ),
        SUCCESS,
        customer=ACTIVE,
        first="retention.register_cancellation",
        hidden=SELLING,
    ),
    Case(
        "cancels with the renewal in sight",
        (
            "Não seguiremos no próximo ciclo: solicito a rescisão do contrato.",
            "Antes que vire o ano quero encerrar a assinatura",
            "Podem cancelar nosso plano, por favor?",
        ),
        (
            "Before the new cycle begins I want to cancel the subscription.",
            "We would like to terminate the agreement, cancel our plan please",
            "Please close our account before the new term",
        ),
        SUCCESS,
        (ACCOUNTS,),
        customer={**ACTIVE, "days_to_renewal": 35},
        first="retention.register_cancellation",
        hidden=("kind:renew", *SELLING),
    ),
    Case(
        "cancels because of a fault",
        (
            "O aplicativo vive travando, por isso quero cancelar a assinatura.",
            "cancelem meu plano, o sistema da erro toda hora",
            "Depois de tantas falhas no portal, peço o encerramento do contrato.",
        ),
        (
            "The app crashes daily, so I want to cancel my subscription.",
            "cancel our plan, the system throws errors all the time",
            "After so many bugs in the portal please terminate our contract.",
        ),
        SUCCESS,
        (SUPPORT,),
        customer=ACTIVE,
        first="retention.register_cancellation",
        hidden=("retention.offer_alternative", *SELLING),
    ),
    Case(
        "threatens to leave",
        (
            "Do jeito que está, estamos pensando em sair e procurar outro fornecedor.",
            "se nao melhorar o preço e o atendimento, vamos embora",
            "Considerando trocar de plataforma no próximo trimestre, sinceramente.",
        ),
        (
            "Frankly we are considering leaving for a different vendor.",
            "if things do not get better we will take our business elsewhere",
            "My boss is thinking about switching to another provider.",
        ),
        SUCCESS,
        customer=ACTIVE,
        shown=("retention.retention_call",),
        hidden=SELLING,
    ),
    Case(
        "threatens not to renew",
        (
            "Desse jeito não vamos renovar o contrato em abril.",
            "Não pretendo renovar nas condições atuais",
            "sem mudança não renovamos, nao vamos renovar mesmo",
        ),
        (
            "As it stands we will not renew the contract in April.",
            "I don't plan to renew under these terms.",
            "We are not going to renew if nothing changes",
        ),
        SUCCESS,
        (ACCOUNTS,),
        customer=ACTIVE,
        shown=("retention.retention_call",),
        hidden=SELLING,
    ),
    Case(
        "asks about the renewal",
        (
            "Nosso contrato está para vencer, quais são os próximos passos?",
            "Quero conversar sobre a renovação do ano que vem",
            "Vocês podem mandar as condições de renovação?",
        ),
        (
            "Our agreement is up for renewal, who do I speak with?",
            "When does our contract end, and can we extend the contract?",
            "I'd like to talk about renewing for next year",
        ),
        ACCOUNTS,
        customer=ACTIVE,
        shown=("accounts.renewal_talk",),
    ),
    Case(
        "asks a price or a quote",
        (
            "Qual o valor do plano para quarenta pessoas?",
            "Conseguem preparar uma cotação com desconto para dois anos?",
            "me passa um orçamento pra 15 licenças?",
        ),
        (
            "What would it cost for forty people?",
            "Could you prepare a quotation with a discount for two years?",
            "what are your prices for 15 people",
        ),
        ACCOUNTS,
        customer=ACTIVE,
        shown=("accounts.answer_commercial",),
    ),
    Case(
        "wants more seats",
        (
            "Precisamos incluir mais 3 licenças a partir de segunda.",
            "Chegou gente nova, dá pra acrescentar dois usuários na nossa conta?",
            "Queremos comprar acessos para mais cinco colaboradores",
        ),
        (
            "We need 3 extra seats from Monday on.",
            "New people joined, could you add two users to our subscription?",
            "We'd like to buy additional licences",
        ),
        ACCOUNTS,
        customer=ACTIVE,
        shown=("accounts.change_plan",),
    ),
    Case(
        "wants a smaller plan",
        (
            "Gostaríamos de voltar para o plano básico.",
            "preciso baixar meu plano pra um mais barato",
            "É possível reduzir o pacote que contratamos?",
            "O pacote atual é grande demais para nós, dá para fazer um downgrade?",
        ),
        (
            "We'd like to move back to the basic plan.",
            "need to drop to a cheaper plan",
            "Is it possible to downgrade what we have?",
            "We are after a downgrade, every seat is taken but the features are too many",
        ),
        ACCOUNTS,
        (SUCCESS,),
        customer={**ACTIVE, "seat_utilisation": 1.0, "health": "good"},
        shown=("accounts.change_plan", "retention.review_downgrade"),
        hidden=SELLING,
    ),
    Case(
        "a paying customer asks for an upgrade",
        (
            "Quero passar para o plano empresarial.",
            "como faço upgrade da minha assinatura?",
            "Gostaria de migrar nossa conta para o plano superior",
        ),
        (
            "I'd like to move to the business plan.",
            "how do i upgrade my subscription",
            "Please switch our account to the premium tier",
        ),
        ACCOUNTS,
        customer=ACTIVE,
        shown=("accounts.change_plan",),
    ),
    Case(
        "an upgrade for a goal",
        (
            "Nossa meta é dobrar as vendas, por isso quero passar para o plano empresarial.",
            "Para reduzir o tempo de atendimento queremos fazer upgrade.",
            "Temos o objetivo de crescer 30% e vamos migrar para o plano superior",
        ),
        (
            "Our goal is to double sales, so we want to upgrade our plan.",
            "We want to cut response time and would like to move to the business plan.",
            "To hit our targets this year we need to upgrade",
        ),
        ACCOUNTS,
        (SUCCESS,),
        customer=ACTIVE,
        shown=("expansion.upgrade_offer",),
    ),
    Case(
        "a refund",
        (
            "Quero meu dinheiro de volta, paguei e não usei.",
            "Solicito reembolso da última mensalidade",
            "podem estornar o valor?",
        ),
        (
            "I want my money back, I paid and never used it.",
            "Requesting a refund of the last instalment",
            "can you refund the amount",
        ),
        SUPPORT,
        customer=ACTIVE,
        shown=("billing.check_charge",),
    ),
    Case(
        "a double charge",
        (
            "Meu cartão foi debitado duas vezes em agosto.",
            "A fatura veio em dobro, olhem por favor",
            "vcs me cobraram 2x esse mes",
        ),
        (
            "My card was billed twice in August.",
            "We were charged double this month, please look",
            "there's a duplicate payment on my statement",
        ),
        SUPPORT,
        customer=ACTIVE,
        shown=("billing.check_charge",),
        hidden=SELLING,
    ),
    Case(
        "a copy of an invoice",
        (
            "Perdi o boleto deste mês, mandem a segunda via",
            "Preciso das notas fiscais de janeiro e fevereiro",
            "Onde eu baixo o recibo?",
        ),
        (
            "I lost this month's bill, please send me the invoice again",
            "Need copies of the January and February invoices",
            "Could you email me the receipt?",
        ),
        SUPPORT,
        customer=ACTIVE,
        one_of=("billing.send_invoice", "billing.send_payment_details", "billing.send_tax_document"),
    ),
    Case(
        "a refund that touches the renewal",
        (
            "Fui cobrado em dobro na renovação, quero estorno.",
            "A renovação saiu com valor errado e quero reembolso da diferença",
            "Depois da renovação do contrato veio cobrança em duplicidade",
        ),
        (
            "I was charged twice at the renewal and want a refund.",
            "The renewal came out wrong, please refund the difference",
            "After we renewed the contract there is a duplicate charge",
        ),
        SUPPORT,
        (ACCOUNTS,),
        customer=ACTIVE,
        shown=("billing.check_charge",),
        hidden=SELLING,
    ),
    Case(
        "a how-to question",
        (
            "Como faço para juntar dois cadastros?",
            "Onde altero o logotipo do relatório?",
            "dá pra programar o envio do resumo toda segunda? nao sei como",
        ),
        (
            "How can I merge two records?",
            "Where do I change the logo on the report?",
            "is there a way to schedule the digest for Mondays",
        ),
        SUPPORT,
        customer=ACTIVE,
        shown=("support.answer_how_to",),
        hidden=SELLING,
    ),
    Case(
        "a how-to question in onboarding",
        (
            "Como faço para juntar dois cadastros?",
            "Onde altero o logotipo do relatório?",
            "Como eu crio um grupo de atendentes?",
        ),
        (
            "How can I merge two records?",
            "Where do I change the logo on the report?",
            "How do I create a group of agents?",
        ),
        SUPPORT,
        (SUCCESS,),
        customer={**ACTIVE, "lifecycle": "onboarding"},
        shown=("support.answer_how_to", "success.adoption_plan"),
    ),
    Case(
        "a repeated how-to question",
        (
            "Como exporto a lista de pedidos?",
            "Outra dúvida: onde configuro os avisos?",
            "Como se faz para filtrar por vendedor?",
        ),
        (
            "How do I export the order list?",
            "Another one, how can I configure the alerts?",
            "Is it possible to filter by salesperson, and how do I do it?",
        ),
        SUPPORT,
        (SUCCESS,),
        customer={**ACTIVE, "how_to_30d": 4},
        shown=("support.answer_how_to", "success.adoption_plan"),
    ),
    Case(
        "how to get started, set-up, training",
        (
            "Assinamos na semana passada, por onde começamos?",
            "Gostaria de uma capacitação para a nossa equipe",
            "Me ajudam com a configuração inicial da conta?",
        ),
        (
            "We signed up last week, where should we begin?",
            "Could you arrange a workshop for our staff?",
            "I need some help with the initial setup",
        ),
        SUCCESS,
        customer=ACTIVE,
        hidden=SELLING,
    ),
    Case(
        "praise, suggestion, survey",
        (
            "Só queria parabenizar o time, ficou sensacional.",
            "Deixo uma sugestão: seria bom ter modo noturno no aplicativo",
            "Segue minha avaliação sobre o atendimento de ontem, nota 9 na pesquisa de satisfação",
        ),
        (
            "Just a compliment for your team, outstanding work.",
            "A suggestion, it would be handy to have a night mode in the app",
            "Here is my feedback on yesterday's chat, I gave it a 9 in your survey",
        ),
        SUCCESS,
        customer=ACTIVE,
        shown=("voice_of_customer.thank_and_log",),
    ),
    Case(
        "a complaint about a fault with a threat to leave",
        (
            "Que absurdo, o relatório deu erro de novo! Mais uma e vamos trocar de sistema.",
            "Péssimo: o app trava todo dia e estou pensando em cancelar.",
            "se esse bug continuar vocês vão perder um cliente, tenham dó",
        ),
        (
            "This is ridiculous, an error again. Once more and we are going to switch to another vendor.",
            "Awful. The app keeps freezing and I'm thinking of cancelling.",
            "Fix this bug or you will lose a customer",
        ),
        SUPPORT,
        (SUCCESS,),
        customer=ACTIVE,
        shown=("retention.retention_call",),
        hidden=SELLING,
    ),
    Case(
        "a prospect before purchase",
        (
            "Tenho um salão pequeno e queria conhecer o sistema de vocês. Tem teste grátis?",
            "Ainda não sou cliente. O que está incluído em cada plano?",
            "Como funciona o programa de vocês para clínicas?",
        ),
        (
            "I run a small salon and would like to know about your product. Is there a free trial?",
            "Not a customer yet. What is included in each plan?",
            "How does your software work for clinics?",
        ),
        ACCOUNTS,
        customer={"is_prospect": True},
        shown=("accounts.inform_prospect",),
        hidden=SELLING,
    ),
    Case(
        "somebody unknown wants to buy",
        (
            "Quero contratar o plano anual para a minha oficina",
            "Gostaria de informações sobre os planos de vocês",
            "Vocês têm algum plano para escola pequena?",
        ),
        (
            "I'm interested in buying your annual plan for my garage",
            "Tell me more about the plans you have, I am choosing one",
            "Do you offer a plan for small schools?",
        ),
        ACCOUNTS,
        shown=("accounts.inform_prospect",),
        hidden=SELLING,
    ),
)

KEY_NEAR_RENEWAL: Final = {**ACTIVE, "tier": "key", "days_to_renewal": 28, "seat_utilisation": 0.97}

INTERSECTIONS: Final = (
    Case(
        "an e-mailed product failure is support only",
        (
            "Segue em anexo o erro que aparece ao salvar o pedido.",
            "A impressão das etiquetas parou de funcionar depois da atualização",
            "O botão de enviar não responde no navegador",
        ),
        (
            "Attached is the error that shows up when saving an order.",
            "Label printing stopped working after the update",
            "The send button does not respond in the browser",
        ),
        SUPPORT,
        customer=ACTIVE,
        ticket={"channel": "email"},
        shown=("support.fix_fault",),
        hidden=SELLING,
    ),
    Case(
        "a severe failure at a key customer near renewal",
        (
            "O sistema caiu em todas as filiais e ninguém consegue trabalhar.",
            "Plataforma fora do ar há duas horas!",
            "falha crítica aqui, perdemos os dados do dia",
        ),
        (
            "The system is down in every branch and nobody can work.",
            "Platform unavailable again for two hours, it is an outage",
            "critical failure here, we lost all our data of the day",
        ),
        SUPPORT,
        (ACCOUNTS,),
        customer=KEY_NEAR_RENEWAL,
        shown=("support.run_incident", "accounts.executive_call"),
        hidden=SELLING,
    ),
    Case(
        "a severe failure at a key customer touching payments",
        (
            "Urgente: os pagamentos dos nossos clientes não passam no checkout.",
            "O serviço caiu e não conseguimos receber pagamentos",
            "Sistema fora do ar, cobranças travadas em todas as lojas",
        ),
        (
            "Urgent, our customers' payments are failing at checkout.",
            "The service is down and we cannot take payments",
            "Everything is down, transactions are stuck in all stores",
        ),
        SUPPORT,
        (ACCOUNTS,),
        customer={**ACTIVE, "tier": "enterprise"},
        shown=("support.run_incident", "accounts.executive_call"),
        hidden=SELLING,
    ),
    Case(
        "the same failure at a standard customer is support only",
        ("Plataforma fora do ar há duas horas!", "o portal caiu agora cedo", "Servidor indisponível desde ontem"),
        (
            "The platform is down for two hours",
            "your website went down this morning",
            "Server unavailable since yesterday",
        ),
        SUPPORT,
        customer={**ACTIVE, "days_to_renewal": 28},
        shown=("support.run_incident",),
        hidden=("accounts.executive_call", *SELLING),
    ),
    Case(
        "a premium feature for a customer with a goal",
        (
            "O nosso plano não tem auditoria, e precisamos disso.",
            "Quero habilitar o módulo de previsão de demanda",
            "Esse recurso avançado de relatórios só existe no plano maior?",
        ),
        (
            "Our plan does not include the audit trail and we need it.",
            "I want to enable the forecasting module",
            "Is that advanced reporting only available on the higher plan?",
        ),
        ACCOUNTS,
        (SUCCESS,),
        customer=ACTIVE,
        given={"outcomes": [{"status": "behind"}]},
        shown=("expansion.upgrade_offer",),
    ),
    Case(
        "use has dropped",
        (
            "Pra ser sincero, ninguém aqui está usando a plataforma.",
            "Deixamos de usar o módulo de tarefas faz um tempo",
            "A equipe quase não acessa mais",
        ),
        (
            "To be honest nobody here is using the platform.",
            "We stopped using the task module a while ago",
            "My staff rarely logs in these days",
        ),
        SUCCESS,
        customer=ACTIVE,
        shown=("success.ask_usage_motive",),
        hidden=SELLING,
    ),
    Case(
        "all three at once",
        (
            "O sistema caiu de novo. Nosso contrato vence logo e estamos pensando em trocar de fornecedor.",
            "Falha grave de novo, assim não vamos renovar",
            "Tudo fora do ar! Se não resolverem hoje vamos procurar outra empresa e não renovar o contrato",
        ),
        (
            "The system is down again. Our contract ends soon and we are thinking of switching to another provider.",
            "Critical failure again, we will not renew like this",
            "Everything is down. Fix it today or we are leaving at the renewal",
        ),
        SUPPORT,
        (SUCCESS, ACCOUNTS),
        customer=KEY_NEAR_RENEWAL,
        shown=("support.run_incident",),
        hidden=SELLING,
    ),
    Case(
        "nothing to go by",
        ("Bom dia, tudo bem?", "Olá!", "Conforme falamos, segue."),
        ("Good morning!", "Hello there", "As discussed, see below."),
        SUPPORT,
        customer=ACTIVE,
        triage=True,
        hidden=SELLING,
    ),
    Case(
        "a look-alike: cancelling a meeting",
        (
            "Preciso cancelar a reunião de amanhã, ok?",
            "Vou ter que desmarcar nossa call",
            "Podem cancelar a visita técnica de quinta?",
        ),
        (
            "I need to cancel our meeting tomorrow, ok?",
            "I have to cancel the call",
            "Please cancel the visit on Thursday",
        ),
        SUPPORT,
        customer=ACTIVE,
        hidden=("retention.register_cancellation", "kind:retain"),
    ),
    Case(
        "a look-alike: renewing a password",
        (
            "Como renovo a minha senha?",
            "A senha expirou e preciso renovar a senha do usuário",
            "Minha senha venceu, como redefinir?",
        ),
        (
            "How can I renew my password?",
            "My password expired, need to renew the password",
            "Password is expired, how do I reset it?",
        ),
        SUPPORT,
        customer=ACTIVE,
        hidden=("accounts.renewal_talk",),
    ),
    Case(
        "took the cancellation back",
        (
            "Mudei de ideia, vamos manter o contrato.",
            "Por favor, ignorem o pedido de cancelamento que mandei",
            "Decidimos continuar com vocês",
        ),
        (
            "I changed my mind, we keep the contract.",
            "Please disregard the cancellation I sent",
            "We have decided to stay with you",
        ),
        SUCCESS,
        customer=ACTIVE,
        hidden=("retention.register_cancellation", "retention.ask_reason"),
    ),
)

NEEDS_PREMIUM_PT: Final = (
    "Nosso plano não inclui login único e precisamos disso.",
    "Quero contratar o módulo de automação",
    "Essa função avançada fica em qual plano superior?",
)
NEEDS_PREMIUM_EN: Final = (
    "Our plan does not include single sign-on and we need it.",
    "I want to buy the automation add-on",
    "Is the advanced reporting only available on a higher plan?",
)


def _held_back(name: str, customer: Mapping[str, Any], **given: Any) -> Case:
    return Case(
        f"no selling: {name}",
        NEEDS_PREMIUM_PT,
        NEEDS_PREMIUM_EN,
        ACCOUNTS,
        customer={**ACTIVE, "seat_utilisation": 0.95, **customer},
        given=given,
        hidden=SELLING,
    )


GUARDRAILS: Final = (
    Case(
        "selling is allowed when nothing holds it back",
        NEEDS_PREMIUM_PT,
        NEEDS_PREMIUM_EN,
        ACCOUNTS,
        customer={**ACTIVE, "nps": 9, "days_since_nps": 10, "opted_out": False, "open_dispute": False},
        shown=("expansion.upgrade_offer",),
    ),
    _held_back("an open complaint in another ticket", {}, open_tickets=[{"signals": ["complaint"]}]),
    _held_back("a severe incident in another ticket", {}, open_tickets=[{"severity": "severe"}]),
    _held_back("a cancellation asked for in another ticket", {}, open_tickets=[{"signals": ["cancel_request"]}]),
    _held_back("a pending cancellation", {"cancellation": "requested"}),
    _held_back("a confirmed cancellation", {"cancellation": "confirmed"}),
    _held_back("a detractor 90 days ago", {"nps": 6, "days_since_nps": 90}),
    _held_back("a dispute on record", {"open_dispute": True}),
    _held_back("an overdue invoice", {"overdue_invoices": 2}),
    _held_back("a disputed invoice", {}, invoices=[{"status": "disputed"}]),
    _held_back("an opt-out on record", {"opted_out": True}),
    _held_back("an opt-out in another ticket", {}, open_tickets=[{"signals": ["opt_out_request"]}]),
    Case(
        "no selling: a complaint in the same ticket",
        (
            "Inaceitável o nosso plano não incluir login único.",
            "Estou indignado, esse recurso avançado só existe no plano superior",
            "Estamos insatisfeitos: o plano não inclui auditoria",
        ),
        (
            "It is unacceptable that our plan does not include single sign-on.",
            "I am furious that this is a premium feature",
            "We are unhappy that our plan does not include the audit log",
        ),
        ACCOUNTS,
        customer=ACTIVE,
        hidden=SELLING,
    ),
    Case(
        "no selling: a prospect",
        NEEDS_PREMIUM_PT[1:],
        NEEDS_PREMIUM_EN[1:],
        ACCOUNTS,
        customer={"lifecycle": "prospect"},
        shown=("accounts.inform_prospect",),
        hidden=SELLING,
    ),
    Case(
        "an opt-out in the same ticket",
        (
            "Por favor não me mandem mais propaganda.",
            "Chega de ofertas, quero sair da lista: me tirem do mailing",
            "parem de me ligar oferecendo planos",
        ),
        (
            "Please no more promotional messages.",
            "Take me off the mailing list",
            "stop the sales calls and the marketing",
        ),
        SUCCESS,
        customer=ACTIVE,
        first="guardrails.record_opt_out",
        hidden=(*SELLING, "kind:advocate", "kind:win_back"),
    ),
    Case(
        "a promoter is asked for a review",
        ("Excelente suporte, parabéns!", "Estamos muito felizes com o resultado", "Adorei o atendimento da Bia"),
        ("Excellent support, thanks!", "I am very happy with everything", "Love how fast your team is, kudos"),
        SUCCESS,
        customer={**ACTIVE, "nps": 10, "days_since_nps": 20},
        shown=("voice_of_customer.ask_for_review",),
    ),
    Case(
        "a detractor is not asked for a review",
        ("Excelente suporte, parabéns!", "Estamos muito felizes com o resultado", "Adorei o atendimento da Bia"),
        ("Excellent support, thanks!", "I am very happy with everything", "Love how fast your team is, kudos"),
        SUCCESS,
        customer={**ACTIVE, "nps": 3, "days_since_nps": 20},
        hidden=("kind:advocate",),
    ),
    Case(
        "no win-back before the cancellation is confirmed",
        ("Quanto custa para voltar?", "Qual o preço do plano hoje?", "Tem desconto para quem volta?"),
        ("How much would it be to come back?", "What is the price today?", "Is there a discount for returning?"),
        ACCOUNTS,
        customer={**ACTIVE, "cancellation": "requested"},
        hidden=("kind:win_back", *SELLING),
    ),
    Case(
        "win-back once it is confirmed",
        ("Quanto custa para voltar?", "Qual o preço do plano hoje?", "Tem desconto para quem volta?"),
        ("How much would it be to come back?", "What is the price today?", "Is there a discount for returning?"),
        ACCOUNTS,
        customer={**ACTIVE, "cancellation": "confirmed", "lifecycle": "churned"},
        shown=("retention.win_back_call",),
        hidden=SELLING,
    ),
    Case(
        "no renewal talk while another ticket asks to cancel",
        (
            "Quais as condições para renovar o contrato?",
            "Podemos falar da renovação?",
            "O contrato vence quando?",
        ),
        (
            "What are the terms to renew the contract?",
            "Can we talk about the renewal?",
            "When does our contract expire?",
        ),
        ACCOUNTS,
        customer=ACTIVE,
        given={"open_tickets": [{"signals": ["cancel_request"]}]},
        hidden=("kind:renew", "accounts.change_plan", *SELLING),
    ),
    Case(
        "a regulated cancellation takes effect at once",
        ("Quero cancelar minha linha.", "Solicito o cancelamento do plano de saúde", "encerrem meu contrato hoje"),
        ("I want to cancel my line.", "Please cancel my plan", "terminate my contract today"),
        SUCCESS,
        customer={**ACTIVE, "regulated_sector": True},
        first="regulated_sac.cancel_at_once",
        hidden=("retention.register_cancellation", "retention.offer_alternative", *SELLING),
    ),
    Case(
        "a regulated complaint gets a protocol",
        (
            "Isso é um descaso, vou abrir reclamação no Procon.",
            "Já falei com a Anatel sobre esse desrespeito",
            "Registrei queixa no consumidor.gov",
        ),
        (
            "This is disgraceful, I will file a complaint with the ombudsman.",
            "I have told the regulator about this terrible service",
            "I complained to the consumer protection office",
        ),
        SUPPORT,
        customer={**ACTIVE, "regulated_sector": True},
        shown=("regulated_sac.register_protocol", "regulated_sac.answer_regulator_case"),
        hidden=SELLING,
    ),
)

CASES: Final = BORDER + INTERSECTIONS + GUARDRAILS
