"""How a visitor becomes a user."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from core import (
    Access,
    AtLogin,
    Candidate,
    Client,
    Clock,
    Identity,
    InputError,
    Keyring,
    Login,
    LoginAttempt,
    LoginStep,
    Module,
    PasswordCheck,
    Roles,
    Secret,
    Session,
    TooMany,
    UnlockPage,
    User,
)
from core.database.engine import open_database
from core.security.crypto import CryptoConfig
from tests.core.security.test_passwords import CHEAP

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
STEP = LoginStep(
    "code", Module("code").page("code", "/login/code", access=Access.CANDIDATE), lambda name: name == "ada"
)


def login(session: Session, *steps: LoginStep) -> Login:
    return Login(session, steps, Roles({"ada": frozenset({"admin"})}), Clock(lambda: NOON))


def test_without_steps_the_password_is_enough() -> None:
    session = Session()
    answer = login(session).begin(Identity("ada", {"pw": Secret("x")}), "/mail/")
    assert answer.location == "/mail/"
    assert session.visitor == User("ada", frozenset({"admin"}))
    assert session.secret("pw") == "x"
    assert session.renewed


def test_a_step_stands_between_the_password_and_the_user() -> None:
    session = Session()
    assert login(session, STEP).begin(Identity("ada")).location == "/login/code"
    candidate = session.visitor
    assert candidate == Candidate("ada")
    assert isinstance(candidate, Candidate)
    assert login(session, STEP).passed(candidate, "code").location == "/"
    assert isinstance(session.visitor, User)


def test_a_way_to_log_in_may_count_for_a_step_as_well() -> None:
    session = Session()
    assert login(session, STEP).begin(Identity("ada"), passed=frozenset({"code"})).location == "/"
    assert session.passed == {"code"}


def test_a_data_key_that_the_way_opened_is_the_sessions() -> None:
    session = Session()
    login(session).begin(Identity("bob", key=b"k" * 32))
    assert session.key == b"k" * 32


def test_roles_that_a_login_gives_stand_beside_those_of_the_ini() -> None:
    session = Session()
    login(session).begin(Identity("ada", roles=frozenset({"support"}), display_name="Ada", address="a@x.example"))
    assert session.visitor == User("ada", frozenset({"admin", "support"}))
    assert (session.display_name, session.address) == ("Ada", "a@x.example")


def test_a_role_that_a_directory_spells_otherwise_is_the_one_of_the_ini() -> None:
    session = Session()
    login(session).begin(Identity("bob", roles=frozenset({"Mail-Admin"})))
    assert session.visitor == User("bob", frozenset({"mail_admin"}))


def test_nothing_that_an_earlier_login_told_is_left_to_the_next() -> None:
    session = Session()
    login(session).begin(Identity("bob", roles=frozenset({"support"}), display_name="Bob", address="b@x.example"))
    login(session).begin(Identity("cid"))
    assert session.visitor == User("cid") and (session.display_name, session.address) == ("", "")
    login(session).begin(Identity("bob", roles=frozenset({"support"}), display_name="Bob", address="b@x.example"))
    session.end()
    assert session.roles == frozenset() and (session.display_name, session.address) == ("", "")


def test_a_step_that_does_not_apply_is_passed_over() -> None:
    session = Session()
    login(session, STEP).begin(Identity("bob"))
    assert session.visitor == User("bob")


def test_the_clock_tells_a_time_with_a_zone() -> None:
    assert Clock().now().tzinfo is UTC


def test_roles_are_found_whatever_the_spelling_of_the_name() -> None:
    roles = Roles({"ada": frozenset({"admin"})}, {"admin": frozenset({"status.see"})})
    assert roles.of("ADA") == {"admin"}
    assert roles.of("bob") == frozenset()
    assert roles.permissions({"admin", "other"}) == {"status.see"}


class Gate:
    """Writes down what it is asked."""

    def __init__(self, told: list[str], closed: bool = False) -> None:
        self.told, self.closed = told, closed

    def admit(self, attempt: LoginAttempt) -> None:
        self.told.append(f"admit {attempt.account}")
        if self.closed:
            raise TooMany("Please wait a minute.")

    def failed(self, attempt: LoginAttempt) -> None:
        self.told.append(f"failed {attempt.account}")


class Door:
    """Knows everybody by one password."""

    name = "door"

    def authenticate(self, username: str, password: Secret) -> Identity | None:
        return Identity(username) if password == "right" else None


@pytest.mark.parametrize("spelling", ["Ada", " ada ", "A DA", "\N{FULLWIDTH LATIN SMALL LETTER A}da"])
def test_every_spelling_of_a_name_is_one_account(spelling: str) -> None:
    assert LoginAttempt(spelling, Client()).account == "ada"


def test_a_password_is_asked_for_again() -> None:
    told: list[str] = []
    session = Session()
    check = PasswordCheck((Door(),), (Gate(told),), Client(), session, Clock())
    check.confirm(User("ada"), Secret("right"))
    assert session.rotated
    session.rotated = False
    with pytest.raises(InputError, match="is not your password"):
        check.confirm(User("ada"), Secret("wrong"))
    assert told == ["admit ada", "admit ada", "failed ada"] and not session.rotated


def test_a_closed_gate_keeps_every_password_from_being_asked() -> None:
    told: list[str] = []
    with pytest.raises(TooMany):
        PasswordCheck((Door(),), (Gate(told, closed=True),), Client(), Session(), Clock()).confirm(
            User("ada"), Secret("right")
        )
    assert told == ["admit ada"]


def test_who_arrives_is_told_to_who_wants_to_know_after_the_last_step() -> None:
    arrived: list[User] = []
    session = Session()
    leading = Login(session, (STEP,), Roles(), Clock(lambda: NOON), None, (AtLogin(arrived.append),))
    leading.begin(Identity("ada"))
    assert arrived == []
    candidate = session.visitor
    assert isinstance(candidate, Candidate)
    leading.passed(candidate, "code")
    assert arrived == [User("ada")]


def test_a_password_changed_elsewhere_leads_to_the_page_that_unlocks(tmp_path: Path) -> None:
    database = open_database(tmp_path)
    keyring = Keyring(database, b"r" * 32, CryptoConfig(), CHEAP, lambda: NOON)
    session = Session()
    leading = Login(session, (), Roles(), Clock(lambda: NOON), keyring, (), UnlockPage("/security/unlock"))
    assert leading.begin(Identity("ada", password=Secret("old")), "/mail/").location == "/mail/"
    key = session.key
    assert key is not None
    assert leading.begin(Identity("ada", password=Secret("new")), "/mail/").location == "/security/unlock"
    assert session.key is None
    leading.begin(Identity("bob"))
    assert session.key is not None and session.key != key
    database.close()
