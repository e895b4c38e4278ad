"""People: who may sign, with which key, in which role. Every record but the first is signed by somebody enrolled."""

from typing import ClassVar

from msgspec import UNSET, UnsetType

from kansa.records.kinds.claim import Names, OpenText, Sealed, Subject
from kansa.records.kinds.signed import Signed

ADMINISTRATOR = "administrator"
"""The role that enrols people, grants roles and adopts routes; the first person enrolled has it."""


class PersonEnrolled(Signed, frozen=True, kw_only=True):
    """A person may sign with this key (`ssh-ed25519 …`), says the administrator who signs.

    The first of a log is its *bootstrap*: it names no signer and is signed with the very key.
    """

    type: ClassVar[str] = "kansa.person.enrolled.v0"
    keeper: ClassVar[tuple[str, ...]] = ("person_id",)

    person_id: Subject
    public_key: OpenText
    person_names: Names | UnsetType = UNSET
    affiliation: Sealed = UNSET


class KeyRotated(Signed, frozen=True, kw_only=True):
    """From now on the person signs with this key and no longer with `replaces` (a fingerprint).

    Signed with the key that is replaced, or by an administrator if that is lost.
    """

    type: ClassVar[str] = "kansa.key.rotated.v0"
    keeper: ClassVar[tuple[str, ...]] = ("person_id",)

    person_id: Subject
    public_key: OpenText
    replaces: OpenText


class KeyRevoked(Signed, frozen=True, kw_only=True):
    """From `valid_from` on, signatures of this key (a fingerprint) count for nothing, those recorded already included.

    Signed by the person, or by an administrator.
    """

    type: ClassVar[str] = "kansa.key.revoked.v0"
    keeper: ClassVar[tuple[str, ...]] = ("person_id",)

    person_id: Subject
    key: OpenText


class RoleGranted(Signed, frozen=True, kw_only=True):
    """The person has a role from `valid_from` to `valid_to`, says another who is an administrator."""

    type: ClassVar[str] = "kansa.role.granted.v0"
    keeper: ClassVar[tuple[str, ...]] = ("person_id",)

    person_id: Subject
    role: OpenText


class RoleRevoked(Signed, frozen=True, kw_only=True):
    """The person no longer has a role from `valid_from` on. Signed by an administrator, or by the person."""

    type: ClassVar[str] = "kansa.role.revoked.v0"
    keeper: ClassVar[tuple[str, ...]] = ("person_id",)

    person_id: Subject
    role: OpenText
