"""Every word that the page says, in both languages, side by side; nothing else in this package speaks.

Vocabulary: design §2. Users read *evidenced* 証跡あり, *gap* 証跡の欠落, *late* 事後記録; never the words that promise more.
A gap is evidence that was not found, not a breach.
"""

from collections.abc import Mapping

from markupsafe import Markup, escape

from kansa.drawing.figures import Language
from kansa.texts import Words


def say(language: Language, key: str, /, **values: object) -> str:
    """Return the words under a key as plain text.

    Raises:
        KeyError: the table has no such words, or they lack a value.
    """
    return getattr(WORDS[key], language).format(**values)  # type: ignore[no-any-return] # a field of Words


def mark(language: Language, key: str, /, **values: object) -> Markup:
    """Return the words under a key as HTML; values are escaped unless they are markup.

    Raises:
        KeyError: the table has no such words, or they lack a value.
    """
    return escape(getattr(WORDS[key], language)).format(**values)


_PAGE = {
    "language.name": Words("English", "日本語"),
    "language.choose": Words("Show this page in English", "このページを日本語で表示"),
    "title": Words("Evidence report: {operator}, {period}", "証跡報告：{operator}　{period}"),
    "kicker": Words("Evidence of accelerator use", "アクセラレータ利用の証跡"),
    "separator": Words(", ", "、"),
}

_HEADER = {
    "operator": Words("Operator", "事業者"),
    "scope": Words("About", "対象"),
    "scope.all": Words("all tenants", "すべての契約者"),
    "scope.tenant": Words("tenant {tenant}", "契約者 {tenant}"),
    "scope.end_user": Words("end user {end_user}", "最終需要者 {end_user}"),
    "scope.both": Words("end user {end_user} of tenant {tenant}", "契約者 {tenant} の最終需要者 {end_user}"),
    "scope.line": Words(
        "About {subjects}; {start} to {end}; known at {known}.",
        "対象：{subjects}。期間：{start} ～ {end}。基準時点：{known}。",
    ),
    "scope.not_assessed": Words(
        "Not assessed: {start} to {end}, since nothing that is known reaches into it.",
        "評価していません：{start} ～ {end}。この期間に及ぶ記録はまだありません。",
    ),
    "audience": Words("Made for", "提出先の区分"),
    "audience.regulator": Words("a regulator", "規制当局"),
    "audience.auditor": Words("an auditor", "監査人"),
    "audience.exporter": Words("an exporter", "輸出者"),
    "audience.next_operator": Words("the next operator", "引継先の事業者"),
    "withheld": Words("Withheld", "非開示"),
    "withheld.count": Words(
        "{hidden} of {whole} entries of the ledger are not in this dossier",
        "台帳の {whole} 件のうち {hidden} 件は、この証跡一式に含まれていません",
    ),
    "rows": Words("Rows in bulk", "一括証跡の行"),
    "rows.count": Words(
        "{rows} rows that stand, of {segments} segments of the ledger, are in this dossier with their proofs",
        "台帳の {segments} 個のセグメントから、有効な {rows} 行を証明とともに収めています",
    ),
    "period": Words("Period", "対象期間"),
    "period.jst": Words("{span} JST", "{span}（日本時間）"),
    "known": Words("Known at", "基準時点"),
    "known.jst": Words("{at} JST", "{at}（日本時間）"),
    "ledger": Words("Ledger", "台帳"),
    "ledger.size": Words("{count} entries", "{count} 件"),
    "ledger.began": Words("The log began", "台帳の開始"),
    "ledger.began.at": Words("{at} JST", "{at}（日本時間）"),
    "checkpoint": Words("Checkpoint", "チェックポイント"),
    "checkpoint.root": Words("root {root}, {at} JST", "ルートハッシュ {root}、{at}（日本時間）"),
    "witness.none": Words("not independently witnessed", "独立した第三者の確認署名なし"),
    "witness.one": Words("cosigned by 1 witness", "第三者 1 者の確認署名あり"),
    "witness.some": Words("cosigned by {count} witnesses", "第三者 {count} 者の確認署名あり"),
    "banner.simulated": Words("Simulated", "模擬データ"),
    "banner.simulated.why": Words(
        "This operator, its parties and its times are simulated. Nothing on this page describes a real event.",
        "事業者、関係者、時刻はすべて架空です。実際の出来事を示すものではありません。",
    ),
    "banner.generated": Words("Generated placement", "仮の配置"),
    "banner.generated.why": Words(
        "Which unit ran which use was not observed: a stated, seeded rule assigned it. "
        "Times of use come from the source, places do not.",
        "どの単位でどの利用が動いたかは観測されていないため、公開した規則（乱数の種は固定）で仮に割り当てています。"
        "利用の時刻は情報源によるもの、配置は仮のものです。",
    ),
    "quarantined": Words("Not counted", "集計対象外"),
    "quarantined.count": Words(
        "{count} rows in quarantine: they could not be read as stated and are in none of the figures",
        "読み取れずに隔離した行が {count} 件あり、どの数値にも含めていません",
    ),
    "set_aside.count": Words(
        "{count} uses set aside: without length, or recorded in two ways that contradict each other",
        "長さのない利用、または記録が互いに矛盾する利用を {count} 件除外しています",
    ),
}

