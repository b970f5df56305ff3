"""The addresses at which this site tells of a link before it leads away: good for one user, one message, one link."""

import hmac
import json
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from hashlib import blake2b, sha256
from urllib.parse import urlencode

from core import NotFound, Sentence, ServerKeys, User
from modules.links.inputs import LeavingRequest

PATH = "/leave"
# Servers read no longer first line of a request than 4,094 octets.
LONGEST_PATH = 3800
_SHORT = 16  # octets of a signature
_MOST = 20_000
_LONGEST_WORDS = 200


@dataclass(frozen=True)
class SignedLink:
    """A link of a message: its address, and its words."""

    address: str
    words: str


class SignedLinks:
    """Gives addresses to links and takes them back, for one user."""

    def __init__(self, keys: ServerKeys, user: User) -> None:
        self._key = keys.of("hm3.links")
        self._user = user.name

    @property
    def basis(self) -> tuple[str, str]:
        """Whose addresses these are, and by which key, without telling it."""
        name = blake2b(self._user.encode("utf-8"), digest_size=_SHORT, key=self._key, person=b"hm3.links.basis")
        return (self._user, name.hexdigest())

    def address_of(self, message: str, link: SignedLink) -> str | None:
        """Where this site tells of a link of a message, which is named by its path; None for one that is too long."""
        packed = json.dumps([link.address, link.words[:_LONGEST_WORDS]], ensure_ascii=False).encode("utf-8", "replace")
        told, where = _encoded(zlib.compress(packed, 9)), self._sign("message", message)
        path = f"{PATH}?{urlencode({'m': where, 'u': told, 's': self._sign('link', where, told)})}"
        return path if len(path) <= LONGEST_PATH else None

    def link_of(self, asked: LeavingRequest) -> SignedLink:
        """The link behind an address. Raises NotFound where this user did not get the address."""
        if not hmac.compare_digest(self._sign("link", asked.m, asked.u), str(asked.s)):
            raise NotFound(
                Sentence("This site did not write that link. Open the message again, and follow the link from there.")
            )
        octets = urlsafe_b64decode(asked.u + "=" * (-len(asked.u) % 4))
        address, words = json.loads(zlib.decompressobj().decompress(octets, _MOST))
        return SignedLink(address, words)

    def _sign(self, *parts: str) -> str:
        octets = "\0".join((self._user, *parts)).encode("utf-8")
        return _encoded(hmac.new(self._key, octets, sha256).digest()[:_SHORT])


def _encoded(octets: bytes) -> str:
    return urlsafe_b64encode(octets).decode("ascii").rstrip("=")
