"""The ways back to what is stored: an old password or a recovery code, as somebody typed it into a form."""

from collections.abc import Callable
from typing import TypeVar

from core import InputError, Secret, Sentence, recovery

T = TypeVar("T")


def open_with(
    password: Secret, code: str, by_password: Callable[[Secret], T | None], by_code: Callable[[bytes], T | None]
) -> T:
    """What the code opens where one was typed, else the password. Raises InputError where it opens nothing."""
    if code.strip():
        found = by_code(read_code(code))
        if found is None:
            raise InputError("code", Sentence("is not your recovery code"))
        return found
    if not password:
        raise InputError("old_password", Sentence("is missing: type it, or the recovery code below"))
    found = by_password(password)
    if found is None:
        raise InputError("old_password", Sentence("does not open it either"))
    return found


def read_code(typed: str) -> bytes:
    """The octets of a recovery code, however it was typed. Raises InputError where it is none."""
    try:
        return recovery.read_recovery_code(typed)
    except recovery.BadCode as error:
        raise InputError("code", str(error)) from error
