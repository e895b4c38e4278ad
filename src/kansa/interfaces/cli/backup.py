"""`kansa backup`, `kansa restore`, `kansa doctor`: copies of a vault, and whether one is well."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from kansa.interfaces.cli.options import At
from kansa.interfaces.cli.output import Json, progress, show
from kansa.lazy_imports import lazy_imports
from kansa.texts import Words
from kansa.texts.messages import said

with lazy_imports():
    import msgspec

    from kansa.application import ledger as log
    from kansa.application.auditing.part import Part
    from kansa.application.backup import back_up
    from kansa.application.backup import restore as restore_vault
    from kansa.application.doctor import examine

_BACKED_UP = Words(
    "Backed up {size} entries to {folder}: {files} files, {copied} copied now. Keys are not among them; keep `keys` apart.",
    "{size} 件の証跡を {folder} に控えました（{files} ファイル、今回の複写 {copied}）。鍵は含まれません。`keys` は別に保管してください。",
)
_RESTORED = Words(
    "Restored {size} entries to {vault}, and audited them.",
    "{size} 件の証跡を {vault} に復元し、監査しました。",
)
_ASK = Words(
    "Then ask the witnesses whether they saw more: kansa witness ask --vault {vault}",
    "続いて、より新しいものを見ていないか証人に確かめてください：kansa witness ask --vault {vault}",
)
_PART_OK = Words(
    "ok   {name}: {checked} of {total} {unit}", "適合   {name}：{total} のうち {checked}（{unit}）"
)
_PART_NONE = Words("--   {name}: there are no {unit}", "--     {name}：なし（{unit}）")
_PART_NOT = Words(
    "NOT  {name}: {checked} of {total} {unit}", "不適合 {name}：{total} のうち {checked}（{unit}）"
)
_MENDED = Words("Made anew: {names}", "作り直しました：{names}")


def backup(
    folder: Annotated[Path, Parameter(help="Where to; a backup that is there is brought up to date.")],
    /,
    *,
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """Copy the vault while it is in use, verified; keys are left out."""
    done = back_up(at.open(), folder)
    numbers = {"size": f"{done.size:,}", "files": done.files, "copied": done.copied, "folder": folder}
    show(as_json, done.as_json(), _BACKED_UP.say(**numbers))
    return 0


def restore(
    folder: Annotated[Path, Parameter(help="The backup.")],
    /,
    *,
    keys: Annotated[Path, Parameter(help="The folder with the vault's keys.")],
    against: Annotated[tuple[Path, ...], Parameter(help="Checkpoints of the evidence log that you kept, to hold it against.")] = (),
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:  # fmt: skip
    """Make a vault of a backup, and audit it. Exit 1 if anything is not as it must be."""
    done = restore_vault(folder, keys, at.vault, [log.kept_checkpoint(path) for path in against])
    parts = [{**msgspec.to_builtins(part), "ok": part.ok} for part in done.parts]
    lines = [
        _RESTORED.say(size=f"{done.size:,}", vault=at.vault),
        *_part_lines(p for p in done.parts if not p.ok),
    ]
    value = {"vault": str(at.vault), "size": done.size, "parts": parts, "ok": done.ok}
    show(as_json, value, [*lines, _ASK.say(vault=at.vault)])
    return 0 if done.ok else 1


def doctor(
    *,
    mend: Annotated[
        bool,
        Parameter(negative=(), help="Make derived stores anew that do not fit; evidence is never touched."),
    ] = False,
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """Look at every store of the vault against its ledger. Exit 1 if anything is not as it must be."""
    with progress("auditing") as report:
        found = examine(at.open(), report, mend=mend)
    lines = list(_part_lines(found.parts))
    if found.mended:
        lines.append(_MENDED.say(names=", ".join(map(said, found.mended))))
    show(as_json, found.as_json(), lines)
    return 0 if found.ok else 1


def _part_lines(parts: Iterator[Part] | tuple[Part, ...]) -> Iterator[str]:
    for part in parts:
        words = _PART_NOT if not part.ok else _PART_OK if part.total else _PART_NONE
        yield words.say(name=said(part.name), checked=part.checked, total=part.total, unit=said(part.unit))
        yield from (f"     {said(fault.place)}: {said(fault.message)}" for fault in part.faults[:5])
