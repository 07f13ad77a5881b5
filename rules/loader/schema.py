"""The shapes of the files, and every fault in one at the place of the key or value at fault."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rules.loader.findings import Finding
from rules.loader.shapes import (
    Anything,
    Both,
    ByLanguage,
    Decimal,
    Faults,
    Flag,
    Inside,
    ListOf,
    Shape,
    Whole,
    Words,
)
from rules.loader.yaml_strict import Document, Place
from rules.rulebook import Function, Kind, RuleKind, Status
from rules.text import Text

TITLE_LIMIT: Final = 80
REPLY_LIMIT: Final = 1_200
STEP_LIMIT: Final = 280
PROSE_LIMIT: Final = 600
EXAMPLE_LIMIT: Final = 4_000

FUNCTIONS: Final = tuple(function.value for function in Function)
KINDS: Final = tuple(kind.value for kind in Kind)
RULE_KINDS: Final = tuple(kind.value for kind in RuleKind)
STATUSES: Final = tuple(status.value for status in Status)

_STEM_FORM: Final = (
    r"[a-z][a-z0-9_]{0,59}",
    Text(
        "Nomes têm letras minúsculas sem acento, algarismos e _.",
        "Names have small letters without accents, digits and _.",
    ),
    "cancel_intent",
)
_ID_FORM: Final = (
    r"[a-z][a-z0-9_]{0,59}\.[a-z][a-z0-9_]{0,59}",
    Text("Um id é <pacote>.<arquivo>.", "An id is <pack>.<file>."),
    "accounts.renewal_at_risk",
)
_VERSION_FORM: Final = (
    r"[0-9]{1,6}\.[0-9]{1,6}\.[0-9]{1,6}",
    Text("Uma versão tem três números.", "A version has three numbers."),
    '"1.0.0"',
)
_PRACTICE_FORM: Final = (
    r"[A-Z][0-9]{2,3}",
    Text("Uma prática é uma letra e dois algarismos.", "A practice is a letter and two digits."),
    "A75",
)
_DATE_FORM: Final = (
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}",
    Text("Uma data é ano-mês-dia.", "A date is year-month-day."),
    "2026-11-21",
)


class PackShape(Shape):
    """pack.yml."""

    schema = Whole(low=1, high=1, required=True)
    id = Words(form=_STEM_FORM, required=True)
    title = Both(limit=TITLE_LIMIT, required=True)
    owner = Words(limit=TITLE_LIMIT, required=True)
    version = Words(form=_VERSION_FORM, required=True)
    needs = ListOf(Words(), required=True)
    does_not_cover = Both(limit=PROSE_LIMIT, required=True)


class ExampleShape(Shape):
    """One example of a rule; `given` is read by rules.loader.given."""

    name = Words(limit=160, required=True)
    given = Anything(required=True)
    expect = Words(choices=("match", "no_match"), required=True)


class DeprecatedShape(Shape):
    """Why a rule is no longer evaluated."""

    since = Words(form=_DATE_FORM, required=True)
    reason = Both(limit=PROSE_LIMIT, required=True)
    replaced_by = ListOf(Words(form=_ID_FORM), required=True)


class RuleShape(Shape):
    """A rule file; `when` is read by rules.loader.conditions, `then` by the shape of its kind."""

    schema = Whole(low=1, high=1, required=True)
    id = Words(form=_ID_FORM, required=True)
    version = Whole(low=1, high=100_000, required=True)
    kind = Words(choices=RULE_KINDS, required=True)
    status = Words(choices=STATUSES, required=True)
    title = Both(limit=TITLE_LIMIT, required=True)
    rationale = Both(limit=PROSE_LIMIT, required=True)
    owner = Words(limit=TITLE_LIMIT, required=True)
    practice = ListOf(Words(form=_PRACTICE_FORM), required=True)
    references = ListOf(Words(limit=PROSE_LIMIT))
    when = Anything(required=True)
    then = Anything(required=True)
    on_unknown = Words(choices=("suppress",))
    examples = ListOf(Inside(ExampleShape), unique=False)
    deprecated = Inside(DeprecatedShape)


class Votes(Shape):
    """Integer votes of a classification rule."""

    support = Whole(low=-5, high=5)
    success = Whole(low=-5, high=5)
    account_management = Whole(low=-5, high=5)


class RecommendShape(Shape):
    """What a recommendation rule recommends."""

    action = Words(form=_ID_FORM, required=True)
    lever = Decimal(low=0.1, high=5)


class SuppressShape(Shape):
    """What a guardrail holds back."""

    kinds = ListOf(Words(choices=KINDS), least=1)
    actions = ListOf(Words(form=_ID_FORM), least=1)
    reason = Both(limit=STEP_LIMIT, required=True)


class DeriveThen(Shape):
    """`then` of a derivation; the values are checked against the vocabulary."""

    derive = Anything(required=True)


class ClassifyThen(Shape):
    """`then` of a classification."""

    classify = Inside(Votes)
    collaborate = ListOf(Words(choices=FUNCTIONS), least=1)


class RecommendThen(Shape):
    """`then` of a recommendation."""

    recommend = Inside(RecommendShape, required=True)


class SuppressThen(Shape):
    """`then` of a guardrail."""

    suppress = Inside(SuppressShape, required=True)


THEN: Final[Mapping[RuleKind, type[Shape]]] = {
    RuleKind.DERIVATION: DeriveThen,
    RuleKind.CLASSIFICATION: ClassifyThen,
    RuleKind.RECOMMENDATION: RecommendThen,
    RuleKind.GUARDRAIL: SuppressThen,
}


class SidesShape(Shape):
    """Example texts of a signal in one language."""

    match = ListOf(Words(limit=EXAMPLE_LIMIT))
    no_match = ListOf(Words(limit=EXAMPLE_LIMIT))


class SignalShape(Shape):
    """A signal file."""

    schema = Whole(low=1, high=1, required=True)
    name = Words(form=_STEM_FORM, required=True)
    title = Both(limit=TITLE_LIMIT, required=True)
    phrases = ByLanguage(ListOf(Words(limit=PROSE_LIMIT), least=1), required=True)
    not_when = ByLanguage(ListOf(Words(limit=PROSE_LIMIT)), both=False)
    negatable = Flag(required=True)
    clears = ListOf(Words(form=_STEM_FORM))
    implies = ListOf(Words(form=_STEM_FORM))
    examples = ByLanguage(Inside(SidesShape), both=False)


class WorthShape(Shape):
    """The value of an action in the ranking."""

    field = Words()
    multiplier = Decimal(low=0, high=1_000_000, required=True)
    otherwise = Decimal(low=0, high=1_000_000_000, required=True)


class ActionShape(Shape):
    """An action file; `needs` is read by rules.loader.conditions."""

    schema = Whole(low=1, high=1, required=True)
    id = Words(form=_ID_FORM, required=True)
    kind = Words(choices=KINDS, required=True)
    function = Words(choices=FUNCTIONS, required=True)
    title = Both(limit=TITLE_LIMIT, required=True)
    steps = ListOf(Both(limit=STEP_LIMIT), least=2, required=True)
    reply = Both(limit=REPLY_LIMIT)
    involve = ListOf(Words(choices=FUNCTIONS), required=True)
    due_in_hours = Decimal(low=0.01, high=8_760, required=True)
    value = Inside(WorthShape, required=True)
    benefit = Both(limit=STEP_LIMIT, required=True)
    cooldown_days = Whole(low=0, high=3_650, required=True)
    needs = Anything()
    conflicts_with = ListOf(Words(form=_ID_FORM))


class CalibrationShape(Shape):
    """calibration.yml."""

    schema = Whole(low=1, high=1)
    intercept = Decimal(low=-100, high=100, required=True)
    margin = Decimal(low=-100, high=100, required=True)
    strength = Decimal(low=-100, high=100, required=True)
    fitted_on = Words(limit=PROSE_LIMIT, required=True)


class LeverShape(Shape):
    """The one thing an overlay may change in a recommendation."""

    lever = Decimal(low=0.1, high=5, required=True)


class LeverThen(Shape):
    """`then` of a rule overlay."""

    recommend = Inside(LeverShape, required=True)


class RuleOverlayShape(Shape):
    """A tenant's change to a rule."""

    schema = Whole(low=1, high=1, required=True)
    overlay = Words(form=_ID_FORM, required=True)
    status = Words(choices=STATUSES)
    title = Both(limit=TITLE_LIMIT)
    rationale = Both(limit=PROSE_LIMIT)
    then = Inside(LeverThen)


