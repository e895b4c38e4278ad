"""Every breakdown adds up to the whole answer, and days begin where the vault's zone has midnight."""

from pathlib import Path

import pytest

from kansa.application.coherence import CoherenceQuestion, ask
from kansa.application.coherence_groups import GROUPINGS, By, grouped
from kansa.clock import DAY, HOUR, MICROSECONDS
from worlds import BEGIN, cast, small_vault

WHO = cast()


@pytest.mark.parametrize("by", GROUPINGS)
def test_groups_add_up(by: By, tmp_path: Path) -> None:
    """Use, gaps and the missing facts of all groups are those of the answer."""
    answer = ask(small_vault(tmp_path / "vault"), CoherenceQuestion())
    whole, groups = answer.assessment.result.as_json(), grouped(answer, by, "Asia/Tokyo")
    assert sum(each.used for each in groups) / MICROSECONDS == whole["use_seconds"]
    assert sum(each.gap for each in groups) / MICROSECONDS == whole["gap_seconds"] == 2 * 2 * 86400
    assert {fact for each in groups for fact in each.missing} == {"identity"}
    assert all(each.used >= each.gap for each in groups)


def test_days_begin_at_midnight_of_the_zone(tmp_path: Path) -> None:
    """The use from day 2 to day 12 in UTC touches eleven days in Japan; the gap begins at nine in the morning of one."""
    answer = ask(small_vault(tmp_path / "vault"), CoherenceQuestion())
    days = {each.day: each for each in grouped(answer, "day", "Asia/Tokyo")}
    assert len(days) == 11
    first = days[BEGIN + 10 * DAY - 9 * HOUR]
    assert (first.used, first.gap) == (2 * 24 * HOUR, 2 * 15 * HOUR)
    assert len(grouped(answer, "day", "UTC")) == 10


def test_the_subject_is_named(tmp_path: Path) -> None:
    """One tenant, one end user, one site and one path used devices."""
    answer = ask(small_vault(tmp_path / "vault"), CoherenceQuestion())
    subjects = {by: [each.subject for each in grouped(answer, by, "UTC")] for by in GROUPINGS if by != "day"}
    assert subjects == {
        "tenant": [WHO.tenant],
        "end-user": [WHO.tenant],
        "site": [WHO.site],
        "path": [WHO.path],
    }
