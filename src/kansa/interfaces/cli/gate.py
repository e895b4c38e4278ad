"""`kansa gate`: ask as machines do, see why, and have a past decision made again."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal

from cyclopts import App, Parameter

from kansa.clock import parse_instant
from kansa.interfaces.cli.options import At, Language, instant
from kansa.interfaces.cli.output import Json, drawn_wide, show
from kansa.lazy_imports import lazy_imports
from kansa.records.kinds.gate import Action
from kansa.terminal import in_line
from kansa.texts import Words
from kansa.texts.formats import time_text

with lazy_imports():
    from rich.markup import escape
    from rich.tree import Tree

    from kansa.application.decision_list import Decision, DecisionFilter, DecisionPage, list_decisions
    from kansa.application.gate_questions import (
        GateAnswer,
        GateQuestion,
        Replayed,
        ask_gate,
        decided,
        replay_json,
    )
    from kansa.application.opening import Vault
    from kansa.presentation.reasoning import OUTCOME, Branch, as_branches, reasoning

app = App(
    name="gate", help="Ask the gate as machines do, with the reasoning; ask again what it once decided."
)

_OPTION = {"end_user": "end-user", "item_class": "item", "account": "path"}
_SAYS = {
    "release": Words("who may release", "解除できる者"),
    "duties": Words("what has to follow", "可とした後の義務"),
    "not_named": Words(
        "not known here: `{given}` ({option}): no id, key or name", "登録なし：`{given}`（{option}）"
    ),
    "several_named": Words(
        "names several: `{given}` ({option}): give one", "複数に該当：`{given}`（{option}）"
    ),
    "near": Words("; near: {near}", "；近い名称：{near}"),
    "classes": Words(
        "`{item}` names several item classes ({said}); the strictest answer in full:",
        "`{item}`に該当する品目区分は複数（{said}）。最も厳しい回答を示す：",
    ),
    "decisions": Words(
        "{shown} decisions; {entries} of {size} entries of the gate's log were looked at",
        "判断 {shown} 件（判断ログ {size} 件のうち {entries} 件を確認）",
    ),
    "more": Words("earlier ones: --before {before}", "これより前は --before {before}"),
    "expires": Words("holds until", "有効期限"),
    "again": Words("ask again from", "再照会の目安"),
    "same": Words("made again: the same outcome for the same reasons", "再現：結果・理由とも一致"),
    "other": Words(
        "made again: NOT the same; on record {then}, now {now}", "再現：不一致（記録：{then}、再現：{now}）"
    ),
}

Name = Annotated[str | None, Parameter(help="An id, a source's key, or a name.")]


@app.command
def ask(
    action: Annotated[Action, Parameter(help="What the machine is about to do.")],
    /,
    *,
    tenant: Name = None,
    end_user: Name = None,
    path: Name = None,
    site: Name = None,
    item: Annotated[str | None, Parameter(help="An item class, or a paragraph (3A090.a): all classes classified so.")] = None,
    from_site: Annotated[str | None, Parameter(name="--from-site", help="The site that a shift leaves.")] = None,
    purpose: Annotated[Literal["train", "fine_tune", "infer", "other", "unlabelled"] | None, Parameter(help="What the compute is for.")] = None,
    cause: Annotated[Literal["grid", "price", "maintenance", "failure", "request"] | None, Parameter(help="Why a shift is wanted.")] = None,
    country: Annotated[str | None, Parameter(help="The country that a session comes from (ISO 3166-1).")] = None,
    person_known: Annotated[bool | None, Parameter(help="Whether the person of a session is bound to the tenant's onboarding.")] = None,
    serials_listed: Annotated[bool | None, Parameter(help="Whether every unit of a shipment is named by its serial.")] = None,
    work: Annotated[str | None, Parameter(help="Your own name of what is asked for, such as a job.")] = None,
    lang: Annotated[Language, Parameter(help="The language of the reasoning.")] = "en",
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:  # fmt: skip
    """Ask whether an action may go ahead, as a machine would: the answer is kept in the gate's log. Exit 1 if it may not."""
    vault = at.open()
    context = {
        "purpose": purpose,
        "cause": cause,
        "session_country": country,
        "person_known": person_known,
        "serials_listed": serials_listed,
        "work": work,
    }
    question = GateQuestion(
        action=action,
        tenant=tenant,
        end_user=end_user,
        path=path,
        site=site,
        from_site=from_site,
        item=item,
        context=context,
    )
    answer = ask_gate(vault, question)
    show(as_json, answer.as_json(), [] if as_json else _answer_lines(vault, answer, item, lang))
    return 0 if answer.permitted else 1


