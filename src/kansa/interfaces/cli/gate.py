"""`kansa gate`: ask as machines do, see why, and have a past decision made again."""

from difflib import get_close_matches
from typing import Annotated, Any, Literal

import msgspec
from cyclopts import App, Parameter
from rich.markup import escape
from rich.tree import Tree

from kansa.application.decision_replay import decided
from kansa.application.gate import open_gate
from kansa.application.lookup import Lookup
from kansa.errors import BadInput, KansaError
from kansa.gate.authzen import Evaluation
from kansa.gate.decision_point import Asking
from kansa.gate.replay import Replayed
from kansa.i18n import Words
from kansa.interfaces.cli.local import post
from kansa.interfaces.cli.options import At, Language
from kansa.interfaces.cli.output import Json, drawn_wide, show
from kansa.records.kinds.gate import Action
from kansa.rules.catalogue import Catalogue
from kansa.rules.citations import Citation
from kansa.rules.conditions import All, Condition, Not, Test, truth
from kansa.rules.loading.library import Library, read_library
from kansa.rules.pack import ACTIONS
from kansa.rules.publish.sentence import operand, sentence
from kansa.rules.rulebook import EffectiveRule
from kansa.terminal import in_line
from kansa.vault.vault import Vault

app = App(
    name="gate", help="Ask the gate as machines do, with the reasoning; ask again what it once decided."
)

