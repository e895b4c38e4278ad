"""DCGM readings to sightings: each GPU is seen, with its mean draw and utilization, once a scrape, or once an hour of a range.

DCGM says nothing of who computes that could be relied on: its pod labels are missing with MIG, time-slicing and DRA
(NVIDIA/dcgm-exporter #577, #342, #151, #718). Readings close no window: that a GPU was busy does not say for whom.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from kansa.clock import HOUR
from kansa.connectors.base import Row, Skipped
from kansa.connectors.dcgm.samples import ADVICE, BLANK, Sample, samples
from kansa.connectors.devices.faults import RowFault
from kansa.connectors.devices.sighting import Sighting
from kansa.connectors.devices.source import DeviceSource
from kansa.errors import BadInput

POWER = "DCGM_FI_DEV_POWER_USAGE"
SHARES = {
    "DCGM_FI_DEV_GPU_UTIL": Decimal(100),
    "DCGM_FI_PROF_GR_ENGINE_ACTIVE": Decimal(10_000),
}
"""Metrics of utilization, with what makes hundredths of a per cent of them."""

OTHER = "a metric of which nothing is read"
NO_DEVICE = "a reading that names no GPU"
PARTITION = "a reading of a partition (MIG); the device's own is read"


@dataclass(slots=True)
class _Seen:
    """What was read of one GPU in one stretch."""

    first: Sample
    times: list[int] = field(default_factory=list)
    power: list[Decimal] = field(default_factory=list)
    shares: dict[str, list[Decimal]] = field(default_factory=dict)


class DcgmSource(DeviceSource):
    """Reads scrapes and answers of Prometheus; a row is one GPU in one scrape or one hour."""

    def sightings(self, path: Path) -> Iterator[Sighting | Row]:
        seen: dict[tuple[str, int], _Seen] = {}
        for each in samples(path):
            if not isinstance(each, Sample):
                yield RowFault("dcgm.reading", each.message, "reading", ADVICE).quarantined(
                    path, each.line, each.text
                )
                continue
            reason = self._note(each, seen, path)
            if reason is not None and each.metric.startswith("DCGM_"):
                yield Skipped(reason)
        for (uuid, _), found in sorted(seen.items()):
            yield self._sighting(uuid, found, path)

    def _note(self, each: Sample, seen: dict[tuple[str, int], _Seen], path: Path) -> str | None:
        """Note a reading with those of its GPU and hour; returns why it is passed over, if it is alone."""
        uuid = each.labels.get("UUID") or each.labels.get("uuid")
        if not uuid:
            return NO_DEVICE
        if each.labels.get("GPU_I_ID"):
            return PARTITION
        at = each.at if each.at is not None else self._scraped(path)
        found = seen.setdefault((uuid, at // HOUR if each.at is not None else at), _Seen(each))
        found.times.append(at)
        if 0 <= each.value < BLANK:
            if each.metric == POWER:
                found.power.append(each.value)
            elif each.metric in SHARES:
                found.shares.setdefault(each.metric, []).append(each.value)
        return None

    def _scraped(self, path: Path) -> int:
        if self.options.taken_at is not None:
            return self.options.taken_at
        raise BadInput(
            "dcgm.time", f"`{path}` does not say when it was scraped", help="give `taken_at` in the options"
        )

    def _sighting(self, uuid: str, found: _Seen, path: Path) -> Sighting:
        labels = found.first.labels
        start, end = min(found.times), max(found.times)
        readings = {"samples": len(set(found.times))}
        if found.power:
            readings["power_w"] = _mean(found.power)
        for metric, scale in SHARES.items():
            if metric in found.shares:
                readings["utilization_bp"] = min(
                    10_000, _mean([each * scale for each in found.shares[metric]])
                )
        return Sighting(
            at=start,
            until=end if end > start else None,
            names={"gpu_uuid": uuid, "board_serial": labels.get("DCGM_FI_DEV_SERIAL")},
            means="DCGM exporter",
            file=str(path),
            line=found.first.line,
            raw=dict(labels),
            host=labels.get("Hostname") or labels.get("node") or self.options.host,
            model=labels.get("modelName"),
            readings=readings,
        )


def _mean(values: list[Decimal]) -> int:
    return int((sum(values, Decimal(0)) / len(values)).to_integral_value())
