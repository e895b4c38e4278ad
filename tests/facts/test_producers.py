"""Every fact of the catalogue has one producer, or says that it has none."""

import pytest

from facts.worlds_facts import world
from kansa.facts.registry import MODULES, PRODUCERS, producer_of
from kansa.rules.catalogue import read_catalogue
from kansa.rules.loading.library import read_library
from kansa.rules.untold import NOT_TOLD
from worlds import cast, story

FACTS = read_library(check=False).catalogue.facts
ASKED = {name: fact for name, fact in FACTS.items() if set(fact.subjects) & set(MODULES)}
SUBJECT = {"party": "tenant", "transaction": "contract", "path": "path", "site": "site"}


def test_every_fact_that_rests_on_records_has_one_producer() -> None:
    """A rule may name any fact of the catalogue, so each is computed by one function or is said not to be told."""
    wanted = {name for name, fact in ASKED.items() if fact.source in {"registers", "table"}}
    assert wanted == PRODUCERS.keys() | (NOT_TOLD.keys() & wanted)
    assert not PRODUCERS.keys() & NOT_TOLD.keys()
    assert FACTS.keys() >= NOT_TOLD.keys()


def test_what_people_answer_is_produced_by_their_answers() -> None:
    """A question has the name of its fact, and no function of its own."""
    questions = {name for name, fact in FACTS.items() if fact.source == "question"}
    assert not questions & PRODUCERS.keys()
    assert all(producer_of(name, "question") for name in questions)


def test_what_the_gate_or_its_caller_gives_is_not_computed_here() -> None:
    """A fact that is asked of the gate alone stands in its memory or comes with the request."""
    of_gate = {name for name, fact in FACTS.items() if set(fact.subjects) == {"gate"}}
    assert not of_gate & PRODUCERS.keys()


@pytest.mark.parametrize("name", sorted(n for n in PRODUCERS if n.partition(".")[0] in SUBJECT))
def test_a_fact_is_of_its_declared_type_or_unknown_with_a_reason(name: str) -> None:
    """In a world with a little of everything, and in an empty one."""
    who = cast()
    subject: str = getattr(who, SUBJECT[name.partition(".")[0]])
    for here in (world(story(who)), world([])):
        found = PRODUCERS[name](here, subject)
        if found.value is None:
            assert found.reason is not None
        else:
            assert FACTS[name].fits(found.value), found


def test_the_catalogue_read_from_its_file_is_the_one_that_is_shipped() -> None:
    """Facts are declared in one place."""
    assert read_catalogue().facts == FACTS
