"""Logins that outlive their session: what they keep, what they leave out, and who can open them."""

import pytest

from core import Candidate, Conflict, LastingLogin, Secret, Session, User
from core.security.crypto import DecryptError, new_key

KEY = new_key()


def session() -> Session:
    return Session(
        "one",
        User("ada", frozenset({"admin"})),
        secrets={"imap.password": Secret("pw"), "idle.x": Secret("y"), "core.typed-name": Secret("ada")},
        key=b"k" * 32,
        roles=frozenset({"support"}),
        display_name="Ada L.",
        address="ada@x.example",
        passed=frozenset({"twofactor"}),
    )


def test_a_sealed_login_comes_back_as_it_was() -> None:
    login = LastingLogin.of(session())
    assert LastingLogin.unseal(KEY, login.seal(KEY, "place"), "place") == login
    assert login.identity.secrets == {"imap.password": "pw", "idle.x": "y"}
    assert login.identity.key == b"k" * 32
    assert login.passed == {"twofactor"}


def test_only_roles_of_the_login_itself_are_kept() -> None:
    assert LastingLogin.of(session()).identity.roles == {"support"}


def test_only_the_named_secrets_are_kept() -> None:
    assert LastingLogin.of(session(), frozenset({"imap.password"})).identity.secrets == {"imap.password": "pw"}


@pytest.mark.parametrize(("key", "place"), [(new_key(), "place"), (KEY, "another")], ids=["key", "place"])
def test_another_key_or_place_opens_nothing(key: bytes, place: str) -> None:
    sealed = LastingLogin.of(session()).seal(KEY, "place")
    with pytest.raises(DecryptError):
        LastingLogin.unseal(key, sealed, place)


def test_a_sealed_login_shows_nothing() -> None:
    login = LastingLogin.of(session())
    sealed = login.seal(KEY, "place")
    assert not any(word in sealed for word in (b"imap.password", b"ada@x.example", b"twofactor"))
    assert "pw" not in repr(login)


def test_a_candidate_and_a_locked_user_have_no_lasting_login() -> None:
    for visitor, key in ((Candidate("ada"), b"k" * 32), (User("ada"), None), (None, None)):
        with pytest.raises(Conflict):
            LastingLogin.of(Session("one", visitor, key=key))
