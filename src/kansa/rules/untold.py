"""Facts of the catalogue that no record tells yet, each with the reason."""

from collections.abc import Mapping
from types import MappingProxyType

NOT_TOLD: Mapping[str, str] = MappingProxyType(
    {
        "device.firmware_attested": "no source of attestations is read",
        "operator.erased_under_hold": "no function joins erasures and holds",
        "operator.record_request_overdue_days": "no kind of record holds a request for records",
        "operator.retention_short": "no kind of record holds what retention was applied",
        "party.screening_address_listed": "no function reads the listed addresses that a screening keeps",
        "reconfiguration.handover_due_h": "hand-overs are recorded by decision of the gate; no function joins the two",
        "reconfiguration.handover_recorded": "hand-overs are recorded by decision of the gate; no function joins the two",
        "site.metered_low_weeks": "the power that a site's devices should draw is not recorded",
        "site.metered_percent": "the power that a site's devices should draw is not recorded",
        "site.vendor_groups": "no kind of record names the vendors of a site",
        "site.veu_report_overdue_days": "no kind of record lists the reports that an authorization asks for",
        "use.training_ops_e20": "no kind of record holds the operations of a training run",
    }
)
"""Facts that nothing tells yet, and why: unknown, and said so, until something does."""
