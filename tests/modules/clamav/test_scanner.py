"""Files that clamd checks: over both kinds of sockets, clean, infected, too large, and when it does not answer."""

import socket
from datetime import timedelta
from pathlib import Path

import pytest

from core import Line, Size, UpstreamError
from modules.clamav.config import ClamavConfig, ClamPort, Unchecked
from modules.clamav.module import offer_scanner
from modules.clamav.scanner import ClamScanner, Infected, TooLargeToCheck
from tests.modules.clamav.daemon import EICAR, Clamd, clamd

LARGEST = Size(1_000_000)


def scanner(daemon: Clamd, unchecked: Unchecked = Unchecked.REFUSE) -> ClamScanner:
    return ClamScanner(
        ClamavConfig(
            host=Line("127.0.0.1"),
            port=ClamPort(daemon.port),
            largest=LARGEST,
            unchecked=unchecked,
            timeout=timedelta(seconds=60),
        )
    )


def test_a_clean_file_is_handed_over_whole_and_let_through() -> None:
    with clamd() as daemon:
        pieces = (b"a" * 100_000, b"", b"b")
        assert scanner(daemon).scan("a.txt", 100_001, iter(pieces)) is None
    assert daemon.heard == [b"".join(pieces)]


def test_a_virus_is_named() -> None:
    with clamd() as daemon, pytest.raises(Infected, match=r"found in a\.txt: Eicar-Test-Signature"):
        scanner(daemon).scan("a.txt", len(EICAR), iter((EICAR,)))


def test_a_unix_socket_does_as_well(tmp_path: Path) -> None:
    path = tmp_path / "clamd"
    with clamd(path), pytest.raises(Infected):
        ClamScanner(ClamavConfig(socket=path)).scan("a.txt", len(EICAR), iter((EICAR,)))


def test_a_file_that_is_too_large_is_refused_unseen() -> None:
    with clamd() as daemon, pytest.raises(TooLargeToCheck, match=r"a\.txt is too large to be checked"):
        scanner(daemon).scan("a.txt", LARGEST + 1, iter(()))


def test_a_file_that_is_too_large_is_accepted_with_a_word_where_that_is_wished() -> None:
    with clamd() as daemon:
        told = scanner(daemon, Unchecked.ACCEPT).scan("a.txt", LARGEST + 1, iter(()))
    assert told == "It is too large to be checked for viruses." and not daemon.heard


@pytest.mark.parametrize("answer", [b"", b"stream: ", b"INSTREAM size limit exceeded. ERROR\0", b"\xff" * 9000])
def test_any_other_answer_is_none(answer: bytes) -> None:
    with clamd() as daemon:
        daemon.says = answer
        with pytest.raises(UpstreamError, match=r"a\.txt cannot be checked for viruses now"):
            scanner(daemon).scan("a.txt", 1, iter((b"a",)))
        assert scanner(daemon, Unchecked.ACCEPT).scan("a", 1, iter((b"a",))) == "It could not be checked for viruses."


def test_a_file_that_clamd_takes_no_more_of_is_not_checked() -> None:
    with clamd() as daemon:
        daemon.most = 1000
        with pytest.raises(UpstreamError):
            scanner(daemon).scan("a.txt", 1000, iter((b"a" * 60_000,) * 20))


def test_a_file_that_is_larger_than_it_said_is_not_sent_for_ever() -> None:
    with clamd() as daemon, pytest.raises(UpstreamError):
        scanner(daemon).scan("a.txt", 1, (b"a" * 500_000 for _ in range(100)))


def test_without_a_daemon_files_are_refused_or_accepted_as_configured() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nobody = Clamd(taken.getsockname()[1])
        with pytest.raises(UpstreamError):
            scanner(nobody).scan("a.txt", 1, iter((b"a",)))
        assert scanner(nobody, Unchecked.ACCEPT).scan("a.txt", 1, iter((b"a",)))


def test_a_socket_that_is_not_there_is_no_answer(tmp_path: Path) -> None:
    with pytest.raises(UpstreamError):
        ClamScanner(ClamavConfig(socket=tmp_path / "none")).scan("a.txt", 1, iter((b"a",)))


def test_what_is_checked_follows_hm3_ini() -> None:
    offered = offer_scanner(ClamavConfig(uploads=False, downloads=True))
    assert (offered.uploads, offered.downloads) == (False, True)


@pytest.mark.parametrize("seconds", [0, 601])
def test_a_time_to_wait_has_bounds(seconds: int) -> None:
    with pytest.raises(ValueError, match="10 min at most"):
        ClamavConfig(timeout=timedelta(seconds=seconds))
