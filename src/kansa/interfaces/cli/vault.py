"""`kansa init`, `kansa records`, `kansa rebuild`, `kansa serve`: the vault itself."""

import zoneinfo
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from kansa.errors import BadInput
from kansa.interfaces.cli.allowed import must_be_known
from kansa.interfaces.cli.options import At
from kansa.interfaces.cli.output import Json, show, show_line, tell
from kansa.lazy_imports import lazy_imports
from kansa.texts import Words

with lazy_imports():
    from kansa.texts.commands import VAULT

with lazy_imports():
    from kansa.application.opening import Settings, create_vault
    from kansa.application.records import count_records, list_records
    from kansa.application.templates import write_templates

_TEMPLATE = Words(
    "Wrote tables to fill in to `{folder}`; begin with its README.md.\n"
    "Then look at what they would record: kansa ingest {folder} --dry-run",
    "記入用の表を `{folder}` に書き出しました。まず README.md をご覧ください。\n"
    "記録される内容は次で確かめられます：kansa ingest {folder} --dry-run",
)


def init(
    *,
    origin: Annotated[
        str | None, Parameter(help="The log's name, `<your domain>/kansa/evidence`; it never changes.")
    ] = None,
    name: Annotated[str | None, Parameter(help="The operator's name in English.")] = None,
    name_ja: Annotated[str | None, Parameter(help="The operator's name in Japanese.")] = None,
    zone: Annotated[
        str, Parameter(help="The zone in which dates are read and times shown (IANA).")
    ] = "Asia/Tokyo",
    simulated: Annotated[
        bool,
        Parameter(
            negative=(), help="A vault whose time is set, not measured; every page and verdict says so."
        ),
    ] = False,
    published_copy: Annotated[
        Path | None,
        Parameter(help="A second directory for the published checkpoints, best on another machine's disk."),
    ] = None,
    template: Annotated[
        Path | None,
        Parameter(help="Write mapping and data files to fill in to this folder; alone, no vault is made."),
    ] = None,
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """Make a vault: its keys, its empty ledger, its trust policy."""
    must_be_known(zone, zoneinfo.available_timezones(), "zone of the IANA database", "vault.zone")
    if origin is None and name is None and template is not None:
        files = write_templates(template, zone)
        show(as_json, _template_value(template, files), _TEMPLATE.lines(folder=template))
        return 0
    if origin is None or name is None:
        raise BadInput(
            "vault.name",
            "a vault needs `--origin` and `--name`",
            help="as in `kansa init --origin your.example/kansa/evidence --name 'Your Cloud'`",
        )
    if "/" not in origin or any(character.isspace() or character == "+" for character in origin):
        raise BadInput(
            "vault.origin", f"`{origin}` cannot name a log", help="write <your domain>/kansa/evidence"
        )
    files = write_templates(template, zone) if template is not None else ()
    copy = None if published_copy is None else str(published_copy.resolve())
    names = {"en": name, "ja": name_ja or name}
    settings = Settings(origin=origin, operator=names, simulated=simulated, zone=zone, published_copy=copy)
    vault = create_vault(at.vault, settings)
    key = vault.log_key.verifier.encode()
    lines = VAULT["made"].lines(vault=at.vault, key=key, zone=zone)
    value = {"vault": str(at.vault), "origin": origin, "key": key, "simulated": simulated}
    if template is not None:
        value |= _template_value(template, files)
        lines += _TEMPLATE.lines(folder=template)
    show(as_json, value, lines)
    return 0


def _template_value(folder: Path, files: Sequence[Path]) -> dict[str, Any]:
    return {"template": str(folder), "files": [path.name for path in files]}


def records(
    *,
    kind: Annotated[str | None, Parameter(name="--type", help="Only this kind.")] = None,
    about: Annotated[
        str | None,
        Parameter(
            help="Only records about this subject: an id, how it begins, a source key, a name or a serial."
        ),
    ] = None,
    reveal: Annotated[bool, Parameter(negative=(), help="Show sealed values that are still kept.")] = False,
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """List the records of the ledger: counts by kind, or with a filter the records themselves."""
    vault = at.open()
    found = count_records(vault)
    if kind is not None:
        must_be_known(kind, found.known_kinds, "kind of record", "records.kind")
    if kind is None and about is None:
        lines = [f"{n:8}  {k}" for k, n in sorted(found.kinds.items())]
        show(as_json, found.as_json(), lines or VAULT["no_records"].say())
        return 0
    shown = 0
    for line in list_records(vault, found, kind, about, reveal=reveal):
        show_line(line)
        shown += 1
    tell(VAULT["shown"].say(shown=shown, records=sum(found.kinds.values())))
    return 0


def rebuild(*, at: At = At(), as_json: Json = False) -> int:  # noqa: B008 - frozen
    """Derive the registers anew from the ledger."""
    size = at.open().rebuild()
    show(as_json, {"entries": size}, VAULT["rebuilt"].say(entries=size))
    return 0
