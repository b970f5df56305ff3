"""Local: accounts that live in hm3's own database, made and kept by its admin."""

from core import Module, Rate

module = Module("local", requires=("login", "security"), on=False)

password_page = module.page("password", "/security/password")
change_page = module.page("change", "/security/password", method="POST", retry=password_page, rate=Rate.LOGIN)
