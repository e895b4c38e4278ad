"""The gate under load, against the same server's empty answer and against Cerbos with the same rules.

    .venv/bin/python benchmarks/gate.py [--cerbos PATH] [--seconds 3] [--write docs/benchmarks/gate.md]

Needs wrk (`apt-get install wrk`); Cerbos is `npm install @cerbos/cerbos-linux-x64@0.55.0`. Every question is about work
of its own, so that each is decided, and, with the log, kept, on its own: none is answered as a permit that stands
already. One line of the table is one run of wrk with one thread on the same machine; rates are of questions, not
of requests; p99 is of requests. All systems of a line's group are measured within minutes of each other.
"""

import argparse
import json
import os
import re
import resource
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

sys.path.pop(0)  # this folder, where `gate` is this file
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from gate.houses import EVIDENCE, ITEM, PATH, SITE, TENANT, House, NoNames, Standing, asking
from interfaces.api.serving import bearer, callers
from kansa.clock import MICROSECONDS, SystemClock
from kansa.gate.authzen import Evaluation
from kansa.gate.context import RuleContext
from kansa.gate.decision_point import Answers, Asking, DecisionPoint
from kansa.gate.snapshot import AGE, LEFT, Value
from kansa.interfaces.api.app import EVALUATION, EVALUATIONS, Parts, make_app
from kansa.interfaces.api.authzen import EvaluationEndpoint
from kansa.interfaces.api.callers import CallerAuthenticator
from kansa.interfaces.api.callers_file import read_callers
from kansa.interfaces.api.metrics import Metrics
from kansa.interfaces.api.request_batcher import RequestBatcher
from kansa.interfaces.api.serve import Address, Listening, listening, serve
from kansa.rules.conditions import All, Condition, Not, Test
from kansa.rules.loading.library import read_library
from kansa.rules.rulebook import EffectiveRule, Rulebook

END_USERS = 1_000
BATCH = 20
CONNECTIONS = (1, 16, 64)
NONE: frozenset[str] = frozenset()

FACTS: Mapping[str, Any] = {
    "basis.conditions_overdue": 0,
    "basis.missing": NONE,
    "device.contested": False,
    "device.custody_unbroken": True,
    "end_user.disclosed": True,
    "end_user.hq_groups": frozenset({"A:1", "A:5"}),
    "end_user.licence": "not_needed",
    "end_user.listed": False,
    "end_user.parent_groups": frozenset({"A:1", "A:5"}),
    "end_user.risk_tier": "low",
    "end_user.screening_age_s": 3_600,
    "end_user.use_tier": "low",
    "end_user.verification": "current",
    "end_user.verification_left_s": 8_640_000,
    "hold.in_place": False,
    "item.controlled": True,
    "item.unclassified": NONE,
    "list.not_covered": NONE,
    "list.edition_age_s": 3_600,
    "path.approved": True,
    "path.belongs": True,
    "path.enabled": True,
    "path.end_user_disclosed": True,
    "path.mediator_known": True,
    "path.method": "direct",
    "path.temporary_expired": False,
    "site.accepted": True,
    "site.hold": False,
    "site.hurried": False,
    "source.report_age_s": 60,
    "source.silent": False,
    "table.groups_verified": True,
    "tenant.changed_since_clearance": NONE,
    "tenant.clearance": "permit",
    "tenant.clearance_left_s": 8_640_000,
    "tenant.clearance_scope": frozenset({"action", "end_user", "item_class", "site", "path"}),
    "tenant.flags_open_high": 0,
    "tenant.flags_open_medium": 0,
    "tenant.flags_overdue": 0,
    "tenant.hq_groups": frozenset({"A:1", "A:5"}),
    "tenant.listed": False,
    "tenant.listed_owner_bp": 0,
    "tenant.notices": NONE,
    "tenant.ownership_complete": True,
    "tenant.parent_groups": frozenset({"A:1", "A:5"}),
    "tenant.screening_age_s": 3_600,
    "tenant.screening_hits_open": 0,
    "tenant.status": "cleared",
    "use.purpose_permitted": True,
}
"""Everything that the shipped gate pack asks about a placement that may go ahead."""


