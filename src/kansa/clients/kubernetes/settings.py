"""The callers' settings: which gate, in whose books accounts stand, what is controlled here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kansa.config_files import ProblemCollector, Section, load


@dataclass(frozen=True, slots=True)
class ClusterSettings:
    """One cluster at one site.

    `items` gives the item class of each resource name (`nvidia.com/gpu`), `device_classes` that of each device class of
    dynamic resource allocation; what neither names holds no controlled item. A pod that only points to a claim is asked
    for with `claims`, and without it the item stays unknown, which the gate holds.
    """

    gate: str
    cluster: str
    site: str
    site_system: str = "site"
    accounts: str | None = None
    items: Mapping[str, str] = field(default_factory=dict)
    device_classes: Mapping[str, str] = field(default_factory=dict)
    claims: str | None = None
    purpose_label: str = "kansa/purpose"
    token_file: Path | None = None
    ca_file: Path | None = None
    language: str | None = None
    timeout_s: float = 1.0
    spool: Path | None = None

    @property
    def account_system(self) -> str:
        """The system in whose books the cluster's namespaces are accounts."""
        return self.accounts or f"kubernetes:{self.cluster}"

    @property
    def token(self) -> str | None:
        """The caller's token, read anew each time so that it may be replaced while the caller runs."""
        return self.token_file.read_text().strip() if self.token_file else None


def read_settings(path: Path) -> ClusterSettings:
    """Read a settings file.

    Raises:
        BadInput: `enforcement_point.settings`, with everything that is wrong.
    """
    sink = ProblemCollector(str(path), "enforcement_point.settings")
    top = load(path, sink)
    site = top.section("site")
    items, device_classes = _item_classes(top, "items"), _item_classes(top, "device_classes")
    if not items and not device_classes:
        top.refuse("names nothing that is controlled", advice="give `items` or `device_classes`")
    spool = _path(top, "spool")
    if top.choice("fail", ("hold", "open")) == "open" and spool is None:
        top.refuse("`fail: open` needs a `spool`", "fail")
    timeout = top.number("timeout_ms")
    settings = ClusterSettings(
        gate=top.text("gate", required=True) or "",
        cluster=top.text("cluster", required=True) or "",
        site=(site.text("key", required=True) if site else None) or "",
        site_system=(site.text("system") if site else None) or "site",
        accounts=top.text("account_system"),
        items=items,
        device_classes=device_classes,
        claims=top.text("claims"),
        purpose_label=top.text("purpose_label") or "kansa/purpose",
        token_file=_path(top, "token_file"),
        ca_file=_path(top, "ca_file"),
        language=top.choice("language", ("en", "ja")),
        timeout_s=float(timeout) / 1000 if timeout else 1.0,
        spool=spool,
    )
    if site is None:
        top.refuse("is missing", "site")
    for section in (top, site):
        if section is not None:
            section.close()
    sink.settle("the settings")
    return settings


def _item_classes(top: Section, name: str) -> dict[str, str]:
    section = top.section(name)
    return {key: str(entry.value) for key, entry in section.named()} if section is not None else {}


def _path(top: Section, name: str) -> Path | None:
    text = top.text(name)
    return Path(text) if text is not None else None
