"""The built front end: which file stands for which name, and what its octets must hash to."""

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class AssetFile:
    """A built file: its address, its integrity hash (sha384, base64) and its media type."""

    path: str
    integrity: str
    media_type: str = "application/octet-stream"


class Assets:
    """The files of a build, by their plain names, and the phrases that its scripts say.

    Read once: a later change of a file does not change its hash.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        manifest = folder / "manifest.json"
        listed = json.loads(manifest.read_text()) if manifest.exists() else {}
        self._files = {name: AssetFile(**about) for name, about in listed.items()}
        phrases = folder / "words.json"
        self.phrases: tuple[str, ...] = tuple(json.loads(phrases.read_text())) if phrases.exists() else ()

    def file(self, name: str) -> AssetFile:
        """The built file of a name. Raises LookupError where the build has none."""
        if name not in self._files:
            raise LookupError(f"There is no built file {name}: run ./hm3 build first.")
        return self._files[name]

    def served(self, name: str) -> AssetFile | None:
        """The file with this name in the site folder, if the build made it."""
        return next((file for file in self._files.values() if file.path.rpartition("/")[2] == name), None)
