"""How many listed parties screening finds at a bearable number of alerts, and how fast, beside nomenklatura.

    python benchmarks/screening.py DATA [--peer .venv-peers/bin/python] [--markdown FILE] [--only quality|speed]

DATA is a folder with `index.jsonl`, `retrieval.jsonl` and `pairs.jsonl` as described in docs/screening-matching.md.
Recall at N alerts: the share of listed parties whose entry is found at a score that at most N of 1,000 clean parties
reach. Both programs answer the same queries in the same run; thresholds are each program's own, set by the clean
parties, so that scales do not matter. A query whose `split` is "heldout" is reported apart, where there are such.

The Japanese and Chinese subset asks for the bilingual pairs of `pairs.jsonl` in characters, where the lists name them
in English only.
"""

import argparse
import gc
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path
from typing import Any

from kansa.screening import compare
from kansa.screening.entry import Entry, Name, Profile, Schema
from kansa.screening.matching.index import Index
from kansa.screening.names.scripts import CJK, scripts_in

ALERTS = (10, 25, 50)
LIMIT = 10
FLOOR = 0.3  # below, no program's hits are counted
SCHEMAS: Mapping[str, Schema | None] = {
    "Person": "Person",
    "Organization": "Organization",
    "Company": "Organization",
    "LegalEntity": None,
    "Vessel": "Vessel",
    "Airplane": "Aircraft",
}
BILINGUAL = {"cn_mofcom_zh_en": "Chinese", "jp_meti_ru_ja_en": "Japanese"}
Row = dict[str, Any]
Answers = Sequence[Sequence[tuple[float, str]]]
"""For each query the scored entry ids, best first."""


def rows(path: Path) -> list[Row]:
    """The objects of a JSON-lines file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def entries(listed: Iterable[Row]) -> list[Entry]:
    """The benchmark's listed entities as entries."""
    return [
        Entry(
            id=row["id"],
            list=row["list"],
            schema=SCHEMAS[row["schema"]],
            names=tuple(Name(name) for name in row["names"]),
        )
        for row in listed
    ]


def parties(queries: Iterable[Row]) -> list[Profile]:
    """The benchmark's queries as parties with one name."""
    return [Profile(schema=SCHEMAS[row["schema"]], names=(Name(row["query"]),)) for row in queries]


@dataclass(frozen=True, slots=True)
class Ran:
    """What the peer answered and what it took: seconds for all queries, and of processor time."""

    answers: Answers
    seconds: float
    cpu: float


def run_ours(listed: list[Row], queries: list[Row]) -> Answers:
    """Kansa, on all cores that this process may use."""
    found = Index.build(entries(listed)).search_many(parties(queries), threshold=FLOOR, limit=LIMIT)
    return [[(hit.score, hit.entry.id) for hit in one.hits] for one in found]


def run_peer(python: Path, folder: Path) -> tuple[Ran, Sequence[float], Mapping[str, str]]:
    """The peer, nomenklatura, in its own environment, on the files of a folder; its scores of the pairs and its versions."""
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch, "told.json")
        script = Path(__file__).parent / "peers" / "nomenklatura_screening.py"
        subprocess.run([str(python), str(script), str(folder), str(out)], check=True)
        told = json.loads(out.read_text(encoding="utf-8"))
    retrieval = told["retrieval"]
    ran = Ran(
        [[(score, key) for score, key in one if score >= FLOOR] for one in retrieval["results"]],
        retrieval["seconds"],
        retrieval["cpu"],
    )
    return ran, told["pairs"]["scores"], told["versions"]


def threshold_for(queries: Sequence[Row], answers: Answers, alerts: int) -> float:
    """The score that at most `alerts` of 1,000 clean parties exceed."""
    clean = sorted(
        (
            one[0][0] if one else 0.0
            for query, one in zip(queries, answers, strict=True)
            if not query["targets"]
        ),
        reverse=True,
    )
    return clean[min(int(len(clean) * alerts / 1000), len(clean) - 1)]


def recall(
    queries: Sequence[Row], answers: Answers, alerts: int, kept: Callable[[Row], bool]
) -> tuple[float, int]:
    """The share of the listed parties that are kept whose entry is above the threshold, and how many these are."""
    least = threshold_for(queries, answers, alerts)
    found = [
        any(score > least and key in query["targets"] for score, key in one)
        for query, one in zip(queries, answers, strict=True)
        if query["targets"] and kept(query)
    ]
    return sum(found) / max(len(found), 1), len(found)


