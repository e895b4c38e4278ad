"""A pack, or one of its rules, as a page in Markdown, in English or Japanese: everything in it is data of the pack."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from kansa.clock import format_instant
from kansa.i18n import Words
from kansa.rules.assessable import UNASSESSABLE, can_be_assessed, untold
from kansa.rules.citations import CONFIDENCE, Citation, Source, is_practice
from kansa.rules.conditions import Operand
from kansa.rules.effective_dates import Standing, Status, Stretch
from kansa.rules.loading.library import Library
from kansa.rules.pack import Case, Header, Outcome, Pack, Parameter, Rule, Severity, Version
from kansa.rules.publish.sentence import operand, sentence
from kansa.rules.tables import Table, TablePack, TableVersion

STATUS: Mapping[Status, Words] = {
    "in_force": Words("in force", "有効"),
    "not_enforced": Words("not enforced", "執行されていない"),
    "suspended": Words("suspended", "停止中"),
    "withdrawn": Words("withdrawn", "撤回"),
    "proposed": Words("proposed", "案"),
    "unknown": Words("unknown", "不明"),
}
STANDING: Mapping[Standing, Words] = {
    "binds": Words("applies", "適用する"),
    "unsettled": Words("both answers; hold at most", "両方の答えを記録し、保留まで"),
    "does_not_bind": Words("shown; changes nothing", "表示のみ（結果を変えない）"),
}
SEVERITY: Mapping[Severity, Words] = {
    "low": Words("low", "低"),
    "medium": Words("medium", "中"),
    "high": Words("high", "高"),
}
OUTCOME: Mapping[Outcome, Words] = {
    "permit": Words("permit", "可"),
    "hold": Words("hold", "保留"),
    "deny": Words("deny", "不可"),
}
VERIFIED = {
    True: Words("verified", "原文確認済み"),
    False: Words("**unverified**", "**原文未確認**"),
}
PRACTICE = Words("our practice, not law", "製品の実務（法令ではない）")
_LABELS = {
    "not_advice": Words(
        "Evidence, not legal advice. *Unverified* means that nobody has compared the statement with the official text;"
        " an unverified rule can hold or raise a flag, but never denies alone and never clears.",
        "証跡を示すものであり、法的助言ではありません。「原文未確認」は公式文書と照合していないことを示します。原文未確認の規則は保留または懸念情報の提起はできますが、単独で不可とすることも、可とすることもありません。",
    ),
    "packs": Words("Rule packs", "規程パック"),
    "format": Words(
        "How a pack is written: [format{0}](format{0}). Each page is made from its pack; see `kansa rules show`.",
        "書き方は[format{0}](format{0})。各ページはパックから生成したもので、`kansa rules show`でも表示できます。",
    ),
    "version": Words("version", "版"),
    "meaning": Words("meaning", "規則内容のハッシュ"),
    "about": Words("about", "対象"),
    "severity": Words("severity", "重大度"),
    "outcome": Words("outcome", "判定"),
    "actions": Words("actions", "行為"),
    "condition": Words("The condition says", "条件"),
    "source": Words("Source", "出典"),
    "follow_up": Words("Follow-up", "対応"),
    "parameters": Words("Parameters", "パラメータ"),
    "rules": Words("Rules", "規則"),
    "tables": Words("Tables", "表"),
    "cases": Words("Cases", "事例"),
    "base": Words("Unless a case says otherwise: {}.", "特記のない限り：{}。"),
    "confidence": Words("Confidence", "確度"),
    "citations": Words("Citations", "引用"),
    "open": Words("open", "継続中"),
    "unknown": Words("unknown", "不明"),
    "since": Words("Since {}", "{} から"),
}
_HEADS = {
    "packs": (
        Words("pack", "パック"), Words("kind", "種類"), Words("jurisdiction", "法域"), Words("rules or tables", "規則・表"), Words("of them verified", "うち原文確認済み"), Words("our practice", "製品の実務"), Words("cannot be assessed", "評価できない"), Words("cases", "事例"),
    ),
    "versions": (
        Words("from", "開始"), Words("to", "終了"), Words("text", "条文"), Words("enforcement", "執行"), Words("so it", "扱い"),
    ),
    "parameters": (
        Words("name", "名称"), Words("value", "値"), Words("what", "内容"), Words("source", "出典"), Words("", ""),
    ),
    "rows": (Words("value", "値"), Words("what has it", "該当するもの")),
    "cases": (
        Words("case", "事例"), Words("facts", "事実"), Words("hits", "該当"), Words("misses", "非該当"), Words("unknown", "不明"), Words("outcome", "判定"),
    ),
    "citations": (
        Words("id", "ID"), Words("instrument", "文書"), Words("date", "日付"), Words("confidence", "確度"), Words("", ""),
    ),
}  # fmt: skip


def checked(verified: bool, confidences: Iterable[str]) -> Words:  # noqa: FBT001 - the mark itself
    """Return whether somebody compared something with the official text; what is the operator's own practice has none."""
    return PRACTICE if is_practice(confidences) else VERIFIED[verified]


