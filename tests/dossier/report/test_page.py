"""One file that loads nothing, in which every gap of the view is listed and drawn."""

import re
import time
from dataclasses import replace

import pytest

from dossier.report.markup import Node, read
from dossier.report.sample import CUSTOMERS, END, START, Customer, many, report
from kansa.clock import DAY, HOUR
from kansa.dossier.report.lanes import LEFT, WIDTH
from kansa.dossier.report.page import render
from kansa.dossier.report.summary import when_recorded
from kansa.dossier.report.view import Balance, Coverage, GapRow, Report, Swimlanes
from kansa.drawing.figures import LANGUAGES, Language, Named, machine

SAMPLE = report()
LOADING = {
    "src",
    "srcset",
    "action",
    "formaction",
    "data",
    "poster",
    "background",
    "ping",
    "cite",
    "manifest",
}


def article(page: Node, language: Language) -> Node:
    """The block of one language."""
    return page.one("article", lang=language)


def rows(node: Node) -> list[str]:
    """The starts of all gaps in tables."""
    return sorted(
        stamp.attributes["datetime"] for table in node.all("table", "gaps") for stamp in table.all("time")
    )


def drawn(picture: Node, state: str) -> list[tuple[float, float]]:
    """Stretches of a picture that are painted as this state."""
    found = []
    for node in picture.all(look=state):
        if node.tag == "rect":
            x = float(node.attributes["x"])
            found.append((x, x + float(node.attributes["width"])))
        elif node.tag == "path":
            x = 0.0
            for command, length in re.findall(r"([Mmh])(-?[\d.]+)", node.attributes["d"]):
                if command == "h":
                    found.append((x, x + float(length)))
                x = float(length) if command == "M" else x + float(length)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_gap_is_in_a_table_and_in_a_picture(language: Language) -> None:
    """As many rows as the view has, each with its start; as many marks as the lanes have gaps."""
    page = article(read(render(SAMPLE)), language)
    assert rows(page) == sorted(machine(gap.start) for gap in SAMPLE.gaps)
    pictures = list(page.all("svg", "lanes"))
    assert len(pictures) == len(SAMPLE.lanes)
    for picture, lanes in zip(pictures, SAMPLE.lanes, strict=True):
        for state in ("gap", "late", "before_log"):
            expected = sum(s.state == state for segments in lanes.facts.values() for s in segments)
            marks = [mark for mark in picture.all("rect") if state in mark.looks]
            assert len(marks) == expected
            assert all(mark.one("title").text for mark in marks)


@pytest.mark.parametrize("segments", [40, 2_000])
def test_thousands_of_stretches_hide_no_gap(segments: int) -> None:
    """However many share a pixel, each gap lies under a mark that is wide enough to be seen."""
    crowded = many(3, segments)
    page = article(read(render(crowded)), "en")
    assert rows(page) == sorted(machine(gap.start) for gap in crowded.gaps)
    for picture, lanes in zip(page.all("svg", "lanes"), crowded.lanes, strict=True):
        marks = drawn(picture, "gap")
        assert all(right - left >= 1.45 for left, right in marks)
        assert len(marks) < 2_000
        for left, right in places(lanes):
            assert any(start - 0.11 <= left and right <= end + 0.11 for start, end in marks)


def places(lanes: Swimlanes) -> list[tuple[float, float]]:
    """Where the gaps of all facts belong."""
    scale = WIDTH / (END - START)
    return [
        (LEFT + (s.start - START) * scale, LEFT + (s.end - START) * scale)
        for segments in lanes.facts.values()
        for s in segments
        if s.state == "gap"
    ]


