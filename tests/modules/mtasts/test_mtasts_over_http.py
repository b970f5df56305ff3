"""What is said of the servers of recipients, in the running site."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.submission import Submission
from tests.modules.compose.desk import write_ini
from tests.modules.discovery.web_server import WebServer, start_web_server
from tests.modules.webmail import Webmail, open_webmail
from tests.servers.dns import HOST, NameServer, start_name_server
from tests.servers.mail_user import MailUser

pytestmark = pytest.mark.servers

REQUIRED = "The server of sure.test requires encrypted delivery (MTA-STS)."


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebServer]:
    """A server of policies."""
    with start_web_server(tmp_path_factory.mktemp("policies"), "mta-sts.sure.test", "mta-sts.trying.test") as server:
        for domain, mode in (("sure.test", "enforce"), ("trying.test", "testing")):
            policy = f"version: STSv1\nmode: {mode}\nmx: mx.{domain}\nmax_age: 86400\n"
            server.page(f"mta-sts.{domain}/.well-known/mta-sts.txt", policy, Content_Type="text/plain")
        yield server


@pytest.fixture
def names() -> Iterator[NameServer]:
    """A name server that knows two domains with policies."""
    with start_name_server() as names:
        for domain in ("sure.test", "trying.test"):
            names.says(f"_mta-sts.{domain}", "TXT", '"v=STSv1; id=1"')
            names.says(f"mta-sts.{domain}", "A", HOST)
        yield names


@pytest.fixture
def webmail(
    mail_user: MailUser, submission: Submission, tmp_path: Path, names: NameServer, web: WebServer
) -> Iterator[Webmail]:
    """The browser of a user whose site asks for policies."""
    ini = write_ini(mail_user, submission, tmp_path)
    own = f"resolvers = {HOST}\nresolver_port = {names.port}\nca_file = {web.certificates.ca_file}\ntimeout = 20 s\n"
    with_policies = f"[modules]\nmtasts = on\n[mtasts]\nallow_private = yes\nhttps_port = {web.port}\n{own}"
    ini.write_text(ini.read_text("utf-8") + with_policies, "utf-8")
    with open_webmail(ini) as webmail:
        webmail.log_in(mail_user.name, mail_user.password)
        yield webmail


def test_the_page_says_of_each_domain_what_it_requires(webmail: Webmail) -> None:
    page = webmail.see("/compose/delivery?to=Ada+<ada@sure.test>,+bob@trying.test,+eve@other.test,+a@sure.test")
    assert page.texts(".delivery-list li") == [
        REQUIRED,
        "The server of trying.test is trying encrypted delivery out (MTA-STS).",
        "The server of other.test does not say that it requires encrypted delivery.",
    ]


def test_scripts_are_told_the_same(webmail: Webmail) -> None:
    told = {"to": "ada@sure.test", "found": [{"domain": "sure.test", "text": REQUIRED, "required": True}]}
    assert webmail.ask("/compose/delivery?to=ada@sure.test") == told


def test_compose_says_what_is_known_and_asks_nobody_itself(webmail: Webmail, names: NameServer) -> None:
    compose = "/compose?to=ada@sure.test"
    assert webmail.see(compose).texts(".compose-delivery li") == [] and names.asked == []
    webmail.see("/compose/delivery?to=ada@sure.test")
    assert webmail.see(compose).texts(".compose-delivery li") == [REQUIRED]


def test_without_recipients_nobody_is_asked(webmail: Webmail, names: NameServer) -> None:
    page = webmail.see("/compose/delivery")
    assert page.has("#delivery-to") and not page.has(".delivery-list") and names.asked == []


def test_what_is_no_address_is_told(webmail: Webmail) -> None:
    page = webmail.see("/compose/delivery?to=<script>alert(1)</script>,nobody")
    assert "no address of a mail domain" in page.texts(".delivery-list li")[0] and "<script>alert" not in page.html


def test_without_the_module_nobody_is_asked(mail_user: MailUser, submission: Submission, tmp_path: Path) -> None:
    with open_webmail(write_ini(mail_user, submission, tmp_path)) as webmail:
        webmail.log_in(mail_user.name, mail_user.password)
        assert not webmail.see("/compose?to=ada@sure.test").has(".compose-delivery")
        assert webmail.see("/compose/delivery").status == 404
