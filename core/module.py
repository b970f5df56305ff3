"""What a module registers. Declarations only: nothing in this file runs during a request."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, TypeVar, overload

from core.declaring import (
    check_check,
    check_command,
    check_given,
    check_kind,
    check_neighbours,
    check_offer,
    check_page,
    check_settings,
)
from core.errors import WiringError
from core.output.slots import DataSlot, Fragment, Policy, Rate, Redirect, Slot, Stream, StreamSlot
from core.visitor.permissions import Access

F = TypeVar("F", bound=Callable[..., object])
G = TypeVar("G", bound=Callable[..., Redirect | None])
O = TypeVar("O", bound=Callable[..., Fragment | None])  # noqa: E741  # one letter, as for the others
B = TypeVar("B", bound=Callable[..., Stream])
R = TypeVar("R")
S = TypeVar("S", bound=type)
V = TypeVar("V")

Function = Callable[..., Any]  # Any: handlers take whatever they ask for; wiring checks it at boot.


class Phase(IntEnum):
    """When a guard runs. Guards of one phase keep the order of their modules."""

    TRANSPORT = 1
    SESSION = 2
    LOGIN = 3


@dataclass(frozen=True, eq=False)
class Permission:
    """Something that hm3.ini allows to roles."""

    name: str


@dataclass(frozen=True, eq=False)
class Page:
    """An address that handlers and outputs attach to.

    A `layout` of None means that the body's fragment is the whole document. `retry` is the page that shows the form
    again, with what was typed, when this page refuses it. One that is `lenient` lets others add to its query: what
    nobody declared is not looked at, and does not make it refuse the rest. What asks for one in the `background` is
    never a person: it keeps no session awake. One that is `compressed` vouches that nothing secret stands in its
    document beside what others choose anew for each answer: the length of an answer then tells nothing.

    `within` is the beginning of the rule that names what the page belongs to, such as a message: on the host for
    content one ticket opens all of that. A `signed` page takes only addresses that it gave out itself: every ticket of
    the session opens it.
    """

    module: str
    name: str
    rule: str
    method: str
    access: Access
    permission: Permission | None
    retry: "Page | None"
    layout: str | None
    policy: Policy
    rate: Rate
    body: Slot[Any]  # Any: a page's own body offers no particular result.
    data: DataSlot
    stream: StreamSlot
    lenient: bool = False
    background: bool = False
    compressed: bool = False
    within: str = ""
    signed: bool = False


@dataclass(frozen=True)
class Handler:
    """One function on one page, and what it must follow or precede."""

    module: str
    page: Page
    function: Function
    after: tuple[Function, ...] = ()
    before: tuple[Function, ...] = ()


@dataclass(frozen=True)
class Guard:
    """One function that runs before the handlers of every page."""

    module: str
    phase: Phase
    function: Function


@dataclass(frozen=True)
class Output:
    """One function that shows results in a slot."""

    module: str
    slot: Slot[Any] | DataSlot | StreamSlot  # Any: slots of every result stand in one list.
    function: Function


@dataclass(frozen=True)
class Command:
    """One function of the command line: `hm3 <group> <name>`."""

    module: str
    name: str
    function: Function
    group: str


@dataclass(frozen=True)
class Check:
    """One function that tries what a section of hm3.ini names, and the option that it is about."""

    module: str
    option: str
    function: Function


@dataclass
class Module:
    """One feature. Everything it adds to the application is recorded here.

    One with `on=False` waits until hm3.ini switches it on, because it needs options there or is not for everyone.
    """

    name: str
    requires: tuple[str, ...] = ()
    on: bool = True
    pages: list[Page] = field(default_factory=list)
    slots: list[Slot[Any]] = field(default_factory=list)  # Any: as above.
    handlers: list[Handler] = field(default_factory=list)
    guards: list[Guard] = field(default_factory=list)
    outputs: list[Output] = field(default_factory=list)
    services: list[Function] = field(default_factory=list)
    shared_services: list[Function] = field(default_factory=list)
    settings_types: list[type] = field(default_factory=list)
    configs: list[type] = field(default_factory=list)
    permissions: list[Permission] = field(default_factory=list)
    commands: list[Command] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    replacements: list[tuple[Function, Function]] = field(default_factory=list)
    unreplaced: list[Function] = field(default_factory=list)

    def page(
        self,
        name: str,
        rule: str,
        *,
        method: str = "GET",
        access: Access = Access.USER,
        permission: Permission | None = None,
        retry: Page | None = None,
        layout: str | None = "layout.html",
        policy: Policy = Policy.APP,
        rate: Rate = Rate.GENERAL,
        lenient: bool = False,
        background: bool = False,
        compressed: bool = False,
        within: str = "",
        signed: bool = False,
    ) -> Page:
        """Add an address. Fields of the path stand as `<name>`, or `<path:name>` where slashes may occur.

        Without `within`, a page belongs to nothing but its own address.
        """
        if method not in ("GET", "POST", "DELETE"):
            raise WiringError(f"Page {self.name}.{name} asks for method {method}; pages answer GET, POST or DELETE.")
        full = f"{self.name}.{name}"
        check_page(full, name, rule, (("access", access, Access), ("policy", policy, Policy), ("rate", rate, Rate)))
        check_kind(f"retry of page {full}", retry, Page, "module.page()")
        check_kind(f"permission of page {full}", permission, Permission, "module.permission()")
        if any(page.name == full for page in self.pages):
            raise WiringError(f"Module {self.name} has two pages of the name {name}. Rename one.")
        if compressed and layout is not None:
            raise WiringError(f"Page {full} cannot be compressed: its layout holds the token of forms.")
        slots = Slot[Any](f"{full}.body"), DataSlot(f"{full}.data"), StreamSlot(f"{full}.stream")
        if not f"{rule}/".startswith(f"{within or rule}/"):
            raise WiringError(f"Page {full} is not within {within}: its rule {rule} does not begin with that.")
        how, apart = (lenient, background, compressed), (within or rule, signed)
        page = Page(
            self.name, full, rule, method, access, permission, retry, layout, policy, rate, *slots, *how, *apart
        )
        self.pages.append(page)
        return page

    def slot(self, name: str, offers: type[V]) -> Slot[V]:
        """Name a region of this module's pages for other modules to use."""
        check_offer(f"{self.name}.{name}", offers)
        slot = Slot(f"{self.name}.{name}", offers)
        self.slots.append(slot)
        return slot

    def permission(self, name: str) -> Permission:
        """Name something that hm3.ini may allow to a role."""
        permission = Permission(f"{self.name}.{name}")
        self.permissions.append(permission)
        return permission

    def handler(
        self, *pages: Page, after: tuple[Function, ...] = (), before: tuple[Function, ...] = ()
    ) -> Callable[[F], F]:
        """Run a function on pages: its parameters say what it needs, its return type what it adds."""
        check_given(self.name, "handler", pages, (Page,), "@module.handler(page), with what module.page() gave")
        check_neighbours(self.name, after=after, before=before)

        def register(function: F) -> F:
            self.handlers.extend(Handler(self.name, page, function, after, before) for page in pages)
            return function

        return register

    def guard(self, phase: Phase) -> Callable[[G], G]:
        """Run a function before the handlers of every page. A Redirect ends the request, a Refusal refuses it."""
        check_given(self.name, "guard", (phase,), (Phase,), "@module.guard(Phase.SESSION), or another phase")

        def register(function: G) -> G:
            self.guards.append(Guard(self.name, phase, function))
            return function

        return register

    @overload
    def output(self, *slots: Slot[Any]) -> Callable[[O], O]: ...  # Any: a slot of any result.

    @overload
    def output(self, *slots: DataSlot) -> Callable[[F], F]: ...

    @overload
    def output(self, *slots: StreamSlot) -> Callable[[B], B]: ...

    # Any: the overloads above are what callers see.
    def output(self, *slots: Any) -> Callable[[Any], Any]:
        """Show results in slots: a Fragment for HTML, a dataclass for JSON, a Stream for a file."""
        kinds = (Slot, DataSlot, StreamSlot)
        check_given(self.name, "output", slots, kinds, "@module.output(page.body), .data or .stream, or a slot")

        def register(function: F) -> F:
            self.outputs.extend(Output(self.name, slot, function) for slot in slots)
            return function

        return register

    def service(self, factory: F) -> F:
        """Offer what a function returns, by its type, once a request. A generator is closed at the request's end."""
        self.services.append(factory)
        return factory

    def shared(self, factory: F) -> F:
        """Offer what a function returns, by its type, once a process. A generator is closed at shutdown."""
        self.shared_services.append(factory)
        return factory

    def settings(self, kind: S) -> S:
        """Offer per-user settings, by their type. The settings page lists them by itself."""
        check_settings(kind)
        self.settings_types.append(kind)
        return kind

    def config(self, kind: S) -> S:
        """Read a section of hm3.ini with the module's name into this dataclass, and offer it by its type.

        One with a `section_word()` may stand there several times, as [name.word]; `tuple[T, ...]` gets them all.
        """
        self.configs.append(kind)
        return kind

    def command(self, name: str, group: str = "") -> Callable[[F], F]:
        """Add a command to the command line: `hm3 <module> <name>`, or `hm3 <group> <name>`.

        What the function returns is said. Parameters of types that parse themselves, such as Line, are typed by the
        admin in their order: `T | None` as an option, `tuple[T, ...]` as any number at the end. A PasswordPrompt or
        Confirmation asks at the terminal. The others are found by their types, as those of handlers are. The docstring
        is the help.
        """
        check_command(self.name, name, group)

        def register(function: F) -> F:
            self.commands.append(Command(self.name, name, function, group or self.name))
            return function

        return register

    def check(self, option: str) -> Callable[[F], F]:
        """Try at `hm3 check --connect` whether what an option names can be reached, by the module's config alone."""
        check_check(self.name, option)

        def register(function: F) -> F:
            self.checks.append(Check(self.name, option, function))
            return function

        return register

    def replace(self, original: Callable[..., R]) -> Callable[[Callable[..., R]], Callable[..., R]]:
        """Use another function in place of one that a required module registered."""
        if not callable(original):
            raise WiringError(f"@module.replace of module {self.name} is given {original!r}. Name the function itself.")
        self.unreplaced.append(original)  # until there is what takes its place, which without brackets there never is

        def register(function: Callable[..., R]) -> Callable[..., R]:
            self.unreplaced.remove(original)
            self.replacements.append((original, function))
            return function

        return register
