"""What a reading of the flags keeps: never what a record is still to be made of."""

from pathlib import Path

from kansa import ids
from kansa.application.flags import FlagService
from kansa.vault.vault import Vault
from worlds import draft, small_vault


def test_reading_twice_says_the_same_and_records_still_follow(tmp_path: Path) -> None:
    """A reading is a reading: what it keeps spares work and swallows no flag."""
    root = tmp_path / "vault"
    small_vault(root)
    first = FlagService(Vault(root)).survey()
    again = FlagService(Vault(root)).survey()

    assert [act.data.get("rule") for act in again.pending] == [act.data.get("rule") for act in first.pending]
    assert {subject: kept.raised for subject, kept in again.found.items()} == {
        subject: kept.raised for subject, kept in first.found.items()
    }
    assert len(again.assessed) <= len(first.assessed)

    _, made = FlagService(Vault(root)).run()
    assert made >= len(first.pending)


def test_an_overview_where_nothing_changed_says_what_the_survey_said_and_assesses_nothing(
    tmp_path: Path,
) -> None:
    """Whoever lists flags waits for no rule; the number of records still to be made is the survey's."""
    root = tmp_path / "vault"
    small_vault(root)
    survey = FlagService(Vault(root)).survey()
    overview = FlagService(Vault(root)).overview()

    assert (overview.assessed, overview.pending) == ((), ())
    assert overview.not_recorded == len(survey.pending) > 0
    assert overview.flags == survey.flags
    assert {s: (k.raised, k.missing) for s, k in overview.found.items()} == {
        s: (k.raised, k.missing) for s, k in survey.found.items()
    }


def test_an_overview_assesses_what_changed(tmp_path: Path) -> None:
    """A record, or a date that passes, is seen at once."""
    root = tmp_path / "vault"
    vault = small_vault(root)
    before = FlagService(Vault(root)).survey()
    vault.record(
        draft("site.registered", "another", site_id=ids.mint("site"), country="JP", names={"en": "Another"})
    )
    after = FlagService(Vault(root)).overview()

    assert after.assessed
    assert len(after.found) == len(before.found) + 1
    ends = [kept.until for kept in after.found.values() if kept.until is not None]
    later = FlagService(Vault(root, at=max(ends)))
    assert later.overview().assessed
