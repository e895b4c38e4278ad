"""What every answer bears and every request obeys: headers, origin, tokens, cookies, rates, sizes."""

from collections.abc import Iterator

import httpx
import pytest

from interfaces.web.conftest import Served
from kansa.interfaces.web.ask import local
from kansa.interfaces.web.paging import paged
from kansa.interfaces.web.security import HEADERS, Buckets


@pytest.fixture
def client(served: Served) -> Iterator[httpx.Client]:
    """A client that is signed in as the approver."""
    with httpx.Client(timeout=60, base_url=served.url, headers={"sec-fetch-site": "same-origin"}) as made:
        token = served.link(served.office.approver).removeprefix(served.url)
        assert made.post(token).status_code == 303
        yield made


def test_every_answer_bears_the_headers(client: httpx.Client) -> None:
    """Pages, errors and files: no inline script or style, no framing, nothing kept by browsers."""
    for address in ("/", "/nowhere", "/signin", "/static/kansa.css", "/ledger/entries/999999"):
        answer = client.get(address)
        for name, value in HEADERS.items():
            assert answer.headers[name] == value, (address, name)
        kept = "public, max-age=3600" if address.startswith("/static") else "no-store"
        assert answer.headers["cache-control"] == kept
    assert "unsafe" not in HEADERS["content-security-policy"]


def test_pages_hold_no_inline_script_or_style(client: httpx.Client) -> None:
    """What the policy would block is not written in the first place."""
    for address in ("/", "/tenants", "/devices", "/cases", "/me"):
        text = client.get(address).text
        assert "<script>" not in text
        assert " style=" not in text
        assert "<style" not in text
        assert " onclick=" not in text


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
def test_an_act_from_elsewhere_is_refused(client: httpx.Client, served: Served, site: str) -> None:
    """Another origin, a sibling host and a bookmark are not our pages, whatever cookies come along."""
    before = served.site.overviews.size
    answer = client.post("/cases/new", headers={"sec-fetch-site": site}, data={"tenant": "kazemachi"})
    assert answer.status_code == 403
    assert served.site.overviews.size == before


def test_an_old_client_must_say_its_origin(served: Served) -> None:
    """Where nothing says where a request comes from, it is refused; our own origin is taken."""
    with httpx.Client(timeout=60, base_url=served.url) as bare:
        _asked_without_fetch_metadata(bare, served)


def _asked_without_fetch_metadata(bare: httpx.Client, served: Served) -> None:
    assert bare.post("/looks", data={"language": "ja"}).status_code == 403
    assert (
        bare.post("/looks", data={"language": "ja"}, headers={"origin": "http://evil.example"}).status_code
        == 403
    )
    assert bare.post("/looks", data={"language": "ja"}, headers={"origin": served.url}).status_code == 303


def test_a_form_without_the_token_of_its_session_is_refused(client: httpx.Client, served: Served) -> None:
    """Same origin is not enough: the token belongs to the session."""
    before = served.site.overviews.size
    for token in ("", "x", "é"):
        data = {"tenant": "kazemachi", "cause": "change", "csrf": token}
        assert client.post("/cases/new", data=data).status_code == 400
    assert served.site.overviews.size == before


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(served: Served) -> None:
    """HttpOnly, SameSite, no domain; over TLS also Secure under the prefix that binds it to the host."""
    with httpx.Client(timeout=60, base_url=served.url, headers={"sec-fetch-site": "same-origin"}) as made:
        said = made.post(served.link(None).removeprefix(served.url)).headers["set-cookie"]
    assert "HttpOnly" in said
    assert "SameSite=lax" in said
    assert "omain" not in said
    assert served.site.cookie == "kansa-session"


def test_nobody_is_sent_elsewhere_after_signing_in() -> None:
    """Only paths of ours are led back to."""
    for where in (
        "//evil.example",
        "https://evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "",
        "evil",
    ):
        assert local(where) == "/"
    assert local("/cases?state=all") == "/cases?state=all"


def test_attempts_to_sign_in_are_limited_by_address() -> None:
    """A burst of a dozen, then one every twelve seconds; another address is not concerned."""
    buckets = Buckets()
    taken = [buckets.take("sign-in", "192.0.2.1", now=100.0) for _ in range(15)]
    assert taken.count(True) == 12
    assert not buckets.take("sign-in", "192.0.2.1", now=101.0)
    assert buckets.take("sign-in", "192.0.2.1", now=113.0)
    assert buckets.take("sign-in", "192.0.2.2", now=100.0)


def test_a_body_beyond_the_limit_is_refused(client: httpx.Client) -> None:
    """One mebibyte, said or unsaid."""
    assert client.post("/looks", content=b"x" * (1 << 20 | 1)).status_code == 413


def test_what_is_asked_for_wrongly_is_an_answer_and_no_fault(client: httpx.Client) -> None:
    """Unknown ids, cursors of nobody, absurd dates: said, in words, with a code."""
    for address, status in (
        ("/cases/cas_x", 404),
        ("/devices/dev_x", 404),
        ("/parties/%00", 404),
        ("/tenants?after=%5B1", 400),
        ("/ledger/entries/99999999", 404),
        ("/search?q=" + "x" * 5000, 200),
        ("/coherence?day=9999-99-99", 200),
    ):
        answer = client.get(address)
        assert answer.status_code == status, (address, answer.status_code)
        assert "Traceback" not in answer.text


def test_pages_of_a_list_are_the_list_in_one_go_while_it_grows() -> None:
    """Following cursors shows every row once, in order, also when rows come in between."""
    rows = [f"row-{n:03}" for n in range(0, 200, 2)]
    seen: list[str] = []
    after: str | None = None
    while True:
        found = paged(rows, lambda row: (row,), after, 7)
        seen += found.rows
        after = found.after
        rows.append(f"row-{len(seen):03}x")
        if after is None:
            break
    assert [row for row in seen if not row.endswith("x")] == [f"row-{n:03}" for n in range(0, 200, 2)]
    assert len(seen) == len(set(seen))
