"""Names that are imported when they are first used."""

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from kansa.lazy_imports import LazyName, make_ready

SUBJECT = """
from kansa.lazy_imports import lazy_imports

with lazy_imports():
    import lazy_body as whole
    from lazy_body import Thing, number as renamed, twice

def annotated(thing: Thing | None, other: "int") -> list[Thing]: ...
def checks(value): return isinstance(value, Thing)
def helper(value): return twice(value)
def calls(value): return [helper(each) for each in value]
"""
BODY = "number = 7\nclass Thing: pass\ndef twice(value): return 2 * value\n"


@pytest.fixture
def subject(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A module whose names are lazy; what they come from is not imported yet."""
    (tmp_path / "lazy_body.py").write_text(BODY)
    monkeypatch.syspath_prepend(tmp_path)
    module = ModuleType("lazy_subject")
    sys.modules[module.__name__] = module
    exec(compile(SUBJECT, "lazy_subject", "exec"), module.__dict__)  # noqa: S102 - the text above
    assert "lazy_body" not in sys.modules
    yield module
    sys.modules.pop("lazy_body", None)
    sys.modules.pop("lazy_subject", None)


def test_a_lazy_name_is_imported_by_its_first_use_and_bound_under_the_name_it_was_given(subject: Any) -> None:
    """From then on the namespace holds the value itself, and nothing else that was not used."""
    assert subject.calls([1, 2]) == [2, 4]
    assert subject.twice is sys.modules["lazy_body"].twice
    assert isinstance(vars(subject)["renamed"], LazyName)

    assert subject.whole.number == 7
    assert subject.whole is sys.modules["lazy_body"]


def test_a_function_that_is_made_ready_holds_the_values_that_it_and_its_helpers_name(subject: Any) -> None:
    """`isinstance` and comparisons see the class, not what stood for it."""
    make_ready(subject.calls)
    assert subject.twice is sys.modules["lazy_body"].twice
    assert isinstance(vars(subject)["Thing"], LazyName)

    make_ready(subject.checks)
    assert subject.Thing is sys.modules["lazy_body"].Thing


def test_a_lazy_class_answers_isinstance_before_it_is_ready(subject: Any) -> None:
    """A helper may be called by itself, as tests do."""
    assert not subject.checks(3)
    assert subject.checks(sys.modules["lazy_body"].Thing())


def test_a_name_that_its_module_does_not_have_is_an_import_error_at_its_use(subject: Any) -> None:
    """The error says which name of which module."""
    with pytest.raises(ImportError, match="cannot import name `absent` from `lazy_body`"):
        LazyName("lazy_body", "absent", vars(subject)).load()


@pytest.mark.parametrize("form", ["from . import a", "import os.path", "from os import *"])
def test_a_form_that_cannot_be_delayed_is_refused(form: str) -> None:
    """Nothing is imported late or early by accident."""
    program = f"from kansa.lazy_imports import lazy_imports\nwith lazy_imports():\n    {form}\n"
    scope = {"__package__": "kansa", "__name__": "kansa.subject"}
    if "*" in form:
        with pytest.raises(SyntaxError):
            exec(f"def f():\n    {form}", scope)  # noqa: S102 - Python itself refuses it below module level
        return
    with pytest.raises(ImportError, match="cannot be imported lazily"):
        exec(program, scope)  # noqa: S102 - the text above


def test_imports_after_the_block_are_not_delayed(subject: Any) -> None:
    """The block ends where it is left."""
    import lazy_body  # type: ignore[import-not-found]  # noqa: PLC0415

    assert lazy_body.number == 7
    assert not isinstance(lazy_body, LazyName)
    assert subject.helper(2) == 4
