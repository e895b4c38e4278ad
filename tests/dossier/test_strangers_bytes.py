"""What a stranger's file may hold: whatever it is, the verdict names it, and nobody's terminal is steered."""

import copy
import json
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossier.forging import Forge, entries_of
from kansa import terminal
from kansa.application import coherence, dossiers
from kansa.dossier import container, members
from kansa.dossier.alone import text
from kansa.dossier.verdict import Verdict
from kansa.dossier.verify import verify
from kansa.ledger import policy
from kansa.records import canonical
from worlds import small_vault

NASTY = "\x1b[2J\x1b[Hok: verified\n  holds  everything\x9b\u202e\u2028\ud800\U000e0041"
HARMLESS = frozenset("\n\u200c\u200d") | {
    chr(code)
    for code in (
        *range(0x600, 0x606),
        0x6DD,
        0x70F,
        0x890,
        0x891,
        0x8E2,
        0x110BD,
        0x110CD,
        *range(0x13430, 0x13440),
    )
}
"""Line breaks of ours, joiners that scripts need, and format characters that are seen (number signs)."""
WRONG: tuple[Any, ...] = (
    None, True, 0, -1, 2**53 - 1, 10**30, 1.5, "", "x", NASTY, [], {}, [[]], [None], [{}], {"_sd": 5}, {"_sd": [5]},
    {"...": "x"}, {"_sd_alg": "sha-256"},
)  # fmt: skip
JSON_MEMBERS = (members.ENTRIES, members.DISCLOSURES, members.BETWEEN, members.RESULT, members.GAPS)
SEAL_MEMBERS = (members.SEAL_ENTRY, members.SEAL_CONSISTENCY)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Forge, dict[str, bytes], policy.Policy]:
    """The small world's dossier without its page, and who can seal it anew."""
    vault = small_vault(tmp_path_factory.mktemp("strangers") / "vault")
    data = dossiers.build(
        vault,
        coherence.ask(vault, coherence.CoherenceQuestion()),
        dossiers.DossierRequest(audience="auditor"),
    )
    opened = container.decode(data)
    left_out = members.SEAL | {members.MANIFEST, members.REPORT, members.README}
    listed = {name: opened[name] for name in opened if name not in left_out}
    forge = Forge(vault.log_key, entries_of(listed))
    kept = container.decode(forge.seal(json.loads(opened[members.MANIFEST]), listed))
    trust = policy.parse(vault.trust_policy().encode())
    assert verify(container.encode(kept), trust).accepted()
    return forge, kept, trust


