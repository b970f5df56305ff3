"""Clean the HTML of a message: an allow-list of elements and attributes, styles by their grammar, addresses by policy.

What comes out is serialised once by the parser that checked it, and nothing edits it afterwards.
"""

import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import nh3
from selectolax.lexbor import LexborHTMLParser

from core import Sentence
from modules.mail.html.anchors import Slips, lay_out
from modules.mail.html.colours import Paint
from modules.mail.html.css import PREFIX, Styles
from modules.mail.html.limits import LONGEST_SHEETS, exceeded
from modules.mail.html.repeated import RepeatedStyles
from modules.mail.html.safe import SafeHtml, escaped
from modules.mail.html.text import scan_text
from modules.mail.html.trackers import FoundImages, TrackerList
from modules.mail.html.urls import Images, Links, Remote

_TAGS = frozenset(
    """a abbr address article aside b bdi bdo big blockquote br caption center cite code col colgroup dd del
    details dfn div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main
    mark nav ol p pre q rp rt ruby s samp section small span strike strong sub summary sup table tbody td tfoot
    th thead time tr tt u ul var wbr""".split()
)
_DROPPED_WHOLE = frozenset(
    """script style title head noscript noembed noframes template iframe frame frameset object embed applet xmp
    plaintext listing textarea select svg math audio video canvas portal fencedframe""".split()
)
_COMMON = frozenset({"style", "class", "id", "dir", "lang", "title", "align", "valign", "bgcolor", "width", "height"})
_ATTRIBUTES: Mapping[str, frozenset[str]] = {
    "a": frozenset({"href", "name"}),
    "mark": frozenset({"data-odd", "data-weight", "data-detail"}),
    "img": frozenset({"src", "alt", "border", "hspace", "vspace"}),
    "table": frozenset({"border", "cellpadding", "cellspacing", "summary"}),
    "td": frozenset({"colspan", "rowspan", "nowrap"}),
    "th": frozenset({"colspan", "rowspan", "nowrap", "scope"}),
    "font": frozenset({"color", "face", "size"}),
    "ol": frozenset({"start", "type"}),
    "ul": frozenset({"type"}),
    "li": frozenset({"value", "type"}),
    "col": frozenset({"span"}),
    "hr": frozenset({"size", "color", "noshade"}),
}
_SIZE = re.compile(r"\s*[0-9]{1,5}(\.[0-9]{1,4})?\s*(%|px)?\s*", re.ASCII)
_COLOUR = re.compile(r"\s*(#?[0-9a-zA-Z]{3,30})\s*", re.ASCII)
_WORD = re.compile(r"[A-Za-z0-9_+-]{1,30}", re.ASCII)
_NAME = re.compile(r"[A-Za-z0-9_:.-]{1,100}", re.ASCII)
_FACE = re.compile(r"[\w ,'\"-]{1,200}")
_SIZES = frozenset({"width", "height", "border", "cellpadding", "cellspacing", "hspace", "vspace", "size"})
_COUNTS = frozenset({"colspan", "rowspan", "start", "value", "span"})
_COLOURS = frozenset({"bgcolor", "color"})
# A link says of itself what we say of it, and only we mark any.
_OURS_ALONE = frozenset({"data-odd", "data-weight", "data-detail"})
# About each of these somebody is asked, who may count them.
_ASKED = frozenset({"href", "src", "style"})
# No message may bring these; the cleaner itself sets them.
_OURS = frozenset({"rel", "target"})
_FREE = frozenset({"alt", "title", "summary"})
# A tag that never ends reaches no further than to the next one: else many of them are looked through again and again.
_STYLE_BLOCK = re.compile(r"<style\b[^<>]*>(.*?)(?:</style\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_BODY_TAG = re.compile(r"<body\b([^<>]{0,4000})>", re.IGNORECASE)
_BODY_ATTRIBUTE = re.compile(r"""\b(bgcolor|text|style)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)


@dataclass(frozen=True)
class CleanHtml:
    """A message's HTML made safe: its body, its own style rules, the style of its body, what was withheld and why.

    `trackers` names whoever would count its readers, once for each image; `marked` is how many links say who clicks.
    """

    body: SafeHtml
    sheet: str = ""
    body_style: str = ""
    withheld: int = 0
    notices: tuple[str, ...] = ()
    simplified: bool = False
    trackers: tuple[str, ...] = ()
    marked: int = 0
    shown_inline: frozenset[str] = frozenset()


def clean_html(
    html: str,
    *,
    inline: Mapping[str, str] | None = None,
    remote: Remote | None = None,
    trackers: TrackerList | None = None,
    links: Links | None = None,
    paint: Paint | None = None,
    repeated: RepeatedStyles | None = None,
) -> CleanHtml:
    """Clean HTML; `inline` holds addresses by content id, `remote` gives an address for a remote image or is absent.

    With `trackers` the images of those are withheld in any case. `links` says what becomes of links, which are marked
    where it has a judge, and `paint` of its colours. Styles that stand among the `repeated` are not cleaned anew. HTML
    beyond the limits is shown as its words alone.
    """
    if reason := exceeded(html):
        return _simplified(
            html, Sentence("The HTML of this message %(reason)s. Only its words are shown.", reason=reason)
        )
    tree = LexborHTMLParser(html)
    found = trackers.find(tree) if trackers is not None else FoundImages()
    images = Images(inline or {}, remote, found.trackers, found.web)
    links, slips, paint = links or Links(), Slips(), paint or Paint()
    styles = Styles(images.background, paint, repeated if repeated is not None else RepeatedStyles())
    laid_out = lay_out(tree, links, slips) if links.judge is not None else html
    attributes = _Attributes(images, links, styles, slips)
    body = _by_the_list(laid_out, attributes)
    sheet, body_style = _styles(html, styles)
    if attributes.failed:
        return _simplified(html, Sentence("The HTML of this message cannot be checked. Only its words are shown."))
    tracked, inside = tuple(images.tracked), frozenset(images.shown_inline)
    return CleanHtml(SafeHtml(body), sheet, body_style, images.withheld, (), False, tracked, links.marked, inside)


class _Attributes(dict[tuple[str, str, str], str | None]):
    """What becomes of the attributes of one message, by element, name and value; None drops one.

    Equal ones are judged once, unless somebody is asked about them who may count them. What the slips of its links
    stand for is known from the beginning.
    """

    def __init__(self, images: Images, links: Links, styles: Styles, slips: Slips) -> None:
        super().__init__(slips.written)
        self._images, self._links, self._styles = images, links, styles
        # Whatever raised these was dropped.
        self.failed: list[BaseException] = []

    def __missing__(self, asked: tuple[str, str, str]) -> str | None:
        tag, name, value = asked
        made = _attribute(tag, name, value, self._images, self._links, self._styles)
        if name not in _ASKED or (name == "style" and self._styles.knows(value)):
            self[asked] = made
        return made


def _by_the_list(html: str, attributes: _Attributes) -> str:
    idle = _idle()
    try:
        lists = idle.pop()
    except IndexError:
        lists = _Lists()
    try:
        return lists.clean(html, attributes)
    finally:
        idle.append(lists)


class _Lists:
    """The lists as the parser takes them, which takes it a while; `clean` is for one thread at a time."""

    def __init__(self) -> None:
        self._attributes: _Attributes | None = None
        self._cleaner = nh3.Cleaner(
            tags=set(_TAGS),
            clean_content_tags=set(_DROPPED_WHOLE),
            attributes={tag: set(_COMMON | _ATTRIBUTES.get(tag, frozenset())) for tag in _TAGS},
            attribute_filter=self._ask,
            strip_comments=True,
            link_rel="noopener noreferrer nofollow",
            set_tag_attribute_values={"a": {"target": "_blank"}},
            url_schemes={"http", "https", "tel", "data", "cid", "mailto"},
            url_relative="pass_through",
        )

    def clean(self, html: str, attributes: _Attributes) -> str:
        """HTML by the lists, where `attributes` say what becomes of each."""
        self._attributes = attributes
        try:
            return self._cleaner.clean(html)
        finally:
            self._attributes = None

    def _ask(self, tag: str, name: str, value: str) -> str | None:
        attributes = self._attributes
        if attributes is None:
            return None
        try:
            return attributes[tag, name, value]
        except BaseException as error:  # noqa: BLE001  # nh3 keeps the attribute as it was when this raises
            attributes.failed.append(error)
            return None


@cache
def _idle() -> deque[_Lists]:
    """Those that no thread uses just now."""
    return deque()


def _attribute(tag: str, name: str, value: str, images: Images, links: Links, styles: Styles) -> str | None:
    """What may stay of an attribute's value; None drops the attribute."""
    if name == "style":
        return styles.clean(value) or None
    if name == "href":
        return links.target(value)
    if name in _OURS_ALONE or (tag == "a" and name == "title" and links.judge is not None):
        return None
    if name == "src":
        return images.source(value)
    if name in ("class", "id", "name"):
        names = [f"{PREFIX}{word}" for word in value.split()[:50] if _NAME.fullmatch(word)]
        return " ".join(names if name == "class" else names[:1]) or None
    if name in _FREE:
        return value[:2000]
    if name in _OURS:
        return value
    if not _grammar(name).fullmatch(value):
        return None
    styles.paint.attribute(name, value.strip())
    return value.strip()


def _grammar(name: str) -> re.Pattern[str]:
    if name in _SIZES:
        return _SIZE
    if name in _COLOURS:
        return _COLOUR
    return _FACE if name == "face" else _WORD


def _styles(html: str, styles: Styles) -> tuple[str, str]:
    """The rules of the message's style sheets and the style of its body."""
    sheets = "\n".join(_STYLE_BLOCK.findall(html)).replace("<!--", " ").replace("-->", " ")
    sheet = styles.clean_sheet(sheets) if len(sheets) <= LONGEST_SHEETS else ""
    sheet = "\n".join(filter(None, (styles.paint.rules(), sheet)))
    found = _BODY_TAG.search(html)
    if found is None:
        return _closed(sheet), ""
    declared = {name.lower(): a or b or c for name, a, b, c in _BODY_ATTRIBUTE.findall(found[1])}
    style = [styles.clean(declared.get("style", ""))]
    for attribute, name in (("bgcolor", "background-color"), ("text", "color")):
        if _COLOUR.fullmatch(declared.get(attribute, "")):
            style.insert(0, styles.clean(f"{name}: {declared[attribute].strip()}"))
    return _closed(sheet), _closed("; ".join(part for part in style if part))


def _closed(css: str) -> str:
    """Rules that cannot end the element they stand in."""
    return "" if "<" in css or "\\" in css else css


def _simplified(html: str, notice: str) -> CleanHtml:
    words = "<br>".join(escaped(line) for line in scan_text(html).split("\n"))
    return CleanHtml(SafeHtml(words), notices=(notice,), simplified=True)
