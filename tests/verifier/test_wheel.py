"""The stand-alone verifier: what is in its wheel, and that it says the same in an empty environment."""

import importlib.util
import json
import subprocess
import sys
import venv
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

from kansa.application import coherence, dossiers
from kansa.dossier.verify import verify
from kansa.ledger import policy
from worlds import small_vault

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from this tree."""
    made = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(made)]
    subprocess.run(build, cwd=ROOT / "verifier", check=True, capture_output=True)
    (found,) = made.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def empty_environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel, `cryptography` and `msgspec`, and nothing else; the path of its Python."""
    root = tmp_path_factory.mktemp("empty") / "venv"
    venv.create(root)
    uv = Path(sys.executable).parent / "uv"
    install = [str(uv), "pip", "install", "--quiet", "--python", str(root / "bin" / "python")]
    lock = ROOT / "locks" / "runtime.txt"
    subprocess.run([*install, "--constraint", str(lock), "cryptography", "msgspec"], check=True)
    subprocess.run([*install, "--no-deps", str(wheel)], check=True)
    return root / "bin" / "python"


def closure() -> ModuleType:
    """The build hook as a module."""
    spec = importlib.util.spec_from_file_location("closure", ROOT / "verifier" / "closure.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_wheel_is_small_and_holds_no_module_by_the_old_name(wheel: Path) -> None:
    """Both wheels can be installed side by side."""
    with zipfile.ZipFile(wheel) as opened:
        modules = [name for name in opened.namelist() if name.endswith(".py")]
        sources = b"".join(opened.read(name) for name in modules)

    assert wheel.stat().st_size < 260_000
    assert all(name.startswith("kansa_verify/") for name in modules)
    assert b"\nfrom kansa." not in sources
    assert "kansa_verify/coherence/sweep.py" in modules
    assert not [name for name in modules if "duckdb" in name or "sqlite" in name]


def test_a_module_that_needs_more_fails_the_build() -> None:
    """The verifier cannot quietly grow a database."""
    with pytest.raises(ValueError, match="must do without"):
        closure().closure("kansa.coherence.assess")


def test_it_says_the_same_in_an_empty_environment(empty_environment: Path, tmp_path: Path) -> None:
    """Same verdict, same checks, same exit codes as `kansa verify`."""
    vault = small_vault(tmp_path / "vault")
    data = dossiers.build(
        vault,
        coherence.ask(vault, coherence.CoherenceQuestion()),
        dossiers.DossierRequest(audience="auditor"),
    )
    dossier, trust, changed = tmp_path / "d.zip", tmp_path / "trust.policy", tmp_path / "changed.zip"
    dossier.write_bytes(data)
    changed.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    trust.write_text(vault.trust_policy())

    def alone(*arguments: object) -> tuple[int, str]:
        command = [str(empty_environment.parent / "kansa-verify"), *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, check=False, text=True)
        return done.returncode, done.stdout

    code, out = alone(dossier, "--trust", trust, "--json")
    assert (code, json.loads(out)) == (0, verify(data, policy.parse(trust.read_bytes())).as_json())
    assert alone(dossier)[0] == 1
    assert alone(dossier, "--allow-unpinned")[0] == 0
    assert alone(changed, "--trust", trust)[0] == 1
    assert alone(tmp_path / "absent.zip")[0] == 2
    listed = subprocess.run(
        [
            empty_environment,
            "-c",
            "import importlib.util as u; print([n for n in ('duckdb', 'pyarrow', 'sqlalchemy', 'kansa') if u.find_spec(n)])",
        ],
        capture_output=True,
        check=True,
        text=True,
    )
    assert listed.stdout.strip() == "[]"
