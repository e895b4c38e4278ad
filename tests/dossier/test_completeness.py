"""A dossier shows that no record about its subject is missing, and one that lacks any is refused against the same index."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kansa import ids
from kansa.application import coherence, dossiers, witnessing
from kansa.application.completeness import publish_index
from kansa.application.ledger import export_tiles
from kansa.application.witness_service import WitnessService, create_witness
from kansa.clock import DAY
from kansa.dossier import assemble, container, members, statement
from kansa.dossier.verdict import Verdict
from kansa.dossier.verify import verify
from kansa.errors import BadInput
from kansa.evidence.subject_index import SubjectIndex
from kansa.ledger import policy
from kansa.ledger.note import Algorithm, Note, SigningKey
from kansa.ledger.policy import Policy
from kansa.records import canonical, sealing
from kansa.records.draft import Draft
from kansa.registers.derive import derive
from kansa.vault.vault import Vault
from worlds import BEGIN, cast, dice, draft, small_vault, story

WHO = cast()
ORDER = dossiers.DossierRequest(audience="auditor")
RESOLD = ids.mint("party", dice(41))
PAIR = ids.mint("path", dice(42))


def more() -> list[Draft]:
    """Another tenant, one to whom the tenant resells, records that name both, and ends of what was in force."""
    named: dict[str, Any] = {"names": {"en": "Kurobe", "ja": "黒部"}}
    both: dict[str, Any] = {"tenant_id": WHO.tenant, "end_user_id": RESOLD}
    return [
        draft("party.registered", "other", party_id=WHO.other, roles=["tenant"], **named),
        draft("party.registered", "resold", party_id=RESOLD, roles=["end_user"], **named),
        draft("party.risk_rated", "1", party_id=WHO.tenant, of="end_user", tier="high"),
        draft("party.risk_rated", "2", party_id=WHO.other, of="end_user", tier="high"),
        draft("end_user.verified", "2", end_user_id=RESOLD, method="registry", verifier="H. Sato"),
        draft("end_user.changed", "1", BEGIN + DAY, end_user_id=RESOLD, what="end_use"),
        draft("case.decided", "2", decision="permit", **both),
        draft("case.decided", "3", tenant_id=WHO.other, end_user_id=WHO.tenant, decision="deny"),
        draft("access_path.approved", "2", path_id=PAIR, method="direct", **both),
        draft("access_path.enabled", "2", path_id=PAIR),
        draft("access_path.disabled", "2", BEGIN + 15 * DAY, path_id=PAIR),
        draft("authorization.revoked", "1", BEGIN + 18 * DAY, authorization_id=WHO.us, end_user_ids=[]),
        draft("party.risk_rated", "last", BEGIN + DAY, party_id=WHO.tenant, of="end_user", tier="low"),
    ]


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    """A vault with an index on record."""
    made = small_vault(tmp_path / "vault", [*story(WHO), *more()])
    publish_index(made)
    return made


def asked(vault: Vault, **about: Any) -> coherence.CoherenceAnswer:
    """The answer for the tenant."""
    return coherence.ask(vault, coherence.CoherenceQuestion(**(about or {"tenant": WHO.tenant})))


def handed_out(vault: Vault, answer: coherence.CoherenceAnswer, place: Path) -> bytes:
    """The dossier's bytes."""
    dossiers.hand_out(vault, answer, ORDER, place)
    return place.read_bytes()


def completeness(verdict: Verdict) -> dict[str, Any]:
    """What is said of it."""
    assert verdict.verdict != "not_ok", [each for each in verdict.checks if not each.ok]
    found: dict[str, Any] = verdict.about["completeness"]
    return found


def test_of_a_whole_vault_every_entry_is_shown(vault: Vault, tmp_path: Path) -> None:
    """No index is needed where nothing is left out."""
    found = completeness(
        verify(handed_out(vault, coherence.ask(vault, coherence.CoherenceQuestion()), tmp_path / "d"))
    )

    assert found["state"] == "complete"
    assert found["shown"] == found["up_to"]


def test_without_an_index_it_is_not_assessed(tmp_path: Path) -> None:
    """And says so."""
    made = small_vault(tmp_path / "vault", [*story(WHO), *more()])
    verdict = verify(handed_out(made, asked(made), tmp_path / "d"))

    assert completeness(verdict)["state"] == "not_assessed"
    assert any("not assessed" in each.detail for each in verdict.checks)


def test_the_operators_own_index_makes_it_complete_as_stated(vault: Vault, tmp_path: Path) -> None:
    """All records but those that name others too, which are counted."""
    found = completeness(verify(handed_out(vault, asked(vault), tmp_path / "d")))

    assert found["state"] == "complete_as_stated"
    assert found["withheld"] == 1  # the decision on the tenant as another's end user
    assert found["shown"] > 15
    assert found["index"] == found["up_to"]


