"""What the API takes and gives. The schemas check what comes in and document what goes out."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from plugin.api.sac_schemas import ObligationSchema
from plugin.api.shapes import StrictSchema, TextSchema, said
from plugin.feedback import REASONS, VERDICTS
from rules.model import EventKind, Function, Kind, RuleKind, Stage
from rules.text import LOCALES
from rules.vocabulary import CUSTOMER_DATES

FUNCTIONS: Final = [function.value for function in Function]
STATES: Final = ["open", "accepted", "dismissed", "handed_over", "done"]
MAX_STEPS: Final = 50


def _function(**more: Any) -> fields.String:
    return fields.String(validate=validate.OneOf(FUNCTIONS), **more)


class LeafSchema(StrictSchema):
    """One condition, what it asked for, and what it saw."""

    field = fields.String(required=True)
    op = fields.String(required=True)
    expected = fields.Raw(required=True, allow_none=True)
    actual = fields.Raw(required=True, allow_none=True, metadata=said("null: ninguém sabe", "null: nobody knows"))
    truth = fields.Boolean(required=True, allow_none=True, metadata=said("null: desconhecido", "null: unknown"))


class FiredSchema(StrictSchema):
    """A rule that fired, and the conditions that made it true."""

    rule = fields.String(required=True)
    version = fields.Integer(required=True)
    kind = fields.String(required=True, validate=validate.OneOf([kind.value for kind in RuleKind]))
    leaves = fields.List(fields.Nested(LeafSchema), required=True)


class SignalHitSchema(StrictSchema):
    """A signal and where its phrase stands in a message."""

    signal = fields.String(required=True)
    phrase = fields.String(required=True)
    language = fields.String(required=True, validate=validate.OneOf(LOCALES))
    message_id = fields.String(required=True)
    start = fields.Integer(required=True)
    end = fields.Integer(required=True)


class FactorSchema(StrictSchema):
    """One factor of a rank."""

    name = fields.String(required=True)
    value = fields.Float(required=True)
    because = fields.String(required=True)


class RecommendationSchema(StrictSchema):
    """What the agent is told to do, and what agents did about it."""

    id = fields.String(required=True)
    rank = fields.Integer(required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    steps_done = fields.List(
        fields.Integer(), required=True, metadata=said("índices dos passos, a partir de 0", "indexes of steps, from 0")
    )
    action = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf([kind.value for kind in Kind]))
    function = _function(required=True)
    rules = fields.List(fields.String(), required=True)
    title = fields.Nested(TextSchema, required=True)
    steps = fields.List(fields.Nested(TextSchema), required=True)
    reply = fields.Nested(
        TextSchema,
        required=True,
        allow_none=True,
        metadata=said("as lacunas não estão preenchidas", "slots are not filled"),
    )
    involve = fields.List(_function(), required=True)
    due_at = fields.String(required=True, metadata={"format": "date-time"})
    benefit = fields.Nested(TextSchema, required=True)
    reason = fields.Nested(TextSchema, required=True)
    priority = fields.Float(required=True)
    factors = fields.List(fields.Nested(FactorSchema), required=True)


class NotShownSchema(StrictSchema):
    """A recommendation that is not shown: the stage where it fell out, and by what."""

    action = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf([kind.value for kind in Kind]))
    rules = fields.List(fields.String(), required=True)
    stage = fields.String(required=True, validate=validate.OneOf([stage.value for stage in Stage]))
    by = fields.String(required=True)
    reason = fields.Nested(TextSchema, required=True)
    leaves = fields.List(fields.Nested(LeafSchema), required=True)


class TraceSchema(StrictSchema):
    """How the decision came about."""

    language = fields.String(required=True)
    signals = fields.List(fields.Nested(SignalHitSchema), required=True)
    fired = fields.List(fields.Nested(FiredSchema), required=True)
    shadow = fields.List(fields.Nested(FiredSchema), required=True)
    derived = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    text_truncated = fields.Boolean(required=True)


class FactsSchema(StrictSchema):
    """Everything the decision looked at. A field that is absent was unknown."""

    values = fields.Dict(keys=fields.String(), values=fields.Raw(), required=True)
    signals = fields.List(fields.String(), required=True)
    collections = fields.Dict(keys=fields.String(), values=fields.List(fields.Dict()), required=True)
    taken_at = fields.String(required=True, metadata={"format": "date-time"})


class CorrectionSchema(StrictSchema):
    """What an agent says instead of the decision."""

    primary = _function(required=True)
    by = fields.String(required=True)
    at = fields.String(required=True, metadata={"format": "date-time"})


class LastEventSchema(StrictSchema):
    """What happened last to the ticket; a new decision with the same last event came from elsewhere."""

    id = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf([kind.value for kind in EventKind]))


class DecisionSchema(StrictSchema):
    """A ticket's current decision, whole."""

    schema = fields.Integer(required=True, metadata=said("versão deste formato", "version of this form"))
    id = fields.String(required=True)
    ticket = fields.String(required=True)
    revision = fields.Integer(
        required=True,
        metadata=said(
            "aumenta a cada mudança visível; é também o ETag", "goes up with every visible change; also the ETag"
        ),
    )
    last_event = fields.Nested(LastEventSchema, required=True, allow_none=True)
    correction = fields.Nested(CorrectionSchema, required=True, allow_none=True)
    primary = _function(required=True)
    collaborators = fields.List(_function(), required=True)
    scores = fields.Dict(keys=_function(), values=fields.Integer(), required=True)
    confidence = fields.Float(required=True)
    needs_triage = fields.Boolean(required=True)
    is_fallback = fields.Boolean(required=True)
    journey_stage = fields.String(required=True, allow_none=True)
    customer_job = fields.String(required=True, allow_none=True)
    obligations = fields.List(
        fields.Nested(ObligationSchema),
        required=True,
        metadata=said(
            "os prazos do decreto do SAC, como estão agora; vazio onde ele não vale",
            "the terms of the SAC decree as they stand now; empty where it does not hold",
        ),
    )
    recommendations = fields.List(fields.Nested(RecommendationSchema), required=True)
    not_shown = fields.List(fields.Nested(NotShownSchema), required=True)
    trace = fields.Nested(TraceSchema, required=True)
    facts = fields.Nested(FactsSchema, required=True)
    rulebook = fields.String(
        required=True, metadata=said("SHA-256 das regras que decidiram", "SHA-256 of the rules that decided")
    )
    rulebook_version = fields.Integer(
        required=True,
        allow_none=True,
        metadata=said(
            "número da versão publicada dessas regras; null quando vieram de arquivos",
            "number of the published version of those rules; null when they came from files",
        ),
    )
    taken_at = fields.String(required=True, metadata={"format": "date-time"})


