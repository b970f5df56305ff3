"""Who has which role, and what it may do."""

from pathlib import Path

import pytest

from core.errors import ConfigError
from core.ini.load import Mistakes
from core.ini.reader import read_ini
from core.ini.roles import read_roles
from core.visitor.permissions import Roles

PERMISSIONS = ("users.see", "users.lock")


def roles_of(folder: Path, text: str) -> Roles:
    """The roles that a file with this text grants."""
    path = folder / "hm3.ini"
    path.write_text(text)
    ini = read_ini(path)
    mistakes = Mistakes(ini)
    roles = read_roles(ini, PERMISSIONS, ["audit"], mistakes)
    mistakes.refuse()
    return roles


def test_a_user_has_the_roles_that_name_them(tmp_path: Path) -> None:
    roles = roles_of(tmp_path, "[roles]\nadmin = ann@example.org, Bob@example.org\nhelper = ann@example.org\n")
    assert roles.of("Ann@example.org") == {"admin", "helper"}
    assert roles.of("bob@example.org") == {"admin"}
    assert roles.of("carol@example.org") == frozenset()


def test_a_role_may_do_what_it_is_granted(tmp_path: Path) -> None:
    roles = roles_of(tmp_path, "[roles]\nadmin = ann\n[permissions]\nadmin = users.see, users.lock\n")
    assert roles.permissions(roles.of("ann")) == {"users.see", "users.lock"}


def test_without_roles_nobody_has_one(tmp_path: Path) -> None:
    assert roles_of(tmp_path, "") == Roles()


def test_a_permission_of_a_module_that_is_off_may_stay(tmp_path: Path) -> None:
    roles = roles_of(tmp_path, "[roles]\nadmin = ann\n[permissions]\nadmin = audit.read\n")
    assert roles.permissions(["admin"]) == {"audit.read"}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "[permissions]\nadmni = users.see\n[roles]\nadmin = ann\n",
            "2: [permissions] admni: [roles] has no such role. Did you mean admin?",
        ),
        (
            "[roles]\nadmin = ann\n[permissions]\nadmin = user.see\n",
            "4: [permissions] admin: there is no permission user.see. Did you mean users.see?",
        ),
        ("[roles]\nadmin = " + "a" * 1000, "2: [roles] admin: one of the names is longer than 998 characters."),
    ],
)
def test_what_grants_nothing_is_refused(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(ConfigError) as refused:
        roles_of(tmp_path, text)
    assert str(refused.value) == f"{tmp_path}/hm3.ini:{sentence}"