_SENTENCE = {
    "sentence.balance": Words(
        "Of {installed} installed device-hours, {used} were seen in use, {idle} seen idle and {unobserved} not observed.",
        "設置 {installed} 機器時間のうち、利用（観測あり）{used}、待機（観測あり）{idle}、未観測 {unobserved}。",
    ),
    "sentence.balance.scoped": Words(
        "Of {installed} device-hours of the devices that they held, {used} were seen in their use, {idle} seen idle or in "
        "use by others and {unobserved} not observed.",
        "対象者が使った機器の設置時間 {installed} 機器時間のうち、対象者の利用（観測あり）{used}、"
        "待機または他者の利用（観測あり）{idle}、未観測 {unobserved}。",
    ),
    "sentence.unequal": Words(
        "These parts differ from the installed time by {difference} device-hours: the sources contradict each other.",
        "内訳の合計と設置時間に {difference} 機器時間の差があり、情報源の間に矛盾があります。",
    ),
    "sentence.nothing": Words(
        "Device time is not assessed: no device is recorded as installed in this period.",
        "機器時間は評価していません。この期間に設置された機器の記録がありません。",
    ),
    "sentence.coverage": Words(
        "Of all recorded use, inside closed windows or not, {evidenced} is evidenced on all four facts "
        "({contemporaneous} recorded at the time, {late} recorded late), and {gap} is not.",
        "記録された利用の全体（未観測の時間を含む）のうち {evidenced} は四つの事実すべてに証跡あり"
        "（同時記録 {contemporaneous}、事後記録 {late}）、{gap} は証跡の欠落。",
    ),
    "sentence.coverage.before_log": Words(
        "Of all recorded use, inside closed windows or not, {evidenced} is evidenced on all four facts "
        "({contemporaneous} recorded at the time, {late} recorded late, {before_log} before the log began), "
        "and {gap} is not.",
        "記録された利用の全体（未観測の時間を含む）のうち {evidenced} は四つの事実すべてに証跡あり"
        "（同時記録 {contemporaneous}、事後記録 {late}、台帳開始前 {before_log}）、{gap} は証跡の欠落。",
    ),
    "sentence.coverage.unassessed": Words(
        "Of all recorded use, inside closed windows or not, {evidenced} is evidenced on all four facts, and {gap} is not. "
        "Whether records were made late was not assessed.",
        "記録された利用の全体（未観測の時間を含む）のうち {evidenced} は四つの事実すべてに証跡あり、{gap} は証跡の欠落。事後記録かどうかは評価していません。",
    ),
    "sentence.unused": Words(
        "Evidence is not assessed: no use was recorded in this period.",
        "証跡は評価していません。この期間の利用の記録がありません。",
    ),
}

