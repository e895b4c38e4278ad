"""`python -m kansa.clients.python deliver SPOOL --gate URL`: bring what a client let through to the evidence log."""

import argparse
import json
import ssl
import sys
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from kansa import terminal
from kansa.clients.python.bypass import Send, deliver

AT_ONCE = 200


def main(arguments: list[str] | None = None) -> int:
    """Deliver a spool; exit 0 when all of it is recorded, 1 when something is left or was refused."""
    parser = argparse.ArgumentParser("python -m kansa.clients.python")
    given = parser.add_subparsers(required=True).add_parser(
        "deliver", help="bring a spool to the evidence log"
    )
    given.add_argument("spool", type=Path)
    given.add_argument("--gate", required=True, help="http(s)://host:port of `kansa serve`")
    given.add_argument("--token-file", type=Path, help="this caller's signed token")
    given.add_argument("--ca-file", type=Path, help="who signed the gate's certificate")
    told = parser.parse_args(arguments)
    token = told.token_file.read_text().strip() if told.token_file else None
    delivered, refused = deliver(told.spool, sending(told.gate, token, told.ca_file))
    left = told.spool.exists() or told.spool.with_name(told.spool.name + ".delivering").exists()
    rest = ", the rest stays in the spool" if left else ""
    terminal.write(f"{delivered} delivered, {refused} refused{rest}")
    return 1 if left or refused else 0


def sending(gate: str, token: str | None, ca_file: Path | None) -> Send:
    """Hand bypasses to a gate, some at once; the gate records each once by its `id`."""
    if not gate.startswith(("http://", "https://")):
        raise SystemExit(f"`{gate}` is not the address of a gate: give http(s)://host:port")
    headers = {"content-type": "application/json"} | ({"authorization": f"Bearer {token}"} if token else {})
    tls = ssl.create_default_context(cafile=ca_file) if gate.startswith("https:") else None

    def send(bypasses: list[dict[str, Any]]) -> dict[str, str] | None:
        refused: dict[str, str] = {}
        for start in range(0, len(bypasses), AT_ONCE):
            body = json.dumps({"bypassed": bypasses[start : start + AT_ONCE]}).encode()
            request = Request(f"{gate}/gate/v1/bypassed", body, headers)  # noqa: S310 - the scheme is checked above
            try:
                with urlopen(request, timeout=30, context=tls) as answer:  # noqa: S310 - the same
                    told = json.loads(answer.read())["bypassed"]
            except (OSError, ValueError, KeyError) as error:
                terminal.write(f"not delivered: {terminal.in_line(error)}", sys.stderr)
                return None
            refused |= {each["id"]: each["why"] for each in told if each["state"] == "refused"}
        return refused

    return send


if __name__ == "__main__":
    sys.exit(main())
