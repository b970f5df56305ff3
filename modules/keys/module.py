"""Keys: a new data key for a user who suspects that somebody has theirs."""

from core import Module, Rate

module = Module("keys", requires=("security",))

renewal_page = module.page("renewal", "/security/keys")
renew_page = module.page("renew", "/security/keys", method="POST", retry=renewal_page, rate=Rate.LOGIN)
