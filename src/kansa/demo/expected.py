"""What each planted case must show, reasoned by hand from the sheets in `evidence/`; nothing here is computed by Kansa.

Masks: 1 identity, 2 access, 4 custody, 8 authorization. Stamps are local (JST), days of January 2026, half-open.
Device-seconds are hours x accelerators x 3,600. Facts of different cases that meet on one use are told apart here
and meet in the answer: on 7 January the hold on Kazemachi falls into the days of the accelerator without provenance.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

IDENTITY, ACCESS, CUSTODY, AUTHORIZATION = 1, 2, 4, 8


@dataclass(frozen=True, slots=True)
class Effect:
    """On these units of a workload the facts in `mask` lack evidence (or have it late) in `[start, end)`.

    `accelerators` is how many the workload held on each unit; a unit is a node or an accelerator's asset tag.
    """

    case: str
    mask: int
    workload: str
    units: tuple[str, ...]
    accelerators: int
    start: str
    end: str
    device_seconds: int


@dataclass(frozen=True, slots=True)
class Change:
    """What is otherwise in a world that lacks a case: segments that come in, and differences of sums in seconds."""

    gaps: tuple[Effect, ...] = ()
    use: int = 0
    unobserved: int = 0
    superseding: int = 0


GAPS = (
    # The verification ended with 4 January, the next begins with the 6th: 24 h x 8.
    Effect("verification_expired", IDENTITY, "127600", ("is-g01",), 8, "05 00:00", "06 00:00", 691_200),
    # Licence for Inzai and Ishikari; shifted to Kitakyushu from 17:30 to 22:00: 4.5 h x 4.
    Effect(
        "shift_outside_authorization", AUTHORIZATION, "wl-147700",
        ("HK-KK-G03-0A", "HK-KK-G03-1A", "HK-KK-G03-2A", "HK-KK-G03-3A"), 1, "07 17:30", "07 22:00", 64_800,
    ),
    # Switched on until 18:00; the work went on until 2:00: 8 h x 4.
    Effect(
        "temporary_access_outlived", ACCESS, "wl-160300",
        ("HK-INZ-N03-0A", "HK-INZ-N03-1A", "HK-INZ-N03-2A", "HK-INZ-N03-3A"), 1, "09 18:00", "10 02:00", 115_200,
    ),
    # At work in Ishikari from the 8th, 14:00; the chain reaches Ishikari on the 9th at 10:00: 20 h x 8.
    Effect(
        "node_moved_without_custody", CUSTODY, "wl-154600",
        (
            "HK-INZ-N05-0A", "HK-INZ-N05-1A", "HK-INZ-N05-2A", "HK-INZ-N05-3A",
            "HK-INZ-N05-4A", "HK-INZ-N05-5A", "HK-INZ-N05-6A", "HK-INZ-N05-7A",
        ), 1, "08 14:00", "09 10:00", 576_000,
    ),
    # The spare stood in is-g02 from the 6th, 10:00, to the 8th, 16:00. Two jobs: 33.5 h x 4 and 44 h x 4.
    Effect("device_without_provenance", CUSTODY, "139600", ("is-g02",), 4, "06 12:00", "07 21:30", 482_400),
    Effect("device_without_provenance", CUSTODY, "139900", ("is-g02",), 4, "06 13:00", "08 09:00", 633_600),
    # Nobody named: neither identity nor access nor a basis can be asked for. 9.5 h x 2.
    Effect(
        "end_user_not_named", IDENTITY + ACCESS + AUTHORIZATION, "wl-131800",
        ("HK-INZ-N01-4A", "HK-INZ-N01-5A"), 1, "05 10:00", "05 19:30", 68_400,
    ),
    # Cleared through both resellers; the path belongs to the other one. 12 h x 4.
    Effect(
        "path_of_another_reseller", ACCESS, "wl-138700",
        ("HK-INZ-N03-0A", "HK-INZ-N03-1A", "HK-INZ-N03-2A", "HK-INZ-N03-3A"), 1, "06 09:00", "06 21:00", 172_800,
    ),
    # On hold from 9:00 to 15:00. 6 h x 8, and 6 h x 4 on the node whose custody is missing as well.
    Effect("clearance_hold", IDENTITY, "145300", ("is-g03",), 8, "07 09:00", "07 15:00", 172_800),
    Effect("clearance_hold", IDENTITY, "139600", ("is-g02",), 4, "07 09:00", "07 15:00", 86_400),
    # The exception names h100-sxm5; kk-g01 holds h200-sxm5. 12 h x 4.
    Effect("item_not_covered", AUTHORIZATION, "524600", ("kk-g01",), 4, "04 10:00", "04 22:00", 172_800),
    # Revoked at noon; in use until 21:00. 9 h x 2.
    Effect(
        "authorization_revoked", AUTHORIZATION, "wl-174400",
        ("HK-INZ-N04-0A", "HK-INZ-N04-1A"), 1, "11 12:00", "11 21:00", 64_800,
    ),
    # The Japanese determination holds from 9:00 on. 14 h x 4.
    Effect(
        "jurisdiction_missing", AUTHORIZATION, "wl-127300",
        ("HK-IS-G05-0A", "HK-IS-G05-1A", "HK-IS-G05-2A", "HK-IS-G05-3A"), 1, "04 19:00", "05 09:00", 201_600,
    ),
    # Seen in Ishikari at 8:00, in Inzai again at 20:00; only that accelerator. 12 h x 1.
    Effect("seen_elsewhere", CUSTODY, "wl-180700", ("HK-INZ-N02-3A",), 1, "12 08:00", "12 20:00", 43_200),
)  # fmt: skip

LATE = (
    # Switched on the 3rd, on file on the 6th at 10:00: with a day's grace in time from the 5th, 10:00. 46 h x 8.
    Effect("recorded_late", ACCESS, "118000", ("is-g03",), 8, "03 12:00", "05 10:00", 1_324_800),
)

UNOBSERVED = (
    # Nothing is reported of 2 nodes for 6 h; kk-g03 is the orchestrator's and goes on being seen. 6 h x 16.
    Effect("accounting_missing", 0, "", ("kk-g01", "kk-g02"), 8, "10 12:00", "10 18:00", 345_600),
)

MET = Effect(
    "clearance_hold+device_without_provenance", IDENTITY + CUSTODY,
    "139600", ("is-g02",), 4, "07 09:00", "07 15:00", 86_400,
)  # fmt: skip
"""The one segment in which two cases meet."""

WITHOUT: Mapping[str, Change] = MappingProxyType(
    {
        # No export is lost: 6 h x 16 fewer unobserved.
        "accounting_missing": Change(unobserved=-345_600),
        # The old verification ends with 8 January, in the middle of a job: 6 h x 8.
        "overlapping_renewals": Change(
            (Effect("overlapping_renewals", IDENTITY, "555800", ("kk-g01",), 8, "09 00:00", "09 06:00", 172_800),)
        ),
        # The old licence ends with 7 January: 8 h x 8.
        "touching_licences": Change(
            (Effect("touching_licences", AUTHORIZATION, "549200", ("kk-g01",), 8, "08 00:00", "08 08:00", 230_400),)
        ),
        # Withdrawn and not verified again: all that follows. 6.5 h x 8, 18 h x 4, 40 h x 8.
        "withdrawn_and_verified_again": Change(
            (
                Effect(
                    "withdrawn_and_verified_again", IDENTITY, "152200", ("is-g01",), 8,
                    "08 09:30", "08 16:00", 187_200,
                ),
                Effect(
                    "withdrawn_and_verified_again", IDENTITY, "wl-180700",
                    ("HK-INZ-N02-2A", "HK-INZ-N02-3A", "HK-INZ-N02-4A", "HK-INZ-N02-5A"), 1,
                    "12 05:00", "12 23:00", 259_200,
                ),
                Effect(
                    "withdrawn_and_verified_again", IDENTITY, "188800", ("is-g03",), 8,
                    "13 08:00", "15 00:00", 1_152_000,
                ),
            )
        ),
        # The job ends on the 14th at 6:00 and not beyond the period: 18 h x 8 less, and one more correction.
        "running_to_horizon": Change(use=-518_400, superseding=1),
        # Its end is never told: from the 3rd, 3:00, to the end, 285 h x 4 more, and one correction less.
        "corrected_end": Change(use=4_104_000, superseding=-1),
    }
)  # fmt: skip
"""What changes without a case that is no gap. Without any other, its own effects are gone and nothing else changes."""


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums of the whole demo in accelerator-seconds, and the number of segments."""

    gaps: int = 36
    gap: int = 3_459_600
    by_fact: Mapping[str, int] = field(
        default_factory=lambda: {
            "identity": 1_018_800,
            "access": 356_400,
            "custody": 1_735_200,
            "authorization": 572_400,
        }
    )
    late: int = 1_324_800
    installed: int = 124_588_800
    """104 x 14 days, less 8 on the road for 42 h from the 6th, 18:00, to the 8th, 12:00."""

    unobserved: int = 345_600
    lost: int = 302_400
    """Uses that are known but fall into the hours of which nothing is reported: 6 h x 14."""

    use: int = 93_542_817
    used: int = 93_240_417
    """From the plan: the sum of what every workload held inside the period; used is use less what is lost."""

    idle: int = 31_002_783
    """Installed less used less unobserved."""


TOTALS = Totals()
