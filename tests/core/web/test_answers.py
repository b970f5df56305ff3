"""Answers turned into responses: files that fail before their first octet, and what becomes of them."""

from collections.abc import Iterator

import pytest

from core.errors import UpstreamError
from core.output.slots import Stream
from core.pipeline.answer import Streamed
from core.web.answers import answer_stream, disposition, login_address


def failing(after: int) -> Iterator[bytes]:
    """Some octets, and then the mail server is gone."""
    for _ in range(after):
        yield b"octets"
    raise UpstreamError("The mail server is gone.")


def test_a_file_that_fails_at_once_is_told_as_an_error_and_closed() -> None:
    closed: list[str] = []
    with pytest.raises(UpstreamError, match="is gone"):
        answer_stream(Streamed(Stream(failing(0)), lambda: closed.append("closed")))
    assert closed == ["closed"]


def test_a_file_that_fails_on_its_way_is_cut_and_closed() -> None:
    closed: list[str] = []
    response = answer_stream(Streamed(Stream(failing(2)), lambda: closed.append("closed")))
    assert closed == []
    octets = response.iter_encoded()
    assert [next(octets), next(octets)] == [b"octets", b"octets"]
    with pytest.raises(UpstreamError):
        next(octets)
    response.close()
    assert closed == ["closed"]


def test_a_file_of_nothing_is_empty() -> None:
    response = answer_stream(Streamed(Stream(iter([]), size=0), lambda: None))
    assert (response.get_data(), response.headers["Content-Length"]) == (b"", "0")


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ('a"b\\c/d.txt', "a_b_c_d.txt"),
        ("größe\r\nX-Evil: 1.pdf", "gr__e__X-Evil: 1.pdf"),
        ("../../etc/passwd", ".._.._etc_passwd"),
    ],
)
def test_a_file_name_stays_in_its_header(name: str, plain: str) -> None:
    header = disposition("attachment", name)
    assert header.startswith(f"attachment; filename=\"{plain}\"; filename*=UTF-8''")
    assert header.isascii() and header.isprintable()


@pytest.mark.parametrize(
    ("address", "login"),
    [
        ("/", "/login"),
        ("/?", "/login"),
        ("/mail/?q=a b", "/login?next=%2Fmail%2F%3Fq%3Da+b"),
        ("/folders?", "/login?next=%2Ffolders"),
    ],
)
def test_the_login_leads_back_to_where_somebody_wanted_to_go(address: str, login: str) -> None:
    assert login_address(address) == login