_BALANCE = {
    "balance": Words("Device time", "機器時間の内訳"),
    "balance.what": Words(
        "All time of all installed devices. One accelerator for one hour is one device-hour.",
        "設置された全機器の全時間。アクセラレータ 1 基の 1 時間を 1 機器時間とします。",
    ),
    "balance.picture": Words(
        "Installed device time as one bar: {parts}", "設置された機器時間を一本の帯で示した図。{parts}"
    ),
    "balance.pictures": Words(
        "Two bars. All uses: {uses}. All installed device time: {parts}",
        "帯が二本。全利用：{uses}。設置された全機器時間：{parts}",
    ),
    "balance.bars": Words(
        "Above: all uses, by when their evidence was recorded. Below: all installed time, by what the devices did.",
        "上：全利用を、証跡が記録された時期で分けたもの。下：設置された全時間を、機器の状態で分けたもの。",
    ),
    "balance.part": Words("{state} {hours} device-hours", "{state} {hours} 機器時間"),
    "balance.uses": Words(
        "The shares of used are of all uses, {use} device-hours. The used time is less: it counts a device once, "
        "and only where it is installed and a source has closed the window.",
        "「利用に対する割合」は全利用 {use} 機器時間に対するものです。利用の機器時間がこれより少ないのは、"
        "設置が確認され、情報源の報告期間が確定した時間に限り、機器ごとに一度だけ数えるためです。",
    ),
    "balance.state": Words("State", "状態"),
    "balance.hours": Words("Device-hours", "機器時間"),
    "balance.of.installed": Words("Of installed", "設置に対する割合"),
    "balance.of.used": Words("Of used", "利用に対する割合"),
    "state.installed": Words("installed", "設置"),
    "state.used": Words("used", "利用"),
    "state.ontime": Words("evidenced, recorded at the time", "証跡あり・同時記録"),
    "state.evidenced": Words("evidenced", "証跡あり"),
    "state.late": Words("evidenced, recorded late", "証跡あり・事後記録"),
    "state.late.short": Words("late", "事後記録"),
    "state.before_log": Words("evidenced, before the log began", "証跡あり・台帳開始前"),
    "state.before_log.short": Words("before the log began", "台帳開始前"),
    "state.gap": Words("gap", "証跡の欠落"),
    "state.idle": Words("seen idle", "待機（観測あり）"),
    "state.idle.scoped": Words("seen idle or in use by others", "待機または他者の利用（観測あり）"),
    "state.unobserved": Words("not observed", "未観測"),
    "state.unused": Words("no use", "利用なし"),
    "sites": Words("By site", "拠点別"),
    "site": Words("Site", "拠点"),
    "site.unknown": Words("(site unknown)", "（拠点不明）"),
    "facts.gap": Words("Gaps by fact", "事実別の証跡の欠落"),
    "facts.gap.note": Words(
        "One stretch can lack several facts, so these figures overlap and do not add up to the gap total.",
        "一つの区間で複数の事実が欠けることがあるため、事実別の数値は重なり、合計とは一致しません。",
    ),
}

_FACTS = {
    "fact": Words("Fact", "事実"),
    "fact.identity": Words("Identity", "需要者確認"),
    "fact.access": Words("Access", "接続経路"),
    "fact.custody": Words("Custody", "管理履歴"),
    "fact.authorization": Words("Authorization", "許可等"),
    "fact.use": Words("Use", "利用"),
    "known_by.attested": Words("attested", "構成証明"),
    "known_by.measured": Words("measured", "計測"),
    "known_by.documented": Words("documented", "文書"),
    "known_by.declared": Words("declared", "申告"),
    "known_by.inferred": Words("inferred", "推定"),
}

