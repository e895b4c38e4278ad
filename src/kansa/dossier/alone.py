"""The verifier on its own: `kansa-verify FILE --trust POLICY`, without a vault, a network or a database.

Standard library, `cryptography` and `msgspec` only; ships as a wheel of its own.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from kansa.dossier.verdict import Verdict
from kansa.dossier.verify import verify
from kansa.errors import BadInput
from kansa.ledger import policy

_WORDS = {
    "ok": "the dossier verifies under your policy, witnesses included",
    "ok_unwitnessed": "the dossier verifies under the key that you pinned; no witness was asked for",
    "consistent_only": "the dossier agrees with itself, but nothing says whose it is: pin the log's key with --trust",
    "not_ok": "the dossier does not verify",
}


def judge(file: Path, trust: Path | None) -> Verdict:
    """The verdict on a file under a policy file.

    Raises:
        BadInput: a file cannot be read, or the policy is not one.
    """
    trusted = None if trust is None else policy.parse(_read(trust), str(trust))
    return verify(_read(file), trusted)


def text(verdict: Verdict) -> str:
    """A verdict for the terminal."""
    lines = [f"{verdict.verdict}: {_WORDS[verdict.verdict]}"]
    for check in verdict.checks:
        place = f" ({check.place})" if check.place else ""
        lines.append(f"  {'holds' if check.ok else 'FAILS'}  {check.name:12} {check.detail}{place}")
    lines += [f"  not checked: {each}" for each in verdict.not_checked]
    if verdict.about.get("simulated"):
        lines.append("  This dossier comes from a simulated vault: its times were told, not kept.")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; exit 0 for `ok` and `ok_unwitnessed`, 1 for no, 2 for input that cannot be read."""
    parser = argparse.ArgumentParser(prog="kansa-verify", description="Judge a Kansa dossier offline.")
    parser.add_argument("file", type=Path)
    parser.add_argument(
        "--trust", type=Path, metavar="POLICY", help="your policy: the log's key that you pinned"
    )
    parser.add_argument(
        "--allow-unpinned", action="store_true", help="accept a dossier that only agrees with itself"
    )
    parser.add_argument("--json", action="store_true", help="print the stable JSON result")
    given = parser.parse_args(arguments)
    try:
        verdict = judge(given.file, given.trust)
    except BadInput as error:
        sys.stderr.write("".join(f"kansa-verify: {each}\n" for each in (error, *error.problems)))
        return error.exit_code
    shown = json.dumps(verdict.as_json(), ensure_ascii=False, indent=2) if given.json else text(verdict)
    sys.stdout.write(shown + "\n")
    return 0 if verdict.accepted(allow_unpinned=given.allow_unpinned) else 1


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise BadInput("file.unreadable", f"`{file}` cannot be read: {error.strerror}") from error


if __name__ == "__main__":
    sys.exit(main())
