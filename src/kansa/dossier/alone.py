"""The verifier on its own: `kansa-verify FILE --trust POLICY`, without a vault, a network or a database.

Standard library, `cryptography` and `msgspec` only; ships as a wheel of its own.
"""

import argparse
import os
import sys
import unicodedata
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
from kansa.texts import LANGUAGES, language_of, reader_language, reading_in
from kansa.texts.messages import said
from kansa.texts.problems import in_words
from kansa.texts.verdict import ABOUT, CHECK, VERDICT


def judge(file: Path, trust: Path | None) -> Verdict:
    """Return the verdict on a file under a policy file.

    Raises:
        BadInput: a file cannot be read, or the policy is not one.
    """
    trusted = None if trust is None else policy.parse(_read(trust), str(trust))
    return verify(_read(file), trusted)


def text(verdict: Verdict) -> str:
    """Return a verdict in the reader's language: the word, then whose, about whom and what, the checks and what is behind them.

    Nothing from the file can begin a line of its own or steer a terminal.
    """
    lines = [f"{verdict.verdict}: {VERDICT[verdict.verdict].say()}"]
    lines += [f"  {_wide(ABOUT[name].say(), 12)} {in_line(told)}" for name, told in _scope(verdict.about)]
    for check in verdict.checks:
        place = f" ({in_line(check.place)})" if check.place else ""
        mark = CHECK["holds" if check.ok else "FAILS"].say()
        lines.append(f"  {mark}  {_wide(_named_check(check.name), 12)} {in_line(said(check.detail))}{place}")
    lines += ["  " + CHECK["not_checked"].say(what=in_line(said(each))) for each in verdict.not_checked]
    lines += ["  " + CHECK["operators_word"].say(what=in_line(said(each))) for each in verdict.operators_word]
    return "\n".join(lines)


def _named_check(name: str) -> str:
    return CHECK[name].say() if name in CHECK else name


def _wide(text: str, cells: int) -> str:
    """Return a text padded to a width in terminal cells, where a Japanese letter takes two."""
    taken = sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
    return text + " " * (cells - taken)


def _scope(about: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what a verified dossier says of itself, line by line: the key of its heading, and what it says."""
    if not about:
        return
    question = about["question"]
    if about["simulated"]:
        yield "simulated", ABOUT["simulated.why"].say()
    yield "whose", ABOUT["whose.log"].say(operator=_operator(about), log=about["log"])
    subjects = [
        ABOUT[role].say(name=f"{_named(about['names'].get(id_, {}))}{id_}")
        for role, id_ in (("tenant", question.get("tenant")), ("end_user", question.get("end_user")))
        if id_ is not None
    ]
    yield "about", ", ".join(subjects) or ABOUT["whole"].say()
    start, end = format_instant(question["from_us"]), format_instant(question["to_us"])
    yield "period", ABOUT["period.is"].say(start=start, end=end)
    unstated = ABOUT["not_stated"].say()
    yield "known", ABOUT["known.is"].say(known=about.get("known_at", unstated), issued=about["issued"])
    audience = about.get("audience", unstated)
    yield "for", ABOUT[key].say() if (key := f"audience.{audience}") in ABOUT else audience
    yield "grace", ABOUT["grace.is"].say(duration=format_duration(question["grace_us"]))
    yield "began", format_instant(question["log_began_us"])
    entries, values = about["entries"], about["values"]
    hidden, sealed = entries["of"] - entries["shown"], values["of"] - values["disclosed"]
    yield (
        "withheld",
        ABOUT["withheld.is"].say(hidden=hidden, entries=entries["of"], sealed=sealed, values=values["of"]),
    )
    if rows := about.get("rows"):
        told = ABOUT["rows.is"].say(
            rows=rows["rows"], looked=rows["looked_at"], segments=rows["segments"], values=rows["with_values"]
        )
        more = ABOUT["rows.others"].say(others=rows["other_rows"]) if rows["other_rows"] else ""
        yield "rows", told + more
    if (others := about["other_parties"]) and others["parties"]:
        yield "others", ABOUT["others.is"].say(parties=others["parties"], records=others["records"])


def _operator(about: Mapping[str, Any]) -> str:
    names = about.get("operator", {})
    return names.get(reader_language()) or names.get("en") or ABOUT["whose.unnamed"].say()


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
    parser.add_argument(
        "--language", choices=LANGUAGES, default=language_of(os.environ), help="default: as your locale"
    )
    given = parser.parse_args(arguments)
    with reading_in(given.language):
        return _answer(given)


def _answer(given: argparse.Namespace) -> int:
    try:
        verdict = judge(given.file, given.trust)
    except BadInput as error:
        advice = f" ({said(error.help)})" if error.help else ""
        for each in (f"{said(error.message)}{advice}", *map(in_words, error.problems)):
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
