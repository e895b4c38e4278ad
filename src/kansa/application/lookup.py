"""Resolve what people call a subject to its id, in one way for every command.

A name may be an id, how an id begins, a source's own key, a name in either script, or for devices, contracts and
authorizations one of the numbers on them. Names that are written alike are the same name: full and half width, upper and
lower case. A text that means nothing, or several, is refused with what may have been meant.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from typing import Literal, Protocol

from kansa.connectors.devices.names import KINDS as NAME_KINDS
from kansa.connectors.devices.names import normal
from kansa.errors import BadInput
from kansa.ids import PREFIXES, kind_of
from kansa.registers.directory import Directory, folded
from kansa.registers.rows import Tables

__all__ = [
    "AUTHORIZATION",
    "CASE",
    "CONTRACT",
    "DECISION",
    "DEVICE",
    "END_USER",
    "FLAG",
    "MOST_NEAR",
    "PARTY",
    "PATH",
    "PERSON",
    "SITE",
    "SUBJECT",
    "TENANT",
    "WORKLOAD",
    "Books",
    "Called",
    "Directory",
    "Lookup",
    "Sort",
    "beginning",
    "each_of",
    "meant",
    "near",
    "resolve",
    "several",
]

MOST_NEAR = 5
"""How many near matches, or meanings of an ambiguous name, an error shows."""

_ALIKE = 0.5
_LEAST_PREFIX = 4  # letters of an id that stand without `pty_`; fewer could be a short name mistyped
_MOST_COMPARED = 20_000  # beyond so many names only those that begin alike are compared

Called = Mapping[str, Collection[str]]
"""What each id is called, beside itself."""


@dataclass(frozen=True, slots=True)
class Sort:
    """What is looked for: the word for it in messages, the code of its errors, and the command that lists it."""

    word: str
    code: str
    listed_by: str | None = None
    least_prefix: int = _LEAST_PREFIX
    missing: str | None = None


PARTY = Sort("party", "tenant")
TENANT = Sort("tenant", "tenant")
END_USER = Sort("end user", "end_user")
PERSON = Sort("person", "person", "kansa person list", missing="is nobody enrolled")
SITE = Sort("site", "site")
PATH = Sort("access path", "path")
DEVICE = Sort("device", "device")
AUTHORIZATION = Sort("authorization", "authorization")
CONTRACT = Sort("contract", "contract")
FLAG = Sort("flag", "flags", "kansa flags", least_prefix=1)
DECISION = Sort("decision", "decision", "kansa gate list", least_prefix=6)
CASE = Sort("case", "case", "kansa case list", least_prefix=1)
WORKLOAD = Sort("workload", "workload")
SUBJECT = Sort("subject", "subject")


class Books(Protocol):
    """What a lookup reads of a vault: names, and the registers' tables."""

    def directory(self) -> Directory:
        """Return what subjects are called."""
        ...

    def tables(self) -> Tables:
        """Return the registers, as known now."""
        ...


def meant(text: str, called: Called) -> list[str]:
    """Return the ids that a text means, sorted: by id, else by a name as written, else by a name written alike."""
    if text in called:
        return [text]
    exact = sorted(id_ for id_, names in called.items() if text in names)
    if exact:
        return exact
    wanted = folded(text)
    return sorted(id_ for id_, names in called.items() if any(folded(name) == wanted for name in names))


def beginning(text: str, called: Iterable[str], least: int = _LEAST_PREFIX) -> list[str]:
    """Return the ids that begin with a text, sorted; without the prefix of its kind a text needs `least` letters."""
    wanted = text.lower()
    whole = wanted[3:4] == "_"
    if not whole and len(wanted) < least:
        return []
    forms = ((id_, id_.lower()) for id_ in called)
    return sorted(
        id_ for id_, form in forms if form.startswith(wanted) or (not whole and form[4:].startswith(wanted))
    )


def resolve(text: str, called: Called, sort: Sort, *, elsewhere: Called | None = None) -> str:
    """Return the one id that a text means among those of a sort.

    Args:
        text: What somebody gave.
        called: Every id that may be meant, with what it is called.
        sort: What is looked for.
        elsewhere: Ids of the same kind that are not of this sort (a party that is no tenant), for the message.

    Raises:
        BadInput: `<code>.unknown`, with near matches, or `<code>.ambiguous`, with all that may be meant.
    """
    found = meant(text, called) or beginning(text, called, sort.least_prefix)
    if len(found) == 1:
        return found[0]
    if found:
        raise _ambiguous(text, found, called, sort)
    raise _unknown(text, called, sort, is_other=elsewhere is not None and bool(meant(text, elsewhere)))