def recall_table(
    queries: Sequence[Row], ours: Answers, theirs: Answers | None, bars: Mapping[int, float]
) -> list[str]:
    """Recall at each number of alerts, for all and by kind."""
    kinds: dict[str, Callable[[Row], bool]] = {"all": lambda _: True}
    splits = {query.get("split") for query in queries}
    for split in sorted(filter(None, splits)) if len(splits - {None}) > 1 else ():
        kinds[f"all, {split}"] = lambda query, split=split: query.get("split") == split  # type: ignore[misc]
    for kind in sorted({query["kind"] for query in queries if query["targets"]}):
        kinds[kind] = lambda query, kind=kind: query["kind"] == kind  # type: ignore[misc]
    told = [
        "| listed parties | alerts per 1,000 | n | Kansa | nomenklatura | ratio | bar |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, kept in kinds.items():
        for alerts in ALERTS:
            mine, count = recall(queries, ours, alerts, kept)
            if theirs is None:
                told.append(f"| {name} | {alerts} | {count} | {mine:.3f} | | | |")
                continue
            other, _ = recall(queries, theirs, alerts, kept)
            ratio = mine / other if other else float("inf")
            bar = bars.get(alerts) if name == "all" else None
            verdict = f"≥ {bar}: {'met' if ratio >= bar else 'missed'}" if bar else ""
            told.append(
                f"| {name} | {alerts} | {count} | {mine:.3f} | {other:.3f} | {ratio:.2f} | {verdict} |"
            )
    return told


def bilingual(folder: Path, into: Path) -> None:
    """The Japanese and Chinese subset as a folder of its own: asked in characters, listed in English only."""
    listed = [
        row | {"names": names}
        for row in rows(folder / "index.jsonl")
        if (names := [name for name in row["names"] if not scripts_in(name) & CJK])
    ]
    pairs = [row for row in rows(folder / "pairs.jsonl") if row["source"] in BILINGUAL and row["label"]]
    by_name = defaultdict(list)
    for row in listed:
        for name in row["names"]:
            by_name[name].append(row["id"])
    queries = []
    for number, pair in enumerate(pairs):
        if not (scripts_in(pair["query"]) & CJK) or scripts_in(pair["candidate"]) & CJK:
            continue
        if pair["candidate"] not in by_name:
            key = f"bilingual-{number}"
            listed.append(
                {"id": key, "list": pair["source"], "schema": "Organization", "names": [pair["candidate"]]}
            )
            by_name[pair["candidate"]].append(key)
        queries.append(
            {
                "kind": BILINGUAL[pair["source"]],
                "query": pair["query"],
                "schema": "Organization",
                "targets": by_name[pair["candidate"]],
            }
        )
    clean = [row for row in rows(folder / "retrieval.jsonl") if not row["targets"]]
    for name, content in (("index", listed), ("retrieval", [*queries, *clean]), ("pairs", [])):
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in content)
        (into / f"{name}.jsonl").write_text(text, encoding="utf-8")


def average_precision(labels: Sequence[int], scores: Sequence[float]) -> float:
    """The area under precision over recall; equal scores are one step."""
    order = sorted(zip(scores, labels, strict=True), reverse=True)
    total, right, seen, area, at = sum(labels), 0, 0, 0.0, 0
    while at < len(order):
        end = at
        while end < len(order) and order[end][0] == order[at][0]:
            end += 1
        gained = sum(label for _, label in order[at:end])
        right, seen, at = right + gained, seen + end - at, end
        area += gained / total * right / seen
    return area


def best_f1(labels: Sequence[int], scores: Sequence[float]) -> float:
    """F1 at the threshold that suits this program best."""
    best = 0.0
    for least in sorted(set(scores)):
        right = sum(1 for label, score in zip(labels, scores, strict=True) if label and score >= least)
        wrong = sum(1 for label, score in zip(labels, scores, strict=True) if not label and score >= least)
        best = max(best, 2 * right / (right + wrong + sum(labels)))
        if least > 0 and right == 0:
            break
    return best


