"""A folder that Dovecot's account can reach, when root keeps the demo where nobody else may look."""

import os
import pwd
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def others_may_enter(folder: Path) -> bool:
    """Whether every folder on the way, and this one, lets other accounts pass."""
    return all(step.stat().st_mode & 0o001 for step in (folder, *folder.resolve().parents))


@contextmanager
def reachable(folder: Path) -> Iterator[Path]:
    """The folder itself, or for a root whose folder is closed a copy outside that is brought back at the end."""
    folder.mkdir(parents=True, exist_ok=True)
    if os.getuid() or others_may_enter(folder):
        yield folder
        return
    outside = Path(tempfile.mkdtemp(prefix="hm3-mail-"))
    outside.chmod(0o755)
    try:
        _copy(folder, outside)
        try:
            yield outside
        finally:
            # However it ends, an interruption too, the mail comes home.
            _bring_back(outside, folder)
    finally:
        shutil.rmtree(outside, ignore_errors=True)


def _copy(source: Path, target: Path) -> None:
    shutil.copytree(source, target, dirs_exist_ok=True)
    uid, gid = _nobody()
    for path in target.rglob("*"):
        os.chown(path, uid, gid)


def _bring_back(outside: Path, folder: Path) -> None:
    new, old = folder.with_name(f"{folder.name}.new"), folder.with_name(f"{folder.name}.old")
    for leftover in (new, old):
        shutil.rmtree(leftover, ignore_errors=True)
    shutil.copytree(outside, new)
    folder.rename(old)
    new.rename(folder)
    shutil.rmtree(old)


def _nobody() -> tuple[int, int]:
    entry = pwd.getpwnam("nobody")
    return entry.pw_uid, entry.pw_gid