class PendingSchema(StrictSchema):
    """The ticket is there, or on its way, and not decided yet."""

    status = fields.String(required=True, validate=validate.Equal("pending"))


class FeedbackSchema(StrictSchema):
    """What an agent says about a recommendation: a verdict, the steps done, or both."""

    verdict = fields.String(validate=validate.OneOf(VERDICTS))
    reason = fields.String(
        validate=validate.OneOf(REASONS), metadata=said("por que foi dispensada", "why it was dismissed")
    )
    comment = fields.String(validate=validate.Length(max=500))
    steps_done = fields.List(
        fields.Integer(strict=True, validate=validate.Range(0, MAX_STEPS)),
        validate=validate.Length(max=MAX_STEPS),
        metadata=said(
            "índices dos passos já feitos, a partir de 0; todos, a cada vez",
            "indexes of the steps that are done, from 0; all of them, each time",
        ),
    )
    to = _function(metadata=said("com handed_over: para quem", "with handed_over: to whom"))
    agent = fields.String(
        validate=validate.Length(min=1, max=320),
        metadata=said(
            "quem diz isso, quando a chave de API fala por uma pessoa; o token da barra lateral já traz o seu agente",
            "who says so, when the API key speaks for a person; a sidebar token names its agent itself",
        ),
    )

    @validates_schema
    def _makes_sense(self, given: dict[str, Any], **_: object) -> None:
        verdict = given.get("verdict")
        if verdict is None and "steps_done" not in given:
            raise ValidationError("say a verdict, or which steps are done", "verdict")
        if (verdict == "handed_over") != ("to" in given):
            raise ValidationError("`to` goes with the verdict handed_over, and only with it", "to")
        if "reason" in given and verdict != "dismissed":
            raise ValidationError("a reason goes with the verdict dismissed", "reason")