_STATE = {
    "permit": Words("PERMIT", "可"),
    "hold": Words("HOLD", "保留"),
    "deny": Words("DENY", "不可"),
}
_VERIFIED = {True: Words("verified", "原文確認済み"), False: Words("unverified", "原文未確認")}
_STRICTEST = ("permit", "hold", "deny")
_KIND = {"site": "site", "from": "site", "path": "path"}
_OPTION = {"end_user": "end-user", "item_class": "item", "account": "path"}
_MARK = {True: "✓", False: "✗", None: "?"}
_SAYS = {
    "all": Words("all of", "すべて"),
    "any": Words("any of", "いずれか"),
    "not": Words("not", "否定"),
    "is": Words("is", "値"),
    "unknown": Words("not known", "不明"),
    "rules": Words("rules that decided", "判断を決めた規則"),
    "nothing": Words("no rule permits it", "可とする規則がない"),
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
    action: Action,
    /,
    *,
    tenant: Name = None,
    end_user: Name = None,
    path: Name = None,
    site: Name = None,
    item: Annotated[str | None, Parameter(help="An item class, or a paragraph (3A090.a): all classes classified so.")] = None,
    from_site: Annotated[str | None, Parameter(name="--from", help="The site that a shift leaves.")] = None,
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
    names = Lookup(vault)
    meant = sorted(names.directory.items_named(item)) if item is not None else []
    about = {
        "tenant": _id(tenant, names, "--tenant", "party"),
        "end_user": _id(end_user, names, "--end-user", "party"),
        "path": _id(path, names, "--path", "path"),
        "site": _id(site, names, "--site", "site"),
        "item_class": item,
    }
    context = {
        "purpose": purpose,
        "cause": cause,
        "session_country": country,
        "person_known": person_known,
        "serials_listed": serials_listed,
        "work": work,
    }
    origin = _id(from_site, names, "--from", "site")
    classes = meant if len(meant) > 1 else [item]
    asked = [_question(action, {**about, "item_class": each}, origin, _said(context)) for each in classes]
    answers = [_answer(vault, question) for question in asked]
    answer = max(answers, key=lambda each: _STRICTEST.index(each["context"]["state"]))
    _name_near(answer, names)
    first = _several(item, dict(zip(meant, answers, strict=True)), lang) if len(meant) > 1 else []
    lines = [] if as_json else [*first, *_unnamed(answer, lang), *_page(vault, answer, lang)]
    show(as_json, answer, lines)
    return 0 if answer["decision"] else 1


@app.command
def replay(
    decision: Annotated[str, Parameter(help="The id of a decision: `context.id` of an answer.")],
    /,
    *,
    lang: Annotated[Language, Parameter(help="The language of the reasoning.")] = "en",
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """Make a past decision again from what the log kept: same packs, same facts. Exit 1 if it is not the same."""
    found = decided(at.open(), decision)
    show(as_json, _told(found), [] if as_json else _again(found, lang))
    return 0 if found.same else 1


def _question(
    action: str, about: dict[str, str | None], origin: str | None, context: dict[str, Any]
) -> dict[str, Any]:
    """Return the AuthZEN request that says this."""
    whose = next((kind for kind in ("end_user", "tenant") if about[kind]), "account")
    subject = about["path"] if whose == "account" else about[whose]
    if subject is None:
        raise BadInput("gate.ask", "nobody is named", help="give --end-user, --tenant or --path")
    what = next(
        (kind for kind in ("site", "path") if about[kind]), "item" if about["item_class"] else "tenant"
    )
    named = about["item_class"] if what == "item" else about[what]
    return {
        "subject": {"type": whose, "id": subject, "properties": _said({"tenant": about["tenant"]})},
        "action": {"name": action, "properties": _said({"from": origin})},
        "resource": {
            "type": what,
            "id": named or subject,
            "properties": _said({name: about[name] for name in ("site", "path", "item_class")}),
        },
        "context": context,
    }


def _said(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _answer(vault: Vault, question: dict[str, Any]) -> dict[str, Any]:
    """From the process that serves the vault, or, if none does, from the gate itself."""
    try:
        with open_gate(vault) as house:
            evaluation = msgspec.convert(question, Evaluation)
            ((answer,),) = house.gate.answer([Asking("local", frozenset(ACTIONS), (evaluation,))])
            told: dict[str, Any] = msgspec.to_builtins(answer)
            return told
    except KansaError as held:
        if held.code != "vault.held":
            raise
    answered: dict[str, Any] = post(vault.places.gate_socket, "/access/v1/evaluation", question)
    return answered


def _id(text: str | None, names: Lookup, option: str, kind: str) -> str | None:
    """Return the subject of this kind that an id, a source's key or a name means."""
    found = [] if text is None else names.named(text, kind)
    if len(found) > 1:
        raise BadInput(
            "gate.ask", f"`{text}` for `{option}` may be any of {', '.join(found)}", help="give the id"
        )
    return found[0] if found else text  # the gate says that it does not know it


def _page(vault: Vault, answer: dict[str, Any], lang: str) -> list[str]:
    """Return the answer with its reasoning, as it was kept."""
    context = answer["context"]
    lines = [_headline(context, lang)]
    if "id" not in context:
        return lines
    library = read_library()
    lines += drawn_wide(_reasoning(decided(vault, context["id"]), library, lang))
    lines += _listed(
        "duties", [f"{duty['due']}  {duty['words'][lang]}" for duty in context.get("obligations", ())], lang
    )
    lines += _listed("release", [words[lang] for words in context.get("release", ())], lang)
    until = _SAYS["expires" if answer["decision"] else "again"].in_(lang)
    entry = context["entry"]
    lines.append(f"{context['id']}  {entry['log']}#{entry['index']}  {until} {context['expires']}")
    return lines


def _name_near(answer: dict[str, Any], names: Lookup) -> None:
    """Add to each name that means nobody here those that read like it: for whoever runs the vault, not for callers."""
    for each in answer["context"].get("not_known", ()):
        each["near"] = _near(each["field"], each["given"], names)


def _near(field: str, given: str, names: Lookup) -> list[str]:
    """Return the names and keys of the kind that a field asks for that read most like a text, at most three."""
    if field == "item_class":
        known = names.directory
        controls = {control for said in known.items.values() for control in said.values() if control}
        return _alike(given, {*known.items, *controls})
    return names.near(given, _KIND.get(field, "party"), 3)


def _alike(given: str, names: set[str]) -> list[str]:
    folded = {name.casefold(): name for name in sorted(names)}
    return [folded[each] for each in get_close_matches(given.casefold(), folded, n=3, cutoff=0.5)]


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


def _several(item: str | None, answers: dict[str, dict[str, Any]], lang: str) -> list[str]:
    """Return which item classes a paragraph names, each with its answer; the strictest follows in full."""
    said = ", ".join(
        f"{name}: {_STATE[answer['context']['state']].in_(lang)}" for name, answer in answers.items()
    )
    return [_SAYS["classes"].in_(lang).format(item=item, said=said)]


def _headline(context: dict[str, Any], lang: str) -> str:
    return f"{_STATE[context['state']].in_(lang)}: {context['words'][lang]}"


def _listed(title: str, lines: list[str], lang: str) -> list[str]:
    return [_SAYS[title].in_(lang), *(f"  {line}" for line in lines)] if lines else []


def _again(found: Replayed, lang: str) -> list[str]:
    if found.again is None:
        return [str(found.refused)]
    verdict = _SAYS["same" if found.same else "other"].in_(lang)
    then, now = _STATE[found.claim.outcome].in_(lang), _STATE[found.again.outcome].in_(lang)
    tree = drawn_wide(_reasoning(found, read_library(), lang))
    return [f"{then}: {found.claim.valid_from}", *tree, verdict.format(then=then, now=now)]


def _told(found: Replayed) -> dict[str, Any]:
    """Return the stable result of a replay."""
    return {
        "decision": found.record.id,
        "entry": found.index,
        "same": found.same,
        "recorded": {
            "outcome": found.claim.outcome,
            "determining": found.claim.determining,
            "unknown": found.claim.unknown,
        },
        "replayed": None
        if found.again is None
        else {
            "outcome": found.again.outcome,
            "determining": list(found.again.determining),
            "unknown": list(found.again.unknown),
        },
        "not_replayable": None if found.refused is None else str(found.refused),
    }


def _reasoning(found: Replayed, library: Library, lang: str) -> Tree:
    """Return the rules that decided, each with the value and the truth of everything that it asked."""
    if found.edition is None or found.again is None:
        return Tree(_label(str(found.refused)))
    bound = {each.rule.id: each for each in found.edition.rules}
    if not found.again.determining:
        return Tree(_SAYS["nothing"].in_(lang))
    tree = Tree(_SAYS["rules"].in_(lang))
    facts = found.edition.catalogue.known(found.facts)
    for id_ in found.again.determining:
        _grow(tree, bound[id_], facts, library, lang)
    return tree


def _grow(tree: Tree, bound: EffectiveRule, facts: dict[str, Any], library: Library, lang: str) -> None:
    version, rule = bound.version, bound.rule
    mark = _MARK[truth(version.when, facts)]
    outcome = _STATE[rule.outcome or "hold"].in_(lang)
    branch = tree.add(
        _label(
            f"{mark} {outcome} {rule.id} ({_VERIFIED[version.verified].in_(lang)}) {version.words.in_(lang)}"
        )
    )
    for source in version.sources:
        branch.add(
            _label(_cited(source.citation, source.locator, library.citations.get(source.citation), lang))
        )
    _branch(branch, version.when, facts, library.catalogue, lang)


def _label(text: str) -> str:
    """Return a text as one line of a tree, whatever values from files stand in it."""
    return escape(in_line(text))


def _cited(id_: str, locator: str | None, citation: Citation | None, lang: str) -> str:
    if citation is None:
        return f"§ {id_}"
    where = " ".join(part for part in (citation.instrument, locator or citation.section) if part)
    return f"§ {where}: {citation.title.in_(lang)} ({_VERIFIED[citation.verified].in_(lang)})"


def _branch(tree: Tree, condition: Condition, facts: dict[str, Any], catalogue: Catalogue, lang: str) -> None:
    mark = _MARK[truth(condition, facts)]
    if isinstance(condition, Test):
        value = facts.get(condition.fact)
        shown = (
            _SAYS["unknown"].in_(lang)
            if value is None
            else f"{_SAYS['is'].in_(lang)} {_value(condition.fact, value, catalogue, lang)}"
        )
        asked = (
            sentence(condition, catalogue).in_(lang) if condition.fact in catalogue.facts else condition.fact
        )
        tree.add(_label(f"{mark} {asked} — {condition.fact} {shown}"))
        return
    if isinstance(condition, Not):
        _branch(tree.add(f"{mark} {_SAYS['not'].in_(lang)}"), condition.part, facts, catalogue, lang)
        return
    joined = tree.add(f"{mark} {_SAYS['all' if isinstance(condition, All) else 'any'].in_(lang)}")
    for part in condition.parts:
        _branch(joined, part, facts, catalogue, lang)


def _value(fact: str, value: Any, catalogue: Catalogue, lang: str) -> str:
    """Return the value of a fact as a reader of the language sees it; of an empty list a sign."""
    declared = catalogue.facts.get(fact)
    several = tuple(sorted(value)) if isinstance(value, frozenset) else value
    if several == ():
        return "∅"
    return operand(several, None if declared is None else declared.unit, catalogue, lang)
