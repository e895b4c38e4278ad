"""How fast is evidence in bulk: Slurm's text to rows that are sealed, registered and answered, and to a dossier that is verified.

    python benchmarks/vault.py --rows 1_000_000 --vault-days 9 [--write] [--keep DIR]

Every step is a process of its own on the same files, so that its CPU and peak memory are its own. Ratios are to what any
way would pay at the least: DuckDB's bare parse of the text into a table, a scan of the rows, SHA-256 of the file, one
sort of the parsed table. `--vault-days` more files of as many rows fill the vault before one more day is taken in.
A page is not written on a machine that has other work: the figures would be its load's.
"""

import argparse
import hashlib
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from kansa import ids
from kansa.application.auditing.vault import audit_vault
from kansa.application.coherence import CoherenceAnswer, CoherenceQuestion, ask
from kansa.application.dossiers import DossierRequest, build
from kansa.application.ingest import take_in
from kansa.application.tables_export import export_tables
from kansa.clock import DAY, HOUR, MICROSECONDS, format_instant, parse_instant
from kansa.coherence.assess import assess_tables
from kansa.dossier import container, members, statement
from kansa.dossier import verify as verifier
from kansa.dossier.opened_rows import open_rows
from kansa.evidence import reader
from kansa.ledger import policy
from kansa.records import canonical, envelope
from kansa.records.draft import Draft
from kansa.registers.derive import derive
from kansa.vault import vault as vaults
from kansa.vault.settings import Settings
from kansa.vault.vault import Vault

sys.path.insert(0, str(Path(__file__).parents[1]))
from benchmarks.written import write

BEGIN = parse_instant("2026-01-01T00:00:00.000Z")
NODES, DEVICES, TENANTS = 400, 8, 200
HEADER = "JobIDRaw|Cluster|Account|User|AllocTRES|NodeList|Start|End|State|JobName"
ITEM = "h100-sxm5"
MOST_LOAD = 0.3
"""The load by core above which no page is written."""
SMALL = (10, 30, 100, 300, 1000)


def draft(kind: str, key: str, **data: Any) -> Draft:
    """A draft of what is documented."""
    start = BEGIN - DAY
    times = {"valid_from": format_instant(start), "known_by": "documented"}
    return Draft(
        f"kansa.{kind}.v0", "urn:kansa:bench.example:declared", f"{kind} {key}", start, {**times, **data}
    )


def world() -> Iterator[Draft]:
    """A site of nodes, and tenants with a path, a verification (one in twenty has none) and authorizations."""
    bytes_ = random.Random(7).randbytes

    def mint(kind: str) -> str:
        return ids.mint(kind, bytes_)

    site, contract, us, jp = mint("site"), mint("contract"), mint("authorization"), mint("authorization")
    tenants = [mint("party") for _ in range(TENANTS)]
    yield draft(
        "site.registered",
        "1",
        site_id=site,
        country="JP",
        introduces=[{"id": site, "system": "site", "key": "s"}],
    )
    for number, tenant in enumerate(tenants):
        path = mint("path")
        both = {"tenant_id": tenant, "end_user_id": tenant}
        yield draft(
            "party.registered", f"{number}", party_id=tenant, roles=["tenant"], names={"en": f"T{number}"}
        )
        if number % 20:
            yield draft(
                "end_user.verified", f"{number}", end_user_id=tenant, method="registry", verifier="H. Sato"
            )
        yield draft("case.decided", f"{number}", **both, decision="permit")
        account = [{"id": path, "system": "slurm:alps", "key": f"a{number}"}]
        yield draft(
            "access_path.approved", f"{number}", path_id=path, method="direct", introduces=account, **both
        )
        yield draft("access_path.enabled", f"{number}", path_id=path)
    for jurisdiction, result in (("US", "controlled"), ("JP", "not_controlled")):
        said = {"item_class": ITEM, "jurisdiction": jurisdiction, "control": "3A090.a", "result": result}
        yield draft("item.classified", jurisdiction, **said)
    basis = {"end_user_ids": sorted(tenants), "item_classes": [ITEM], "site_ids": [site]}
    yield draft("authorization.recorded", "us", authorization_id=us, jurisdiction="US", basis="veu", **basis)
    yield draft("authorization.recorded", "jp", authorization_id=jp, jurisdiction="JP", basis="veu", **basis)
    for number in range(NODES):
        node = mint("node")
        for each in range(DEVICES):
            device, key = mint("device"), f"{number}.{each}"
            place = {"device_id": device, "site_id": site}
            named = [{"id": node, "system": "node", "key": f"n{number}"}]
            yield draft(
                "device.identified",
                key,
                node_id=node,
                item_class=ITEM,
                introduces=named if not each else [],
                **place,
            )
            line = {"contract_id": contract, "contract_line": "1", "authorization_id": us}
            yield draft("device.moved", key, step="receiving", **place, **line)


