"""Import names when they are first used: what PEP 810 (`lazy from module import name`) does, for today's Python.

    with lazy_imports():
        from kansa.application.flags import FlagService

`FlagService` stands for the class until it is called, looked into or made ready; then its module is imported and the
name is bound to the class itself, wherever this namespace holds it. A command's help and its errors need signatures
alone, and one command needs a tenth of what all commands need: imports are most of the time that a short command takes.

What a module uses while it is being imported (base classes, decorators, default values, types that a parser of the
command line reads) and exceptions that are caught belong above the block: `except` asks for a class. An error in a
module that is imported late is raised where the name is first used. Not for threads that import at the same time.
"""

import builtins
import importlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import CodeType, FunctionType
from typing import Any


class LazyName:
    """A name of a module that is not imported yet; it becomes the value in the namespace that it was imported into."""

    __slots__ = ("_module", "_name", "_scope")

    def __init__(self, module: str, name: str | None, scope: dict[str, Any]) -> None:
        """Stand for `name` of `module`, or for the module itself where there is no name."""
        self._module, self._name, self._scope = module, name, scope

    def __repr__(self) -> str:
        return f"<lazy {self._module}{f'.{self._name}' if self._name else ''}>"

    def load(self) -> Any:
        """Import the module, bind the name to its value, and return the value.

        Raises:
            ImportError: there is no such module, or no such name in it.
        """
        value = importlib.import_module(self._module)
        if self._name is not None:
            value = _member(value, self._name)
        for bound in [key for key, each in self._scope.items() if each is self]:
            self._scope[bound] = value
        return value

    def __getattr__(self, name: str) -> Any:
        return getattr(self.load(), name)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.load()(*args, **kwargs)

    def __getitem__(self, key: Any) -> Any:
        return self.load()[key]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.load())

    def __len__(self) -> int:
        return len(self.load())

    def __contains__(self, value: object) -> bool:
        return value in self.load()

    def __instancecheck__(self, instance: object) -> bool:
        return isinstance(instance, self.load())

    def __or__(self, other: Any) -> "LazyName":
        return self  # `Name | None` in an annotation

    __ror__ = __or__


def _member(module: Any, name: str) -> Any:
    try:
        return getattr(module, name)
    except AttributeError:
        try:
            return importlib.import_module(f"{module.__name__}.{name}")
        except ModuleNotFoundError as error:
            raise ImportError(f"cannot import name `{name}` from `{module.__name__}`") from error


class _LazyModule:
    """What `from module import name` takes its names from."""

    def __init__(self, module: str, scope: dict[str, Any]) -> None:
        self._module, self._scope = module, scope

    def __getattr__(self, name: str) -> LazyName:
        return LazyName(self._module, name, self._scope)


@contextmanager
def lazy_imports() -> Iterator[None]:
    """Delay every `from module import name` and `import module` of the block until the name is used.

    Raises:
        ImportError: the block holds a form that cannot be delayed: relative, `*`, or `import package.module`.
    """
    before = builtins.__import__

    def delayed(
        name: str,
        globals: Mapping[str, object] | None = None,  # noqa: A002 - the parameters of `__import__`
        locals: Mapping[str, object] | None = None,  # noqa: A002, ARG001
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> Any:
        if (
            level
            or not isinstance(globals, dict)
            or "*" in (fromlist or ())
            or not (fromlist or "." not in name)
        ):
            raise ImportError(f"`{name}` cannot be imported lazily in this form")
        return _LazyModule(name, globals) if fromlist else LazyName(name, None, globals)

    builtins.__import__ = delayed
    try:
        yield
    finally:
        builtins.__import__ = before


def make_ready(function: Callable[..., Any]) -> None:
    """Import what a function may use: the lazy names that it, and the functions it names, read from their modules."""
    seen: set[int] = set()
    waiting: list[Any] = [function]
    while waiting:
        each = waiting.pop()
        if isinstance(each, LazyName):
            each.load()
        elif isinstance(each, FunctionType) and id(each) not in seen and _has_lazy(each.__globals__):
            seen.add(id(each))
            waiting += [each.__globals__[name] for name in _names(each.__code__) if name in each.__globals__]


def _has_lazy(scope: Mapping[str, Any]) -> bool:
    return any(isinstance(value, LazyName) for value in scope.values())


def _names(code: CodeType) -> Iterator[str]:
    """Yield the names that code, and code within it, reads by name."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)