def near(text: str, called: Called, most: int = MOST_NEAR) -> list[str]:
    """Return the names most like a text, each of another subject, the nearest first; none where nothing is like it."""
    wanted = folded(text)
    names = [(id_, name) for id_, held in called.items() for name in held]
    if len(names) > _MOST_COMPARED:
        names = [(id_, name) for id_, name in names if folded(name)[:1] == wanted[:1]]
    best: dict[str, tuple[float, str]] = {}
    compared = SequenceMatcher(b=wanted, autojunk=False)
    for id_, name in names:
        compared.set_seq1(folded(name))
        if compared.real_quick_ratio() < _ALIKE or compared.quick_ratio() < _ALIKE:
            continue
        best[id_] = max(best.get(id_, (0.0, "")), (compared.ratio(), name))
    alike = sorted(
        (each for each in best.values() if each[0] >= _ALIKE), key=lambda each: (-each[0], each[1])
    )
    return list(dict.fromkeys(name for _, name in alike))[:most]


class Lookup:
    """The names of one vault; what it reads is read when it is first needed, and once."""

    def __init__(self, books: Books) -> None:
        self._books = books

    @cached_property
    def directory(self) -> Directory:
        """What subjects are called."""
        return self._books.directory()

    def party(self, text: str) -> str:
        """Return the id of a party, whether or not it was served yet."""
        return self._one(text, "party", PARTY)

    def tenant(self, text: str) -> str:
        """Return the id of a tenant: a party of that role, with a path, a use, or an identity on record.

        Raises:
            BadInput: `tenant.unknown`, also of a party that is no tenant; `tenant.ambiguous`.
        """
        if (found := self._with_path(text, "tenant")) is not None:
            return found
        held, tables = self.directory, self._tables
        ids = {id_ for id_, roles in held.roles.items() if "tenant" in roles}
        ids |= {path.tenant_id for paths in held.paths.values() for path in paths}
        ids |= {use.tenant_id for use in tables.use if use.tenant_id is not None}
        ids |= {row.tenant_id for row in tables.identity}
        return self._with_role(text, ids, TENANT)

    def end_user(self, text: str) -> str:
        """Return the id of an end user, as for `tenant`.

        Raises:
            BadInput: `end_user.unknown` or `end_user.ambiguous`.
        """
        if (found := self._with_path(text, "end_user")) is not None:
            return found
        held, tables = self.directory, self._tables
        ids = {id_ for id_, roles in held.roles.items() if "end_user" in roles}
        ids |= {path.end_user_id for paths in held.paths.values() for path in paths if path.end_user_id}
        ids |= {use.end_user_id for use in tables.use if use.end_user_id is not None}
        ids |= {row.end_user_id for row in tables.identity}
        return self._with_role(text, ids, END_USER)

    def site(self, text: str) -> str:
        """Return the id of a site."""
        return self._one(text, "site", SITE)

    def path(self, text: str) -> str:
        """Return the id of an access path."""
        return self._one(text, "path", PATH)

    def device(self, text: str) -> str:
        """Return the id of a device, by any of its names as well, in any of their spellings (a UUID without `GPU-`)."""
        if not self._meant(text, "device"):
            spelt = {name for kind in NAME_KINDS if (name := normal(kind, text)) is not None}
            found = {id_ for name in spelt for id_ in self._meant(name, "device")}
            if len(found) == 1:
                return found.pop()
        return self._one(text, "device", DEVICE)

    def authorization(self, text: str) -> str:
        """Return the id of an authorization, by its number as well."""
        return self._one(text, "authorization", AUTHORIZATION)

    def contract(self, text: str) -> str:
        """Return the id of a contract, by its number as well."""
        return self._one(text, "contract", CONTRACT)

    def workload(self, text: str) -> str:
        """Return the id of a workload, by the job id that its scheduler gave it as well."""
        called = self._of_kind("workload")
        used = {use.workload_id for use in self._tables.use}
        return resolve(text, {**{id_: set[str]() for id_ in used}, **called}, WORKLOAD)

    def subject(self, text: str, known: Collection[str]) -> str:
        """Return the id of a subject of any kind, out of those `known`, with whatever it is called."""
        return resolve(text, {id_: self.directory.called_all(id_) for id_ in known}, SUBJECT)

    def named(self, text: str, kind: str) -> list[str]:
        """Return every id of a kind (`party`, `site`, …) that a text means; none where it means nothing.

        For whoever answers an unknown name otherwise than by refusing it, as the gate does.
        """
        index, prefix = self.directory.index, f"{PREFIXES[kind]}_"
        if index is not None:
            whole = text.lower()[3:4] == "_"
            return index.meant(text, prefix) or (_of(prefix, index.beginning(text.lower())) if whole else [])
        called = self._of_kind(kind)
        return meant(text, called) or beginning(text, called, least=len(text) + 1)

    def near(self, text: str, kind: str, most: int = MOST_NEAR) -> list[str]:
        """Return the names of a kind that are most like a text."""
        return near(text, self._of_kind(kind), most)

    def _one(self, text: str, kind: str, sort: Sort) -> str:
        """Return the one id of a kind that a text means: by the index, or else by going through all, to say what is near."""
        found = self._found(text, kind, sort)
        return found[0] if len(found) == 1 else resolve(text, self._of_kind(kind), sort)

    def _meant(self, text: str, kind: str) -> list[str]:
        """Return the ids of a kind that a text names, by the index where there is one."""
        index = self.directory.index
        return (
            index.meant(text, f"{PREFIXES[kind]}_") if index is not None else meant(text, self._of_kind(kind))
        )

    def _found(self, text: str, kind: str, sort: Sort) -> list[str]:
        """Return what the index finds for a text, as `resolve` would; nothing where there is no index."""
        index, prefix, wanted = self.directory.index, f"{PREFIXES[kind]}_", text.lower()
        if index is None:
            return []
        if found := index.meant(text, prefix):
            return found
        if wanted[3:4] == "_":
            return _of(prefix, index.beginning(wanted))
        return index.beginning(prefix + wanted) if len(wanted) >= sort.least_prefix else []

    def _with_path(self, text: str, part: Literal["tenant", "end_user"]) -> str | None:
        """Return the one party that a text means, if its role or a path says that it is of this sort."""
        found = self._found(text, "party", PARTY)
        if len(found) != 1:
            return None
        paths = (path for paths in self.directory.paths.values() for path in paths)
        served = (path.tenant_id if part == "tenant" else path.end_user_id for path in paths)
        return found[0] if part in self.directory.roles.get(found[0], ()) or found[0] in served else None

    @cached_property
    def _tables(self) -> Tables:
        return self._books.tables()

    def _of_kind(self, kind: str) -> dict[str, set[str]]:
        held, prefix = self.directory, f"{PREFIXES[kind]}_"
        sources: tuple[Iterable[str], ...] = (
            held.names,
            held.keys_of,
            held.roles,
            held.paths,
            held.numbers,
            held.subjects,
        )
        known = {id_ for ids in sources for id_ in ids if id_.startswith(prefix) and kind_of(id_) == kind}
        return {id_: held.called_all(id_) for id_ in known}

    def _with_role(self, text: str, ids: set[str], sort: Sort) -> str:
        parties = self._of_kind("party")
        called = {id_: self.directory.called_all(id_) for id_ in ids}
        others = {id_: names for id_, names in parties.items() if id_ not in ids}
        return resolve(text, called, sort, elsewhere=others)


