"""Many parties from a file: one line in, one line out, in order; what was killed goes on where it stopped.

Beside the output in the making lie `.part` and `.part.json`, which says of which run it is. Another input, list,
engine or setting is another run and begins anew. A line that cannot be read is answered with its error and no
candidates (`null`, never an empty list), so that it cannot pass for a party without hits.
"""

import hashlib
import json
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Any

import msgspec

from kansa.errors import BadInput
from kansa.screening.entry import Place, Profile
from kansa.screening.evidence import Grounds
from kansa.screening.lists.json_lines import MAX_LINE
from kansa.screening.lists.open_form import OpenRow, profile_of
from kansa.screening.lists.reading import Gathering
from kansa.screening.matching.search import Hit, Matcher, Search

_FLUSH_EVERY = 500
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Batch:
    """A run that came to its end. `resumed_at` lines had been answered by an earlier run that was killed."""

    parties: int
    alerts: int
    unreadable: int
    resumed_at: int
    input_sha256: str
    output_sha256: str


@dataclass(frozen=True, slots=True)
class _Line:
    """A line as read: a party, or what was wrong. `aside` are fields that could not be read of a party that is asked."""

    id: str | int | None
    number: int
    party: Profile | None = None
    error: str | None = None
    aside: tuple[str, ...] = ()

    def answered(self, found: Search | None, missing: Sequence[str]) -> bytes:
        """Return the line of output; `missing` are required lists that were not asked, without which no line is an answer."""
        if found is None:
            refused = {"id": self.id, "line": self.number, "error": self.error, "candidates": None}
            return _encoder.encode(refused) + b"\n"
        answer: dict[str, Any] = {"id": self.id, "candidates": [candidate(hit) for hit in found.hits]}
        if missing:
            answer["incomplete"] = list(missing)
        if found.more:
            answer["more"] = found.more
        if self.aside:
            answer["set_aside"] = self.aside
        return _encoder.encode(answer) + b"\n"


def candidate(hit: Hit) -> dict[str, Any]:
    """Return a hit in the stable JSON of a batch."""
    return {
        "entity_id": hit.entry.id,
        "list": hit.entry.list,
        "name": hit.listed.text,
        "score": round(hit.score, 6),
        "reasons": list(hit.reasons),
    }


def run(
    source: Path,
    target: Path,
    matcher: Matcher,
    grounds: Grounds,
    *,
    processes: int | None,
    progress: Progress | None = None,
) -> Batch:
    """Answer every line of `source` into `target`, on `processes` processes (None: one for each core).

    Raises:
        BadInput: `batch.file`, if the input cannot be read or the output not be written, or if they are one file.
    """
    if target.resolve() == source.resolve():
        raise BadInput(
            "batch.file", f"`{target}` would take the place of the parties", help="give another output"
        )
    try:
        return _run(source, target, matcher, grounds, processes=processes, progress=progress)
    except OSError as error:
        raise BadInput(
            "batch.file",
            f"`{error.filename or target}` cannot be read or written: {error.strerror}",
            help="what was answered is kept; the same command goes on once the cause is gone",
        ) from error


def _run(
    source: Path,
    target: Path,
    matcher: Matcher,
    grounds: Grounds,
    *,
    processes: int | None,
    progress: Progress | None,
) -> Batch:
    input_sha256, total = _measured(source)
    part, state = (target.with_name(target.name + end) for end in (".part", ".part.json"))
    identity = _identity(input_sha256, grounds)
    done = _answered(part) if _same_run(state, identity) else 0
    if done == 0:
        part.write_bytes(b"")
        state.write_text(json.dumps(identity, indent=1), "utf-8")
    with source.open("rb") as stream, part.open("ab") as out:
        lines = (_read(*line, source.name) for line in islice(_lines(stream), done, None))
        for answered, answer in enumerate(_answers(matcher, lines, grounds, processes), done + 1):
            out.write(answer)
            if answered % _FLUSH_EVERY == 0:
                out.flush()
                if progress is not None:
                    progress(answered, total)
        out.flush()
        os.fsync(out.fileno())
    alerts, unreadable, output_sha256 = _summed(part)
    part.replace(target)
    state.unlink()
    return Batch(total, alerts, unreadable, done, input_sha256, output_sha256)


