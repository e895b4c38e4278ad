"""Trust policies (C2SP tlog-policy): which logs and which quorum of witnesses a reader accepts.

A policy with `quorum none` asks for no witness; whoever relies on it says "unwitnessed", never just "ok".
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from kansa.errors import BadInput, Problem
from kansa.ledger import note
from kansa.ledger.note import Algorithm, Checkpoint, Note, Signed, VerifierKey
from kansa.ledger.strict import decimal

NONE = "none"
_CONTROLS = frozenset(range(0x20)) - {0x09, 0x0A} | {0x7F}


class Quorum(Enum):
    """What a checkpoint's cosignatures amount to under a policy."""

    MET = "met"
    NOT_ASKED = "not_asked"
    NOT_MET = "not_met"


@dataclass(frozen=True, slots=True)
class Group:
    """At least `threshold` of these witnesses and groups."""

    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a policy says of a signed checkpoint.

    `log` is the listed key that signed it; `witnesses` are the names of those whose cosignature is valid, with the
    second since 1970 at which they say to have given it. `reasons` says all that did not count and why.
    """

    checkpoint: Checkpoint
    log: VerifierKey | None
    witnesses: tuple[tuple[str, int], ...]
    quorum: Quorum
    reasons: tuple[str, ...]

    @property
    def accepted(self) -> bool:
        """Signed by a listed log, and by a quorum if one is asked for."""
        return self.log is not None and self.quorum is not Quorum.NOT_MET


@dataclass(frozen=True, slots=True)
class Policy:
    """The logs and witnesses that a reader knows, and the quorum that it asks for.

    `urls` are the submission prefixes of witnesses, by their names; who only verifies needs none.
    """

    logs: tuple[VerifierKey, ...]
    witnesses: Mapping[str, VerifierKey]
    groups: Mapping[str, Group]
    quorum: str
    urls: Mapping[str, str] = field(default_factory=dict)

    def judge(self, signed: Note) -> Judgement:
        """Judge a signed checkpoint.

        Raises:
            BadInput: `checkpoint.format`, if the note's text is not a checkpoint.
        """
        checkpoint = note.parse_checkpoint(signed.text)
        reasons: list[str] = []
        log = self._signer(signed, checkpoint.origin, reasons)
        witnesses = self._cosigners(signed, reasons)
        quorum = self.quorum_of({name for name, _ in witnesses})
        if quorum is Quorum.NOT_MET:
            reasons.append(f"the quorum `{self.quorum}` is not met")
        return Judgement(checkpoint, log, witnesses, quorum, tuple(reasons))

    def _signer(self, signed: Note, origin: str, reasons: list[str]) -> VerifierKey | None:
        named = {key: note.verify(signed, key) for key in self.logs if key.name == origin}
        if not named:
            reasons.append(f"no listed log has the origin `{origin}`")
        elif Signed.INVALID in named.values():
            reasons.append(f"a signature of the log `{origin}` is not valid")
            return None
        elif Signed.VALID not in named.values():
            reasons.append(f"no listed key of the log `{origin}` signed")
        return next((key for key, state in named.items() if state), None)

    def _cosigners(self, signed: Note, reasons: list[str]) -> tuple[tuple[str, int], ...]:
        found = []
        for name, key in self.witnesses.items():
            state, time = note.cosigned_at(signed, key)
            if state and time is not None:
                found.append((name, time))
            elif state is Signed.INVALID:
                reasons.append(f"the cosignature of witness `{name}` is not valid")
            else:
                reasons.append(f"witness `{name}` has not cosigned")
        return tuple(found)

    def quorum_of(self, cosigned: set[str]) -> Quorum:
        """Return what cosignatures of these witnesses amount to."""
        if self.quorum == NONE:
            return Quorum.NOT_ASKED
        return Quorum.MET if self._witnessed(self.quorum, cosigned) else Quorum.NOT_MET

    def _witnessed(self, name: str, cosigned: set[str]) -> bool:
        group = self.groups.get(name)
        if group is None:
            return name in cosigned
        return sum(self._witnessed(member, cosigned) for member in group.members) >= group.threshold


def parse(data: bytes, file: str | None = None) -> Policy:
    """Read a policy file; names with octets beyond ASCII are kept as they stand.

    Raises:
        BadInput: `policy.format`, with every line that is wrong.
    """
    reading = _Reading()
    problems = []
    for number, line in enumerate(data.split(b"\n"), 1):
        try:
            _check_octets(line)
            words = line.decode("utf-8", "surrogateescape").replace("\t", " ").split(" ")
            reading.take([word for word in words if word])
        except (ValueError, BadInput) as error:
            problems.append(Problem("policy.format", str(error), file=file, line=number))
    if reading.quorum is None and not problems:
        problems.append(Problem("policy.format", "the quorum line is missing", file=file))
    if problems or reading.quorum is None:
        raise BadInput("policy.format", "the file is not a trust policy", problems=problems)
    return Policy(tuple(reading.logs), reading.witnesses, reading.groups, reading.quorum, reading.urls)


def unwitnessed(*logs: VerifierKey) -> Policy:
    """Return the policy that trusts these logs and asks for no witness."""
    return Policy(logs, {}, {}, NONE)


def encode(policy: Policy) -> bytes:
    """Return the policy as a file."""
    lines = [f"log {key.encode()}" for key in policy.logs]
    lines += [
        " ".join(["witness", name, key.encode(), *filter(None, [policy.urls.get(name)])])
        for name, key in policy.witnesses.items()
    ]
    lines += [
        f"group {name} {each.threshold} {' '.join(each.members)}" for name, each in policy.groups.items()
    ]
    return "\n".join([*lines, f"quorum {policy.quorum}", ""]).encode("utf-8", "surrogateescape")


class _Reading:
    """A policy file while its lines are taken one by one."""

    def __init__(self) -> None:
        self.logs: list[VerifierKey] = []
        self.witnesses: dict[str, VerifierKey] = {}
        self.groups: dict[str, Group] = {}
        self.urls: dict[str, str] = {}
        self.quorum: str | None = None
        self._grouped: set[str] = set()

    def take(self, words: list[str]) -> None:
        """Take one line's words; empty lines and comments say nothing."""
        if not words or words[0].startswith("#"):
            return
        takers: dict[str, Callable[[list[str]], None]] = {
            "log": self._log,
            "witness": self._witness,
            "group": self._group,
            "quorum": self._quorum_line,
        }
        if words[0] not in takers:
            raise ValueError(f"`{words[0]}` is not a policy line")
        takers[words[0]](words[1:])

    def _log(self, words: list[str]) -> None:
        _count(words, 1, 2, "log <vkey> [<url>]")
        self.logs.append(_key(words[0], Algorithm.ED25519, self.logs))

    def _witness(self, words: list[str]) -> None:
        _count(words, 2, 3, "witness <name> <vkey> [<url>]")
        self._check_new(words[0])
        self.witnesses[words[0]] = _key(words[1], Algorithm.COSIGNATURE, self.witnesses.values())
        if words[2:]:
            self.urls[words[0]] = words[2]

    def _group(self, words: list[str]) -> None:
        _count(words, 3, None, "group <name> all|any|<k> <name>...")
        name, threshold, *members = words
        self._check_new(name)
        for member in members:
            self._check_known(member)
            if member in self._grouped:
                raise ValueError(f"`{member}` is a member twice")
            self._grouped.add(member)
        least = {"all": len(members), "any": 1}.get(threshold)
        least = decimal(threshold) if least is None else least
        if not 1 <= least <= len(members):
            raise ValueError(f"`{threshold}` of {len(members)} members is not possible")
        self.groups[name] = Group(least, tuple(members))

    def _quorum_line(self, words: list[str]) -> None:
        _count(words, 1, 1, "quorum <name>")
        if self.quorum is not None:
            raise ValueError("there is more than one quorum line")
        if words[0] != NONE:
            self._check_known(words[0])
        self.quorum = words[0]

    def _check_new(self, name: str) -> None:
        if name == NONE or name in self.witnesses or name in self.groups:
            raise ValueError(f"the name `{name}` is taken")

    def _check_known(self, name: str) -> None:
        if name not in self.witnesses and name not in self.groups:
            raise ValueError(f"`{name}` is not defined on a line before")


def _key(vkey: str, algorithm: Algorithm, others: Iterable[VerifierKey]) -> VerifierKey:
    key = note.parse_vkey(vkey)
    if key.algorithm is not algorithm:
        raise ValueError(f"`{vkey}` has signature type {key.algorithm:d}, not {algorithm:d}")
    if any(other.public_key == key.public_key for other in others):
        raise ValueError(f"the public key of `{vkey}` is listed twice")
    return key


def _count(words: list[str], least: int, most: int | None, form: str) -> None:
    if len(words) < least or (most is not None and len(words) > most):
        raise ValueError(f"the line is not `{form}`")


def _check_octets(line: bytes) -> None:
    if not _CONTROLS.isdisjoint(line):
        raise ValueError("the line holds a control character")
