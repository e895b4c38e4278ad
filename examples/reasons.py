# ruff: noqa: INP001 - a script to read and run, no package
"""Says why there are gaps: which part of which fact is missing, for whom, for how many seconds of accelerator time.

    python reasons.py VAULT

The report shows the same with its intervals, with what would close each gap and who can.
"""

import sys
from collections import Counter
from pathlib import Path

from kansa.application.coherence import CoherenceQuestion, ask
from kansa.clock import MICROSECONDS
from kansa.coherence.why import why
from kansa.vault.vault import Vault


def main() -> None:
    """Ask the vault, add up its reasons."""
    vault = Vault(Path(sys.argv[1]))
    answer = ask(vault, CoherenceQuestion())
    names, uses = vault.directory(), {use.use_id: use for use in answer.tables.use}
    seconds: Counter[tuple[str, str, str]] = Counter()
    for reason in why(answer.assessment.gaps, answer.tables):
        use = uses[reason.use_id]
        tenant = names.called(use.tenant_id).get("en", use.tenant_id) if use.tenant_id else "(not known)"
        seconds[reason.fact, reason.part, tenant] += (reason.end - reason.start) * use.weight // MICROSECONDS
    for (fact, part, tenant), missing in sorted(seconds.items()):
        sys.stdout.write(f"{fact:14} {part:14} {tenant:32} {missing:>12} s\n")


if __name__ == "__main__":
    main()
