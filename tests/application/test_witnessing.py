"""Having the log cosigned: over HTTP, by files, and what is said while witnesses are silent or hold other histories."""

import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from kansa.application import coherence, dossiers, witnessing
from kansa.application.auditing.vault import audit_vault
from kansa.application.witness_http import HttpTransport
from kansa.application.witness_service import WitnessService, create_witness
from kansa.application.witness_worker import WitnessWorker
from kansa.clock import HOUR, SystemClock
from kansa.dossier.verify import verify
from kansa.errors import BadInput, KansaError
from kansa.interfaces.api.serve import Address, listening
from kansa.interfaces.api.witness import make_witness_app
from kansa.interfaces.cli.app import run
from kansa.ledger import note, policy
from kansa.vault.vault import Vault
from worlds import BEGIN, draft, small_vault

WALL = BEGIN + 100 * HOUR


@dataclass
class Direct:
    """Witnesses without a network between: by URL, those that are `down` do not answer."""

    services: dict[str, WitnessService]
    down: set[str] = field(default_factory=set)

    def post(self, url: str, body: bytes) -> tuple[int, bytes]:
        answered = self._of(url).add_checkpoint(body)
        return answered.status, answered.body

    def get(self, url: str) -> tuple[int, bytes]:
        answered = self._of(url).latest("small.example/kansa/evidence")
        return answered.status, answered.body

    def _of(self, url: str) -> WitnessService:
        name = url.removeprefix("https://").partition("/")[0]
        if name in self.down:
            raise KansaError("witness.silent", f"`{url}` does not answer: down")
        return self.services[name]


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    """The small world."""
    return small_vault(tmp_path / "vault")


@pytest.fixture
def direct(vault: Vault, tmp_path: Path) -> Direct:
    """Three witnesses that follow the vault's log, two of which make the quorum."""
    trust = tmp_path / "trust.policy"
    trust.write_text(vault.trust_policy())
    services = {}
    lines = []
    for name in ("a", "b", "c"):
        services[name] = create_witness(tmp_path / name, f"{name}.example/w")
        services[name].follow(trust)
        lines.append(f"witness {name} {services[name].status().key} https://{name}")
    text = "\n".join([*lines, "group all-of-them 2 a b c", "quorum all-of-them", ""])
    (tmp_path / "witnesses.policy").write_text(text)
    witnessing.set_witnesses(vault, tmp_path / "witnesses.policy")
    return Direct(services)


def more(vault: Vault) -> int:
    """One more record."""
    return vault.record(draft("site.registered", "more", site_id=vault_site(vault), country="JP"))


def vault_site(vault: Vault) -> str:
    """The one site."""
    return next(str(r.data["site_id"]) for _, r in vault.records() if "site_id" in r.data)


def test_all_are_asked_and_the_quorum_is_met(vault: Vault, direct: Direct) -> None:
    """Every entry is covered; asking again asks nobody, and nothing is below."""
    found = witnessing.ask(vault, direct, WALL)
    direct.down = {"a", "b", "c"}
    again = witnessing.ask(vault, direct, WALL)

    assert (found.met, found.size, found.since) == (True, vault.reader.size(), None)
    assert [each.size for each in found.witnesses] == [found.size] * 3
    assert again == found


def test_a_log_goes_on_below_its_quorum_and_says_since_when(vault: Vault, direct: Direct) -> None:
    """One of three answers: records are taken all the same, and the first entry that is not covered says since when."""
    witnessing.ask(vault, direct, WALL)
    covered = vault.reader.size()
    more(vault)
    direct.down = {"b", "c"}

    below = witnessing.ask(vault, direct, WALL)
    said = {each.name: each.failure for each in below.witnesses}
    ((_, first),) = vault.records(covered, covered + 1)

    assert not below.met
    assert (below.size, below.entries, below.since) == (covered, covered + 1, first.recorded_at)
    assert said["a"] is None
    assert "does not answer" in str(said["b"])

    direct.down = set()
    assert witnessing.ask(vault, direct, WALL).met


