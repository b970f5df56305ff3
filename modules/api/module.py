"""Api: programs that log in with a key of their own, and links that log a browser in once."""

from core import Access, Module, Rate
from modules.api.config import ApiConfig, ProgramConfig

module = Module("api", requires=("login",), on=False)

module.config(ApiConfig)
module.config(ProgramConfig)

login_page = module.page("login", "/api/login", method="POST", access=Access.PROGRAM, rate=Rate.LOGIN)
end_page = module.page("end", "/api/login", method="DELETE")
make_page = module.page("make-link", "/api/link", method="POST", access=Access.PROGRAM, rate=Rate.LOGIN)
link_page = module.page("link", "/link/<token>", access=Access.ANYONE, layout="bare.html", rate=Rate.ELSEWHERE)
follow_page = module.page("follow", "/link", method="POST", access=Access.ANYONE, rate=Rate.ELSEWHERE)
