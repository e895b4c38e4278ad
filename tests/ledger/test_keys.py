import hashlib
import stat
from pathlib import Path

import pytest

from kansa.errors import BadInput, BrokenVault
from kansa.ledger import keys


def test_keys_come_back_and_nobody_else_may_read_them(tmp_path: Path) -> None:
    """Law: load(create(k)) = k; the files are 0600 whatever the umask."""
    log = keys.create_log_key(tmp_path / "log", "example.com/log")
    values = keys.create_key(tmp_path / "values", "values")

    assert keys.load_log_key(tmp_path / "log") == log
    assert keys.load_key(tmp_path / "values", "values") == values
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o601, 0o777])
def test_a_key_that_others_may_use_is_refused_with_what_to_do(tmp_path: Path, mode: int) -> None:
    """Law: laxer modes than 0600 are refused."""
    keys.create_log_key(tmp_path / "log", "example.com/log")
    (tmp_path / "log").chmod(mode)

    with pytest.raises(BrokenVault, match="may be used by others") as refusal:
        keys.load_log_key(tmp_path / "log")

    assert refusal.value.code == "key.mode"
    assert refusal.value.help == f"chmod 600 {tmp_path / 'log'}"


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    """Law: creating where a key stands is refused and leaves it."""
    key = keys.create_key(tmp_path / "values", "values")

    with pytest.raises(BadInput):
        keys.create_key(tmp_path / "values", "values")
    assert keys.load_key(tmp_path / "values", "values") == key


def test_a_key_serves_the_purpose_that_it_was_made_for(tmp_path: Path) -> None:
    """Law: a connector's key is no value key, and neither is a log's."""
    keys.create_key(tmp_path / "connector", "connector")
    keys.create_log_key(tmp_path / "log", "example.com/log")

    for path in ("connector", "log"):
        with pytest.raises(BrokenVault):
            keys.load_key(tmp_path / path, "values")
    with pytest.raises(BrokenVault):
        keys.load_log_key(tmp_path / "connector")


@pytest.mark.parametrize(
    "content", [b"", b"KANSA+KEY+values+AAAA", b"\xff\xfe", b"KANSA+KEY+values+" + b"A" * 44]
)
def test_a_key_file_that_is_damaged_is_refused(tmp_path: Path, content: bytes) -> None:
    """Law: a key is read whole or not at all."""
    path = tmp_path / "values"
    path.write_bytes(content)
    path.chmod(0o600)

    with pytest.raises(BrokenVault):
        keys.load_key(path, "values")
    with pytest.raises(BrokenVault):
        keys.load_log_key(path)


def test_a_missing_key_is_said_so(tmp_path: Path) -> None:
    """Law: `key.missing` with the path."""
    with pytest.raises(BrokenVault, match="cannot be read") as refusal:
        keys.load_log_key(tmp_path / "absent")

    assert refusal.value.code == "key.missing"


def test_the_same_random_bytes_make_the_same_keys(tmp_path: Path) -> None:
    """Law: a demo's keys can be reproduced."""

    def dice(length: int) -> bytes:
        return hashlib.sha256(b"seed").digest()[:length]

    assert keys.create_log_key(tmp_path / "a", "x", dice) == keys.create_log_key(tmp_path / "b", "x", dice)


def test_an_origin_that_cannot_name_a_key_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    """Law: a log's origin is a key name: no space, no plus."""
    with pytest.raises(BadInput):
        keys.create_log_key(tmp_path / "log", "has space")

    assert not (tmp_path / "log").exists()
