"""What rules, actions and signals are called, as the current rulebook says it.

A decision outlives the rulebook it was taken with: a name that is gone is read from the id, never left blank.
"""

from __future__ import annotations

from rules.model import Locale, Rulebook


class Names:
    """Titles by id in one language."""

    def __init__(self, rulebook: Rulebook | None, locale: Locale) -> None:
        self._rulebook = rulebook
        self._locale: Locale = locale

    def signal(self, name: str) -> str:
        """Return the title of a signal."""
        found = self._rulebook.signals.get(name) if self._rulebook else None
        return found.title.read(self._locale) if found else _from_id(name)

    def action(self, action_id: str) -> str:
        """Return the title of an action."""
        found = self._rulebook.actions.get(action_id) if self._rulebook else None
        return found.title.read(self._locale) if found else _from_id(action_id)

    def rule(self, rule_id: str) -> str:
        """Return the title of a rule."""
        found = self._rulebook.rules.get(rule_id) if self._rulebook else None
        return found.title.read(self._locale) if found else _from_id(rule_id)

    def rationale(self, rule_id: str) -> str | None:
        """Return why a rule exists, or None when the rule is gone."""
        found = self._rulebook.rules.get(rule_id) if self._rulebook else None
        return found.rationale.read(self._locale) if found else None


def _from_id(identifier: str) -> str:
    """Return a readable form of an id: `accounts.executive_call` -> `Executive call`."""
    return identifier.rsplit(".", 1)[-1].replace("_", " ").capitalize()
