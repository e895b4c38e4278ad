"""The spool: what was let through is delivered, each once, and stays until the evidence log has it."""

from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kansa.clients.python import Spool, deliver

QUESTION = {"action": {"name": "login"}}


class Log:
    """Takes what is delivered, and says so."""

    def __init__(self) -> None:
        self.taken: list[dict[str, Any]] = []

    def __call__(self, lines: list[dict[str, Any]]) -> dict[str, str]:
        self.taken += lines
        return {each["id"]: "it cannot be read" for each in lines if "unreadable" in each}


def test_a_spool_is_delivered_and_gone(tmp_path: Path) -> None:
    """Delivered lines leave the spool; a second delivery sends nothing."""
    path = tmp_path / "spool"
    spool = Spool(path)
    assert spool.keep(QUESTION, "timeout", "silent")
    assert spool.keep(QUESTION, "timeout", "refused")
    log = Log()
    assert deliver(path, log) == (2, 0)
    assert [each["cause"] for each in log.taken] == ["silent", "refused"]
    assert deliver(path, lambda _: None) == (0, 0)
    assert not path.exists()


def test_an_undelivered_spool_stays(tmp_path: Path) -> None:
    """A log that is away loses nothing; what is let through meanwhile comes after it."""
    path = tmp_path / "spool"
    Spool(path).keep(QUESTION, "timeout", "first")
    assert deliver(path, lambda _: None) == (0, 0)
    Spool(path).keep(QUESTION, "timeout", "second")
    log = Log()
    assert deliver(path, log) == (2, 0)
    assert [each["cause"] for each in log.taken] == ["first", "second"]


def test_a_delivery_that_was_cut_short_sends_the_same_ids_again(tmp_path: Path) -> None:
    """A line is known by its digest: recorded twice is recorded once."""
    path = tmp_path / "spool"
    Spool(path).keep(QUESTION, "timeout", "silent")
    tries: list[list[str]] = []

    def send(lines: list[dict[str, Any]]) -> dict[str, str] | None:
        tries.append([each["id"] for each in lines])
        return {} if len(tries) > 1 else None

    assert deliver(path, send) == (0, 0)
    assert deliver(path, send) == (1, 0)
    assert tries[0] == tries[1]


def test_what_is_written_while_the_spool_is_sent_is_sent_too(tmp_path: Path) -> None:
    """A writer that had the file open as it was set aside loses no line."""
    path = tmp_path / "spool"
    Spool(path).keep(QUESTION, "timeout", "early")
    seen: set[str] = set()
    with path.open("ab") as late:

        def send(lines: list[dict[str, Any]]) -> dict[str, str]:
            if not seen:
                late.write(b'{"cause": "late"}\n')
                late.flush()
            seen.update(each["cause"] for each in lines)
            return {}

        deliver(path, send)
    assert seen == {"early", "late"}


@given(st.lists(st.binary(min_size=1).filter(lambda line: not set(line) & set(b"\n\r\v\f\x1c\x1d\x1e\x85"))))
def test_no_line_is_dropped(tmp_path_factory: Any, lines: list[bytes]) -> None:
    """Lines that are not JSON are sent as they stand, and what the log refuses stays beside the spool."""
    path = tmp_path_factory.mktemp("spool") / "spool"
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    log = Log()
    delivered, refused = deliver(path, log)
    assert delivered + refused == len(log.taken)
    kept = path.with_name("spool.refused")
    stays = kept.read_text().splitlines() if kept.exists() else []
    assert len(stays) == sum("unreadable" in each for each in log.taken)
    assert not path.exists()
