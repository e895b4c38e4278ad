"""Flags on a small vault: found as in a full run, closed and opened by people and facts, replayed from the ledger alone."""

import random
import shutil
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from claims import random_claims
from kansa.application.flags import FlagService
from kansa.clock import DAY
from kansa.errors import BadInput
from kansa.flags import lifecycle as life
from kansa.flags.lifecycle import Flag
from kansa.ledger import keys
from kansa.ledger.stores.values import ValueWriter
from kansa.records.draft import Draft, submit
from kansa.rules.loading.library import Library, read_library
from kansa.vault.assessment_cache import Kept
from kansa.vault.vault import Vault
from worlds import BEGIN, cast, dice, draft, small_vault, story

WHO = cast()
GUIDANCE = "kansa.us.diversion-guidance"
SEEDS = random.Random(11)


@cache
def library() -> Library:
    """The shipped packs, read once."""
    return read_library(check=False)


def desk(root: Path, day: int) -> FlagService:
    """The flags of a vault on a day of its story."""
    found = FlagService(Vault(root, at=BEGIN + day * DAY, random_bytes=dice(SEEDS.randrange(2**30))))
    found.__dict__["library"] = library()
    return found


def add(root: Path, day: int, drafts: Iterable[Draft]) -> None:
    """Record further claims."""
    vault = Vault(root, at=BEGIN + day * DAY, random_bytes=dice(SEEDS.randrange(2**30)))
    with vault.appending() as appender:
        appender.append([submit(each, vault.connector_key) for each in drafts])


def answer(key: str, fact: str, value: Any, day: int = 0) -> Draft:
    """A person's answer about the tenant."""
    return draft("question.answered", key, BEGIN + day * DAY, subject_id=WHO.tenant, fact=fact, answer=value)


