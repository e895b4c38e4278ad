"""How long the server takes for each page: the demo's vault with people and cases, everything computed ahead.

    .venv/bin/python benchmarks/web.py [ROUNDS]

Prints a table of server time (p50, p95, largest) and size by page, and what computing a position ahead of readers takes.
One process asks and answers, so the figures hold the whole way through the application, without a network.
"""

import asyncio
import sys
import tempfile
import time
from pathlib import Path
from typing import Self

import httpx
from starlette.applications import Starlette

from kansa.application.lookup import Lookup
from kansa.application.opening import open_vault
from kansa.application.overview.overview import Overviews
from kansa.demo import world
from kansa.demo.play import play, play_office
from kansa.interfaces.web.app import make_app
from kansa.interfaces.web.site import Site

BAR_MS = 100.0
PACE = 0.06
"""Seconds between requests: one reader may ask for twenty pages a second."""


class Client:
    """Asks the application in this process, without a network."""

    def __init__(self, app: Starlette) -> None:
        self._loop = asyncio.new_event_loop()
        transport = httpx.ASGITransport(app)
        own = {"sec-fetch-site": "same-origin"}
        self._client = httpx.AsyncClient(transport=transport, base_url="http://localhost", headers=own)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.run_until_complete(self._client.aclose())
        self._loop.close()

    def get(self, address: str) -> httpx.Response:
        """Ask for a page."""
        return self._loop.run_until_complete(self._client.get(address))

    def post(self, address: str) -> httpx.Response:
        """Send an empty form."""
        return self._loop.run_until_complete(self._client.post(address))


def measured(client: Client, address: str, rounds: int) -> tuple[float, float, float, int]:
    """Return p50, p95 and the largest server time in milliseconds, and the size of the page in bytes."""
    client.get(address)
    size, times = 0, []
    for _ in range(rounds):
        time.sleep(PACE)
        began = time.perf_counter()
        answer = client.get(address)
        times.append((time.perf_counter() - began) * 1_000)
        if not answer.is_success:
            sys.exit(f"{address}: {answer.status_code}")
        size = len(answer.content)
    times.sort()
    return times[len(times) // 2], times[int(len(times) * 0.95)], times[-1], size


def main(rounds: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as place:
        root = Path(place) / "vault"
        play(root, world.write(Path(place) / "input"))
        approver, _ = play_office(root, Path(place) / "keys")
        vault = open_vault(root)
        overviews = Overviews(root)
        site = Site(root, "http://localhost", vault.settings.operator, vault.settings.zone, overviews)
        began = time.perf_counter()
        overview = overviews.current()
        overview.warm()
        print(
            f"computed ahead of readers: {time.perf_counter() - began:.2f} s for {overview.position:,} entries\n"
        )
        with Client(make_app(site)) as client:
            client.post(f"/signin/link/{site.sessions.link(approver)}")
            party, case = Lookup(vault).party("kazemachi"), overview.cases[-1].file.case.case_id
            device = overview.devices.devices[0].named.id
            print(f"{'page':44} {'p50 ms':>8} {'p95 ms':>8} {'most ms':>8} {'kB':>7}")
            for address in (
                "/", "/cases", f"/cases/{case}", "/flags", "/tenants", f"/tenants/{party}", "/devices",
                f"/devices/{device}", "/sites", "/authorizations", "/coherence", "/sources", "/ledger",
                "/ledger/entries/106", "/rules", "/controls", "/settings", "/search?q=kaze",
            ):  # fmt: skip
                half, most, largest, size = measured(client, address, rounds)
                mark = "" if most < BAR_MS else "  over the bar"
                print(f"{address[:44]:44} {half:8.1f} {most:8.1f} {largest:8.1f} {size / 1_000:7.1f}{mark}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 40)
