"""The life of one request, from guards to a finished answer. Knows nothing of Flask."""

import dataclasses
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from core.errors import InputError, LoginNeeded, Refusal, SetupNeeded, TooMany, UpstreamError
from core.input.fields import Source
from core.input.reading import Client, RawRequest, declared, refuse_unknown, typed_fields
from core.look import LookSettings
from core.module import Function, Handler, Module, Output, Page
from core.output.forms import FormState
from core.output.slots import Format, Fragment, MenuEntry, Redirect, Stream, Wanted
from core.pipeline.admit import admit
from core.pipeline.failures import Failures
from core.pipeline.guesses import Guesses
from core.pipeline.meters import Meters
from core.pipeline.scope import Absent, Scope, SharedServices
from core.pipeline.target import shows_again, target_of
from core.settings import NoSettings, Owner, SettingsStore, UserSettings
from core.visitor.login import Clock
from core.visitor.permissions import Roles, User
from core.visitor.session import Session
from core.visitor.visit import Visit
from core.wiring.plan import DATA, STREAM, Plan, Wiring
from core.wiring.wire import wire

log = logging.getLogger("hm3.pipeline")


@dataclass(frozen=True)
class Shown:
    """A finished page: which fragments go into which slot. The renderer makes HTML of it.

    `wait` is how long whoever asked too often should wait; `called` is what the user reads of themselves.
    """

    page: Page
    slots: Mapping[str, Sequence[Fragment]]
    part: str | None = None
    status: int = 200
    look: LookSettings = field(default_factory=LookSettings)
    user: str | None = None
    menu: tuple[MenuEntry, ...] = ()
    form: FormState = field(default_factory=FormState)
    wait: timedelta | None = None
    called: str = ""

    @property
    def title(self) -> str:
        """The title that the page's body gives its document."""
        return next((fragment.title for fragment in self.slots.get(self.page.body.name, ())), "")


@dataclass(frozen=True)
class Data:
    """A finished JSON answer: one dataclass."""

    value: object
    status: int = 200


@dataclass(frozen=True)
class Streamed:
    """A file on its way. `close` must be called when the last chunk is out or the browser is gone."""

    stream: Stream
    close: Callable[[], None]


Answer = Shown | Data | Redirect | Streamed
# The answer to who only knocks: guards and access let them see the page.
LET_IN = Redirect("")


