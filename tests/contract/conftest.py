"""The modules that contract tests share, found beside them: test folders are no packages."""

import importlib.util
import sys
from pathlib import Path

for _name in ("signing", "folders", "desks", "openapi"):
    _spec = importlib.util.spec_from_file_location(f"contract_{_name}", Path(__file__).with_name(f"{_name}.py"))
    assert _spec is not None
    assert _spec.loader is not None
    _module = importlib.util.module_from_spec(_spec)
    sys.modules[f"contract_{_name}"] = _module
    _spec.loader.exec_module(_module)