def test_a_witness_that_is_behind_or_ahead_of_what_we_remember_is_followed(
    vault: Vault, direct: Direct
) -> None:
    """What this vault kept of a witness is lost: the witness says where it is, and is asked from there."""
    witnessing.ask(vault, direct, WALL)
    shutil.rmtree(vault.places.witnesses / "cosigned")
    (vault.places.witnesses / "heard.json").unlink()
    more(vault)

    assert witnessing.ask(vault, direct, WALL).met


def copied(vault: Vault, to: Path) -> None:
    """A copy of the vault as it stands."""
    shutil.copytree(vault.places.root, to, ignore=shutil.ignore_patterns("*.sock"))


def test_an_older_vault_that_was_restored_is_found_by_its_witnesses(
    vault: Vault, direct: Direct, tmp_path: Path
) -> None:
    """With its published checkpoint put back too, nothing inside tells: the witnesses do, with a note that it signed."""
    copied(vault, tmp_path / "old")
    more(vault)
    newer = witnessing.ask(vault, direct, WALL)
    restored = Vault(tmp_path / "old")

    found = witnessing.ask(restored, direct, WALL)

    assert found.size == 0
    assert {str(each.failure) for each in found.witnesses} == {
        f"it cosigned this log at {newer.size} entries, and the log has {newer.size - 1}"
    }
    assert {each.name.rpartition("-")[0] for each in found.evidence} == {
        f"rollback-{newer.size}-{newer.size - 1}"
    }
    audited = {part.name: part for part in audit_vault(restored).parts}
    assert not audited["evidence log, witnessed"].ok
    assert audited["evidence log"].ok


@pytest.mark.parametrize("longer", [False, True], ids=["split view", "fork"])
def test_two_histories_under_one_key_are_found_with_both_notes(
    vault: Vault, direct: Direct, tmp_path: Path, *, longer: bool
) -> None:
    """One copy goes on one way, the other another: each witness that saw one refuses the other."""
    copied(vault, tmp_path / "other")
    other = Vault(tmp_path / "other", at=vault.clock.now())
    more(vault)
    witnessing.ask(vault, direct, WALL)
    for number in range(2 if longer else 1):
        other.record(draft("site.registered", f"other {number}", site_id=vault_site(vault), country="US"))

    found = witnessing.ask(other, direct, WALL)

    assert found.size == 0
    assert len(found.evidence) == 1
    place = found.evidence[0]
    key = vault.log_key.verifier
    assert place.name.startswith("fork" if longer else "split_view")
    notes = [note.parse((place / each).read_bytes()) for each in ("seen", "shown")]
    assert all(note.verify(each, key) for each in notes)
    assert notes[0].text != notes[1].text
    for service in direct.services.values():
        assert len(service.status().evidence) == 1


def test_a_dossier_is_sealed_with_cosignatures_and_is_ok_under_the_readers_quorum(
    vault: Vault, direct: Direct, tmp_path: Path
) -> None:
    """`ok`; while the quorum is not met it is refused under that policy, until it is sealed anew."""
    answer = coherence.ask(vault, coherence.CoherenceQuestion())
    order = dossiers.DossierRequest(audience="auditor")
    reader = policy.parse(vault.trust_policy().encode())

    dossiers.hand_out(vault, answer, order, tmp_path / "d.zip", direct)
    direct.down = {"a", "b"}
    dossiers.hand_out(vault, answer, order, tmp_path / "e.zip", direct)
    sealed = [verify((tmp_path / each).read_bytes(), reader).verdict for each in ("d.zip", "e.zip")]
    direct.down = set()
    witnessing.ask(vault, direct, WALL)
    dossiers.reseal(vault, tmp_path / "e.zip", tmp_path / "f.zip")

    assert sealed == ["ok", "not_ok"]
    assert verify((tmp_path / "f.zip").read_bytes(), reader).verdict == "ok"
    assert verify((tmp_path / "e.zip").read_bytes(), policy.unwitnessed(vault.log_key.verifier)).accepted()


