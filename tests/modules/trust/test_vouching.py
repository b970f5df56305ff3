"""What believed servers vouch for: signatures that cover fields of a header."""

import pytest

from core import Line
from modules.trust.config import TrustConfig
from modules.trust.vouching import Vouching

OURS = "mx.example.org"
BODY = "From: a@b.test\r\nList-Id: <x>\r\n"


def signer(results: str, *signatures: str, body: str = BODY) -> str:
    written = "".join(f"DKIM-Signature: {one}\r\n" for one in signatures)
    header = f"Authentication-Results: {OURS}; {results}\r\n{written}{body}"
    return Vouching(TrustConfig((Line(OURS),))).signer(header.encode(), "List-Id")


COVERS = "v=1; d=B.test; s=one; h=From : List-Id; b=abcdefgh ijkl"
LESS = "v=1; d=b.test; s=two; h=From; b=zbcdefgh"


@pytest.mark.parametrize(
    ("results", "signatures"),
    [
        ("dkim=pass header.d=b.test", [COVERS]),
        ("dkim=pass header.i=@b.test", [COVERS]),
        ("dkim=pass header.d=b.test header.s=one", [LESS, COVERS]),
        ("dkim=pass header.d=b.test header.b=abcdefgh", [LESS, COVERS]),
        ("dkim=fail header.d=c.test; dkim=pass header.d=b.test", [COVERS]),
    ],
)
def test_a_signature_that_held_and_covers_the_fields_counts(results: str, signatures: list[str]) -> None:
    assert signer(results, *signatures) == "b.test"


@pytest.mark.parametrize(
    ("results", "signatures", "body"),
    [
        ("dkim=pass header.d=b.test", [LESS], BODY),
        ("dkim=pass header.d=b.test", [COVERS, LESS], BODY),
        ("dkim=pass header.d=b.test header.b=abc", [COVERS, LESS], BODY),
        ("dkim=pass", [COVERS], BODY),
        ("dkim=fail header.d=b.test", [COVERS], BODY),
        ("spf=pass header.d=b.test", [COVERS], BODY),
        ("dkim=pass header.d=b.test", [f"{COVERS}; h=from"], BODY),
        ("dkim=pass header.d=b.test", [COVERS], f"{BODY}List-Id: <y>\r\n"),
        ("dkim=pass header.d=b.test", [COVERS], "List-Id: <x>\r\n"),
        ("dkim=pass header.d=b.test", [COVERS], "X: y\r\n" * 600 + BODY),
    ],
)
def test_anything_less_counts_for_nothing(results: str, signatures: list[str], body: str) -> None:
    assert signer(results, *signatures, body=body) == ""
