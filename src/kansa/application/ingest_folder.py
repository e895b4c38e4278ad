"""Taking a folder of mappings and data files into a vault, in the order in which they need each other."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from kansa.application.ingest import source_named, take_in
from kansa.application.ingest_dry_run import DryRun, FirstRecord
from kansa.connectors.folder import FolderPlan, Step, plan
from kansa.connectors.ingest import Ingested
from kansa.errors import BadInput, Problem
from kansa.vault.vault import Vault

__all__ = ["FolderIngested", "Ingested", "Step", "StepDone", "take_in_folder"]


COUNTED = ("rows", "records", "superseding", "duplicates", "quarantined", "refused")

StepProgress = Callable[[Step, int, int, int], None]
"""Is told the step, its number from 1 on, how many steps there are, and the rows read so far in it."""


@dataclass(frozen=True, slots=True)
class StepDone:
    """What became of one mapping's data: what the ingest did, or why nothing of it could be read."""

    map_file: Path
    paths: tuple[Path, ...]
    done: Ingested | None
    failed: tuple[Problem, ...] = ()
    first: tuple[FirstRecord, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Tell whether every row was taken, passed over for a stated reason, or known already."""
        done = self.done
        return done is not None and not (
            done.quarantined or done.refused or done.unreadable or done.remarks or self.failed
        )

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Return what is wrong, in order; of single rows the first ones."""
        done = self.done
        return self.failed if done is None else (*done.unreadable, *done.problems, *done.remarks)

    def as_json(self) -> dict[str, Any]:
        """Return it as a stable JSON value."""
        return {
            "map": str(self.map_file),
            "files": [str(path) for path in self.paths],
            "result": self.done.as_json() if self.done is not None else None,
            "failed": [msgspec.to_builtins(problem) for problem in self.failed],
            **({"first": [each.as_json() for each in self.first]} if self.first else {}),
        }


@dataclass(frozen=True, slots=True)
class FolderIngested:
    """What an ingest of a folder did, step by step in the order in which they were taken."""

    folder: Path
    steps: tuple[StepDone, ...]
    without_data: tuple[Path, ...]
    unexplained: tuple[Path, ...]
    dry_run: bool

    @property
    def is_whole(self) -> bool:
        """Tell whether nothing is left to mend: no row, no file."""
        return all(step.is_whole for step in self.steps) and not self.unexplained

    @property
    def counts(self) -> Mapping[str, int]:
        """Return the sums over all steps, by what became of rows."""
        done = [step.done for step in self.steps if step.done is not None]
        return {name: sum(getattr(each, name) for each in done) for name in COUNTED}

    @property
    def passed_over(self) -> Mapping[str, int]:
        """Return the rows that were passed over, by reason."""
        found: Counter[str] = Counter()
        for step in self.steps:
            found.update(dict(step.done.passed_over) if step.done is not None else {})
        return dict(found)

    def as_json(self) -> dict[str, Any]:
        """Return the stable result of `kansa ingest FOLDER --json`; rows are accounted for in full."""
        return {
            "folder": str(self.folder),
            **self.counts,
            "passed_over": dict(self.passed_over),
            "steps": [step.as_json() for step in self.steps],
            "without_data": [str(path) for path in self.without_data],
            "unexplained": [str(path) for path in self.unexplained],
            "dry_run": self.dry_run,
        }


def take_in_folder(
    vault: Vault, folder: Path, *, dry_run: bool = False, progress: StepProgress | None = None
) -> FolderIngested:
    """Ingest all data files of a folder, each by its mapping.

    All mappings are read before anything is recorded. A step whose files cannot be read does not keep the others from
    being taken; rows that refer to what it would have introduced are quarantined, and the same call made again after
    it is mended takes them.

    Raises:
        BadInput: `ingest.folder` or `ingest.order`, if nothing was read (`connectors.folder`).
    """
    planned = plan(folder)
    tell = progress or (lambda *_: None)
    return FolderIngested(
        folder,
        tuple(_steps(vault, planned, tell, dry_run=dry_run)),
        planned.without_data,
        planned.unexplained,
        dry_run,
    )


def _steps(vault: Vault, planned: FolderPlan, tell: StepProgress, *, dry_run: bool) -> Iterator[StepDone]:
    trial = DryRun(vault) if dry_run else None
    for number, step in enumerate(planned.steps, start=1):

        def told(rows: int, step: Step = step, number: int = number) -> None:
            tell(step, number, len(planned.steps), rows)

        told(0)
        try:
            if trial is not None:
                source = source_named(step.reader, step.map_file, vault.settings.urn, now=vault.clock.now())
                done, first = trial.take(source, step.paths, told)
            else:
                done = take_in(vault, step.reader, step.paths, step.map_file, progress=told)
                first = ()
        except BadInput as error:
            problems = error.problems or (Problem(error.code, error.message, help=error.help),)
            yield StepDone(step.map_file, step.paths, None, tuple(problems))
            continue
        yield StepDone(step.map_file, step.paths, done, first=first)
