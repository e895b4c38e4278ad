"""The situations: what is so, what the law says of it in our words, what is asked, and what must come out.

The expected outcomes were reasoned by hand from the law; the page shows what a run printed. Where the two differ the test
fails: the page cannot drift with the rules.
"""

from dataclasses import dataclass
from typing import Any, Literal

from kansa.clock import parse_instant
from kansa.i18n import Words
from kansa.rules.performance import Rate, performance
from rules.packs.shelf import library
from situations.stage import Deal, Firm

TODAY = parse_instant("2026-11-30T00:00:00.000Z")
AUTUMN = parse_instant("2025-10-15T00:00:00.000Z")
SPRING = parse_instant("2026-05-15T00:00:00.000Z")

State = Literal["permit", "hold", "deny"]
Outcome = Literal["raised", "clear"]
RAISED: Outcome = "raised"
CLEAR: Outcome = "clear"


@dataclass(frozen=True)
class Ask:
    """One question to the gate: its answer must be `state`, for `because` among others and never for `never`."""

    case: Words
    deal: Deal
    action: str
    state: State
    because: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    purpose: str | None = None
    at: int = TODAY


@dataclass(frozen=True)
class Watch:
    """Whether a flag rule must be raised on something of a deal: its firm, its transaction, its device, or a site."""

    case: Words
    rule: str
    outcome: Outcome
    deal: Deal | None = None
    on: Literal["party", "contract", "device", "site"] = "party"
    site: str | None = None
    at: int = TODAY


@dataclass(frozen=True)
class Scene:
    """One situation of the page."""

    title: Words
    law: Words
    asks: tuple[Ask, ...] = ()
    watches: tuple[Watch, ...] = ()


def _paragraph(rates: list[Rate], area_e2: int, *, data_centre: bool) -> tuple[str, str]:
    """What the shipped table of thresholds makes of a chip: its paragraph and the result of its sheet."""
    found = performance(rates, area_e2)
    facts: dict[str, Any] = {
        "device.tpp": found.tpp,
        "device.pd_e2": found.pd_e2,
        "device.data_centre": data_centre,
    }
    facts |= {"device.form": "integrated_circuit", "device.mass_market_encryption": False}
    met = library().table("kansa.us.thresholds.paragraphs").met(facts, TODAY)
    assert met is not None
    return (met.values[0], "controlled") if met.values else ("-", "not_controlled")


CHIPS: dict[str, tuple[str, str]] = {
    "h20": _paragraph([Rate(148_000, 16), Rate(296_000, 8)], 81_400, data_centre=True),
    "h100-sxm5": _paragraph([Rate(989_400, 16), Rate(1_978_900, 8)], 81_400, data_centre=True),
    "b200": _paragraph([Rate(2_250_000, 16), Rate(4_500_000, 8)], 160_000, data_centre=True),
    "rtx-4090": _paragraph([Rate(330_300, 16), Rate(660_600, 8)], 60_850, data_centre=False),
    "rtx-4090d": _paragraph([Rate(294_250, 16), Rate(588_500, 8)], 60_850, data_centre=False),
}
"""Chips by their published dense rates (Gop/s at a bit length) and die area (mm2 times 100), classified by the table."""
ITEMS: dict[str, tuple[str, str]] = {
    **CHIPS,
    "dgx": ("4A090.a", "controlled"),
    "server-b": ("4A090.b", "controlled"),
    "ascend-server": ("4A090.a", "controlled"),
}

LOTUS = Firm("Lotus Holding", "MO")
HARBOUR = Firm("Harbour Holding", "CN")
HAIFA = Firm("Haifa Group", "IL")
MERLION = Firm("Merlion Compute", "SG", roles=("reseller", "tenant"))
STRAITS = Firm("Straits Cloud", "SG", roles=("reseller", "tenant"))
LOTUS_CLOUD = Firm("Lotus Cloud", "SG", LOTUS, roles=("reseller", "tenant"))
REEXPORT = (("transaction.direction", "reexport"),)


def _macau(basis: str) -> Deal:
    return Deal(Firm(f"Hasu Research ({basis})", "JP", LOTUS), basis=basis, answers=REEXPORT)


