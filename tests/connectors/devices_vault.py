"""A real vault of one operator with two sites, and sources read into it."""

from pathlib import Path
from typing import Any

from kansa import ids
from kansa.connectors.base import Source
from kansa.connectors.ingest import Ingested, ingest
from kansa.records import sealing
from worlds import dice, draft, small_vault

SITES = {"TYO": "JP", "SIN": "SG"}


class Fleet:
    """The vault, and what was read into it."""

    def __init__(self, folder: Path) -> None:
        random = dice(3)
        self.sites = {key: ids.mint("site", random) for key in SITES}
        drafts = [
            draft(
                "site.registered",
                f"site {key}",
                site_id=site,
                country=SITES[key],
                introduces=[{"id": site, "system": "site", "key": key}],
            )
            for key, site in self.sites.items()
        ]
        self.vault = small_vault(folder / "vault", drafts)

    def introduce_contract(self, number: str, basis: str) -> tuple[str, str]:
        """Record a contract and an authorization under their keys; returns their ids."""
        random = dice(5)
        contract, party, authorization = (
            ids.mint(kind, random) for kind in ("contract", "party", "authorization")
        )
        self.vault.record_all(
            [
                draft(
                    "contract.recorded",
                    number,
                    contract_id=contract,
                    party_ids=[party],
                    number=number,
                    introduces=[{"id": contract, "system": "contract", "key": number}],
                ),
                draft(
                    "authorization.recorded",
                    basis,
                    authorization_id=authorization,
                    jurisdiction="US",
                    basis="veu",
                    end_user_ids=[party],
                    item_classes=["h100-sxm5"],
                    site_ids=list(self.sites.values()),
                    introduces=[{"id": authorization, "system": "authorization", "key": basis}],
                ),
            ]
        )
        return contract, authorization

    @property
    def urn(self) -> str:
        return self.vault.settings.urn

    def ingest(self, source: Source, *paths: Path, refused: int = 0) -> Ingested:
        """Ingest, and hold the accounts: every row is one of the things that a row can be."""
        with self.vault.appending() as appender:
            result = ingest(
                source,
                paths,
                self.vault.keybook(),
                appender,
                connector_key=self.vault.connector_key,
                clock=self.vault.clock,
                recorded=self.vault.reader.find,
                quarantine=self.vault.places.quarantine,
            )
        kinds = (result.records, result.duplicates, result.superseding, result.quarantined, result.refused)
        assert result.rows == sum(kinds) + sum(result.passed_over.values())
        assert result.refused == refused, result.problems
        return result

    def said(self, type_: str) -> list[dict[str, Any]]:
        """The data of all records of a kind, their sealed values revealed."""
        wanted = [record for _, record in self.vault.records() if record.type == f"kansa.{type_}.v0"]
        opened = self.vault.disclosures(wanted)
        return [sealing.reveal(each.data, opened) for each in wanted]
