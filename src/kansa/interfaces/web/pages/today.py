"""Today: what waits for whoever is signed in, where evidence is missing, what would close the most, what reports."""

from starlette.responses import Response

from kansa.application.overview.work import work_of
from kansa.interfaces.web.ask import Ask
from kansa.presentation.pages import gaps
from kansa.presentation.pages.pictures import day_columns

SHOWN = 8


def today(ask: Ask) -> Response:
    """Show the work list of the person, and the state of the evidence."""
    _ = ask.signed_in
    overview = ask.overview
    work = work_of(overview, ask.person)
    report = overview.report
    found = gaps.remedies(report, ask.language) if report is not None else None
    silent = [each for each in overview.sources if each.gaps and all(w.end is not None for w in each.windows)]
    return ask.page(
        "today.html",
        work=work,
        mine=work.mine(),
        report=report,
        days=day_columns(overview.days, ask.language),
        remedies=found[0] if found else (),
        closing=found[1] if found else None,
        silent=silent,
        reporting=[each for each in overview.sources if each.closed_to is not None],
        rules=overview.rules,
        shown=SHOWN,
    )
