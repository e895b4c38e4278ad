"""`kansa ingest`: files in, every row accounted for."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from kansa.clock import parse_instant
from kansa.errors import BadInput
from kansa.interfaces.cli.options import At, interval
from kansa.interfaces.cli.output import Json, progress, show
from kansa.lazy_imports import lazy_imports
from kansa.terminal import in_line
from kansa.texts import Words
from kansa.texts.formats import number_text, time_text

with lazy_imports():
    from kansa.application.connectors import connector_ids
    from kansa.application.ingest import expanded, source_named, take_in
    from kansa.application.ingest_dry_run import DryRun, FirstRecord
    from kansa.application.ingest_folder import FolderIngested, Ingested, Step, StepDone, take_in_folder
    from kansa.application.opening import Vault
    from kansa.config_files import listing
    from kansa.texts.commands import INGEST
    from kansa.texts.messages import said
    from kansa.texts.problems import in_words

_COUNTS = {
    "records": Words("recorded", "記録"),
    "superseding": Words("corrected earlier records", "訂正として記録"),
    "duplicates": Words("known already", "記録済み"),
    "quarantined": Words("quarantined", "隔離"),
    "refused": Words("refused", "受付不可"),
}
_WOULD = {
    **_COUNTS,
    "records": Words("would be recorded", "記録予定"),
    "superseding": Words("would correct earlier records", "訂正として記録予定"),
    "quarantined": Words("would be quarantined", "隔離予定"),
    "refused": Words("would be refused", "受付不可の予定"),
}
_FOLDER = {
    "head": Words(
        "{folder}: {files} files, each by its mapping",
        "{folder}：{files}件のファイルをそれぞれのマッピングで読み取り",
    ),
    "rows": Words("rows", "行"),
    "no_rows": Words("nothing to record", "記録する行なし"),
    "unreadable": Words("cannot be read", "読み取り不可"),
    "passed_over": Words("passed over: {reason}", "対象外：{reason}"),
    "more": Words("and {count} rows more", "ほか{count}行"),
    "without_data": Words("Without data: {files}", "データファイルなし：{files}"),
    "unexplained": Words(
        "Not read, since no mapping beside them has their name: {files}",
        "同じ名前のマッピングがないため読み取っていません：{files}",
    ),
    "quarantine": Words("Quarantined rows lie in {folder}", "隔離した行は {folder} にあります"),
    "dry_run": Words("Nothing was written.", "何も書き込んでいません。"),
    "again": Words("Next: kansa ingest {folder}", "次は：kansa ingest {folder}"),
    "next": Words("Next: kansa status", "次は：kansa status"),
    "mend": Words(
        "Mend what is marked `!` and give the command again: what is recorded already adds nothing.",
        "「!」の箇所を直してもう一度実行してください。記録済みのものが二重に記録されることはありません。",
    ),
    "nothing": Words(
        "There is nothing to record yet: the tables hold example rows alone.",
        "記録するものがまだありません。表には記入例しかありません。",
    ),
}


def ingest(
    source: Annotated[
        str,
        Parameter(
            help="Which connector, such as `table`, `slurm` or `openssh`; or a folder of mappings with their data files."
        ),
    ],
    /,
    *paths: Annotated[
        Path, Parameter(help="The files, in the order in which they were written, or folders of them.")
    ],
    map_: Annotated[
        Path | None, Parameter(name="--map", help="The file that says what the columns mean.")
    ] = None,
    window: Annotated[
        str | None,
        Parameter(help="The time that the files report on in full, FROM/TO; default as the mapping says."),
    ] = None,
    dry_run: Annotated[bool, Parameter(negative=(), help="Say what would happen; write nothing.")] = False,
    segments: Annotated[
        bool,
        Parameter(
            negative=(),
            help="Keep uses as segments: many rows in one file and one entry. A source that began so goes on so.",
        ),
    ] = False,
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """Record what files say. Rows that cannot be read are quarantined with file, line, field and reason."""
    if source not in connector_ids():
        return _folder(source, paths, map_, window, at.open(), dry_run=dry_run, as_json=as_json)
    if not paths:
        raise BadInput("ingest.files", "no file is given", help="name the files after the source")
    vault = at.open()
    bounds = interval(window, "--window", vault.settings.zone)
    first: tuple[FirstRecord, ...] = ()
    with progress(f"reading {len(paths)} files") as report:

        def told(rows: int) -> None:
            report(rows, rows)

        if dry_run:
            reader = source_named(source, map_, vault.settings.urn, bounds, now=vault.clock.now())
            done, first = DryRun(vault).take(reader, expanded(paths), told, segments=segments)
        else:
            done = take_in(vault, source, paths, map_, window=bounds, progress=told, segments=segments)
    value = done.as_json() | ({"first": [each.as_json() for each in first]} if dry_run else {})
    shown = [*_lines(done, accounting=source == "slurm"), *_first(first)]
    show(as_json, value, shown)
    return 1 if done.quarantined or done.refused or done.unreadable or done.remarks else 0


def _folder(
    name: str,
    paths: tuple[Path, ...],
    map_: Path | None,
    window: str | None,
    vault: Vault,
    *,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Ingest a folder. Exit 1 if anything in it is left to mend."""
    folder = Path(name)
    if not folder.is_dir():
        raise BadInput(
            "ingest.source",
            f"`{name}` is neither a connector nor a folder",
            help=f"name a folder of mappings with their data, or say one of {listing(connector_ids())} and the files",
        )
    if paths or map_ is not None or window is not None:
        raise BadInput(
            "ingest.source",
            "a folder is read by the mappings in it: no files, `--map` or `--window` beside it",
            help="say the window in the mapping or options file",
        )
    with progress(str(folder)) as report:

        def told(step: Step, number: int, steps: int, rows: int) -> None:
            report(number, steps, title=f"{step.map_file.stem}: {number_text(rows)}")

        done = take_in_folder(vault, folder, dry_run=dry_run, progress=told)
    show(as_json, done.as_json(), _folder_lines(done, vault))
    return 0 if done.is_whole else 1


