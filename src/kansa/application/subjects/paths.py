"""List the access paths: for whom, through whom, approved until when, and whether each is enabled."""

from dataclasses import dataclass
from typing import Any

from kansa.application.subjects.books import Books, Held, Named, opened
from kansa.registers.spans.access import approved, enabled
from kansa.vault.vault import Vault


@dataclass(frozen=True, slots=True)
class AccessPath:
    """A path as its latest approval has it; `method` is None where it was switched, but never approved."""

    named: Named
    method: str | None
    tenant: Named | None
    end_user: Named | None
    mediator: Named | None
    approval: Held
    enablement: Held

    def as_json(self) -> dict[str, Any]:
        """Return it as a stable JSON value."""
        parties = {"tenant_id": self.tenant, "end_user_id": self.end_user, "mediator_id": self.mediator}
        return {
            **self.named.as_json(),
            "method": self.method,
            **{name: party.id if party else None for name, party in parties.items()},
            "approval": self.approval.as_json(),
            "enablement": self.enablement.as_json(),
        }


@dataclass(frozen=True, slots=True)
class AccessPaths:
    """The paths that were asked for, by key, of how many that are known."""

    paths: tuple[AccessPath, ...]
    known: int

    def as_json(self) -> dict[str, Any]:
        """Return the stable result of `kansa paths --json`."""
        return {"paths": [each.as_json() for each in self.paths], "known": self.known}


def list_paths(
    vault: Vault, text: str | None = None, tenant: str | None = None, end_user: str | None = None
) -> AccessPaths:
    """Return the paths whose id or key holds a text, of a tenant and an end user (by id)."""
    with opened(vault) as books:
        everything = books.evidence.subjects("pth")
        found = [_path(books, books.named(subject)) for subject in everything]
        shown = [
            each
            for each in found
            if (text is None or each.named.called(text))
            and (tenant is None or (each.tenant is not None and each.tenant.id == tenant))
            and (end_user is None or (each.end_user is not None and each.end_user.id == end_user))
        ]
        shown.sort(key=lambda each: (each.named.keys, each.named.id))
        return AccessPaths(tuple(shown), len(everything))


def _path(books: Books, named: Named) -> AccessPath:
    def called(subject: str | None) -> Named | None:
        return books.named(subject) if subject is not None else None

    approvals = approved(named.id, books.world)
    latest = approvals[-1].claim if approvals else None
    return AccessPath(
        named,
        latest.method if latest else None,
        called(latest.tenant_id if latest else None),
        called(latest.end_user_id if latest else None),
        called(latest.mediator_id if latest else None),
        books.held(each.span for each in approvals),
        books.held(each.span for each in enabled(named.id, books.world)),
    )
