"""Every page in both languages, light and dark, wide and narrow: no error, no overflow, no finding of axe, within its policy."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from interfaces.web.conftest import Served, sign_in
from kansa.application.cases import CaseService
from kansa.application.lookup import Lookup
from kansa.application.opening import open_vault

LOOKS = [("ja", "light", 1280), ("en", "dark", 1280), ("ja", "dark", 390), ("en", "light", 390)]
STILL = (
    "/", "/cases", "/cases?state=all", "/cases/new", "/flags", "/flags?severity=high", "/tenants", "/end-users",
    "/parties", "/devices", "/devices?custody=none", "/sites", "/authorizations", "/coherence",
    "/coherence?day=2026-01-07", "/coherence?fact=custody", "/gate", "/sources", "/ledger", "/ledger/entries/12", "/packages",
    "/controls", "/controls?state=missing", "/rules", "/rules?on=2025-06-01", "/settings", "/screening", "/me",
    "/me/passkey", "/help/keys", "/search", "/search?q=kaze", "/nowhere",
)  # fmt: skip


@pytest.fixture(scope="module")
def addresses(served: Served) -> list[str]:
    """The address of every page, single subjects among them."""
    vault = open_vault(served.office.root)
    names, overview = Lookup(vault), served.site.overviews.current()
    party, device = names.party("kazemachi"), names.device("HK-IS-G02-5B")
    flag = next(each for each in overview.flags if each.state == "open")
    tabs = [f"/parties/{party}?tab={tab}" for tab in ("gaps", "cases", "flags", "paths", "history")]
    return [
        *STILL,
        *(f"/cases/{each.file.case.case_id}" for each in CaseService(vault).cases()),
        f"/tenants/{party}",
        *tabs,
        f"/devices/{device}?verify=12",
        f"/sites/{overview.sites.sites[0].named.id}",
        f"/authorizations/{overview.authorizations[0].id}",
        f"/flags/{flag.id}",
        f"/flags/rules/{flag.claim.rule}",
        f"/rules/rule/{flag.claim.rule}",
    ]


@pytest.fixture(params=LOOKS, ids=lambda look: "-".join(map(str, look)))
def looked(request: pytest.FixtureRequest, browser: Browser, served: Served) -> Iterator[Page]:
    """A page of the approver in one language, theme and width."""
    language, scheme, width = request.param
    context = browser.new_context(
        locale=language, color_scheme=scheme, viewport={"width": width, "height": 900}
    )
    page = context.new_page()
    sign_in(page, served, served.office.approver)
    yield page
    context.close()


@pytest.mark.timeout(1800)
def test_every_page_is_sound(looked: Page, served: Served, addresses: list[str]) -> None:
    """One pass over all of them; everything wrong is said at once."""
    wrong: list[str] = []
    looked.on("console", lambda said: wrong.append(f"{looked.url}: {said.text}") if _is_fault(said) else None)
    looked.on("pageerror", lambda error: wrong.append(f"{looked.url}: {error}"))
    axe = Axe()
    for address in addresses:
        answer = looked.goto(f"{served.url}{address}")
        assert answer is not None
        expected = 404 if address == "/nowhere" else 200
        if answer.status != expected:
            wrong.append(f"{address}: {answer.status}")
            continue
        over = looked.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if over > 0:
            wrong.append(f"{address}: {over} px too wide")
        if not looked.title().removesuffix(" – Kansa").strip():
            wrong.append(f"{address}: no title")
        found = axe.run(looked).response["violations"]
        wrong += [
            f"{address}: {each['id']}: {each['nodes'][0]['html'][:160]} {each['nodes'][0].get('failureSummary', '')[:200]}"
            for each in found
        ]
    assert not wrong, "\n".join(dict.fromkeys(wrong))


def _is_fault(said: object) -> bool:
    """Tell whether the browser complains; the answer 404 to a page that is not there is none."""
    kind, text = getattr(said, "type", ""), getattr(said, "text", "")
    return kind in {"error", "warning"} and "404" not in text
