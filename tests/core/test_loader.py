"""Which modules are loaded, in which order, with which configuration, and what is refused."""

from pathlib import Path

import pytest

from core.errors import ConfigError
from core.ini.app import AppConfig
from core.loader import core_sections, folders_from_elsewhere, load, module_sections, shipped_modules
from tests.core.shelf import Shelf

CONFIG = """
from dataclasses import dataclass

@module.config
@dataclass(frozen=True)
class TeaConfig:
    "How tea is made."
    minutes: Count = option(Count(3), help="How long it draws.")
    password: Secret = option(Secret(""), help="For the kettle.")
"""


def test_shipped_modules_are_loaded_after_those_they_require(shelf: Shelf) -> None:
    shelf.add("apple", "pear")
    shelf.add("pear")
    shelf.add("zebra")
    assert shelf.names() == ["pear", "apple", "zebra"]


def test_the_ini_orders_modules_as_far_as_requirements_allow(shelf: Shelf) -> None:
    shelf.add("apple", "pear")
    shelf.add("pear")
    shelf.add("zebra")
    assert shelf.names("[modules]\norder = zebra, apple\n") == ["zebra", "pear", "apple"]


def test_a_module_that_is_off_is_not_imported(shelf: Shelf) -> None:
    shelf.add("apple")
    shelf.add("bomb", more="raise RuntimeError('imported')")
    assert shelf.names("[modules]\nbomb = off\n") == ["apple"]


def test_a_module_that_waits_is_off_until_switched_on_and_nothing_is_said(shelf: Shelf) -> None:
    shelf.add("apple")
    file = shelf.modules / "kettle" / "module.py"
    file.parent.mkdir()
    file.write_text('"""Tea."""\nfrom core import Module\nmodule = Module("kettle", on=False)\n')
    assert shelf.names() == ["apple"]
    assert shelf.load("").notes == ()
    assert shelf.names("[modules]\nkettle = on\n") == ["apple", "kettle"]


def test_names_may_be_spelled_with_dashes_or_underscores(shelf: Shelf) -> None:
    shelf.add("idle-timeout", folder="idle_timeout")
    shelf.add("2fa", folder="two_factor")
    assert shelf.names("[modules]\nidle_timeout = on\norder = idle-timeout\n2fa = off\n") == ["idle-timeout"]


def test_all_files_of_a_module_are_imported(shelf: Shelf) -> None:
    shelf.add("apple", handlers="from modules.apple.module import module\nmodule.page('eat', '/eat')")
    (loaded,) = shelf.load().modules
    assert [page.name for page in loaded.pages] == ["apple.eat"]


BRIDGE = """
from modules.apple.module import module

@module.service
def offer_slice() -> Line:
    return Line("a slice")
"""


def test_a_bridge_is_imported_when_the_other_module_is_on(shelf: Shelf) -> None:
    shelf.add("apple", with_two_factor=BRIDGE)
    shelf.add("2fa", folder="two_factor")
    assert [len(module.services) for module in shelf.load().modules] == [1, 0]


def test_a_bridge_is_not_imported_when_the_other_module_is_off(shelf: Shelf) -> None:
    shelf.add("apple", with_pear=BRIDGE)
    shelf.add("pear")
    assert [len(module.services) for module in shelf.load("[modules]\npear = off\n").modules] == [0]


def test_what_a_bridge_added_is_gone_when_the_other_module_goes_off(shelf: Shelf) -> None:
    shelf.add("apple", with_pear=BRIDGE)
    shelf.add("pear")
    assert len(shelf.load().modules[0].services) == 1
    assert [len(module.services) for module in shelf.load("[modules]\npear = off\n").modules] == [0]
    assert len(shelf.load().modules[0].services) == 1


def test_a_section_of_a_module_is_read_into_its_dataclass(shelf: Shelf) -> None:
    shelf.add("tea", more=CONFIG)
    loaded = shelf.load("[tea]\nminutes = 5\n")
    kind = loaded.modules[0].configs[0]
    assert loaded.config(kind) == kind(minutes=5)


def test_mistakes_of_every_section_are_told_together(shelf: Shelf) -> None:
    shelf.add("tea", more=CONFIG)
    told = shelf.refusal("[app]\nlog_level = loud\n[tea]\nminuts = 5\n[taa]\n[modules]\ntoo = on\ntea = maybe\n")
    assert told.split("\n") == [
        'hm3.ini:2: [app] log_level: "loud" is not one of: debug, info, warning, error. '
        "It takes one of: debug, info, warning, error.",
        "hm3.ini:4: [tea] minuts: there is no such option. Did you mean minutes?",
        "hm3.ini:5: [taa]: there is no such section. Did you mean tea?",
        "hm3.ini:7: [modules] too: there is no such module. There are: order, overrides, path, tea.",
        "hm3.ini:8: [modules] tea is neither yes nor no. It takes on or off.",
    ]