def unassessable(version: Version) -> tuple[Words, ...]:
    """Return that a version cannot be assessed and for want of which facts; nothing if it can be."""
    names = ", ".join(f"`{name}`" for name in untold(version))
    if not names:
        return ()
    return (Words(UNASSESSABLE.en.format(names), UNASSESSABLE.ja.format(names)),)


def pages(library: Library) -> Iterator[tuple[str, str]]:
    """Yield every page of a library with the name of its file: an index and a page a pack, each in both languages."""
    for language, suffix in (("en", ".md"), ("ja", ".ja.md")):
        yield f"README{suffix}", _Page(library, language).index(suffix)
        for pack in library.asked:
            yield f"{pack.id}{suffix}", pack_page(pack, library, language)


def pack_page(pack: Pack | TablePack, library: Library, language: str) -> str:
    """Return the page of a pack."""
    page = _Page(library, language)
    lines = [*page.head(pack.header, pack.meaning)]
    if isinstance(pack, Pack):
        lines += page.parameters(pack.parameters)
        lines += ["", f"## {page.say('rules')}"]
        lines += [line for rule in pack.rules for line in page.rule(rule)]
        versions: list[Version | TableVersion] = [version for rule in pack.rules for version in rule.versions]
    else:
        lines += ["", f"## {page.say('tables')}"]
        lines += [line for table in pack.tables for line in page.table_of(table)]
        versions = [version for table in pack.tables for version in table.versions]
    lines += page.cases(pack.cases)
    lines += page.citations(source for version in versions for source in version.sources)
    return "\n".join(lines) + "\n"


def rule_page(rule: Rule, pack: Pack, library: Library, language: str) -> str:
    """Return the page of one rule, with its cases."""
    page = _Page(library, language)
    about = [case for case in pack.cases if rule.id in {*case.hits, *case.misses, *case.unknown}]
    lines = [*page.rule(rule), *page.cases(about)]
    lines += page.citations(source for version in rule.versions for source in version.sources)
    return "\n".join(lines).strip() + "\n"


