"""A small site of modules that the core's tests share: a shelf of books, and a module that adds to its pages."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum

from core import (
    Application,
    Clock,
    Count,
    FormState,
    Fragment,
    InputError,
    Line,
    Module,
    NotFound,
    Notice,
    Permission,
    RawRequest,
    Redirect,
    Roles,
    Secret,
    Session,
    Slot,
    Stream,
    UpstreamError,
    User,
    form,
    inputs,
    path,
    query,
)
from core.module import Page

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


class Cover(Enum):
    """How a book is bound."""

    HARD = "hard"
    SOFT = "soft"


@inputs
class BookAddress:
    """Which book."""

    title: Line = path()
    copies: Count = query(Count(1))


@inputs
class NewBook:
    """The form that adds a book."""

    title: Line = form()
    cover: Cover = form(Cover.HARD)
    code: Secret = form(Secret(""))
    tags: tuple[Line, ...] = form((), most=3)


@dataclass(frozen=True)
class Book:
    """One book."""

    title: str
    copies: int


@dataclass(frozen=True)
class Review:
    """What somebody wrote of a book."""

    text: str


@dataclass
class Shelf:
    """Where books stand; remembers what happened to it."""

    events: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Site:
    """The modules and pages of the sample."""

    modules: list[Module]
    shelf: Shelf
    book: Page
    add: Page
    download: Page
    secret: Page
    permission: Permission
    review_slot: Slot[Book]


def make_site() -> Site:
    """A fresh set of modules, since modules record what is registered on them."""
    shelf = Shelf()
    books = Module("books")
    book_page = books.page("book", "/books/<title>")
    add_page = books.page("add", "/books/<title>", method="POST", retry=book_page)
    download_page = books.page("download", "/books/<title>/file")
    permission = books.permission("audit")
    secret_page = books.page("secret", "/secret", permission=permission)
    review_slot = books.slot("review", offers=Book)

    @books.service
    def open_shelf() -> Iterator[Shelf]:
        shelf.events.append("open")
        try:
            yield shelf
        except UpstreamError:
            shelf.events.append("failed")
            raise
        finally:
            shelf.events.append("closed")

    site = Site([books], shelf, book_page, add_page, download_page, secret_page, permission, review_slot)
    _work_on_books(books, site)
    _show_books(books, site)
    return site


def _work_on_books(books: Module, site: Site) -> None:
    @books.handler(site.book)
    def find_book(address: BookAddress, shelf: Shelf) -> Book:
        if address.title == "lost":
            raise NotFound("There is no such book.")
        if address.title == "far":
            raise UpstreamError("The library does not answer.")
        return Book(address.title, address.copies)

    @books.handler(site.add)
    def add_book(new: NewBook, shelf: Shelf) -> Redirect:
        if new.title == "again":
            raise InputError("title", "is here already")
        if new.title == "far":
            raise UpstreamError("The library does not answer.")
        return Redirect(f"/books/{new.title}", Book(new.title, 1), Notice("Added."))

    @books.handler(site.download)
    def open_file(shelf: Shelf) -> Review:
        return Review("text")

    @books.handler(site.secret)
    def audit() -> Review:
        return Review("audited")


def _show_books(books: Module, site: Site) -> None:
    @books.output(site.book.body)
    def show_book(book: Book, form: FormState) -> Fragment:
        return Fragment.titled("books/book.html", book.title, book=book, form=form)

    @books.output(site.book.data)
    def tell_book(book: Book) -> Book:
        return book

    @books.output(site.download.stream)
    def send_file(review: Review) -> Stream:
        return Stream(iter([review.text.encode()]), "text/plain")

    @books.output(site.secret.data)
    def tell_audit(review: Review) -> Review:
        return review


def reviews(site: Site, problem: list[Exception] | None = None) -> Module:
    """A module that adds a review beside a book; it raises the first of `problem`, if there is one."""
    module = Module("reviews", requires=("books",))

    @module.handler(site.book)
    def find_review(book: Book) -> Review:
        if problem:
            raise problem[0]
        return Review(f"{book.title} is good")

    @module.output(site.review_slot)
    def show_review(review: Review) -> Fragment:
        return Fragment.of("reviews/review.html", review=review)

    return module


def user_session(name: str = "ada", roles: frozenset[str] = frozenset()) -> Session:
    """A session of somebody who is logged in."""
    return Session("s", User(name, roles))


def noon_app(modules: list[Module], roles: Roles | None = None) -> Application:
    """An application whose clock stands at noon."""
    return Application(modules, roles=roles, clock=Clock(lambda: NOON))


def ask(title: str = "Emma", **query: str) -> RawRequest:
    """A request for a book."""
    return RawRequest(path={"title": title}, query={name: [value] for name, value in query.items()})
