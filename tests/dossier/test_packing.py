"""Files that are no canonical container: refused, with a reason that blames the right one."""

import io
import struct
import zipfile
from collections.abc import Callable

import pytest

from kansa.application import coherence, dossiers
from kansa.dossier import container, members
from kansa.dossier.verify import verify
from worlds import small_vault

END = b"PK\x05\x06"


@pytest.fixture(scope="module")
def dossier(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The small world's dossier."""
    vault = small_vault(tmp_path_factory.mktemp("packing") / "vault")
    return dossiers.build(
        vault,
        coherence.ask(vault, coherence.CoherenceQuestion()),
        dossiers.DossierRequest(audience="auditor"),
    )


def packed(opened: dict[str, bytes], method: int) -> bytes:
    """The same members as an ordinary program packs them."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as ordinary:
        for name, content in opened.items():
            ordinary.writestr(name, content)
    return file.getvalue()


def said(data: bytes) -> str:
    """Why a file is refused."""
    verdict = verify(data)
    assert (verdict.verdict, verdict.checks[-1].name) == ("not_ok", "container")
    return verdict.checks[-1].detail


@pytest.mark.parametrize(
    "method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
def test_a_dossier_that_was_packed_anew_says_that_only_the_packing_differs(
    dossier: bytes, method: int
) -> None:
    """A mail gateway changes no byte of a member; it is refused, and nobody is accused of a change."""
    reason = said(packed(container.decode(dossier), method))

    assert "only the packing differs" in reason
    assert "was changed" not in reason


def test_a_changed_member_in_an_ordinary_zip_is_not_called_a_matter_of_packing(dossier: bytes) -> None:
    """Only members that are as the manifest lists them are unchanged."""
    opened = container.decode(dossier)
    changed = {**opened, members.GAPS: opened[members.GAPS] + b"\n"}

    assert "packing" not in said(packed(changed, zipfile.ZIP_DEFLATED))


def behind(data: bytes, at: int, new: bytes, length: int) -> bytes:
    """The end of the directory with other bytes at an offset."""
    end = data.rfind(END)
    return data[: end + at] + new + data[end + at + length :]


def _second_directory(data: bytes) -> bytes:
    end = data.rfind(END)
    start = struct.unpack_from("<I", data, end + 16)[0]
    return data + data[start:]


def _other_name(data: bytes) -> bytes:
    at = data.rfind(members.REPORT.encode())
    return data[:at] + b"r" * len(members.REPORT) + data[at + len(members.REPORT) :]


def _twice(data: bytes) -> bytes:
    file = io.BytesIO(data)
    with zipfile.ZipFile(file, "a") as opened, pytest.warns(UserWarning, match="Duplicate"):
        opened.writestr(members.REPORT, b"another")
    return file.getvalue()


@pytest.mark.parametrize(
    ("crooked", "why"),
    [
        (lambda data: b"MZ" + data, "before its first member"),
        (lambda data: data + b"\n", "behind the end"),
        (lambda data: data + END + bytes(18), "directory"),
        (lambda data: behind(data, 20, b"\1\0x", 2), "comment"),
        (lambda data: behind(data, 12, bytes(4), 4), "does not lie where it says"),
        (lambda data: data[: len(data) // 2], "cut off"),
        (_second_directory, "disagree"),
        (_other_name, "one name in the directory and another"),
        (_twice, "more than once"),
        (lambda _: b"not a zip", "not a zip"),
        (lambda _: b"", "not a zip"),
    ],
)
def test_an_archive_that_programs_read_differently_is_refused_with_the_reason(
    dossier: bytes, crooked: Callable[[bytes], bytes], why: str
) -> None:
    """What one reader shows to a person is not what another verifies."""
    assert why in said(crooked(dossier))


def test_a_small_file_that_claims_a_great_size_is_not_unpacked(dossier: bytes) -> None:
    """Looking at why a file is refused costs no memory."""
    huge = packed({**container.decode(dossier), "x": b"\0" * 10}, zipfile.ZIP_DEFLATED)
    at = huge.rfind(b"PK\x01\x02")
    claimed = huge[: at + 24] + struct.pack("<I", 2**32 - 2) + huge[at + 28 :]

    assert said(claimed)
