"""An agency's notice that names no party, but an item, a place or a destination, is asked at the gate."""

from pathlib import Path
from typing import Any

import pytest

from kansa.clock import DAY, parse_instant
from situations.stage import Deal, Firm, Stage

NOW = parse_instant("2026-11-30T00:00:00.000Z")
ITEMS = {"h100-sxm5": ("3A090.a", "controlled"), "l40s": ("EAR99", "not_controlled")}
DEAL = Deal(Firm("Aoba"), item="l40s")
RULE = "kansa.gate.notice-matches"


def answer(root: Path, **limits: Any) -> dict[str, Any]:
    """The gate's answer to a schedule that is otherwise in order, with a notice on record."""
    stage = Stage(NOW, ITEMS).begin()
    stage.deal(DEAL)
    limits = {
        name: [stage.id("site", each) for each in value] if name == "site_ids" else value
        for name, value in limits.items()
    }
    stage.say("notice.received", "1", at=NOW - 3 * DAY, jurisdiction="US", notice="is_informed", **limits)
    context: dict[str, Any] = stage.end(root / "v").gate(DEAL, "schedule", "train")["context"]
    return context


@pytest.mark.parametrize(
    "limits",
    [
        pytest.param({"item_classes": ["l40s"]}, id="item"),
        pytest.param({"destinations": ["JP", "SG"]}, id="destination"),
        pytest.param({"site_ids": ["Ishikari"]}, id="site"),
        pytest.param({"item_classes": ["l40s"], "destinations": ["JP"]}, id="both"),
        pytest.param({}, id="no-limit"),
    ],
)
def test_a_notice_about_what_is_asked_holds_whoever_asks(tmp_path: Path, limits: dict[str, Any]) -> None:
    """15 CFR 744 lets BIS inform an exporter of a licence requirement for an item or a destination; an empty list is no limit."""
    context = answer(tmp_path, **limits)
    assert context["state"] == "hold"
    assert [each["rule"] for each in context["reasons"]] == [RULE]


@pytest.mark.parametrize(
    "limits",
    [
        pytest.param({"item_classes": ["h100-sxm5"]}, id="another-item"),
        pytest.param({"destinations": ["VN"]}, id="another-destination"),
        pytest.param({"site_ids": ["Hanoi"]}, id="another-site"),
        pytest.param({"item_classes": ["l40s"], "destinations": ["VN"]}, id="one-of-two"),
        pytest.param({"party_ids": ["pty_" + "b" * 26], "item_classes": ["l40s"]}, id="another-party"),
    ],
)
def test_a_notice_about_something_else_does_not(tmp_path: Path, limits: dict[str, Any]) -> None:
    """All limits of a notice must be met."""
    assert answer(tmp_path, **limits)["state"] == "permit"
