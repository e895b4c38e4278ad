"""Hand-over: a permitted shift is followed by records at both ends, and no shift goes without a permit."""

import json
from pathlib import Path

import pytest

from kansa.application import statements
from kansa.application.gate import gate_log
from kansa.clock import DAY, HOUR, format_instant
from kansa.gate.handover import Permit, followed, moves, unpermitted, waiting
from kansa.gate.log import Entry
from kansa.interfaces.cli.app import run
from kansa.records.kinds.gate import GateDecided
from kansa.registers.rows import Use
from worlds import BEGIN, cast, small_vault

WHO = cast()
HERE, THERE = WHO.site, cast(8).site
PERMIT = Permit(5, WHO.tenant, WHO.other, HERE, THERE, BEGIN, BEGIN + HOUR)
DUE = PERMIT.end + HOUR


def use(site: str, start: int, end: int | None, *evidence: int, workload: str = WHO.workload) -> Use:
    """A use of the tenant's end user at a site."""
    ids = f"{workload} {start}", "unit", WHO.tenant, WHO.other, WHO.path, "h100-sxm5", site
    return Use(*ids, start, end, workload, 1, "measured", evidence)


LEFT = use(HERE, BEGIN - DAY, BEGIN + HOUR // 2, 1)
CAME = use(THERE, BEGIN + HOUR // 2, None, 2)


@pytest.mark.parametrize(
    ("uses", "recorded", "state", "ends"),
    [
        ([LEFT, CAME], {}, "complete", ("origin", "target")),
        ([LEFT], {}, "missed", ("origin",)),
        ([CAME], {}, "missed", ("target",)),
        ([], {}, "missed", ()),
        ([LEFT, CAME], {2: DUE}, "missed", ("origin",)),
        ([LEFT, use(THERE, PERMIT.start - 1, None, 2)], {}, "missed", ("origin",)),
        ([LEFT, use(HERE, BEGIN, None, 2)], {}, "missed", ("origin",)),
    ],
    ids=["both", "left, never came", "came, never left", "nothing", "recorded too late", "came before", "elsewhere"],
)  # fmt: skip
def test_both_ends_must_be_on_record_in_time(
    uses: list[Use], recorded: dict[int, int], state: str, ends: tuple[str, ...]
) -> None:
    """Pending until it is due, then complete or missed."""
    (after,) = followed([PERMIT], uses, lambda index: recorded.get(index, BEGIN))

    assert (after.state(DUE), after.recorded) == (state, ends)
    assert after.state(DUE - 1) == ("complete" if state == "complete" else "pending")


def test_late_records_end_the_wait_but_stay_a_finding() -> None:
    """The gate lets the next shift go; that the records came late is not undone."""
    (late,) = followed([PERMIT], [LEFT, CAME], lambda _: DUE)
    (never,) = followed([PERMIT], [LEFT], lambda _: BEGIN)

    assert late.state(DUE) == "missed"
    assert waiting([late], DUE) == {}
    assert waiting([never], DUE) == {WHO.tenant: 1}
    assert waiting([never], DUE - 1) == {}


@pytest.mark.parametrize(
    ("permit", "found"),
    [
        (PERMIT, 0),
        (PERMIT._replace(end=BEGIN + HOUR // 2), 1),
        (PERMIT._replace(tenant_id=WHO.other), 1),
        (PERMIT._replace(site_id=HERE), 1),
        (PERMIT._replace(from_site_id=THERE), 1),
        (PERMIT._replace(end_user_id=None), 0),
    ],
    ids=["covered", "after its end", "of another", "to elsewhere", "from elsewhere", "for any end user"],
)
def test_a_move_that_no_permit_covers_is_found(permit: Permit, found: int) -> None:
    """Tenant, end user, both sites and the time must be those of the permit."""
    moved = moves([LEFT, CAME, use(HERE, BEGIN, None, 3, workload="another")])

    assert [(move.from_site_id, move.site_id, move.records) for move in moved] == [(HERE, THERE, (1, 2))]
    assert len(unpermitted(moved, [permit], BEGIN)) == found
    assert unpermitted(moved, [], BEGIN + DAY) == []


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Not assessed: the gate was never asked"),
        ("ja", "評価していません。このゲートへの照会は一度もなく"),
    ],
)
def test_while_the_gate_was_never_asked_moves_are_not_assessed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], language: str, said: str
) -> None:
    """No finding, and no reassurance either: the command says so and ends with 1."""
    found = statements.shifts(small_vault(tmp_path / "vault"))
    asked = ["standing", "handovers", "--vault", str(tmp_path / "vault"), "--language", language]

    assert (found.followed, found.unpermitted, found.began) == ((), (), None)
    assert run(asked) == 1
    assert said in capsys.readouterr().out
    assert run([*asked, "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["assessed"] is False


def test_what_is_settled_is_recorded_once_and_a_missed_hand_over_is_a_flag(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """From the gate's own log: one permit that nothing followed, and the vault says so in three records at most."""
    vault = small_vault(tmp_path / "vault")
    decided = {
        "tenant_id": WHO.tenant,
        "end_user_id": WHO.tenant,
        "from_site_id": HERE,
        "site_id": THERE,
        "action": "shift",
        "outcome": "permit",
        "caller": "x",
        "ground": 0,
        "determining": [],
        "packs": [],
        "evaluator": "x",
        "valid_from": format_instant(BEGIN),
        "valid_to": format_instant(BEGIN + HOUR),
        "known_by": "measured",
    }
    with gate_log(vault) as log:
        entry = Entry(GateDecided.type, log.new_id(BEGIN), BEGIN, decided)
        log.write(lambda _: [entry])
    found = statements.shifts(vault)
    made = statements.record(vault, found)

    assert [after.state(found.now) for after in found.followed] == ["missed"]
    assert [record.type for index, record in vault.records() if index in made] == [
        "kansa.shift.handed_over.v0",
        "kansa.flag.raised.v0",
    ]
    assert statements.record(vault, statements.shifts(vault)) == []
    capsys.readouterr()
    assert run(["standing", "handovers", "--vault", str(tmp_path / "vault")]) == 1
    assert "1 of 1 permitted shifts missed a record" in capsys.readouterr().out
