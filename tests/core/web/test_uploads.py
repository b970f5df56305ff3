"""What is sent stays in memory, bounded: nothing of it is written anywhere in clear."""

import io
import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from werkzeug.test import EnvironBuilder

from core.web.requests import Request, read_request

CANARY = b"canary-3f9c1d "


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of temporary files that nothing may be put into."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    yield tmp_path


def sent(size: int) -> Request:
    """A form with a file of so many octets."""
    file = (io.BytesIO((CANARY * (size // len(CANARY) + 1))[:size]), "letter.txt")
    return Request(EnvironBuilder(method="POST", data={"file": file, "text": "words"}).get_environ())


@pytest.mark.parametrize("size", [1, 400_000, 600_000, 5_000_000])
def test_an_upload_of_any_size_is_in_no_file(watched: Path, size: int) -> None:
    request = sent(size)
    before = opened()
    raw = read_request(request, {})
    (upload,) = raw.uploads["file"]
    assert upload.size == size and upload.stream.read(14) == CANARY[: min(size, 14)]
    assert list(watched.iterdir()) == []
    assert not [path for path in opened() - before if str(watched) in path or "(deleted)" in path]


def test_the_usual_way_would_have_written_it(watched: Path) -> None:
    """Proves that the test above could fail."""
    from flask import Request as Usual

    stream = Usual(sent(600_000).environ).files["file"].stream
    assert not isinstance(stream, io.BytesIO)


def opened() -> set[str]:
    """The files that this process has open."""
    files = set()
    for name in os.listdir("/proc/self/fd"):
        with suppress(OSError):
            files.add(os.readlink(f"/proc/self/fd/{name}"))
    return files
