"""Snowball's two stemmers, without the other thirty.

The package's own `__init__` builds the tables of every language it knows: more than a tenth of a second of each start
of the command line. Its modules import one another relatively, so they are imported here as a package of another
name; `snowballstemmer` itself stays as it is for whoever imports it.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any, Final

_PACKAGE: Final = f"{__name__}_of_snowball"


def _stemmer(module: str, name: str) -> Any:
    if _PACKAGE not in sys.modules:
        found = find_spec("snowballstemmer")
        if found is None or found.submodule_search_locations is None:
            raise ModuleNotFoundError("snowballstemmer is not installed: pip install snowballstemmer")
        package = ModuleType(_PACKAGE)
        package.__path__ = list(found.submodule_search_locations)
        sys.modules[_PACKAGE] = package
    return getattr(import_module(f"{_PACKAGE}.{module}"), name)


EnglishStemmer: Final = _stemmer("english_stemmer", "EnglishStemmer")
PortugueseStemmer: Final = _stemmer("portuguese_stemmer", "PortugueseStemmer")
