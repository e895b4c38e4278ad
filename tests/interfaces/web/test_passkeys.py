"""Passkeys in a real Chromium with a virtual authenticator: made, put on record, signed in with, signed with, verified."""

import subprocess
import sys
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from interfaces.web.conftest import Served, sign_in
from kansa.application.cases import CaseService
from kansa.application.opening import open_vault
from kansa.records import dsse
from kansa.records.passkey import decode


@pytest.fixture
def authenticated(browser: Browser, served: Served) -> Iterator[Page]:
    """A page of the approver in a browser with an authenticator that verifies its user."""
    context = browser.new_context(locale="en")
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    sign_in(page, served, served.office.approver)
    yield page
    context.close()


@pytest.mark.timeout(900)
def test_a_passkey_is_put_on_record_signs_in_and_signs_a_decision_that_counts(
    authenticated: Page, served: Served, tmp_path: Path
) -> None:
    """From the first link to a decision whose assertion verifies from the ledger alone."""
    page, person = authenticated, served.office.approver
    _rotate(page, served, tmp_path)
    key = next(each.key for each in CaseService(open_vault(served.office.root)).people() if each.id == person)
    assert isinstance(key, dsse.Passkey)
    assert key.relying_party == "localhost"

    page.locator(".me summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/signin")
    page.click("#passkey")
    page.wait_for_url(f"{served.url}/")
    expect(page.locator(".me .who")).to_contain_text("Ken Ito")

    case = next(
        each.file.case.case_id
        for each in CaseService(open_vault(served.office.root)).cases()
        if each.file.state == "reviewed"
    )
    page.goto(f"{served.url}/cases/{case}")
    page.locator("input[value=permit]").check(force=True)
    page.fill("#reasons", "Signed with a passkey.")
    page.click("#primary")
    page.wait_for_url("**/acts/*")
    before, shown = served.site.overviews.size, page.locator("#payload").inner_text()
    page.evaluate("document.getElementById('payload').textContent += ' '")
    page.click("#primary")
    expect(page.locator("#failed")).to_contain_text("Do not sign")  # it hashes what it shows
    assert served.site.overviews.size == before
    page.evaluate("text => { document.getElementById('payload').textContent = text }", shown)
    page.click("#primary")
    page.wait_for_url(f"**/cases/{case}", timeout=120_000)
    kept = CaseService(open_vault(served.office.root)).case(case)
    assert kept.file.state == "decided"
    noted, claim, ground = kept.file.decisions[-1]
    assert ground == "signed"
    assert claim.envelope is not None
    (signature,) = dsse.parse(claim.envelope).signatures
    assert signature.keyid == key.fingerprint
    made = decode(b64decode(signature.sig))
    assert made is not None
    assert b'"type":"webauthn.get"' in made.client_data
    assert noted.index == served.site.overviews.size - 1


def test_a_passkey_of_nobody_does_not_sign_in(browser: Browser, served: Served) -> None:
    """Made up assertions and persons: refused with words, and no cookie."""
    page = browser.new_context(locale="en").new_page()
    page.goto(f"{served.url}/signin")
    answer = page.evaluate(
        """async (name) => {
            const fields = {challenge: name, person: "per_x", authenticator_data: "AAAA", client_data: "e30", signature: "AA"};
            const got = await fetch("/signin/passkey", {method: "POST", body: new URLSearchParams(fields)});
            return [got.status, (await got.json()).error];
        }""",
        page.locator("#passkey").get_attribute("data-name"),
    )
    assert answer[0] == 403
    assert "nobody" in answer[1]
    assert page.context.cookies() == []


def _rotate(page: Page, served: Served, place: Path) -> None:
    """Make a passkey in the browser and have it recorded with the key that the approver has."""
    page.goto(f"{served.url}/me/passkey")
    page.click("#make")
    expect(page.locator("#made")).to_contain_text("echo 'sk-ecdsa-sha2-nistp256@openssh.com")
    echo, rotate = page.locator("#made").inner_text().split("\n")
    subprocess.run(["sh", "-c", echo], check=True, cwd=place)
    command = rotate.replace("kansa ", f"{sys.executable} -m kansa ", 1)
    done = subprocess.run(["sh", "-c", command], check=False, cwd=place, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
