"""The main way through the pages in a real Chromium, in both languages: sign in, look, decide, sign, see it on record."""

import re
import shlex
import subprocess
import sys

from playwright.sync_api import Browser, Page, expect

from interfaces.web.conftest import Served, sign_in
from kansa.application.cases import CaseService
from kansa.application.opening import open_vault

WORDS = {
    "ja": {"mine": "あなたの対応待ちは", "permit": "承認", "own": "同じ案件の前の段階を担当したため"},
    "en": {"mine": "wait for you", "permit": "Permit", "own": "You took an earlier step"},
}


def test_nobody_sees_anything_before_signing_in(browser: Browser, served: Served) -> None:
    """Every page leads to the sign-in, which says no more than whose vault it is."""
    page = browser.new_context(locale="en").new_page()
    for address in ("/", "/cases", "/tenants", "/devices", "/ledger/entries/12", "/search?q=kazemachi"):
        page.goto(f"{served.url}{address}")
        assert "/signin?next=" in page.url
        assert "Kazemachi" not in page.content()
        assert "風待ち" not in page.content()


def test_a_link_signs_in_once(browser: Browser, served: Served) -> None:
    """Looking at the link uses nothing up; signing in with it does, for everybody."""
    link = served.link(served.office.approver)
    page = browser.new_context(locale="en").new_page()
    page.goto(link)
    page.goto(link)
    expect(page.locator("h1")).to_contain_text("Ken Ito")
    page.click("#go")
    expect(page.locator(".me .who")).to_contain_text("Ken Ito")
    other = browser.new_context(locale="en").new_page()
    assert other.goto(link).status == 410  # type: ignore[union-attr]
    expect(other.locator("h1")).to_contain_text("cannot be used any more")


def test_today_says_what_waits_and_what_lacks_evidence(page: Page, language: str) -> None:
    """The heading answers; the figures are those of the report; the day with the most is a link."""
    expect(page.locator("h1")).to_contain_text(WORDS[language]["mine"])
    expect(page.locator("h1")).to_contain_text("961")
    expect(page.locator("html")).to_have_attribute("lang", language)
    assert page.locator("svg.days a").count() == 14


