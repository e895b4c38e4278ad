"""`kansa collect` on a real vault: logs that rotate, folders, a system over HTTP, silence, quarantine that is mended."""

import gzip
import http.server
import json
import os
import random
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

import pytest

from kansa.application.collect.collect import Collected, collect
from kansa.application.collect.follow import Position, pieces
from kansa.application.collect.sources_file import read_sources
from kansa.application.ingest import take_in
from kansa.application.opening import Settings, Vault, create_vault
from kansa.application.quarantine import all_rows, open_rows
from kansa.application.source_health import source_health
from kansa.clock import format_instant, parse_instant
from kansa.errors import BadInput

BEGAN = parse_instant("2026-11-30T00:00:00.000Z")
MINUTE = 60_000_000
PARTIES = """\
source: crm
kind: party.registered
natural_key: code
fields:
  party_id: {id: party, system: party, column: code}
  valid_from: {column: since, as: date}
  known_by: {value: declared}
zone: UTC
"""
PATHS = """\
source: paths
kind: access_path.approved
natural_key: path
fields:
  path_id: {id: path, system: path, column: path}
  tenant_id: {id: party, system: party, column: tenant, existing: true, required: true}
  end_user_id: {id: party, system: party, column: tenant, existing: true}
  method: {value: remote}
  valid_from: {column: since, as: date}
  known_by: {value: documented}
zone: UTC
"""
SOURCES = """\
sources:
- name: openssh
  connector: openssh
  options: openssh.yaml
  follow: auth.log
  every: PT5M
  expected: {every: PT10M, grace: PT5M, answers: night shift}
- {name: crm, connector: table, options: crm.yaml, folder: drop, every: PT5M}
"""
OPTIONS = "zone: UTC\npaths: {path: kyoto-ssh, accounts: [kyoto]}\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A vault that knows one path, beside a folder of sources."""
    settings = Settings(origin="op.example/kansa", operator={"en": "Op"}, simulated=True, zone="UTC")
    create_vault(tmp_path / "vault", settings)
    for name, text in (
        ("crm.yaml", PARTIES),
        ("paths.yaml", PATHS),
        ("openssh.yaml", OPTIONS),
        ("sources.yaml", SOURCES),
    ):
        (tmp_path / name).write_text(text, "utf-8")
    (tmp_path / "parties.csv").write_text("code,since\nkyoto,2026-01-01\n", "utf-8")
    (tmp_path / "paths.csv").write_text("path,tenant,since\nkyoto-ssh,kyoto,2026-01-01\n", "utf-8")
    (tmp_path / "drop").mkdir()
    vault = opened(tmp_path, 0)
    take_in(vault, "table", [tmp_path / "parties.csv"], tmp_path / "crm.yaml")
    take_in(vault, "table", [tmp_path / "paths.csv"], tmp_path / "paths.yaml")
    return tmp_path


def opened(root: Path, minutes: int) -> Vault:
    """The vault, so many minutes after the beginning."""
    return Vault(root / "vault", at=BEGAN + minutes * MINUTE)


def round_of(root: Path, minutes: int, only: str = "openssh") -> Collected:
    """One round over one source."""
    file = read_sources(root / "sources.yaml")
    (done,) = collect(opened(root, minutes), file, root, only=[only])
    return done


def login(number: int, account: str = "kyoto") -> str:
    """A login, its end two lines later."""
    stamp = format_instant(BEGAN + number * 1_000_000).replace(".000Z", "Z")
    return f"{stamp} gpu-001 sshd[{number}]: Accepted publickey for {account} from 203.0.113.9 port {number} ssh2: RSA SHA256:x\n"


def logout(number: int) -> str:
    """The end of a login."""
    stamp = format_instant(BEGAN + (number + 30) * 1_000_000).replace(".000Z", "Z")
    return f"{stamp} gpu-001 sshd[{number}]: Disconnected from user kyoto 203.0.113.9 port {number}\n"


def sessions(root: Path) -> Counter[bool]:
    """How many sessions the ledger has that ended, and that did not; a correction takes the place of what it corrects."""
    latest: dict[str, bool] = {}
    corrected = set()
    for index, record in opened(root, 10_000).records():
        if record.type == "kansa.access_path.session.v0":
            latest[str(index)] = record.data["valid_to"] is not None
            if "corrects" in record.data:
                corrected.add(str(record.data["corrects"]["index"]))
    return Counter(ended for index, ended in latest.items() if index not in corrected)


