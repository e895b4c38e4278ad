"""`kansa witness …`: have the log cosigned by others, and cosign theirs."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from kansa.clock import SystemClock
from kansa.errors import BadInput
from kansa.interfaces.cli.options import At
from kansa.interfaces.cli.output import Json, show, tell
from kansa.lazy_imports import lazy_imports
from kansa.terminal import in_line
from kansa.texts.formats import time_text
from kansa.texts.messages import said

with lazy_imports():
    from kansa.application import witnessing
    from kansa.application.dossiers import reseal
    from kansa.application.whole_file import read_file, write_file
    from kansa.application.witness_http import HttpTransport
    from kansa.application.witness_service import WitnessService, create_witness
    from kansa.application.witnessing import Witnessing
    from kansa.interfaces.api.serve import Address, listening
    from kansa.interfaces.api.serve import serve as serve_until_told
    from kansa.interfaces.api.witness import make_witness_app
    from kansa.texts.witness import WITNESS

app = App(name="witness", help="Have the log cosigned by others, and cosign theirs.")

Folder = Annotated[
    Path,
    Parameter(name="--witness", env_var="KANSA_WITNESS", show_env_var=True, help="The witness's directory."),
]
_DEFAULT = Path("kansa-witness")
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@app.command
def init(
    name: Annotated[str, Parameter(help="What its cosignatures bear: <your domain>/<name>.")],
    /,
    *,
    witness: Folder = _DEFAULT,
    as_json: Json = False,
) -> int:
    """Make a witness: a key of its own, apart from any vault. NAME is what its cosignatures bear: <your domain>/<name>."""
    made = create_witness(witness, name).status()
    lines = [WITNESS["made"].say(witness=witness), WITNESS["line"].say(), f"  witness NAME {made.key} [URL]"]
    show(as_json, {"witness": str(witness), **made.as_json()}, lines)
    return 0


@app.command
def follow(
    trust: Annotated[Path, Parameter(help="What the log's operator printed with `kansa ledger trust`.")],
    /,
    *,
    witness: Folder = _DEFAULT,
    as_json: Json = False,
) -> int:
    """Cosign the logs of a trust policy from now on. Compare their keys with the operator by another way first."""
    new = WitnessService(witness).follow(trust)
    lines = [WITNESS["follows"].say(origin=each) for each in new] or [WITNESS["follows.already"].say()]
    show(as_json, {"followed": new}, lines)
    return 0


@app.command
def serve(
    *,
    host: Annotated[str, Parameter(help="The address to listen at.")] = "127.0.0.1",
    port: Annotated[int, Parameter(help="The port; 0 takes any that is free.")] = 8444,
    tls_cert: Annotated[Path | None, Parameter(help="The server's certificate, with its chain (PEM).")] = None,
    tls_key: Annotated[Path | None, Parameter(help="Its private key (PEM).")] = None,
    witness: Folder = _DEFAULT,
) -> int:  # fmt: skip
    """Answer logs over HTTP (C2SP tlog-witness). Ends on Ctrl-C."""
    if tls_cert is None and host not in _LOOPBACK:
        raise BadInput(
            "serve.plain",
            f"`{host}` can be reached from elsewhere, and there is no certificate",
            help="give --tls-cert and --tls-key, or listen at 127.0.0.1 behind a proxy",
        )
    service = WitnessService(witness)
    scheme = "http" if tls_cert is None else "https"

    def announce(bound: int) -> None:
        tell(f"kansa: witness {service.name} answers at {scheme}://{host}:{bound}; stop with Ctrl-C")

    address = Address(host, port, None, tls_cert, tls_key)
    serve_until_told(listening(make_witness_app(service), address, announce))
    return 0


@app.command
def sign(
    request: Annotated[Path, Parameter(help="What `kansa witness request` wrote.")],
    /,
    *,
    output: Annotated[Path, Parameter(alias="-o", help="The answer's file, to be sent back.")],
    witness: Folder = _DEFAULT,
    as_json: Json = False,
) -> int:
    """Answer a request that came as a file: a cosignature, or why not (exit 1)."""
    service = WitnessService(witness)
    answer, refused = service.sign(read_file(request))
    write_file(output, answer)
    line = WITNESS["signed"] if refused is None else WITNESS["refused"]
    value = {"answer": str(output), "signed": refused is None, "refused": refused}
    show(as_json, value, line.say(file=output, why=said(refused or "")))
    return 0 if refused is None else 1


@app.command
def index(
    export: Annotated[Path, Parameter(help="The log, as its operator wrote it with `kansa ledger export`.")],
    /,
    *,
    output: Annotated[Path, Parameter(alias="-o", help="The signed statement's file, to be sent back.")],
    witness: Folder = _DEFAULT,
    as_json: Json = False,
) -> int:
    """Rebuild a log's subject index from all its entries, and sign it: dossiers are then *complete*, not only as stated."""
    signed, done = WitnessService(witness).rebuild_index(export)
    write_file(output, signed)
    told = WITNESS["rebuilt"].say(size=f"{done.size:,}", tags=f"{done.tags:,}", entry=done.entry, file=output)
    show(as_json, {"statement": str(output), **done.as_json()}, told)
    return 0


