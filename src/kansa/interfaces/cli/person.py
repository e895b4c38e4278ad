"""`kansa person` and `kansa role`: who signs here, with which key, in which role."""

import os
import secrets
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter

from kansa.clock import parse_instant
from kansa.interfaces.cli.options import At, Language, instant
from kansa.interfaces.cli.output import Json, show
from kansa.lazy_imports import lazy_imports
from kansa.texts import Words
from kansa.texts.formats import time_text

with lazy_imports():
    from kansa.application.cases import CaseService, Person
    from kansa.application.signing import Done, Key, create_key, key_at, public_key_at
    from kansa.interfaces.cli.allowed import must_be_known

app = App(name="person", help="Who signs here, and with which key.")
role_app = App(name="role", help="Who may take which step of a decision.")

Lang = Annotated[Language, Parameter(name=("--language", "--lang"), help="The language of the text.")]
KeyFile = Annotated[
    Path,
    Parameter(
        name="--key",
        env_var="KANSA_KEY",
        help="Your Ed25519 key in OpenSSH's form; of a key in the SSH agent, its `.pub` file.",
    ),
]
OwnKey = Annotated[
    Path | None,
    Parameter(
        name="--key",
        env_var="KANSA_KEY",
        help="Sign it with your Ed25519 key (of a key in the SSH agent, its `.pub` file).",
    ),
]
Reasons = Annotated[str, Parameter(help="Why; kept sealed.")]
PersonNamed = Annotated[str, Parameter(help="A person: an id, how it begins, or a name.")]
RoleNamed = Annotated[str, Parameter(help="The role, such as reviewer or administrator.")]
_LABELS = {
    "enrolled": Words("Enrolled {name} as {id}.", "{name} を {id} として登録しました。"),
    "bootstrap": Words("bootstrap", "初期登録者"),
    "revoked": Words("key revoked", "鍵は失効"),
    "key": Words(
        "Made {path} and {path}.pub; the key is {fingerprint}. Keep {path} to yourself.",
        "{path} と {path}.pub を作成しました。鍵は {fingerprint}。{path} は他人に渡さないでください。",
    ),
    "rotated": Words(
        "From now on {id} signs with {fingerprint}.", "以後、{id} は {fingerprint} で署名します。"
    ),
    "key_revoked": Words(
        "The key of {id} counts for nothing from {since} on.", "{id} の鍵は {since} 以降無効です。"
    ),
    "granted": Words("{id} has the role {role}.", "{id} に役割 {role} を付与しました。"),
    "role_revoked": Words("{id} no longer has the role {role}.", "{id} の役割 {role} を取り消しました。"),
    "not_in_order": Words(
        "Not recorded: it would count for nothing. Another person who is an administrator has to sign it.",
        "記録していません。効力を持たないためです。別の管理者が署名する必要があります。",
    ),
    "nobody": Words("Nobody is enrolled yet.", "まだ誰も登録されていません。"),
}


@app.command
def key(
    file: Annotated[Path, Parameter(help="The file to write; `.pub` is added for the public key.")],
    /,
    *,
    language: Lang = "en",
    as_json: Json = False,
) -> int:
    """Make a key for yourself; `ssh-keygen -t ed25519` makes one as well."""
    made = create_key(file, secrets.token_bytes)
    value = {"key": str(file), "public": f"{file}.pub", "fingerprint": made.public.fingerprint}
    show(as_json, value, _LABELS["key"].in_(language).format(path=file, fingerprint=made.public.fingerprint))
    return 0


