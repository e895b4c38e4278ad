"""Times of others: a real authority stamps the checkpoint, and the bounds of every record follow."""

import json
from pathlib import Path

import pytest

from authority import Authority, authority
from kansa.application import timestamping
from kansa.application.auditing.vault import audit_vault
from kansa.application.time_bounds import Bound, TimeBounds, time_bounds
from kansa.application.witness_http import HttpTransport
from kansa.clock import HOUR, SystemClock, format_instant, parse_instant
from kansa.errors import BadInput
from kansa.interfaces.cli.app import run
from kansa.ledger.strict import from_base64, to_base64
from kansa.records import envelope
from kansa.records.draft import Draft
from kansa.vault.vault import Vault
from worlds import draft, small_vault


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    """The small world."""
    return small_vault(tmp_path / "vault")


@pytest.fixture(scope="module")
def tsa(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """A real authority."""
    return authority(tmp_path_factory.mktemp("tsa") / "a")


def test_a_token_over_http_bounds_what_was_before_and_what_comes_after(vault: Vault, tsa: Authority) -> None:
    """By its time all before the checkpoint was there; what is appended after the record came later."""
    size = vault.reader.size()
    before = SystemClock().now()
    with tsa.serving() as url:
        timestamping.set_authority(vault, tsa.roots, url)
        done = timestamping.stamp(vault, HttpTransport())
    after = SystemClock().now()
    later = vault.record(draft("site.registered", "later", site_id=site(vault), country="JP"))
    bounds = time_bounds(vault)
    first, last, own = bounds.of(0), bounds.of(later), bounds.of(done.entry)

    assert (done.size, done.entry, done.accuracy) == (size, size, 1_500_000)
    assert first.after is None
    assert first.by is not None
    assert before - 2 * done.accuracy < first.by.at < after + 2 * done.accuracy
    assert last.by is None
    assert last.after is not None
    assert last.after.at <= done.at
    assert (own.after, own.by) == (None, None)
    assert last.after.by == f"time stamp, entry {done.entry}"


def site(vault: Vault) -> str:
    """The one site."""
    return next(str(r.data["site_id"]) for _, r in vault.records() if "site_id" in r.data)


def test_openssl_alone_checks_what_is_on_record(vault: Vault, tsa: Authority) -> None:
    """The token and the checkpoint from the record are all that it takes; any other checkpoint is refused."""
    timestamping.set_authority(vault, tsa.roots)
    done = timestamping.accept_stamp(vault, tsa.answer(timestamping.request_stamp(vault)))
    data = envelope.decode(vault.reader.entry(done.entry)).data
    checkpoint, token = data["checkpoint"].encode(), from_base64(data["token"])

    assert tsa.verifies(checkpoint, token)
    assert not tsa.verifies(checkpoint + b"\n", token)


def test_by_files_and_as_commands(
    vault: Vault, tsa: Authority, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Request, answer, record; `kansa records` shows the bounds."""
    root, asked, answer = str(vault.places.root), tmp_path / "q.tsq", tmp_path / "r.tsr"
    own = ["ledger", "timestamp", "--vault", root]
    assert run([*own, "--roots", str(tsa.roots), "--request", str(asked)]) == 0
    answer.write_bytes(tsa.answer(asked.read_bytes()))
    capsys.readouterr()
    assert run([*own, "--response", str(answer), "--json"]) == 0
    done = json.loads(capsys.readouterr().out)
    run(["records", "--type", "kansa.site.registered.v0", "--vault", root])
    shown = json.loads(capsys.readouterr().out.splitlines()[0])

    assert shown["bounds"]["after"] is None
    assert shown["bounds"]["by"]["by"] == f"time stamp, entry {done['entry']}"
    assert parse_instant(shown["bounds"]["by"]["time"]) >= parse_instant(done["time"])


def test_what_does_not_verify_is_not_recorded(vault: Vault, tsa: Authority, tmp_path: Path) -> None:
    """Another authority's answer, one to an older request, one that was altered, none at all."""
    size = vault.reader.size()
    timestamping.set_authority(vault, tsa.roots)
    query = timestamping.request_stamp(vault)
    good = tsa.answer(query)
    other = authority(tmp_path / "other").answer(query)
    vault.record(draft("site.registered", "later", site_id=site(vault), country="JP"))
    timestamping.request_stamp(vault)

    for wrong in (other, good, good[:-1], b"", b"x" * 100):
        with pytest.raises(BadInput) as refused:
            timestamping.accept_stamp(vault, wrong)
        assert refused.value.code == "timestamp.token"
    assert vault.reader.size() == size + 1


@pytest.mark.parametrize("altered", ["none", "time", "token", "checkpoint"])
def test_an_audit_verifies_every_token_anew(vault: Vault, tsa: Authority, altered: str) -> None:
    """A record that states what no token says is found: whoever holds the log's key can write one."""
    timestamping.set_authority(vault, tsa.roots)
    done = timestamping.accept_stamp(vault, tsa.answer(timestamping.request_stamp(vault)))
    data = dict(envelope.decode(vault.reader.entry(done.entry)).data)
    if altered == "time":
        data["valid_from"] = format_instant(done.at // 1000 * 1000 - HOUR)
    elif altered == "token":
        token = bytearray(from_base64(data["token"]))
        token[-3] ^= 1
        data["token"] = to_base64(bytes(token))
    elif altered == "checkpoint":
        data["checkpoint"] = vault.reader.latest().decode()
    now = vault.clock.now()
    data.pop("about", None)
    data.pop("_sd", None)
    vault.record(Draft("kansa.log.timestamped.v0", f"{vault.urn}:kansa", altered, now, data))
    part = {each.name: each for each in audit_vault(vault).parts}["time stamps"]

    assert part.total == 2
    assert part.ok == (altered == "none")


def test_the_tightest_bounds_are_taken() -> None:
    """Of several that cover an entry."""
    one, two = Bound(10, "a"), Bound(20, "b")
    bounds = TimeBounds(after=((3, one), (7, two)), by=((5, one), (9, two)))

    assert [bounds.of(i).after for i in (3, 4, 7, 8)] == [None, one, one, two]
    assert [bounds.of(i).by for i in (4, 5, 8, 9)] == [one, two, two, None]


def test_without_an_authority_the_command_says_what_to_give(
    vault: Vault, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither URL nor roots."""
    for more, code in (([], "timestamp.authority"), (["--authority", "http://x"], "timestamp.roots")):
        assert run(["ledger", "timestamp", "--vault", str(vault.places.root), "--json", *more]) == 2
        assert json.loads(capsys.readouterr().out)["error"]["code"] == code
