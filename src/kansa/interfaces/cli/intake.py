"""`kansa ingest`: files in, every row accounted for."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from kansa.application.ingest import source_named, take_in
from kansa.application.ingest_dry_run import DryRun, FirstRecord
from kansa.application.ingest_folder import FolderIngested, StepDone, take_in_folder
from kansa.clock import format_instant
from kansa.connectors.folder import Step
from kansa.connectors.ingest import Ingested
from kansa.errors import BadInput
from kansa.i18n import Words
from kansa.interfaces.cli.options import At, Language, interval
from kansa.interfaces.cli.output import Json, progress, show
from kansa.terminal import in_line
from kansa.vault.vault import Vault

READERS = ("table", "slurm")

_COUNTS = {
    "records": Words("recorded", "記録"),
    "superseding": Words("corrected earlier records", "訂正として記録"),
    "duplicates": Words("known already", "記録済み"),
    "quarantined": Words("quarantined", "隔離"),
    "refused": Words("refused", "拒否"),
}
_WOULD = {
    **_COUNTS,
    "records": Words("would be recorded", "記録予定"),
    "superseding": Words("would correct earlier records", "訂正として記録予定"),
    "quarantined": Words("would be quarantined", "隔離予定"),
    "refused": Words("would be refused", "拒否予定"),
}
_FOLDER = {
    "head": Words("{folder}: {steps} files by their mappings", "{folder}：{steps}件のファイルを対応表に従って読み取り"),
    "dry_run": Words("Dry run: nothing was written.", "試行：何も書き込んでいません。"),
    "passed_over": Words("passed over: {reason}", "対象外：{reason}"),
    "rows": Words("rows", "行"),
    "first": Words("first: {kind}", "先頭の記録：{kind}"),
    "problem": Words("Problems", "問題"),
    "more": Words("and {count} more", "ほか{count}件"),
    "without_data": Words("No data beside: {files}", "データファイルなし：{files}"),
    "unexplained": Words("No mapping explains: {files}", "対応表のないファイル：{files}"),
    "quarantine": Words("Quarantined rows lie in {folder}", "隔離した行は {folder} にあります"),
    "next": Words("Next: kansa coherence", "次は：kansa coherence"),
    "next_real": Words("Next: the same without --dry-run", "次は：--dry-run を外して同じコマンドを実行"),
    "mend": Words(
        "Mend what is listed and give the same command again: what is known already adds nothing.",
        "上の問題を直して同じコマンドをもう一度実行してください。記録済みのものは二重に記録されません。",
    ),
    "nothing": Words(
        "Nothing was recorded: the files hold example rows alone. Fill them in first.",
        "記録はありません。ファイルには記入例しかありません。まず記入してください。",
    ),
}


def ingest(
    source: Annotated[
        str, Parameter(help="Which reader, `table` or `slurm`; or a folder of mappings with their data files.")
    ],
    /,
    *paths: Annotated[Path, Parameter(help="The files, in the order in which they were written.")],
    map_: Annotated[
        Path | None, Parameter(name="--map", help="The file that says what the columns mean.")
    ] = None,
    window: Annotated[
        str | None,
        Parameter(help="The time that the files report on in full, FROM/TO; default as the mapping says."),
    ] = None,
    dry_run: Annotated[bool, Parameter(negative=(), help="Say what would happen; write nothing.")] = False,
    language: Annotated[Language, Parameter(help="The language of the summary.")] = "en",
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """Record what files say. Rows that cannot be read are quarantined with file, line, field and reason."""
    if source not in READERS:
        return _folder(source, paths, map_, window, at.open(), language, dry_run=dry_run, as_json=as_json)
    if not paths:
        raise BadInput("ingest.files", "no file is given", help="name the files after the source")
    vault = at.open()
    bounds = interval(window, "--window", vault.settings.zone)
    first: tuple[FirstRecord, ...] = ()
    with progress(f"reading {len(paths)} files") as report:

        def told(rows: int) -> None:
            report(rows, rows)

        if dry_run:
            reader = source_named(source, map_, vault.settings.urn, bounds)
            done, first = DryRun(vault).take(reader, paths, told)
        else:
            done = take_in(vault, source, paths, map_, window=bounds, progress=told)
    value = done.as_json() | ({"first": [each.as_json() for each in first]} if dry_run else {})
    shown = [_text(done, accounting=source == "slurm"), *_first(first, language)]
    show(as_json, value, "\n".join(shown))
    return 1 if done.quarantined or done.refused or done.unreadable or done.remarks else 0


def _folder(
    name: str,
    paths: tuple[Path, ...],
    map_: Path | None,
    window: str | None,
    vault: Vault,
    language: Language,
    *,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Ingest a folder. Exit 1 if anything in it is left to mend."""
    folder = Path(name)
    if not folder.is_dir():
        raise BadInput(
            "ingest.source",
            f"`{name}` is neither a reader nor a folder",
            help="say `table` or `slurm` and the files, or name a folder of mappings with their data",
        )
    if paths or map_ is not None or window is not None:
        raise BadInput(
            "ingest.source",
            "a folder is read by the mappings in it: no files, `--map` or `--window` beside it",
            help="say the window in the mapping or options file",
        )
    with progress(str(folder)) as report:

        def told(step: Step, number: int, steps: int, rows: int) -> None:
            report(number, steps, title=f"{step.map_file.stem}: {rows:,}")

        done = take_in_folder(vault, folder, dry_run=dry_run, progress=told)
    show(as_json, done.as_json(), _folder_text(done, str(vault.places.quarantine), language))
    return 0 if done.is_whole else 1


