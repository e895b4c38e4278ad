"""`kansa case`: a decision on a tenant and an end user, from its opening to its last signature."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import App, Parameter

from kansa.clock import format_instant, parse_instant
from kansa.errors import BadInput
from kansa.interfaces.cli.options import At, Language, instant
from kansa.interfaces.cli.output import Json, show
from kansa.interfaces.cli.person import KeyFile, Lang, Reasons, signing
from kansa.lazy_imports import lazy_imports
from kansa.people.signed_records import Decision, Outcome
from kansa.texts import Words
from kansa.texts.formats import time_text

with lazy_imports():
    from kansa.application.cases import CaseService, CaseStatus, Changed, Person, SinceProposal
    from kansa.application.lookup import Directory, Lookup, each_of
    from kansa.application.signing import Done
    from kansa.cases.case_file import CaseFile
    from kansa.cases.findings import PartyFindings
    from kansa.cases.routes import RoutePack, read_routes
    from kansa.people.signed_records import Scope
    from kansa.presentation.cases import ASPECTS, CASE_STATES, GROUNDS
    from kansa.records.kinds.case import CaseProposed, CaseReviewed
    from kansa.records.kinds.signed import Signed

app = App(name="case", help="Decisions of people on tenants and end users, along an approval route.")

Evidence = Annotated[
    list[int] | None, Parameter(help="A record that you looked at, by ledger index; may be given again.")
]
CaseNamed = Annotated[str, Parameter(help="A case: its id, or how it begins.")]
Decided = Annotated[Decision, Parameter(help="What is decided: permit, hold or deny.")]
Cause = Literal["onboarding", "renewal", "change", "flag"]
_LABELS = {
    "adopted": Words("Adopted the route `{route}`.", "承認経路「{route}」を採用しました。"),
    "opened": Words("Opened {case}.", "案件 {case} を開始しました。"),
    "recorded": Words("Recorded as entry {index}.", "台帳の第{index}号に記録しました。"),
    "none": Words(
        "0 cases are recorded; {parties} parties are on record, and none of them is cleared by a case.",
        "案件の記録は 0 件です。記録された関係者 {parties} 者のうち、案件で判断されたものはありません。",
    ),
    "proposed": Words("proposed", "起案"),
    "endorsed": Words("endorsed", "審査済み"),
    "returned": Words("returned", "差戻し"),
    "permit": Words("permit", "承認"),
    "hold": Words("hold", "保留"),
    "deny": Words("deny", "否認"),
    "until": Words("until", "期限"),
    "scope": Words("limited to", "範囲"),
    "next": Words("Next: {step}, by {role}", "次: {step}（{role}）"),
    "changed": Words("Changed since the decision: {aspects}", "判断後の変更: {aspects}"),
    "since_proposal": Words(
        "Changed since the proposal (entry {entry}): {aspects}",
        "起案（台帳の第{entry}号）後の変更: {aspects}",
    ),
    "since_proposal.none": Words(
        "Changed since the proposal (entry {entry}): nothing of {count} records that it rests on",
        "起案（台帳の第{entry}号）後の変更: 根拠とした証跡 {count} 件のうち変更なし",
    ),
    "since_proposal.unlisted": Words(
        "Changed since the proposal (entry {entry}): not assessed, it lists no record that it rests on",
        "起案（台帳の第{entry}号）後の変更: 根拠とした証跡の記載がないため評価していません",
    ),
    "aspect": Words("{aspect} (entry {entries})", "{aspect}（台帳の第{entries}号）"),
    "by_key_only": Words("Separation of persons: by key only", "担当者の分離: 鍵による"),
    "separation_none": Words("Separation of persons: none", "担当者の分離: なし"),
    "or": Words(" or ", "または"),
}
_RESTS = {
    "rests": Words("What a decision would rest on, {party}:", "判断の根拠（{party}）:"),
    "documents": Words("documents: {count} kinds ({kinds})", "書類: {count} 種類（{kinds}）"),
    "no_documents": Words("documents: not assessed, 0 on record", "書類: 記録 0 件のため評価していません"),
    "verification": Words(
        "verification: {count} in force (entry {entries})",
        "需要者確認: 有効 {count} 件（台帳の第{entries}号）",
    ),
    "no_verification": Words("verification: 0 in force", "需要者確認: 有効 0 件"),
    "ownership": Words(
        "ownership: {count} declarations (entry {entries})",
        "所有関係: 申告 {count} 件（台帳の第{entries}号）",
    ),
    "no_ownership": Words(
        "ownership: not assessed, 0 declarations", "所有関係: 申告 0 件のため評価していません"
    ),
    "screening": Words(
        "screening: entry {entry}, {lists} lists, {hits} hits that nobody has judged",
        "照会: 台帳の第{entry}号、リスト {lists} 件、未判断の候補 {hits} 件",
    ),
    "no_screening": Words("screening: not assessed, never screened", "照会: 一度もないため評価していません"),
    "flags": Words(
        "flags: {count} open, {high} of them high", "懸念情報: 未解決 {count} 件（うち重大度高 {high} 件）"
    ),
    "unknown": Words("an unknown number of", "不明な数の"),
}
_REFUSED = Words("Not recorded: it {ground}.", "記録していません。{ground}。")


@app.command
def adopt(
    route: Annotated[str, Parameter(help="A route of the pack, for example `kansa.routes.ordinary`.")],
    /,
    *,
    pack: Annotated[Path | None, Parameter(help="Your own pack of routes; default the shipped one.")] = None,
    key: KeyFile,
    language: Lang = "en",
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """Adopt an approval route. From then on a permit that nobody signs is recorded but does not count."""
    routes = read_routes() if pack is None else read_routes(pack)
    chosen = next((each for each in routes.routes if each.id == route), None)
    if chosen is None:
        listed = ", ".join(each.id for each in routes.routes)
        raise BadInput("case.route", f"the pack has no route `{route}`", help=f"it has {listed}")
    office, mine = CaseService(at.open()), signing(key)
    done = office.sign(office.adopt(mine.public, routes, chosen), mine)
    text = _LABELS["adopted"].in_(language).format(route=chosen.words.in_(language))
    return _show_act(done, {"route": route}, text, language, as_json=as_json)


@app.command(name="open")
def open_(
    *,
    tenant: Annotated[str, Parameter(help="The tenant, by id, source key or name.")],
    end_user: Annotated[str | None, Parameter(help="The end user; default the tenant itself.")] = None,
    cause: Annotated[Cause, Parameter(help="Why somebody has to decide.")] = "onboarding",
    reasons: Annotated[str | None, Parameter(help="More about it; kept sealed.")] = None,
    language: Lang = "en",
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """Open a case: somebody has to decide on a tenant and an end user."""
    vault = at.open()
    names = Lookup(vault)
    parties = names.party(tenant), names.party(end_user or tenant)
    case = CaseService(vault).open(*parties, cause, reasons)
    show(as_json, {"case": case}, _LABELS["opened"].in_(language).format(case=case))
    return 0


@app.command
def propose(
    case: CaseNamed,
    decision: Decided,
    /,
    *,
    until: Annotated[str | None, Parameter(help="Until when; a permit must say so.")] = None,
    item: Annotated[list[str] | None, Parameter(help="Only these item classes; may be given again.")] = None,
    site: Annotated[list[str] | None, Parameter(help="Only these sites; may be given again.")] = None,
    path: Annotated[list[str] | None, Parameter(help="Only these access paths; may be given again.")] = None,
    route: Annotated[str | None, Parameter(help="The adopted route; needed where several are.")] = None,
    reasons: Reasons,
    evidence: Evidence = None,
    key: KeyFile,
    language: Lang = "en",
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """Propose a decision. What it rests on is listed from the registers as they are now. Exit 1 if it would not count."""
    vault = at.open()
    names = Lookup(vault)
    scope = Scope(item, each_of(site, names.site), each_of(path, names.path))
    end = instant(until, "--until", vault.settings.zone)
    if decision == "permit" and (end is None or end <= vault.clock.now()):
        raise BadInput("case.end", "a permit needs an end that is to come", help="give it with --until")
    office, mine = CaseService(vault), signing(key)
    prepared = office.propose(
        mine.public, case, route, decision, scope=scope, until=end, reasons=reasons, evidence=evidence or ()
    )
    done = office.sign(prepared, mine)
    return _show_step(done, language, as_json=as_json)


@app.command
def review(
    case: CaseNamed,
    outcome: Annotated[Outcome, Parameter(help="Whether the proposal goes on, or back to its proposer.")],
    /,
    *,
    reasons: Reasons,
    evidence: Evidence = None,
    key: KeyFile,
    language: Lang = "en",
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """Take the step of a case that waits. Exit 1 if it would not count."""
    office, mine = CaseService(at.open()), signing(key)
    done = office.sign(office.review(mine.public, case, outcome, reasons, evidence or ()), mine)
    return _show_step(done, language, as_json=as_json)


@app.command
def decide(
    case: CaseNamed,
    decision: Decided,
    /,
    *,
    reasons: Reasons,
    evidence: Evidence = None,
    key: KeyFile,
    language: Lang = "en",
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """Take the last step. Who may approve may also stop at any time. Exit 1 if it would not count."""
    office, mine = CaseService(at.open()), signing(key)
    since = "".join(f"{line}\n" for line in _since_proposal(office.changed_since_proposal(case), language))
    done = office.sign(office.decide(mine.public, case, decision, reasons, evidence or ()), mine)
    return _show_step(done, language, as_json=as_json, before=since)


@app.command(name="list")
def list_(*, language: Lang = "en", at: At = At(), as_json: Json = False) -> int:  # noqa: B008 - frozen
    """List the cases: how far each is, and where its tenant and end user stand."""
    vault = at.open()
    found, names = CaseService(vault).cases(), vault.directory()
    lines = [_line(each, names, language) for each in found] or [
        _LABELS["none"].in_(language).format(parties=sum(each.startswith("pty_") for each in names.names))
    ]
    show(as_json, {"cases": [_as_json(each) for each in found]}, lines)
    return 0


@app.command(name="show")
def show_(case: CaseNamed, /, *, language: Lang = "en", at: At = At(), as_json: Json = False) -> int:  # noqa: B008 - frozen
    """Show a case: what was said by whom, what counts, what a decision would rest on, who is next, what changed since."""
    vault = at.open()
    office = CaseService(vault)
    found = office.case(case)
    people = {person.id: person for person in office.people()}
    lines = [_line(found, vault.directory(), language)]
    lines += [_act(act.noted.claim, act.ground, people, language) for act in found.file.acts]
    pending = office.changed_since_proposal(case)
    lines += _since_proposal(pending, language)
    if found.state.changed:
        aspects = _changes(found.state.changed, language)
        lines.append(_LABELS["changed"].in_(language).format(aspects=aspects))
    rests = office.findings(case)
    lines += [line for each in rests for line in _findings(each, vault.directory(), language)]
    lines += _footer(found, read_routes(), language)
    acts = [_act_json(act.noted.index, act.noted.claim, act.ground) for act in found.file.acts]
    since = None if pending is None else {change.aspect: list(change.records) for change in pending.changed}
    value = {**_as_json(found), "acts": acts, "changed_since_proposal": since}
    value["rests_on"] = [each.as_json() for each in rests]
    show(as_json, value, lines)
    return 0


def _show_act(done: Done, value: dict[str, Any], text: str, language: Language, *, as_json: bool) -> int:
    if done.refused is not None:
        ground = GROUNDS[done.refused].in_(language)
        show(as_json, {"refused": done.refused}, _REFUSED.in_(language).format(ground=ground))
        return 1
    show(as_json, {**value, "index": done.index}, text)
    return 0


def _show_step(done: Done, language: Language, *, as_json: bool, before: str = "") -> int:
    """Show where a step of a case was recorded, or why it would not count; return the exit code."""
    value = {"case": done.draft.data["case_id"]}
    return _show_act(done, value, before + _recorded(done, language), language, as_json=as_json)


def _recorded(done: Done, language: Language) -> str:
    return _LABELS["recorded"].in_(language).format(index=done.index)


def _line(standing: CaseStatus, names: Directory, language: Language) -> str:
    file, state = standing.file, standing.state
    parties = " / ".join(
        names.called(party).get(language, party)
        for party in dict.fromkeys((file.case.tenant_id, file.case.end_user_id))
    )
    until = "" if state.until is None else f" {_LABELS['until'].in_(language)} {time_text(state.until)}"
    stand = f"{CASE_STATES[state.name].in_(language)}{until}"
    return f"{file.case.case_id}  {parties}  {CASE_STATES[file.state].in_(language)}  [{stand}]"


def _findings(found: PartyFindings, names: Directory, language: Language) -> list[str]:
    """Return what is on record of a party, a line each; what was never done is said as such."""

    def say(key: str, **values: object) -> str:
        return f"    {_RESTS[key].in_(language).format(**values)}"

    def listed(key: str, entries: Sequence[int]) -> str:
        shown = ", ".join(map(str, entries))
        return say(key, count=len(entries), entries=shown) if entries else say(f"no_{key}")

    documents = (
        say("documents", count=len(found.documents), kinds=", ".join(found.documents))
        if found.documents
        else say("no_documents")
    )
    screening = say("no_screening")
    if found.screened is not None:
        hits = _RESTS["unknown"].in_(language) if found.hits_open is None else found.hits_open
        screening = say("screening", entry=found.screened, lists=len(found.lists), hits=hits)
    flags = say("flags", count=len(found.flags), high=len(found.high))
    grave = [f"      {flag.id}  {flag.claim.severity}  {flag.claim.rule}" for flag in found.flags]
    name = names.called(found.party).get(language, found.party)
    return [
        f"  {_RESTS['rests'].in_(language).format(party=name)}",
        documents,
        listed("verification", found.verified),
        listed("ownership", found.owners),
        screening,
        flags,
        *grave,
    ]


def _act(claim: Any, ground: Any, people: dict[str, Person], language: Language) -> str:
    what = _LABELS[claim.outcome if isinstance(claim, CaseReviewed) else claim.decision].in_(language)
    if isinstance(claim, CaseProposed):
        what = f"{_LABELS['proposed'].in_(language)}: {what}"
    who = people.get(claim.signer_id or "") if isinstance(claim, Signed) else None
    name = who.names.get(language, who.id) if who else str(claim.signer_id)
    reasons = claim.reasons if isinstance(claim.reasons, str) else "…"
    worth = GROUNDS[ground if isinstance(ground, str) else ground.value].in_(language)
    return f"  {time_text(parse_instant(claim.valid_from))}  {name}  {what}  ({worth})  {reasons}"


def _footer(standing: CaseStatus, pack: RoutePack, language: Language) -> list[str]:
    file, lines = standing.file, []
    if file.next_step is not None and _waits(file):
        step = file.next_step
        roles = (
            _LABELS["or"]
            .in_(language)
            .join(
                pack.roles[role].in_(language) if role in pack.roles else role
                for role in (step.role, step.substitute)
                if role
            )
        )
        lines.append(
            _LABELS["next"].in_(language).format(step=_called(file, step.step, pack, language), role=roles)
        )
    if file.decisions:
        separation = "by_key_only" if file.separation == "by_key_only" else "separation_none"
        lines.append(_LABELS[separation].in_(language))
    return lines


def _since_proposal(pending: SinceProposal | None, language: Language) -> Iterator[str]:
    """Yield what changed since the proposal that waits for a decision, with the records that say so."""
    if pending is None:
        return
    key = (
        "since_proposal"
        if pending.changed
        else "since_proposal.none"
        if pending.records
        else "since_proposal.unlisted"
    )
    aspects = _changes(pending.changed, language)
    yield _LABELS[key].in_(language).format(entry=pending.entry, aspects=aspects, count=pending.records)


def _changes(changed: Changed, language: Language) -> str:
    return ", ".join(
        _LABELS["aspect"]
        .in_(language)
        .format(aspect=ASPECTS[each.aspect].in_(language), entries=", ".join(map(str, each.records)))
        for each in changed
    )


def _waits(file: CaseFile) -> bool:
    return file.state not in {"decided", "returned"}


def _called(file: CaseFile, step: str, pack: RoutePack, language: Language) -> str:
    """Return what the pack calls a step of the case's route; the step itself where the pack is another."""
    name = file.route.name if file.route is not None else None
    words = [n.words for r in pack.routes if r.id == name for n in r.steps if n.step.step == step]
    return words[0].in_(language) if words else step


def _as_json(standing: CaseStatus) -> dict[str, Any]:
    file, state = standing.file, standing.state
    proposal = None if file.proposal is None else file.proposal[1]
    return {
        "case": file.case.case_id,
        "tenant": file.case.tenant_id,
        "end_user": file.case.end_user_id,
        "cause": file.case.cause,
        "state": file.state,
        "proposed": None if proposal is None else proposal.decision,
        "next": file.next_step.step if file.next_step is not None and _waits(file) else None,
        "standing": state.name,
        "until": None if state.until is None else format_instant(state.until),
        "changed": {change.aspect: list(change.records) for change in state.changed},
        "separation": file.separation,
    }


def _act_json(index: int, claim: Any, ground: Any) -> dict[str, Any]:
    return {
        "index": index,
        "type": claim.type,
        "signer": claim.signer_id,
        "decision": getattr(claim, "decision", None) or getattr(claim, "outcome", None),
        "ground": ground if isinstance(ground, str) else ground.value,
    }
