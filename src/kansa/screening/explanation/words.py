"""What the explanation says, in English and Japanese."""

from typing import Literal

Language = Literal["en", "ja"]
Pair = tuple[str, str]

LABELS: dict[str, Pair] = {
    "asked": ("asked", "照会した名称"),
    "listed": ("on the list", "リスト上の名称"),
    "how": ("how they meet", "一致の仕方"),
    "likeness": ("likeness", "近さ"),
    "weight": ("weight", "重み"),
    "score": ("score", "スコア"),
    "reasons": ("reasons", "理由"),
}
HOWS: dict[str | None, Pair] = {
    "equal": ("equal", "同じ"),
    "meaning": ("same meaning", "同じ意味・同じ名"),
    "abbreviation": ("abbreviated", "略語"),
    "initial": ("initial", "頭文字"),
    "spelling": ("spelt nearly alike", "綴りが近い"),
    "sound": ("sounds alike", "音が近い"),
    "joined": ("alike when written together", "続けて書くと近い"),
    None: ("left over", "対応なし"),
}
REASONS: dict[str, Pair] = {
    "name.equal": ("the names are equal", "名称が同一"),
    "name.equal_when_folded": ("equal but for old, new or simplified characters", "字体の違いを除き同一"),
    "name.meaning": ("words that mean the same", "同じ意味の語・同じ名"),
    "name.abbreviation": ("a business word and its abbreviation", "業務用語とその略語"),
    "name.initial": ("a name and its initial", "名とその頭文字"),
    "name.spelling": ("words spelt nearly alike", "綴りの近い語"),
    "name.sound": ("words that sound alike", "音の近い語"),
    "name.joined": ("words that are alike when written together", "続けて書くと近い語"),
    "name.partial": ("words are left over", "対応のない語がある"),
    "name.too_short": ("one letter tells little", "一文字だけの一致"),
    "name.reading.ja": ("by a Japanese reading, which is a guess", "日本語読みによる（推定）"),
    "name.reading.zh": ("by a Mandarin reading, which is a guess", "中国語読みによる（推定）"),
    "name.reading.ko": ("by a Korean reading, which is a guess", "韓国語読みによる（推定）"),
    "name.reading.said": ("by a romanisation", "ローマ字化による"),
    "name.weak_on_list": ("the list calls this name weak", "リスト上で信頼度の低い別名"),
    "name.weak_on_query": ("asked under a weak name", "信頼度の低い名称で照会"),
    "name.derived_on_list": ("a form that was made, not listed", "リスト上の名称から作成した形"),
    "name.derived_on_query": ("a form that was made, not given", "与えられた名称から作成した形"),
    "country.differs": ("of another country; lowers the rank only", "国・地域が異なる（順位のみ下げる）"),
    "birth_date.differs": ("born on another day; lowers the rank only", "生年月日が異なる（順位のみ下げる）"),
    "address.shared": ("at a listed address: a flag of its own", "リスト上の所在地と一致（別の懸念情報）"),
    "not_comparable": ("the names cannot be compared", "名称を比較できない"),
}
_IDENTIFIER = ("the same number: {kind}", "番号が同一: {kind}")


def reason(code: str) -> Pair:
    """Return a reason in English and in Japanese; `identifier.lei` names its kind."""
    if code.startswith("identifier."):
        kind = code.partition(".")[2]
        return _IDENTIFIER[0].format(kind=kind), _IDENTIFIER[1].format(kind=kind)
    return REASONS[code]


def in_language(pair: Pair, language: Language) -> str:
    """One of a pair."""
    return pair[0] if language == "en" else pair[1]
