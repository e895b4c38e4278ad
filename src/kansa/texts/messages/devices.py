"""Sources that see devices or tell of their custody: what their files lack, and what to give instead."""

from kansa.texts import Words

MESSAGES: tuple[Words, ...] = (
    Words(
        "no serial number, UUID or other name tells this device from others",
        "この機器をほかと区別できる名前（シリアル番号・UUID など）がありません",
    ),
    Words(
        "no serial number, UUID or other name tells this device from others: {0}",
        "この機器をほかと区別できる名前（シリアル番号・UUID など）がありません: {0}",
    ),
    Words("`{0}` is no EPCIS document", "`{0}` は EPCIS の文書ではありません"),
    Words("`{0}` is no EPCIS document: it is a `{1}`", "`{0}` は EPCIS の文書ではありません（`{1}` です）"),
    Words(
        "export the events as an EPCIS 2.0 document, JSON-LD or XML",
        "イベントを EPCIS 2.0 の文書（JSON-LD または XML）として書き出してください",
    ),
    Words("the step `{0}` names no place", "`{0}` の場所が書かれていません"),
    Words("the place `{0}` is none of the sites", "場所 `{0}` はどの拠点でもありません"),
    Words(
        "register the site under this key, map it in `places`, or say `elsewhere: pass_over`",
        "この鍵で拠点を登録するか、`places` で対応付けるか、`elsewhere: pass_over` と書いてください",
    ),
    Words("what `{0}` held is not known", "`{0}` に何が入っていたかわかりません"),
    Words(
        "ingest the events that packed it in the same call, before this one",
        "梱包したイベントを、同じ取り込みでこれより前に読み取ってください",
    ),
    Words("`{0}` is longer than {1} bytes", "`{0}` は {1} バイトを超えています"),
    Words("export a shorter period a file", "一つのファイルの期間を短くして書き出してください"),
    Words("`{0}` cannot be read as JSON: {1}", "`{0}` を JSON として読み取れません: {1}"),
    Words("`{0}` is not UTF-8: {1}", "`{0}` は UTF-8 ではありません: {1}"),
    Words("`{0}` is nested deeper than {1}", "`{0}` は {1} 段より深く入れ子になっています"),
    Words("`{0}` is no list of NetBox's API", "`{0}` は NetBox の API の一覧ではありません"),
    Words(
        "`{0}` is one page of several: {1} objects, {2} of them here",
        "`{0}` は複数ページのうちの一つです（全 {1} 件中 {2} 件）",
    ),
    Words(
        "ask with `?limit=0`, or give the address to `kansa collect`, which follows the pages",
        "`?limit=0` を付けて取得するか、全ページを取得する `kansa collect` にアドレスを渡してください",
    ),
    Words("`{0}` is no table of NetBox: {1}", "`{0}` は NetBox の表ではありません: {1}"),
    Words("`{0}` is no CSV: {1}", "`{0}` は CSV ではありません: {1}"),
    Words(
        "export `/api/dcim/sites/`, `/devices/`, `/modules/` and `/inventory-items/` as JSON, or those tables as CSV (all data)",
        "`/api/dcim/sites/`、`/devices/`、`/modules/`、`/inventory-items/` を JSON で、またはそれらの表を CSV（全データ）で書き出してください",
    ),
    Words(
        "ingest NetBox's sites first, or register the site",
        "先に NetBox の拠点を取り込むか、拠点を登録してください",
    ),
    Words("the site has neither slug nor name", "拠点に slug も名前もありません"),
    Words("in which country the site `{0}` lies is not known", "拠点 `{0}` の国がわかりません"),
    Words(
        "give `countries: {{{0}: JP}}` in the options, or of its region",
        "オプションに `countries: {{{0}: JP}}` を、またはその地域の国を書いてください",
    ),
    Words("it does not say when it was entered", "いつ入力されたかが書かれていません"),
    Words(
        "export the column `last_updated`, or give `taken_at` in the options",
        "列 `last_updated` も書き出すか、オプションに `taken_at` を書いてください",
    ),
    Words(
        "enter serial number or asset tag in NetBox: without one, nothing else can speak of this device",
        "NetBox にシリアル番号か資産番号を入力してください。どちらもないと、ほかの証跡と結び付けられません",
    ),
    Words("`{0}` does not say when it was made", "`{0}` に作成時刻がありません"),
    Words("give `taken_at` in the options", "オプションに `taken_at` を書いてください"),
    Words(
        "`{0}` is no output of nvidia-smi: it is a `{1}`",
        "`{0}` は nvidia-smi の出力ではありません（`{1}` です）",
    ),
    Words("`{0}` is no output of `nvidia-smi -q`", "`{0}` は `nvidia-smi -q` の出力ではありません"),
    Words("`{0}` says `{1}` and no zone", "`{0}` の時刻 `{1}` に時間帯がありません"),
    Words(
        "give `zone` (Asia/Tokyo) or `taken_at` in the options",
        "オプションに `zone`（Asia/Tokyo など）または `taken_at` を書いてください",
    ),
    Words("it is cut short: {0}", "途中で切れています: {0}"),
    Words(
        "run `nvidia-smi -q -x > HOST.xml` and give that file",
        "`nvidia-smi -q -x > HOST.xml` を実行し、そのファイルを指定してください",
    ),
    Words(
        "the driver tells no UUID of it: run nvidia-smi as root, with the driver of the vendor",
        "ドライバーから UUID を得られません。メーカーのドライバーで、root として nvidia-smi を実行してください",
    ),
    Words("`{0}` lists more than {1} resources", "`{0}` のリソースが {1} 件を超えています"),
    Words("`{0}{1}` is no Redfish service root", "`{0}{1}` は Redfish のサービスルートではありません"),
    Words(
        "`{0}` does not say when it was taken: no manager in it has its clock set",
        "`{0}` の取得時刻がわかりません。時計の合ったマネージャーがありません",
    ),
    Words(
        "this firmware tells neither serial number nor UUID of it: take `nvidia-smi -q -x` on the host as well",
        "このファームウェアはシリアル番号も UUID も示しません。ホストで `nvidia-smi -q -x` も取得してください",
    ),
    Words("`{0}` holds no Redfish resource{1}", "`{0}` に Redfish のリソースがありません{1}"),
    Words("`{0}` holds more than {1} files", "`{0}` のファイルが {1} 件を超えています"),
    Words("`{0}` does not unpack: {1}", "`{0}` を展開できません: {1}"),
    Words("`{0}` unpacks to more than a tree has", "`{0}` を展開するとツリーの大きさを超えます"),
    Words(
        "save the service's tree with the DMTF Redfish-Mockup-Creator, or give its address to `kansa collect`",
        "DMTF の Redfish-Mockup-Creator でサービスのツリーを保存するか、`kansa collect` にアドレスを渡してください",
    ),
    Words(
        "`{0}` is no despatch or receipt advice: it is a `{1}`",
        "`{0}` は出荷案内でも受領案内でもありません（`{1}` です）",
    ),
    Words(
        "export the despatch or receipt advice as UBL 2.x XML; for a list in CSV or a workbook, use `kansa ingest table`",
        "出荷案内または受領案内を UBL 2.x の XML で書き出してください。CSV や Excel の一覧には `kansa ingest table` を使ってください",
    ),
    Words("`{0}` has no lines", "`{0}` に明細がありません"),
    Words("the place of delivery ({0}) is none of the sites", "納入場所（{0}）はどの拠点でもありません"),
    Words(
        "map it in `places`, or give `site` in the options",
        "`places` で対応付けるか、オプションに `site` を書いてください",
    ),
    Words("the line names no serial number", "明細にシリアル番号がありません"),
    Words(
        "a serial number of the line names no device",
        "明細のシリアル番号のなかに、機器を特定できないものがあります",
    ),
    Words(
        "give `zone` (Asia/Tokyo) in the options", "オプションに `zone`（Asia/Tokyo など）を書いてください"
    ),
    Words(
        "the line names no serial number, and no despatch advice that it answers was given",
        "明細にシリアル番号がなく、対応する出荷案内も読み取っていません",
    ),
    Words(
        "{0} of {1} arrived, and the line does not say which",
        "{1} 台のうち {0} 台が届きましたが、どれかが明細に書かれていません",
    ),
    Words(
        "give the despatch advice in the same call, or ingest the packing list as a table",
        "同じ取り込みで出荷案内も指定するか、梱包明細を表として取り込んでください",
    ),
    Words("there is no `{0}`", "`{0}` がありません"),
    Words("`{0}` is no list of evidence", "`{0}` は証拠の一覧ではありません"),
    Words("it is no object", "オブジェクトではありません"),
    Words(
        "the nonce `{0}` is none that you issued: the evidence may be an old one",
        "ノンス `{0}` は発行したものではありません。古い証拠の可能性があります",
    ),
    Words(
        "the device answered the nonce `{0}` before, with another report",
        "この機器はノンス `{0}` にすでに別の報告で応答しています",
    ),
    Words("`{0}` is neither base64 nor hex", "`{0}` は base64 でも16進でもありません"),
    Words(
        "collect it with NVIDIA's attestation SDK (`nvattest collect-evidence --device gpu`), with a nonce that you issued",
        "発行したノンスを使い、NVIDIA の構成証明 SDK（`nvattest collect-evidence --device gpu`）で取得してください",
    ),
    Words(
        "issue a nonce, collect the evidence with it, and write it with its time under `nonces` in the options",
        "ノンスを発行して証拠を取得し、発行時刻とともにオプションの `nonces` に書いてください",
    ),
    Words(
        "issue a new nonce and collect the evidence again", "新しいノンスを発行し、証拠を取得し直してください"
    ),
    Words("`{0}` holds no reading of DCGM", "`{0}` に DCGM の値がありません"),
    Words("`{0}` is no successful answer of Prometheus", "`{0}` は Prometheus の正常な応答ではありません"),
    Words(
        'scrape the exporter (`curl HOST:9400/metrics`), or ask Prometheus: `/api/v1/query_range?query={{__name__=~"DCGM_FI_.*"}}&…`',
        'exporter を取得（`curl HOST:9400/metrics`）するか、Prometheus に問い合わせてください: `/api/v1/query_range?query={{__name__=~"DCGM_FI_.*"}}&…`',
    ),
    Words("`{0}` does not say when it was scraped", "`{0}` に取得時刻がありません"),
    Words("`{0}` unpacks to more than {1} bytes", "`{0}` を展開すると {1} バイトを超えます"),
    Words("`{0}` holds {1}", "`{0}` の内容: {1}"),
    Words(
        "download it with `nvfleetint report inventory --format csv --signed --output-path inventory-report.zip`",
        "`nvfleetint report inventory --format csv --signed --output-path inventory-report.zip` で取得してください",
    ),
    Words("`{0}` has no column of GPU UUIDs", "`{0}` に GPU の UUID の列がありません"),
    Words(
        "`{0}` is signed, and no key to verify it is given",
        "`{0}` は署名されていますが、検証する鍵がありません",
    ),
    Words("`{0}` is refused: {1}", "`{0}` は受け付けません: {1}"),
    Words(
        "write the key with which NVIDIA signs now as `public_key` in the options; fetch it from NVIDIA, not from the report",
        "NVIDIA の現在の署名鍵をオプションの `public_key` に書いてください。報告書からではなく、NVIDIA から入手してください",
    ),
    Words("the pod has ended, and nothing says when", "Pod は終了していますが、終了時刻がありません"),
    Words("the event has no time", "イベントに時刻がありません"),
    Words(
        "the binding names no node: audit it at the level Request",
        "割り当て先のノードがありません。監査レベルを Request にしてください",
    ),
    Words("it is no object: {0}", "オブジェクトではありません: {0}"),
    Words("it is no object of Kubernetes", "Kubernetes のオブジェクトではありません"),
    Words(
        "give `kubectl get pods -A -o json`, the audit log, the kubelet's pod-resources list, or ResourceClaims and ResourceSlices",
        "`kubectl get pods -A -o json`、監査ログ、kubelet の pod-resources、または ResourceClaim と ResourceSlice を指定してください",
    ),
    Words("the report names no device", "報告に機器の名前がありません"),
    Words("`landmarks` is no list of at most {0}", "`landmarks` が {0} 件以内の並びではありません"),
    Words("`{0}` is no number from 0 on", "`{0}` は 0 以上の数ではありません"),
    Words("`{0}` is no method: {1}", "`{0}` という方法はありません: {1}"),
    Words("it bounds nothing", "位置の範囲が示されていません"),
    Words("a round trip of {0} µs", "往復時間が {0} µs です"),
    Words("`{0}` is no {1} in degrees", "`{0}` は度で表した {1} ではありません"),
    Words("it is no JSON: {0}", "JSON ではありません: {0}"),
    Words(
        "a report has `device`, `at`, `method`, and `landmarks` or `latitude`, `longitude`, `accuracy_m`: see docs/sources/location.md",
        "報告には `device`、`at`、`method` と、`landmarks` または `latitude`・`longitude`・`accuracy_m` が必要です。docs/sources/location.md を参照してください",
    ),
    Words(
        "save the bus's messages as JSON Lines, each with `event_type`, `timestamp` and `payload`",
        "メッセージを JSON Lines で保存してください。それぞれに `event_type`、`timestamp`、`payload` が必要です",
    ),
    Words("the payload names no instance", "ペイロードにインスタンスがありません"),
    Words("`{0}` does not say when it happened", "`{0}` に発生時刻がありません"),
    Words(
        "save the whole message: its envelope has `timestamp`; or give `taken_at` in the options",
        "メッセージ全体を保存してください（外枠に `timestamp` があります）。またはオプションに `taken_at` を書いてください",
    ),
    Words(
        "`{0}` is no output of `scontrol show job -d`", "`{0}` は `scontrol show job -d` の出力ではありません"
    ),
    Words("`{0}` names neither cluster nor zone", "`{0}` にクラスターも時間帯もありません"),
    Words("give `cluster` and `zone` in the options", "オプションに `cluster` と `zone` を書いてください"),
    Words(
        "run `scontrol show job -d` while jobs run, as often as you want devices named",
        "ジョブの実行中に、機器を特定したい頻度で `scontrol show job -d` を実行してください",
    ),
    Words(
        "ingest `nvidia-smi -q -x` of the host first",
        "先にそのホストの `nvidia-smi -q -x` を取り込んでください",
    ),
    Words("no device is on record in {0} of job {1}", "ジョブ {1} の {0} に、記録された機器がありません"),
)