_TENANTS = {
    "closing": Words("Largest gaps you can still close", "補完の効果が大きい証跡"),
    "closing.item.gap": Words("{who}: {facts}", "{who}：{facts}"),
    "closing.item.unobserved": Words("{site}: not observed", "{site}：未観測"),
    "closing.stretches.one": Words("1 stretch", "1 区間"),
    "closing.stretches": Words("{count} stretches", "{count} 区間"),
    "closing.nothing": Words(
        "Of {use} device-hours of recorded use, none lies in a gap that a record could still close; of {installed} "
        "installed device-hours, none went unobserved.",
        "記録された利用 {use} 機器時間のうち、今後の記録で補える証跡の欠落は 0、"
        "設置 {installed} 機器時間のうち未観測は 0 です。",
    ),
    "closing.not_assessed": Words(
        "Not assessed: in this scope no use is recorded and no device is recorded as installed.",
        "評価していません。この範囲には利用の記録も、設置された機器の記録もありません。",
    ),
    "closing.rest": Words(
        "Not listed here: {hours} device-hours in smaller items ({count}), in the tables below.",
        "ほか {count} 項目（{hours} 機器時間）は下の各表に記載。",
    ),
    "closing.stays": Words(
        "A further {hours} device-hours, counted per fact, stay a gap: no record made now closes them.",
        "このほか {hours} 機器時間（事実ごとに計上）は、今後の記録では補えず、証跡の欠落のまま残ります。",
    ),
    "tenants": Words("By tenant and end user", "契約者・最終需要者別"),
    "tenants.what": Words(
        "Upper bar: how the evidence is known, by its weakest link at each instant. "
        "Lower bar: when it was recorded. Shares are of the used hours of that row.",
        "上段：証跡の種類（各時点で最も弱いもの）。下段：記録の時期。割合は各行の利用時間に対するもの。",
    ),
    "tenants.what.unassessed": Words(
        "How the evidence is known, by its weakest link at each instant. "
        "Shares are of the used hours of that row. Whether records were made late was not assessed.",
        "証跡の種類（各時点で最も弱いもの）。割合は各行の利用時間に対するもの。事後記録かどうかは評価していません。",
    ),
    "tenants.picture": Words("Coverage of {name}: {parts}", "{name} の証跡の状況。{parts}"),
    "tenants.part": Words("{state} {share}", "{state} {share}"),
    "tenants.all": Words("All uses", "すべての利用"),
    "tenants.use": Words("Use, device-hours", "利用（機器時間）"),
    "tenants.bar": Words("Coverage", "証跡の状況"),
    "tenants.known": Words("Evidenced, by how it is known", "証跡あり（種類別）"),
    "names.more": Words("{names} and {count} more", "{names} ほか {count} 件"),
    "tenants.when": Words("of which", "うち"),
    "tenants.none": Words("Not assessed: no use was recorded.", "評価していません。利用の記録がありません。"),
    "legend.known": Words("How it is known", "証跡の種類"),
    "legend.when": Words("When it was recorded", "記録の時期"),
    "legend.ontime": Words("at the time", "同時記録"),
    "end_user": Words("End user", "最終需要者"),
    "end_user.unnamed.of": Words("{tenant} (end user not named)", "{tenant}（最終需要者の記載なし）"),
    "end_user.unnamed": Words("(end user not named)", "（最終需要者の記載なし）"),
    "tenant.unnamed": Words("(tenant not named)", "（契約者の記載なし）"),
    "tenant.of": Words("tenant {tenant}", "契約者 {tenant}"),
    "method.direct": Words("direct", "直接"),
    "method.brokered": Words("brokered", "仲介"),
    "method.remote": Words("remote", "遠隔"),
    "method.by": Words("{method} by {mediators}", "{method}：{mediators}"),
}

_LANES = {
    "lanes": Words("Evidence over time", "証跡の推移"),
    "lanes.what": Words(
        "One lane for each fact, times in JST. Every gap drawn here is in the table below its picture.",
        "事実ごとに一段、時刻は日本時間。図の証跡の欠落はすべて直下の表に記載。",
    ),
    "lanes.picture": Words("Evidence over time for {name}", "{name} の証跡の推移"),
    "lanes.picture.more": Words(
        "{lanes}. Use at {sites}. The table below lists every gap.",
        "{lanes}。利用拠点：{sites}。証跡の欠落はすべて下の表に記載。",
    ),
    "lanes.picture.lane": Words(
        "{fact}: {gaps} gaps, {late} late stretches", "{fact}：証跡の欠落 {gaps} か所、事後記録 {late} か所"
    ),
    "lanes.picture.lane.before_log": Words(
        "{fact}: {gaps} gaps, {late} late stretches, {before_log} before the log began",
        "{fact}：証跡の欠落 {gaps} か所、事後記録 {late} か所、台帳開始前 {before_log} か所",
    ),
    "lanes.more": Words(
        "{count} more tenants and end users, {gaps} of them with gaps",
        "ほか {count} 件の契約者・最終需要者（うち証跡の欠落あり {gaps} 件）",
    ),
    "lanes.ordered": Words(
        "Those with the most gap time come first.", "証跡の欠落の時間が長いものから順に表示。"
    ),
    "lanes.gap": Words("{fact}: {missing}. {span} JST", "{fact}：{missing}。{span}（日本時間）"),
    "lanes.gaps": Words(
        "{fact}: {count} gaps close together, {span} JST",
        "{fact}：近接する証跡の欠落 {count} か所、{span}（日本時間）",
    ),
    "lanes.late": Words("{fact}: recorded late. {span} JST", "{fact}：事後記録。{span}（日本時間）"),
    "lanes.before_log": Words(
        "{fact}: evidenced, before the log began. {span} JST",
        "{fact}：証跡あり・台帳開始前。{span}（日本時間）",
    ),
    "lanes.use": Words(
        "{site}: up to {units} units. {span} JST", "{site}：最大 {units} 単位。{span}（日本時間）"
    ),
    "lanes.use.generated": Words(
        "{site} (generated placement): up to {units} units. {span} JST",
        "{site}（生成された配置）：最大 {units} 単位。{span}（日本時間）",
    ),
    "lanes.use.many": Words(
        "{site}: {count} stretches close together, {span} JST",
        "{site}：近接する {count} 区間、{span}（日本時間）",
    ),
    "lanes.nogap": Words(
        "None of these {use} device-hours of use lies in a gap.",
        "この利用 {use} 機器時間のうち、証跡の欠落は 0 です。",
    ),
    "lanes.none": Words(
        "Not assessed: no use of this period is recorded; {quarantined} rows lie in quarantine and {set_aside} uses "
        "were set aside.",
        "評価していません。この期間の利用の記録がありません（隔離した行 {quarantined} 件、除外した利用 {set_aside} 件）。",
    ),
    "lanes.also": Words(" · ", " · "),
    "lanes.also.late": Words("Recorded late ({count})", "事後記録（{count}）"),
    "lanes.also.before_log": Words("Before the log began ({count})", "台帳開始前（{count}）"),
    "lanes.also.places": Words("Places of use ({count})", "利用の場所（{count}）"),
    "lanes.others": Words("Gaps not tied to a picture above", "上の図に対応しない証跡の欠落"),
    "lanes.cut": Words(
        "and {count} more; all of them are in the dossier",
        "ほか {count} 区間。すべて提出用証跡一式に収録",
    ),
    "axis": Words("JST", "日本時間"),
}

