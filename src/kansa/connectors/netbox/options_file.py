"""The options file of NetBox as it is written. Reference: docs/sources/devices.md."""

from kansa.config_files.models import ConfigModel, doc, title
from kansa.config_files.values import Label
from kansa.connectors.devices.options_file import DeviceOptionsFile


class NetBoxSystemsModel(ConfigModel):
    """In whose books hosts and sites stand."""

    model_config = title("Systems", "台帳のシステム")
    node: str = doc("the system of host names", "ホスト名の台帳", "node")
    site: str = doc("the system of sites, by slug", "拠点（slug）の台帳", "site")


class NetBoxOptionsFile(DeviceOptionsFile):
    """How an export of NetBox is read."""

    model_config = title("Options of NetBox", "NetBox の読み方")
    systems: NetBoxSystemsModel | None = doc(
        "in whose books hosts and sites stand", "ホストと拠点の台帳", None
    )  # type: ignore[assignment]  # more than the base has
    countries: dict[str, Label] = doc(
        "slug or name of a site or region → country (ISO 3166-1 alpha-2), `*` for all others; NetBox has no countries",
        "拠点・地域の slug または名前 → 国コード（ISO 3166-1 alpha-2）。`*` はその他すべて。NetBox には国がない",
        {},
    )
