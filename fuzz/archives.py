"""What is fuzzed of what looks into archives."""

import json
from dataclasses import asdict

from modules.attachments.packed.unpacking import LONGEST_NAME, MOST_NAMES, Look


def archive(octets: bytes) -> None:
    """An archive (RAR, 7-Zip, ZIP, TAR, GZIP), whole and of two ends: what is told of it can be written, in bounds."""
    for kind in ("rar", "7z", "zip", "tar", "gzip"):
        for start in (octets, octets[: len(octets) // 2]):
            found = Look().into(kind, start, octets[len(start) :], len(octets))
            json.dumps(asdict(found))
            assert len(found.names) <= MOST_NAMES and found.unpacked >= 0 <= found.count
            assert all(len(name) <= LONGEST_NAME for name in found.names)