def trusted(vault: Vault, tmp_path: Path) -> tuple[WitnessService, Policy]:
    """A witness that follows the log, and a reader's policy that asks for it."""
    (tmp_path / "trust").write_text(vault.trust_policy())
    service = create_witness(tmp_path / "w", "auditor.example/w1")
    service.follow(tmp_path / "trust")
    (tmp_path / "p").write_text(f"witness auditor {service.status().key}\nquorum auditor\n")
    witnessing.set_witnesses(vault, tmp_path / "p")
    return service, policy.parse(vault.trust_policy().encode())


def sealed_by(vault: Vault, service: WitnessService, place: Path) -> None:
    """The witness cosigns, by files, and the dossier is sealed anew."""
    answer, refused = service.sign(witnessing.request_for(vault, "auditor"))
    assert refused is None
    witnessing.accept(vault, answer, 0)
    dossiers.reseal(vault, place, place)


def test_an_outsider_who_rebuilt_the_index_makes_it_complete(vault: Vault, tmp_path: Path) -> None:
    """From the exported log alone; under a policy that does not know the outsider it stays as stated."""
    service, reader = trusted(vault, tmp_path)
    handed_out(vault, asked(vault), tmp_path / "d")
    export_tiles(vault, tmp_path / "exported")
    signed, done = service.rebuild_index(tmp_path / "exported")
    witnessing.accept(vault, signed, 0)
    sealed_by(vault, service, tmp_path / "d")
    data = (tmp_path / "d").read_bytes()

    assert done.size == done.entry
    found = verify(data, reader)
    assert (found.verdict, completeness(found)["state"]) == ("ok", "complete")
    assert completeness(found)["signed_by"] == ["auditor"]
    alone = verify(data, policy.unwitnessed(vault.log_key.verifier))
    assert completeness(alone)["state"] == "complete_as_stated"
    assert completeness(verify(data))["state"] == "complete_as_stated"


def forged(vault: Vault, contents: assemble.Contents, without: int) -> bytes:
    """The dossier without one entry: answer, proofs, manifest and seal made anew, under the real key."""
    entries = [each for each in contents.entries if each != without]
    tables = derive((index, vault.reader.entry(index)) for index in entries)
    names = {name for index in entries for name in canonical_digests(vault, index)}
    left = replace(
        contents,
        entries=entries,
        tables=tables,
        assessment=statement.ask(tables, dict(contents.question)),
        disclosures=[each for each in contents.disclosures if each.digest in names],
    )
    order = dossiers.DossierRequest(audience="auditor")
    answer = asked(vault)
    return assemble.assemble(
        vault.reader, left, lambda digest: vault.record(dossiers._issued(vault, digest, answer, order))
    )


def canonical_digests(vault: Vault, index: int) -> set[str]:
    """The digests in an entry."""
    return set(sealing.digests(canonical.decode(vault.reader.entry(index))["data"]))


def test_without_any_one_entry_of_its_scope_it_is_refused_against_the_same_index(vault: Vault) -> None:
    """Every entry in turn, the last one included, with all proofs made anew by the log's own key."""
    contents = dossiers._contents(vault, asked(vault), ORDER)
    accepted = []
    by_check: dict[str, int] = {}
    for index in contents.entries:
        verdict = verify(forged(vault, contents, index))
        if verdict.verdict != "not_ok":
            accepted.append(index)
        else:
            by_check[verdict.checks[-1].name] = by_check.get(verdict.checks[-1].name, 0) + 1

    assert accepted == []
    assert len(contents.entries) >= 20
    assert by_check["completeness"] >= len(contents.entries) - 1


@pytest.mark.parametrize("end_user", [RESOLD, WHO.tenant])
def test_for_an_end_user_nothing_about_it_can_be_left_out(vault: Vault, end_user: str) -> None:
    """The same for dossiers about an end user."""
    answer = asked(vault, end_user=end_user)
    contents = dossiers._contents(vault, answer, ORDER)
    own = [
        i
        for i in contents.entries
        if end_user in canonical.decode(vault.reader.entry(i))["data"].get("about", ())
    ]
    issue = lambda digest: vault.record(dossiers._issued(vault, digest, answer, ORDER))  # noqa: E731

    assert (
        completeness(verify(assemble.assemble(vault.reader, contents, issue)))["state"]
        == "complete_as_stated"
    )
    assert len(own) >= 3
    for index in own:
        assert verify(forged(vault, contents, index)).verdict == "not_ok"


