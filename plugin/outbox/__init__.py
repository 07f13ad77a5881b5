"""Notes to helpdesks about what agents accepted: written when accepted, posted a little later, once."""

from plugin.outbox.notes import UNDO_SECONDS, NoteState, enqueue_acceptance

__all__ = ["UNDO_SECONDS", "NoteState", "enqueue_acceptance"]
