"""Name screening is an extra: where it is not installed its tests are not collected, and a machine that requires data fails."""

import os
from importlib.util import find_spec

collect_ignore_glob: list[str] = []

if find_spec("icu") is None or find_spec("rigour") is None:
    if os.environ.get("KANSA_REQUIRE_DATA") == "1":
        raise RuntimeError("name screening is not installed: `make screening` says why")
    collect_ignore_glob = ["*"]
