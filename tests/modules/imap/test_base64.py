"""Base64 undone: in one pass as encoders write it, otherwise letter by letter; and how much is asked for at a time."""

import base64
import binascii
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as some

from modules.imap.decoding import only_base64
from modules.imap.messages import WINDOW, window_after
from tests.modules.imap.test_wire_forms import decode

_LINES = some.lists(
    some.sampled_from([b"aGVs", b"bG8=", b"aGVsbG8g", b"d29", b"ybGQh", b"", b"*!", b"==", b"\n", b" "])
)


@given(_LINES, some.integers(1, 30))
def test_base64_in_lines_of_any_kind_and_in_any_pieces_gives_what_its_letters_do(lines: list[bytes], size: int) -> None:
    text = b"\r\n".join(lines)
    assert decode("base64", text, size) == decode("base64", only_base64(text), 1000)


def test_base64_as_it_is_usually_written_is_gone_through_once(monkeypatch: pytest.MonkeyPatch) -> None:
    octets = bytes(range(256)) * 300
    text = base64.encodebytes(octets).replace(b"\n", b"\r\n")
    assert len(octets) % 3 == 0 and b"=" not in text
    sorted_out: list[bytes] = []

    def sort_out(some: bytes) -> bytes:
        sorted_out.append(some)
        return only_base64(some)

    monkeypatch.setattr("modules.imap.decoding.only_base64", sort_out)
    assert decode("base64", text, 1000) == octets
    assert sorted_out == [b""]


def test_base64_in_odd_lines_is_tried_once_only(monkeypatch: pytest.MonkeyPatch) -> None:
    octets = bytes(range(255)) * 10
    letters_only = base64.b64encode(octets)
    text = b"".join(letters_only[start : start + 75] + b"\r\n" for start in range(0, len(letters_only), 75))
    failures: list[binascii.Error] = []

    def counted(text: bytes) -> bytes:
        try:
            return binascii.a2b_base64(text)
        except binascii.Error as error:
            failures.append(error)
            raise

    monkeypatch.setattr("modules.imap.decoding.binascii", SimpleNamespace(a2b_base64=counted, Error=binascii.Error))
    assert decode("base64", text, 500) == octets
    assert len(failures) == 1


def test_a_long_part_is_asked_for_in_few_windows_none_of_which_is_large() -> None:
    asked = [WINDOW]
    while sum(asked) < 34_000_000:
        asked.append(window_after(asked[-1]))
    assert len(asked) <= 11 and max(asked) == 4 * 1024 * 1024
    # Nobody who needs a little more than they have is sent much more than that.
    assert all(one <= 4 * sum(asked[:at]) for at, one in enumerate(asked) if at)
