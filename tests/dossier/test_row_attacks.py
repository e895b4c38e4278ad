"""What a dishonest operator can do to the rows of a dossier, with its own key and any bytes: refused, or said to be unchecked."""

import gzip
import random
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest

from dossier.test_rows import WHO, bulk_vault, made
from evidence.bulk_rows import subject
from kansa.dossier import container, members, shown_segments
from kansa.dossier.opened_rows import OpenedRows, open_rows
from kansa.dossier.shown_segments import RefusedRowsError, ShownGroup, ShownSegment, member
from kansa.dossier.verify import verify
from kansa.evidence import group, seal, tree, trie
from kansa.evidence.group import Header
from kansa.evidence.schema import USE
from kansa.ledger.strict import to_base64
from kansa.records import canonical, envelope
from kansa.records.envelope import Record
from kansa.vault.vault import Vault
from worlds import BEGIN, small_vault

SEGMENT = "kansa.evidence.segment.v0"


class Parts(NamedTuple):
    """What the check of rows sees of a dossier."""

    manifest: dict[str, Any]
    records: dict[int, Record]
    members: dict[str, bytes]

    def open(self) -> OpenedRows:
        """Check the rows."""
        return open_rows(self.manifest, self.records, self.members)

    def having(self, name: str, content: bytes) -> "Parts":
        """The same with one member changed."""
        return self._replace(members={**self.members, name: content})


def parts_of(data: bytes) -> Parts:
    """The parts of a dossier."""
    kept = container.decode(data)
    records = {}
    for line in kept[members.ENTRIES].splitlines():
        index, entry = canonical.decode(line)
        records[index] = envelope.decode(canonical.encode(entry))
    return Parts(canonical.decode(kept[members.MANIFEST]), records, kept)


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Vault:
    """Rows in bulk beside the small world's records."""
    return bulk_vault(tmp_path_factory.mktemp("attacks") / "vault", 40)


@pytest.fixture(scope="module", params=["tenant", "everything"])
def parts(request: pytest.FixtureRequest, vault: Vault) -> Parts:
    """An honest dossier of a tenant, and one of everything."""
    return parts_of(made(vault, **({"tenant": WHO.tenant} if request.param == "tenant" else {})))


def refused(parts: Parts) -> str:
    """Return why rows are refused."""
    with pytest.raises(RefusedRowsError) as found:
        parts.open()
    return str(found.value)


def packed(lines: bytes) -> bytes:
    """Lines as a member holds them."""
    return gzip.compress(lines, mtime=0)


def restated(parts: Parts, number: int, **changes: Any) -> Parts:
    """The same with other statements on a segment."""
    name = member(number, "groups.json")
    return parts.having(name, canonical.encode({**canonical.decode(parts.members[name]), **changes}))


def with_lines(parts: Parts, number: int, kind: str, lines: Sequence[bytes]) -> Parts:
    """The same with other lines of rows or values of a segment, and their size stated."""
    text = b"".join(each + b"\n" for each in lines)
    return restated(
        parts.having(member(number, f"{kind}.jsonl.gz"), packed(text)), number, **{f"{kind}_bytes": len(text)}
    )


def lines_of(parts: Parts, number: int, kind: str) -> list[bytes]:
    """The lines of rows or values of a segment."""
    return gzip.decompress(parts.members[member(number, f"{kind}.jsonl.gz")]).splitlines()


def test_every_row_that_is_left_out_doubled_swapped_or_changed_is_missed(parts: Parts) -> None:
    """Law: nothing of a subject inside a segment can be left out, and no byte of a row or a value be another."""
    chance = random.Random(1)
    assert parts.open().shown > 20
    tried = 0
    for number in range(4):
        for kind in ("rows", "values"):
            lines = lines_of(parts, number, kind)
            for at, line in enumerate(lines):
                flipped = bytearray(line)
                flipped[chance.randrange(len(line))] ^= 1 << chance.randrange(7)
                for other in (
                    [*lines[:at], *lines[at + 1 :]],
                    [*lines[:at], line, *lines[at:]],
                    [*lines[:at], *lines[at + 1 : at + 2], line, *lines[at + 2 :]],
                    [*lines[:at], bytes(flipped), *lines[at + 1 :]],
                ):
                    if other != lines:
                        tried += 1
                        refused(with_lines(parts, number, kind, other))
    assert tried > 100