class _Page:
    def __init__(self, library: Library, language: str) -> None:
        self.library = library
        self.language = language

    def say(self, name: str) -> str:
        return _LABELS[name].in_(self.language)

    def index(self, suffix: str) -> str:
        lines = [
            f"# {self.say('packs')}",
            "",
            self.say("not_advice"),
            "",
            self.say("format").format(suffix),
            "",
        ]
        lines += self.table("packs", (self.listed(pack, suffix) for pack in self.library.asked))
        return "\n".join(lines) + "\n"

    def listed(self, pack: Pack | TablePack, suffix: str) -> tuple[str, ...]:
        versions: list[Version | TableVersion] = []
        if isinstance(pack, Pack):
            versions += [rule.versions[-1] for rule in pack.rules]
        else:
            versions += [table.versions[-1] for table in pack.tables]
        marks = [
            checked(version.verified, (source.confidence for source in version.sources))
            for version in versions
        ]
        verified, practice = (sum(mark is wanted for mark in marks) for wanted in (VERIFIED[True], PRACTICE))
        open_ = sum(not can_be_assessed(rule) for rule in pack.rules) if isinstance(pack, Pack) else 0
        words = f"[{pack.header.words.in_(self.language)}]({pack.id}{suffix})"
        return (
            words,
            pack.header.kind,
            pack.header.jurisdiction,
            f"{len(versions)}",
            f"{verified}",
            f"{practice}",
            f"{open_}",
            f"{len(pack.cases)}",
        )

    def head(self, header: Header, meaning: str) -> Iterator[str]:
        yield f"# {header.words.in_(self.language)}"
        yield ""
        parts = (
            header.kind,
            header.jurisdiction,
            f"{self.say('version')} {header.version}",
            f"{self.say('meaning')} `{meaning[:16]}`",
        )
        yield f"`{header.id}` · {' · '.join(parts)}"
        yield ""
        yield self.say("not_advice")

    def parameters(self, parameters: Sequence[Parameter]) -> Iterator[str]:
        if parameters:
            yield from ("", f"## {self.say('parameters')}", "")
            yield from self.table("parameters", map(self.parameter, parameters))

    def parameter(self, parameter: Parameter) -> tuple[str, ...]:
        value = operand(parameter.value, parameter.unit, self.library.catalogue, self.language)
        sources = " ".join(f"`{source.citation}` ({source.confidence})" for source in parameter.sources)
        words = parameter.words.in_(self.language)
        return f"`{parameter.name}`", value, words, sources, self.mark(parameter)

    def rule(self, rule: Rule) -> Iterator[str]:
        latest = rule.versions[-1]
        yield from ("", f"### {latest.words.in_(self.language)}", "", f"`{rule.id}`", "")
        yield " · ".join(self.marks(rule, latest))
        yield ""
        yield from self.table("versions", map(self.stretch, rule.versions))
        for n, version in enumerate(rule.versions):
            if n == 0 or _meaning_parts(version) != _meaning_parts(rule.versions[n - 1]):
                yield from self.version(version, dated=n > 0)
        if rule.follow_up:
            yield from ("", f"{self.say('follow_up')}:", "")
            yield from (f"- {words.in_(self.language)}" for words in rule.follow_up)

    def marks(self, rule: Rule, version: Version) -> Iterator[str]:
        if rule.severity is not None:
            yield f"{self.say('severity')}: {SEVERITY[rule.severity].in_(self.language)}"
            yield f"{self.say('about')}: {rule.subject}"
        if rule.outcome is not None:
            yield f"{self.say('outcome')}: {OUTCOME[rule.outcome].in_(self.language)}"
            yield f"{self.say('actions')}: {', '.join(rule.actions)}"
        yield self.mark(version)
        yield from (f"**{words.in_(self.language)}**" for words in unassessable(version))

    def mark(self, found: Version | TableVersion | Parameter) -> str:
        """Return whether it was compared with the official text."""
        return checked(found.verified, (source.confidence for source in found.sources)).in_(self.language)

    def version(self, version: Version, *, dated: bool) -> Iterator[str]:
        if dated:
            since = self.say("since").format(_day(version.start))
            yield from ("", f"{since}: {version.words.in_(self.language)}")
        says = sentence(version.when, self.library.catalogue).in_(self.language)
        yield from ("", f"{self.say('condition')}: {says}", "")
        yield from (f"- {self.say('source')}: {self.source(source)}" for source in version.sources)

    def source(self, source: Source) -> str:
        citation = self.library.citations[source.citation]
        locator = f", {source.locator}" if source.locator else ""
        ours = f", `{source.ours}`" if source.ours else ""
        sure = "; ".join(CONFIDENCE[code].in_(self.language) for code in source.confidence.split("+"))
        return f"{self.cited(citation)}{locator}{ours} — {source.confidence}: {sure}"

    def cited(self, citation: Citation) -> str:
        title = citation.title.in_(self.language)
        return f"[{title}]({citation.url})" if citation.url else title

    def table_of(self, table: Table) -> Iterator[str]:
        yield from ("", f"### {table.words.in_(self.language)}", "", f"`{table.id}`", "")
        yield from self.table("versions", map(self.stretch, table.versions))
        for version in table.versions:
            yield from ("", self.say("since").format(_day(version.start)), "")
            yield from self.table("rows", self.rows(version))
            yield ""
            yield from (f"- {self.say('source')}: {self.source(source)}" for source in version.sources)
            yield f"- {self.mark(version)}"

    def rows(self, version: TableVersion) -> Iterator[tuple[str, ...]]:
        for row in version.rows:
            keys = " ".join(row.keys)
            yield (
                row.value,
                keys if row.when is None else sentence(row.when, self.library.catalogue).in_(self.language),
            )

    def stretch(self, stretch: Stretch) -> tuple[str, ...]:
        until = self.say("open") if stretch.end is None else _day(stretch.end)
        statuses = (
            STATUS[status].in_(self.language) for status in (stretch.text_status, stretch.enforcement_status)
        )
        return _day(stretch.start), until, *statuses, STANDING[stretch.standing].in_(self.language)

    def cases(self, cases: Sequence[Case]) -> Iterator[str]:
        if cases:
            yield from ("", f"## {self.say('cases')}", "")
            base = _shared(cases)
            if base:
                yield from (self.say("base").format(", ".join(_facts(base))), "")
            yield from self.table("cases", (self.case(case, base) for case in cases))

    def case(self, case: Case, base: Mapping[str, Operand]) -> tuple[str, ...]:
        changed = {name: value for name, value in case.facts.items() if base.get(name) != value}
        facts = [*_facts(changed), *(f"`{name}: null`" for name in base if name not in case.facts)]
        asked = OUTCOME[case.outcome].in_(self.language) if case.outcome else ""
        outcome = f"{case.action}: {asked}" if case.action else ""
        named = (", ".join(map(_short, ids)) for ids in (case.hits, case.misses, case.unknown))
        return case.name, ", ".join(facts), *named, outcome

    def citations(self, sources: Iterable[Source]) -> Iterator[str]:
        cited = sorted({source.citation for source in sources})
        yield from ("", f"## {self.say('citations')}", "")
        yield from self.table("citations", (self.citation(self.library.citations[id_]) for id_ in cited))
        yield from ("", f"{self.say('confidence')}:", "")
        yield from (f"- {code}: {words.in_(self.language)}" for code, words in CONFIDENCE.items())

    def citation(self, citation: Citation) -> tuple[str, ...]:
        section = f" {citation.section}" if citation.section else ""
        note = f" {citation.note.in_(self.language)}" if citation.note else ""
        named = f"{citation.instrument}{section}: {self.cited(citation)}{note}"
        mark = checked(citation.verified, citation.confidence.split("+")).in_(self.language)
        return f"`{citation.id}`", named, citation.date or self.say("unknown"), citation.confidence, mark

    def table(self, name: str, rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
        heads = [words.in_(self.language) for words in _HEADS[name]]
        yield f"| {' | '.join(heads)} |"
        yield f"|{' --- |' * len(heads)}"
        for row in rows:
            cells = (cell.replace("|", r"\|") for cell in row)
            yield f"| {' | '.join(cells)} |"


def _meaning_parts(version: Version) -> tuple[object, ...]:
    return version.when, version.words, version.sources, version.verified


def _day(instant: int) -> str:
    """Return an instant as a reader finds it: its day where it is a midnight UTC, else to the minute."""
    stamp = format_instant(instant)
    return stamp[:10] if stamp.endswith("T00:00:00.000Z") else f"{stamp[:10]} {stamp[11:16]}Z"


def _shared(cases: Sequence[Case]) -> dict[str, Operand]:
    """Return the facts that more than half of the cases start from, so that each need only show what it changes."""
    told = Counter((name, value) for case in cases for name, value in case.facts.items())
    return {name: value for (name, value), times in told.items() if 2 * times > len(cases)}


def _facts(facts: Mapping[str, Operand]) -> list[str]:
    """Facts as they are written in the file of the cases."""
    return [f"`{name}: {_written(value)}`" for name, value in facts.items()]


def _written(value: Operand) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(_written, value))}]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _short(id_: str) -> str:
    """Return a rule by the last part of its id; a value of a table stays as it is."""
    return f"`{id_.rpartition('.')[2] if id_.startswith('kansa.') else id_}`"
