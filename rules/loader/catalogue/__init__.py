"""Every finding there is: code -> what, why and how to mend, in both languages.

A code never changes its meaning: scripts and editors filter by it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from rules.loader.catalogue.book import BOOK
from rules.loader.catalogue.conditions import CONDITIONS
from rules.loader.catalogue.entry import Entry
from rules.loader.catalogue.examples import EXAMPLES
from rules.loader.catalogue.files import FILES
from rules.loader.catalogue.house import HOUSE
from rules.loader.catalogue.proof import PROOF
from rules.loader.catalogue.shape import SHAPE
from rules.loader.catalogue.versions import VERSIONS

CATALOGUE: Final[Mapping[str, Entry]] = MappingProxyType(
    {**FILES, **SHAPE, **CONDITIONS, **BOOK, **HOUSE, **PROOF, **EXAMPLES, **VERSIONS}
)