class Application:
    """All modules, wired. Answers requests."""

    def __init__(
        self,
        modules: Sequence[Module],
        *,
        configs: Mapping[type, object] | None = None,
        settings: SettingsStore | None = None,
        roles: Roles | None = None,
        clock: Clock | None = None,
        given: Sequence[object] = (),
        wiring: Wiring | None = None,
    ) -> None:
        """`wiring` is what `wire` made of these modules, where somebody needed it before."""
        self.wiring = wiring or wire(modules)
        self.clock = clock or Clock()
        self.roles = roles or Roles()
        self.failures = Failures()
        self.meters = Meters()
        self._settings = settings or NoSettings()
        self.shared = SharedServices(self.wiring, configs or {}, self.failures, self.meters, *given)

    def close(self) -> None:
        """Close what the process shares."""
        self.shared.close()

    def answer(
        self,
        page: Page,
        request: RawRequest,
        session: Session,
        wanted: Wanted | None = None,
        guesses: Guesses | None = None,
    ) -> Answer:
        """Guards, access, inputs, handlers, outputs: in this order, for every page and every format.

        Raises Refusal for what the visitor did and UpstreamError for what a server did. A refused form of a page
        with `retry` is shown again instead, with what was typed, under the refusal's status. Where `guesses` do not
        `hold` after all the answer is to be asked for again with them.
        """
        wanted = wanted or Wanted()
        try:
            return self._once(page, request, session, wanted, FormState(), 200, guesses)
        except (Refusal, UpstreamError) as error:
            if not shows_again(page, wanted, error):
                raise
            return self._again(page, request, session, error)

    def run(self, function: Function, arguments: Mapping[str, object]) -> object:
        """What a function of the command line returns, called with its arguments and what else it asks for."""
        session = Session()
        ambient = (session, self.clock, Client(), self.roles, self.user_settings(session), FormState(), Guesses())
        scope = Scope(self.shared, RawRequest(), *ambient)
        try:
            return scope.call(function, arguments)
        finally:
            scope.close()

    def typed(self, page: Page, request: RawRequest) -> tuple[tuple[str, str], ...]:
        """What a person typed into the fields this page declares, without secrets: to be offered again."""
        plan = self._plan(page)
        typed = typed_fields(plan.inputs, request)
        if not plan.takes_settings:
            return typed
        names = UserSettings(self.wiring.settings, self._settings, None).names()
        chosen = ((name, value) for name in sorted(names) for value in request.form.get(name, ())[-1:])
        return (("section", request.path.get("section", "")), *typed, *chosen)

    def user_settings(self, session: Session) -> UserSettings:
        """The settings of whoever has this session."""
        visitor = session.visitor
        owner = Owner(visitor.name, session.key) if isinstance(visitor, User) else None
        if session.settings is None or session.settings.owner != owner:
            session.settings = UserSettings(self.wiring.settings, self._settings, owner)
        return session.settings

    def _again(self, page: Page, request: RawRequest, session: Session, error: Refusal | UpstreamError) -> Answer:
        assert page.retry is not None
        errors = error.errors if isinstance(error, InputError) else ()
        message = "" if isinstance(error, InputError) else str(error)
        form = FormState(self.typed(page, request), errors, message)
        status = error.status if isinstance(error, Refusal) else HTTPStatus.BAD_GATEWAY
        names = {
            name
            for kind in self._plan(page.retry).inputs
            for source, name, _ in declared(kind)
            if source is Source.QUERY
        }
        query = {name: values for name, values in request.query.items() if name in names}
        shown_again = dataclasses.replace(request, method="GET", query=query, form={}, uploads={})
        answer = self._once(page.retry, shown_again, session, Wanted(), form, int(status))
        if isinstance(answer, Shown) and isinstance(error, TooMany):
            return dataclasses.replace(answer, wait=error.wait)
        return answer

    def _plan(self, page: Page) -> Plan:
        return self.wiring.plans[page.name]

    def _once(
        self,
        page: Page,
        request: RawRequest,
        session: Session,
        wanted: Wanted,
        form: FormState,
        status: int,
        guesses: Guesses | None = None,
    ) -> Answer:
        guesses = guesses or Guesses()
        background = page.background or request.headers.get("x-hm3-background") == "1"
        visit = Visit(page, request.address, wanted, background, request.content)
        ambient = (session, self.clock, request.client, self.roles, self.user_settings(session), form, visit, guesses)
        scope = Scope(self.shared, request, *ambient)
        before = session.visitor
        try:
            stop = self._guard(scope)
            if stop is None and session.visitor is not before and session.visitor != before:
                # A guard let somebody in, or out: what was made for the visitor before is not for them.
                scope.close()
                return self._once(page, request, session, wanted, form, status, guesses)
            answer = stop or self._run(page, request, session, wanted, scope, status)
            if not guesses.hold(wait=isinstance(answer, Stream)):
                scope.close()
                return self._once(page, request, session, wanted, form, status, guesses)
            if isinstance(answer, Redirect) and answer.notice is not None and wanted.format is Format.HTML:
                session.notices.append(answer.notice)
        except BaseException as error:
            scope.close(error)
            if not guesses.hold(wait=True) and isinstance(error, Exception):
                return self._once(page, request, session, wanted, form, status, guesses)
            raise
        if isinstance(answer, Stream):
            return Streamed(answer, scope.close)
        scope.close()
        return answer

    def _guard(self, scope: Scope) -> Redirect | None:
        for guard in self.wiring.guards:
            if (stop := scope.call(guard.function)) is not None:
                assert isinstance(stop, Redirect)
                return stop
        return None

    def _run(
        self, page: Page, request: RawRequest, session: Session, wanted: Wanted, scope: Scope, status: int
    ) -> Shown | Data | Redirect | Stream:
        admit(page, session, scope, self.roles)
        if request.knocks:
            return LET_IN
        plan = self._plan(page)
        target = target_of(plan, wanted)
        self._read_inputs(plan, request, scope)
        is_timed = self.meters.now is not None or log.isEnabledFor(logging.DEBUG)
        for handler in plan.runs[target]:
            value = self._call(handler, page, scope, is_timed)
            if isinstance(value, Redirect):
                return value
            if value is not None:
                scope.add(value)
        return self._show(plan, target, wanted, scope, session, status, is_timed)

    def _read_inputs(self, plan: Plan, request: RawRequest, scope: Scope) -> None:
        also = scope.call(_settings_names) if plan.takes_settings else ()
        if not plan.page.lenient:
            refuse_unknown(plan.inputs, request, also)
        scope.make(plan.inputs)

    def _show(
        self, plan: Plan, target: str, wanted: Wanted, scope: Scope, session: Session, status: int, is_timed: bool
    ) -> Shown | Data | Stream:
        outputs = plan.outputs_for(target)
        if target == STREAM:
            stream: Stream = scope.call(outputs[0].function)
            return stream
        if target == DATA:
            return Data(scope.call(outputs[0].function), status)
        slots: dict[str, list[Fragment]] = {}
        for output in outputs:
            if (fragment := self._call(output, plan.page, scope, is_timed)) is not None:
                slots.setdefault(output.slot.name, []).append(fragment)
        user = session.visitor.name if isinstance(session.visitor, User) else None
        is_whole = wanted.part is None and plan.page.layout is not None
        menu = sorted(scope.call(_menu), key=lambda entry: (entry.position, entry.label)) if user and is_whole else ()
        look, form = scope.call(_look)
        # A name that a provider gave is for tables; an address is for people.
        called = session.address or user or ""
        return Shown(plan.page, slots, wanted.part, status, look, user, tuple(menu), form, called=called)

    # Any: the function's own result.
    def _call(self, step: Handler | Output, page: Page, scope: Scope, is_timed: bool) -> Any:
        """Run a handler or output. What one module adds to another's page may fail without breaking it."""
        if step.module == page.module:
            return self._timed(step, scope) if is_timed else scope.call(step.function)
        failures, name = self.failures, step.function.__qualname__
        if failures.some and failures.is_off(step.module, name, self.clock.now()):
            return None
        try:
            value = self._timed(step, scope) if is_timed else scope.call(step.function)
        except (Absent, SetupNeeded):
            return None
        except InputError:  # what a visitor typed is no failure of the module; the page's owner answers it
            return None
        except LoginNeeded:
            raise
        except Exception as error:  # a contribution of any quality must not break its host's page
            failing = failures.failed(step.module, name, str(error), self.clock.now())
            log.exception("left out %s.%s (failure %d in a row)", step.module, name, failing.in_a_row)
            return None
        if failures.some:
            failures.worked(step.module, name)
        return value

    def _timed(self, step: Handler | Output, scope: Scope) -> Any:  # Any: the function's own result.
        """The same, with its time added to what the request measures, and told in the log."""
        name, started = f"{step.module}.{step.function.__qualname__}", time.perf_counter()
        try:
            return scope.call(step.function)
        finally:
            took = time.perf_counter() - started
            self.meters.add(name, took, 1)
            log.debug("%s %.1f ms", name, took * 1000)


def _menu(entries: tuple[MenuEntry, ...]) -> tuple[MenuEntry, ...]:
    return entries


def _look(look: LookSettings, form: FormState) -> tuple[LookSettings, FormState]:
    return look, form


def _settings_names(settings: UserSettings) -> tuple[str, ...]:
    return tuple(settings.names())
