"""Countries under US law: which groups a country is in at an instant, as the table of country groups says.

Hong Kong stands in the table wherever mainland China does. Macau is not in D:5; the group `D:5+MO` is the one that
the headquarters test asks.
"""

from kansa.rules.tables import Table

TABLE = "kansa.us.country-groups.countries"
UNSETTLED = "unsettled"
CONCERN = "D:5+MO"
NAMED = "named in 3A090.b"
"""What stands for a country that the paragraph names whatever its groups: the United Arab Emirates."""

CODES = frozenset(
    """AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA
    CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB
    GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG
    KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV
    MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB
    SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US
    UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW""".split()  # noqa: SIM905 - nobody reads 249 quotes
)
"""ISO 3166-1 alpha-2. What is none of them is no country, and in no group that anybody knows."""


def groups_of(table: Table, country: str, instant: int) -> frozenset[str] | None:
    """Return the groups of a country at an instant (µs UTC).

    None, which is unknown: it is no code of ISO 3166-1, no version of the table was in force, or it is only known that
    the country was then, or may have been, in other groups than later.
    """
    found = table.of(country, instant)
    return None if found is None or country not in CODES or UNSETTLED in found else found


def is_destination_of_concern(groups: frozenset[str]) -> bool:
    """Return the destination test of 3A090.b: D:1, D:4 or D:5 and neither A:5 nor A:6, or named there; nothing of headquarters."""
    by_group = not groups.isdisjoint({"D:1", "D:4", "D:5"}) and groups.isdisjoint({"A:5", "A:6"})
    return by_group or NAMED in groups
