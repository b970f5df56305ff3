"""A small tree with the real `hm3` in it: one locked package, and a command line that tells how it was called."""

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GROUPS = ("run", "demo", "test", "build")

COMMAND_LINE = '''"""Tells how it was called."""

import os
import sys

import seedling_package

if sys.argv[1] == "build":
    print("The tools are broken." if os.path.exists("broken") else "The front end is up to date.")
    sys.exit(os.path.exists("broken"))
print(seedling_package.NAME, *sys.argv[1:])
sys.exit(7 if sys.argv[1] == "seven" else 0)
'''


@dataclass(frozen=True)
class Seedling:
    """A tree with `hm3`, and what its environment is installed from."""

    root: Path
    packages: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def made(self) -> Path:
        """The environment beside the command."""
        return self.root / ".venv"

    @property
    def log(self) -> str:
        """What was run to make the environment."""
        return (self.made / "install.log").read_text(encoding="utf-8")

    def start(self, *arguments: str, folder: Path | None = None, **environment: str) -> "subprocess.Popen[str]":
        """Start `hm3`, with only the seedling's own packages to install from."""
        unmeasured = {name: value for name, value in os.environ.items() if not name.startswith(("COV", "PIP_", "HM3_"))}
        offline = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(self.packages), "PIP_CONFIG_FILE": os.devnull}
        return subprocess.Popen(
            [sys.executable, str(self.root / "hm3"), *arguments],
            cwd=folder or self.root,
            env={**unmeasured, **offline, **self.environment, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def hm3(
        self, *arguments: str, folder: Path | None = None, **environment: str
    ) -> "subprocess.CompletedProcess[str]":
        """Run `hm3` to its end."""
        started = self.start(*arguments, folder=folder, **environment)
        said, complained = started.communicate(timeout=850)
        return subprocess.CompletedProcess(arguments, started.returncode, said, complained)

    def copy(self, root: Path) -> "Seedling":
        """The same tree and environment somewhere else."""
        shutil.copytree(self.root, root, symlinks=True)
        return Seedling(root, self.packages, self.environment)

    def lock(self, digest: str | None = None) -> None:
        """Write every lock file: one package, with the hash of its file or another one."""
        wheel = next(self.packages.glob("*.whl"))
        known = digest or hashlib.sha256(wheel.read_bytes()).hexdigest()
        (self.root / "requirements").mkdir(exist_ok=True)
        for group in GROUPS:
            (self.root / "requirements" / f"{group}.txt").write_text(
                f"seedling-package==1.0 \\\n    --hash=sha256:{known}\n"
            )


def plant(folder: Path, name: str = "tree") -> Seedling:
    """A fresh tree without an environment."""
    seedling = Seedling(folder / name, folder / "packages")
    (seedling.root / "core" / "cli").mkdir(parents=True)
    (seedling.root / "core" / "cli" / "__main__.py").write_text(COMMAND_LINE)
    shutil.copy(ROOT / "hm3", seedling.root / "hm3")
    _pack(seedling.packages)
    seedling.lock()
    return seedling


def _pack(folder: Path) -> None:
    """Write the one package, as a wheel."""
    folder.mkdir(exist_ok=True)
    about = "seedling_package-1.0.dist-info"
    files = {
        "seedling_package.py": 'NAME = "seedling"\n',
        f"{about}/METADATA": "Metadata-Version: 2.1\nName: seedling-package\nVersion: 1.0\n",
        f"{about}/WHEEL": "Wheel-Version: 1.0\nGenerator: seedling\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{name},sha256={_digest(text)},{len(text)}\n" for name, text in files.items())
    with zipfile.ZipFile(folder / "seedling_package-1.0-py3-none-any.whl", "w") as wheel:
        for name, text in {**files, f"{about}/RECORD": f"{record}{about}/RECORD,,\n"}.items():
            wheel.writestr(name, text)


def _digest(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
