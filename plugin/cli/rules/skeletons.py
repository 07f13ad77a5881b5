"""The files that `sidecue rules new` writes: right at once, in shadow, and each line there to be changed.

A skeleton passes `rules check` and its examples cover every condition, so that whoever changes it starts from a file
that is whole. Rules begin as `experimental`: they are evaluated and recorded, and show nothing to anybody.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from rules.rulebook import RuleKind
from rules.text import Locale, Text

_RULE: Final = """\
schema: 1
id: {id}
version: 1                      # {version}
kind: {kind}
status: experimental            # {status}
title:
  pt-BR: "Regra nova: {words}"
  en: "New rule: {words}"
rationale:                      # {rationale}
  pt-BR: Diga por que esta regra vale.
  en: Say why this rule holds.
owner: {owner}
practice: []
when:                           # {when}
  all:
    - customer.tier: {{in: [key, enterprise]}}
    - any:
        - ticket.priority: urgent
        - ticket.reopen_count: {{at_least: 2}}
then:
{then}
examples:                       # {examples}
  - name: key customer, urgent
    given: {{customer: {{tier: key}}, ticket: {{priority: urgent, reopen_count: 0}}}}
    expect: match
  - name: enterprise customer, reopened twice
    given: {{customer: {{tier: enterprise}}, ticket: {{priority: normal, reopen_count: 2}}}}
    expect: match
  - name: key customer, neither urgent nor reopened twice
    given: {{customer: {{tier: key}}, ticket: {{priority: high, reopen_count: 1}}}}
    expect: no_match
  - name: small customer, urgent
    given: {{customer: {{tier: standard}}, ticket: {{priority: urgent, reopen_count: 2}}}}
    expect: no_match
"""

_THEN: Final[Mapping[RuleKind, str]] = {
    RuleKind.DERIVATION: "  derive: {{severity: high}}      # {then}",
    RuleKind.CLASSIFICATION: "  classify: {{success: 1}}        # {then}",
    RuleKind.RECOMMENDATION: "  recommend: {{action: {id}}}    # {then}",
    RuleKind.GUARDRAIL: """\
  suppress:                     # {then}
    kinds: [upsell, cross_sell, expand]
    reason:
      pt-BR: Diga ao atendente o que impede a oferta.
      en: Tell the agent what rules the offer out.""",
}

_ACTION: Final = """\
schema: 1
id: {id}
kind: inform                    # {action_kind}
function: success
title:
  pt-BR: "Ação nova: {words}"
  en: "New action: {words}"
steps:                          # {steps}
  - pt-BR: Diga o primeiro passo.
    en: Say the first step.
  - pt-BR: Diga o segundo passo.
    en: Say the second step.
reply:                          # {reply}
  pt-BR: Olá, {{requester.first_name|tudo bem}}? Já estamos cuidando disso.
  en: Hello {{requester.first_name|there}}, we are already taking care of this.
involve: []
due_in_hours: 24
value:                          # {value}
  multiplier: 1.0
  otherwise: 10
benefit:
  pt-BR: Diga o que o cliente ganha.
  en: Say what the customer gains.
cooldown_days: 7                # {cooldown}
"""

_SIGNAL: Final = """\
schema: 1
name: {name}
title:
  pt-BR: "Sinal novo: {words}"
  en: "New signal: {words}"
phrases:                        # {phrases}
  pt-BR:
    - (chegou|veio) ~2 atrasad*
  en:
    - (arrived|came) ~2 late
not_when:                       # {not_when}
  pt-BR:
    - resposta ~2 atrasad*
  en:
    - (answer|reply) ~2 late
negatable: true                 # {negatable}
examples:                       # {signal_examples}
  pt-BR:
    match: [O pedido chegou muito atrasado]
    no_match: [O pedido chegou no dia certo, A resposta chegou atrasada]
  en:
    match: [The order arrived very late]
    no_match: [The order arrived on time, Your reply came too late]
"""

_PACK: Final = """\
schema: 1
id: {pack}
title:
  pt-BR: "{words}"
  en: "{words}"
owner: {owner}
version: "1.0.0"
needs: []
does_not_cover:                 # {does_not_cover}
  pt-BR: Diga o que estas regras deixam de fora.
  en: Say what these rules leave out.
"""

_COMMENTS: Final[Mapping[str, Text]] = {
    "version": Text("+1 quando `when` ou `then` mudar", "+1 whenever `when` or `then` changes"),
    "status": Text("em experiência; depois test, depois stable", "in shadow; then test, then stable"),
    "rationale": Text("o atendente lê isto em “por que vejo isto?”", "the agent reads this under “why this?”"),
    "when": Text("troque pelas suas condições; desconhecido não é falso", "put yours here; unknown is not false"),
    "examples": Text(
        "um por condição, dos dois lados; veja rules test --coverage",
        "one per condition, on both sides; see rules test --coverage",
    ),
    "action_kind": Text(
        "resolve, inform, adopt, retain, renew, upsell e outros", "resolve, inform, adopt, retain, renew, upsell, more"
    ),
    "steps": Text("o que o atendente faz, em ordem", "what the agent does, in order"),
    "reply": Text("{campo|o que dizer sem ele}", "{field|what to say without it}"),
    "value": Text("pesa na ordem das recomendações", "weighs in the order of what is shown"),
    "cooldown": Text("dias até oferecer de novo ao mesmo cliente", "days until the same customer sees it again"),
    "phrases": Text("(a|b) um dos dois, ~n até n palavras, fim* começo de palavra", "(a|b) one, ~n up to n words, st*"),
    "not_when": Text("parecidas que não contam", "look-alikes that do not count"),
    "negatable": Text("“não chegou atrasado” não conta", "“did not arrive late” does not count"),
    "signal_examples": Text("dos dois lados, nas duas línguas", "both sides, in both languages"),
    "does_not_cover": Text("para ninguém esperar o que não há", "so that nobody expects what is not here"),
}
_CONSEQUENCES: Final[Mapping[RuleKind, Text]] = {
    RuleKind.DERIVATION: Text("o que outras regras passam a saber", "what other rules then know"),
    RuleKind.CLASSIFICATION: Text("votos de -5 a 5: de quem é o chamado", "votes from -5 to 5: whose work it is"),
    RuleKind.RECOMMENDATION: Text("a ação está em actions/", "the action is under actions/"),
    RuleKind.GUARDRAIL: Text(
        "o que não se mostra; com on_unknown: suppress, também na dúvida",
        "what is held back; with on_unknown: suppress, in doubt as well",
    ),
}


def rule(id_: str, kind: RuleKind, owner: str, locale: Locale) -> str:
    """Return the file of a rule; a recommendation recommends the action of the same id."""
    then = _THEN[kind].format(id=id_, then=_CONSEQUENCES[kind].read(locale))
    return _RULE.format(id=id_, kind=kind.value, owner=owner, then=then, words=_words(id_), **_comments(locale))


def action(id_: str, locale: Locale) -> str:
    """Return the file of an action."""
    return _ACTION.format(id=id_, words=_words(id_), **_comments(locale))


def signal(name: str, locale: Locale) -> str:
    """Return the file of a signal."""
    return _SIGNAL.format(name=name, words=_words(name), **_comments(locale))


def pack(name: str, owner: str, locale: Locale) -> str:
    """Return the pack.yml of a new pack."""
    return _PACK.format(pack=name, owner=owner, words=_words(name), **_comments(locale))


def _words(id_: str) -> str:
    return id_.rpartition(".")[2].replace("_", " ")


def _comments(locale: Locale) -> dict[str, str]:
    return {key: text.read(locale) for key, text in _COMMENTS.items()}
