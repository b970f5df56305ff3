"""Leaving mailing lists in the running site: by one click only where a signature covers the offer."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.certificates import make_certificates
from demo.submission import Submission
from tests.modules.compose.desk import write_ini
from tests.modules.dkim.signer import Signer
from tests.modules.dkim.test_dkim_over_http import published
from tests.modules.mail.letters import plain
from tests.modules.mail.test_action_pages import act
from tests.modules.unsubscribe.lists import HOST, ONE_CLICK, OURS, Lists, newsletter, serve_lists
from tests.modules.webmail import Page, Webmail, open_webmail
from tests.servers.dns import start_name_server
from tests.servers.mail_user import MailUser

pytestmark = pytest.mark.servers

INBOX = "/mail/main/INBOX/"
UNSIGNED = "no valid signature (DKIM) covers it"


@pytest.fixture
def lists(tmp_path: Path) -> Iterator[Lists]:
    with serve_lists(make_certificates(tmp_path / "tls", host=HOST)) as lists:
        yield lists


def site_of(mail_user: MailUser, submission: Submission, folder: Path, lists: Lists, names: int) -> Path:
    """An hm3.ini that believes one server, and reaches the lists of the test."""
    ini = write_ini(mail_user, submission, folder)
    ini.write_text(
        f"{ini.read_text()}\n[trust]\nauthserv_id = {OURS}\n[images]\nports = {lists.port}\n"
        f"inner_networks = 127.0.0.0/8\nresolvers = 127.0.0.1\nresolver_port = {names}\n"
        f"ca_file = {folder / 'tls' / 'ca.crt'}\ntimeout = 30 s\n"
    )
    return ini


@pytest.fixture
def webmail(mail_user: MailUser, submission: Submission, tmp_path: Path, lists: Lists) -> Iterator[Webmail]:
    with start_name_server() as names:
        names.says(HOST, "A", "127.0.0.1")
        ini = site_of(mail_user, submission, tmp_path, lists, names.port)
        with open_webmail(ini) as webmail:
            webmail.log_in(mail_user.name, mail_user.password)
            yield webmail


def ways_of(webmail: Webmail, uid: int) -> Page:
    return webmail.see(f"{INBOX}{uid}/unsubscribe")


def test_a_signed_list_is_left_by_one_click_and_nothing_is_told_of_who_leaves(
    webmail: Webmail, mail_user: MailUser, lists: Lists
) -> None:
    uid = mail_user.append(newsletter(f"<{lists.page}>", more=ONE_CLICK))
    (offer,) = webmail.see(f"{INBOX}{uid}").texts(".unsubscribe-offer")
    assert offer == f"Unsubscribe · {HOST}" and lists.asked == []
    page = ways_of(webmail, uid)
    assert "The offer is signed by lists.test." in page.html and lists.asked == []
    assert webmail.send(f"{INBOX}{uid}/unsubscribe", {}).location == f"{INBOX}{uid}"
    ((method, path, told, body),) = lists.asked
    assert (method, path, body) == ("POST", "/leave?who=7", b"List-Unsubscribe=One-Click")
    assert told.keys() == {
        "host", "accept", "accept-encoding", "user-agent", "content-type", "connection", "content-length",
    }  # fmt: skip
    assert f"{HOST} was asked to send you no more of this." in webmail.see(f"{INBOX}{uid}").html


@pytest.mark.parametrize(
    "letter",
    [
        {"results": f"{OURS}; dkim=fail header.d=lists.test"},
        {"results": f"{OURS}; dkim=pass header.d=other.test"},
        {"results": "mx.evil.test; dkim=pass header.d=lists.test"},
        {"signed": "from:subject:list-unsubscribe"},
        {"results": f"{OURS}; dkim=pass header.d=lists.test header.b=zzzzzzzz"},
    ],
)
def test_an_offer_that_nothing_vouches_for_is_not_taken(
    webmail: Webmail, mail_user: MailUser, lists: Lists, letter: dict[str, str]
) -> None:
    uid = mail_user.append(newsletter(f"<{lists.page}>", more=ONE_CLICK, **letter))
    page = ways_of(webmail, uid)
    assert UNSIGNED in page.html and not page.has(".unsubscribe-way button")
    assert webmail.send(f"{INBOX}{uid}/unsubscribe", {}).status == 409 and lists.asked == []


@pytest.mark.parametrize("status", [302, 404, 500])
def test_a_server_that_does_not_take_it_is_told_and_no_redirect_is_followed(
    webmail: Webmail, mail_user: MailUser, lists: Lists, status: int
) -> None:
    lists.status, lists.location = status, f"https://{HOST}:{lists.port}/elsewhere"
    uid = mail_user.append(newsletter(f"<{lists.page}>", more=ONE_CLICK))
    assert webmail.send(f"{INBOX}{uid}/unsubscribe", {}).location == f"{INBOX}{uid}/unsubscribe"
    assert f"did not take the request (status {status})" in ways_of(webmail, uid).html and len(lists.asked) == 1


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "10.1.2.3", "gone.test"])
def test_no_other_machine_than_one_of_the_open_net_is_asked(
    webmail: Webmail, mail_user: MailUser, lists: Lists, host: str
) -> None:
    # 127.0.0.1 is let through here, but has no certificate of its own.
    more = f"{ONE_CLICK}X-Host: {host}\r\n"
    uid = mail_user.append(newsletter(f"<https://{host}.:{lists.port}/>", more=more))
    webmail.send(f"{INBOX}{uid}/unsubscribe", {})
    assert lists.asked == []


def test_a_message_is_begun_and_not_sent(webmail: Webmail, mail_user: MailUser, submission: Submission) -> None:
    uid = mail_user.append(newsletter("<mailto:leave+7@lists.test?subject=unsubscribe%20me&bcc=eve@evil.test>"))
    page = ways_of(webmail, uid)
    (link,) = [one.attributes["href"] or "" for one in page.tree.css(".unsubscribe-way a")]
    written = webmail.see(link)
    assert "leave+7@lists.test" in written.value("[name=to]") and written.value("[name=subject]") == "unsubscribe me"
    sent = [one for one in submission.accepted if "leave+7@lists.test" in one.recipients]
    assert "eve@evil.test" not in written.html and sent == []


def test_a_page_to_visit_opens_apart_and_without_telling_where_from(
    webmail: Webmail, mail_user: MailUser, lists: Lists
) -> None:
    uid = mail_user.append(newsletter("<http://lists.test/a>, <javascript:alert(1)>, <data:text/html,x>"))
    page = ways_of(webmail, uid)
    (link,) = page.tree.css(".unsubscribe-way a")
    assert link.attributes["href"] == "http://lists.test/a"
    assert (link.attributes["rel"], link.attributes["target"]) == ("noopener noreferrer", "_blank")
    assert "What is sent there is not encrypted." in page.html and lists.asked == []


@pytest.mark.parametrize(("covered", "asked"), [(True, 1), (False, 0)])
def test_a_signature_that_this_site_checks_itself_counts_as_far_as_it_covers(
    mail_user: MailUser, submission: Submission, tmp_path: Path, lists: Lists, covered: bool, asked: int
) -> None:
    fields = (b"from", b"list-unsubscribe", *((b"list-unsubscribe-post",) if covered else ()))
    letter = f"List-Unsubscribe: <{lists.page}>\r\n{ONE_CLICK}".encode() + plain(sender="news@lists.test")
    signer = Signer(domain=HOST)
    uid = mail_user.append(signer.sign(letter, fields=fields))
    with start_name_server() as names:
        names.says(HOST, "A", "127.0.0.1")
        published(names, signer)
        ini = site_of(mail_user, submission, tmp_path, lists, names.port)
        resolving = f"resolvers = 127.0.0.1\nresolver_port = {names.port}\n"
        ini.write_text(f"{ini.read_text()}[modules]\ndkim = on\n[dkim]\n{resolving}")
        with open_webmail(ini) as webmail:
            webmail.log_in(mail_user.name, mail_user.password)
            assert ("The offer is signed by lists.test." in ways_of(webmail, uid).html) is covered
            webmail.send(f"{INBOX}{uid}/unsubscribe", {})
            assert len(lists.asked) == asked


def test_spam_is_offered_no_answer(webmail: Webmail, mail_user: MailUser, lists: Lists) -> None:
    act(webmail, "junk", mail_user.append(newsletter(f"<{lists.page}>", more=ONE_CLICK)))
    (uid,) = mail_user.uids("Junk")
    assert not webmail.see(f"/mail/main/Junk/{uid}").has(".unsubscribe-offer")


def test_a_message_without_a_way_has_no_page_of_ways(webmail: Webmail, mail_user: MailUser) -> None:
    uid = mail_user.append(newsletter("nothing of use"))
    assert not webmail.see(f"{INBOX}{uid}").has(".unsubscribe-offer")
    assert ways_of(webmail, uid).status == 404
    assert webmail.see(f"/mail/other/INBOX/{uid}/unsubscribe").status == 404


def test_without_the_module_images_no_machine_is_asked(
    mail_user: MailUser, submission: Submission, tmp_path: Path, lists: Lists
) -> None:
    ini = write_ini(mail_user, submission, tmp_path)
    ini.write_text(f"{ini.read_text()}\n[trust]\nauthserv_id = {OURS}\n[modules]\nimages = off\n")
    with open_webmail(ini) as webmail:
        webmail.log_in(mail_user.name, mail_user.password)
        uid = mail_user.append(newsletter(f"<{lists.page}>", more=ONE_CLICK))
        assert "does not connect to other machines" in ways_of(webmail, uid).html
        assert webmail.send(f"{INBOX}{uid}/unsubscribe", {}).status == 409 and lists.asked == []