def accounting(path: Path, rows: int, day: int) -> None:
    """Write a day's accounting: a step for one job in ten, one line in a thousand odd."""
    chance = random.Random(day)
    start_of_day = BEGIN + day * DAY
    with path.open("w") as file:
        file.write(HEADER + "\n")
        for number in range(rows):
            began = start_of_day + chance.randrange(86_400) * MICROSECONDS
            stamps = (
                format_instant(each)[:19]
                for each in (began, began + chance.randrange(60, 40_000) * MICROSECONDS)
            )
            start, end = stamps
            tenant = int(TENANTS * chance.random() ** 3)
            node, job = chance.randrange(NODES), day * 100_000_000 + number
            name = f"train {number % 977}" if number % 1000 else '"quoted, 名前"'
            cells = f"alps|a{tenant}|u{number % 5000}|gres/gpu=8|n{node}|{start}|{end}|COMPLETED"
            file.write(f"{job}|{cells}|{name}\n")
            if number % 10 == 0:
                file.write(f"{job}.batch|{cells}|batch\n")


class Bench:
    """The files of one run."""

    def __init__(self, root: Path, rows: int, days: int) -> None:
        self.root, self.rows, self.days = root, rows, days

    def text(self, day: int) -> Path:
        """A day's accounting."""
        return self.root / f"day{day}.txt"

    def vault(self, name: str = "vault") -> Vault:
        """A vault, to read or write."""
        return Vault(self.root / name, at=BEGIN + (self.days + 3) * DAY)

    def options(self, day: int) -> Path:
        """The options of a day's file, which closes its window."""
        path = self.root / f"day{day}.yaml"
        low, high = (format_instant(BEGIN + each * DAY)[:19] for each in (day, day + 1))
        said = f"zone: UTC\nsource: slurm\nsite: {{key: s}}\nwindow: {{from: {low}Z, to: {high}Z}}\n"
        path.write_text(said)
        return path

    def take(self, day: int, name: str = "vault", *, segments: bool = True, text: Path | None = None) -> None:
        """Take a day's file in."""
        done = take_in(
            self.vault(name), "slurm", [text or self.text(day)], self.options(day), segments=segments
        )
        if not done.records:
            raise SystemExit(f"nothing was taken in: {done}")


Step = Callable[[Bench], Mapping[str, float]]


def prepare(bench: Bench) -> Mapping[str, float]:
    """Make the vault and the text of every day."""
    for name in ("empty",):
        settings = Settings(origin="bench.example/kansa/evidence", operator={"en": "Bench"}, simulated=True)
        vaults.create(bench.root / name, settings)
        Vault(bench.root / name, at=BEGIN - HOUR).record_all(list(world()))
    for day in range(bench.days + 2):
        accounting(bench.text(day), bench.rows, day)
    for name in ("vault", "alone"):
        shutil.copytree(bench.root / "empty", bench.root / name)
    return {}


