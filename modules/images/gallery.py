"""Where images come from: what was fetched already, or else the server that an address names."""

import logging
from dataclasses import dataclass
from pathlib import Path

from core import User
from modules.images.addresses import ImageAddress
from modules.images.cache import ImageCache
from modules.images.drawing import Picture, redraw_apart
from modules.images.errors import NotShown, Silent
from modules.images.inputs import ImageRequest
from modules.images.pace import Pace
from modules.images.signing import SignedImages
from modules.images.web import Web

log = logging.getLogger("hm3.images")

# Lines that stay sharp at whatever size a message gives an image. It is our own: no message's SVG is ever shown.
PLACEHOLDER = Path(__file__).resolve().parent / "placeholder.svg"


@dataclass(frozen=True)
class Gallery:
    """Shows one user the images of their messages."""

    user: User
    signed: SignedImages
    cache: ImageCache
    web: Web
    pace: Pace

    def show(self, asked: ImageRequest) -> Picture:
        """The image, drawn anew, or one and the same picture for every reason why it cannot be had.

        Raises NotFound for an address that this session was not given, and TooMany.
        """
        try:
            address = self.signed.image_of(asked)
            known = self.cache.find(str(address))
            return known if known is not None else self._fetch(address)
        except NotShown as error:
            # The address itself is nobody's business: it names who read what.
            log.debug("an image is not shown: %s", error)
            return Picture("image/svg+xml", PLACEHOLDER.read_bytes())

    def _fetch(self, address: ImageAddress) -> Picture:
        with self.pace.turn(self.user.name):
            self.pace.check(address.host)
            try:
                octets = self.web.fetch(address)
            except Silent:
                self.pace.shun(address.host)
                raise
            picture = redraw_apart(octets)
        self.cache.keep(str(address), picture)
        return picture
