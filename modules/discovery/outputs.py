"""What the pages about found servers show."""

from core import FormState, Fragment, Sentence
from modules.discovery.module import hand_page, module, servers_page
from modules.discovery.results import HandPage, ServersPage


@module.output(servers_page.body)
def show_servers(page: ServersPage, form: FormState) -> Fragment:
    """The servers, where they were learned from, and the password."""
    return Fragment.titled("discovery/servers.html", Sentence("Your mail servers"), page=page, form=form)


@module.output(hand_page.body)
def show_form(page: HandPage, form: FormState) -> Fragment:
    """The form for servers."""
    return Fragment.titled("discovery/by_hand.html", Sentence("Name your mail servers"), page=page, form=form)
