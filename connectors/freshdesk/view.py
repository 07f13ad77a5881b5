"""How the sidebar lives in Freshdesk: drawn by our app, whose files Freshworks serves, from what we answer here.

The app asks through a request template, which adds the tenant's sidebar key where no agent's browser sees it. Nothing
is framed: from which address Freshworks serves an app's files is not documented, so no address could be allowed.
"""

from __future__ import annotations

from datetime import datetime

from connectors import drawn
from connectors.base import HostRequest, Installation, Reply, SidebarHost, SidebarRequest
from connectors.hosted import View
from connectors.proof import SECRET_HEADER, require_sidebar_key


def sidebar(installation: Installation) -> SidebarHost:
    """Return that nobody frames our page: the app draws, and a link opens the page in a tab of its own."""
    del installation
    return SidebarHost(frame_ancestors=())


def open_sidebar(request: HostRequest, installation: Installation, now: datetime) -> SidebarRequest:
    """Return which ticket an agent looks at and what they pressed, for a request with the tenant's sidebar key."""
    del now  # nothing that the app sends is signed, so no time in it could be believed
    require_sidebar_key(request.header(SECRET_HEADER), installation)
    return drawn.asked(request)


def render(view: View, request: SidebarRequest) -> Reply:
    """Return the view as JSON, for the app to lay out."""
    del request
    return drawn.answered(view)