def test_a_permit_is_decided_signed_at_the_terminal_and_shown_as_counting(
    page: Page, served: Served, language: str
) -> None:
    """The errors name their fields and keep what was typed; nothing is recorded before the key has signed."""
    case = _waiting(served, language)
    page.goto(f"{served.url}/cases/{case}")
    before = served.site.overviews.size
    page.fill("#reasons", "checked / 確認しました")
    page.click("#primary")
    expect(page.locator("#act-error")).to_be_visible()
    expect(page.locator("#reasons")).to_have_value("checked / 確認しました")
    page.get_by_text(WORDS[language]["permit"], exact=False).first.click()
    page.locator("input[value=permit], input[value=endorsed]").first.check(force=True)
    page.click("#primary")
    expect(page.locator("#payload")).to_contain_text("DSSEv1")
    assert served.site.overviews.size == before
    command = shlex.split(page.locator("#command").inner_text())
    done = subprocess.run([sys.executable, "-m", *command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    page.wait_for_url(f"**/cases/{case}", timeout=120_000)
    expect(page.locator(".said")).to_contain_text(f"#{before:,}")
    expect(page.locator(".dec")).to_contain_text("checked / 確認しました")
    kept = CaseService(open_vault(served.office.root)).case(case)
    assert kept.file.acts[-1].noted.index == before


def test_whoever_took_an_earlier_step_is_told_so_before_the_work(
    browser: Browser, served: Served, language: str
) -> None:
    """Haru Sato proposed: the page shows no form and says why."""
    page = browser.new_context(locale=language).new_page()
    people = CaseService(open_vault(served.office.root)).people()
    sign_in(page, served, next(each.id for each in people if each.names["en"] == "Haru Sato"))
    waiting = [
        each for each in CaseService(open_vault(served.office.root)).cases() if each.file.state != "decided"
    ]
    case = next(each.file.case.case_id for each in waiting if each.file.taken)
    page.goto(f"{served.url}/cases/{case}")
    assert page.locator("form#act").count() == 0
    expect(page.locator(".dec")).to_contain_text(WORDS[language]["own"])


def test_the_second_of_two_people_sees_that_the_first_has_acted(browser: Browser, served: Served) -> None:
    """A form of an earlier position is refused, with what was typed kept."""
    page = browser.new_context(locale="en").new_page()
    people = CaseService(open_vault(served.office.root)).people()
    sign_in(page, served, next(each.id for each in people if each.names["en"] == "Rin Mori"))
    case = next(
        each.file.case.case_id
        for each in CaseService(open_vault(served.office.root)).cases()
        if each.file.state == "open"
    )
    page.goto(f"{served.url}/cases/{case}")
    page.fill("#reasons", "first reader")
    page.fill("#until", "2026-12-31")
    _propose(served, case)
    served.site.overviews.current(served.site.overviews.size)
    page.click("#primary")
    expect(page.locator(".err").first).to_be_visible(timeout=120_000)
    expect(page.locator("body")).to_contain_text(re.compile("while you were reading|earlier step"))


def test_pages_work_without_script(browser: Browser, served: Served, language: str) -> None:
    """Lists, filters, an object, a case and its form: all are plain HTML."""
    page = browser.new_context(locale=language, java_script_enabled=False).new_page()
    sign_in(page, served, served.office.approver)
    page.goto(f"{served.url}/tenants")
    page.fill("#filter", "kazemachi")
    page.locator(".filter button").click()
    assert page.locator("tbody tr").count() == 1
    page.locator("a.row").click()
    expect(page.locator("svg.lanes")).to_be_visible()
    page.goto(f"{served.url}/search?q=HK-IS-G02-5B")
    expect(page.locator("h1")).to_contain_text("HK-IS-G02-5B")
    page.locator(".seg button[value=en]").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_the_keyboard_goes_everywhere_and_stays_out_of_fields(page: Page, served: Served) -> None:
    """Rows by j and k, places by g and a letter, search by Ctrl K; while typing, letters are letters."""
    page.goto(f"{served.url}/tenants")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("a.row").nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/tenants/pty_*")
    page.keyboard.press("u")
    page.wait_for_url("**/tenants")
    page.keyboard.press("Control+k")
    page.keyboard.type("gc732")
    expect(page.locator("#find")).to_have_value("gc732")
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("c")
    page.wait_for_url("**/cases")


def test_search_finds_while_typing(page: Page) -> None:
    """A serial in full width, a name in either script, an entry by its number."""
    for typed, found in (
        ("ＨＫ－ＩＳ－Ｇ０２－５Ｂ", "HK-IS-G02-5B"),
        ("風待ち", "風待ち"),
        ("#732", "#732"),
    ):
        page.locator("#find").fill("")
        page.locator("#find").press_sequentially(typed)
        expect(page.locator("#palette a").first).to_contain_text(found, timeout=120_000)


def test_a_sealed_value_is_shown_only_when_it_is_asked_for(page: Page, served: Served) -> None:
    """An entry shows its open fields; sealed ones wait for a button, and no address reveals them."""
    page.goto(f"{served.url}/ledger/entries/12")
    assert "登記" not in page.locator("#sealed").inner_text()
    hidden = page.locator("#sealed table").count()
    page.click("#show")
    assert (hidden, page.locator("#sealed table").count()) == (0, 1)
    expect(page.locator("#sealed")).to_contain_text(re.compile("Kazemachi|株式会社"))
    assert "reveal" not in page.url


def _waiting(served: Served, language: str) -> str:
    """Return a case that waits for the approver; each language has its own."""
    mine = [
        each.file.case.case_id
        for each in CaseService(open_vault(served.office.root)).cases()
        if each.file.state in {"reviewed", "proposed"}
    ]
    return mine[0] if language == "ja" else mine[-1]


def _propose(served: Served, case: str) -> None:
    people = CaseService(open_vault(served.office.root)).people()
    person = next(each.id for each in people if each.names["en"] == "Haru Sato")
    key = served.office.keys[person]
    subprocess.run(
        [
            sys.executable, "-m", "kansa", "case", "propose", case, "permit", "--until", "2026-12-31", "--route", "kansa.routes.ordinary",
            "--reasons", "second reader", "--key", str(key), "--vault", str(served.office.root),
        ],
        check=True,
        capture_output=True,
    )  # fmt: skip
