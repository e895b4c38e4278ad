"""What a client that fails open let through while the gate was silent, kept until the evidence log has it.

One JSON object a line: `at`, `question`, `reason` and, in words, `cause`. A line is known by its SHA-256, so that a line delivered twice is
recorded once.
"""

import json
import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

Reason = Literal["timeout", "unreachable", "refused", "unreadable"]
"""Why there was no answer."""

Send = Callable[[list[dict[str, Any]]], bool]
"""Hands over bypasses, each with its `id`; True once they are recorded."""


class Spool:
    """A file that only grows until it is delivered."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def keep(self, question: Mapping[str, Any], reason: Reason, cause: str) -> bool:
        """Make one bypass durable; False where that is not possible, and then nothing may be let through."""
        at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")  # noqa: TID251 - a client stands outside the vault and its clock
        line = (
            json.dumps({"at": at, "question": question, "reason": reason, "cause": cause}, ensure_ascii=False)
            + "\n"
        )
        try:
            with self.path.open("ab") as file:
                file.write(line.encode())
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            return False
        return True


def deliver(spool: Path, send: Send) -> int:
    """Send what is spooled and take it out of the spool; returns the number of bypasses delivered.

    The file is set aside first, so that what is let through meanwhile begins a new one; a delivery that was cut short
    is finished by the next. Lines that are not JSON are sent as they are, in `unreadable`: nothing is dropped.
    """
    aside = spool.with_name(spool.name + ".delivering")
    delivered = 0
    while aside.exists() or spool.exists():
        if not aside.exists():
            spool.rename(aside)
        lines = aside.read_bytes().splitlines()
        if lines and not send([_bypass(line) for line in lines]):
            break
        if aside.read_bytes().splitlines() == lines:  # a writer may have held the file open as it was renamed
            aside.unlink()
            delivered += len(lines)
    return delivered


def _bypass(line: bytes) -> dict[str, Any]:
    try:
        told = json.loads(line)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        told = {"unreadable": line.decode(errors="backslashreplace")}
    return {**told, "id": sha256(line).hexdigest()}