@app.command(name="list")
def list_(
    *,
    about: Annotated[str | None, Parameter(help="Only about this tenant, end user, path or site: an id, a source's key, or a name.")] = None,
    outcome: Annotated[Literal["permit", "hold", "deny"] | None, Parameter(help="Only with this outcome.")] = None,
    action: Annotated[Action | None, Parameter(help="Only about this action.")] = None,
    from_: Annotated[str | None, Parameter(name="--from", help="Start of the period.")] = None,
    to: Annotated[str | None, Parameter(help="End of the period.")] = None,
    before: Annotated[int | None, Parameter(help="Only before this entry of the gate's log: the next page.")] = None,
    limit: Annotated[int, Parameter(help="The most decisions of a page.")] = 50,
    lang: Annotated[Language, Parameter(help="The language of the text.")] = "en",
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:  # fmt: skip
    """List what the gate decided, the newest first, a page at a time."""
    vault = at.open()
    zone = vault.settings.zone
    wanted = DecisionFilter(
        about=about,
        outcome=outcome,
        action=action,
        start=instant(from_, "--from", zone),
        end=instant(to, "--to", zone),
    )
    page = list_decisions(vault, wanted, before=before, most=limit)
    show(as_json, page.as_json(), _listed_decisions(page, lang))
    return 0


def _listed_decisions(page: DecisionPage, lang: str) -> Iterator[str]:
    for each in page.decisions:
        yield _decision_line(each, lang)
    counts = {"shown": len(page.decisions), "entries": page.entries, "size": page.size}
    yield _SAYS["decisions"].in_(lang).format(**counts)
    if page.before is not None:
        yield _SAYS["more"].in_(lang).format(before=page.before)


def _decision_line(decision: Decision, lang: str) -> str:
    claim = decision.claim
    ids = (claim.tenant_id, claim.end_user_id, claim.path_id, claim.site_id)
    called = [decision.names.get(id_, {}).get(lang) or id_ for id_ in ids if id_ is not None]
    return "  ".join(
        [
            _time(claim.valid_from),
            OUTCOME[claim.outcome].in_(lang),
            claim.action,
            " / ".join(dict.fromkeys(called)) or "–",
            decision.record.id,
            _first_of(claim.determining),
        ]
    )


def _first_of(rules: Sequence[str]) -> str:
    further = f" +{len(rules) - 1}" if len(rules) > 1 else ""
    return f"{rules[0]}{further}" if rules else "–"


@app.command
def replay(
    decision: Annotated[
        str, Parameter(help="The id of a decision (`context.id` of an answer), or how it begins.")
    ],
    /,
    *,
    lang: Annotated[Language, Parameter(help="The language of the reasoning.")] = "en",
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """Make a past decision again from what the log kept: same packs, same facts. Exit 1 if it is not the same."""
    found = decided(at.open(), decision)
    show(as_json, replay_json(found), [] if as_json else _again(found, lang))
    return 0 if found.same else 1


def _answer_lines(vault: Vault, answer: GateAnswer, item: str | None, lang: str) -> list[str]:
    first = _several(item, answer.by_class, lang) if answer.by_class else []
    return [*first, *_unnamed(answer.strictest, lang), *_page(vault, answer.strictest, lang)]


def _page(vault: Vault, answer: dict[str, Any], lang: str) -> list[str]:
    """Return the answer with its reasoning, as it was kept."""
    context = answer["context"]
    lines = [_headline(context, lang)]
    if "id" not in context:
        return lines
    lines += _drawn(decided(vault, context["id"]), lang)
    lines += _listed(
        "duties",
        [f"{_time(duty['due'])}  {duty['words'][lang]}" for duty in context.get("obligations", ())],
        lang,
    )
    lines += _listed("release", [words[lang] for words in context.get("release", ())], lang)
    until = _SAYS["expires" if answer["decision"] else "again"].in_(lang)
    entry = context["entry"]
    lines.append(f"{context['id']}  {entry['log']}#{entry['index']}  {until} {_time(context['expires'])}")
    return lines


def _unnamed(answer: dict[str, Any], lang: str) -> list[str]:
    """Return what was not known, before all else."""
    lines = []
    for each in answer["context"].get("not_known", ()):
        form = "several_named" if each.get("several") else "not_named"
        option = f"--{_OPTION.get(each['field'], each['field'])}"
        line = _SAYS[form].in_(lang).format(option=option, given=each["given"])
        near = _SAYS["near"].in_(lang).format(near=", ".join(each["near"])) if each["near"] else ""
        lines.append(f"{line}{near}")
    return lines


def _several(item: str | None, answers: Mapping[str, dict[str, Any]], lang: str) -> list[str]:
    """Return which item classes a paragraph names, each with its answer; the strictest follows in full."""
    said = ", ".join(
        f"{name}: {OUTCOME[answer['context']['state']].in_(lang)}" for name, answer in answers.items()
    )
    return [_SAYS["classes"].in_(lang).format(item=item, said=said)]


def _headline(context: dict[str, Any], lang: str) -> str:
    return f"{OUTCOME[context['state']].in_(lang)}: {context['words'][lang]}"


def _listed(title: str, lines: list[str], lang: str) -> list[str]:
    return [_SAYS[title].in_(lang), *(f"  {line}" for line in lines)] if lines else []


def _again(found: Replayed, lang: str) -> list[str]:
    if found.again is None:
        return [str(found.refused)]
    verdict = _SAYS["same" if found.same else "other"].in_(lang)
    then, now = OUTCOME[found.claim.outcome].in_(lang), OUTCOME[found.again.outcome].in_(lang)
    tree = _drawn(found, lang)
    return [f"{then}: {_time(found.claim.valid_from)}", *tree, verdict.format(then=then, now=now)]


def _drawn(found: Replayed, lang: str) -> Iterator[str]:
    """Draw the rules that decided, each with the value and the truth of everything that it asked."""
    root = as_branches(reasoning(found), lang)
    tree = Tree(_label(root.text))
    _grow(tree, root)
    return drawn_wide(tree)


def _grow(tree: Tree, branch: Branch) -> None:
    for each in branch.below:
        _grow(tree.add(_label(each.text)), each)


def _time(stamp: str) -> str:
    return time_text(parse_instant(stamp))


def _label(text: str) -> str:
    """Return a text as one line of a tree, whatever values from files stand in it."""
    return escape(in_line(text))
