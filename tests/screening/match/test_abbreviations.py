"""Business words that were cut or contracted, as bank and ERP fields do: they meet their words, and nothing else does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kansa.screening import compare
from kansa.screening.names.abbreviations import expansions, parted
from kansa.screening.names.tables import rows

THRESHOLD = 0.75
LONG = [row["word"] for row in rows("business_words") if len(row["word"]) >= 8]


@pytest.mark.parametrize(
    ("short", "listed"),
    [
        (
            "OSTREVA ELEC & COMM EQPT MFG CORP",
            "Ostreva Electronics and Communications Equipment Manufacturing Corporation",
        ),
        ("Ostreva Elec.Info.Ind.Corp.", "Ostreva Electronics Information Industry Corporation"),
        ("OSTREVA INT'L TRDG & SHPG", "Ostreva International Trading and Shipping"),
        ("OSTREVA NATL INST PHYS MTRLS RSCH", "Ostreva National Institute for Physics Materials Research"),
        ("OSTREVA AEROSP TECHNOL ACAD", "Ostreva Aerospace Technology Academy"),
        ("OSTREVA SHIP BLDG HLDGS", "Ostreva Shipbuilding Holdings"),
        ("OSTREVA LTD LIAB CO", "Ostreva Limited Liability Company"),
        ("Semicon Mfg Intl Corp", "Semiconductor Manufacturing International Corporation"),
        ("Brennhofer Masch.-Bau Ges. mbH", "Brennhofer Maschinenbau Gesellschaft mit beschränkter Haftung"),
        ("Brennhofer Elektrotechn. Ges.", "Brennhofer Elektrotechnik Gesellschaft"),
        ("BRENNHOFER HALBLTR VERTR GMBH", "Brennhofer Halbleiter Vertrieb GmbH"),
        ("Brennhofer Forsch.zentr.", "Brennhofer Forschungszentrum"),
        ("Brennhofer Geno", "Brennhofer Genossenschaft"),
        ("BRENNHOFER GENOSS. EG", "Brennhofer eingetragene Genossenschaft"),
        ("Brennhofer Wohnungsbaugeno eG", "Brennhofer Wohnungsbaugenossenschaft eG"),
        ("Brennhofer Agrargen.", "Brennhofer Agrargenossenschaft e.G."),
        ("Brennhofer Kommanditges.", "Brennhofer KG"),
        ("OAO Nauch.-Proizv. Obyed. Veltor", "OAO Nauchno-Proizvodstvennoye Obyedineniye Veltor"),
        ("VELTOR MASHINOSTR ZVD", "Veltor Mashinostroitelnyy Zavod"),
        ("GOS NAUCH ISSLED INST VELTOR", "Gosudarstvennyy Nauchno-Issledovatelskiy Institut Veltor"),
        ("東和セミコン", "東和セミコンダクター株式会社"),
        ("東和エレク㈱", "東和エレクトロニクス株式会社"),
        ("東和電工(株)", "東和電気工業株式会社"),
        ("東和技研", "東和技術研究所"),
        ("東和HD", "東和ホールディングス株式会社"),
        ("蓝河电科有限公司", "蓝河电子科技有限公司"),
        ("蓝河理工大", "蓝河理工大学"),
        ("蓝河科大", "蓝河科技大学"),
        ("东岭半导有限公司", "东岭半导体有限公司"),
    ],
)
def test_a_name_with_abbreviated_business_words_is_the_name(short: str, listed: str) -> None:
    """Whichever side is abbreviated, and however capitals and dots stand, a threshold finds it."""
    for ours, theirs in ((short, listed), (listed, short)):
        found = compare(ours, theirs, schema="Organization")
        assert found.value is not None
        assert found.value >= THRESHOLD, (ours, theirs, found.parts)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("TCL Corporation", "Technical Corporation"),
        ("TCL Trading", "Technical Trading"),
        ("SMC Corp", "Semiconductor Corp"),
        ("Inter Group", "International Group"),
        ("Manu Group", "Manufacturing Group"),
        ("General Elec", "General Electronics Corp"),
        ("Indus Corp", "Industrial Corp"),
        ("Ostreva Mining", "Ostreva Marine"),
        ("Ostreva Mfg", "Belgora Manufacturing"),
        ("Prom Invest", "Promyshlennyy Invest"),
        ("Geno Biotech", "Genossenschaft Biotech"),
        ("Geno Biotech GmbH", "Biotech GmbH"),
        ("Geno AG", "Genossenschaft AG"),
        ("Belgora Geno", "Ostreva Genossenschaft"),
        ("蓝天电子", "蓝河电子"),
        ("北航", "北京航空航天大学"),
        ("東和電子", "東亜電子"),
        ("大和工業", "大和田工業"),
    ],
)
def test_a_name_that_only_looks_cut_is_another_name(one: str, other: str) -> None:
    """An abbreviation alone says nobody's name: something that is a name has to agree too."""
    found = compare(one, other, schema="Organization")
    assert found.value is None or found.value < 0.7, found.parts


@given(st.sampled_from(LONG), st.integers(4, 7), st.sampled_from(["", ".", " Ltd"]))
def test_every_business_word_is_met_by_its_beginning(word: str, letters: int, after: str) -> None:
    """The rule is one for the whole table, so it holds of words that no example names."""
    assert word in expansions(word[:letters])
    found = compare(f"Ostreva {word[:letters]}{after}", f"Ostreva {word}", schema="Organization")
    assert found.value is not None
    assert found.value >= THRESHOLD, found.parts


@given(st.sampled_from(LONG))
def test_every_business_word_is_met_without_its_vowels(word: str) -> None:
    """The consonants that are left, from the first letter to the last, are a contraction."""
    inner = "".join(letter for letter in word[1:-1] if letter not in "aeiouyäöü")
    assert word in expansions(word[0] + inner + word[-1])


@pytest.mark.parametrize(
    ("short", "full"),
    [
        ("J. Kennedy", "John Kennedy"),
        ("J.F. Kennedy", "John Fitzgerald Kennedy"),
        ("KENNEDY J", "John Kennedy"),
        ("И. Петров", "Ivan Petrov"),
    ],
)
def test_an_initial_meets_the_name_that_begins_with_it(short: str, full: str) -> None:
    """One letter tells little: it is enough beside a name that agrees, and never alone."""
    found = compare(short, full, schema="Person")
    assert found.value is not None
    assert THRESHOLD <= found.value < 1
    assert "name.initial" in found.reasons


def test_initials_alone_or_of_another_letter_meet_nobody() -> None:
    """`J` is not John, and M. Kennedy is not John Kennedy."""
    assert not compare("J", "John", schema="Person").value
    assert (compare("M. Kennedy", "John Kennedy", schema="Person").value or 0) < 0.7
    assert (compare("J. Smith", "John Kennedy", schema="Person").value or 0) < 0.3


@pytest.mark.parametrize("other", ["A.B.C. Company", "A B C Company", "ABC Company"])
def test_letters_of_a_name_are_the_same_however_they_are_parted(other: str) -> None:
    """A-B-C is A.B.C; D-E-F is not."""
    assert compare("A-B-C Company", other, schema="Organization").value == 1
    assert (compare("D-E-F Company", other, schema="Organization").value or 0) < 0.3


def test_a_dot_between_abbreviations_parts_them_and_one_between_letters_does_not() -> None:
    """ERP fields leave the space out: `Elec.Ind.` are two words, `A.B.C.` is one."""
    assert parted("Elec.Ind.Co") == "Elec. Ind. Co"
    assert parted("A.B.C. S.p.A. v1.2") == "A.B.C. S.p.A. v1.2"
