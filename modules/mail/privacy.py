"""What a message may tell others about its reader: whose images are shown, and how; which links keep their marks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from modules.mail.html import CleanHtml, Paint, TrackerList, clean_html, read_trackers
from modules.mail.html.urls import Links
from modules.mail.inputs import ReadingOptions
from modules.mail.links import LinkJudge
from modules.mail.model import Envelope
from modules.mail.module import module
from modules.mail.settings import ReadingSettings, RemoteImages


class ImageSource(Protocol):
    """Shows images of other machines in this site's own name. One module may offer it; without it none are shown."""

    def address_of(self, message: str, image: str) -> str | None:
        """The address on this site of an image of a message, which is named by its path; None where there is none."""
        ...


@dataclass(frozen=True)
class Privacy:
    """The reader's choices, what is known of trackers, the way on which images come, and who judges links."""

    settings: ReadingSettings
    trackers: TrackerList
    images: ImageSource | None = None
    judge: LinkJudge | None = None

    @property
    def can_show(self) -> bool:
        """Whether images of other machines can be shown at all."""
        return self.images is not None and self.settings.remote_images is not RemoteImages.NEVER

    def shows(self, options: ReadingOptions, envelope: Envelope) -> bool:
        """Whether the images of this message are shown: this time, because of who sent it, or always."""
        if not self.can_show:
            return False
        if options.images or self.settings.remote_images is RemoteImages.ALWAYS:
            return True
        # A message of several senders is nobody's in particular.
        return len(envelope.sender) == 1 and self.settings.image_senders.names(envelope.sender[0].address)

    def bares_links(self, options: ReadingOptions) -> bool:
        """Whether links lose what only says who clicked."""
        return options.bare or self.settings.bare_links

    def links(self, message: str, *, bare: bool = False) -> Links:
        """What decides about the links of a message, named by its path."""
        return Links(self.trackers.unmarked, bare, self.judge, message)

    def clean(
        self, html: str, inline: Mapping[str, str], links: Links, *, remote: bool, either: bool = False
    ) -> CleanHtml:
        """The HTML of a message made safe; trackers are never shown. With `either` its colours suit dark pages too."""
        images = self.images

        def shown_at(address: str) -> str | None:
            return images.address_of(links.message, address) if images is not None else None

        shown = shown_at if remote and self.can_show else None
        return clean_html(html, inline=inline, remote=shown, trackers=self.trackers, links=links, paint=Paint(either))


@module.shared
def know_trackers() -> TrackerList:
    """The list of trackers that hm3 brings along."""
    return read_trackers()


@module.service
def keep_private(
    settings: ReadingSettings, trackers: TrackerList, images: ImageSource | None, judge: LinkJudge | None
) -> Privacy:
    """The reader's privacy."""
    return Privacy(settings, trackers, images, judge)
