"""The built front end: which file stands for which name, and what its octets must hash to."""

import base64
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from core.errors import ConfigError

BUILT = Path(__file__).resolve().parents[2] / "site"  # the document root
_WAY_OUT = "Run: ./hm3 build"


@dataclass(frozen=True)
class AssetFile:
    """A built file: its address, its integrity hash (sha384, base64) and its media type."""

    path: str
    integrity: str
    media_type: str = "application/octet-stream"

    @property
    def name(self) -> str:
        """What the file is called in the site folder."""
        return self.path.rpartition("/")[2]


def has_assets(folder: Path) -> bool:
    """Whether the module in a folder has scripts or styles for every page."""
    return any((folder / "assets" / name).is_file() for name in ("main.ts", "main.css"))


class Assets:
    """The files of a build, by their plain names, the phrases that its scripts say, and whose they are besides hm3's.

    Read once: a later change of a file does not change its hash. Where nothing was built there are none.
    Raises ConfigError where what the build lists cannot be read.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        manifest, phrases, modules = folder / "manifest.json", folder / "words.json", folder / "modules.json"
        try:
            listed = json.loads(manifest.read_text(encoding="utf-8")) if manifest.exists() else {}
            self._files = {name: AssetFile(**about) for name, about in listed.items()}
            said = json.loads(phrases.read_text(encoding="utf-8")) if phrases.exists() else []
            self.phrases: tuple[str, ...] = tuple(str(phrase) for phrase in said)
            others = json.loads(modules.read_text(encoding="utf-8")) if modules.exists() else []
            self.modules = frozenset(str(name) for name in others)  # the folders of those that hm3 does not ship
        except (OSError, ValueError, TypeError, AttributeError) as error:
            named = f"{manifest}, {phrases.name} or {modules.name}"
            raise ConfigError(f"{named} is not what the build writes. {_WAY_OUT}") from error

    @property
    def names(self) -> frozenset[str]:
        """The plain names of all files."""
        return frozenset(self._files)

    def file(self, name: str) -> AssetFile:
        """The built file of a name. Raises LookupError where the build has none."""
        if name not in self._files:
            raise LookupError(f"There is no built file {name}: run ./hm3 build first.")
        return self._files[name]

    def served(self, name: str) -> AssetFile | None:
        """The file with this name in the site folder, if the build made it."""
        return next((file for file in self._files.values() if file.name == name), None)

    def flaw(self, needed: Iterable[str] = ()) -> str:
        """What keeps these files and all that are listed from being served; nothing where all is well."""
        if not self._files:
            return f"The front end is not built: {self.folder} has no manifest.json. {_WAY_OUT}"
        for name in sorted(self.names.union(needed)):
            if name not in self._files:
                return f"The front end is not complete: {self.folder} has no {name}. {_WAY_OUT}"
            file = self.folder / self._files[name].name
            if not file.is_file():
                return f"The front end is not complete: {file} is gone. {_WAY_OUT}"
            if _integrity(file) != self._files[name].integrity:
                return f"The front end is not as it was built: {file} was changed. {_WAY_OUT}"
        return ""


def _integrity(file: Path) -> str:
    return f"sha384-{base64.b64encode(hashlib.sha384(file.read_bytes()).digest()).decode()}"