def parse(bench: Bench) -> Mapping[str, float]:
    """DuckDB's bare parse into a table in memory."""
    with duckdb.connect() as connection, timed() as told:
        connection.execute(f"CREATE TABLE t AS SELECT * FROM {_csv(bench)}")
    return told


def sort(bench: Bench) -> Mapping[str, float]:
    """One sort of the parsed table by account and start, beyond the parse."""
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE t AS SELECT * FROM {_csv(bench)}")
        with timed() as told:
            connection.execute("CREATE TABLE s AS SELECT * FROM t ORDER BY column02, column06, column00")
    return told


def sha256(bench: Bench) -> Mapping[str, float]:
    """SHA-256 of the file."""
    with timed() as told, bench.text(0).open("rb") as file:
        hashlib.file_digest(file, "sha256")
    return told


def scan(bench: Bench) -> Mapping[str, float]:
    """A scan of every column of the rows that are kept."""
    (segment, *_) = bench.vault().segments()
    with duckdb.connect() as connection, timed() as told:
        connection.execute(f"CREATE TABLE t AS SELECT * FROM '{segment.segment.folder / 'rows.parquet'}'")
    return told


def seal(bench: Bench) -> Mapping[str, float]:
    """Text to rows that are sealed and on the disk, their entry in the ledger."""
    with timed() as told:
        bench.take(0)
    kept = sum(
        path.stat().st_size for path in (bench.root / "vault" / "segments").rglob("*") if path.is_file()
    )
    rows = sum(each.segment.rows for each in bench.vault().segments())
    return {**told, "bytes_a_row": kept / rows, "kept_rows": rows}


def answer(bench: Bench) -> Mapping[str, float]:
    """Registers brought up to the ledger, and the day's question."""
    vault = bench.vault()
    with timed() as told:
        found = question(vault, 0)
    return {**told, "uses": found.assessment.result.uses, "gaps": found.assessment.result.gaps}


def question(vault: Vault, day: int) -> CoherenceAnswer:
    """A day's question."""
    return ask(vault, CoherenceQuestion(start=BEGIN + day * DAY, end=BEGIN + (day + 1) * DAY))


def fill(bench: Bench) -> Mapping[str, float]:
    """The days that fill the vault."""
    with timed() as told:
        for day in range(1, bench.days + 1):
            bench.take(day)
    return told


def whole(bench: Bench) -> Mapping[str, float]:
    """The question over every use in the vault."""
    vault = bench.vault()
    with timed() as told:
        found = ask(vault, CoherenceQuestion(start=BEGIN, end=BEGIN + (bench.days + 1) * DAY))
    return {**told, "uses": found.assessment.result.uses}


def export(bench: Bench) -> Mapping[str, float]:
    """The vault's tables as Parquet."""
    with timed() as told:
        export_tables(bench.vault(), bench.root / "tables")
    return told


def tables(bench: Bench) -> Mapping[str, float]:
    """The same question on bare tables: gaps, late stretches and the balance."""
    with timed() as told:
        found = assess_tables(
            bench.root / "tables",
            bench.root / "gaps.parquet",
            late=bench.root / "late.parquet",
            since=BEGIN,
            to=BEGIN + (bench.days + 1) * DAY,
            log_began=BEGIN - HOUR,
        )
    return {**told, "uses": found.uses}


def new_day(bench: Bench) -> Mapping[str, float]:
    """One more day in the full vault: taken in, and its own question answered."""
    with timed() as told:
        bench.take(bench.days + 1)
        question(bench.vault(), bench.days + 1)
    return told


def alone(bench: Bench) -> Mapping[str, float]:
    """The same day in a vault that has nothing else."""
    with timed() as told:
        bench.take(bench.days + 1, "alone")
        question(bench.vault("alone"), bench.days + 1)
    return told


def audit(bench: Bench) -> Mapping[str, float]:
    """Files, roots, both orders and ranges of one segment."""
    (segment, *_) = bench.vault().segments()
    with timed() as told:
        wrong = reader.audit(segment.segment)
    if wrong:
        raise SystemExit(str(wrong))
    return {**told, "audited": segment.segment.rows}


