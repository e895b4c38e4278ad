"""The verifier on its own: `kansa-verify FILE --trust POLICY`, without a vault, a network or a database.

Standard library, `cryptography` and `msgspec` only; ships as a wheel of its own.
"""

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from kansa import terminal
from kansa.clock import format_duration, format_instant
from kansa.dossier.verdict import Verdict
from kansa.dossier.verify import verify
from kansa.errors import BadInput
from kansa.ledger import policy
from kansa.terminal import in_line

_WORDS = {
    "ok": "the dossier verifies under your policy, witnesses included",
    "ok_unwitnessed": "the dossier verifies under the key that you pinned; no witness was asked for",
    "consistent_only": "the dossier agrees with itself, but nothing says whose it is: pin the log's key with --trust",
    "not_ok": "the dossier does not verify",
}


def judge(file: Path, trust: Path | None) -> Verdict:
    """Return the verdict on a file under a policy file.

    Raises:
        BadInput: a file cannot be read, or the policy is not one.
    """
    trusted = None if trust is None else policy.parse(_read(trust), str(trust))
    return verify(_read(file), trusted)


def text(verdict: Verdict) -> str:
    """Return a verdict for the terminal: the word, then whose, about whom and what, then the checks and what is behind them.

    Nothing from the file can begin a line of its own or steer a terminal.
    """
    lines = [f"{verdict.verdict}: {_WORDS[verdict.verdict]}"]
    lines += [f"  {name:12} {in_line(said)}" for name, said in _scope(verdict.about)]
    for check in verdict.checks:
        place = f" ({in_line(check.place)})" if check.place else ""
        lines.append(f"  {'holds' if check.ok else 'FAILS'}  {check.name:12} {in_line(check.detail)}{place}")
    lines += [f"  not checked: {in_line(each)}" for each in verdict.not_checked]
    lines += [f"  the operator's word: {in_line(each)}" for each in verdict.operators_word]
    return "\n".join(lines)


def _scope(about: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what a verified dossier says of itself, line by line."""
    if not about:
        return
    question = about["question"]
    if about["simulated"]:
        yield "simulated", "this dossier comes from a simulated vault: its times were told, not kept"
    whose = about.get("operator", {}).get("en") or "an operator that does not say its name"
    yield "whose", f"{whose}, log {about['log']}"
    subjects = [
        f"{role} {_named(about['names'].get(id_, {}))}{id_}"
        for role, id_ in (("tenant", question.get("tenant")), ("end user", question.get("end_user")))
        if id_ is not None
    ]
    yield "about", ", ".join(subjects) or "the whole vault: all tenants"
    yield "period", f"{format_instant(question['from_us'])} to {format_instant(question['to_us'])}"
    yield "known at", f"{about.get('known_at', 'not stated')}; issued {about['issued']}"
    yield "for", about.get("audience", "not stated")
    yield "grace", f"{format_duration(question['grace_us'])}: what was recorded within it is not late"
    yield "log began", format_instant(question["log_began_us"])
    entries, values = about["entries"], about["values"]
    hidden, sealed = entries["of"] - entries["shown"], values["of"] - values["disclosed"]
    yield "withheld", f"{hidden} of {entries['of']} entries, {sealed} of {values['of']} sealed values"
    if (others := about["other_parties"]) and others["parties"]:
        yield (
            "others",
            f"ids of {others['parties']} parties of whom nothing else is shown stand in {others['records']} records",
        )


def _named(names: Mapping[str, str]) -> str:
    return "".join(f"{name} " for name in dict.fromkeys(names.values()))


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
        for each in (error, *error.problems):
            terminal.write(f"kansa-verify: {in_line(each)}", sys.stderr)
        return error.exit_code
    terminal.write(terminal.json_text(verdict.as_json()) if given.json else text(verdict))
    return 0 if verdict.accepted(allow_unpinned=given.allow_unpinned) else 1


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise BadInput("file.unreadable", f"`{file}` cannot be read: {error.strerror}") from error


if __name__ == "__main__":
    sys.exit(main())
