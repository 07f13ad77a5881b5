"""What Django is told of this app, and what it checks before it starts."""

from __future__ import annotations

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import Error, register


@register()
def key_is_there(**_: object) -> list[Error]:
    """Find a project that lacks the key: agents would see no panel, and nobody would know why."""
    if getattr(settings, "SIDECUE_SIDEBAR_KEY", ""):
        return []
    hint = "Set it from the environment; `sidecue tenants list --show-secrets` on the Sidecue server shows it."
    return [Error("SIDECUE_SIDEBAR_KEY is missing in the settings.", hint=hint, id="sidecue_panel.E001")]


class SidecuePanel(AppConfig):
    """Stands before `helpdesk` in INSTALLED_APPS: its ticket page is then found first."""

    name = "sidecue_panel"
    verbose_name = "Sidecue"
