"""Random ledgers: claims of every kind that a fact rests on, about few subjects, so that they meddle with one another."""

import random
from typing import Any

from kansa.clock import DAY, HOUR
from kansa.records.draft import Draft, complete, submit
from worlds import BEGIN, cast, dice, draft, story

WHO = cast()
KEY = b"k" * 32


def random_claims(seed: int, count: int) -> list[Draft]:
    """Claims of every kind that a fact rests on, about few subjects, so that they meddle with one another."""
    dice_ = random.Random(seed)
    sites = [WHO.site, cast(8).site]

    def one(number: int) -> Draft:
        start = BEGIN + dice_.randrange(20) * DAY
        end = dice_.choice([None, start + dice_.randrange(1, 10) * DAY])
        device = dice_.choice(WHO.devices)
        site = dice_.choice(sites)
        party = dice_.choice([WHO.tenant, WHO.other])
        basis: dict[str, Any] = {"jurisdiction": dice_.choice(["US", "JP"]), "basis": "licence"}
        lists: dict[str, Any] = {
            "end_user_ids": [WHO.tenant, party],
            "item_classes": ["h100-sxm5", "H200 SXM5 141GB"],
            "site_ids": [site],
        }
        make = [
            lambda: draft("party.registered", f"{number}", start, end, party_id=party),
            lambda: draft("end_user.verified", f"{number}", start, end, end_user_id=party),
            lambda: draft(
                "end_user.changed", f"{number}", start, end_user_id=party, tenant_id=dice_.choice([None, WHO.tenant]),
                what=dice_.choice(["end_user", "ownership", "reseller"]),
            ),
            lambda: draft("configuration.temporary", f"{number}", start, end, path_id=WHO.path),
            lambda: draft("end_user.verification_withdrawn", f"{number}", start, end_user_id=party),
            lambda: draft(
                "case.decided", f"{number}", start, end, tenant_id=WHO.tenant, end_user_id=party, decision=dice_.choice(["permit", "hold"])
            ),
            lambda: draft(
                "access_path.approved", f"{number}", start, end, path_id=WHO.path, tenant_id=WHO.tenant, end_user_id=party,
                method="brokered", mediator_id=WHO.other,
            ),
            lambda: draft("access_path.enabled", f"{number}", start, path_id=WHO.path),
            lambda: draft("access_path.disabled", f"{number}", start, path_id=WHO.path),
            lambda: draft(
                "item.classified", f"{number}", start, end, item_class="h100-sxm5", control="x", jurisdiction=basis["jurisdiction"],
                result=dice_.choice(["controlled", "not_controlled"]),
            ),
            lambda: draft("authorization.recorded", f"{number}", start, end, authorization_id=WHO.us, **basis, **lists),
            lambda: draft("authorization.amended", f"{number}", start, end, authorization_id=WHO.jp, supersedes=WHO.us, **basis, **lists),
            lambda: draft("authorization.revoked", f"{number}", start, authorization_id=WHO.us, end_user_ids=[WHO.tenant]),
            lambda: draft(
                "device.identified", f"{number}", start, device_id=device, node_id=dice_.choice([WHO.node, cast(8).node]), site_id=site,
                item_class=dice_.choice(["h100-sxm5", "H200 SXM5 141GB"]),
            ),
            lambda: draft("device.moved", f"{number}", start, device_id=device, site_id=site, step=dice_.choice(["shipping", "receiving"])),
            lambda: draft(
                "device.moved", f"{number}", start, device_id=device, site_id=site, step="receiving", contract_id=WHO.contract,
                contract_line="1", authorization_id=WHO.us,
            ),
            lambda: draft("device.observed", f"{number}", start, device_id=device, site_id=site),
            lambda: draft(
                "workload.placed", f"{number}", start, end, workload_id=WHO.workload, tenant_id=WHO.tenant, end_user_id=dice_.choice([party, None]), path_id=WHO.path, units=[WHO.node, device], site_id=site
            ),
            lambda: draft("workload.shifted", f"{number}", start, workload_id=WHO.workload, units=[device], site_id=site),
            lambda: draft("workload.ended", f"{number}", start, workload_id=WHO.workload),
            lambda: draft("contract.recorded", f"{number}", start, end, contract_id=WHO.contract, party_ids=[party, WHO.other]),
            lambda: draft(
                "responsibility.allocated", f"{number}", start, end, party_id=party, contract_id=dice_.choice([WHO.contract, None]),
                duty=dice_.choice(["identity", "custody", "verification", "chain", "invoices"]),
            ),
            lambda: draft("source.reported", f"{number}", start, start + DAY, system="x", scope=[site], rows=1),
        ]  # fmt: skip
        return dice_.choice(make)()

    return [one(number) for number in range(count)]


def ledger(seed: int, count: int) -> list[bytes]:
    """Random claims as entries; some correct earlier ones, some share their recorded time with others."""
    dice_, salts = random.Random(seed + 1), dice(seed)
    drafts = [*story(WHO), *random_claims(seed, count)]
    dice_.shuffle(drafts)
    entries: list[bytes] = []
    time = BEGIN - HOUR
    subjects: list[tuple[str, ...]] = []
    for number, each in enumerate(drafts):
        time += dice_.choice([0, 0, 1000, DAY // 2])
        earlier = dice_.randrange(number) if number and dice_.random() < 0.2 else None
        record = complete(
            submit(each, KEY),
            time,
            salts,
            corrects=None if earlier is None else ("small.example/kansa/evidence", earlier),
            concerns=() if earlier is None else subjects[earlier],
        ).record
        subjects.append(record.about)
        entries.append(record.encode())
    return entries
