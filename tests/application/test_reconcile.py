"""Evidence that should agree, compared: what one side alone says is found, and what is missing is not assessed."""

from pathlib import Path

import pytest

from kansa.application.opening import Settings, Vault, create_vault
from kansa.application.reconcile import Comparison, Known, _wrong_accounts, reconcile
from kansa.clock import format_instant, parse_instant
from kansa.records.draft import Draft
from kansa.registers.rows import Identity

START = parse_instant("2026-01-01T00:00:00.000Z")
DAY = 86_400_000_000
PERIOD = (START, START + 100 * DAY)


def sid(prefix: str, letter: str) -> str:
    """An id."""
    return f"{prefix}_{letter * 26}"


TENANT, USER, OTHER = (sid("pty", each) for each in "tuo")
PATH, SITE, NODE = sid("pth", "p"), sid("sit", "s"), sid("nod", "n")


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    """A vault with an end user who is verified for sixty days, cleared, and has a path."""
    settings = Settings(origin="op.example/kansa", operator={"en": "Op"}, simulated=True, zone="UTC")
    create_vault(tmp_path / "vault", settings)
    made = Vault(tmp_path / "vault", at=PERIOD[1])
    for party in (TENANT, USER, OTHER):
        put(made, "party.registered", party_id=party, roles=["tenant"])
    put(made, "end_user.verified", until=60, end_user_id=USER)
    put(made, "access_path.approved", path_id=PATH, tenant_id=TENANT, end_user_id=USER, method="direct")
    put(made, "access_path.enabled", day=10, path_id=PATH)
    return made


def put(vault: Vault, kind: str, day: int = 0, until: int | None = None, **data: object) -> int:
    """Record something from a day on."""
    told = {
        "valid_from": format_instant(START + day * DAY),
        "valid_to": None if until is None else format_instant(START + until * DAY),
        "known_by": "measured",
        **data,
    }
    key = f"{kind} {sorted(map(str, told.items()))}"
    return vault.record(Draft(f"kansa.{kind}.v0", "urn:kansa:op.example:test", key, START, told))


def session(vault: Vault, day: int, path: str | None = PATH) -> int:
    """A session of one day."""
    return put(
        vault,
        "access_path.session",
        day,
        day + 1,
        path_id=path,
        method="remote",
        method_basis="stated",
        activity="shell",
    )


def used(vault: Vault, day: int, workload: str = "a") -> int:
    """A use of the node by the path, for a day."""
    return put(
        vault,
        "workload.placed",
        day,
        day + 1,
        workload_id=sid("wkl", workload),
        tenant_id=TENANT,
        end_user_id=USER,
        path_id=PATH,
        site_id=SITE,
        units=[NODE],
    )


def compared(vault: Vault, what: str) -> Comparison:
    """One of the comparisons."""
    return next(each for each in reconcile(vault, PERIOD) if each.compared == what)


def said(done: Comparison) -> list[tuple[str, str]]:
    """What differs, about whom."""
    return [(each.subject, each.what) for each in done.differences]


def test_sessions_and_uses_are_held_together_both_ways(vault: Vault) -> None:
    """A session while the path was off, one on no path, a use before anybody had come: each is found."""
    session(vault, 5)
    session(vault, 20)
    session(vault, 21, None)
    used(vault, 2)
    used(vault, 30, "b")

    done = compared(vault, "sessions and uses")

    assert said(done) == [
        (PATH, "session while the path was not approved and open"),
        ("", "session on no path"),
        (PATH, "use that no session on its path came before"),
    ]
    assert (done.left, done.right, done.assessed) == (3, 2, True)


def test_accounts_that_nobody_onboarded_are_found(vault: Vault) -> None:
    """Nobody knows the first, the others are of parties that are not verified and cleared."""
    put(vault, "account.observed", account_id=sid("acc", "a"))
    put(vault, "account.observed", account_id=sid("acc", "b"), party_id=OTHER)
    put(vault, "account.observed", account_id=sid("acc", "c"), party_id=USER)
    put(vault, "account.observed", until=40, account_id=sid("acc", "d"), party_id=USER)

    found = said(compared(vault, "identity provider and approvals"))

    assert (sid("acc", "a"), "account that no onboarding record knows") in found
    assert (sid("acc", "b"), "account of a party that is not verified") in found
    assert {subject for subject, _ in found} >= {sid("acc", "a"), sid("acc", "b"), sid("acc", "c")}


def test_an_account_is_there_as_long_as_its_end_user_is_verified() -> None:
    """After the verification ended the account outlives its end user; one that was switched off before does not."""
    row = Identity(TENANT, USER, START, START + 60 * DAY, START, None, "documented", (1,))
    verified = {USER: [row]}

    def account(entry: int, until: int | None) -> Known:
        data = {"account_id": sid("acc", "a"), "party_id": USER, "valid_from": format_instant(START)}
        return Known(
            entry, {**data, "valid_to": None if until is None else format_instant(START + until * DAY)}
        )

    found = list(
        _wrong_accounts([account(1, None), account(2, 50), account(3, 70)], verified, {USER}, PERIOD[1])
    )

    assert [(each.what, each.evidence) for each in found] == [
        ("account that outlives its end user", (1,)),
        ("account that outlives its end user", (3,)),
    ]
    assert [each.what for each in _wrong_accounts([account(4, 50)], verified, set(), PERIOD[1])] == [
        "account of a party without an approved path"
    ]


def test_a_device_of_the_inventory_without_custody_is_found(vault: Vault) -> None:
    """And what is used is looked for among what was observed, at its site."""
    put(vault, "device.identified", device_id=sid("dev", "d"), node_id=NODE, site_id=SITE, item_class="h100")
    used(vault, 30)
    assert said(compared(vault, "inventory and custody")) == [
        (sid("dev", "d"), "in the inventory without custody")
    ]
    assert said(compared(vault, "accounting and telemetry")) == [
        (NODE, "used by accounting and never observed")
    ]
    assert not compared(vault, "accounting and telemetry").assessed

    put(vault, "device.observed", 31, 32, device_id=sid("dev", "d"), site_id=SITE)
    done = compared(vault, "accounting and telemetry")
    assert (said(done), done.agreed, done.assessed) == ([], 1, True)


def test_each_comparison_leaves_a_record_and_what_is_missing_is_not_assessed(vault: Vault) -> None:
    """Four results; none of an empty side counts as agreement."""
    before = vault.reader.size()
    done = reconcile(vault, PERIOD)

    records = [record for _, record in Vault(vault.places.root, at=PERIOD[1]).records(before)]
    assert [record.type for record in records] == ["kansa.reconciliation.performed.v0"] * 4
    assert [record.data["assessed"] for record in records] == [False] * 4
    assert [(each.agreed, each.assessed) for each in done] == [(0, False)] * 4
