"""Which practice of customer experience each rule embodies, as a document: practice -> rules -> their examples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from rules.rulebook import Rule, Rulebook, Status
from rules.text import Locale, Text

PRACTICES: Final[Mapping[str, Text]] = MappingProxyType(
    {
        "A08": Text("Cultivar a fidelidade", "Grow loyalty"),
        "A09": Text("Provocar a recorrência", "Bring about the next purchase"),
        "A10": Text("Reter quem já é cliente", "Keep those who are customers"),
        "A11": Text("Aumentar o valor ao longo da relação", "Raise the value of the whole relationship"),
        "A12": Text("Diminuir a evasão", "Lower churn"),
        "A13": Text("Resgatar quem saiu", "Win back those who left"),
        "A16": Text("Acompanhar a jornada de venda e pós-venda", "Follow the journey of sale and after-sale"),
        "A17": Text("Ouvir a voz do cliente", "Hear the voice of the customer"),
        "A20": Text("Agir sobre a nota NPS", "Act on the NPS answer"),
        "A28": Text("Passar o trabalho entre áreas sem perder o contexto", "Hand work over with its context"),
        "A31": Text("Informar quem ainda está escolhendo", "Inform those who are still choosing"),
        "A32": Text("Saber em que etapa da jornada o cliente está", "Know the customer's stage of the journey"),
        "A33": Text("Medir o prometido contra o entregue", "Hold what was promised against what was delivered"),
        "A34": Text("Dar voz a quem promove a marca", "Give promoters a voice"),
        "A35": Text("Conhecer cada ponto de contato", "Know every touchpoint"),
        "A36": Text("Cuidar dos momentos da verdade", "Take care at the moments of truth"),
        "A37": Text("Usar o que o CRM sabe", "Use what the CRM knows"),
        "A38": Text("Personalizar com o que se sabe", "Make it personal with what is known"),
        "A42": Text("Perseguir o resultado que o cliente deseja", "Pursue the outcome the customer desires"),
        "A43": Text("Sucesso e experiência informam um ao outro", "Success and experience inform each other"),
        "A44": Text("Registrar o valor alcançado", "Record the value that was reached"),
        "A45": Text("Acompanhar o cliente sem esperar o chamado", "Look after customers without waiting for a ticket"),
        "A46": Text("Ofertar só o que serve", "Offer only what suits"),
        "A47": Text("Responder dúvidas e informar", "Answer questions and inform"),
        "A48": Text("Levar a reclamação a sério", "Take a complaint seriously"),
        "A49": Text("Cumprir o SAC em setor regulado", "Keep the service rules of regulated sectors"),
        "A50": Text("Atendimento que também gera receita", "Service that brings revenue, too"),
        "A51": Text("Menos contatos e mais fluidez", "Fewer contacts, more ease"),
        "A54": Text("Ligar processos a outras áreas", "Join processes to other departments"),
        "A58": Text("Cuidar da reputação", "Mind the reputation"),
        "A63": Text("Guardar a jornada contra paradas", "Guard the journey against stalls"),
        "A65": Text("Seguir um procedimento passo a passo", "Follow a procedure step by step"),
        "A66": Text("Entregar a venda a quem a executa", "Hand the sale to those who make it"),
        "A68": Text("Primeira linha que reage na hora", "A first line that reacts at once"),
        "A69": Text("Resolver o problema imediato", "Solve the immediate problem"),
        "A70": Text("Rapidez com qualidade", "Speed with quality"),
        "A71": Text("Antecipar-se ao cliente", "Act ahead of the customer"),
        "A72": Text("Manter um plano de sucesso e a sua cadência", "Keep a success plan and its cadence"),
        "A73": Text("Procurar quem deixou de usar", "Contact those who stopped using it"),
        "A74": Text("Melhorar a experiência no longo prazo", "Improve the experience in the long run"),
        "A75": Text("Gerir renovação e expansão", "Manage renewal and expansion"),
        "A76": Text("Dizer a quem cada sugestão beneficia", "Say whom each suggestion benefits"),
        "A77": Text("Necessidade premium une sucesso e contas", "A premium need joins success and accounts"),
        "A78": Text("Falha grave em conta importante une áreas", "A severe failure at a key account joins functions"),
        "A79": Text("Atendimento e sucesso trabalham juntos", "Support and success work together"),
        "A80": Text("Áreas se sobrepõem com um só responsável", "Functions overlap, with one in charge"),
        "A81": Text("Disputas com resposta única e contínua", "Disputes get one consistent answer"),
        "A82": Text("Um problema, trilhos técnico e comercial", "One problem, a technical and a commercial track"),
        "A85": Text("Atender no pós-compra", "Serve after the purchase"),
        "A86": Text("Separar o agora do longo prazo", "Tell now from the long run"),
        "A87": Text("Ligar a jornada ao funil", "Map the journey to the funnel"),
        "A88": Text("Reconhecer a tarefa do cliente", "Recognise the job the customer has to do"),
        "A94": Text("Levar o que se ouve a quem decide o produto", "Take what is heard to whoever decides the product"),
    }
)
"""Every practice that a shipped rule may name, in words of our own."""

EMBODIED: Final = (
    *(f"A{number}" for number in range(31, 37)),
    *(f"A{number}" for number in range(42, 51)),
    *(f"A{number}" for number in range(68, 83)),
    *(f"A{number}" for number in range(85, 89)),
)
"""Practices that the shipped packs must embody: each with one live rule at least."""

_WORDS: Final[Mapping[str, Text]] = MappingProxyType(
    {
        "title": Text("Práticas e as regras que as realizam", "Practices and the rules that embody them"),
        "generated": Text(
            "Gerado por `make reference` a partir das regras; não edite. [In English](PRACTICES.md).",
            "Generated from the rules by `make reference`; do not edit. [Em português](PRACTICES.pt-BR.md).",
        ),
        "why": Text(
            "Toda regra diz em `practice` que prática realiza. Um teste falha quando uma delas fica sem regra.",
            "Every rule says in `practice` which practice it embodies. A test fails when one loses its last rule.",
        ),
        "rule": Text("regra", "rule"),
        "name": Text("o que diz", "what it says"),
        "fires": Text("dispara, por exemplo", "fires, for instance"),
        "silent": Text("silencia, por exemplo", "is silent, for instance"),
        "count": Text("exemplos", "examples"),
    }
)


def practices(book: Rulebook, locale: Locale) -> str:
    """Return the whole document in one language. The names of examples are shown as the files have them."""
    return "\n".join(_lines(book, locale)) + "\n"


def unembodied(book: Rulebook) -> tuple[str, ...]:
    """Return the practices of EMBODIED that no live rule of the rulebook names."""
    return tuple(practice for practice in EMBODIED if not _rules(book, practice))


def _rules(book: Rulebook, practice: str) -> tuple[Rule, ...]:
    """Return the rules in force that name the practice, in id order."""
    live = (Status.TEST, Status.STABLE)
    return tuple(rule for _, rule in sorted(book.rules.items()) if practice in rule.practice and rule.status in live)


def _lines(book: Rulebook, locale: Locale) -> Iterator[str]:
    yield f"# {_WORDS['title'].read(locale)}"
    yield ""
    yield _WORDS["generated"].read(locale)
    yield ""
    yield _WORDS["why"].read(locale)
    for practice, title in PRACTICES.items():
        rules = _rules(book, practice)
        if not rules:
            continue
        yield ""
        yield f"## {practice}: {title.read(locale)}"
        yield ""
        yield _row(*(_WORDS[word].read(locale) for word in ("rule", "name", "fires", "silent", "count")))
        yield _row(*("---" for _ in range(5)))
        for rule in rules:
            pack, _, name = rule.id.partition(".")
            yield _row(
                f"[`{rule.id}`](packs/{pack}/{name}.yml)",
                rule.title.read(locale),
                _first(rule, matches=True),
                _first(rule, matches=False),
                str(len(rule.examples)),
            )


def _first(rule: Rule, *, matches: bool) -> str:
    return next((example.name for example in rule.examples if example.matches is matches), "")


def _row(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
