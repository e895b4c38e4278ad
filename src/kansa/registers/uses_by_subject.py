"""Uses by whom and what they concern."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from kansa.registers.rows import Use

EVERYBODY = ""
"""Stands for all subjects where uses are looked up."""

CONCERNED = ("tenant_id", "end_user_id", "path_id", "site_id", "workload_id")


def by_subject(uses: Iterable[Use]) -> Mapping[str, Sequence[Use]]:
    """Return the uses by tenant, end user, path, site and workload, and all of them under `EVERYBODY`, in their order."""
    found: dict[str, list[Use]] = defaultdict(list)
    for use in uses:
        found[EVERYBODY].append(use)
        for subject in {getattr(use, key) for key in CONCERNED} - {None}:
            found[subject].append(use)
    return found