def of(flags: Sequence[Flag], name: str) -> Flag:
    """The flag of a rule on the tenant."""
    (found,) = [f for f in flags if f.claim.rule.endswith(f".{name}") and f.claim.subject_id == WHO.tenant]
    return found


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The small vault, whose tenant gave the address of a home."""
    small_vault(tmp_path / "vault", [*story(WHO), answer("a", "party.address_class", "residential")])
    return tmp_path / "vault"


def residential() -> str:
    """The rule of the guidance that asks for the class of an address."""
    (pack,) = [pack for pack in library().packs if pack.id == GUIDANCE]
    return next(
        r.id.rpartition(".")[2] for r in pack.rules if "party.address_class" in r.facts and r.severity
    )


def test_a_second_run_finds_nothing_new(root: Path) -> None:
    """Flags are raised once; what was assessed is not assessed again without need."""
    survey, made = desk(root, 5).run("Sato")
    assert made == len(survey.flags) > 0
    again, further = desk(root, 5).run()
    assert further == 0
    assert again.flags == again.flags
    assert len(again.assessed) <= len(again.found) // 2


def test_flags_with_active_allocation_come_first_and_are_due_first(root: Path) -> None:
    """The tenant holds two devices on day 5: its flags lead, and none may wait longer than a day."""
    survey, _ = desk(root, 5).run("Sato")
    active = [flag.claim.active for flag in survey.flags]
    assert active == sorted(active, reverse=True)
    assert any(active)
    assert all(flag.due <= BEGIN + 6 * DAY for flag in survey.flags if flag.claim.active)
    assert all(flag.owner == "Sato" for flag in survey.flags)


@pytest.mark.parametrize("seed", range(2))
def test_an_incremental_assessment_equals_a_full_one(tmp_path: Path, seed: int) -> None:
    """Whatever is recorded in whatever order, and however time passes, only what may have changed need be asked."""
    root = tmp_path / "vault"
    small_vault(root, story(WHO))
    claims, dice_ = random_claims(seed, 24), random.Random(seed)
    owned = [
        draft("party.ownership_declared", "1", party_id=WHO.tenant, owner_id=WHO.other, share_bp=6000, controls=True),
        draft("party.headquarters_determined", "1", BEGIN + 7 * DAY, party_id=WHO.other, country="CN"),
        draft("party.headquarters_determined", "2", party_id=WHO.tenant, country="JP", ultimate_parent_id=WHO.other),
        answer("b", "party.web_presence", "none", 3),
        draft("list.imported", "1", publication="x", format="f", importer="i", edition_date=None, files=[],
              record_set_sha256="a" * 64, lists=[], rows=0, entries=0, rejected=0, set_aside=0, added=0, removed=0, changed=0),
    ]  # fmt: skip
    owned.append(
        draft(
            "commitment.signed",
            "1",
            end=BEGIN + 35 * DAY,
            party_id=WHO.tenant,
            commitment="end_use_certificate",
        )
    )
    steps = [*owned, *claims]
    dice_.shuffle(steps)
    assessed = []
    parts = [steps[at : at + 10] for at in range(0, len(steps), 10)]
    newcomer = cast(9)
    alone: dict[str, Any] = {"workload_id": newcomer.workload, "units": [WHO.node], "site_id": WHO.site}
    work = draft(
        "workload.placed",
        "alone",
        BEGIN + 18 * DAY,
        **alone,
        tenant_id=newcomer.tenant,
        end_user_id=newcomer.tenant,
    )
    parts.append([draft("party.registered", "newcomer", party_id=newcomer.tenant, roles=["tenant"])])
    for number, part in enumerate([*parts, [work], []]):
        day = 20 + number if part else 40  # time alone: the certificate ends on day 35
        add(root, day, part)
        survey, _ = desk(root, day).run()
        assessed.append(len(survey.assessed) < len(survey.found))
        found = {subject: _result(kept) for subject, kept in survey.found.items()}
        (root / "assessments.db").unlink()
        whole = desk(root, day).survey()
        assert found == {subject: _result(kept) for subject, kept in whole.found.items()}
        assert not whole.pending, "a full run would record nothing else"
        desk(root, day).run()
    assert any(assessed), "nothing was spared"


def _result(kept: Kept) -> tuple[object, ...]:
    return kept.raised, kept.missing, kept.until


def test_a_resolved_flag_stays_resolved_until_what_it_rests_on_changes(root: Path) -> None:
    """Explained on the facts; another class of address is another flag to resolve, with the same id."""
    found = desk(root, 5)
    survey, _ = found.run()
    flag = of(survey.flags, residential())
    found.record(
        [life.resolve(flag, "explained", found.now, resolver="Sato", reasons="home office, lease on file")]
    )
    survey, _ = desk(root, 6).run()
    assert of(survey.flags, residential()).state == "resolved"
    add(root, 7, [answer("c", "party.address_class", "virtual_office", 7)])
    survey, _ = desk(root, 7).run()
    opened = of(survey.flags, residential())
    assert (opened.id, opened.state) == (flag.id, "open")


def test_a_flag_lapses_when_its_rule_is_no_longer_true_and_comes_back_when_it_is(root: Path) -> None:
    """A certificate of end use is signed for ten days; on the eleventh nothing was recorded, but it has ended."""
    missing = "action-certificate-missing"
    survey, _ = desk(root, 5).run()
    assert of(survey.flags, missing).state == "open"
    signed = draft(
        "commitment.signed",
        "1",
        BEGIN + 6 * DAY,
        BEGIN + 16 * DAY,
        party_id=WHO.tenant,
        commitment="end_use_certificate",
    )
    add(root, 6, [signed])
    survey, _ = desk(root, 7).run()
    assert of(survey.flags, missing).state == "lapsed"
    survey, _ = desk(root, 16).run()
    assert of(survey.flags, missing).state == "open"


def test_what_becomes_unknown_closes_nothing(root: Path) -> None:
    """The answer is withdrawn: "asked, not known". The flag stays open."""
    desk(root, 5).run()
    add(root, 6, [answer("c", "party.address_class", None, 6)])
    survey, _ = desk(root, 6).run()
    assert of(survey.flags, residential()).state == "open"


def test_every_flag_replays_after_a_restart_and_on_another_copy(root: Path, tmp_path: Path) -> None:
    """From the ledger and the packs kept in the vault: the same rule, the same severity."""
    desk(root, 5).run()
    add(root, 6, [answer("c", "party.address_class", "commercial", 6)])
    shutil.copytree(root, tmp_path / "copy")
    for place in (root, tmp_path / "copy"):
        again = desk(place, 9)
        flags = again.flags()
        assert flags
        assert all(again.replay(flag).same for flag in flags)


def test_after_an_erasure_a_flag_says_under_which_entry_it_cannot_be_replayed(root: Path) -> None:
    """The tenant's values are destroyed; what was found on them cannot be found again."""
    desk(root, 5).run()
    vault = Vault(root, at=BEGIN + 6 * DAY, random_bytes=dice(77))
    writer = ValueWriter(vault.places.values, keys.load_key(vault.places.keys / "values.key", "values"))
    erased = writer.erase(WHO.tenant)
    writer.close()
    index = vault.record(
        draft(
            "value.erased", "1", BEGIN + 6 * DAY, subject_id=WHO.tenant, values=erased, stores=["values.db"]
        )
    )
    again = desk(root, 7)
    replayed = again.replay(of(again.flags(), residential()))
    assert str(replayed.refused) == f"not replayable: erased under entry {index}"
    assert not replayed.same
    assert of(desk(root, 8).run()[0].flags, residential()).state == "open"


def test_adopted_packs_are_used_alone_and_kept_under_their_hash(root: Path) -> None:
    """The operator adopts one pack: only its rules raise flags, also where the shipped ones are gone."""
    here = desk(root, 5)
    (pack,) = [pack for pack in library().packs if pack.id == GUIDANCE]
    here.statements.take(here.adoption(pack), "Sato", None)
    survey, _ = desk(root, 5).run()
    assert survey.in_force.adopted
    assert {flag.claim.pack for flag in survey.flags} == {GUIDANCE}
    assert all(flag.claim.pack_sha256 == pack.meaning for flag in survey.flags)
    assert (root / "packs" / f"{pack.meaning}.json").exists()
    (root / "packs" / f"{pack.meaning}.json").unlink()
    with pytest.raises(BadInput, match="does not hold the pack"):
        desk(root, 6).run()


def test_a_temporary_configuration_is_compared_before_and_after(root: Path) -> None:
    """On the day on which the path was switched on for a time, the indicators stood as they had; a hurry is told."""
    add(root, 6, [
        draft("configuration.temporary", "1", BEGIN + 6 * DAY, BEGIN + 8 * DAY, path_id=WHO.path, reason="audit"),
        answer("c", "party.address_class", "commercial", 5),
        answer("d", "party.address_class", "residential", 6),
    ])  # fmt: skip
    (found,) = desk(root, 7).comparisons(BEGIN)
    assert (found.kind, found.hurried) == ("temporary", False)
    assert [each.rule.rpartition(".")[2] for each in found.came] == [residential()]
    assert found.risk_rose is True
    assert found.now == found.after
