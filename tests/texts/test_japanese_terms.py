"""The words of the field in Japanese, everywhere: code, packs, report and documentation."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import kansa

SOURCE = Path(kansa.__file__).parent
ROOT = SOURCE.parents[1]
DOCS = [
    ROOT / "README.ja.md",
    *sorted((ROOT / "docs").glob("*.ja.md")),
    *sorted((ROOT / "docs/sources").glob("*.ja.md")),
]
_JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")

# 許可 is the minister's licence. Of decisions by people it is 承認, of the gate 可.
FORBIDDEN = {
    "許可する": r"許可する|許可でき(?!る者)|許可され|許可済み|「許可」|許可なく移動|許可後",
    "照合済み (of official text: 原文確認済み)": r"(?<!再)照合済み|未照合",
    "該当 (of screening: 一致候補)": r"該当がありません|該当候補",
    "意味ハッシュ": r"意味ハッシュ",
    "観測なし (unobserved: 未観測)": r"観測なし",
    "最終需要者の確認 (需要者確認)": r"最終需要者の確認(?!や|者|済)",
    "エントリ (台帳の第N号)": r"エントリ(?!ー|ーポイント|イ)",
}
ALLOWED = (
    "供給時に許可され",  # by the minister
)


def _texts() -> Iterator[tuple[str, str]]:
    """Yield every Japanese text with its place."""
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and _JAPANESE.search(node.value)
            ):
                yield f"{path.relative_to(ROOT)}:{node.lineno}", node.value
    for path in [*sorted(SOURCE.rglob("*.yaml")), *DOCS]:
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if _JAPANESE.search(line):
                yield f"{path.relative_to(ROOT)}:{number}", line


@pytest.mark.parametrize("word", FORBIDDEN)
def test_a_word_that_means_something_else_in_the_field_is_not_used(word: str) -> None:
    """One word for one thing (design §2): nobody takes the gate's answer for the minister's licence."""
    pattern = re.compile(FORBIDDEN[word])
    found = [
        f"{place}: {text.strip()[:80]}"
        for place, text in _texts()
        if pattern.search(text) and not any(allowed in text for allowed in ALLOWED)
    ]
    assert found == []


@pytest.mark.parametrize("page", DOCS, ids=lambda path: path.name)
def test_documentation_is_polite(page: Path) -> None:
    """です・ます in every paragraph of prose; lists and tables may end in nouns."""
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    plain = [
        sentence
        for paragraph in text.split("\n\n")
        if not paragraph.lstrip().startswith(("#", "|", "<", "!", "- ", "    "))
        for sentence in re.findall(r"[^。\n]*[。]", paragraph)
        if re.search(
            r"(?:である|(?<![まで])した|する|ない|だ|れる|いる|ある|える|せる|よい|なる|める)。$", sentence
        )
    ]
    assert plain == []


SPOKEN = (
    "interfaces",
    "presentation",
    "application",
    "gate",
    "flags",
    "cases",
    "controls",
    "dossier/report",
    "texts",
)
"""Where texts of commands, answers and the report stand."""
_PLAIN_END = re.compile(
    r"(?:である|であった|ではない|でない|(?<![たんま])だ|(?<![まで])した|(?<!くだ)さい)$"
    r"|(?:する|ない|なかった|れる|いる|ある|える|なる|める|せる|った|(?<![まで])した|である|だ)。"
)


@pytest.mark.parametrize("package", SPOKEN)
def test_commands_answer_politely(package: str) -> None:
    """です・ます; a text may end in a noun, never in だ or である, and no sentence ends plainly."""
    plain = [
        f"{path.relative_to(ROOT)}:{node.lineno}: {node.value.strip()[-40:]}"
        for path in sorted((SOURCE / package).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and _JAPANESE.search(node.value)
        and _PLAIN_END.search(node.value.strip())
    ]
    assert plain == []


@pytest.mark.parametrize("pack", sorted((SOURCE / "rules/packs").glob("*.yaml")), ids=lambda path: path.stem)
def test_packs_speak_politely(pack: Path) -> None:
    """Every sentence of a rule, what to do and of a source; what is quoted from a law stands in 「」."""
    sentences = [
        sentence
        for line in pack.read_text("utf-8").splitlines()
        if "ja:" in line
        for sentence in re.findall(r"[^。「」]*。", line.partition("ja:")[2])
    ]
    plain = [
        each
        for each in sentences
        if re.search(r"(?:である|だ|(?<![まで])した|する|ない|れる|いる|ある|える|なる|める)。$", each)
    ]
    assert plain == []