def test_a_log_that_grows_is_read_once_and_open_sessions_are_ended_later(root: Path) -> None:
    """A line that is still being written waits for its end; the beginning of a session is read again with its end."""
    log = root / "auth.log"
    log.write_text(login(1) + login(2) + logout(1) + login(3)[:40], "utf-8")
    first = round_of(root, 1)
    assert (first.counts["rows"], first.counts["records"]) == (3, 2)

    with log.open("a", encoding="utf-8") as stream:
        stream.write(login(3)[40:] + logout(2))
    second = round_of(root, 2)

    assert (second.counts["records"], second.counts["superseding"]) == (1, 1)
    assert sessions(root) == {True: 2, False: 1}
    assert round_of(root, 3).counts["rows"] == 0


@pytest.mark.parametrize("how", ["renamed", "packed", "copied and cut off", "twice"])
def test_a_rotation_loses_and_doubles_nothing(root: Path, how: str) -> None:
    """Whatever logrotate does between two rounds: what was not read yet is found, and nothing is read twice."""
    log = root / "auth.log"
    log.write_text(login(1) + logout(1) + login(2), "utf-8")
    round_of(root, 1)
    log.write_text(log.read_text("utf-8") + logout(2) + login(3), "utf-8")
    if how == "renamed":
        log.rename(root / "auth.log.1")
    elif how == "packed":
        (root / "auth.log.1.gz").write_bytes(gzip.compress(log.read_bytes()))
        log.unlink()
    elif how == "copied and cut off":
        (root / "auth.log-20261130").write_bytes(log.read_bytes())
        with log.open("r+b") as stream:
            stream.truncate(0)
    else:
        log.rename(root / "auth.log.2")
        (root / "auth.log.1").write_text(logout(3) + login(4) + logout(4), "utf-8")
        os.utime(root / "auth.log.2", (1, 1))
    log.write_text(
        login(5) + logout(5) if how == "twice" else logout(3) + login(4) + logout(4) + login(5) + logout(5),
        "utf-8",
    )

    done = round_of(root, 2)

    assert done.lost == 0
    assert sessions(root) == {True: 5}
    assert (done.counts["quarantined"], done.counts["refused"]) == (0, 0)


def test_bytes_that_are_gone_are_a_gap_of_the_source(root: Path) -> None:
    """The log was replaced and nothing holds what was read: what is there now is read, and the loss is recorded."""
    log = root / "auth.log"
    log.write_text(login(1) + logout(1), "utf-8")
    round_of(root, 1)
    log.unlink()
    log.write_text(login(7) + logout(7) + login(8) + logout(8), "utf-8")

    done = round_of(root, 2)

    assert done.lost == 1
    assert sessions(root) == {True: 3}
    (health,) = [each for each in source_health(opened(root, 3)) if each.name == "openssh"]
    assert (health.gaps, health.is_well) == (1, False)
    assert round_of(root, 4).lost == 0


def test_a_crash_between_records_and_position_doubles_nothing(root: Path) -> None:
    """What was read is read again, and adds nothing."""
    log = root / "auth.log"
    log.write_text(login(1) + logout(1), "utf-8")
    round_of(root, 1)
    state = root / "vault" / "collect" / "openssh.json"
    before = state.read_bytes()
    log.write_text(log.read_text("utf-8") + login(2) + logout(2), "utf-8")
    round_of(root, 2)
    state.write_bytes(before)

    again = round_of(root, 3)

    assert (again.counts["records"], again.counts["superseding"], again.counts["duplicates"]) == (0, 0, 1)
    assert sessions(root) == {True: 2}


@pytest.mark.parametrize("seed", range(20))
def test_any_way_of_growing_and_rotating_gives_every_byte_once(tmp_path: Path, seed: int) -> None:
    """Over random appends, rotations, packings and rounds: the pieces put together are what was written."""
    chance = random.Random(seed)
    log, written, read = tmp_path / "a.log", b"", b""
    log.write_bytes(b"")
    (first,) = pieces(log, Position())
    position, base = first.after, first.after.seen // 1_000_000_000 + 10

    def at(path: Path, moment: float) -> None:
        os.utime(path, (moment, moment))

    for step in range(60):
        act = chance.choice(["write", "write", "read", "rotate", "pack"])
        if act == "write":
            line = f"{step} {chance.random()}\n".encode()
            written += line
            with log.open("ab") as stream:
                stream.write(line)
            at(log, base + step)
        elif act == "rotate":
            log.rename(tmp_path / f"a.log.{step:03}")
            log.write_bytes(b"")
            at(log, base + step)
        elif act == "pack":
            for each in [path for path in tmp_path.glob("a.log.*") if path.suffix != ".gz"]:
                packed = each.with_name(f"{each.name}.gz")
                packed.write_bytes(gzip.compress(each.read_bytes()))
                at(packed, each.stat().st_mtime)
                each.unlink()
        else:
            for piece in pieces(log, position):
                assert not piece.lost
                read, position = read + piece.content, piece.after
    for piece in pieces(log, position):
        read += piece.content
    assert read == written