def basis() -> RuleContext:
    """The shipped gate pack, and the same standing for every end user."""
    library = read_library()
    packs = tuple(pack for pack in library.packs if pack.header.kind == "gate")
    now = SystemClock().now()
    counted = {name: value for name, value in FACTS.items() if name.endswith((AGE, LEFT))}
    instants = {
        name: now + (1 if name.endswith(LEFT) else -1) * value * MICROSECONDS
        for name, value in counted.items()
    }
    facts: dict[str, Value] = {name: value for name, value in FACTS.items() if name not in counted}
    return RuleContext(
        Rulebook(packs, library.catalogue),
        Standing(facts, instants),
        NoNames(),
        EVIDENCE,
        citations=library.citations,
    )


def end_user(number: int) -> str:
    """One of the end users."""
    digits = "abcdefghijklmnopqrstuvwxyz"
    return "pty_" + "".join(digits[number // 26**place % 26] for place in range(26))


def question(number: int) -> dict[str, Any]:
    """A question about work of its own."""
    return {
        "subject": {"type": "end_user", "id": end_user(number % END_USERS), "properties": {"tenant": TENANT}},
        "action": {"name": "schedule"},
        "resource": {"type": "site", "id": SITE, "properties": {"path": PATH, "item_class": ITEM}},
        "context": {"purpose": "train", "work": f"job {number}"},
    }


class Forgetful:
    """A log that keeps nothing: what the gate costs without one."""

    origin = f"{EVIDENCE}/gate"
    recorded_at = 0

    def __init__(self) -> None:
        self._size = 0

    def new_id(self, at: int) -> str:
        return str(at)

    def write(self, make: Callable[[int], Sequence[Any]], **_: bool) -> None:
        self._size += len(make(self._size))


class ThreadDesk(RequestBatcher):
    """The variant in which a thread of its own decides and commits."""

    def __init__(self, gate: DecisionPoint) -> None:
        super().__init__(gate)
        self._asked: list[tuple[Asking, Any, Any]] = []
        self._more = threading.Condition()
        threading.Thread(target=self._run, daemon=True).start()

    def ask(self, asking_: Asking) -> Any:
        import asyncio  # noqa: PLC0415 - of this variant only

        loop = asyncio.get_running_loop()
        future = loop.create_future()
        with self._more:
            self._asked.append((asking_, future, loop))
            self._more.notify()
        return future

    def _run(self) -> None:
        while True:
            with self._more:
                self._more.wait_for(lambda: self._asked)
                asked, self._asked = self._asked, []
            answers = self._gate.answer([each for each, _, _ in asked])
            asked[0][2].call_soon_threadsafe(_settle, [future for _, future, _ in asked], answers)


def _settle(futures: list[Any], answers: list[Answers]) -> None:
    for future, answer in zip(futures, answers, strict=True):
        if not future.done():
            future.set_result(answer)


async def hello(scope: Any, receive: Any, send: Any) -> None:
    """The same server's empty answer."""
    del scope
    await receive()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"{}"})


def run_server(mode: str, folder: Path, port: int) -> None:
    """Serve one of the variants until SIGTERM."""
    clock = SystemClock()
    with House(folder).gate(basis()) as gate:
        if mode == "no log":
            gate.log = Forgetful()  # type: ignore[assignment] # the part of a log that the gate uses
        desk = ThreadDesk(gate) if mode == "thread" else RequestBatcher(gate)
        reception, metrics = CallerAuthenticator(read_callers(folder / "callers.yaml"), clock), Metrics()
        app: Any = make_app(Parts(desk, reception, metrics, lambda: (), "http://127.0.0.1"))
        if mode == "bare":
            app = EvaluationEndpoint(desk, reception, metrics)
        elif mode == "empty":
            app = hello
        server = listening(app, Address("127.0.0.1", port))
        threading.Thread(target=_announce, args=(server,), daemon=True).start()
        serve(server)


def _announce(server: Listening) -> None:
    while not server.started:
        time.sleep(0.01)
    print("open", flush=True)


@dataclass(frozen=True)
class Measured:
    """One run of wrk: questions a second, and the latency of requests in milliseconds."""

    system: str
    connections: int
    per_second: float
    p50: float
    p99: float
    wrong: int