def test_an_unknown_option_of_a_module_is_refused_with_its_line(shelf: Shelf) -> None:
    shelf.add("tea", more=CONFIG)
    assert shelf.refusal("[tea]\nminuts = 5\n") == (
        "hm3.ini:2: [tea] minuts: there is no such option. Did you mean minutes?"
    )


def test_a_required_module_that_is_off_is_refused(shelf: Shelf) -> None:
    shelf.add("apple", "pear")
    shelf.add("pear")
    assert shelf.refusal("[modules]\npear = off\n") == (
        "hm3.ini:2: Module apple requires pear, which is off. Switch it on with [modules] pear = on, or switch "
        "apple off."
    )


def test_a_required_module_that_is_missing_is_refused_with_the_nearest_name(shelf: Shelf) -> None:
    shelf.add("apple", "paer")
    shelf.add("pear")
    assert shelf.refusal() == "hm3.ini: Module apple requires paer, and there is no such module. Did you mean pear?"


def test_modules_that_require_one_another_are_refused(shelf: Shelf) -> None:
    shelf.add("apple", "pear")
    shelf.add("pear", "apple")
    assert "in a circle: apple requires pear requires apple." in shelf.refusal()


def test_an_unknown_name_in_the_order_is_refused_with_its_line(shelf: Shelf) -> None:
    shelf.add("apple")
    assert shelf.refusal("[modules]\norder = aple\n") == (
        "hm3.ini:2: [modules] order: there is no module aple. Did you mean apple?"
    )


def test_two_modules_with_one_name_are_refused(shelf: Shelf) -> None:
    shelf.add("apple")
    shelf.add("apple", folder="other")
    assert shelf.refusal() == (
        "hm3.ini: Two modules are named apple: in modules/apple and in modules/other. Rename one."
    )


def test_a_module_with_a_name_of_the_core_is_refused(shelf: Shelf) -> None:
    shelf.add("app")
    assert "is named app, which hm3.ini uses for itself" in shelf.refusal()


def test_third_party_modules_are_found_in_the_folder_of_the_ini(shelf: Shelf) -> None:
    shelf.add("apple")
    (shelf.folder / "elsewhere").mkdir()
    other = Shelf(shelf.folder / "elsewhere")
    other.add("pear", "apple", store="from modules.pear.module import module\nmodule.page('eat', '/eat')")
    assert shelf.names(f"[modules]\npath = {other.modules}\n") == ["apple", "pear"]


def test_a_third_party_folder_with_a_shipped_name_is_refused(shelf: Shelf) -> None:
    shelf.add("apple")
    other = Shelf(shelf.folder / "modules" / "apple")
    other.add("pear", folder="apple")
    assert "has the name of a shipped one. Rename the folder." in shelf.refusal(f"[modules]\npath = {other.modules}\n")


@pytest.mark.parametrize("option", ["path", "overrides"])
def test_a_folder_that_is_not_there_is_refused(shelf: Shelf, option: str) -> None:
    assert (
        shelf.refusal(f"[modules]\n{option} = nowhere\n")
        == f"hm3.ini:2: [modules] {option}: there is no folder nowhere."
    )


OVERRIDE = """
from modules.apple.module import cut

module = Module("override", requires=("apple",))

@module.replace(cut)
def cut_smaller() -> Line:
    return Line("small")
"""
CUT = "@module.service\ndef cut() -> Line:\n    return Line('large')\n"


def test_overrides_are_loaded_last_and_their_templates_searched_first(shelf: Shelf) -> None:
    shelf.add("apple", more=CUT)
    shelf.add("zebra")
    own = shelf.folder / "own"
    for folder in (own / "templates", shelf.modules / "zebra" / "templates"):
        folder.mkdir(parents=True)
    (own / "override.py").write_text(f"from core import *\n{OVERRIDE}")
    (own / "colours.css").write_text(":root {}")
    loaded = shelf.load("[modules]\noverrides = own\norder = override\n")
    assert [module.name for module in loaded.modules] == ["apple", "zebra", "override"]
    assert loaded.templates[:2] == (own / "templates", shelf.modules / "zebra" / "templates")
    assert loaded.templates[2:] in ((), (Path(__file__).parents[2] / "core" / "templates",))
    assert loaded.colours == own / "colours.css"
    assert len(loaded.modules[2].replacements) == 1


