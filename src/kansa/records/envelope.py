"""The envelope: CloudEvents 1.0 as structured JSON, in canonical bytes.

`recordedtime` and `sequence` are the extensions that CloudEvents itself documents; `simulated` and `naturaltag` are
ours: that a log's times are told, and the tag under which a later version of the same row finds this record, so that
the index by it can be checked. Attributes and fields that we
do not know are kept, so that what was read is written again byte for byte.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import msgspec

from kansa.clock import format_instant, parse_instant
from kansa.errors import BadInput, Problem
from kansa.records import canonical

MAX_ENTRY_BYTES = 65_535
"""Limit of an entry bundle's length prefix (C2SP tlog-tiles)."""

_FIXED = {"specversion": "1.0", "datacontenttype": "application/json"}
_TEXT = ("id", "source", "type")
_TIMES = ("time", "recordedtime")
_decoder = msgspec.json.Decoder()
_KNOWN = {*_FIXED, *_TEXT, *_TIMES, "subject", "sequence", "simulated", "naturaltag", "data"}


@dataclass(frozen=True, slots=True)
class Record:
    """One piece of evidence as it stands in the ledger.

    `time` is when it happened as the source says, `recorded_at` when the sequencer took it, both instants.
    `data` still holds digests in place of sealed fields; `sealing.reveal` puts disclosed values back. `simulated`
    marks an entry of a log whose time is told and not kept: each says so itself, under the log's signature.
    """

    id: str
    source: str
    type: str
    time: int
    recorded_at: int
    data: Mapping[str, Any]
    subject: str | None = None
    sequence: str | None = None
    unknown: Mapping[str, Any] = field(default_factory=dict)
    simulated: bool = False
    natural_tag: str | None = None

    @property
    def about(self) -> tuple[str, ...]:
        """The subjects that the record concerns."""
        return tuple(self.data.get("about", ()))

    def encode(self) -> bytes:
        """Return the ledger entry.

        Raises:
            BadInput: outside the profile, or longer than an entry may be.
        """
        attributes = {
            **self.unknown,
            **_FIXED,
            "id": self.id,
            "source": self.source,
            "type": self.type,
            "time": _written(self.time),
            "recordedtime": _written(self.recorded_at),
            "data": dict(self.data),
        }
        if self.subject is not None:
            attributes["subject"] = self.subject
        if self.sequence is not None:
            attributes["sequence"] = self.sequence
        if self.natural_tag is not None:
            attributes["naturaltag"] = self.natural_tag
        if self.simulated:
            attributes["simulated"] = True
        entry = canonical.encode(attributes)
        if len(entry) > MAX_ENTRY_BYTES:
            raise BadInput(
                "record.too_long",
                f"the record of {len(entry)} bytes is longer than the {MAX_ENTRY_BYTES} that an entry may have",
                help="file long documents as attachments by SHA-256",
            )
        return entry


def decode(entry: bytes) -> Record:
    """Read a ledger entry.

    Raises:
        BadInput: not canonical, or not an envelope; every field that is wrong is listed.
    """
    attributes = canonical.decode(entry)
    if not isinstance(attributes, dict):
        raise BadInput("record.envelope", "the entry is not a JSON object")
    problems = _faults(attributes)
    time, recorded_at = (_instant(attributes, name, problems) for name in _TIMES)
    if problems:
        raise BadInput("record.envelope", "the entry is not a CloudEvents 1.0 envelope", problems=problems)
    return Record(
        id=attributes["id"],
        source=attributes["source"],
        type=attributes["type"],
        time=time,
        recorded_at=recorded_at,
        data=attributes["data"],
        subject=attributes.get("subject"),
        sequence=attributes.get("sequence"),
        natural_tag=attributes.get("naturaltag"),
        unknown={name: value for name, value in attributes.items() if name not in _KNOWN},
        simulated="simulated" in attributes,
    )


def read(entry: bytes) -> Record:
    """Read an entry of a log of one's own, whose sequencer checked it before it was appended.

    Equal to `decode` for every entry that `decode` accepts, at a quarter of its cost: the canonical form is not checked
    again; an audit does that. Entries of others go through `decode`.

    Raises:
        BadInput: not an envelope.
    """
    try:
        found = _decoder.decode(entry)
        unknown = {name: found[name] for name in found.keys() - _KNOWN} if not found.keys() <= _KNOWN else {}
        return Record(
            found["id"],
            found["source"],
            found["type"],
            _read(found["time"]),
            _read(found["recordedtime"]),
            found["data"],
            found.get("subject"),
            found.get("sequence"),
            unknown,
            "simulated" in found,
            found.get("naturaltag"),
        )
    except (msgspec.DecodeError, AttributeError, KeyError, TypeError, ValueError):
        return decode(entry)


def _faults(attributes: Mapping[str, Any]) -> list[Problem]:
    problems = [
        Problem("record.envelope", f"must be `{value}`", field=name)
        for name, value in _FIXED.items()
        if attributes.get(name) != value
    ]
    problems += [
        Problem("record.envelope", "must be a text that is not empty", field=name)
        for name in _TEXT
        if not isinstance(attributes.get(name), str) or not attributes[name]
    ]
    problems += [
        Problem("record.envelope", "must be a text", field=name)
        for name in ("subject", "sequence", "naturaltag")
        if not isinstance(attributes.get(name, ""), str)
    ]
    if attributes.get("simulated", True) is not True:
        problems.append(Problem("record.envelope", "must be true, or absent", field="simulated"))
    data = attributes.get("data")
    about = data.get("about", []) if isinstance(data, dict) else None
    if about is None:
        problems.append(Problem("record.envelope", "must be an object", field="data"))
    elif not isinstance(about, list) or any(not isinstance(subject, str) for subject in about):
        problems.append(Problem("record.envelope", "must be a list of subject ids", field="data.about"))
    return problems


def _instant(attributes: Mapping[str, Any], name: str, problems: list[Problem]) -> int:
    try:
        return _read(attributes.get(name, ""))
    except (ValueError, TypeError) as error:
        problems.append(Problem("record.envelope", str(error), field=name))
        return 0


# the records of one commit share their `recordedtime`
_read = lru_cache(1024)(parse_instant)
_written = lru_cache(1024)(format_instant)
