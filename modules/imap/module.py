"""IMAP: keeps users' mail at hand over pooled connections, and logs users in by their mailbox's password."""

from core import Module
from modules.imap.access import find_access, tell_account
from modules.imap.check import try_server
from modules.imap.config import ImapConfig
from modules.imap.services import close_at_logout, offer_authenticator, open_pool, open_store

module = Module("imap", requires=("mail",))

module.config(ImapConfig)
module.check("host")(try_server)
module.shared(open_pool)
module.service(find_access)
module.service(tell_account)
module.service(open_store)
module.service(offer_authenticator)
module.service(close_at_logout)
