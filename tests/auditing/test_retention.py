"""How long what is kept must be kept: periods, holds, erasures that wait, and what may go."""

import json
from pathlib import Path
from typing import Any

import pytest

from kansa.application.auditing.vault import audit_vault
from kansa.application.erase import defer, erase
from kansa.application.retention import after, holds, lift_hold, place_hold, retained, retention, schedules
from kansa.application.retention_apply import apply
from kansa.clock import DAY, format_instant, parse_instant
from kansa.errors import BadInput
from kansa.interfaces.cli.app import run
from kansa.vault.vault import Vault
from worlds import BEGIN, cast, draft, small_vault, story

WHO = cast()
LONGEST = 10
LATE = parse_instant("2036-02-01T00:00:00.000Z")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A vault whose tenant is no longer served after twenty days."""
    end = draft("access_path.disabled", "1", BEGIN + 19 * DAY, path_id=WHO.path)
    other = draft("party.registered", "other", party_id=WHO.other, roles=["tenant"], names={"en": "Kurobe"})
    small_vault(tmp_path / "v", [*story(WHO), end, other])
    return tmp_path / "v"


def at(root: Path, instant: int) -> Vault:
    """The vault at a time."""
    return Vault(root, at=instant)


@pytest.mark.parametrize(
    ("start", "years", "end"),
    [
        ("2026-01-01T09:00:00.000Z", 5, "2031-01-01T09:00:00.000Z"),
        ("2024-02-29T00:00:00.000Z", 4, "2028-02-29T00:00:00.000Z"),
        ("2024-02-29T00:00:00.000Z", 5, "2029-03-01T00:00:00.000Z"),
    ],
)
def test_years_are_calendar_years(start: str, years: int, end: str) -> None:
    """29 February becomes 1 March where there is none: never a day too short."""
    assert format_instant(after(parse_instant(start), years)) == end


def test_the_shipped_schedules_say_what_is_verified() -> None:
    """EAR five years, OFAC ten, Japan a default that nobody verified."""
    told = {each.id.removeprefix("kansa.retention."): (each.years, each.verified) for each in schedules()}

    assert told == {"us.ear-762-6": (5, True), "us.ofac-501-601": (10, True), "jp.default": (7, False)}


def test_while_a_party_is_served_no_period_has_begun(root: Path) -> None:
    """And afterwards the longest counts, from its last event; those that still bind are named."""
    during = retained(at(root, BEGIN + 5 * DAY), WHO.tenant)
    later = retained(at(root, BEGIN + 20 * DAY), WHO.tenant)
    much_later = retained(at(root, after(BEGIN + 12 * DAY, 8)), WHO.tenant)

    assert during is not None
    assert during.until is None
    assert later is not None
    assert later.until == after(BEGIN + 12 * DAY, LONGEST)  # the end of its last use
    assert len(later.schedules) == 3
    assert much_later is not None
    assert much_later.schedules == ("kansa.retention.us.ofac-501-601",)
    assert retained(at(root, LATE), WHO.tenant) is None


def test_inside_the_period_nothing_is_erased_unless_that_is_decided_on_record(root: Path) -> None:
    """Refused; with a decision the record names the schedules."""
    vault = at(root, BEGIN + 20 * DAY)

    with pytest.raises(BadInput) as refused:
        erase(vault, WHO.tenant, "asked to")
    done = erase(vault, WHO.tenant, "a court's order", despite_retention=True)
    ((_, record),) = vault.records(done.entry or 0, (done.entry or 0) + 1)

    assert refused.value.code == "erase.retained"
    assert record.data["despite"] == sorted(each.id for each in schedules())


def test_a_deferred_erasure_is_done_once_the_period_is_over(root: Path) -> None:
    """Asked for early, done late, and both on record; what was not asked for stays."""
    early = at(root, BEGIN + 20 * DAY)
    entry, kept = defer(early, WHO.tenant, "asked to by the person")
    assert apply(early, "daily").erased == ()
    assert {each.subject: each.deferred for each in retention(early)}[WHO.tenant] == entry
    late = at(root, LATE)

    told = apply(late, "daily", rehearse=True)
    done = apply(late, "daily")
    again = apply(late, "daily")

    assert kept.until is not None
    assert (told.erased, done.erased, again.erased) == ((WHO.tenant,), (WHO.tenant,), ())
    assert told.entry is None
    ((_, record),) = late.records(done.entry or 0, (done.entry or 0) + 1)
    assert (record.data["erased"], record.data["held"]) == (1, 0)
    assert {part.name: part.ok for part in audit_vault(late).parts}["sealed values"]


def test_everybody_past_the_period_goes_only_if_that_is_said(root: Path) -> None:
    """Without a deferred erasure a party stays until somebody decides."""
    late = at(root, LATE)

    assert apply(late, "yearly").erased == ()
    assert set(apply(late, "yearly", everybody=True).erased) == {WHO.tenant, WHO.other}


def test_a_hold_beats_every_period_until_it_is_lifted(root: Path) -> None:
    """Also a decision to erase despite retention."""
    vault = at(root, LATE)
    entry = place_hold(vault, WHO.tenant, "inquiry 12", "a letter")

    with pytest.raises(BadInput, match=f"entry {entry} holds"):
        erase(vault, WHO.tenant, "asked to", despite_retention=True)
    assert apply(vault, "yearly", everybody=True).held == (WHO.tenant,)
    assert [each.entry for each in holds(vault)] == [entry]
    with pytest.raises(BadInput, match="places no hold"):
        lift_hold(vault, 0, "closed")
    lift_hold(vault, entry, "closed")
    assert list(holds(vault)) == []
    assert erase(vault, WHO.tenant, "asked to").values > 0


def test_as_commands(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Status, hold, lift, defer, apply."""
    late = ["--vault", str(root), "--at", "2036-02-01T00:00:00Z", "--json"]

    def said(*command: str) -> Any:
        assert run([*command, *late]) == 0
        return json.loads(capsys.readouterr().out)

    status = said("retention", "status")
    held = said("hold", "place", WHO.tenant, "--matter", "inquiry 12", "--reasons", "a letter")
    listed = said("hold", "list")
    rehearsed = said("retention", "apply", "--reasons", "yearly", "--everybody", "--dry-run")
    said("hold", "lift", str(held["entry"]), "--reasons", "closed")
    done = said("retention", "apply", "--reasons", "yearly", "--everybody")

    assert {each["subject"]: each["past"] for each in status["parties"]}[WHO.tenant]
    assert [each["entry"] for each in listed["holds"]] == [held["entry"]]
    assert (rehearsed["held"], rehearsed["erased"]) == ([WHO.tenant], [WHO.other])
    assert set(done["erased"]) == {WHO.tenant, WHO.other}
    early = ["--vault", str(root), "--at", "2036-02-02T00:00:00Z"]
    for command in (["retention", "status"], ["hold", "list"]):
        assert run([*command, *early]) == 0
