"""A decision as a host draws it that frames no page: texts in the agent's language, ready to be laid out.

Made by the application from the same panel as its own page; a connector's `render` puts it into the host's form.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

STATES: Final = ("decided", "unsure", "nothing", "thinking")
"""`decided`; `unsure`: whose work it is has to be asked; `nothing` specific to suggest; `thinking`: no decision yet."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several answers: what is sent back, and what the agent reads."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class HostedCard:
    """One recommendation."""

    id: str
    rank: int
    title: str
    kind: str
    function: str
    due: str
    steps: tuple[str, ...]
    reply: str | None
    reason: str
    benefit: str
    conditions: tuple[str, ...]
    """Why it was recommended: one line for each thing the rules saw."""
    state: str
    """open, accepted, dismissed, handed_over or done."""
    told: str
    """What stands instead of the buttons once it is no longer open; empty while it is."""


@dataclass(frozen=True, slots=True)
class View:
    """Everything a host may show of one ticket."""

    state: str
    locale: str
    title: str
    whose: str
    with_whom: str
    certainty: str
    customer: str
    facts: tuple[str, ...]
    message: str
    """What stands instead of recommendations when there are none, or when nothing is decided yet."""
    cards: tuple[HostedCard, ...]
    held_back: tuple[str, ...]
    reasons: tuple[Choice, ...]
    """Why a recommendation does not apply, for the agent to choose from."""
    words: Mapping[str, str]
    """Labels: accept, done, dismiss, why, reply, steps, due, benefit, open, back."""
    link: str
    """Address of our own page for this ticket and agent; opens it until it expires, within the hour."""