def _answers(
    matcher: Matcher, lines: Iterable[_Line], grounds: Grounds, processes: int | None
) -> Iterator[bytes]:
    """In the order of the lines. Those that name a party are asked ahead, as many at once as the matcher likes."""
    missing = [each.list for each in grounds.coverage.missing]
    waiting: deque[_Line] = deque()
    asked = matcher.search_many(
        _parties(lines, waiting), threshold=grounds.threshold, limit=grounds.limit, processes=processes
    )
    for found in asked:
        while waiting[0].party is None:
            yield waiting.popleft().answered(None, missing)
        yield waiting.popleft().answered(found, missing)
    while waiting:
        yield waiting.popleft().answered(None, missing)


def _parties(lines: Iterable[_Line], waiting: deque[_Line]) -> Iterator[Profile]:
    for line in lines:
        waiting.append(line)
        if line.party is not None:
            yield line.party


def _read(number: int, line: bytes, file: str) -> _Line:
    if len(line) > MAX_LINE:
        return _Line(None, number, error=f"the line has more than {MAX_LINE} bytes")
    line = line.removeprefix(_BYTE_ORDER_MARK)
    try:
        row = _decoder.decode(line)
    except (ValueError, RecursionError, msgspec.DecodeError) as error:
        return _Line(_id_of(line), number, error=f"the line does not fit: {error}")
    gathering = Gathering("party")
    party = profile_of(row, Place(file, number), gathering)
    if not party.names:
        return _Line(row.id, number, error="the line names nobody")
    aside = [f"{problem.field}: {problem.message}" for problem in gathering.problems()]
    aside += [f"{name}: is not a field of a party" for name in _keys.decode(line) if name not in _FIELDS]
    return _Line(row.id, number, party=party, aside=tuple(aside))


def _id_of(line: bytes) -> str | int | None:
    """Return the id of a line of which another field does not fit."""
    try:
        return _identified.decode(line).id
    except (ValueError, RecursionError, msgspec.DecodeError):
        return None


def _lines(stream: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """Lines that are not blank, numbered from 1; an endless one is cut, so that it is refused and not kept."""
    number = 0
    while line := stream.readline(MAX_LINE + 2):
        number += 1
        rest = line
        while len(rest) == MAX_LINE + 2 and not rest.endswith(b"\n"):
            rest = stream.readline(MAX_LINE + 2)
        if line.strip():
            yield number, line.rstrip(b"\r\n")


def _measured(path: Path) -> tuple[str, int]:
    """Return the hash of the input and how many parties it has."""
    with path.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        stream.seek(0)
        return sha256, sum(1 for _ in _lines(stream))


def _identity(input_sha256: str, grounds: Grounds) -> dict[str, Any]:
    """Return what makes two runs the same run."""
    return {
        "input_sha256": input_sha256,
        "record_sets": sorted(edition.record_set_sha256 for edition in grounds.editions),
        "configuration_sha256": grounds.configuration_sha256,
        "normaliser_sha256": grounds.normaliser_sha256,
        "versions": dict(grounds.versions),
        "threshold": grounds.threshold,
        "limit": grounds.limit,
    }


def _same_run(state: Path, identity: dict[str, Any]) -> bool:
    try:
        return bool(json.loads(state.read_text("utf-8")) == identity)
    except (OSError, ValueError):
        return False


def _answered(part: Path) -> int:
    """Return how many whole lines there are; a line that was cut off is removed."""
    try:
        with part.open("r+b") as stream:
            count = whole = 0
            for line in stream:
                if not line.endswith(b"\n"):
                    break
                count += 1
                whole += len(line)
            stream.truncate(whole)
    except FileNotFoundError:
        return 0
    return count


def _summed(part: Path) -> tuple[int, int, str]:
    """Lines with a candidate, lines that could not be read, and the hash of all."""
    alerts = unreadable = 0
    with part.open("rb") as stream:
        for line in stream:
            found = _outcome.decode(line).candidates
            alerts += bool(found)
            unreadable += found is None
        stream.seek(0)
        return alerts, unreadable, hashlib.file_digest(stream, "sha256").hexdigest()


class _Identified(msgspec.Struct):
    id: str | int


class _Outcome(msgspec.Struct):
    candidates: list[msgspec.Raw] | None


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(OpenRow)
_identified = msgspec.json.Decoder(_Identified)
_keys = msgspec.json.Decoder(dict[str, msgspec.Raw])
_FIELDS = frozenset(OpenRow.__struct_fields__)
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_outcome = msgspec.json.Decoder(_Outcome)