def test_no_bit_of_what_is_stated_of_groups_can_be_another(parts: Parts) -> None:
    """Headers, proofs, bounds, keys: 400 flips and cuts, none accepted but those that only name rows of the file."""
    chance = random.Random(2)
    for _ in range(400):
        name = member(chance.randrange(4), "groups.json")
        data = bytearray(parts.members[name])
        if chance.randrange(8):
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        else:
            del data[chance.randrange(len(data)) :]
        changed = parts.having(name, bytes(data))
        try:
            found = changed.open()
        except RefusedRowsError:
            continue
        told = [{**each, "first": 0} for each in canonical.decode(bytes(data))["groups"]]
        honest = [{**each, "first": 0} for each in canonical.decode(parts.members[name])["groups"]]
        assert told == honest, "only the place in the file is the operator's word"
        assert found.own == parts.open().own


def test_a_group_made_smaller_does_not_stand_in_the_trie(parts: Parts) -> None:
    """One row less, with count and roots to fit: the header is another one."""
    for number in range(4):
        stated = canonical.decode(parts.members[member(number, "groups.json")])
        lines, at = lines_of(parts, number, "rows"), 0
        for place, each in enumerate(stated["groups"]):
            if each["header"] is None or each["header"][1] < 2:
                at += each["header"][1] if each["header"] else 0
                continue
            own = lines[at : at + each["header"][1] - 1]
            order, rows, _, sealed = each["header"]
            root = to_base64(tree.root(tree.row_leaves(own)))
            smaller = {
                **each,
                "header": [order, rows - 1, root, sealed],
                "shown": [[0, rows - 1]],
                "opened": [],
            }
            groups = [*stated["groups"][:place], smaller, *stated["groups"][place + 1 :]]
            kept = [*lines[: at + rows - 1], *lines[at + rows :]]
            changed = restated(with_lines(parts, number, "rows", kept), number, groups=groups, values_bytes=0)
            changed.members.pop(member(number, "values.jsonl.gz"), None)
            assert "stand in the segment" in (why := refused(changed)) or "not all those" in why
            at += rows


def test_a_segment_cannot_be_left_out(parts: Parts) -> None:
    """Its members, or its entry, first, last or between; nor said to be another."""
    for number in range(4):
        gone = {
            name: each
            for name, each in parts.members.items()
            if not name.startswith(f"segments/{number:06}/")
        }
        assert "nothing is shown of segment" in refused(parts._replace(members=gone))
        index = [i for i, each in sorted(parts.records.items()) if each.type == SEGMENT][number]
        records = {i: each for i, each in parts.records.items() if i != index}
        why = refused(parts._replace(records=records))
        assert "does not follow" in why or "the manifest states" in why
        if number == 3:
            shorter = {**parts.manifest, "segments": 3}
            assert "belongs to no segment" in refused(Parts(shorter, records, parts.members))
    assert "belongs to no segment" in refused(parts.having("segments/000009/rows.jsonl.gz", b""))


def test_a_group_cannot_be_left_out_or_said_to_be_absent(parts: Parts) -> None:
    """Of a tenant its group must be shown whole, or be absent by a proof; of everything every group."""
    for number in range(4):
        stated = canonical.decode(parts.members[member(number, "groups.json")])
        own = next(each for each in stated["groups"] if each["subject"] == WHO.tenant)
        absent = {
            **own,
            "header": None,
            "shown": [],
            "between": [],
            "opened": [],
            "sealed_between": [],
            "first": 0,
        }
        rest = [each for each in stated["groups"] if each is not own]
        count = own["header"][1]
        at = sum(
            each["header"][1] for each in stated["groups"][: stated["groups"].index(own)] if each["header"]
        )
        lines = lines_of(parts, number, "rows")
        kept = with_lines(parts, number, "rows", [*lines[:at], *lines[at + count :]])
        kept = restated(kept, number, values_bytes=0)
        kept.members.pop(member(number, "values.jsonl.gz"), None)
        bare = [{**each, "opened": [], "sealed_between": []} for each in rest]
        refused(restated(kept, number, groups=[*bare, absent]))
        refused(restated(kept, number, groups=bare))


def test_other_spellings_and_sizes_are_refused(parts: Parts) -> None:
    """Base64 in another spelling, a member that unpacks to more than stated, or is said to be too large to unpack."""
    name, rows_name = member(0, "groups.json"), member(0, "rows.jsonl.gz")
    refused(parts.having(name, parts.members[name].replace(b'=","', b'","', 1)))
    refused(parts.having(name, parts.members[name].replace(b":", b": ", 1)))
    size = canonical.decode(parts.members[name])["rows_bytes"]
    assert "does not unpack" in refused(restated(parts, 0, rows_bytes=size - 1))
    assert "does not unpack" in refused(restated(parts, 0, rows_bytes=size + 1))
    assert "does not unpack" in refused(parts.having(rows_name, packed(bytes(1 << 26))))
    assert "more than" in refused(restated(parts, 0, rows_bytes=1 << 40))
    assert "does not unpack" in refused(parts.having(rows_name, parts.members[rows_name] + b"\0"))
    assert "cannot be unpacked" in refused(parts.having(rows_name, b"no gzip"))


