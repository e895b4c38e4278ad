"""A small pack as its author writes it, and what its loader makes of it, or of a change in it.

`PACK` names facts of a small catalogue, `OWN` is the same for the shipped one.
"""

from pathlib import Path

import pytest

from kansa.errors import BadInput, Problem
from kansa.i18n import Words
from kansa.rules.citations import Citation
from kansa.rules.loading.opened import open_pack
from kansa.rules.loading.pack_file import read_pack
from kansa.rules.pack import Pack
from rules.random_packs import CATALOGUE

PACK = """\
pack: kansa.test.sample            # comments do not matter
version: "1"
kind: flags
jurisdiction: US
words: {en: Sample, ja: 見本}
parameters:
  half: {value: 2, words: {en: half, ja: 半分}, source: {citation: us.text, confidence: B}}
rules:
- id: kansa.test.sample.from-abroad
  subject: party
  severity: high
  source: {citation: us.text, locator: "(a)(1)", confidence: S, ours: RF-01}
  words: {en: It is from abroad., ja: 国外である。}
  when:
    all:
    - c.country: {in: [NO, CN]}
    - any: [{b.share_bp: {ge: {param: half}}}, {a.known: {eq: false}}]
  versions:
  - {from: "2025-01-01T00:00:00-05:00", to: "2026-01-01T00:00:00-05:00", text_status: in_force, enforcement_status: in_force}
  - {from: "2026-01-01T00:00:00-05:00", text_status: unknown, enforcement_status: unknown}
  follow_up: [{en: Ask., ja: 照会する。}]
cases:
- {name: abroad, facts: {c.country: NO, a.known: false}, hits: [kansa.test.sample.from-abroad]}
- {name: at home, facts: {c.country: JP}, misses: [kansa.test.sample.from-abroad]}
- {name: abroad or not, facts: {a.known: false}, unknown: [kansa.test.sample.from-abroad]}
"""
OWN_CITATIONS = """\
us.text: {instrument: Text, title: {en: Text, ja: 文書}, confidence: S}
us.other: {instrument: Other, title: {en: Other, ja: 別の文書}, confidence: C}
"""
OWN = (
    PACK.replace(
        "    - any: [{b.share_bp: {ge: {param: half}}}, {a.known: {eq: false}}]", "    - a.known: {eq: false}"
    )
    .replace("a.known", "party.registry_found")
    .replace("c.country", "party.country")
)
CITATIONS = {
    id_: Citation(id=id_, instrument="Text", title=Words("Text", "文書"), confidence=confidence)
    for id_, confidence in (("us.text", "S"), ("us.other", "C"))
}


def written(folder: Path, text: str = PACK, name: str = "sample.yaml") -> Path:
    """The text as a file."""
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def read(folder: Path, text: str = PACK) -> Pack:
    """The pack that a text says."""
    return read_pack(open_pack(written(folder, text)), CATALOGUE, CITATIONS)


def changed(before: str, after: str) -> str:
    """The sample with one change; what is changed must stand there once."""
    assert PACK.count(before) == 1, before
    return PACK.replace(before, after)


def refused(folder: Path, text: str) -> tuple[Problem, ...]:
    """What is wrong with a text."""
    with pytest.raises(BadInput) as caught:
        read(folder, text)
    return caught.value.problems
