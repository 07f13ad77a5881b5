"""Credentials at rest, and the one key everything secret is derived from."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any, Final

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from plugin.store.errors import VaultSealed
from rules.text import Text

_OTHER_KEY: Final = Text(
    "as credenciais guardadas foram seladas com outra chave: devolva a SIDECUE_SECRET_KEY (ou a secret.key, em "
    "SIDECUE_HOME) o valor que tinha quando o tenant foi criado, ou crie o tenant de novo",
    "the stored credentials were sealed with another key: give SIDECUE_SECRET_KEY (or secret.key in SIDECUE_HOME) the "
    "value it had when the tenant was added, or add the tenant again",
)


def derive(secret_key: str, purpose: str) -> bytes:
    """Return 32 bytes for one purpose: what leaks from one never opens another."""
    return HKDF(SHA256(), length=32, salt=None, info=f"sidecue {purpose}".encode()).derive(secret_key.encode())


class Vault:
    """Seals small JSON objects with SIDECUE_SECRET_KEY. Its repr tells nothing."""

    __slots__ = ("_fernet",)

    def __init__(self, secret_key: str) -> None:
        self._fernet = Fernet(base64.urlsafe_b64encode(derive(secret_key, "vault")))

    def __repr__(self) -> str:
        return "Vault(…)"

    def seal(self, credentials: Mapping[str, Any]) -> bytes:
        """Return the credentials encrypted and authenticated."""
        return self._fernet.encrypt(json.dumps(credentials).encode())

    def open(self, sealed: bytes) -> dict[str, Any]:
        """Return what was sealed. Raise VaultSealed when this is not the key it was sealed with."""
        try:
            opened: dict[str, Any] = json.loads(self._fernet.decrypt(sealed))
        except InvalidToken:
            raise VaultSealed(_OTHER_KEY) from None
        return opened
