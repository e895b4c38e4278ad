"""sshd's log: sessions with their end, refusals, what is nobody's; in every form, order and packing."""

import gzip
import json
import os
import random
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kansa.clock import parse_instant
from kansa.connectors.connector import Setup
from kansa.connectors.openssh.source import OpenSshSource
from kansa.connectors.registry import connector_named
from kansa.errors import BadInput

if TYPE_CHECKING:
    from connectors.conftest import World

URN = "urn:kansa:op.example"
NOW = parse_instant("2026-11-30T12:00:00.000Z")
SESSION, REFUSED = "kansa.access_path.session.v0", "kansa.access_path.refused.v0"
KEY = "SHA256:2tJW3iM7st3ioRaKANk592xr+85RIy6YMGko1+TYhdM"
OPTIONS = f"""
zone: Asia/Tokyo
paths:
- {{path: kyoto-ssh, accounts: [kyoto, 'kyoto-*'], targets: ['gpu-*']}}
operator_accounts: [ansible]
bastions: [10.9.0.5]
persons: {{'{KEY}': tanaka}}
countries: countries.csv
"""
LOG = f"""\
2026-11-30T10:00:00.100+09:00 gpu-001 sshd[101]: Connection from 203.0.113.9 port 40450 on 10.0.0.1 port 22
2026-11-30T10:00:00.200+09:00 gpu-001 sshd[101]: Accepted publickey for kyoto from 203.0.113.9 port 40450 ssh2: ED25519 {KEY}
2026-11-30T10:00:00.300+09:00 gpu-001 sshd[101]: pam_unix(sshd:session): session opened for user kyoto(uid=1001) by (uid=0)
2026-11-30T10:00:00.400+09:00 gpu-001 sshd[105]: Starting session: shell on pts/0 for kyoto from 203.0.113.9 port 40450 id 0
2026-11-30T10:00:01.000+09:00 gpu-001 cron[7]: (root) CMD (true)
2026-11-30T10:00:02.000+09:00 gpu-001 sshd[120]: Accepted password for kyoto-2 from 10.9.0.5 port 500 ssh2
2026-11-30T10:00:03.000+09:00 gpu-001 sshd[130]: Invalid user admin from 198.51.100.7 port 600
2026-11-30T10:00:03.500+09:00 gpu-001 sshd[130]: Failed password for invalid user admin from 198.51.100.7 port 600 ssh2
2026-11-30T10:00:04.000+09:00 gpu-001 sshd[140]: Failed password for kyoto from 198.51.100.7 port 601 ssh2
2026-11-30T10:00:05.000+09:00 gpu-001 sshd[150]: Accepted publickey for ansible from 10.0.0.9 port 700 ssh2: RSA SHA256:abc
2026-11-30T10:30:00.000+09:00 gpu-001 sshd[105]: Received disconnect from 203.0.113.9 port 40450:11: disconnected by user
2026-11-30T10:30:00.001+09:00 gpu-001 sshd[105]: Disconnected from user kyoto 203.0.113.9 port 40450
2026-11-30T10:30:00.002+09:00 gpu-001 sshd[101]: pam_unix(sshd:session): session closed for user kyoto
2026-11-30T10:31:00.000+09:00 gpu-001 sshd[160]: Accepted publickey for guest from 203.0.113.9 port 800 ssh2: RSA SHA256:abc
not a line of syslog
"""


def source(world: "World", options: str = OPTIONS, now: int = NOW) -> OpenSshSource:
    """OpenSSH under these options; the path `kyoto-ssh` is approved."""
    if world.names.find("path", "kyoto-ssh") is None:
        path = world.names.introduce("path", "path", "kyoto-ssh")
        world.names.approve(path, "pty_" + "a" * 26, "pty_" + "b" * 26)
        world.names.carried()
        world.names.settle([("path", "kyoto-ssh")])
    world.file("countries.csv", "network,country\n203.0.113.0/24,JP\n203.0.113.128/25,US\n198.51.0.0/16,KR\n")
    made = connector_named("openssh").make(Setup(URN, world.file("openssh.yaml", options), None, now))
    assert isinstance(made, OpenSshSource)
    return made