def test_a_gap_of_a_second_is_drawn_wide_enough_to_see() -> None:
    """At the very end of the period too, where it is kept inside the picture."""
    customer = replace(CUSTOMERS[4], uses=((0, 336, CUSTOMERS[4].uses[0][2], 4),), faults=(
        replace(CUSTOMERS[4].faults[0], start=336 - 1 / 3600, end=336),
        replace(CUSTOMERS[4].faults[0], start=0, end=1 / 3600),
    ))  # fmt: skip
    page = article(read(render(report([customer]))), "ja")
    marks = sorted(drawn(page.one("svg", "lanes"), "gap"))
    assert len(marks) == 2
    assert all(right - left >= 1.5 - 0.001 for left, right in marks)
    assert marks[0][0] >= LEFT
    assert marks[1][1] <= LEFT + WIDTH + 0.1


def test_a_gap_without_a_picture_is_still_listed() -> None:
    """A row whose tenant has no lanes is not lost."""
    stranger = replace(SAMPLE.gaps[0], tenant=Named("party-else", {}), end_user=None)
    page = article(read(render(replace(SAMPLE, gaps=(*SAMPLE.gaps, stranger)))), "en")
    assert len(rows(page)) == len(SAMPLE.gaps) + 1


def test_beyond_forty_lanes_those_with_gaps_come_first_and_the_rest_is_folded() -> None:
    """Nothing is left out: all pictures are there, the quiet ones inside a fold."""
    page = article(read(render(many(60, 8))), "en")
    folded = page.one("details", "fold")
    assert len(list(page.all("svg", "lanes"))) == 60
    assert len(list(folded.all("svg", "lanes"))) == 20
    assert all(not drawn(picture, "gap") for picture in folded.all("svg", "lanes"))


def test_nothing_is_loaded() -> None:
    """No element or style refers outside the file, and the policy forbids what a later mistake might add."""
    html = render(SAMPLE)
    page = read(html)
    for node in page.all():
        assert not LOADING & set(node.attributes)
        assert not any(name.startswith("on") or name == "style" for name in node.attributes)
        assert node.attributes.get("href", "#").startswith("#")
        assert node.tag not in {"script", "link", "iframe", "object", "embed", "base", "form", "img"}
    assert "http:" not in html
    assert "https:" not in html
    assert set(re.findall(r"url\(([^)]*)\)", html)) == {
        "#p-gap", "#p-late", "#p-before", "#p-unobserved", "#p-inferred"
    }  # fmt: skip
    assert "@import" not in html
    (policy,) = (m for m in page.all("meta") if m.attributes.get("http-equiv") == "Content-Security-Policy")
    assert policy.attributes["content"].startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy.attributes["content"]


def test_every_reference_inside_the_page_leads_somewhere_once() -> None:
    """Ids are unique across both languages, and links and descriptions find theirs."""
    page = read(render(SAMPLE))
    ids = [node.attributes["id"] for node in page.all() if "id" in node.attributes]
    assert len(ids) == len(set(ids))
    for node in page.all():
        for name in ("aria-describedby", "for"):
            assert node.attributes.get(name, ids[0]) in ids
        assert node.attributes.get("href", f"#{ids[0]}").removeprefix("#") in ids


@pytest.mark.parametrize("language", LANGUAGES)
def test_pictures_speak_to_those_who_do_not_see_them(language: Language) -> None:
    """Each is an image with a name and a description in its own language, or hidden because a word stands beside it."""
    for picture in article(read(render(SAMPLE)), language).all("svg"):
        if picture.attributes.get("aria-hidden") == "true":
            assert "swatch" in picture.looks
            continue
        assert picture.attributes["role"] == "img"
        assert picture.attributes["aria-label"]
        about = picture.one("desc")
        assert about.attributes["id"] == picture.attributes["aria-describedby"]
        assert any("\u3040" <= c <= "\u9fff" for c in about.text) or language == "en"