class ActionOverlayShape(Shape):
    """A tenant's change to an action's texts."""

    schema = Whole(low=1, high=1, required=True)
    overlay = Words(form=_ID_FORM, required=True)
    title = Both(limit=TITLE_LIMIT)
    steps = ListOf(Both(limit=STEP_LIMIT), least=2)
    reply = Both(limit=REPLY_LIMIT)


class SignalOverlayShape(Shape):
    """A tenant's additions to a signal."""

    schema = Whole(low=1, high=1, required=True)
    overlay = Words(form=_STEM_FORM, required=True)
    title = Both(limit=TITLE_LIMIT)
    phrases = ByLanguage(ListOf(Words(limit=PROSE_LIMIT)), both=False)
    not_when = ByLanguage(ListOf(Words(limit=PROSE_LIMIT)), both=False)
    examples = ByLanguage(Inside(SidesShape), both=False)


def load(shape: type[Shape], document: Document, at: Place = ()) -> tuple[dict[str, Any], list[Finding]]:
    """Return what is valid of the mapping at `at`, and a finding for every fault in it."""
    data: Any = document.data
    for step in at:
        data = data[step]
    faults: Faults = []
    read = shape.read(data, at, faults)
    return read, [document.finding(it.code, place, on_key=it.on_key, **it.params) for place, it in faults]