def pair_table(pairs: Sequence[Row], theirs: Sequence[float] | None) -> list[str]:
    """AP and F1 by source; a pair that is not comparable counts as the lowest score."""
    ours = [
        round(compare(row["query"], row["candidate"], schema=SCHEMAS[row["schema"]]).value or 0.0, 2)
        for row in pairs
    ]
    peer = None if theirs is None else [round(score, 2) for score in theirs]
    told = [
        "| source | pairs | AP Kansa | AP logic-v2 | F1 Kansa | F1 logic-v2 |",
        "|---|---|---|---|---|---|",
    ]
    for source in ["all", *sorted({row["source"] for row in pairs})]:
        at = [number for number, row in enumerate(pairs) if source in ("all", row["source"])]
        labels = [pairs[number]["label"] for number in at]
        if not any(labels):
            continue
        cells = [
            "" if scores is None else f"{measure(labels, [scores[number] for number in at]):.3f}"
            for measure in (average_precision, best_f1)
            for scores in (ours, peer)
        ]
        told.append(f"| {source} | {len(at)} | {cells[0]} | {cells[1]} | {cells[2]} | {cells[3]} |")
    return told


def measure_speed(folder: Path, many: int) -> dict[str, Any]:
    """One query at a time, many on all cores, the nightly difference, memory: measured in a process of its own."""
    listed, queries = (rows(folder / f"{name}.jsonl") for name in ("index", "retrieval"))
    began = time.perf_counter()
    index = Index.build(entries(listed))
    build = time.perf_counter() - began
    asked = parties(queries)
    for party in asked[:100]:
        index.search(party)
    candidates, explained = _single(index, asked[100::2])
    gc.collect()
    began, spent = time.perf_counter(), _cpu()
    crowd = islice(_crowd(queries), many)  # as a file of parties comes: one after the other
    hits = sum(len(one.hits) for one in index.search_many(crowd, threshold=0.7, limit=LIMIT))
    batch, spent = time.perf_counter() - began, _cpu() - spent
    changed = Index.build(index.entries[:50], like=index)
    began = time.perf_counter()
    sum(1 for _ in changed.search_many(islice(_crowd(queries), many), threshold=0.7, limit=LIMIT))
    return {
        "names": sum(len(row["names"]) for row in listed),
        "build": build,
        "candidates": candidates,
        "explained": explained,
        "hits": hits,
        "batch": batch,
        "cpu": spent,
        "nightly": time.perf_counter() - began,
        # A worker's peak counts what it shares with us again, so this is more than what is used.
        "gigabytes": (
            resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            + resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        )
        / 1e6,
    }


def _crowd(queries: Sequence[Row]) -> Iterator[Profile]:
    """The queries again and again, each time with the words in another order, so that no name was seen before."""
    for turn in count():
        for row in queries:
            words = row["query"].split()
            at = turn % max(len(words), 1)
            yield Profile(schema=SCHEMAS[row["schema"]], names=(Name(" ".join(words[at:] + words[:at])),))


