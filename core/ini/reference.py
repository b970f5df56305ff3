"""Write the reference of hm3.ini: a file for each section with every option, its type, its default and its help."""

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from core.ini.reader import fold
from core.ini.schema import Option, Section, kind_words, show_value

_WIDTH = 100
_MODULES_MORE = (
    "Each module's name is an option too: `on` or `off`. Shipped modules and those of `path` are on unless switched "
    "off; those that come with an installed package are off until switched on.",
    "# status = off",
)
_ROLES = (
    "Who has which role: the role's name, and the users' login names with commas between. "
    "What a role may do stands in [permissions].",
    "# admin = ann@example.org, bob@example.org",
)
_PERMISSIONS = "What a role may do: the role's name, and permissions with commas between."


def reference_files(sections: Sequence[Section], permissions: Sequence[str]) -> dict[str, str]:
    """File name and content for each section of hm3.ini, given all sections and all permissions that there are."""
    grouped: dict[str, list[Section]] = {}
    for section in sections:
        grouped.setdefault(section.name, []).append(section)
    files = {f"{fold(name)}.ini": _section_text(name, parts) for name, parts in grouped.items()}
    files["modules.ini"] = (
        files.get("modules.ini", "[modules]\n") + f"\n{_comment(_MODULES_MORE[0])}\n{_MODULES_MORE[1]}\n"
    )
    files["roles.ini"] = f"[roles]\n{_comment(_ROLES[0])}\n{_ROLES[1]}\n"
    there = f"There are: {', '.join(sorted(permissions))}." if permissions else "No shipped module names one yet."
    example = f"# admin = {permissions[0]}\n" if permissions else ""
    files["permissions.ini"] = f"[permissions]\n{_comment(f'{_PERMISSIONS} {there}')}\n{example}"
    return files


def stale_files(folder: Path, files: Mapping[str, str]) -> tuple[str, ...]:
    """The names of files in a folder that are missing, different or not of the reference."""
    there = {file.name: file.read_text("utf-8") for file in folder.glob("*.ini")}
    names = there.keys() | files.keys()
    return tuple(sorted(name for name in names if there.get(name) != files.get(name)))


def write_reference(folder: Path, files: Mapping[str, str]) -> tuple[str, ...]:
    """Bring a folder up to date; the names of the files that changed."""
    changed = stale_files(folder, files)
    folder.mkdir(parents=True, exist_ok=True)
    for name in changed:
        if name in files:
            (folder / name).write_text(files[name], "utf-8")
        else:
            (folder / name).unlink()
    return changed


def _section_text(name: str, parts: Iterable[Section]) -> str:
    blocks = [f"[{name}]"]
    for part in parts:
        blocks.append(_comment(part.help))
        blocks.extend(_option_text(option) for option in part.options)
    return "\n\n".join(blocks).replace("]\n\n", "]\n", 1) + "\n"


def _option_text(option: Option) -> str:
    words = kind_words(option.kind)
    if option.required:
        return f"{_comment(option.help)}\n{_comment(f'It must be given: {words}.')}\n# {option.name} ="
    default = "" if option.secret else show_value(option.default)
    said = f"Default: {default}" if default else "Default: nothing"
    return f"{_comment(option.help)}\n{_comment(f'It takes {words}.')}\n# {said}\n# {option.name} = {default}".rstrip()


def _comment(text: str) -> str:
    return textwrap.fill(text, _WIDTH, initial_indent="# ", subsequent_indent="# ", break_long_words=False)
