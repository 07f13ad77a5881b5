"""How the sidebar lives in Zoho Desk: drawn by our widget, whose files Zoho serves, from what we answer here.

Zoho's servers pass the widget's request on, with the tenant's sidebar key, which the extension's settings hold. They
prove nothing themselves. Whether the widget could frame our page is not documented.
"""

from connectors.drawn import open_by_key as open_sidebar
from connectors.drawn import render
from connectors.drawn import unframed as sidebar

__all__ = ["open_sidebar", "render", "sidebar"]