LICENCE, VEU, EXCEPTION, DETERMINATION = map(
    _macau, ("licence", "veu", "licence_exception", "no_licence_required")
)
EUROPE = Deal(Firm("Linden Labor", "DE"), answers=REEXPORT)
NOBODY_KNOWS = Deal(Firm("Kiri Systems", None), answers=REEXPORT)
ISRAEL = Deal(Firm("Olive Japan", "JP", HAIFA))
ON_CHINESE_LIST = Deal(Firm("Nagara Heavy Industries", "JP", lists=("cn.mofcom",)))
LISTED = Firm("Redwood Institute", "CN", lists=("us.el",)), Firm("Redwood Works", "CN", lists=("us.el",))
OWNED = Deal(Firm("Sixty Percent KK", "JP", owners=((LISTED[0], 4_000), (LISTED[1], 2_000))))

SUB = Deal(Firm("Sakura Labs", "JP"), through=(MERLION,))
SUB_OF_CONCERN = Deal(Firm("Nanyang AI", "SG", LOTUS), through=(MERLION,))
BEHIND_TWO = Deal(Firm("Momiji Labs", "JP"), through=(LOTUS_CLOUD, STRAITS))
LINK_MISSING = Deal(
    Firm("Ume Labs", "JP"), through=(Firm("Anon Cloud", "SG"), Firm("Bay Cloud", "SG")), unknown_link=True
)

VIETNAMESE = Firm("Sen Vang", "VN")
CHINESE = Firm("Zhujiang Games", "CN")


def _nac(firm: Firm, item: str, site: str, country: str, claim: str, *, data_centre: bool) -> Deal:
    answers = (
        *REEXPORT,
        ("transaction.destination_country", country),
        ("transaction.exception_claimed", claim),
        ("transaction.data_centre_items", data_centre),
        ("transaction.nac_notice_single", True),
    )
    met = ("purchase_order", "nac_notice")
    papers = ("purchase_order",)
    return Deal(firm, item, "licence_exception", site, met=met, papers=papers, answers=answers)


NAC = _nac(VIETNAMESE, "rtx-4090", "Hanoi", "VN", "NAC", data_centre=False)
NAC_CHINA = _nac(CHINESE, "rtx-4090", "Shenzhen", "CN", "NAC", data_centre=False)
NAC_H100 = _nac(Firm("Sao Bien", "VN"), "h100-sxm5", "Hanoi", "VN", "NAC", data_centre=True)
ACA_CHINA = _nac(Firm("Minjiang Games", "CN"), "rtx-4090", "Shenzhen", "CN", "ACA", data_centre=False)

TO_HANOI = (*REEXPORT, ("transaction.destination_country", "VN"))


def _hanoi(name: str, item: str, basis: str | None) -> Deal:
    return Deal(Firm(name, "VN"), item, basis or "", "Hanoi", answers=TO_HANOI)


UPPER = _hanoi("Song Hong A", "dgx", "no_licence_required")
UPPER_LICENSED = _hanoi("Song Hong B", "dgx", "licence")
LOWER = _hanoi("Song Hong C", "server-b", "no_licence_required")
CHIP_DEALS = {item: _hanoi(f"Chip {item}", item, None) for item in CHIPS}

PRC_CHIP = Deal(
    Firm("Kaki Data", "JP"),
    "ascend-server",
    answers=(
        ("device.model", "Atlas 800T A2 (Ascend 910B)"),
        ("device.designer_country", "CN"),
        ("device.documents", ()),
    ),
)

G, H, D, U, N, A = (
    "kansa.gate.",
    "kansa.us.headquarters.",
    "kansa.us.destinations.",
    "kansa.us.diversion-guidance.",
    "kansa.us.licence-exceptions.",
    "kansa.us.affiliates.",
)
DEMANDS = f"{H}of-concern-without-licence"
CONTRADICTED = f"{H}determination-contradicted"

TRAIN, INFER, SHIP = (
    Words("training", "学習"),
    Words("inference", "推論"),
    Words("shipment to Japan", "日本への出荷"),
)


