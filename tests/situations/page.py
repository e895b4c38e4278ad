"""The page of situations, written from what the commands answered."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from kansa.clock import format_instant
from kansa.i18n import Words
from situations.scenes import AUTUMN, ITEMS, OWNED, SCENES, SPRING, TODAY, Ask, Scene, Watch
from situations.stage import Deal, Played, Stage

LANGUAGES = ("en", "ja")
Cited = Callable[[str, int], Words]
STATES = {
    "permit": Words("**permit**", "**可**"),
    "hold": Words("**hold**", "**保留**"),
    "deny": Words("**deny**", "**不可**"),
}
VERIFIED = {True: Words("verified", "原文確認済み"), False: Words("not verified", "原文未確認")}
RAISED = {True: Words("**raised**", "**該当**"), False: Words("not raised", "非該当")}

HEAD = Words(
    """# Situations

*[日本語](situations.ja.md)* · [the gate](gate.md) · [flags](flags.md) · [rule packs](rules/)

What the gate answers and which flags are raised where the law is not obvious: on a small vault of a fictional operator in Japan in which
everything else is in order. The tables are written by `kansa gate ask` and `kansa flags`, as of the day that each names
(otherwise 30 November 2026), the gate before any flag is recorded, since a grave open flag holds there; a test holds the outcomes against what was reasoned by hand from the law, and this page
against what is printed. An answer is evidence of what was known and decided, not legal advice.
""",
    """# 事例集

*[English](situations.md)* · [ゲート](gate.ja.md) · [懸念情報](flags.ja.md) · [規程パック](rules/README.ja.md)

法令の適用が自明でない事例について、ゲートの回答と懸念情報の有無を示します。他の事項がすべて整った架空の国内事業者の小さな保管庫で、
`kansa gate ask` と `kansa flags` が出力したものです（日付の記載がないものは2026年11月30日現在。重大な未解決の懸念情報はゲートで保留となるため、ゲートには懸念情報の記録前に照会）。結果は法令から人が導いた期待値とテストで照合し、
本ページも出力と一字ずつ照合しています。回答は何が判明し何を判断したかの証跡であり、法的助言ではありません。
""",
)
ASKED = Words("| asked | gate | rules that decided | cited |", "| 照会 | ゲート | 判断を決めた規則 | 根拠 |")
FLAGGED = Words("| on | flag | rule | cited |", "| 対象 | 懸念情報 | 規則 | 根拠 |")
RULE = "|---|---|---|---|"


@dataclass(frozen=True)
class Run:
    """Everything that was asked, with what was answered."""

    root: Path

    @cached_property
    def vaults(self) -> Mapping[int, Played]:
        """One vault a day that is asked about."""
        deals: dict[int, list[Deal]] = {AUTUMN: [OWNED], SPRING: [OWNED], TODAY: []}
        for scene in SCENES:
            named: tuple[Ask | Watch, ...] = (*scene.asks, *scene.watches)
            for each in named:
                if each.deal is not None and each.deal not in deals[each.at]:
                    deals[each.at].append(each.deal)
        played = {}
        for at, held in deals.items():
            stage = Stage(at, ITEMS).begin()
            for deal in held:
                stage.deal(deal)
            played[at] = stage.end(self.root / format_instant(at)[:10])
        return played

    @cached_property
    def answers(self) -> Mapping[Ask, dict[str, Any]]:
        """The answer to each question, by the gate of its day."""
        return {
            ask: self.vaults[ask.at].gate(ask.deal, ask.action, ask.purpose)
            for scene in SCENES
            for ask in scene.asks
        }

    @cached_property
    def flags(self) -> Mapping[int, dict[tuple[str, str], dict[str, Any]]]:
        """The flags of each day, by rule and subject; run once the gate was asked, since open flags hold there."""
        assert self.answers
        return {
            at: {(flag["rule"], flag["subject"]): flag for flag in played.flags()["flags"]}
            for at, played in self.vaults.items()
        }

    def flag(self, watch: Watch) -> dict[str, Any] | None:
        """The flag that is watched for; None if it was not raised."""
        stage = self.vaults[watch.at].stage
        if watch.deal is None:
            subject = stage.id("site", watch.site or "")
        elif watch.on == "party":
            subject = stage.id("party", watch.deal.firm.name)
        else:
            key = f"{watch.deal.firm.name} {watch.deal.item} {watch.deal.site}"
            subject = stage.id(watch.on, key)
        return self.flags[watch.at].get((watch.rule, subject))


def pages(run: Run, cited: Cited) -> dict[str, str]:
    """The page by the name of its file; `cited` says what each rule cites at an instant."""
    return {
        f"situations{'' if language == 'en' else '.ja'}.md": "\n".join(_page(run, cited, language))
        for language in LANGUAGES
    }


def _page(run: Run, cited: Cited, language: str) -> Iterator[str]:
    yield HEAD.in_(language)
    for number, scene in enumerate(SCENES, 1):
        yield f"## {number}. {scene.title.in_(language)}\n"
        yield f"{scene.law.in_(language)}\n"
        yield from _asks(run, scene, cited, language)
        yield from _watches(run, scene, cited, language)


def _asks(run: Run, scene: Scene, cited: Cited, language: str) -> Iterator[str]:
    if not scene.asks:
        return
    yield from (ASKED.in_(language), RULE)
    for ask in scene.asks:
        context = run.answers[ask]["context"]
        reasons = context["reasons"]
        command = f"`{ask.action}{f' --purpose {ask.purpose}' if ask.purpose else ''}`"
        rules = "<br>".join(_reason(reason, language) for reason in reasons)
        sources = "<br>".join(
            dict.fromkeys(cited(reason["rule"], ask.at).in_(language) for reason in reasons)
        )
        state = STATES[context["state"]].in_(language)
        yield f"| {ask.case.in_(language)}: {command} | {state} | {rules} | {sources} |"
    yield ""


def _reason(reason: dict[str, Any], language: str) -> str:
    unknown = Words(" (not known)", "（不明）").in_(language) if reason.get("unknown") else ""
    return f"`{reason['rule']}`{unknown}: {reason['words'][language]}"


def _watches(run: Run, scene: Scene, cited: Cited, language: str) -> Iterator[str]:
    if not scene.watches:
        return
    yield from (FLAGGED.in_(language), RULE)
    for watch in scene.watches:
        raised = RAISED[run.flag(watch) is not None].in_(language)
        yield f"| {watch.case.in_(language)} | {raised} | `{watch.rule}` | {cited(watch.rule, watch.at).in_(language)} |"
    yield ""