@app.command
def evidence(*, witness: Folder = _DEFAULT, as_json: Json = False) -> int:
    """Say which logs this witness follows, and show the evidence of those that excluded themselves (exit 1)."""
    found = WitnessService(witness).status()
    lines = [WITNESS["log"].say(origin=each.origin, size=f"{each.size:,}") for each in found.logs]
    lines += [WITNESS["evidence"].say(place=place) for place in found.evidence]
    show(as_json, found.as_json(), lines or [WITNESS["no_log"].say()])
    return 1 if found.evidence else 0


@app.command
def policy(
    file: Annotated[Path, Parameter(help="A trust policy (C2SP tlog-policy): witness lines with their URLs, and a quorum.")],
    /,
    *,
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:  # fmt: skip
    """Have these witnesses asked from now on; `kansa ledger trust` then prints them to readers."""
    vault = at.open()
    found = witnessing.set_witnesses(vault, file)
    show(as_json, found.as_json(), _witness_lines(found))
    return 0


@app.command
def ask(*, at: At = At(), as_json: Json = False) -> int:  # noqa: B008 - frozen
    """Ask the witnesses to cosign the log as it stands. Exit 1 while the quorum is not met."""
    vault = at.open()
    found = witnessing.ask(vault, HttpTransport(), SystemClock().now())
    show(as_json, found.as_json(), _witness_lines(found))
    return _code(found)


@app.command
def status(*, at: At = At(), as_json: Json = False) -> int:  # noqa: B008 - frozen
    """Say how far the log is cosigned, and since when it is below its quorum (exit 1). Nobody is asked."""
    vault = at.open()
    found = witnessing.witnessing(vault)
    show(as_json, found.as_json(), _witness_lines(found))
    return _code(found)


@app.command
def request(
    name: Annotated[str, Parameter(help="The witness, as the policy names it.")],
    /,
    *,
    output: Annotated[Path, Parameter(alias="-o", help="The request's file, for `kansa witness sign`.")],
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """Write a request for a witness that cannot be reached, to be sent as a file."""
    write_file(output, witnessing.request_for(at.open(), name))
    show(as_json, {"request": str(output), "witness": name}, WITNESS["wrote"].say(file=output))
    return 0


@app.command
def accept(
    answer: Annotated[Path, Parameter(help="What `kansa witness sign` wrote.")],
    /,
    *,
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """Take the answer that a witness sent back as a file."""
    vault = at.open()
    found = witnessing.accept(vault, read_file(answer), SystemClock().now())
    show(as_json, found.as_json(), _witness_lines(found))
    return _code(found)


@app.command
def seal(
    dossier: Annotated[Path, Parameter(help="A dossier of this vault that was issued before its witnesses had cosigned.")],
    /,
    *,
    output: Annotated[Path, Parameter(alias="-o", help="The dossier's file with the new seal.")],
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:  # fmt: skip
    """Put the newest cosignatures into a dossier's seal; nothing else of it changes."""
    written = reseal(at.open(), dossier, output)
    value = {"dossier": str(output), "bytes": written}
    show(as_json, value, WITNESS["wrote"].say(file=output))
    return 0


def _code(found: Witnessing) -> int:
    return 0 if not found.evidence and (found.met or not found.asked) else 1


def _witness_lines(found: Witnessing) -> Iterator[str]:
    if not found.asked:
        yield WITNESS["none"].say()
    elif not found.entries:
        yield WITNESS["empty"].say(quorum=found.quorum)
    elif found.since is None:
        at = "" if found.cosigned_at is None else time_text(found.cosigned_at)
        yield WITNESS["met"].say(size=f"{found.size:,}", quorum=found.quorum, at=at)
    else:
        numbers = {"size": f"{found.size:,}", "entries": f"{found.entries:,}"}
        yield WITNESS["below"].say(since=time_text(found.since), quorum=found.quorum, **numbers)
    for each in found.witnesses:
        told = WITNESS["one" if each.cosigned_at is not None else "one.never"]
        at = "" if each.cosigned_at is None else time_text(each.cosigned_at)
        failed = "" if each.failure is None else WITNESS["failed"].say(why=in_line(said(each.failure)))
        yield told.say(name=each.name, size=f"{each.size:,}", at=at) + failed
    yield from (WITNESS["evidence"].say(place=place) for place in found.evidence)
