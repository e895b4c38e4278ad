"""A log of a gateway that nobody knows, by patterns: what the how-to for a new source shows."""

from typing import TYPE_CHECKING

import pytest

from kansa.connectors.base import Source
from kansa.connectors.connector import Setup
from kansa.connectors.registry import connector_named
from kansa.errors import BadInput

if TYPE_CHECKING:
    from connectors.conftest import World

OPTIONS = r"""
zone: UTC
paths: {path: gateway, accounts: ['*@kyoto']}
patterns:
- {program: openvpn, means: opened, match: '^(?P<address>\S+) \[(?P<account>\S+)\] Peer Connection Initiated id=(?P<session>\d+)'}
- {program: openvpn, means: closed, match: 'id=(?P<session>\d+) closed'}
- {program: openvpn, means: refused, match: '^(?P<address>\S+) \[(?P<account>\S+)\] (?P<reason>AUTH_FAILED)'}
"""
LOG = """\
2026-11-30T01:00:00Z gw openvpn[1]: 203.0.113.9 [sato@kyoto] Peer Connection Initiated id=7
2026-11-30T01:00:01Z gw openvpn[1]: 203.0.113.9 [sato@kyoto] TLS: soft reset
2026-11-30T01:00:02Z gw openvpn[1]: 198.51.100.7 [sato@kyoto] AUTH_FAILED
2026-11-30T02:00:00Z gw openvpn[1]: id=7 closed
2026-11-30T02:00:00Z gw openvpn[1]: id=6 closed
"""


def source(world: "World", options: str = OPTIONS) -> Source:
    """The reader under these options; the path `gateway` is approved."""
    world.names.introduce("path", "path", "gateway")
    world.names.carried()
    world.names.settle([("path", "gateway")])
    setup = Setup("urn:kansa:op.example", world.file("syslog.yaml", options), None, 1_800_000_000_000_000)
    return connector_named("syslog").make(setup)


def test_patterns_say_what_opened_closed_and_was_refused(world: "World") -> None:
    """Joined by the session's number; what no pattern fits is counted."""
    done = world.ingest(source(world), world.file("gw.log", LOG))

    assert (done.rows, done.records, done.quarantined) == (5, 2, 0)
    assert done.passed_over == {
        "no pattern fits": 1,
        "part of a session": 1,
        "end of a session that began before these files": 1,
    }
    (session,) = world.said("kansa.access_path.session.v0")
    assert (session["valid_to"], session["session"]) == ("2026-11-30T02:00:00.000Z", "7")
    assert world.said("kansa.access_path.refused.v0")[0]["reason"] == "AUTH_FAILED"


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("{means: opened, match: '('}", "is no regular expression"),
        ("{means: opened, match: '(?P<who>x)'}", "the group `who` means nothing"),
        ("{means: opened, match: 'x'}", "no group `account`"),
        ("{means: closed, match: 'x'}", "neither a group `session` nor `account`"),
    ],
)
def test_a_pattern_that_says_nothing_is_refused(world: "World", pattern: str, said: str) -> None:
    """Before a line is read."""
    with pytest.raises(BadInput) as caught:
        source(world, f"patterns: {pattern}\n")
    assert said in str(caught.value.problems[0].message)


def test_without_patterns_nothing_can_be_read() -> None:
    """The error says what is missing."""
    with pytest.raises(BadInput, match="needs an options file"):
        connector_named("syslog").make(Setup("urn:x", None, None, 0))
