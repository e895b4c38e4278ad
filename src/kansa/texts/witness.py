"""What the commands about witnesses say."""

from collections.abc import Mapping
from types import MappingProxyType

from kansa.texts import Words

WITNESS: Mapping[str, Words] = MappingProxyType(
    {
        "made": Words("Made a witness in {witness}.", "証人を {witness} に作成しました。"),
        "line": Words(
            "Give this line to the operators of the logs that you will cosign, with your URL if you serve one:",
            "連署するログの事業者に次の行を渡してください（公開している場合は URL も）:",
        ),
        "follows": Words("Follows {origin} from now on.", "今後 {origin} を見守ります。"),
        "follows.already": Words(
            "Nothing new: these keys were known.", "新しいものはありません（登録済みの鍵です）。"
        ),
        "signed": Words("Cosigned; wrote {file}", "連署し、{file} に書き出しました"),
        "refused": Words(
            "REFUSED: {why}; wrote {file}", "連署を拒否しました: {why}。{file} に書き出しました"
        ),
        "rebuilt": Words(
            "Rebuilt the subject index that entry {entry} states, of {size} entries, {tags} tags; wrote {file}",
            "第{entry}号の対象者索引を {size} 件の証跡から再構築しました（タグ {tags} 個）。{file} に書き出しました",
        ),
        "log": Words("{origin}: {size} entries cosigned", "{origin}：{size} 件まで連署済み"),
        "no_log": Words("no log is followed yet", "見守っているログはまだありません"),
        "evidence": Words(
            "EVIDENCE: two signed checkpoints that exclude one another, in {place}",
            "証拠：互いに両立しない署名済みチェックポイント 2 件（{place}）",
        ),
        "none": Words(
            "No witness is asked: nothing outside the operator shows that the log was not rewritten.",
            "証人が設定されていません。台帳が書き換えられていないことを、事業者の外から示すものはありません。",
        ),
        "empty": Words(
            "The quorum `{quorum}` is asked from now on; the log has no entry yet.",
            "今後は定足数 `{quorum}` の連署を求めます。台帳にまだ記録はありません。",
        ),
        "met": Words(
            "All {size} entries are cosigned by the quorum `{quorum}`, since {at}.",
            "{size} 件すべてに定足数 `{quorum}` の連署があります（{at} から）。",
        ),
        "below": Words(
            "Below quorum `{quorum}` since {since}: {size} of {entries} entries are cosigned by it. Writing goes on.",
            "{since} から定足数 `{quorum}` を下回っています：連署があるのは {entries} 件のうち {size} 件です。記録は続けられます。",
        ),
        "one": Words("  {name}: {size} entries, {at}", "  {name}：{size} 件、{at}"),
        "one.never": Words("  {name}: has not cosigned", "  {name}：連署なし"),
        "failed": Words("; last asked: {why}", "。最後の依頼への応答：{why}"),
        "wrote": Words("Wrote {file}", "{file} に書き出しました"),
    }
)
