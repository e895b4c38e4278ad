"""Packs of controls and of approval routes as pages in Markdown, in English or Japanese: everything in them is data."""

from collections.abc import Collection, Iterable, Iterator

from kansa.cases.routes import Route, RoutePack
from kansa.clock import DAY
from kansa.controls.pack import OPERATOR, Control, ControlPack, Sign
from kansa.i18n import Words
from kansa.rules.citations import Source
from kansa.rules.publish.pack_pages import VERIFIED

_LABELS = {
    "version": Words("version", "版"),
    "meaning": Words("meaning", "規則内容のハッシュ"),
    "operator": Words("the operator", "事業者"),
    "itself": Words("as long as it says", "記載の期限まで"),
    "days": Words("{} days", "{}日"),
    "controls": Words(
        "A control says that a record is on file and current, not that what it says is right. *Unverified* means that"
        " nobody has compared the statement with the official text. `kansa controls` holds a vault against them.",
        "統制は、有効な証跡が保管されていることを示すもので、内容の正しさを示すものではありません。「原文未確認」は公式文書と"
        "照合していないことを示します。`kansa controls` で保管庫と突き合わせます。",
    ),
    "routes": Words(
        "Each step is taken by other persons than the steps before; the first proposes, the last decides.",
        "各段階は前の段階と異なる者が担当します。最初の段階が起案し、最後の段階が決定します。",
    ),
    "tiers": Words("For the risk tiers: {}", "対象リスク区分：{}"),
    "populations": Words("Whom controls are about", "統制の対象"),
}
_CONTROLS = (
    Words("control", "統制"), Words("about", "対象"), Words("responsible", "責任者"), Words("fresh", "有効期間"),
    Words("evidence", "証跡"), Words("ended by", "終了事由"), Words("serves", "対応する規則"), Words("source", "出典"), Words("", ""),
)  # fmt: skip
_STEPS = (Words("step", "段階"), Words("role", "役割"), Words("persons", "人数"), Words("substitute", "代行"))
_OPEN = Words("cannot be assessed", "評価できない")
_POPULATIONS = (Words("population", "対象"), Words("evidence", "証跡"), Words("ended by", "終了事由"))


def pages(
    controls: ControlPack, routes: RoutePack, open_rules: Collection[str] = ()
) -> Iterator[tuple[str, str]]:
    """Yield the pages of both packs with the names of their files, in both languages.

    Of the rules that controls serve, `open_rules` are those that cannot be assessed, which is said beside them.
    """
    for language, suffix in (("en", ".md"), ("ja", ".ja.md")):
        yield f"{controls.header.id}{suffix}", controls_page(controls, language, open_rules)
        yield f"{routes.header.id}{suffix}", routes_page(routes, language)


def controls_page(pack: ControlPack, language: str, open_rules: Collection[str] = ()) -> str:
    """Return what must be shown, family by family."""
    lines = [*_head(pack, language), "", _say("controls", language)]
    for family, words in pack.families.items():
        rows = (_control(each, pack, language, open_rules) for each in pack.controls if each.family == family)
        lines += ["", f"## {words.in_(language)}", "", *_table(_CONTROLS, rows, language)]
    populations = (
        (of.words.in_(language), _signs(of.evidence.any), _signs(of.evidence.ended_by))
        for of in pack.populations.values()
    )
    lines += ["", f"## {_say('populations', language)}", "", *_table(_POPULATIONS, populations, language)]
    return "\n".join(lines) + "\n"


def routes_page(pack: RoutePack, language: str) -> str:
    """Return which steps a decision takes."""
    lines = [*_head(pack, language), "", _say("routes", language)]
    for route in pack.routes:
        lines += ["", f"## {route.words.in_(language)}", "", f"`{route.id}`", ""]
        if route.tiers:
            lines += [_say("tiers", language).format(", ".join(route.tiers)), ""]
        lines += _table(_STEPS, _steps(route, pack, language), language)
    return "\n".join(lines) + "\n"


def _head(pack: ControlPack | RoutePack, language: str) -> Iterator[str]:
    header = pack.header
    yield f"# {header.words.in_(language)}"
    yield ""
    version, meaning = (_say(name, language) for name in ("version", "meaning"))
    yield f"`{header.id}` · {header.jurisdiction} · {version} {header.version} · {meaning} `{pack.meaning[:16]}`"


def _control(
    control: Control, pack: ControlPack, language: str, open_rules: Collection[str]
) -> tuple[str, ...]:
    population = pack.populations.get(control.about)
    about = _say(OPERATOR, language) if population is None else population.words.in_(language)
    days = None if control.fresh is None else _say("days", language).format(control.fresh // DAY)
    return (
        f"{control.words.in_(language)} `{control.id.rpartition('.')[2]}`",
        about,
        pack.roles[control.responsible].in_(language),
        days or _say("itself", language),
        _signs(control.evidence.any),
        _signs(control.evidence.ended_by),
        " ".join(_served(rule, language, open_rules) for rule in control.serves),
        ", ".join(_source(source) for source in control.sources),
        _mark(control).in_(language),
    )


def _served(rule: str, language: str, open_rules: Collection[str]) -> str:
    said = f"`{rule.removeprefix('kansa.')}`"
    return f"{said} ({_OPEN.in_(language)})" if rule in open_rules else said


def _mark(control: Control) -> Words:
    """Practice is nothing that could be compared with a text."""
    practice = all(source.confidence == "P" for source in control.sources)
    return Words("practice", "実務") if practice else VERIFIED[control.verified]


def _signs(signs: Iterable[Sign]) -> str:
    return ", ".join(dict.fromkeys(_sign(sign) for sign in signs))


def _sign(sign: Sign) -> str:
    asked = [f"{name} {'/'.join(str(value) for value in values)}" for name, values in sign.where]
    asked += [f"{name} ≠ null" for name in sign.having]
    kind = sign.type.removeprefix("kansa.").removesuffix(".v0")
    return f"`{kind}`" + (f" ({', '.join(asked)})" if asked else "")


def _source(source: Source) -> str:
    return f"`{source.citation}` ({source.confidence})"


def _steps(route: Route, pack: RoutePack, language: str) -> Iterator[tuple[str, ...]]:
    for named in route.steps:
        substitute = named.step.substitute
        yield (
            named.words.in_(language),
            pack.roles[named.step.role].in_(language),
            str(named.step.quorum),
            "" if substitute is None else pack.roles[substitute].in_(language),
        )


def _table(heads: tuple[Words, ...], rows: Iterable[tuple[str, ...]], language: str) -> Iterator[str]:
    yield f"| {' | '.join(head.in_(language) for head in heads)} |"
    yield f"|{' --- |' * len(heads)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"


def _say(name: str, language: str) -> str:
    return _LABELS[name].in_(language)
