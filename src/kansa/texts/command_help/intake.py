"""The help of intake: what is collected, and how sources are."""

HELP: dict[str, str] = {
    "Which connector, such as `table`, `slurm` or `openssh`; or a folder of mappings with their data files.": "コネクター（`table`、`slurm`、`openssh` など）、またはマッピングとデータのフォルダー。",
    "The files, in the order in which they were written, or folders of them.": "ファイル（書かれた順）、またはそのフォルダー。",
    "Which file: `mapping`, the id of a connector for its options, `sources`, `callers`, `enforcement-point`, `pack`, `controls` or `routes`.": "ファイルの種類。`mapping`、コネクターの ID（そのオプション）、`sources`、`callers`、`enforcement-point`、`pack`、`controls`、`routes`。",
    "Fetch, follow and pick up what the sources of a file hold since the last round, and record it.": "情報源のファイルに従って、前回以降の分を取得・追跡・回収し、記録します。",
    "The file of sources; `kansa schema sources` says what is in it.": "情報源のファイル。内容は `kansa schema sources` で確認できます。",
    "These sources alone, due or not.": "この情報源だけを、時刻にかかわらず収集します。",
    "All sources, due or not.": "すべての情報源を、時刻にかかわらず収集します。",
    "Go on, round by round, until Ctrl-C.": "Ctrl-C まで、収集を続けます。",
    "How sources are: last heard, lag, quarantine, silence.": "情報源の状態。最終報告、遅れ、隔離、途絶。",
    "Say of every source when it was last heard of, what lies in quarantine, and whether it is silent. Exit 1 if any needs somebody.": "情報源ごとに、最終報告の時刻、隔離の件数、途絶しているかを示します。対応が必要なものがあれば終了コード 1 です。",
    "List the connectors that are installed: what each reads and which records it gives.": "インストール済みのコネクターを、読み取るものと記録する証跡とともに示します。",
    "Rows that became no record, and whether they were mended.": "証跡にならなかった行と、その解消の状況。",
    "Of this source alone.": "この情報源に限ります。",
    "Mended rows as well.": "解消済みの行も示します。",
    "List quarantined rows: identity, place, what was wrong, what to do. Exit 1 if any is open.": "隔離した行を、識別子・場所・理由・対処とともに示します。未解消の行があれば終了コード 1 です。",
    "The row's identity, or its beginning.": "行の識別子、またはその先頭部分。",
    "Show one quarantined row as it was read.": "隔離した行を、読み取ったまま示します。",
    "The file of sources; those with `push` may then be sent here.": "情報源のファイル。`push` のある情報源を受け付けます。",
}
