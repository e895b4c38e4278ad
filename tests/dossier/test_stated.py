"""What a manifest states: read whole, or refused for what is wrong with it."""

from typing import Any

import pytest

from kansa.clock import MAX_INSTANT
from kansa.dossier import stated
from worlds import cast

WHO = cast()
QUESTION: dict[str, Any] = {
    "from_us": 10,
    "to_us": 20,
    "grace_us": 5,
    "log_began_us": 0,
    "tenant": WHO.tenant,
}
MANIFEST: dict[str, Any] = {
    "question": QUESTION,
    "scope": WHO.tenant,
    "audience": "auditor",
    "known_at": "2026-01-01T00:00:00.000Z",
    "operator": {"en": "Example"},
    "simulated": True,
}


def test_what_is_stated_is_read_as_it_stands() -> None:
    """Whose, which period, for whom, known when."""
    found = stated.read(MANIFEST)

    assert (found.start, found.end, found.grace, found.log_began) == (10, 20, 5, 0)
    assert (found.subjects, found.audience, found.simulated) == ([WHO.tenant], "auditor", True)
    assert found.known_at == 1_767_225_600_000_000
    assert stated.read({"question": QUESTION | {"tenant": None}}).subjects == []


@pytest.mark.parametrize("name", ["from_us", "to_us", "grace_us", "log_began_us"])
@pytest.mark.parametrize("value", [None, True, 1.0, "10", [10]], ids=repr)
def test_a_question_without_its_integers_is_not_stated(name: str, value: object) -> None:
    """Each of the four, an integer and nothing that passes for one; and there must be a question."""
    without = {k: v for k, v in QUESTION.items() if k != name}
    questions: list[object] = [QUESTION | {name: value}, without, None, []]
    for question in questions:
        with pytest.raises(ValueError, match="the question of the dossier is not stated"):
            stated.read({"question": question})


@pytest.mark.parametrize(
    "changed",
    [
        {"from_us": 20},
        {"from_us": -1},
        {"to_us": MAX_INSTANT + 1},
        {"grace_us": -1},
        {"log_began_us": -1},
        {"log_began_us": MAX_INSTANT + 1},
    ],
    ids=repr,
)
def test_a_period_that_cannot_be_is_refused(changed: dict[str, int]) -> None:
    """Half-open and not empty, inside the time that there is."""
    with pytest.raises(ValueError, match="is not possible"):
        stated.read({"question": QUESTION | changed})


@pytest.mark.parametrize(
    "question",
    [
        {"from_us": 0},
        {"to_us": MAX_INSTANT},
        {"from_us": 19},
        {"grace_us": 0},
        {"log_began_us": 0},
        {"log_began_us": MAX_INSTANT},
    ],
    ids=repr,
)
@pytest.mark.parametrize("simulated", [True, False, None])
def test_what_is_just_possible_is_read(question: dict[str, int], *, simulated: bool | None) -> None:
    """The first and the last instant, one microsecond, no grace; simulated, not, or not stated."""
    found = stated.read({"question": QUESTION | question, "simulated": simulated})

    assert {
        "from_us": found.start,
        "to_us": found.end,
        "grace_us": found.grace,
        "log_began_us": found.log_began,
    } == {name: (QUESTION | question)[name] for name in ("from_us", "to_us", "grace_us", "log_began_us")}
    assert found.simulated is simulated


@pytest.mark.parametrize(
    ("manifest", "said"),
    [
        (
            {"question": {k: v for k, v in QUESTION.items() if k != "tenant"}},
            "whether it is about one tenant",
        ),
        ({"question": QUESTION | {"tenant": 3}}, "`tenant` is not the id of a party"),
        ({"question": QUESTION | {"end_user": WHO.site}}, "`end_user` is not the id of a party"),
        ({"scope": 3}, "`scope` is not a text"),
        ({"audience": ["auditor"]}, "`audience` is not a text"),
        ({"scope": WHO.other}, "the question is about another"),
        ({"operator": "Example"}, "does not hold names"),
        ({"operator": {"en": 3}}, "does not hold names"),
        ({"simulated": 1}, "neither true nor false"),
    ],
)
def test_a_statement_of_the_wrong_form_is_refused(manifest: dict[str, Any], said: str) -> None:
    """And named."""
    with pytest.raises(ValueError, match=said):
        stated.read(MANIFEST | manifest)