@pytest.mark.parametrize("language", LANGUAGES)
def test_languages_are_honest(language: Language) -> None:
    """The page opens in the language asked for, says so, and each block carries its own."""
    page = read(render(SAMPLE, language=language))
    assert page.one("html").attributes["lang"] == language
    assert next(a.attributes["lang"] for a in page.all("article")) == language
    (chosen,) = (node for node in page.all("input") if "checked" in node.attributes)
    assert chosen.attributes["id"] == f"show-{language}"
    kana = re.compile(r"[\u3040-\u30ff]")
    english = article(page, "en")
    for node in english.all("bdi", lang="ja"):
        node.pieces.clear()
    assert not kana.search("".join(h.text for h in english.all("h2")))
    assert all(
        kana.search(h.text) or re.search(r"[\u4e00-\u9fff]", h.text) for h in article(page, "ja").all("h2")
    )


def test_the_header_says_what_the_report_rests_on() -> None:
    """Operator, period in both zones, known at, ledger, and that nobody else has witnessed it."""
    header = article(read(render(SAMPLE)), "en").one("header").text.replace("\u00a0", " ")
    for said in (
        "Hokuto Cloud",
        "1 Jan 2026 00:00 – 15 Jan 2026 00:00 JST",
        "2025-12-31 15:00 UTC – 2026-01-14 15:00 UTC",
        "15 Jan 2026 09:00 JST",
        "41,207 entries",
        "kansa.example/hokuto-cloud/evidence",
        "9f2b61c07d5e…",
        "not independently witnessed",
        "3 rows in quarantine",
    ):
        assert said in header


@pytest.mark.parametrize(
    ("change", "english", "japanese"),
    [
        ({"simulated": True}, "Simulated", "模擬データ"),
        ({"generated_placement": True}, "Generated placement", "仮の配置"),
    ],
)
def test_banners_stand_only_where_they_are_true(change: dict[str, bool], english: str, japanese: str) -> None:
    """What is simulated or generated says so in both languages; what is not does not."""
    real = replace(SAMPLE, simulated=False, generated_placement=False)
    page = read(render(replace(real, **change)))  # type: ignore[arg-type] # names of bool fields
    assert article(page, "en").one(look="banner").one("strong").text == english
    assert article(page, "ja").one(look="banner").one("strong").text == japanese
    assert not list(read(render(real)).all(look="banner"))


def test_witnesses_are_counted_when_there_are_some() -> None:
    """The warning goes when somebody else has signed."""
    page = read(render(replace(SAMPLE, ledger=replace(SAMPLE.ledger, witnesses=2))))
    assert "cosigned by 2 witnesses" in article(page, "en").one("header").text
    assert not list(page.all(look="warn"))


HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</title></style><svg onload=alert(1)>",
    "{{ 7*7 }}{% raw %}{0} {name}",
    "\u202eevil\u2069\u2069",
    "شركة الاختبار",
    "長" * 400,
    "x" * 2_000,
    "&amp;&#x3c;b>",
    "\x00\x1b[31m",
)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_only_text(name: str) -> None:
    """Wherever a name, id or detail stands, it adds no element, no attribute and no direction."""
    hostile = named_everywhere(name)
    page, usual = read(render(hostile)), read(render(named_everywhere("name")))
    assert [(n.tag, sorted(n.attributes)) for n in page.all()] == [
        (n.tag, sorted(n.attributes)) for n in usual.all()
    ]
    text = page.text + "".join(value for node in page.all() for value in node.attributes.values())
    assert not re.search("[\x00\x1b\u202a-\u202e]", text)
    assert text.count("\u2068") == text.count("\u2069")
    if len(name) < 40 and name.isprintable():
        assert name in page.text


def named_everywhere(name: str) -> Report:
    """The sample with one text wherever the view takes text."""
    named = Named(name, {"en": name, "ja": name})
    lanes = tuple(
        replace(
            lane,
            tenant=named,
            end_user=named,
            mediators=(named,),
            methods=(name,),
            placements=tuple(replace(p, site=named) for p in lane.placements),
        )
        for lane in SAMPLE.lanes[:1]
    )
    gaps = tuple(
        replace(
            gap,
            tenant=named,
            end_user=named,
            sites=(named,),
            responsible=named,
            detail=(named,),
            responsible_role=name,
        )
        for gap in SAMPLE.gaps[:4]
    )
    return replace(
        SAMPLE,
        operator=named,
        ledger=replace(SAMPLE.ledger, origin=name, root=name),
        by_site=((named, SAMPLE.balance),),
        lanes=lanes,
        gaps=gaps,
        unobserved=tuple(replace(row, site=named) for row in SAMPLE.unobserved),
    )


