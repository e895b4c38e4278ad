"""What every connector's options file has: which connector it is for, and the source's name in records."""

from kansa.config_files.models import ConfigModel, doc
from kansa.connectors.table.mapping_file import SourceName


class ConnectorOptions(ConfigModel):
    """Base of the options of a connector. In a folder, `connector` says which one reads the data beside the file."""

    connector: str | None = doc(
        "which connector reads the data; needed where a folder is read",
        "データを読み取るコネクター。フォルダーを取り込むときは必須",
        None,
        example="openssh",
    )
    source: SourceName | None = doc(
        "the source's name in records, where one connector reads several systems; else the connector's",
        "証跡に残る出典の名前。一つのコネクターで複数のシステムを読むときに指定。省けばコネクターの名前",
        None,
        example="openssh-tokyo",
    )
