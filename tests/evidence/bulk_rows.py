"""Rows in bulk as tests make them: skewed tenants, many users, MIG-free nodes, fixed by a seed."""

import random
from hashlib import sha256

import pyarrow as pa

from kansa.evidence.schema import USE
from kansa.ids import base32

SEGMENT = b"s" * 16


def keeper_key(name: str) -> bytes:
    """Return a key that differs by keeper."""
    return sha256(b"keeper" + name.encode()).digest()


def subject(prefix: str, number: int) -> str:
    """Return the id of a number."""
    return f"{prefix}_{base32(number.to_bytes(16, 'big'))}"


def table(rows: int, *, tenants: int = 20, seed: int = 0) -> pa.Table:
    """Return rows of the use schema with their subjects and sealed texts."""
    dice = random.Random(seed)
    made = [_row(dice, number, tenants) for number in range(rows)]
    names = ["subject", *(column.name for column in USE.columns), *USE.sealed]
    types = {
        "subjects": pa.list_(pa.string()),
        "instant": pa.int64(),
        "integer": pa.int64(),
        "flag": pa.bool_(),
    }
    kinds = {column.name: types.get(column.kind, pa.string()) for column in USE.columns}
    columns = list(zip(*made, strict=True))
    return pa.table(
        {
            name: pa.array(column, kinds.get(name, pa.string()))
            for name, column in zip(names, columns, strict=True)
        }
    )


def _row(dice: random.Random, number: int, tenants: int) -> tuple[object, ...]:
    tenant = int(tenants * dice.random() ** 3)
    start = 1_700_000_000_000_000 + dice.randrange(86_400) * 1_000_000
    user = dice.choice([None, 1, 2, 3])
    return (
        subject("pty", tenant) if tenant else "",
        subject("wkl", number + 10**9),
        start,
        dice.choice([None, start, start + dice.randrange(10**10)]),
        sorted({subject("nod", dice.randrange(500)) for _ in range(dice.choice([1, 1, 1, 4]))}),
        dice.choice([None, 1, 8]),
        subject("pty", 10**6 + tenant * 10 + user) if user else None,
        subject("pth", tenant) if tenant else None,
        dice.choice([None, subject("sit", 1)]),
        dice.choice(["h100-sxm5", "3A090.a (b200)", None]),
        dice.choice(["train", None]),
        dice.choice(["measured", "inferred"]),
        None,
        dice.choice([None, 3]),
        False,
        f"acct{tenant}",
        dice.choice([None, "利用者", 'a"b\\c\n']),
        f"job {number}",
        str(number),
    )
