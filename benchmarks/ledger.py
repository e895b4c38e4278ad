"""The ledger against what it is made of, in one run: appends, raw fsync, audits; ratios and the bars of the design.

    python benchmarks/ledger.py [--records 20000] [--rounds 5]

Every figure is the median of rounds in which both sides take turns, so that a machine that others use as well
disturbs both alike. Figures of one machine say little; the ratios are what the design promises.
"""

import argparse
import hashlib
import json
import os
import sqlite3
import tempfile
import time
from base64 import b64decode
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import pymerkle
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from kansa.clock import SystemClock
from kansa.ledger import keys
from kansa.ledger.audit import audit
from kansa.ledger.note import SigningKey
from kansa.ledger.proof import verify_inclusion
from kansa.ledger.sequencer import Sequencer
from kansa.ledger.stores import sqlite, values
from kansa.ledger.tree import leaf_hash
from kansa.records.draft import Draft, Submission, submit

ORIGIN = "bench.example/kansa/evidence"
RAW_BYTES = 700


@dataclass(frozen=True, slots=True)
class Bench:
    """A log in a directory of its own."""

    folder: Path
    key: SigningKey
    sequencer: Sequencer

    @classmethod
    def create(cls, folder: Path) -> "Bench":
        folder.mkdir()
        key = keys.create_log_key(folder / "log.key", ORIGIN)
        value_key = keys.create_key(folder / "values.key", "values")
        sqlite.create(folder / "ledger", ORIGIN)
        values.create(folder / "values", value_key)
        writer, keeper = (
            sqlite.SqliteWriter(folder / "ledger"),
            values.ValueWriter(folder / "values", value_key),
        )
        return cls(
            folder, key, Sequencer(writer, keeper, key, SystemClock(), published=folder / "checkpoint")
        )


def submissions(start: int, stop: int, *, sealed: bool) -> list[Submission]:
    """Workloads, with four sealed fields or none; a hundred tenants."""
    return [_submission(number, sealed=sealed) for number in range(start, stop)]


def _submission(number: int, *, sealed: bool) -> Submission:
    workload = "wkl_" + hashlib.sha256(b"%d" % number).hexdigest()[:26].translate(_BASE32)
    data: dict[str, Any] = {
        "valid_from": "2026-01-01T00:00:00.000Z",
        "known_by": "measured",
        "workload_id": workload,
        "tenant_id": "pty_" + f"{number % 100:026d}".translate(_BASE32),
        "units": ["nod_" + f"{number % 500:026d}".translate(_BASE32)],
    }
    if sealed:
        introduced = [{"id": workload, "system": "slurm", "key": str(number)}]
        data |= {
            "account": f"account {number % 100}",
            "user": f"user {number}",
            "note": "a note",
            "introduces": introduced,
        }
    kind = "sealed" if sealed else "open"
    draft = Draft("kansa.workload.placed.v0", f"urn:kansa:bench:{kind}", str(number), 0, data)
    return submit(draft, b"c" * 32)


_BASE32 = str.maketrans("0189", "abcd")


