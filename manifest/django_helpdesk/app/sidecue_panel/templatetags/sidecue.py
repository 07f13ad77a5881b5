"""`{% sidecue ticket %}`: Sidecue for one ticket, in a frame that opens for the agent who is signed in.

The frame's address is signed here, on the server: it is good for one ticket and one agent, for two minutes, and the
first time only. The key stays here. `panel.json` says where Sidecue is and for which tenant the app was made.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from helpdesk.decorators import is_helpdesk_staff

SECONDS = 120
"""How long an address is good. A browser opens it at once; the rest is for clocks that differ."""
MADE_FOR = json.loads((Path(__file__).parents[1] / "panel.json").read_text("utf-8"))

register = template.Library()


@register.simple_tag(takes_context=True)
def sidecue(context: Mapping[str, Any], ticket: Any) -> SafeString:
    """Return the frame; nothing for who is not the helpdesk's staff, or while the key is missing."""
    user = getattr(context.get("request"), "user", None)
    if user is None or not is_helpdesk_staff(user) or not getattr(settings, "SIDECUE_SIDEBAR_KEY", ""):
        return SafeString()
    return format_html(
        '<iframe data-sidecue title="Sidecue" class="float-end mw-100 ms-3 mb-3 border rounded" width="400" '
        'height="720" allow="clipboard-write" src="{}"></iframe><script src="{}" defer></script>',
        address(str(ticket.pk), user.get_username()),
        static("sidecue_panel/frame.js"),
    )


def address(ticket: str, agent: str) -> str:
    """Return the address that opens this ticket for this agent once, in the language of the page around it."""
    url = getattr(settings, "SIDECUE_URL", MADE_FOR["url"]).rstrip("/")
    told = {"ticket": ticket, "agent": agent, "expires": str(int(time.time()) + SECONDS), "once": secrets.token_hex(16)}
    signed = "\n".join(["django_helpdesk", MADE_FOR["tenant"], *told.values()])
    told["signature"] = hmac.new(settings.SIDECUE_SIDEBAR_KEY.encode(), signed.encode(), hashlib.sha256).hexdigest()
    told |= {"lang": get_language() or "", "inserts": "1"}
    return f"{url}/sidebar/django_helpdesk/{quote(MADE_FOR['tenant'], safe='')}?{urlencode(told)}"
