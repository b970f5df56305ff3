"""Discovery: finds the mail servers of an address, and lets people log in there once they have confirmed them."""

from core import Access, Module, Rate
from modules.discovery.access import offer_access
from modules.discovery.config import DiscoveryConfig
from modules.discovery.results import ServersPage
from modules.discovery.services import choose_authenticator, open_discovery, open_proposals, open_vouchers
from modules.imap.api import offer_authenticator

module = Module("discovery", requires=("login", "imap"), on=False)

servers_page = module.page("servers", "/login/servers", access=Access.ANYONE, layout="bare.html")
confirm_page = module.page(
    "confirm", "/login/servers", method="POST", access=Access.ANYONE, retry=servers_page, rate=Rate.LOGIN
)
hand_page = module.page("by-hand", "/login/servers/by-hand", access=Access.ANYONE, layout="bare.html")
named_page = module.page(
    "named", "/login/servers/by-hand", method="POST", access=Access.ANYONE, retry=hand_page, rate=Rate.LOGIN
)
confirm_slot = module.slot("confirm", offers=ServersPage)

module.config(DiscoveryConfig)
module.shared(open_discovery)
module.service(open_proposals)
module.service(open_vouchers)
module.service(offer_access)
module.replace(offer_authenticator)(choose_authenticator)
