"""What every schema of the API is made of."""

from __future__ import annotations

from marshmallow import RAISE, Schema, fields

from rules.text import Text


def said(pt_br: str, en: str) -> dict[str, Text]:
    """Return what the manual says of a field, in both languages."""
    return {"description": Text(pt_br, en)}


class StrictSchema(Schema):
    """A member that nobody reads is a mistake of its writer, and is said so."""

    class Meta:
        """marshmallow's options."""

        unknown = RAISE


class TextSchema(StrictSchema):
    """One text in both languages."""

    pt_br = fields.String(required=True, data_key="pt-BR")
    en = fields.String(required=True)
