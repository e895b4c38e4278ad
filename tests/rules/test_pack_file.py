"""What a pack says is read exactly, and what is wrong with it is said all at once, with file, line and field."""

from pathlib import Path

import msgspec
import pytest

from kansa.clock import parse_instant
from kansa.rules import conditions
from kansa.rules.conditions import All, AnyOf
from kansa.rules.pack import Pack
from rules.writing import PACK, changed, read, refused, written


def test_a_pack_is_read_as_it_is_written(tmp_path: Path) -> None:
    """`NO` stays a text, lists are sorted, instants are µs UTC, a parameter is its value and its name."""
    (rule,) = read(tmp_path).rules
    first, second = rule.versions

    assert first.when == All((
       conditions.Test("c.country", "in", ("CN", "NO")),
        AnyOf((conditions.Test("b.share_bp", "ge", 2, "half"),conditions.Test("a.known", "eq", operand=False))),
    ))  # fmt: skip
    assert first.start == parse_instant("2025-01-01T05:00:00.000Z")
    assert first.end == second.start
    assert second.end is None
    assert (first.standing, second.standing) == ("binds", "unsettled")
    assert rule.at(first.start) is first
    assert rule.at(second.start - 1) is first
    assert rule.at(second.start) is second
    assert rule.at(first.start - 1) is None


def test_a_pack_is_the_same_again_from_json(tmp_path: Path) -> None:
    """A past decision replays from the JSON form of its packs."""
    pack = read(tmp_path)

    assert msgspec.json.decode(msgspec.json.encode(pack), type=Pack) == pack


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("            # comments do not matter", ""),
        ('version: "1"\nkind: flags', "kind: flags\nversion: '1'"),
        ("[NO, CN]", "[CN, NO]"),
        ("  subject: party\n  severity: high", "  severity: high\n\n  subject: party"),
        ('{from: "2026-01-01T00:00:00-05:00"', '{from: "2026-01-01T14:00:00+09:00"'),
        ("name: at home", "name: somewhere at home"),
    ],
)
def test_spelling_does_not_change_the_meaning(tmp_path: Path, before: str, after: str) -> None:
    """Comments, spacing, the order of keys and of lists, the zone in which an instant is written, and cases."""
    assert read(tmp_path, changed(before, after)).meaning == read(tmp_path).meaning


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("value: 2,", "value: 3,"),
        ("severity: high", "severity: low"),
        ("It is from abroad.", "It is foreign."),
        ("text_status: unknown", "text_status: suspended"),
        (
            '2026-01-01T00:00:00-05:00", text_status: in_force',
            '2026-01-01T00:00:00-05:00", text_status: proposed',
        ),
        ("any: [", "all: ["),
        ("confidence: S, ours", "confidence: M, ours"),
    ],
)
def test_what_matters_changes_the_meaning(tmp_path: Path, before: str, after: str) -> None:
    """Values of parameters, weights, words, statuses, conditions, sources."""
    assert read(tmp_path, changed(before, after)).meaning != read(tmp_path).meaning


@pytest.mark.parametrize(
    ("before", "after", "line", "says"),
    [
        ("c.country: {in", "c.land: {in", 16, "`c.land` is not in the catalogue of facts"),
        ("[NO, CN]}", "[NO, XX]}", 16, "`XX` is no value of `c.country`"),
        ("[NO, CN]}", "[NO, NO]}", 16, "each once"),
        ("[NO, CN]}", "NO}", 16, "must be a list of values"),
        ("{in: [NO, CN]}", "{lt: 3}", 16, "`lt` does not ask a fact of type `text`"),
        ("{eq: false}", '{eq: "no"}', 17, "`no` is no value of `a.known`"),
        ("{eq: false}", "{eq: 0.5}", 17, "is no value of `a.known`"),
        ("{param: half}", "{param: third}", 17, "`third` is no parameter"),
        ("half: {value: 2,", "half: {value: 2, unit: days,", 17, "in `days`"),
        ("subject: party", "subject: site", 16, "is about `gate`, `party`, the rule about `site`"),
        ("severity: high", "severity: grave", 11, "`grave` is none of"),
        ("citation: us.text, locator", "citation: us.missing, locator", 12, "is not in the citation table"),
        ("confidence: S, ours", "confidence: X, ours", 12, "`X` is no confidence"),
        ("confidence: S, ours: RF-01}", "confidence: S, ours: RF-01}\n  verified: true", 13, "says verified"),
        ("ja: 国外である。", "jp: 国外である。", 13, "`ja` is missing"),
        ('to: "2026-01-01T00:00:00-05:00"', 'to: "2025-12-01T00:00:00-05:00"', 18, "leaves a gap"),
        ('to: "2026-01-01T00:00:00-05:00"', 'to: "2026-02-01T00:00:00-05:00"', 18, "overlaps"),
        (', to: "2026-01-01T00:00:00-05:00"', "", 18, "overlaps"),
        ('to: "2026-01-01T00:00:00-05:00"', 'to: "2024-01-01T00:00:00-05:00"', 19, "ends before it begins"),
        ('{from: "2025-01-01T00:00:00-05:00"', '{from: "2025-01-01T00:00:00"', 19, "no instant with a zone"),
        ('{from: "2025-01-01T00:00:00-05:00"', "{from: 2025-01-01", 19, "no instant with a zone"),
        ("text_status: unknown", "text_status: rumoured", 20, "`rumoured` is none of"),
        ("sample.from-abroad\n  subject", "sample.rf-01\n  subject", 9, "looks like a regulator's own number"),
        ("sample.from-abroad\n  subject", "other.from-abroad\n  subject", 9, "is not `kansa.test.sample.`"),
        ("severity: high", "severity: high\n  weight: 3", 12, "`weight` is not known here"),
        ("  subject: party", "  subject: party\n  subject: party", 11, "stands twice"),
        ("kind: flags", "kind: *flags", 3, "alias"),
        ("misses: [kansa.test.sample.from-abroad]", "misses: []", 1, "has no case that misses"),
        ("hits: [kansa.test.sample.from-abroad]", "misses: []", 1, "has no case that hits"),
        ("hits: [kansa.test.sample.from-abroad]", "hits: [kansa.test.sample.nobody]", 23, "is not in the pack"),
        ("{c.country: JP}", "{c.country: XX}", 24, "`XX` is no value of `c.country`"),
    ],
)  # fmt: skip
def test_what_is_wrong_has_its_line(tmp_path: Path, before: str, after: str, line: int, says: str) -> None:
    """A change that makes the sample unusable is named where it stands."""
    problems = refused(tmp_path, changed(before, after))

    assert any(problem.line == line and says in problem.message for problem in problems), [
        *map(str, problems)
    ]
    assert all(problem.file == str(tmp_path / "sample.yaml") for problem in problems)


