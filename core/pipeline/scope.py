"""What one request knows so far, by type, and what it has opened and must close."""

import inspect
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import cache
from typing import Any, NamedTuple

from core.errors import WebmailError
from core.ini.schema import is_named
from core.input.fields import IS_INPUTS
from core.input.reading import RawRequest, read_inputs
from core.module import Function
from core.settings import SubmittedSettings, UserSettings
from core.wiring.later import Later
from core.wiring.plan import Wiring
from core.wiring.signature import Arity, Need, needs

# What is asked for: its type, whether all there are, whether later, and the whole need.
_Asked = tuple[type, bool, bool, Need]

_ALL, _OPTIONAL = Arity.ALL, Arity.OPTIONAL


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
        self.makers = {kind: tuple(map(_calling, makers)) for kind, makers in wiring.services.items()}
        # What requests take from here without asking again. What services make is theirs, whatever is shared.
        self.ready = {kind: values for kind, values in self._values.items() if kind not in wiring.services}
        # Of these there is something to find, of no others.
        self.kinds = frozenset({*self._values, *wiring.configs, *wiring.shared})
        self._lock = threading.RLock()
        self._open = ExitStack()

    def find(self, kind: type) -> tuple[object, ...] | None:
        """All shared values of a type, or None where the type is not shared."""
        found = self._find(kind)
        if found is not None and kind not in self._wiring.services:
            self.ready[kind] = found
        return found

    def close(self) -> None:
        """Close what generators made, the last one first."""
        self._open.close()

    def _find(self, kind: type) -> tuple[object, ...] | None:
        if kind in self._values:
            return self._values[kind]
        if kind in self._wiring.configs:
            self._values[kind] = () if is_named(kind) else (kind(),)
            return self._values[kind]
        if kind not in self._wiring.shared:
            return None
        with self._lock:
            if kind not in self._values:
                self._values[kind] = tuple(self._made(maker) for maker in self._wiring.shared[kind])
        return self._values[kind]

    def _made(self, maker: Function) -> object:
        calling = _calling(maker)
        made = calling.call(*[self._argument(need) for *_, need in calling.asked])
        return self._open.enter_context(made) if calling.opens else made

    def _argument(self, need: Need) -> object:
        if need.later:
            return Later(lambda: pick(need, self.find(need.kind) or ()))
        return pick(need, self.find(need.kind) or ())


class Scope:
    """Values by type for one request. A value is added once and never changed."""

    def __init__(self, wiring: Wiring, shared: SharedServices, request: RawRequest, *ambient: object) -> None:
        self._wiring = wiring
        self._shared = shared
        self._ready = shared.ready
        self._request = request
        self._makers = shared.makers
        # One of each type.
        self._values: dict[type, tuple[object, ...]] = {type(value): (value,) for value in ambient}
        self._open: list[AbstractContextManager[object]] = []

    def add(self, value: object) -> None:
        """Add a result, or one more of its type."""
        kind, values = type(value), self._values
        values[kind] = (*values[kind], value) if kind in values else (value,)

    # Any: the function's own result.
    def call(self, function: Function, given: Mapping[str, object] | None = None) -> Any:
        """Call a function with what it asks for, found by type, or `given` by its parameter's name.

        Raises Absent where a needed result is missing.
        """
        calling = _calling(function)
        if not given:
            return calling.call(*self._arguments(calling.asked))
        rest = [one for one in calling.asked if one[-1].name not in given]
        found = {one[-1].name: value for one, value in zip(rest, self._arguments(rest), strict=True)}
        return function(**given, **found)

    def all(self, kind: type) -> tuple[object, ...]:
        """All values of a type, made now where they can be."""
        values = self._values
        if kind not in values:
            if kind in self._ready:
                return self._ready[kind]
            values[kind] = self._make(kind)
        return values[kind]

    def close(self, error: BaseException | None = None) -> None:
        """Close what was opened, the last one first; services learn of the error that ended the request."""
        opened, self._open = self._open, []
        if len(opened) == 1 and error is None:
            opened[0].__exit__(None, None, None)
        elif opened:
            stack = ExitStack()
            for one in opened:
                stack.push(one)
            stack.__exit__(*((None, None, None) if error is None else (type(error), error, error.__traceback__)))

    def _arguments(self, asked: Sequence[_Asked]) -> list[object]:
        """What parameters get by their types. Every function that a request calls passes here."""
        # Looked up without a call: there are hundreds of parameters in a page.
        values, ready = self._values, self._ready
        # As many as are asked for; each is put in the place of what asks for it.
        arguments: list[object] = [*asked]
        for place, (kind, is_all, later, need) in enumerate(asked):
            if later:
                arguments[place] = self._later(need)
            else:
                if kind in values:
                    found = values[kind]
                elif kind in ready:
                    found = ready[kind]
                else:
                    found = values[kind] = self._make(kind)
                arguments[place] = found if is_all else found[0] if found else pick(need, found)
        return arguments

    def _later(self, need: Need) -> Later[Any]:
        return Later(lambda: pick(need, self.all(need.kind)))

    def _make(self, kind: type) -> tuple[object, ...]:
        if kind in self._makers:
            made: tuple[object, ...] = ()
            for maker in self._makers[kind]:
                service = maker.call(*self._arguments(maker.asked)) if maker.asked else maker.call()
                if maker.opens:
                    service = self._entered(service)
                if service is not None:
                    made = (*made, service)
            return made
        if kind in self._wiring.settings:
            return (self._user_settings().get(kind),)
        if IS_INPUTS in kind.__dict__:
            return (read_inputs(kind, self._request),)
        if kind in self._shared.kinds:
            return self._shared.find(kind) or ()
        if kind is SubmittedSettings:
            return (self._user_settings().submitted(self._request),)
        return ()

    def _entered(self, made: AbstractContextManager[object]) -> object:
        """The service that a generator made, which is closed with the request."""
        value = made.__enter__()
        self._open.append(made)
        return value

    def _user_settings(self) -> UserSettings:
        # Each request brings them with it.
        (found,) = self._values[UserSettings]
        assert isinstance(found, UserSettings)
        return found


def pick(need: Need, values: tuple[object, ...]) -> object:
    """What one parameter gets of the values of its type."""
    if need.arity is _ALL:
        return values
    if not values and need.arity is not _OPTIONAL:
        raise Absent(f"{need.kind.__name__} is not there.")
    return values[0] if values else None


class _Calling(NamedTuple):
    """How a function is called: what it asks for, in order, and what takes that by place.

    What `opens` makes of a generator what is entered for its service and left when that is closed.
    """

    asked: tuple[_Asked, ...]
    call: Callable[..., Any]  # Any: the function's own result.
    opens: bool


@cache
def _calling(function: Function) -> _Calling:
    asked = needs(function)
    opens = inspect.isgeneratorfunction(function)
    call = contextmanager(function) if opens else function
    if any(one.kind is one.KEYWORD_ONLY for one in inspect.signature(function).parameters.values()):
        call = _by_name(call, tuple(need.name for need in asked))
    return _Calling(tuple((need.kind, need.arity is _ALL, need.later, need) for need in asked), call, opens)


def _by_name(function: Function, names: tuple[str, ...]) -> Function:
    """The function, some of whose parameters have to be named, taking all of them by place."""
    return lambda *values: function(**dict(zip(names, values, strict=True)))
