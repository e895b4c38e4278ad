"""The options file of devices of running jobs as it is written: that of Slurm's accounting."""

from kansa.config_files.models import doc, title
from kansa.connectors.slurm.options_file import OptionsFile


class ScontrolOptionsFile(OptionsFile):
    """How `scontrol show job -d` is read: `cluster`, `zone`, `systems`, `site`, `item_classes` count."""

    model_config = title("Options for devices of running Slurm jobs", "実行中の Slurm ジョブの機器の読み方")
    connector: str | None = doc(
        "`slurm-devices`, where a folder is read",
        "フォルダーを読み取るときは `slurm-devices`",
        None,
        example="slurm-devices",
    )