_TABLES = {
    "from_to": Words("From – to (JST)", "期間（日本時間）"),
    "missing": Words("What is missing", "欠けている証跡"),
    "closes": Words("What would close it", "補完に必要な証跡"),
    "who": Words("Who can", "対応部署・照会先"),
    "units": Words("Units", "単位数"),
    "device_hours": Words("Device-hours", "機器時間"),
    "devices": Words("Devices", "機器"),
    "at.sites": Words("used at {sites}", "利用場所：{sites}"),
    "detail.provenance": Words("device {names}", "機器：{names}"),
    "detail.elsewhere": Words("custody: {names}", "管理履歴：{names}"),
    "detail.jurisdiction": Words("jurisdiction: {names}", "法域：{names}"),
    "detail.classification": Words("item class {names}", "品目区分：{names}"),
    "detail.item": Words("item class {names}", "品目区分：{names}"),
    "detail.site": Words("site: {names}", "拠点：{names}"),
    "detail.other": Words("{names}", "{names}"),
    "jurisdiction.US": Words("United States", "米国"),
    "jurisdiction.JP": Words("Japan", "日本"),
    "unobserved": Words("Time that no source has reported on", "どの情報源からも報告のない時間"),
    "unobserved.what": Words(
        "Neither used nor idle: nothing is known. These stretches are not gaps and are not counted as evidenced.",
        "利用とも待機とも分からない時間。証跡の欠落には数えず、証跡ありにも数えません。",
    ),
    "unobserved.none": Words(
        "Of {installed} installed device-hours, sources have reported on all.",
        "設置 {installed} 機器時間のすべてについて報告があります。",
    ),
    "unobserved.not_assessed": Words(
        "Not assessed: no device is recorded as installed in this period.",
        "評価していません。この期間に設置された機器の記録がありません。",
    ),
    "unobserved.missing": Words(
        "No source has fully reported this period", "この期間を漏れなく報告した情報源がありません"
    ),
    "unobserved.closes": Words(
        "The site’s accounting for this stretch, read in and its window closed",
        "この時間帯の拠点の利用記録（取り込み、報告期間を確定）",
    ),
    "stretches.of": Words(
        "{count} stretches: from – to, units, device-hours", "{count} 区間：期間、単位、機器時間"
    ),
    "who.nobody": Words("–", "–"),
    "who.named": Words("{name} ({role})", "{name}（{role}）"),
    "none": Words("none", "なし"),
}

_ROLES = {
    "role.operator_compliance": Words("operator’s compliance", "事業者のコンプライアンス担当"),
    "role.site_operations": Words("site operations", "拠点運用担当"),
    "role.export_control": Words("export control", "輸出管理担当"),
    "role.mediator": Words("mediator", "仲介者"),
    "role.supplier": Words("supplier", "供給者"),
    "role.by_contract": Words("by contract", "契約上の責任者"),
    "role.tenant": Words("tenant", "契約者"),
}

