"""Status: what an admin sees of the running site, such as contributions that keep failing."""

from core import Module

module = Module("status")

see_status = module.permission("see")
status_page = module.page("status", "/status", permission=see_status)
