"""Erasure: what a vault keeps sealed of a subject is destroyed, in every store that holds it, and that is on record.

The entries and their proofs stay, and so does what was handed out: of a dossier that is elsewhere its reader decides.
Erasing is done first and recorded second, so that no record says more than was done; where the process dies between
the two, an audit finds values lost without a record, and erasing again records what is gone.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kansa.application.lookup import Lookup
from kansa.application.retention import Kept, holds, retained
from kansa.clock import format_instant
from kansa.connectors.quarantine import expunge
from kansa.errors import BadInput, KansaError
from kansa.evidence import erasure
from kansa.evidence.entry import Committed
from kansa.evidence.folder import only_writer
from kansa.evidence.reader import FindKey
from kansa.ids import kind_of, ulid
from kansa.ledger import keys
from kansa.ledger.ports import Appender
from kansa.ledger.stores.values import ValueReader, ValueWriter
from kansa.records import envelope, sealing
from kansa.records.catalogue import kind_named
from kansa.records.draft import Draft, submit
from kansa.records.envelope import Record
from kansa.records.kinds.operation import DossierIssued, ErasureDeferred, ValueErased
from kansa.records.sealing import Disclosure
from kansa.vault.vault import Vault

_INTRODUCES = "introduces"


@dataclass(frozen=True, slots=True)
class Erased:
    """What was erased: how many values (of rows in segments: one a row), of how many records, rows of quarantine files, and under which entry that is recorded.

    `elsewhere` counts sealed values of records about the subject that are kept under others' keys, and stay;
    `dossiers` counts dossiers that were issued, whose readers may hold values.
    """

    values: int
    records: int
    rows: int
    stores: tuple[str, ...]
    elsewhere: int
    dossiers: int
    entry: int | None


def erase(
    vault: Vault,
    subject: str,
    reasons: str,
    approver: str | None = None,
    *,
    despite_retention: bool = False,
) -> Erased:
    """Erase the sealed values of a subject. Erasing again is harmless, and records only what was not on record.

    `despite_retention` erases inside the period in which records must be kept, and records under which schedules.

    Raises:
        BadInput: `erase.subject`, if the ledger has no such subject; `erase.held`, if a hold on it is on record;
            `erase.retained`, inside the period in which records must be kept.
        KansaError: `vault.held`, while another process serves the vault: its memory would keep the values;
            `values.in_use`, if a reader keeps the bytes in the file: erased for every later reader; erase again.
    """
    _check(vault, subject)
    kept_by = retained(vault, subject)
    if kept_by is not None and not despite_retention:
        raise _retained(subject, kept_by)
    despite = () if kept_by is None else kept_by.schedules
    with vault.appending() as way:
        if not way.holds:
            raise KansaError(
                "vault.held",
                f"another process serves `{vault.places.root}` and has values in its memory",
                help="end it first",
            )
        with only_writer(vault.places.segments):
            return _erase(vault, way, subject, {"reasons": reasons, **_deciding(approver, despite)})


def _deciding(approver: str | None, despite: Sequence[str]) -> dict[str, Any]:
    return {
        **({"approver_id": approver} if approver else {}),
        **({"despite": list(despite)} if despite else {}),
    }


def _retained(subject: str, kept: Kept) -> BadInput:
    schedules = ", ".join(kept.schedules)
    return BadInput(
        "erase.retained",
        f"`{subject}` is served: records about it must be kept, by {schedules}"
        if kept.until is None
        else f"records about `{subject}` must be kept until {format_instant(kept.until)}, by {schedules}",
        help="`--defer` puts the wish on record, and `kansa retention apply` erases once the period is over;"
        " `--despite-retention` erases now, and records that it did",
    )


def defer(vault: Vault, subject: str, reasons: str, approver: str | None = None) -> tuple[int, Kept]:
    """Put on record that an erasure is due once the period is over; returns the entry and the period.

    Raises:
        BadInput: `erase.subject`; `erase.deferred`, if nothing forbids the erasure now.
    """
    _check(vault, subject)
    kept = retained(vault, subject)
    if kept is None:
        raise BadInput(
            "erase.deferred",
            f"no period forbids to erase `{subject}` now",
            help="leave `--defer` out",
        )
    now = vault.clock.now()
    data = {
        "valid_from": format_instant(now),
        "valid_to": None if kept.until is None else format_instant(kept.until),
        "known_by": "declared",
        "subject_id": subject,
        "schedules": list(kept.schedules),
        "reasons": reasons,
        **_deciding(approver, ()),
    }
    entry = vault.record(Draft(ErasureDeferred.type, f"{vault.urn}:kansa", ulid(now), now, data))
    return entry, kept


def erasable(vault: Vault, text: str) -> str:
    """Return the id of the subject that a text means: an id, how it begins, a source key, a name or a number.

    Raises:
        BadInput: `subject.unknown` or `subject.ambiguous`.
    """
    known = {id_ for _, record in vault.records() for id_ in record.about}
    if kind_of(text) is not None and text not in known:
        return text  # known from rows in bulk alone, or refused where it is erased
    return Lookup(vault).subject(text, known)


def _erase(vault: Vault, way: Appender, subject: str, decided: Mapping[str, Any]) -> Erased:
    own, others = _records_of(vault, subject)
    already = _recorded_until(vault, subject)
    key = keys.load_key(vault.places.keys / "values.key", "values")
    bulk = [(each, erasure.kept_by(each, subject)) for each in vault.segments()]
    with closing(ValueReader(vault.places.values, key)) as reader:
        kept = reader.reveal(_digests(own))
        around = reader.reveal(_digests(others))
        bulk_keys = reader.bulk_keys()
        bulk_texts = _bulk_texts((each for each, _ in bulk), subject, bulk_keys.get)
    for each, own_rows in bulk:
        if own_rows.runs:
            erasure.keep_leaves(each, own_rows, bulk_keys.get)
    introductions = [each.digest for each in around.values() if _introduces_only(each, subject)]
    texts = set(_texts([*kept.values(), *(around[digest] for digest in introductions)])) | bulk_texts
    with closing(ValueWriter(vault.places.values, key)) as writer:
        writer.erase(subject)
        writer.forget(introductions)
    vault.forget_names(subject)
    bulk_rows = sum(
        own_rows.rows
        for each, own_rows in bulk
        if own_rows.runs and (erasure.overwrite(each, own_rows) or each.recorded_at > already)
    )
    rows = expunge(vault.places.quarantine, texts, subject)
    sealed = [record for record in own if _digests([record])]
    gone = [each for each in sealed if each.recorded_at > already or set(_digests([each])) & kept.keys()]
    values = len(_digests(gone)) + len(introductions) + bulk_rows
    stores = tuple(_stores(vault, rows, bulk=bulk_rows > 0))
    claim: dict[str, Any] = {
        "subject_id": subject,
        "values": values,
        "stores": list(stores),
        **decided,
    }
    claim |= {"digests": introductions} if introductions else {}
    entry = _record(vault, way, claim) if values or rows else None
    return Erased(
        values,
        len(gone),
        sum(rows.values()),
        stores,
        len(around) - len(introductions),
        sum(record.type == DossierIssued.type for _, record in vault.records()),
        entry,
    )


def _check(vault: Vault, subject: str) -> None:
    known = kind_of(subject) is not None and (
        any(subject in record.about for _, record in vault.records())
        or any(erasure.kept_by(each, subject).runs for each in vault.segments())
    )
    if not known:
        raise BadInput(
            "erase.subject",
            f"the ledger has no subject `{subject}`",
            help="give its id, as `kansa records --reveal` shows it",
        )
    held = [str(each.entry) for each in holds(vault, subject)]
    if held:
        raise BadInput(
            "erase.held",
            f"entry {', '.join(held)} holds what there is about `{subject}`: nothing of it may be erased",
            help="`kansa hold lift ENTRY` ends a hold; see `kansa hold list`",
        )


def _records_of(vault: Vault, subject: str) -> tuple[list[Record], list[Record]]:
    """Records whose values are kept under the subject, of both logs, and others about it."""
    records = [record for _, record in vault.records() if subject in record.about]
    if vault.places.gate.exists():
        with vault.gate_reader() as gate:
            found = (envelope.decode(entry) for _, entry in gate.entries())
            records += [record for record in found if subject in record.about]
    own = [record for record in records if _keeper(record) == subject]
    return own, [record for record in records if _keeper(record) != subject]


def _keeper(record: Record) -> str | None:
    kind = kind_named(record.type)
    return None if kind is None else kind.keeper_in(dict(record.data))


def _recorded_until(vault: Vault, subject: str) -> int:
    """Return when the subject was last erased, as the ledger has it; before all time if never."""
    found = [
        record.recorded_at
        for _, record in vault.records()
        if record.type == ValueErased.type and record.data.get("subject_id") == subject
    ]
    return max(found, default=-1)


def _digests(records: Iterable[Record]) -> list[str]:
    return [digest for record in records for digest in sealing.digests(dict(record.data))]


def _introduces_only(disclosure: Disclosure, subject: str) -> bool:
    """Tell whether a value, kept under another's key, is the sources' keys of this subject and of nobody else."""
    listed = disclosure.value if disclosure.name == _INTRODUCES else None
    return (
        isinstance(listed, list)
        and bool(listed)
        and all(isinstance(each, Mapping) and each.get("id") == subject for each in listed)
    )


def _texts(disclosures: Iterable[Disclosure]) -> Iterator[str]:
    for disclosure in disclosures:
        yield from _leaves(disclosure.value)


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, each in value.items():
            if name not in {"id", "system"}:
                yield from _leaves(each)
    elif isinstance(value, list):
        for each in value:
            yield from _leaves(each)


def _bulk_texts(segments: Iterable[Committed], subject: str, keeper_key: FindKey) -> set[str]:
    """Return what rows in bulk say of the subject, numbers of jobs left out: those are numbers of others' things as well."""
    found = (pair for each in segments for pair in erasure.texts_of(each, subject, keeper_key))
    return {text for name, text in found if name != "job_id"}


def _stores(vault: Vault, rows: Mapping[Path, int], *, bulk: bool) -> Iterator[str]:
    yield vault.places.values.name
    if bulk:
        yield f"{vault.places.segments.name}/"
    yield f"{vault.places.quarantine.name}/"
    yield from sorted(f"{vault.places.quarantine.name}/{path.name}" for path in rows)


def _record(vault: Vault, way: Appender, claim: Mapping[str, Any]) -> int:
    now = vault.clock.now()
    data = {"valid_from": format_instant(now), "known_by": "measured", **claim}
    draft = Draft(ValueErased.type, f"{vault.settings.urn}:kansa", ulid(now), now, data)
    (outcome,) = way.append([submit(draft, vault.connector_key)])
    if outcome.index is None:
        raise BadInput(outcome.code or "record.refused", outcome.message or "the record was refused")
    return outcome.index
