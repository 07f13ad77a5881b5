"""How the sidebar lives in Jira: drawn by our Forge app beside the request, from what we answer here.

The app's function asks from Atlassian's servers, with the tenant's sidebar key, which the app holds encrypted there. It
says which issue is on the screen and who looks, and has both from Atlassian, not from the browser.
"""

from connectors.drawn import open_by_key as open_sidebar
from connectors.drawn import render
from connectors.drawn import unframed as sidebar

__all__ = ["open_sidebar", "render", "sidebar"]
