"""An address of an image is good for the session, the message and the image it was made for, and for nothing else."""

from base64 import urlsafe_b64encode
from urllib.parse import parse_qs, urlsplit

import pytest

from core import NotFound, ServerKeys, Session, User
from core.security.crypto import new_key
from modules.images.inputs import Encoded, ImageRequest, Signature
from modules.images.signing import SignedImages

KEYS = ServerKeys(new_key())
IMAGE = "https://example.org/a.png?b=c"


def signed(id: str = "one", name: str = "ada", keys: ServerKeys = KEYS) -> SignedImages:
    return SignedImages(keys, Session(id=id, visitor=User(name)))


def asked(address: str | None, **other: str) -> ImageRequest:
    fields = {name: values[0] for name, values in parse_qs(urlsplit(address or "").query).items()} | other
    return ImageRequest(m=Signature.parse(fields["m"]), u=Encoded.parse(fields["u"]), s=Signature.parse(fields["s"]))


def test_what_was_signed_is_found_again() -> None:
    address = signed().address_of("/mail/main/INBOX/1", IMAGE)
    assert str(signed().image_of(asked(address))) == IMAGE
    assert address == signed().address_of("/mail/main/INBOX/1", IMAGE) and "/INBOX" not in (address or "")


@pytest.mark.parametrize("other", [signed("two"), signed(name="bob"), signed(keys=ServerKeys(new_key()))])
def test_it_is_worth_nothing_to_another_session_user_or_site(other: SignedImages) -> None:
    with pytest.raises(NotFound):
        other.image_of(asked(signed().address_of("/mail/main/INBOX/1", IMAGE)))


def test_nothing_in_it_can_be_changed() -> None:
    address = signed().address_of("/mail/main/INBOX/1", IMAGE)
    of_other_message = asked(signed().address_of("/mail/main/INBOX/2", IMAGE))
    elsewhere = urlsafe_b64encode(b"http://127.0.0.1/").decode().rstrip("=")
    for changed in ({"u": elsewhere}, {"m": of_other_message.m}, {"s": of_other_message.s}, {"s": "x"}, {"u": "A"}):
        with pytest.raises(NotFound):
            signed().image_of(asked(address, **changed))


@pytest.mark.parametrize("text", ["cid:x", "ftp://example.org/a.png", "http://0x7f.1/", "http://u@example.org/"])
def test_what_is_no_address_of_the_web_gets_none(text: str) -> None:
    assert signed().address_of("/mail/main/INBOX/1", text) is None


def test_only_letters_of_the_code_are_read() -> None:
    with pytest.raises(ValueError, match="not what this site wrote"):
        Encoded.parse("a=b")
