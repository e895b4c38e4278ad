"""Let people sign: prepare what they are to sign, and take their signature, made wherever their key is.

    prepared = service.decide(public_key, …)       what will be recorded, judged as if it were signed
    signature = key.sign(prepared.message)         by a key file, an SSH agent, or in a browser; never in the service
    done = service.submit(prepared, signature)     verified, judged again, recorded

Nothing is recorded by preparing. What would count for nothing is refused before anybody signs it, and again at the end,
since others may have acted in between.
"""

import base64
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from kansa.application.ports import Signing
from kansa.clock import HOUR, format_instant
from kansa.errors import BadInput
from kansa.people.enrolment import Signature, bootstrap, holder_of, signature
from kansa.people.keys import Key, create_key, key_at, public_key_at
from kansa.people.signed_records import Author, with_signature
from kansa.records import catalogue, statement
from kansa.records.draft import Draft
from kansa.records.dsse import PublicKey
from kansa.records.journal import PEOPLE, HypotheticalJournal, IndexedClaim, Journal, is_signed
from kansa.records.kinds.person import PersonEnrolled
from kansa.records.kinds.signed import Attributable, Signed

__all__ = [
    "SIGNED_WITHIN",
    "Done",
    "Key",
    "Prepared",
    "SigningService",
    "Statement",
    "StatementService",
    "create_key",
    "key_at",
    "public_key_at",
    "signer_of",
]

SIGNED_WITHIN = HOUR // 6
"""How long what was prepared may be signed; its own time (`valid_from`) is that of its preparation."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a person is asked to sign. `refused` says why it would count for nothing; then nobody need sign it."""

    draft: Draft
    key: PublicKey
    expires: int
    refused: str | None = None

    @property
    def message(self) -> bytes:
        """The bytes that the key signs: the DSSE pre-authentication encoding of the statement."""
        return statement.message(self.draft.type, self.draft.data)

    def as_json(self) -> dict[str, Any]:
        """Return what a signer is shown, as a stable JSON value; sealed values are not in it, only what binds them."""
        return {
            "type": self.draft.type,
            "payload_type": statement.PAYLOAD_TYPE,
            "message": base64.b64encode(self.message).decode("ascii"),
            "key": self.key.fingerprint,
            "expires": format_instant(self.expires),
            "refused": self.refused,
        }


@dataclass(frozen=True, slots=True)
class Done:
    """What became of an act: recorded at `index`, or refused with the reason why it would count for nothing."""

    index: int | None
    refused: str | None
    draft: Draft


class SigningService:
    """Prepares and takes what people sign. What else may refuse an act is for each service to say."""

    def __init__(self, vault: Signing) -> None:
        self._vault = vault

    @property
    def source(self) -> str:
        """The source of the records that are signed here."""
        return f"{self._vault.urn}:kansa"

    def submit(self, prepared: Prepared, made: bytes) -> Done:
        """Record what was prepared, with the signature of its message.

        Raises:
            BadInput: `signature.invalid`, if the signature is not of this message under this key; `signature.late`, if
                it was prepared too long ago; `key.nobody`, if nobody signs with the key any more.
        """
        if prepared.refused is not None:
            return Done(None, prepared.refused, prepared.draft)
        if not prepared.key.verifies(prepared.message, made):
            raise BadInput(
                "signature.invalid",
                f"the signature is not that of `{prepared.key.fingerprint}` under what was prepared",
                help="sign the message as it was given, with the key for which it was prepared",
            )
        draft = with_signature(prepared.draft, prepared.key, made)
        with self._vault.evidence() as evidence:
            now = self._vault.clock.now()
            if now > prepared.expires:
                raise BadInput(
                    "signature.late",
                    f"what was signed was to be signed until {format_instant(prepared.expires)}",
                    help="prepare it again; what it rests on may have changed",
                )
            noted = _noted(draft, evidence.size, now)
            refused = self.refusal(noted, evidence.journal, to_be_signed=False)
        return (
            Done(None, refused, draft)
            if refused is not None
            else Done(self._vault.record(draft), None, draft)
        )

    def sign(self, prepared: Prepared, key: Key) -> Done:
        """Sign what was prepared with a key at hand, a file's or the SSH agent's, and record it."""
        return self.submit(prepared, b"" if prepared.refused is not None else key.sign(prepared.message))

    def prepare(
        self, public: PublicKey, draft: Callable[[Author, Journal], Draft], *, first: bool = False
    ) -> Prepared:
        """Return what the holder of a key would sign; `first` lets whoever is first be nobody yet.

        Raises:
            BadInput: `key.nobody`, if the key is nobody's.
        """
        with self._vault.evidence() as evidence:
            journal, now = evidence.journal, self._vault.clock.now()
            holder = holder_of(public.fingerprint, journal)
            if holder is None and not (first and bootstrap(journal) is None):
                raise BadInput(
                    "key.nobody",
                    f"the key `{public.fingerprint}` is nobody's",
                    help="`kansa person list` shows whose keys sign here",
                )
            made = draft(Author(holder, public, self.source, now, secrets.token_bytes), journal)
            supposed = _noted(with_signature(made, public, b""), evidence.size, now)
            refused = self.refusal(supposed, journal, to_be_signed=True)
        return Prepared(made, public, now + SIGNED_WITHIN, refused)

    def refusal(self, noted: IndexedClaim, journal: Journal, *, to_be_signed: bool) -> str | None:
        """Return why an act that would be recorded as `noted` would count for nothing; None if it would count.

        Raises:
            BadInput: it cannot be done at all, whoever signs it.
        """
        judged = signature(noted, HypotheticalJournal(journal, noted, to_be_signed=to_be_signed))
        return None if judged is Signature.VALID else judged.value

    @contextmanager
    def evidence(self) -> Iterator[tuple[Journal, int]]:
        """Yield what is on record, and the time, for as long as the block lasts."""
        with self._vault.evidence() as evidence:
            yield evidence.journal, self._vault.clock.now()


