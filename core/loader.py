"""Find, check, order and import the modules that hm3.ini asks for, and read its sections for them: once, at boot."""

import dataclasses
from collections.abc import Mapping, Sequence
from os.path import isdir
from pathlib import Path
from typing import TypeVar

from core.database.engine import DatabaseConfig
from core.discovery import Found, find_in_folder, find_installed, forbidden_imports, look_at
from core.errors import ConfigError
from core.importing import OVERRIDE, extend_path, import_bridges, import_module, without_bridges
from core.ini.app import AppConfig, ModulesConfig
from core.ini.load import (
    Effective,
    Mistakes,
    check_names,
    effective_values,
    guard_readable_secrets,
    nearest,
    read_sections,
    sections_in,
    warn_of_own_words,
    warn_of_unread,
)
from core.ini.rates import RatesConfig
from core.ini.reader import IniFile, fold, read_ini
from core.ini.roles import read_roles, warn_of_roles
from core.ini.schema import Section, parse_option, section_of
from core.ini.session import SessionConfig
from core.module import Module
from core.neighbours import trespasses
from core.security.crypto import CryptoConfig
from core.security.passwords import PasswordConfig
from core.security.sandbox import SandboxConfig
from core.visitor.permissions import Roles

T = TypeVar("T")

SHIPPED = Path(__file__).resolve().parent.parent / "modules"
CORE = Path(__file__).resolve().parent
FREE_SECTIONS = ("modules", "roles", "permissions")  # their options are names that an admin chooses


@dataclasses.dataclass(frozen=True)
class Loaded:
    """Everything that hm3.ini and the modules on this machine come to.

    `templates` are folders in the order in which they are searched: the admin's own, the modules', the core's. So are
    `locales`. `folders` are the modules' own folders by their names; `notes` are sentences that an admin should read.
    """

    ini: Path
    modules: tuple[Module, ...]
    configs: Mapping[type, object]
    roles: Roles
    templates: tuple[Path, ...]
    locales: tuple[Path, ...]
    folders: Mapping[str, Path]
    colours: Path | None
    sections: tuple[Section, ...]
    effective: tuple[Effective, ...]
    notes: tuple[str, ...]

    def config(self, kind: type[T]) -> T:
        """The section that was read into a config dataclass. Raises KeyError where no enabled module declares it."""
        return self.configs[kind]  # type: ignore[return-value]  # kept under its own type


def core_sections() -> tuple[Section, ...]:
    """The sections that are there without any module."""
    return (
        section_of("app", AppConfig),
        section_of("modules", ModulesConfig),
        section_of("session", SessionConfig),
        section_of("rates", RatesConfig),
        section_of("crypto", CryptoConfig),
        section_of("passwords", PasswordConfig),
        section_of("sandbox", SandboxConfig),
        section_of("database", DatabaseConfig),
    )


def module_sections(modules: Sequence[Module]) -> tuple[Section, ...]:
    """The sections of modules, in their order; two of one name where a module has two config dataclasses."""
    return tuple(section_of(module.name, kind) for module in modules for kind in module.configs)


def shipped_modules(shipped: Path = SHIPPED) -> tuple[Module, ...]:
    """All shipped modules, whatever hm3.ini says. Raises ConfigError where they do not fit together."""
    ini = IniFile(Path("hm3.ini"), False, {})
    mistakes = Mistakes(ini)
    found = _find(ini, ModulesConfig(), shipped, mistakes)
    wanted = _in_order(ini, {fold(one.name): one for one in found}, found, ModulesConfig(), mistakes)
    modules = _import(wanted, mistakes)
    mistakes.refuse()
    return modules


def folders_from_elsewhere(path: Path = Path("hm3.ini"), *, shipped: Path = SHIPPED) -> tuple[Path, ...]:
    """The folders of the modules that are on and that hm3 does not ship. None of them is imported.

    Raises ConfigError where the file cannot be read; all other mistakes are `load`'s to name.
    """
    ini = read_ini(path)
    mistakes = Mistakes(ini)
    chosen = read_sections(ini, (section_of("modules", ModulesConfig),), mistakes).get(ModulesConfig, ModulesConfig())
    assert isinstance(chosen, ModulesConfig)  # it is kept under its own type
    on = _enabled(ini, chosen, _find(ini, chosen, shipped, mistakes), mistakes).values()
    return tuple(one.folder for one in on if one.is_package and not one.folder.is_relative_to(shipped))