def audit_all(bench: Bench) -> Mapping[str, float]:
    """`kansa ledger audit` on the vault of one day."""
    with timed() as told:
        audit_vault(bench.vault("alone"))
    return told


def dossier(bench: Bench) -> Mapping[str, float]:
    """A dossier for an auditor about the largest tenant and the first day."""
    vault = bench.vault()
    found = question(vault, 0)
    with duckdb.connect() as connection:
        subjects = found.tables.use.columns(["tenant_id"])  # type: ignore[attr-defined]
        connection.register("u", subjects)
        ((tenant,),) = connection.execute(
            "SELECT tenant_id FROM u WHERE tenant_id IS NOT NULL GROUP BY ALL ORDER BY count(*) DESC LIMIT 1"
        ).fetchall()
    asked = ask(vault, CoherenceQuestion(start=BEGIN, end=BEGIN + DAY, tenant=tenant))
    with timed() as told:
        data = build(vault, asked, DossierRequest(audience="auditor"))
    (bench.root / "dossier.zip").write_bytes(data)
    (bench.root / "trust").write_text(vault.trust_policy())
    return {**told, "bytes": len(data)}


def rows_alone(bench: Bench) -> Mapping[str, float]:
    """The verifier's part on rows without the sweep: proofs, values, canonical form, ranges, versions, uses."""
    kept = container.decode((bench.root / "dossier.zip").read_bytes())
    entries = [canonical.decode(line) for line in kept[members.ENTRIES].splitlines()]
    encoded = [(index, canonical.encode(entry)) for index, entry in entries]
    records = {index: envelope.decode(entry) for index, entry in encoded}
    known = derive(encoded)
    with timed() as told:
        opened = open_rows(canonical.decode(kept[members.MANIFEST]), records, kept)
        found = opened.with_uses(known)
    return {**told, "rows": opened.own, "uses": len(found.use)}


def sweep(bench: Bench) -> Mapping[str, float]:
    """The sweep of a dossier's uses in plain Python, and its balance of device time."""
    kept = container.decode((bench.root / "dossier.zip").read_bytes())
    encoded = [
        (index, canonical.encode(entry))
        for index, entry in map(canonical.decode, kept[members.ENTRIES].splitlines())
    ]
    manifest = canonical.decode(kept[members.MANIFEST])
    records = {index: envelope.decode(entry) for index, entry in encoded}
    found = open_rows(manifest, records, kept).with_uses(derive(encoded))
    with timed() as told:
        assessment = statement.ask(found, manifest["question"])
    with timed() as balanced:
        statement.result(assessment, found, manifest["question"])
    return {**told, "uses": len(found.use), "balance": balanced["cpu"]}


def verify(bench: Bench) -> Mapping[str, float]:
    """All of `kansa verify` on that dossier."""
    data, trust = (bench.root / "dossier.zip").read_bytes(), (bench.root / "trust").read_bytes()
    with timed() as told:
        verdict = verifier.verify(data, policy.parse(trust))
    if verdict.verdict != "ok_unwitnessed":
        raise SystemExit(str(verdict.checks[-1]))
    return {**told, "rows": verdict.about["rows"]["rows"]}


def small(bench: Bench) -> Mapping[str, float]:
    """Few rows as records and as a segment: CPU to take in and answer, and bytes; the first answer was had before."""
    found: dict[str, float] = {}
    question(bench.vault("empty"), 0)
    for rows in SMALL:
        text = bench.root / f"small{rows}.txt"
        accounting(text, rows, 0)
        for kind in ("records", "segments"):
            name = f"small-{kind}-{rows}"
            shutil.copytree(bench.root / "empty", bench.root / name)
            before = _bytes(bench.root / name)
            with timed() as told:
                bench.take(0, name, segments=kind == "segments", text=text)
            found[f"{kind} {rows} take"] = told["cpu"]
            with timed() as told:
                question(bench.vault(name), 0)
            found[f"{kind} {rows} ask"] = told["cpu"]
            found[f"{kind} {rows} bytes"] = (_bytes(bench.root / name) - before) / rows
    return found


