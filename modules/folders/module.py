"""Folders: create, rename, delete, subscribe to mailboxes, and say what each is for."""

from core import MenuEntry, Module

module = Module("folders", requires=("mail",))

folders_page = module.page("folders", "/folders")
create_page = module.page("create", "/folders/create", method="POST", retry=folders_page)
rename_page = module.page("rename", "/folders/rename", method="POST", retry=folders_page)
delete_page = module.page("delete", "/folders/delete", method="POST", retry=folders_page)
subscribe_page = module.page("subscribe", "/folders/subscribe", method="POST", retry=folders_page)
assign_page = module.page("assign", "/folders/assign", method="POST", retry=folders_page)

_ENTRY = MenuEntry("Folders", "/folders", "folder-cog", 500)


@module.service
def menu_entry() -> MenuEntry:
    """The way to the folders."""
    return _ENTRY