def test_overrides_need_no_code(shelf: Shelf) -> None:
    (shelf.folder / "own").mkdir()
    loaded = shelf.load("[modules]\noverrides = own\n")
    assert (loaded.modules, loaded.colours) == ((), None)


def test_without_a_file_everything_has_its_default_and_that_is_said(tmp_path: Path, shelf: Shelf) -> None:
    loaded = load(tmp_path / "none.ini", shipped=shelf.modules)
    assert loaded.config(AppConfig).data == tmp_path / "data"
    assert loaded.notes == (f"{tmp_path}/none.ini is not there: every option has its default.",)


def test_a_file_that_was_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no such file"):
        load(tmp_path / "none.ini", must_exist=True)


def test_a_secret_that_others_can_read_is_noted(shelf: Shelf) -> None:
    shelf.add("tea", more=CONFIG)
    shelf.write("").chmod(0o644)
    (note,) = shelf.load("[tea]\npassword = hunter2\n").notes
    assert "[tea] password: other users of this machine can read this file" in note


def test_roles_and_permissions_come_with_the_modules(shelf: Shelf) -> None:
    shelf.add("apple", more="module.permission('eat')")
    roles = shelf.load("[roles]\nchild = ann\n[permissions]\nchild = apple.eat\n").roles
    assert roles.permissions(roles.of("ann")) == {"apple.eat"}


def test_shipped_modules_can_be_had_whatever_the_ini_says(shelf: Shelf) -> None:
    shelf.add("tea", more=CONFIG)
    modules = shipped_modules(shelf.modules)
    assert [section.name for section in module_sections(modules)] == ["tea"]


def test_the_core_has_sections_of_its_own() -> None:
    assert [section.name for section in core_sections()][:2] == ["app", "modules"]


def test_what_a_config_warns_of_is_noted_with_its_section(shelf: Shelf) -> None:
    shelf.add("tea", more=CONFIG + "    @property\n    def warnings(self):\n        return ('The kettle leaks.',)\n")
    assert shelf.load("\n[tea]\n").notes == (f"{shelf.ini}:2: [tea] The kettle leaks.",)
    assert shelf.load("").notes == (f"{shelf.ini}: [tea] The kettle leaks.",)


def test_folders_from_elsewhere_are_those_of_modules_that_are_on_and_none_is_imported(
    shelf: Shelf, tmp_path: Path
) -> None:
    shelf.add("apple")
    own = tmp_path / "own"
    for name in ("bomb", "cup"):
        (own / name).mkdir(parents=True)
        (own / name / "module.py").write_text(
            f'from core import Module\nmodule = Module("{name}")\nraise RuntimeError("imported")\n'
        )
    shelf.ini.write_text(f"[modules]\npath = {own}\ncup = off\n")
    assert folders_from_elsewhere(shelf.ini, shipped=shelf.modules) == (own / "bomb",)


def test_a_mistake_in_the_ini_keeps_no_folder_from_being_found(shelf: Shelf, tmp_path: Path) -> None:
    (tmp_path / "own" / "cup").mkdir(parents=True)
    (tmp_path / "own" / "cup" / "module.py").write_text('from core import Module\nmodule = Module("cup")\n')
    shelf.ini.write_text(f"[modules]\npath = {tmp_path / 'own'}\nsaucer = maybe\n[nonsense]\n")
    assert folders_from_elsewhere(shelf.ini, shipped=shelf.modules) == (tmp_path / "own" / "cup",)


def test_without_an_ini_no_folder_is_from_elsewhere(tmp_path: Path) -> None:
    assert folders_from_elsewhere(tmp_path / "hm3.ini") == ()


@pytest.mark.parametrize("section", ["tea", "tea.green"])
def test_a_section_that_nobody_reads_is_told(shelf: Shelf, section: str) -> None:
    shelf.add("tea", more=CONFIG)
    module = shelf.modules / "tea" / "module.py"
    module.write_text(module.read_text().replace("requires=()", "on=False"))
    told = f"{shelf.ini}:1: [{section}] is not read, because module tea is off. Switch it on with [modules] tea = on."
    assert told in shelf.load(f"[{section}]\nminutes = 4\n").notes
    assert shelf.load(f"[modules]\ntea = off\n[{section}]\nminutes = 4\n").notes == ()
