"""How the sidebar lives in Freshdesk: drawn by our app, whose files Freshworks serves, from what we answer here.

The app asks through a request template, which adds the tenant's sidebar key where no agent's browser sees it. Nothing
is framed: from which address Freshworks serves an app's files is not documented, so no address could be allowed.
"""

from dataclasses import replace

from connectors.base import Installation, SidebarHost
from connectors.drawn import open_by_key as open_sidebar
from connectors.drawn import render, unframed


def sidebar(installation: Installation) -> SidebarHost:
    """Return that nobody frames our page, and that the app puts a reply into Freshdesk's editor."""
    return replace(unframed(installation), inserts=True)


__all__ = ["open_sidebar", "render", "sidebar"]