def loose(value: Any) -> bytes:
    """JSON that any encoder might write, of values that the profile does not know as well."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode(
        "utf-8", "surrogatepass"
    )


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a JSON value, itself included."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from places(item, (*path, key))


def put(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """The value with another in one place."""
    if not path:
        return new
    changed = copy.deepcopy(value)
    held = changed
    for key in path[:-1]:
        held = held[key]
    held[path[-1]] = new
    return changed


def is_judged(verdict: Verdict) -> bool:
    """The law of this page: a verdict with a place, that can be shown and steers nothing."""
    shown = terminal.visible(text(verdict)) + terminal.json_text(verdict.as_json())
    steering = [
        c for c in shown if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") and c not in HARMLESS
    ]
    failed = [check for check in verdict.checks if not check.ok]
    placed = all(check.place or check.name == "container" for check in failed)
    first = text(verdict).partition(":")[0]
    forged = re.findall(r"^(?:ok|  holds  everything)", text(verdict), re.MULTILINE)
    return (
        placed and not steering and first == verdict.verdict and (verdict.verdict[:2] == "ok" or not forged)
    )


@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_every_field_of_every_member_may_be_anything(made: Any, data: st.DataObject) -> None:
    """Sealed anew by whoever holds the key, or under the old seal: a verdict, never an exception."""
    forge, kept, trust = made
    name = data.draw(st.sampled_from((members.MANIFEST, *JSON_MEMBERS, *SEAL_MEMBERS)))
    content = kept[name]
    by_line = name.endswith(".jsonl")
    lines = content.splitlines() if by_line else [content]
    if not lines:
        return
    at = data.draw(st.integers(0, len(lines) - 1))
    value = json.loads(lines[at])
    path = data.draw(st.sampled_from(list(places(value))))
    lines[at] = loose(put(value, path, data.draw(st.sampled_from(WRONG))))
    changed = b"".join(line + b"\n" for line in lines) if by_line else lines[0]
    listed = {each: kept[each] for each in kept if each not in members.SEAL | {members.MANIFEST}}
    manifest = json.loads(kept[members.MANIFEST])
    if name == members.MANIFEST:
        verdict = verify(forge.sealed(changed, listed), trust)
    elif name in members.SEAL:
        verdict = verify(container.encode({**kept, name: changed}), trust)
    else:
        verdict = verify(forge.seal(manifest, {**listed, name: changed}), trust)

    assert is_judged(verdict), verdict


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_record_may_hold_anything_and_be_in_the_signed_tree(made: Any, data: st.DataObject) -> None:
    """An operator can sign any entry: what the profile allows is judged, counted or refused, never stumbled over."""
    forge, kept, trust = made
    entries = list(forge.entries)
    at = data.draw(st.integers(0, len(entries) - 1))
    value = json.loads(entries[at])
    path = data.draw(st.sampled_from([path for path in places(value) if path]))
    entries[at] = loose(put(value, path, data.draw(st.sampled_from(WRONG))))
    other = Forge(forge.key, entries)
    manifest = json.loads(kept[members.MANIFEST])
    try:
        made_anew = other.members(manifest)
    except Exception:  # noqa: BLE001 - our own derivation refuses such an entry: then the members are of the honest one
        listed = {each: kept[each] for each in kept if each not in members.SEAL | {members.MANIFEST}}
        lines = b"".join(b"[%d,%b]\n" % each for each in enumerate(entries))
        made_anew = {**listed, members.ENTRIES: lines, members.CHECKPOINT: other.note(entries)}
    try:
        dossier = other.seal(manifest, made_anew)
    except Exception:  # noqa: BLE001 - no entry can be put after one whose time cannot be read
        return

    assert is_judged(verify(dossier, trust))


@settings(max_examples=150, deadline=None)
@given(name=st.sampled_from((members.CHECKPOINT, members.SEAL_PROOF)), data=st.data())
def test_notes_and_proofs_may_be_anything(made: Any, name: str, data: st.DataObject) -> None:
    """A line of a note or proof exchanged for any text or bytes, under the right seal where one can be made."""
    forge, kept, trust = made
    lines = kept[name].split(b"\n")
    at = data.draw(st.integers(0, len(lines) - 1))
    lines[at] = data.draw(
        st.binary(max_size=90)
        | st.text(max_size=90).map(lambda each: each.encode("utf-8", "surrogatepass"))
        | st.sampled_from(
            (b"9" * 400, b"-1", "— x ".encode() + b"A" * 44, NASTY.encode("utf-8", "surrogatepass"))
        )
    )
    changed = b"\n".join(lines)
    if name == members.SEAL_PROOF:
        assert is_judged(verify(container.encode({**kept, name: changed}), trust))
        return
    listed = {each: kept[each] for each in kept if each not in members.SEAL | {members.MANIFEST}}
    manifest = json.loads(kept[members.MANIFEST])
    assert is_judged(verify(forge.seal(manifest, {**listed, name: changed}), trust))


@pytest.mark.parametrize(
    "content",
    [b"[" * 100_000, b'{"a":' * 100_000, b"9" * 100_000, b"\xff\xfe", b'"\xed\xa0\x80"', b"", b"\0"],
)
@pytest.mark.parametrize("name", [members.MANIFEST, *JSON_MEMBERS, *SEAL_MEMBERS, members.CHECKPOINT])
def test_depth_size_and_encoding_are_refused_with_their_place(made: Any, name: str, content: bytes) -> None:
    """Nesting without end, numbers without end, bytes that are no UTF-8."""
    forge, kept, trust = made
    listed = {each: kept[each] for each in kept if each not in members.SEAL | {members.MANIFEST}}
    if name == members.MANIFEST:
        dossier = forge.sealed(content, listed)
    elif name in members.SEAL:
        dossier = container.encode({**kept, name: content})
    else:
        dossier = forge.seal(json.loads(kept[members.MANIFEST]), {**listed, name: content})
    verdict = verify(dossier, trust)

    empty = content == b"" and name in (members.DISCLOSURES, members.GAPS)
    assert is_judged(verdict)
    assert empty or verdict.verdict == "not_ok"


def test_a_letter_that_is_no_base64_is_named(made: Any) -> None:
    """One changed letter of a hash is a verdict with the member that holds it."""
    _, kept, trust = made
    consistency = kept[members.SEAL_CONSISTENCY].replace(b'["', b'["*', 1)
    verdict = verify(container.encode({**kept, members.SEAL_CONSISTENCY: consistency}), trust)

    assert (verdict.verdict, verdict.checks[-1].place) == ("not_ok", members.SEAL_CONSISTENCY)
    assert canonical.decode(kept[members.SEAL_CONSISTENCY])
