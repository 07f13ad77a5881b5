"""Certificates of versions: what is proved before one is put in force, and whether that is what is proved today.

The solver is imported when a function here is called, never with the module: servers look nothing up in certificates.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from plugin.publish.errors import NotProved
from rules.loader.digest import canonical_json

if TYPE_CHECKING:
    from rules.rulebook import Rulebook


def proved(book: Rulebook) -> str:
    """Prove every property of today, and return the certificate as canonical JSON. Raise NotProved."""
    from rules.prove import prove  # noqa: PLC0415 - see above

    proof = prove(book)
    if not proof.ok:
        raise NotProved(proof)
    return canonical_json(proof.certificate()).decode()


def fits(certificate: str, book: Rulebook) -> bool:
    """Tell whether a stored certificate says that every property of today is proved of this very rulebook."""
    from rules.prove import certificate_fits  # noqa: PLC0415 - see above

    try:
        said = json.loads(certificate)
    except ValueError:
        return False
    return isinstance(said, dict) and certificate_fits(said, book)


def is_of_today(said: Mapping[str, Any]) -> bool:
    """Tell whether a certificate says what one of the same rulebook would say today: same properties, same solver."""
    from rules.prove import PROPERTIES, Proof, Proved  # noqa: PLC0415 - see above

    return said == Proof(str(said.get("rulebook")), tuple(map(Proved, PROPERTIES))).certificate()
