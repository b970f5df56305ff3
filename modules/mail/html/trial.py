"""A program of its own: parse the HTML of the standard input, and say whether it went well."""

import sys
from typing import BinaryIO

import nh3

LARGEST_GAIN = 4
ALLOWANCE = 200_000


def main(given: BinaryIO) -> int:
    """Read, parse, and print `well` where what came out is not much more than what came in; 1 where it is."""
    html = given.read().decode("utf-8", "replace")
    every = nh3.ALLOWED_TAGS | {"font", "big", "section", "article", "main", "address", "tfoot"}
    made = nh3.clean(html, tags=every, clean_content_tags={"script", "style"}, attributes={"*": {"style", "class"}})
    if len(made) > LARGEST_GAIN * len(html) + ALLOWANCE:
        return 1
    print("well")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.stdin.buffer))
