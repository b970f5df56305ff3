"""Ajax: browser and server agree on a key, under which scripts exchange and keep what they do."""

from core import AjaxConfig, Module

module = Module("ajax")

agree_page = module.page("agree", "/ajax/key", method="POST")

module.config(AjaxConfig)
