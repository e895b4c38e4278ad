"""Sources of access against a bare parse of the same lines, in one run: rows a second and ratios.

    python benchmarks/sources.py [--rows 100000] [--page docs/benchmarks/sources.md]

Bare: what any reader must do, splitting a line of syslog by one regular expression or `json.loads` of an event. Read:
`survey` and `rows` up to drafts, sessions joined, paths found. Recorded: drafts as submissions with their identity. Each
figure is CPU time of the best of three rounds.
"""

import argparse
import json
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from kansa.connectors.base import Parsed
from kansa.connectors.connector import Setup
from kansa.connectors.key_registry import KeyRegistry
from kansa.connectors.registry import connector_named
from kansa.records.draft import submit

NOW = 1_800_000_000_000_000
OPTIONS = "zone: UTC\npaths: {path: kyoto}\n"
SCIM = "owners: {party: acme, domains: [example.com]}\n"
KEY = b"k" * 32
_LINE = re.compile(r"(\S+) (\S+) ([^\s:\[]+)(?:\[(\d+)\])?: (.*)")


def stamp(second: int) -> str:
    """A time of the day."""
    return f"2026-11-30T{second // 3600 % 24:02}:{second // 60 % 60:02}:{second % 60:02}Z"


def openssh(rows: int) -> Iterator[str]:
    """Of four lines one login, one end, one further message, one line of another program."""
    for n in range(rows // 4):
        port = 1024 + n % 60_000
        yield f"{stamp(n // 10)} gpu-{n % 512:03} sshd[{n}]: Accepted publickey for kyoto from 203.0.113.{n % 250} port {port} ssh2: ED25519 SHA256:{n:043}"
        yield f"{stamp(n // 10)} gpu-{n % 512:03} sshd[{n}]: pam_unix(sshd:session): session opened for user kyoto(uid=1) by (uid=0)"
        yield f"{stamp(n // 10)} gpu-{n % 512:03} systemd[1]: Started Session {n} of User kyoto."
        yield f"{stamp(n // 10 + 1)} gpu-{n % 512:03} sshd[{n}]: Disconnected from user kyoto 203.0.113.{n % 250} port {port}"


def journald(rows: int) -> Iterator[str]:
    """The same as entries of the journal."""
    for n, line in enumerate(openssh(rows)):
        match = _LINE.match(line)
        if match is not None:
            yield json.dumps(
                {
                    "__REALTIME_TIMESTAMP": str(1_767_225_600_000_000 + n),
                    "_HOSTNAME": match[2],
                    "SYSLOG_IDENTIFIER": match[3],
                    "_PID": match[4],
                    "MESSAGE": match[5],
                    "_TRANSPORT": "syslog",
                    "PRIORITY": "6",
                }
            )


def kubernetes(rows: int) -> Iterator[str]:
    """One request in twenty goes into a pod."""
    for n in range(rows):
        enters = n % 20 == 0
        yield json.dumps(
            {
                "kind": "Event",
                "apiVersion": "audit.k8s.io/v1",
                "level": "Metadata",
                "auditID": f"a{n}",
                "stage": "ResponseComplete",
                "requestURI": f"/api/v1/namespaces/ns/pods/p{n}/exec?command=bash",
                "verb": "create",
                "user": {"username": "kyoto", "groups": ["system:authenticated"]},
                "sourceIPs": ["203.0.113.7"],
                "objectRef": {
                    "resource": "pods",
                    "namespace": "ns",
                    "name": f"p{n}",
                    **({"subresource": "exec"} if enters else {}),
                },
                "responseStatus": {"code": 101},
                "requestReceivedTimestamp": stamp(n // 10),
                "stageTimestamp": stamp(n // 10 + 1),
            }
        )


def teleport(rows: int) -> Iterator[str]:
    """Beginnings and ends, and as many commands."""
    for n in range(rows // 3):
        base = {
            "user": "kyoto",
            "login": "root",
            "sid": f"s{n}",
            "server_hostname": f"gpu-{n % 512:03}",
            "cluster_name": "c",
            "namespace": "default",
        }
        yield json.dumps(
            {
                **base,
                "event": "session.start",
                "uid": f"u{n}",
                "time": stamp(n // 10),
                "addr.remote": "203.0.113.7:1",
            }
        )
        yield json.dumps(
            {
                **base,
                "event": "session.command",
                "uid": f"c{n}",
                "time": stamp(n // 10),
                "program": "ls",
                "argv": ["-l"],
            }
        )
        yield json.dumps({**base, "event": "session.end", "uid": f"e{n}", "time": stamp(n // 10 + 5)})


def keycloak(rows: int) -> Iterator[str]:
    """Logins, tokens and logouts."""
    for n in range(rows // 3):
        time_ms = 1_767_225_600_000 + n * 100
        base = {
            "realmId": "r",
            "clientId": "c",
            "userId": f"u{n}",
            "sessionId": f"s{n}",
            "ipAddress": "203.0.113.7",
        }
        details = {"username": f"u{n}", "auth_method": "openid-connect"}
        yield json.dumps({**base, "time": time_ms, "type": "LOGIN", "details": details})
        yield json.dumps({**base, "time": time_ms, "type": "CODE_TO_TOKEN", "details": {"token_id": f"t{n}"}})
        yield json.dumps({**base, "time": time_ms + 50, "type": "LOGOUT"})


def cloudtrail(rows: int) -> Iterator[str]:
    """One event in ten is a way in."""
    for n in range(rows):
        yield json.dumps(
            {
                "eventVersion": "1.08",
                "eventID": f"e{n}",
                "eventName": "StartSession" if n % 10 == 0 else "DescribeInstances",
                "eventSource": "ssm.amazonaws.com",
                "eventTime": stamp(n // 10),
                "awsRegion": "ap-northeast-1",
                "sourceIPAddress": "203.0.113.7",
                "userIdentity": {"type": "IAMUser", "arn": f"arn:aws:iam::1:user/u{n}"},
                "requestParameters": {"target": f"i-{n}"},
                "responseElements": {"sessionId": f"s{n}"},
            }
        )


def scim(rows: int) -> Iterator[str]:
    """Accounts."""
    for n in range(rows):
        yield json.dumps(
            {
                "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
                "id": f"u{n}",
                "userName": f"u{n}@example.com",
                "displayName": f"U {n}",
                "active": True,
                "meta": {"created": "2026-01-01T00:00:00Z"},
            }
        )


SOURCES: dict[str, tuple[str, Callable[[int], Iterator[str]]]] = {
    "openssh (syslog)": ("openssh", openssh),
    "openssh (journald)": ("openssh", journald),
    "kubernetes-audit": ("kubernetes-audit", kubernetes),
    "teleport": ("teleport", teleport),
    "keycloak": ("keycloak", keycloak),
    "cloudtrail": ("cloudtrail", cloudtrail),
    "scim": ("scim", scim),
}


def bare(path: Path) -> int:
    """Parse every line, and do nothing with it."""
    with path.open(encoding="utf-8") as stream:
        first = stream.readline()
        stream.seek(0)
        if first.startswith("{"):
            return sum(json.loads(line) is not None for line in stream)
        return sum(_LINE.match(line) is not None for line in stream)


def read(source: str, path: Path, options: Path, *, record: bool) -> int:
    """Read a file into drafts, and give them their identity."""
    names = KeyRegistry({("path", "kyoto"): "pth_" + "a" * 26, ("party", "acme"): "pty_" + "a" * 26})
    reader = connector_named(source).make(Setup("urn:kansa:bench.example", options, None, NOW))
    reader.survey([path])
    records = 0
    for row in reader.rows(path, names):
        if isinstance(row, Parsed):
            records += 1
            if record:
                submit(row.draft, KEY)
            names.carried()
        else:
            names.forget()
    return records


def best(work: Callable[[], int]) -> tuple[float, int]:
    """The least CPU time of three rounds, and what the work gave."""
    times, found = [], 0
    for _ in range(3):
        began = time.process_time()
        found = work()
        times.append(time.process_time() - began)
    return min(times), found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--page", type=Path)
    asked = parser.parse_args()
    lines = [
        "| source | rows | records | bare rows/s | read rows/s | recorded rows/s | read / bare |",
        "|---|---|---|---|---|---|---|",
    ]
    with tempfile.TemporaryDirectory() as place:
        for name, (source, made) in SOURCES.items():
            path, options = Path(place) / f"{source}.log", Path(place) / f"{source}.yaml"
            path.write_text("".join(f"{line}\n" for line in made(asked.rows)), "utf-8")
            options.write_text(SCIM if source == "scim" else OPTIONS, "utf-8")
            parsed, rows = best(lambda path=path: bare(path))  # type: ignore[misc] # bound now
            drafted, records = best(lambda s=source, p=path, o=options: read(s, p, o, record=False))  # type: ignore[misc]
            recorded, _ = best(lambda s=source, p=path, o=options: read(s, p, o, record=True))  # type: ignore[misc]
            lines.append(
                f"| {name} | {rows:,} | {records:,} | {rows / parsed:,.0f} | {rows / drafted:,.0f} | {rows / recorded:,.0f} | {drafted / parsed:.1f}× |"
            )
            print(lines[-1], flush=True)
    if asked.page:
        head = "# Sources of access\n\nWritten by `benchmarks/sources.py`: one process, one core, CPU time; figures of one machine, the ratios are what counts.\n\n"
        asked.page.write_text(head + "\n".join(lines) + f"\n\nPython {sys.version.split()[0]}.\n", "utf-8")


if __name__ == "__main__":
    main()