def sessions(world: "World") -> list[dict[str, Any]]:
    """What was appended of sessions, in order."""
    return [dict(each) for each in world.said(SESSION)]


def test_every_line_is_accounted_for(world: "World") -> None:
    """Two sessions, one refusal of a path's account; the stranger is passed over, the account of nobody quarantined."""
    done = world.ingest(source(world), world.file("auth.log", LOG))

    assert (done.rows, done.records, done.quarantined) == (15, 3, 2)
    assert done.passed_over == {
        "no login, session or end": 2,
        "part of a session": 4,
        "no message of sshd": 1,
        "refused, and the account is no path's": 1,
        "further message on the same refusal": 1,
        "account of the operator's own": 1,
    }
    assert [problem.code for problem in done.problems] == ["access.account", "log.form"]
    assert "`guest` on `gpu-001`" in done.problems[0].message
    assert "operator_accounts" in str(done.problems[0].help)


def test_a_session_says_who_came_how_from_where_until_when(world: "World") -> None:
    """The person by the key, the country by the smallest network, the method by the address; no end is no end."""
    world.ingest(source(world), world.file("auth.log", LOG))
    direct, brokered = sessions(world)

    assert direct["valid_from"] == "2026-11-30T01:00:00.200Z"
    assert direct["valid_to"] == "2026-11-30T01:30:00.000Z"
    assert direct["person"] == "tanaka"
    assert direct["credential"] == KEY
    assert direct["origin_country"] == "JP"
    assert (direct["method"], direct["method_basis"], direct["activity"]) == (
        "remote",
        "outside_network",
        "shell",
    )
    assert direct["end_user_id"] == "pty_" + "b" * 26
    assert (brokered["method"], brokered["method_basis"], brokered["valid_to"]) == (
        "brokered",
        "bastion",
        None,
    )
    refused = world.said(REFUSED)[0]
    assert (refused["reason"], refused["origin_country"]) == ("failed password", "KR")


def test_the_same_lines_in_any_order_files_and_packing_are_the_same_sessions(world: "World") -> None:
    """Rotated, packed, shuffled, doubled: nothing is added to what was recorded."""
    world.ingest(source(world), world.file("auth.log", LOG))
    before = len(world.submissions())
    lines = LOG.splitlines(keepends=True)
    shuffled = random.Random(7).sample(lines, len(lines))
    packed = world.file("auth.log.2.gz", gzip.compress("".join(shuffled[:8]).encode()))

    again = world.ingest(
        source(world), packed, world.file("auth.log.1", "".join(shuffled[8:] + shuffled[:4]))
    )

    assert (again.records, again.superseding, again.duplicates) == (0, 0, 3)
    assert again.passed_over["the same line again"] >= 1
    assert len(world.submissions()) == before


def test_the_end_that_comes_with_a_later_file_corrects_the_open_session(world: "World") -> None:
    """What has no end is handed back, so that whoever follows the log reads it again with what comes."""
    lines = LOG.splitlines(keepends=True)
    first = source(world)
    path = world.file("a.log", "".join(lines[:8]))
    world.ingest(first, path)
    carried = first.unfinished[path]
    assert [line.split("]: ")[1][:20] for line in carried] == ["Accepted publickey f", "Accepted password fo"]

    later = world.ingest(source(world), world.file("b.log", "\n".join(carried) + "\n" + "".join(lines[8:13])))

    assert later.superseding == 1
    assert sessions(world)[-1]["valid_to"] == "2026-11-30T01:30:00.000Z"


