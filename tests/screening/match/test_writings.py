import pytest

from kansa.screening import compare
from kansa.screening.entry import Name, Profile, Schema

ONE: list[tuple[str, str, Schema, float]] = [
    ("株式会社トヨタ自動車", "トヨタ自動車", "Organization", 0.95),
    ("㈱トヨタ自動車", "株式会社トヨタ自動車", "Organization", 1.0),
    ("ﾄﾖﾀ自動車(株)", "トヨタ自動車株式会社", "Organization", 1.0),
    ("华为技术有限公司", "華為技術有限公司", "Organization", 1.0),
    ("삼성전자 주식회사", "삼성전자", "Organization", 0.95),
    ("齋藤一郎", "斎藤一郎", "Person", 1.0),
    ("髙橋太郎", "高橋太郎", "Person", 1.0),
    ("﨑陽軒", "崎陽軒", "Organization", 1.0),
    ("山田太郎", "Yamada Taro", "Person", 0.85),
    ("山田太郎", "YAMADA Tarou", "Person", 0.85),
    ("山田太郎", "ヤマダ　タロウ", "Person", 0.85),
    ("ヤマダ タロウ", "Yamada Taro", "Person", 0.85),
    ("佐藤花子", "Satoh Hanako", "Person", 0.85),
    ("习近平", "Xi Jinping", "Person", 0.85),
    ("習近平", "XI Jin Ping", "Person", 0.85),
    ("이민호", "Lee Min Ho", "Person", 0.85),
    ("이민호", "YI Minho", "Person", 0.75),
    ("トヨタ自動車株式会社", "TOYOTA MOTOR CORPORATION", "Organization", 0.8),
    ("华为技术有限公司", "Huawei Technologies", "Organization", 0.8),
    ("삼성전자 주식회사", "Samsung Electronics", "Organization", 0.8),
    ("バイカル・エレクトロニクス", "Baikal Electronics", "Organization", 0.75),
    ("三菱重工業株式会社", "Mitsubishi Heavy Industries, Ltd.", "Organization", 0.8),
    ("حسين موسوي", "Hossein Mousavi", "Person", 0.85),
    ("عبدالرحمان آغا", "ABDUL RAHMAN AGHA", "Person", 0.8),
    ("Владимир Путин", "Vladimir Putin", "Person", 1.0),
    ("Ελένη Παπαδοπούλου", "Eleni Papadopoulou", "Person", 0.85),
    ("Huawei Technologies Company Limited", "Huawei Technologies Co., Ltd.", "Organization", 0.95),
    ("MOHAMMADHASNI KHAN", "Mohammad Hasni Khan", "Person", 0.95),
    ("vanderbilt corp", "van der bilt corp", "Organization", 0.85),
    ("Jon Smith", "John Smith", "Person", 0.7),
]


@pytest.mark.parametrize(("asked", "listed", "schema", "least"), ONE)
def test_one_name_in_two_writings_scores(asked: str, listed: str, schema: Schema, least: float) -> None:
    """A name meets itself across scripts, character forms, legal forms and spellings, whichever side is asked."""
    for a, b in ((asked, listed), (listed, asked)):
        score = compare(a, b, schema=schema)
        assert score.value is not None
        assert score.value >= least, score


OTHERS: list[tuple[str, str, Schema]] = [
    ("三菱重工業株式会社", "三菱電機株式会社", "Organization"),
    ("三菱重工業株式会社", "Mitsubishi Electric Corporation", "Organization"),
    ("华为技术有限公司", "中兴技术有限公司", "Organization"),
    ("山田太郎", "山田花子", "Person"),
    ("山田太郎", "Yamamoto Jiro", "Person"),
    ("トヨタ自動車株式会社", "日産自動車株式会社", "Organization"),
    ("Olaf Schulze", "Octavian Scholz", "Person"),
    ("株式会社アサヒ", "株式会社ヤマト", "Organization"),
    ("A-B-C Company", "Zhejiang Company", "Organization"),
    ("Limited Liability Company Alfa", "Limited Liability Company Omega", "Organization"),
    ("محمد علي", "Vladimir Putin", "Person"),
]


@pytest.mark.parametrize(("asked", "listed", "schema"), OTHERS)
def test_names_that_share_only_what_many_share_stay_below(asked: str, listed: str, schema: Schema) -> None:
    """A legal form, a business word or a family name alone is no alert at the usual threshold of 0.7."""
    assert (compare(asked, listed, schema=schema).value or 0) < 0.7


@pytest.mark.parametrize(
    ("asked", "listed", "schema"),
    [
        ("高砂香料工業株式会社", "Baltic Shipyard", "Organization"),
        ("佐藤花子", "Ivan Ivanov", "Person"),
        ("四维图新", "NavInfo", "Organization"),
        ("한화오션", "Kaspersky Lab", "Organization"),
    ],
)
def test_characters_that_no_reading_brings_near_are_not_comparable(
    asked: str, listed: str, schema: Schema
) -> None:
    """Nothing in common across scripts is no evidence of two bearers: the answer is not 0 but that there is none."""
    score = compare(asked, listed, schema=schema)
    assert (score.value, score.rank, score.reasons) == (None, None, ("not_comparable",))


def test_a_declared_name_in_the_other_writing_makes_them_comparable() -> None:
    """Who gives the name by which the list knows the party is found by it."""
    listed = Profile(schema="Organization", names=(Name("NavInfo Co., Ltd."),))
    only = Profile(schema="Organization", names=(Name("四维图新"),))
    both = Profile(schema="Organization", names=(Name("四维图新"), Name("NavInfo")))
    assert compare(only, listed).value is None
    assert (compare(both, listed).value or 0) > 0.95


def test_written_stands_above_read() -> None:
    """The same characters score above any reading of them: a reading is a guess."""
    same = compare("山田太郎", "山田 太郎", schema="Person")
    read = compare("山田太郎", "Yamada Taro", schema="Person")
    assert same.value is not None
    assert read.value is not None
    assert same.value > read.value
    assert "name.reading.ja" in read.reasons


def test_a_bilingual_name_is_two_names() -> None:
    """Lists write `Latin (漢字)`; either half finds it."""
    listed = "Kanggye Defense College (江界国防大学)"
    for half in ("Kanggye Defense College", "江界国防大学"):
        assert compare(half, listed, schema="Organization").value == 1
