"""Packs are read together: all shipped ones hold, a folder of one's own takes its place, nothing faulty is used."""

from pathlib import Path

import pytest

from kansa.errors import BadInput, Problem
from kansa.rules import cases
from kansa.rules.loading import library
from kansa.rules.loading.library import Library, read_library
from rules.writing import OWN, OWN_CITATIONS, written

DOCS = Path(__file__).parents[2] / "docs" / "rules"


@pytest.fixture(scope="module")
def shipped() -> Library:
    """The packs that come with the product."""
    return read_library()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one pack of one's own and its citations."""
    written(tmp_path, OWN_CITATIONS, "citations.yaml")
    written(tmp_path, OWN)
    return tmp_path


def _refused(folder: Path) -> tuple[Problem, ...]:
    with pytest.raises(BadInput) as caught:
        read_library((folder,))
    return caught.value.problems


def test_every_shipped_pack_answers_its_cases(shipped: Library) -> None:
    """Every rule is hit by one and missed by one; none answers otherwise than its case says."""
    failed = [failure for pack in shipped.asked for failure in cases.failures(pack, shipped.catalogue)]

    assert failed == []
    assert sum(len(pack.rules) for pack in shipped.packs) > 150


def test_no_shipped_rule_says_more_than_its_source(shipped: Library) -> None:
    """What is verified rests on confirmed sources or on the operator's own practice alone."""
    for version in (version for pack in shipped.packs for rule in pack.rules for version in rule.versions):
        if version.verified:
            assert {code for source in version.sources for code in source.confidence.split("+")} <= {"C", "P"}


def test_a_folder_of_ones_own_is_read_beside_the_shipped_ones(shipped: Library, folder: Path) -> None:
    """Its citations too."""
    found = read_library((folder,))

    assert {pack.id for pack in found.packs} == {*(pack.id for pack in shipped.packs), "kansa.test.sample"}
    assert found.citations["us.text"].instrument == "Text"


def test_a_later_pack_takes_the_place_of_one_with_its_id(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """An operator may put a pack of its own in place of a shipped one."""
    later = tmp_path_factory.mktemp("later")
    written(later, OWN.replace("severity: high", "severity: low"))
    (pack,) = (pack for pack in read_library((folder, later)).packs if pack.id == "kansa.test.sample")

    assert pack.rules[0].severity == "low"


def test_a_pack_that_answers_a_case_otherwise_is_refused(folder: Path) -> None:
    """A case that is listed as a hit and misses is no case that hits."""
    written(folder, OWN.replace("{party.country: JP}", "{party.country: NO, party.registry_found: false}"))
    (problem,) = _refused(folder)

    assert "should be `missed` in the case `at home`, it is `hit`" in problem.message


def test_what_is_wrong_in_several_files_is_said_at_once(folder: Path) -> None:
    """Citations, packs, two packs of one id."""
    written(folder, OWN, "second.yaml")
    written(folder, OWN.replace("severity: high", "severity: grave"), "third.yaml")
    written(folder, OWN_CITATIONS + "us.third: {instrument: Third}\n", "citations.yaml")

    assert {Path(problem.file or "").name for problem in _refused(folder)} >= {"citations.yaml", "third.yaml"}


def test_two_packs_of_one_id_in_a_folder_are_refused(folder: Path) -> None:
    """Neither is preferred."""
    written(folder, OWN, "second.yaml")
    (problem,) = _refused(folder)

    assert "is also the pack of" in problem.message


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """Rather than read as empty."""
    (problem,) = _refused(tmp_path / "nowhere")

    assert "is no folder" in problem.message


def test_the_compiled_form_counts_only_for_the_bytes_it_was_made_from(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A shipped file that was changed by hand is read, not passed over."""
    packs = tmp_path / "packs"
    packs.mkdir()
    written(packs, OWN_CITATIONS, "citations.yaml")
    written(packs, OWN)
    monkeypatch.setattr(library, "SHIPPED", packs)

    assert [pack.id for pack in read_library().packs] == ["kansa.test.sample"]


@pytest.mark.parametrize("page", ["format.md", "format.ja.md"])
def test_the_example_of_the_page_on_the_format_loads(tmp_path: Path, page: str) -> None:
    """What the page shows is a pack that can be used."""
    text = (DOCS / page).read_text("utf-8")
    written(tmp_path, text.partition("```yaml\n")[2].partition("```")[0])
    (pack,) = (pack for pack in read_library((tmp_path,)).packs if pack.id == "kansa.example.address")

    assert len(pack.cases) == 3
