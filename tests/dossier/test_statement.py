import json

from kansa.clock import DAY
from kansa.coherence.result import Assessment, Result
from kansa.dossier import statement
from kansa.registers.rows import Installed, Tables

MONTH = 31 * DAY
DEVICES = 5_384


def test_a_month_of_five_thousand_devices_can_be_stated() -> None:
    """Its sum in microseconds is beyond the integers of the profile, and still exact to the last digit."""
    tables = Tables(installed=tuple(Installed(f"d{number}", None, "s", 0, None) for number in range(DEVICES)))
    nothing = Result(
        horizon=MONTH,
        uses=0,
        gaps=0,
        use_us=2**60 + 1,
        gap_us=0,
        late_us=None,
        before_log_us=None,
        fact_gap_us={},
        evidenced_by_us={},
    )

    said = json.loads(
        statement.result(
            Assessment(result=nothing, gaps=(), late=()),
            tables,
            {"from_us": 0, "to_us": MONTH, "tenant": None},
        )
    )

    assert said["balance_us"]["installed"] == str(DEVICES * MONTH)
    assert said["use_us"] == str(2**60 + 1)
    assert said["late_us"] is None
