"""The pages, passkeys among them."""

from kansa.texts import Words

MESSAGES: tuple[Words, ...] = (
    Words("the passkey cannot be used: {0}", "このパスキーは使えません：{0}"),
    Words("make it again on this page", "この画面でもう一度作成してください"),
    Words("the passkey is neither of ES256 nor of EdDSA", "パスキーが ES256 でも EdDSA でもありません"),
    Words("use another authenticator", "別の認証器を使ってください"),
    Words("there is no such page", "このページはありません"),
    Words("use the menu, or search", "メニューまたは検索を使ってください"),
    Words("the program has a fault here", "プログラムに不具合があります"),
    Words("tell whoever looks after it the reference", "管理者に照会番号を伝えてください"),
    Words("the form is not of this session", "このセッションの入力画面ではありません"),
    Words(
        "load the page again; what was typed is kept",
        "ページを読み込み直してください。入力は保存してあります",
    ),
    Words("no party is called `{0}`", "`{0}` という関係者はありません"),
    Words("no device is called `{0}`", "`{0}` という機器はありません"),
    Words("no case is called `{0}`", "`{0}` という案件はありません"),
    Words("`{0}` does not say after which row to go on", "`{0}` は、続きの行を示していません"),
    Words("begin at the first page", "最初のページから見てください"),
    Words("whoever is not enrolled cannot act", "登録されていない人は判断できません"),
    Words(
        "an administrator enrols people: `kansa person enroll`",
        "担当者の登録は管理者が行います：`kansa person enroll`",
    ),
    Words("no rule is called `{0}`", "`{0}` という規則はありません"),
    Words("no red flag is called `{0}`", "`{0}` という懸念情報はありません"),
    Words("no site is called `{0}`", "`{0}` という拠点はありません"),
    Words("no authorization is called `{0}`", "`{0}` という許可等はありません"),
    Words("no candidate is called `{0}`", "`{0}` という候補はありません"),
    Words("the browser gave no signature", "ブラウザーから署名が届いていません"),
    Words("sign again", "もう一度署名してください"),
    Words("what was to be signed is not here any more", "署名する内容はもうここにありません"),
    Words(
        "it may be on record already; look at the case",
        "すでに記録されている可能性があります。案件を確認してください",
    ),
)
