"""Reads a pack of controls from YAML, strictly: a kind or a field that no record has is refused, and so is a sealed one.

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
from dataclasses import dataclass
from pathlib import Path

from kansa.clock import parse_duration
from kansa.config_files import Section
from kansa.controls.pack import OPERATOR, Control, ControlPack, Evidence, Population, Sign
from kansa.i18n import Words, read_words, words_of
from kansa.people.roles import Roles, read_role, read_roles
from kansa.records.catalogue import Kind, kind_named
from kansa.rules.citations import Citation, read_backing, read_citations
from kansa.rules.loading.opened import Opened, open_pack

SHIPPED = Path(__file__).parents[1] / "rules" / "packs" / "controls.yaml"


def read_controls(path: Path = SHIPPED, citations: Mapping[str, Citation] | None = None) -> ControlPack:
    """Read a pack of kind `controls`.

    Raises:
        BadInput: `pack.content`, with everything wrong in it.
    """
    opened = open_pack(path)
    section = opened.section
    if opened.kind != "controls":
        section.refuse(f"is of kind `{opened.kind}`, not `controls`", "kind")
    reader = _Reader(
        opened,
        read_citations() if citations is None else citations,
        read_roles(section),
        _named_words(section, "families"),
        _populations(section),
    )
    listed = section.sections("controls")
    if not listed:
        section.refuse("`controls` is missing or empty")
    controls = tuple(filter(None, map(reader.control, listed)))
    return ControlPack(
        header=opened.settled(),
        roles=reader.roles,
        families=reader.families,
        populations=reader.populations,
        controls=controls,
    )


@dataclass(frozen=True, slots=True)
class _Reader:
    """One pack on its way in."""

    opened: Opened
    citations: Mapping[str, Citation]
    roles: Roles
    families: Mapping[str, Words]
    populations: Mapping[str, Population]

    def control(self, section: Section) -> Control | None:
        id_, words = self.opened.id(section), read_words(section)
        backing = read_backing(section, self.citations, required=True)
        family = section.choice("family", self.families, required=True)
        about = section.choice("about", (OPERATOR, *self.populations), required=True)
        responsible = read_role(section, "responsible", self.roles, required=True)
        fresh, evidence = _fresh(section), _evidence(section)
        if evidence is not None and about is not None:
            _check_subjects(section, evidence, about)
        serves = section.texts("serves")
        section.close()
        if None in {id_, words, family, about, responsible} or evidence is None:
            return None
        return Control(
            id=id_,  # type: ignore[arg-type] # checked above, as are the next four
            family=family,  # type: ignore[arg-type]
            words=words,  # type: ignore[arg-type]
            sources=backing.sources,
            verified=backing.verified,
            responsible=responsible,  # type: ignore[arg-type]
            about=about,  # type: ignore[arg-type]
            evidence=evidence,
            fresh=fresh,
            serves=serves,
        )


def _named_words(section: Section, name: str) -> dict[str, Words]:
    inner = section.section(name)
    if inner is None:
        section.refuse(f"`{name}` is missing")
        return {}
    read = ((child_name, words_of(child)) for child_name, child in inner.children())
    return {child_name: words for child_name, words in read if words is not None}


def _populations(section: Section) -> dict[str, Population]:
    inner = section.section("populations")
    found = {}
    for name, child in inner.children() if inner is not None else ():
        words, evidence = read_words(child), _evidence(child)
        if evidence is not None:
            _check_subjects(child, evidence, name)
        child.close()
        if words is not None and evidence is not None:
            found[name] = Population(words, evidence)
    return found


def _evidence(section: Section) -> Evidence | None:
    inner = section.section("evidence")
    if inner is None:
        section.refuse(
            "`evidence` is missing", advice="`{any: [{kind: end_user.verified, of: end_user_id}]}`"
        )
        return None
    signs, ended_by = _signs(inner, "any"), _signs(inner, "ended_by")
    closed_windows = inner.flag("closed_windows")
    if not signs:
        inner.refuse("`any` is missing or empty")
    inner.close()
    return Evidence(any=signs, ended_by=ended_by, closed_windows=closed_windows) if signs else None


def _signs(section: Section, name: str) -> tuple[Sign, ...]:
    return tuple(filter(None, map(_sign, section.sections(name))))


def _sign(section: Section) -> Sign | None:
    named, of, per = section.text("kind", required=True), section.text("of"), section.text("per")
    having = section.texts("having")
    inner = section.section("where")
    where = tuple((field, _values(inner, field)) for field, _ in inner.named()) if inner is not None else ()
    section.close()
    kind = kind_named(f"kansa.{named}.v0")
    if kind is None:
        section.refuse(
            f"`{named}` is no kind of record", "kind" if named else None, "see `kansa records kinds`"
        )
        return None
    for field in (*filter(None, (of, per)), *having, *(field for field, _ in where)):
        _check_field(section, kind, field)
    return Sign(kind.type, of, where, having, per)


def _values(section: Section, field: str) -> tuple[str | bool, ...]:
    entry = section.entry(field)
    items = entry.plain() if entry is not None else []
    values = items if isinstance(items, list) else [items]
    if not values or not all(isinstance(value, str | bool) for value in values):
        section.refuse("must be a text, a truth value, or a list of them", field)
    return tuple(values)


def _check_field(section: Section, kind: Kind, field: str) -> None:
    if field not in kind.struct.__struct_fields__:
        section.refuse(f"`{kind.type}` has no field `{field}`")
    elif field in kind.sealed:
        section.refuse(f"`{field}` of `{kind.type}` is sealed", advice="controls read open fields only")


def _check_subjects(section: Section, evidence: Evidence, about: str) -> None:
    for sign in (*evidence.any, *evidence.ended_by):
        if about != OPERATOR and sign.of is None:
            section.refuse(f"`{sign.type}` does not say of whom", "evidence", "name the field with `of`")
        if about == OPERATOR and sign.of is not None:
            section.refuse(f"`{sign.type}` is asked of the operator, so `of` says nothing", "evidence")


def _fresh(section: Section) -> int | None:
    text = section.text("fresh")
    if text is None:
        return None
    try:
        found = parse_duration(text)
    except ValueError as error:
        section.refuse(str(error), "fresh", "write P365D")
        return None
    if found <= 0:
        section.refuse(f"`{text}` is no stretch of time", "fresh")
    return found


def unknown_rules(pack: ControlPack, rules: frozenset[str]) -> tuple[str, ...]:
    """Return the rules that controls serve and that are not among those given, sorted: what to say where packs are held together."""
    return tuple(sorted({rule for control in pack.controls for rule in control.serves} - rules))
