"""winmail.dat as a person sees it, on a real server."""

import pytest

from tests.messages import octets_of
from tests.modules.mail.letters import plain
from tests.modules.webmail import Webmail
from tests.servers.mail_user import MailUser

pytestmark = pytest.mark.servers

INBOX = "/mail/main/INBOX/"


def test_the_files_inside_are_listed_and_saved(webmail: Webmail, mail_user: MailUser) -> None:
    path = f"{INBOX}{mail_user.append(octets_of('tnef-files'))}"
    links = webmail.see(path).tree.css(".card a")
    assert [" ".join((link.attributes["title"] or "").split()) for link in links] == ["Plan for us.pdf", "notes.txt"]
    answer = webmail.browser.get(links[0].attributes["href"] or "")
    assert answer.data == b"%PDF-1.4" and answer.headers["Content-Type"] == "application/octet-stream"
    assert "attachment" in answer.headers["Content-Disposition"] and "Plan" in answer.headers["Content-Disposition"]
    assert "The packed words" not in webmail.see(path).html


def test_its_text_is_shown_where_there_is_no_other(webmail: Webmail, mail_user: MailUser) -> None:
    page = webmail.see(f"{INBOX}{mail_user.append(octets_of('tnef-alone'))}")
    assert "The packed words" in page.one(".card-text").text()
    page = webmail.see(f"{INBOX}{mail_user.append(octets_of('tnef-rtf'))}")
    assert page.one(".card-text").text() == "Grüße <b>from</b> the garden.\nAnd a second line."
    assert not page.has(".card-text b")


def test_what_cannot_be_unpacked_is_told_and_can_be_saved(webmail: Webmail, mail_user: MailUser) -> None:
    page = webmail.see(f"{INBOX}{mail_user.append(octets_of('tnef-broken'))}")
    assert "could not be unpacked" in page.one(".card").text() and "winmail.dat" in page.one(".strip").text()


@pytest.mark.parametrize("rest", ["part/2/packed/2", "part/1/packed/0", "part/9/packed/0"])
def test_there_is_nothing_where_nothing_is(webmail: Webmail, mail_user: MailUser, rest: str) -> None:
    path = f"{INBOX}{mail_user.append(octets_of('tnef-files'))}"
    assert webmail.see(f"{path}/{rest}").status == 404
    assert webmail.see(f"{path.replace('/main/', '/other/')}/{rest}").status == 404


def test_other_messages_have_nothing_packed(webmail: Webmail, mail_user: MailUser) -> None:
    assert webmail.see(f"{INBOX}{mail_user.append(plain())}").tree.css_first(".card") is None