def test_the_same_view_gives_the_same_bytes() -> None:
    """Mappings in another order do not change the page."""
    other = replace(
        SAMPLE,
        lanes=tuple(
            replace(
                lane,
                facts=dict(reversed(list(lane.facts.items()))),
                coverage=replace(
                    lane.coverage, by_known=dict(reversed(list(lane.coverage.by_known.items())))
                ),
            )
            for lane in SAMPLE.lanes
        ),
    )
    assert render(SAMPLE) == render(report()) == render(other)


@pytest.mark.parametrize("length", [HOUR, 3 * DAY, 60 * DAY, 900 * DAY, 20 * 366 * DAY])
def test_any_length_of_period_renders(length: int) -> None:
    """From an hour to decades, with the same content."""
    page = read(render(replace(SAMPLE, end=START + length)))
    assert len(rows(article(page, "ja"))) == len(SAMPLE.gaps)


def test_an_empty_report_is_a_page_too() -> None:
    """Nothing installed, nothing used: the page says so and shows no figure that it does not have."""
    empty = Report(
        Named("op", {}), False, False, START, START, START, None, SAMPLE.ledger,  # noqa: FBT003 - fields of the view
        Balance(0, 0, 0, 0), (), Coverage(0, {}, 0, 0, 0, {}), (), (), (), 0, 0, False,  # noqa: FBT003 - fields of the view
    )  # fmt: skip
    page = article(read(render(empty)), "en")
    assert "no device is recorded as installed" in page.one("h1").text
    assert not list(page.all("svg", "lanes"))


def test_one_record_that_closes_several_facts_is_one_thing_to_do() -> None:
    """The unnamed end user is asked for once, with its time counted once."""
    closing = article(read(render(SAMPLE)), "en").one("section", "closing")
    (item,) = (row for row in closing.all("tr") if "Orion Resale (end user not named)" in row.text)
    assert "Identity, Access, Authorization" in item.text
    assert item.one(look="big").text.startswith("832")


def test_one_record_that_closes_gaps_of_several_end_users_is_one_thing_to_do() -> None:
    """A device's receipt is asked for once, whoever used the device; its time is that of all of them."""
    aoba, kaede = (
        replace(SAMPLE.gaps[0], **whose, part="provenance", cause="provenance d", device_time=hours * HOUR, closable=True)  # type: ignore[arg-type]
        for whose, hours in (
            ({"tenant": CUSTOMERS[0].tenant, "end_user": CUSTOMERS[0].end_user}, 200),
            ({"tenant": CUSTOMERS[2].tenant, "end_user": CUSTOMERS[2].end_user}, 110),
        )
    )  # fmt: skip
    closing = article(read(render(replace(SAMPLE, gaps=(aoba, kaede), unobserved=()))), "en").one(
        "section", "closing"
    )
    (item,) = closing.one("tbody").all("tr")
    assert item.one(look="big").text.startswith("310")
    assert "Aoba Robotics, Kaede Bio: Identity" in item.text


