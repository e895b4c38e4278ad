"""Screens the benchmark's queries with nomenklatura: its DuckDB blocking, then logic-v2 on what that finds.

    .venv-peers/bin/python benchmarks/peers/nomenklatura_screening.py FOLDER OUT.json [--candidates 30]

It runs in the environment that `make peers` makes and knows nothing of Kansa; `benchmarks/screening.py` starts it
and reads OUT.json. Every entity has an id of its own in every role, because logic-v2 caches names by entity id.
"""

import argparse
import importlib.metadata
import json
import os
import tempfile
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("PYTHONWARNINGS", "ignore")

from followthemoney import Dataset, StatementEntity  # type: ignore[import-not-found]
from nomenklatura.blocker import Index  # type: ignore[import-not-found]
from nomenklatura.matching import ScoringConfig  # type: ignore[import-not-found]
from nomenklatura.matching.logic_v2.model import LogicV2  # type: ignore[import-not-found]
from nomenklatura.resolver import Linker  # type: ignore[import-not-found]
from nomenklatura.store.memory import MemoryStore  # type: ignore[import-not-found]

LISTS = Dataset.make({"name": "lists", "title": "lists"})


def entity(key: str, schema: str, names: list[str]) -> StatementEntity:
    """An entity with these names and nothing else."""
    made = StatementEntity.from_data(LISTS, {"id": key, "schema": schema, "properties": {"name": names}})
    made.id = key
    return made


def lines(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSON-lines file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def retrieval(folder: Path, queries: list[dict[str, Any]], candidates: int) -> dict[str, Any]:
    """Every query against the index: the scored candidates, best first, and what it took."""
    began = time.perf_counter()
    listed = {
        row["id"]: entity(row["id"], row["schema"], row["names"]) for row in lines(folder / "index.jsonl")
    }
    store: MemoryStore[Dataset, StatementEntity] = MemoryStore(LISTS, Linker({}))
    with store.writer() as writer:
        for one in listed.values():
            writer.add_entity(one)
    with tempfile.TemporaryDirectory() as scratch:
        index = Index(store.default_view(), Path(scratch))
        index.build()
        built, cpu = time.perf_counter(), time.process_time()
        asked = {
            f"query-{number}": entity(f"query-{number}", row["schema"], [row["query"]])
            for number, row in enumerate(queries)
        }
        config, found = ScoringConfig.defaults(), {}
        for key, matches in index.match_entities(list(asked.values())):
            query = asked[key.id]
            scored = [
                (LogicV2.compare(query, listed[other.id], config).score, other.id)
                for other, _ in matches[:candidates]
                if query.schema.can_match(listed[other.id].schema)
            ]
            found[key.id] = sorted(scored, reverse=True)
        ended, spent = time.perf_counter(), time.process_time() - cpu
        index.close()
    return {
        "build_seconds": built - began,
        "seconds": ended - built,
        "cpu": spent,
        "results": [found.get(f"query-{number}", []) for number in range(len(queries))],
    }


def pairs(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """logic-v2 on every labelled pair."""
    config = ScoringConfig.defaults()
    began = time.perf_counter()
    scores = []
    for number, row in enumerate(rows):
        query = entity(f"pair-{number}-query", row["schema"], [row["query"]])
        other = entity(f"pair-{number}-candidate", row["schema"], [row["candidate"]])
        scores.append(LogicV2.compare(query, other, config).score)
    return {"seconds": time.perf_counter() - began, "scores": scores}


def main() -> None:
    """Screen, compare, and write what came out."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--candidates", type=int, default=30, help="score so many of the blocker's best")
    given = parser.parse_args()
    told = {
        "versions": {
            name: importlib.metadata.version(name) for name in ("nomenklatura", "followthemoney", "rigour")
        },
        "retrieval": retrieval(given.folder, lines(given.folder / "retrieval.jsonl"), given.candidates),
        "pairs": pairs(lines(given.folder / "pairs.jsonl")),
    }
    given.out.write_text(json.dumps(told), encoding="utf-8")


if __name__ == "__main__":
    main()
