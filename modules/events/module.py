"""Events: tell open tabs of new mail at once, over one waiting connection to the mail server for each account."""

from core import Module
from modules.events.config import EventsConfig
from modules.events.hub import open_hub
from modules.events.services import end_at_logout

module = Module("events", requires=("mail", "imap"))
module.config(EventsConfig)
module.shared(open_hub)
module.service(end_at_logout)

# A browser that reconnects by itself is nobody's activity.
events_page = module.page("events", "/events/<account>", background=True)
