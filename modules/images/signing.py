"""The addresses at which this site shows images of other machines: good for one session, one message, one image."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import cached_property
from hashlib import sha256
from urllib.parse import urlencode

from core import NotFound, Sentence, ServerKeys, Session, User, crypto
from modules.images.addresses import ImageAddress
from modules.images.errors import NotShown
from modules.images.inputs import ImageRequest

PATH = "/images"
_SHORT = 16  # octets of a signature


class SignedImages:
    """Gives addresses to images and takes them back, for one session of one user."""

    def __init__(self, keys: ServerKeys, session: Session) -> None:
        name = session.visitor.name if isinstance(session.visitor, User) else ""
        self._keys = keys
        self._whose = f"{session.id} {name}"

    # Few messages show images, and only those need it.
    @cached_property
    def _key(self) -> bytes:
        return crypto.subkey(self._keys.of("hm3.images"), "hm3.images.sign", self._whose)

    @property
    def basis(self) -> str:
        """Tells this session's addresses from all others, without telling their key."""
        return self._sign("basis")

    def address_of(self, message: str, image: str) -> str | None:
        """Where an image of a message stands on this site; None for what is no address of the web."""
        try:
            whole = str(ImageAddress.parse(image))
        except NotShown:
            return None
        where = self._sign("message", message)
        told = urlsafe_b64encode(whole.encode("ascii")).decode("ascii").rstrip("=")
        return f"{PATH}?{urlencode({'m': where, 'u': told, 's': self._sign('image', where, told)})}"

    def image_of(self, asked: ImageRequest) -> ImageAddress:
        """The image behind an address. Raises NotFound where this session did not get the address."""
        if not hmac.compare_digest(self._sign("image", asked.m, asked.u), str(asked.s)):
            raise NotFound(Sentence("There is no such image."))
        told = urlsafe_b64decode(asked.u + "=" * (-len(asked.u) % 4))
        return ImageAddress.parse(told.decode("ascii"))

    def _sign(self, *parts: str) -> str:
        octets = "\0".join(parts).encode("utf-8")
        return urlsafe_b64encode(hmac.new(self._key, octets, sha256).digest()[:_SHORT]).decode("ascii").rstrip("=")
