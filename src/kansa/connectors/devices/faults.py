"""What is wrong with one row, raised where it is found and said with the row's place where the row is read."""

from pathlib import Path
from typing import Any

from kansa.connectors.base import Quarantined
from kansa.errors import Problem


class RowFault(ValueError):
    """A row that cannot become a record: which field, why, what to do."""

    def __init__(self, code: str, message: str, field: str, advice: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.field = field
        self.advice = advice

    def quarantined(self, path: Path, line: int, row: Any) -> Quarantined:
        """Return the row as quarantined at its place."""
        problem = Problem(self.code, self.message, str(path), line, self.field, self.advice)
        return Quarantined((problem,), row)
