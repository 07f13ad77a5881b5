"""Sidecue for Roundup: what `html/sidecue.html` asks for, the signed address of the sidebar and two headings.

Roundup loads this file by itself from the tracker's folder `extensions`; the settings are those of the detector, in
`detectors/config.ini`. Standard library only.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote, urlencode

LASTS: Final = 120
"""Seconds for which an address opens the sidebar, the first time only; the page it opens renews itself."""
WORDS: Final = {
    "en": {"notes": "Notes for agents", "nobody": "No customer sees them, and nobody is mailed them."},
    "pt": {"notes": "Notas para atendentes", "nobody": "Nenhum cliente as vê e ninguém as recebe por e-mail."},
}


def init(tracker: Any) -> None:
    """Register what templates call as `utils.sidecue_url` and `utils.sidecue_words`. Called by Roundup."""
    tracker.registerUtil("sidecue_url", sidecue_url)
    tracker.registerUtil("sidecue_words", sidecue_words)


def sidecue_url(client: Any, issue: str) -> str:
    """Return the address of the sidebar for this issue and the agent who is logged in, or "" without a sidebar_key."""
    url, tenant, key = (_told(client, name) for name in ("url", "tenant", "sidebar_key"))
    if not (url and tenant and key):
        return ""
    expires = str(int(time.time()) + LASTS)
    told = {"ticket": issue, "agent": client.user, "expires": expires, "once": secrets.token_hex(16)}
    signed = "\n".join(["roundup", tenant, *told.values()])
    told["signature"] = hmac.new(key.encode(), signed.encode(), hashlib.sha256).hexdigest()
    told["lang"] = _language(client)
    return f"{url.rstrip('/')}/sidebar/roundup/{quote(tenant, safe='')}?{urlencode(told)}"


def sidecue_words(client: Any) -> Mapping[str, str]:
    """Return the panel's words in the language in which Roundup talks to this browser."""
    return WORDS[_language(client)]


def _language(client: Any) -> str:
    told = getattr(client, "language", None) or ()
    wanted = (each.partition("_")[0] for each in ([told] if isinstance(told, str) else told))
    return next((language for language in wanted if language in WORDS), "en")


def _told(client: Any, name: str) -> str:
    try:
        return str(client.instance.config.detectors["SIDECUE_" + name.upper()]).strip()
    except (KeyError, AttributeError, TypeError):
        return ""
