"""What one request knows so far, by type, and what it has opened and must close."""

import inspect
import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import cache
from typing import Any

from core.errors import WebmailError
from core.ini.schema import is_named
from core.input.fields import is_inputs
from core.input.reading import RawRequest, read_inputs
from core.module import Function
from core.settings import SubmittedSettings, UserSettings
from core.wiring.plan import Wiring
from core.wiring.signature import Arity, Need, needs


class Absent(WebmailError):
    """A needed result is missing because the contribution that makes it failed or made none."""


class SharedServices:
    """What is made once a process, when first asked for, and closed at shutdown."""

    def __init__(self, wiring: Wiring, configs: Mapping[type, object], *given: object) -> None:
        self._wiring = wiring
        self._values: dict[type, tuple[object, ...]] = {
            kind: value if isinstance(value, tuple) else (value,) for kind, value in configs.items()
        }
        self._values |= {type(value): (value,) for value in given}
        self._lock = threading.RLock()
        self._open = ExitStack()

    def find(self, kind: type) -> tuple[object, ...] | None:
        """All shared values of a type, or None where the type is not shared."""
        if kind in self._values:
            return self._values[kind]
        if kind in self._wiring.configs:
            self._values[kind] = () if is_named(kind) else (kind(),)
            return self._values[kind]
        if kind not in self._wiring.shared:
            return None
        with self._lock:
            if kind not in self._values:
                self._values[kind] = tuple(
                    open_with(self._open, maker, self._arguments(maker)) for maker in self._wiring.shared[kind]
                )
        return self._values[kind]

    def close(self) -> None:
        """Close what generators made, the last one first."""
        self._open.close()

    def _arguments(self, maker: Function) -> dict[str, object]:
        return {need.name: pick(need, self.find(need.kind) or ()) for need in needs(maker)}


class Scope:
    """Values by type for one request. A value is added once and never changed."""

    def __init__(self, wiring: Wiring, shared: SharedServices, request: RawRequest, *ambient: object) -> None:
        self._wiring = wiring
        self._shared = shared
        self._request = request
        self._values: dict[type, tuple[object, ...]] = {}
        self._open = ExitStack()
        for value in ambient:
            self.add(value)

    def add(self, value: object) -> None:
        """Add a result, or one more of its type."""
        self._values[type(value)] = (*self._values.get(type(value), ()), value)

    # Any: the function's own result.
    def call(self, function: Function, given: Mapping[str, object] | None = None) -> Any:
        """Call a function with what it asks for, found by type, or `given` by its parameter's name.

        Raises Absent where a needed result is missing.
        """
        asked = needs(function)
        return function(**given, **self._arguments(asked, given)) if given else function(**self._arguments(asked))

    def all(self, kind: type) -> tuple[object, ...]:
        """All values of a type, made now where they can be."""
        if kind not in self._values:
            self._values[kind] = self._make(kind)
        return self._values[kind]

    def close(self, error: BaseException | None = None) -> None:
        """Close what was opened, the last one first; services learn of the error that ended the request."""
        if error is None:
            self._open.close()
        else:
            self._open.__exit__(type(error), error, error.__traceback__)

    def _arguments(self, asked: tuple[Need, ...], given: Mapping[str, object] | None = None) -> dict[str, object]:
        """What parameters get by their types. Every function that a request calls passes here."""
        values = self._values
        arguments: dict[str, object] = {}
        for need in asked:
            if given and need.name in given:
                continue
            found = values.get(need.kind)
            if found is None:
                found = self.all(need.kind)
            arguments[need.name] = found[0] if found and need.arity is not Arity.ALL else pick(need, found)
        return arguments

    def _make(self, kind: type) -> tuple[object, ...]:
        makers = self._wiring.services.get(kind)
        if makers is not None:
            made = [open_with(self._open, maker, self._arguments(needs(maker))) for maker in makers]
            return tuple(service for service in made if service is not None)
        if (shared := self._shared.find(kind)) is not None:
            return shared
        if is_inputs(kind):
            return (read_inputs(kind, self._request),)
        if kind is SubmittedSettings:
            return (self._user_settings().submitted(self._request),)
        if kind in self._wiring.settings:
            return (self._user_settings().get(kind),)
        return ()

    def _user_settings(self) -> UserSettings:
        (found,) = self.all(UserSettings)
        assert isinstance(found, UserSettings)
        return found


def pick(need: Need, values: tuple[object, ...]) -> object:
    """What one parameter gets of the values of its type."""
    if need.arity is Arity.ALL:
        return values
    if not values and need.arity is Arity.ONE:
        raise Absent(f"{need.kind.__name__} is not there.")
    return values[0] if values else None


def open_with(stack: ExitStack, maker: Function, arguments: Mapping[str, object]) -> object:
    """Make a service; one made by a generator is closed with the stack."""
    opener = _opener(maker)
    return maker(**arguments) if opener is None else stack.enter_context(opener(**arguments))


# Any: a service of any type.
@cache
def _opener(maker: Function) -> Callable[..., AbstractContextManager[Any]] | None:
    """What opens and closes a service that a generator makes; None for others."""
    return contextmanager(maker) if inspect.isgeneratorfunction(maker) else None
