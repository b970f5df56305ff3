"""No message tells anybody that it is read, by any technique that we know: a browser's own records say so."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from selenium.common.exceptions import NoAlertPresentException

from demo.dovecot import Dovecot
from demo.submission import Submission
from tests.browser import echoes
from tests.browser.beacon import Beacon, Records, listening, recorded
from tests.browser.person import INBOX, Person
from tests.browser.site import Site, serve
from tests.messages import NAMES, Shelf, octets_of
from tests.modules.mail.hostile import SCRIPTS, SHEETS, STYLES
from tests.modules.mail.letters import rich
from tests.servers.mail_user import MailUser, new_user

pytestmark = [pytest.mark.browser, pytest.mark.servers, pytest.mark.timeout(2400)]

AT_ONCE = 50
# Shows documents of messages in frames such as the reader's, all at once, and looks into each of them by LOOK.
SHOW = """
const [addresses, done] = arguments;
const frames = addresses.map((address) => {
  const frame = document.createElement("iframe");
  frame.setAttribute("sandbox", "allow-same-origin allow-popups allow-popups-to-escape-sandbox");
  frame.src = address;
  return frame;
});
const loaded = frames.map((frame) => new Promise((on) => frame.addEventListener("load", on)));
Promise.all(loaded).then(() => new Promise((on) => setTimeout(on, 300))).then(() => {
  const found = frames.map((frame) => (LOOK)(frame.contentDocument));
  frames.forEach((frame) => frame.remove());
  done(found);
});
document.body.append(...frames);
"""
# Gives the documents of messages as they come, and looks by LOOK into what a browser builds of each without showing it.
ASK = """
const [addresses, done] = arguments;
const asked = addresses.map((one) => fetch(one).then((answer) => (answer.ok ? answer.text() : answer.status)));
Promise.all(asked).then(done);
"""
BUILD = "return arguments[0].map((text) => (LOOK)(Document.parseHTMLUnsafe(text)))"
HOVER = """
for (const one of document.querySelectorAll(".row, .row a")) {
  for (const kind of ["pointerover", "pointerenter", "mouseover", "mouseenter", "mousemove", "focusin"]) {
    one.dispatchEvent(new MouseEvent(kind, {bubbles: true}));
  }
}
document.querySelector("#list-pane")?.scrollBy(0, 1e6);
"""
# Pages of the sender's own, side by side; none of them may lead all of them away.
SIDE_BY_SIDE = '<iframe sandbox="allow-scripts allow-same-origin allow-forms allow-popups" src="/{name}"></iframe>'
MARKUP = re.compile(rb"html|enriched|richtext|markdown", re.IGNORECASE)
# For these a browser looks names up, or begins connections over which it then asks nothing, whatever a policy says:
# only the cleaner keeps it from that.
SPECULATIVE = frozenset({"dns-prefetch", "preconnect", "iframe", "svg-foreign"})
NOTHING = "() => []"
WAYS = ("/frame", "/frame/remote", "/frame?plain=1")
BUILT = """(letter) => {
  const hostile = /url\\s*\\((?!["']?(\\/(?!\\/)|data:image))|image-set|expression|javascript:|^\\s*data:(?!image)/i;
  return [...letter.querySelectorAll(".part *")].flatMap((one) => [
    one.localName, ...[...one.attributes].map(({name}) => `${one.localName}@${name}`),
    ...[...one.attributes].filter(({name, value}) => ["style", "href", "src"].includes(name) && hostile.test(value))
      .map(({name, value}) => `${name}=${value.slice(0, 80)}`),
    ...(one.localName === "img"
      && !/^(data:image\\/|\\/(?!\\/))/.test(one.getAttribute("src") ?? "/") ? [`src=${one.src}`] : []),
    ...(one.namespaceURI === "http://www.w3.org/1999/xhtml" ? [] : [one.namespaceURI]),
    ...(one.shadowRoot ? ["shadow"] : []),
  ]);
}"""
ELEMENTS = frozenset(
    """a abbr address article aside b bdi bdo big blockquote br caption center cite code col colgroup dd del details dfn
    div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark nav ol p pre q rp
    rt ruby s samp section small span strike strong sub summary sup table tbody td tfoot th thead time tr tt u ul var
    wbr""".split()
)
EVERYWHERE = frozenset("style class id dir lang title align valign bgcolor width height".split())
SOMEWHERE = frozenset(
    """a@href a@name a@rel a@target img@src img@alt img@border img@hspace img@vspace table@border table@cellpadding
    table@cellspacing table@summary td@colspan td@rowspan td@nowrap th@colspan th@rowspan th@nowrap th@scope font@color
    font@face font@size ol@start ol@type ul@type li@value li@type col@span hr@size hr@color hr@noshade mark@data-odd
    mark@data-weight mark@data-detail details@open""".split()
)


@dataclass(frozen=True)
class Reading:
    """What came of reading everything: who heard of it, what was sent, and what a browser built of each."""

    records: Records
    connections: list[object]
    sent: int
    path: str
    built: dict[tuple[str, str], list[str]]


@pytest.fixture
def beacon() -> Iterator[Beacon]:
    """Somebody who would like to know when a message is read."""
    with listening() as beacon:
        yield beacon


@pytest.fixture(scope="module")
def reading(site: Site, dovecot: Dovecot, submission: Submission, tmp_path_factory: pytest.TempPathFactory) -> Reading:
    """Everything that is awkward, hostile or curious was read in every way there is, by one person."""
    user, sent = new_user(dovecot), len(submission.accepted)
    with listening() as beacon, recorded(tmp_path_factory.mktemp("reading")) as (chrome, end):
        curious = {**echoes.messages(beacon.port), "everything": echoes.everything(beacon.port)}
        messages = {**awkward(), **curious}
        uids = lay_down(user, messages)
        paths = {
            (name, way): f"{INBOX}{uids[name]}{way}" for name, octets in messages.items() for way in ways(name, octets)
        }
        person = Person(chrome, user, site.address)
        person.enter()
        person.script(HOVER)
        built: dict[tuple[str, str], list[str]] = {}
        for way in WAYS:
            shown = [one for one in paths if one[1] == way and one[0] in curious]
            built |= zip(shown, show(person, [paths[one] for one in shown], BUILT), strict=True)
            person.like_dark()
        person.script(HOVER)
        path = person.path
        assert no_dialog(person)
        open_pages(person, uids)
        answer_in_rich_text(person, uids["everything"])
        user.append(messages["header-subject"])
        person.open(INBOX)
        person.until(lambda: len(person.subjects()) > 5)
        person.script(HOVER)
        assert no_dialog(person)
        rest = [one for one in paths if one not in built]
        built |= zip(rest, build(person, [paths[one] for one in rest]), strict=True)
        return Reading(end(), beacon.connections, len(submission.accepted) - sent, path, built)


def awkward() -> dict[str, bytes]:
    """The corpus, what is to run, and what is to be worn, by their names."""
    messages = {name: octets_of(name) for name in NAMES}
    messages |= {f"run-{place}": rich(f"<p>Words</p>{snippet}") for place, snippet in enumerate(SCRIPTS)}
    messages |= {f"dress-{place}": rich(f"<style>{sheet}</style><p>x") for place, sheet in enumerate(SHEETS)}
    return messages | {"wear": rich("".join(f'<p style="{style}">x</p>' for style in STYLES))}


def ways(name: str, octets: bytes) -> tuple[str, ...]:
    """Where a message is shown: without markup it looks the same everywhere, and many share one plain text."""
    if not MARKUP.search(octets):
        return WAYS[:1]
    return WAYS[:2] if name in echoes.bodies() else WAYS


def open_pages(person: Person, uids: Mapping[str, int]) -> None:
    """Go to every page that shows something of a message."""
    everything = uids["everything"]
    asked = f"account=main&mailbox=INBOX&uid={everything}"
    modes = ("reply", "reply-all", "forward", "forward-attached", "edit")
    names = (*echoes.FIELDS, *echoes.PARTS, "text-markup", "script-inline", "meta-refresh", "everything")
    for where in (
        *(f"{INBOX}{uids[name]}" for name in names),
        *(f"{INBOX}{everything}{more}" for more in ("?images=1", "?plain=1", "/print", "/headers", "/source")),
        *(f"{INBOX}{uids[name]}/headers" for name in echoes.FIELDS),
        *(f"/compose?mode={mode}&{asked}" for mode in modes),
        f"/compose?mode=edit&account=main&mailbox=INBOX&uid={uids['part-svg']}",
        f"{INBOX}?q=letter",
        f"{INBOX}?q=tracker",
    ):
        person.open(where)
        assert no_dialog(person)


def answer_in_rich_text(person: Person, uid: int) -> None:
    """Begin an answer to a message and a forwarding of it where its HTML is written on."""
    person.open("/settings")
    person.choose("Write as", "Rich text")
    person.wait_for_notice("Undo")
    for mode in ("reply", "forward"):
        person.open(f"/compose?mode={mode}&account=main&mailbox=INBOX&uid={uid}")
        person.until(lambda: "Words of the letter" in person.text(".compose-body [contenteditable]"))


def lay_down(user: MailUser, messages: Mapping[str, bytes]) -> dict[str, int]:
    """Put messages into the INBOX as they are; their UIDs by their names."""
    user.append("Subject: The first\n\nIt makes the folder.")
    return Shelf(user).put(**messages)


def show(person: Person, paths: Sequence[str], look: str = NOTHING) -> list[list[str]]:
    """Show documents of messages in frames, some at a time, and look into each."""
    person.browser.set_script_timeout(120)
    found: list[list[str]] = []
    script = SHOW.replace("LOOK", look)
    for start in range(0, len(paths), AT_ONCE):
        found += person.browser.execute_async_script(script, list(paths[start : start + AT_ONCE]))
    return found


def build(person: Person, paths: Sequence[str]) -> list[list[str]]:
    """Look into what a browser builds of documents that it does not show."""
    texts: list[object] = []
    for start in range(0, len(paths), AT_ONCE):
        texts += person.browser.execute_async_script(ASK, list(paths[start : start + AT_ONCE]))
    assert [text for text in texts if not isinstance(text, str)] == []
    # Pages of the program let no script build documents out of words.
    person.browser.get("about:blank")
    found: list[list[str]] = person.script(BUILD.replace("LOOK", BUILT), texts)
    return found


def heard(records: Records) -> set[str]:
    """The techniques whose senders heard of it, by the names of their hosts."""
    hosts = records.hosts()
    ours = {host for host in hosts if host.endswith((".localhost", ".tracker.test"))}
    return {host.split(".")[0] for host in ours} | (hosts & {"localhost", "tracker.test"})


def no_dialog(person: Person) -> bool:
    """Whether no message box is open."""
    try:
        person.browser.switch_to.alert.accept()
    except NoAlertPresentException:
        return True
    return False


def test_the_records_of_a_browser_show_who_hears_of_a_page_that_nobody_cleaned(beacon: Beacon, tmp_path: Path) -> None:
    bodies = echoes.bodies()
    beacon.pages = {f"/{name}": echoes.told(html, name, beacon.port).encode() for name, html in bodies.items()}
    beacon.pages["/"] = "".join(SIDE_BY_SIDE.format(name=name) for name in bodies).encode()
    with recorded(tmp_path) as (chrome, end):
        chrome.get(f"{beacon.address}/")
        records = end()
    assert len(heard(records) - {"localhost"}) > 60
    assert {"dns-prefetch", "preconnect", "img", "sheet-import", "style-image-set", "video-poster"} <= heard(records)


def test_no_technique_tells_anybody_that_a_message_is_read_or_answered(reading: Reading) -> None:
    assert heard(reading.records) == set() and reading.connections == []
    assert reading.sent == 0
    assert reading.path == INBOX


def test_what_a_browser_builds_holds_nothing_but_what_is_allowed(reading: Reading) -> None:
    odd = {shown: sorted({one for one in built if not is_allowed(one)}) for shown, built in reading.built.items()}
    assert {shown: found for shown, found in odd.items() if found} == {}
    assert len(odd) > 900
    assert sum("p" in built for built in reading.built.values()) > 300


def test_the_frame_holds_back_what_a_cleaner_would_let_through(
    dovecot: Dovecot, submission: Submission, mail_user: MailUser, beacon: Beacon, tmp_path: Path
) -> None:
    running = [snippet.replace("alert(1)", "top.ran=1") for snippet in SCRIPTS]
    messages = {f"script-{place}": rich(f"<p>Words</p>{snippet}") for place, snippet in enumerate(running)}
    messages |= echoes.messages(beacon.port)
    with serve(tmp_path, dovecot, submission, program="tests.browser.uncleaned") as site:
        uids = lay_down(mail_user, messages)
        with recorded(tmp_path) as (chrome, end):
            person = Person(chrome, mail_user, site.address)
            person.enter()
            shown = show(person, [f"{INBOX}{uid}/frame" for uid in uids.values()], _HAS_SCRIPT)
            assert shown.count(["script"]) > 15, "the cleaner is still there"
            show(person, [f"{INBOX}{uid}/frame/remote" for uid in uids.values()])
            assert person.path == INBOX and no_dialog(person)
            assert person.script("return window.ran ?? null") is None
            for name in ("script-0", "script-4", "script-inline", "meta-refresh", "handlers", "base", "form"):
                where = f"{INBOX}{uids[name]}/frame"
                person.open(where)
                assert person.path == where and no_dialog(person)
                assert person.tell_browser("Runtime.evaluate", expression="window.ran")["result"]["type"] == "undefined"
            records = end()
    assert heard(records) <= SPECULATIVE and beacon.callers == set()


def is_allowed(built: str) -> bool:
    """Whether a browser may have built this element or attribute out of a message."""
    element, at, attribute = built.partition("@")
    if not at:
        return element in ELEMENTS
    return element in ELEMENTS and (attribute in EVERYWHERE or built in SOMEWHERE)


_HAS_SCRIPT = '(letter) => letter.querySelector(".part script, .part [onerror], .part [onload]") ? ["script"] : []'
