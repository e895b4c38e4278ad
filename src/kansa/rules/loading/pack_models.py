"""What every pack that is read as models says of itself: header, words, sources. Packs of rules are read by hand."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import AfterValidator, WithJsonSchema

from kansa.config_files import ProblemCollector, known
from kansa.config_files.models import ConfigModel, Fault, doc, read_model, title
from kansa.config_files.values import OneOrMore
from kansa.i18n import Words
from kansa.rules.citations import CONFIDENCE, SURE, Backing, Citation, Source
from kansa.rules.loading.opened import CODE, ID, NUMBERED
from kansa.rules.pack import Header

Pack = TypeVar("Pack", bound="PackModel")

_CODES = re.compile(rf"({'|'.join(CONFIDENCE)})(\+({'|'.join(CONFIDENCE)}))*")


def _pack_id(value: str) -> str:
    if ID.fullmatch(value) is None:
        raise Fault(f"`{value}` is not `kansa.` and names in lower case", structural=True)
    return value


def _confidence(value: str) -> str:
    if _CODES.fullmatch(value) is None:
        advice = f"codes are {', '.join(CONFIDENCE)}, joined by `+`"
        raise Fault(f"`{value}` is no confidence", advice, structural=True)
    return value


class WordsModel(ConfigModel):
    """One text in both languages."""

    model_config = title("Words", "文言")
    en: str = doc("in English", "英語", min_length=1)
    ja: str = doc("in Japanese", "日本語", min_length=1)

    def words(self) -> Words:
        """Return the text."""
        return Words(self.en, self.ja)


class SourceModel(ConfigModel):
    """A text that something rests on."""

    model_config = title("Source", "根拠")
    citation: str = doc("an entry of the citation table", "引用表の見出し", example="kansa.practice")
    confidence: Annotated[
        str, AfterValidator(_confidence), WithJsonSchema({"type": "string", "pattern": f"^{_CODES.pattern}$"})
    ] = doc("how sure that is: codes joined by `+`", "確かさ。符号を `+` でつなぐ", example="P")
    locator: str | None = doc("the place in the text", "文書中の位置", None)
    ours: str | None = doc("our own number for the statement", "当方の整理番号", None)


class BackedModel(ConfigModel):
    """A part of a pack, with what it rests on."""

    id: str = doc("the pack's id, a dot and a name", "パックの id、ピリオド、名前")
    words: WordsModel = doc("what it says", "文言", example="{en: …, ja: …}")
    source: OneOrMore[SourceModel] = doc(
        "what it rests on", "根拠", example="{citation: kansa.practice, confidence: P}", min_length=1
    )
    verified: bool = doc(
        "`true`: somebody compared it with its source", "`true` なら原文確認済み", default=False
    )

    def backing(self, citations: Mapping[str, Citation]) -> Backing:
        """Return the sources; one that is not in the citation table, or not sure enough, is refused."""
        for source in self.source or ():
            if source.has("citation") and source.citation not in citations:
                source.refuse(f"`{source.citation}` is not in the citation table", "citation")
        sources = tuple(
            Source(each.citation, each.confidence, each.locator, each.ours) for each in self.source or ()
        )
        codes = {code for each in sources if each.confidence for code in each.confidence.split("+")}
        if self.verified and codes and not codes <= SURE:
            said = "+".join(each.confidence for each in sources)
            self.refuse(
                f"says verified, but its confidence is `{said}`", "verified", "only C and P are verified"
            )
        return Backing(sources, self.verified)

    def check_id(self, pack: "PackModel") -> None:
        """Refuse an id that is not the pack's and a name that says what it is about."""
        if not self.has("id") or not pack.has("pack"):
            return
        if ID.fullmatch(self.id) is None or self.id.rpartition(".")[0] != pack.pack:
            self.refuse(f"`{self.id}` is not `{pack.pack}.` and a name", "id")
        elif NUMBERED.search(self.id):
            self.refuse(f"`{self.id}` looks like a regulator's own number", "id", "say what it is about")


class PackModel(ConfigModel):
    """What every pack says of itself; a pack says of which kind it is in its field `kind`."""

    pack: Annotated[
        str,
        AfterValidator(_pack_id),
        WithJsonSchema({"type": "string", "pattern": f"^{ID.pattern}$"}),
    ] = doc("the pack's id", "パックの id", example="kansa.routes")
    version: str = doc("its version", "版", example='"2026-11-22.1"')
    kind: str
    jurisdiction: str = doc("whose law it is about, or `any`", "法域。問わなければ `any`", example="any")
    words: WordsModel = doc("what it is called", "名称", example="{en: …, ja: …}")
    roles: dict[str, WordsModel] = doc(
        "the roles that it names", "パックで使う役割", example="{export_control_officer: {en: …, ja: …}}"
    )

    def header(self) -> Header:
        """Return the header of a pack with which nothing is wrong."""
        return Header(self.pack, self.version, self.kind, self.jurisdiction, self.words.words())  # type: ignore[arg-type] # by its literal

    def named_roles(self) -> dict[str, Words]:
        """Return the roles of a pack with which nothing is wrong."""
        return {name: words.words() for name, words in self.roles.items()}

    def check_role(self, part: ConfigModel, field: str, role: str | None) -> None:
        """Refuse a role that the pack does not declare."""
        if role is not None and part.has(field) and self.has("roles") and role not in self.roles:
            part.refuse(f"`{role}` is no role of the pack", field, known(role, self.roles))


def read_pack_model(path: Path, model: type[Pack]) -> tuple[Pack, ProblemCollector]:
    """Read a pack's file; what is wrong with it is in the collector.

    Raises:
        BadInput: `pack.content`, it is no strict YAML or no mapping.
    """
    sink = ProblemCollector(str(path), CODE)
    return read_model(path, model, sink), sink