def journal(entries: list[tuple[str, str, str, str]]) -> tuple[str, bytes]:
    """The entries as `journalctl -o json` and `-o export` write them."""
    told, packed = [], b""
    for stamp, host, program, message in entries:
        micro = str(parse_instant(stamp))
        told.append(
            json.dumps(
                {
                    "__REALTIME_TIMESTAMP": micro,
                    "_HOSTNAME": host,
                    "SYSLOG_IDENTIFIER": program,
                    "_PID": "9",
                    "MESSAGE": message,
                }
            )
        )
        packed += f"__REALTIME_TIMESTAMP={micro}\n_HOSTNAME={host}\nSYSLOG_IDENTIFIER={program}\n_PID=9\nMESSAGE\n".encode()
        packed += len(message.encode()).to_bytes(8, "little") + message.encode() + b"\n\n"
    return "\n".join(told) + "\n", packed


def test_journald_in_both_forms_says_what_syslog_says(world: "World") -> None:
    """One login, three forms: one record."""
    message = f"Accepted publickey for kyoto from 203.0.113.9 port 40450 ssh2: ED25519 {KEY}"
    as_json, export = journal([("2026-11-30T01:00:00.200Z", "gpu-001", "sshd-session", message)])

    done = [
        world.ingest(source(world), world.file(name, content))
        for name, content in (("a.log", LOG.splitlines()[1]), ("b.json", as_json), ("c.export", export))
    ]

    assert [each.records + each.superseding for each in done] == [1, 1, 0]
    assert len({each["valid_from"] for each in sessions(world)}) == 1
    assert {each["path_id"] for each in sessions(world)} == {world.names.find("path", "kyoto-ssh")}


@pytest.mark.parametrize("year_of_file", [2025, 2027])
def test_stamps_without_a_year_take_it_from_the_file(world: "World", year_of_file: int) -> None:
    """A log that runs over New Year ends in the year in which the file was written, and began in the one before."""
    lines = (
        f"Dec 31 23:59:50 gpu-001 sshd[1]: Accepted publickey for kyoto from 203.0.113.9 port 1 ssh2: ED25519 {KEY}\n"
        "Jan  1 00:00:10 gpu-001 sshd[1]: Disconnected from user kyoto 203.0.113.9 port 1\n"
        "Dec 31 23:59:59 gpu-001 sshd[2]: Accepted publickey for kyoto from 203.0.113.9 port 2 ssh2: RSA SHA256:x\n"
    )
    path = world.file("auth.log", lines)
    written = parse_instant(f"{year_of_file}-01-02T00:00:00.000Z") / 1e6
    os.utime(path, (written, written))

    world.ingest(source(world, now=parse_instant("2028-06-01T00:00:00.000Z")), path)

    starts = [each["valid_from"] for each in sessions(world)]
    assert starts == [f"{year_of_file - 1}-12-31T14:59:50.000Z", f"{year_of_file - 1}-12-31T14:59:59.000Z"]


def test_a_host_that_starts_again_ends_its_sessions_and_says_that_it_was_inferred(world: "World") -> None:
    """Nothing else ends them; another host's stay open."""
    log = (
        f"2026-11-30T10:00:00+09:00 gpu-001 sshd[1]: Accepted publickey for kyoto from 203.0.113.9 port 1 ssh2: ED25519 {KEY}\n"
        f"2026-11-30T10:00:01+09:00 gpu-002 sshd[1]: Accepted publickey for kyoto from 203.0.113.9 port 1 ssh2: ED25519 {KEY}\n"
        "2026-11-30T11:00:00+09:00 gpu-001 kernel: [    0.000000] Linux version 6.1.0 (gcc)\n"
    )
    world.ingest(source(world), world.file("syslog", log))

    ended, open_ = sessions(world)
    assert (ended["valid_to"], ended["known_by"], ended["inferred_from"]) == (
        "2026-11-30T02:00:00.000Z",
        "inferred",
        "the host was started again",
    )
    assert (open_["valid_to"], open_["known_by"]) == (None, "measured")


