"""The words of the generated reference, in both languages; tests hold each table complete against the code."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from rules.conditions import Op
from rules.rulebook import RuleKind
from rules.text import Text
from rules.vocabulary import Changeable, Purpose, Source

SOURCES: Final[Mapping[Source, Text]] = MappingProxyType(
    {
        Source.TICKET: Text("o sistema de chamados", "the helpdesk"),
        Source.CLOCK: Text("uma data e o relógio da decisão", "a date and the decision's clock"),
        Source.STATED: Text("CRM, cobrança ou importação", "CRM, billing or import"),
        Source.HISTORY: Text("os outros chamados do cliente", "the customer's other tickets"),
        Source.TEXT: Text("as mensagens", "the messages"),
        Source.DERIVED: Text("uma regra de derivação", "a derivation rule"),
        Source.DECISION: Text("as regras de classificação", "the classification rules"),
        Source.ASKED: Text("quem pede a decisão", "whoever asks for the decision"),
        Source.OBLIGATIONS: Text("os prazos do decreto do SAC", "the terms of the SAC decree"),
    }
)
PURPOSES: Final[Mapping[Purpose, Text]] = MappingProxyType(
    {Purpose.SERVE: Text("atender", "serve"), Purpose.SELL: Text("ofertar", "sell")}
)
CHANGEABLE: Final[Mapping[Changeable, Text]] = MappingProxyType(
    {
        Changeable.YES: Text("sim", "yes"),
        Changeable.WHEN_UNKNOWN: Text("só preencher", "only fill in"),
        Changeable.NO: Text("não", "no"),
    }
)
UNITS: Final[Mapping[str, Text]] = MappingProxyType(
    {
        "hours": Text("horas", "hours"),
        "days": Text("dias", "days"),
        "1 to 5": Text("1 a 5", "1 to 5"),
        "1 easy to 7 hard": Text("1 fácil a 7 difícil", "1 easy to 7 hard"),
        "ISO 4217": Text("ISO 4217", "ISO 4217"),
        "currency/month": Text("moeda por mês", "currency a month"),
        "per cent": Text("por cento", "per cent"),
        "per cent against the 30 days before": Text(
            "por cento sobre os 30 dias anteriores", "per cent against the 30 days before"
        ),
        "per cent of plan to date": Text("por cento do planejado até hoje", "per cent of plan to date"),
        "share of seats, 1 = all": Text("parte dos usuários, 1 = todos", "share of seats, 1 = all"),
    }
)
MEANINGS: Final[Mapping[Op, Text]] = MappingProxyType(
    {
        Op.EQUALS: Text("É este número. Basta escrever `campo: 3`.", "It is this number. `field: 3` says the same."),
        Op.ABOVE: Text("É maior.", "It is greater."),
        Op.AT_LEAST: Text("É este número ou maior.", "It is this number or greater."),
        Op.BELOW: Text("É menor.", "It is less."),
        Op.AT_MOST: Text("É este número ou menor.", "It is this number or less."),
        Op.BETWEEN: Text("Está entre os dois; ambos contam.", "It lies between both; both count."),
        Op.IS: Text(
            "É este valor. Basta escrever `campo: valor`; de sim ou não, `campo: true`.",
            "It is this value. `field: value` says the same; of a flag, `field: true`.",
        ),
        Op.IN: Text("É um destes valores.", "It is one of these values."),
        Op.NOT_IN: Text("É conhecido, e não é nenhum destes.", "It is known, and none of these."),
        Op.SAME_AS: Text("É igual ao valor do outro campo.", "It equals the value of the other field."),
        Op.HAS: Text("O conjunto tem este.", "The set has this one."),
        Op.HAS_ANY: Text("O conjunto tem ao menos um destes.", "The set has at least one of these."),
        Op.HAS_ALL: Text("O conjunto tem todos estes.", "The set has all of these."),
        Op.HAS_NONE: Text("O conjunto não tem nenhum destes.", "The set has none of these."),
        Op.KNOWN: Text("`true`: há um valor; `false`: não há.", "`true`: there is a value; `false`: there is none."),
    }
)
WHEN_UNKNOWN: Final[Mapping[Op, Text]] = MappingProxyType(
    dict.fromkeys(Op, Text("desconhecido", "unknown"))
    | {
        Op.SAME_AS: Text("desconhecido, também se só o outro for", "unknown, also when only the other is"),
        Op.KNOWN: Text("nunca é desconhecido", "never unknown"),
    }
)
CONSEQUENCES: Final[Mapping[RuleKind, str]] = MappingProxyType(
    {
        RuleKind.DERIVATION: "derive: {severity: high}",
        RuleKind.CLASSIFICATION: "classify: {success: 5, support: -2}; collaborate: [account_management]",
        RuleKind.RECOMMENDATION: "recommend: {action: retention.retention_call, lever: 1.2}",
        RuleKind.GUARDRAIL: "suppress: {kinds: [upsell], actions: [accounts.change_plan], reason: {…}}; "
        "on_unknown: suppress",
    }
)
GROUPS: Final[Mapping[str, Text]] = MappingProxyType(
    {
        "all": Text(
            "Verdadeiro se todas são; falso se uma é falsa; senão, desconhecido.",
            "True when every one is; false when one is false; else unknown.",
        ),
        "any": Text(
            "Verdadeiro se uma é; falso se todas são falsas; senão, desconhecido.",
            "True when one is; false when every one is false; else unknown.",
        ),
        "not": Text(
            "O contrário; desconhecido continua desconhecido.",
            "The opposite; unknown stays unknown.",
        ),
        "exists": Text(
            "Verdadeiro se um item da coleção atende com certeza a `where`; senão, falso.",
            "True when an item of the collection surely meets `where`; else false.",
        ),
        "none": Text(
            "Verdadeiro se nenhum item atende com certeza a `where`; de uma coleção vazia, verdadeiro.",
            "True when no item surely meets `where`; of an empty collection, true.",
        ),
    }
)

HEADINGS: Final[Mapping[str, Text]] = MappingProxyType(
    {
        "title": Text("A linguagem das regras: referência", "The rule language: reference"),
        "generated": Text(
            "Gerado do código por `make reference`; não edite. Exemplos de regras estão em [packs](packs).",
            "Generated from the code by `make reference`; do not edit. Examples of rules are in [packs](packs).",
        ),
        "other": Text("[In English](REFERENCE.md)", "[Em português](REFERENCE.pt-BR.md)"),
        "kinds": Text("Tipos de regra, na ordem em que são avaliados", "Kinds of rules, in the order of evaluation"),
        "statuses": Text("Estados de uma regra", "Statuses of a rule"),
        "conditions": Text("Condições", "Conditions"),
        "unknown": Text(
            "**Desconhecido não é falso.** Uma regra só dispara quando o seu `when` é verdadeiro. Uma proteção com "
            "`on_unknown: suppress` retém a não ser que ele seja falso com certeza.",
            "**Unknown is not false.** A rule fires only when its `when` is true. A guardrail with "
            "`on_unknown: suppress` holds back unless it is surely false.",
        ),
        "operators": Text("Operadores por tipo de campo", "Operators by type of field"),
        "fields": Text("Campos", "Fields"),
        "changeable": Text(
            "**Pode mudar** diz o que `rules explain` propõe quando perguntam o que mudaria uma recomendação. `sim`: a "
            "equipe ou o cliente consegue mudar. `só preencher`: quem não sabe pode descobrir. `não`: é passado, "
            "relógio, o que o cliente disse, ou calculado de outros campos.",
            "**Can be changed** says what `rules explain` proposes when asked what would change a recommendation. "
            "`yes`: the team or the customer can change it. `only fill in`: who does not know it can find out. `no`: "
            "it is the past, the clock, what the customer said, or worked out of other fields.",
        ),
        "collections": Text("Coleções", "Collections"),
        "item": Text(
            "Um item se descreve em `exists: {in, where}` ou `none: {in, where}`; `same_as` ali nomeia um campo do "
            "chamado ou do cliente.",
            "An item is described in `exists: {in, where}` or `none: {in, where}`; `same_as` there names a field of "
            "the ticket or the customer.",
        ),
        "action_kinds": Text("Tipos de ação", "Kinds of actions"),
        "functions": Text("Áreas", "Functions"),
        "limits": Text("Limites", "Limits"),
    }
)
COLUMNS: Final[Mapping[str, Text]] = MappingProxyType(
    {
        "kind": Text("tipo", "kind"),
        "status": Text("estado", "status"),
        "name": Text("nome", "name"),
        "meaning": Text("o que significa", "what it means"),
        "then": Text("`then`", "`then`"),
        "written": Text("escreve-se", "written"),
        "operator": Text("operador", "operator"),
        "unknown": Text("se o campo é desconhecido", "when the field is unknown"),
        "example": Text("exemplo", "example"),
        "aloud": Text("em voz alta", "aloud"),
        "field": Text("campo", "field"),
        "title": Text("título", "title"),
        "type": Text("tipo", "type"),
        "holds": Text("valores, unidade, limites", "values, unit, bounds"),
        "source": Text("de onde vem", "where it comes from"),
        "purpose": Text("para que serve (LGPD)", "purpose (LGPD)"),
        "changeable": Text("pode mudar", "can be changed"),
        "kept": Text("guardado (dias)", "kept (days)"),
        "limit": Text("limite", "limit"),
        "sells": Text("retida pelas proteções de venda", "held back by the selling guardrails"),
        "yes": Text("sim", "yes"),
        "no": Text("não", "no"),
        "from": Text("a partir de {low:g}", "from {low:g} up"),
        "to": Text("até {high:g}", "up to {high:g}"),
    }
)
LIMITS: Final[Mapping[str, Text]] = MappingProxyType(
    {
        "depth": Text("níveis de uma condição", "levels of a condition"),
        "questions": Text("perguntas numa condição", "questions in a condition"),
        "list": Text("valores numa lista", "values in a list"),
        "digits": Text("algarismos de um número num arquivo", "digits of a number in a file"),
        "text": Text("bytes de um valor de texto", "bytes of a text value"),
        "file": Text("bytes de um arquivo", "bytes of a file"),
        "title": Text("caracteres de um título", "characters of a title"),
        "prose": Text("caracteres de uma justificativa", "characters of a rationale"),
        "step": Text("caracteres de um passo ou motivo", "characters of a step or reason"),
        "reply": Text("caracteres de uma resposta pronta", "characters of a ready reply"),
    }
)
