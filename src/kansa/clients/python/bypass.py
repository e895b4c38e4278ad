"""What a client that fails open let through while the gate was silent, kept until the evidence log has it.

One JSON object a line: `at`, a random `number`, `question`, `reason` and, in words, `cause`. A line is known by its SHA-256, so that a line delivered twice is
recorded once.
"""

import json
import os
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

Reason = Literal["timeout", "unreachable", "refused", "unreadable"]
"""Why there was no answer."""

Send = Callable[[list[dict[str, Any]]], Mapping[str, str] | None]
"""Hands over bypasses, each with its `id`; gives those that the log refuses, by id, with why; None: none was taken."""


class Spool:
    """A file that only grows until it is delivered."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def keep(self, question: Mapping[str, Any], reason: Reason, cause: str) -> bool:
        """Make one bypass durable; False where that is not possible, and then nothing may be let through."""
        at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")  # noqa: TID251 - a client stands outside the vault and its clock
        told = {
            "at": at,
            "number": secrets.token_hex(8),
            "question": question,
            "reason": reason,
            "cause": cause,
        }
        line = json.dumps(told, ensure_ascii=False) + "\n"
        try:
            with self.path.open("ab") as file:
                file.write(line.encode())
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            return False
        return True


def deliver(spool: Path, send: Send) -> tuple[int, int]:
    """Send what is spooled and take it out of the spool; returns how many were delivered and how many refused.

    The file is set aside first, so that what is let through meanwhile begins a new one; a delivery that was cut short
    is finished by the next. What the log refuses is kept beside the spool in `.refused`, line by line with why.
    """
    aside = spool.with_name(spool.name + ".delivering")
    delivered = refused = 0
    while aside.exists() or spool.exists():
        if not aside.exists():
            spool.rename(aside)
        lines = aside.read_bytes().splitlines()
        told = send([_bypass(line) for line in lines]) if lines else {}
        if told is None:
            break
        if aside.read_bytes().splitlines() == lines:  # a writer may have held the file open as it was renamed
            _keep_refused(spool.with_name(spool.name + ".refused"), lines, told)
            aside.unlink()
            refused += len(told)
            delivered += len(lines) - len(told)
    return delivered, refused


def _keep_refused(path: Path, lines: list[bytes], told: Mapping[str, str]) -> None:
    kept = [(line, told[id_]) for line in lines if (id_ := sha256(line).hexdigest()) in told]
    if kept:
        with path.open("ab") as file:
            for line, why in kept:
                text = line.decode(errors="backslashreplace")
                file.write(json.dumps({"why": why, "line": text}, ensure_ascii=False).encode() + b"\n")


def _bypass(line: bytes) -> dict[str, Any]:
    try:
        told = json.loads(line)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        told = {"unreadable": line.decode(errors="backslashreplace")}
    return {**told, "id": sha256(line).hexdigest()}
