"""Rows of the border-case table about leaving, starting, buying and growing: the themes between the three functions.

Like the other rows, their sentences stand in no rule or signal file.
"""

from __future__ import annotations

from typing import Final

from border_cases import ACCOUNTS, ACTIVE, SELLING, SUCCESS, SUPPORT, Case

NEW: Final = {**ACTIVE, "touch_every_days": 30}

LIFECYCLE: Final = (
    Case(
        "gives notice of not renewing",
        (
            "Só para avisar: optamos por deixar o contrato vencer em setembro.",
            "Resolvemos não seguir quando o ano acabar.",
        ),
        (
            "Just so you know, we've chosen to let the agreement lapse in September.",
            "There will be no renewal from us.",
        ),
        SUCCESS,
        (ACCOUNTS,),
        customer=ACTIVE,
        shown=("retention.register_non_renewal",),
        hidden=("kind:renew", *SELLING),
    ),
    Case(
        "wants to pause",
        ("Dá pra congelar a mensalidade por dois meses?", "Quero deixar o plano em pausa até eu voltar de licença"),
        ("Can I put my plan on hold over the summer?", "Could the plan be parked until I'm back from leave?"),
        SUCCESS,
        customer=ACTIVE,
        first="retention.arrange_pause",
    ),
    Case(
        "wants to pause with the renewal in sight",
        ("Preciso suspender a assinatura por um tempo", "Podemos pular dois meses de mensalidade?"),
        ("I need to suspend the subscription for a while", "May we skip two months of payments?"),
        SUCCESS,
        (ACCOUNTS,),
        customer={**ACTIVE, "days_to_renewal": 30},
        shown=("retention.arrange_pause",),
    ),
    Case(
        "asks what leaving costs",
        ("Qual a multa pra sair antes dos 12 meses?", "Com quanta antecedência preciso avisar se quiser sair?"),
        ("What is the penalty for leaving before the 12 months are over?", "How long am I bound to you for?"),
        SUCCESS,
        (ACCOUNTS,),
        customer=ACTIVE,
        first="retention.explain_exit_terms",
        hidden=SELLING,
    ),
    Case(
        "the business closes",
        ("O restaurante vai fechar as portas em dezembro.", "Vendemos a empresa e encerramos as atividades em março"),
        ("The restaurant is shutting its doors at Christmas.", "I'm winding the firm up at the end of March."),
        SUCCESS,
        customer=ACTIVE,
        first="retention.farewell",
        hidden=("kind:retain", *SELLING),
    ),
    Case(
        "complains of the new price",
        ("Por que o meu seguro subiu 18% se nada mudou?", "Esse reajuste da mensalidade é abusivo"),
        ("Why has my premium gone up 18% when nothing changed?", "The new monthly rate you announced is outrageous."),
        ACCOUNTS,
        (SUCCESS,),
        customer=ACTIVE,
        shown=("accounts.explain_price_rise",),
        hidden=SELLING,
    ),
    Case(
        "never agreed to the automatic renewal",
        (
            "Vocês renovaram meu contrato por um ano inteiro sem me perguntar!",
            "Nunca concordei com prorrogação automática.",
        ),
        ("You rolled my contract over for a year without asking me!", "I never agreed to an automatic extension."),
        ACCOUNTS,
        (SUCCESS,),
        customer=ACTIVE,
        first="accounts.review_auto_renewal",
        hidden=SELLING,
    ),
    Case(
        "wants fewer seats",
        ("Reduzam de 40 para 25 usuários no próximo ciclo.", "Temos dez licenças sobrando, queremos devolver"),
        (
            "Reduce us from 40 to 25 users at the next cycle please.",
            "We have ten unused licences and want to give them back",
        ),
        ACCOUNTS,
        (SUCCESS,),
        customer={**ACTIVE, "seat_utilisation": 0.6},
        shown=("expansion.reduce_seats",),
        hidden=SELLING,
    ),
    Case(
        "another branch wants it too",
        (
            "Nossa filial de Curitiba quer o mesmo que temos em São Paulo.",
            "O departamento de compras também quer usar a plataforma",
        ),
        (
            "Our Leeds branch wants the same thing we have in London.",
            "The purchasing department wants to use the platform too",
        ),
        ACCOUNTS,
        customer=ACTIVE,
        shown=("expansion.plan_new_site",),
    ),
    Case(
        "the team does not take it up",
        (
            "Só dois dos meus vendedores abrem o sistema, o resto insiste nas planilhas.",
            "Meu time acha o software confuso",
        ),
        (
            "Only 4 of my 30 reps ever open it, the rest keep going back to their own sheets.",
            "My team finds the tool confusing",
        ),
        SUCCESS,
        customer=NEW,
        shown=("success.team_adoption",),
        hidden=SELLING,
    ),
    Case(
        "asks for best practice",
        ("Como outras agências costumam organizar os quadros?", "Qual seria a maneira ideal de estruturar as filas?"),
        ("How do other agencies usually organise their boards?", "What is the ideal way to structure our queues?"),
        SUCCESS,
        customer=NEW,
        first="success.advise_practice",
    ),
    Case(
        "asks what is coming",
        ("O que vem por aí nas próximas versões?", "Vocês pretendem lançar um aplicativo este ano?"),
        ("What's coming in the next releases?", "Do you plan to release an app this year?"),
        SUCCESS,
        customer=NEW,
        first="success.answer_roadmap",
    ),
    Case(
        "the trial runs out",
        ("Tenho só mais dois dias da versão de teste.", "Meu período de teste acaba amanhã, e depois?"),
        ("I've got two days left on the test version.", "My trial expires tomorrow, what are my options?"),
        ACCOUNTS,
        customer={"lifecycle": "trial", "is_prospect": True},
        shown=("accounts.guide_trial",),
        hidden=SELLING,
    ),
    Case(
        "a supplier questionnaire",
        ("Segue em anexo o questionário de segurança de fornecedor.", "O setor de compras precisa homologar vocês"),
        ("Attached is the vendor security questionnaire.", "Procurement needs to register you as a supplier."),
        ACCOUNTS,
        customer=ACTIVE,
        first="accounts.fill_procurement",
    ),
    Case(
        "not now, says the customer",
        (
            "Agora não temos interesse, me procurem no próximo ano.",
            "Neste momento não é o caso, voltem a falar com a gente em agosto",
        ),
        ("Not now, please get back to us next year.", "It is not the right time for us, perhaps next quarter"),
        SUCCESS,
        customer={**ACTIVE, "seat_utilisation": 1.0, "health": "good"},
        shown=("guardrails.note_contact_later",),
        hidden=SELLING,
    ),
    Case(
        "a look-alike: the export failed before the renewal date",
        ("Tentei pagar a renovação da assinatura mas a página dá erro.", "O botão de upgrade não funciona."),
        ("I tried to renew my subscription but the payment page shows an error.", "The upgrade button does not work."),
        SUPPORT,
        (ACCOUNTS,),
        customer=ACTIVE,
        shown=("support.fix_fault",),
    ),
)
