"""Words of cases that commands and pages share: how far a case is, where its parties stand, what changed, what counts."""

from collections.abc import Mapping

from kansa.texts import Words

CASE_STATES: Mapping[str, Words] = {
    "open": Words("opened", "受付"),
    "proposed": Words("proposed", "起案済み"),
    "reviewed": Words("reviewed", "審査済み"),
    "returned": Words("returned", "差戻し"),
    "decided": Words("decided", "決裁済み"),
    "prospect": Words("prospect", "見込み"),
    "in_review": Words("in review", "審査中"),
    "cleared": Words("cleared", "承認済み"),
    "due": Words("due", "要再審査"),
    "lapsed": Words("lapsed", "失効"),
    "suspended": Words("suspended", "停止"),
    "closed": Words("closed", "終了"),
}
ASPECTS: Mapping[str, Words] = {
    "end_user": Words("end user", "最終需要者"),
    "end_use": Words("end use", "最終用途"),
    "ownership": Words("ownership", "所有関係"),
    "headquarters": Words("headquarters", "本社所在国"),
    "address": Words("registration", "登録内容"),
    "reseller": Words("reseller", "再販者"),
    "integrator": Words("integrator", "統合事業者"),
    "list": Words("list edition", "リストの版"),
    "rating": Words("risk rating", "リスク区分"),
    "rules": Words("rules", "規程"),
    "path": Words("access path", "接続経路"),
    "placement": Words("site", "拠点"),
}
GROUNDS: Mapping[str, Words] = {
    "signed": Words("counts, signed", "有効（署名あり）"),
    "recorded": Words("counts, recorded, not signed here", "有効（記録のみ、当システムでの署名なし）"),
    "valid": Words("signature valid", "署名有効"),
    "unsigned": Words("does not count: nobody signed it", "無効: 署名がありません"),
    "key_unknown": Words("does not count: the key is not the signer's", "無効: 署名者の鍵ではありません"),
    "key_replaced": Words("does not count: the key had been replaced", "無効: 交換済みの鍵です"),
    "key_revoked": Words("does not count: the key is revoked", "無効: 失効した鍵です"),
    "invalid": Words("does not count: it is not what was signed", "無効: 署名された内容と異なります"),
    "no_proposal": Words(
        "does not count: no proposal by a person with that role", "無効: 権限のある者の起案がありません"
    ),
    "not_as_proposed": Words("does not count: it is not what was proposed", "無効: 起案の内容と異なります"),
    "no_route": Words(
        "does not count: the route is not the adopted one", "無効: 採用された承認経路ではありません"
    ),
    "no_role": Words("does not count: the person does not have the role", "無効: 必要な役割がありません"),
    "no_end": Words(
        "does not count: a permit needs an end (`--until`)", "無効: 承認には期限が必要（`--until`）"
    ),
    "self_approval": Words(
        "does not count: the person took an earlier step of the same case",
        "無効: 同じ案件の前の段階を担当した者です",
    ),
    "own_act": Words(
        "does not count: the person took an earlier step of the same case",
        "無効: 同じ案件の前の段階を担当した者です",
    ),
    "returned": Words("does not count: the proposal was returned", "無効: 起案は差し戻されています"),
    "not_endorsed": Words(
        "does not count: a step before it is not complete", "無効: 前の段階が完了していません"
    ),
    "hits_open": Words(
        "would permit over hits of a screening that nobody has judged, which the route does not allow; "
        "`kansa case show` lists what is open",
        "未判断の候補が残るままの承認で、承認経路が認めていません（`kansa case show` で確認）",
    ),
    "flags_open": Words(
        "would permit over open flags of high severity, which the route does not allow; "
        "`kansa case show` lists what is open",
        "重大度の高い懸念情報が未解決のままの承認で、承認経路が認めていません（`kansa case show` で確認）",
    ),
    "no_quorum": Words("waits for further approvals", "他の承認者を待っています"),
    "not_next": Words(
        "does not count: that step does not wait for anybody", "無効: その段階は待っていません"
    ),
    "not_proposed": Words(
        "does not count: it is not about the latest proposal", "無効: 最新の起案に対するものではありません"
    ),
    "not_in_order": Words(
        "does not count: it has to be signed by an administrator", "無効: 管理者の署名が必要です"
    ),
}