_MISSING = {
    "missing.end_user": Words(
        "The end user behind this use is not named", "この利用の最終需要者が示されていません"
    ),
    "missing.verification": Words(
        "No verification of the end user is in force", "有効な需要者確認がありません"
    ),
    "missing.clearance": Words(
        "No clearance that permits this tenant and end user is in force",
        "この契約者・最終需要者との取引を可とする、有効な取引審査の判断がありません",
    ),
    "missing.path": Words("The use names no access path", "利用に接続経路の記載がありません"),
    "missing.approval": Words(
        "No approval of the access path for this end user is in force",
        "この最終需要者について、接続経路の有効な承認がありません",
    ),
    "missing.enablement": Words(
        "No record shows the access path enabled",
        "接続経路の有効化の証跡がありません",
    ),
    "missing.mediator": Words(
        "The access path runs through a mediator that is not known",
        "接続経路の仲介者が確認済みの関係者ではありません",
    ),
    "missing.inventory": Words(
        "No record shows which accelerators this node held",
        "このノードに搭載されたアクセラレータの証跡がありません",
    ),
    "missing.provenance": Words(
        "No receipt names the contract line and the basis of supply of the device",
        "契約明細と供給の根拠を示す、機器の受領の証跡がありません",
    ),
    "missing.chain": Words(
        "The chain of custody is broken: no record places the device at this site",
        "管理履歴が途切れています（機器がこの拠点にあることを示す証跡がない）",
    ),
    "missing.elsewhere": Words(
        "Custody places the device at another site", "管理履歴では機器が別の拠点にあります"
    ),
    "missing.classification": Words(
        "The item has no classification in force", "品目の有効な該非判定がありません"
    ),
    "missing.basis": Words(
        "No authorization basis for this end user is in force",
        "この最終需要者について、有効な許可・許可例外・許可不要判定がありません",
    ),
    "missing.jurisdiction": Words(
        "A jurisdiction that applies has no basis in force", "適用される法域の一部に有効な根拠がありません"
    ),
    "missing.site": Words(
        "The basis in force does not name this site", "有効な根拠にこの拠点が含まれていません"
    ),
    "missing.site.unsaid": Words("The use does not say at which site it ran", "利用に拠点の記載がありません"),
    "missing.item": Words(
        "The basis in force does not cover this item class", "有効な根拠にこの品目区分が含まれていません"
    ),
    "missing.only": Words("{missing}", "{missing}"),
    "missing.ended": Words("{missing} (evidence ended {ended})", "{missing}（証跡は {ended} まで）"),
    "missing.begins": Words("{missing} (evidence begins {begins})", "{missing}（証跡は {begins} から）"),
    "missing.between": Words(
        "{missing} (evidence ended {ended}, again from {begins})",
        "{missing}（証跡は {ended} まで、次は {begins} から）",
    ),
}

_RECORDS = {
    "record.end_user": Words(
        "The name of the end user behind the use, with its verification",
        "利用の背後にある最終需要者の名称とその確認",
    ),
    "record.verification": Words(
        "A verification of the end user that was valid in this stretch and is not in the ledger yet",
        "この区間に有効であった需要者確認で、台帳に未記録のもの",
    ),
    "record.clearance": Words(
        "The clearance decided for this tenant and end user, with its scope and term",
        "この契約者・最終需要者についての取引審査の判断（範囲と期限を含む）",
    ),
    "record.path": Words(
        "The session or job data that says through which access path the use came",
        "利用がどの接続経路を通ったかを示すセッションまたはジョブの記録",
    ),
    "record.approval": Words(
        "The approval of the access path as given at the time, with its end users and term",
        "当時の接続経路の承認（対象の最終需要者と期限を含む）",
    ),
    "record.enablement": Words(
        "The configuration change that enabled the access path", "接続経路を有効にした設定変更の記録"
    ),
    "record.mediator": Words(
        "Registration and due diligence of the mediator of the access path",
        "接続経路の仲介者の登録と確認の記録",
    ),
    "record.inventory": Words(
        "The inventory of the node: its accelerators by serial, and since when",
        "ノードの構成記録（アクセラレータの製造番号と搭載時期）",
    ),
    "record.provenance": Words(
        "The receipt of the device by serial, with contract line and basis of supply",
        "機器の受領記録（製造番号、契約明細、供給の根拠を含む）",
    ),
    "record.chain": Words(
        "The receiving record of the device at this site, by serial",
        "この拠点での機器の受入記録（製造番号を含む）",
    ),
    "record.elsewhere": Words(
        "The record of the move to this site, or a correction of the one that places the device elsewhere",
        "この拠点への移動の記録、または別の拠点にあるとする証跡の訂正",
    ),
    "record.classification": Words(
        "The classification sheet of the item, with issuer and version of the law",
        "品目の該非判定書（発行者と法令の版を含む）",
    ),
    "record.basis": Words(
        "The licence, exception or no-licence-required determination that held in this stretch",
        "この区間に有効であった許可、許可例外または許可不要判定",
    ),
    "record.jurisdiction": Words(
        "The basis for the jurisdiction that is missing",
        "根拠のない法域についての許可、許可例外または許可不要判定",
    ),
    "record.site": Words(
        "The basis, or its amendment, that named this site in this stretch",
        "この区間にこの拠点を対象としていた根拠またはその変更",
    ),
    "record.site.unsaid": Words(
        "The accounting or inventory that says at which site the unit stood",
        "単位がどの拠点にあったかを示す利用記録または構成記録",
    ),
    "record.item": Words(
        "The basis, or its amendment, that covered this item class in this stretch",
        "この区間にこの品目区分を対象としていた根拠またはその変更",
    ),
}

