"""METI's End User List, in whichever form it is given."""

from collections.abc import Sequence

from kansa.screening.lists import meti_table, registry_json
from kansa.screening.lists.reading import Document, Reading


def read(documents: Sequence[Document]) -> Reading:
    """Read the JSON of an open registry, or the text of the PDF's table.

    Raises:
        BadInput: neither form, or no entry.
    """
    is_json = all(document.data.lstrip()[:1] == b"[" for document in documents)
    return (registry_json.read_meti if is_json else meti_table.read)(documents)
