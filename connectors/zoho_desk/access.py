"""Access tokens of Zoho's accounts: made from what an admin gave once, and kept while they last.

Zoho gives an application few of them in a short time, so one is used for as long as it holds.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, Final

from connectors.base import digest
from connectors.http import HelpdeskApi
from rules.errors import HelpdeskFailed
from rules.text import Text

MARGIN_SECONDS: Final = 300.0
"""How long before its end a token is not used any more."""
MOST_KEPT: Final = 1_000


class AccessTokens:
    """The access tokens of this process, by what they were made from. Thread-safe; its repr tells nothing."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[str, float]] = {}

    def token(self, accounts: HelpdeskApi, place: str, given: str) -> str:
        """Return a token that holds, asking `accounts` for one when none is kept.

        `given` is CLIENT_ID:CLIENT_SECRET:REFRESH_TOKEN; `place` is where it counts. Raise HelpdeskFailed or
        HelpdeskBusy.
        """
        parts = given.strip().split(":")
        if len(parts) != 3 or not all(parts):
            raise HelpdeskFailed(
                Text(
                    "--api-token precisa ser CLIENT_ID:CLIENT_SECRET:REFRESH_TOKEN",
                    "--api-token has to be CLIENT_ID:CLIENT_SECRET:REFRESH_TOKEN",
                ),
                retryable=False,
            )
        name = self._name(place, given)
        with self._lock:
            token, until = self._kept.get(name, ("", 0.0))
            if token and self._monotonic() < until:
                return token
        query = dict(zip(("client_id", "client_secret", "refresh_token"), parts, strict=True))
        answer = accounts.call("POST", "/oauth/v2/token", query={**query, "grant_type": "refresh_token"})
        token, lasts = _read(answer)
        with self._lock:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[name] = (token, self._monotonic() + lasts - MARGIN_SECONDS)
        return token

    def forget(self, place: str, given: str) -> None:
        """Have the next call ask for a new token: this one was not accepted."""
        with self._lock:
            self._kept.pop(self._name(place, given), None)

    @staticmethod
    def _name(place: str, given: str) -> str:
        return digest([place, given])


def _read(answer: Any) -> tuple[str, float]:
    token = answer.get("access_token") if isinstance(answer, dict) else None
    if not isinstance(token, str) or not token:
        # Zoho answers 200 to credentials that it does not know, with an error in the body.
        raise HelpdeskFailed(
            Text(
                "o Zoho Accounts não deu um token de acesso; corrija --api-token, e confira se --api-url é do "
                "mesmo data center",
                "Zoho's accounts gave no access token; mend --api-token, and see that --api-url is of the same "
                "data center",
            ),
            retryable=False,
        )
    lasts = answer.get("expires_in")
    return token, float(lasts) if isinstance(lasts, int | float) and not isinstance(lasts, bool) else 0.0
