"""Ready replies: every slot is known and says something when its value is not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from rules.decide.reply import SLOTS
from rules.loader import Reading
from rules.loader.build import Draft, Overlay
from rules.loader.findings import Finding
from rules.loader.sources import FileKind, Layer
from rules.rulebook import Action
from rules.text import LOCALES, Text
from rules.vocabulary import nearest

_PIECE: Final = re.compile(r"\{([^{}|]*)(\|[^{}|]*)?\}|[{}]")


def check(reading: Reading) -> Iterator[Finding]:
    """Yield the findings about every reply that was asked for, overlaid ones included."""
    # a reply that an overlay replaced is judged in the overlay's file
    changed = {
        change.id: change.item.values
        for change in reading.overlays
        if change.kind is FileKind.ACTION and isinstance(change.item, Overlay)
    }
    for draft in (*reading.drafts.values(), *reading.overlays):
        if draft.kind is not FileKind.ACTION or draft.layer is Layer.CONTEXT:
            continue
        item = draft.item
        reply = item.values.get("reply") if isinstance(item, Overlay) else None
        if isinstance(item, Action) and "reply" not in changed.get(draft.id, ()):
            reply = item.reply
        if isinstance(reply, Text):
            yield from _reply(draft, reply)


def _reply(draft: Draft, reply: Text) -> Iterator[Finding]:
    for locale in LOCALES:
        place = ("reply", locale)
        for piece in _PIECE.finditer(reply.read(locale)):
            slot, fallback = piece[1], piece[2]
            if slot is None:
                yield draft.finding("reply.braces", place, brace=piece[0])
                continue
            slot = slot.strip()
            if slot not in SLOTS:
                near = nearest(slot, SLOTS)
                if near:
                    yield draft.finding("reply.unknown_slot_near", place, slot=slot, near=near)
                else:
                    yield draft.finding("reply.unknown_slot", place, slot=slot or "{}")
            elif slot != piece[1]:
                yield draft.finding("reply.unknown_slot_near", place, slot=f"{{{piece[1]}}}", near=slot)
            if fallback is None or not fallback[1:].strip():
                yield draft.finding("reply.no_fallback", place, slot=slot)
