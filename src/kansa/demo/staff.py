"""Give the demo's operator its people: who signs, in which role, and the cases that wait for them.

None of it is part of what `kansa demo` plays: it is added where somebody is to work in the vault, in a browser. The keys lie
beside the vault and are as invented as everything else.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from kansa.application.cases import CaseService
from kansa.application.flags import FlagService
from kansa.application.lookup import Lookup
from kansa.application.opening import open_vault
from kansa.application.signing import Done, Key, Prepared, create_key
from kansa.cases.routes import read_routes
from kansa.clock import HOUR, MICROSECONDS
from kansa.demo.instants import END, jst
from kansa.people.signed_records import Scope
from kansa.texts import Words

APPROVER = "Ken Ito"
"""Who is signed in by the demo's link: the case that waits is theirs to decide."""

_MINUTE = 60 * MICROSECONDS
_UNTIL = jst("2026-09-01 00:00")


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody of the demo's operator: names, the file of their key, their roles."""

    names: Mapping[str, str]
    file: str
    roles: tuple[str, ...] = ()


ADMINISTRATOR = Colleague(MappingProxyType({"en": "Makoto Kuga", "ja": "久我 真"}), "kuga")
COLLEAGUES = (
    Colleague(MappingProxyType({"en": "Haru Sato", "ja": "佐藤 晴"}), "sato", ("account_manager",)),
    Colleague(MappingProxyType({"en": "Rin Mori", "ja": "森 凛"}), "mori", ("export_control_staff",)),
    Colleague(MappingProxyType({"en": APPROVER, "ja": "伊藤 健"}), "ito", ("export_control_officer",)),
)
_ROUTES = ("kansa.routes.ordinary", "kansa.routes.high-risk")
_PERMIT = Words(
    "Customer since 2021; renders and restores film. Verification renewed, no complaint on record.",
    "2021年からの取引先です。映像の修復と生成に利用しています。需要者確認は更新済みで、苦情の記録はありません。",
)
_REVIEWED = Words(
    "Registry extract and interview compared with the statement of end use.",
    "登記事項証明書と面談の記録を、最終用途の申告と照合しました。",
)
_ANSWER = Words(
    "Headquarters in Tokyo by the registry extract of 9 January; the ultimate parent is a natural person in Japan.",
    "1月9日付の登記事項証明書により本社は東京都です。最終親会社はなく、筆頭株主は国内居住の個人です。",
)


def staff(root: Path, keys: Path) -> tuple[str, Mapping[str, Path]]:
    """Enrol the people, adopt the routes, open the cases and record what the rules find.

    Returns the approver's id, and the file of each person's key.

    Args:
        root: The demo's vault, as it was played.
        keys: A new folder for the people's keys; nobody else may read it.
    """
    keys.mkdir(mode=0o700)
    clock = _Clock(END + HOUR)
    admin = create_key(keys / ADMINISTRATOR.file, secrets.token_bytes)
    ids = _enrol(root, keys, admin, clock)
    pack = read_routes()
    for route in pack.routes:
        if route.id in _ROUTES:
            office = clock.office(root)
            _signed(office, office.adopt(admin.public, pack, route), admin)
    _cases(root, clock, ids)
    FlagService(open_vault(root, clock.next())).run("Rin Mori")
    _answer_grave(root, clock, ids["mori"][1])
    return ids["ito"][0], {person: keys / file for file, (person, _) in ids.items()}


class _Clock:
    """The vault's simulated time, a few minutes on at every act."""

    def __init__(self, at: int) -> None:
        self._at = at

    def next(self) -> int:
        self._at += 7 * _MINUTE
        return self._at

    def office(self, root: Path) -> CaseService:
        return CaseService(open_vault(root, self.next()))


def _enrol(root: Path, keys: Path, admin: Key, clock: _Clock) -> dict[str, tuple[str, Key]]:
    office = clock.office(root)
    _, prepared = office.enrol(admin.public, admin.public, ADMINISTRATOR.names)
    _signed(office, prepared, admin)
    found: dict[str, tuple[str, Key]] = {}
    for each in COLLEAGUES:
        key = create_key(keys / each.file, secrets.token_bytes)
        office = clock.office(root)
        person, prepared = office.enrol(admin.public, key.public, each.names)
        _signed(office, prepared, admin)
        for role in each.roles:
            _signed(office, office.grant(admin.public, person, role, None), admin)
        found[each.file] = person, key
    return found


def _cases(root: Path, clock: _Clock, ids: Mapping[str, tuple[str, Key]]) -> None:
    """One case waits for its approval, one for its review, one for a proposal."""
    names = Lookup(open_vault(root))
    opened = {key: names.party(key) for key in ("kazemachi", "tomoshibi", "oboro")}
    (_, sato), (_, mori) = ids["sato"], ids["mori"]
    for key, party in opened.items():
        cause = "change" if key == "kazemachi" else "renewal"
        case = clock.office(root).open(party, party, cause, None)
        if key == "oboro":
            continue
        office = clock.office(root)
        proposal = office.propose(
            sato.public,
            case,
            _ROUTES[0],
            "permit",
            scope=Scope(),
            until=_UNTIL,
            reasons=_PERMIT.ja,
            evidence=(),
        )
        _signed(office, proposal, sato)
        if key == "kazemachi":
            office = clock.office(root)
            _signed(office, office.review(mori.public, case, "endorsed", _REVIEWED.ja, ()), mori)


def _answer_grave(root: Path, clock: _Clock, key: Key) -> None:
    """Have the grave flags on the party of the first case answered, so that its permit waits for a signature only."""
    vault = open_vault(root, clock.next())
    desk = FlagService(vault)
    party = Lookup(vault).party("kazemachi")
    for flag in desk.flags():
        if (
            flag.state == "open"
            and party in {flag.claim.subject_id, flag.claim.party_id}
            and flag.claim.severity == "high"
        ):
            desk.statements.take(desk.resolution(flag, "explained", _ANSWER.ja), None, key)


def _signed(office: CaseService, prepared: Prepared, key: Key) -> Done:
    done = office.sign(prepared, key)
    assert done.index is not None, done.refused  # noqa: S101 - the script is ours: what it signs counts
    return done
