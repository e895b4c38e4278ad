"""Each rejection of RFC 9901, 7.1, and equality with another implementation on everything that it accepts."""

import json
import warnings
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kansa.errors import BadInput
from kansa.records import sealing
from kansa.records.sd_jwt import decode, encode, process, strict_json
from shared_data import SharedData

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # what the oracle's own dependencies warn of is not ours
    from jwcrypto.jwk import JWK
    from jwcrypto.jws import JWS
    from sd_jwt.common import SDObj
    from sd_jwt.issuer import SDJWTIssuer
    from sd_jwt.utils.yaml_specification import load_yaml_specification
    from sd_jwt.verifier import SDJWTVerifier

KEY = JWK.generate(kty="EC", crv="P-256")
NAMES = st.from_regex(r"[a-z][a-z0-9]{0,4}", fullmatch=True)
LEAVES = st.none() | st.booleans() | st.integers(-99, 99) | st.text(max_size=5)


def named(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Objects some of whose names are to be disclosed."""
    return st.dictionaries(NAMES, st.tuples(st.booleans(), inner), max_size=4).map(
        lambda found: {SDObj(name) if hidden else name: value for name, (hidden, value) in found.items()}
    )


def listed(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Lists some of whose elements are to be disclosed."""
    return st.lists(st.tuples(st.booleans(), inner), max_size=4).map(
        lambda found: [SDObj(value) if hidden else value for hidden, value in found]
    )


CLAIMS = named(st.recursive(LEAVES, lambda inner: named(inner) | listed(inner), max_leaves=8))


def disclosure(*array: Any) -> str:
    """A disclosure in its compact form."""
    return encode(json.dumps(list(array)).encode())


def digest(text: str) -> str:
    """The digest of a compact disclosure."""
    return sealing.digest_of(decode(text))


def parts_of(presented: str) -> tuple[Any, list[str]]:
    """The payload and the disclosures."""
    signed, *rest = presented.split("~")
    return strict_json(decode(signed.split(".")[1])), rest[:-1]


def oracle(presented: str) -> dict[str, Any] | None:
    """What the sd-jwt package makes of it, or None where it refuses."""
    try:
        payload: dict[str, Any] = SDJWTVerifier(presented, lambda *_: KEY).get_verified_payload()
    except Exception:  # noqa: BLE001 - the oracle refuses by whatever it raises
        return None
    payload.pop("_sd_alg", None)
    return payload


def ours(payload: Any, texts: list[str]) -> dict[str, Any] | None:
    """What we make of it, or None where we refuse."""
    try:
        return process(payload, texts)
    except BadInput:
        return None


def presented(payload: Any, texts: list[str]) -> str:
    """A payload signed with disclosures behind it."""
    token = JWS(json.dumps(payload))
    token.add_signature(KEY, alg="ES256", protected=json.dumps({"alg": "ES256"}))
    return "~".join([token.serialize(compact=True), *texts, ""])


@settings(max_examples=60, deadline=None)
@given(claims=CLAIMS, decoys=st.booleans(), data=st.data())
def test_another_implementation_and_we_read_the_same(claims: Any, decoys: bool, data: st.DataObject) -> None:  # noqa: FBT001 - drawn
    """Law: nested, in arrays, among decoys, equal values with all disclosures, with none, and with any that we accept.

    The other one lets a disclosure pass whose parent is not shown, which the standard has a verifier reject.
    """
    issued = SDJWTIssuer(claims, KEY, add_decoy_claims=decoys).sd_jwt_issuance
    signed, *rest = issued.split("~")
    shown = [text for text in rest[:-1] if data.draw(st.booleans())]
    chosen = "~".join([signed, *shown, ""])

    assert ours(*parts_of(issued)) == oracle(issued) is not None
    assert ours(*parts_of(signed + "~")) == oracle(signed + "~")
    assert ours(*parts_of(chosen)) in (None, oracle(chosen))


@pytest.mark.parametrize("name", ["tests/testcases", "examples"])
def test_every_case_of_the_reference_implementation(shared_data: SharedData, name: str) -> None:
    """With all disclosures the claims come back as they were; with none, what is open alone."""
    checked = 0
    for path in sorted(shared_data("vectors", "sd-jwt-python", *name.split("/")).glob("*/specification.yml")):
        claims = load_yaml_specification(Path(path))["user_claims"]
        issued = SDJWTIssuer(claims, KEY).sd_jwt_issuance
        payload, texts = parts_of(issued)

        assert process(payload, texts) == oracle(issued) is not None
        assert process(payload, []) == oracle(issued.split("~")[0] + "~")
        checked += 1
    assert checked >= 10


A, B = disclosure("s", "a", 1), disclosure("t", "b", 2)
SAME = disclosure("u", "a", 3)
ELEMENT = disclosure("s", "x")
NESTED = disclosure("s", "n", {"_sd": [digest(A)]})
DEEP: Any = {"a": 1}
for _ in range(40):
    DEEP = {"a": DEEP}

REJECTED: dict[str, tuple[Any, list[str]]] = {
    "a digest twice at one level": ({"_sd": [digest(A), digest(A)]}, [A]),
    "a decoy twice": ({"_sd": ["x", "x"]}, []),
    "a digest at two levels": ({"_sd": [digest(A)], "o": {"_sd": [digest(A)]}}, [A]),
    "a digest in an object and in an array": ({"_sd": [digest(A)], "o": [{"...": digest(A)}]}, [A]),
    "a digest once more inside a disclosure": ({"_sd": [digest(NESTED), digest(A)]}, [NESTED, A]),
    "a claim that stands at its level": ({"a": 0, "_sd": [digest(A)]}, [A]),
    "two disclosures of one name": ({"_sd": [digest(A), digest(SAME)]}, [A, SAME]),
    "a disclosure that nothing refers to": ({"_sd": [digest(A)]}, [A, B]),
    "a disclosure twice": ({"_sd": [digest(A)]}, [A, A]),
    "a nested one whose parent is not shown": ({"_sd": [digest(NESTED)]}, [A]),
    "two elements for a claim": ({"_sd": [digest(ELEMENT)]}, [ELEMENT]),
    "three elements for an array": ({"l": [{"...": digest(A)}]}, [A]),
    "`...` beside another name": ({"l": [{"...": digest(ELEMENT), "a": 1}]}, [ELEMENT]),
    "`...` that is no text": ({"l": [{"...": 5}]}, []),
    "`...` outside of an array": ({"o": {"...": digest(ELEMENT)}}, [ELEMENT]),
    "`_sd` that is a text": ({"_sd": digest(A)}, [A]),
    "`_sd` that is an object": ({"_sd": {digest(A): 1}}, [A]),
    "`_sd` that is null": ({"_sd": None}, []),
    "`_sd` with a number": ({"_sd": [1]}, []),
    "another algorithm": ({"_sd_alg": "sha-512", "_sd": []}, []),
    "an algorithm that is no text": ({"_sd_alg": None, "_sd": []}, []),
    "`_sd_alg` further down": ({"o": {"_sd_alg": "sha-256"}}, []),
    "a payload that is a list": ([1], []),
    "too deep": (DEEP, []),
}
ARRAYS: dict[str, list[Any]] = {
    "no elements": [],
    "one element": ["s"],
    "four elements": ["s", "a", 1, 2],
    "a name that is no text": ["s", 1, 2],
    "a salt that is no text": [1, "a", 2],
    "the name `_sd`": ["s", "_sd", ["x"]],
    "the name `...`": ["s", "...", "x"],
}
for label, array in ARRAYS.items():
    REJECTED[label] = ({"_sd": [digest(disclosure(*array))]}, [disclosure(*array)])
for label, raw in {
    "no array": b'{"a":1}',
    "no JSON": b"[",
    "not UTF-8": b'["s","a","\xff"]',
    "NaN": b'["s","a",NaN]',
    "a name twice inside": b'["s","a",{"b":1,"b":2}]',
}.items():
    REJECTED[label] = ({"_sd": [sealing.digest_of(raw)]}, [encode(raw)])


@pytest.mark.parametrize("label", REJECTED)
def test_what_the_standard_has_a_verifier_reject_is_rejected(label: str) -> None:
    """RFC 9901, 7.1, steps 3 to 5, and the forms of 4.2; never an exception of another kind."""
    with pytest.raises(BadInput) as refusal:
        process(*REJECTED[label])

    assert refusal.value.code == "sd_jwt"


@pytest.mark.parametrize("text", ["", "a", A + "=", A[:-1] + "B", A.replace("I", "+"), "é", A + "\n"])
def test_another_spelling_of_a_disclosure_is_rejected(text: str) -> None:
    """Base64url without padding, and its unused bits zero: what is signed is the text."""
    with pytest.raises(BadInput):
        process({"_sd": [sealing.digest_of(b"")]}, [text])


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_whatever_another_implementation_refuses_we_refuse_too(data: st.DataObject) -> None:
    """Law: on payloads put together from pieces that do and do not fit, what we accept it accepts, with the same values."""
    pool = [A, B, SAME, ELEMENT, NESTED, disclosure("s", "_sd", ["x"]), disclosure("s", "a")]
    digests = st.lists(st.sampled_from([digest(text) for text in pool] + ["x"]), max_size=3)
    inner = st.recursive(
        LEAVES,
        lambda more: (
            st.lists(
                more | st.fixed_dictionaries({"...": st.sampled_from([digest(text) for text in pool])}),
                max_size=2,
            )
            | st.fixed_dictionaries({"_sd": digests}, optional={"a": more})
        ),
        max_leaves=4,
    )
    payload = data.draw(st.fixed_dictionaries({"_sd": digests}, optional={"a": inner, "o": inner}))
    texts = data.draw(st.lists(st.sampled_from(pool), max_size=3))

    found = ours(payload, texts)

    if found is not None:
        assert found == oracle(presented(payload, texts))
