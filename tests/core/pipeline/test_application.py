"""What an application gives its handlers: services, parts, guards, menus, settings."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from core import (
    Access,
    Application,
    Data,
    Format,
    Fragment,
    LookSettings,
    MenuEntry,
    Module,
    NotFound,
    NotOffered,
    Phase,
    RawRequest,
    Redirect,
    Session,
    Shown,
    Streamed,
    TooMany,
    Wanted,
)
from tests.core.samples import Book, Review, Shelf, ask, make_site, noon_app, reviews, user_session

JSON = Wanted(Format.JSON)


def test_services_open_when_asked_for_and_close_at_the_end() -> None:
    site = make_site()
    noon_app(site.modules).answer(site.book, ask(), user_session())
    assert site.shelf.events == ["open", "closed"]


def test_a_stream_keeps_its_services_open_until_it_is_closed() -> None:
    site = make_site()
    streamed = noon_app(site.modules).answer(site.download, ask(), user_session())
    assert isinstance(streamed, Streamed)
    assert site.shelf.events == ["open"]
    assert b"".join(streamed.stream.chunks) == b"text"
    streamed.close()
    assert site.shelf.events == ["open", "closed"]


def test_a_part_runs_only_what_it_shows() -> None:
    site = make_site()
    ran: list[str] = []
    other = Module("other")

    @dataclass(frozen=True)
    class Slow:
        """A result that takes long."""

    slot = other.slot("slow", offers=Slow)

    def work() -> Slow:
        ran.append("slow")
        return Slow()

    def show(slow: Slow) -> Fragment:
        return Fragment.of("slow.html")

    show.__annotations__["slow"] = Slow
    work.__annotations__["return"] = Slow
    other.handler(site.book)(work)
    other.output(slot)(show)
    app = noon_app([*site.modules, other, reviews(site)])
    shown = app.answer(site.book, ask(), user_session(), Wanted(part="books.book.body"))
    assert isinstance(shown, Shown)
    assert (ran, set(shown.slots)) == ([], {"books.book.body", "books.review"})
    app.answer(site.book, ask(), user_session())
    assert ran == ["slow"]


def test_an_unknown_part_is_not_found() -> None:
    site = make_site()
    with pytest.raises(NotFound, match="no such part"):
        noon_app(site.modules).answer(site.book, ask(), user_session(), Wanted(part="nowhere"))


def test_a_page_without_json_says_so() -> None:
    module = Module("plain")
    page = module.page("p", "/p", access=Access.ANYONE)

    @module.output(page.body)
    def show() -> Fragment:
        return Fragment.of("x.html")

    with pytest.raises(NotOffered):
        noon_app([module]).answer(page, RawRequest(), Session(), JSON)


def test_guards_run_before_every_page_in_every_format() -> None:
    site = make_site()
    careful = Module("careful")

    @careful.guard(Phase.SESSION)
    def send_away(session: Session) -> Redirect | None:
        return Redirect("/away")

    @careful.guard(Phase.TRANSPORT)
    def look(session: Session) -> Redirect | None:
        session.id += "!"
        return None

    app = noon_app([*site.modules, careful])
    for wanted in (Wanted(), JSON, Wanted(part="books.book.body")):
        session = user_session()
        assert app.answer(site.book, ask(), session, wanted) == Redirect("/away")
        assert session.id == "s!"


def test_a_guard_that_raises_refuses() -> None:
    site = make_site()
    careful = Module("careful")

    @careful.guard(Phase.TRANSPORT)
    def refuse() -> Redirect | None:
        raise TooMany("Slower, please.")

    with pytest.raises(TooMany):
        noon_app([*site.modules, careful]).answer(site.book, ask(), user_session())
    assert site.shelf.events == []


def test_the_menu_is_for_users_and_in_order() -> None:
    site = make_site()
    entries = Module("entries")

    @entries.service
    def last() -> MenuEntry:
        return MenuEntry("Z", "/z", "z", 9)

    @entries.service
    def first() -> MenuEntry:
        return MenuEntry("A", "/a", "a", 1)

    shown = noon_app([*site.modules, entries]).answer(site.book, ask(), user_session())
    assert isinstance(shown, Shown)
    assert [entry.label for entry in shown.menu] == ["A", "Z"]


def test_settings_and_all_of_a_kind_are_injected() -> None:
    module = Module("m")
    page = module.page("p", "/p", access=Access.ANYONE)

    @dataclass(frozen=True)
    class Seen:
        """What a handler saw."""

        density: str
        shelves: int
        missing: bool

    def look(look: LookSettings, shelves: tuple[Shelf, ...], review: Review | None) -> object:
        return Seen(look.density.value, len(shelves), review is None)

    look.__annotations__["return"] = Seen

    def tell(seen: object) -> object:
        return seen

    tell.__annotations__.update(seen=Seen, **{"return": Seen})
    module.handler(page)(look)
    module.output(page.data)(tell)
    module.service(one_shelf)
    module.service(other_shelf)
    assert noon_app([module]).answer(page, RawRequest(), Session()) == Data(Seen("comfortable", 2, True))


def one_shelf() -> Shelf:
    return Shelf()


def other_shelf() -> Shelf:
    return Shelf()


def test_shared_services_are_made_once_and_closed_with_the_application() -> None:

    module = Module("m")
    page = module.page("p", "/p", access=Access.ANYONE)
    events: list[str] = []

    def share() -> Iterator[Shelf]:
        events.append("made")
        yield Shelf(events)
        events.append("closed")

    def use(shelf: Shelf) -> Review:
        return Review(",".join(shelf.events))

    def tell(review: Review) -> Review:
        return review

    module.shared(share)
    module.handler(page)(use)
    module.output(page.data)(tell)
    app = noon_app([module])
    assert events == []
    app.answer(page, RawRequest(), Session())
    assert app.answer(page, RawRequest(), Session()) == Data(Review("made"))
    app.close()
    assert events == ["made", "closed"]


def test_a_config_that_was_not_read_has_its_defaults() -> None:
    module = Module("m")
    page = module.page("p", "/p", access=Access.ANYONE)

    @dataclass(frozen=True)
    class Knobs:
        """The module's section."""

        depth: int = 3

    def use(knobs: object) -> Review:
        assert isinstance(knobs, Knobs)
        return Review(str(knobs.depth))

    def tell(review: Review) -> Review:
        return review

    use.__annotations__["knobs"] = Knobs
    module.config(Knobs)
    module.handler(page)(use)
    module.output(page.data)(tell)
    assert noon_app([module]).answer(page, RawRequest(), Session()) == Data(Review("3"))
    app = Application([module], configs={Knobs: Knobs(5)})
    assert app.answer(page, RawRequest(), Session()) == Data(Review("5"))


