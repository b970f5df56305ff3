"""Contact cards as a person sees them, on a real server."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.messages import octets_of
from tests.modules.mail.letters import plain
from tests.modules.webmail import Page, Webmail
from tests.servers.mail_user import MailUser

pytestmark = pytest.mark.servers

INBOX = "/mail/main/INBOX/"


def told(page: Page) -> str:
    return " ".join(page.one(".card").text().split())


def test_a_card_is_told_and_leads_to_the_composer_the_telephone_and_the_web(
    webmail: Webmail, mail_user: MailUser
) -> None:
    path = f"{INBOX}{mail_user.append(octets_of('vcard'))}"
    page = webmail.see(path)
    said = told(page)
    assert said.startswith("Contact card Dr. Ada Field Head gardener")
    assert "Garden Works, Roses, old and new" in said
    assert "ada@garden.example work" in said and "ada.field@home.example Letters" in said
    assert "Tuesday, 5 March 1985" in said and "An image is not shown." in said and "<b>they</b> grow" in said
    links = [link.attributes["href"] or "" for link in page.tree.css(".card .facts a")]
    assert parse_qs(urlsplit(links[0]).query) == {"to": ["ada@garden.example"]}
    assert links[2:] == ["tel:+49 30 555 0100", "tel:+49 170 555 0101", "https://garden.example/ada"]
    web = page.tree.css(".card .facts a")[-1].attributes
    assert web["rel"] == "noopener noreferrer nofollow" and web["title"] == "https://garden.example/ada"
    assert page.one(".card a.button").attributes["href"] == f"{path}/part/2"
    assert webmail.browser.get(f"{path}/part/2").data.startswith(b"BEGIN:VCARD")
    assert "ada@garden.example" in webmail.see(links[0]).value('[name="to"]')


def test_a_hostile_card_loads_nothing_and_leads_nowhere_it_should_not(webmail: Webmail, mail_user: MailUser) -> None:
    page = webmail.see(f"{INBOX}{mail_user.append(octets_of('vcard-hostile'))}")
    said = " ".join(page.texts(".card"))
    assert not page.has(".card :is(img, script, audio, video, object, iframe, link)") and "tracker.example/x" in said
    targets = {link.attributes["href"] for link in page.tree.css(".card .facts a")}
    assert not [
        one for one in targets if "script:" in (one or "") or "data:" in (one or "") or "tracker" in (one or "")
    ]
    assert "[U+202E]moc.knab" in said and "An image is not shown." in said and "A sound is not played." in said
    assert "it leads to evil.example" in said and "pay[U+200B]pal@bank.example" in said
    assert "could not be read" in said and "breaks off before its end" in said
    assert [link for link in page.tree.css('.card a[href*="evil%40else"]')] == []


def test_many_cards_open_by_their_names(webmail: Webmail, mail_user: MailUser) -> None:
    page = webmail.see(f"{INBOX}{mail_user.append(octets_of('vcard-many'))}")
    assert page.texts(".card summary")[:2] == ["Card 1", "Card 2"] and len(page.texts(".card summary")) == 10
    assert told(page).startswith("45 contact cards") and "And 35 more, in the file." in told(page)
    assert webmail.see(f"{INBOX}{mail_user.append(octets_of('vcard-old'))}").texts(".card h2") == ["Jörg Müller"]


def test_files_that_cannot_be_read_and_those_too_many_are_told(webmail: Webmail, mail_user: MailUser) -> None:
    def message(*parts: str) -> bytes:
        head = (
            'From: a@b.test\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
        )
        return (head + "".join(f"--b\r\n{part}\r\n" for part in parts) + "--b--\r\n").encode()

    card = "Content-Type: text/vcard\r\n\r\nBEGIN:VCARD\r\nFN:One\r\nEND:VCARD\r\n"
    broken = "Content-Type: text/vcard\r\n\r\nnothing\r\n"
    page = webmail.see(f"{INBOX}{mail_user.append(message(broken, card, card, card, card))}")
    assert "could not be read. It can be saved as it is." in page.texts(".card")[0] and len(page.texts(".card")) == 3
    assert "2 more contact cards are among the attachments." in page.one("section.letter").text()
    other = 'Content-Type: application/octet-stream; name="a.vcf"\r\n\r\nnothing\r\n'
    assert not webmail.see(f"{INBOX}{mail_user.append(message(other))}").has(".card")
    assert not webmail.see(f"{INBOX}{mail_user.append(plain())}").has(".card")