STEPS: tuple[Step, ...] = (
    prepare, parse, sort, sha256, seal, scan, answer, audit, dossier, rows_alone, sweep, verify, alone, audit_all,
    fill, export, tables, whole, new_day, small,
)  # fmt: skip


@contextmanager
def timed() -> Iterator[dict[str, float]]:
    """CPU and wall seconds of the block, all threads and children, and the peak memory so far in MB."""
    told: dict[str, float] = {}
    wall, cpu = time.monotonic(), _cpu()
    yield told
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    told |= {"cpu": _cpu() - cpu, "wall": time.monotonic() - wall, "peak": peak}


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def _csv(bench: Bench) -> str:
    return (
        f"read_csv('{bench.text(0)}', delim='|', quote='', header=false, skip=1, all_varchar=true, "
        "columns={" + ", ".join(f"'column{at:02}': 'VARCHAR'" for at in range(10)) + "})"
    )


def _bytes(root: Path) -> int:
    return sum(
        path.stat().st_size for path in root.rglob("*") if path.is_file() and "registers" not in path.name
    )


def load() -> float:
    """The load of the last minute, by core."""
    return os.getloadavg()[0] / (os.cpu_count() or 1)


def run(bench: Bench, only: list[str]) -> dict[str, dict[str, float]]:
    """Run every step in a process of its own; returns what each told."""
    found: dict[str, dict[str, float]] = {}
    for step in STEPS:
        name = step.__name__
        if only and name not in only:
            continue
        words = [sys.executable, __file__, "--step", name, "--keep", str(bench.root)]
        words += ["--rows", str(bench.rows), "--vault-days", str(bench.days)]
        done = subprocess.run(words, capture_output=True, check=False, text=True)
        if done.returncode:
            raise SystemExit(f"{name}: {done.stderr[-2000:]}")
        found[name] = json.loads(done.stdout)
        print(name, {key: round(value, 3) for key, value in found[name].items()}, flush=True)
    return found


