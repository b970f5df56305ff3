"""Status: what an admin sees of the running site, such as contributions that keep failing."""

from core import MenuEntry, Module, Roles, User

module = Module("status")

see_status = module.permission("see")
status_page = module.page("status", "/status", permission=see_status)

_ENTRY = MenuEntry("Status", "/status", "activity", 950)


@module.service
def menu_entry(user: User, roles: Roles) -> MenuEntry | None:
    """The way to the status page, for whom it is."""
    if see_status.name not in roles.permissions(user.roles):
        return None
    return _ENTRY
