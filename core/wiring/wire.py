"""Check at boot that all modules fit together, and settle the order of everything."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from core.database.engine import Database
from core.database.settings import StoredSettings
from core.ini.app import AppConfig
from core.ini.session import SessionConfig
from core.input.reading import Client
from core.look import LookSettings, visitor_zone
from core.module import Function, Guard, Handler, Module, Output, Page
from core.output.forms import FormState
from core.output.slots import DataSlot, Slot, StreamSlot, layout_sidebar
from core.pipeline.failures import Failures
from core.pipeline.guesses import Guesses
from core.pipeline.meters import Meters
from core.security.crypto import CryptoConfig
from core.security.held import ServerKeys, VaultKeys
from core.security.passwords import PasswordHasher
from core.settings import SubmittedSettings, UserSettings
from core.visitor.devices import Devices
from core.visitor.farewell import Farewell
from core.visitor.keys import Keyring
from core.visitor.left import LeftBehind
from core.visitor.living import LivingSessions
from core.visitor.login import Clock, Login, PasswordCheck
from core.visitor.permissions import Candidate, Roles, User
from core.visitor.renewal import KeyRenewal, open_resealing
from core.visitor.revocation import Revocation
from core.visitor.session import Session
from core.visitor.store import SessionStore
from core.visitor.visit import Visit
from core.wiring.check import (
    check_checks,
    check_commands,
    check_factory,
    check_guard,
    check_handler,
    check_inputs,
    check_modules,
    check_needs,
    check_neighbours_run,
    check_outputs,
    check_pages,
    check_placement,
    check_replacements,
    check_sections,
)
from core.wiring.order import in_order, refuse_circles
from core.wiring.plan import Plan, Wiring, make_plan
from core.wiring.signature import Arity, is_typed, needs, result

# What a request has by itself. FormState is also a result: outputs may show it.
AMBIENT: frozenset[type] = frozenset(
    {
        Session,
        User,
        Candidate,
        Clock,
        Client,
        Roles,
        UserSettings,
        SubmittedSettings,
        FormState,
        Failures,
        Guesses,
        Meters,
        Database,
    }
    | {PasswordHasher, StoredSettings}
    | {SessionStore, Keyring, ServerKeys, VaultKeys, Devices, LivingSessions, SessionConfig, Visit}
)
# What a process has by itself.
PROCESS: frozenset[type] = frozenset({LivingSessions, Meters})
SHOWABLE: frozenset[type] = frozenset({FormState})


def wire(modules: Sequence[Module]) -> Wiring:
    """Build the wiring, or raise WiringError with what the module author needs to mend it."""
    check_modules(modules)
    swaps = check_replacements(modules)
    services = _by_result(
        [Login, PasswordCheck, Revocation, *(swaps.get(make, make) for module in modules for make in module.services)]
    )
    services |= _by_result([LeftBehind, Farewell, open_resealing, KeyRenewal, visitor_zone])
    shared = _by_result(swaps.get(make, make) for module in modules for make in module.shared_services)
    settings = (LookSettings, *(kind for module in modules for kind in module.settings_types))
    configs = frozenset((AppConfig, CryptoConfig, *(kind for module in modules for kind in module.configs)))
    outside = AMBIENT | services.keys() | shared.keys() | frozenset(settings) | configs
    for make in (make for module in modules for make in (*module.services, *module.shared_services)):
        check_factory(make)
    _check_factories(services, shared, outside, configs)
    check_sections(settings)
    guards = _guards(modules, swaps)
    for guard in guards:
        check_guard(guard.function)
        check_needs(guard.function, "any page", {**services, **shared}, outside)
    check_commands(command for module in modules for command in module.commands)
    for command in (command for module in modules for command in module.commands):
        typed = {need.kind for need in needs(command.function) if is_typed(need.kind)}
        check_needs(command.function, "the command line", {**services, **shared}, outside | typed)
    check_checks(modules)
    outputs = [
        replace(output, function=swaps.get(output.function, output.function))
        for module in modules
        for output in module.outputs
    ]
    check_outputs(outputs, outside - SHOWABLE)
    pages = [page for module in modules for page in module.pages]
    check_pages(pages, {permission for module in modules for permission in module.permissions})
    handlers = [_swapped(handler, swaps) for module in modules for handler in module.handlers]
    check_neighbours_run(handlers)
    available = {**services, **shared}
    plans = {page.name: _plan(page, handlers, outputs, available, outside) for page in pages}
    check_placement(outputs, plans.values())
    return Wiring(plans, guards, services, shared, settings, configs, _slot_names(modules))


def _plan(
    page: Page,
    handlers: Iterable[Handler],
    outputs: Iterable[Output],
    available: Mapping[type, tuple[Function, ...]],
    outside: Collection[type],
) -> Plan:
    here = [handler for handler in handlers if handler.page is page]
    providers = _by_result(handler.function for handler in here)
    for handler in here:
        check_handler(handler.function)
        check_needs(handler.function, page.name, {**available, **providers}, outside)
    placed = [output for output in outputs if _fits(output, page, providers)]
    for output in placed:
        check_needs(output.function, page.name, providers, SHOWABLE)
    plan = make_plan(page, in_order(page, here, providers), placed, available)
    check_inputs(plan)
    return plan


def _fits(output: Output, page: Page, providers: Mapping[type, object]) -> bool:
    """An output shows on its own page, or wherever the result its slot offers exists."""
    if output.slot in (page.body, page.data, page.stream):
        return True
    if isinstance(output.slot, (DataSlot, StreamSlot)) or output.slot.name.endswith(".body"):
        return False
    if output.slot.offers is not None:
        return output.slot.offers in providers
    asked = [need.kind for need in needs(output.function) if need.arity is Arity.ONE]
    return page.layout is not None and all(kind in providers or kind in SHOWABLE for kind in asked)


def _check_factories(
    services: Mapping[type, tuple[Function, ...]],
    shared: Mapping[type, tuple[Function, ...]],
    outside: Collection[type],
    configs: Collection[type],
) -> None:
    for makers in shared.values():
        for maker in makers:
            check_needs(maker, "the whole process", shared, {*configs, *shared, *PROCESS})
    for makers in services.values():
        for maker in makers:
            check_needs(maker, "any page", {**services, **shared}, outside)
    refuse_circles(services, "Services")
    refuse_circles(shared, "Shared services")


def _guards(modules: Sequence[Module], swaps: Mapping[Function, Function]) -> tuple[Guard, ...]:
    guards = [
        replace(guard, function=swaps.get(guard.function, guard.function))
        for module in modules
        for guard in module.guards
    ]
    return tuple(sorted(guards, key=lambda guard: guard.phase))


def _swapped(handler: Handler, swaps: Mapping[Function, Function]) -> Handler:
    return replace(
        handler,
        function=swaps.get(handler.function, handler.function),
        after=tuple(swaps.get(function, function) for function in handler.after),
        before=tuple(swaps.get(function, function) for function in handler.before),
    )


def _slot_names(modules: Sequence[Module]) -> frozenset[str]:
    own = (slot.name for module in modules for slot in module.slots)
    bodies = (page.body.name for module in modules for page in module.pages)
    placed = (output.slot.name for module in modules for output in module.outputs if isinstance(output.slot, Slot))
    return frozenset((layout_sidebar.name, *own, *bodies, *placed))


def _by_result(functions: Iterable[Function]) -> dict[type, tuple[Function, ...]]:
    found: defaultdict[type, tuple[Function, ...]] = defaultdict(tuple)
    for function in functions:
        if (kind := result(function)) is not None:
            found[kind] += (function,)
    return dict(found)
