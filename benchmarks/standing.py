"""Standing facts at the size of a large operator: load, memory, the first and the next ground, a new record.

    python benchmarks/standing.py [--tenants 10000]

Each tenant has two end users, each verified, cleared, on a path and under a licence of its own. The ledger is a list and
the registers are real; nothing is revealed. Seconds are of the processor, since the machine is shared.
"""

import argparse
import json
import random
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from kansa import ids
from kansa.clock import DAY, format_instant, parse_instant
from kansa.gate.fact_cache import FactCache
from kansa.gate.fact_feed import FactCacheUpdater
from kansa.gate.snapshot import Question
from kansa.ledger.tree import Frontier, leaf_hash
from kansa.records.draft import Draft, complete, submit
from kansa.registers import store
from kansa.registers.incremental import catch_up

BEGIN = parse_instant("2026-01-01T00:00:00.000Z")
KEY = b"k" * 32


class Log:
    """A ledger in a list."""

    def __init__(self) -> None:
        self.lines: list[bytes] = []
        self._dice = random.Random(1).randbytes

    def add(self, kind: str, **data: Any) -> None:
        """Record a claim, valid from the beginning."""
        said = {"valid_from": format_instant(BEGIN), "known_by": "documented", **data}
        draft = Draft(f"kansa.{kind}.v0", "urn:kansa:bench.example:x", str(len(self.lines)), BEGIN, said)
        self.lines.append(
            complete(submit(draft, KEY), BEGIN + len(self.lines) * 1000, self._dice).record.encode()
        )

    def size(self) -> int:
        return len(self.lines)

    def root(self, size: int) -> bytes:
        return Frontier().extended([leaf_hash(line) for line in self.lines[:size]])[0].root

    def entry(self, index: int) -> bytes:
        return self.lines[index]

    def entries(self, start: int, stop: int) -> Iterator[tuple[int, bytes]]:
        return ((index, self.lines[index]) for index in range(start, min(stop, len(self.lines))))


def world(log: Log, tenants: int) -> list[Question]:
    """The records, and one question for each tenant and end user."""
    dice = random.Random(2)

    def mint(kind: str) -> str:
        return ids.mint(kind, dice.randbytes)

    site, asked, until = mint("site"), list[Question](), format_instant(BEGIN + 365 * DAY)
    log.add("site.registered", site_id=site, country="JP")
    log.add("site.commissioned", site_id=site)
    for jurisdiction in ("US", "JP"):
        classified = {"item_class": "h100", "control": "3A090.a", "result": "controlled"}
        log.add("item.classified", jurisdiction=jurisdiction, **classified)
    for _ in range(tenants):
        tenant = mint("party")
        log.add("party.registered", party_id=tenant, roles=["tenant"])
        for _ in range(2):
            user, path = mint("party"), mint("path")
            both = {"tenant_id": tenant, "end_user_id": user}
            log.add("party.registered", party_id=user, roles=["end_user"])
            log.add("end_user.verified", end_user_id=user, valid_to=until)
            log.add("case.decided", decision="permit", valid_to=until, **both)
            log.add("access_path.approved", path_id=path, method="direct", **both)
            log.add("access_path.enabled", path_id=path)
            basis = {"end_user_ids": [user], "item_classes": ["h100"], "site_ids": [site]}
            log.add(
                "authorization.recorded",
                authorization_id=mint("authorization"),
                jurisdiction="US",
                basis="licence",
                **basis,
            )
            asked.append(Question(tenant, user, path, site, None, "h100", "train", "JP"))
    return asked


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tenants", type=int, default=10_000)
    given = parser.parse_args()
    log, now = Log(), BEGIN + DAY
    asked = world(log, given.tenants)
    with tempfile.TemporaryDirectory() as directory:
        engine = store.engine_at(Path(directory) / "registers.db")
        began = time.process_time()
        catch_up(engine, log)
        filled = time.process_time() - began
        board = FactCache()
        follower = FactCacheUpdater(board, log, lambda _: {}, engine)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        began = time.process_time()
        with engine.connect() as connection:
            follower.follow(connection)
        loaded = time.process_time() - began
        began = time.process_time()
        kept = board.warm(now)
        warmed = time.process_time() - began
        held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        first = timed(board, asked, now)
        again = timed(board, asked, now)
        log.add("party.risk_rated", party_id=asked[0].tenant_id, of="end_user", tier="high")
        began = time.process_time()
        catch_up(engine, log)
        with engine.connect() as connection:
            follower.follow(connection)
        took = time.process_time() - began
        engine.dispose()
    print(
        json.dumps(
            {
                "records": log.size(),
                "end users": len(asked),
                "registers filled, s": round(filled, 1),
                "board loaded, s": round(loaded, 1),
                "claims and pieces, MB": round(held / 1024),
                "warm, s": round(warmed, 1),
                "pieces": kept,
                "ground after warm, us p50": round(median(first)),
                "ground again, us p50": round(median(again)),
                "a new record followed, ms": round(took * 1000, 1),
            },
            indent=2,
        )
    )


def timed(board: FactCache, asked: list[Question], now: int) -> list[float]:
    """Microseconds a ground."""
    found = []
    for question in asked:
        began = time.process_time()
        board.ground(question, now)
        found.append((time.process_time() - began) * 1e6)
    return found


if __name__ == "__main__":
    main()
