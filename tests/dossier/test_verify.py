"""The dossier: what is accepted, and that nothing else is."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterator

import pytest

from kansa.application import coherence, dossiers
from kansa.clock import DAY
from kansa.dossier import assemble, container, members
from kansa.dossier.verify import verify
from kansa.errors import BadInput
from kansa.ledger import note, policy
from kansa.ledger.note import Algorithm, SigningKey
from kansa.ledger.policy import Policy
from kansa.records import canonical
from kansa.vault.vault import Vault
from worlds import BEGIN, ORIGIN, cast, dice, small_vault

WITNESS = SigningKey("witness.example", Algorithm.COSIGNATURE, dice(11)(32))


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Vault:
    """The small world."""
    return small_vault(tmp_path_factory.mktemp("dossier") / "vault")


@pytest.fixture(scope="module")
def dossier(vault: Vault) -> bytes:
    """A dossier of all of it, small enough to flip every bit."""
    return without_page(
        dossiers.build(
            vault,
            coherence.ask(vault, coherence.CoherenceQuestion()),
            dossiers.DossierRequest(audience="auditor"),
        ),
        vault,
    )


@pytest.fixture(scope="module")
def trust(vault: Vault) -> Policy:
    """The policy of a reader who pinned the log."""
    return policy.parse(vault.trust_policy().encode())


def without_page(data: bytes, vault: Vault) -> bytes:
    """The same dossier without page and readme, sealed anew, so that every one of its bits can be tried."""
    kept = {
        name: content
        for name, content in container.decode(data).items()
        if name not in (members.REPORT, members.README)
    }
    return resealed(kept, vault)


def resealed(kept: dict[str, bytes], vault: Vault) -> bytes:
    """These members under a new manifest, issued in the log: what an operator who holds the key can make."""
    manifest = canonical.decode(kept[members.MANIFEST])
    listed = {
        name: content for name, content in kept.items() if name not in members.SEAL | {members.MANIFEST}
    }
    answer = coherence.ask(vault, coherence.CoherenceQuestion())
    manifest["members"] = [
        {"name": name, "sha256": sha256(content), "size": len(content)}
        for name, content in sorted(listed.items())
    ]
    encoded = canonical.encode(manifest)
    index = vault.record(
        dossiers._issued(vault, sha256(encoded), answer, dossiers.DossierRequest(audience="auditor"))
    )
    size = note.checkpoint_in(kept[members.CHECKPOINT]).size
    return container.encode(
        {**listed, members.MANIFEST: encoded, **assemble._seal(vault.reader, size, index)}
    )


def sha256(content: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(content).hexdigest()


def with_member(data: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The dossier with one member changed, under its old manifest."""
    kept = container.decode(data)
    return container.encode({**kept, name: change(kept[name])})


def test_a_dossier_verifies_under_the_key_that_the_reader_pinned(dossier: bytes, trust: Policy) -> None:
    """Without a witness asked for, the verdict says so."""
    verdict = verify(dossier, trust)

    assert verdict.verdict == "ok_unwitnessed", verdict.checks
    assert [check.name for check in verdict.checks] == [
        "container", "manifest", "checkpoint", "entries", "seal", "trust", "disclosures", "completeness", "coherence",
    ]  # fmt: skip
    assert verdict.accepted()


def test_a_dossier_that_nobody_pinned_is_only_consistent(dossier: bytes) -> None:
    """Agreeing with itself is no answer, unless the reader says that it is enough."""
    verdict = verify(dossier)

    assert verdict.verdict == "consistent_only"
    assert not verdict.accepted()
    assert verdict.accepted(allow_unpinned=True)
    assert any("--trust" in each for each in verdict.not_checked)


