"""What people answered: facts that no system can tell."""

from kansa.facts.context import FactContext, FactValue, known, unknown
from kansa.records.kinds.party import QuestionAnswered


def answer(world: FactContext, subject: str, fact: str) -> FactValue:
    """Return the latest answer in force to a question on a subject; "asked, not known" is unknown."""
    given = world.find(subject, QuestionAnswered, subject_id=subject, fact=fact)
    if not given or world.ended(given[-1][1]):
        return unknown()
    noted, claim = given[-1]
    if world.is_withheld(noted) and not isinstance(claim.answer, bool | int | str | list):
        return unknown("erased", [noted])
    if isinstance(claim.answer, list):
        return known(frozenset(claim.answer), [noted])
    return (
        known(claim.answer, [noted]) if isinstance(claim.answer, bool | int | str) else unknown(rests=[noted])
    )