def _folder_text(done: FolderIngested, quarantine: str, language: Language) -> str:
    def say(key: str, **values: object) -> str:
        return _FOLDER[key].in_(language).format(**values)

    counted = _WOULD if done.dry_run else _COUNTS
    lines = [say("head", folder=done.folder, steps=sum(len(step.paths) for step in done.steps))]
    for step in done.steps:
        lines += _step_text(step, language)
    counts = [(done.counts["rows"], say("rows"))]
    counts += [(done.counts[name], words.in_(language)) for name, words in counted.items()]
    counts += [(count, say("passed_over", reason=reason)) for reason, count in done.passed_over.items()]
    lines += [f"{count:8}  {what}" for count, what in counts if count or what == say("rows")]
    for key, paths in (("without_data", done.without_data), ("unexplained", done.unexplained)):
        lines += [say(key, files=", ".join(path.name for path in paths))] if paths else []
    if done.counts["quarantined"] + done.counts["refused"] and not done.dry_run:
        lines.append(say("quarantine", folder=quarantine))
    return "\n".join([*lines, *_folder_end(done, say)])


def _folder_end(done: FolderIngested, say: Any) -> list[str]:
    """Return what to do next."""
    counts = done.counts
    end = [say("dry_run")] if done.dry_run else []
    if not done.is_whole:
        return [*end, say("mend")]
    if not counts["records"] + counts["superseding"] + counts["duplicates"]:
        return [*end, say("nothing")]
    return [*end, say("next_real" if done.dry_run else "next")]


def _step_text(step: StepDone, language: Language) -> list[str]:
    """Return one line of a step, its first records in a dry run, and what is wrong with it."""
    names = ", ".join(path.name for path in step.paths)
    done = step.done
    if done is None:
        told = "✗"
    else:
        counted = _WOULD if done.dry_run else _COUNTS
        counts = {name: getattr(done, name) for name in counted}
        told = ", ".join(f"{n} {counted[name].in_(language)}" for name, n in counts.items() if n) or "–"
    lines = [f"  {names}: {told}"]
    lines += [f"    {line}" for line in _first(step.first, language)]
    lines += [f"    ! {in_line(problem)}" for problem in step.problems]
    left = 0 if done is None else done.quarantined + done.refused - len(done.problems)
    if left > 0 and done is not None and len(done.problems) >= 50:  # noqa: PLR2004 - what a result shows
        lines.append("    " + _FOLDER["more"].in_(language).format(count=left))
    return lines


def _first(records: Iterable[FirstRecord], language: Language) -> list[str]:
    lines = []
    for record in records:
        fields = ", ".join(f"{name} {_shown(value)}" for name, value in record.fields.items())
        lines.append(f"{_FOLDER['first'].in_(language).format(kind=record.kind)}: {in_line(fields)}")
    return lines


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return " / ".join(_shown(each) for each in value.values())
    if isinstance(value, list):
        return ", ".join(_shown(each) for each in value)
    return str(value)


def _text(done: Ingested, *, accounting: bool) -> str:
    lines = [f"{done.source}: {done.rows} rows of {len(done.files)} files"]
    counts = {
        "recorded": done.records,
        "corrected earlier records": done.superseding,
        "known already": done.duplicates,
        "quarantined": done.quarantined,
        "refused": done.refused,
        **{f"passed over: {reason}": count for reason, count in done.passed_over.items()},
    }
    lines += [f"{count:8}  {what}" for what, count in counts.items() if count]
    lines += [f"  {problem}" for problem in (*done.unreadable, *done.problems, *done.remarks)]
    lines += _window(done) if accounting or done.window is not None else ()
    if done.quarantine_file:
        lines.append(f"Quarantined rows lie in {done.quarantine_file}")
    return "\n".join(lines)


def _window(done: Ingested) -> list[str]:
    """Return what the files report on in full; idle time is only counted there."""
    window = done.window
    if window is None:
        return [
            "No window is closed, so that no device counts as used or idle on these files alone (`--window FROM/TO`)"
        ]
    gaps = f", except {len(window.gaps)} stretches" if window.gaps else ""
    bounds = f"{format_instant(window.start)} to {format_instant(window.end)}"
    inferred = f", inferred from {window.inferred_from}" if window.inferred_from else ""
    return [f"Reported in full: {bounds}{gaps}{inferred}"]
