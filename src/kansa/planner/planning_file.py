"""The file that says what the operator's sites draw, where they lie on the grid, and what things cost."""

from pathlib import Path

from kansa.config_files import ProblemCollector
from kansa.config_files.models import ConfigModel, doc, read_model, title
from kansa.config_files.values import Count, OneOrMore
from kansa.planner.problem import Costs


class PlannedSite(ConfigModel):
    """A site as the grid sees it."""

    model_config = title("Site", "サイト")
    site: str = doc("the site: an id, key or name", "サイト（ID、コード、名称）", example="ishikari")
    area: str | None = doc("its area in the day-ahead market", "スポット市場のエリア", None, example="北海道")
    limit_kw: Count | None = doc("what it may draw at any time, in kW", "常時の受電上限（kW）", None)
    base_kw: Count = doc("what it draws whatever runs, in kW", "稼働によらない消費電力（kW）", 0)


class PlannedItem(ConfigModel):
    """What an accelerator draws at the facility's meter."""

    model_config = title("Item class", "品目区分")
    item: str = doc("the item class", "品目区分", example="h100-sxm5")
    watts: Count = doc(
        "watts at full throughput, cooling included", "最大時の電力（W、冷却込み）", example="1300"
    )


class CostsModel(ConfigModel):
    """What things cost, in JPY; all of it the operator's own statement."""

    model_config = title("Costs", "費用")
    lost_accelerator_hour: Count = doc(
        "an accelerator-hour that is lost", "失われるアクセラレータ 1 時間", 400
    )
    move: Count = doc("a move", "移動 1 回", 2_000)
    stop: Count = doc("a stop of a workload", "ワークロードの停止", 200_000)
    change: Count = doc("leaving the last plan", "前回の計画からの変更", 500)


class PlanningFile(ConfigModel):
    """Sites, power and costs for planning shifts."""

    model_config = title("Planning of shifts", "移動計画の設定")
    sites: OneOrMore[PlannedSite] = doc("the sites that may take work", "計画の対象サイト")
    items: OneOrMore[PlannedItem] = doc("what each item class draws", "品目区分ごとの消費電力")
    costs: CostsModel | None = doc("what things cost", "費用", None)
    link_mb_s: Count = doc("megabytes a second between sites", "サイト間の転送速度（MB/秒）", 12_500)
    checkpoint_mb: Count = doc(
        "megabytes of a checkpoint for each accelerator",
        "アクセラレータ 1 基あたりのチェックポイント（MB）",
        2_000,
    )
    firm: OneOrMore[str] = doc(
        "end users whose work is firm: ids, keys or names", "優先する最終需要者（ID、コード、名称）", ()
    )

    def said_costs(self) -> Costs:
        """Return the costs."""
        if self.costs is None:
            return Costs()
        said = self.costs
        return Costs(
            lost_accelerator_hour=said.lost_accelerator_hour,
            move=said.move,
            stop=said.stop,
            change=said.change,
        )


def read_planning(path: Path) -> PlanningFile:
    """Return the file.

    Raises:
        BadInput: it cannot be used; all that is wrong is said.
    """
    sink = ProblemCollector(str(path), "plan.settings")
    file = read_model(path, PlanningFile, sink)
    sink.settle("the settings of the plan")
    return file
