"""What the queue of work takes and gives."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import EXCLUDE, ValidationError, fields, validate, validates_schema

from plugin.api.schemas import (
    FUNCTIONS,
    FactsSchema,
    NotShownSchema,
    RecommendationSchema,
    TraceSchema,
)
from plugin.api.shapes import StrictSchema, said
from plugin.feedback import REASONS
from plugin.store.work import STATES

MOST: Final = 200
"""Most items of a page."""


class WorkQuerySchema(StrictSchema):
    """Which work is asked for."""

    function = fields.List(
        fields.String(validate=validate.OneOf(FUNCTIONS)),
        metadata=said("só destas áreas; repita para mais", "of these functions only; repeat for more"),
    )
    state = fields.List(
        fields.String(validate=validate.OneOf(STATES)),
        metadata=said(
            "só nestes estados; senão, o que está por fazer (open e accepted)",
            "in these states only; else what is to be done (open and accepted)",
        ),
    )
    customer = fields.String(
        validate=validate.Length(1, 200), metadata=said("só deste cliente", "about this customer only")
    )
    after = fields.String(
        validate=validate.Length(1, 500),
        metadata=said("o `next` da página anterior", "the `next` of the page before"),
    )
    limit = fields.Integer(
        load_default=50, validate=validate.Range(1, MOST), metadata=said("trabalhos por página", "items a page")
    )


class WorkCustomerSchema(StrictSchema):
    """The customer, by the id it was stated under."""

    id = fields.String(required=True)
    name = fields.String(required=True, allow_none=True)


class ProposedSchema(RecommendationSchema):
    """A recommendation of a piece of work: the work has the state, so it has none of its own."""

    class Meta:
        """marshmallow's options."""

        exclude = ("id", "rank", "state", "steps_done")
        unknown = EXCLUDE


class WorkItemSchema(StrictSchema):
    """What one function is to do about one customer."""

    id = fields.String(required=True)
    customer = fields.Nested(WorkCustomerSchema, required=True)
    function = fields.String(required=True, validate=validate.OneOf(FUNCTIONS))
    decision = fields.String(required=True, metadata=said("a decisão que diz por quê", "the decision that says why"))
    recommendations = fields.List(fields.Nested(ProposedSchema), required=True)
    state = fields.String(
        required=True,
        validate=validate.OneOf(STATES),
        metadata=said(
            "gone: o motivo deixou de existir antes que alguém agisse", "gone: the reason lapsed before anybody acted"
        ),
    )
    due_at = fields.String(required=True, metadata={"format": "date-time"})
    opened_at = fields.String(required=True, metadata={"format": "date-time"})
    changed_at = fields.String(required=True, metadata={"format": "date-time"})
    acted_at = fields.String(required=True, allow_none=True, metadata={"format": "date-time"})
    agent = fields.String(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)
    comment = fields.String(required=True, allow_none=True)


class WorkPageSchema(StrictSchema):
    """A page of the queue."""

    items = fields.List(fields.Nested(WorkItemSchema), required=True)
    next = fields.String(required=True, allow_none=True)
    waiting = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        required=True,
        metadata=said("quanto há por fazer em cada área", "how much is to be done by each function"),
    )
    evaluated_at = fields.String(
        required=True,
        allow_none=True,
        metadata={
            **said("quando a última avaliação terminou", "when the last evaluation ended"),
            "format": "date-time",
        },
    )


class WhySchema(StrictSchema):
    """The decision behind a piece of work, without what it recommends."""

    schema = fields.Integer(required=True)
    primary = fields.String(required=True, validate=validate.OneOf(FUNCTIONS))
    collaborators = fields.List(fields.String(), required=True)
    scores = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    confidence = fields.Float(required=True)
    needs_triage = fields.Boolean(required=True)
    is_fallback = fields.Boolean(required=True)
    journey_stage = fields.String(required=True, allow_none=True)
    customer_job = fields.String(required=True, allow_none=True)
    not_shown = fields.List(fields.Nested(NotShownSchema), required=True)
    trace = fields.Nested(TraceSchema, required=True)
    facts = fields.Nested(FactsSchema, required=True)
    rulebook = fields.String(required=True)
    rulebook_version = fields.Integer(required=True, allow_none=True)
    taken_at = fields.String(required=True, metadata={"format": "date-time"})


class WorkWhySchema(WorkItemSchema):
    """A piece of work, and the decision behind it."""

    why = fields.Nested(WhySchema, required=True)


class WorkSaidSchema(StrictSchema):
    """What an agent says about a piece of work."""

    state = fields.String(required=True, validate=validate.OneOf(("accepted", "done", "dismissed")))
    reason = fields.String(
        validate=validate.OneOf(REASONS), metadata=said("por que foi dispensado", "why it was dismissed")
    )
    comment = fields.String(validate=validate.Length(max=500))
    agent = fields.String(
        load_default="API",
        validate=validate.Length(min=1, max=320),
        metadata=said("quem diz isso", "who says so"),
    )

    @validates_schema
    def _makes_sense(self, given: dict[str, Any], **_: object) -> None:
        if (given.get("state") == "dismissed") != ("reason" in given):
            raise ValidationError("a reason goes with the state dismissed, and only with it", "reason")
