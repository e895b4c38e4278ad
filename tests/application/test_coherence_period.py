"""What an answer about uses says of its period, and of whose time it is; nothing is said of time that nobody knows of."""

from typing import Any

import pytest

from kansa.application import coherence
from kansa.application.dossiers import report_of
from kansa.clock import DAY, HOUR
from kansa.dossier.report import page, summary
from kansa.errors import BadInput
from kansa.interfaces.cli.app import run
from kansa.vault.vault import Vault
from worlds import BEGIN, cast, draft, small_vault, story

WHO = cast()


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Vault:
    """The small world, and a use of another tenant on the same node after the first one ended, still running."""
    use = {"tenant_id": WHO.other, "end_user_id": WHO.other, "path_id": None, "site_id": WHO.site}
    more = draft(
        "workload.placed", "2", BEGIN + 12 * DAY, None, workload_id=WHO.workload, units=[WHO.node], **use
    )
    party = draft(
        "party.registered",
        "other",
        party_id=WHO.other,
        roles=["tenant"],
        names={"en": "Kurobe", "ja": "黒部"},
    )
    return small_vault(tmp_path_factory.mktemp("period") / "vault", [*story(WHO), party, more])


@pytest.mark.parametrize(
    ("question", "from_", "to"),
    [
        pytest.param({"end": BEGIN + 90 * DAY}, 20, 90, id="after-now"),
        pytest.param(
            {"end": BEGIN + 90 * DAY, "known_at": BEGIN + 30 * DAY}, 20, 90, id="known-at-after-now"
        ),
    ],
)
def test_time_after_all_that_is_known_is_not_assessed(
    vault: Vault, question: dict[str, Any], from_: int, to: int
) -> None:
    """That a use runs on, or a fact holds, is not known of a time that has not come: neither used nor evidenced."""
    answer = coherence.ask(vault, coherence.CoherenceQuestion(**question))

    assert answer.end == BEGIN + from_ * DAY
    assert answer.not_assessed_to == BEGIN + to * DAY
    assert max(use.end or 0 for use in answer.tables.use) == BEGIN + from_ * DAY
    assert answer.scope_as_json()["not_assessed_to"] == "2026-04-01T00:00:00.000Z"


def test_a_period_that_has_not_begun_is_not_assessed(
    vault: Vault, capsys: pytest.CaptureFixture[str]
) -> None:
    """No share is said of it, by any command that asks."""
    future = coherence.CoherenceQuestion(start=BEGIN + 300 * DAY, end=BEGIN + 301 * DAY)
    with pytest.raises(BadInput, match=r"^not assessed: the period begins at"):
        coherence.ask(vault, future)
    period = ["--from", "2027-01-01", "--to", "2027-01-02", "--vault", str(vault.places.root)]
    for command in (["coherence"], ["coherence", "why"]):
        assert run([*command, *period]) == 2
        assert "not assessed" in capsys.readouterr().err


def test_what_is_closed_is_known_even_if_it_was_written_before(vault: Vault) -> None:
    """A source that reported in full up to a time is believed up to it."""
    answer = coherence.ask(vault, coherence.CoherenceQuestion(known_at=BEGIN - HOUR))
    assert answer.end == BEGIN + 20 * DAY
    assert answer.not_assessed_to is None


def test_an_answer_always_says_its_period_and_how_far_it_knows(
    vault: Vault, capsys: pytest.CaptureFixture[str]
) -> None:
    """The default period begins with the first use or window, which nobody reads off a share."""
    run(["coherence", "--vault", str(vault.places.root)])
    first = capsys.readouterr().out.splitlines()[0]
    assert first.replace("\u00a0", " ") == (
        "About all tenants; 1 Jan 2026, 09:00 to 21 Jan 2026, 09:00; known at 1 Jan 2026, 08:00."
    )


def test_time_that_others_used_is_not_called_idle(vault: Vault) -> None:
    """The second tenant held the node for eight days; of the first one's question that time is not known to be idle."""
    own = report_of(vault, coherence.ask(vault, coherence.CoherenceQuestion(tenant=WHO.tenant)))
    everybody = report_of(vault, coherence.ask(vault, coherence.CoherenceQuestion()))

    assert "480 seen idle or in use by others" in summary.sentence(own, "en")
    assert "待機または他者の利用（観測あり）480" in summary.sentence(own, "ja")
    assert "96 seen idle and" in summary.sentence(everybody, "en")
    shown = page.render(own)
    assert "seen idle or in use by others" in shown
    assert "no use was in it" not in shown
