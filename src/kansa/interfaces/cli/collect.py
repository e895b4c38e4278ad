"""`kansa collect`: sources fetched, followed and picked up on their schedule."""

import threading
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from kansa.errors import BadInput
from kansa.interfaces.cli.options import At
from kansa.interfaces.cli.output import Json, show, tell
from kansa.lazy_imports import lazy_imports
from kansa.texts import Words

with lazy_imports():
    from kansa.application.collect.collect import Collected, rounds
    from kansa.application.collect.collect import collect as collect_once
    from kansa.application.collect.sources_file import read_sources
    from kansa.texts.messages import said
    from kansa.texts.problems import in_words

_TEXT = {
    "done": Words(
        "{source}: {rows} rows, {records} recorded, {known} known already",
        "{source}：{rows} 行、{records} 件を記録、{known} 件は記録済み",
    ),
    "quarantined": Words(
        "quarantined: {count} (kansa sources quarantine list)",
        "隔離：{count} 行（kansa sources quarantine list）",
    ),
    "passed_over": Words("passed over, {reason}: {count}", "対象外（{reason}）：{count}"),
    "lost": Words(
        "bytes were gone before they were read; recorded as a gap of the source",
        "読み取る前に失われたデータがあります。情報源の欠落として記録しました",
    ),
    "waiting": Words("{source}: not due yet", "{source}：まだ収集の時刻ではありません"),
}


def collect(
    *,
    sources: Annotated[
        Path, Parameter(help="The file of sources; `kansa schema sources` says what is in it.")
    ] = Path("sources.yaml"),
    only: Annotated[tuple[str, ...], Parameter(help="These sources alone, due or not.")] = (),
    now: Annotated[bool, Parameter(negative=(), help="All sources, due or not.")] = False,
    retry: Annotated[
        bool,
        Parameter(negative=(), help="Read again what of the sources lies in quarantine, once it was mended."),
    ] = False,
    watch: Annotated[bool, Parameter(negative=(), help="Go on, round by round, until Ctrl-C.")] = False,
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """Fetch, follow and pick up what the sources of a file hold since the last round, and record it."""
    vault, file = at.open(), read_sources(sources)
    folder = sources.parent
    if watch and (only or now):
        raise BadInput("collect.watch", "`--watch` goes by the schedule: no `--only` or `--now` beside it")
    if watch:
        stopped = threading.Event()
        for done in rounds(vault, file, folder, stopped.wait):
            show(as_json, {"sources": [each.as_json() for each in done]}, _lines(done))
        return 0
    done = collect_once(vault, file, folder, only=only, due_only=not now, retry=retry, told=tell)
    show(as_json, {"sources": [each.as_json() for each in done]}, _lines(done))
    return 0 if all(each.is_whole for each in done) else 1


def _lines(done: list[Collected]) -> list[str]:
    lines = []
    for each in done:
        if not each.ran:
            lines.append(_TEXT["waiting"].say(source=each.name))
            continue
        counts = each.counts
        recorded = counts["records"] + counts["superseding"]
        lines.append(
            _TEXT["done"].say(
                source=each.name, rows=counts["rows"], records=recorded, known=counts["duplicates"]
            )
        )
        lines += [
            f"  {_TEXT['passed_over'].say(reason=said(reason), count=count)}"
            for reason, count in each.passed_over.items()
        ]
        lines += [f"  ! {in_words(problem)}" for problem in each.problems[:20]]
        waiting = counts["quarantined"] + counts["refused"]
        lines += [f"  ! {_TEXT['quarantined'].say(count=waiting)}"] if waiting else []
        lines += [f"  ! {_TEXT['lost'].say()}"] if each.lost else []
    return lines