def _bases() -> tuple[tuple[Ask, ...], tuple[Watch, ...]]:
    named = (
        (LICENCE, Words("licence", "許可"), "permit", ()),
        (VEU, Words("VEU", "VEU"), "permit", ()),
        (EXCEPTION, Words("licence exception", "許可例外"), "deny", ("training", "shipment")),
        (DETERMINATION, Words("no licence required", "許可不要の判定"), "deny", ("training", "shipment")),
    )
    asks: list[Ask] = []
    watches: list[Watch] = []
    for deal, words, state, rules in named:
        training = (f"{G}training-for-concern-without-licence",) if rules else ()
        shipment = (f"{G}shipment-to-concern-without-licence",) if rules else ()
        used: State = "hold" if rules else "permit"
        held = (f"{G}headquarters-of-concern",) if rules else ()
        for what, action, purpose, outcome, because in (
            (TRAIN, "schedule", "train", state, training),
            (INFER, "schedule", "infer", used, held),
            (SHIP, "ship", None, state, shipment),
        ):
            case = Words(f"{words.en}: {what.en}", f"{words.ja}：{what.ja}")
            asks.append(Ask(case, deal, action, outcome, because, purpose=purpose))  # type: ignore[arg-type]
        watches.append(Watch(words, DEMANDS, RAISED if rules else CLEAR, deal, "contract"))
        watches.append(Watch(words, CONTRADICTED, RAISED if deal is DETERMINATION else CLEAR, deal))
    return tuple(asks), tuple(watches)


