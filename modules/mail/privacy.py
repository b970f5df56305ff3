"""What a message may tell others about its reader: whose images are shown, and how; which links keep their marks."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from typing import Protocol

from core import AtLogout, AtRevocation, ContentHost, Session, User, Visit
from modules.mail.doubting import SenderDoubt
from modules.mail.headers import read_envelope
from modules.mail.html import CleanHtml, Paint, SafeHtml, TrackerList, clean_html, quote_html, read_trackers
from modules.mail.html.urls import Links
from modules.mail.inputs import ReadingOptions
from modules.mail.kept import Cleaned, Owner, Shelf, Shelves, open_shelves
from modules.mail.links import LinkJudge, is_lie
from modules.mail.model import StoredMessage
from modules.mail.module import module
from modules.mail.plain import show_plain
from modules.mail.settings import ReadingSettings, RemoteImages

# Takes the HTML of a message, and the addresses of the images that it brings along by their content ids.
Quoting = Callable[[str, Mapping[str, str]], SafeHtml]


class ImageSource(Protocol):
    """Shows images of other machines in this site's own name. One module may offer it; without it none are shown."""

    @property
    def basis(self) -> Hashable:
        """What addresses depend on beside message and image: two of equal basis give the same ones."""
        ...

    def address_of(self, message: str, image: str) -> str | None:
        """The address on this site of an image of a message, which is named by its path; None where there is none."""
        ...


@dataclass(frozen=True)
class Privacy:
    """The reader's choices, what is known of trackers, the way on which images come, who judges links, and who senders.

    On the shelf stands what was cleaned before, under everything of these that it depends on. Texts that are shown on a
    host of their own have their pictures there, and their links to pages of the site lead back to it.
    """

    settings: ReadingSettings
    trackers: TrackerList
    images: ImageSource | None = None
    judge: LinkJudge | None = None
    doubts: tuple[SenderDoubt, ...] = ()
    shelf: Shelf = field(default_factory=Shelf)
    content: ContentHost = ContentHost()

    @property
    def can_show(self) -> bool:
        """Whether images of other machines can be shown at all."""
        return self.images is not None and self.settings.remote_images is not RemoteImages.NEVER

    def shows(self, options: ReadingOptions, message: StoredMessage | None) -> bool:
        """Whether the images of this message are shown: this time, because of who sent it, or always.

        Of a message within another, which is None here, nobody knows who sent it.
        """
        return self._shows(options.images, message)

    def distrusts(self, message: StoredMessage) -> bool:
        """Whether the images of its sender are shown, but this message may not be from them."""
        return self._allows(message) and self._doubts(message)

    def bares_links(self, options: ReadingOptions) -> bool:
        """Whether links lose what only says who clicked."""
        return options.bare or self.settings.bare_links

    def links(self, message: str, *, bare: bool = False) -> Links:
        """What decides about the links of a message, named by its path."""
        return Links(self.trackers.unmarked, bare, self.judge, message, home=self.content.home)

    def clean(
        self, html: str, inline: Mapping[str, str], links: Links, *, remote: bool, either: bool = False
    ) -> CleanHtml:
        """The HTML of a message made safe; trackers are never shown. With `either` its colours suit dark pages too."""
        images, base = self.images if remote and self.can_show else None, self.content.base
        inline = {name: f"{base}{path}" for name, path in inline.items()} if base else inline

        def shown_at(address: str) -> str | None:
            shown = images.address_of(links.message, address) if images is not None else None
            return f"{base}{shown}" if shown is not None else None

        def clean() -> CleanHtml:
            shown, paint = shown_at if images is not None else None, Paint(either)
            return clean_html(
                html,
                inline=inline,
                remote=shown,
                trackers=self.trackers,
                links=links,
                paint=paint,
                repeated=self.shelf.styles,
            )

        basis = images.basis if images is not None else None
        return self._kept(html, ("html", tuple(sorted(inline.items())), basis, either), links, clean)

    def quoting(self, message: StoredMessage, *, images: bool) -> Quoting:
        """What makes the HTML of this message safe to be quoted, with the images of other machines if they are shown.

        They are this time where its reader wanted these `images`, or for the reasons of `shows`.
        """
        return partial(quote_html, remote=self._shows(images, message), trackers=self.trackers)

    def show_plain(self, text: str, links: Links, *, flowed: bool = False, delsp: bool = False) -> SafeHtml:
        """A plain text as HTML, as `show_plain` of `plain.py` makes it."""

        def show() -> CleanHtml:
            return CleanHtml(show_plain(text, flowed=flowed, delsp=delsp, links=links))

        return self._kept(text, ("plain", flowed, delsp), links, show).body

    def _shows(self, this_time: bool, message: StoredMessage | None) -> bool:
        if not self.can_show:
            return False
        if this_time or self.settings.remote_images is RemoteImages.ALWAYS:
            return True
        return message is not None and self._allows(message) and not self._doubts(message)

    def _allows(self, message: StoredMessage) -> bool:
        # A message of several senders is nobody's in particular.
        senders = read_envelope(message.header).sender
        return len(senders) == 1 and self.settings.image_senders.names(senders[0].address)

    def _doubts(self, message: StoredMessage) -> bool:
        return any(one.doubts(message.header, message.received) for one in self.doubts)

    def _kept(self, text: str, how: tuple[Hashable, ...], links: Links, make: Callable[[], CleanHtml]) -> CleanHtml:
        """What was made of a text before, or is made of it now; `links` knows afterwards what it found either way."""
        start, marked = len(links.found), links.marked
        fresh: list[Cleaned] = []

        def made() -> Cleaned:
            clean = make()
            found = links.found[start:]
            fresh.append(
                Cleaned(
                    clean, len(found), links.marked - marked, tuple([one for one in found if one.marks and is_lie(one)])
                )
            )
            return fresh[0]

        judge = (links.judge.basis,) if links.judge is not None else ()
        digest = sha256(text.encode("utf-8", "surrogatepass")).digest()
        where = self.content.base, self.content.home
        kept = self.shelf.made((digest, *how, links.message, links.bare, start + links.passed, judge, where), made)
        if not fresh:
            links.pass_over(kept.taken, kept.marked, kept.lies)
        return kept.clean


@module.shared
def know_trackers() -> TrackerList:
    """The list of trackers that hm3 brings along."""
    return read_trackers()


@module.service
def keep_private(
    settings: ReadingSettings,
    trackers: TrackerList,
    images: ImageSource | None,
    judge: LinkJudge | None,
    doubts: tuple[SenderDoubt, ...],
    shelves: Shelves,
    session: Session,
    user: User,
    visit: Visit | None,
) -> Privacy:
    """The reader's privacy. What is cleaned without a session, as by a job, is not kept."""
    shelf = shelves.of(Owner(session.id, user.name)) if session.id else Shelf()
    content = visit.content if visit is not None else None
    return Privacy(settings, trackers, images, judge, doubts, shelf, content or ContentHost())


module.shared(open_shelves)


@module.service
def forget_at_logout(session: Session, shelves: Shelves) -> AtLogout:
    """Forget what was cleaned for a session when it ends."""
    name = session.id
    return AtLogout(lambda: shelves.forget(lambda owner: owner.session == name))


@module.service
def forget_at_revocation(shelves: Shelves) -> AtRevocation:
    """Forget what was cleaned for a user when their sessions end."""
    return AtRevocation(lambda user: shelves.forget(lambda owner: owner.user == user))