_SCRIPT = """
local bodies, n = {%s}, 0
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "%s"
request = function()
  n = n + 1
  return wrk.format(nil, "%s", nil, (bodies[n %% #bodies + 1]:gsub("@(%%w)", function(x) return x .. n end)))
end
done = function(summary, latency, requests)
  io.write(string.format("SUMMARY %%d %%d %%d %%d %%d\\n", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), summary.errors.status + summary.errors.read + summary.errors.timeout))
end
"""


def wrk(
    url: str, path: str, bodies: Sequence[str], connections: int, seconds: int
) -> tuple[float, float, float, int]:
    """Requests a second, p50 and p99 in milliseconds, and how many went wrong, after a warm-up of a second."""
    quoted = ",".join(f"[==[{body}]==]" for body in bodies)
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(_SCRIPT % (quoted, bearer()["authorization"], path))
        script.flush()
        command = ["wrk", "-t1", f"-c{connections}", "--timeout", "10s", "-s", script.name, url]
        subprocess.run([*command, "-d1s"], check=True, capture_output=True)
        said = subprocess.run([*command, f"-d{seconds}s"], check=True, capture_output=True, text=True).stdout
    found = re.search(r"SUMMARY (\d+) (\d+) (\d+) (\d+) (\d+)", said)
    if found is None:
        raise SystemExit(said)
    count, micros, p50, p99, wrong = map(int, found.groups())
    return count / (micros / 1e6), p50 / 1e3, p99 / 1e3, wrong