_STAYS = {
    "stays": Words("Nothing: {why}. The stretch stays a gap", "補完不可（{why}）。証跡の欠落として残ります"),
    "stays.end_user": Words(
        "who the end user was then can no longer be established",
        "当時の最終需要者を今から確かめることはできません",
    ),
    "stays.verification": Words(
        "a later verification does not reach back", "後日の確認は過去に遡って効力を持ちません"
    ),
    "stays.clearance": Words(
        "a later clearance does not reach back", "後日の取引審査の判断は過去に遡って効力を持ちません"
    ),
    "stays.path": Words(
        "no source kept through which path the use came", "どの接続経路を通ったかの記録が残っていません"
    ),
    "stays.approval": Words(
        "a later approval does not reach back", "後日の承認は過去に遡って効力を持ちません"
    ),
    "stays.enablement": Words(
        "the path was not enabled through the approved process then",
        "当時、承認された手順での有効化がありませんでした",
    ),
    "stays.mediator": Words(
        "the mediator was not a known party then", "当時、仲介者は確認済みの関係者ではありませんでした"
    ),
    "stays.inventory": Words(
        "no source kept what the node held then", "当時のノード構成の記録が残っていません"
    ),
    "stays.provenance": Words(
        "no receipt was made when the device arrived", "機器の到着時に受領記録が作成されませんでした"
    ),
    "stays.chain": Words(
        "no record was made while the device moved", "機器の移動時に記録が作成されませんでした"
    ),
    "stays.elsewhere": Words(
        "custody and use name two places, and neither is corrected",
        "管理履歴と利用が別の場所を示し、いずれも訂正されていません",
    ),
    "stays.classification": Words(
        "a later classification does not reach back", "後日の該非判定は過去に遡って効力を持ちません"
    ),
    "stays.basis": Words(
        "a later basis holds only from its own date", "後日の根拠は、その日付以降にのみ効力を持ちます"
    ),
    "stays.jurisdiction": Words(
        "a later basis holds only from its own date", "後日の根拠は、その日付以降にのみ効力を持ちます"
    ),
    "stays.site": Words(
        "an amendment that adds the site holds only from its own date",
        "拠点を追加する変更は、その日付以降にのみ効力を持ちます",
    ),
    "stays.site.unsaid": Words(
        "no source kept at which site the use ran", "利用がどの拠点で行われたかの記録が残っていません"
    ),
    "stays.item": Words(
        "an amendment that adds the item class holds only from its own date",
        "品目区分を追加する変更は、その日付以降にのみ効力を持ちます",
    ),
}

