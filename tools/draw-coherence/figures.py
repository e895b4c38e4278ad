"""The figures and tables that the pages hold between marks, told from a run."""

import re
from collections.abc import Iterator, Mapping

from pictures import PICTURES, called, device_hours
from run import Run
from story import CLEAN, EARLIER, LOG_BEGAN, NOW, WORLD
from two_times import YEAR
from words import say

from kansa.clock import DAY, HOUR
from kansa.coherence.facts import FACTS, names
from kansa.coherence.why import Why
from kansa.dossier.report.explain import closing, lacking, who
from kansa.drawing.figures import NOBREAK, Language, Moments

_NAMED = re.compile(r"<title[^>]*>(.*?)</title>\s*<desc[^>]*>(.*?)</desc>", re.DOTALL)

_PLAIN = str.maketrans(
    {NOBREAK: " ", "\u2068": None, "\u2069": None}
)  # a page has no use for what a report needs


def suffix(language: Language) -> str:
    """How a file's name tells its language."""
    return "" if language == "en" else f".{language}"


def figures(run: Run, language: Language, drawn: Mapping[str, str]) -> dict[str, str]:
    """All places of a page by name; `drawn` holds the pictures as SVG."""
    moments = Moments(language, YEAR)
    result, total = run.answer.result, run.balance.total
    found = {
        "began": moments.at(LOG_BEGAN),
        "earlier": moments.at(EARLIER),
        "now": moments.at(NOW),
        "horizon": moments.at(run.horizon),
        "grace": str(DAY // HOUR),
        "rows": str(len(WORLD.use)),
        "uses": str(result.uses),
        "gaps": str(result.gaps),
        "aside": str(sum(result.quarantined.values())),
        "ignored": str(sum(sum(reasons.values()) for reasons in result.ignored.values())),
        "use.hours": device_hours(result.use_us),
        "gap.hours": device_hours(result.gap_us),
        "fact.hours": device_hours(sum(result.fact_gap_us.values())),
        "evidenced.hours": device_hours(result.evidenced_us),
        "late.hours": device_hours(result.late_us or 0),
        "before.hours": device_hours(result.before_log_us or 0),
        "installed.hours": device_hours(total.installed),
        "used.hours": device_hours(total.used),
        "idle.hours": device_hours(total.idle),
        "unobserved.hours": device_hours(total.unobserved),
        "unseen.hours": device_hours(result.use_us - total.used),
        "settled": str(sum(not probed.residual for probed in run.probed.values())),
        "residual": str(sum(probed.residual for probed in run.probed.values())),
        "balance.span": moments.span(run.balance.start, run.balance.end),
    }
    for number, gap in enumerate(run.answer.gaps, start=1):
        found[f"gap.{number}"], found[f"gap.{number}.mask"] = (
            moments.span(gap.start, gap.end),
            str(gap.missing),
        )
    for number, late in enumerate(run.answer.late, start=1):
        found[f"late.{number}"] = moments.span(late.start, late.end)
    for number, change in enumerate(run.changes, start=1):
        found[f"change.{number}"] = moments.span(change.start, change.end)
    for name, rows in _tables(run, language, moments):
        head, *body = rows
        lines = [head, ["---"] * len(head), *body]
        found[f"table.{name}"] = "\n" + "".join(f"| {' | '.join(line)} |\n" for line in lines)
    for name in PICTURES:
        told = _NAMED.search(drawn[name])
        if told is None:
            raise ValueError(f"the picture `{name}` says nothing of itself")
        alt = f"{told[1]}{'. ' if language == 'en' else '。'}{told[2]}"
        found[f"picture.{name}"] = f"\n![{alt}](pictures/coherence/{name}{suffix(language)}.svg)\n"
    return {name: text.translate(_PLAIN) for name, text in found.items()}


Lines = list[list[str]]


def _tables(run: Run, language: Language, moments: Moments) -> Iterator[tuple[str, Lines]]:
    def head(*keys: str) -> list[str]:
        return [say(language, key) for key in keys]

    def facts(mask: int) -> str:
        return say(language, "plus").join(say(language, name) for name in names(mask))

    held = {use_id: one.use.weight or 1 for use_id, one in run.held.items()}
    gaps = run.answer.gaps
    yield (
        "gaps",
        [
            head("table.use", "table.span", "table.missing", "table.facts", "table.hours"),
            *(
                [
                    str(g.use_id),
                    moments.span(g.start, g.end),
                    f"`{g.missing}`",
                    facts(g.missing),
                    device_hours((g.end - g.start) * held[str(g.use_id)]),
                ]
                for g in gaps
            ),
        ],
    )
    yield (
        "late",
        [
            head("table.use", "table.span", "table.late", "table.before", "table.fact", "table.state"),
            *(
                [
                    str(x.use_id),
                    moments.span(x.start, x.end),
                    f"`{x.late}`",
                    f"`{x.before_log}`",
                    facts(x.late | x.before_log),
                    say(language, "before" if x.before_log else "late"),
                ]
                for x in run.answer.late
            ),
        ],
    )
    aside = [[f"`{reason}`", "`use`", str(count)] for reason, count in run.answer.result.quarantined.items()]
    aside += [
        [f"`{reason}`", f"`{table}`", str(count)]
        for table, reasons in run.answer.result.ignored.items()
        for reason, count in reasons.items()
    ]
    yield "aside", [head("table.reason", "table.table", "table.rows"), *aside]
    yield (
        "changes",
        [
            head("table.use", "table.span", "table.fact", "table.change"),
            *(
                [c.use_id, moments.span(c.start, c.end), say(language, c.fact), say(language, c.change)]
                for c in run.changes
            ),
        ],
    )
    levels = [
        [say(language, word), device_hours(time)] for word, time in run.answer.result.evidenced_by_us.items()
    ]
    levels.append([say(language, "total"), device_hours(run.answer.result.evidenced_us)])
    yield "levels", [head("table.level", "table.hours"), *levels]
    devices: Lines = [
        [
            str(device),
            *(
                device_hours(getattr(share, state))
                for state in ("installed", "used", "shared", "idle", "unobserved")
            ),
        ]
        for device, share in sorted(run.balance.by_device.items())
    ]
    whole = run.balance.total
    yield (
        "balance",
        [
            [
                "",
                *head(
                    "table.installed", "balance.used", "table.shared", "balance.idle", "balance.unobserved"
                ),
            ],
            *devices,
            [
                say(language, "total"),
                device_hours(whole.installed),
                device_hours(whole.used),
                "–",
                device_hours(whole.idle),
                device_hours(whole.unobserved),
            ],
        ],
    )
    yield (
        "why",
        [
            head("table.use", "table.span", "table.fact", "table.part", "table.what"),
            *(
                [
                    w.use_id,
                    moments.span(w.start, w.end),
                    say(language, w.fact),
                    f"`{w.part}`",
                    _about(w, run, language),
                ]
                for w in run.reasons
            ),
        ],
    )
    yield (
        "closing",
        [
            head("table.span", "table.fact", "table.what", "table.closes", "table.who"),
            *(
                [
                    moments.span(r.start, r.end),
                    say(language, r.fact),
                    lacking(language, r),
                    closing(language, r),
                    who(language, r),
                ]
                for r in run.closing
            ),
        ],
    )
    yield (
        "uses",
        [
            [
                "`use_id`",
                "`device_id`",
                "`weight`",
                "`tenant_id`",
                "`end_user_id`",
                "`path_id`",
                "`item_class`",
                "`site_id`",
                "`start`",
                "`end`",
            ],
            *(
                [
                    u.use_id,
                    u.device_id,
                    str(u.weight),
                    *(_shown(v) for v in (u.tenant_id, u.end_user_id, u.path_id, u.item_class, u.site_id)),
                    moments.at(u.start),
                    _shown(None if u.end is None else moments.at(u.end)),
                ]
                for u in CLEAN.use
            ),
        ],
    )
    yield (
        "keys",
        [
            head("table.fact", "table.bit", "table.table", "table.key"),
            *(
                [
                    say(language, f.name),
                    str(f.bit),
                    f"`{f.name}`",
                    ", ".join(f"`{column}`" for column in f.key),
                ]
                for f in FACTS
            ),
        ],
    )


def _shown(value: str | None) -> str:
    return "null" if value is None else value


def _about(reason: Why, run: Run, language: Language) -> str:
    """What is missing in words: those of the row that closes it, without its times."""
    use = run.held[reason.use_id].use
    told = (
        row
        for row in run.closing
        if (row.fact, row.part, row.start) == (reason.fact, reason.part, reason.start)
        and (row.end_user.id if row.end_user else None) == use.end_user_id
    )
    row = next(iter(told))
    detail = f" ({called(language, reason.detail)})" if reason.detail else ""
    return lacking(language, row) + (
        detail if language == "en" else detail.replace(" (", "（").replace(")", "）")
    )
