"""What an admin does with local accounts at the command line."""

import pytest

from tests.modules.local.conftest import NEW, OLD, Shell


def add(shell: Shell, name: str = "eve", *more: str) -> None:
    assert f"{name.lower()} can log in." in shell.said("add", name, "--stdin", *more, typed=f"{OLD}\n")


def test_an_account_is_made_listed_and_made_only_once(shell: Shell) -> None:
    assert "There are no local accounts." in shell.said("list")
    add(shell, "Eve", "--display-name", "Eve Gardener", "--address", "eve@example.org", "--role", "staff")
    add(shell, "zoe@example.org")
    assert [line.split() for line in shell.said("list").splitlines()[-3:]] == [
        ["NAME", "ROLES", "CALLED", "ADDRESS"],
        ["eve", "staff", "Eve", "Gardener", "eve@example.org"],
        ["zoe@example.org", "-", "-", "zoe@example.org"],
    ]
    assert "There is an account eve already." in shell.refused("add", "EVE", "--stdin", typed=f"{OLD}\n")


def test_the_password_is_asked_for_twice_and_shown_nowhere(shell: Shell) -> None:
    told = shell.run("add", "eve", typed=f"{OLD}\n{OLD}\n")
    assert told.exit_code == 0 and OLD not in told.output and "New password for eve" in told.output
    differing = shell.refused("add", "zoe", typed=f"{OLD}\n{NEW}\n")
    assert "The two passwords are not the same." in differing


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "There is no password."),
        ("\n", "There is no password."),
        ("short\n", "is shorter than 12 characters. Nothing was changed."),
        ("evelyn.moss1\n", "is little more than your own name"),
        ("passwordpassword\n", "is one that many people use"),
        ("x" * 1025 + "\n", "is longer than 1024 characters"),
    ],
)
def test_a_password_that_may_not_be_chosen_is_refused(shell: Shell, typed: str, reason: str) -> None:
    assert reason in shell.refused("add", "evelyn.moss", "--stdin", typed=typed)
    assert "There are no local accounts." in shell.said("list")


@pytest.mark.parametrize("line", [f"{OLD}\n", f"{OLD}\r\n", OLD])
def test_the_first_line_of_standard_input_is_the_password(shell: Shell, line: str) -> None:
    assert "can log in" in shell.said("add", "eve", "--stdin", typed=line)


@pytest.mark.parametrize("command", ["passwd", "role", "disable", "enable"])
def test_who_is_unknown_is_named(shell: Shell, command: str) -> None:
    assert shell.refused(command, "nobody") == "There is no account nobody."


@pytest.mark.parametrize("name", ["", "e v e", "../eve", "-"])
def test_what_is_no_name_is_told(shell: Shell, name: str) -> None:
    assert shell.run("add", "--stdin", "--", name, typed=f"{OLD}\n").exit_code == 2


def test_an_address_is_checked(shell: Shell) -> None:
    assert "is no mail address" in shell.refused("add", "eve", "--address", "here", "--stdin", typed=f"{OLD}\n")


def test_roles_are_given_shown_and_taken(shell: Shell) -> None:
    add(shell)
    assert shell.said("role", "eve").endswith("eve has no role.\n")
    assert shell.said("role", "eve", "staff", "admin").endswith("eve has the roles admin, staff.\n")
    assert shell.said("role", "eve", "admin").endswith("eve has the role admin.\n")
    assert shell.said("role", "eve", "none").endswith("eve has no role.\n")
    add(shell, "zoe")
    assert shell.said("role", "zoe").endswith("zoe has no role. By hm3.ini also the role staff.\n")


def test_a_role_that_hm3_ini_does_not_know_is_refused(shell: Shell) -> None:
    add(shell)
    for arguments in (("role", "eve", "staff", "boss"), ("add", "zoe", "--role", "boss", "--stdin")):
        told = shell.refused(*arguments, typed=f"{OLD}\n")
        assert "hm3.ini knows no role boss; it knows admin, staff." in told
    assert "staff" not in shell.said("role", "eve")


def test_who_is_disabled_is_shown_as_such(shell: Shell) -> None:
    add(shell)
    assert shell.said("disable", "eve").endswith("eve can no longer log in.\n")
    assert shell.said("list").splitlines()[-1].endswith("disabled")
    assert shell.said("enable", "eve").endswith("eve can log in.\n")
    assert not shell.said("list").splitlines()[-1].endswith("disabled")


def test_a_new_password_is_told_with_what_follows(shell: Shell) -> None:
    add(shell)
    assert "stays locked until" in shell.said("passwd", "eve", "--stdin", typed=f"{NEW}\n")
    assert "is shorter than" in shell.refused("passwd", "eve", "--stdin", typed="short\n")


def test_without_the_module_its_commands_are_missed_with_a_hint(shell: Shell) -> None:
    shell.ini.write_text(shell.ini.read_text().replace("local = on", "local = off"))
    told = shell.run("add", "eve")
    assert told.exit_code == 2 and "[modules] in hm3.ini has the module on" in told.output