def load(path: Path = Path("hm3.ini"), *, must_exist: bool = False, shipped: Path = SHIPPED) -> Loaded:
    """Read the file and load its modules. Raises ConfigError with every mistake, each on a line of its own."""
    ini = read_ini(path)
    mistakes = Mistakes(ini)
    if not ini.exists and must_exist:
        raise ConfigError(f"{path}: there is no such file. Write one with: hm3 config new")
    if not ini.exists:
        mistakes.warnings.append(f"{path} is not there: every option has its default.")
    core = core_sections()
    configs = read_sections(ini, core, mistakes)
    chosen = configs.get(ModulesConfig, ModulesConfig())
    assert isinstance(chosen, ModulesConfig)  # it is kept under its own type
    found = _find(ini, chosen, shipped, mistakes)
    wanted = _in_order(ini, _enabled(ini, chosen, found, mistakes), found, chosen, mistakes)
    modules = _import(wanted, mistakes)
    sections = core + sections_in(ini, module_sections(modules))
    configs.update(read_sections(ini, sections[len(core) :], mistakes))
    unread = [one.name for one in found if one.name not in {module.name for module in modules}]
    # Of what is in a folder that is not there nothing is known: not that it would be misspelt, either.
    missing = chosen.path is not None and not isdir(chosen.path)
    check_names(ini, sections, [*unread, *(ini.sections if missing else ())], FREE_SECTIONS, mistakes)
    roles = read_roles(
        ini, [permission.name for module in modules for permission in module.permissions], unread, mistakes
    )
    warn_of_roles(ini, sections, configs, roles, mistakes)
    guard_readable_secrets(ini, sections, mistakes)
    warn_of_own_words(ini, sections, configs, mistakes)
    warn_of_unread(ini, unread, mistakes)
    mistakes.refuse()
    folders = {one.name: one.folder for one in wanted}
    return Loaded(
        ini=path,
        modules=modules,
        configs=configs,
        roles=roles,
        templates=_folders("templates", wanted, chosen),
        locales=_folders("locale", wanted, chosen),
        folders=folders,
        colours=_file(chosen.overrides, "colours.css"),
        sections=sections,
        effective=effective_values(ini, sections),
        notes=tuple(mistakes.warnings),
    )


def _find(ini: IniFile, chosen: ModulesConfig, shipped: Path, mistakes: Mistakes) -> tuple[Found, ...]:
    """All modules there are: shipped, of the admin's folder, installed, and the admin's overrides last."""
    found = list(find_in_folder(shipped))
    extend_path(shipped)
    if chosen.path is not None and _is_folder("path", chosen.path, mistakes):
        for one in find_in_folder(chosen.path):
            if (shipped / one.folder.name).is_dir():
                reason = f"its folder {one.folder} has the name of a shipped one. Rename the folder"
                one = dataclasses.replace(one, broken=reason)
            found.append(one)
        extend_path(chosen.path)
    found.extend(find_installed())
    if chosen.overrides is not None and _is_folder("overrides", chosen.overrides, mistakes):
        file = chosen.overrides / "override.py"
        if file.exists():
            found.append(look_at(OVERRIDE, file, "override"))
    return tuple(found)


def _enabled(ini: IniFile, chosen: ModulesConfig, found: Sequence[Found], mistakes: Mistakes) -> dict[str, Found]:
    """The modules that are on, by their folded names."""
    options = {fold(option.name) for option in section_of("modules", ModulesConfig).options}
    taken = options | {fold(core.name) for core in core_sections()} | set(FREE_SECTIONS)
    section = ini.sections.get("modules")
    switches = {name: entry for name, entry in (section.entries if section else {}).items() if name not in options}
    names = {fold(one.name): one.name for one in found}
    missing = chosen.path is not None and not isdir(chosen.path)
    for name, entry in switches.items():
        if name not in names and not missing:
            hint = nearest(entry.name, [*names.values(), *options])
            mistakes.add(entry.line, f"[modules] {entry.name}: there is no such module. {hint}")
    enabled: dict[str, Found] = {}
    for one in found:
        switch = switches.get(fold(one.name))
        try:
            on = one.on if switch is None else parse_option(bool, switch.text, ini.folder)
        except ValueError as error:
            mistakes.add(switch.line if switch else None, f"[modules] {one.name} {error}. It takes on or off.")
            # As it is most likely meant: that it is off would be told of all that needs it.
            on = one.on or any(name.partition(".")[0] == fold(one.name) for name in ini.sections)
        if fold(one.name) in taken:
            mistakes.add(
                None, f"The module in {one.folder} is named {one.name}, which hm3.ini uses for itself. Rename it."
            )
        elif on and (other := enabled.get(fold(one.name))) is not None:
            mistakes.add(None, f"Two modules are named {one.name}: in {other.folder} and in {one.folder}. Rename one.")
        elif on:
            enabled[fold(one.name)] = one
        elif switch is None and not one.imported_as.startswith("modules."):
            mistakes.warnings.append(
                f"Module {one.name} is installed and off. Switch it on with [modules] {one.name} = on."
            )
    return enabled


