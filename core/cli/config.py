"""The commands about hm3.ini itself: what counts and where it came from, a file to start with, the reference."""

import os
from collections.abc import Callable
from pathlib import Path

from core.errors import ConfigError
from core.ini.app import HostName
from core.ini.reference import reference_files, stale_files, write_reference
from core.loader import SHIPPED, Loaded, core_sections, module_sections, shipped_modules

Say = Callable[[str], None]

REFERENCE = SHIPPED.parent / "config" / "reference"
_START = """\
# hm3.ini: what this site is and where its mail comes from.
# Every option with its help stands in config/reference/. Check this file with: hm3 config check

[app]
# The one folder that hm3 writes to.
data = data
# The address that people type, once a proxy that speaks TLS stands in front:
# address = https://mail.example.org
# trusted_proxies = 1

[imap]
# The server that holds the mailboxes.
{imap}

[smtp]
# The server that takes outgoing messages.
{smtp}
"""


def show_config(loaded: Loaded, say: Say) -> None:
    """Say every option as it counts, with its source; secrets are hidden."""
    section = None
    for value in loaded.effective:
        if value.section != section:
            say(f"[{value.section}]" if section is None else f"\n[{value.section}]")
            section = value.section
        say(f"{value.option} = {value.text}".rstrip() + f"  # {value.source}")


def new_config(path: Path, imap_host: str | None, smtp_host: str | None, say: Say) -> None:
    """Write a file to start with, readable by its owner alone. Raises ConfigError where one is there already."""
    text = _START.format(imap=_host_line("--imap-host", imap_host), smtp=_host_line("--smtp-host", smtp_host))
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise ConfigError(f"{path} is there already. Move it away, or name another file with --config.") from None
    except OSError as error:
        raise ConfigError(f"{path} cannot be written: {error.strerror}.") from error
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    say(f"{path} is written. Look it over, then say: hm3 config check")


def current_reference() -> dict[str, str]:
    """File name and content of the whole reference, from what the core and the shipped modules declare."""
    modules = shipped_modules()
    permissions = [permission.name for module in modules for permission in module.permissions]
    return reference_files(core_sections() + module_sections(modules), permissions)


def make_reference(only_check: bool, say: Say, folder: Path = REFERENCE) -> None:
    """Bring the reference up to date, or raise ConfigError where it is not."""
    files = current_reference()
    stale = stale_files(folder, files)
    if only_check and stale:
        raise ConfigError(f"The reference is stale: {', '.join(stale)}. Say: hm3 config reference")
    changed = () if only_check else write_reference(folder, files)
    say(f"{folder}: {len(files)} files, {len(changed)} changed.")


def _host_line(flag: str, host: str | None) -> str:
    if host is None:
        return "host = localhost"
    try:
        return f"host = {HostName.parse(host)}"
    except ValueError as error:
        raise ConfigError(f"{flag} {error}.") from error
