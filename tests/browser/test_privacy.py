"""What a message can do when it is opened: nothing runs, and nobody outside hears of it."""

from collections.abc import Callable, Iterator

import pytest
from selenium.common.exceptions import NoAlertPresentException

from tests.browser.beacon import Beacon, listening
from tests.browser.person import INBOX, Person
from tests.modules.mail.hostile import SCRIPTS
from tests.modules.mail.letters import plain, rich

pytestmark = [pytest.mark.browser, pytest.mark.servers]

Enter = Callable[..., Person]

NEWSLETTER = """<!doctype html><html><head>
<base href="{there}/"><meta http-equiv="refresh" content="0; url={there}/refresh">
<link rel="stylesheet" href="{there}/sheet.css"><link rel="preload" as="image" href="{there}/preload.png">
<link rel="prefetch" href="{there}/prefetch"><link rel="preconnect" href="{there}"><link rel="icon" href="{there}/icon">
<link rel="dns-prefetch" href="{there}"><link rel="modulepreload" href="{there}/module.js">
<style>@import url("{there}/import.css"); @import "{there}/import2.css";
@font-face {{ font-family: News; src: url("{there}/font.woff2"); }}
body {{ font-family: News; background: url({there}/body.png); }}
li {{ list-style-image: url("{there}/list.png"); }} p::before {{ content: url({there}/before.png); }}
h1 {{ background-image: image-set(url("{there}/set.png") 1x); cursor: url({there}/cursor.png), auto; }}
div {{ border-image-source: url(\\68 ttp://localhost:{port}/escaped.png); mask: url({there}/mask.svg#m); }}
@media all {{ td {{ background: u\\72l({there}/inner.png); }} }}</style></head>
<body background="{there}/background.png" style="background: url('{there}/attribute.png')">
<h1>The news</h1><p>Words</p><ul><li>one</li></ul><div>box</div>
<img src="{there}/image.png" srcset="{there}/large.png 2x" width="1" height="1" alt="">
<img src="//localhost:{port}/relative.png" alt=""><img src=" {there}/space.png" lowsrc="{there}/low.png" alt="">
<picture><source srcset="{there}/source.webp"><img src="{there}/picture.png" alt=""></picture>
<table background="{there}/table.png"><tr><td background="{there}/cell.png">cell</td></tr></table>
<video poster="{there}/poster.png" src="{there}/film.mp4" autoplay></video>
<audio src="{there}/sound.mp3" autoplay></audio>
<input type="image" src="{there}/input.png"><object data="{there}/object"></object><embed src="{there}/embed">
<iframe src="{there}/frame"></iframe><svg><image href="{there}/svg.png"/><use href="{there}/use.svg#x"/></svg>
<a href="{there}/link" ping="{there}/ping">link</a><form action="{there}/form"><button>send</button></form>
<script src="{there}/script.js"></script></body></html>"""

# A mark's detail only tells which address was removed; no other attribute may name one that runs.
RUNNING = """
return arguments[0].map((frame) => [...frame.contentDocument.querySelectorAll("*")].flatMap((one) => [
  ...(["SCRIPT", "IFRAME", "OBJECT", "EMBED", "FORM", "BASE", "META"].includes(one.tagName) && one.closest(".part")
    ? [one.outerHTML] : []),
  ...[...one.attributes].filter(({name, value}) => name.startsWith("on")
    || (/^\\s*j\\s*a\\s*v\\s*a/i.test(value) && !(one.localName === "mark" && name === "data-detail")))
    .map(({name, value}) => `${one.localName}@${name}=${value}`)]));
"""
SHOW = """
const [addresses, done] = arguments;
const frames = addresses.map((address) => {
  const frame = document.createElement("iframe");
  frame.className = "tried";
  frame.src = address;
  return frame;
});
Promise.all(frames.map((frame) => new Promise((loaded) => frame.addEventListener("load", loaded)))).then(() => done());
document.body.append(...frames);
"""


@pytest.fixture
def beacon() -> Iterator[Beacon]:
    """Somebody who would like to know when a message is read."""
    with listening() as beacon:
        yield beacon


def test_a_newsletter_tells_nobody_that_it_is_read(reader: Enter, beacon: Beacon) -> None:
    person = reader(rich(NEWSLETTER.format(there=beacon.address, port=beacon.port)))
    person.wait_for(".row-link").click()
    person.wait_for_message("Newsletter")
    person.open(f"{INBOX}1/print")
    person.until(lambda: "Words" in person.in_letter("return letter.body.textContent"))
    assert person.asked_elsewhere() == [] and beacon.connections == []


def test_nothing_in_a_hostile_message_runs(reader: Enter) -> None:
    person = reader(*(rich(f"<p>Words</p>{snippet}") for snippet in SCRIPTS))
    person.browser.execute_async_script(SHOW, [f"{INBOX}{uid}/frame" for uid in range(1, len(SCRIPTS) + 1)])
    left = dict(zip(SCRIPTS, person.script(RUNNING, person.all("iframe.tried")), strict=True))
    assert {snippet: found for snippet, found in left.items() if found} == {}
    with pytest.raises(NoAlertPresentException):
        person.browser.switch_to.alert.accept()


def test_the_document_of_a_message_may_run_nothing_even_outside_of_its_frame(reader: Enter) -> None:
    person = reader(rich("<p>Words</p>"))
    person.open(f"{INBOX}1/frame")
    run = (
        "const made = document.createElement('script'); made.textContent = 'window.ran = 1'; document.body.append(made)"
    )
    person.tell_browser("Runtime.evaluate", expression=run)
    assert person.tell_browser("Runtime.evaluate", expression="window.ran")["result"]["type"] == "undefined"
    person.complaints()


def test_a_subject_of_markup_is_only_text(reader: Enter) -> None:
    subject = "<img src=x onerror=alert(1)>\"'><script>alert(2)</script>"
    person = reader(plain(subject, sender='"<b>Ada</b>" <ada@example.test>'))
    assert person.subjects() == [subject]
    person.wait_for(".row-link").click()
    person.wait_for_message(subject)
    assert person.all("#message script, #message img, #list b") == []
    assert person.browser.title.startswith(subject)


@pytest.mark.parametrize("asked", [True, False])
def test_a_link_of_a_message_opens_a_tab_that_knows_nothing_of_this_one(
    reader: Enter, beacon: Beacon, asked: bool
) -> None:
    person = reader(rich(f'<p><a href="{beacon.address}/link">Words</a></p>'), where="/settings")
    if not asked:
        person.choose("Ask before a link leads away", "For none")
        person.wait_for_notice("Undo")
    person.open(f"{INBOX}1")
    person.wait_for_message("Newsletter")
    person.browser.switch_to.frame(person.one("#letter-frame"))
    person.one("a").click()
    person.until(lambda: len(person.browser.window_handles) == 2)
    mail, away = person.browser.window_handles
    person.browser.switch_to.window(away)
    if asked:
        person.use("Continue")
    person.until(lambda: "/link" in beacon.requests)
    assert {"cookie", "referer"} & set(beacon.requests["/link"]) == set()
    person.until(lambda: person.browser.current_url == f"{beacon.address}/link")
    assert person.script("return window.opener") is None
    person.browser.close()
    person.browser.switch_to.window(mail)
    person.asked()
    person.heard.clear()
