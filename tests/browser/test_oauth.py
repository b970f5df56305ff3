"""Coming in by a provider: its page asks, the mailbox opens with what it gives, and disconnecting ends that."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By

from demo.dovecot import dovecot_missing
from demo.submission import Submission
from tests.browser.person import INBOX, Person
from tests.browser.site import Site, serve
from tests.modules.mail.letters import plain
from tests.modules.oauth.mail import MailHouse, open_mail_house
from tests.modules.oauth.site import provider_section
from tests.servers.needs import missing

pytestmark = [pytest.mark.browser, pytest.mark.servers]


@dataclass(frozen=True)
class Reached:
    """The program, confined, and the provider by which people come to it."""

    site: Site
    house: MailHouse


@pytest.fixture(scope="module")
def reached(tmp_path_factory: pytest.TempPathFactory, submission: Submission, front_end: Path) -> Iterator[Reached]:
    lack = dovecot_missing()
    if lack:
        missing(lack)
    with open_mail_house() as house:
        section = provider_section(house.provider, more=house.mail_options)
        more = f"[modules]\noauth = on\n{section}[accounts]\nca_file = {house.dovecot.ca_file}\ninner_networks = on\n"
        folder = tmp_path_factory.mktemp("oauth")
        with serve(folder, house.dovecot, submission, more=more, knows_address=True) as site:
            house.provider.redirects.add(f"{site.address}/oauth/return/work")
            house.provider.asks = True
            yield Reached(site, house)


def allow(someone: Person) -> None:
    """Say yes on the provider's own page."""
    someone.until(lambda: someone.browser.title == "The provider")
    someone.one("#yes").click()


def test_a_mailbox_opens_by_a_provider_and_closes_again(selenium: Chrome, reached: Reached) -> None:
    (user,) = [next(made := reached.house.new_user())]
    user.append(plain("Plants"))
    someone = Person(selenium, user, reached.site.address)
    someone.open("/login")
    assert someone.barriers() == []
    someone.use("Log in with Work")
    allow(someone)
    someone.wait_for_path(INBOX)
    someone.wait_for_subjects("Plants")
    someone.open("/security")
    section = someone.browser.find_element(By.XPATH, "//section[.//h2[text()='Your login']]")
    assert "You log in with Work." in section.text and user.name in section.text
    assert someone.barriers() == []
    section.find_element(By.CSS_SELECTOR, "form[action='/oauth/disconnect'] button").click()
    someone.wait_for_text("main", "Your mailbox is not connected: Work does not let this site in.")
    assert reached.house.provider.grants[-1].revoked
    someone.browser.get(f"{reached.site.address}{INBOX}")
    someone.wait_for_path("/security")
    someone.use(f"Connect again {user.name}")
    allow(someone)
    someone.wait_for_path(INBOX)
    someone.wait_for_subjects("Plants")
    someone.open("/accounts")
    assert "Connect Work" in someone.one(".oauth-connect").text
    assert someone.barriers() == []
    next(made, None)


def test_who_says_no_at_the_provider_is_told_so_on_the_login_page(selenium: Chrome, reached: Reached) -> None:
    user = next(made := reached.house.new_user())
    someone = Person(selenium, user, reached.site.address)
    someone.open("/login")
    someone.use("Log in with Work")
    someone.until(lambda: someone.browser.title == "The provider")
    someone.one("#no").click()
    assert someone.wait_for("[role=alert]").text == "You were not let in at Work, or said no there."
    assert someone.barriers() == []
    next(made, None)
