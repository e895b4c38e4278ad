"""A pack of controls as it is written: a kind or field that no record has is refused, and so is a sealed one."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

from kansa.clock import parse_duration
from kansa.config_files import known, listing, meant
from kansa.config_files.models import ConfigModel, Fault, doc, title
from kansa.config_files.values import OneOf, OneOrMore, Texts
from kansa.controls.pack import OPERATOR, Control, ControlPack, Evidence, Population, Sign
from kansa.records.catalogue import KINDS, kind_named
from kansa.rules.citations import Backing, Citation
from kansa.rules.loading.pack_models import BackedModel, PackModel, WordsModel, read_pack_model

_SHORT = [name.removeprefix("kansa.").removesuffix(".v0") for name in KINDS]


def _kind(value: Any) -> str:
    if not isinstance(value, str):
        raise Fault("must be a text", structural=True)
    if kind_named(f"kansa.{value}.v0") is None:
        raise Fault(f"`{value}` is no kind of record", known(value, _SHORT), structural=True)
    return value


def _duration(value: str) -> str:
    try:
        found = parse_duration(value)
    except ValueError as error:
        raise Fault(str(error), "write P365D") from error
    if found <= 0:
        raise Fault(f"`{value}` is no stretch of time", "write P365D")
    return value


_SCALAR = {"type": ["string", "boolean"]}


def _values(value: Any) -> tuple[str | bool, ...]:
    items = value if isinstance(value, list) else [value]
    if not items or not all(isinstance(each, str | bool) for each in items):
        raise Fault("must be a text, a truth value, or a list of them", structural=True)
    return tuple(items)


Values = Annotated[
    Any,
    BeforeValidator(_values),
    WithJsonSchema({"anyOf": [_SCALAR, {"type": "array", "items": _SCALAR, "minItems": 1}]}),
]


class SignModel(ConfigModel):
    """A kind of record that says something of a subject."""

    model_config = title("Sign", "証跡の条件")
    kind: Annotated[str, BeforeValidator(_kind), WithJsonSchema({"type": "string", "enum": _SHORT})] = doc(
        "the kind of record", "証跡の種別", example="end_user.verified"
    )
    of: str | None = doc("the field that holds the subject", "対象を示す項目", None)
    per: str | None = doc(
        "a record ends only another that has the same value in this field",
        "この項目の値が同じ証跡だけを終わらせます",
        None,
    )
    having: Texts = doc("fields that are not empty", "空でない項目", ())
    where: dict[str, Values] = doc("fields that have one of some values", "項目とその値の条件", {})

    def check(self) -> None:
        """Refuse a field that the kind does not have, or that is sealed."""
        kind = kind_named(f"kansa.{self.kind}.v0") if self.has("kind") else None
        for field in (*filter(None, (self.of, self.per)), *self.having, *self.where) if kind else ():
            assert kind is not None  # noqa: S101 - the loop has no turn otherwise
            if field not in kind.struct.__struct_fields__:
                self.refuse(
                    f"`{kind.type}` has no field `{field}`",
                    advice=known(field, kind.struct.__struct_fields__),
                )
            elif field in kind.sealed:
                self.refuse(f"`{field}` of `{kind.type}` is sealed", advice="controls read open fields only")

    def sign(self) -> Sign:
        """Return the sign."""
        return Sign(f"kansa.{self.kind}.v0", self.of, tuple(self.where.items()), self.having, self.per)


class EvidenceModel(ConfigModel):
    """What answers for a subject."""

    model_config = title("Evidence", "証跡")
    any: OneOrMore[SignModel] = doc(
        "one of these is enough",
        "いずれか一つで足ります",
        example="[{kind: end_user.verified, of: end_user_id}]",
        min_length=1,
    )
    ended_by: OneOrMore[SignModel] = doc("unless one of these came later", "これらが後にあれば無効", ())
    closed_windows: bool = doc(
        "`true`: the records tell of stretches that are over, and their age counts from the end of these",
        "`true` なら終わった期間についての証跡。古さはその終わりから数えます",
        default=False,
    )

    def evidence(self) -> Evidence:
        """Return the evidence."""
        return Evidence(
            any=tuple(each.sign() for each in self.any),
            ended_by=tuple(each.sign() for each in self.ended_by),
            closed_windows=self.closed_windows,
        )

    def signs(self) -> Iterator[SignModel]:
        """Yield all signs, also where others are of no use."""
        yield from self.any or ()
        yield from self.ended_by


class PopulationModel(ConfigModel):
    """Whom controls are about: the subjects for which there is evidence that they are there."""

    model_config = title("Population", "対象の集まり")
    words: WordsModel = doc("what it is called", "名称", example="{en: …, ja: …}")
    evidence: EvidenceModel = doc("what shows that they are there", "存在を示す証跡")


class ControlModel(BackedModel):
    """One control."""

    model_config = title("Control", "管理策")
    family: str = doc("a family of the pack", "パックの分類", example="end_user")
    about: str = doc(
        "a population of the pack, or `operator`", "パックの対象、または `operator`", example="operator"
    )
    responsible: str = doc("the role that answers for it", "担当する役割", example="export_control_staff")
    fresh: Annotated[str, AfterValidator(_duration)] | None = doc(
        "how old evidence may be (ISO 8601); else as long as it says itself",
        "証跡の有効な古さ（ISO 8601）。省けば証跡自体の期限によります",
        None,
        example="P365D",
    )
    evidence: EvidenceModel = doc("what answers for a subject", "対象について示す証跡")
    serves: Texts = doc("the rules that the evidence lets one answer", "この証跡で答えられる規則", ())


class ControlsFile(PackModel):
    """A pack of controls."""

    model_config = title("Controls", "管理策")
    kind: Annotated[Literal["controls"], OneOf()] = doc(
        "the kind of pack: `controls`", "パックの種類。`controls`", example="controls"
    )
    families: dict[str, WordsModel] = doc("the families of controls", "管理策の分類")
    populations: dict[str, PopulationModel] = doc("whom controls are about", "管理策の対象", {})
    controls: OneOrMore[ControlModel] = doc("the controls", "管理策", min_length=1)

    def check(self) -> None:
        """Refuse what names a family, population, role or subject that is not there."""
        for name, population in self.populations.items():
            _check_subjects(population.evidence, name)
        for control in self.controls or ():
            control.check_id(self)
            self.check_role(control, "responsible", control.responsible)
            _check_named(control, "family", list(self.families or ()))
            _check_named(control, "about", [OPERATOR, *self.populations])
            if control.has("about"):
                _check_subjects(control.evidence, control.about)


def _check_named(control: ControlModel, field: str, names: list[str]) -> None:
    if control.has(field) and getattr(control, field) not in names:
        control.refuse(
            f"`{getattr(control, field)}` is none of {listing(names)}",
            field,
            meant(getattr(control, field), names),
        )


def _check_subjects(evidence: EvidenceModel | None, about: str) -> None:
    for sign in evidence.signs() if evidence is not None else ():
        kind = f"kansa.{sign.kind}.v0"
        if about != OPERATOR and not sign.given("of"):
            sign.refuse(f"`{kind}` does not say of whom", advice="name the field with `of`")
        if about == OPERATOR and sign.given("of"):
            sign.refuse(f"`{kind}` is asked of the operator, so `of` says nothing", "of")


def read(path: Path, citations: Mapping[str, Citation]) -> ControlPack:
    """Read a pack of kind `controls`.

    Raises:
        BadInput: `pack.content`, with everything wrong in it.
    """
    file, sink = read_pack_model(path, ControlsFile)
    backings = [control.backing(citations) for control in file.controls or ()]
    sink.settle("the pack")
    return ControlPack(
        header=file.header(),
        roles=file.named_roles(),
        families={name: words.words() for name, words in file.families.items()},
        populations={
            name: Population(each.words.words(), each.evidence.evidence())
            for name, each in file.populations.items()
        },
        controls=tuple(
            _control(control, backing) for control, backing in zip(file.controls, backings, strict=True)
        ),
    )


def _control(file: ControlModel, backing: Backing) -> Control:
    return Control(
        id=file.id,
        family=file.family,
        words=file.words.words(),
        sources=backing.sources,
        verified=backing.verified,
        responsible=file.responsible,
        about=file.about,
        evidence=file.evidence.evidence(),
        fresh=None if file.fresh is None else parse_duration(file.fresh),
        serves=file.serves,
    )
