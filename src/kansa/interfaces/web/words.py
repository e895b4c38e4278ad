"""The words of the pages, by `<screen>.<part>`, in both languages."""

from collections.abc import Mapping
from types import MappingProxyType

from kansa.presentation.cases import ASPECTS, CASE_STATES, GROUNDS
from kansa.texts import Words

_FRAME = {
    "simulated": Words(
        "Simulated vault. Parties, people, figures and times are invented; nothing here describes a real event.",
        "模擬データの保管庫です。関係者・人名・数値・時刻はすべて架空で、実際の出来事を示すものではありません。",
    ),
    "skip": Words("Skip to content", "本文へ"),
    "menu": Words("Menu", "メニュー"),
    "menu.main": Words("Main menu", "主メニュー"),
    "language": Words("Language", "言語"),
    "theme": Words("Light or dark", "明暗"),
    "theme.dark": Words("Dark", "暗い配色"),
    "theme.light": Words("Light", "明るい配色"),
    "search": Words("Search", "検索"),
    "search.long": Words(
        "Search tenants, serial numbers, entries, rules", "検索：契約者、製造番号、証跡番号、規則"
    ),
    "me": Words("My key and sessions", "鍵とセッション"),
    "signout": Words("Sign out", "サインアウト"),
    "reader": Words("owner of the vault, reading", "保管庫の所有者（閲覧のみ）"),
    "behind": Words(
        "{n} newer entries are being read; what is shown is as of entry {at}.",
        "新しい証跡 {n} 件を読み込み中です。表示は証跡 {at} 件の時点です。",
    ),
    "unavailable": Words(
        "The vault cannot be read at present, and nothing can be signed: {why}. What is shown is as of entry {at}.",
        "保管庫を読めないため、署名はできません：{why}。表示は証跡 {at} 件の時点です。",
    ),
    "position": Words("Log {origin}, {n} entries, as of {at}", "台帳 {origin}、証跡 {n} 件、{at} 現在"),
    "jst": Words("All times JST", "時刻は日本時間"),
    "keys": Words("Keys", "操作一覧"),
    "key.move": Words("move", "移動"),
    "key.open": Words("open", "開く"),
    "key.search": Words("search", "検索"),
    "key.filter": Words("filter", "絞込み"),
    "key.all": Words("all keys", "操作一覧"),
    "nav.today": Words("Today", "本日"),
    "nav.review": Words("Review", "審査"),
    "nav.cases": Words("Cases", "案件"),
    "nav.screening": Words("Screening", "照合"),
    "nav.flags": Words("Red flags", "懸念情報"),
    "nav.register": Words("Register", "台帳の照会"),
    "nav.tenants": Words("Tenants", "契約者"),
    "nav.end_users": Words("End users", "最終需要者"),
    "nav.parties": Words("All parties", "すべての関係者"),
    "nav.devices": Words("Devices", "機器"),
    "nav.sites": Words("Sites and placement", "拠点・配置"),
    "nav.authorizations": Words("Authorizations", "許可等"),
    "nav.operation": Words("Operation", "運用"),
    "nav.coherence": Words("Coherence", "整合"),
    "nav.gate": Words("Gate", "ゲート"),
    "nav.sources": Words("Sources", "情報源"),
    "nav.ledger": Words("Ledger and trust", "台帳・信頼"),
    "nav.hand_over": Words("Hand over", "提出"),
    "nav.packages": Words("Packages", "提出用一式"),
    "nav.controls": Words("Controls", "統制"),
    "nav.rules": Words("Rules", "規程"),
    "nav.settings": Words("People and settings", "担当者・設定"),
    "entry": Words("#{n}", "#{n}"),
    "count.shown": Words(
        "{first}–{last} of {total}; {known} on record", "{total} 件中 {first}–{last}（登録 {known} 件）"
    ),
    "count.none": Words("0 of {known} on record fit", "登録 {known} 件のうち該当 0 件"),
    "next": Words("Next", "次へ"),
    "first": Words("First page", "最初のページ"),
    "filter": Words("Filter", "絞込み"),
    "filter.text": Words("Name, key or number", "名称・コード・番号"),
    "filter.apply": Words("Apply", "適用"),
    "filter.clear": Words("Clear", "解除"),
    "all": Words("All", "すべて"),
    "unknown": Words("not known", "不明"),
    "unknown.record": Words("not known: no record", "不明（記録なし）"),
    "none.record": Words("0 on record", "記録 0 件"),
    "device_hours": Words("device-hours", "機器時間"),
    "scrolls": Words("chart, scrolls sideways", "図（横に動かせます）"),
    "legend.ok": Words("evidenced at the time", "証跡あり・同時記録"),
    "legend.late": Words("evidenced late", "証跡あり・事後記録"),
    "legend.log": Words("before the log began", "台帳開始前"),
    "legend.gap": Words("gap", "証跡の欠落"),
    "legend.un": Words("not observed", "未観測"),
    "legend.track": Words("no use", "利用なし"),
    "permit": Words("permit", "承認"),
    "hold": Words("hold", "保留"),
    "deny": Words("deny", "否認"),
    "severity.high": Words("high", "高"),
    "severity.medium": Words("medium", "中"),
    "severity.low": Words("low", "低"),
    "yes": Words("yes", "はい"),
    "no": Words("no", "いいえ"),
    "web.required": Words("Please fill this in.", "入力してください。"),
    "web.choose": Words("Please choose one.", "いずれかを選択してください。"),
    "web.too_long": Words(
        "At most {most} characters; this has {given}.", "{most} 文字までです（現在 {given} 文字）。"
    ),
    "web.date": Words(
        "`{given}` is not a date such as 2026-09-01.", "`{given}` は日付ではありません（例：2026-09-01）。"
    ),
    "web.until": Words("A permit needs an end.", "承認には期限が必要です。"),
    "web.until_past": Words("The end must be to come.", "期限には今より後の日を指定してください。"),
    "web.overtaken": Words(
        "Somebody acted on this case while you were reading. See what is new below, and decide again.",
        "表示中に他の担当者がこの案件を進めました。下の新しい内容を確認し、改めて判断してください。",
    ),
}
_SIGN_IN = {
    "signin.title": Words("Sign in", "サインイン"),
    "signin.heading": Words("Sign in to the evidence of {operator}", "{operator}の証跡管理にサインイン"),
    "signin.passkey": Words("Sign in with a passkey", "パスキーでサインイン"),
    "signin.passkey.why": Words(
        "The passkey that signs your decisions also signs you in. It stays on your device.",
        "判断に署名するパスキーで、サインインもできます。パスキーは端末の外に出ません。",
    ),
    "signin.noscript": Words(
        "Passkeys need JavaScript. A link from the terminal works without it.",
        "パスキーには JavaScript が必要です。端末で発行するリンクは JavaScript なしで使えます。",
    ),
    "signin.link": Words("With a link from the terminal", "端末で発行するリンクでサインイン"),
    "signin.link.why": Words(
        "Whoever may read the vault's files starts the pages and gets a link that works once, for ten minutes:",
        "保管庫のファイルを読める担当者が次のコマンドを実行すると、10 分間・1 回だけ使えるリンクが表示されます。",
    ),
    "signin.nopassword": Words("There are no passwords.", "パスワードはありません。"),
    "signin.link.heading": Words("Sign in as {name}?", "{name}さんとしてサインインしますか"),
    "signin.link.owner": Words(
        "Sign in as the owner of the vault's files, to read only?",
        "保管庫の所有者として、閲覧のみでサインインしますか",
    ),
    "signin.link.once": Words("This link works once.", "このリンクは 1 回だけ使えます。"),
    "signin.link.go": Words("Sign in", "サインイン"),
    "signin.link.gone": Words("This link cannot be used any more", "このリンクはもう使えません"),
    "signin.link.gone.why": Words(
        "It was used, or it is older than ten minutes. Start `kansa web` again for another one.",
        "使用済みか、発行から 10 分を過ぎています。もう一度 `kansa web` を実行してください。",
    ),
    "signin.passkey.unknown": Words(
        "This passkey is nobody's here. An enrolled person puts it on record under “My key”.",
        "このパスキーは登録されていません。登録済みの担当者が「鍵とセッション」で登録します。",
    ),
    "signin.passkey.refused": Words(
        "The signature is not of this sign-in. Load the page and try again.",
        "署名がこのサインインのものではありません。ページを読み込み直してください。",
    ),
    "signin.back": Words(
        "Your session ended. What you had typed is kept.",
        "時間切れのため終了しました。入力は保存してあります。",
    ),
    "error.number": Words("Reference {n}", "照会番号 {n}"),
    "error.title": Words("This did not work", "処理できませんでした"),
    "error.back": Words("To the first page", "最初のページへ"),
}
_TODAY = {
    "today.title": Words("Today", "本日"),
    "today.heading": Words("{n} steps wait for you.", "あなたの対応待ちは {n} 件です。"),
    "today.heading.one": Words("1 step waits for you.", "あなたの対応待ちは 1 件です。"),
    "today.heading.none": Words(
        "0 of {n} open cases wait for you.", "未決の案件 {n} 件のうち、あなたの対応待ちは 0 件です。"
    ),
    "today.evidence": Words(
        "{gap} of {used} device-hours of use lack evidence; {un} were not observed.",
        "利用 {used} 機器時間のうち証跡の欠落 {gap}、未観測 {un} 機器時間。",
    ),
    "today.nothing": Words(
        "No use is on record yet: evidence is not assessed.", "利用の記録がないため、証跡は評価していません。"
    ),
    "today.sub": Words("{day} · {n} entries in the log", "{day} · 台帳の証跡 {n} 件"),
    "today.days": Words("Evidence by day of use", "日別の証跡"),
    "today.days.how": Words(
        "columns: device-hours without evidence, or evidenced late · strip: share of use that is evidenced",
        "柱：欠落・事後記録の機器時間、帯：利用のうち証跡ありの割合",
    ),
    "today.balance": Words(
        "Installed {installed} = used {used} + idle {idle} + not observed {un}",
        "設置 {installed} ＝ 利用 {used} ＋ 待機 {idle} ＋ 未観測 {un}",
    ),
    "today.work": Words("What waits", "対応待ち"),
    "today.mine": Words("Yours", "自分"),
    "today.others": Words("Waiting for others", "他者待ち"),
    "today.flags": Words("Red flags by rule", "懸念情報（規則別）"),
    "today.deadlines": Words("Coming to an end", "期限が近いもの"),
    "today.col.what": Words("What, and why now", "対象と理由"),
    "today.col.step": Words("Step", "対応"),
    "today.col.due": Words("Due", "期限"),
    "today.col.since": Words("Open for", "経過"),
    "today.step.propose": Words("Propose", "起案"),
    "today.subjects": Words("{n} subjects", "{n} 件"),
    "today.active": Words("{n} with machines in use", "利用中 {n} 件"),
    "today.more": Words("All {n}", "全 {n} 件"),
    "today.empty": Words(
        "0 of {cases} cases are open, and 0 of {flags} red flags.",
        "案件 {cases} 件のうち未決 0 件、懸念情報 {flags} 件のうち未解決 0 件です。",
    ),
    "today.close": Words("What would close the most", "補完の効果が大きい証跡"),
    "today.close.stays": Words(
        "{h} device-hours, counted per fact, stay a gap: no record made now closes them.",
        "事実ごとに計上した {h} 機器時間は、今後の記録では補えません。",
    ),
    "today.close.none": Words(
        "Of {used} device-hours of use, 0 lack evidence that can still come.",
        "利用 {used} 機器時間のうち、今後補える欠落は 0 機器時間です。",
    ),
    "today.sources": Words("Sources", "情報源"),
    "today.sources.all": Words("All {n}", "全 {n} 件"),
    "today.sources.closed": Words("reported in full to {at}", "{at} まで確定"),
    "today.sources.silent": Words("nothing reported {span}", "{span} 報告なし"),
    "today.sources.none": Words(
        "0 of {n} sources closed a window", "情報源 {n} 件のうち、期間を確定したもの 0 件"
    ),
    "cause.onboarding": Words("onboarding", "新規"),
    "cause.renewal": Words("renewal", "更新"),
    "cause.change": Words("change", "変更"),
    "cause.flag": Words("red flag", "懸念情報"),
    "today.why": Words("{cause}; {state}", "{cause}・{state}"),
    "deadline.verification": Words("verification ends", "需要者確認の期限"),
    "deadline.clearance": Words("clearance ends", "取引審査の判断の期限"),
    "deadline.approval": Words("approval of the path ends", "接続経路の承認の期限"),
}
_CASES = {
    "cases.title": Words("Cases", "案件"),
    "cases.heading": Words(
        "{open} of {n} cases wait for a decision.", "案件 {n} 件のうち {open} 件が判断待ちです。"
    ),
    "cases.waiting": Words("Waiting", "判断待ち"),
    "cases.decided": Words("Decided", "決裁済み"),
    "cases.col.parties": Words("Party", "相手方"),
    "cases.col.cause": Words("Cause", "理由の区分"),
    "cases.col.state": Words("State", "状態"),
    "cases.col.next": Words("Next step", "次の段階"),
    "cases.col.standing": Words("Standing", "現在の判断"),
    "cases.col.since": Words("Open for", "経過"),
    "cases.none": Words("0 of {n} cases fit this filter.", "この条件に合う案件は {n} 件のうち 0 件です。"),
    "cases.none.how": Words(
        "A case is opened here, or with `kansa case open --tenant KEY --end-user KEY`.",
        "案件はここで、または `kansa case open --tenant KEY --end-user KEY` で開始できます。",
    ),
    "cases.new": Words("Open a case", "案件を開始"),
    "cases.new.why": Words(
        "Somebody has to decide on a tenant and an end user.", "契約者と最終需要者について判断を求めます。"
    ),
    "case.title": Words("Case", "案件"),
    "case.heading.propose": Words("{party}: what is to be decided?", "{party}：どう判断すべきか"),
    "case.heading.permit": Words("{party}: permit until {until}?", "{party}：{until}まで承認してよいか"),
    "case.heading.other": Words("{party}: {decision}?", "{party}：{decision}とするか"),
    "case.heading.decided": Words("{party}: {decision}", "{party}：{decision}"),
    "case.sub": Words(
        "Opened {at}, cause: {cause}. In this state {age}.", "{at} 開始（{cause}）。この状態で {age}。"
    ),
    "case.opened": Words("The case is open.", "案件を開始しました。"),
    "case.tenant": Words("Tenant", "契約者"),
    "case.end_user": Words("End user", "最終需要者"),
    "case.end_user.same": Words(
        "Leave empty if it is the tenant itself.", "契約者自身の場合は空欄のままにします。"
    ),
    "case.cause": Words("Why somebody has to decide", "判断が必要な理由"),
    "case.more": Words("More about it (sealed)", "補足（封印して保存）"),
    "case.s.party": Words("Party to the transaction", "取引の相手方"),
    "case.s.owners": Words("Owners and headquarters", "所有関係と本社所在国"),
    "case.s.end_use": Words("End use and documents", "最終用途と書類"),
    "case.s.screening": Words("Screening", "照合"),
    "case.s.path": Words("Access paths", "接続経路"),
    "case.s.flags": Words("Red flags", "懸念情報"),
    "case.registered": Words("Registered as", "登記名称"),
    "case.roles": Words("Roles", "役割"),
    "case.verified": Words("Verified", "需要者確認"),
    "case.headquarters": Words("Headquarters", "本社所在国"),
    "case.owners": Words("Ownership", "所有関係"),
    "case.declarations": Words("{n} declarations in force", "有効な申告 {n} 件"),
    "case.documents": Words("Documents", "書類"),
    "case.used": Words("Use on record", "利用の実績"),
    "case.used.hours": Words(
        "{used} device-hours, of which {gap} lack evidence", "{used} 機器時間（うち証跡の欠落 {gap}）"
    ),
    "case.used.none": Words("0 device-hours on record", "記録は 0 機器時間です"),
    "case.screened": Words("Lists", "リスト"),
    "case.screened.lists": Words(
        "{lists} lists; {hits} candidates not judged", "リスト {lists} 種、未判断の候補 {hits} 件"
    ),
    "case.screened.never": Words(
        "not assessed: never screened, 0 lists asked", "評価していません（照合の記録 0 件）"
    ),
    "case.flags.none": Words("0 open flags on this party", "未解決の懸念情報は 0 件です"),
    "case.changed": Words("changed since the decision", "判断後に変更"),
    "case.new": Words("new since the proposal", "起案後の記録"),
    "case.state.changed": Words("Changed since the decision: {aspects}", "判断後の変更：{aspects}"),
    "case.route": Words("Approval route", "承認経路"),
    "case.route.none": Words("Nothing is proposed yet.", "まだ起案されていません。"),
    "case.route.you": Words("you", "あなた"),
    "case.route.quorum": Words("{n} persons", "{n} 名"),
    "case.acts": Words("What was said", "経過"),
    "case.proposal": Words("Proposal", "起案の内容"),
    "case.until": Words("Until", "期限"),
    "case.scope": Words("Scope", "範囲"),
    "case.scope.all": Words("all items, sites and paths", "すべての品目・拠点・接続経路"),
    "case.decide": Words("Your step: {step}", "あなたの段階：{step}"),
    "case.stop": Words("You may stop it", "差し止めることができます"),
    "case.propose": Words("Propose a decision", "判断を起案"),
    "case.act.permit": Words("Permit", "承認"),
    "case.act.permit.sub": Words("as proposed", "起案のとおり"),
    "case.act.hold": Words("Hold", "保留"),
    "case.act.hold.sub": Words("counts at once", "直ちに有効"),
    "case.act.deny": Words("Deny", "否認"),
    "case.act.deny.sub": Words("counts at once", "直ちに有効"),
    "case.act.endorsed": Words("Endorse", "可とする"),
    "case.act.endorsed.sub": Words("on to the next step", "次の段階へ"),
    "case.act.returned": Words("Return", "差戻し"),
    "case.act.returned.sub": Words("to the proposer", "起案者へ"),
    "case.act.propose": Words("Propose", "起案"),
    "case.reasons": Words("Reasons (sealed)", "理由（封印して保存）"),
    "case.go": Words("Read and sign", "内容を確認して署名"),
    "case.own_act": Words(
        "You took an earlier step of this case and cannot take this one.",
        "同じ案件の前の段階を担当したため、この段階は担当できません。",
    ),
    "case.not_yours": Words("This step waits for: {roles}.", "この段階の担当：{roles}"),
    "case.reads": Words(
        "You read; whoever is enrolled may act.", "閲覧のみです。登録された担当者が判断します。"
    ),
    "case.refused": Words("Not recorded: it {ground}.", "記録していません。{ground}。"),
    "case.separation.by_key_only": Words("Separation of persons: by key", "担当者の分離：鍵による"),
    "case.separation.none": Words("Separation of persons: none yet", "担当者の分離：まだありません"),
    "case.advice": Words(
        "This page is evidence, not legal advice.", "この画面は証跡を示すもので、法的助言ではありません。"
    ),
    "case.said.proposed": Words("proposed: {what}", "起案：{what}"),
    "case.said.endorsed": Words("endorsed", "審査済み"),
    "case.said.returned": Words("returned", "差戻し"),
}
_SIGN = {
    "sign.title": Words("Sign", "署名"),
    "sign.heading": Words("What exactly you sign", "署名される内容"),
    "sign.sub": Words(
        "Nothing is recorded until your own key has signed these bytes.",
        "あなたの鍵で署名するまで、何も記録されません。",
    ),
    "sign.fields": Words("In words", "内容"),
    "sign.bytes": Words("Byte for byte", "署名されるバイト列"),
    "sign.passkey": Words("Sign with your passkey", "パスキーで署名"),
    "sign.passkey.why": Words(
        "Your authenticator signs the hash of the bytes above. The page computes the hash itself and compares it.",
        "認証器が、上のバイト列のハッシュに署名します。ハッシュはこの画面自身が計算し、照合します。",
    ),
    "sign.terminal": Words("Sign at the terminal", "端末で署名"),
    "sign.terminal.why": Words(
        "Your key is in a file or the SSH agent, and the server never has it. Run this where your key is; it asks the "
        "vault itself, so it also checks this page.",
        "鍵はファイルまたは SSH エージェントにあり、サーバーには渡りません。鍵のある端末で次を実行してください。"
        "コマンドは保管庫を直接読むため、この画面の確認にもなります。",
    ),
    "sign.copy": Words("Copy", "コピー"),
    "sign.copied": Words("Copied", "コピーしました"),
    "sign.waiting": Words(
        "This page goes on by itself when the entry appears.",
        "証跡が記録されると、この画面は自動的に進みます。",
    ),
    "sign.check": Words("I have run it: look now", "実行しました。確認する"),
    "sign.recorded": Words("Recorded as entry #{index}.", "証跡 #{index} として記録しました。"),
    "sign.failed": Words("The browser did not sign: {why}", "署名できませんでした：{why}"),
    "sign.mismatch": Words(
        "What was asked to be signed is not what is shown. Do not sign; tell your administrator.",
        "署名対象が表示と一致しません。署名せず、管理者に連絡してください。",
    ),
    "sign.key": Words("Key", "鍵"),
    "sign.back": Words("Back to the case", "案件に戻る"),
}
_PARTIES = {
    "parties.heading.tenants": Words(
        "{n} tenants; {cleared} are cleared.", "契約者 {n} 者のうち {cleared} 者が承認済みです。"
    ),
    "parties.heading.end_users": Words(
        "{n} end users; {cleared} are cleared.", "最終需要者 {n} 者のうち {cleared} 者が承認済みです。"
    ),
    "parties.heading.parties": Words(
        "{n} parties; {cleared} are cleared.", "関係者 {n} 者のうち {cleared} 者が承認済みです。"
    ),
    "parties.col.name": Words("Name", "名称"),
    "parties.col.roles": Words("Roles", "役割"),
    "parties.col.hq": Words("Headquarters", "本社所在国"),
    "parties.col.verified": Words("Verified", "需要者確認"),
    "parties.col.cleared": Words("Clearance", "取引審査の判断"),
    "parties.state": Words("Clearance", "取引審査の判断"),
    "party.tab.overview": Words("Overview", "概要"),
    "party.tab.gaps": Words("Gaps", "証跡の欠落"),
    "party.tab.cases": Words("Cases", "案件"),
    "party.tab.flags": Words("Red flags", "懸念情報"),
    "party.tab.paths": Words("Access paths", "接続経路"),
    "party.tab.history": Words("History", "記録の履歴"),
    "party.fact.verified": Words("Verified", "需要者確認"),
    "party.fact.cleared": Words("Clearance", "取引審査の判断"),
    "party.fact.path": Words("Access path", "接続経路"),
    "party.fact.hq": Words("Headquarters", "本社所在国"),
    "party.fact.flags": Words("Open flags", "未解決の懸念情報"),
    "party.fact.use": Words("Use, device-hours", "利用（機器時間）"),
    "party.flags.n": Words("{n} of {all}", "{all} 件中 {n} 件"),
    "party.lanes": Words("Evidence over time", "証跡の推移"),
    "party.lanes.none": Words(
        "No use of this party is on record in {span}; its evidence over time is not assessed.",
        "{span} にこの関係者の利用の記録がないため、証跡の推移は評価していません。",
    ),
    "party.gaps": Words("Gaps", "証跡の欠落"),
    "party.gaps.of": Words(
        "{gap} of {used} device-hours ({share})", "利用 {used} 機器時間のうち {gap}（{share}）"
    ),
    "party.gaps.none": Words(
        "0 of {used} device-hours of use lack evidence.", "利用 {used} 機器時間のうち証跡の欠落は 0 です。"
    ),
    "party.gaps.not_assessed": Words(
        "Not assessed: no use on record.", "利用の記録がないため評価していません。"
    ),
    "party.gap.period": Words("Period", "期間"),
    "party.gap.missing": Words("What is missing", "欠けている証跡"),
    "party.gap.closes": Words("What would close it, and who can", "補完に必要な証跡と照会先"),
    "party.gap.units": Words("Units", "単位"),
    "party.gap.hours": Words("Device-hours", "機器時間"),
    "party.history": Words("Latest entries", "最近の記録"),
    "party.history.of": Words("{n} of {all}", "全 {all} 件のうち {n} 件"),
    "party.since": Words("Standing now", "現在"),
    "party.paths.none": Words(
        "0 of {n} access paths name this party.", "接続経路 {n} 件のうち、この関係者に関するもの 0 件。"
    ),
    "party.cases.none": Words(
        "0 of {n} cases are about this party.", "案件 {n} 件のうち、この関係者に関するもの 0 件。"
    ),
    "party.flags.none": Words(
        "0 of {n} red flags are on this party.", "懸念情報 {n} 件のうち、この関係者に関するもの 0 件。"
    ),
    "party.open_case": Words("Open a case", "案件を開始"),
    "party.no_decision": Words("no decision", "判断なし"),
    "party.of": Words("of {tenant}", "契約者 {tenant}"),
    "path.method": Words("Method", "方法"),
    "path.mediator": Words("Mediator", "仲介者"),
    "path.approval": Words("Approved", "承認"),
    "path.enablement": Words("Enabled", "有効化"),
    "path.name": Words("Access path", "接続経路"),
    "path.for": Words("For", "対象"),
    "method.direct": Words("direct", "直接"),
    "method.brokered": Words("brokered", "仲介"),
    "method.remote": Words("remote", "遠隔"),
    "role.operator": Words("operator", "事業者"),
    "role.tenant": Words("tenant", "契約者"),
    "role.end_user": Words("end user", "最終需要者"),
    "role.supplier": Words("supplier", "供給者"),
    "role.reseller": Words("reseller", "再販者"),
    "role.integrator": Words("integrator", "統合事業者"),
    "role.forwarder": Words("forwarder", "運送事業者"),
    "role.owner": Words("owner", "所有者"),
    "col.entry": Words("Entry", "証跡"),
    "col.what": Words("What", "内容"),
    "col.when": Words("True from", "事実の時点"),
    "col.recorded": Words("Recorded", "記録"),
    "col.source": Words("Source", "情報源"),
    "col.known": Words("How known", "種類"),
    "col.severity": Words("Severity", "重大度"),
    "col.rule": Words("Rule", "規則"),
    "col.due": Words("Due", "期限"),
    "col.owner": Words("Owner", "担当"),
}
_DEVICES = {
    "devices.title": Words("Devices", "機器"),
    "devices.heading": Words(
        "{held} of {n} devices are where a chain of custody puts them.",
        "機器 {n} 台のうち {held} 台が、管理履歴の示す拠点にあります。",
    ),
    "devices.col.key": Words("Asset tag", "資産札"),
    "devices.col.numbers": Words("Numbers on it", "番号"),
    "devices.col.item": Words("Item class", "品目区分"),
    "devices.col.node": Words("Node", "ノード"),
    "devices.col.site": Words("Site", "拠点"),
    "devices.col.custody": Words("In custody since", "管理履歴の開始"),
    "devices.filter.site": Words("Site", "拠点"),
    "devices.filter.lacking": Words("Without custody only", "管理履歴なしのみ"),
    "device.ok": Words("custody evidenced", "管理履歴あり"),
    "device.bad": Words("custody not evidenced", "管理履歴なし"),
    "device.sub": Words("{item} · {site} {node} since {since}", "{item} · {site} {node}（{since} から）"),
    "device.sub.nowhere": Words(
        "{item} · the inventory has it nowhere now", "{item} · 資産台帳に現在の設置先の記載なし"
    ),
    "device.picture": Words("Chain of custody", "管理履歴"),
    "device.picture.how": Words(
        "filled: evidenced; hatched: no record places it", "塗り：証跡あり、斜線：所在を示す証跡なし"
    ),
    "device.names": Words("Names on record", "記録された名称"),
    "device.names.joined": Words("each joined by a record", "結合の根拠となる証跡つき"),
    "device.records": Words("Records of this device", "この機器の証跡"),
    "device.records.note": Words("corrections are shown as such", "訂正は訂正として表示"),
    "device.verify": Words("Verify here", "ここで検証"),
    "device.verify.go": Words("Verify entry #{n}", "証跡 #{n} を検証"),
    "device.node": Words("Node {node}", "ノード {node}"),
    "device.node.note": Words(
        "A node is evidenced only where all its accelerators are.",
        "全基に証跡がある間だけ、ノードは証跡ありとします。",
    ),
    "device.lacking": Words(
        "{n} of {all} receipts name no contract line or basis of supply.",
        "受領記録 {all} 件のうち {n} 件に、契約明細または供給の根拠の記載がありません。",
    ),
}
_ENTRY = {
    "entry.title": Words("Entry #{n}", "証跡 #{n}"),
    "entry.recorded": Words("recorded {at}", "{at} 記録"),
    "entry.fields": Words("Open fields", "開示された項目"),
    "entry.sealed": Words("Sealed values", "封印された値"),
    "entry.sealed.n": Words("{n} sealed, {kept} of them kept", "封印 {n} 件、うち保管 {kept} 件"),
    "entry.sealed.none": Words("0 values are sealed in this entry.", "この証跡に封印された値は 0 件です。"),
    "entry.show": Words("Show the sealed values", "封印された値を表示"),
    "entry.erased": Words(
        "{n} of {all} are erased or withheld.", "{all} 件のうち {n} 件は消去または非開示です。"
    ),
    "entry.about": Words("About", "対象"),
    "entry.source": Words("Source", "情報源"),
    "entry.happened": Words("Happened", "発生"),
    "entry.corrects": Words("Corrects", "訂正の対象"),
    "entry.corrected_by": Words("Corrected by", "訂正した証跡"),
    "entry.verify": Words("Verified here and now", "ここで検証した結果"),
    "entry.neighbours": Words("Entries before and after", "前後の証跡"),
    "verify.included": Words("The entry is in the log", "証跡は台帳にあります"),
    "verify.included.detail": Words("inclusion proof of {detail} hashes", "包含証明、ハッシュ {detail} 個"),
    "verify.signed": Words(
        "The checkpoint is signed with the log's key", "チェックポイントは台帳の鍵で署名されています"
    ),
    "verify.signed.detail": Words("{detail}", "{detail}"),
    "verify.witnessed": Words(
        "Independent witnesses: not assessed here", "独立した第三者の確認：ここでは評価していません"
    ),
    "verify.witnessed.detail": Words(
        "0 cosignatures on record; nobody else vouches that others were shown the same log",
        "確認署名 0 件。他の閲覧者に同じ台帳が示されたことを保証する第三者はいません",
    ),
    "verify.offline": Words("Offline:", "オフライン："),
}
_FLAGS = {
    "flag.open": Words("open", "未解決"),
    "flag.resolved": Words("answered", "回答済み"),
    "flag.lapsed": Words("lapsed", "解消"),
}
_ME = {
    "me.title": Words("My key and sessions", "鍵とセッション"),
    "me.key": Words("The key I sign with", "署名に使う鍵"),
    "me.key.passkey": Words("passkey", "パスキー"),
    "me.key.file": Words("file or SSH agent", "ファイルまたは SSH エージェント"),
    "me.key.none": Words("0 keys: it was revoked", "鍵は失効し、現在 0 件です"),
    "me.roles": Words("Roles", "役割"),
    "me.roles.none": Words("0 roles: you read", "役割 0 件（閲覧のみ）"),
    "me.sessions": Words("Sessions", "セッション"),
    "me.session": Words("{method}, since {at}", "{method}、{at} から"),
    "me.method.link": Words("link from the terminal", "端末のリンク"),
    "me.method.passkey": Words("passkey", "パスキー"),
    "me.method.oidc": Words("identity provider", "認証基盤"),
    "me.passkey": Words("Sign with a passkey from now on", "今後はパスキーで署名する"),
    "me.not_enrolled": Words(
        "You own the vault's files and are not enrolled: you read. `kansa person enroll` enrols people.",
        "保管庫の所有者として閲覧しています。担当者の登録は `kansa person enroll` で行います。",
    ),
    "passkey.title": Words("Sign with a passkey", "パスキーで署名"),
    "passkey.1": Words("1. Make a passkey on this device", "1. この端末でパスキーを作成します"),
    "passkey.1.why": Words(
        "It stays on the device; only its public half leaves it.",
        "パスキーは端末に残り、公開鍵だけが送られます。",
    ),
    "passkey.make": Words("Make a passkey", "パスキーを作成"),
    "passkey.2": Words(
        "2. Put its public half on record with the key you have", "2. 現在の鍵で、公開鍵を台帳に記録します"
    ),
    "passkey.2.why": Words(
        "The server does not have your present key, so this is signed at the terminal; an administrator can do it too.",
        "サーバーは現在の鍵を持たないため、端末で署名します。管理者も代わりに実行できます。",
    ),
    "passkey.3": Words(
        "From then on this passkey signs you in and signs your steps.",
        "以後、このパスキーでサインインと署名ができます。",
    ),
    "passkey.nobody": Words("Only an enrolled person has a key.", "鍵を持つのは登録された担当者だけです。"),
    "passkey.noscript": Words("Passkeys need JavaScript.", "パスキーには JavaScript が必要です。"),
    "keys.title": Words("Keys", "操作一覧"),
    "keys.note": Words(
        "Letters work outside fields only, and never while a Japanese input method is composing.",
        "文字キーは入力欄の外でのみ働き、日本語入力の変換中は働きません。",
    ),
    "keys.go": Words("Go to", "移動先"),
    "keys.list": Words("In lists", "一覧"),
    "keys.review": Words("In a case", "案件"),
    "keys.k.j": Words("next row", "次の行"),
    "keys.k.k": Words("previous row", "前の行"),
    "keys.k.enter": Words("open", "開く"),
    "keys.k.slash": Words("filter or search", "絞込み・検索"),
    "keys.k.ctrlk": Words("search", "検索"),
    "keys.k.u": Words("back to the list", "一覧へ戻る"),
    "keys.k.n": Words("choose", "選択"),
    "keys.k.r": Words("reasons", "理由"),
    "keys.k.ctrlenter": Words("the primary act", "主な操作"),
    "keys.k.esc": Words("leave the field", "入力欄を離れる"),
}
TEXTS: Mapping[str, Words] = MappingProxyType(
    {
        **_FRAME,
        **_SIGN_IN,
        **_TODAY,
        **_CASES,
        **_SIGN,
        **_PARTIES,
        **_DEVICES,
        **_ENTRY,
        **_FLAGS,
        **_ME,
        **{f"state.{name}": words for name, words in CASE_STATES.items()},
        **{f"ground.{name}": words for name, words in GROUNDS.items()},
        **{f"aspect.{name}": words for name, words in ASPECTS.items()},
    }
)
