"""Read a pack of controls.

controls:
- id: kansa.controls.end-user-verified
  family: end_user
  words: {en: …, ja: …}
  source: {citation: …, confidence: S}
  responsible: export_control_staff
  about: end_user                      # a population, or `operator`
  fresh: P365D                         # ISO 8601
  evidence:
    any: [{kind: end_user.verified, of: end_user_id}]
    ended_by: [{kind: end_user.changed, of: end_user_id}]
  serves: [kansa.gate.verification-not-current]
"""

from collections.abc import Mapping
from pathlib import Path

from kansa.controls.pack import ControlPack
from kansa.rules.citations import Citation, read_citations

SHIPPED = Path(__file__).parents[1] / "rules" / "packs" / "controls.yaml"


def read_controls(path: Path = SHIPPED, citations: Mapping[str, Citation] | None = None) -> ControlPack:
    """Read a pack of kind `controls`.

    Raises:
        BadInput: `pack.content`, with everything wrong in it.
    """
    from kansa.controls.pack_file import read  # noqa: PLC0415 - pydantic, only where a pack is read

    return read(path, read_citations() if citations is None else citations)


def unknown_rules(pack: ControlPack, rules: frozenset[str]) -> tuple[str, ...]:
    """Return the rules that controls serve and that are not among those given, sorted: what to say where packs are held together."""
    return tuple(sorted({rule for control in pack.controls for rule in control.serves} - rules))
