"""The packs that are shipped: what of the law they hold, and that their marks are honest."""

import re

import pytest

from kansa.clock import parse_instant
from kansa.controls.loading import read_controls
from kansa.i18n import Words
from kansa.rules import cases
from kansa.rules.pack import Rule
from rules.packs.shelf import library, pack

# Our numbers for the statements that an operator can observe, and the rules that must hold them.
OBSERVABLE = {
    "kansa.us.diversion-guidance": [
        *(f"BIS-2025-05-13-RF-{n:02}" for n in range(1, 12)),
        *(f"BIS-2025-05-13-DD-{n:02}" for n in range(1, 10)),
        *(f"BIS-2025-05-13-PS-{n:02}" for n in range(1, 7)),
        *(f"BIS-2025-05-13-GP10-{n:02}" for n in range(1, 5)),
        *(f"BIS-CAND-{n:02}" for n in range(1, 5)),
    ],
    "kansa.us.headquarters": [f"BIS-2026-05-31-HQ-{n:02}" for n in range(1, 5)],
    "kansa.us.part-732-supplement-3": [
        f"EAR-732S3-RF-{n:02}" for n in (*range(1, 13), 15, 16, 17, 18, 21, 22, 23, 24, 25, 26)
    ],
    "kansa.us.affiliates": ["US-AFFIL-2025", "US-AFFIL-RETURN", "EAR-732S3-RF-29"],
    "kansa.us.ai-diffusion": ["US-AIDIFF-2025", "EAR-732S3-RF-28", "EAR-748S10-08"],
    "kansa.us.bis-notices": [f"BIS-2024-07-10-N-{n:02}" for n in range(1, 5)],
    "kansa.us.data-center-veu": [
        *(f"EAR-748.15-{n:02}" for n in (1, 2, 4, 5, 6)),
        *(f"EAR-748S10-{n:02}" for n in range(1, 8)),
    ],
    "kansa.us.part-762": [f"EAR-762-{n:02}" for n in range(4, 8)],
    "kansa.us.iaas-kyc": [f"US-CIP-{n:02}" for n in range(1, 8)],
    "kansa.us.aiap-draft": ["US-AIAP-DRAFT"],
    "kansa.jp.catch-all": ["JP-CATCH-2025", "JP-INFORM"],
    "kansa.jp.end-user-list": ["JP-EUL"],
    "kansa.jp.clear-end-use": [f"JP-AKIRAKA-T{n}" for n in range(1, 8)],
    "kansa.jp.fefa": ["JP-FEFA-25", "JP-FEFA-48", "JP-FEFA-DE", "JP-FEFA-CLOUD"],
    "kansa.jp.advanced-ics": ["JP-ADV-IC"],
    "kansa.us.licence-review": ["US-H200-2026"],
    "kansa.us.ofac-retention": ["US-OFAC-RET"],
    "kansa.us.watch": ["US-RASA", "US-CSA", "US-OVERWATCH"],
    "kansa.jp.compliance-standards": ["JP-STD", "JP-RET"],
}


def rules() -> list[Rule]:
    """Every rule of every pack."""
    return [rule for each in library().packs for rule in each.rules]


@pytest.mark.parametrize("id_", OBSERVABLE)
def test_every_statement_that_an_operator_can_observe_has_a_rule(id_: str) -> None:
    """The facts are numbered; what is left out says so at the head of its pack."""
    numbered = {
        source.ours for rule in pack(id_).rules for version in rule.versions for source in version.sources
    }
    assert set(OBSERVABLE[id_]) <= numbered


def test_all_cases_are_answered_as_they_say() -> None:
    """Hits, misses and unknowns."""
    failed = [failure for each in library().asked for failure in cases.failures(each, library().catalogue)]
    assert failed == []


def test_every_rule_has_a_case_in_which_nobody_can_know() -> None:
    """A fact that is missing is told apart from one that is false, for each rule."""
    for each in library().packs:
        unknown = {id_ for case in each.cases for id_ in case.unknown}
        assert {rule.id for rule in each.rules} == unknown, each.id


def test_nothing_of_the_diversion_guidance_is_verified() -> None:
    """Nobody compared it with the official text, which could not be opened."""
    assert not any(
        version.verified for rule in pack("kansa.us.diversion-guidance").rules for version in rule.versions
    )


def test_what_is_verified_rests_on_an_official_text_or_is_our_own_practice() -> None:
    """Secondary sources, memory and inference are never verified, whatever they are mixed with."""
    for rule in rules():
        for version in rule.versions:
            codes = {code for source in version.sources for code in source.confidence.split("+")}
            assert version.verified == (codes <= {"C", "P"}), rule.id


def test_no_rule_that_permits_or_denies_by_law_rests_on_hearsay_alone() -> None:
    """Permits are practice; a deny by law is the headquarters test, and the destination test as the list prints it."""
    by_law = [rule for rule in pack("kansa.gate").rules if rule.outcome != "hold" and _cites_law(rule)]
    assert [rule.id for rule in by_law if rule.versions[-1].verified] == [
        "kansa.gate.shipment-to-concern-without-licence",
        "kansa.gate.destination-needs-licence",
    ]
    assert [rule.id for rule in by_law if _verified(rule)] == [
        "kansa.gate.shipment-to-concern-without-licence"
    ]
    assert all(rule.outcome == "deny" for rule in by_law)


