"""The planted cases in words: what happened, and what the report shows of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Shows = Literal["gap", "late", "unobserved", "no_gap"]


@dataclass(frozen=True, slots=True)
class Case:
    """One planted fault, or what looks like one and is none."""

    id: str
    shows: Shows
    happened: Mapping[str, str]
    seen: Mapping[str, str]


CASES = (
    Case(
        "verification_expired",
        "gap",
        {
            "ja": "潮目気象技術の確認は1月4日限りで切れ、更新は6日から有効となりました。ジョブはその間も動いていました。",
            "en": "Shiome's verification ended with 4 January and the next one begins with the 6th; a job ran on.",
        },
        {
            "ja": "is-g01 の8台で24時間、需要者確認の証跡が欠落",
            "en": "identity is missing on is-g01 (8 accelerators) for the whole of 5 January",
        },
    ),
    Case(
        "shift_outside_authorization",
        "gap",
        {
            "ja": "飛梅材料科学の許可は印西と石狩だけ。7日夕方、需給ひっ迫で北九州へ移されました。",
            "en": "Tobiume's licence names Inzai and Ishikari; on the evening of the 7th the grid sent it to Kitakyushu.",
        },
        {
            "ja": "kk-g03 の4台で17:30から22:00まで許可の証跡が欠落 (拠点)",
            "en": "authorization (site) is missing on 4 accelerators of kk-g03, 17:30 to 22:00",
        },
    ),
    Case(
        "temporary_access_outlived",
        "gap",
        {
            "ja": "フィエルヴァク社の一時接続は9日18:00まで。作業は翌2:00まで続いました。",
            "en": "Fjellvak's temporary access was on until 18:00 on the 9th; the work went on until 2:00.",
        },
        {
            "ja": "inz-n03 の4台で8時間、接続の証跡が欠落 (開通)",
            "en": "access (enablement) is missing on 4 accelerators of inz-n03 for 8 hours",
        },
    ),
    Case(
        "node_moved_without_custody",
        "gap",
        {
            "ja": "inz-n05 は6日に印西を出て8日に石狩で動き始めたが、搬出も受領も記録がありません。9日10:00に現物照合。",
            "en": "inz-n05 left Inzai on the 6th and worked in Ishikari from the 8th without a movement on file; it was"
            " received again, in person, on the 9th at 10:00.",
        },
        {
            "ja": "その8台で8日14:00から9日10:00まで管理履歴の証跡が欠落",
            "en": "custody is missing on its 8 accelerators from the 8th, 14:00, to the 9th, 10:00",
        },
    ),
    Case(
        "device_without_provenance",
        "gap",
        {
            "ja": "6日、is-g02 の1台を、契約と許可の記載のない受領書の予備品と交換しました。",
            "en": "On the 6th a spare whose receipt names no contract line went into is-g02.",
        },
        {
            "ja": "ノード全体の管理履歴が8日16:00まで示せず、二つのジョブで証跡が欠落",
            "en": "the node as a whole is not evidenced until the 8th, 16:00: custody is missing on two jobs",
        },
    ),
    Case(
        "end_user_not_named",
        "gap",
        {
            "ja": "5日、星渡りグリッドの共用経路の利用で最終需要者が告げられませんでした。",
            "en": "On the 5th Hoshiwatari used its general path and named no end user.",
        },
        {
            "ja": "2台で9時間30分、需要者確認・接続・許可が揃って欠落",
            "en": "identity, access and authorization are all missing on 2 accelerators for 9.5 hours",
        },
    ),
    Case(
        "path_of_another_reseller",
        "gap",
        {
            "ja": "6日、霧笛ロボティクスが星渡りグリッドの契約で、結び目コンピュートの経路を使いました。",
            "en": "On the 6th Muteki, as Hoshiwatari's customer, came in on Musubime's path.",
        },
        {
            "ja": "4台で12時間、接続の証跡が欠落。需要者確認は両社で揃っています",
            "en": "access is missing on 4 accelerators for 12 hours, though both resellers are cleared for it",
        },
    ),
    Case(
        "accounting_missing",
        "unobserved",
        {
            "ja": "10日12:00から18:00まで、北九州のジョブ記録が書き出されませんでした。",
            "en": "On the 10th nothing was exported of Kitakyushu's accounting from 12:00 to 18:00.",
        },
        {
            "ja": "16台の6時間は、利用とも空きとも言いません。欠落とは数えません",
            "en": "6 hours of 16 accelerators are called neither used nor idle; they are no gap",
        },
    ),
    Case(
        "overlapping_renewals",
        "no_gap",
        {
            "ja": "燈火創薬の確認は、切れる二日前に更新されました。",
            "en": "Tomoshibi's verification was renewed two days before it ended.",
        },
        {
            "ja": "有効期間の重なりは一度だけ数えられ、ジョブは通しで証跡あり",
            "en": "where the two overlap, one is enough: the job across the change is evidenced throughout",
        },
    ),
    Case(
        "touching_licences",
        "no_gap",
        {
            "ja": "白樺言語研究所の許可は8日0:00に切れ、次の許可が同じ時刻に始まりました。",
            "en": "Shirakaba's licence ended on the 8th at 0:00, the instant at which the next one began.",
        },
        {
            "ja": "隙間なく接する期間の間には何も残らず、またぐジョブは通しで証跡あり",
            "en": "nothing lies between intervals that touch: the job across midnight is evidenced throughout",
        },
    ),
    Case(
        "running_to_horizon",
        "no_gap",
        {
            "ja": "汐見台工科大学のジョブは期間の終わりにまだ動いていました。",
            "en": "A job of Shiomidai was still running when the period ended.",
        },
        {
            "ja": "終わりを待たず、期間の終わりまで評価され、証跡あり",
            "en": "it is evaluated up to the end of the period, and evidenced",
        },
    ),
    Case(
        "recorded_late",
        "late",
        {
            "ja": "千茅モビリティの経路は3日に開通したが、記録は6日になりました。",
            "en": "Chigaya's path was switched on on the 3rd; that was put on file on the 6th.",
        },
        {
            "ja": "8台の46時間は、証跡はあるが記録が遅れました。欠落とは数えません",
            "en": "46 hours of 8 accelerators are evidenced, but were on file too late; they are no gap",
        },
    ),
    Case(
        "clearance_hold",
        "gap",
        {
            "ja": "7日9:00から15:00まで、風待ち映像の取引審査が保留されました。二つのジョブが動いていました。",
            "en": "On the 7th Kazemachi's clearance was on hold from 9:00 to 15:00 while two jobs ran.",
        },
        {
            "ja": "6時間、需要者確認の証跡が欠落。is-g02 では管理履歴の欠落と重なります",
            "en": "identity is missing for 6 hours; on is-g02 together with custody",
        },
    ),
    Case(
        "item_not_covered",
        "gap",
        {
            "ja": "麦秋アナリティクスの許可例外は h100-sxm5 だけ。4日、h200-sxm5 の kk-g01 で動いました。",
            "en": "Bakushu's exception covers h100-sxm5; on the 4th it ran on kk-g01, which is h200-sxm5.",
        },
        {
            "ja": "4台で12時間、許可の証跡が欠落 (品目)",
            "en": "authorization (item) is missing on 4 accelerators for 12 hours",
        },
    ),
    Case(
        "authorization_revoked",
        "gap",
        {
            "ja": "11日正午、蛍火ゲームスの許可が取り消されました。利用は21:00まで続いました。",
            "en": "Hotarubi's licence was revoked at noon on the 11th; it went on until 21:00.",
        },
        {
            "ja": "2台で9時間、許可の証跡が欠落",
            "en": "authorization is missing on 2 accelerators for 9 hours",
        },
    ),
    Case(
        "jurisdiction_missing",
        "gap",
        {
            "ja": "朧ゲノム解析は米国側の根拠だけで4日夜に始め、日本側の判定は5日9:00から。",
            "en": "Oboro began on the evening of the 4th with a US basis; the Japanese determination holds from 9:00 on"
            " the 5th.",
        },
        {
            "ja": "4台で14時間、許可の証跡が欠落 (法域)",
            "en": "authorization (jurisdiction) is missing on 4 accelerators for 14 hours",
        },
    ),
    Case(
        "seen_elsewhere",
        "gap",
        {
            "ja": "12日8:00、印西の1台が石狩の棚卸しに現れ、20:00に印西で現物が確かめられました。",
            "en": "On the 12th at 8:00 an accelerator of Inzai was read in Ishikari's stocktaking; at 20:00 it was found"
            " in Inzai.",
        },
        {
            "ja": "その1台だけ12時間、管理履歴の証跡が欠落",
            "en": "custody is missing on that accelerator alone for 12 hours",
        },
    ),
    Case(
        "corrected_end",
        "no_gap",
        {
            "ja": "2日の書き出しで実行中だったジョブが、3日の書き出しで終わっていました。",
            "en": "A job that ran in the export of the 2nd had ended in that of the 3rd.",
        },
        {
            "ja": "終わりの分かった記録が先の記録を訂正し、利用は一つのまま",
            "en": "the record with the end corrects the earlier one; it stays one use",
        },
    ),
    Case(
        "withdrawn_and_verified_again",
        "no_gap",
        {
            "ja": "8日9:30、汐見台工科大学の確認が取り下げられ、同時に現地訪問で確認し直されました。",
            "en": "On the 8th at 9:30 Shiomidai's verification was withdrawn and, at once, done again on site.",
        },
        {
            "ja": "取下げと再確認が同じ時刻なので、動いていたジョブは通しで証跡あり",
            "en": "one ends where the other begins: the job that ran is evidenced throughout",
        },
    ),
)