def test_a_missing_result_of_an_added_handler_leaves_out_what_needs_it() -> None:
    site = make_site()
    module = reviews(site)
    module.handlers[0] = replace(module.handlers[0], function=_no_review)
    shown = noon_app([*site.modules, module]).answer(site.book, ask(), user_session())
    assert isinstance(shown, Shown)
    assert "books.review" not in shown.slots


def _no_review(book: Book) -> Review | None:
    return None


def test_a_settings_form_is_read_kept_and_shown_again_with_what_was_typed() -> None:
    from core import Notice, SubmittedSettings, UserSettings
    from tests.core.test_settings import Kept, ShelfSettings

    module = Module("m")
    module.settings(ShelfSettings)
    show_page = module.page("show", "/settings")
    change_page = module.page("change", "/settings/<section>", method="POST", retry=show_page)

    @module.handler(change_page)
    def change(chosen: SubmittedSettings[object], settings: UserSettings) -> Redirect:
        settings.put(chosen.value)
        return Redirect("/settings", notice=Notice("Saved."))

    @module.handler(show_page)
    def look(settings: UserSettings) -> Review:
        return Review(str(settings.get(ShelfSettings).books))

    @module.output(show_page.body)
    def show(review: Review) -> Fragment:
        return Fragment.of("x.html", review=review)

    store = Kept()
    app = Application([module], settings=store)
    good = RawRequest("POST", {"section": "shelf"}, form={"books": ["7"]})
    assert isinstance(app.answer(change_page, good, user_session()), Redirect)
    assert store.values[("ada", "shelf")]["books"] == "7"
    bad = RawRequest("POST", {"section": "shelf"}, form={"books": ["many"]})
    shown = app.answer(change_page, bad, user_session())
    assert isinstance(shown, Shown)
    assert (shown.status, shown.form.value("section"), shown.form.value("books")) == (422, "shelf", "many")
    unknown = RawRequest("POST", {"section": "shelf"}, form={"nothing": ["1"]})
    shown = app.answer(change_page, unknown, user_session())
    assert isinstance(shown, Shown)
    assert shown.form.error("nothing") == "is not a field of this page"