@dataclass(frozen=True, slots=True)
class Statement:
    """Something that a person says of the operator's evidence, before it is said who.

    `who` names its fields for the person: `approver` for `approver`, by name, and `approver_id`, by enrolment.
    """

    draft: Draft
    who: str

    def by_name(self, name: str) -> Draft:
        """Return it as the word of somebody who is named, and signs nothing."""
        return replace(self.draft, data={**self.draft.data, self.who: name})


class StatementService(SigningService):
    """Takes statements as somebody's word, by name, or under the key of somebody who is enrolled."""

    def prepare_statement(self, public: PublicKey, said: Statement, name: str | None = None) -> Prepared:
        """Return a statement for the holder of a key to sign; named as they are enrolled, unless it says otherwise.

        Raises:
            BadInput: `key.nobody`.
        """

        def draft(author: Author, journal: Journal) -> Draft:
            data = {
                key: value for key, value in said.draft.data.items() if key not in {"known_by", "reasons"}
            }
            called = name or _called(author.person_id, journal)
            data |= {said.who: called} if called else {}
            data |= {f"{said.who}_id": author.person_id, "sealed_salt": author.salt()}
            return author.draft(said.draft.type, data, said.draft.data.get("reasons"))

        return self.prepare(public, draft)

    def name_of(self, public: PublicKey) -> str | None:
        """Return the English name of whoever signs with a key; None where nobody does, or the name is erased."""
        with self.evidence() as (journal, _):
            return _called(holder_of(public.fingerprint, journal), journal)

    def take(self, said: Statement, name: str | None, key: Key | None) -> int:
        """Record a statement under a key at hand, or as the word of somebody named; returns its index.

        Raises:
            BadInput: `signer.none`, if neither is given; `signer.refused`, if the signature would not count.
        """
        return self.take_all([said], name, key)[0]

    def take_all(self, said: Sequence[Statement], name: str | None, key: Key | None) -> list[int]:
        """Record statements as `take` does; those by name all or none, those under a key each with its signature."""
        if not said:
            return []
        if key is None and not name:
            raise BadInput(
                "signer.none",
                "it is not said whose word this is",
                help=f"give a key, or the name of the {said[0].who}",
            )
        if key is None:
            return self._vault.record_all([each.by_name(str(name)) for each in said])
        return [self._signed(each, name, key) for each in said]

    def _signed(self, said: Statement, name: str | None, key: Key) -> int:
        done = self.sign(self.prepare_statement(key.public, said, name), key)
        if done.index is None:
            raise BadInput("signer.refused", f"the signature would not count: {done.refused}")
        return done.index


def signer_of(noted: IndexedClaim, journal: Journal) -> dict[str, str | None]:
    """Return who signed a claim and whether that signature holds, as a stable JSON value; both null where nobody did."""
    if not is_signed(noted.claim):
        return {"signer": None, "signature": None}
    who = noted.claim.signer_id if isinstance(noted.claim, Signed) else None
    judged = signature(noted, journal)
    bound = not isinstance(noted.claim, Attributable) or statement.binds_sealed(noted.claim)
    return {"signer": who, "signature": judged.value if bound else Signature.INVALID.value}


def _called(person: str | None, journal: Journal) -> str | None:
    enrolled = (n.claim for n in journal.mentioning(PEOPLE) if isinstance(n.claim, PersonEnrolled))
    names = next((claim.person_names for claim in enrolled if claim.person_id == person), None)
    return names.get("en") if isinstance(names, dict) else None


def _noted(draft: Draft, index: int, now: int) -> IndexedClaim:
    """Return a draft as it would be recorded at an index."""
    claim = catalogue.read(draft.type, draft.data)
    about = tuple(catalogue.KINDS[draft.type].subjects_in(draft.data))
    return IndexedClaim(index, index, now, draft.source, about, claim)
