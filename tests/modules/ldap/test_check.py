"""What `hm3 check --connect` finds out about the directory."""

import pytest

from core import Port, Secret, UpstreamError, WrongOption
from demo.ports import free_ports
from modules.ldap.check import try_directory
from modules.ldap.values import Dn
from tests.modules.ldap.conftest import Configure
from tests.servers.slapd import SUFFIX

pytestmark = pytest.mark.servers


def test_a_directory_that_is_right_answers(configure: Configure) -> None:
    config = configure()
    assert try_directory(config) == f"localhost at port {config.port}: the directory answers."


@pytest.mark.parametrize(
    ("options", "option"),
    [
        ({"bind_password": Secret("hush-hush")}, "bind_password"),
        ({"base": Dn(f"ou=nowhere,{SUFFIX}")}, "base"),
    ],
)
def test_what_the_directory_refuses_is_told_of_its_option(
    configure: Configure, options: dict[str, object], option: str
) -> None:
    with pytest.raises(WrongOption) as wrong:
        try_directory(configure(**options))
    assert wrong.value.option == option
    assert "hush-hush" not in str(wrong.value)


def test_a_certificate_of_a_stranger_is_told(configure: Configure) -> None:
    with pytest.raises(UpstreamError, match="could not show who it is"):
        try_directory(configure(ca_file=None))


def test_a_closed_port_is_told(configure: Configure) -> None:
    with pytest.raises(UpstreamError, match="cannot be reached"):
        try_directory(configure(port=Port(free_ports(1)[0])))
