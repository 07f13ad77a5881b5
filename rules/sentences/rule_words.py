"""What kinds and statuses of rules are called, and what they mean, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from rules.rulebook import RuleKind, Status
from rules.text import Text

KIND_NAMES: Final[Mapping[RuleKind, Text]] = MappingProxyType(
    {
        RuleKind.DERIVATION: Text("derivação", "derivation"),
        RuleKind.CLASSIFICATION: Text("classificação", "classification"),
        RuleKind.RECOMMENDATION: Text("recomendação", "recommendation"),
        RuleKind.GUARDRAIL: Text("proteção", "guardrail"),
    }
)
KIND_MEANINGS: Final[Mapping[RuleKind, Text]] = MappingProxyType(
    {
        RuleKind.DERIVATION: Text(
            "Tira uma conclusão que as outras regras podem ler; de várias conclusões vale a mais forte.",
            "Draws a conclusion that other rules may read; of several conclusions the strongest holds.",
        ),
        RuleKind.CLASSIFICATION: Text(
            "Vota de quem é o chamado, ou chama uma área para trabalhar junto.",
            "Votes whose work a ticket is, or calls a function in to work along.",
        ),
        RuleKind.RECOMMENDATION: Text("Recomenda uma ação.", "Recommends an action."),
        RuleKind.GUARDRAIL: Text(
            "Retém tipos de recomendação ou ações, e diz ao atendente por quê.",
            "Holds kinds of recommendations or actions back, and tells the agent why.",
        ),
    }
)
STATUS_NAMES: Final[Mapping[Status, Text]] = MappingProxyType(
    {
        Status.EXPERIMENTAL: Text("experimental", "experimental"),
        Status.TEST: Text("em teste", "test"),
        Status.STABLE: Text("estável", "stable"),
        Status.DEPRECATED: Text("aposentada", "deprecated"),
    }
)
STATUS_MEANINGS: Final[Mapping[Status, Text]] = MappingProxyType(
    {
        Status.EXPERIMENTAL: Text(
            "É avaliada e registrada, mas nunca mostrada.",
            "Evaluated and recorded, never shown.",
        ),
        Status.TEST: Text("Vale, e ainda está sob observação.", "In force, and still watched."),
        Status.STABLE: Text("Vale.", "In force."),
        Status.DEPRECATED: Text("Não é mais avaliada.", "No longer evaluated."),
    }
)
