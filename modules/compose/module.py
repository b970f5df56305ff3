"""Compose: write, keep and send messages, new ones and answers."""

from core import Module, Rate
from modules.compose.results import ComposeForm
from modules.compose.settings import ComposeConfig, ComposeSettings

module = Module("compose", requires=("mail",))
module.config(ComposeConfig)
module.settings(ComposeSettings)

compose_page = module.page("compose", "/compose")
send_page = module.page("send", "/compose", method="POST", retry=compose_page, rate=Rate.SEND)
draft_page = module.page("draft", "/compose/draft", method="POST", retry=compose_page)
discard_page = module.page("discard", "/compose/discard", method="POST", retry=compose_page)
attach_page = module.page("attach", "/compose/attachments", method="POST", rate=Rate.UPLOAD)
detach_page = module.page("detach", "/compose/attachments/<id>/remove", method="POST")

recipients_slot = module.slot("recipients", offers=ComposeForm)