def test_what_was_before_the_log_is_told_apart_from_late_everywhere() -> None:
    """In the legends, the table of end users, the lists, the explanation; and not at all where there is none."""
    for language, late, before in (
        ("en", "recorded late", "before the log began"),
        ("ja", "事後記録", "台帳開始前"),
    ):
        page = article(read(render(SAMPLE)), language)  # type: ignore[arg-type] # a language
        lists = [c.text for c in page.all("caption") if late in c.text or before in c.text]
        assert len(lists) == sum(
            any(s.state == state for segments in lane.facts.values() for s in segments)
            for lane in SAMPLE.lanes
            for state in ("late", "before_log")
        )
        assert all((late in text) != (before in text) for text in lists)
        legends = [ul for ul in page.all("ul", "legend") if late in ul.text]
        assert legends
        assert all(list(ul.all("rect", "before_log")) for ul in legends)
        row = next(
            tr for tr in page.one("table", "coverage").all("tr") if "Minato" in tr.text or "みなと" in tr.text
        )
        assert [cell.text for cell in row.all("td", "n")][-3:-1] == [
            "7.1\u00a0%",
            "7.1\u00a0%",
        ]  # 384 of 5,424 hours each

        never = replace(SAMPLE, lanes=SAMPLE.lanes[2:], coverage=replace(SAMPLE.coverage, before_log=0))
        quiet = article(read(render(never)), language)  # type: ignore[arg-type] # a language
        assert before not in quiet.text
        assert not list(quiet.all(look="before_log"))


def test_the_states_of_used_time_stand_in_rows_of_their_own() -> None:
    """Late and of before the log are two rows with two looks; together with the others they are all of the use."""
    page = article(read(render(SAMPLE)), "en")
    rows_ = {
        look: [cell.text for cell in row.all("td")]
        for look in ("evidenced", "late", "before_log", "gap")
        for row in page.all("tr", look)
    }
    assert {look: (cells[0], cells[2]) for look, cells in rows_.items()} == {
        "evidenced": ("14,358", "75.0\u00a0%"),
        "late": ("1,536", "8.0\u00a0%"),
        "before_log": ("384", "2.0\u00a0%"),
        "gap": ("2,868", "15.0\u00a0%"),
    }


def test_details_are_named_in_the_language_of_the_page() -> None:
    """Sites, devices and jurisdictions that a gap is about are called what the reader calls them."""
    page = read(render(SAMPLE))
    assert "jurisdiction: United States" in article(page, "en").text
    assert "法域：米国" in article(page, "ja").text
    assert "拠点：北九州" in article(page, "ja").text


def test_nobody_is_asked_for_what_nothing_closes() -> None:
    """A gap that stays names no one to do it."""
    closed, stays = replace(SAMPLE.gaps[0], closable=True), replace(SAMPLE.gaps[0], closable=False)
    for gap, who in ((closed, "operator’s compliance"), (stays, "–")):
        page = article(read(render(replace(SAMPLE, gaps=(gap,)))), "en")
        assert [cell.text for cell in page.one("tr", "one").all("td")][4] == who


@pytest.mark.parametrize("unclosed", [0, 84 * HOUR])
def test_uses_and_installed_time_are_each_drawn_in_their_own_shares(unclosed: int) -> None:
    """Above what was used, by when it was recorded, also where nobody closed a window; below all installed time."""
    seen = replace(SAMPLE, balance=replace(SAMPLE.balance, used=SAMPLE.balance.used - unclosed))
    picture = article(read(render(seen)), "en").one("svg", "wide")
    coverage, balance = seen.coverage, seen.balance
    ontime, late, before_log, gap = when_recorded(coverage)
    whole = balance.used + balance.idle + balance.unobserved
    states = {
        "evidenced": ("0", ontime / coverage.use),
        "late": ("0", late / coverage.use),
        "before_log": ("0", before_log / coverage.use),
        "gap": ("0", gap / coverage.use),
        "used": ("28", balance.used / whole),
        "idle": ("28", balance.idle / whole),
        "unobserved": ("28", balance.unobserved / whole),
    }

    assert coverage.use
    for state, (row, share) in states.items():
        pieces = list(picture.all("rect", state))
        assert [piece.attributes["y"] for piece in pieces] == [row] * bool(share)
        assert sum(float(piece.attributes["width"]) for piece in pieces) == pytest.approx(share * 1040, abs=3)


