"""Images of other machines before a person's eyes: they come from the site, and the browser asks nobody else."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.dovecot import Dovecot
from demo.submission import Submission
from tests.browser.person import Person
from tests.browser.site import Site, serve
from tests.modules.images.gallery import ImageServer, picture
from tests.modules.mail.letters import plain, rich

pytestmark = [pytest.mark.browser, pytest.mark.servers]

INBOX = "/mail/main/INBOX/"
SIZES = """
return [...letter.images].filter((one) => one.src.includes("/images?")).map((one) => one.complete && one.naturalWidth);
"""


@pytest.fixture(scope="module")
def site(
    images: ImageServer,
    dovecot: Dovecot,
    submission: Submission,
    tmp_path_factory: pytest.TempPathFactory,
    front_end: Path,
) -> Iterator[Site]:
    """A confined site that may fetch images from that server."""
    with serve(tmp_path_factory.mktemp("images"), dovecot, submission, more=images.settings) as site:
        yield site


def letter(server: ImageServer) -> bytes:
    return rich(
        f"""<style>.a {{ background: url({server.at("/sheet.png", "localhost")}) }}</style>
<p class="a">Words</p><img src="{server.at("/a.png", "localhost")}" alt="a picture">
<table><tr><td style="background-image: url({server.at("/back.png", "localhost")})">cell</td></tr></table>
<img src="{server.at("/pixel.gif", "localhost")}" width="1" height="1">
<img srcset="{server.at("/set.png", "localhost")} 2x" src="{server.at("/broken.png", "localhost")}">
<a href="https://example.org/?utm_source=letter">read on</a>"""
    )


def test_images_come_when_they_are_asked_for_and_nobody_learns_from_where(person: Person, server: ImageServer) -> None:
    for path in ("/a.png", "/back.png", "/sheet.png"):
        server.shows(path, picture(size=(40, 30)))
    person.user.append(letter(server))
    person.user.append(plain("Other"))
    person.enter()
    person.open(f"{INBOX}1")
    person.wait_for_message("Newsletter")
    assert "remote images are withheld" in person.text(".banner") and server.connections == 0
    assert "1 tracker withheld: localhost." in person.text(".banner")
    assert person.barriers() == []
    person.use("Show images", "link")
    # The first is drawn anew, the other one cannot be had.
    person.until(lambda: person.in_letter(SIZES) == [40, 48])
    person.until(
        lambda: {one.split()[1] for one in server.asked} == {"/a.png", "/back.png", "/sheet.png", "/broken.png"}
    )
    told = "\n".join(server.asked).lower()
    assert not any(word in told for word in ("cookie", "referer", "chrome", "accept-language"))
    assert person.asked_elsewhere() == []
    # The next time it is asked again.
    person.open(f"{INBOX}2")
    person.open(f"{INBOX}1")
    person.wait_for_message("Newsletter")
    assert person.in_letter(SIZES) == []


def test_a_sender_can_be_allowed_for_good_and_links_be_cleaned(person: Person, server: ImageServer) -> None:
    server.shows("/a.png", picture(size=(40, 30)))
    person.user.append(letter(server))
    person.enter()
    person.wait_for(".row-link").click()
    person.wait_for_message("Newsletter")
    person.use("Clean the link", "link")
    person.until(lambda: person.in_letter("return letter.links[0].href") == "https://example.org/")
    person.one(".banner details summary").click()
    person.use("Always show images of news@example.test", "button")
    person.until(lambda: person.in_letter(SIZES)[:1] == [40])
    assert "withheld, since" not in person.text(".message")
