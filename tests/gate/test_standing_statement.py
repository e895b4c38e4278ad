"""Statements of standing: what a receiving operator can rely on without seeing the customer's data."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jws
from jwcrypto.jwk import JWK
from sd_jwt.verifier import SDJWTVerifier

from kansa.clock import DAY
from kansa.errors import BadInput
from kansa.gate import status_statement
from kansa.gate.status_statement import Head, StatusStatement
from kansa.records.sd_jwt import decode, encode
from kansa.records.sealing import digest_of
from worlds import BEGIN, cast, dice

WHO = cast()
KEY = status_statement.key_from(dice(1)(32))
OTHER = status_statement.key_from(dice(2)(32))
STANDING = StatusStatement(
    tenant_id=WHO.tenant,
    end_user_id=WHO.other,
    status="cleared",
    verification="current",
    site_ids=[WHO.site],
)


def issued(until: int = BEGIN + DAY) -> str:
    """A statement of a day."""
    head = Head("small.example/kansa/evidence", 12, "AAAA")
    return status_statement.issue(
        STANDING, KEY, issuer="small.example", head=head, now=BEGIN, until=until, random_bytes=dice(3)
    )


def test_the_receiver_reads_what_is_shown_and_nothing_else() -> None:
    """Handed on with the site alone, the customer's ids stay digests."""
    checked = status_statement.check(status_statement.narrow(issued(), {"status", "site_ids"}), [KEY], BEGIN)

    assert (checked.verdict, dict(checked.disclosed)) == (
        "valid",
        {"status": "cleared", "site_ids": [WHO.site]},
    )
    assert checked.head == Head("small.example/kansa/evidence", 12, "AAAA")
    assert WHO.tenant not in status_statement.narrow(issued(), {"status"})


def test_an_independent_verifier_reads_the_same() -> None:
    """The reference implementation of RFC 9901 accepts it under the same key, with the same values."""
    shown = status_statement.narrow(issued(), {"status", "tenant_id"})
    jwk = JWK(**KEY.as_dict(private=False))
    payload: dict[str, Any] = SDJWTVerifier(shown, lambda _issuer, _header: jwk).get_verified_payload()

    assert {name: payload[name] for name in ("iss", "status", "tenant_id")} == {
        "iss": "small.example",
        "status": "cleared",
        "tenant_id": WHO.tenant,
    }
    assert "end_user_id" not in payload


@pytest.mark.parametrize(
    ("now", "keys", "verdict"),
    [
        (BEGIN, [OTHER, KEY], "valid"),
        (BEGIN - 1, [KEY], "not_yet"),
        (BEGIN + DAY, [KEY], "expired"),
        (BEGIN, [OTHER], "unknown_key"),
    ],
)
def test_a_statement_holds_for_its_time_under_a_key_that_is_trusted(
    now: int, keys: Any, verdict: str
) -> None:
    """Half-open, in whole seconds."""
    assert status_statement.check(issued(), keys, now).verdict == verdict


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_no_changed_character_leaves_a_statement_valid(data: st.DataObject) -> None:
    """Whatever is changed, added or taken from a disclosure or the signed part is seen."""
    text = issued()
    place = data.draw(st.integers(0, len(text) - 1))
    character = data.draw(st.sampled_from("AZaz09-_.~ {"))
    changed = text[:place] + character + text[place + 1 :]

    assert changed == text or status_statement.check(changed, [KEY], BEGIN).verdict != "valid"


@pytest.mark.parametrize("foreign", ["", "~", "a.b.c~", "~~~", "é~", "a.b.c~d~"])
def test_what_is_no_statement_is_malformed(foreign: str) -> None:
    """A verdict, never an exception."""
    assert status_statement.check(foreign, [KEY], BEGIN).verdict in {"malformed", "signature"}


def test_a_disclosure_of_another_statement_does_not_belong() -> None:
    """Nor does one twice."""
    mine = issued()
    head = Head("small.example/kansa/evidence", 12, "AAAA")
    theirs = status_statement.issue(
        STANDING, KEY, issuer="small.example", head=head, now=BEGIN, until=BEGIN + DAY, random_bytes=dice(9)
    )
    extra, twice = theirs.split("~")[1], mine.split("~")[1]

    assert status_statement.check(f"{mine}{extra}~", [KEY], BEGIN).verdict == "malformed"
    assert status_statement.check(f"{mine}{twice}~", [KEY], BEGIN).verdict == "malformed"


def test_a_statement_that_would_never_hold_is_not_made() -> None:
    """It would end before it begins."""
    with pytest.raises(BadInput):
        issued(until=BEGIN)


def signed(payload: bytes, texts: list[str]) -> str:
    """A statement that a dishonest or careless issuer signs."""
    header = {"alg": status_statement.ALGORITHM, "typ": status_statement.TYPE, "kid": KEY.thumbprint()}
    token = jws.serialize_compact(header, payload, KEY, algorithms=[status_statement.ALGORITHM])
    return "~".join([token, *texts, ""])


def shown(name: str, value: Any) -> str:
    """A disclosure."""
    return encode(json.dumps(["salt", name, value]).encode())


OPEN: dict[str, Any] = {
    "iss": "small.example",
    "iat": BEGIN // 1_000_000,
    "nbf": BEGIN // 1_000_000,
    "exp": BEGIN // 1_000_000 + 86_400,
    "vct": status_statement.TYPE,
    "log": {"origin": "small.example/kansa/evidence", "size": 12, "root": "AAAA"},
}


@pytest.mark.parametrize(
    ("changes", "texts"),
    [
        ({"status": "denied"}, [shown("status", "cleared")]),
        ({"status": 1}, []),
        ({}, [shown("status", {"a": 1})]),
        ({}, [shown("site_ids", "site_a")]),
        ({}, [shown("name", "Customer Ltd")]),
        ({"name": "Customer Ltd"}, []),
        ({"exp": str(BEGIN // 1_000_000 + 86_400)}, []),
        ({"exp": 10**30}, []),
        ({"exp": True}, []),
        ({"nbf": None}, []),
        ({"iss": ["small.example"]}, []),
        ({"log": {"origin": "o", "size": "12", "root": "AAAA"}}, []),
        ({"log": []}, []),
        ({"vct": "other"}, []),
        ({"_sd_alg": "md5"}, []),
    ],
)
def test_a_signed_statement_of_another_form_is_malformed(changes: dict[str, Any], texts: list[str]) -> None:
    """A signature makes no claim well-formed: names, types, algorithm, and no claim both open and disclosed."""
    listed = sorted(digest_of(decode(text)) for text in texts)
    assert status_statement.check(signed(json.dumps(OPEN).encode(), []), [KEY], BEGIN).verdict == "valid"

    checked = status_statement.check(
        signed(json.dumps({**OPEN, "_sd": listed, **changes}).encode(), texts), [KEY], BEGIN
    )

    assert (checked.verdict, dict(checked.disclosed)) == ("malformed", {})


@pytest.mark.parametrize("payload", [b"[" * 100_000, b"[]", b'{"iss":1,"iss":2}', b"\xff", b"NaN"])
def test_a_signed_payload_that_is_no_object_is_malformed(payload: bytes) -> None:
    """Too deep, a list, a name twice, no text: a verdict, never an exception."""
    assert status_statement.check(signed(payload, []), [KEY], BEGIN).verdict in {"malformed", "signature"}