def _in_order(
    ini: IniFile, enabled: Mapping[str, Found], found: Sequence[Found], chosen: ModulesConfig, mistakes: Mistakes
) -> tuple[Found, ...]:
    """The enabled modules: as the ini orders them, each after those it requires, overrides last."""
    names = {fold(one.name): one.name for one in found}
    entry = ini.entry("modules", "order")
    for name in chosen.order:
        if fold(name) not in names:
            hint = nearest(name, names.values())
            mistakes.add(entry.line if entry else None, f"[modules] order: there is no module {name}. {hint}")
    ordered = dict.fromkeys([*(fold(name) for name in chosen.order if fold(name) in enabled), *enabled])
    placed: dict[str, Found] = {}
    for folded in sorted(ordered, key=lambda name: enabled[name].imported_as == OVERRIDE):
        _place(folded, (), enabled, names, placed, mistakes)
    return tuple(placed.values())


def _place(
    name: str,
    above: tuple[str, ...],
    enabled: Mapping[str, Found],
    names: Mapping[str, str],
    placed: dict[str, Found],
    mistakes: Mistakes,
) -> None:
    """Put a module after those it requires; what is missing or goes round in a circle is a mistake."""
    if name in placed:
        return
    one = enabled[name]
    for required in one.requires:
        if fold(required) in (*above, name):
            circle = " requires ".join(enabled[step].name for step in (*above, name, fold(required)))
            mistakes.add(None, f"Modules require one another in a circle: {circle}.")
        elif fold(required) in enabled:
            _place(fold(required), (*above, name), enabled, names, placed, mistakes)
        elif fold(required) in names:
            mistakes.add(
                mistakes.line_of("modules", required),
                f"Module {one.name} requires {required}, which is off. Switch it on with [modules] {required} = on, "
                f"or switch {one.name} off.",
            )
        else:
            hint = nearest(required, names.values())
            mistakes.add(None, f"Module {one.name} requires {required}, and there is no such module. {hint}")
    placed[name] = one


def _import(wanted: Sequence[Found], mistakes: Mistakes) -> tuple[Module, ...]:
    """The modules themselves, with what they add to one another. One that cannot be imported is a mistake."""
    modules: list[Module] = []
    refused = False
    for one in wanted:
        wrong = [f"Module {one.name} cannot be loaded: {one.broken}."] if one.broken else [*forbidden_imports(one)]
        if not wrong and one.is_package and not one.folder.is_relative_to(SHIPPED):
            wrong = [*trespasses(one, wanted)]
        for sentence in wrong:
            mistakes.add(None, sentence)
        refused = refused or bool(wrong)
    if refused:
        return ()
    names = {fold(one.name) for one in wanted} | {one.folder.name for one in wanted}
    for one in wanted:
        try:
            modules.append(import_module(one))
            import_bridges(one, names)
        except ConfigError as error:
            mistakes.add(None, str(error))
            return ()
    return tuple(without_bridges(module, one, names) for module, one in zip(modules, wanted, strict=True))


def _is_folder(option: str, folder: Path, mistakes: Mistakes) -> bool:
    try:
        if folder.is_dir():
            return True
        reason = f"there is no folder {folder}"
    except OSError as error:
        reason = f"{folder} cannot be read: {error.strerror}"
    mistakes.add(mistakes.line_of("modules", option), f"[modules] {option}: {reason}.")
    return False


def _folders(name: str, wanted: Sequence[Found], chosen: ModulesConfig) -> tuple[Path, ...]:
    """The folders of one name that there are: the admin's own, the modules' in their order, the core's."""
    folders = [chosen.overrides] if chosen.overrides else []
    folders.extend(one.folder for one in wanted if one.imported_as != OVERRIDE)
    return tuple(folder / name for folder in (*folders, CORE) if (folder / name).is_dir())


def _file(folder: Path | None, name: str) -> Path | None:
    return folder / name if folder is not None and (folder / name).is_file() else None