SCENES: tuple[Scene, ...] = (
    Scene(
        Words("A company in Japan with its ultimate parent in Macau", "最終親会社がマカオにある日本法人"),
        Words(
            "15 CFR 742.6(a)(6)(iii)(A), as BIS confirmed on 31 May 2026: items of 3A090.a need a licence to any entity, wherever it is, "
            "that is headquartered in D:5 or Macau, or whose ultimate parent is. Only a licence, or a VEU (748.15) inside its "
            "conditions, answers it. Use of compute is not named as an export: without a licence it is held as our practice, and training is denied "
            "(BIS policy statement of 13 May 2025).",
            "15 CFR 742.6(a)(6)(iii)(A)（2026年5月31日のBIS指針で確認）：3A090.aの品目は、本社または最終親会社がD:5・マカオにある者に対し、"
            "所在地を問わず許可を要します。これに応えるのは許可、または条件内のVEU（748.15）のみです。計算資源の利用は輸出と明記されていないため、"
            "許可がなければ当社方針として保留し、学習は不可とします（2025年5月13日のBIS政策声明）。",
        ),
        *_bases(),
    ),
    Scene(
        Words("Headquarters and parent in Country Group A:5", "本社・親会社ともA:5にある者"),
        Words(
            "Part 740, Supplement No. 1: Germany and Japan are in A:5 and in no D group. The headquarters test asks D:5 and Macau, the destination test "
            "D:1, D:4 and D:5: neither reaches the case, and a determination that no licence is required stands.",
            "740章補遺1：ドイツと日本はA:5に属し、Dグループに属しません。本社所在国の要件はD:5とマカオ、仕向地の要件はD:1・D:4・D:5を対象とするため、"
            "いずれも及ばず、許可不要の判定で足ります。",
        ),
        (
            Ask(TRAIN, EUROPE, "schedule", "permit", purpose="train"),
            Ask(SHIP, EUROPE, "ship", "permit"),
        ),
        (Watch(Words("transaction", "取引"), DEMANDS, CLEAR, EUROPE, "contract"),),
    ),
    Scene(
        Words("Headquarters that nobody determined", "本社所在国が判定されていない者"),
        Words(
            "Guidance of 31 May 2026: establish headquarters of the entity and its ultimate parent before any transfer. What is not known "
            "is never taken to be in order.",
            "2026年5月31日の指針：移転前に当事者と最終親会社の本社所在国を確定する必要があります。不明な事項を問題なしとは扱いません。",
        ),
        (
            Ask(TRAIN, NOBODY_KNOWS, "schedule", "hold", (f"{G}headquarters-of-concern",), purpose="train"),
            Ask(SHIP, NOBODY_KNOWS, "ship", "hold", (f"{G}shipment-to-concern-without-licence",)),
        ),
        (Watch(Words("transaction", "取引"), f"{H}not-determined", RAISED, NOBODY_KNOWS, "contract"),),
    ),
    Scene(
        Words("A sub-tenant through a reseller in Singapore", "シンガポールの再販業者を経由する再契約者"),
        Words(
            "742.6(a)(6)(iii)(A) asks the entity that receives and its ultimate parent, not whoever holds the contract; 732 Supplement No. 3 asks for the "
            "ultimate user behind a distributor. So the end user and every link between are asked what a tenant is asked.",
            "742.6(a)(6)(iii)(A)が問うのは契約者ではなく受領者とその最終親会社です。732章補遺3は販売代理店の背後の最終利用者を確認するよう求めます。"
            "そのため最終需要者と途中のすべての仲介者に、契約者と同じことを確認します。",
        ),
        (
            Ask(Words("sub-tenant in Japan", "日本の再契約者"), SUB, "schedule", "permit", purpose="train"),
            Ask(
                Words("sub-tenant with its parent in Macau", "親会社がマカオにある再契約者"),
                SUB_OF_CONCERN,
                "schedule",
                "deny",
                (f"{G}training-for-concern-without-licence",),
                purpose="train",
            ),
            Ask(
                Words(
                    "two resellers, the first with its parent in Macau",
                    "二段階の再販で、第一の再販業者の親会社がマカオ",
                ),
                BEHIND_TWO,
                "schedule",
                "deny",
                (f"{G}training-for-concern-without-licence",),
                purpose="train",
            ),
            Ask(
                Words("two resellers, and nobody says through whom", "二段階の再販で、途中の仲介者が不明"),
                LINK_MISSING,
                "schedule",
                "hold",
                (f"{G}chain-incomplete",),
                purpose="train",
            ),
        ),
    ),
    Scene(
        Words("RTX 4090 under licence exception NAC", "許可例外NACによるRTX 4090"),
        Words(
            "3A090, Note 2, and 740.8: a chip of TPP 4800 or more that is not designed or marketed for data centres may go under NAC; for Macau, D:5 "
            "and parties headquartered there 25 days after a notice; ACA is not for them. A data-centre chip of 3A090.a may use neither.",
            "3A090注2と740.8：TPP 4800以上でもデータセンター向けに設計・販売されていないチップはNACの対象となります。マカオ・D:5およびそこに本社を持つ者については"
            "事前通知から25日後に限られ、ACAは使えません。3A090.aのデータセンター向けチップにはいずれも使えません。",
        ),
        (
            Ask(
                Words("to Viet Nam, purchase order on file", "ベトナム向け、発注書あり"),
                NAC,
                "ship",
                "permit",
            ),
            Ask(
                Words("to a party in China", "中国の者へ"),
                NAC_CHINA,
                "ship",
                "deny",
                (f"{G}shipment-to-concern-without-licence",),
            ),
        ),
        (
            Watch(Words("to Viet Nam", "ベトナム向け"), f"{N}data-center-item", CLEAR, NAC, "contract"),
            Watch(Words("to Viet Nam", "ベトナム向け"), f"{N}no-purchase-order", CLEAR, NAC, "contract"),
            Watch(
                Words("to China, 20 days after the notice", "中国向け、通知から20日"),
                f"{N}notice-too-late",
                RAISED,
                NAC_CHINA,
                "contract",
            ),
            Watch(
                Words("ACA to China", "ACAで中国向け"), f"{N}aca-for-concern", RAISED, ACA_CHINA, "contract"
            ),
            Watch(
                Words("H100 to Viet Nam", "H100をベトナム向け"),
                f"{N}data-center-item",
                RAISED,
                NAC_H100,
                "contract",
            ),
        ),
    ),
    Scene(
        Words("A server of 4A090.a or 4A090.b to Viet Nam", "4A090.a・4A090.bのサーバーをベトナムへ"),
        Words(
            "Viet Nam is in D:1 and in neither A:5 nor A:6 (part 740, Supplement No. 1). The list asks a licence for `.b` there, verified; for `.a` it "
            "asks one for every destination, of which those of D:1, D:4 and D:5 persist whichever way the AI Diffusion text is read. That was read in "
            "secondary sources only, so that it holds and does not deny. A determination answers neither.",
            "ベトナムはD:1に属し、A:5・A:6に属しません（740章補遺1）。`.b`は規制リスト本文で許可要件を原文確認済みです。`.a`は条文上全仕向地が対象で、AI拡散規則の読み方にかかわらず"
            "D:1・D:4・D:5向けの許可要件は残りますが、二次資料による確認のため、不可ではなく保留とします。許可不要の判定はいずれへの回答にもなりません。",
        ),
        (
            Ask(
                Words("4A090.a, no licence required", "4A090.a、許可不要の判定"),
                UPPER,
                "ship",
                "hold",
                (f"{G}destination-of-concern",),
            ),
            Ask(Words("4A090.a, licence", "4A090.a、許可"), UPPER_LICENSED, "ship", "permit"),
            Ask(
                Words("4A090.b, no licence required", "4A090.b、許可不要の判定"),
                LOWER,
                "ship",
                "deny",
                (f"{G}destination-needs-licence",),
            ),
        ),
        (
            Watch(
                Words("4A090.a, no licence required", "4A090.a、許可不要の判定"),
                f"{D}determination-contradicted",
                RAISED,
                UPPER,
                "contract",
            ),
            Watch(
                Words("4A090.a, licence", "4A090.a、許可"),
                f"{D}upper-paragraphs",
                CLEAR,
                UPPER_LICENSED,
                "contract",
            ),
        ),
    ),
    Scene(
        Words(
            "H20, H100, B200, RTX 4090 and RTX 4090D to Viet Nam",
            "H20・H100・B200・RTX 4090・RTX 4090Dをベトナムへ",
        ),
        Words(
            "3A090.a: TPP of 4800 or more, or 1600 or more with a performance density of 5.92 or more; not for chips neither for data centres nor of TPP 4800. "
            "By published figures H100, B200 and RTX 4090 are 3A090.a; H20 (TPP 2368, density 2.90) and RTX 4090D (4708, not for data centres) meet no paragraph. "
            "Where all that is on file is a sheet, a shipment to D:1 waits for a named person's determination.",
            "3A090.a：TPP 4800以上、またはTPP 1600以上かつ性能密度5.92以上。データセンター向けでなくTPP 4800未満のチップは除かれます。公表値ではH100・B200・RTX 4090が3A090.aに該当し、"
            "H20（TPP 2368、性能密度2.90）とRTX 4090D（TPP 4708、データセンター向けでない）は該当しません。判定書のみの場合、D:1への出荷は担当者の判定を待ちます。",
        ),
        tuple(
            Ask(
                Words(f"{item} ({CHIPS[item][0]})", f"{item}（{CHIPS[item][0]}）"),
                deal,
                "ship",
                "hold",
                (f"{G}destination-of-concern",)
                if CHIPS[item][1] == "controlled"
                else (f"{G}destination-not-determined",),
            )
            for item, deal in CHIP_DEALS.items()
        ),
    ),
    Scene(
        Words("Sites of 12 MW and of 10 MW", "12 MWと10 MWの拠点"),
        Words(
            "Diversion guidance of 13 May 2025, due diligence: sites of more than 10 MW are singled out. The figure is from memory and was found in no text read "
            "(unverified): above it, and not at it, the dossier of the site is asked for.",
            "2025年5月13日の迂回輸出防止指針の確認措置：10 MWを超える拠点が対象とされます。この数値は記憶によるもので、確認できた本文はありません（原文未確認）。"
            "10 MWちょうどではなく、超える場合に拠点調書を求めます。",
        ),
        (),
        (
            Watch(
                Words("12 MW", "12 MW"),
                f"{U}action-large-site-not-evaluated",
                RAISED,
                site="Hanoi",
                on="site",
            ),
            Watch(
                Words("10 MW", "10 MW"),
                f"{U}action-large-site-not-evaluated",
                CLEAR,
                site="Ishikari",
                on="site",
            ),
        ),
    ),
    Scene(
        Words("60 % held by two parties of the Entity List", "エンティティリスト掲載者二者が計60％を保有"),
        Words(
            "Affiliates Rule (90 FR 47201): in force from 29 September 2025, suspended from 10 November 2025, its text back on 10 November 2026; whether it is "
            "enforced since then is not known, so that the stricter answer counts, never stricter than hold. Before 23 July 2026 the table of country groups is not verified and holds by itself.",
            "関連会社規則（90 FR 47201）：2025年9月29日施行、同年11月10日から停止、2026年11月10日に条文が復活。以後の執行状況は不明のため、厳しい方の答え（保留まで）を採ります。"
            "2026年7月23日より前はカントリーグループ表が未検証のため、それだけで保留となります。",
        ),
        (
            Ask(
                Words("15 October 2025", "2025年10月15日"),
                OWNED,
                "schedule",
                "hold",
                (f"{G}half-owned-by-listed", f"{G}groups-not-verified"),
                purpose="infer",
                at=AUTUMN,
            ),
            Ask(
                Words("15 May 2026", "2026年5月15日"),
                OWNED,
                "schedule",
                "hold",
                (f"{G}groups-not-verified",),
                (f"{G}half-owned-by-listed",),
                purpose="infer",
                at=SPRING,
            ),
            Ask(
                Words("30 November 2026", "2026年11月30日"),
                OWNED,
                "schedule",
                "hold",
                (f"{G}half-owned-by-listed",),
                (f"{G}groups-not-verified",),
                purpose="infer",
            ),
        ),
        (
            Watch(Words("15 October 2025", "2025年10月15日"), f"{A}half-owned", RAISED, OWNED, at=AUTUMN),
            Watch(Words("15 May 2026", "2026年5月15日"), f"{A}half-owned", CLEAR, OWNED, at=SPRING),
            Watch(Words("30 November 2026", "2026年11月30日"), f"{A}half-owned", RAISED, OWNED),
        ),
    ),
    Scene(
        Words("A company in Japan with its parent in Israel", "親会社がイスラエルにある日本法人"),
        Words(
            "Israel is in D:4 and in A:6 (part 740, Supplement No. 1). The headquarters test asks D:5 and Macau only; the guidance's flag leaves out A:5 and A:6.",
            "イスラエルはD:4とA:6に属します（740章補遺1）。本社所在国の要件の対象はD:5とマカオのみで、指針の懸念情報はA:5・A:6を除きます。",
        ),
        (Ask(TRAIN, ISRAEL, "schedule", "permit", purpose="train"),),
        (Watch(Words("party", "当事者"), f"{U}flag-headquarters-of-concern", CLEAR, ISRAEL),),
    ),
    Scene(
        Words("A chip designed in China inside a server", "中国で設計されたチップを内蔵するサーバー"),
        Words(
            "BIS guidance of 13 May 2025 on General Prohibition 10 (736.2(b)(10)): chips at the level of 3A090 by designers of D:5 or Macau are presumed to have involved a "
            "breach; Ascend 910B, 910C and 910D are named as examples.",
            "一般禁止事項10（736.2(b)(10)）に関する2025年5月13日のBIS指針：D:5・マカオの設計者による3A090水準のチップは違反を伴ったと推定されます。Ascend 910B・910C・910Dが例示されています。",
        ),
        (),
        (
            Watch(
                Words("named model", "例示型式"), f"{U}prohibition-named-model", RAISED, PRC_CHIP, "device"
            ),
            Watch(Words("designer", "設計者"), f"{U}prohibition-designer", RAISED, PRC_CHIP, "device"),
            Watch(
                Words("supplier's confirmation", "供給者の確認"),
                f"{U}prohibition-not-confirmed",
                RAISED,
                PRC_CHIP,
                "device",
            ),
        ),
    ),
    Scene(
        Words("A firm on a Chinese control list", "中国の輸出管理リストに掲載された企業"),
        Words(
            "MOFCOM put 20 Japanese firms on its control list on 24 February 2026. A list that is neither US nor Japanese is a matter of own policy: it holds until a person has decided by it, and never denies by itself.",
            "中国商務部は2026年2月24日に日本企業20社を輸出管理リストに掲載しました。米国・日本以外のリストは自社方針の問題であり、担当者が方針に照らして判断するまで保留とし、それだけで拒否とはしません。",
        ),
        (
            Ask(
                TRAIN,
                ON_CHINESE_LIST,
                "schedule",
                "hold",
                (f"{G}on-other-list",),
                (f"{G}tenant-listed", f"{G}end-user-listed"),
                purpose="train",
            ),
        ),
    ),
)