def table(found: Mapping[str, Mapping[str, float]], rows: int, days: int) -> str:
    """What the page says."""
    each = 1e6 / rows
    way = found["seal"]["cpu"] + found["answer"]["cpu"]
    verified = found["rows_alone"]
    swept = verified["cpu"] + found["sweep"]["cpu"]
    lines = [
        f"{rows:,} rows a day, {days + 1} days in the vault; {TENANTS} tenants, {NODES} nodes of {DEVICES} devices.",
        "",
        "| what | CPU µs a row | rows a second and core | ratio | bar |",
        "|---|---:|---:|---|---|",
        *(
            f"| {title} | {found[name]['cpu'] * each:.2f} | {rows / found[name]['cpu']:,.0f} | floor | |"
            for name, title in (
                ("parse", "bare parse by DuckDB"),
                ("sort", "one sort of the parsed table"),
                ("sha256", "SHA-256 of the file"),
                ("scan", "scan of the kept rows"),
            )
        ),
        (
            f"| text → sealed | {found['seal']['cpu'] * each:.1f} | {rows / found['seal']['cpu']:,.0f} "
            f"| {found['seal']['cpu'] / found['parse']['cpu']:.1f}× the parse | |"
        ),
        f"| registered and answered | {found['answer']['cpu'] * each:.1f} | {rows / found['answer']['cpu']:,.0f} | | |",
        f"| **text → sealed, registered, answered** | {way * each:.1f} | {rows / way:,.0f} | | ≥ 20,000 |",
        f"| bytes a row on disk | {found['seal']['bytes_a_row']:.1f} | | | ≤ 70 |",
        (
            f"| question over all {found['whole']['uses']:,.0f} uses, in the vault | | "
            f"{found['whole']['uses'] / found['whole']['cpu']:,.0f} "
            f"| {found['whole']['cpu'] / found['tables']['cpu']:.2f}× bare tables | ≤ 1.3× |"
        ),
        (
            f"| a new day in the full vault | {found['new_day']['cpu'] * each:.1f} | {rows / found['new_day']['cpu']:,.0f} "
            f"| {found['new_day']['cpu'] / found['alone']['cpu']:.2f}× alone | ≤ 1.5× |"
        ),
        (
            f"| audit of a segment | {found['audit']['cpu'] / found['audit']['audited'] * 1e6:.1f} "
            f"| {found['audit']['audited'] / found['audit']['cpu']:,.0f} | | ≥ 200,000 |"
        ),
        f"| dossier of {verified['rows']:,.0f} rows, built | {found['dossier']['cpu'] / verified['rows'] * 1e6:.1f} | | | |",
        (
            f"| verified without the sweep | {verified['cpu'] / verified['rows'] * 1e6:.1f} "
            f"| {verified['rows'] / verified['cpu']:,.0f} | | ≥ 60,000 |"
        ),
        f"| verified with the sweep | {swept / verified['rows'] * 1e6:.1f} | {verified['rows'] / swept:,.0f} | | ≥ 25,000 |",
        (
            f"| the whole of `kansa verify`, balance included | {found['verify']['cpu'] / verified['rows'] * 1e6:.1f} "
            f"| {verified['rows'] / found['verify']['cpu']:,.0f} | | |"
        ),
        "",
        f"Peak memory: {found['seal']['peak']:,.0f} MB to take a day in, {found['whole']['peak']:,.0f} MB for the question over all.",
        "",
        "| rows in a file | as records: CPU s to take in, to ask, bytes a row | as a segment |",
        "|---:|---|---|",
        *(
            f"| {n:,} | "
            + " | ".join(
                f"{found['small'][f'{kind} {n} take']:.2f}, {found['small'][f'{kind} {n} ask']:.2f}, "
                f"{found['small'][f'{kind} {n} bytes']:,.0f}"
                for kind in ("records", "segments")
            )
            + " |"
            for n in SMALL
        ),
        "",
        crossover(found["small"]),
    ]
    return "\n".join(lines)


def crossover(found: Mapping[str, float]) -> str:
    """From how many rows on a segment costs less to take in and ask than records, and takes less room."""

    def least(*names: str) -> str:
        cheaper = [
            n
            for n in SMALL
            if sum(found[f"segments {n} {each}"] for each in names)
            < sum(found[f"records {n} {each}"] for each in names)
        ]
        return f"{min(cheaper):,}" if cheaper else f"more than {max(SMALL):,}"

    return f"A segment costs less CPU from {least('take', 'ask')} rows on, and less room from {least('bytes')} rows on."


def main() -> None:
    """Run, and write the page if the machine is quiet."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--vault-days", type=int, default=9)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--step", choices=[step.__name__ for step in STEPS])
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    if given.step:
        bench = Bench(given.keep, given.rows, given.vault_days)
        (step,) = (each for each in STEPS if each.__name__ == given.step)
        print(json.dumps(step(bench)))
        return
    before = load()
    if given.write and before > MOST_LOAD:
        raise SystemExit(
            f"the load is {before:.2f} a core, above {MOST_LOAD}: no page is written on a machine with other work"
        )
    with tempfile.TemporaryDirectory() as folder:
        root = given.keep or Path(folder)
        root.mkdir(exist_ok=True, parents=True)
        found = run(Bench(root, given.rows, given.vault_days), given.only)
    if given.only:
        return
    text = f"{table(found, given.rows, given.vault_days)}\n\nLoad a core before the run: {before:.2f}."
    if given.write:
        write("vault.md", "vault", text)
    print(text)


if __name__ == "__main__":
    main()
