"""Cleaned texts that are kept: they are what cleaning gives now, for their reader alone, and for a while."""

import re
import threading
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import ContentHost, User
from modules.links.services import Judge, know_links
from modules.links.settings import Leaving
from modules.links.signing import SignedLinks
from modules.mail.html import CleanHtml, SafeHtml, read_trackers
from modules.mail.kept import AT_REST, Cleaned, Owner, Shelf, Shelves
from modules.mail.links import warnings
from modules.mail.privacy import Privacy
from modules.mail.settings import ReadingSettings, RemoteImages
from tests.modules.links.test_signing import KEYS
from tests.modules.mail.hostile import SCRIPTS, STYLES
from tests.modules.mail.letters import rich
from tests.modules.webmail import Webmail
from tests.servers.mail_user import MailUser

INBOX = "/mail/main/INBOX/"
ANN = Owner("a session", "ann")
NEWSLETTER = (
    '<body bgcolor="#fff"><style>p { color: #123456 }</style><p style="background:url(https://t.example/b.png)">Words</p>'
    '<a href="http://evil.example/?utm_source=a">https://www.bank.example/</a><img src="https://t.example/a.png">'
    '<img src="cid:one@here"><img src="https://t.example/p.gif" width="1" height="1">'
    '<a href="https://news.example/1?utm_source=a">On</a><a href="https://news.example/1?utm_source=a">On</a>'
)
JUDGEMENT, TRACKERS = know_links(), read_trackers()


class Pictures:
    """Gives images an address that tells of a key."""

    def __init__(self, key: str) -> None:
        self.basis = key

    def address_of(self, message: str, image: str) -> str | None:
        """The address of an image of a message."""
        return f"/images{message}?key={self.basis}&u={image}"


def text(octets: int = 0) -> Cleaned:
    return Cleaned(CleanHtml(SafeHtml("x" * octets)))


# Everything that may differ between two times that a message is opened.
AXES: Mapping[str, tuple[object, ...]] = {
    "user": ("ann", "bob"),
    "leaving": tuple(Leaving),
    "allowed": tuple(RemoteImages),
    "key": ("k1", "k2"),
    "judged": (True, False),
    "html": (NEWSLETTER, f"{NEWSLETTER}<b>", SCRIPTS[0], f'<p style="{STYLES[0]}">x'),
    "message": ("/mail/main/INBOX/1", "/mail/main/INBOX/2", "/mail/other/INBOX/1"),
    "inline": ({}, {"one@here": "/part/2"}, {"one@here": "/part/3"}),
    "remote": (True, False),
    "bare": (True, False),
    "either": (True, False),
    "content": (ContentHost(), ContentHost("/t1", "https://here"), ContentHost("/t2", "https://here")),
    "plain": ({}, {"flowed": True}, {"flowed": True, "delsp": True}),
}


def shown(one: dict[str, Any], shelf: Shelf) -> tuple[object, ...]:
    """Everything that a page and its frame tell of a message, of HTML and a plain text beside it."""
    judge = Judge(JUDGEMENT, SignedLinks(KEYS, User(one["user"])), one["leaving"]) if one["judged"] else None
    chosen = ReadingSettings(remote_images=one["allowed"])
    privacy = Privacy(chosen, TRACKERS, Pictures(one["key"]), judge, shelf=shelf, content=one["content"])
    links = privacy.links(one["message"], bare=one["bare"])
    clean = privacy.clean(one["html"], one["inline"], links, remote=one["remote"], either=one["either"])
    beside = privacy.show_plain(f"See \nhttp://evil.example/ {one['html']}", links, **one["plain"])
    return clean, beside, links.marked, len(links.found) + links.passed, warnings(links.found)


@settings(max_examples=20, deadline=None)
@given(st.fixed_dictionaries({name: st.sampled_from(values) for name, values in AXES.items()}))
def test_what_is_kept_is_what_cleaning_gives_now_whatever_changed(first: dict[str, Any]) -> None:
    shelf = Shelf(octets=10**9, texts=10**6)
    ways = [first, *({**first, name: value} for name, values in AXES.items() for value in values)]
    assert [shown(one, shelf) for one in ways] == [shown(one, Shelf()) for one in ways]
    assert len(shelf) < 2 * len(ways)


def test_a_text_that_is_asked_for_again_is_not_cleaned_again() -> None:
    shelf, made = Shelf(), list[str]()

    def make() -> Cleaned:
        made.append("made")
        return text()

    assert shelf.made("a", make) is shelf.made("a", make)
    assert made == ["made"]


def test_what_was_not_asked_for_longest_makes_room_and_what_takes_half_of_it_is_not_kept() -> None:
    room = text(1000).octets
    shelf = Shelf(octets=3 * room, texts=10)
    first = shelf.made("a", lambda: text(1000))
    shelf.made("b", lambda: text(1000))
    shelf.made("c", lambda: text(1000))
    assert shelf.made("a", text) is first
    shelf.made("d", lambda: text(1000))
    assert (len(shelf), shelf.held) == (3, 3 * room)
    assert shelf.made("a", text) is first and not shelf.made("b", text).clean.body
    shelf.made("large", lambda: text(3 * room))
    assert shelf.held <= 3 * room and not shelf.made("large", text).clean.body


def test_a_shelf_holds_only_so_many_texts() -> None:
    shelf = Shelf(texts=2)
    for name in "abcd":
        shelf.made(name, text)
    assert len(shelf) == 2


