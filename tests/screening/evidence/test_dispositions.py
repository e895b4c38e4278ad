"""Which of several judgements of one candidate holds."""

import pytest

from kansa.screening.disposition import Disposition, Dispositions, Verdict, outcome_of


def judged(
    record: int, verdict: Verdict, *, until: int | None = 100, replaces: int | None = None
) -> Disposition:
    """A judgement of the one candidate, in force from its record's number."""
    return Disposition(
        record=record,
        party_id="pty",
        party_sha256="p",
        entry_id="e",
        entry_sha256="s",
        verdict=verdict,
        valid_from=record,
        valid_to=until,
        replaces=replaces,
    )


@pytest.mark.parametrize(
    ("given", "verdict", "record"),
    [
        ([judged(1, "true_match"), judged(2, "false_match")], "true_match", 1),
        ([judged(1, "true_match"), judged(2, "undetermined")], "true_match", 1),
        ([judged(1, "true_match"), judged(2, "false_match", replaces=1)], "false_match", 2),
        ([judged(1, "true_match"), judged(2, "false_match", replaces=7)], "true_match", 1),
        ([judged(1, "true_match", until=5), judged(2, "false_match")], "false_match", 2),
        ([judged(1, "false_match"), judged(2, "true_match"), judged(3, "false_match", replaces=1)], "true_match", 2),
        ([judged(1, "true_match"), judged(2, "true_match"), judged(3, "false_match", replaces=2)], "false_match", 3),
        ([judged(1, "false_match"), judged(2, "undetermined")], "undetermined", 2),
        ([judged(1, "false_match"), judged(2, "false_match", until=5)], None, 2),
    ],
)  # fmt: skip
def test_a_true_match_in_force_falls_only_to_one_that_names_it(
    given: list[Disposition], verdict: Verdict | None, record: int
) -> None:
    """Any other judgement is taken over by the last one, and an ended one opens the candidate again."""
    standing = Dispositions(given).standing(
        party_id="pty", party_sha256="p", entry_id="e", entry_sha256="s", now=10
    )

    assert (standing.verdict, standing.record) == (verdict, record)
    assert (outcome_of([standing]) == "confirmed") is (verdict == "true_match")