Line = dict[str, Any]
KEY = bytes(32)


def line(number: int, **given: Any) -> Line:
    """A row of a forged segment."""
    plain = dict.fromkeys(column.name for column in USE.columns)
    told = {"workload": subject("wkl", number), "start": BEGIN + number, "units": [subject("nod", 1)]}
    return {**plain, **told, "known_by": "measured", "withdrawn": False, **given}


def forged(
    segments: Iterable[dict[str, list[Line]]],
    tenant: str | None,
    *,
    schema: str = USE.id,
    root: Callable[[list[Header]], bytes] | None = None,
    encode: Callable[[Line], bytes] = lambda each: msgspec.json.encode(list(each.values())),
) -> Parts:
    """Parts of a dossier whose operator committed to any rows at all, in the form that an honest one has."""
    records: dict[int, Record] = {}
    kept: dict[str, bytes] = {}
    for number, groups in enumerate(segments):
        order = sorted(groups, key=lambda name: trie.key_of(group.TENANT, name))
        texts = {name: [encode(each) for each in groups[name]] for name in order}
        headers = [
            Header(
                group.TENANT,
                name,
                len(texts[name]),
                tree.root(tree.row_leaves(texts[name])),
                tree.root(seal.leaves(KEY, [[None] * 4] * len(texts[name]))),
            )
            for name in order
        ]
        built = trie.build(each.leaf for each in headers)
        commitment = group.commit(group.TENANT, headers)
        if root is not None:
            commitment = commitment._replace(root=root(headers))
        shown, first, lines = [], 0, b""
        for header in headers:
            if tenant in (None, header.subject):
                proof = None if tenant is None else built.proof(header.leaf.key)
                shown.append(ShownGroup(header.subject, header, proof, first, ((0, header.rows),)))
                lines += b"".join(each + b"\n" for each in texts[header.subject])
            first += header.rows
        if tenant is not None and tenant not in groups:
            shown.append(ShownGroup(tenant, None, built.proof(trie.key_of(group.TENANT, tenant))))
        kept |= shown_segments.encode(ShownSegment(number, tuple(shown), lines))
        records[number] = entry(number, commitment, schema)
    question = {"from_us": BEGIN, "to_us": BEGIN + 10**12, "tenant": tenant}
    return Parts({"question": question, "segments": len(records)}, records, kept)


def entry(number: int, commitment: group.Commitment, schema: str) -> Record:
    """The entry of a forged segment."""
    order = {**commitment._asdict(), "root": commitment.root.hex()}
    data = {
        "valid_from": "2026-01-01T00:00:00.000Z",
        "valid_to": "2026-02-01T00:00:00.000Z",
        "known_by": "declared",
        "segment": f"{number:032x}",
        "number": number,
        "previous": number - 1 if number else None,
        "schema": schema,
        "rows": commitment.rows,
        "from_us": BEGIN,
        "to_us": BEGIN + 10**9,
        "orders": [order],
        "files": [],
        "system": "slurm",
        "connector": "slurm 1",
        "about": [],
    }
    return Record(str(number), "urn:x", SEGMENT, BEGIN, BEGIN, data)


ONE, TWO = subject("pty", 1), subject("pty", 2)


@pytest.mark.parametrize("tenant", [None, ONE])
def test_what_is_committed_outside_the_ranges_of_the_schema_is_refused(tenant: str | None) -> None:
    """Law: every proof holds, and still no number can stand where another belongs, nor a time outside the entry's."""
    assert forged([{ONE: [line(1), line(2)]}], tenant).open().shown == 2
    for wrong, why in (
        (line(1, accelerators=BEGIN), "accelerators"),
        (line(1, accelerators=0), "accelerators"),
        (line(1, start=3, end=BEGIN), "start"),
        (line(1, end=BEGIN + 10**9), "end"),
        (line(1, end=BEGIN), "ends before it starts"),
        (line(1, corrects=2**41), "corrects"),
        (line(1, units=[]), "units"),
        (line(1, units=[subject("nod", 2), subject("nod", 1)]), "units"),
        (line(1, units=[subject("sit", 2)]), "units"),
        (line(1, path=subject("pty", 2)), "path"),
        (line(1, end_user="someone"), "end_user"),
        (line(1, item_class='a"'), "item_class"),
        (line(1, known_by="rumour"), "known_by"),
        (line(1, withdrawn=0), "withdrawn"),
        (line(1, accelerators=1.0), "accelerators"),
    ):
        assert why in refused(forged([{ONE: [wrong]}], tenant))
    swapped = {**line(1), "corrects": 8, "accelerators": BEGIN % 10**6}
    assert "accelerators" in refused(forged([{ONE: [swapped]}], tenant))