class RecordedSchema(StrictSchema):
    """What stands after a verdict."""

    recommendation = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    steps_done = fields.List(fields.Integer(), required=True)
    revision_before = fields.Integer(required=True)
    revision = fields.Integer(required=True)


class WouldChangeSchema(StrictSchema):
    """The smallest change of the facts that flips a recommendation, said to an agent."""

    recommendation = fields.String(required=True)
    action = fields.String(required=True)
    would_be_shown = fields.Boolean(
        required=True, metadata=said("depois da mudança; hoje é o contrário", "after the change; now it is otherwise")
    )
    verdict = fields.String(
        required=True,
        validate=validate.OneOf(["found", "nothing", "not_within", "gave_up"]),
        metadata=said(
            "found: há uma mudança, decidida de novo antes de ser dita; nothing: nada do que se pode mudar muda isso; "
            "not_within: nenhuma de poucos fatos; gave_up: a busca parou",
            "found: there is a change, decided again before it is said; nothing: no change of what can be changed does "
            "it; not_within: none of a few facts; gave_up: the search stopped",
        ),
    )
    sentence = fields.Nested(TextSchema, required=True)


class CorrectSchema(StrictSchema):
    """Whose work it is, as the agent says; null takes a correction back."""

    primary = _function(required=True, allow_none=True)
    agent = fields.String(validate=validate.Length(min=1, max=320), metadata=said("como em feedback", "as in feedback"))


class CorrectedSchema(StrictSchema):
    """The correction that stands."""

    decision = fields.String(required=True)
    primary = _function(required=True, allow_none=True)
    revision_before = fields.Integer(required=True)
    revision = fields.Integer(required=True)


class CustomerSchema(StrictSchema):
    """What is known about a customer, whole: what is not stated any more is forgotten."""

    name = fields.String(validate=validate.Length(max=300), allow_none=True)
    email = fields.Email(allow_none=True)
    phone = fields.String(validate=validate.Length(max=40), allow_none=True)
    locale = fields.String(validate=validate.Length(max=16), allow_none=True)
    attributes = fields.Dict(
        keys=fields.String(),
        values=fields.Raw(allow_none=True),  # null gets the vocabulary's own answer
        load_default=dict,
        metadata=said(
            "campos do vocabulário sem `customer.`, como mrr, plan, tier",
            "vocabulary fields without `customer.`, such as mrr, plan, tier",
        ),
    )
    dates = fields.Dict(
        keys=fields.String(),
        values=fields.Date(),
        load_default=dict,
        metadata=said(
            f"qualquer destes: {', '.join(CUSTOMER_DATES)}",
            f"any of {', '.join(CUSTOMER_DATES)}",
        ),
    )
    collections = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.Dict(keys=fields.String(), values=fields.Raw(allow_none=True))),
        load_default=dict,
        metadata=said(
            "qualquer destes: subscriptions, invoices, promises, outcomes",
            "any of subscriptions, invoices, promises, outcomes",
        ),
    )


class StatedSchema(StrictSchema):
    """What was kept."""

    customer = fields.String(required=True)
    tickets_decided = fields.Integer(
        required=True,
        metadata=said(
            "chamados abertos decididos de novo com os fatos novos", "open tickets decided again with the new facts"
        ),
    )


class ProblemSchema(Schema):
    """RFC 9457 problem details, as application/problem+json."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    mend = fields.String(required=True)
    detail = fields.String()
    errors = fields.List(
        fields.Dict(),
        metadata=said(
            "campo e motivo, um para cada valor que não serve", "field and why, one for each that does not fit"
        ),
    )
