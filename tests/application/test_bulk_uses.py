"""Uses kept as columns are the uses that they are as rows: asked the same, they answer the same."""

from dataclasses import replace
from pathlib import Path

import pytest

from dossier.test_rows import WHO, bulk_vault
from kansa.application.coherence import CoherenceQuestion, ask
from kansa.application.unclosed import unclosed
from kansa.clock import DAY, HOUR
from kansa.coherence.assess import assess
from kansa.coherence.scope import within
from kansa.registers import use_columns
from kansa.registers.rows import Tables, Use
from kansa.registers.use_columns import UseColumns
from kansa.registers.uses_by_subject import by_subject
from kansa.vault.vault import Vault
from worlds import BEGIN


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Vault:
    """Rows in bulk beside the small world's records."""
    return bulk_vault(tmp_path_factory.mktemp("columns") / "vault")


def as_rows(tables: Tables) -> Tables:
    """The same tables with a row for every use."""
    return replace(tables, use=tuple(tables.use))


def test_columns_and_rows_say_the_same(vault: Vault) -> None:
    """Law: bounds, units, evidence, parts of a period and of a subject, single uses."""
    tables = vault.tables()
    assert isinstance(tables.use, UseColumns)
    rows = as_rows(tables)
    assert len(tables.use) == len(rows.use) > 30
    assert [tables.use[at] for at in (0, 5, -1)] == [rows.use[at] for at in (0, 5, -1)]
    assert tables.use[3:9] == rows.use[3:9]
    for said in (
        use_columns.earliest,
        use_columns.latest_start,
        use_columns.latest_end,
        use_columns.units_of,
    ):
        assert said(tables.use) == said(rows.use)
    assert use_columns.latest_end(tables.use, BEGIN + 3 * DAY) == use_columns.latest_end(
        rows.use, BEGIN + 3 * DAY
    )
    assert use_columns.earliest_by_evidence(tables.use) == use_columns.earliest_by_evidence(rows.use)
    ids = [use.use_id for use in rows.use[::5]]
    some = use_columns.by_id(tables.use, ids)
    assert some == {use.use_id: use for use in rows.use[::5]}
    for tenant, end_user in ((None, None), (WHO.tenant, None), (None, WHO.tenant), (WHO.tenant, WHO.tenant)):
        for low, high in ((0, 20), (2, 3)):
            period = BEGIN + low * DAY, BEGIN + high * DAY + HOUR
            one = within(tables, *period, tenant, end_user)
            other = within(rows, *period, tenant, end_user)
            assert sorted(one.use, key=key) == sorted(other.use, key=key)
            assert one.installed == other.installed


def test_uses_are_found_by_whom_they_concern(vault: Vault) -> None:
    """Tenant, end user, path, site, workload, and all of them: as of rows."""
    uses = vault.tables().use
    assert isinstance(uses, UseColumns)
    own, rows = uses.by_subject(), by_subject(tuple(uses))
    assert sorted(own) == sorted(rows)
    for subject in [*rows, "pty_nobody", "site"]:
        assert sorted(own.get(subject, ()), key=key) == sorted(rows.get(subject, ()), key=key)
    assert set(uses.workloads()) == {use.workload_id for use in uses if use.use_id.startswith("s")}


def key(use: Use) -> str:
    """The id."""
    return use.use_id


def test_the_answer_is_the_same_and_so_is_the_balance(vault: Vault) -> None:
    """Gaps, late stretches and sums; the engine's balance in total and by site."""
    answer = ask(vault, CoherenceQuestion(start=BEGIN, end=BEGIN + 14 * DAY))
    said = answer.assessment
    rows = assess(as_rows(answer.tables), since=answer.start, to=answer.end, log_began=answer.log_began)
    assert (said.gaps, said.late) == (rows.gaps, rows.late)
    assert said.result.use_us == rows.result.use_us
    one, other = said.result.balance, rows.result.balance
    assert one is not None
    assert other is not None
    assert (one.total, one.not_installed) == (other.total, other.not_installed)
    assert dict(one.by_site) == dict(other.by_site)


def test_a_source_of_segments_that_closed_no_window_is_named(tmp_path: Path) -> None:
    """Advice on a window is given for rows of segments as for records."""
    vault = bulk_vault(tmp_path / "vault", 8)
    answer = ask(vault, CoherenceQuestion(start=BEGIN, end=BEGIN + 14 * DAY))
    assert "slurm" in {each.source for each in unclosed(vault, answer)}
    assert {each.reader for each in unclosed(vault, answer) if each.source == "slurm"} == {"slurm"}
