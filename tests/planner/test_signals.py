"""What the grid says is read, or refused with every line and field that is wrong."""

import json

import pytest

from kansa.clock import HOUR, parse_instant
from kansa.errors import BadInput
from kansa.planner.problem import Cap
from kansa.planner.signals import read_caps, read_prices
from shared_data import SharedData

NOW = parse_instant("2026-01-08T03:00:00.000Z")


def site(text: str) -> str:
    """Two sites are known."""
    if text not in {"inzai", "ishikari"}:
        raise BadInput("site.unknown", f"no site is called `{text}`")
    return f"sit_{text}"


def test_caps_as_csv() -> None:
    """A line a cap, in kW, with offsets from UTC; a byte-order mark is no part of the first name."""
    data = "\ufeffsite,start,end,cap_kw\ninzai,2026-01-08T13:00+09:00,2026-01-08T05:00Z,15.5\n".encode()
    assert read_caps("caps.csv", data, site, NOW) == (Cap("sit_inzai", NOW + HOUR, NOW + 2 * HOUR, 16_000),)


def test_everything_wrong_is_said_at_once() -> None:
    """Line and field of each."""
    data = b"site,start,end,cap_kw\nnara,2026-01-08T13:00,x,-1\ninzai,2026-01-08T13:00Z,2026-01-08T12:00Z,5\n"
    with pytest.raises(BadInput) as raised:
        read_caps("caps.csv", data, site, NOW)
    assert [(p.line, p.field) for p in raised.value.problems] == [
        (2, "site"),
        (2, "start"),
        (2, "end"),
        (2, "cap_kw"),
        (3, None),
    ]


def event(**changed: object) -> bytes:
    """An OpenADR 3.1 event that limits what a site may draw for two hours, in MW."""
    value = {
        "programID": "grid",
        "targets": ["inzai"],
        "payloadDescriptors": [{"payloadType": "IMPORT_CAPACITY_LIMIT", "units": "MW"}],
        "intervalPeriod": {"start": "2026-01-08T13:00:00+09:00", "duration": "PT1H"},
        "intervals": [
            {"id": 0, "payloads": [{"type": "IMPORT_CAPACITY_LIMIT", "values": [0.5]}]},
            {"id": 1, "payloads": [{"type": "IMPORT_CAPACITY_LIMIT", "values": [0.25]}]},
        ],
    }
    return json.dumps({**value, **changed}).encode()


def test_an_openadr_event() -> None:
    """Intervals without a period of their own follow one another, each as long as the event's; units are honoured."""
    assert read_caps("event.json", event(), site, NOW) == (
        Cap("sit_inzai", NOW + HOUR, NOW + 2 * HOUR, 500_000),
        Cap("sit_inzai", NOW + 2 * HOUR, NOW + 3 * HOUR, 250_000),
    )


def test_an_event_that_begins_at_once() -> None:
    """The year 1 stands for now (OpenADR 3.1)."""
    period = {"start": "0001-01-01T00:00:00Z", "duration": "PT30M"}
    first, *_ = read_caps("event.json", event(intervalPeriod=period), site, NOW)
    assert (first.start, first.end) == (NOW, NOW + HOUR // 2)


@pytest.mark.parametrize(
    "changed",
    [{"targets": []}, {"targets": ["nara"]}, {"intervals": []}, {"intervalPeriod": {"duration": "soon"}}],
)
def test_an_event_that_says_too_little(changed: dict[str, object]) -> None:
    """No target, an unknown one, no interval or no duration: refused, never an empty signal."""
    with pytest.raises(BadInput):
        read_caps("event.json", event(**changed), site, NOW)


def test_real_day_ahead_prices(shared_data: SharedData) -> None:
    """The winter of the trial: 76 days of 48 half hours in Tokyo, time code 1 beginning at midnight in Japan."""
    path = shared_data("power", "jepx_spot_area_2026-01-05_2026-03-21.csv")
    found = read_prices(path.name, path.read_bytes(), {"東京": ["sit_inzai"]})
    assert len(found) == 76 * 48
    assert found[0].start == parse_instant("2026-01-04T15:00:00.000Z")
    assert all(price.end - price.start == HOUR // 2 for price in found)
    assert found[0].jpy_per_kwh == 9.83
