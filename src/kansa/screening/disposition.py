"""What people made of a candidate, and for how long that holds.

A disposition binds the hash of a party to the hash of an entry. There is no list of names to let pass: a party or an
entry that changes has another hash, and the candidate is open again.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Verdict = Literal["true_match", "false_match", "undetermined"]
SPEAK_FOR: dict[str, frozenset[Verdict]] = {
    "same_identifier": frozenset({"true_match"}),
    "confirmed_by_party": frozenset({"true_match", "false_match"}),
    "needs_inquiry": frozenset({"undetermined"}),
}
"""Which verdicts a reason speaks for; every other reason tells two apart, and speaks for a false match."""
REASONS = {
    "different_name": ("the names differ on inspection", "氏名・名称が異なる"),
    "different_birth_date": ("born on another day", "生年月日が異なる"),
    "different_country": ("of another country", "国・地域が異なる"),
    "different_address": ("at another address", "住所が異なる"),
    "different_identifier": ("another registration or identity number", "登録番号等が異なる"),
    "different_kind": ("a person against an organisation, or the reverse", "個人・法人の別が異なる"),
    "different_business": ("another line of business", "事業内容が異なる"),
    "same_identifier": ("the same registration or identity number", "登録番号等が一致"),
    "confirmed_by_party": ("the party confirmed it", "本人が確認"),
    "needs_inquiry": ("not to be decided without asking", "照会が必要"),
}


def speaks_for(reason: str, verdict: Verdict) -> bool:
    """Tell whether a reason can be given for a verdict."""
    return verdict in SPEAK_FOR.get(reason, {"false_match"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Disposition:
    """One judgement as recorded, in force from `valid_from` to `valid_to` (instants, half-open, None is open)."""

    record: int
    party_id: str | None
    party_sha256: str
    entry_id: str
    entry_sha256: str
    verdict: Verdict
    valid_from: int
    valid_to: int | None
    replaces: int | None = None

    def in_force(self, now: int) -> bool:
        """Tell whether it holds at an instant."""
        return self.valid_from <= now and (self.valid_to is None or now < self.valid_to)


@dataclass(frozen=True, slots=True)
class DispositionStatus:
    """What dispositions say of one candidate now.

    `verdict` None means that it is open; then `lapsed` says which earlier disposition no longer holds, and why.
    """

    verdict: Verdict | None
    record: int | None = None
    lapsed: Literal["party_changed", "entry_changed", "expired"] | None = None


class Dispositions:
    """All dispositions, in ledger order; later ones on the same party and entry take the place of earlier ones.

    A true match that is in force stands until one that names it in `replaces`.
    """

    def __init__(self, given: Iterable[Disposition] = ()) -> None:
        self._exact: dict[tuple[str, str], list[Disposition]] = {}
        self._by_entry: dict[tuple[str, str], Disposition] = {}
        self._by_party: dict[tuple[str, str], Disposition] = {}
        for each in given:
            self._exact.setdefault((each.party_sha256, each.entry_sha256), []).append(each)
            self._by_entry[each.party_sha256, each.entry_id] = each
            if each.party_id is not None:
                self._by_party[each.party_id, each.entry_id] = each

    def standing(
        self, *, party_id: str | None, party_sha256: str, entry_id: str, entry_sha256: str, now: int
    ) -> DispositionStatus:
        """Return what holds for a candidate."""
        exact = _ruling(self._exact.get((party_sha256, entry_sha256), ()), now)
        if exact is not None:
            if exact.in_force(now):
                return DispositionStatus(exact.verdict, exact.record)
            return DispositionStatus(None, exact.record, "expired")
        if (same_party := self._by_entry.get((party_sha256, entry_id))) is not None:
            return DispositionStatus(None, same_party.record, "entry_changed")
        if party_id is not None and (same_entry := self._by_party.get((party_id, entry_id))) is not None:
            return DispositionStatus(None, same_entry.record, "party_changed")
        return DispositionStatus(None)


def _ruling(given: Iterable[Disposition], now: int) -> Disposition | None:
    """Return the last of several judgements of one candidate that took the place of those before it."""
    ruling: Disposition | None = None
    for each in given:
        stands = ruling is not None and ruling.verdict == "true_match" and ruling.in_force(now)
        if ruling is None or not stands or each.verdict == "true_match" or each.replaces == ruling.record:
            ruling = each
    return ruling


def outcome_of(
    standings: Iterable[DispositionStatus],
) -> Literal["no_hit", "alert", "dismissed", "confirmed"]:
    """Return what a screening comes to: one true match confirms it, one open candidate is an alert."""
    verdicts = [standing.verdict for standing in standings]
    if not verdicts:
        return "no_hit"
    if "true_match" in verdicts:
        return "confirmed"
    return "dismissed" if set(verdicts) == {"false_match"} else "alert"
