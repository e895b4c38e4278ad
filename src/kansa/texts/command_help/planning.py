"""Help of the plans of shifts, and of traces."""

from collections.abc import Mapping
from types import MappingProxyType

HELP: Mapping[str, str] = MappingProxyType(
    {
        "List the authorizations: basis, for whom, until when, quantity with what was drawn and is left. Exit 1 if any is overdrawn.": "許可・許可例外・許可不要判定の一覧: 根拠、対象者、期限、数量と引き当て・残りを示します。超過があれば終了コードは 1 です。",
        "Only those that name this end user.": "この最終需要者を対象とするものに限ります。",
        "Only those on which more was drawn than their quantity allows.": "数量を超えて引き当てたものに限ります。",
        "Answer from this dossier alone, once it verifies, instead of the vault.": "保管庫の代わりに、検証に通ったこの提出用証跡一式だけから回答します。",
        "Shifts of work that stay within evidence, planned before power forces them.": "電力の制約が生じる前に、証跡の範囲内で移動を計画します。",
        "Plan what runs around a signal: throttle, pause, or move to where permits and evidence reach. Exit 1 if a rule breaks.": "信号に合わせて、稼働中のワークロードの出力抑制・一時停止・移動を、可と証跡の及ぶ範囲で計画します。条件を満たさなければ終了コードは 1 です。",
        "Check any plan, whoever made it, against permits, evidence, power, rooms and links. Exit 1 if a rule breaks.": "どの計画でも、可・証跡・電力・台数・回線の条件に照らして検査します。条件を満たさなければ終了コードは 1 です。",
        "What the grid says: CSV with `site`, `start`, `end`, `cap_kw`, or OpenADR 3 events as JSON.": "系統からの信号。列 `site`、`start`、`end`、`cap_kw` の CSV、または OpenADR 3 のイベント（JSON）。",
        "From when to when to plan, as FROM/TO.": "計画の期間（FROM/TO）。",
        "Sites, power and costs, a YAML file: see `kansa schema planning`.": "サイト・電力・費用の設定（YAML）。`kansa schema planning` を参照してください。",
        "Day-ahead prices: CSV with `date`, `time_code`, `area`, `price`.": "スポット価格。列 `date`、`time_code`、`area`、`price` の CSV。",
        "How long to search for a better plan.": "より良い計画を探す時間（秒）。",
        "Take the first plan that holds.": "条件を満たす最初の計画を採用します。",
        "Write the plan here, as JSON.": "計画の出力先（JSON）。",
        "The plan: ours as JSON, or any as CSV with `workload`, `kind`, `site`, `at`.": "計画。当製品の JSON、または 列 `workload`、`kind`、`site`、`at` の CSV。",
    }
)