def _folder_lines(done: FolderIngested, vault: Vault) -> list[str]:
    counted = _WOULD if done.dry_run else _COUNTS
    files = sum(len(step.paths) for step in done.steps)
    lines = [_FOLDER["head"].say(folder=done.folder, files=files)]
    for step in done.steps:
        lines += _step_text(step)
    lines.append(f"{done.counts['rows']:8}  {_FOLDER['rows'].say()}")
    lines += [f"{done.counts[name]:8}  {words.say()}" for name, words in counted.items() if done.counts[name]]
    lines += [
        f"{count:8}  {_FOLDER['passed_over'].say(reason=reason)}"
        for reason, count in done.passed_over.items()
    ]
    for key, paths in (("without_data", done.without_data), ("unexplained", done.unexplained)):
        lines += [_FOLDER[key].say(files=", ".join(path.name for path in paths))] if paths else []
    if done.counts["quarantined"] + done.counts["refused"] and not done.dry_run:
        lines.append(_FOLDER["quarantine"].say(folder=vault.places.quarantine))
    return [*lines, *_folder_end(done)]


def _folder_end(done: FolderIngested) -> list[str]:
    """Return what to do next."""
    taken = sum(done.counts[name] for name in ("records", "superseding", "duplicates"))
    end = [_FOLDER["dry_run"].say()] if done.dry_run else []
    if not done.is_whole:
        return [*end, _FOLDER["mend"].say()]
    if not taken:
        return [*end, _FOLDER["nothing"].say()]
    return [*end, _FOLDER["again" if done.dry_run else "next"].say(folder=done.folder)]


def _step_text(step: StepDone) -> list[str]:
    """Return one line of a step, its first records in a dry run, and what is wrong with it."""
    done, counted = step.done, _COUNTS
    if done is not None:
        counted = _WOULD if done.dry_run else _COUNTS
    counts = {name: getattr(done, name, 0) for name in counted}
    told = ", ".join(f"{n} {counted[name].say()}" for name, n in counts.items() if n)
    if not told:
        told = _FOLDER["unreadable" if done is None else "no_rows"].say()
    lines = [f"  {', '.join(path.name for path in step.paths)}: {told}"]
    lines += [f"    {line}" for line in _first(step.first)]
    lines += [f"    ! {in_words(problem)}" for problem in step.problems]
    if done is not None and (left := done.quarantined + done.refused - len(done.problems)) > 0:
        lines.append("    " + _FOLDER["more"].say(count=left))
    return lines


def _first(records: Iterable[FirstRecord]) -> list[str]:
    lines = []
    for record in records:
        fields = ", ".join(f"{name} {_shown(value)}" for name, value in record.fields.items())
        lines.append(f"{record.kind}: {in_line(fields)}")
    return lines


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return " / ".join(_shown(each) for each in value.values())
    if isinstance(value, list):
        return ", ".join(_shown(each) for each in value)
    if isinstance(value, bool):
        return str(value).lower()
    try:
        return time_text(parse_instant(str(value)))
    except ValueError:
        return str(value)


def _lines(done: Ingested, *, accounting: bool) -> list[str]:
    lines = [INGEST["head"].say(source=done.source, rows=done.rows, files=len(done.files))]
    counts = {
        INGEST["recorded"].say(): done.records,
        INGEST["corrected"].say(): done.superseding,
        INGEST["known"].say(): done.duplicates,
        INGEST["quarantined"].say(): done.quarantined,
        INGEST["refused"].say(): done.refused,
        **{
            INGEST["passed_over"].say(reason=said(reason)): count
            for reason, count in done.passed_over.items()
        },
    }
    lines += [f"{count:8}  {what}" for what, count in counts.items() if count]
    lines += [f"  {in_words(problem)}" for problem in (*done.unreadable, *done.problems, *done.remarks)]
    lines += _window(done) if accounting or done.window is not None else ()
    if done.quarantine_file:
        lines.append(INGEST["where"].say(file=done.quarantine_file))
    return lines


def _window(done: Ingested) -> list[str]:
    """Return what the files report on in full; idle time is only counted there."""
    window = done.window
    if window is None:
        return [INGEST["open"].say()]
    gaps = INGEST["except"].say(count=len(window.gaps)) if window.gaps else ""
    inferred = INGEST["inferred"].say(what=said(window.inferred_from)) if window.inferred_from else ""
    start, end = time_text(window.start), time_text(window.end)
    return [INGEST["closed"].say(start=start, end=end, except_=gaps, inferred=inferred)]