@pytest.mark.parametrize(
    "alter",
    [
        lambda part: part["tags"].pop(),
        lambda part: next(t for t in part["tags"] if t["sets"]).update(sets=[]),
        lambda part: (
            part["tags"][-1]["siblings"].pop() if part["tags"][-1]["siblings"] else part.pop("entry")
        ),
        lambda part: next(s for t in part["tags"] for s in t["sets"]).update(count=9),
        lambda part: part.update(entry=0),
        lambda part: part.update(entry=part["entry"] + 1),
        lambda part: part["tags"].reverse(),
    ],
)
def test_a_member_that_was_altered_does_not_hold(
    vault: Vault, alter: Callable[[dict[str, Any]], Any]
) -> None:
    """With manifest and seal made anew."""
    contents = dossiers._contents(vault, asked(vault), ORDER)
    part = canonical.decode(contents.subjects or b"")
    alter(part)
    answer = asked(vault)
    data = assemble.assemble(
        vault.reader,
        replace(contents, subjects=canonical.encode(part)),
        lambda digest: vault.record(dossiers._issued(vault, digest, answer, ORDER)),
    )

    verdict = verify(data)

    assert (verdict.verdict, verdict.checks[-1].name) == ("not_ok", "completeness")


def test_what_names_nobody_else_cannot_be_called_withheld(vault: Vault) -> None:
    """A set of known parties, hidden as if it named a stranger."""
    contents = dossiers._contents(vault, asked(vault), ORDER)
    part = canonical.decode(contents.subjects or b"")
    tag = next(t for t in part["tags"] if t["subject"] == WHO.tenant and t["bucket"] == "standing")
    hidden = next(s for s in tag["sets"] if s.get("parties") == [WHO.tenant])
    text = "".join(f"{each}\n" for each in hidden.pop("parties")).encode()
    hidden["set"] = hashlib.sha256(b"\x16" + text).hexdigest()
    rated = next(
        i
        for i in contents.entries
        if b"party.risk_rated" in vault.reader.entry(i) and WHO.tenant.encode() in vault.reader.entry(i)
    )
    verdict = verify(forged(vault, replace(contents, subjects=canonical.encode(part)), rated))

    assert verdict.verdict == "not_ok"
    assert "name nobody else" in verdict.checks[-1].detail


def test_a_statement_about_another_index_is_refused(vault: Vault, tmp_path: Path) -> None:
    """In the seal, where no manifest guards it."""
    data = handed_out(vault, asked(vault), tmp_path / "d")
    key = SigningKey("auditor.example/w1", Algorithm.ED25519, b"\x09" * 32)
    text = f"{vault.reader.origin}/subjects\n3\n{'A' * 43}=\n"
    signed = Note(text, (key.sign(text),)).encode()
    opened = container.decode(data)

    verdict = verify(container.encode({**opened, members.SEAL_SUBJECTS: signed}))

    assert (verdict.verdict, verdict.checks[-1].name) == ("not_ok", "completeness")


def test_an_index_that_leaves_a_record_out_is_signed_by_no_witness(vault: Vault, tmp_path: Path) -> None:
    """The operator states a root over all entries but one; whoever rebuilds it sees another."""
    service, _ = trusted(vault, tmp_path)
    size = vault.reader.size()
    entries = [entry for _, entry in vault.reader.entries()]
    index = SubjectIndex()
    index.fold([*entries[:5], b"{}", *entries[6:]], entries.__getitem__)
    data: dict[str, Any] = {
        "log": vault.reader.origin,
        "size": size,
        "root": index.trie().root.hex(),
        "subjects": 1,
        "records": 1,
    }
    vault.record(draft("subject.index", "lie", **data))
    export_tiles(vault, tmp_path / "exported")

    with pytest.raises(BadInput, match="states another subject index"):
        service.rebuild_index(tmp_path / "exported")


def test_an_export_that_is_not_what_was_cosigned_is_not_rebuilt(vault: Vault, tmp_path: Path) -> None:
    """One entry altered in its bundle; a log that nobody follows."""
    service, _ = trusted(vault, tmp_path)
    export_tiles(vault, tmp_path / "exported")
    bundle = next((tmp_path / "exported" / "tile" / "entries").rglob("*.p/*"))
    bundle.write_bytes(bundle.read_bytes().replace(b'"JP"', b'"US"'))

    with pytest.raises(BadInput, match="do not give the root"):
        service.rebuild_index(tmp_path / "exported")
    stranger = create_witness(tmp_path / "x", "other.example/w")
    with pytest.raises(BadInput, match="not signed by a log that this witness follows"):
        stranger.rebuild_index(tmp_path / "exported")


def test_publishing_again_without_news_records_nothing(vault: Vault) -> None:
    """Daily, and before every dossier."""
    size = vault.reader.size()

    assert not publish_index(vault).new
    assert vault.reader.size() == size
    vault.record(draft("party.risk_rated", "news", party_id=WHO.tenant, of="end_user", tier="low"))
    again = publish_index(vault)
    assert (again.new, again.size) == (True, size + 1)