def test_a_source_is_collected_when_it_is_due(root: Path) -> None:
    """Not before its time, unless it is asked for; a failure does not keep the others."""
    file = read_sources(root / "sources.yaml")
    (root / "drop" / "crm.csv").write_text("code,since\nnara,2026-01-01\n", "utf-8")

    first = collect(opened(root, 1), file, root)
    (root / "auth.log").write_text(login(1), "utf-8")
    early = collect(opened(root, 3), file, root)
    late = collect(opened(root, 7), file, root)

    assert [each.problems[0].message for each in first if each.problems] == [
        f"there is no log `{root}/auth.log`"
    ]
    assert [each.counts["records"] for each in first] == [0, 1]
    assert [each.ran for each in early] == [False, False]
    assert [each.counts["records"] for each in late] == [1, 0]


def test_silence_is_found_and_who_answers_is_named(root: Path) -> None:
    """Ten minutes and five of grace after it was last heard of; a source that nobody expects cannot be silent."""
    (root / "auth.log").write_text(login(1), "utf-8")
    round_of(root, 1)

    heard = {each.name: each for each in source_health(opened(root, 15))}
    silent = {each.name: each for each in source_health(opened(root, 17))}

    assert heard["openssh"].silent is False
    assert (silent["openssh"].silent, silent["openssh"].answers) == (True, "night shift")
    assert silent["crm"].silent is None
    assert silent["openssh"].as_json()["lag_seconds"] == 16 * 60


def test_what_is_expected_is_recorded_once_until_it_changes(root: Path) -> None:
    """Every round asks; the ledger gets a record when the cadence is another one."""
    (root / "auth.log").write_text(login(1), "utf-8")
    round_of(root, 1)
    round_of(root, 2)
    expected = "kansa.source.expected.v0"
    assert sum(record.type == expected for _, record in opened(root, 3).records()) == 1

    (root / "sources.yaml").write_text(SOURCES.replace("PT10M", "PT20M"), "utf-8")
    round_of(root, 4)
    assert sum(record.type == expected for _, record in opened(root, 5).records()) == 2


def test_a_quarantined_row_has_an_identity_and_is_closed_by_what_mends_it(root: Path) -> None:
    """An account that nobody knows; then the options name it, and the same row becomes a record."""
    log = root / "guest.log"
    log.write_text(login(1, "guest"), "utf-8")
    take_in(opened(root, 1), "openssh", [log], root / "openssh.yaml")
    take_in(opened(root, 2), "openssh", [log], root / "openssh.yaml")
    (row,) = open_rows(opened(root, 3))
    assert (row.times, row.code, len(row.id)) == (2, "access.account", 12)

    (root / "openssh.yaml").write_text(OPTIONS.replace("[kyoto]", "[kyoto, guest]"), "utf-8")
    done = take_in(opened(root, 4), "openssh", [log], root / "openssh.yaml")

    assert (done.records, done.mended) == (1, 1)
    assert open_rows(opened(root, 5)) == []
    assert [each.mended for each in all_rows(opened(root, 5))] == [True]


def test_a_row_is_also_closed_when_its_file_is_read_again_and_it_is_passed_over(root: Path) -> None:
    """The account turned out to be the operator's own. Other files close nothing."""
    log, other = root / "a.log", root / "b.log"
    log.write_text(login(1, "ansible"), "utf-8")
    other.write_text(login(2), "utf-8")
    take_in(opened(root, 1), "openssh", [log], root / "openssh.yaml")
    (root / "openssh.yaml").write_text(OPTIONS + "operator_accounts: [ansible]\n", "utf-8")

    assert take_in(opened(root, 2), "openssh", [other], root / "openssh.yaml").mended == 0
    assert len(open_rows(opened(root, 3))) == 1
    assert take_in(opened(root, 4), "openssh", [log], root / "openssh.yaml").mended == 1
    assert open_rows(opened(root, 5)) == []


