"""Sign in through a real OpenID provider (npm `oidc-provider`): code flow with PKCE, and what does not count."""

import os
import re
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect

from interfaces.web.conftest import Office
from kansa.application.opening import open_vault
from kansa.application.overview.overview import Overviews
from kansa.errors import BadInput, KansaError
from kansa.interfaces.api.serve import Address, listening
from kansa.interfaces.web.app import make_app
from kansa.interfaces.web.identity_file import read_identity
from kansa.interfaces.web.oidc import Provider, SignInThroughProvider
from kansa.interfaces.web.site import Site

HERE = Path(__file__).parent / "provider"


@dataclass(frozen=True, slots=True)
class Federated:
    """The pages with their identity provider."""

    site: Site
    issuer: str


def port() -> int:
    """Return a port that is free."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The provider, installed from the npm registry; `KANSA_OIDC_PROVIDER` names a folder where it lies already."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("node is not installed")
    place = tmp_path_factory.mktemp("provider")
    for file in HERE.iterdir():
        shutil.copy(file, place)
    known = os.environ.get("KANSA_OIDC_PROVIDER")
    if known:
        (place / "node_modules").symlink_to(Path(known) / "node_modules")
        return place
    done = subprocess.run(
        ["npm", "install", "--no-audit", "--no-fund"], cwd=place, capture_output=True, check=False
    )
    if done.returncode != 0:
        pytest.skip("the npm registry cannot be reached")
    return place


@pytest.fixture(scope="module")
def federated(installed: Path, played: Office) -> Iterator[Federated]:
    """The pages and the provider, each on a port of its own."""
    web, idp = port(), port()
    issuer, origin = f"http://localhost:{idp}", f"http://localhost:{web}"
    with subprocess.Popen(
        ["node", "serve.mjs", str(idp), f"{origin}/signin/callback"],
        cwd=installed,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert "ready" in process.stdout.readline()
        vault = open_vault(played.root)
        provider = Provider(issuer, "kansa-web", None, ("RS256",), {"ken@hokuto.example": "Ken Ito"})
        through = SignInThroughProvider(provider, f"{origin}/signin/callback")
        overviews = Overviews(played.root)
        site = Site(played.root, origin, vault.settings.operator, vault.settings.zone, overviews, {}, through)
        server = listening(make_app(site), Address("127.0.0.1", web))
        thread = threading.Thread(target=server.run, daemon=True)
        overviews.current().warm()
        thread.start()
        while not server.started:
            time.sleep(0.05)
        yield Federated(site, issuer)
        server.should_exit = True
        thread.join(timeout=20)
        process.terminate()


def test_a_person_signs_in_through_the_provider_and_comes_back_to_where_they_were(
    browser: Browser, federated: Federated
) -> None:
    """The roles are those of the ledger; the page asked for before the sign-in is the one shown after it."""
    page = browser.new_context(locale="en").new_page()
    page.goto(f"{federated.site.origin}/devices?q=5B")
    page.click("#provider")
    page.wait_for_url(f"{federated.issuer}/**")
    page.fill("input[name=login]", "ken@hokuto.example")
    page.fill("input[name=password]", "any")
    page.click("button[type=submit]")
    page.click("button[type=submit]")
    page.wait_for_url(f"{federated.site.origin}/devices?q=5B", timeout=120_000)
    expect(page.locator(".me .who")).to_contain_text("Ken Ito")
    expect(page.locator(".me .who")).to_contain_text("export control officer")


def test_somebody_whom_only_the_provider_knows_does_not_get_in(
    browser: Browser, federated: Federated
) -> None:
    """They are told the name that they have there, for the administrator."""
    page = browser.new_context(locale="ja").new_page()
    page.goto(f"{federated.site.origin}/signin")
    page.click("#provider")
    page.fill("input[name=login]", "stranger")
    page.fill("input[name=password]", "any")
    page.click("button[type=submit]")
    page.click("button[type=submit]")
    expect(page.locator("h1")).to_contain_text("未登録", timeout=120_000)
    expect(page.locator("pre")).to_contain_text("stranger")
    page.goto(f"{federated.site.origin}/tenants")
    assert "/signin" in page.url


def test_an_answer_to_no_request_of_this_browser_does_not_count(federated: Federated) -> None:
    """A code of another browser, another state, another issuer, used twice, or late: all are refused."""
    through = federated.site.provider
    assert through is not None
    address, browser = through.begin("/", 1_000_000)
    state = re.search(r"state=([^&]+)", address)
    assert state is not None
    answer = {"state": state[1], "code": "x", "iss": federated.issuer}
    for given, cookie, now in (
        ({"code": "x"}, browser, 1_000_000),
        ({**answer, "state": "other"}, browser, 1_000_000),
        (answer, "another-browser", 1_000_000),
        (answer, browser, 1_000_000),
    ):
        with pytest.raises(KansaError, match="no request of this browser"):
            through.finish(given, cookie, now)
    address, browser = through.begin("/", 1_000_000)
    state = re.search(r"state=([^&]+)", address)
    assert state is not None
    with pytest.raises(KansaError, match="another issuer"):
        through.finish({"state": state[1], "code": "x", "iss": "https://evil.example"}, browser, 1_000_000)
    address, browser = through.begin("/", 1_000_000)
    state = re.search(r"state=([^&]+)", address)
    assert state is not None
    with pytest.raises(KansaError, match="no request"):
        through.finish({"state": state[1], "code": "x"}, browser, 1_000_000 + 601_000_000)


def test_a_code_that_was_not_given_to_us_is_not_taken(federated: Federated) -> None:
    """The provider refuses it, and so do we."""
    through = federated.site.provider
    assert through is not None
    address, browser = through.begin("/", 1_000_000)
    state = re.search(r"state=([^&]+)", address)
    assert state is not None
    with pytest.raises(KansaError, match="the code was not taken"):
        through.finish({"state": state[1], "code": "made-up"}, browser, 1_000_000)


def test_a_provider_that_does_not_answer_is_said(federated: Federated) -> None:
    """Words and advice, and no fault of ours."""
    through = federated.site.provider
    assert through is not None
    away = SignInThroughProvider(
        replace(through.provider, issuer=f"http://localhost:{port()}"), "http://x/cb"
    )
    with pytest.raises(KansaError, match="does not answer"):
        away.begin("/", 0)


def test_the_policy_lets_forms_lead_to_the_provider_and_nowhere_else(federated: Federated) -> None:
    """The origin of the issuer stands beside our own."""
    answer = httpx.get(f"{federated.site.origin}/signin", timeout=30)
    assert f"form-action 'self' {federated.issuer};" in answer.headers["content-security-policy"]


def test_a_file_of_a_provider_says_everything_that_is_wrong(tmp_path: Path) -> None:
    """A subject twice, an algorithm with a shared secret, no issuer: with line and field."""
    file = tmp_path / "identity.yaml"
    file.write_text(
        "client: kansa-web\nalgorithms: [HS256]\npeople:\n- {person: A, subject: s}\n- {person: B, subject: s}\n"
    )
    with pytest.raises(BadInput) as wrong:
        read_identity(file)
    said = " ".join(map(str, wrong.value.problems))
    assert "issuer" in said
    assert "HS256" in said