_READING = {
    "reading": Words("How to read this page", "このページの読み方"),
    "reading.facts.term": Words("The four facts", "四つの事実"),
    "reading.facts": Words(
        "Identity: a current verification of the end user and a clearance that permits. "
        "Access: a path approved and enabled, mediated by a known party. "
        "Custody: an unbroken chain from receipt to this site. "
        "Authorization: a basis (licence, exception, or a determination that none is required) "
        "in force for end user, item and site in every jurisdiction that applies.",
        "需要者確認：最終需要者の有効な確認と、取引を可とする取引審査の判断。"
        "接続経路：承認され有効化された経路で、仲介者が確認済みであること。"
        "管理履歴：受領からこの拠点まで途切れない履歴。"
        "許可等：適用されるすべての法域で、最終需要者・品目・拠点について有効な根拠（許可、許可例外、許可不要判定）。",
    ),
    "reading.evidenced": Words(
        "Records were found that support all four facts at that instant. "
        "It does not say that the records are true; how they are known is shown beside them.",
        "その時点で四つの事実すべてを裏付ける証跡があること。証跡の内容が真実であることまでは示しません。証跡の種類を併記しています。",
    ),
    "reading.late": Words(
        "Evidenced, but the record reached the ledger after the allowed delay. Late is part of evidenced.",
        "証跡はあるものの、許容された遅れを過ぎて台帳に記録されたもの。証跡ありの内数です。",
    ),
    "reading.before_log": Words(
        "Evidenced, at an instant before the ledger’s first checkpoint, so that nothing could be recorded at the time. "
        "Told apart from late, and part of evidenced.",
        "証跡はあるものの、台帳の最初のチェックポイントより前の時点のもの。当時は台帳への記録ができなかったため、"
        "事後記録とは区別します。証跡ありの内数です。",
    ),
    "reading.gap": Words(
        "A stretch of use in which evidence of one or more of the four facts was not found. "
        "It is a question to answer, not a breach.",
        "利用のうち、四つの事実の一つ以上について証跡が見つからない区間。確認すべき事項であり、違反を意味しません。",
    ),
    "reading.unobserved": Words(
        "Time of installed devices on which no source has reported. Use in it would not be seen here.",
        "設置された機器の時間のうち、どの情報源からも報告のないもの。その間の利用はここには現れません。",
    ),
    "reading.idle": Words(
        "A source has reported on the time, and no use was in it.",
        "情報源の報告があり、その間に利用がなかった時間。",
    ),
    "reading.idle.scoped": Words(
        "A source has reported on the time, and no use of those whom this is about was in it; others may have used it.",
        "情報源の報告があり、その間に対象者の利用がなかった時間。他者が利用していたことはあり得ます。",
    ),
    "reading.known.term": Words("How it is known", "証跡の種類"),
    "reading.known": Words(
        "From strongest to weakest: attested by the device, measured by a system, documented by a paper, "
        "declared by a party, inferred from other records. An instant counts under its weakest link.",
        "強い順に、構成証明（機器自身による）、計測（システムによる）、文書、申告（当事者による）、"
        "推定（他の証跡から）。各時点は最も弱いものに数えます。",
    ),
    "reading.thin": Words(
        "Gaps are drawn at least {width} px wide so that none disappears; gaps closer together than that share one mark.",
        "証跡の欠落は見落としのないよう幅 {width} px 以上で描き、それより近接するものは一つの印にまとめます。",
    ),
    "reading.thin.term": Words("Short gaps", "短い欠落"),
    "reading.rounding.term": Words("Rounding", "端数処理"),
    "reading.rounding": Words(
        "Parts are rounded so that they add up. What exists is never shown as zero: less than a step is shown with <.",
        "内訳は合計が一致するよう丸めています。存在するものを 0 とは表示せず、最小単位未満は < で示します。",
    ),
    "reading.proof.term": Words("This page is a reader", "このページの位置づけ"),
    "reading.proof": Words(
        "It shows what the records say and carries no proof itself. "
        "To check it, run {command} on the dossier: anyone can, offline, with keys of their own choice.",
        "証跡の内容を表示するもので、それ自体は検証の手段ではありません。"
        "確認するには、提出用証跡一式に対して {command} を実行してください。誰でも、オフラインで、自ら選んだ鍵により確認できます。",
    ),
    "reading.advice.term": Words("Evidence, not legal advice", "法的助言ではありません"),
    "reading.advice": Words(
        "Kansa gives evidence, not legal advice. Whether a use was in order is for people with the authority to judge.",
        "Kansa が示すのは証跡であり、法的助言ではありません。利用の適否は、権限のある方が判断してください。",
    ),
}

WORDS: Mapping[str, Words] = {
    **_PAGE,
    **_HEADER,
    **_SENTENCE,
    **_BALANCE,
    **_FACTS,
    **_TENANTS,
    **_LANES,
    **_TABLES,
    **_ROLES,
    **_MISSING,
    **_RECORDS,
    **_STAYS,
    **_READING,
}