@pytest.mark.usefixtures("direct")
def test_a_party_without_an_open_port_is_asked_by_files(
    vault: Vault, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Request, sign, accept as three commands; the answer counts for this log and this witness alone."""
    root, asked, answer = vault.places.root, tmp_path / "ask.txt", tmp_path / "answer.txt"
    for name, code in (("a", 1), ("b", 0)):
        assert run(["witness", "request", name, "-o", str(asked), "--vault", str(root)]) == 0
        assert run(["witness", "sign", str(asked), "-o", str(answer), "--witness", str(tmp_path / name)]) == 0
        capsys.readouterr()
        assert run(["witness", "accept", str(answer), "--vault", str(root), "--json"]) == code
    told = json.loads(capsys.readouterr().out)

    assert told["size"] == vault.reader.size()
    assert told["below_quorum_since"] is None
    for wrong in (answer.read_bytes()[:-8], b"x", asked.read_bytes(), b""):
        (tmp_path / "wrong.txt").write_bytes(wrong)
        assert run(["witness", "accept", str(tmp_path / "wrong.txt"), "--vault", str(root)]) == 2


def test_a_refusal_that_comes_as_a_file_says_why_and_where_to_go_on(vault: Vault, direct: Direct) -> None:
    """The witness is further than the vault remembers: the next request begins there."""
    witnessing.ask(vault, direct, WALL)
    shutil.rmtree(vault.places.witnesses / "cosigned")
    (vault.places.witnesses / "heard.json").unlink()
    more(vault)
    answer, refused = direct.services["a"].sign(witnessing.request_for(vault, "a"))

    assert refused is not None
    with pytest.raises(BadInput, match="the last checkpoint that was cosigned has size"):
        witnessing.accept(vault, answer.replace(b"a.example/w", b"a"), WALL)
    answer, refused = direct.services["a"].sign(witnessing.request_for(vault, "a"))
    assert refused is None
    assert {e.name: e.size for e in witnessing.accept(vault, answer, WALL).witnesses}[
        "a"
    ] == vault.reader.size()


@pytest.mark.parametrize(
    ("text", "code"),
    [("quorum w\n", "policy.format"), ("log <other>\nquorum none\n", "witness.policy")],
)
def test_a_policy_that_is_none_or_about_another_log_is_refused(
    vault: Vault, tmp_path: Path, text: str, code: str
) -> None:
    """And the one before stays."""
    key = note.SigningKey("other.example/log", note.Algorithm.ED25519, b"\x05" * 32).verifier.encode()
    (tmp_path / "p").write_text(text.replace("<other>", key))
    before = vault.trust_policy()

    with pytest.raises(BadInput) as refused:
        witnessing.set_witnesses(vault, tmp_path / "p")

    assert refused.value.code == code
    assert vault.trust_policy() == before


def test_a_dossier_that_no_cosigned_checkpoint_covers_is_not_sealed_anew(
    vault: Vault, direct: Direct, tmp_path: Path
) -> None:
    """Nor one of another vault."""
    answer = coherence.ask(vault, coherence.CoherenceQuestion())
    direct.down = {"a", "b", "c"}
    order = dossiers.DossierRequest(audience="auditor")
    dossiers.hand_out(vault, answer, order, tmp_path / "d.zip", direct)
    direct.down = set()
    other = small_vault(tmp_path / "other", seed=9)

    for asked, why in ((vault, "no witness has cosigned"), (other, "no witness has cosigned")):
        with pytest.raises(BadInput, match=why):
            dossiers.reseal(asked, tmp_path / "d.zip", tmp_path / "f.zip")
    assert not (tmp_path / "f.zip").exists()


@contextmanager
def served(root: Path) -> Iterator[str]:
    """A witness behind a real server, in a thread."""
    ports: list[int] = []
    server = listening(make_witness_app(WitnessService(root)), Address("127.0.0.1", 0), ports.append)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not ports:
            thread.join(0.02)
        yield f"http://127.0.0.1:{ports[0]}"
    finally:
        server.should_exit = True
        thread.join()


@pytest.mark.usefixtures("direct")
def test_over_http_as_the_protocol_says(vault: Vault, tmp_path: Path) -> None:
    """A real server and a real client: cosigned, told the size where it is another, refused where it is no request."""
    transport = HttpTransport()
    with served(tmp_path / "a") as url:
        text = (tmp_path / "witnesses.policy").read_text().replace("https://a", url + "/")
        (tmp_path / "p").write_text(text)
        witnessing.set_witnesses(vault, tmp_path / "p")
        found = witnessing.ask(vault, transport, WALL)
        more(vault)
        body = witnessing.request_for(vault, "b")
        status, told = transport.post(f"{url}/add-checkpoint", body)
        latest = transport.get(f"{url}/latest?origin=small.example%2Fkansa%2Fevidence")
        too_long = transport.post(f"{url}/add-checkpoint", b"x" * 70_000)

    assert {each.name: each.size > 0 for each in found.witnesses} == {"a": True, "b": False, "c": False}
    assert (status, told) == (409, b"%d\n" % found.entries)
    assert latest[0] == 200
    assert note.checkpoint_in(latest[1]).size == found.entries
    assert too_long[0] == 413
    with pytest.raises(KansaError, match="does not answer"):
        transport.get(url)


def test_the_command_serves_and_the_command_asks(vault: Vault, tmp_path: Path) -> None:
    """Two processes, as an operator and an auditor have them."""
    root = tmp_path / "w"
    kansa = [sys.executable, "-m", "kansa"]
    made = json.loads(
        subprocess.run(
            [*kansa, "witness", "init", "auditor.example/w1", "--witness", root, "--json"],
            check=True,
            capture_output=True,
        ).stdout
    )
    (tmp_path / "trust").write_text(vault.trust_policy())
    run(["witness", "follow", str(tmp_path / "trust"), "--witness", str(root)])
    serving = [*kansa, "witness", "serve", "--port", "0", "--witness", str(root), "--language", "en"]
    with subprocess.Popen(serving, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        url = server.stderr.readline().partition(" at ")[2].partition(";")[0]
        (tmp_path / "p").write_text(f"witness auditor {made['key']} {url}\nquorum auditor\n")
        run(["witness", "policy", str(tmp_path / "p"), "--vault", str(vault.places.root)])
        code = run(["witness", "ask", "--vault", str(vault.places.root)])
        server.terminate()

    assert (server.returncode, code) == (0, 0)
    assert run(["witness", "status", "--vault", str(vault.places.root)]) == 0


def test_status_says_since_when_the_log_is_below_quorum(
    vault: Vault, direct: Direct, capsys: pytest.CaptureFixture[str]
) -> None:
    """In the ten lines, and as what needs attention once it lasts."""
    root = str(vault.places.root)
    run(["status", "--vault", root, "--at", "2026-01-10T00:00:00Z", "--language", "en"])
    below = capsys.readouterr().out
    witnessing.ask(vault, direct, WALL)
    run(["status", "--vault", root, "--language", "en"])
    met = capsys.readouterr().out
    run(["status", "--vault", root, "--json"])
    told = json.loads(capsys.readouterr().out)

    assert "below quorum `all-of-them` since " in below
    assert f"0 of {vault.reader.size()} entries cosigned by it" in below
    assert "witnesses have not cosigned" in below
    assert "witnesses have not cosigned" not in met
    assert "all cosigned by the quorum `all-of-them`" in met
    assert told["witnesses"] == 3
    assert told["witnessing"]["below_quorum_since"] is None


def test_a_serving_process_asks_from_time_to_time_and_reports_a_conflict_once(
    vault: Vault, direct: Direct, tmp_path: Path
) -> None:
    """At once, again while it runs, and at its end; a silent witness stops nothing."""
    copied(vault, tmp_path / "old")
    heard: list[KansaError] = []
    worker = WitnessWorker(Vault(vault.places.root), direct, SystemClock(), heard.append, every=0.01)
    direct.down = {"a", "b", "c"}
    worker.start()
    direct.down = set()
    more(vault)
    worker.close()
    last = witnessing.witnessing(vault)
    old = WitnessWorker(Vault(tmp_path / "old"), direct, SystemClock(), heard.append, every=0.01)
    old.start()
    old.close()

    assert last.met
    assert [each.code for each in heard] == ["witness.conflict"]