def test_a_quorum_of_witnesses_makes_it_ok_and_its_absence_does_not(dossier: bytes, vault: Vault) -> None:
    """A policy that asks for a witness is met by its cosignature alone."""
    asked = f"log {vault.log_key.verifier.encode()}\nwitness w {WITNESS.verifier.encode()}\nquorum w\n"
    wanted = policy.parse(asked.encode())

    def cosigned(proof: bytes) -> bytes:
        head, checkpoint = proof.split(b"\n\n", 1)
        signed = note.parse(checkpoint)
        return head + b"\n\n" + signed.with_signature(WITNESS.cosign(signed.text, BEGIN // 10**6)).encode()

    assert verify(with_member(dossier, members.SEAL_PROOF, cosigned), wanted).verdict == "ok"
    assert verify(dossier, wanted).verdict == "not_ok"
    assert verify(dossier, wanted).checks[-1].name == "trust"


def test_another_logs_key_does_not_verify(dossier: bytes) -> None:
    """A key under the same name is not the pinned key."""
    stranger = SigningKey(ORIGIN, Algorithm.ED25519, dice(5)(32))
    verdict = verify(dossier, policy.unwitnessed(stranger.verifier))

    assert verdict.verdict == "not_ok"
    assert verdict.checks[-1].name == "checkpoint"


def flips(data: bytes, part: int, parts: int) -> Iterator[tuple[int, bytes]]:
    """Each part-th bit flipped, one at a time."""
    for bit in range(part, len(data) * 8, parts):
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        yield bit, bytes(flipped)


@pytest.mark.parametrize("part", range(4))
def test_every_flipped_bit_is_refused(dossier: bytes, trust: Policy, part: int) -> None:
    """No bit of a dossier is without effect; the verdict names a check."""
    accepted = [bit for bit, flipped in flips(dossier, part, 4) if verify(flipped, trust).verdict != "not_ok"]

    assert accepted == []


def test_every_truncation_and_every_byte_more_is_refused(dossier: bytes, trust: Policy) -> None:
    """Nothing may be cut off, put before or behind."""
    cut = [length for length in range(len(dossier)) if verify(dossier[:length], trust).verdict != "not_ok"]
    more = [
        added for added in (b"\0", b"\n", b"P", b"PK\x03\x04") if verify(dossier + added, trust).accepted()
    ]
    before = [
        added for added in (b"\0", b"\n", b"P", b"PK\x03\x04") if verify(added + dossier, trust).accepted()
    ]

    assert (cut, more, before) == ([], [], [])
    assert not verify(dossier + dossier, trust).accepted()


def test_an_ordinary_zip_of_the_same_members_is_refused(dossier: bytes, trust: Policy) -> None:
    """Only the one spelling counts, so that two readers can never see different members."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as ordinary:
        for name, content in container.decode(dossier).items():
            ordinary.writestr(name, content)

    assert verify(file.getvalue(), trust).verdict == "not_ok"


def test_common_programs_open_a_dossier(dossier: bytes) -> None:
    """The container is a zip for everybody else."""
    with zipfile.ZipFile(io.BytesIO(dossier)) as opened:
        assert opened.testzip() is None
        assert set(opened.namelist()) == set(container.decode(dossier))


@pytest.mark.parametrize(
    ("name", "change"),
    [
        (members.GAPS, lambda data: data.replace(b'"missing":1', b'"missing":2')),
        (members.GAPS, lambda _: b""),
        (members.RESULT, lambda data: data.replace(b'"uses":1', b'"uses":2')),
        (members.RESULT, lambda data: data.replace(b'"idle":', b'"idle":1')),
    ],
)
def test_a_false_answer_is_found_even_under_the_operators_own_seal(
    dossier: bytes, vault: Vault, trust: Policy, name: str, change: Callable[[bytes], bytes]
) -> None:
    """An operator can sign anything; the reader derives and sweeps anew."""
    kept = container.decode(dossier)
    verdict = verify(resealed({**kept, name: change(kept[name])}, vault), trust)

    assert verdict.verdict == "not_ok"
    assert (verdict.checks[-1].name, verdict.checks[-1].place) == ("coherence", name)


def test_an_entry_left_out_is_found_even_under_the_operators_own_seal(
    dossier: bytes, vault: Vault, trust: Policy
) -> None:
    """The tree that the log signed has a place for it."""
    kept = container.decode(dossier)
    lines = kept[members.ENTRIES].splitlines(keepends=True)
    verdict = verify(resealed({**kept, members.ENTRIES: b"".join(lines[:3] + lines[4:])}, vault), trust)

    assert verdict.verdict == "not_ok"
    assert verdict.checks[-1].name == "entries"


def test_a_disclosure_of_another_value_is_refused(dossier: bytes, vault: Vault, trust: Policy) -> None:
    """A sealed value can be shown or kept back, not exchanged."""
    kept = container.decode(dossier)
    changed = kept[members.DISCLOSURES].replace("青葉".encode(), "若葉".encode())
    verdict = verify(resealed({**kept, members.DISCLOSURES: changed}, vault), trust)

    assert changed != kept[members.DISCLOSURES]
    assert verdict.verdict == "not_ok"
    assert verdict.checks[-1].name == "disclosures"


def test_values_that_are_kept_back_leave_it_green(dossier: bytes, vault: Vault, trust: Policy) -> None:
    """Withholding and erasing values break no proof."""
    kept = container.decode(dossier)
    verdict = verify(resealed({**kept, members.DISCLOSURES: b""}, vault), trust)

    assert verdict.verdict == "ok_unwitnessed"


def test_a_tenants_dossier_shows_its_entries_only_and_gives_the_same_gaps(
    vault: Vault, trust: Policy
) -> None:
    """Selection leaves out what is not about the tenant, and the answer is the vault's own."""
    question = coherence.CoherenceQuestion(tenant=cast().tenant)
    answer = coherence.ask(vault, question)
    data = dossiers.build(vault, answer, dossiers.DossierRequest(audience="exporter"))
    verdict = verify(data, trust)
    opened = container.decode(data)
    kinds = {json.loads(line)[1]["type"] for line in opened[members.ENTRIES].splitlines()}

    assert verdict.verdict == "ok_unwitnessed", verdict.checks
    assert "kansa.dossier.issued.v0" not in kinds
    assert b"H. Sato" not in data
    assert "青葉".encode() in opened[members.DISCLOSURES]
    assert [json.loads(line) for line in opened[members.GAPS].splitlines()] == [
        gap._asdict() for gap in answer.assessment.gaps
    ]


def test_what_was_not_known_then_is_not_in_the_dossier(vault: Vault, trust: Policy) -> None:
    """A dossier as known at a time holds no later entry and verifies by itself."""
    answer = coherence.ask(vault, coherence.CoherenceQuestion(known_at=BEGIN))
    data = dossiers.build(vault, answer, dossiers.DossierRequest(audience="auditor"))

    assert verify(data, trust).verdict == "ok_unwitnessed"
    assert b"kansa.dossier.issued.v0" not in container.decode(data)[members.ENTRIES]


def test_an_empty_scope_is_said_before_anything_is_issued(vault: Vault) -> None:
    """No dossier is made about a tenant of whom nothing is recorded."""
    size = vault.reader.size()
    answer = coherence.ask(
        vault, coherence.CoherenceQuestion(tenant=cast(9).tenant, start=BEGIN, end=BEGIN + DAY)
    )

    with pytest.raises(BadInput, match="no entry belongs"):
        dossiers.build(vault, answer, dossiers.DossierRequest(audience="auditor"))
    assert vault.reader.size() == size


def test_a_log_that_began_at_another_time_is_refused(dossier: bytes, vault: Vault, trust: Policy) -> None:
    """What is late rests on when the log began; its first entry says so."""
    kept = container.decode(dossier)
    manifest = canonical.decode(kept[members.MANIFEST])
    manifest["question"]["log_began_us"] += DAY
    verdict = verify(resealed({**kept, members.MANIFEST: canonical.encode(manifest)}, vault), trust)

    assert (verdict.verdict, verdict.checks[-1].place) == ("not_ok", members.MANIFEST)
