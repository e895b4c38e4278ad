"""The life of a device in words and as a picture: receipts, movements and sightings, and where it was evidenced to be."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from kansa.application.overview.custody import Life, Place
from kansa.application.overview.entries import History, Mention
from kansa.application.overview.overview import Overview
from kansa.clock import parse_instant
from kansa.presentation.pages.kinds import kind_words
from kansa.presentation.pages.pictures import Stay, Step, custody
from kansa.presentation.pages.values import apart
from kansa.texts import Language, Words

_MOVES = {
    "receiving": Words("Received", "受領"),
    "installing": Words("Installed", "設置"),
    "removing": Words("Removed", "撤去"),
    "shipping": Words("Shipped", "出荷"),
    "storing": Words("Stored", "保管"),
    "inspecting": Words("Inspected", "検査"),
    "decommissioning": Words("Decommissioned", "廃止"),
}
_AT = Words("{what}, {where}", "{what}（{where}）")
_UNNAMED = Words("receipt names no contract line or basis of supply", "契約明細または供給の根拠の記載なし")


@dataclass(frozen=True, slots=True)
class CustodyStep:
    """One record of a device's life, in words. `lacking` says what a receipt should have named and does not."""

    mention: Mention
    at: int
    said: str
    lacking: str | None


def custody_steps(history: History, overview: Overview, language: Language) -> tuple[CustodyStep, ...]:
    """Return the records of a device, oldest first."""
    found = [
        CustodyStep(
            each,
            parse_instant(each.valid_from) if each.valid_from else each.recorded_at,
            _move_words(each, overview, language),
            _lacking(each, language),
        )
        for each in history.mentions
        if each.type.startswith("kansa.device.")
    ]
    return tuple(sorted(found, key=lambda each: (each.at, each.mention.index)))


def custody_picture(
    steps: Sequence[CustodyStep], life: Life, overview: Overview, language: Language
) -> Markup:
    """Return the life of a device on one axis."""
    return custody(
        [Step(each.at, each.said, each.lacking is None) for each in steps],
        [_stay(each, overview, language, held=True) for each in life.custody],
        [_stay(each, overview, language, held=False) for each in life.installed],
        overview.now,
        language,
    )


def _stay(place: Place, overview: Overview, language: Language, *, held: bool) -> Stay:
    site = apart(overview.named(place.site).names, language)
    node = apart(overview.named(place.node).names, language) if place.node else ""
    return Stay(place.start, place.end, f"{site} {node}".strip(), held)


def _move_words(mention: Mention, overview: Overview, language: Language) -> str:
    data = mention.data
    step = str(data.get("step") or data.get("business_step") or "")
    what = _MOVES[step].in_(language) if step in _MOVES else kind_words(mention.type).in_(language)
    places = [
        str(data[name]) for name in ("site_id", "to_site_id", "node_id") if isinstance(data.get(name), str)
    ]
    where = " ".join(filter(None, (apart(overview.named(each).names, language) for each in places)))
    return _AT.in_(language).format(what=what, where=where) if where else what


def _lacking(mention: Mention, language: Language) -> str | None:
    """Return what a receipt from outside does not name; nothing where the record is no receipt."""
    data: Any = mention.data
    is_receipt = data.get("step") == "receiving" or data.get("business_step") == "receiving"
    if not is_receipt:
        return None
    named = data.get("contract_id") and (data.get("authorization_id") or data.get("authorization_ids"))
    return None if named else _UNNAMED.in_(language)
