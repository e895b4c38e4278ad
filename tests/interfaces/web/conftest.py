"""A vault with people and cases, the pages served on it, and a browser: all real."""

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from kansa.application.opening import open_vault
from kansa.application.overview.overview import Overviews
from kansa.demo import world
from kansa.demo.play import play
from kansa.demo.staff import staff
from kansa.interfaces.api.serve import Address, listening
from kansa.interfaces.web.app import make_app
from kansa.interfaces.web.site import Site

CHROMIUM = shutil.which("chromium")
PATIENCE_MS = 120_000
"""How long a page may take: the machine is shared, and time is measured in benchmarks/."""

expect.set_options(timeout=PATIENCE_MS)


@dataclass(frozen=True, slots=True)
class Office:
    """A played vault with its people: the approver's id, and everybody's key file."""

    root: Path
    approver: str
    keys: dict[str, Path]


@dataclass(frozen=True, slots=True)
class Served:
    """The pages of a vault, served on this machine."""

    office: Office
    site: Site

    @property
    def url(self) -> str:
        """Where browsers reach them."""
        return self.site.origin

    def link(self, person: str | None) -> str:
        """Return a link that signs a person in once."""
        return f"{self.url}/signin/link/{self.site.sessions.link(person)}"


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """The demo's vault with people and cases, made once; tests that write copy it."""
    place = tmp_path_factory.mktemp("office")
    play(place / "vault", world.write(place / "input"))
    approver, keys = staff(place / "vault", place / "keys")
    return Office(place / "vault", approver, dict(keys))


@pytest.fixture(scope="module")
def served(played: Office, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The pages on a copy of the vault, for the tests of one module."""
    root = tmp_path_factory.mktemp("served") / "vault"
    shutil.copytree(played.root, root)
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    vault = open_vault(root)
    origin = f"http://localhost:{port}"
    site = Site(root, origin, vault.settings.operator, vault.settings.zone, Overviews(root), played.keys)
    server = listening(make_app(site), Address("127.0.0.1", port))
    thread = threading.Thread(target=server.run, daemon=True)
    site.overviews.start()
    thread.start()
    site.overviews.prepare()
    while not server.started:
        time.sleep(0.05)
    yield Served(Office(root, played.approver, played.keys), site)
    server.should_exit = True
    thread.join(timeout=20)
    site.overviews.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; ended with the module, since its driver keeps an event loop running in the process."""
    if CHROMIUM is None:
        pytest.skip("chromium is not installed")
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(params=["ja", "en"])
def language(request: pytest.FixtureRequest) -> str:
    """Both languages, one after the other."""
    return str(request.param)


@pytest.fixture
def context(browser: Browser, language: str) -> Iterator[BrowserContext]:
    """A browser that nobody has used, in a language."""
    made = browser.new_context(locale=language, viewport={"width": 1280, "height": 900})
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext, served: Served) -> Page:
    """A page on which the approver is signed in."""
    opened = context.new_page()
    sign_in(opened, served, served.office.approver)
    return opened


def sign_in(page: Page, served: Served, person: str | None) -> None:
    """Sign somebody in by a one-time link."""
    page.set_default_timeout(PATIENCE_MS)
    page.set_default_navigation_timeout(PATIENCE_MS)
    page.goto(served.link(person))
    page.click("#go")
    page.wait_for_url(f"{served.url}/")
