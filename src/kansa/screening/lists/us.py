"""What the US lists share: their short names, types, and how their persons write identifiers."""

import re

from kansa.screening.entry import Identifier, Schema
from kansa.screening.lists.countries import country_code
from kansa.screening.lists.reading import clean

# by the code that stands in brackets in the Consolidated Screening List's `source`
LISTS = {
    "CAP": "us.cap",
    "CMIC": "us.cmic",
    "DPL": "us.dpl",
    "DTC": "us.dtc",
    "EL": "us.el",
    "ISN": "us.isn",
    "MEU": "us.meu",
    "NS-MBS List": "us.mbs",
    "PLC": "us.plc",
    "SDN": "us.sdn",
    "SSI": "us.ssi",
    "UVL": "us.uvl",
}
_BRACKETED = re.compile(r"\(([^()]+)\)")
_SCHEMAS: dict[str, Schema] = {
    "individual": "Person",
    "entity": "Organization",
    "vessel": "Vessel",
    "aircraft": "Aircraft",
}
_KINDS = (
    (re.compile(r"\bIMO\b|vessel registration", re.IGNORECASE), "imo"),
    (re.compile(r"\bMMSI\b|maritime mobile", re.IGNORECASE), "mmsi"),
    (re.compile(r"legal entity (?:identifier|number)|\bLEI\b", re.IGNORECASE), "lei"),
    (re.compile(r"swift|\bBIC\b", re.IGNORECASE), "bic"),
    (re.compile(r"passport", re.IGNORECASE), "passport"),
    (re.compile(r"tax id|\bNIT\b|\bRUC\b|\bRFC\b|\bVAT\b|\bRIF\b|\bRTN\b", re.IGNORECASE), "tax"),
    (re.compile(r"unified social credit", re.IGNORECASE), "cn_social_credit"),
    (re.compile(r"d-u-n-s", re.IGNORECASE), "duns"),
    (re.compile(r"tail number|serial number|construction number", re.IGNORECASE), "aircraft"),
    (
        re.compile(
            r"national (?:id|foreign id)|identification number|cedula|d\.n\.i|c\.u\.r\.p|personal id|citizen's card",
            re.IGNORECASE,
        ),
        "national_id",
    ),
    (
        re.compile(
            r"regist|company number|matricula|folio|enterprise number|business number|gazette", re.IGNORECASE
        ),
        "registration",
    ),
)
_IMO = re.compile(r"\bIMO\s*(\d{7})\b", re.IGNORECASE)


def list_of(source: str) -> str | None:
    """Return the short name of a list, by the code in brackets of its full name; None for one that is not known."""
    return next((LISTS[code] for code in _BRACKETED.findall(source) if code in LISTS), None)


def schema_of(type_: str | None) -> Schema | None:
    """Return the schema of a type; None where none is stated, so that persons and organisations are both screened."""
    return _SCHEMAS.get((type_ or "").strip().casefold())


def identifier(kind: str, value: str, country: str | None = None) -> Identifier | None:
    """Return an identifier of a kind that tells bearers apart; None for remarks, addresses of sites and mail, and wallets."""
    number = clean(value).rstrip(".;,")
    if imo := _IMO.search(f"{kind} {number}"):
        return Identifier("imo", imo[1])
    if not any(character.isdigit() for character in number) and "swift" not in kind.casefold():
        return None
    named = next((name for pattern, name in _KINDS if pattern.search(kind)), None)
    return Identifier(named, number, country_code(country) if country else None) if named else None