def test_every_session_and_every_user_has_a_shelf_of_its_own() -> None:
    shelves = Shelves()
    assert shelves.of(ANN) is shelves.of(ANN)
    assert len({id(shelves.of(owner)) for owner in (ANN, ANN._replace(user="bob"), ANN._replace(session="b"))}) == 3
    shelves.close()
    assert len(shelves) == 0


def test_a_request_that_is_under_way_at_the_log_out_leaves_nothing() -> None:
    shelves = Shelves()
    shelf = shelves.of(ANN)
    shelves.forget(lambda owner: owner.session == ANN.session)
    shelf.made("a", text)
    assert len(shelves) == 0 and len(shelves.of(ANN)) == 0
    shelves.close()


def test_a_session_at_rest_is_forgotten_and_one_that_reads_is_not() -> None:
    now = 0.0
    shelves = Shelves(clock=lambda: now)
    shelves.of(ANN)
    now = AT_REST - 1
    bob = shelves.of(Owner("b", "bob"))
    now = AT_REST + 1
    shelves.sweep()
    assert len(shelves) == 1 and shelves.of(Owner("b", "bob")) is bob
    shelves.close()


def test_the_sweeper_works_by_itself() -> None:
    now, shelves = 0.0, Shelves(clock=lambda: now, between_sweeps=0.01)
    shelves.of(ANN)
    now = AT_REST + 1
    for _ in range(6000):
        if not len(shelves):
            break
        threading.Event().wait(0.01)
    shelves.close()
    assert len(shelves) == 0


def test_where_all_together_hold_too_much_whoever_read_nothing_for_longest_loses_theirs() -> None:
    now = 0.0
    shelves = Shelves(most=text(1000).octets, clock=lambda: now)
    for session in "abc":
        now += 1
        shelves.of(Owner(session, "ann")).made("x", lambda: text(1000))
    kept = shelves.of(Owner("c", "ann"))
    assert len(shelves) == 1 and len(kept) == 1
    shelves.close()


def test_styles_that_came_with_a_text_too_large_to_keep_are_counted_with_all_that_is_held() -> None:
    now = 0.0
    shelves = Shelves(most=1000, clock=lambda: now)

    def make() -> Cleaned:
        ann.styles.cleaned("color: red", 0, lambda: ("x" * 1000, True))
        return text(10**6)

    ann = shelves.of(ANN)
    ann.made("x", make)
    now = 1
    shelves.of(Owner("b", "bob"))
    assert len(ann) == 0 and len(shelves) == 1 and shelves.of(ANN) is not ann
    shelves.close()


def test_what_all_hold_is_not_counted_while_it_cannot_be_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    counted = list[int]()
    monkeypatch.setattr(Shelves, "_make_room", lambda shelves, owner: counted.append(shelves._at_most))
    room = text(1000).octets
    shelves = Shelves(most=2 * room)
    for session in "abc":
        shelves.of(Owner(session, "ann")).made("x", lambda: text(1000))
        shelves.of(ANN)
    assert counted == [3 * room]
    shelves.close()


def frame_of(webmail: Webmail, path: str) -> str:
    """A frame without what differs from time to time and from session to session: nonces, addresses of images."""
    return re.sub(r'nonce="[^"]*"', "", re.sub(r'/images\?[^"]*', "/images", webmail.see(path).html))


@pytest.mark.servers
def test_a_reader_who_changes_settings_sees_what_a_new_session_shows(webmail: Webmail, mail_user: MailUser) -> None:
    path = f"{INBOX}{mail_user.append(rich(NEWSLETTER))}"
    seen = set()
    other = webmail.visitor()
    for where, choice in (
        ("reading", {"page_size": "40"}),
        ("reading", {"bare_links": "1"}),
        ("reading", {"image_senders": "news@example.test"}),
        ("link", {"leaving": "always"}),
        ("look", {"theme": "light"}),
        ("reading", {"remote_images": "never"}),
    ):
        webmail.send(f"/settings/{where}", choice)
        frame = webmail.see(path).one("iframe").attributes["src"] or ""
        other.log_in(mail_user.name, mail_user.password)
        page = other.see(path)
        assert (page.one("iframe").attributes["src"], page.texts(".banner")) == (
            frame,
            webmail.see(path).texts(".banner"),
        )
        shown = frame_of(webmail, frame)
        assert frame_of(other, frame) == shown
        seen.add(shown)
        other.log_out()
    assert len(seen) == 6
    (shelves,) = webmail.site.application.shared.find(Shelves) or ()
    assert isinstance(shelves, Shelves) and len(shelves) == 1
    webmail.log_out()
    assert len(shelves) == 0


@pytest.mark.servers
def test_the_frame_cleans_nothing_that_its_page_cleaned(webmail: Webmail, mail_user: MailUser) -> None:
    webmail.send("/settings/reading", {"image_senders": "news@example.test", "bare_links": "1"})
    path = f"{INBOX}{mail_user.append(rich(NEWSLETTER))}"
    frame = webmail.see(path).one("iframe").attributes["src"] or ""
    (shelves,) = webmail.site.application.shared.find(Shelves) or ()
    assert isinstance(shelves, Shelves)
    (shelf,) = shelves._shelves.values()
    assert len(shelf) == 1 and "/remote" in frame and "/images" in webmail.see(frame).html
    assert len(shelf) == 1