def test_everything_wrong_is_said_at_once(tmp_path: Path) -> None:
    """Three faults in three places are three problems, in the order of their lines."""
    text = changed("severity: high", "severity: grave").replace(
        "citation: us.text, locator", "citation: no, locator"
    )
    problems = refused(tmp_path, text.replace("[NO, CN]", "[XX]"))

    assert [problem.line for problem in problems] == [11, 12, 16]
    assert problems[2].field == "rules[0].when.all[0].c.country.in"


def test_an_id_stands_once(tmp_path: Path) -> None:
    """The second rule of one id is refused, with the line of the first."""
    rule = PACK[PACK.index("- id:") : PACK.index("cases:")]
    problems = refused(tmp_path, PACK.replace("cases:", f"{rule}cases:"))

    assert any("stands twice, first in line 9" in problem.message for problem in problems)


def test_a_rule_is_no_surer_than_its_parameters(tmp_path: Path) -> None:
    """A verified rule whose number nobody verified is refused."""
    text = changed("confidence: S, ours: RF-01}", "confidence: C}\n  verified: true")

    assert any("its parameters are not: `half`" in problem.message for problem in refused(tmp_path, text))


def test_a_version_may_say_anew_what_its_rule_says(tmp_path: Path) -> None:
    """Its own words, condition and source; a source of its own is not verified by the rule's."""
    verified = changed("confidence: S, ours: RF-01}", "confidence: C}\n  verified: true").replace(
        "confidence: B}", "confidence: C}, verified: true"
    )
    anew = verified.replace(
        "enforcement_status: unknown}",
        "enforcement_status: unknown, source: {citation: us.other, confidence: C}, words: {en: Later., ja: 後。}}",
    )
    first, second = read(tmp_path, anew).rules[0].versions

    assert (first.verified, first.sources[0].citation, first.words.en) == (
        True,
        "us.text",
        "It is from abroad.",
    )
    assert (second.verified, second.sources[0].citation, second.words.en) == (False, "us.other", "Later.")
    assert second.when == first.when


def test_a_condition_that_changed_needs_cases_of_its_own(tmp_path: Path) -> None:
    """Cases at a time when the condition was another do not show it."""
    text = changed(
        "enforcement_status: unknown}", "enforcement_status: unknown, when: {a.known: {eq: true}}}"
    )
    problems = refused(tmp_path, text)

    assert [problem.message for problem in problems] == [
        "`kansa.test.sample.from-abroad` has no case that hits",
        "`kansa.test.sample.from-abroad` has no case that misses",
    ]


def test_cases_may_stand_beside_the_pack(tmp_path: Path) -> None:
    """In `<name>.cases.yaml`, with facts that all start from and null where one is not known."""
    head, _, cases = PACK.partition("cases:")
    written(tmp_path, f"pack: kansa.test.sample\nbase: {{c.country: NO}}\ncases:{cases}", "sample.cases.yaml")

    found = {case.name: dict(case.facts) for case in read(tmp_path, head).cases}

    assert found["abroad or not"] == {"c.country": "NO", "a.known": False}
    assert found["at home"] == {"c.country": "JP"}
