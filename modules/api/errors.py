"""What programs are refused for, each with a word that they can tell apart."""

from http import HTTPStatus

from core import NotAllowed, Refusal


class WrongKey(Refusal):
    """The program's key is not one of hm3.ini."""

    status = HTTPStatus.UNAUTHORIZED
    code = "wrong-key"


class WrongPassword(NotAllowed):
    """The name or the password is wrong, or the user is kept out."""

    code = "wrong-password"


class CodeNeeded(NotAllowed):
    """The user has a second factor: a code has to be sent as well."""

    code = "code-needed"


class WrongCode(NotAllowed):
    """The code of the second factor is wrong, too old, or was used already."""

    code = "wrong-code"


class PeopleOnly(NotAllowed):
    """Something is asked for that a program cannot do: a test for people, or a step without a code."""

    code = "people-only"


class Locked(NotAllowed):
    """What is stored for the user is locked, so that no link can open it."""

    code = "locked"