def _cites_law(rule: Rule) -> bool:
    return any(source.citation != "kansa.practice" for version in rule.versions for source in version.sources)


def _verified(rule: Rule) -> bool:
    return all(version.verified for version in rule.versions)


def test_the_affiliates_rule_has_three_versions_and_nobody_knows_the_third() -> None:
    """In force, suspended, and since 10 November 2026 in the text as scheduled, enforced or not."""
    (rule,) = (rule for rule in pack("kansa.us.affiliates").rules if rule.id.endswith("half-owned"))
    assert [version.standing for version in rule.versions] == ["binds", "does_not_bind", "unsettled"]
    assert rule.versions[1].start == parse_instant("2025-11-10T05:00:00.000Z")
    assert rule.versions[2].start == parse_instant("2026-11-10T05:00:00.000Z")
    assert (rule.versions[2].text_status, rule.versions[2].enforcement_status) == ("in_force", "unknown")


@pytest.mark.parametrize(
    "id_", ["kansa.us.ai-diffusion", "kansa.us.aiap-draft", "kansa.us.iaas-kyc", "kansa.us.watch"]
)
def test_what_is_not_enforced_proposed_or_withdrawn_binds_nobody(id_: str) -> None:
    """It is shown, and changes no answer."""
    standings = {version.standing for rule in pack(id_).rules for version in rule.versions}
    assert standings == {"does_not_bind"}


def test_no_citation_of_sections_that_nobody_read_is_verified() -> None:
    """The copy of the control list holds no text of parts 742 or 744: a paragraph there is named by another text."""
    for citation in library().citations.values():
        if re.match(r"15 CFR 74[24]\b", citation.instrument):
            assert not citation.verified, citation.id
            assert citation.note is not None
    for rule in rules():
        for version in rule.versions:
            cited = {source.citation for source in version.sources}
            if version.verified and cited & {"us.ear.742.6", "us.ear.744.23"}:
                assert "us.bis.headquarters.2026-05-31" in cited, rule.id


@pytest.mark.parametrize(
    ("at", "paragraphs"),
    [
        ("2023-11-17T05:00:00.000Z", {"us.ear.744.23"}),
        ("2025-01-13T04:59:59.999Z", {"us.ear.744.23"}),
        ("2025-01-13T05:00:00.000Z", {"us.ear.742.6", "us.ear.744.23"}),
        ("2026-11-30T00:00:00.000Z", {"us.ear.742.6", "us.ear.744.23"}),
    ],
)
@pytest.mark.parametrize(
    "id_",
    ["kansa.us.headquarters.of-concern-without-licence", "kansa.gate.shipment-to-concern-without-licence"],
)
def test_the_headquarters_test_cites_the_paragraph_of_its_day(
    id_: str, at: str, paragraphs: set[str]
) -> None:
    """744.23(a)(3) from 2023-11-17; since January 2025 742.6(a)(6)(iii)(A) for items of the upper level."""
    (rule,) = (rule for rule in rules() if rule.id == id_)
    version = rule.at(parse_instant(at))
    assert version is not None
    assert version.verified
    assert {s.citation for s in version.sources if s.citation.startswith("us.ear.")} == paragraphs
    assert rule.at(parse_instant("2023-11-17T04:59:59.999Z")) is None


def test_parameters_say_their_unit_and_where_they_come_from() -> None:
    """A number that no source gives is practice."""
    for each in library().packs:
        for parameter in each.parameters:
            assert parameter.sources, parameter.name
            assert parameter.unit is not None or isinstance(parameter.value, tuple), parameter.name


def test_both_languages_say_something_and_say_it_with_care() -> None:
    """English in Latin letters, Japanese in its own; no word that promises more than evidence gives."""
    promising = re.compile(r"\b(proven|compliant|guaranteed)\b|コンプライアンス済", re.IGNORECASE)
    for words in _all_words():
        assert re.search(r"[ぁ-んァ-ヶ一-龠]", words.ja), words
        assert not re.search(r"[ぁ-んァ-ヶ]", words.en), words
        assert not promising.search(words.en + words.ja), words


def _all_words() -> list[Words]:
    found = [version.words for rule in rules() for version in rule.versions]
    found += [words for rule in rules() for words in rule.follow_up]
    found += [fact.words for fact in library().catalogue.facts.values()]
    return [*found, *(parameter.words for each in library().packs for parameter in each.parameters)]


def test_every_rule_says_what_to_do_next() -> None:
    """A flag is a duty to inquire; a hold has somebody who may release it."""
    assert [rule.id for rule in rules() if not rule.follow_up] == []


def test_every_citation_is_cited() -> None:
    """A text that no rule cites is not carried along."""
    cited = {source.citation for rule in rules() for version in rule.versions for source in version.sources}
    cited |= {source.citation for each in library().packs for p in each.parameters for source in p.sources}
    cited |= {
        s.citation for each in library().tables for t in each.tables for v in t.versions for s in v.sources
    }
    cited |= {source.citation for control in read_controls().controls for source in control.sources}
    assert set(library().citations) == cited