def timed(work: Callable[[], object]) -> float:
    """Seconds."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def appends(bench: Bench, batches: Sequence[Sequence[Submission]]) -> float:
    """Records a second."""
    seconds = timed(lambda: [bench.sequencer.append(batch) for batch in batches])
    return sum(map(len, batches)) / seconds


def raw_fsync(folder: Path, times: int) -> float:
    """Appends of 700 bytes a second, each with its fsync."""
    descriptor = os.open(folder / "raw", os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def write() -> None:
        for _ in range(times):
            os.write(descriptor, b"x" * RAW_BYTES)
            os.fsync(descriptor)

    try:
        return times / timed(write)
    finally:
        os.close(descriptor)


def independent_audit(bench: Bench, *, canonical: bool) -> None:
    """What another Python programmer would write from the RFCs: json, rfc8785, pymerkle, cryptography, sqlite3."""
    public = Ed25519PublicKey.from_public_bytes(bench.key.verifier.public_key)
    tree = pymerkle.InmemoryTree(algorithm="sha256")
    last = ""
    with closing(sqlite3.connect(bench.folder / "ledger")) as connection:
        notes = dict(connection.execute("SELECT size, note FROM checkpoint"))
        rows = connection.execute(
            "SELECT seq, body, name, id FROM entry JOIN source ON number = source ORDER BY seq"
        )
        for index, body, source, event_id in rows:
            if canonical:
                record = json.loads(body)
                _hold(rfc8785.dumps(record) == body)
                _hold((record["source"], record["id"], record["specversion"]) == (source, event_id, "1.0"))
                _hold(record["recordedtime"] >= last)
                last = record["recordedtime"]
            tree.append_entry(body)
            if index + 1 in notes:
                text, _, signature = notes[index + 1].decode().partition("\n\n")
                public.verify(b64decode(signature.split()[2])[4:], f"{text}\n".encode())
                _hold(b64decode(text.split("\n")[2]) == tree.get_root())


def ours(bench: Bench) -> None:
    """Our audit, which also compares every stored tree hash."""
    with closing(sqlite.SqliteReader(bench.folder / "ledger")) as reader:
        _hold(audit(reader, bench.key.verifier).ok)


def proofs(bench: Bench) -> tuple[float, float]:
    """Inclusion proofs made from the store and verified, a second."""
    with closing(sqlite.SqliteReader(bench.folder / "ledger")) as reader:
        size = reader.size()
        wanted = range(0, size, max(1, size // 2000))
        made: list[list[bytes]] = []
        making = timed(lambda: made.extend(reader.inclusion(index, size) for index in wanted))
        leaves = [leaf_hash(reader.entry(index)) for index in wanted]
        root = reader.root(size)
        held: list[bool] = []
        verifying = timed(
            lambda: held.extend(
                verify_inclusion(index, size, leaf, path, root)
                for index, leaf, path in zip(wanted, leaves, made, strict=True)
            )
        )
    _hold(all(held))
    return len(made) / making, len(made) / verifying


def _hold(condition: object) -> None:
    if not condition:
        raise SystemExit("an audit did not find what it must")


def show(name: str, figure: float, *, ratio: float | None = None, bar: float | None = None) -> None:
    """One line; a bar that is missed is marked."""
    against = "" if ratio is None else f"  ratio {ratio:5.2f}"
    verdict = "" if bar is None or ratio is None else f"  bar {bar:.2f}  {'ok' if ratio >= bar else 'MISSED'}"
    print(f"{name:<58} {figure:>12,.0f} /s{against}{verdict}")


def appending(folder: Path, records: int, rounds: int) -> tuple[Bench, Bench]:
    """Unsealed, sealed and raw writes by turns."""
    plain, sealed = Bench.create(folder / "plain"), Bench.create(folder / "sealed")
    size = max(1000, records // rounds // 1000 * 1000)
    singles = max(100, size // 20)
    rates: dict[str, list[float]] = {
        name: [] for name in ("plain", "sealed", "one plain", "one sealed", "raw")
    }
    for turn in range(rounds):
        start = turn * (size + singles)
        for name, bench in (("plain", plain), ("sealed", sealed)):
            made = submissions(start, start + size + singles, sealed=name == "sealed")
            batches = [made[at : at + 1000] for at in range(0, size, 1000)]
            rates[name].append(appends(bench, batches))
            rates[f"one {name}"].append(appends(bench, [[each] for each in made[size:]]))
            rates["raw"].append(raw_fsync(folder, singles))
    found = {name: median(each) for name, each in rates.items()}
    show("append, nothing sealed, batches of 1000", found["plain"])
    show(
        "append, 4 fields sealed, batches of 1000",
        found["sealed"],
        ratio=found["sealed"] / found["plain"],
        bar=0.3,
    )
    show("write 700 bytes and fsync", found["raw"])
    show(
        "append, nothing sealed, one by one",
        found["one plain"],
        ratio=found["one plain"] / found["raw"],
        bar=0.3,
    )
    show(
        "append, 4 fields sealed, one by one",
        found["one sealed"],
        ratio=found["one sealed"] / found["raw"],
        bar=0.3,
    )
    return plain, sealed


def auditing(bench: Bench, rounds: int) -> None:
    """Our audit and an independent one of the same log, by turns."""
    with closing(sqlite.SqliteReader(bench.folder / "ledger")) as reader:
        size = reader.size()
    seconds: dict[str, list[float]] = {name: [] for name in ("ours", "independent", "hashes only")}
    for _ in range(rounds):
        seconds["ours"].append(timed(lambda: ours(bench)))
        seconds["independent"].append(timed(lambda: independent_audit(bench, canonical=True)))
        seconds["hashes only"].append(timed(lambda: independent_audit(bench, canonical=False)))
    rates = {name: size / median(each) for name, each in seconds.items()}
    show("audit, independent (json, rfc8785, pymerkle)", rates["independent"])
    show("audit, independent, hashes and signatures only", rates["hashes only"])
    show(f"audit of {size} entries", rates["ours"], ratio=rates["ours"] / rates["independent"], bar=2.0)
    made, verified = proofs(bench)
    show("inclusion proofs made", made)
    show("inclusion proofs verified", verified)


def main() -> None:
    """Run all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=os.environ.get("KANSA_BENCH_DIR")) as folder:
        plain, sealed = appending(Path(folder), options.records, options.rounds)
        plain.sequencer.close()
        sealed.sequencer.close()
        auditing(sealed, max(1, options.rounds // 2))


if __name__ == "__main__":
    main()
