"""What subjects are called: tables that follow the ledger, against the pure fold of its records."""

from collections.abc import Iterable, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from claims import random_claims
from journals import KEY
from kansa.clock import HOUR
from kansa.ids import PREFIXES
from kansa.records import envelope
from kansa.records.draft import complete, submit
from kansa.records.sealing import Disclosure
from kansa.registers import called, store
from kansa.registers.directory import Directory, directory, folded
from kansa.registers.incremental import catch_up, forget_called
from logs import ListLog
from worlds import BEGIN, cast, dice, draft


def sealed_ledger(seed: int, count: int) -> tuple[list[bytes], dict[str, Disclosure], dict[str, str | None]]:
    """Return random entries with what is sealed in them, and under whose key each value is kept."""
    salts, entries, kept, keepers = dice(seed), [], {}, {}
    drafts = [*names(seed, count), *random_claims(seed, count)]
    for number, each in enumerate(drafts):
        done = complete(submit(each, KEY), BEGIN + number // 3 * HOUR, salts)
        entries.append(done.record.encode())
        for disclosure in done.disclosures:
            kept[disclosure.digest] = disclosure
            keepers[disclosure.digest] = done.keeper
    return entries, kept, keepers


def names(seed: int, count: int) -> Iterable[Any]:
    """Yield parties, sites and devices that are named, numbered and introduced again and again, some alike."""
    import random  # noqa: PLC0415

    chosen, who = random.Random(seed), cast(seed % 3)
    ids = [who.tenant, who.other, who.site]
    words = ["Acme", "ＡＣＭＥ", "acme  Ltd", "日の出", "Hinode", "x"]
    for number in range(count):
        subject = chosen.choice(ids)
        keys = [
            {"id": chosen.choice(ids), "system": chosen.choice(["erp", "crm"]), "key": chosen.choice(words)}
            for _ in range(chosen.randrange(3))
        ]
        data: dict[str, Any] = {"introduces": keys} if keys else {}
        said = {
            language: chosen.choice(words) for language in chosen.sample(["ja", "en"], chosen.randrange(1, 3))
        }
        if subject.startswith("sit_"):
            yield draft("site.registered", f"s{number}", site_id=subject, country="JP", names=said, **data)
        else:
            roles = chosen.sample(["tenant", "end_user", "operator"], chosen.randrange(1, 3))
            yield draft(
                "party.registered", f"p{number}", party_id=subject, names=said, roles=sorted(roles), **data
            )


def same(stored: Directory, pure: Directory) -> None:
    """Compare all that a directory says, through every way to ask it."""
    for name in ("names", "keys", "keys_of", "paths", "items", "roles", "numbers", "device_names"):
        assert dict(getattr(stored, name)) == dict(getattr(pure, name)), name
        for key, value in getattr(pure, name).items():
            assert getattr(stored, name)[key] == value
    assert set(stored.subjects) == set(pure.subjects)
    assert stored.index is not None
    texts = {text for id_ in {*pure.names, *pure.keys_of, *pure.numbers} for text in pure.called_all(id_)}
    for text in [*texts, "nobody", *pure.names]:
        for prefix in (f"{each}_" for each in PREFIXES.values()):
            assert stored.index.meant(text, prefix) == meant(pure, text, prefix)
    for system, _ in pure.keys:
        assert stored.index.in_books_of(system) == {id_ for (of, _), id_ in pure.keys.items() if of == system}
        assert stored.index.has_books_of(system)
    for key in {key for _, key in pure.keys}:
        assert stored.index.having(key) == sorted({id_ for (_, of), id_ in pure.keys.items() if of == key})
    assert not stored.index.has_books_of("nobody's")


def meant(pure: Directory, text: str, prefix: str) -> list[str]:
    """Return whom a text means, by going through everybody."""
    ids = {*pure.names, *pure.keys_of, *pure.roles, *pure.paths, *pure.numbers, *pure.subjects}
    known = {id_: pure.called_all(id_) for id_ in ids if id_.startswith(prefix)}
    if text in known:
        return [text]
    exact = sorted(id_ for id_, held in known.items() if text in held)
    alike = sorted(id_ for id_, held in known.items() if folded(text) in map(folded, held))
    return exact or alike


class Open:
    """Registers with what they take names from."""

    def __init__(self, path: Path, kept: Mapping[str, Disclosure]) -> None:
        self.kept = dict(kept)
        self.registers = store.engine_at(path, b"key", self.find)

    def find(self, digests: Iterable[str]) -> dict[str, Disclosure]:
        return {digest: self.kept[digest] for digest in digests if digest in self.kept}

    def directory(self, log: ListLog) -> Directory:
        @contextmanager
        def lend() -> Any:
            with self.registers.connect() as connection:
                yield connection

        return called.StoredNames(lend, log.entry, self.find, self.registers.tags).directory()


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    count=st.integers(0, 15),
    cuts=st.lists(st.integers(0, 40), max_size=4),
    gone=st.sets(st.integers(0, 2), max_size=2),
)
def test_names_in_tables_are_those_of_the_fold_in_any_steps_and_after_an_erasure(
    seed: int, count: int, cuts: list[int], gone: set[int]
) -> None:
    """Before a subject's values are erased, and after: then as if they had never been kept, and no row of theirs is left."""
    entries, kept, keepers = sealed_ledger(seed, count)
    with TemporaryDirectory() as directory_:
        held = Open(Path(directory_) / "registers.db", kept)
        for cut in sorted({*cuts, len(entries)}):
            catch_up(held.registers, ListLog(entries[:cut]))
        log = ListLog(entries)
        records = [envelope.decode(each) for each in entries]
        same(held.directory(log), directory(records, kept))

        subjects = sorted({keeper for keeper in keepers.values() if keeper is not None})
        erased = {subjects[number] for number in gone if number < len(subjects)}
        held.kept = {digest: each for digest, each in kept.items() if keepers[digest] not in erased}
        for subject in erased:
            forget_called(held.registers, log, subject)
        same(held.directory(log), directory(records, held.kept))
        anew = Open(Path(directory_) / "anew.db", held.kept)
        catch_up(anew.registers, log)
        assert _rows(held) == _rows(anew)
        held.registers.dispose()
        anew.registers.dispose()


def _rows(held: Open) -> list[Any]:
    with held.registers.connect() as connection:
        columns = ", ".join(called.TABLES["called"][1:])
        return sorted(connection.execute(f"SELECT {columns} FROM called"), key=repr)  # noqa: S608 - our own names