def test_a_certificate_names_its_person(world: "World") -> None:
    """The key ID that the authority wrote; the fingerprint stays beside it."""
    log = (
        "2026-11-30T10:00:00+09:00 gpu-001 sshd[1]: Accepted publickey for kyoto from 203.0.113.9 port 1 ssh2: "
        "ED25519-CERT SHA256:leaf ID sato@kyoto.example (serial 7) CA ED25519 SHA256:ca\n"
    )
    world.ingest(source(world), world.file("a.log", log))

    assert (sessions(world)[0]["person"], sessions(world)[0]["credential"]) == (
        "sato@kyoto.example",
        "SHA256:leaf",
    )


def test_a_path_that_nobody_introduced_is_said_and_mended_by_reading_again(world: "World") -> None:
    """Nothing of the line is recorded until its path is known."""
    options = OPTIONS.replace("kyoto-ssh,", "nara-ssh,")
    done = world.ingest(source(world, options), world.file("a.log", LOG.splitlines()[1]))
    assert [problem.message for problem in done.problems] == ["nobody introduced the path `nara-ssh`"]

    world.names.introduce("path", "path", "nara-ssh")
    world.names.carried()
    world.names.settle([("path", "nara-ssh")])
    assert world.ingest(source(world, options), world.folder / "a.log").records == 1


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("empty-form.log", "hello\nworld\n", "log.none"),
        ("cut.log.gz", gzip.compress(LOG.encode() * 400)[:-200], "file.packed"),
        ("bomb.gz", gzip.compress(b"\0" * (200 << 20), 9), "ingest.unreadable"),
    ],
)
def test_a_file_that_cannot_be_read_says_what_to_export(
    world: "World", name: str, content: bytes | str, code: str
) -> None:
    """Neither a cut file nor one that unpacks without end is a traceback."""
    with pytest.raises(BadInput) as caught:
        world.ingest(source(world), world.file(name, content))
    assert code in {caught.value.code, *(problem.code for problem in caught.value.problems)}


def test_options_say_everything_wrong_at_once(world: "World") -> None:
    """A network that is none, another connector's file, a rule that hides others, an unknown zone."""
    with pytest.raises(BadInput) as caught:
        source(
            world, "connector: slurm\nzone: Tokyo\nbastions: [10.0.0.300]\npaths:\n- {path: a}\n- {path: b}\n"
        )
    said = " ".join(f"{problem.message}" for problem in caught.value.problems)
    assert len(caught.value.problems) == 4
    for each in (
        "`slurm` is another connector",
        "`Tokyo` is not a zone",
        "`10.0.0.300` is no network",
        "never reached",
    ):
        assert each in said


def test_a_table_of_countries_with_wrong_rows_is_refused_row_by_row(world: "World") -> None:
    """A country for nothing would be worse than none."""
    made = source(world)
    assert made is not None
    (world.folder / "countries.csv").write_text("network,country\n10.0.0.0/99,JP\n10.0.0.0/8,JPN\n", "utf-8")
    with pytest.raises(BadInput) as caught:
        connector_named("openssh").make(Setup(URN, world.folder / "openssh.yaml", None, NOW))
    assert [problem.line for problem in caught.value.problems] == [2, 3]


def test_an_entry_of_the_journal_cut_short_spoils_itself_alone(world: "World") -> None:
    """What stands before it is recorded; that something follows is said."""
    _, export = journal(
        [
            (
                "2026-11-30T01:00:00.200Z",
                "gpu-001",
                "sshd",
                f"Accepted publickey for kyoto from 203.0.113.9 port 1 ssh2: ED25519 {KEY}",
            )
        ]
    )
    done = world.ingest(
        source(world), world.file("a.export", export + b"__REALTIME_TIMESTAMP=1\nMESSAGE\n\xff\xff")
    )
    assert (done.records, done.quarantined) == (1, 1)
    assert "cut short" in done.problems[0].message


def test_what_stands_there_is_of_the_package(world: "World") -> None:
    """The reading of one file without a survey is that of a survey of it."""
    path = world.file("a.log", LOG)
    surveyed, plain = source(world), source(world)
    surveyed.survey([path])
    assert list(map(str, surveyed.rows(path, world.names))) == list(map(str, plain.rows(path, world.names)))
    assert isinstance(path, Path)