def several(texts: Iterable[str], called: Called, sort: Sort) -> list[str]:
    """Return the ids that texts mean, each as `resolve` does, all that is wrong said at once.

    Raises:
        BadInput: as `resolve`, of one text; `<code>.unknown` with all that is wrong, of several.
    """
    found: list[str] = []
    wrong: list[BadInput] = []
    for text in texts:
        try:
            found.append(resolve(text, called, sort))
        except BadInput as error:
            wrong.append(error)
    if len(wrong) == 1:
        raise wrong[0]
    if wrong:
        advice = "; ".join(dict.fromkeys(error.help for error in wrong if error.help))
        raise BadInput(
            f"{sort.code}.unknown", "; ".join(error.message for error in wrong), help=advice or None
        )
    return found


def each_of(texts: Iterable[str] | None, one: Callable[[str], str]) -> list[str] | None:
    """Return the ids that texts mean; None where there are none to look up, which limits nothing."""
    return None if texts is None else [one(text) for text in texts]


def _ambiguous(text: str, found: list[str], called: Called, sort: Sort) -> BadInput:
    shown = ", ".join(_shown(id_, called[id_]) for id_ in found[:MOST_NEAR])
    more = f" and {len(found) - MOST_NEAR} more" if len(found) > MOST_NEAR else ""
    return BadInput(f"{sort.code}.ambiguous", f"`{text}` may be any of {shown}{more}", help="give the id")


def _unknown(text: str, called: Called, sort: Sort, *, is_other: bool) -> BadInput:
    if is_other:
        what = f"`{text}` is a party, but no {sort.word}"
    elif sort.missing is not None:
        what = f"`{text}` {sort.missing}"
    else:
        what = f"no {sort.word} is called `{text}`"
    return BadInput(f"{sort.code}.unknown", what, help=_advice(text, called, sort))


def _advice(text: str, called: Called, sort: Sort) -> str:
    if not called:
        return f"no {sort.word} is on record"
    alike = near(text, called)
    named = sorted({min(names) for names in called.values() if names})
    if alike:
        advice = f"did you mean {_listed(alike)}?"
    elif 0 < len(named) <= MOST_NEAR:
        advice = f"on record: {_listed(named)}"
    else:
        advice = f"{len(called)} are on record, and none is called like it"
    return f"{advice}; `{sort.listed_by}` lists them" if sort.listed_by else advice


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _shown(id_: str, names: Collection[str]) -> str:
    return f"`{id_}` ({min(names)})" if names else f"`{id_}`"


def _of(prefix: str, ids: Iterable[str]) -> list[str]:
    return [id_ for id_ in ids if id_.startswith(prefix)]
