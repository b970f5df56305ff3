"""What an admin does with users of any kind at the command line: `hm3 user sessions` and `hm3 user delete`."""

import unicodedata
from typing import ClassVar, Self

from core import Confirmation, Devices, Farewell, Line, NotFound, Revocation, Sentence
from modules.security.inputs import SessionId
from modules.security.module import module

GROUP = "user"
ALL = "all"


class UserName(Line):
    """A user's name."""

    __slots__ = ()
    longest: ClassVar[int] = 320


class Which(Line):
    """The name of a session, or all of them."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Raise ValueError unless it is one of them."""
        return cls(text if text == ALL else SessionId.parse(text))


@module.command("sessions", group=GROUP)
def list_sessions(
    name: UserName, end: Which | None, farewell: Farewell, devices: Devices, revocation: Revocation
) -> str:
    """Show where somebody is logged in. With --end ID one session is ended, with --end all everything."""
    user = _known(name, farewell)
    if end == ALL:
        revocation.log_out_everywhere(user)
        return f"{user} is logged out everywhere, and no browser comes in again by itself."
    if end is not None:
        if not devices.end(user, end):
            raise NotFound(Sentence("%(name)s has no such session.", name=user))
        return f"The session of {user} is ended."
    found = devices.of(user, None, "")
    if not found:
        return f"{user} is logged in nowhere."
    rows = [f"{one.id}  {one.created:%Y-%m-%d %H:%M}  {one.last_seen:%Y-%m-%d %H:%M}" for one in found]
    return "\n".join((f"{'SESSION':32}  {'SINCE':16}  LAST USED (UTC)", *rows))


@module.command("delete", group=GROUP)
def delete(name: UserName, confirmation: Confirmation, farewell: Farewell) -> str:
    """Erase a user: account, keys, settings, sessions and all that modules keep of them. Mailboxes stay."""
    user = _known(name, farewell)
    confirmation.require(f"Erase everything that is stored about {user}? Nobody can bring it back.")
    farewell.take(user)
    return f"Everything that was stored about {user} is erased. A mailbox on a mail server is as it was."


def _known(name: UserName, farewell: Farewell) -> str:
    """The name as the site knows it, however it is typed. Raises NotFound where nothing is kept of such a user."""
    folded = unicodedata.normalize("NFKC", name).strip().casefold()
    for spelling in (str(name), name.strip().lower(), folded):
        if farewell.knows(spelling):
            return spelling
    raise NotFound(Sentence("Nothing is stored about a user %(name)s.", name=name))
