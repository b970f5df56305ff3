"""What another module has of second factors, as far as passkeys have to know it."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class OtherFactor:
    """A second factor beside passkeys: where it is asked for, who has it, and with which roles one must have one."""

    path: str
    has: Callable[[str], bool]
    required: Callable[[frozenset[str]], bool]