@contextmanager
def ours(mode: str) -> Iterator[str]:
    """The address of one of our variants in a process of its own."""
    with tempfile.TemporaryDirectory() as made:
        folder = House(Path(made) / "gate").create().folder
        callers(folder)
        port = _free()
        command = [sys.executable, __file__, "--serve", mode, str(folder), str(port)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            print(process.stdout.readline() if process.stdout else "", end="")
            try:
                yield f"http://127.0.0.1:{port}"
            finally:
                process.send_signal(signal.SIGTERM)


def _free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as bound:
        return int(bound.getsockname()[1])


def as_cel(condition: Condition) -> str:
    """A condition in the language of Cerbos's policies; the facts travel in the request."""
    if isinstance(condition, Test):
        fact, operand = f'R.attr["{condition.fact}"]', json.dumps(condition.operand)
        templates = {
            "in": "{f} in {o}", "not_in": "!({f} in {o})", "contains": "{o} in {f}",
            "intersects": "hasIntersection({f}, {o})", "subset_of": "isSubset({f}, {o})",
            "eq": "{f} == {o}", "ne": "{f} != {o}", "lt": "{f} < {o}", "le": "{f} <= {o}", "gt": "{f} > {o}", "ge": "{f} >= {o}",
        }  # fmt: skip
        return templates[condition.op].format(f=fact, o=operand)
    if isinstance(condition, Not):
        return f"!({as_cel(condition.part)})"
    word = " && " if isinstance(condition, All) else " || "
    return word.join(f"({as_cel(part)})" for part in condition.parts)


def cerbos_policy(rules: Sequence[EffectiveRule]) -> str:
    """The same rules as a resource policy: deny and hold forbid and say their id, as the answer must name the rules."""
    found = []
    for bound in rules:
        if bound.standing == "does_not_bind":
            continue
        rule: dict[str, Any] = {
            "actions": ["schedule"],
            "effect": "EFFECT_ALLOW" if bound.rule.outcome == "permit" else "EFFECT_DENY",
            "roles": ["*"],
            "name": bound.rule.id.rpartition(".")[2],
            "condition": {"match": {"expr": as_cel(bound.version.when)}},
            "output": {"when": {"ruleActivated": json.dumps(f"{bound.rule.outcome} {bound.rule.id}")}},
        }
        found.append(rule)
    policy = {
        "apiVersion": "api.cerbos.dev/v1",
        "resourcePolicy": {"resource": "site", "version": "default", "rules": found},
    }
    return json.dumps(policy)


@contextmanager
def cerbos(binary: Path) -> Iterator[str]:
    """The address of Cerbos with the same rules, that logs nothing."""
    with tempfile.TemporaryDirectory() as made:
        policies = Path(made) / "policies"
        policies.mkdir()
        panel = basis().rulebook.at(SystemClock().now()).gate("schedule")
        (policies / "site.json").write_text(cerbos_policy(panel.rules))
        port = _free()
        config = {
            "server": {
                "httpListenAddr": f"127.0.0.1:{port}",
                "grpcListenAddr": f"127.0.0.1:{_free()}",
            },
            "storage": {"driver": "disk", "disk": {"directory": str(policies), "watchForChanges": False}},
            "telemetry": {"disabled": True},
            "audit": {"enabled": False},
        }
        (Path(made) / "config.json").write_text(json.dumps(config))
        command = [str(binary), "server", "--config", str(Path(made) / "config.json"), "--log-level=error"]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
            url = f"http://127.0.0.1:{port}"
            _until_open(port, process)
            try:
                yield url
            finally:
                process.terminate()


def _until_open(port: int, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(400):
        if process.poll() is not None:
            raise SystemExit(process.stderr.read().decode() if process.stderr else "Cerbos did not start")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)


def for_cerbos(number: int) -> dict[str, Any]:
    """The same question with the facts in it, since Cerbos keeps none."""
    asked = question(number)
    facts = {name: sorted(value) if isinstance(value, frozenset) else value for name, value in FACTS.items()}
    asked["resource"]["properties"] |= facts | {"use.label": "train"}
    asked["subject"]["properties"] |= {"cerbos.roles": ["operator"]}
    return asked


def bodies(of: Callable[[int], dict[str, Any]], batch: int = 1) -> list[str]:
    """Bodies for wrk; `@x` in them becomes a name of its own in each request."""
    found = []
    for number in range(0, 200 * batch, batch):
        asked = [of(number + n) for n in range(batch)]
        for n, each in enumerate(asked):
            each["context"]["work"] = f"@{chr(97 + n)}"
        found.append(json.dumps(asked[0] if batch == 1 else {"evaluations": asked}))
    return found


def check(url: str, body: str, path: str = EVALUATION) -> Any:
    """One request by hand: the answer has to be a permit."""
    import httpx  # noqa: PLC0415 - once

    response = httpx.post(
        url + path,
        content=body.replace("@", "x"),
        headers={"content-type": "application/json"} | bearer(),
        timeout=20,
    )
    found = response.json()
    answers = found.get("evaluations", [found]) if isinstance(found, dict) else [found]
    if not all(answer["decision"] is True for answer in answers):
        raise SystemExit(response.text)
    return found


def refuses(url: str) -> None:
    """The exported rules decide: one fact that forbids is enough."""
    import httpx  # noqa: PLC0415 - once

    listed = for_cerbos(1)
    listed["resource"]["properties"]["tenant.listed"] = True
    if httpx.post(url + EVALUATION, json=listed).json()["decision"] is not False:
        raise SystemExit("the exported rules do not decide as ours do")


def over_http(binary: Path | None, seconds: int) -> list[Measured]:
    """Every system at every number of connections, one question a request and in batches."""
    found: list[Measured] = []

    def measure(system: str, url: str, of: Callable[[int], dict[str, Any]], batch: int = 1) -> None:
        path, made = (EVALUATION, bodies(of)) if batch == 1 else (EVALUATIONS, bodies(of, batch))
        if system != "empty":
            check(url, made[0], path)
        for connections in CONNECTIONS:
            rate, p50, p99, wrong = wrk(url, path, made, connections, seconds)
            name = system if batch == 1 else f"{system}, batches of {batch}"
            found.append(Measured(name, connections, rate * batch, p50, p99, wrong))
            print(found[-1], flush=True)

    for mode in ("empty", "no log", "log", "bare", "thread"):
        with ours(mode) as url:
            measure(mode, url, question)
            if mode in {"no log", "log"}:
                measure(mode, url, question, BATCH)
    if binary is not None:
        with cerbos(binary) as url:
            refuses(url)
            measure("cerbos", url, for_cerbos)
            measure("cerbos", url, for_cerbos, BATCH)
    return found


def in_process(turns: int = 3_000) -> list[tuple[str, float, float]]:
    """p50 and p99 in microseconds of one question, with and without the log."""
    found = []
    with tempfile.TemporaryDirectory() as made, House(Path(made) / "gate").create().gate(basis()) as gate:
        log = gate.log
        for name, used in (("no log", Forgetful()), ("log", log)):
            gate.log = used  # type: ignore[assignment] # the part of a log that the gate uses
            spent = []
            for number in range(turns):
                asked = asking(msgspec.convert(question(number), Evaluation))
                began = time.perf_counter()
                gate.answer([asked])
                spent.append(time.perf_counter() - began)
            cut = statistics.quantiles(spent[turns // 10 :], n=100)
            found.append((name, cut[49] * 1e6, cut[98] * 1e6))
        gate.log = log
    return found


def table(processed: list[tuple[str, float, float]], measured: list[Measured], load: float) -> str:
    """The page."""
    by = {(each.system, each.connections): each for each in measured}
    lines = [
        "<!-- Written by benchmarks/gate.py; do not edit. -->",
        "",
        "# The gate under load",
        "",
        (
            f"{os.cpu_count()} cores, Python {sys.version.split()[0]}; wrk with one thread on the same cores; the shipped gate pack, "
            f"action `schedule`, {len(FACTS)} facts, {END_USERS:,} end users, every question about work of its own."
        ),
        (
            f"Rates are questions a second; p99 is that of requests. Load per core before the run {load:.2f}; memory of this process at most "
            f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB."
        ),
        "",
        "## In process",
        "",
        "| one question | p50 | p99 |",
        "|---|---:|---:|",
        *(f"| {name} | {p50:.0f} µs | {p99:.0f} µs |" for name, p50, p99 in processed),
        "",
        "## Over HTTP",
        "",
        "| system | " + " | ".join(f"{n} conn. /s | p50 | p99" for n in CONNECTIONS) + " |",
        "|---|" + "---:|" * (3 * len(CONNECTIONS)),
    ]
    words = {
        "empty": "the same server, empty answer",
        "no log": "gate, nothing kept",
        "log": "**gate, durable log**",
        "bare": "the same, without Starlette's routes",
        "thread": "the same, deciding and committing in a thread",
        "cerbos": "Cerbos 0.55, nothing kept, facts in the request",
    }
    for system in dict.fromkeys(each.system for each in measured):
        first, comma, rest = system.partition(",")
        cells = []
        for connections in CONNECTIONS:
            each = by[system, connections]
            cells.append(f"{each.per_second:,.0f} | {each.p50:.2f} ms | {each.p99:.1f} ms")
        lines.append(f"| {words[first]}{comma}{rest} | " + " | ".join(cells) + " |")
    if ("cerbos", 16) in by:
        lines += [
            "",
            "| gate with its log against Cerbos without | 1 conn. | 16 conn. | 64 conn. | bar |",
            "|---|---:|---:|---:|---|",
        ]
        for suffix in ("", f", batches of {BATCH}"):
            ratios = [
                by[f"log{suffix}", n].per_second / by[f"cerbos{suffix}", n].per_second for n in CONNECTIONS
            ]
            named = "one question a request" if not suffix else suffix.removeprefix(", ")
            lines.append(f"| {named} | " + " | ".join(f"{ratio:.1f}×" for ratio in ratios) + " | ≥ 2× (4×) |")
    lone = by["log", 1]
    lines += [
        "",
        f"A lone caller waits {lone.p50:.2f} ms (p50; the bar is 1 ms), {lone.p99:.1f} ms (p99).",
    ]
    wrong = sum(each.wrong for each in measured)
    lines += [f"Requests that went wrong in all runs: {wrong}."]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure, print, and write the page."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--serve", nargs=3, metavar=("MODE", "FOLDER", "PORT"), help=argparse.SUPPRESS)
    parser.add_argument("--cerbos", type=Path)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--write", type=Path)
    parser.add_argument(
        "--most-load", type=float, default=0.3, help="the load per core above which no page is written"
    )
    given = parser.parse_args()
    if given.serve:
        mode, folder, port = given.serve
        run_server(mode, Path(folder), int(port))
        return
    if shutil.which("wrk") is None:
        raise SystemExit("wrk is missing: apt-get install wrk")
    load = os.getloadavg()[0] / (os.cpu_count() or 1)
    if given.write and load > given.most_load:
        raise SystemExit(
            f"the load is {load:.2f} a core, above {given.most_load}: no page is written on a machine with other work"
        )
    page = table(in_process(), over_http(given.cerbos, given.seconds), load)
    print(page)
    if given.write:
        given.write.parent.mkdir(parents=True, exist_ok=True)
        given.write.write_text(page, "utf-8")


if __name__ == "__main__":
    main()
