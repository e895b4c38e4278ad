import base64
import json
import warnings
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kansa.errors import BadInput
from kansa.records import sealing

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # what the oracle's own dependencies warn of is not ours
    from jwcrypto.jwk import JWK
    from jwcrypto.jws import JWS
    from sd_jwt.common import SDObj
    from sd_jwt.issuer import SDJWTIssuer
    from sd_jwt.verifier import SDJWTVerifier

KEYS = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True).filter(lambda key: not key.startswith("_sd"))
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)
DATA = st.dictionaries(KEYS, VALUES, max_size=6)


def _disclosed(disclosures: tuple[sealing.Disclosure, ...]) -> dict[str, sealing.Disclosure]:
    return {each.digest: each for each in disclosures}


@given(DATA, st.sets(KEYS, max_size=4))
def test_sealed_fields_come_back_when_their_disclosures_are_shown(
    data: dict[str, Any], some: set[str]
) -> None:
    """Law: reveal(seal(x)) = x, for any set of sealed fields, through the disclosures' bytes."""
    names = {*some, *list(data)[::2]}
    kept, disclosures = sealing.seal(data, names)
    parsed = tuple(sealing.parse(each.text) for each in disclosures)

    assert sealing.reveal(kept, _disclosed(parsed)) == data
    assert parsed == disclosures


@given(DATA)
def test_without_disclosures_nothing_of_a_sealed_field_is_left(data: dict[str, Any]) -> None:
    """Law: the entry holds digests only, and revealing nothing yields the open fields."""
    kept, disclosures = sealing.seal(data, data.keys())

    assert set(kept) <= {"_sd"}
    assert sealing.reveal(kept, {}) == {}
    assert sorted(sealing.digests(kept)) == sorted(each.digest for each in disclosures)


def test_every_field_has_its_own_salt_of_128_bits() -> None:
    """Law: equal values under equal names never have equal digests."""
    _, first = sealing.seal({"a": "x", "b": "x"}, {"a", "b"})
    _, second = sealing.seal({"a": "x", "b": "x"}, {"a", "b"})

    salts = {json.loads(each.text)[0] for each in (*first, *second)}
    assert len(salts) == len({each.digest for each in (*first, *second)}) == 4
    assert {len(base64.urlsafe_b64decode(salt + "==")) for salt in salts} == {16}


def test_the_digest_is_that_of_rfc_9901() -> None:
    """Law: base64url(SHA-256(base64url(disclosure))), as the example of RFC 9901, 4.2.1 computes it."""
    text = b'["_26bc4LT-ac6q2KI6cBW5es", "family_name", "M\xc3\xb6bius"]'

    assert sealing.digest_of(text) == "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0"


@pytest.mark.parametrize(
    "text",
    [
        b'["salt","name"]',
        b'["salt","name",1,2]',
        b'[1,"name",2]',
        b'["salt",1,2]',
        b'{"a":1}',
        b'["salt", "name",1]',
        b'["salt","name",1.5]',
        b'["salt","_sd",[]]',
        b'["salt","...","x"]',
        b"",
    ],
)
def test_bytes_that_are_no_disclosure_of_ours_are_refused(text: bytes) -> None:
    """Law: a disclosure is the canonical `[salt,name,value]` and names no reserved field."""
    with pytest.raises(BadInput) as refusal:
        sealing.parse(text)

    assert refusal.value.code == "record.disclosure"


@pytest.mark.parametrize("name", sorted(sealing.RESERVED))
def test_a_field_may_not_bear_a_reserved_name(name: str) -> None:
    """Law: `_sd`, `_sd_alg` and `...` belong to sealing."""
    with pytest.raises(BadInput):
        sealing.seal({name: 1}, set())


def test_a_digest_that_occurs_twice_is_refused() -> None:
    """Law: RFC 9901, 7.1: the same digest at two places is an attack, not a value."""
    kept, disclosures = sealing.seal({"a": 1}, {"a"})

    with pytest.raises(BadInput):
        sealing.reveal({"x": kept, "y": kept}, _disclosed(disclosures))


def test_a_disclosure_may_not_replace_an_open_field() -> None:
    """Law: RFC 9901, 7.1: a name that the object already has is refused."""
    kept, disclosures = sealing.seal({"a": 1}, {"a"})

    with pytest.raises(BadInput):
        sealing.reveal({**kept, "a": 2}, _disclosed(disclosures))


@pytest.mark.parametrize("listed", ["x", ["short"], [1], ["!" * 43], {}])
def test_an_sd_list_that_is_no_list_of_digests_is_refused(listed: Any) -> None:
    """Law: `_sd` holds digests and nothing else."""
    with pytest.raises(BadInput):
        sealing.reveal({"_sd": listed}, {})


@pytest.mark.parametrize("name", ["...", "_sd_alg"])
def test_a_record_uses_no_name_of_sealing_beside_sd(name: str) -> None:
    """Law: an entry that names another algorithm, or hides elements of a list, is not read as one of ours."""
    with pytest.raises(BadInput):
        sealing.reveal({"x": [{name: "md5"}]}, {})


def test_a_disclosure_found_under_another_digest_is_refused() -> None:
    """Law: a value stands where its own digest stands, whatever a store says."""
    kept, disclosures = sealing.seal({"a": 1}, {"a"})
    _, others = sealing.seal({"b": 2}, {"b"})

    with pytest.raises(BadInput):
        sealing.reveal(kept, {disclosures[0].digest: others[0]})


@pytest.mark.parametrize("listed", [5, "x", None, {}, [1, None]])
def test_ill_formed_digests_are_none_and_no_traceback(listed: Any) -> None:
    """Law: who only asks which digests there are gets those that are; `reveal` refuses the rest."""
    assert sealing.digests({"_sd": listed}) == []


@pytest.mark.parametrize("shown", [0, 1, 4])
def test_another_implementation_of_sd_jwt_reveals_what_we_sealed(shown: int) -> None:
    """Law: our entry and disclosures, put into an SD-JWT, verify with the sd-jwt package at 0, 1 and 4 disclosures."""
    data = {"open": "yes", "name": "株式会社", "country": "JP", "rows": [{"a": 1}], "note": None}
    kept, disclosures = sealing.seal(data, {"name", "country", "rows", "note"})
    key = JWK.generate(kty="EC", crv="P-256")
    token = JWS(json.dumps({**kept, "_sd_alg": "sha-256"}))
    token.add_signature(key, alg="ES256", protected=json.dumps({"alg": "ES256"}))
    texts = [base64.urlsafe_b64encode(each.text).rstrip(b"=").decode() for each in disclosures[:shown]]
    presented = "~".join([token.serialize(compact=True), *texts, ""])

    revealed = SDJWTVerifier(presented, lambda *_: key).get_verified_payload()

    revealed.pop("_sd_alg", None)
    assert revealed == sealing.reveal(kept, _disclosed(disclosures[:shown]))


def test_we_reveal_what_another_implementation_of_sd_jwt_sealed() -> None:
    """Law: the digests that the sd-jwt package writes are found by the digests that we compute."""
    key = JWK.generate(kty="EC", crv="P-256")
    issued = SDJWTIssuer({SDObj("name"): "Müller", "open": 1}, key)
    payload = json.loads(base64.urlsafe_b64decode(issued.serialized_sd_jwt.split(".")[1] + "=="))

    texts = [base64.urlsafe_b64decode(f"{each.b64}==") for each in issued.ii_disclosures]

    assert [sealing.digest_of(text) for text in texts] == payload["_sd"]