def test_other_shapes_of_a_row_are_refused() -> None:
    """A column too few or too many, blanks, two rows in a line: committed to or not."""
    plain = line(1)
    for encode in (
        lambda each: msgspec.json.encode(list(each.values())[:-1]),
        lambda each: msgspec.json.encode([*each.values(), None]),
        lambda each: msgspec.json.encode(list(each.values())).replace(b",", b", ", 1),
        lambda each: msgspec.json.encode(list(each.values())) + b" ",
        msgspec.json.encode,
        lambda _: b"[" * 5000,
        lambda _: b"\xff",
        lambda _: b"",
    ):
        refused(forged([{ONE: [plain]}], ONE, encode=encode))


def test_rows_in_another_order_or_twice_are_refused() -> None:
    """Inside a group rows increase strictly, so that none stands twice; across segments a version says what it corrects."""
    assert "order" in refused(forged([{ONE: [line(2), line(1)]}], ONE))
    assert "order" in refused(forged([{ONE: [line(1), line(1)]}], ONE))
    assert "stands twice" in refused(forged([{ONE: [line(1)]}, {ONE: [line(1)]}], ONE))
    assert forged([{ONE: [line(1)]}, {ONE: [line(1, corrects=0)]}], ONE).open().own == 2
    assert "not there" in refused(forged([{ONE: [line(1)]}, {ONE: [line(2, corrects=0)]}], ONE))
    assert "not there" in refused(forged([{ONE: [line(1)]}, {ONE: [line(1, corrects=1)]}], ONE))
    assert "not there" in refused(forged([{TWO: [line(1)]}, {ONE: [line(1, corrects=0)]}], ONE))


def test_rows_under_another_subject_are_seen_by_who_sees_every_group() -> None:
    """Of everything it is refused; of one tenant it holds, and the verdict says that it was not looked at."""
    twice = [{ONE: [line(1)]}, {TWO: [line(1)]}]
    assert "stands twice" in refused(forged(twice, None))
    assert "stands twice" in refused(forged([{ONE: [line(1)], TWO: [line(1)]}], None))
    (unchecked,) = forged(twice, ONE).open().not_checked()
    assert "stands under another subject" in unchecked
    assert forged([{ONE: [line(1)]}], None).open().not_checked() == []


def test_a_group_at_a_wrong_place_is_seen_by_who_sees_every_group() -> None:
    """A crooked trie hides a subject from itself: its reader is told what only the whole segment shows."""

    def crooked(headers: list[Header]) -> bytes:
        hidden, other = (each.leaf for each in headers)
        return trie.inner(*sorted((hidden.hash, other.hash), reverse=True))

    groups = {ONE: [line(1)], TWO: [line(2)]}
    honest = trie.build([Header(group.TENANT, each, 1, bytes(32), bytes(32)).leaf for each in groups])
    assert honest.root != bytes(32)
    assert "not all those" in refused(forged([groups], None, root=lambda _: bytes(range(32))))
    why = refused(forged([groups], ONE, root=crooked))
    assert "does not stand in the segment" in why
    assert any("wrong place of its trie" in each for each in forged([groups], ONE).open().not_checked())


def test_rows_of_a_kind_that_the_verifier_does_not_know_are_refused() -> None:
    """A verdict over rows that it cannot read would pass over them."""
    assert "not known" in refused(forged([{ONE: [line(1)]}], ONE, schema="kansa.use.v1"))


def test_a_dossier_in_the_old_form_cannot_show_a_segment_of_the_period_without_its_rows(vault: Vault) -> None:
    """The manifest says the form; the entry of a segment asks for its rows."""
    data = container.decode(made(vault))
    old = {**canonical.decode(data[members.MANIFEST]), "format": "kansa-dossier-1"}
    verdict = verify(container.encode({**data, members.MANIFEST: canonical.encode(old)}))
    assert verdict.verdict == "not_ok"


def test_a_dossier_before_all_segments_has_the_old_form_where_there_are_none(tmp_path: Path) -> None:
    """Old verifiers read what they can read."""
    data = container.decode(made(small_vault(tmp_path / "vault")))
    assert canonical.decode(data[members.MANIFEST])["format"] == "kansa-dossier-1"
