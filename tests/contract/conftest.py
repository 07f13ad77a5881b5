"""The contract tests' signer, found beside them: test folders are no packages."""

import importlib.util
import sys
from pathlib import Path

_spec = importlib.util.spec_from_file_location("contract_signing", Path(__file__).with_name("signing.py"))
assert _spec is not None
assert _spec.loader is not None
_module = importlib.util.module_from_spec(_spec)
sys.modules["contract_signing"] = _module
_spec.loader.exec_module(_module)
