"""Rich text on its way out: cleaned, its images inside the message, its links leading where they say."""

import base64
import binascii
import re
import secrets
from collections.abc import Sequence
from html import escape, unescape
from urllib.parse import parse_qsl, quote, urlencode

from modules.compose.message import File
from modules.compose.source import Source
from modules.mail.api import clean_html

_OWN_IMAGE = re.compile(r'\ssrc="(/mail/[^"?]{1,2000}/part/([1-9][0-9.]{0,200})(/packed/[0-9]{1,5})?\?inline=1)"')
_DATA_IMAGE = re.compile(r'\ssrc="data:image/(png|gif|jpeg|webp);base64,([A-Za-z0-9+/=]{1,20000000})"')
_COMPOSE_LINK = re.compile(r'\shref="/compose\?([^"]{0,8000})"')


def outgoing_html(html: str, sources: Sequence[Source]) -> tuple[str, tuple[File, ...]]:
    """HTML to send and the images it shows: those of `sources` and pasted ones travel inside the message."""
    images: dict[str, File] = {}

    def take_own(found: re.Match[str]) -> str:
        path, number = unescape(found[1]), found[2]
        for source in sources:
            content_id = _content_id()
            if found[3]:
                image = source.packed_inline(path, content_id)
            else:
                image = source.inline(number, content_id) if path == source.part_path(number) else None
            if image is not None:
                images[content_id] = image
                return f' src="cid:{content_id}"'
        return ""

    def take_pasted(found: re.Match[str]) -> str:
        try:
            octets = base64.b64decode(found[2], validate=True)
        except binascii.Error:
            return ""
        content_id = _content_id()
        images[content_id] = File.of(f"image.{found[1]}", f"image/{found[1]}", octets, content_id)
        return f' src="cid:{content_id}"'

    taken = _DATA_IMAGE.sub(take_pasted, _OWN_IMAGE.sub(take_own, html))
    places = {content_id: f"cid:{content_id}" for content_id in images}
    clean = str(clean_html(taken, inline=places, remote=_as_it_is).body)
    body = _COMPOSE_LINK.sub(_mail_link, clean)
    used = tuple(image for content_id, image in images.items() if f"cid:{content_id}" in body)
    return f'<html><head><meta charset="utf-8"></head><body>{body}</body></html>', used


def _mail_link(found: re.Match[str]) -> str:
    """The mailto link that the cleaner turned into an address of this site (RFC 6068)."""
    fields = dict(parse_qsl(unescape(found[1])))
    recipients = quote(fields.pop("to", ""), safe="@,")
    query = f"?{urlencode(fields, quote_via=quote)}" if fields else ""
    return f' href="{escape(f"mailto:{recipients}{query}")}"'


def _content_id() -> str:
    return f"{secrets.token_hex(12)}@image"


def _as_it_is(address: str) -> str:
    return address
