"""How a visitor becomes a user."""

from datetime import UTC, datetime

from core import Access, Candidate, Clock, Identity, Login, LoginStep, Module, Roles, Secret, Session, User

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