def _cpu() -> float:
    """Processor seconds of this process and of its workers that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def speed_table(folder: Path, peer: Ran | None, many: int) -> list[str]:
    """What `measure_speed` measured, beside the peer."""
    command = [sys.executable, __file__, str(folder), "--only", "measurements", "--many", str(many)]
    took = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    rate = many / took["batch"]
    lines = [
        (f"index of {took['names']:,} names built", f"{took['build']:.1f} s", ""),
        (
            "one query, candidates, p50 / p95",
            _both(took["candidates"]),
            _verdict(took["candidates"][0] <= 1, "≤ 1 ms"),
        ),
        (
            "one query, explained, p50 / p95",
            _both(took["explained"]),
            _verdict(took["explained"][0] <= 3, "≤ 3 ms"),
        ),
        (
            f"{many:,} parties × all lists ({took['hits']:,} hits)",
            f"{took['batch']:.1f} s, {rate:,.0f} a second",
            "",
        ),
        (
            "1M parties × all lists" + (", extrapolated" if many < 1_000_000 else ""),
            f"{1e6 / rate / 60:.1f} min",
            _verdict(1e6 / rate <= 600, "≤ 10 min"),
        ),
        (f"{many:,} parties × 50 changed entries", f"{took['nightly']:.1f} s", ""),
        (
            "peak memory, this process and a worker",
            f"{took['gigabytes']:.2f} GB",
            _verdict(took["gigabytes"] <= 2, "≤ 2 GB"),
        ),
    ]
    if peer is not None:
        theirs = len(peer.answers) / peer.seconds
        lines.append(("nomenklatura, the same queries, one process", f"{theirs:,.0f} a second", ""))
        lines.append(
            ("ratio of queries a second", f"{rate / theirs:.0f}", _verdict(rate / theirs >= 20, "≥ 20"))
        )
        per_core = peer.cpu / len(peer.answers) / (took["cpu"] / many)
        lines.append(("ratio of processor time for a query", f"{per_core:.1f}", ""))
    return ["| what | measured | bar |", "|---|---|---|", *(f"| {' | '.join(line)} |" for line in lines)]


def _both(milliseconds: Sequence[float]) -> str:
    return f"{milliseconds[0]:.2f} / {milliseconds[1]:.2f} ms"


def _single(index: Index, asked: Sequence[Profile]) -> tuple[tuple[float, float], tuple[float, float]]:
    """p50 and p95 in milliseconds of finding candidates only, and of all of it, each for names not seen before."""
    return (
        _percentiles([_timed(index.candidates, party) for party in asked[::2]]),
        _percentiles([_timed(index.search, party) for party in asked[1::2]]),
    )


def _timed(ask: Callable[[Profile], object], party: Profile) -> float:
    began = time.perf_counter()
    ask(party)
    return time.perf_counter() - began


def _percentiles(seconds: list[float]) -> tuple[float, float]:
    ordered = sorted(seconds)
    return ordered[len(ordered) // 2] * 1e3, ordered[int(len(ordered) * 0.95)] * 1e3


def _verdict(met: bool, bar: str) -> str:  # noqa: FBT001 - it is what the function is about
    return f"{bar}: {'met' if met else 'missed'}"


def quality(folder: Path, python: Path | None) -> tuple[list[str], Ran | None]:
    """The tables of quality, and the peer's run on the whole set."""
    listed, queries, pairs = (rows(folder / f"{name}.jsonl") for name in ("index", "retrieval", "pairs"))
    ours = run_ours(listed, queries)
    peer, scores, versions = run_peer(python, folder) if python else (None, None, {})
    told = [
        f"{len(listed):,} listed entities, {sum(bool(row['targets']) for row in queries):,} listed parties and "
        f"{sum(not row['targets'] for row in queries):,} clean ones asked for; peer: "
        + (", ".join(f"{name} {version}" for name, version in versions.items()) or "none"),
        "",
        "## End to end",
        "",
        *recall_table(queries, ours, peer.answers if peer else None, {10: 1.05, 50: 1.15}),
    ]
    with tempfile.TemporaryDirectory() as scratch:
        bilingual(folder, Path(scratch))
        subset = rows(Path(scratch, "retrieval.jsonl"))
        mine = run_ours(rows(Path(scratch, "index.jsonl")), subset)
        other = run_peer(python, Path(scratch))[0] if python else None
        told += ["", "## Asked in Japanese or Chinese, listed in English", ""]
        told += recall_table(subset, mine, other.answers if other else None, dict.fromkeys(ALERTS, 2.0))
    told += ["", "## Labelled pairs", "", *pair_table(pairs, scores)]
    return told, peer


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument(
        "--peer", type=Path, default=Path(".venv-peers/bin/python"), help="the Python of `make peers`"
    )
    parser.add_argument("--only", choices=("quality", "speed", "measurements"))
    parser.add_argument("--many", type=int, default=20_000, help="parties in the batch")
    parser.add_argument("--markdown", type=Path, help="write the tables to this file too")
    given = parser.parse_args()
    if given.only == "measurements":
        print(json.dumps(measure_speed(given.data, given.many)))
        return
    python = given.peer if given.peer.exists() else None
    if python is None:
        print(f"no peer at `{given.peer}`: `make peers` installs it", file=sys.stderr)
    told: list[str] = ["# Screening, measured", "", "Written by `benchmarks/screening.py`.", ""]
    peer = None
    if given.only != "speed":
        tables, peer = quality(given.data, python)
        told += tables
    if given.only != "quality":
        if peer is None and python is not None:
            peer = run_peer(python, given.data)[0]
        told += ["", "## Speed", "", *speed_table(given.data, peer, given.many)]
    text = "\n".join(told)
    print(text)
    if given.markdown:
        given.markdown.parent.mkdir(parents=True, exist_ok=True)
        given.markdown.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
