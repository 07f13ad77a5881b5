"""The obligations of the SAC decree and the dossier, as the API gives them."""

from __future__ import annotations

from marshmallow import fields, validate

from plugin.api.shapes import StrictSchema, TextSchema, said
from rules.model import Author
from rules.obligations import Pace, Proof, State
from rules.vocabulary import OBLIGATIONS


class EvidenceSchema(StrictSchema):
    """What a clock leans on."""

    proof = fields.String(required=True, validate=validate.OneOf([proof.value for proof in Proof]))
    id = fields.String(required=True)
    at = fields.String(required=True, metadata={"format": "date-time"})


class ObligationSchema(StrictSchema):
    """One obligation of the SAC decree, and how its clock stands."""

    id = fields.String(required=True, validate=validate.OneOf(OBLIGATIONS))
    title = fields.Nested(TextSchema, required=True)
    asks = fields.Nested(TextSchema, required=True)
    article = fields.String(required=True)
    pace = fields.String(required=True, validate=validate.OneOf([pace.value for pace in Pace]))
    state = fields.String(required=True, validate=validate.OneOf([state.value for state in State]))
    late = fields.Boolean(required=True, metadata=said("cumprida depois do prazo", "met after its term"))
    began = fields.Nested(EvidenceSchema, required=True, allow_none=True)
    due_at = fields.String(
        required=True,
        allow_none=True,
        metadata=said(
            "último segundo do prazo, no fuso do tenant; do que se guarda, até quando",
            "last second of the term, in the tenant's time zone; of what is kept, until when",
        ),
    )
    met = fields.Nested(EvidenceSchema, required=True, allow_none=True)
    sources = fields.List(fields.String(), required=True)
    unverified = fields.Nested(
        TextSchema,
        required=True,
        allow_none=True,
        metadata=said(
            "o que as fontes deixam em aberto, e que leitura vale",
            "what the sources leave open, and which reading counts",
        ),
    )


class RegimeSchema(StrictSchema):
    """The decree that holds for the day of registration."""

    id = fields.String(required=True)
    version = fields.Integer(required=True)
    title = fields.Nested(TextSchema, required=True)
    since = fields.Date(required=True, allow_none=True)
    unverified = fields.Nested(TextSchema, required=True)


class RecordSchema(StrictSchema):
    """One public message of the ticket."""

    id = fields.String(required=True)
    author = fields.String(required=True, validate=validate.OneOf([author.value for author in Author]))
    sent_at = fields.String(required=True, metadata={"format": "date-time"})
    text = fields.String(required=True)


class DossierSchema(StrictSchema):
    """What proves how a demand was attended. Internal notes are not part of it."""

    schema = fields.Integer(required=True, metadata=said("versão deste formato", "version of this form"))
    tenant = fields.String(required=True)
    protocol = fields.String(
        required=True, metadata=said("o número do chamado no helpdesk", "the ticket's number in the helpdesk")
    )
    customer = fields.String(required=True, allow_none=True)
    as_of = fields.String(required=True, metadata={"format": "date-time"})
    time_zone = fields.String(required=True)
    regulated = fields.Boolean(
        required=True,
        metadata=said("false: o decreto não vale para este cliente", "false: the decree does not hold here"),
    )
    registered_at = fields.String(required=True, allow_none=True, metadata={"format": "date-time"})
    regime = fields.Nested(RegimeSchema, required=True, allow_none=True)
    obligations = fields.List(fields.Nested(ObligationSchema), required=True)
    subject = fields.String(required=True)
    description = fields.String(required=True)
    record = fields.List(fields.Nested(RecordSchema), required=True)
