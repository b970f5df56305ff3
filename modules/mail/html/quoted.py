"""The HTML of a message as another one quotes it: what its reader does not see does not go along either."""

from collections.abc import Mapping

from selectolax.lexbor import LexborHTMLParser

from modules.mail.html.cleaner import clean_html
from modules.mail.html.limits import exceeded
from modules.mail.html.safe import SafeHtml
from modules.mail.html.trackers import FoundImages, TrackerList
from modules.mail.html.urls import BLANK, Images


def quote_html(
    html: str, inline: Mapping[str, str], *, remote: bool = False, trackers: TrackerList | None = None
) -> SafeHtml:
    """The HTML made safe; `inline` holds addresses by content id.

    Images of other machines keep their own addresses where `remote` is said; else, and of trackers always, there is
    what stands for them in words, or nothing.
    """
    keep = _as_it_is if remote else None
    if not exceeded(html):
        html = _in_words(html, inline, remote, trackers)
    return clean_html(html, inline=inline, remote=keep, trackers=trackers).body


def _in_words(html: str, inline: Mapping[str, str], remote: bool, trackers: TrackerList | None) -> str:
    """HTML, which is yet to be cleaned, with words for the images that are withheld."""
    tree = LexborHTMLParser(html)
    found = trackers.find(tree) if trackers is not None else FoundImages()
    images = Images(inline, _as_it_is if remote else None, found.trackers, found.web)
    withheld = [one for one in tree.css("img[src]") if images.source(one.attributes["src"] or "") == BLANK]
    for image in withheld:
        image.replace_with(image.attributes.get("alt") or "")
    return (tree.html or "") if withheld else html


def _as_it_is(address: str) -> str:
    return address
