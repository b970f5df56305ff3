"""The mistakes that docs/modules.md lists are answered at boot with the very sentences that stand there."""

from collections.abc import Mapping

import pytest

from core.cli.check import check_boot
from core.errors import WebmailError
from tests.core.shelf import Shelf
from tests.docs.pages import ROOT

HEAD = "from dataclasses import dataclass\nfrom modules.tea.module import *\n"
CUP = "@dataclass(frozen=True)\nclass Cup:\n    size: int\n"
OTHER = "@dataclass(frozen=True)\nclass Spoon:\n    size: int\n"
PAGE = "page = module.page('cup', '/cup')\n"

MISTAKES: Mapping[str, Mapping[str, str]] = {
    "a module that is not there": {"requires": "mial"},
    "a request": {"handlers": "from flask import request\n"},
    "a parameter without a type": {"handlers": f"{HEAD}@module.handler(page)\ndef pour(cup) -> None: ...\n"},
    "no return type": {"handlers": f"{HEAD}@module.handler(page)\ndef pour(): ...\n"},
    "a need that nothing meets": {
        "handlers": f"{HEAD}{CUP}@module.handler(page)\ndef pour(cup: Cup) -> None: ...\n",
    },
    "two that make one thing": {
        "handlers": f"{HEAD}{CUP}@module.handler(page)\ndef pour() -> Cup: ...\n"
        "@module.handler(page)\ndef refill() -> Cup: ...\n@module.handler(page)\ndef drink(cup: Cup) -> None: ...\n"
    },
    "a circle": {
        "handlers": f"{HEAD}{CUP}{OTHER}@module.handler(page)\ndef pour(spoon: Spoon) -> Cup: ...\n"
        "@module.handler(page)\ndef stir(cup: Cup) -> Spoon: ...\n"
    },
    "an output that asks for a session": {
        "outputs": f"{HEAD}@module.output(page.body)\ndef show(session: Session) -> Fragment: ...\n"
    },
    "a handler that returns HTML": {"handlers": f"{HEAD}@module.handler(page)\ndef pour() -> Fragment: ...\n"},
    "a slot that no page shows": {
        "outputs": f"{HEAD}{CUP}spoon = module.slot('spoon', offers=Cup)\n"
        "@module.output(spoon)\ndef show(cup: Cup) -> Fragment: ...\n"
    },
    "two pages at one address": {"more": f"{PAGE}other = module.page('mug', '/cup')\n"},
    "a path field that the rule lacks": {
        "handlers": f"{HEAD}@inputs\nclass Wanted:\n    size: Line = path()\n"
        "@module.handler(page)\ndef pour(wanted: Wanted) -> None: ...\n"
    },
    "a field that cannot check itself": {
        "handlers": f"{HEAD}@inputs\nclass Wanted:\n    size: str = query('')\n"
        "@module.handler(page)\ndef pour(wanted: Wanted) -> None: ...\n"
    },
    "a replacement of nothing": {
        "handlers": f"{HEAD}{CUP}def pour() -> Cup: ...\n@module.replace(pour)\ndef refill() -> Cup: ...\n"
    },
    "an option without help": {
        "handlers": f"{HEAD}from dataclasses import field\n@module.config\n@dataclass(frozen=True)\n"
        "class TeaConfig:\n    cups: int = 3\n"
    },
    "a misspelt option": {
        "handlers": f"{HEAD}@module.config\n@dataclass(frozen=True)\nclass TeaConfig:\n"
        "    '''Tea.'''\n    cups: int = option(3, help='How many.')\n",
        "ini": "[tea]\ncupps = 4\n",
    },
    "a page that is neither GET nor POST": {"more": "page = module.page('cup', '/cup', method='PUT')\n"},
    "a form that comes back on another form": {
        "more": f"{PAGE}fill = module.page('fill', '/cup', method='POST')\n"
        "drink = module.page('drink', '/drink', method='POST', retry=fill)\n"
    },
    "a permission that the module did not name": {
        "more": "from core import Permission\npage = module.page('cup', '/cup', permission=Permission('tea.drink'))\n"
    },
    "one field of two types": {
        "handlers": f"{HEAD}@inputs\nclass Wanted:\n    size: Line = query(Line(''))\n"
        "@inputs\nclass Asked:\n    size: Count = query(Count(1))\n"
        "@module.handler(page)\ndef pour(wanted: Wanted, asked: Asked) -> None: ...\n"
    },
    "a type that the file does not know": {
        "handlers": f"{HEAD}@module.handler(page)\ndef pour(cup: 'Cup') -> None: ...\n"
    },
    "services in a circle": {
        "handlers": f"{HEAD}{CUP}{OTHER}@module.service\ndef pour(spoon: Spoon) -> Cup: ...\n"
        "@module.service\ndef stir(cup: Cup) -> Spoon: ...\n"
    },
    "a shared service that asks for a request": {
        "handlers": f"{HEAD}{CUP}@module.shared\ndef pour(session: Session) -> Cup: ...\n"
    },
    "an output that gives no fragment": {"outputs": f"{HEAD}{CUP}@module.output(page.body)\ndef show() -> Cup: ...\n"},
    "JSON that is no dataclass": {"outputs": f"{HEAD}@module.output(page.data)\ndef tell() -> dict: ...\n"},
    "a replacement of another type": {
        "handlers": f"{HEAD}{CUP}{OTHER}@module.handler(page)\ndef pour() -> Cup: ...\n"
        "@module.replace(pour)\ndef refill() -> Spoon: ...\n"
    },
    "two replacements of one thing": {
        "handlers": f"{HEAD}{CUP}@module.handler(page)\ndef pour() -> Cup: ...\n"
        "@module.replace(pour)\ndef refill() -> Cup: ...\n@module.replace(pour)\ndef top_up() -> Cup: ...\n"
    },
    "options that are no dataclass": {"handlers": f"{HEAD}@module.config\nclass TeaConfig:\n    pass\n"},
    "a module that is off": {"requires": "milk", "milk": "", "ini": "[modules]\nmilk = off\n"},
    "modules that require one another": {"requires": "milk", "milk": "tea"},
    "two modules of one name": {"twin": "tea"},
    "a template that names an unknown slot": {"template": '<p>{{ slot("tea.spoon") }}</p>\n'},
    "a broken template": {"template": "<p>{% if %}</p>\n"},
    "a page whose access is a word": {"more": "page = module.page('cup', '/cup', access='user')\n"},
    "a rule as other frameworks write it": {"more": "page = module.page('cup', '/cup/<int:size>')\n"},
    "two pages of one name": {"more": f"{PAGE}other = module.page('cup', '/mug')\n"},
    "a decorator without its brackets": {"handlers": f"{HEAD}@module.handler\ndef pour() -> None: ...\n"},
    "an output on a page": {"outputs": f"{HEAD}@module.output(page)\ndef show() -> Fragment: ...\n"},
    "an `after` without brackets": {
        "handlers": f"{HEAD}@module.handler(page)\ndef pour() -> None: ...\n"
        "@module.handler(page, after=pour)\ndef stir() -> None: ...\n"
    },
    "a replacement by name": {"handlers": f"{HEAD}@module.replace('pour')\ndef refill() -> None: ...\n"},
    "an async handler": {"handlers": f"{HEAD}@module.handler(page)\nasync def pour() -> None: ...\n"},
    "a result that is no class of its own": {"handlers": f"{HEAD}@module.handler(page)\ndef pour() -> int: ...\n"},
    "an input from nowhere": {"handlers": f"{HEAD}@inputs\nclass Wanted:\n    size: Line\n"},
    "settings without words": {
        "handlers": f"{HEAD}@module.settings\n@dataclass(frozen=True)\nclass TeaSettings:\n    strong: bool = True\n"
    },
    "settings that are no dataclass": {"handlers": f"{HEAD}@module.settings\nclass TeaSettings: ...\n"},
    "a file that another module keeps to itself": {
        "requires": "milk",
        "milk": "",
        "handlers": "from modules.milk.store import Jug\n",
    },
    "another module that is not required": {"milk": "", "handlers": "from modules.milk.api import Jug\n"},
    "a result that may change": {
        "handlers": f"{HEAD}@dataclass\nclass Cup:\n    size: int\n@module.handler(page)\ndef pour() -> Cup: ...\n"
    },
    "a replacement without brackets": {"handlers": f"{HEAD}@module.replace\ndef refill() -> None: ...\n"},
    "a command without brackets": {"handlers": f"{HEAD}@module.command\ndef pour() -> str: ...\n"},
    "a template that is not there": {
        "outputs": f"{HEAD}@module.output(page.body)\n"
        "def show() -> Fragment:\n    return Fragment.of('tea/cap.html')\n",
        "template": "<p></p>\n",
    },
    "a layout that is not there": {"more": "page = module.page('cup', '/cup', layout='tea/around.html')\n"},
    "an icon that is not there": {"template": '<p>{{ icon("starr") }}</p>\n'},
    "an entry of the menu with such an icon": {
        "handlers": f"{HEAD}@module.service\ndef entry() -> MenuEntry:\n    return MenuEntry('Tea', '/cup', 'starr')\n"
    },
    "a template that another one includes": {"template": '{% include "tea/saucer.html" %}\n'},
    "an option that text cannot be read into": {
        "handlers": f"{HEAD}@module.config\n@dataclass(frozen=True)\nclass TeaConfig:\n"
        "    '''Tea.'''\n    cups: str = option('3', help='How many.')\n"
    },
    "a default of another type": {
        "handlers": f"{HEAD}@module.config\n@dataclass(frozen=True)\nclass TeaConfig:\n"
        "    '''Tea.'''\n    cups: Count = option('three', help='How many.')\n"
    },
    "a field that begins as another type": {
        "handlers": f"{HEAD}@inputs\nclass Wanted:\n    size: Count = query('big')\n"
        "@module.handler(page)\ndef pour(wanted: Wanted) -> None: ...\n"
    },
    "options that may change": {
        "handlers": f"{HEAD}@module.config\n@dataclass\nclass TeaConfig:\n    cups: int = option(3, help='How many.')\n"
    },
    "a setting that nobody can choose": {
        "handlers": f"{HEAD}@module.settings\n@dataclass(frozen=True)\n"
        "class TeaSettings:\n    strong: float = setting(0.5, label='Strong')\n"
    },
    "a setting with another default": {
        "handlers": f"{HEAD}@module.settings\n@dataclass(frozen=True)\n"
        "class TeaSettings:\n    strong: bool = setting('yes', label='Strong')\n"
    },
    "settings of one name": {
        "handlers": f"{HEAD}@module.settings\n@dataclass(frozen=True)\nclass LookSettings:\n"
        "    strong: bool = setting(True, label='Strong')\n"
    },
    "a guard that answers": {"handlers": f"{HEAD}@module.guard(Phase.SESSION)\ndef taste() -> bool: ...\n"},
    "a service without a type of its own": {"handlers": f"{HEAD}@module.service\ndef make() -> str: ...\n"},
    "any number of parameters": {"handlers": f"{HEAD}{CUP}@module.handler(page)\ndef pour(*cups: Cup) -> None: ...\n"},
    "two commands of one name": {
        "handlers": f"{HEAD}@module.command('cup')\ndef pour() -> str: ...\n"
        "@module.command('cup')\ndef refill() -> str: ...\n"
    },
    "an `after` of what is no handler": {
        "handlers": f"{HEAD}def stir() -> None: ...\n@module.handler(page, after=(stir,))\ndef pour() -> None: ...\n"
    },
    "an output that is async": {"outputs": f"{HEAD}@module.output(page.body)\nasync def show() -> Fragment: ...\n"},
    "a form on a GET page": {
        "handlers": f"{HEAD}@inputs\nclass Wanted:\n    size: Line = form()\n"
        "@module.handler(page)\ndef pour(wanted: Wanted) -> None: ...\n"
    },
    "a header that is not read": {"handlers": f"{HEAD}@inputs\nclass Wanted:\n    size: Line = header('x-tea')\n"},
    "a slot that offers a word": {"more": "slot = module.slot('cup', offers='Cup')\n"},
    "a `retry` that is no page": {"more": "page = module.page('cup', '/cup', method='POST', retry='tea')\n"},
    "a permission that is a word": {"more": "page = module.page('cup', '/cup', permission='drink')\n"},
    "a table that no migration makes": {
        "tables": "from sqlalchemy import Column, Integer, MetaData, Table\n"
        "metadata = MetaData()\ncups = Table('tea_cups', metadata, Column('id', Integer, primary_key=True))\n"
    },
}


def boot(shelf: Shelf, files: Mapping[str, str]) -> str:
    """What hm3 says at boot of a module `tea` with a mistake in it."""
    code = {name: text for name, text in files.items() if name in ("handlers", "outputs", "tables")}
    shelf.add("tea", *files.get("requires", "").split(), more=files.get("more", PAGE), **code)
    if "milk" in files:
        shelf.add("milk", *files["milk"].split())
    if "twin" in files:
        shelf.add(files["twin"], folder="twin")
    if "template" in files:
        (shelf.modules / "tea" / "templates" / "tea").mkdir(parents=True)
        (shelf.modules / "tea" / "templates" / "tea" / "cup.html").write_text(files["template"])
    with pytest.raises(WebmailError) as refused:
        check_boot(shelf.load(files.get("ini", "")))
    return str(refused.value).replace(f"{shelf.folder}/", "")


@pytest.mark.parametrize("mistake", MISTAKES)
def test_each_mistake_is_answered_as_the_document_says(shelf: Shelf, mistake: str) -> None:
    assert f"| {mistake} | `{boot(shelf, MISTAKES[mistake])}` |" in (ROOT / "docs" / "modules.md").read_text("utf-8")
