"""Modules and an hm3.ini that a test writes, to be loaded like any others."""

from pathlib import Path

import pytest

from core.errors import ConfigError
from core.loader import Loaded, load

HEAD = '"""A module."""\n\nfrom core import *\n\n'


class Shelf:
    """A folder of modules beside an hm3.ini, in place of what is shipped."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.modules = folder / "modules"
        self.modules.mkdir()
        self.ini = folder / "hm3.ini"

    def add(self, name: str, *requires: str, folder: str = "", **files: str) -> None:
        """Write a module; further files by their names without .py, whose code follows an import of the core."""
        place = self.modules / (folder or name)
        place.mkdir()
        (place / "module.py").write_text(
            f"{HEAD}module = Module({name!r}, requires={requires!r})\n{files.pop('more', '')}"
        )
        for file, code in files.items():
            (place / f"{file}.py").write_text(f"{HEAD}{code}")

    def write(self, text: str) -> Path:
        """Write hm3.ini."""
        self.ini.write_text(text)
        return self.ini

    def load(self, text: str = "") -> Loaded:
        """Load what an hm3.ini with this text asks for."""
        return load(self.write(text), shipped=self.modules)

    def names(self, text: str = "") -> list[str]:
        """The modules that are loaded, in their order."""
        return [module.name for module in self.load(text).modules]

    def refusal(self, text: str = "") -> str:
        """Everything that is wrong, without the path of the test's folder."""
        with pytest.raises(ConfigError) as refused:
            self.load(text)
        return str(refused.value).replace(f"{self.folder}/", "")