def test_a_cell_that_a_person_mends_closes_its_row(root: Path) -> None:
    """In a table the row stands where it stood, with other content; wrong again, it is open again."""
    table = root / "more.csv"
    table.write_text("code,since\nosaka,soon\n", "utf-8")
    take_in(opened(root, 1), "table", [table], root / "crm.yaml")
    assert len(open_rows(opened(root, 2))) == 1

    table.write_text("code,since\nosaka,2026-02-01\n", "utf-8")
    assert take_in(opened(root, 3), "table", [table], root / "crm.yaml").mended == 1

    table.write_text("code,since\nosaka,soon\n", "utf-8")
    take_in(opened(root, 4), "table", [table], root / "crm.yaml")
    assert [each.times for each in open_rows(opened(root, 5))] == [2]


class _Provider(http.server.BaseHTTPRequestHandler):
    """A SCIM provider of 250 users that wants a token, and is busy the first time."""

    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        if self.headers["authorization"] != "Bearer secret":
            self.send_error(401)
        elif len(self.asked) == 1:
            self.send_response(503)
            self.send_header("retry-after", "0")
            self.send_header("content-length", "0")
            self.end_headers()
        else:
            start = int(self.path.partition("startIndex=")[2].partition("&")[0])
            users = [
                {
                    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
                    "id": f"u{n}",
                    "userName": f"u{n}@kyoto.example",
                    "meta": {"created": "2026-01-01T00:00:00Z"},
                }
                for n in range(start, min(start + 200, 251))
            ]
            listed = users if self.path.startswith("/scim/Users") else []
            body = json.dumps({"totalResults": 250 if listed else 0, "Resources": listed}).encode()
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def provider() -> Iterator[str]:
    """The address of a provider, for as long as the block lasts."""
    _Provider.asked = []
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Provider) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/scim"
        server.shutdown()


def pulled(root: Path, address: str) -> None:
    """A file of sources with one that is asked at an address."""
    (root / "scim.yaml").write_text("owners: {party: kyoto, domains: [kyoto.example]}\n", "utf-8")
    (root / "sources.yaml").write_text(
        f"sources: {{name: idp, connector: scim, options: scim.yaml, pull: {{url: '{address}', bearer: {{file: token}}}}}}\n",
        "utf-8",
    )


def test_a_system_is_asked_over_http_page_by_page(root: Path) -> None:
    """Its token comes from a file; where it is busy it is asked again; the second round adds nothing."""
    (root / "token").write_text("secret\n", "utf-8")
    with provider() as address:
        pulled(root, address)
        first, second = round_of(root, 1, "idp"), round_of(root, 2, "idp")

    assert first.problems == []
    assert (first.counts["records"], second.counts["records"], second.counts["duplicates"]) == (250, 0, 250)


def test_a_system_that_refuses_is_a_problem_of_this_source_and_shown(root: Path) -> None:
    """The status is said; the health remembers it until the next round works."""
    (root / "token").write_text("wrong\n", "utf-8")
    with provider() as address:
        pulled(root, address)
        done = round_of(root, 1, "idp")
    assert "answers with 401" in done.problems[0].message
    assert not done.is_whole


def test_a_file_of_sources_says_everything_wrong_at_once(root: Path) -> None:
    """Two ways, no way, an unknown connector, a secret in an address, a name twice, no time at all."""
    (root / "bad.yaml").write_text(
        "sources:\n- {name: a, connector: openssh, follow: x, folder: y}\n- {name: a, connector: nothing, follow: x}\n"
        "- {name: b, connector: scim, pull: {url: 'https://u:p@idp.example'}, every: PT0S}\n- {name: c, connector: openssh}\n",
        "utf-8",
    )
    with pytest.raises(BadInput) as caught:
        read_sources(root / "bad.yaml")
    said = " ".join(problem.message for problem in caught.value.problems)
    for each in (
        "comes by one of",
        "no connector `nothing`",
        "holds no credentials",
        "is no time at all",
        "stands twice",
        "`scim` needs an options file",
    ):
        assert each in said, each


def test_what_a_followed_log_left_in_quarantine_is_read_again_when_it_is_mended(root: Path) -> None:
    """A log is not read back: the rows that were kept are, and closed."""
    (root / "auth.log").write_text(login(1, "guest") + login(2), "utf-8")
    round_of(root, 1)
    (root / "openssh.yaml").write_text(OPTIONS.replace("[kyoto]", "[kyoto, guest]"), "utf-8")
    assert round_of(root, 2).counts["records"] == 0

    (done,) = collect(
        opened(root, 3), read_sources(root / "sources.yaml"), root, only=["openssh"], retry=True
    )

    assert done.counts["records"] == 1
    assert open_rows(opened(root, 4)) == []
