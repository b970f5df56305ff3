"""Timing: where the time of each page goes, for admins who want it measured."""

from core import MenuEntry, Module, Roles, TimingConfig, User

module = Module("timing", on=False)
module.config(TimingConfig)

see_times = module.permission("see")
times_page = module.page("times", "/timing", permission=see_times)

_ENTRY = MenuEntry("Timing", "/timing", "activity", 960)


@module.service
def menu_entry(user: User, roles: Roles) -> MenuEntry | None:
    """The way to the page, for whom it is."""
    if see_times.name not in roles.permissions(user.roles):
        return None
    return _ENTRY
