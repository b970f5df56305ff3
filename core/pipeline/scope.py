"""What one request knows so far, by type, and what it has opened and must close."""

import threading
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, ExitStack
from functools import partial
from operator import methodcaller
from typing import Any

from core.errors import WebmailError
from core.ini.schema import is_named
from core.input.fields import IS_INPUTS
from core.input.reading import RawRequest, read_inputs
from core.module import Function
from core.pipeline.calling import Asked, Calling, Key, asked, calling, key, taking
from core.settings import SubmittedSettings, UserSettings
from core.wiring.later import Later
from core.wiring.plan import Wiring
from core.wiring.signature import Arity, Need, needs

_ALL, _OPTIONAL = Arity.ALL, Arity.OPTIONAL
# What a scope finds its request by. No function can ask for that: what arrived is for those that read inputs from it.
_ARRIVED = Asked(RawRequest, Arity.ONE, later=False)


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
        # What requests begin with: what was asked for before, and what there is one of.
        self.ready: dict[Key, object] = {}
        # What makes each request its own value of a type that has one maker; inputs join when first asked for.
        self.makers = {
            SubmittedSettings: Calling(taking(UserSettings, _ARRIVED), UserSettings.submitted),
            **{kind: Calling(taking(UserSettings), methodcaller("get", kind)) for kind in wiring.settings},
            **{kind: calling(makers[0]) for kind, makers in wiring.services.items() if len(makers) == 1},
        }
        # What several make.
        self.many = {kind: tuple(map(calling, makers)) for kind, makers in wiring.services.items() if len(makers) > 1}
        # Of these there is something to find, of no others.
        self.kinds = frozenset({*self._values, *wiring.configs, *wiring.shared})
        self._lock = threading.RLock()
        self._open = ExitStack()

    def find(self, kind: type) -> tuple[object, ...] | None:
        """All shared values of a type, or None where the type is not shared."""
        found = self._find(kind)
        # What services make is theirs, whatever is shared.
        if found is not None and len(found) == 1 and kind not in self._wiring.services:
            self.ready[kind] = found[0]
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
        how = calling(maker)
        made = how.call(*[self._argument(need) for need in needs(maker)])
        return self._open.enter_context(made) if how.opens else made

    def _argument(self, need: Need) -> object:
        if need.later:
            return Later(lambda: _pick(need, self.find(need.kind) or ()))
        return _pick(need, self.find(need.kind) or ())


class Scope(dict[Key, object]):
    """Values by type for one request. A value is added once and never changed.

    What is asked for by `[]` and not there yet is made: hundreds of parameters in a page are found without a call.
    """

    __slots__ = ("_makers", "_open", "_several", "_shared", "_without")

    def __init__(self, shared: SharedServices, request: RawRequest, *ambient: object) -> None:
        super().__init__(shared.ready)
        # One of each type.
        for value in ambient:
            self[type(value)] = value
        self[_ARRIVED] = request
        self._shared = shared
        self._makers = shared.makers
        # All of a type, where there is more than one; each type's first is with the others.
        self._several: dict[type, tuple[object, ...]] = {}
        # What had makers that made none.
        self._without: set[type] = set()
        self._open: list[AbstractContextManager[object]] = []

    def __missing__(self, wanted: Key, *, is_needed: bool = True) -> object:
        """Make what is asked for, now that it can be, and keep it; None where there is none.

        Raises Absent where that `is_needed`.
        """
        if type(wanted) is Asked:
            return self._as_asked(wanted)
        value: object = None
        if wanted in self._makers:
            if wanted not in self._without:
                maker = self._makers[wanted]
                value = maker.call(*maker.take(self))
                if maker.opens:
                    value = self._entered(value)
                if value is None:
                    self._without.add(wanted)
                else:
                    self[wanted] = value
        else:
            value = self._found(wanted)
        if value is None and is_needed:
            raise Absent(f"{wanted.__name__} is not there.")
        return value

    def add(self, value: object) -> None:
        """Add a result, or one more of its type."""
        kind: type = type(value)
        if kind not in self:
            self[kind] = value
        elif self[kind] is self._shared.ready.get(kind):
            # It counts in place of what is shared.
            self[kind] = value
            self.pop(asked(kind, _OPTIONAL), None)
        else:
            self._several[kind] = (*self._all(kind), value)

    # Any: the function's own result.
    def call(self, function: Function, given: Mapping[str, object] | None = None) -> Any:
        """Call a function with what it asks for, found by type, or `given` by its parameter's name.

        Raises Absent where a needed result is missing.
        """
        if not given:
            how = calling(function)
            return how.call(*how.take(self))
        found = {need.name: self[key(need)] for need in needs(function) if need.name not in given}
        return function(**given, **found)

    def make(self, kinds: Iterable[type]) -> None:
        """Make values of types now, one after the other."""
        for kind in kinds:
            if kind not in self:
                self.__missing__(kind, is_needed=False)

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

    def _as_asked(self, wanted: Asked) -> object:
        """What is asked for later, or what there may be none or several of."""
        kind, arity = wanted.kind, wanted.arity
        if wanted.later:
            return Later(lambda: self[asked(kind, arity)])
        if arity is _ALL:
            return self._all(kind)
        value = self[kind] if kind in self else self.__missing__(kind, is_needed=False)
        if value is not None:
            # What is not there may still be added.
            self[wanted] = value
        return value

    def _all(self, kind: type) -> tuple[object, ...]:
        first = self[kind] if kind in self else self.__missing__(kind, is_needed=False)
        if kind in self._several:
            return self._several[kind]
        return () if first is None else (first,)

    def _found(self, kind: type) -> object | None:
        """What has not one maker: what several make, inputs when first asked for, and what is shared."""
        if kind in self._shared.many:
            values = self._made_by(self._shared.many[kind]) if kind not in self._without else ()
            self._without.add(kind)
        elif IS_INPUTS in kind.__dict__:
            self._makers[kind] = Calling(taking(_ARRIVED), partial(read_inputs, kind))
            return self.__missing__(kind)
        else:
            values = (self._shared.find(kind) or ()) if kind in self._shared.kinds else ()
        if not values:
            return None
        self[kind] = values[0]
        if len(values) > 1:
            self._several[kind] = values
        return values[0]

    def _made_by(self, makers: Iterable[Calling]) -> tuple[object, ...]:
        made: tuple[object, ...] = ()
        for maker in makers:
            value: object = maker.call(*maker.take(self))
            if maker.opens:
                value = self._entered(value)
            if value is not None:
                made = (*made, value)
        return made

    def _entered(self, made: Any) -> object:  # Any: the context manager of a generator
        """The service that a generator made, which is closed with the request."""
        value: object = made.__enter__()
        self._open.append(made)
        return value


def _pick(need: Need, values: tuple[object, ...]) -> object:
    """What one parameter gets of the values of its type."""
    if need.arity is _ALL:
        return values
    if not values and need.arity is not _OPTIONAL:
        raise Absent(f"{need.kind.__name__} is not there.")
    return values[0] if values else None
