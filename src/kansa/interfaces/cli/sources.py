"""`kansa sources`: how sources are, and what of them lies in quarantine."""

from typing import Annotated

from cyclopts import App, Parameter

from kansa.interfaces.cli.options import At
from kansa.interfaces.cli.output import Json, show
from kansa.lazy_imports import lazy_imports
from kansa.terminal import in_line, json_text
from kansa.texts import Words
from kansa.texts.formats import time_text
from kansa.texts.messages import said

with lazy_imports():
    from kansa.application.connectors import all_connectors
    from kansa.application.quarantine import all_rows, row_named
    from kansa.application.source_health import SourceHealth, source_health

app = App(name="sources", help="How sources are: last heard, lag, quarantine, silence.")
quarantine_app = App(name="quarantine", help="Rows that became no record, and whether they were mended.")
app.command(quarantine_app)

_TEXT = {
    "none": Words(
        "No source has reported or is expected to.", "報告した情報源も、報告が想定される情報源もありません。"
    ),
    "silent": Words("SILENT since {due}; answers: {answers}", "途絶（{due} まで報告なし）担当：{answers}"),
    "nobody": Words("nobody named", "担当の指定なし"),
    "unscheduled": Words(
        "no cadence stated: silence cannot be assessed", "報告間隔の指定なし：途絶は判定できません"
    ),
    "heard": Words("last heard {heard}, {rows} rows", "最終報告 {heard}、{rows} 行"),
    "never": Words("never heard of", "報告なし"),
    "quarantined": Words("{count} rows in quarantine", "隔離 {count} 行"),
    "gaps": Words("{count} stretches of bytes or numbers missing", "欠落 {count} 区間"),
    "failed": Words("the last collection failed: {error}", "前回の収集に失敗：{error}"),
    "rows_none": Words(
        "None of {count} quarantined rows is open.", "隔離された {count} 行はすべて解消済みです。"
    ),
    "mended": Words("mended", "解消済み"),
    "open": Words("open", "未解消"),
}


@app.default
def sources(
    *,
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """Say of every source when it was last heard of, what lies in quarantine, and whether it is silent. Exit 1 if any needs somebody."""
    vault = at.open()
    found = source_health(vault)
    lines = [line for each in found for line in _health(each)]
    show(as_json, {"sources": [each.as_json() for each in found]}, lines or [_TEXT["none"].say()])
    return 0 if all(each.is_well for each in found) else 1


@app.command
def connectors(*, as_json: Json = False) -> int:
    """List the connectors that are installed: what each reads and which records it gives."""
    found = all_connectors()
    value = [
        {"id": each.id, "reads": {"en": each.reads.en, "ja": each.reads.ja}, "kinds": list(each.kinds)}
        for each in found
    ]
    show(as_json, {"connectors": value}, [f"{each.id:18} {each.reads.say()}" for each in found])
    return 0


@quarantine_app.command(name="list")
def quarantine_list(
    *,
    source: Annotated[str | None, Parameter(help="Of this source alone.")] = None,
    all_: Annotated[bool, Parameter(name="--all", negative=(), help="Mended rows as well.")] = False,
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """List quarantined rows: identity, place, what was wrong, what to do. Exit 1 if any is open."""
    vault = at.open()
    rows = [
        each
        for each in all_rows(vault)
        if source is None or each.source.rpartition(":")[2] == source or each.source == source
    ]
    shown = rows if all_ else [each for each in rows if not each.mended]
    lines = []
    for each in shown:
        place = ":".join(str(part) for part in (each.file, each.line) if part is not None)
        state = _TEXT["mended" if each.mended else "open"].say()
        lines.append(f"{each.id}  {state}  {in_line(place)}  {in_line(said(each.message))}")
        lines += [f"              {in_line(said(each.help))}"] if each.help else []
    show(
        as_json,
        {"rows": [each.as_json() for each in shown]},
        lines or [_TEXT["rows_none"].say(count=len(rows))],
    )
    return 1 if any(not each.mended for each in rows) else 0


@quarantine_app.command(name="show")
def quarantine_show(
    identity: Annotated[str, Parameter(help="The row's identity, or its beginning.")],
    /,
    *,
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """Show one quarantined row as it was read."""
    row = row_named(at.open(), identity)
    show(as_json, row.as_json(), json_text(row.as_json()).splitlines())
    return 0


def _health(each: SourceHealth) -> list[str]:
    heard = (
        _TEXT["never"].say()
        if each.heard is None
        else _TEXT["heard"].say(heard=time_text(each.heard), rows=each.rows)
    )
    lines = [f"{each.name}: {heard}"]
    if each.silent and each.due is not None:
        answers = each.answers or _TEXT["nobody"].say()
        lines.append(f"  ! {_TEXT['silent'].say(due=time_text(each.due), answers=answers)}")
    elif each.silent is None:
        lines.append(f"    {_TEXT['unscheduled'].say()}")
    lines += [f"  ! {_TEXT['quarantined'].say(count=each.quarantined)}"] if each.quarantined else []
    lines += [f"  ! {_TEXT['gaps'].say(count=each.gaps)}"] if each.gaps else []
    lines += [f"  ! {_TEXT['failed'].say(error=said(each.error))}"] if each.error else []
    return lines