def test_uses_beyond_the_used_time_are_explained() -> None:
    """The states of use add up to all uses; where the balance counts less as used, the page says why."""
    more = replace(SAMPLE, balance=replace(SAMPLE.balance, used=SAMPLE.balance.used - 84 * HOUR))
    assert "of all uses, 19,146 device-hours" in article(read(render(more)), "en").text
    assert "of all uses" not in article(read(render(SAMPLE)), "en").text


def test_a_gap_that_stays_says_that_nothing_closes_it() -> None:
    """And why; it is not among the things to do."""
    page = article(read(render(SAMPLE)), "en")
    stays = list(page.all("tr", "stays"))
    assert len(stays) == sum(not gap.closable for gap in SAMPLE.gaps)
    assert all("The stretch stays a gap" in row.text for row in stays)
    assert "stay a gap" in page.one("section", "closing").text


def test_rows_with_the_same_words_say_them_once() -> None:
    """Five stretches for one reason are five rows and one explanation."""
    first = SAMPLE.gaps[1]
    repeated: tuple[GapRow, ...] = tuple(
        replace(first, start=START + i * HOUR, end=START + i * HOUR + HOUR // 2) for i in range(5)
    )
    page = article(read(render(replace(SAMPLE, gaps=repeated))), "en")
    assert len(rows(page)) == 5
    (table,) = page.all("table", "gaps")
    assert len(list(table.all("td", "closes"))) == 1
    assert table.one("td", "closes").attributes["rowspan"] == "5"


def test_many_stretches_for_one_reason_are_summed_and_listed() -> None:
    """A reason that recurs has one row with its total; its stretches are listed below, all of them."""
    first = SAMPLE.gaps[1]
    repeated = tuple(
        replace(first, start=START + i * HOUR, end=START + i * HOUR + HOUR // 2, device_time=HOUR)
        for i in range(200)
    )
    page = article(read(render(replace(SAMPLE, gaps=repeated))), "en")
    assert len(rows(page)) == 200
    row = page.one("tr", "many").text.replace("\u00a0", " ")
    assert "1 Jan 00:00 – 9 Jan 07:30200 stretches" in row
    assert row.endswith("200")


def test_lateness_that_was_not_assessed_is_nowhere_shown() -> None:
    """Neither as a state nor as the claim that all was recorded at the time."""
    page = read(render(replace(SAMPLE, lateness_assessed=False)))
    assert not list(page.all(look="late"))
    assert not list(page.all(look="before_log"))
    for never in ("recorded at the time", "recorded late", "before the log", "同時記録", "台帳開始前"):
        assert never not in page.text


def test_sixty_lanes_of_two_thousand_stretches_take_seconds_and_few_megabytes() -> None:
    """A large operator's fortnight stays a file that opens; the bound is loose, since machines differ."""
    large = many(60, 500)  # 2,000 stretches over the lanes of each
    began = time.process_time()
    size = len(render(large).encode())
    assert time.process_time() - began < 10
    assert size < 6_000_000


def test_a_customer_without_faults_has_no_gap_anywhere() -> None:
    """A quiet report shows no red."""
    quiet = report([Customer(CUSTOMERS[2].tenant, CUSTOMERS[2].end_user, ("direct",), CUSTOMERS[2].uses)])
    page = article(read(render(quiet)), "en")
    assert not list(page.all("table", "gaps"))
    assert not drawn(page.one("svg", "lanes"), "gap")


def test_what_is_in_no_figure_is_said() -> None:
    """Rows in quarantine and uses that were set aside, each only where there are some."""
    for quarantined, set_aside in ((0, 0), (3, 0), (0, 2), (3, 2)):
        page = article(read(render(replace(SAMPLE, quarantined=quarantined, set_aside=set_aside))), "en")
        assert ("3 rows in quarantine" in page.text) == (quarantined > 0)
        assert ("2 uses set aside" in page.text) == (set_aside > 0)
        assert ("Not counted" in page.text) == (quarantined + set_aside > 0)
