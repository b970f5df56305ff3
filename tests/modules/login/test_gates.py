"""Gates before the login: whom they turn away, and what they are told."""

from dataclasses import dataclass, field

import pytest

from core import Client, Clock, Identity, Login, LoginAttempt, LoginBar, NotAllowed, Roles, Secret, Session, TooMany
from modules.login.handlers import check_password
from modules.login.inputs import LoginName, Password

SUBMITTED = Password(username=LoginName("ann"), password=Secret("secret"), next=None)


@dataclass
class Gate:
    """Counts, and may be closed."""

    closed: bool = False
    admitted: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def admit(self, attempt: LoginAttempt) -> None:
        if self.closed:
            raise TooMany("Too many tries. Wait a minute.")
        self.admitted.append(attempt.account)

    def failed(self, attempt: LoginAttempt) -> None:
        self.failures.append(attempt.account)


@dataclass
class House:
    """Knows nobody, or whoever has a password."""

    password: str = ""
    asked: int = 0
    name: str = "house"

    def authenticate(self, username: str, password: Secret) -> Identity | None:
        self.asked += 1
        return Identity(f"{username}@house") if password == self.password else None


def try_login(session: Session, gate: Gate, *houses: House) -> str:
    """Where a login leads."""
    login = Login(session, (), Roles(), Clock())
    return check_password(SUBMITTED, (gate,), houses, login, Client()).location


def test_a_closed_gate_keeps_the_password_from_everyone() -> None:
    house = House("secret")
    with pytest.raises(TooMany, match="Wait a minute"):
        try_login(Session(), Gate(closed=True), house)
    assert house.asked == 0


def test_a_gate_is_told_of_failures_and_not_of_successes() -> None:
    gate = Gate()
    with pytest.raises(NotAllowed):
        try_login(Session(), gate, House())
    assert try_login(Session(), gate, House("secret")) == "/mail/"
    assert (gate.admitted, gate.failures) == (["ann", "ann"], ["ann"])


def test_the_first_who_knows_the_name_and_password_decides() -> None:
    session, third = Session(), House("secret")
    try_login(session, Gate(), House(), House("secret"), third)
    assert session.visitor is not None and session.visitor.name == "ann@house"
    assert third.asked == 0


def test_the_right_password_of_somebody_who_is_barred_counts_as_a_wrong_one() -> None:
    gate, bars = Gate(), (LoginBar(lambda name: name == "ann@house"),)
    login = Login(Session(), (), Roles(), Clock(), bars=bars)
    with pytest.raises(NotAllowed, match="The name or the password is wrong"):
        check_password(SUBMITTED, (gate,), (House("secret"),), login, Client())
    assert gate.failures == ["ann"]