@app.command
def enroll(
    *,
    name: Annotated[str, Parameter(help="The person's name in English.")],
    name_ja: Annotated[str | None, Parameter(help="The person's name in Japanese.")] = None,
    public_key: Annotated[Path, Parameter(help="The `.pub` file of the person's key.")],
    key: KeyFile,
    language: Lang = "en",
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """Enrol a person, signed by an administrator. The first enrols themself and is marked as bootstrap."""
    names = {"en": name, "ja": name_ja or name}
    office, mine = CaseService(at.open()), signing(key)
    person_id, prepared = office.enrol(mine.public, public_key_at(public_key), names)
    done = office.sign(prepared, mine)
    text = _LABELS["enrolled"].in_(language).format(name=names[language], id=person_id)
    return told(done, {"person": person_id}, text, language, as_json=as_json)


@app.command(name="list")
def list_(*, language: Lang = "en", at: At = At(), as_json: Json = False) -> int:  # noqa: B008 - frozen
    """List the people with their keys and roles."""
    people = CaseService(at.open()).people()
    lines = [_line(person, language) for person in people] or [_LABELS["nobody"].in_(language)]
    show(as_json, {"people": [_as_json(person) for person in people]}, lines)
    return 0


@app.command
def rotate(
    person: PersonNamed,
    /,
    *,
    public_key: Annotated[Path, Parameter(help="The `.pub` file of the new key.")],
    key: KeyFile,
    language: Lang = "en",
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """Sign with another key from now on; signed with the old one, or by an administrator if that is lost."""
    office, new = CaseService(at.open()), public_key_at(public_key)
    who = office.person(person).id
    text = _LABELS["rotated"].in_(language).format(id=who, fingerprint=new.fingerprint)
    mine = signing(key)
    done = office.sign(office.rotate(mine.public, who, new), mine)
    return told(done, {"person": who}, text, language, as_json=as_json)


@app.command
def revoke(
    person: PersonNamed,
    /,
    *,
    reasons: Reasons,
    from_: Annotated[
        str | None, Parameter(name="--from", help="From when signatures count for nothing; default now.")
    ] = None,
    key: KeyFile,
    language: Lang = "en",
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """Revoke a person's key: lost, stolen, or the person left. What it signed since then no longer counts."""
    vault, mine = at.open(), signing(key)
    office = CaseService(vault)
    who = office.person(person).id
    given = instant(from_, "--from", vault.settings.zone)
    prepared = office.revoke(mine.public, who, vault.clock.now() if given is None else given, reasons)
    done = office.sign(prepared, mine)
    text = (
        _LABELS["key_revoked"]
        .in_(language)
        .format(id=who, since=time_text(parse_instant(done.draft.data["valid_from"])))
    )
    return told(done, {"person": who}, text, language, as_json=as_json)


@role_app.command
def grant(
    person: PersonNamed,
    role: RoleNamed,
    /,
    *,
    until: Annotated[str | None, Parameter(help="Until when; default until it is revoked.")] = None,
    key: KeyFile,
    language: Lang = "en",
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """Give a person a role, signed by an administrator other than the person."""
    vault, mine = at.open(), signing(key)
    office = CaseService(vault)
    must_be_known(role, office.roles(), "role of a pack or an adopted route", "role.unknown")
    who = office.person(person).id
    done = office.sign(
        office.grant(mine.public, who, role, instant(until, "--until", vault.settings.zone)), mine
    )
    text = _LABELS["granted"].in_(language).format(id=who, role=role)
    return told(done, {"person": who, "role": role}, text, language, as_json=as_json)


@role_app.command(name="revoke")
def revoke_role(
    person: PersonNamed,
    role: RoleNamed,
    /,
    *,
    reasons: Reasons,
    key: KeyFile,
    language: Lang = "en",
    at: At = At(),  # noqa: B008 - frozen
    as_json: Json = False,
) -> int:
    """Take a role from a person, signed by an administrator or by the person."""
    office = CaseService(at.open())
    who = office.person(person).id
    text = _LABELS["role_revoked"].in_(language).format(id=who, role=role)
    mine = signing(key)
    done = office.sign(office.revoke_role(mine.public, who, role, reasons), mine)
    return told(done, {"person": who, "role": role}, text, language, as_json=as_json)


def own(file: Path | None) -> Key | None:
    """Return the key of a file, or of the SSH agent, where one is given."""
    return None if file is None else signing(file)


def signing(file: Path) -> Key:
    """Return the key of a file, or of the SSH agent."""
    return key_at(file, os.environ.get("SSH_AUTH_SOCK"))


def told(done: Done, value: dict[str, Any], text: str, language: Language, *, as_json: bool) -> int:
    """Say what became of an act; 1 if it was refused."""
    if done.refused is not None:
        said = _LABELS.get(done.refused, _LABELS["not_in_order"]).in_(language)
        show(as_json, {"refused": done.refused}, said)
        return 1
    show(as_json, {**value, "index": done.index}, text)
    return 0


def _line(person: Person, language: Language) -> str:
    key = _LABELS["revoked"].in_(language) if person.key is None else person.key.fingerprint
    mark = f"  [{_LABELS['bootstrap'].in_(language)}]" if person.bootstrap else ""
    return f"{person.id}  {person.names.get(language, '')}  {', '.join(person.roles)}  {key}{mark}"


def _as_json(person: Person) -> dict[str, Any]:
    return {
        "person": person.id,
        "names": dict(person.names),
        "roles": list(person.roles),
        "key": None if person.key is None else person.key.fingerprint,
        "bootstrap": person.bootstrap,
    }
