"""Notes: what a user writes down about the people who write to them."""

from dataclasses import dataclass

from core import Count, MenuEntry, Module, option, setting

module = Module("notes", requires=("mail",))

notes_page = module.page("notes", "/notes")
keep_page = module.page("keep", "/notes", method="POST", retry=notes_page)
remove_page = module.page("remove", "/notes/remove", method="POST")


class NoteCount(Count):
    """How many notes somebody may keep."""

    __slots__ = ()
    least = 1
    most = 10_000


@module.config
@dataclass(frozen=True)
class NotesConfig:
    """What users write down about people."""

    most: NoteCount = option(NoteCount(500), help="How many notes one user may keep.")


@module.settings
@dataclass(frozen=True)
class NotesSettings:
    """Notes about people."""

    beside: bool = setting(True, label="Show my note beside a message's sender")


@module.service
def menu_entry() -> MenuEntry:
    """The way to the notes."""
    return MenuEntry("Notes", "/notes", "compose", 600)
