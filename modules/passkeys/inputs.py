"""What the forms of passkeys hold, and what browsers send for them."""

import re
from base64 import urlsafe_b64decode
from enum import Enum
from typing import Self

from core import Line, Secret, Sentence, SitePath, cookie, form, inputs, path


class Use(Enum):
    """What a new passkey is for: to log in with it alone, or to be asked for after the password."""

    LOGIN = "login"
    FACTOR = "factor"


class Answer(Secret):
    """What an authenticator answered, as the browser wrote it down in JSON."""

    __slots__ = ()
    longest = 20_000


class KeyMaterial(Secret):
    """Thirty-two octets that only the passkey can give, in base64url."""

    __slots__ = ()
    longest = 43

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Raise ValueError with a reason that reads after the field's name."""
        if not re.fullmatch(r"[A-Za-z0-9_-]{43}", text):
            raise ValueError(Sentence("is not what a passkey gives"))
        return cls(text)

    @property
    def octets(self) -> bytes:
        """The octets."""
        return urlsafe_b64decode(f"{self}=")


class KeyId(Line):
    """How a page names a passkey."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Raise ValueError unless it looks like one."""
        if not re.fullmatch(r"[0-9a-f]{64}", text):
            raise ValueError(Sentence("is not a passkey"))
        return cls(text)


class CredentialId(Line):
    """How a passkey names itself, in base64url."""

    __slots__ = ()
    longest = 1364


class KeyName(Line):
    """What a person calls a passkey."""

    __slots__ = ()
    longest = 60

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Raise ValueError with a reason that reads after the field's name."""
        name = super().parse(text.strip())
        if not name:
            raise ValueError(Sentence("is missing"))
        return name


class Mark(Secret):
    """What tells one browser before the login from another; any text, because a browser may keep what it likes."""

    __slots__ = ()
    longest = 100

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Any text; what cannot be a mark counts as none."""
        return cls(text if re.fullmatch(r"[A-Za-z0-9_-]{43}", text) else "")


@inputs
class Stranger:
    """The browser of somebody who is not logged in yet."""

    passkeys_browser: Mark = cookie(Mark(""))


@inputs
class SentKey:
    """A passkey's answer, and the key material that comes with it where the passkey can give some.

    `username` is what the passkey calls itself: requests are counted by it as they are by a name.
    """

    username: CredentialId = form()
    answer: Answer = form()
    material: KeyMaterial | None = form(None)
    next: SitePath | None = form(None)


@inputs
class ProvenKey:
    """A passkey's answer from somebody who is known already."""

    answer: Answer = form()
    material: KeyMaterial | None = form(None)


@inputs
class NewKey:
    """The form that begins with a new passkey."""

    name: KeyName = form()
    use: Use = form()
    password: Secret = form(default=Secret(""))


@inputs
class MadeKey:
    """What the authenticator answered when it made a passkey."""

    name: KeyName = form()
    use: Use = form()
    answer: Answer = form()
    material: KeyMaterial | None = form(None)


@inputs
class OneKey:
    """One passkey of the user's."""

    id: KeyId = path()


@inputs
class Renaming:
    """A new name for a passkey."""

    name: KeyName = form()


@inputs
class FactorChoice:
    """Whether a passkey is asked for after the password, and the password, because that is how one gets in."""

    asked: bool = form(False)
    password: Secret = form(default=Secret(""))


@inputs
class Removal:
    """The password, before a passkey is removed."""

    password: Secret = form(default=Secret(""))
