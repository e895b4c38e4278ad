import secrets
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kansa.errors import BadInput
from kansa.records.draft import Draft, complete, submit

KEY = b"k" * 32
WORKLOAD = "wkl_" + "a" * 26
TENANT = "pty_" + "b" * 26
DATA: dict[str, Any] = {
    "valid_from": "2026-01-01T00:00:00.000Z",
    "known_by": "measured",
    "workload_id": WORKLOAD,
    "tenant_id": TENANT,
    "units": ["nod_" + "c" * 26],
    "account": "acct",
}
DRAFT = Draft("kansa.workload.placed.v0", "urn:kansa:op:slurm", "job-1", 0, DATA)


def test_the_same_thing_said_again_has_the_same_identity() -> None:
    """Law: reading a source again gives equal ids, so that nothing is added."""
    assert submit(DRAFT, KEY) == submit(replace(DRAFT, data=dict(DATA)), KEY)


def test_other_content_under_the_same_key_has_another_id_and_the_same_natural_tag() -> None:
    """Law: the id covers key and content, the natural tag the key only."""
    first, second = submit(DRAFT, KEY), submit(replace(DRAFT, data={**DATA, "account": "other"}), KEY)

    assert first.id != second.id
    assert first.natural == second.natural


@given(st.tuples(st.text(), st.text()), st.tuples(st.text(), st.text()))
def test_no_two_pairs_of_source_and_key_share_a_tag(one: tuple[str, str], other: tuple[str, str]) -> None:
    """Law: where the source ends and the key begins is part of the tag."""
    tags = {
        submit(replace(DRAFT, source=source, natural_key=key), KEY).natural for source, key in {one, other}
    }

    assert len(tags) == len({one, other})


def test_an_identity_says_nothing_without_the_connectors_key() -> None:
    """Law: tags and ids are keyed: another operator's are others."""
    assert submit(DRAFT, KEY).natural != submit(DRAFT, b"x" * 32).natural
    assert submit(DRAFT, KEY).id != submit(DRAFT, b"x" * 32).id


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"surprise": 1}, "surprise"),
        ({"valid_to": "2026-01-01T00:00:00.000Z"}, "valid_to"),
        ({"valid_to": "2025-01-01T00:00:00.000Z"}, "valid_to"),
        ({"valid_from": "2026-13-01T00:00:00.000Z"}, "valid_from"),
        ({"valid_to": "2026-02-30T00:00:00.000Z"}, "valid_to"),
        ({"workload_id": "job-1"}, "workload_id"),
        ({"known_by": "rumour"}, "known_by"),
    ],
)
def test_data_that_do_not_fit_their_kind_are_refused_at_both_ends(
    changed: dict[str, Any], field: str
) -> None:
    """Law: neither a source nor whoever sends to the sequencer can bring in a misfit; the field is named."""
    with pytest.raises(BadInput) as at_the_source:
        submit(replace(DRAFT, data=DATA | changed), KEY)
    with pytest.raises(BadInput) as at_the_sequencer:
        complete(msgspec.structs.replace(submit(DRAFT, KEY), data=DATA | changed), 0, secrets.token_bytes)

    for refusal in (at_the_source, at_the_sequencer):
        assert [problem.field for problem in refusal.value.problems] == [field]


def test_an_unknown_kind_is_refused_at_both_ends() -> None:
    """Law: we never write a kind that we do not know."""
    with pytest.raises(BadInput):
        submit(replace(DRAFT, type="kansa.made.up.v0"), KEY)
    with pytest.raises(BadInput):
        complete(msgspec.structs.replace(submit(DRAFT, KEY), type="kansa.made.up.v0"), 0, secrets.token_bytes)


def test_a_correction_is_about_the_subjects_of_both_records() -> None:
    """Law: whoever follows a subject sees that a record about it was corrected."""
    former = "pty_" + "z" * 26
    completed = complete(
        submit(DRAFT, KEY), 5_000, secrets.token_bytes, corrects=("example.com/log", 7), concerns=[former]
    )

    assert completed.record.about == tuple(sorted({WORKLOAD, TENANT, former}))
    assert completed.record.data["corrects"] == {"log": "example.com/log", "index": 7}


def test_the_sealed_fields_of_a_kind_never_stand_in_its_entry() -> None:
    """Law: what is not declared open is sealed."""
    completed = complete(submit(DRAFT, KEY), 0, secrets.token_bytes)

    assert b"acct" not in completed.record.encode()
    assert [(each.name, each.value) for each in completed.disclosures] == [("account", "acct")]
