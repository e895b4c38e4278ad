import pytest

from kansa.errors import BadInput
from kansa.ledger import policy
from kansa.ledger.note import Algorithm, Checkpoint, Note, SigningKey
from kansa.ledger.policy import Quorum

LOG = SigningKey("example.com/kansa/log", Algorithm.ED25519, b"\x01" * 32)
WITNESSES = [
    SigningKey(f"witness.example/w{number}", Algorithm.COSIGNATURE, bytes([number]) * 32)
    for number in range(5)
]
TEXT = Checkpoint(LOG.name, 7, b"\x03" * 32).encode()
NAMED = {"log": LOG, **{f"w{number}": key for number, key in enumerate(WITNESSES)}}


def _policy(text: str) -> policy.Policy:
    """A policy in whose lines `<w1>` stands for the vkey of w1."""
    for name, key in NAMED.items():
        text = text.replace(f"<{name}>", key.verifier.encode())
    return policy.parse(text.encode("utf-8", "surrogateescape"))


def _signed(*cosigners: int, log: SigningKey = LOG) -> Note:
    signed = Note(TEXT, (log.sign(TEXT),))
    for number in cosigners:
        signed = signed.with_signature(WITNESSES[number].cosign(TEXT, 1_700_000_000 + number))
    return signed


EXAMPLE = """
# the example of the specification
log <log>

witness X1 <w0>
witness X2 <w1>  https://w1.example
\twitness X3 <w2>
group X-witnesses 2 X1 X2 X3
witness Y1 <w3>
witness Y2 <w4>
group Y-witnesses any Y1 Y2
group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
"""


@pytest.mark.parametrize(
    ("cosigners", "quorum"),
    [
        ((), Quorum.NOT_MET),
        ((0, 1), Quorum.NOT_MET),
        ((0, 3), Quorum.NOT_MET),
        ((3, 4), Quorum.NOT_MET),
        ((0, 1, 3), Quorum.MET),
        ((0, 2, 4), Quorum.MET),
        ((0, 1, 2, 3, 4), Quorum.MET),
    ],
)
def test_a_quorum_of_groups_is_met_as_the_specification_says(
    cosigners: tuple[int, ...], quorum: Quorum
) -> None:
    """Law: tlog-policy, Example policy: two of X and one of Y."""
    judgement = _policy(EXAMPLE).judge(_signed(*cosigners))

    assert judgement.quorum is quorum
    assert judgement.accepted == (quorum is Quorum.MET)
    assert len(judgement.witnesses) == len(cosigners)


def test_a_policy_that_asks_for_no_witness_says_so() -> None:
    """Law: `quorum none` accepts, and is never mistaken for a quorum that was met."""
    judgement = _policy("log <log>\nquorum none\n").judge(_signed())

    assert judgement.accepted
    assert judgement.quorum is Quorum.NOT_ASKED
    assert policy.unwitnessed(LOG.verifier) == _policy("log <log>\nquorum none\n")


def test_a_log_that_is_not_listed_is_not_accepted_and_the_reason_is_said() -> None:
    """Law: no listed log, no acceptance, whoever cosigned."""
    other = SigningKey(LOG.name, Algorithm.ED25519, b"\x09" * 32)
    pinned = _policy("log <log>\nwitness w <w0>\nquorum w\n")

    for signed in (_signed(0, log=other), Note(TEXT, _signed(0).signatures[1:])):
        judgement = pinned.judge(signed)
        assert not judgement.accepted
        assert judgement.quorum is Quorum.MET
        assert judgement.reasons == (f"no listed key of the log `{LOG.name}` signed",)


def test_a_checkpoint_of_another_origin_is_not_accepted() -> None:
    """Law: the key's name is the log's origin line."""
    text = Checkpoint("example.com/other", 7, b"\x03" * 32).encode()
    judgement = _policy("log <log>\nquorum none\n").judge(Note(text, (LOG.sign(text),)))

    assert not judgement.accepted
    assert judgement.reasons == ("no listed log has the origin `example.com/other`",)


