"""A pack of approval routes as it is written, and how it is read."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal

from kansa.cases.routes import NamedStep, Route, RoutePack
from kansa.config_files import listing
from kansa.config_files.models import ConfigModel, doc, title
from kansa.config_files.values import Count, OneOf, OneOrMore
from kansa.records.kinds.case import Step
from kansa.rules.citations import Citation
from kansa.rules.loading.pack_models import BackedModel, PackModel, WordsModel, read_pack_model
from kansa.rules.tiers import TIERS


class StepModel(ConfigModel):
    """A step of a route."""

    model_config = title("Step", "段階")
    step: str = doc("the step's name in records", "証跡に残る段階の名前", example="approve")
    role: str = doc("the role that takes it", "担当する役割", example="export_control_officer")
    quorum: Count = doc("how many persons take it, at least one", "必要な人数（1 以上）", 1)
    substitute: str | None = doc("the role that may take it instead", "代行できる役割", None)
    words: WordsModel = doc("what people call it", "呼び名", example="{en: approval, ja: 承認}")


class RouteModel(BackedModel):
    """A route: the first step proposes, the last decides; each is taken by other persons."""

    model_config = title("Route", "承認経路")
    tiers: OneOrMore[Annotated[str, OneOf(lambda: TIERS)]] = doc(
        "for which risk tiers it is enough; left out, it is not for clearances",
        "どのリスク区分に足りるか。なければ取引審査には使いません",
        (),
    )
    decides_over: OneOrMore[Annotated[Literal["hits", "flags"], OneOf()]] = doc(
        "what a permit may be decided over although it is open", "未処理でも承認の決裁ができるもの", ()
    )
    steps: OneOrMore[StepModel] = doc("the steps, in order", "段階（順に）", example="[{step: draft, …}]")

    def check(self) -> None:
        """Refuse a route on which nobody else decides."""
        if self.has("steps") and len(self.steps) < 2:
            self.refuse("has fewer than two steps", "steps", "one proposes, another decides")


class RoutesFile(PackModel):
    """A pack of approval routes."""

    model_config = title("Approval routes", "承認経路")
    kind: Annotated[Literal["routes"], OneOf()] = doc(
        "the kind of pack: `routes`", "パックの種類。`routes`", example="routes"
    )
    routes: OneOrMore[RouteModel] = doc("the routes", "承認経路")

    def check(self) -> None:
        """Refuse roles that are not declared, and a risk tier with no route or with two."""
        for route in self.routes or ():
            route.check_id(self)
            for step in route.steps or ():
                self.check_role(step, "role", step.role)
                self.check_role(step, "substitute", step.substitute)
        for tier in TIERS if self.has("routes") else ():
            serving = [route.id for route in self.routes if tier in route.tiers]
            if len(serving) != 1 and all(route.has_nothing_wrong("tiers") for route in self.routes):
                self.refuse(
                    f"the tier `{tier}` has {listing(serving) or 'no route'}", "routes", "it needs one"
                )


def read(path: Path, citations: Mapping[str, Citation]) -> RoutePack:
    """Read a pack of kind `routes`.

    Raises:
        BadInput: `pack.content`, with everything wrong in it.
    """
    file, sink = read_pack_model(path, RoutesFile)
    backings = [route.backing(citations) for route in file.routes or ()]
    sink.settle("the pack")
    routes = [
        Route(
            id=route.id,
            words=route.words.words(),
            sources=backing.sources,
            tiers=route.tiers,
            steps=tuple(_steps(route)),
            decides_over=route.decides_over,
        )
        for route, backing in zip(file.routes, backings, strict=True)
    ]
    return RoutePack(file.header(), file.named_roles(), tuple(routes))


def _steps(route: RouteModel) -> Iterator[NamedStep]:
    for each in route.steps:
        step = Step(step=each.step, role=each.role, quorum=each.quorum, substitute=each.substitute)
        yield NamedStep(step, each.words.words())
