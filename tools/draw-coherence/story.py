"""The small world of docs/coherence.md: one node of two accelerators, two end users, eight days of June 2026.

Rows as the registers give them, only with ids that can be read. Days and hours are Japan's.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from kansa.drawing.figures import from_japan
from kansa.registers.directory import Directory, Path
from kansa.registers.rows import (
    Access,
    Authorization,
    AuthorizationItem,
    AuthorizationSite,
    Custody,
    Identity,
    Installed,
    Part,
    Tables,
    Use,
    Window,
)


def june(day: int, hour: int = 0) -> int:
    """An instant of June 2026 in Japan."""
    return from_japan(datetime(2026, 6, day, hour, tzinfo=UTC))


LONG_AGO = from_japan(datetime(2026, 5, 1, tzinfo=UTC))
LOG_BEGAN = june(2)
EARLIER = june(7, 12)
"""The first of the two knowledge times that are compared."""
NOW = june(8, 12)

ITEM = "h100"
NAMES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "aoba": {"en": "Aoba Works", "ja": "青葉製作所"},
        "minato": {"en": "Minato Institute", "ja": "みなと研究所"},
        "kaname": {"en": "Kaname Cloud", "ja": "かなめクラウド"},
        "ishikari": {"en": "Ishikari", "ja": "石狩"},
        "tomakomai": {"en": "Tomakomai", "ja": "苫小牧"},
    }
)
DIRECTORY = Directory(
    names=NAMES,
    paths={
        "direct": (Path("direct", "aoba", "aoba", None),),
        "resold": (Path("brokered", "kaname", "minato", "kaname"),),
    },
)


def _use(
    use_id: str, unit: str, who: tuple[str, str | None, str | None], *span: int | None, weight: int = 1
) -> Use:
    tenant, end_user, path = who
    start, end = span
    held: Any = (ITEM, "ishikari", start, end, use_id, weight, "measured", ())
    return Use(use_id, unit, tenant, end_user, path, *held)


_AOBA, _MINATO, _NOBODY = ("aoba", "aoba", "direct"), ("kaname", "minato", "resold"), ("kaname", None, None)
USES = (
    _use("use-1", "node-1", _AOBA, june(1, 12), june(5), weight=2),
    _use("use-2", "gpu-1", _MINATO, june(5, 12), None),
    _use("use-3", "gpu-2", _AOBA, june(5, 12), june(6, 12)),
    _use("use-4", "gpu-2", _NOBODY, june(7), june(7, 6)),
)
CROOKED = (
    _use("use-5", "gpu-2", _AOBA, june(7, 12), june(7, 6)),
    _use("use-6", "gpu-2", _AOBA, june(7, 12), june(7, 18)),
    _use("use-6", "gpu-2", _AOBA, june(7, 12), june(8)),
)


def _two_times(
    start: int | None, end: int | None, recorded: int, *, until: int | None = None, by: str
) -> Any:
    return start, end, recorded, until, by, ()


_IDENTITY = (
    Identity("aoba", "aoba", *_two_times(LONG_AGO, june(3), LOG_BEGAN, by="documented")),
    Identity("aoba", "aoba", *_two_times(june(4), None, june(4), by="declared")),
    # Taken back on 6 June over a mistyped name; the corrected one came in the evening of 7 June.
    Identity("kaname", "minato", *_two_times(june(5), None, june(5), until=june(6), by="documented")),
    Identity("kaname", "minato", *_two_times(june(5), None, june(7, 18), by="documented")),
    Identity("aoba", "aoba", *_two_times(None, None, june(4), by="documented")),
)
_ACCESS = (
    # The old approval was read into the log a day and a half after the log began; its renewal touches it.
    Access("aoba", "aoba", "direct", *_two_times(LONG_AGO, june(2, 12), june(3, 12), by="documented")),
    Access("aoba", "aoba", "direct", *_two_times(june(2, 12), None, june(2, 12), by="documented")),
    Access("kaname", "minato", "resold", *_two_times(june(5, 18), None, june(5, 18), by="documented")),
)
_CUSTODY = (
    # Two bodies of evidence overlap: the site's list, and from 2 June the node's own attestation.
    Custody("node-1", "ishikari", *_two_times(LONG_AGO, june(7), LOG_BEGAN, by="declared")),
    Custody("node-1", "ishikari", *_two_times(june(2), june(7), june(2), by="attested")),
    Custody("gpu-2", "ishikari", *_two_times(LONG_AGO, None, LOG_BEGAN, by="declared")),
    # On 8 June the carrier's papers came: for half a day gpu-1 had been away.
    Custody("gpu-1", "ishikari", *_two_times(LONG_AGO, None, LOG_BEGAN, until=june(8), by="declared")),
    Custody("gpu-1", "ishikari", *_two_times(LONG_AGO, june(7), june(8), by="documented")),
    Custody("gpu-1", "tomakomai", *_two_times(june(7), june(7, 12), june(8), by="documented")),
    Custody("gpu-1", "ishikari", *_two_times(june(7, 12), None, june(8), by="documented")),
)
_AUTHORIZATION = (
    Authorization("aut-1", "aoba", *_two_times(LONG_AGO, june(3, 12), LOG_BEGAN, by="documented")),
    Authorization("aut-2", "aoba", *_two_times(june(4, 12), None, june(4, 6), by="documented")),
    Authorization("aut-3", "minato", *_two_times(june(4), None, june(4), by="documented")),
)
_PARTS = (
    Part("verification", "aoba", LONG_AGO, june(3), ()),
    Part("verification", "aoba", june(4), None, ()),
    Part("verification", "minato", june(5), None, ()),
    Part("clearance", "aoba aoba", LONG_AGO, None, ()),
    Part("clearance", "kaname minato", june(4), None, ()),
    Part("approval", "aoba aoba direct", LONG_AGO, None, ()),
    Part("enablement", "direct", LONG_AGO, None, ()),
    Part("mediator", "aoba aoba direct", LONG_AGO, None, ()),
    Part("approval", "kaname minato resold", june(5, 15), None, ()),
    Part("enablement", "resold", june(5, 18), None, ()),
    Part("mediator", "kaname minato resold", june(4), None, ()),
    Part("provenance", "gpu-1", LONG_AGO, None, ()),
    Part("provenance", "gpu-2", LONG_AGO, None, ()),
    Part("regime", "aoba US+JP h100", LONG_AGO, None, ()),
    Part("regime", "minato US+JP h100", LONG_AGO, None, ()),
    Part("basis", "aoba US ishikari h100", LONG_AGO, june(3, 12), ()),
    Part("basis", "aoba US ishikari h100", june(4, 12), None, ()),
    Part("basis", "aoba JP ishikari h100", LONG_AGO, None, ()),
    Part("basis", "minato US ishikari h100", june(4), None, ()),
    Part("basis", "minato JP ishikari h100", june(4), None, ()),
)
_BASES = ("aut-1", "aut-2", "aut-3")

WORLD = Tables(
    use=(*USES, *CROOKED),
    identity=_IDENTITY,
    access=_ACCESS,
    custody=_CUSTODY,
    authorization=_AUTHORIZATION,
    authorization_item=tuple(AuthorizationItem(basis, ITEM) for basis in _BASES),
    authorization_site=tuple(AuthorizationSite(basis, "ishikari") for basis in _BASES),
    installed=tuple(Installed(device, "node-1", "ishikari", LONG_AGO, None) for device in ("gpu-1", "gpu-2")),
    window=(
        Window("slurm", "ishikari", june(1), june(4, 18)),
        Window("slurm", "ishikari", june(5, 18), NOW),
    ),
    part=_PARTS,
)
CLEAN = replace(WORLD, use=USES)
"""The world without the uses that are set aside."""