def test_a_false_signature_of_a_known_key_spoils_the_log_and_not_only_its_line() -> None:
    """Law: signed-note: a known key's signature that does not verify is a reason to refuse."""
    signed = _signed(0)
    forged = Note(TEXT.replace("\n7\n", "\n8\n"), signed.signatures)
    judgement = _policy("log <log>\nwitness w <w0>\nquorum w\n").judge(forged)

    assert not judgement.accepted
    assert judgement.reasons == (
        f"a signature of the log `{LOG.name}` is not valid",
        "the cosignature of witness `w` is not valid",
        "the quorum `w` is not met",
    )


def test_a_log_may_have_two_keys_while_it_changes_them() -> None:
    """Law: several listed keys of one origin: one valid signature will do."""
    new = SigningKey(LOG.name, Algorithm.ED25519, b"\x09" * 32)
    both = _policy(f"log <log>\nlog {new.verifier.encode()}\nquorum none\n")

    assert both.judge(_signed()).log == LOG.verifier
    assert both.judge(_signed(log=new)).log == new.verifier


def test_a_policy_comes_back_from_its_file() -> None:
    """Law: parse(encode(p)) = p."""
    parsed = _policy(EXAMPLE)

    assert policy.parse(policy.encode(parsed)) == parsed


def test_names_beyond_ascii_are_opaque() -> None:
    """Law: tlog-policy, Character set: octets are kept and compared as they stand."""
    data = b"log %s\nwitness \xff\xfe %s\nquorum \xff\xfe\n" % (
        LOG.verifier.encode().encode(),
        WITNESSES[0].verifier.encode().encode(),
    )

    assert policy.parse(data).judge(_signed(0)).quorum is Quorum.MET
    assert policy.encode(policy.parse(data)) == data


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("log <log>\n", None),
        ("quorum none\nquorum none\n", 2),
        ("log\nquorum none\n", 1),
        ("log <w0>\nquorum none\n", 1),
        ("witness w <log>\nquorum none\n", 1),
        ("log <log>\nlog <log>\nquorum none\n", 2),
        ("witness a <w0>\nwitness b <w0>\nquorum none\n", 2),
        ("witness a <w0>\nwitness a <w1>\nquorum none\n", 2),
        ("witness none <w0>\nquorum none\n", 1),
        ("witness a <w0>\ngroup a any a\nquorum none\n", 2),
        ("witness a <w0>\ngroup g any a a\nquorum none\n", 2),
        ("witness a <w0>\ngroup g any a\ngroup h any a\nquorum none\n", 3),
        ("witness a <w0>\ngroup g 0 a\nquorum none\n", 2),
        ("witness a <w0>\ngroup g 2 a\nquorum none\n", 2),
        ("witness a <w0>\ngroup g 01 a\nquorum none\n", 2),
        ("witness a <w0>\ngroup g any\nquorum none\n", 2),
        ("group g any g\nquorum none\n", 1),
        ("quorum a\nwitness a <w0>\n", 1),
        ("group g any none\nquorum none\n", 1),
        ("mirror a <w0>\nquorum none\n", 1),
        ("quorum none extra\n", 1),
        ("quorum none\r\n", 1),
        ("quorum none\x7f\n", 1),
        ("log not-a-key\nquorum none\n", 1),
    ],
)
def test_a_line_that_is_wrong_is_named(text: str, line: int | None) -> None:
    """Law: tlog-policy, Structure: each rule broken is refused with its line."""
    with pytest.raises(BadInput) as refusal:
        _policy(text)

    assert refusal.value.code == "policy.format"
    assert [problem.line for problem in refusal.value.problems] == [line]


def test_all_lines_that_are_wrong_are_named_at_once() -> None:
    """Law: everything wrong is said together."""
    with pytest.raises(BadInput) as refusal:
        _policy("log x\nwitness\nquorum y\n")

    assert [problem.line for problem in refusal.value.problems] == [1, 2, 3]
