"""The addresses of the leaving page: for one user, one message and one link."""

from hashlib import sha256
from urllib.parse import parse_qsl, urlsplit

import pytest

from core import NotFound, ServerKeys, User
from modules.links.inputs import Encoded, LeavingRequest, Signature
from modules.links.signing import LONGEST_PATH, PATH, SignedLink, SignedLinks

KEYS = ServerKeys(b"k" * 32)
LINK = SignedLink("https://evil.example/?a=ü&b", "bank.example")


def links_of(name: str) -> SignedLinks:
    return SignedLinks(KEYS, User(name))


def asked(path: str | None) -> LeavingRequest:
    given = dict(parse_qsl(urlsplit(path or "").query))
    return LeavingRequest(m=Signature.parse(given["m"]), u=Encoded.parse(given["u"]), s=Signature.parse(given["s"]))


def test_a_link_comes_back_as_it_was() -> None:
    path = links_of("ann").address_of("/mail/main/INBOX/1", LINK)
    assert path is not None and path.startswith(f"{PATH}?") and "evil.example" not in path
    assert links_of("ann").link_of(asked(path)) == LINK


def test_a_link_of_somebody_else_is_not_known() -> None:
    path = links_of("ann").address_of("/mail/main/INBOX/1", LINK)
    with pytest.raises(NotFound):
        links_of("bob").link_of(asked(path))


def test_nothing_of_an_address_can_be_changed() -> None:
    one = asked(links_of("ann").address_of("/mail/main/INBOX/1", LINK))
    other = asked(links_of("ann").address_of("/mail/main/INBOX/2", SignedLink("https://x.org/", "")))
    for mixed in (LeavingRequest(m=other.m, u=one.u, s=one.s), LeavingRequest(m=one.m, u=other.u, s=one.s)):
        with pytest.raises(NotFound, match="did not write that link"):
            links_of("ann").link_of(mixed)


def test_an_address_that_servers_would_not_read_is_none() -> None:
    long = "".join(sha256(bytes((number,))).hexdigest() for number in range(120))
    assert links_of("ann").address_of("/m", SignedLink(f"https://x.org/{long}", "")) is None
    path = links_of("ann").address_of("/m", SignedLink("https://x.org/" + "a" * 7000, "w" * 9000))
    assert path is not None and len(path) <= LONGEST_PATH
    assert len(links_of("ann").link_of(asked(path)).words) == 200


def test_what_no_such_address_holds_is_refused() -> None:
    with pytest.raises(ValueError, match="not what this site wrote"):
        Encoded.parse("a b")


def test_what_judgements_depend_on_is_another_thing_for_each_user_and_each_key() -> None:
    others = SignedLinks(ServerKeys(b"o" * 32), User("ada"))
    assert links_of("ada").basis == links_of("ada").basis
    assert len({links_of("ada").basis, links_of("bob").basis, others.basis}) == 3
